"""Reductions, and what runs along a dimension."""

from __future__ import annotations

import itertools
import math
from typing import Any

from .case import fn, given, method, normal, row, whole

DIMS: list[Any] = [None, 0, 1, -1, (0,), (0, 2), (-1, 0), (0, 1, 2)]
for name in ["sum", "mean", "amax", "amin"]:
    for dim, keepdim in itertools.product(DIMS, [False, True]):
        if dim is not None or name in ("sum", "mean"):
            row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim=dim, keepdim=keepdim), normal(2, 3, 4))
for name in ["var", "std"]:
    for dim, keepdim, correction in itertools.product(DIMS, [False, True], [0, 1, 2]):
        options = {"dim": dim, "keepdim": keepdim, "correction": correction}
        row(f"{name} dim={dim} keepdim={keepdim} correction={correction}", fn(name, **options), normal(3, 3, 4))
    row(f"{name} of all", method(name), normal(2, 3))
    row(f"{name} unbiased=False", method(name, unbiased=False), normal(2, 3))
    row(f"{name} (False)", method(name, False), normal(2, 3))
    row(f"{name} (1, True)", method(name, 1, True), normal(2, 3))
    row(f"{name} (0, unbiased=False)", method(name, 0, unbiased=False), normal(2, 3))
    row(f"{name} NumPy's names", method(name, axis=0, keepdims=True), normal(2, 3))
for name in ["sum", "mean", "amax", "amin", "prod"]:
    row(f"{name} of all", method(name), normal(2, 3))
    row(f"{name} of a 0-d tensor", method(name), normal())
    row(f"{name} of a 0-d tensor, dim=0", method(name, 0), normal())
    row(f"{name} of no rows", method(name, 1), normal(0, 3))
    row(f"{name} NumPy's names", method(name, axis=-1, keepdims=True), normal(2, 3))
for name in ["sum", "mean", "prod"]:
    row(f"{name} of nothing", method(name), normal(0))
    row(f"{name} of empty rows", method(name, 1), normal(3, 0))
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(dtype=x.float().dtype), normal(3))
for name in ["sum", "prod", "nansum"]:
    row(
        f"{name} of integers as int32",
        lambda torch, x, name=name: getattr(torch, name)(x, dtype=torch.int32),
        whole(5, 2, 3),
    )
for name in ["any", "all"]:
    row(f"{name} over no dimension", lambda torch, x, name=name: getattr(torch, name)(x > 0, dim=()), normal(2, 3))
for name in ["softmax", "log_softmax"]:
    row(
        f"{name}, dtype by position",
        lambda torch, x, name=name: getattr(torch, name)(x, 1, torch.float64),
        whole(5, 2, 3),
    )
row("sum of an empty tuple of dims", lambda torch, x: torch.sum(x, dim=()), normal(2, 3))
for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
    row(f"prod dim={dim} keepdim={keepdim}", fn("prod", dim=dim, keepdim=keepdim), normal(2, 3, 4))
row("prod with zeros", lambda torch, x: torch.prod(x, 1), given([[0.0, 2, 3], [0, 0, 3], [0, 0, 0], [1, 2, 3]]))
for name in ["max", "min"]:
    row(f"{name}", method(name), normal(2, 3))
    row(f"{name} of a 0-d tensor", lambda torch, x, name=name: tuple(getattr(x, name)(0)), normal())
    row(f"{name} of two", lambda torch, x, y, name=name: getattr(torch, name)(x, y), normal(2, 3), normal(3))
    for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim), normal(2, 3, 4))
for name in ["argmax", "argmin"]:
    row(f"{name}", fn(name), normal(2, 3))
    row(f"{name} keepdim", lambda torch, x, name=name: getattr(torch, name)(x, keepdim=True), normal(2, 3))
    row(f"{name} of a 0-d tensor", lambda torch, x, name=name: getattr(torch, name)(x, 0), normal())
    for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim=keepdim), normal(2, 3, 4))
for name in ["any", "all"]:
    row(f"{name}", lambda torch, x, name=name: getattr(torch, name)(x > 0), normal(2, 3))
    row(f"{name} of numbers", lambda torch, x, name=name: getattr(torch, name)(x, dim=1), whole(2, 4, 3))
    row(f"{name} of nothing", lambda torch, x, name=name: getattr(torch, name)(x > 0, dim=0), normal(0, 3))
    row(f"{name} keepdim", lambda torch, x, name=name: getattr(torch, name)(x > 0, 1, keepdim=True), normal(2, 3))
for dim, keepdim in itertools.product([0, -1, (0, 1)], [False, True]):
    row(f"logsumexp dim={dim} keepdim={keepdim}", fn("logsumexp", dim, keepdim), normal(3, 4))
