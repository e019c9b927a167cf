"""Writes in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Array, given, normal, positive, row


def in_place(name: str, *args: Any, base: Array | None = None, **kwargs: Any) -> None:
    def call(torch: Any, x: Any, *others: Any) -> Any:
        y = x * 1
        assert getattr(y, name)(*others, *args, **kwargs) is y
        return y

    others = [a for a in args if isinstance(a, np.ndarray)]
    args = tuple(a for a in args if not isinstance(a, np.ndarray))
    row(
        f"{name} {args} {kwargs or ''}{[o.shape for o in others] or ''}",
        call,
        positive(2, 3) if base is None else base,
        *others,
    )


for name in [
    "neg_",
    "abs_",
    "sqrt_",
    "rsqrt_",
    "reciprocal_",
    "exp_",
    "log_",
    "sin_",
    "cos_",
    "tanh_",
    "sigmoid_",
    "relu_",
    "square_",
    "floor_",
    "ceil_",
    "round_",
    "zero_",
]:
    in_place(name)
for name in [
    "add_",
    "sub_",
    "mul_",
    "div_",
    "pow_",
    "remainder_",
    "__iadd__",
    "__isub__",
    "__imul__",
    "__itruediv__",
    "__ipow__",
]:
    in_place(name, 2.5)
    in_place(name, positive(3))
    in_place(name, positive())
in_place("add_", positive(3), alpha=2)
in_place("sub_", positive(3), alpha=2)
in_place("clamp_", 0.7, 1.2)
in_place("clamp_", max=1.2)
in_place("fill_", 3)
in_place("fill_", positive())
in_place("copy_", positive(3))
in_place("copy_", positive(2, 3))
row("masked_fill_", lambda torch, x: (x * 1).masked_fill_(x > 0, 7.0), normal(3, 4))
row("scatter_add_", lambda torch, x, i, s: (x * 1).scatter_add_(0, i, s), normal(3), given([0, 2, 0]), normal(3))
for options in ({}, {"beta": 0.5, "alpha": 2}, {"beta": 0}, {"alpha": 0}, {"beta": -1}):
    in_place("addmm_", normal(2, 4), normal(4, 3), **options)
    in_place("addmm_", normal(2, 0), normal(0, 3), **options)
    in_place("addr_", normal(2), normal(3), **options)
    in_place("addr_", normal(0), normal(3), base=normal(0, 3), **options)
    in_place("addmv_", normal(3, 2), normal(2), base=normal(3), **options)
    in_place("addmv_", normal(0, 2), normal(2), base=normal(0), **options)
    in_place("addbmm_", normal(5, 2, 4), normal(5, 4, 3), **options)
    in_place("addbmm_", normal(1, 2, 1), normal(1, 1, 3), **options)
    in_place("baddbmm_", normal(5, 2, 4), normal(5, 4, 3), base=normal(5, 2, 3), **options)
    in_place("baddbmm_", normal(0, 2, 4), normal(0, 4, 3), base=normal(0, 2, 3), **options)
