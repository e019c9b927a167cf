"""What runs along a dimension, differences, slopes and integrals."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .case import fn, given, method, normal, positive, row, whole

INF, NAN = math.inf, math.nan

for name in ["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"]:
    for dim in [0, 1, 2, -1, -2]:
        row(f"{name} dim={dim}, three dimensions", fn(name, dim), normal(2, 3, 4))
    row(f"Tensor.{name}", method(name, dim=0), normal(5))
    row(f"{name} NumPy's axis", method(name, axis=1), normal(2, 3))
    row(f"{name} of a 0-d tensor, dim=-1", method(name, -1), normal())
    row(f"{name} of no columns", method(name, 0), normal(0, 2))
    row(f"{name} of empty rows", method(name, 1), normal(2, 0))
    row(f"{name} of one", method(name, 0), normal(1, 3))
    row(f"{name} with nan", lambda torch, x, name=name: getattr(x.detach(), name)(0), given([1.0, NAN, 3.0, NAN, 5.0]))
    row(f"{name} of many", method(name, 0), normal(150) * 0.3 + 1)
for name in ["cumsum", "cumprod"]:
    row(
        f"{name} of integers as int8", lambda torch, x, name=name: getattr(x, name)(0, dtype=torch.int8), whole(4, 3, 2)
    )
for name in ["cumsum", "cumprod", "cummax", "cummin"]:
    row(f"{name} of integers", method(name, 0), whole(5, 4, 2))
    row(f"{name} of booleans", lambda torch, x, name=name: getattr(x > 0, name)(0), normal(4))
for name in ["cummax", "cummin"]:
    row(f"{name} with ties", method(name, 0), given([1.0, 1, 3, 2, 3, 0, 0, 5]))
    row(f"{name} with infinities", method(name, 0), given([1.0, -INF, INF, 2, -INF, INF]))
for name in ["cumsum", "cumprod"]:
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(0, dtype=x.float().dtype), normal(3))
    row(
        f"{name} of integers as floats",
        lambda torch, x, y, name=name: getattr(x, name)(0, dtype=y.dtype),
        whole(5, 3),
        normal(),
    )
for zeros in [[1.0, 0, 3], [0, 2, 3], [2, 3, 0], [2, 0, 3, 0, 5], [0, 0, 0], [0, 0, 2], [1.5, 0, -2, 3, 0, 0, 4]]:
    row(f"cumprod {zeros}", method("cumprod", 0), given(zeros))
    row(f"prod {zeros}", method("prod"), given([float(x) for x in zeros]))
row("cumprod of rows with zeros", method("cumprod", 1), given([[1.0, 0, 3, 2], [1, 2, 3, 4], [0, 2, 0, 1]]))
row("cumprod of columns with zeros", method("cumprod", 0), given([[1.0, 0, 3], [0, 2, 3], [4, 2, 0], [0, 0, 1]]))
row("cumprod of many with a zero", method("cumprod", 0), given([*[0.9] * 40, 0.0, *[1.1] * 60]))
row("prod of many with a zero", method("prod"), given([*[0.9] * 40, 0.0, *[1.1] * 30]))
row("logcumsumexp of large numbers", method("logcumsumexp", 0), given([1e4, 1e4 + 1, -1e4, 1e4]))
row("logcumsumexp with -inf", method("logcumsumexp", 0), given([1.0, -INF, 2.0]))
row("logcumsumexp of -inf alone", method("logcumsumexp", 0), given([-INF, -INF]))
row("logsumexp of -inf alone", method("logsumexp", 0), given([-INF, -INF]))
row("logsumexp of nothing", method("logsumexp", 0), normal(0, 2))
row("logsumexp of integers", method("logsumexp", 0), whole(9, 3, 2))
row("cumsum_", lambda torch, x: (x * 1).cumsum_(1), normal(2, 3))
row("cumprod_", lambda torch, x: (x * 1).cumprod_(1), normal(2, 3))
row("cumprod_ with zeros", lambda torch, x: (x * 1).cumprod_(0), given([2.0, 0, 3, 4]))
row("cumprod_ of integers", lambda torch, x: (x * 1).int().cumprod_(0), whole(5, 3))

# ---- differences ----------------------------------------------------------------------------------------------------

for n, dim in itertools.product([0, 1, 2, 9], [0, 1, -1]):
    row(f"diff {n} dim={dim}", fn("diff", n, dim), normal(3, 4))
row("Tensor.diff", method("diff"), normal(2, 5))
row("diff prepend", lambda torch, x, p: torch.diff(x, prepend=p), normal(2, 3), normal(2, 1))
row("diff append", lambda torch, x, a: torch.diff(x, 2, append=a), normal(2, 3), normal(2, 2))
row(
    "diff of both",
    lambda torch, x, p, a: torch.diff(x, dim=0, prepend=p, append=a),
    normal(2, 3),
    normal(1, 3),
    normal(2, 3),
)
row("diff prepend, none", lambda torch, x, p: torch.diff(x, 0, prepend=p.detach()), normal(3), normal(1))
row("diff of nothing", fn("diff"), normal(0))
row("diff of no rows", fn("diff", 2), normal(0, 4))
row("diff of one", fn("diff"), normal(2, 1))
row("diff of integers", fn("diff"), whole(9, 2, 5))
row("diff of integers and floats", lambda torch, x, p: torch.diff(x, prepend=p.detach()), whole(9, 4), normal(1))
row("diff of booleans", lambda torch, x: torch.diff(x > 0), normal(3, 6))
row("diff of booleans twice", lambda torch, x: torch.diff(x > 0, 2, 0), normal(4, 6))
row("diff of infinities", fn("diff"), given([1.0, INF, 2.0, NAN, 0.0]))

spacing: Any
for spacing, edge_order in itertools.product([1, 2.0, 0.5], [1, 2]):
    row(
        f"gradient {spacing} edge_order={edge_order}",
        fn("gradient", spacing=spacing, edge_order=edge_order),
        normal(3, 4),
    )
for edge_order in [1, 2]:
    for dim in [0, -1, (1, 0), (0, 1), None]:
        row(f"gradient dim={dim} edge_order={edge_order}", fn("gradient", dim=dim, edge_order=edge_order), normal(4, 3))
    row(
        f"gradient at coordinates, edge_order={edge_order}",
        lambda torch, x, a, b, e=edge_order: torch.gradient(x, spacing=(a, b), edge_order=e),
        normal(4, 3),
        given([0.0, 1.0, 3.0, 3.5]),
        given([-1.0, 0.0, 2.0]),
    )
row("gradient of spacings", fn("gradient", spacing=[2.0, 3.0]), normal(3, 4))
row("gradient of spacings, dims", fn("gradient", spacing=(2, 3), dim=(1, 0)), normal(3, 4))
row("gradient of a 0-d spacing", lambda torch, x, s: torch.gradient(x, spacing=s.detach()), normal(4), given(2.0))
row("gradient of two points", fn("gradient"), normal(2))
row("gradient of a 0-d tensor", fn("gradient"), normal())
row("gradient of no dims", fn("gradient", dim=()), normal(3))
row("gradient of integers", fn("gradient"), whole(9, 5))
row("gradient of infinities", fn("gradient"), given([1.0, 2.0, INF, 4.0, 5.0, NAN, 1.0]))

# ---- integrals ------------------------------------------------------------------------------------------------------

for name in ["trapezoid", "cumulative_trapezoid"]:
    for dim in [0, 1, -1]:
        row(f"{name} dim={dim}", fn(name, dim=dim), normal(3, 4))
        row(f"{name} dx=2, dim={dim}", fn(name, dx=2, dim=dim), normal(3, 4))
    row(f"{name} at x", fn(name), normal(4), positive(4).cumsum())
    row(f"{name} at x, two dimensions", fn(name), normal(3, 4), positive(4))
    row(f"{name} at x, dim=0", fn(name, dim=0), normal(3, 4), positive(3))
    row(f"{name} at x of two dimensions", fn(name, dim=0), normal(3, 4), positive(3, 4))
    row(f"{name} of x=", lambda torch, y, x, name=name: getattr(torch, name)(y, x=x), normal(4), positive(4))
    row(f"{name} of one", fn(name), normal(1))
    row(f"{name} of nothing", lambda torch, y, name=name: getattr(torch, name)(y.detach()), normal(0))
    row(f"{name} of empty rows", lambda torch, y, name=name: getattr(torch, name)(y.detach()), normal(2, 0))
    row(f"{name} of integers", fn(name), whole(9, 4))
    row(f"{name} of integers at integers", fn(name), whole(9, 4), given([1, 2, 5, 7]))
    row(f"{name} dx=0.5", fn(name, dx=0.5), normal(2, 4))
for shape in [(1,), (4,), (2, 3), (3, 2), (2, 1)]:
    row(f"trapz {shape}", fn("trapz"), normal(*shape))
    row(f"trapz {shape} dx=0.25", fn("trapz", dx=0.25), normal(*shape))
row("trapz at x", fn("trapz"), normal(2, 4), positive(4))
row("trapz at x, dim=0", fn("trapz", dim=0), normal(4, 2), positive(4))
