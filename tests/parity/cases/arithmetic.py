"""Two operands, broadcasting, comparison and logic."""

from __future__ import annotations

import itertools
import math
import operator

from .case import fn, given, method, normal, positive, row, whole

SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((), ()), ((3,), ()), ((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((1, 1), ()),
    ((4, 2, 3), (2, 1)), ((2, 1), (4, 2, 3)), ((0, 3), (3,)), ((4, 0), (4, 1)), ((1,), (0,)), ((1, 3), (1, 3)),
]  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]
for op, (a, b) in itertools.product(OPERATORS, SHAPES):
    row(f"{op.__name__} {a} {b}", lambda torch, a, b, op=op: op(a, b), positive(*a), positive(*b))
for op, number in itertools.product(OPERATORS, [2, 2.5, -3, 0.5]):
    row(f"x {op.__name__} {number}", lambda torch, x, op=op, number=number: op(x, number), positive(2, 3))
    if op is not operator.mod:  # PyTorch has no gradient for it
        row(f"{number} {op.__name__} x", lambda torch, x, op=op, number=number: op(number, x), positive(2, 3))
row("x + True", lambda torch, x: x + True + (True * x) / True, normal(3))
NAMES = [
    "add", "subtract", "rsub", "multiply", "divide", "true_divide", "atan2", "arctan2", "hypot", "copysign", "fmod",
    "remainder", "maximum", "minimum", "fmax", "fmin", "ldexp",
]  # fmt: skip
for name, shape in itertools.product(NAMES, SHAPES):
    row(
        f"{name} {shape}",
        fn(name),
        normal(*shape[0]),
        normal(*shape[1]),
    )
METHODS = [name for name in NAMES if name != "rsub"]
for name in METHODS:
    row(f"{name}, a method", method(name), normal(2, 3), normal(3))
for name in [*METHODS, "float_power"]:
    if name not in ("hypot", "fmod", "remainder"):
        row(f"{name} of integers", fn(name), whole(5, 2, 3) + 1, whole(5, 3) + 1)
for name in ["fmod", "remainder", "floor_divide", "fmax", "fmin", "maximum", "minimum"]:
    row(f"{name} of integers of both signs", fn(name), whole(19, 4, 1) - 9, given([3, -3, 4, -1]))
TIES = given([1.0, -2, 0, 0, 3, 3])
for name in ["fmax", "fmin", "maximum", "minimum"]:
    row(f"{name} of ties", fn(name), TIES, given([1.0, -2, 0, -0.0, 2, 4]))
    row(f"{name} of nan", fn(name), given([1.0, math.nan, 1, math.nan]), given([1.0, 1, math.nan, math.nan]))
for shape in SHAPES:
    row(f"float_power {shape}", fn("float_power"), positive(*shape[0]), normal(*shape[1]))
    row(f"pow {shape}", fn("pow"), positive(*shape[0]), normal(*shape[1]))
    row(f"heaviside {shape}", fn("heaviside"), whole(3, *shape[0]), whole(9, *shape[1]))
    for mode in ["floor", "trunc"]:
        row(f"div {mode} {shape}", fn("div", rounding_mode=mode), normal(*shape[0]) * 9, positive(*shape[1]))
    row(
        f"floor_divide {shape}",
        lambda torch, x, y: torch.floor_divide(x.detach(), y.detach()),
        normal(*shape[0]) * 9,
        positive(*shape[1]),
    )
