"""Comparison, logic and bits."""

from __future__ import annotations

import itertools
import math
import operator

from .arithmetic import SHAPES
from .case import fn, given, method, normal, row, whole

SPECIAL = given([0.0, -0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 2.5])
TESTS = ["isnan", "isinf", "isposinf", "isneginf", "isfinite", "isreal", "signbit", "logical_not"]
COMPARISONS = ["eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal"]

for op in [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(3, 4, 3), whole(3, 3))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 1.0), op(1, a)), normal(4, 3).round())
for op in [operator.and_, operator.or_, operator.xor]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(8, 5), whole(8, 5))
    row(f"{op.__name__} of masks", lambda torch, a, b, op=op: op(a > 0, b > 0), normal(5), normal(5))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 3), op(3, a)), whole(8, 5))
row("~", lambda torch, a, b: (~a, ~(b > 0)), whole(8, 5), normal(5))
for name in TESTS:
    for shape in [(), (1,), (0, 3), (3,), (2, 3)]:
        row(f"{name} {shape}", fn(name), normal(*shape))
        row(f"{name}, a method {shape}", method(name), whole(2, *shape))
    row(f"{name} at special values", fn(name), SPECIAL)
    row(f"{name} of integers", fn(name), whole(5, 4) - 2)
    row(f"{name} of a mask", lambda torch, x, name=name: getattr(torch, name)(x > 0), normal(4))
for name, shapes in itertools.product([*COMPARISONS, "logical_and", "logical_or", "logical_xor"], SHAPES):
    row(f"{name} {shapes}", fn(name), whole(2, *shapes[0]), whole(2, *shapes[1]))
for name in [*COMPARISONS, "logical_and", "logical_or", "logical_xor"]:
    row(f"{name} at special values", fn(name), SPECIAL[:, None], SPECIAL)
    row(f"{name}, a method", method(name), whole(3, 4), normal(2, 1).round())
for name in COMPARISONS:
    row(f"{name}, a number", fn(name, 1), whole(3, 4))
    row(f"{name}, a float, a method", method(name, 0.5), whole(3, 4))
for name, shapes in itertools.product(["bitwise_and", "bitwise_or", "bitwise_xor"], SHAPES[:8]):
    row(f"{name} {shapes}", fn(name), whole(99, *shapes[0]) - 50, whole(99, *shapes[1]) - 50)
for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
    row(f"{name} of masks, a method", lambda torch, x, y, n=name: getattr(x > 0, n)(y > 0), normal(5), normal(5))
    row(f"{name} of numbers", lambda torch, x, n=name: (getattr(torch, n)(x, 6), getattr(torch, n)(6, x)), whole(9, 5))
for shape in [(), (1,), (0, 3), (3,), (2, 3)]:
    row(f"bitwise_not {shape}", fn("bitwise_not"), whole(99, *shape) - 50)
    row(f"bitwise_not of a mask {shape}", lambda torch, x: (x > 0).bitwise_not(), normal(*shape))
for name, shapes in itertools.product(["bitwise_left_shift", "bitwise_right_shift"], SHAPES[:10]):
    row(f"{name} {shapes}", fn(name), whole(99, *shapes[0]) - 50, whole(5, *shapes[1]))
for name in ["bitwise_left_shift", "bitwise_right_shift"]:
    row(f"{name} out of range", fn(name), given([5, -5, 7])[:, None], given([-1, 62, 63, 64, 99]))
    row(f"{name} of numbers", lambda torch, x, n=name: (getattr(torch, n)(x, 2), getattr(torch, n)(99, x)), whole(9, 5))
row("<< and >>", lambda torch, x: (x << 2, x >> 1, 2 << x, 99 >> x), whole(5, 4))

# ---- nearly equal, and members --------------------------------------------------------------------------------------

for i, options in enumerate(
    [{}, {"rtol": 0.1}, {"atol": 0.5}, {"equal_nan": True}, {"rtol": 0.0, "atol": 0.0}, {"rtol": 1, "equal_nan": True}]
):
    row(f"isclose {i}", fn("isclose", **options), SPECIAL[:, None], SPECIAL)
    row(f"isclose {i}, a method", method("isclose", **options), normal(5), normal(2, 1))
    row(f"isclose {i} of integers", fn("isclose", **options), whole(5, 5), whole(5, 5))
    for near in [0.0, 1e-9, 0.2]:
        row(
            f"allclose {i} {near}",
            lambda torch, x, near=near, k=options: torch.tensor(torch.allclose(x, x + near, **k)),
            normal(3),
        )
row("isclose by position", fn("isclose", 0.1, 0.2, True), SPECIAL, SPECIAL[::-1].copy())
for i, (a, b) in enumerate([((3,), (3,)), ((2, 3), (3,)), ((), ()), ((0,), (0,)), ((1,), ()), ((2, 3), (2, 3))]):
    row(f"equal {i}", lambda torch, x, y: torch.tensor(torch.equal(x, y)), whole(2, *a), whole(2, *b))
    row(f"equal {i} to itself", lambda torch, x: torch.tensor(x.equal(x * 1)), normal(*a))
row("equal with nan", lambda torch, x: torch.tensor(torch.equal(x, x)), given([1.0, math.nan]))
for i, (a, b) in enumerate([((3,), (3,)), ((2, 3), (3,)), ((), (4,)), ((0,), (3,)), ((4,), (0,)), ((2, 3), (2, 2))]):
    row(f"isin {i}", fn("isin"), whole(5, *a), whole(5, *b))
    row(f"isin {i}, inverted", fn("isin", invert=True), normal(*a).round(), normal(*b).round())
row("isin unique", fn("isin", assume_unique=True), given([3, 1, 7]), given([7, 8, 3]))
row("isin, a number", lambda torch, x: (torch.isin(x, 2), torch.isin(2.0, x)), whole(4, 6))
row("isin of nan", fn("isin"), SPECIAL, SPECIAL)
