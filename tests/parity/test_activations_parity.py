"""Activations, dropouts and distances give PyTorch's numbers, texts and errors, as functions and as layers.

What PyTorch differentiates twice stands in cases/activations.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

from .cases.case import given, normal
from .processor import torch_hands_bernoulli_to_mkl
from .test_nn_parity import Array, assert_same, check, error_of, run

torch = pytest.importorskip("torch")
Maker = Callable[[Any], Any]

KINKS = given([-7.0, -3.0, -2.5, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 2.9, 3.0, 5.0, 6.0])
FAR = given([800.0, -800.0])
ZEROS = given([[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]])


@pytest.mark.parametrize("shape", [(3, 4), (), (0, 2), (1,), (2, 1, 3), (40,)])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_hardsigmoid_is_pytorchs_but_for_its_slope_of_a_float32(shape: tuple[int, ...], scale: float) -> None:
    x = np.asarray(normal(*shape)) * scale
    for array in [np.asarray(x), KINKS, FAR]:

        def call(library: Any, x: Any) -> Any:
            return library.nn.functional.hardsigmoid(x)

        ours, theirs = run(tinygrad_opt, call, (array,)), run(torch, call, (array,))
        assert_same(ours[:1], theirs[:1])
        assert_same(ours, theirs, rtol=1e-7)


FIRST_ORDER: dict[str, tuple[Callable[..., Any], tuple[Array, ...]]] = {
    "mish far out": (lambda t, x: t.nn.functional.mish(x), (FAR,)),
    "prelu at its kink": (
        lambda t, x, w: t.nn.functional.prelu(x, w),
        (given([0.0, -0.0, 1.0, -1.0]), given([0.25])),
    ),
    "cosine_similarity of zeros": (
        lambda t, x, y: t.nn.functional.cosine_similarity(x, y),
        (ZEROS, given([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0]])),
    ),
    "normalize of zeros": (lambda t, x: t.nn.functional.normalize(x), (ZEROS,)),
    "pairwise_distance of equals": (lambda t, x, y: t.nn.functional.pairwise_distance(x, y, eps=0.0), (ZEROS, ZEROS)),
}


@pytest.mark.parametrize("name", FIRST_ORDER)
def test_values_and_gradients_are_pytorchs_where_its_second_derivatives_are_not_numbers(name: str) -> None:
    call, arrays = FIRST_ORDER[name]
    check(call, *arrays)


# ---- as layers -------------------------------------------------------------------------------------------------------

LAYERS: dict[str, tuple[Maker, tuple[Array, ...]]] = {
    "ReLU6": (lambda nn: nn.ReLU6(), (KINKS,)),
    "LeakyReLU": (lambda nn: nn.LeakyReLU(0.2), (KINKS,)),
    "PReLU": (lambda nn: nn.PReLU(), (normal(4, 3),)),
    "PReLU for each channel": (lambda nn: nn.PReLU(3, init=0.1), (normal(4, 3, 2),)),
    "Hardtanh": (lambda nn: nn.Hardtanh(), (KINKS,)),
    "Hardtanh with bounds": (lambda nn: nn.Hardtanh(-2, 0.5), (KINKS,)),
    "Hardswish": (lambda nn: nn.Hardswish(), (KINKS,)),
    "Threshold": (lambda nn: nn.Threshold(0.5, -1), (KINKS,)),
    "Softshrink": (lambda nn: nn.Softshrink(), (KINKS,)),
    "Softshrink by more": (lambda nn: nn.Softshrink(2), (KINKS,)),
    "Hardshrink": (lambda nn: nn.Hardshrink(), (KINKS,)),
    "Hardshrink by more": (lambda nn: nn.Hardshrink(lambd=2.0), (KINKS,)),
    "ELU": (lambda nn: nn.ELU(), (KINKS,)),
    "ELU with alpha": (lambda nn: nn.ELU(0.5), (KINKS,)),
    "CELU": (lambda nn: nn.CELU(), (KINKS,)),
    "CELU with alpha": (lambda nn: nn.CELU(0.5), (KINKS,)),
    "SELU": (lambda nn: nn.SELU(), (KINKS,)),
    "Mish": (lambda nn: nn.Mish(), (KINKS,)),
    "GLU": (lambda nn: nn.GLU(), (normal(3, 4),)),
    "GLU over rows": (lambda nn: nn.GLU(0), (normal(4, 3),)),
    "Tanhshrink": (lambda nn: nn.Tanhshrink(), (KINKS,)),
    "LogSigmoid": (lambda nn: nn.LogSigmoid(), (KINKS,)),
    "Softsign": (lambda nn: nn.Softsign(), (KINKS,)),
    "Softmin": (lambda nn: nn.Softmin(dim=1), (normal(3, 4),)),
    "Softmax2d": (lambda nn: nn.Softmax2d(), (normal(2, 3, 2, 2),)),
    "Softmax2d of one": (lambda nn: nn.Softmax2d(), (normal(3, 2, 2),)),
    "Dropout1d evaluated": (lambda nn: nn.Dropout1d().eval(), (normal(2, 3, 4),)),
    "Dropout2d evaluated": (lambda nn: nn.Dropout2d(0.2).eval(), (normal(2, 3, 4, 2),)),
    "AlphaDropout evaluated": (lambda nn: nn.AlphaDropout(0.2).eval(), (normal(2, 3),)),
    "CosineSimilarity": (lambda nn: nn.CosineSimilarity(), (normal(4, 3), normal(4, 3))),
    "CosineSimilarity over rows": (lambda nn: nn.CosineSimilarity(dim=0, eps=0.5), (normal(4, 3), normal(4, 3))),
    "PairwiseDistance": (lambda nn: nn.PairwiseDistance(), (normal(4, 3), normal(4, 3))),
    "PairwiseDistance with p": (lambda nn: nn.PairwiseDistance(1.0, 0.1, True), (normal(4, 3), normal(4, 3))),
    "Bilinear": (lambda nn: nn.Bilinear(3, 2, 4), (normal(5, 3), normal(5, 2))),
    "Bilinear without bias": (lambda nn: nn.Bilinear(3, 2, 1, bias=False), (normal(2, 5, 3), normal(2, 5, 2))),
    "Bilinear of vectors": (lambda nn: nn.Bilinear(3, 2, 4), (normal(3), normal(2))),
    "Unflatten": (lambda nn: nn.Unflatten(1, (2, 3)), (normal(4, 6),)),
    "Unflatten with a size to find": (lambda nn: nn.Unflatten(-1, (-1, 2)), (normal(4, 6),)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_with_pytorchs_weights_gives_its_outputs_and_gradients(name: str) -> None:
    make, arrays = LAYERS[name]
    ours, theirs = make(tinygrad_opt.nn).double(), make(torch.nn).double()
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    assert_same(run(tinygrad_opt, lambda _, *xs: ours(*xs), arrays), run(torch, lambda _, *xs: theirs(*xs), arrays))
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


IN_PLACE: dict[str, Maker] = {
    "ReLU6": lambda nn: nn.ReLU6(inplace=True),
    "LeakyReLU": lambda nn: nn.LeakyReLU(0.1, inplace=True),
    "Hardtanh": lambda nn: nn.Hardtanh(inplace=True),
    "Hardsigmoid": lambda nn: nn.Hardsigmoid(inplace=True),
    "Hardswish": lambda nn: nn.Hardswish(True),
    "Threshold": lambda nn: nn.Threshold(0.1, 20.0, inplace=True),
    "ELU": lambda nn: nn.ELU(inplace=True),
    "CELU": lambda nn: nn.CELU(1.5, True),
    "SELU": lambda nn: nn.SELU(True),
    "Mish": lambda nn: nn.Mish(True),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_a_layer_in_place_writes_its_input_and_says_so_as_pytorchs(name: str) -> None:
    make = IN_PLACE[name]
    assert repr(make(tinygrad_opt.nn)) == repr(make(torch.nn))

    def call(library: Any, x: Any) -> Any:
        h = x * 2
        assert make(library.nn)(h) is h
        return h

    ours, theirs = run(tinygrad_opt, call, (KINKS[:5],)), run(torch, call, (KINKS[:5],))
    assert_same(ours, theirs, rtol=1e-7)


# ---- dropout ---------------------------------------------------------------------------------------------------------

DROPOUTS: list[tuple[str, tuple[int, ...]]] = [
    ("dropout1d", (4, 3, 5)),
    ("dropout1d", (3, 5)),
    ("dropout1d", (0, 3, 5)),
    ("dropout2d", (4, 3, 2, 2)),
    ("dropout2d", (4, 3, 5)),
    ("dropout2d", (40, 30)),
    ("dropout2d", (2, 3, 2, 2, 2)),
    ("alpha_dropout", (7,)),
    ("alpha_dropout", (40, 30)),
    ("alpha_dropout", ()),
    ("alpha_dropout", (0, 2)),
]


@pytest.mark.filterwarnings("ignore:dropout2d:UserWarning")
@pytest.mark.skipif(torch_hands_bernoulli_to_mkl(torch), reason="PyTorch draws bernoulli_ with MKL on this processor")
@pytest.mark.parametrize(("name", "shape"), DROPOUTS)
@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("inplace", [False, True])
def test_dropouts_draw_pytorchs_zeros_and_leave_the_stream_where_pytorch_does(
    name: str, shape: tuple[int, ...], p: float, dtype: type, inplace: bool
) -> None:
    x = np.asarray(normal(*shape)).astype(dtype)
    results = []
    for library in (tinygrad_opt, torch):
        library.manual_seed(5)
        drop = getattr(library.nn.functional, name)
        results.append(run(library, lambda library, x, drop=drop: drop(x * 1, p, True, inplace), (x,)))
        results[-1].append(library.rand(3).numpy())
    assert_same(results[0], results[1], rtol=2e-6 if dtype == np.float32 else 1e-9, atol=1e-7)


def test_dropout2d_warns_of_other_shapes_as_pytorch_does() -> None:
    for shape in [(2, 3), (2, 3, 4)]:
        for library in (tinygrad_opt, torch):
            with pytest.warns(UserWarning, match=f"dropout2d: Received a {len(shape)}-?D input to dropout2d"):
                library.nn.functional.dropout2d(library.ones(*shape))


# ---- errors ----------------------------------------------------------------------------------------------------------

ERRORS: dict[str, Callable[[Any], Any]] = {
    "bounds the wrong way round": lambda t: t.nn.functional.hardtanh(t.ones(2), 3, 1),
    "bounds of a layer the wrong way round": lambda t: t.nn.Hardtanh(1, 1),
    "hardtanh of booleans": lambda t: t.nn.functional.hardtanh(t.tensor([True])),
    "hardtanh of unsigned integers": lambda t: t.nn.functional.hardtanh(t.tensor([1], dtype=t.uint8)),
    "celu of alpha 0": lambda t: t.nn.functional.celu(t.ones(2), 0.0),
    "a negative lambd": lambda t: t.nn.functional.softshrink(t.ones(2), -1.0),
    "glu of a number": lambda t: t.nn.functional.glu(t.tensor(1.0)),
    "glu of an odd size": lambda t: t.nn.functional.glu(t.ones(2, 3)),
    "glu of a dimension that is not there": lambda t: t.nn.functional.glu(t.ones(2), 5),
    "prelu of other channels": lambda t: t.nn.functional.prelu(t.ones(2, 3), t.ones(2)),
    "prelu of a vector": lambda t: t.nn.functional.prelu(t.ones(2), t.ones(2)),
    "prelu of a number": lambda t: t.nn.functional.prelu(t.tensor(1.0), t.ones(2)),
    "prelu by a matrix": lambda t: t.nn.functional.prelu(t.ones(2, 3), t.ones(1, 3)),
    "prelu of two dtypes": lambda t: t.nn.functional.prelu(t.ones(2, 3), t.ones(3).double()),
    "softmax2d of a matrix": lambda t: t.nn.Softmax2d()(t.ones(2, 3)),
    "softmin of a dimension that is not there": lambda t: t.nn.functional.softmin(t.ones(2), 5),
    "cosine_similarity of shapes that do not fit": lambda t: t.nn.functional.cosine_similarity(t.ones(2, 3), t.ones(4)),
    "cosine_similarity of vectors over dim 1": lambda t: t.nn.functional.cosine_similarity(t.ones(3), t.ones(3)),
    "cosine_similarity of integers": lambda t: t.nn.functional.cosine_similarity(
        t.ones(2, 3).long(), t.ones(2, 3).long()
    ),
    "pairwise_distance of shapes that do not fit": lambda t: t.nn.functional.pairwise_distance(t.ones(2, 3), t.ones(4)),
    "normalize over a dimension that is not there": lambda t: t.nn.functional.normalize(t.ones(3)),
    "normalize of integers": lambda t: t.nn.functional.normalize(t.ones(2, 3).long()),
    "bilinear of a second input that does not fit": lambda t: t.nn.functional.bilinear(
        t.ones(2, 3), t.ones(2, 4), t.ones(5, 3, 3)
    ),
    "bilinear of a first input that does not fit": lambda t: t.nn.functional.bilinear(
        t.ones(2, 3), t.ones(2, 4), t.ones(5, 4, 4)
    ),
    "bilinear of two batches": lambda t: t.nn.functional.bilinear(t.ones(2, 3), t.ones(3, 4), t.ones(5, 3, 4)),
    "bilinear of other dimensions": lambda t: t.nn.functional.bilinear(t.ones(2, 3), t.ones(2, 1, 4), t.ones(5, 3, 4)),
    "bilinear of two dtypes": lambda t: t.nn.functional.bilinear(t.ones(2, 3), t.ones(2, 4), t.ones(5, 3, 4).double()),
    "bilinear with a bias that does not fit": lambda t: t.nn.functional.bilinear(
        t.ones(2, 3), t.ones(2, 4), t.ones(5, 3, 4), t.ones(1)
    ),
    "Bilinear of no features": lambda t: t.nn.Bilinear(0, 2, 3),
    "Unflatten into a number": lambda t: t.nn.Unflatten(1, 3),
    "Unflatten into halves": lambda t: t.nn.Unflatten(1, (2, 1.5)),
    "Unflatten into other sizes": lambda t: t.nn.Unflatten(1, (2, 2))(t.ones(2, 3)),
    "dropout1d of a vector": lambda t: t.nn.functional.dropout1d(t.ones(2)),
    "dropout2d of probability 2": lambda t: t.nn.Dropout2d(2.0),
    "alpha_dropout of probability -1": lambda t: t.nn.functional.alpha_dropout(t.ones(2), -1.0),
    "alpha_dropout of nan": lambda t: t.nn.functional.alpha_dropout(t.ones(2), 1.5),
    "an activation of a leaf in place": lambda t: t.nn.ELU(inplace=True)(t.ones(2, requires_grad=True)),
}
OUT_OF_RANGE = "Dimension out of range (expected to be in range of [-1, 0], but got "
# Where PyTorch's text says something that is not so here: the shared part.
PARTS = {
    "a negative lambd": "lambda must be in range [0, ",
    "prelu of two dtypes": "prelu: Type promoting not supported. Got ",
    "cosine_similarity of shapes that do not fit": "shapes (2, 3) and (4,) do not broadcast",
    "cosine_similarity of integers": "expected common dtype to be floating point, yet common dtype is ",
    "cosine_similarity of vectors over dim 1": OUT_OF_RANGE,
    "normalize over a dimension that is not there": OUT_OF_RANGE,
    "glu of a dimension that is not there": OUT_OF_RANGE,
    "softmin of a dimension that is not there": OUT_OF_RANGE,
    "normalize of integers": "",
    "bilinear of two dtypes": "All tensors must have the same dtype, got input1: float",
    "bilinear with a bias that does not fit": "bilinear(): bias size does not match weight size: got ",
    "dropout1d of a vector": "dropout1d: Expected 2D or 3D input, but received a 1D input. ",
    "an activation of a leaf in place": "a leaf Variable that requires grad is being used in an in-place operation.",
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_of_pytorchs_class_and_have_its_text(name: str) -> None:
    ours, theirs = error_of(tinygrad_opt, ERRORS[name]), error_of(torch, ERRORS[name])
    assert type(ours) is type(theirs)
    assert PARTS.get(name, str(theirs).rstrip(".")) in str(ours)


REFUSING_INTEGERS = """
    elu celu selu mish silu gelu logsigmoid hardsigmoid hardswish softshrink hardshrink glu leaky_relu softplus