row("heaviside of floats", lambda torch, x: torch.heaviside(x.detach(), x.detach() * 0 + 0.5), normal(6).round())
row(
    "float_power of numbers",
    lambda torch, x: (torch.float_power(x, 2), torch.float_power(2, x), x.float_power(0.5)),
    positive(3),
)
row("fmod by numbers", lambda torch, x: torch.fmod(x, 3) + x.fmod(-1.5), normal(8) * 5)
row("copysign with numbers", lambda torch, x: (torch.copysign(x, -1), x.copysign(0.0), x.copysign(-0.0)), normal(5))
row("rsub with numbers", lambda torch, x: torch.rsub(x, 2.5) + torch.rsub(x, 2, alpha=3), normal(3))
row("ldexp of a float and integers", fn("ldexp"), normal(5), whole(6, 5))
row("div of both signs to zero", fn("div", rounding_mode="trunc"), given([-7, 7, -8, 9]), given([2, -2, 2, 3]))
TRIPLES: list[tuple[tuple[int, ...], ...]] = [
    ((), (), ()), ((3,), (3,), (3,)), ((3,), (2, 1), ()), ((2, 3), (3,), (2, 1)), ((1,), (0,), (1,)),
    ((3,), (), (4, 1)),
]  # fmt: skip
for name, shapes in itertools.product(["addcmul", "addcdiv", "lerp"], TRIPLES):
    row(f"{name} {shapes}", fn(name), normal(*shapes[0]), normal(*shapes[1]), positive(*shapes[2]))
for name, value in itertools.product(["addcmul", "addcdiv"], [2, -0.5, 0]):
    row(f"{name} with value {value}", fn(name, value=value), normal(2, 3), normal(3), positive(2, 1))
    row(f"{name} with value {value}, a method", method(name, value=value), normal(3), normal(3), positive(3))
row("addcmul of integers", fn("addcmul", value=3), whole(9, 4), whole(9, 4), whole(9, 4))
row("addcmul of integers with half", fn("addcmul", value=1.5), whole(9, 4), whole(9, 4), whole(9, 4))
for weight in [0, 0.25, 0.5, 0.75, 1, 2.5, -3.0]:
    row(f"lerp {weight}", fn("lerp", weight), normal(2, 3), normal(3))
    row(f"lerp {weight}, a method", method("lerp", weight), normal(3), normal(2, 1))
row("lerp of far numbers", fn("lerp"), given([1e20, 1.0]), given([1.0, 1e20]), given([1.0, 0.0]))
row("negative bases", lambda torch, x: x**3 + x**2.0 + x**-1 + x**1 + x**0, normal(6))
row("powers of tensors", lambda torch, x, y: torch.pow(x, y), positive(2, 3), normal(3))
row("remainders of both signs", lambda torch, x, y: torch.remainder(x, y), normal(8) * 5, given([1.5, -1.5] * 4))
row("add with alpha", lambda torch, x, y: torch.add(x, y, alpha=2), normal(3), normal(3))
row("sub with alpha", lambda torch, x, y: torch.sub(x, y, alpha=0.5), normal(3), normal(2, 3))
row("add with alpha, a number", lambda torch, x: torch.add(x, 3, alpha=2), normal(3))
row("div rounded down", lambda torch, x, y: torch.div(x, y, rounding_mode="floor"), normal(6) * 9, positive(6))
row("div rounded to zero", lambda torch, x, y: torch.div(x, y, rounding_mode="trunc"), normal(6) * 9, positive(6))
row("floor_divide", lambda torch, x: (x.detach() // 0.5) + torch.floor_divide(x.detach(), 2), normal(6) * 5)
row("same tensor twice", lambda torch, x: x + x * x - x / x, positive(3))
row("a diamond", lambda torch, x: (y := x * 2) * y + y, normal(3))
row("where", lambda torch, x, y: torch.where(x > y, x, y), normal(2, 3), normal(3))
row("where with a number", lambda torch, x: torch.where(x > 0, x, 0.0), normal(5))
row("where with an int", lambda torch, x: torch.where(x > 0, 1, x), normal(5))
row("where with two numbers", lambda torch, x: torch.where(x > 0, 1.0, 2.0), normal(5))
row("where of a broadcast condition", lambda torch, c, x: torch.where(c > 0, x, x * 2), normal(2, 1, 3), normal(4, 3))
row("where, the positions", lambda torch, x: torch.where(x > 0), normal(2, 3))
row("Tensor.where", lambda torch, x: x.where(x > 0, -x), normal(5))
