"""Functions of one number, applied to every element. Integers are taken as the default floating dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import elementwise as rows
from ..autograd.record import record, unary
from .arithmetic import require_floats, require_tensors

if TYPE_CHECKING:
    from ..autograd.table import Operation
    from ..tensor import Tensor

__all__ = [
    "abs",
    "absolute",
    "acos",
    "acosh",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "clone",
    "cos",
    "cosh",
    "deg2rad",
    "exp",
    "exp2",
    "expm1",
    "fix",
    "floor",
    "frac",
    "log",
    "log1p",
    "log2",
    "log10",
    "nan_to_num",
    "neg",
    "negative",
    "positive",
    "rad2deg",
    "reciprocal",
    "relu",
    "round",
    "rsqrt",
    "sgn",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
]


def neg(input: Tensor) -> Tensor:
    """-x, as torch.neg."""
    return unary(rows.neg, input)


def positive(input: Tensor) -> Tensor:
    """x itself, as torch.positive."""
    require_tensors("positive", input)
    if input.dtype == bool:
        raise RuntimeError("positive(): the `+` operator is not supported on a bool tensor")
    return input


def abs(input: Tensor) -> Tensor:
    """The absolute value; its gradient at 0 is 0. As torch.abs."""
    y = unary(rows.abs, input)
    if y.array.dtype == bool:
        raise NotImplementedError("abs(): not implemented for booleans; write .int()")
    return y


def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1, and 0 for nan; the gradient is 0. As torch.sign."""
    return unary(rows.sign, input)


def floor(input: Tensor) -> Tensor:
    """Rounded down; the gradient is 0. As torch.floor."""
    return _rounded(rows.floor, input)


def ceil(input: Tensor) -> Tensor:
    """Rounded up; the gradient is 0. As torch.ceil."""
    return _rounded(rows.ceil, input)


def trunc(input: Tensor) -> Tensor:
    """Rounded toward zero; the gradient is 0. As torch.trunc."""
    return _rounded(rows.trunc, input)


def _rounded(row: Operation, x: Tensor) -> Tensor:
    require_tensors(row.name, x)
    if x.array.dtype.kind == "f":
        return unary(row, x)
    if x.array.dtype == bool:
        raise NotImplementedError(f"{row.name}(): not implemented for booleans; write .int()")
    return clone(x)  # integers are whole already


def frac(input: Tensor) -> Tensor:
    """x - trunc(x), with the sign of x; as torch.frac.

    >>> torch.frac(torch.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """
    require_tensors("frac", input)
    require_floats("frac", input)
    return unary(rows.frac, input)


def square(input: Tensor) -> Tensor:
    """x * x, as torch.square."""
    y = unary(rows.square, input)
    return y.long() if input.array.dtype == bool else y


def sqrt(input: Tensor) -> Tensor:
    """The square root; its gradient at 0 is inf. As torch.sqrt."""
    return unary(rows.sqrt, input)


def rsqrt(input: Tensor) -> Tensor:
    """1 / sqrt(x), as torch.rsqrt."""
    return unary(rows.rsqrt, input)


def reciprocal(input: Tensor) -> Tensor:
    """1 / x, as torch.reciprocal."""
    return unary(rows.reciprocal, input)


