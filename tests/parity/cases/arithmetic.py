"""Two operands, broadcasting, comparison and logic."""

from __future__ import annotations

import itertools
import math
import operator

from .case import fn, given, normal, positive, row, whole

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
for name, shape in itertools.product(["atan2", "maximum", "minimum"], SHAPES):
    row(
        f"{name} {shape}",
        fn(name),
        normal(*shape[0]),
        normal(*shape[1]),
    )
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

# ---- comparisons and logic ------------------------------------------------------------------------------------------

for op in [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(3, 4, 3), whole(3, 3))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 1.0), op(1, a)), normal(4, 3).round())
    row(f"torch.{op.__name__}", fn(op.__name__), whole(3, 4), whole(3, 4))
for op in [operator.and_, operator.or_, operator.xor]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(8, 5), whole(8, 5))
    row(f"{op.__name__} of masks", lambda torch, a, b, op=op: op(a > 0, b > 0), normal(5), normal(5))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 3), op(3, a)), whole(8, 5))
row("~", lambda torch, a, b: (~a, ~(b > 0)), whole(8, 5), normal(5))
row("logical_not", lambda torch, a: torch.logical_not(a), given([0.0, 1.0, -2.0]))
row(
    "isnan isinf isfinite",
    lambda torch, x: (x.isnan(), x.isinf(), x.isfinite()),
    given([1.0, math.nan, math.inf, -math.inf]),
)
row("isclose", lambda torch, x: torch.isclose(x, x + 1e-9), normal(3))