row("logsumexp of large numbers", lambda torch, x: x.logsumexp(0), given([1e4, 1e4 + 1, -1e4]))
row("logsumexp with -inf", lambda torch, x: x.logsumexp(1), given([[-math.inf, 0.0, 1.0], [2.0, -math.inf, -math.inf]]))
row("logsumexp of a 0-d tensor", lambda torch, x: x.logsumexp(0), normal())
for name in ["softmax", "log_softmax"]:
    for dim in [0, 1, -1]:
        row(f"{name} dim={dim}", fn(name, dim), normal(2, 3, 4))
    row(f"{name} of large numbers", method(name, 0), given([1e4, 1e4 + 1, -1e4]))
    row(f"{name} of a 0-d tensor", method(name, 0), normal())
    row(f"{name} of nothing", method(name, 1), normal(3, 0))
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(0, dtype=x.float().dtype), normal(3))
row("cumsum", lambda torch, x: torch.cumsum(x, 0), normal(3, 4))
row("cumsum dim=-1", lambda torch, x: x.cumsum(dim=-1), normal(3, 4))
row("cumsum of a 0-d tensor", lambda torch, x: x.cumsum(0), normal())
row("cumsum of nothing", lambda torch, x: x.cumsum(0), normal(0, 2))
for p in ["fro", 0.5, 1, 2, 3, 2.5, -1, math.inf, -math.inf]:
    row(f"norm p={p}", fn("norm", p), normal(2, 3))
    row(f"norm p={p} dim=1", fn("norm", p=p, dim=1, keepdim=True), normal(2, 3))
row("norm p=0", lambda torch, x: torch.norm(x.detach(), 0, dim=1), given([[0.0, 2, 0], [1, 1, 0]]))
row("norm of two dims", lambda torch, x: x.norm(dim=(0, 2)), normal(2, 3, 4))
row("norm of a 0-d tensor", lambda torch, x: x.norm(), normal())
row("norm of nothing", lambda torch, x: x.norm(), normal(0))
for p in [0.5, 1, 2, 3, -1, math.inf, -math.inf]:
    row(f"dist p={p}", fn("dist", p), normal(2, 3), normal(2, 3))
    row(f"dist of equals, p={p}", lambda torch, x, p=p: torch.dist(x, x.detach(), p).detach(), normal(3))
row("dist", fn("dist"), normal(2, 3), normal(3))
row("Tensor.dist", method("dist", p=1), normal(2, 1), normal(3))
row("dist of 0-d tensors", fn("dist"), normal(), normal())
row("dist of nothing", fn("dist"), normal(0), normal(0))
row("norm as float64", lambda torch, x: torch.norm(x, dtype=torch.float64), normal(3))
row("norm p=None", lambda torch, x: torch.norm(x, None), normal(2, 3))
for dim in [None, 0, 1, -1, (0, 1), (0, 1, 2), ()]:
    row(f"count_nonzero dim={dim}", fn("count_nonzero", dim), whole(2, 2, 3, 4))
row("Tensor.count_nonzero", method("count_nonzero", 0), given([[0.0, -0.0, math.nan], [1.0, math.inf, 0.0]]))
row("count_nonzero of a 0-d tensor", fn("count_nonzero"), normal())
row("count_nonzero of booleans", lambda torch, x: torch.count_nonzero(x > 0), normal(3, 4))
row("count_nonzero of nothing", fn("count_nonzero", 0), normal(0, 3))
for name in ["any", "all"]:
    for dim in [0, -1, (0, 2), (0, 1, 2)]:
        row(f"{name} dim={dim}", fn(name, dim), whole(2, 2, 3, 4))
    row(f"{name} of uint8", lambda torch, x, name=name: getattr(x.to(torch.uint8), name)(1), whole(3, 2, 3))
    row(f"{name} of nan", fn(name), given([math.nan, 0.0]))
    row(f"{name} of a 0-d tensor", fn(name), normal())
for size in [(2, 3), (1, 3), (2, 1), (1, 1), (3,), (1,), ()]:
    row(f"sum_to_size {size}", method("sum_to_size", size), normal(2, 3))
row("sum_to_size 4, 1, 2", method("sum_to_size", 4, 1, 2), normal(5, 4, 3, 2))
row("sum_to_size of integers", method("sum_to_size", 1), whole(5, 2, 3))
row("sum_to_size of nothing", method("sum_to_size", 1, 2), normal(0, 2))
for name in ["softmax", "log_softmax"]:
    row(f"{name} with -inf", method(name, 0), given([-math.inf, 1.0, 2.0]))
    row(f"{name} with inf", method(name, 0), given([math.inf, 1.0]))
    row(f"{name} of -inf alone", method(name, 0), given([-math.inf, -math.inf]))
    row(f"{name} with nan", method(name, 0), given([math.nan, 1.0]))
