"""Spread, quantiles and covariance; medians and modes: ordering.py."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .case import fn, given, method, normal, positive, row, unit, whole

INF, NAN = math.inf, math.nan
ONE_HOLE = given([[1.0, 4.0, 3.0, 0.5], [7.0, NAN, 2.5, 2.0], [-2.0, 5.0, -1.0, 0.0]])
HOLES = given([[1.0, NAN, 3.0, 0.5], [NAN, NAN, NAN, NAN], [2.0, 5.0, -1.0, 0.0]])

for name in ["nansum", "nanmean"]:
    for dim, keepdim in itertools.product([None, 0, -1, (0, 1)], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim), HOLES[[0, 2]])
    row(f"Tensor.{name}", method(name), normal(2, 3))
    row(f"{name} of a row of nan", lambda torch, x, name=name: getattr(x.detach(), name)(1), HOLES)
    row(f"{name} of a 0-d tensor", method(name), normal())
    row(f"{name} of nothing", method(name), normal(0, 3))
    row(f"{name} of infinities", method(name), given([INF, NAN, 1.0]))
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(dtype=x.float().dtype), normal(3))
row("nansum of integers", method("nansum", 0), whole(9, 2, 3))

for name in ["var_mean", "std_mean"]:
    for dim, keepdim in itertools.product([None, 0, -1, (0, 2)], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, correction=0, keepdim=keepdim), normal(3, 3, 4))
    row(f"{name}", fn(name), normal(2, 3))
    row(f"{name} (False)", fn(name, False), normal(2, 3))
    row(f"{name} (0, False, True)", fn(name, 0, False, True), normal(2, 3))
    row(f"{name} correction=0.5", fn(name, correction=0.5), normal(2, 3))
for name in ["var", "std"]:
    row(f"{name} with nan", method(name), given([1.0, NAN]))
    row(f"{name} correction=-1", method(name, correction=-1), normal(4))

# ---- quantiles ------------------------------------------------------------------------------------------------------

METHODS = ["linear", "lower", "higher", "midpoint", "nearest"]
options: dict[str, Any]
for name in ["quantile", "nanquantile"]:
    for interpolation, q in itertools.product(METHODS, [0.0, 0.3, 0.5, 1.0]):
        options = {"interpolation": interpolation}
        row(f"{name} {q} {interpolation}", fn(name, q, **options), normal(2, 5))
    for interpolation, dim, keepdim in itertools.product(METHODS, [None, 0, -1], [False, True]):
        options = {"dim": dim, "keepdim": keepdim, "interpolation": interpolation}
        label = f"{name} dim={dim} keepdim={keepdim} {interpolation}"
        row(
            label,
            lambda torch, x, q, n=name, o=options: getattr(torch, n)(x, q.detach(), **o),
            normal(3, 4),
            given([0.2, 0.9, 0.5]),
        )
        row(f"{label}, with nan", fn(name, 0.4, **options), ONE_HOLE)
        row(
            f"{label}, with rows of nan",
            lambda torch, x, n=name, o=options: getattr(torch, n)(x.detach(), 0.4, **o),
            HOLES,
        )
    row(f"{name} of a gradient in q", fn(name, dim=0), normal(5, 2), given([0.1, 0.6]))
    row(f"{name} of a 0-d q", fn(name, dim=1), normal(5, 2), given(0.3))
    row(f"{name} of no q", fn(name), normal(5), given([]))
    row(f"Tensor.{name}", method(name, 0.25, 1, True), normal(2, 5))
    row(f"{name} of a 0-d tensor", method(name, 0.25), normal())
    row(f"{name} of a 0-d tensor, dim=0", method(name, 0.25, 0, True), normal())
    row(f"{name} of equals", method(name, 0.25), given([2.0, 2.0, 2.0, 2.0]))
    row(f"{name} of infinities", method(name, 0.5), given([INF, 1.0, INF]))
    row(f"{name} at many places", fn(name), normal(40), given([i / 20 for i in range(21)]))

# ---- several variables ----------------------------------------------------------------------------------------------

for shape in [(), (4,), (1, 4), (3, 4), (2, 7)]:
    row(f"cov {shape}, correction=0", fn("cov", correction=0), normal(*shape))
for correction in [0, 1, 2]:
    row(f"cov correction={correction}", method("cov", correction=correction), normal(3, 5))
    row(
        f"cov of counted observations, correction={correction}",
        lambda torch, x, f, c=correction: torch.cov(x, correction=c, fweights=f),
        normal(2, 4),
        given([1, 2, 3, 1]),
    )
    row(
        f"cov of weighted observations, correction={correction}",
        lambda torch, x, a, c=correction: torch.cov(x, correction=c, aweights=a),
        normal(2, 4),
        positive(4),
    )
row(
    "cov of both weights",
    lambda torch, x, f, a: torch.cov(x, fweights=f, aweights=a),
    normal(2, 4),
    given([1, 2, 0, 1]),
    positive(4),
)
row("cov of integers", fn("cov"), whole(9, 3, 5))
row("cov of no variables", fn("cov", correction=0), normal(0, 3))
for shape in [(2, 3), (3, 5), (4, 4), (2, 9), (1, 5), (5,)]:
    row(f"corrcoef {shape}", fn("corrcoef"), unit(*shape))
row("Tensor.corrcoef", method("corrcoef"), normal(3, 6))
row("corrcoef of integers", fn("corrcoef"), whole(9, 3, 5))
row("corrcoef of no variables", fn("corrcoef"), normal(0, 3))
row("corrcoef of a constant", lambda torch, x: torch.corrcoef(x.detach()), given([[1.0, 2.0, 4.0], [3.0, 3.0, 3.0]]))