def exp(input: Tensor) -> Tensor:
    """e to the power x, as torch.exp.

    >>> torch.exp(torch.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    return unary(rows.exp, input)


def exp2(input: Tensor) -> Tensor:
    """2 to the power x, as torch.exp2."""
    return unary(rows.exp2, input)


def expm1(input: Tensor) -> Tensor:
    """exp(x) - 1, exact near 0. As torch.expm1."""
    return unary(rows.expm1, input)


def log(input: Tensor) -> Tensor:
    """The natural logarithm, as torch.log."""
    return unary(rows.log, input)


def log1p(input: Tensor) -> Tensor:
    """log(1 + x), exact near 0. As torch.log1p."""
    return unary(rows.log1p, input)


def log2(input: Tensor) -> Tensor:
    """The logarithm to base 2, as torch.log2."""
    return unary(rows.log2, input)


def log10(input: Tensor) -> Tensor:
    """The logarithm to base 10, as torch.log10."""
    return unary(rows.log10, input)


def sin(input: Tensor) -> Tensor:
    """The sine of x radians, as torch.sin."""
    return unary(rows.sin, input)


def cos(input: Tensor) -> Tensor:
    """The cosine of x radians, as torch.cos."""
    return unary(rows.cos, input)


def tan(input: Tensor) -> Tensor:
    """The tangent of x radians, as torch.tan."""
    return unary(rows.tan, input)


def sinh(input: Tensor) -> Tensor:
    """The hyperbolic sine, as torch.sinh."""
    return unary(rows.sinh, input)


def cosh(input: Tensor) -> Tensor:
    """The hyperbolic cosine, as torch.cosh."""
    return unary(rows.cosh, input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent, as torch.tanh."""
    return unary(rows.tanh, input)


def asin(input: Tensor) -> Tensor:
    """The angle in radians whose sine is x, as torch.asin."""
    return unary(rows.asin, input)


def acos(input: Tensor) -> Tensor:
    """The angle in radians whose cosine is x, as torch.acos."""
    return unary(rows.acos, input)


def atan(input: Tensor) -> Tensor:
    """The angle in radians whose tangent is x, as torch.atan."""
    return unary(rows.atan, input)


def asinh(input: Tensor) -> Tensor:
    """The number whose hyperbolic sine is x, as torch.asinh."""
    return unary(rows.asinh, input)


def acosh(input: Tensor) -> Tensor:
    """The number not below 0 whose hyperbolic cosine is x, nan for x < 1; as torch.acosh."""
    return unary(rows.acosh, input)


def atanh(input: Tensor) -> Tensor:
    """The number whose hyperbolic tangent is x, as torch.atanh."""
    return unary(rows.atanh, input)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians, as torch.deg2rad.

    >>> torch.deg2rad(torch.tensor([180.0, -90.0]))
    tensor([ 3.1416, -1.5708])
    """
    return unary(rows.deg2rad, input)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees, as torch.rad2deg."""
    return unary(rows.rad2deg, input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), finite for every x. As torch.sigmoid."""
    return unary(rows.sigmoid, input)


def relu(input: Tensor) -> Tensor:
    """max(x, 0); its gradient at 0 is 0. As torch.relu.

    >>> torch.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    y = unary(rows.relu, input)
    if y.array.dtype == bool:
        raise RuntimeError("relu(): not implemented for booleans; write .int()")
    return y


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest whole number, halves to the even one; with `decimals`, that many digits are kept. As torch.round."""
    if decimals == 0:
        return _rounded(rows.round, input)
    require_floats("round", input)
    return record(rows.round_to, (input,), {"decimals": decimals})


def nan_to_num(
    input: Tensor, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """`nan` in place of nan, and the largest and smallest numbers of the dtype, or those given, in place of infinities.

    The gradient there is 0. As torch.nan_to_num.

    >>> torch.nan_to_num(torch.tensor([1.0, float("nan"), float("inf")]), posinf=9.0)
    tensor([1., 0., 9.])
    """
    require_tensors("nan_to_num", input)
    if input.dtype.kind != "f":
        return clone(input)
    with np.errstate(over="ignore"):  # a number that is too large for the dtype is infinite
        return record(rows.nan_to_num, (input,), {"nan": nan or 0.0, "posinf": posinf, "neginf": neginf})


def clone(input: Tensor) -> Tensor:
    """A copy in memory of its own, through which the gradient flows; as torch.clone."""
    return record(rows.same, (input,), {})


# PyTorch's second names
absolute, negative, fix, sgn = abs, neg, trunc, sign
arccos, arcsin, arctan, arccosh, arcsinh, arctanh = acos, asin, atan, acosh, asinh, atanh
