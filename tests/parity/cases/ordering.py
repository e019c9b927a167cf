"""Extremes and their positions, sorting, the largest few; ties and nan where PyTorch says which it takes."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .case import Array, fn, given, method, normal, rng, row, whole

INF, NAN = math.inf, math.nan
UNKNOWN = [[1.0, NAN, 3.0], [2.0, 0.5, -INF], [INF, NAN, NAN]]


def apart(*shape: int) -> Array:
    """Distinct numbers, none halfway between two others."""
    return rng.permutation(whole(1, *shape).size).reshape(shape) * 1.5 - 2.0


for name in ["max", "min", "median", "nanmedian"]:
    row(f"{name} with ties, all", method(name), given([1.0, 1.0, 0.0, 0.0, 1.0, 0.0]))
    row(f"{name} with nan, all", method(name), given([NAN, 1.0, 2.0]))
    row(f"{name} with some nan, all", method(name), given([NAN, 1.0, NAN, 2.0, 2.0]))
    row(f"{name} of nan alone", method(name), given([NAN, NAN]))
    row(f"{name} with infinities", method(name), given([INF, 1.0, -INF, INF]))
    row(f"{name} of integers", method(name), whole(9, 2, 4))
    row(f"{name} of integers, dim=1", method(name, 1), given([[3, 1, 2], [9, 8, 7]]))
    for dim in [0, 1]:
        row(f"{name} with nan, dim={dim}", method(name, dim), given(UNKNOWN))
for name in ["median", "nanmedian"]:
    row(f"{name}", fn(name), normal(3, 5))
    row(f"{name} of an even number", fn(name), normal(2, 3))
    row(f"{name} of a 0-d tensor", fn(name), normal())
    row(f"{name} of a 0-d tensor, dim=0", fn(name, 0), normal())
    row(f"{name} of nothing", fn(name), normal(0, 3))
    row(f"{name} of no rows", fn(name, 1), normal(0, 3))
    for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim), normal(3, 4, 5))
    row(f"{name} NumPy's names", method(name, axis=0, keepdims=True), normal(3, 4))
row("max with other=", lambda torch, x, y: torch.max(x, other=y), normal(2, 3), normal(3))
row("min with other=", lambda torch, x, y: torch.min(x, other=y), normal(2, 3), normal(3))
for name in ["max", "min", "argmax", "argmin"]:
    row(f"{name} of no rows", method(name, 1), normal(0, 3))
    row(f"{name} of equals", method(name, 1), given([[2.0, 1, 2, 1], [3, 3, 3, 3]]))
    row(f"{name} NumPy's names", method(name, axis=-1, keepdims=True), normal(2, 3))
    row(f"{name} of a 0-d tensor, dim=-1", method(name, -1), normal())
for name in ["argmax", "argmin"]:
    row(f"{name} of nan", method(name, 1), given(UNKNOWN))
    row(f"{name} of integers", method(name), whole(50, 3, 4))
for name in ["amax", "amin"]:
    row(f"{name} with ties", method(name, 1), given([[1.0, 1, 0], [0, 0, 0]]))
    row(f"{name} with nan", method(name, 1), given(UNKNOWN))
    row(f"{name} of integers", method(name, 0), whole(9, 3, 4))
aminmax: dict[str, Any]
for aminmax in [{}, {"dim": 0}, {"dim": -1}, {"dim": 1, "keepdim": True}, {"keepdim": True}]:
    row(f"aminmax {aminmax}", fn("aminmax", **aminmax), normal(2, 3, 4))
row("Tensor.aminmax", method("aminmax", dim=0), normal(3, 2))
row("aminmax of a 0-d tensor", fn("aminmax"), normal())
row("aminmax of a 0-d tensor, dim=0", fn("aminmax", dim=0), normal())
row("aminmax with ties", fn("aminmax"), given([1.0, 1, 3, 3, 3, 2]))
row("aminmax with ties, dim=0", fn("aminmax", dim=0), given([1.0, 1, 3, 3, 3, 2]))
row("aminmax with nan", fn("aminmax", dim=1), given(UNKNOWN))
row("aminmax of integers", fn("aminmax"), whole(9, 3, 4))
row("aminmax of no rows", fn("aminmax", dim=1), normal(0, 3))

for k, dim, keepdim in itertools.product([1, 3], [0, -1], [False, True]):
    row(f"kthvalue {k} dim={dim} keepdim={keepdim}", fn("kthvalue", k, dim, keepdim), normal(3, 4))
row("Tensor.kthvalue", method("kthvalue", 2), normal(5))
row("kthvalue of a 0-d tensor", method("kthvalue", 1), normal())
row("kthvalue with nan", method("kthvalue", 2), given([[3.0, NAN, 1.0], [INF, 2.0, NAN]]))
row("kthvalue of no rows", method("kthvalue", 1), normal(0, 3))
row("kthvalue of integers", method("kthvalue", 2), given([[3, 1, 2], [9, 8, 7]]))
row("kthvalue of equals, the values", lambda torch, x: x.kthvalue(3)[0].detach(), given([1.0, 3, 3, 2, 3]))

MODES = given([[3.0, 1, 1, 3, 2], [2, 2, 2, 0, 0], [5, 4, 3, 2, 1]])
for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
    row(f"mode dim={dim} keepdim={keepdim}", fn("mode", dim, keepdim), MODES)
row("mode", fn("mode"), MODES)
row("mode of three dimensions", method("mode", 1), whole(3, 2, 5, 3) * 1.0)
row("mode of a 0-d tensor", method("mode"), normal())
row("mode of no rows", method("mode", 1), normal(0, 3))
row("mode of integers", method("mode"), whole(3, 4, 7))
row("mode of infinities", method("mode"), given([INF, -INF, INF, 0.0]))
row("mode of booleans", lambda torch, x: torch.mode(x > 0), normal(3, 5))

for name in ["sort", "argsort"]:
    for dim, descending in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} descending={descending}", fn(name, dim, descending), normal(3, 4, 5))
    row(f"{name} with nan", fn(name, stable=True), given(UNKNOWN))
    row(f"{name} with nan, descending", fn(name, stable=True, descending=True), given(UNKNOWN))
    row(f"{name} of integers", fn(name, stable=True), whole(4, 3, 7))
    row(f"{name} of booleans", lambda torch, x, name=name: getattr(torch, name)(x > 0, stable=True), normal(3, 7))
    row(f"{name} of a 0-d tensor, dim=-1", fn(name, -1), normal())
    row(f"{name} of no rows", fn(name, 1), normal(0, 3))
    row(f"{name} NumPy's axis", method(name, axis=0), normal(3, 2))
row("sort weighted", lambda torch, x: x.sort().values * x, given([3.0, 1.0, 2.0]))
for shape in [(), (0,), (5,), (1, 3), (4, 3), (4, 3, 2), (0, 3)]:
    row(f"msort {shape}", fn("msort"), normal(*shape))
row("Tensor.msort", method("msort"), normal(4, 2))
row("msort of integers", fn("msort"), whole(9, 4, 2))
row("msort with nan", fn("msort"), given(UNKNOWN))

for k, dim, largest in itertools.product([1, 2, 3], [0, 1, -1], [True, False]):
    row(f"topk {k} dim={dim} largest={largest}", fn("topk", k, dim, largest), apart(4, 3, 5))
row("topk with nan, the values", lambda torch, x: x.topk(2)[0].detach(), given(UNKNOWN))
row("topk unsorted, of all", lambda torch, x: x.topk(3, sorted=False).values.sum(), normal(3))
row("topk unsorted", lambda torch, x: x.topk(2, sorted=False).values.sum(), normal(2, 5))
row("topk of integers", method("topk", 2), given([[3, 1, 2], [9, 8, 7]]))
row("topk of many", method("topk", 100), apart(300))
