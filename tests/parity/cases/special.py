"""The error function's family, and logarithms of sums, odds and products."""

from __future__ import annotations

import itertools
import math

from .arithmetic import SHAPES
from .case import fn, given, method, normal, positive, row, unit
from .elementwise import spread

spread("erf", values=given([-30.0, -6.5, -5.9, -1.0, -0.99, 1e-8, 0.0, 1.0, 1.01, 3.0, 5.9, 6.5, math.inf, math.nan]))
spread("erfc", values=given([-30.0, -6.5, -1.0, -0.5, 0.0, 1e-8, 0.5, 0.51, 3.0, 5.9, 10.0, 26.0, 30.0, math.nan]))
spread("erfinv", unit, given([0.0, 1e-300, 0.85, -0.85, 0.99, -0.9999, 1 - 1e-9, 0.5]))
spread("sinc", values=given([1.0, -2.0, 0.04, -0.05, 0.5, 3.25, math.nan]))
for eps in [None, 0.0, 1e-6, 0.1, 0.3]:
    for shape in [(), (0, 3), (2, 3)]:
        row(f"logit {eps} {shape}", lambda torch, x, eps=eps: torch.logit(x.abs(), eps), unit(*shape))
    row(f"logit {eps}, a method", lambda torch, x, eps=eps: (x * 0.5 + 0.5).logit(eps=eps), unit(5))
row("logit, by keyword", lambda torch, x: torch.logit(input=x, eps=0.2), given([0.1, 0.2, 0.5, 0.8, 0.9]))
for name, shapes in itertools.product(["logaddexp", "logaddexp2"], SHAPES):
    row(f"{name} {shapes}", fn(name), normal(*shapes[0]), normal(*shapes[1]))
for name in ["logaddexp", "logaddexp2"]:
    row(f"{name}, a method", method(name), normal(2, 3), normal(3))
    row(f"{name} far apart", fn(name), given([0.0, 100, -100, 3]), given([0.0, -100, 100, -4]))
for shapes in SHAPES:
    row(f"xlogy {shapes}", fn("xlogy"), normal(*shapes[0]), positive(*shapes[1]))
row("xlogy, a method", method("xlogy"), normal(2, 3), positive(3))
row("xlogy by a number", lambda torch, x: (torch.xlogy(x, 2), x.xlogy(0.5)), normal(4))
row("xlogy of a number", lambda torch, x: (torch.xlogy(2, x), torch.xlogy(0.5, x)), positive(4))
row("xlogy of zero", lambda torch, x: torch.xlogy(0, x.detach()), given([0.0, -1.0, 2.0, math.inf, math.nan]))