""".split()  # noqa: SIM905  (a list would be taller)


@pytest.mark.parametrize("name", REFUSING_INTEGERS)
def test_what_pytorch_has_for_floats_alone_refuses_integers(name: str) -> None:
    for values in ([1, 2], [True, False]):
        for library in (tinygrad_opt, torch):
            with pytest.raises(NotImplementedError):
                getattr(library.nn.functional, name)(library.tensor(values))


def test_dtypes_of_activations_of_integers_are_pytorchs() -> None:
    for name, arguments in [("relu6", ()), ("hardtanh", (-2.5, 2.5)), ("threshold", (1.5, 9.5)), ("softsign", ())]:
        x = given([-4, -2, 1, 2, 7])
        ours = getattr(tinygrad_opt.nn.functional, name)(tinygrad_opt.from_numpy(x), *arguments)
        theirs = getattr(torch.nn.functional, name)(torch.from_numpy(x), *arguments)
        assert ours.tolist() == theirs.tolist()
        assert f"torch.{ours.dtype}" == str(theirs.dtype)


def test_nan_is_passed_on() -> None:
    for name in ["relu6", "elu", "celu", "selu", "mish", "hardsigmoid", "hardswish", "softshrink", "hardshrink"]:
        for library in (tinygrad_opt, torch):
            assert math.isnan(getattr(library.nn.functional, name)(library.tensor([math.nan])).item())
