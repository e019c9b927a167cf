"""Layers, activations and dropout: values worked out by hand, checks before work, gradients by finite differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd import gradcheck, gradgradcheck


def double(values: Any) -> torch.Tensor:
    return torch.tensor(np.array(values, float), requires_grad=True)


# ---- Linear ---------------------------------------------------------------------------------------------------------


def test_a_linear_layer_multiplies_by_its_weight_and_adds_its_bias() -> None:
    layer = nn.Linear(2, 3)
    layer.load_state_dict({"weight": np.array([[1, 2], [3, 4], [5, 6]]), "bias": np.array([10, 20, 30])})
    assert layer(torch.tensor([[1.0, 1.0], [0.0, 2.0]])).tolist() == [[13, 27, 41], [14, 28, 42]]
    assert layer(torch.tensor([1.0, 1.0])).tolist() == [13, 27, 41]


def test_a_linear_layer_is_one_node() -> None:
    node = nn.Linear(2, 3)(torch.ones(4, 5, 2)).grad_fn
    assert node is not None
    assert [edge is None for edge, _ in node.next_functions] == [True, False, False]
    assert all(edge is None or isinstance(edge, nn.Parameter) for edge, _ in node.next_functions)


def test_a_linear_layer_without_bias_has_none() -> None:
    layer = nn.Linear(2, 3, bias=False)
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]
    assert layer(torch.zeros(1, 2)).tolist() == [[0, 0, 0]]


def test_a_linear_layer_starts_within_the_bound_of_its_fan_in() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(16, 1000)
    for p in layer.parameters():
        assert 0.24 < abs(p.detach()).max().item() <= 0.25
    assert nn.Linear(4, 2, dtype=np.float64).weight.dtype == np.float64


def test_the_first_weights_of_a_seed_are_pytorchs() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(2, 2)
    np.testing.assert_allclose(
        layer.weight.detach().numpy(), [[-0.0053, 0.3793], [-0.5820, -0.5204]], rtol=0, atol=5e-5
    )
    np.testing.assert_allclose(layer.bias.detach().numpy(), [-0.2723, 0.1896], rtol=0, atol=5e-5)  # type: ignore[union-attr]


@pytest.mark.parametrize("shape", [(4, 3), (3,), (2, 4, 3), (2, 1, 2, 3)])
def test_linear_has_the_gradients_of_finite_differences_to_second_order(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    inputs = [double(rng.normal(size=size)) for size in (shape, (2, 3), (2,))]
    assert gradcheck(F.linear, inputs)
    assert gradgradcheck(F.linear, inputs)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (torch.ones(4, 5), r"^mat1 and mat2 shapes cannot be multiplied \(4x5 and 3x2\)"),
        (torch.ones(7, 4, 5), r"^mat1 and mat2 shapes cannot be multiplied \(28x5 and 3x2\)"),
        (torch.ones(5), r"^mat1 and mat2 shapes cannot be multiplied \(1x5 and 3x2\)"),
        (torch.ones(4, 3).double(), "^mat1 and mat2 must have the same dtype, but got float64 and float32"),
        (torch.tensor(1.0), "at least one dimension"),
    ],
)
def test_linear_says_what_does_not_fit(x: Any, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        nn.Linear(3, 2)(x)


def test_linear_refuses_a_bias_that_would_be_broadcast_further() -> None:
    with pytest.raises(RuntimeError, match=r"a bias of shape \(3,\) does not fit"):
        F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(3))
    with pytest.raises(RuntimeError, match=r"a bias of shape \(4, 2\) does not fit"):
        F.linear(torch.ones(4, 3), torch.ones(2, 3), torch.ones(4, 2))
    with pytest.raises(TypeError, match="expected Tensors, got list and Tensor"):
        F.linear([1.0], torch.ones(2, 3))  # type: ignore[arg-type]


def test_flatten_keeps_the_batch() -> None:
    x = torch.arange(24).reshape(2, 3, 4)
    assert nn.Flatten()(x).tolist() == x.reshape(2, 12).tolist()
    assert nn.Flatten(0)(x).shape == (24,)
    assert nn.Identity("ignored", also=1)(x) is x


# ---- activations ----------------------------------------------------------------------------------------------------

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": F.relu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "tanh": F.tanh,
    "sigmoid": F.sigmoid,
    "logsigmoid": F.logsigmoid,
    "softplus": lambda x: F.softplus(x, 2.0, 3.0),
    "softmax": lambda x: F.softmax(x, -1),
    "log_softmax": lambda x: F.log_softmax(x, 0),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_have_the_gradients_of_finite_differences_to_second_order(name: str) -> None:
    x = double([[-2.0, -0.6, 0.3], [0.9, 1.2, 2.5]])
    assert gradcheck(ACTIVATIONS[name], x)
    assert gradgradcheck(ACTIVATIONS[name], x)


@pytest.mark.parametrize(
    ("activation", "x", "value", "slope"),
    [
        (nn.ReLU(), 0.0, 0.0, 0.0),
        (nn.LeakyReLU(0.3), 0.0, 0.0, 0.3),
        (nn.GELU(), 0.0, 0.0, 0.5),
        (nn.GELU("tanh"), 1.0, 0.8411919906082768, 1.0829640838457826),
        (nn.GELU(), 1.0, 0.8413447460685429, 1.0833154705876864),
        (nn.Softplus(), 100.0, 100.0, 1.0),
        (nn.Softplus(), 0.0, math.log(2), 0.5),
        (nn.Sigmoid(), -1000.0, 0.0, 0.0),
        (nn.Tanh(), 1000.0, 1.0, 0.0),
        (nn.SiLU(), 0.0, 0.0, 0.5),
    ],
)
def test_activations_at_their_kinks_and_far_out(activation: Any, x: float, value: float, slope: float) -> None:
    t = double(x)
    y = activation(t)
    y.backward()
    assert y.item() == pytest.approx(value, rel=1e-14)
    assert t.grad is not None
    assert t.grad.item() == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize("activation", [nn.ReLU(inplace=True), nn.LeakyReLU(0.5, inplace=True), nn.SiLU(inplace=True)])
def test_an_activation_in_place_overwrites_its_input_and_keeps_the_gradient(activation: Any) -> None:
    x = double([-1.0, 2.0])
    h = x * 1.0
    y = activation(h)
    assert y is h
    y.sum().backward()
    inplace_grad, x.grad = x.grad, None
    activation.inplace = False
    out = activation(x * 1.0)
    out.sum().backward()
    assert y.tolist() == out.tolist()
    assert inplace_grad.tolist() == x.grad.tolist()  # type: ignore[union-attr]
    activation.inplace = True
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        activation(x)


def test_softmax_of_large_logits_sums_to_one() -> None:
    y = nn.Softmax(1)(torch.tensor([[1e4, 1e4, -1e4]]))
    assert y.tolist() == [[0.5, 0.5, 0.0]]
    assert nn.LogSoftmax(1)(torch.tensor([[1e4, 0.0]])).tolist() == [[0.0, -1e4]]


def test_gelu_knows_two_approximations() -> None:
    with pytest.raises(RuntimeError, match="approximate argument must be either none or tanh"):
        nn.GELU("erf")(torch.ones(1))


# ---- dropout --------------------------------------------------------------------------------------------------------


def test_dropout_leaves_the_mean_and_drops_the_share_it_says() -> None:
    torch.manual_seed(0)
    y = nn.Dropout(0.2)(torch.ones(100_000))
    assert sorted(set(y.tolist())) == [0.0, 1.25]
    assert y.mean().item() == pytest.approx(1.0, abs=0.01)


def test_the_gradient_of_dropout_is_its_noise() -> None:
    x = torch.ones(50, requires_grad=True)
    y = nn.Dropout(0.5)(x)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == y.tolist()


def test_dropout_after_eval_or_of_nothing_is_the_input_itself() -> None:
    x = torch.ones(3)
    assert nn.Dropout(0.5).eval()(x) is x
    assert nn.Dropout(0.0)(x) is x
    assert F.dropout(x, 0.5, training=False) is x


def test_dropout_of_everything_is_zeros_and_draws_no_numbers() -> None:
    x = torch.ones(3, requires_grad=True)
    torch.manual_seed(0)
    y = nn.Dropout(1.0)(x)
    assert torch.rand(1).item() == pytest.approx(0.4963, abs=1e-4)
    y.sum().backward()
    assert y.tolist() == [0, 0, 0]
    assert x.grad.tolist() == [0, 0, 0]  # type: ignore[union-attr]


def test_dropout_draws_from_the_generator_it_is_given() -> None:
    x = torch.ones(20)
    state = torch.random.default_generator.get_state()
    first = F.dropout(x, 0.5, generator=torch.Generator().manual_seed(1))
    assert first.tolist() == F.dropout(x, 0.5, generator=torch.Generator().manual_seed(1)).tolist()
    assert first.tolist() != F.dropout(x, 0.5, generator=torch.Generator().manual_seed(2)).tolist()
    assert (torch.random.default_generator.get_state() == state).all()


def test_dropout_in_place_overwrites_its_input() -> None:
    x = torch.ones(20)
    y = nn.Dropout(0.5, inplace=True)(x)
    assert y is x
    assert set(x.tolist()) == {0.0, 2.0}


def test_dropout_in_place_of_a_leaf_is_refused_before_anything_is_drawn() -> None:
    torch.manual_seed(0)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        nn.Dropout(0.5, inplace=True)(torch.ones(3, requires_grad=True))
    assert torch.rand(1).item() == pytest.approx(0.4963, abs=1e-4)


@pytest.mark.parametrize("p", [2.0, -0.1, math.nan])
def test_dropout_wants_a_probability(p: float) -> None:
    for make in (nn.Dropout, lambda p: F.dropout(torch.ones(1), p), lambda p: F.dropout(torch.ones(1), p, False)):
        with pytest.raises(ValueError, match=f"dropout probability has to be between 0 and 1, but got {p}"):
            make(p)


# ---- MLP and one_hot ------------------------------------------------------------------------------------------------


def test_an_mlp_is_linear_layers_with_an_activation_between_them() -> None:
    model = nn.MLP(8, 16, 4, 1)
    assert isinstance(model, nn.Sequential)
    assert [repr(m) for m in model] == [
        "Linear(in_features=8, out_features=16, bias=True)",
        "ReLU()",
        "Linear(in_features=16, out_features=4, bias=True)",
        "ReLU()",
        "Linear(in_features=4, out_features=1, bias=True)",
    ]
    assert len(nn.MLP(8, 1)) == 1


@pytest.mark.parametrize(
    ("activation", "text"),
    [
        (nn.Tanh, "Tanh()"),
        ("relu", "ReLU()"),
        ("leaky_relu", "LeakyReLU(negative_slope=0.01)"),
        ("GELU", "GELU(approximate='none')"),
        (nn.LeakyReLU(0.5), "LeakyReLU(negative_slope=0.5)"),
        (torch.sin, "sin()"),
        (lambda: nn.Softplus(2.0), "<lambda>()"),
    ],
)
def test_an_mlp_takes_a_class_a_name_a_module_or_a_function(activation: Any, text: str) -> None:
    model = nn.MLP(2, 3, 1, activation=activation)
    assert repr(model[1]) == text
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "2.bias"]


def test_an_mlp_applies_the_function_it_is_given() -> None:
    model = nn.MLP(2, 3, 1, activation=torch.sin)
    x = torch.ones(4, 2)
    assert model(x).tolist() == model[2](torch.sin(model[0](x))).tolist()


def test_an_mlp_says_what_it_needs() -> None:
    with pytest.raises(ValueError, match="at least the sizes of its input and its output"):
        nn.MLP(3)
    with pytest.raises(ValueError, match="unknown activation 'rleu'; known are gelu, leakyrelu, relu"):
        nn.MLP(3, 2, activation="rleu")
    with pytest.raises(TypeError, match="activation is a module, its class, its name or a function"):
        nn.MLP(3, 2, activation=3)  # type: ignore[arg-type]


def test_one_hot_marks_the_class() -> None:
    assert F.one_hot(torch.tensor([[0], [2]])).tolist() == [[[1, 0, 0]], [[0, 0, 1]]]
    assert F.one_hot(torch.tensor(1), 3).tolist() == [0, 1, 0]
    assert F.one_hot(torch.tensor([], dtype=np.int64), 3).shape == (0, 3)
    assert F.one_hot(torch.tensor([1])).dtype == np.int64


@pytest.mark.parametrize(
    ("classes", "n", "text"),
    [
        ([0, 2], 2, "Class values must be smaller than num_classes"),
        ([-1], -1, "Class values must be non-negative"),
        ([0.0], -1, "one_hot is only applicable to index tensor"),
        ([0], 0, "Class values must be smaller than num_classes"),
    ],
)
def test_one_hot_refuses_classes_that_it_cannot_mark(classes: Any, n: int, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        F.one_hot(torch.tensor(classes), n)
