"""Layers, losses and initialisations give PyTorch's numbers, texts and errors: the same call, in both libraries."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt
import tinygrad_opt.nn

from .processor import torch_hands_bernoulli_to_mkl

torch = pytest.importorskip("torch")

Array = np.ndarray[Any, Any]
REDUCTIONS = ("none", "mean", "sum")
rng = np.random.default_rng(3)


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


def unit(*shape: int) -> Array:
    return rng.uniform(0.05, 0.95, shape)


def classes(high: int, *shape: int) -> Array:
    return rng.integers(0, high, shape)


def given(values: Any) -> Array:
    return np.array(values)


# ---- the same call in both ------------------------------------------------------------------------------------------


def run(library: Any, call: Callable[..., Any], arrays: tuple[Array, ...]) -> list[Array | None]:
    """The output of `call(library, *inputs)` and the gradients of its floating inputs."""
    inputs = [library.tensor(a) for a in arrays]
    floating = [x.requires_grad_() for x, a in zip(inputs, arrays, strict=True) if a.dtype.kind == "f"]
    y = call(library, *inputs)
    weights = np.cos(np.arange(math.prod(y.shape))).reshape(tuple(y.shape)).astype(y.detach().numpy().dtype)
    y.backward(library.from_numpy(np.asarray(weights)))
    return [y.detach().numpy(), *[None if x.grad is None else x.grad.numpy() for x in floating]]


def assert_same(ours: list[Array | None], theirs: list[Array | None], rtol: float = 1e-9, atol: float = 1e-12) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def check(call: Callable[..., Any], *arrays: Array) -> None:
    assert_same(run(tinygrad_opt, call, arrays), run(torch, call, arrays))


Case = tuple[Callable[..., Any], tuple[Array, ...]]
CASES: dict[str, Case] = {}


def row(name: str, call: Callable[..., Any], *arrays: Array) -> None:
    assert name not in CASES
    CASES[name] = call, arrays


def function(name: str, *arrays: Array, case: str = "", **options: Any) -> None:
    """A case of `functional.name(*arrays, **options)`; options that are arrays become tensors."""

    def call(library: Any, *inputs: Any) -> Any:
        made = {
            k: library.from_numpy(v).to(inputs[0].dtype) if isinstance(v, np.ndarray) else v for k, v in options.items()
        }
        return getattr(library.nn.functional, name)(*inputs, **made)

    shapes = " ".join(str(list(a.shape)) for a in arrays)
    texts = " ".join(f"{k}={list(v.shape) if isinstance(v, np.ndarray) else v}" for k, v in options.items())
    row(" ".join(part for part in (name, case, shapes, texts) if part), call, *arrays)


KINKS = given([-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 1e-300, 30.0, -30.0, 800.0, -800.0])

for shape in [(4, 3), (3,), (2, 5, 3), (0, 3), (2, 2, 2, 3)]:
    function("linear", normal(*shape), normal(2, 3), normal(2))
    function("linear", normal(*shape), normal(2, 3))
function("linear", normal(4, 3), normal(2, 3), normal(1), case="one bias for all")
function("linear", normal(4, 0), normal(2, 0), normal(2))
function("linear", normal(4, 3), normal(0, 3), normal(0))

for name in ["relu", "tanh", "sigmoid", "gelu", "logsigmoid", "silu"]:
    for x in [KINKS, normal(2, 3), normal(), normal(0, 2)]:
        function(name, x)
function("gelu", KINKS, approximate="tanh")
function("gelu", normal(3, 4), approximate="tanh")
for slope in [0.01, 0.3, 0.0, -1.0]:
    function("leaky_relu", KINKS, negative_slope=slope)
for beta, threshold in [(1.0, 20.0), (2.0, 5.0), (0.5, 1.0), (3, 10)]:
    function("softplus", KINKS, beta=beta, threshold=threshold)
for dim in [0, 1, -1]:
    function("softmax", normal(3, 4), dim=dim)
    function("log_softmax", normal(3, 4), dim=dim)
function("pad", normal(2, 3), pad=(1, 2, 0, -1), value=0.5)

WEIGHT_3 = given([0.5, 2.0, 1.25])
SOME_IGNORED = given([2, -100, 0, 1, -100])

for reduction in REDUCTIONS:
    for loss in ["mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"]:
        function(loss, normal(4, 3), normal(4, 3), reduction=reduction)
        function(loss, normal(), normal(), reduction=reduction)
        function(loss, normal(0, 3), normal(0, 3), reduction=reduction)
        function(loss, given([1.0, 0.5, 2.0, -1.0, 0.0]), np.zeros(5), case="at its kinks", reduction=reduction)
    function("huber_loss", normal(4, 3) * 3, normal(4, 3), reduction=reduction, delta=0.7)
    function("smooth_l1_loss", normal(4, 3), normal(4, 3), reduction=reduction, beta=0.3)
    function("smooth_l1_loss", normal(4, 3), normal(4, 3), reduction=reduction, beta=0.0)

    for weight in [None, normal(4, 3) ** 2, normal(3) ** 2, normal(4, 1) ** 2]:
        function("binary_cross_entropy", unit(4, 3), unit(4, 3), weight=weight, reduction=reduction)
        function("binary_cross_entropy_with_logits", normal(4, 3), unit(4, 3), weight=weight, reduction=reduction)
    for pos_weight in [normal(3) ** 2, normal(4, 3) ** 2, given([2.0])]:
        function(
            "binary_cross_entropy_with_logits", normal(4, 3), unit(4, 3), reduction=reduction, pos_weight=pos_weight
        )
    function(
        "binary_cross_entropy_with_logits",
        normal(4, 3),
        unit(4, 3),
        weight=normal(3) ** 2,
        reduction=reduction,
        pos_weight=normal(3) ** 2,
    )
    LOGITS = given([0.0, 0.0, 1000.0, -1000.0, -1000.0, 1000.0, 30.0, -30.0])
    function("binary_cross_entropy_with_logits", LOGITS, np.tile([1.0, 0.0], 4), case="far out", reduction=reduction)
    row(
        f"binary_cross_entropy at 0 and 1 {reduction}",
        lambda torch, x, reduction=reduction: torch.nn.functional.binary_cross_entropy(
            x, torch.from_numpy(given([1.0, 0.0, 0.0, 1.0, 0.3])).to(x.dtype), reduction=reduction
        ),
        given([0.0, 1.0, 0.0, 1.0, 1.0]),
    )
    function("binary_cross_entropy", unit(0), unit(0), reduction=reduction)
    function("binary_cross_entropy_with_logits", unit(), unit(), reduction=reduction)

    for loss in ["cross_entropy", "nll_loss"]:
        for weight in [None, WEIGHT_3]:
            options: dict[str, Any] = {"weight": weight, "reduction": reduction}
            function(loss, normal(5, 3), classes(3, 5), **options)
            function(loss, normal(5, 3), SOME_IGNORED, case="some ignored", **options)
            function(loss, normal(5, 3), np.full(5, -100), case="all ignored", **options)
            function(loss, normal(5, 3), given([0, 1, 1, 2, 1]), ignore_index=1, **options)
            function(loss, normal(2, 3, 4), classes(3, 2, 4), **options)
            function(loss, normal(2, 3, 4, 2), classes(3, 2, 4, 2), **options)
            function(loss, normal(2, 3, 2, 1, 2), given([[[[0, 1]], [[2, 1]]], [[[-100, 1]], [[2, 0]]]]), **options)
            function(loss, normal(3), given(2), **options)
            function(loss, normal(0, 3), classes(3, 0), **options)
            function(loss, normal(5, 3), classes(3, 5).astype(np.uint8), case="uint8", **options)
        function(loss, normal(5, 3), classes(3, 5), weight=np.zeros(3), case="weights of 0", reduction=reduction)
    for weight, smoothing in itertools.product([None, WEIGHT_3], [0.1, 1.0]):
        options = {"weight": weight, "reduction": reduction, "label_smoothing": smoothing}
        function("cross_entropy", normal(5, 3), classes(3, 5), **options)
        function("cross_entropy", normal(5, 3), SOME_IGNORED, case="some ignored", **options)
        function("cross_entropy", normal(5, 3), np.full(5, -100), case="all ignored", **options)
        function("cross_entropy", normal(2, 3, 4), classes(3, 2, 4), **options)
        function("cross_entropy", normal(3), given(2), **options)
    for weight, smoothing in itertools.product([None, WEIGHT_3], [0.0, 0.1]):
        options = {"weight": weight, "reduction": reduction, "label_smoothing": smoothing}
        function("cross_entropy", normal(5, 3), unit(5, 3), **options)
        function("cross_entropy", normal(2, 3, 4), unit(2, 3, 4), **options)
        function("cross_entropy", normal(3), unit(3), **options)
    for offset in [1e4, -1e6]:
        function("cross_entropy", normal(5, 3) + offset, classes(3, 5), case=f"offset {offset}", reduction=reduction)
    MASKED = np.where(rng.random((5, 3)) < 0.4, -np.inf, 1.0)
    MASKED[:, 1] = 0.25
    for target in [np.ones(5, int), given([1, -100, 1, -100, 1])]:
        function("cross_entropy", MASKED, target, case=f"-inf logits {target[1]}", reduction=reduction)


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_are_pytorchs(name: str) -> None:
    call, arrays = CASES[name]
    check(call, *arrays)


@pytest.mark.parametrize("name", [name for name in CASES if "far out" not in name and "offset" not in name])
def test_float32_stays_float32(name: str) -> None:
    call, arrays = CASES[name]
    small = tuple(a.astype(np.float32) if a.dtype.kind == "f" else a for a in arrays)
    ours, theirs = run(tinygrad_opt, call, small), run(torch, call, small)
    assert_same(ours, theirs, rtol=2e-4, atol=2e-6)


@pytest.mark.parametrize("n", [-1, 3, 5])
def test_one_hot_is_pytorchs(n: int) -> None:
    for array in [classes(3, 2, 4), given(2), given([2])]:
        ours = tinygrad_opt.nn.functional.one_hot(tinygrad_opt.from_numpy(array), n).numpy()
        theirs = torch.nn.functional.one_hot(torch.from_numpy(array), n).numpy()
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


# ---- layers, with the weights copied --------------------------------------------------------------------------------

Maker = Callable[[Any], Any]
LAYERS: dict[str, tuple[Maker, Array]] = {
    "Linear": (lambda nn: nn.Linear(3, 2), normal(5, 3)),
    "Linear without bias": (lambda nn: nn.Linear(3, 2, bias=False), normal(2, 5, 3)),
    "Identity": (lambda nn: nn.Identity(1, a=2), normal(2, 3)),
    "Flatten": (lambda nn: nn.Flatten(), normal(2, 3, 4)),
    "Flatten some": (lambda nn: nn.Flatten(0, 1), normal(2, 3, 4)),
    "ReLU": (lambda nn: nn.ReLU(), normal(2, 3)),
    "LeakyReLU": (lambda nn: nn.LeakyReLU(0.2), normal(2, 3)),
    "GELU": (lambda nn: nn.GELU(), normal(2, 3)),
    "GELU tanh": (lambda nn: nn.GELU("tanh"), normal(2, 3)),
    "SiLU": (lambda nn: nn.SiLU(), normal(2, 3)),
    "Tanh": (lambda nn: nn.Tanh(), normal(2, 3)),
    "Sigmoid": (lambda nn: nn.Sigmoid(), normal(2, 3)),
    "Softplus": (lambda nn: nn.Softplus(2, 10), normal(2, 3)),
    "Softplus as is": (lambda nn: nn.Softplus(), normal(2, 3)),
    "Softmax": (lambda nn: nn.Softmax(1), normal(2, 3)),
    "LogSoftmax": (lambda nn: nn.LogSoftmax(dim=-1), normal(2, 3)),
    "Dropout evaluated": (lambda nn: nn.Dropout(0.3).eval(), normal(2, 3)),
    "Sequential": (lambda nn: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)), normal(5, 3)),
    "Sequential in Sequential": (
        lambda nn: nn.Sequential(nn.Linear(3, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 2, bias=False)), nn.ReLU()),
        normal(5, 3),
    ),
    "a slice": (lambda nn: nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 2), nn.Tanh())[1:3], normal(5, 3)),
    "one layer twice": (
        lambda nn: (lambda layer: nn.Sequential(layer, nn.ReLU(), layer))(nn.Linear(3, 3)),
        normal(5, 3),
    ),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_with_pytorchs_weights_gives_its_outputs_and_gradients(name: str) -> None:
    make, x = LAYERS[name]
    ours, theirs = make(tinygrad_opt.nn).double(), make(torch.nn).double()
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    assert_same(run(tinygrad_opt, lambda _, x: ours(x), (x,)), run(torch, lambda _, x: theirs(x), (x,)))
    mine, other = dict(ours.named_parameters()), dict(theirs.named_parameters())
    assert list(mine) == list(other)
    for key in other:
        np.testing.assert_allclose(mine[key].grad.numpy(), other[key].grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_reprs_state_dict_keys_and_initial_weights_are_pytorchs(name: str) -> None:
    make, _ = LAYERS[name]
    tinygrad_opt.manual_seed(11)
    torch.manual_seed(11)
    ours, theirs = make(tinygrad_opt.nn), make(torch.nn)
    assert repr(ours) == repr(theirs)
    mine, other = ours.state_dict(), theirs.state_dict()
    assert list(mine) == list(other)
    for key in other:
        assert mine[key].dtype == np.float32
        np.testing.assert_array_equal(mine[key].numpy(), other[key].numpy())


REPRS: dict[str, Maker] = {
    "ReLU in place": lambda nn: nn.ReLU(inplace=True),
    "LeakyReLU in place": lambda nn: nn.LeakyReLU(inplace=True),
    "SiLU in place": lambda nn: nn.SiLU(True),
    "Dropout": lambda nn: nn.Dropout(0.25, inplace=True),
    "losses": lambda nn: nn.ModuleList(
        [
            nn.MSELoss(),
            nn.L1Loss(reduction="sum"),
            nn.SmoothL1Loss(),
            nn.HuberLoss(),
            nn.BCELoss(),
            nn.BCEWithLogitsLoss(),
            nn.NLLLoss(),
            nn.CrossEntropyLoss(label_smoothing=0.1),
        ]
    ),
    "ModuleList": lambda nn: nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)]),
    "ModuleList of runs": lambda nn: nn.ModuleList(nn.Sequential(nn.Linear(2, 2), nn.ReLU()) for _ in range(3)),
    "nothing in a ModuleList": lambda nn: nn.ModuleList(),
    "nothing in a Sequential": lambda nn: nn.Sequential(),
    "ModuleDict": lambda nn: nn.ModuleDict({"body": nn.Sequential(nn.Linear(2, 3)), "head": nn.Linear(3, 1)}),
}


@pytest.mark.parametrize("name", REPRS)
def test_reprs_are_pytorchs(name: str) -> None:
    ours, theirs = REPRS[name](tinygrad_opt.nn), REPRS[name](torch.nn)
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())


def test_a_parameter_prints_as_pytorchs() -> None:
    for values in [[1.0, 1.0], [[0.5, -2.0], [1e5, 3.0]], 2.0]:
        ours, theirs = tinygrad_opt.nn.Parameter(tinygrad_opt.tensor(values)), torch.nn.Parameter(torch.tensor(values))
        assert repr(ours) == repr(theirs)
    assert repr(tinygrad_opt.nn.Parameter()) == repr(torch.nn.Parameter())


def make_net(library: Any) -> Any:
    """A model that mixes all there is to find, in an order of assignment unlike that of the names."""
    nn = library.nn

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
            self.scale = nn.Parameter(library.ones(1))
            self.register_buffer("steps", library.zeros(1))
            self.register_buffer("cache", library.zeros(1), persistent=False)
            self.blocks = nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)])
            self.heads = nn.ModuleDict({"b": nn.Linear(3, 1), "a": nn.Linear(3, 1)})
            self.tied = self.blocks[0]
            self.shift = nn.Parameter(library.zeros(1), requires_grad=False)
            self.nothing = None

    return Net()


def test_everything_is_found_under_pytorchs_names_and_in_its_order() -> None:
    ours, theirs = make_net(tinygrad_opt), make_net(torch)
    for find in ["named_parameters", "named_buffers", "named_children", "named_modules"]:
        assert [name for name, _ in getattr(ours, find)()] == [name for name, _ in getattr(theirs, find)()]
    for find in ["named_parameters", "named_modules", "named_buffers"]:
        mine = [name for name, _ in getattr(ours, find)(prefix="net", remove_duplicate=False)]
        assert mine == [name for name, _ in getattr(theirs, find)(prefix="net", remove_duplicate=False)]
    assert [n for n, _ in ours.named_parameters(recurse=False)] == [
        n for n, _ in theirs.named_parameters(recurse=False)
    ]
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert list(ours.state_dict(prefix="net.")) == list(theirs.state_dict(prefix="net."))
    assert repr(ours) == repr(theirs)


def test_the_weights_of_losses_are_in_the_state_dict() -> None:
    for make in [
        lambda torch: torch.nn.CrossEntropyLoss(torch.ones(3)),
        lambda torch: torch.nn.BCEWithLogitsLoss(pos_weight=torch.ones(3)),
        lambda torch: torch.nn.NLLLoss(),
    ]:
        assert list(make(tinygrad_opt).state_dict()) == list(make(torch).state_dict())


MODULE_LOSSES: dict[str, tuple[Maker, tuple[Array, ...]]] = {
    "MSELoss": (lambda nn: nn.MSELoss(reduction="sum"), (normal(4, 3), normal(4, 3))),
    "L1Loss": (lambda nn: nn.L1Loss(reduction="none"), (normal(4, 3), normal(4, 3))),
    "SmoothL1Loss": (lambda nn: nn.SmoothL1Loss(beta=0.5), (normal(4, 3), normal(4, 3))),
    "HuberLoss": (lambda nn: nn.HuberLoss("sum", 0.5), (normal(4, 3), normal(4, 3))),
    "BCELoss": (lambda nn: nn.BCELoss(reduction="sum"), (unit(4, 3), unit(4, 3))),
    "BCEWithLogitsLoss": (lambda nn: nn.BCEWithLogitsLoss(reduction="sum"), (normal(4, 3), unit(4, 3))),
    "NLLLoss": (lambda nn: nn.NLLLoss(ignore_index=1, reduction="none"), (normal(4, 3), classes(3, 4))),
    "CrossEntropyLoss": (
        lambda nn: nn.CrossEntropyLoss(ignore_index=1, label_smoothing=0.2),
        (normal(4, 3), given([0, 1, 2, 0])),
    ),
}


@pytest.mark.parametrize("name", MODULE_LOSSES)
def test_losses_as_modules_pass_their_options_on(name: str) -> None:
    make, arrays = MODULE_LOSSES[name]
    check(lambda torch, *inputs: make(torch.nn)(*inputs), *arrays)


# ---- random streams -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(torch_hands_bernoulli_to_mkl(torch), reason="PyTorch draws bernoulli_ with MKL on this processor")
@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("shape", [(7,), (40, 30), ()])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_draws_pytorchs_zeros_and_leaves_the_stream_where_pytorch_does(
    p: float, shape: tuple[int, ...], dtype: type
) -> None:
    x = np.asarray(normal(*shape)).astype(dtype)
    results = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(5)
        results.append(run(library, lambda library, x: library.nn.functional.dropout(x, p), (x,)))
        results[-1].append(library.rand(3).numpy())
    np.testing.assert_array_equal(results[0][0], results[1][0])
    assert_same(results[0], results[1])


INITS: dict[str, Callable[..., Any]] = {
    "uniform_": lambda init, x: init.uniform_(x, -2.0, 3.0),
    "normal_": lambda init, x: init.normal_(x, 1.0, 0.5),
    "constant_": lambda init, x: init.constant_(x, 0.3),
    "ones_": lambda init, x: init.ones_(x),
    "zeros_": lambda init, x: init.zeros_(x),
    "xavier_uniform_": lambda init, x: init.xavier_uniform_(x, gain=1.5),
    "xavier_normal_": lambda init, x: init.xavier_normal_(x),
    "kaiming_uniform_": lambda init, x: init.kaiming_uniform_(x),
    "kaiming_uniform_ tanh": lambda init, x: init.kaiming_uniform_(x, mode="fan_out", nonlinearity="tanh"),
    "kaiming_normal_": lambda init, x: init.kaiming_normal_(x, a=0.2, nonlinearity="leaky_relu"),
    "kaiming_normal_ relu": lambda init, x: init.kaiming_normal_(x, mode="fan_out", nonlinearity="relu"),
    "trunc_normal_": lambda init, x: init.trunc_normal_(x),
    "trunc_normal_ narrow": lambda init, x: init.trunc_normal_(x, 1.0, 2.0, a=0.5, b=4.5),
    "trunc_normal_ of a tail": lambda init, x: init.trunc_normal_(x, 0.0, 1.0, a=1.0, b=3.0),
    "trunc_normal_ of a lower tail": lambda init, x: init.trunc_normal_(x, std=0.5, a=-4.0, b=-0.75),
    "orthogonal_ normal": lambda init, x: init.orthogonal_(x),
    "orthogonal_ normal with a gain": lambda init, x: init.orthogonal_(x, gain=2.5),
}
MATRIX_INITS: dict[str, Callable[..., Any]] = {
    "eye_": lambda init, x: init.eye_(x),
    "sparse_": lambda init, x: init.sparse_(x, 0.3),
    "sparse_ of more": lambda init, x: init.sparse_(x, sparsity=0.9, std=2.0),
    "sparse_ of all": lambda init, x: init.sparse_(x, 1.0),
}


@pytest.mark.parametrize("name", INITS)
@pytest.mark.parametrize("shape", [(3, 4), (20, 30), (4, 3, 2, 5)])
def test_initialisations_draw_pytorchs_numbers(name: str, shape: tuple[int, ...]) -> None:
    tensors = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(9)
        x = library.zeros(*shape).requires_grad_()
        assert INITS[name](library.nn.init, x) is x
        tensors.append(x.detach().numpy())
    np.testing.assert_allclose(*tensors, rtol=0, atol=0 if "normal" not in name else 3e-6)


@pytest.mark.parametrize("name", MATRIX_INITS)
@pytest.mark.parametrize("shape", [(3, 4), (20, 30), (5, 2), (1, 1), (0, 3), (3, 0)])
def test_initialisations_of_matrices_draw_pytorchs_numbers(name: str, shape: tuple[int, ...]) -> None:
    tensors = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(9)
        x = library.zeros(*shape).requires_grad_()
        assert MATRIX_INITS[name](library.nn.init, x) is x
        tensors.append(x.detach().numpy())
        assert x.requires_grad
    np.testing.assert_allclose(*tensors, rtol=0, atol=3e-6)


@pytest.mark.parametrize("shape", [(3, 4, 3), (4, 2, 3, 3), (4, 2, 2, 4), (4, 3, 3, 1, 5), (0, 2, 3), (2, 0, 3)])
@pytest.mark.parametrize("groups", [1, 2])
def test_dirac_is_pytorchs(shape: tuple[int, ...], groups: int) -> None:
    if shape[0] % groups == 0:
        ours = tinygrad_opt.nn.init.dirac_(tinygrad_opt.ones(*shape), groups)
        assert ours.tolist() == torch.nn.init.dirac_(torch.ones(*shape), groups).tolist()


def test_orthogonal_leaves_nothing_alone_and_takes_any_dtype_of_floats() -> None:
    assert tinygrad_opt.nn.init.orthogonal_(tinygrad_opt.empty(0, 3)).shape == (0, 3)
    tensors = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(2)
        tensors.append(library.nn.init.orthogonal_(library.empty(5, 2, 3, dtype=library.float64)).numpy())
    np.testing.assert_allclose(*tensors, rtol=0, atol=1e-12)


def test_a_truncated_distribution_far_from_its_mean_warns_in_pytorchs_words() -> None:
    texts = []
    for library in (tinygrad_opt, torch):
        with pytest.warns(UserWarning, match="more than 2 std") as caught:
            library.nn.init.trunc_normal_(library.ones(3), mean=0.0, std=0.5, a=1.5, b=2.0)
        texts.append(str(caught[0].message))
    assert texts[0] == texts[1]


def test_initialisations_draw_from_the_generator_they_are_given() -> None:
    names = "uniform_ normal_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ trunc_normal_ orthogonal_"
    for fill in names.split():
        ours = getattr(tinygrad_opt.nn.init, fill)(
            tinygrad_opt.zeros(3, 4), generator=tinygrad_opt.Generator().manual_seed(2)
        )
        theirs = getattr(torch.nn.init, fill)(torch.zeros(3, 4), generator=torch.Generator().manual_seed(2))
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "name", ["linear", "conv1d", "conv_transpose2d", "sigmoid", "tanh", "relu", "leaky_relu", "selu"]
)
def test_gains_are_pytorchs(name: str) -> None:
    assert tinygrad_opt.nn.init.calculate_gain(name) == torch.nn.init.calculate_gain(name)
    assert tinygrad_opt.nn.init.calculate_gain(name, 0.3) == torch.nn.init.calculate_gain(name, 0.3)


# ---- parameters as a vector ------------------------------------------------------------------------------------------


def test_parameters_become_a_vector_and_come_back_as_in_pytorch() -> None:
    results = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(1)
        model = library.nn.Sequential(library.nn.Linear(2, 3), library.nn.Linear(3, 1))
        vector = library.nn.utils.parameters_to_vector(model.parameters())
        (vector * vector).sum().backward()
        grads = [p.grad.tolist() for p in model.parameters()]
        library.nn.utils.vector_to_parameters(vector.detach() * 2, model.parameters())
        results.append([vector.tolist(), grads, [p.tolist() for p in model.parameters()]])
    assert results[0] == results[1]


def test_a_vector_that_is_too_short_is_refused_before_anything_is_written() -> None:
    for library in (tinygrad_opt, torch):
        with pytest.raises(RuntimeError):
            library.nn.utils.vector_to_parameters(library.zeros(3), [library.ones(2), library.ones(2)])
    p = tinygrad_opt.nn.Parameter(tinygrad_opt.ones(2))
    memory = p.array
    with pytest.raises(RuntimeError, match=r"the parameters have 4 elements, but the vector has shape \(3,\)"):
        tinygrad_opt.nn.utils.vector_to_parameters(tinygrad_opt.zeros(3), [p, p])
    assert p.tolist() == [1, 1]
    tinygrad_opt.nn.utils.vector_to_parameters(tinygrad_opt.arange(4), [p])
    assert p.tolist() == [0, 1]
    assert p.array is memory


# ---- errors ---------------------------------------------------------------------------------------------------------

ERRORS: dict[str, Callable[[Any], Any]] = {
    "linear of a matrix that does not fit": lambda t: t.nn.functional.linear(t.ones(4, 5), t.ones(2, 3)),
    "linear of a vector that does not fit": lambda t: t.nn.functional.linear(t.ones(5), t.ones(2, 3), t.ones(2)),
    "linear of a stack that does not fit": lambda t: t.nn.Linear(3, 2)(t.ones(7, 4, 5)),
    "a state dict with keys missing": lambda t: t.nn.Linear(2, 2).load_state_dict({}),
    "a state dict with keys too many": lambda t: t.nn.Linear(2, 2, bias=False).load_state_dict(
        {"weight": t.ones(2, 2), "a": t.ones(1), "b": t.ones(1)}
    ),
    "a state dict of other sizes": lambda t: t.nn.Sequential(t.nn.Linear(2, 3), t.nn.Linear(3, 2)).load_state_dict(
        {"0.weight": t.ones(3, 3), "1.bias": t.ones(5), "c": t.ones(1)}
    ),
    "a state dict of other sizes, not strict": lambda t: t.nn.Linear(2, 2).load_state_dict(
        {"weight": t.ones(3, 3)}, strict=False
    ),
    "a state dict of lists": lambda t: t.nn.Linear(2, 1).load_state_dict({"weight": [[1.0, 2.0]], "bias": t.ones(1)}),
    "a state dict of numbers": lambda t: t.nn.Linear(2, 1).load_state_dict({"weight": t.ones(1, 2), "bias": 3.0}),
    "a state dict that is none": lambda t: t.nn.Linear(2, 1).load_state_dict([1]),
    "a buffer without a name": lambda t: t.nn.Module().register_buffer("", t.ones(1)),
    "a buffer with a number as a name": lambda t: t.nn.Module().register_buffer(1, t.ones(1)),
    "a buffer with the name of a method": lambda t: t.nn.Module().register_buffer("forward", t.ones(1)),
    "a parameter with the name of a method": lambda t: t.nn.Module().register_parameter("forward", None),
    "a buffer that is a number": lambda t: t.nn.Module().register_buffer("x", 3),
    "a parameter that is a number": lambda t: t.nn.Module().register_parameter("x", 3),
    "a module that is a number": lambda t: t.nn.Module().add_module("x", 3),
    "a module with a dot in its name": lambda t: t.nn.Module().add_module("a.b", t.nn.ReLU()),
    "a module with the name of a method": lambda t: t.nn.ModuleDict({"keys": t.nn.ReLU()}),
    "a Sequential of numbers": lambda t: t.nn.Sequential(3),
    "a position that a Sequential lacks": lambda t: t.nn.Sequential(t.nn.ReLU())[5],
    "a position that a ModuleList lacks": lambda t: t.nn.ModuleList([t.nn.ReLU()])[-2],
    "a position that is a string": lambda t: t.nn.Sequential(t.nn.ReLU())["a"],
    "a key that a ModuleDict lacks": lambda t: t.nn.ModuleDict()["z"],
    "a child replaced by a number": lambda t: setattr(t.nn.Sequential(t.nn.ReLU()), "0", 3),
    "a parameter that is not there": lambda t: t.nn.Linear(1, 1).get_parameter("foo"),
    "a parameter that is something else": lambda t: t.nn.Linear(1, 1).get_parameter("forward"),
    "a submodule that is not there": lambda t: t.nn.Sequential(t.nn.Linear(1, 1)).get_submodule("0.foo"),
    "a submodule that is something else": lambda t: t.nn.Linear(1, 1).get_submodule("weight"),
    "a mode that is none": lambda t: t.nn.Linear(1, 1).train(3),
    "a module without a forward": lambda t: t.nn.Module()(3),
    "an attribute that is not there": lambda t: t.nn.Linear(1, 1).foo,
    "dropout of probability 2": lambda t: t.nn.Dropout(2.0),
    "dropout of probability -1": lambda t: t.nn.functional.dropout(t.ones(2), -1),
    "gelu of another kind": lambda t: t.nn.GELU("x")(t.ones(1)),
    "a reduction of mse": lambda t: t.nn.functional.mse_loss(t.ones(1), t.ones(1), reduction="x"),
    "a reduction of l1": lambda t: t.nn.L1Loss(reduction="x")(t.ones(1), t.ones(1)),
    "a reduction of huber": lambda t: t.nn.HuberLoss(reduction="x")(t.ones(1), t.ones(1)),
    "a reduction of bce": lambda t: t.nn.BCELoss(reduction="x")(t.ones(1), t.ones(1)),
    "a reduction of bce with logits": lambda t: t.nn.BCEWithLogitsLoss(reduction="x")(t.ones(1), t.ones(1)),
    "a reduction of cross_entropy": lambda t: t.nn.CrossEntropyLoss(reduction="x")(t.ones(1, 2), t.tensor([1])),
    "a reduction of nll": lambda t: t.nn.NLLLoss(reduction="x")(t.ones(1, 2), t.tensor([1])),
    "huber without a delta": lambda t: t.nn.functional.huber_loss(t.ones(2), t.ones(2), delta=0.0),
    "smooth l1 with a negative beta": lambda t: t.nn.functional.smooth_l1_loss(t.ones(2), t.ones(2), beta=-1.0),
    "bce of two shapes": lambda t: t.nn.functional.binary_cross_entropy(t.ones(2, 1), t.ones(2)),
    "bce of logits": lambda t: t.nn.functional.binary_cross_entropy(t.ones(2) * 2, t.ones(2)),
    "bce of nan": lambda t: t.nn.functional.binary_cross_entropy(t.ones(2) * math.nan, t.ones(2)),
    "bce of targets beyond 1": lambda t: t.nn.functional.binary_cross_entropy(t.ones(2) * 0.5, t.ones(2) * 3),
    "bce with logits of two shapes": lambda t: t.nn.functional.binary_cross_entropy_with_logits(
        t.ones(2, 1), t.ones(2)
    ),
    "a weight that wants a gradient": lambda t: t.nn.functional.binary_cross_entropy_with_logits(
        t.ones(2), t.ones(2), pos_weight=t.ones(2).requires_grad_()
    ),
    "a class out of bounds": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0, 5])),
    "a negative class": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([-1, 0])),
    "a class out of bounds among ignored": lambda t: t.nn.functional.nll_loss(t.ones(2, 3), t.tensor([-100, 3])),
    "too many targets": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0, 1, 2])),
    "too many targets for nll": lambda t: t.nn.functional.nll_loss(t.ones(2, 3), t.tensor([0, 1, 2])),
    "targets of another width": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3, 4), t.ones(2, 5).long()),
    "targets of another rank": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3, 4), t.ones(2).long()),
    "two targets for one row": lambda t: t.nn.functional.cross_entropy(t.ones(3), t.tensor([0, 1])),
    "floating targets of another shape": lambda t: t.nn.functional.cross_entropy(t.ones(2, 3), t.tensor([0.0, 1.0])),
    "weights for other classes": lambda t: t.nn.functional.cross_entropy(
        t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(2)
    ),
    "weights for other probabilities": lambda t: t.nn.functional.cross_entropy(
        t.ones(2, 3), t.ones(2, 3), weight=t.ones(2)
    ),
    "too much smoothing": lambda t: t.nn.functional.cross_entropy(t.ones(1, 3), t.tensor([1]), label_smoothing=2.0),
    "a class of probabilities to ignore": lambda t: t.nn.functional.cross_entropy(
        t.ones(2, 3), t.ones(2, 3), ignore_index=1
    ),
    "nll of a number": lambda t: t.nn.functional.nll_loss(t.tensor(1.0), t.tensor(1)),
    "one_hot of too few classes": lambda t: t.nn.functional.one_hot(t.tensor([0, 2]), 2),
    "one_hot of a negative class": lambda t: t.nn.functional.one_hot(t.tensor([0, -2])),
    "one_hot of floats": lambda t: t.nn.functional.one_hot(t.tensor([0.0])),
    "one_hot of nothing": lambda t: t.nn.functional.one_hot(t.tensor([]).long()),
    "fans of a vector": lambda t: t.nn.init.kaiming_uniform_(t.ones(3)),
    "another fan": lambda t: t.nn.init.kaiming_uniform_(t.ones(3, 2), mode="x"),
    "another nonlinearity": lambda t: t.nn.init.kaiming_uniform_(t.ones(3, 2), nonlinearity="x"),
    "eye_ of a vector": lambda t: t.nn.init.eye_(t.ones(2)),
    "dirac_ of a matrix": lambda t: t.nn.init.dirac_(t.ones(2, 3)),
    "dirac_ of groups that do not fit": lambda t: t.nn.init.dirac_(t.ones(3, 3, 1), groups=2),
    "orthogonal_ of a vector": lambda t: t.nn.init.orthogonal_(t.ones(2)),
    "sparse_ of a vector": lambda t: t.nn.init.sparse_(t.ones(2), 0.1),
    "parameters from a list": lambda t: t.nn.utils.vector_to_parameters([1.0], [t.ones(1)]),
    "a slope that is no number": lambda t: t.nn.init.calculate_gain("leaky_relu", "a"),
    "a parameter of integers": lambda t: t.nn.Parameter(t.tensor([1])),
    "an in-place activation of a parameter": lambda t: t.nn.ReLU(inplace=True)(t.nn.Parameter(t.ones(2))),
}
# Where PyTorch's text says something that is not so here: the shared beginning.
BEGINNINGS = {
    "floating targets of another shape": "expected target dtype to be Long or Byte, but got ",
    "gelu of another kind": "approximate argument must be either none or tanh.",
}


def error_of(library: Any, call: Callable[[Any], Any]) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011 (which one it is, is what is compared)
        call(library)
    return caught.value


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_of_pytorchs_class_and_begin_with_its_text(name: str) -> None:
    ours, theirs = error_of(tinygrad_opt, ERRORS[name]), error_of(torch, ERRORS[name])
    assert type(ours) is type(theirs)
    text = str(theirs.args[0])
    expected = BEGINNINGS.get(name) or text.rstrip(".")
    assert str(ours.args[0]).startswith(expected)


DTYPE_ERRORS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "linear": (
        lambda t: t.nn.functional.linear(t.ones(4, 3).double(), t.ones(2, 3), t.ones(2)),
        RuntimeError,
        "mat1 and mat2 must have the same dtype, but got",
    ),
    "linear of integers": (
        lambda t: t.nn.functional.linear(t.ones(4, 3).long(), t.ones(2, 3), t.ones(2)),
        RuntimeError,
        "mat1 and mat2 must have the same dtype, but got",
    ),
    "bias": (
        lambda t: t.nn.functional.linear(t.ones(4, 3), t.ones(2, 3), t.ones(2).double()),
        RuntimeError,
        "self and mat2 must have the same dtype, but got",
    ),
    "bce": (
        lambda t: t.nn.functional.binary_cross_entropy(t.ones(2), t.ones(2).long()),
        RuntimeError,
        "Found dtype",
    ),
    "mse of integers": (
        lambda t: t.nn.functional.mse_loss(t.ones(2).long(), t.ones(2).long()),
        NotImplementedError,
        "",
    ),
    "cross entropy of integers": (
        lambda t: t.nn.functional.cross_entropy(t.ones(2, 3).long(), t.tensor([0, 1])),
        NotImplementedError,
        "",
    ),
    "leaky_relu of integers": (lambda t: t.nn.functional.leaky_relu(t.tensor([1])), NotImplementedError, ""),
    "softplus of integers": (lambda t: t.nn.functional.softplus(t.tensor([1])), NotImplementedError, ""),
    "a module cast to integers": (
        lambda t: t.nn.Linear(1, 1).to(np.int64 if t is tinygrad_opt else t.int64),
        TypeError,
        "nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=torch.int64",
    ),
    "a parameter replaced by a tensor": (
        lambda t: setattr(t.nn.Linear(1, 1), "weight", t.ones(1, 1)),
        TypeError,
        "cannot assign '",
    ),
    "a tensor registered as a parameter": (
        lambda t: t.nn.Module().register_parameter("x", t.ones(1)),
        TypeError,
        "cannot assign '",
    ),
}


@pytest.mark.parametrize("name", DTYPE_ERRORS)
def test_errors_that_name_a_type_differ_only_in_its_name(name: str) -> None:
    call, kind, beginning = DTYPE_ERRORS[name]
    for library in (tinygrad_opt, torch):
        error = error_of(library, call)
        assert type(error) is kind
        assert str(error).startswith(beginning)


@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "huber_loss", "smooth_l1_loss"])
def test_targets_of_another_shape_are_warned_of_in_pytorchs_words(loss: str) -> None:
    x, t = normal(2, 1), normal(2)
    texts, results = [], []
    for library in (tinygrad_opt, torch):
        with pytest.warns(UserWarning, match="target size") as caught:
            results.append(run(library, lambda library, x, t: getattr(library.nn.functional, loss)(x, t), (x, t)))
        texts.append(str(caught[0].message))
        assert caught[0].filename == __file__
    assert texts[0] == texts[1]
    assert_same(*results)


def test_initialising_nothing_warns_as_in_pytorch() -> None:
    texts = []
    for library in (tinygrad_opt, torch):
        with pytest.warns(UserWarning, match="no-op") as caught:
            assert library.nn.Linear(0, 2).bias.tolist() == [0.0, 0.0]
        texts.append([str(w.message) for w in caught])
    assert texts[0] == texts[1]


def test_what_load_state_dict_returns_prints_as_in_pytorch() -> None:
    for strict, make in [(True, lambda t: t.nn.Linear(2, 1).state_dict()), (False, lambda t: {"a": t.ones(1)})]:
        ours = tinygrad_opt.nn.Linear(2, 1).load_state_dict(make(tinygrad_opt), strict=strict)
        theirs = torch.nn.Linear(2, 1).load_state_dict(make(torch), strict=strict)
        assert repr(ours) == repr(theirs)
        assert tuple(ours) == tuple(theirs)


def test_losses_of_two_dtypes_promote_as_in_pytorch() -> None:
    x, t = unit(3).astype(np.float32), unit(3)
    for loss in ["mse_loss", "l1_loss"]:
        for target in [t, given([1, 0, 2])]:
            check(lambda library, x, t, loss=loss: getattr(library.nn.functional, loss)(x, t), x, target)

    def with_logits(library: Any, x: Any, t: Any) -> Any:
        return library.nn.functional.binary_cross_entropy_with_logits(x, t)

    # PyTorch takes the logarithm in float32 before it promotes.
    assert_same(run(tinygrad_opt, with_logits, (x, t)), run(torch, with_logits, (x, t)), rtol=1e-6)


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_a_target_that_is_one_number_promotes_once_it_is_broadcast() -> None:
    check(lambda library, x, t: library.nn.functional.mse_loss(x, t), normal(3).astype(np.float32), given(1.5))


def test_a_state_dict_of_pytorch_loads_as_it_is() -> None:
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    ours = tinygrad_opt.nn.MLP(3, 4, 2)
    ours.load_state_dict(theirs.state_dict())
    x = normal(5, 3).astype(np.float32)
    with torch.no_grad():
        expected = theirs(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(ours(tinygrad_opt.from_numpy(x)).detach().numpy(), expected, rtol=1e-5, atol=1e-6)


def test_training_from_the_same_seed_takes_the_same_path() -> None:
    losses: list[list[float]] = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(0)
        nn = library.nn
        model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 3))
        x = library.randn(24, 2)
        y = library.randint(0, 3, (24,))
        losses.append([])
        for _ in range(30):
            loss = nn.functional.cross_entropy(model(x), y)
            model.zero_grad()
            loss.backward()
            with library.no_grad():
                for p in model.parameters():
                    p -= 0.5 * p.grad
            losses[-1].append(loss.item())
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert losses[0][-1] < losses[0][0]
