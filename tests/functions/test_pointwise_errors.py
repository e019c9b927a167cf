"""Elementwise functions: bad input gives PyTorch's exception class and a text that says what was wrong; differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import grad

TENSORS_ONLY = """
    maximum minimum fmax fmin atan2 hypot heaviside ldexp logaddexp logaddexp2 logical_and logical_or logical_xor
    isclose equal
""".split()  # noqa: SIM905  (a list would be a screenful)
TWO = """
    add sub mul div pow fmod remainder floor_divide maximum fmax hypot copysign xlogy logaddexp ldexp float_power
    heaviside clamp_min clamp_max isclose logical_and eq
""".split()  # noqa: SIM905

# What is called, given the library and some of its tensors.
F2 = [1.0, 2.0]
REFUSED: list[tuple[str, Callable[[Any, Any], Any]]] = [
    *[(name, lambda t, x, name=name: getattr(t, name)(x, 2.0)) for name in TENSORS_ONLY],
    *[(name, lambda t, x, name=name: getattr(t, name)(2.0, x)) for name in ["fmod", "copysign", "rsub", "eq", "lt"]],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(2.0))
        for name in ["exp", "abs", "floor", "sign", "frac", "erfinv", "isnan", "logical_not", "nan_to_num", "logit"]
    ],
    *[(name, lambda t, x, name=name: getattr(t, name)(x.long())) for name in ["frac"]],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(x > 0))
        for name in ["abs", "neg", "positive", "floor", "ceil", "trunc", "round", "frac", "relu"]
    ],
    *[(name, lambda t, x, name=name: getattr(t, name)(x, t.ones(3))) for name in TWO],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(x.long(), x.long()))
        for name in ["hypot", "logaddexp", "logaddexp2"]
    ],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(x.long(), x.long() * 0))
        for name in ["fmod", "remainder", "floor_divide"]
    ],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(x > 0, x > 0))
        for name in ["fmod", "remainder", "floor_divide", "bitwise_left_shift", "bitwise_right_shift", "isin"]
    ],
    *[
        (name, lambda t, x, name=name: getattr(t, name)(x, 2))
        for name in ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift"]
    ],
    ("bitwise_not", lambda t, x: t.bitwise_not(x)),
    ("remainder", lambda t, x: x.long() % 0),
    ("floor_divide", lambda t, x: x.long() // 0),
    ("floor_divide", lambda t, x: 1 // (x.long() * 0)),
    ("add", lambda t, x: t.add(x.long(), x.long(), alpha=1.5)),
    ("rsub", lambda t, x: t.rsub(x.long(), x.long(), alpha=1.5)),
    ("sub", lambda t, x: t.sub(x, x, alpha="a")),
    ("add", lambda t, x: t.add(x, "a")),
    ("div", lambda t, x: t.div(x, x, rounding_mode="up")),
    ("heaviside", lambda t, x: t.heaviside(x, x.double())),
    ("isclose", lambda t, x: t.isclose(x, x.double())),
    ("isclose", lambda t, x: t.isclose(x, x, rtol=-1.0)),
    ("isclose", lambda t, x: t.isclose(x, x, atol=-1.0)),
    ("isclose", lambda t, x: t.allclose(x, x.double())),
    ("isin", lambda t, x: t.isin(1.0, 2.0)),
    ("isin", lambda t, x: t.isin(x, "a")),
    ("float_power", lambda t, x: t.float_power(2, 3)),
    ("xlogy", lambda t, x: t.xlogy(2, 3)),
    ("xlogy", lambda t, x: t.xlogy(x, "a")),
    ("addcmul", lambda t, x: t.addcmul(x, x, 2.0)),
    ("addcmul", lambda t, x: t.addcmul(x, x, t.ones(3))),
    ("addcmul", lambda t, x: t.addcmul(x > 0, x > 0, x > 0)),
    ("addcdiv", lambda t, x: t.addcdiv(x, x.long(), x.long())),
    ("addcdiv", lambda t, x: t.addcdiv(2.0, x, x)),
    ("lerp", lambda t, x: t.lerp(x, x.double(), 0.5)),
    ("lerp", lambda t, x: t.lerp(x, x, x.double())),
    ("lerp", lambda t, x: t.lerp(x.long(), x.long(), 0.5)),
    ("lerp", lambda t, x: t.lerp(x, x, "a")),
    ("lerp", lambda t, x: t.lerp(x, 2.0, 0.5)),
    ("clamp", lambda t, x: t.clamp(x)),
    ("clamp", lambda t, x: t.clamp(x, x, 1.0)),
    ("clamp", lambda t, x: t.clamp(x, 0, max=x)),
    ("clamp", lambda t, x: t.clamp(x, "a")),
    ("clamp", lambda t, x: t.clamp(2.0, 0, 1)),
    ("clamp", lambda t, x: t.clamp(x > 0, True)),
    ("clamp", lambda t, x: t.clamp(x, t.ones(3))),
    ("logit", lambda t, x: t.logit(x, "a")),
    ("fill", lambda t, x: t.fill(x, t.ones(2))),
    ("fill", lambda t, x: t.fill(2.0, 1.0)),
    ("fill_", lambda t, x: x.fill_(t.ones(2))),
    ("where", lambda t, x: t.where(True, x, x)),
    ("where", lambda t, x: t.where(x, x, x)),
    ("round", lambda t, x: t.round(x.long(), decimals=1)),
    ("div", lambda t, x: x.long().div_(2)),
    ("erf", lambda t, x: x.long().erf_()),
    ("hypot", lambda t, x: x.hypot_(t.ones(3, 2))),
]


@pytest.mark.parametrize(("name", "call"), REFUSED, ids=[f"{i}-{name}" for i, (name, _) in enumerate(REFUSED)])
def test_what_pytorch_refuses_is_refused_with_its_class(name: str, call: Callable[[Any, Any], Any]) -> None:
    theirs = pytest.importorskip("torch")
    with pytest.raises(Exception) as expected:  # noqa: PT011  (which one is PyTorch's to say)
        call(theirs, theirs.tensor(F2))
    x = torch.tensor(F2)
    with pytest.raises(expected.type) as info:
        call(torch, x)
    assert info.type is expected.type
    if "_(" not in name and info.type is not RuntimeError:
        assert f"{name}()" in str(info.value)
    assert x.tolist() == F2


# ---- where we differ from PyTorch, knowingly ------------------------------------------------------------------------


def test_heaviside_has_the_gradient_that_there_is() -> None:
    x = torch.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    v = torch.tensor([5.0, 6.0, 7.0], requires_grad=True)
    gx, gv = grad(torch.heaviside(x, v).sum(), [x, v])
    assert (gx.tolist(), gv.tolist()) == ([0, 0, 0], [0, 1, 0])


def test_heaviside_of_nan_is_0_as_nan_is_not_above_0() -> None:
    assert torch.heaviside(torch.tensor(math.nan), torch.tensor(0.5)).item() == 0


def test_the_gradient_of_floor_divide_is_0() -> None:
    x = torch.tensor([5.0, -5.0], requires_grad=True)
    (g,) = grad((x // 2).sum(), x)
    assert g.tolist() == [0, 0]


def test_the_gradient_of_ldexp_is_right_for_negative_integers() -> None:
    x = torch.tensor([1.0, 3.0], requires_grad=True)
    y = torch.ldexp(x, torch.tensor([-1, -3]))
    assert y.tolist() == [0.5, 0.375]
    (g,) = grad(y.sum(), x)
    assert g.tolist() == [0.5, 0.125]


def test_bounds_larger_than_the_input_have_gradients() -> None:
    x = torch.tensor([0.0, 0.5, 1.0], requires_grad=True)
    low, high = torch.full((2, 1), 0.25, requires_grad=True), torch.full((4, 1, 1), 0.75, requires_grad=True)
    gx, gl, gh = grad(torch.clamp(x, low, high).sum(), [x, low, high])
    assert gx.tolist() == [0, 8, 0]
    assert gl.tolist() == [[4.0], [4.0]]
    assert gh.tolist() == [[[2.0]]] * 4


@pytest.mark.parametrize("name", ["logical_and_", "logical_or_", "logical_xor_", "eq_", "lt_"])
def test_no_gradient_comes_through_a_comparison_in_place(name: str) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    getattr(y, name)(torch.ones(2))
    (g,) = grad((y * x).sum(), x)
    assert g.tolist() == y.tolist()  # of the factor x alone


def test_a_view_written_by_a_comparison_loses_its_part_of_the_gradient() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y[:1].logical_not_()
    assert y.tolist() == [0, 6]
    (g,) = grad(y.sum(), x)
    assert g.tolist() == [0, 3]


def test_the_second_and_third_derivatives_of_sinc_at_0_are_its_series() -> None:
    x = torch.tensor([0.0, 1e-4], dtype=torch.float64, requires_grad=True)
    (first,) = grad(torch.sinc(x).sum(), x, create_graph=True)
    (second,) = grad(first.sum(), x, create_graph=True)
    (third,) = grad(second.sum(), x)
    np.testing.assert_allclose(first.detach().numpy(), [0, -(math.pi**2) / 3 * 1e-4], rtol=1e-7)
    np.testing.assert_allclose(second.detach().numpy(), -(math.pi**2) / 3, rtol=1e-6)
    np.testing.assert_allclose(third.numpy(), [0, math.pi**4 / 5 * 1e-4], rtol=1e-6)


@pytest.mark.parametrize("name", ["asinh", "acosh", "atanh"])
def test_inverse_hyperbolic_functions_in_place_have_gradients(name: str) -> None:
    x = torch.tensor([0.5, 0.25], requires_grad=True)
    (g,) = grad(getattr(x + (name == "acosh"), name + "_")().sum(), x)
    (expected,) = grad(getattr(torch, name)(x + (name == "acosh")).sum(), x)
    assert g.tolist() == expected.tolist()


def test_second_names_are_the_same_functions() -> None:
    for name, other in {
        "subtract": "sub", "multiply": "mul", "divide": "div", "negative": "neg", "absolute": "abs", "fix": "trunc",
        "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
        "arctan2": "atan2", "arctanh": "atanh", "greater": "gt", "greater_equal": "ge", "less": "lt",
        "less_equal": "le", "not_equal": "ne", "clip": "clamp", "sgn": "sign",
    }.items():  # fmt: skip
        assert getattr(torch, name) is getattr(torch, other)
        assert getattr(torch.Tensor, name) is getattr(torch.Tensor, other)
        assert getattr(torch.Tensor, name + "_") is getattr(torch.Tensor, other + "_")
