"""How often values occur, and where they fall among others: no gradients, so the inputs want none."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .case import Array, given, normal, row, whole

INF, NAN = math.inf, math.nan


def plain(name: str, *args: Any, **kwargs: Any) -> Any:
    """The library's function of that name, of tensors that want no gradient."""
    return lambda torch, *xs: getattr(torch, name)(*[x.detach() for x in xs], *args, **kwargs)


def member(name: str, *args: Any, **kwargs: Any) -> Any:
    return lambda torch, x, *xs: getattr(x.detach(), name)(*[y.detach() for y in xs], *args, **kwargs)


for minlength in [0, 3, 12]:
    row(f"bincount minlength={minlength}", plain("bincount", minlength=minlength), whole(8, 20))
    row(f"bincount weighted, minlength={minlength}", plain("bincount", minlength=minlength), whole(8, 20), normal(20))
    row(f"bincount of nothing, minlength={minlength}", plain("bincount", minlength=minlength), whole(8, 0))
row("Tensor.bincount", member("bincount"), whole(5, 9))
row("bincount weighted by integers", plain("bincount"), whole(5, 6), whole(9, 6))
row("bincount weighted by nothing", plain("bincount", minlength=2), whole(5, 0), normal(0))
row("bincount of uint8", lambda torch, x: torch.bincount(x.to(torch.uint8)), whole(5, 6))

# ---- histograms -----------------------------------------------------------------------------------------------------

for bins, (low, high) in itertools.product([1, 4, 10], [(0, 0), (-1, 2), (0.5, 0.75), (3, 3)]):
    row(f"histc {bins} {low} {high}", plain("histc", bins, low, high), normal(30))
row("histc", plain("histc"), normal(4, 5))
row("Tensor.histc", member("histc", bins=3, min=0, max=7), normal(4, 5))
row("histc of equals", plain("histc", 4), given([1.0, 1.0]))
row("histc of nothing", plain("histc", 3), normal(0))
row("histc of a 0-d tensor", plain("histc", 3), normal())
row("histc with nan", plain("histc", 4, 0, 2), given([NAN, 1.0]))
row("histc on the edges", plain("histc", 4, 0, 4), given([0.0, 1, 2, 3, 4, 5, -1]))
for bins, density in itertools.product([1, 2, 5], [False, True]):
    row(f"histogram {bins} density={density}", plain("histogram", bins, density=density), normal(30))
    row(
        f"histogram {bins} of a range, density={density}",
        plain("histogram", bins, range=(-0.5, 1.0), density=density),
        normal(30),
    )
    row(
        f"histogram {bins} weighted, density={density}",
        lambda torch, x, w, b=bins, d=density: torch.histogram(x.detach(), b, weight=w.detach(), density=d),
        normal(5, 6),
        normal(5, 6) ** 2,
    )
    row(
        f"histogram of {bins + 1} edges, density={density}",
        lambda torch, x, e, d=density: torch.histogram(x.detach(), e.detach(), density=d),
        normal(30),
        given([-0.7, 0.1, 0.5, 0.6, 0.9, 4.0][-bins - 1 :]),
    )
row("Tensor.histogram", member("histogram", 3), normal(7))
row("histogram of equals", plain("histogram", 2), given([2.0, 2.0]))
row("histogram of nothing", plain("histogram", 3), normal(0))
row("histogram of nothing, density", plain("histogram", 3, density=True), normal(0))
row("histogram of an empty range", plain("histogram", 2, range=(2.0, 2.0)), given([1.0, 2, 3]))
row("histogram with nan", plain("histogram", 2, range=(0.0, 3.0)), given([NAN, 2.0]))

# ---- places in order ------------------------------------------------------------------------------------------------

STEPS: Array = given([1.0, 3.0, 3.0, 5.0])
for right in [False, True]:
    values: Any
    for values in [3.0, [0.0, 1.0, 3.0, 4.0, 9.0], [[3.0], [5.0]], [], NAN, [-INF, INF]]:
        row(f"searchsorted {values} right={right}", plain("searchsorted", right=right), STEPS, given(values))
        row(
            f"bucketize {values} right={right}",
            lambda torch, s, v, r=right: torch.bucketize(v.detach(), s.detach(), right=r),
            STEPS,
            given(values),
        )
    row(
        f"searchsorted rows, right={right}",
        plain("searchsorted", right=right),
        given([[1.0, 2, 3], [0, 2, 2]]),
        given([[2.0, 9], [2, 1]]),
    )
    row(f"searchsorted a number, right={right}", plain("searchsorted", 3, right=right), STEPS)
    row(
        f"searchsorted integers, right={right}", plain("searchsorted", right=right), given([1, 2, 2, 5]), whole(6, 2, 4)
    )
    row(f"bucketize a number, right={right}", lambda torch, s, r=right: torch.bucketize(3, s.detach(), right=r), STEPS)
for side in ["left", "right"]:
    row(f"searchsorted side={side}", plain("searchsorted", side=side), STEPS, given([3.0, 1.0]))
    row(
        f"searchsorted sorter, side={side}",
        lambda torch, s, v, i, side=side: torch.searchsorted(s.detach(), v.detach(), side=side, sorter=i),
        given([5.0, 1.0, 3.0]),
        given([3.0, 4.0]),
        given([1, 2, 0]),
    )
row("searchsorted int32", plain("searchsorted", out_int32=True), STEPS, given([3.0, 1.0]))
row("searchsorted among none", plain("searchsorted"), normal(0), normal(3))
row("bucketize int32", lambda torch, s, v: torch.bucketize(v.detach(), s.detach(), out_int32=True), STEPS, normal(3))

# ---- each once ------------------------------------------------------------------------------------------------------

for inverse, counts in itertools.product([False, True], [False, True]):
    label = f"inverse={inverse} counts={counts}"
    both: dict[str, Any] = {"return_inverse": inverse, "return_counts": counts}
    for name in ["unique", "unique_consecutive"]:
        row(f"{name} {label}", plain(name, **both), whole(4, 12))
        row(f"{name} of a matrix, {label}", plain(name, **both), whole(3, 3, 4))
        for dim in [0, 1, -1]:
            row(
                f"{name} dim={dim}, {label}",
                plain(name, dim=dim, **both),
                whole(2, 5, 3, 2) if dim == 0 else whole(2, 2, 6),
            )
        row(f"{name} of a 0-d tensor, {label}", plain(name, **both), given(3))
        row(f"{name} of nothing, {label}", plain(name, **both), normal(0))
        row(f"{name} of no slices, {label}", plain(name, dim=0, **both), normal(0, 2))
        row(f"{name} of booleans, {label}", lambda torch, x, n=name, o=both: getattr(torch, n)(x > 0, **o), normal(5))
        row(f"Tensor.{name}, {label}", member(name, **both), given([2.0, 2, 1, 2, -0.5]))
row("unique with nan", plain("unique"), given([NAN, 1.0, NAN]))
row("unique with nan, counted", plain("unique", return_counts=True), given([NAN, 1.0, NAN]))
row("unique_consecutive with nan", plain("unique_consecutive", return_counts=True), given([NAN, NAN, 1.0]))
