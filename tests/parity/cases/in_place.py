"""Writes in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Array, given, normal, positive, row, unit, whole
from .comparison import COMPARISONS


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
    "neg_", "abs_", "sqrt_", "rsqrt_", "reciprocal_", "exp_", "exp2_", "expm1_", "log_", "log1p_", "log2_", "log10_",
    "sin_", "cos_", "tanh_", "sinh_", "cosh_", "atan_", "sigmoid_", "relu_", "square_", "floor_", "ceil_",
    "round_", "trunc_", "frac_", "sign_", "sgn_", "deg2rad_", "rad2deg_", "nan_to_num_", "sinc_", "erf_", "erfc_",
    "zero_", "negative_", "absolute_", "fix_", "arctan_",
]:  # fmt: skip
    in_place(name)
for name in ["asin_", "acos_", "tan_", "erfinv_", "arcsin_", "arccos_"]:
    in_place(name, base=unit(2, 3))
for name in [
    "add_", "sub_", "mul_", "div_", "pow_", "remainder_", "fmod_", "true_divide_", "copysign_", "xlogy_", "subtract_",
    "multiply_", "divide_", "__iadd__", "__isub__", "__imul__", "__itruediv__", "__ipow__",
]:  # fmt: skip
    in_place(name, 2.5)
    in_place(name, positive(3))
    in_place(name, positive())
for name in ["atan2_", "hypot_", "clamp_min_", "clamp_max_", "arctan2_", "ldexp_"]:
    in_place(name, positive(3))
    in_place(name, positive())
for name in COMPARISONS:
    in_place(name + "_", 1.0)
    in_place(name + "_", whole(2, 3))
for name in ["addcmul_", "addcdiv_"]:
    in_place(name, positive(3), positive(2, 1))
    in_place(name, positive(3), positive(), value=-2)
in_place("lerp_", positive(3), 0.3)
in_place("lerp_", positive(3), positive(2, 1))
in_place("logit_", base=unit(2, 3) / 2 + 0.5)
in_place("logit_", 0.3, base=unit(2, 3) / 2 + 0.5)
in_place("clip_", 0.7, 1.2)
in_place("round_", decimals=1)
in_place("div_", 0.3, rounding_mode="floor")
in_place("div_", positive(3), rounding_mode="trunc")
for name in [
    "logical_and_", "logical_or_", "logical_xor_", "bitwise_and_", "bitwise_or_", "bitwise_xor_",
    "bitwise_left_shift_", "bitwise_right_shift_", "heaviside_", "__ilshift__", "__irshift__", "__iand__",
]:  # fmt: skip
    row(name, lambda torch, x, y, name=name: getattr(x.clone(), name)(y), whole(9, 5) - 2, whole(5, 5))
row("logical_not_", lambda torch, x: x.clone().logical_not_(), whole(2, 5))
row("bitwise_not_", lambda torch, x: x.clone().bitwise_not_(), whole(9, 5))
row("floor_divide_", lambda torch, x: (x.detach() * 1).floor_divide_(0.3), positive(3))
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


for name, args in [
    ("squeeze_", ()), ("squeeze_", (1,)), ("squeeze_", ((0, 1),)), ("unsqueeze_", (0,)), ("unsqueeze_", (-1,)),
    ("transpose_", (0, 2)), ("swapaxes_", (1, 2)), ("swapdims_", (-1, 0)),
]:  # fmt: skip
    row(f"{name}{args}", lambda torch, x, name=name, args=args: getattr(x * 1, name)(*args), normal(2, 1, 3))
row("t_", lambda torch, x: (x * 1).t_(), normal(2, 3))
row("t_ of a vector", lambda torch, x: (x * 1).t_(), normal(3))
row("t_, then a write", lambda torch, x, v: (x * 1).t_().mul_(v), normal(2, 3), normal(2))
row("squeeze_ of a number", lambda torch, x: (x * 1).squeeze_(), normal())


def reduce_in_place(name: str, reduce: str) -> None:
    def call(torch: Any, x: Any, other: Any) -> Any:
        index = torch.tensor([0, 0]) if name == "index_reduce_" else torch.tensor([[0, 1, 0], [1, 1, 1]])
        return getattr(x * 1, name)(0, index, other, reduce)

    row(f"{name} {reduce}", call, normal(2, 3), normal(2, 3))


for name in ["scatter_reduce_", "index_reduce_"]:
    for reduce in ["amax", "amin", "mean", "prod"]:
        reduce_in_place(name, reduce)
