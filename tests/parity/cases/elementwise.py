"""Functions of one number."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from .case import Array, fn, given, method, normal, positive, row, unit, whole

SHAPES: list[tuple[int, ...]] = [(), (1,), (0, 3), (3,), (2, 3), (2, 1, 3)]
SPECIAL = given([0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 0.5, -2.5, 3.5])


def spread(name: str, draw: Callable[..., Array] = normal, values: Array = SPECIAL) -> None:
    """A function of one number on many shapes, on special values, on integers and masks, as a method and by keyword."""
    for shape in SHAPES:
        row(f"{name} {shape}", fn(name), draw(*shape))
    row(f"{name} at special values", fn(name), values)
    row(f"{name}, a method", method(name), draw(4))
    row(f"{name}, by keyword", lambda torch, x: getattr(torch, name)(input=x), draw(4))
    row(f"{name}, with what came before", lambda torch, x: getattr(x * 0.9, name)() * x, draw(4))
    if name not in ("frac", "positive"):  # PyTorch has none of integers; in the other case the result is the input
        row(f"{name} of integers", fn(name), whole(2, 2, 3))


def above_one(*shape: int) -> Array:
    return positive(*shape) + 1


for name in [
    "abs", "absolute", "asinh", "arcsinh", "atan", "arctan", "ceil", "clone", "cos", "cosh", "deg2rad", "exp", "exp2",
    "expm1", "fix", "floor", "frac", "nan_to_num", "neg", "negative", "rad2deg", "relu", "round", "sgn", "sigmoid",
    "sign", "sin", "sinh", "square", "tanh", "trunc",
]:  # fmt: skip
    spread(name)
for name in ["log", "log1p", "log2", "log10", "rsqrt", "reciprocal"]:
    spread(name, positive)
for name in ["tan", "asin", "acos", "atanh", "arcsin", "arccos", "arctanh"]:
    spread(name, unit)
spread("sqrt", positive, given([4.0, 0.25, math.nan, math.inf, -1.0]))
for name in ["acosh", "arccosh"]:
    spread(name, above_one)
for shape in SHAPES:
    row(f"positive {shape}", lambda torch, x: torch.positive(x) * 2, normal(*shape))
    row(f"positive, a method {shape}", lambda torch, x: (x * 2).positive(), normal(*shape))
for i, (args, kwargs) in enumerate(
    [
        ((), {"nan": 1.5}),
        ((2.0,), {}),
        ((2.0, 3.0), {}),
        ((2.0, 3.0, -4.0), {}),
        ((), {"posinf": 7.0}),
        ((), {"neginf": -7.0}),
        ((None,), {}),
    ]
):
    row(f"nan_to_num with values {i}", lambda torch, x, a=args, k=kwargs: torch.nan_to_num(x, *a, **k), SPECIAL)
for decimals in [-2, -1, 0, 1, 3]:
    row(f"round to {decimals} digits", fn("round", decimals=decimals), normal(6) * 100)
    row(f"round to {decimals} digits, a method", method("round", decimals=decimals), normal(2, 3) * 100)
row("nan_to_num of large numbers", lambda torch, x: torch.nan_to_num(x, posinf=1e30), given([1e38, -1e38, math.inf]))
row("sigmoid far out", lambda torch, x: torch.sigmoid(x), given([-800.0, -40.0, 0.0, 40.0, 800.0]))
row("round to digits", lambda torch, x: torch.round(x, decimals=2), normal(5))
row("round to tens", lambda torch, x: torch.round(x * 100, decimals=-1), normal(5))
row("-x", lambda torch, x: -x, normal(3))
row("+x", lambda torch, x: +x, normal(3))
row("abs(x)", lambda torch, x: abs(x), normal(3))
row("clone", lambda torch, x: x.clone(), normal(2, 3))
BOUNDS: list[tuple[Any, Any]] = [(-0.5, 0.5), (0, 1), (None, 0.1), (0.1, None), (0.5, -0.5), (-1, 2.5), (1, 1)]
for name, (low, high) in itertools.product(["clamp", "clip"], BOUNDS):
    row(f"{name} {low} {high}", fn(name, low, high), normal(2, 4))
    row(f"{name} {low} {high}, a method", method(name, min=low, max=high), SPECIAL)
    row(f"{name} {low} {high} of integers", fn(name, low, high), whole(4, 6))
for name, bound in itertools.product(["clamp_min", "clamp_max"], [0.1, 0, 1]):
    row(f"{name} {bound}", fn(name, bound), normal(2, 4))
    row(f"{name} {bound}, a method", method(name, bound), SPECIAL)
    row(f"{name} {bound} of integers", fn(name, bound), whole(4, 6))
for name, (a, b) in itertools.product(
    ["clamp_min", "clamp_max"], [((), ()), ((3,), ()), ((3,), (2, 1)), ((0, 3), (3,))]
):
    row(f"{name} a tensor {a} {b}", fn(name), normal(*a), normal(*b))
row("clamp between tensors", lambda torch, x, low, high: torch.clamp(x, low, high), normal(4, 3), unit(3), positive(3))
row("clamp between tensors of no dimensions", fn("clamp"), normal(3), unit(), positive())
row("clamp below a tensor", lambda torch, x, high: torch.clamp(x, max=high), normal(4, 3), unit(3))
row("clamp above a tensor", lambda torch, x, low: x.clamp(low), normal(4, 3), unit(3))
row("clamp of integers between tensors", fn("clamp"), whole(9, 5), whole(4, 5), whole(4, 5) + 4)
row("clamp on the bounds", fn("clamp"), given([0.0, 1, 0.5, 2, -1]), given([0.0] * 5), given([1.0] * 5))
row("clamp with tensors crossed", fn("clamp"), given([0.0, 0.5, 0.7, 1, 3]), given([1.0] * 5), given([0.5] * 5))
row("clamp of nan", fn("clamp"), given([math.nan, 0, 1]), given([0.0, math.nan, 0]), given([1.0, 1, math.nan]))
for shape in SHAPES:
    row(f"fill {shape}", fn("fill", 2.5), normal(*shape))
    row(f"fill with a tensor {shape}", fn("fill"), normal(*shape), normal())
row("fill of integers", fn("fill", 2.5), whole(3, 4))
row("cast to float32", lambda torch, x: x.float() * 2, normal(3))
row("cast to integers", lambda torch, x: (x.long(), x.int() * 2, x.bool()), normal(3) * 3)
row("cast to half", lambda torch, x: x.half().double() * 2, given([0.5, 1.25]))
row("cast there and back", lambda torch, x: x.float().double() * x, normal(3))
