"""Value gives PyTorch's numbers and gradients, at kinks, infinities and nan as well."""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from tinygrad_opt.nn.scalar import MLP
from tinygrad_opt.value import Value

torch = pytest.importorskip("torch")

inf, nan = math.inf, math.nan
POINTS = [-inf, -1000.0, -25.0, -2.0, -1.0, -0.5, -1e-300, -0.0, 0.0, 1e-300, 0.3, 0.5, 1.0, 2.0, 3.0, 19.0, 21.0]
POINTS += [25.0, 401.0, 709.0, 1000.0, inf, nan]

UNARY = ["exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan", "asin", "acos"]
UNARY += ["sigmoid", "relu", "leaky_relu", "softplus", "abs"]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


def leaf(x: Any) -> Any:
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


def assert_close(actual: list[float], expected: list[float], case: object) -> None:
    assert actual == pytest.approx(expected, rel=1e-12, abs=1e-15, nan_ok=True), case


def compare(f: Callable[..., Any], g: Callable[..., Any], *numbers: float) -> None:
    """Result and gradients of `f` on Values against `g` on tensors."""
    values, tensors = [Value(x) for x in numbers], [leaf(x) for x in numbers]
    ours, theirs = f(*values), g(*tensors)
    ours.backward()
    theirs.backward()
    assert_close([ours.data, *(v.grad for v in values)], [theirs.item(), *(t.grad.item() for t in tensors)], numbers)


@pytest.mark.parametrize("name", UNARY)
def test_an_operation_of_one_number_equals_pytorchs(name: str) -> None:
    reference = getattr(torch, name, None) or getattr(torch.nn.functional, name)
    for x in POINTS:
        compare(getattr(Value, name), reference, x)


@pytest.mark.parametrize("options", [{"beta": 2.0}, {"threshold": 3.0}, {"beta": 0.5, "threshold": 1.0}])
def test_softplus_takes_pytorchs_options(options: dict[str, float]) -> None:
    for x in POINTS:
        compare(lambda v: v.softplus(**options), lambda t: torch.nn.functional.softplus(t, **options), x)


@pytest.mark.parametrize("slope", [0.0, 0.2, 1.0])
def test_leaky_relu_takes_pytorchs_slope(slope: float) -> None:
    for x in POINTS:
        compare(lambda v: v.leaky_relu(slope), lambda t: torch.nn.functional.leaky_relu(t, slope), x)


@pytest.mark.parametrize("f", OPERATORS)
def test_an_operator_of_two_values_equals_pytorchs(f: Callable[[Any, Any], Any]) -> None:
    for x, y in product(POINTS, repeat=2):
        compare(f, f, x, y)


@pytest.mark.parametrize("f", OPERATORS)
def test_an_operator_with_a_number_equals_pytorchs(f: Callable[[Any, Any], Any]) -> None:
    for x, number in product(POINTS, repeat=2):
        # PyTorch turns x ** 0.5 into a square root, which differs at -inf, and number / x into number * (1 / x), which
        # overflows where x is tiny.
        if f is not operator.pow or abs(number) != 0.5:
            compare(lambda a: f(a, number), lambda a: f(a, number), x)  # noqa: B023
        if f is not operator.truediv or abs(x) != 1e-300:
            compare(lambda a: f(number, a), lambda a: f(number, a), x)  # noqa: B023


@pytest.mark.parametrize("name", ["max", "min"])
def test_max_and_min_equal_pytorchs(name: str) -> None:
    reference = {"max": torch.maximum, "min": torch.minimum}[name]
    for x, y in product(POINTS, repeat=2):
        compare(getattr(Value, name), reference, x, y)


def test_cut_off_gradients_are_cut_off_as_in_pytorch() -> None:
    for x in (-1.0, 0.0, 1.0):
        compare(lambda v: v.relu().sqrt(), lambda t: t.relu().sqrt(), x)
        compare(lambda v: v.max(0).log(), lambda t: torch.maximum(t, torch.zeros_like(t)).log(), x)


def test_random_expressions_have_pytorchs_gradients() -> None:
    random.seed(5)
    steps: list[Callable[..., Any]] = [
        lambda a, b, c: a * b + c,
        lambda a, b, c: (a - b) / (c * c + 1),
        lambda a, b, c: (a + 2 * b).tanh() * c,
        lambda a, b, c: (a * a + 1).log() - b.sigmoid() + c.sin(),
        lambda a, b, c: (a.relu() + abs(b)) ** 2 - 3 / (1 + c.exp()),
        lambda a, b, c: (a * a + 0.5) ** b.cos() + c.atan(),
    ]
    for _ in range(50):
        program = [(random.choice(steps), random.choices(range(-8, 0), k=3)) for _ in range(12)]

        def run(*leaves: Any) -> Any:
            nodes = list(leaves)
            for step, sources in program:  # noqa: B023
                nodes.append(step(*(nodes[i % len(nodes)] for i in sources)).tanh())
            return sum(nodes)

        compare(run, run, *(random.uniform(-2, 2) for _ in range(3)))


def test_an_mlp_has_the_gradients_of_the_same_network_in_pytorch() -> None:
    random.seed(11)
    model = MLP(3, [5, 4, 1])
    x = [0.5, -1.0, 2.0]
    out = model(x)
    assert isinstance(out, Value)
    out.backward()

    parameters = []
    for layer in model.layers:
        weight = leaf([[w.data for w in neuron.w] for neuron in layer.neurons])
        parameters.append((weight, leaf([float(neuron.b.data) for neuron in layer.neurons])))
    h = torch.tensor(x, dtype=torch.float64)
    for i, (weight, bias) in enumerate(parameters):
        h = weight @ h + bias
        h = h.relu() if i < len(parameters) - 1 else h
    h.sum().backward()
    theirs = [g for w, b in parameters for g in torch.cat([w.grad, b.grad[:, None]], dim=1).flatten().tolist()]
    assert_close([out.data, *(p.grad for p in model.parameters())], [h.item(), *theirs], "MLP")
