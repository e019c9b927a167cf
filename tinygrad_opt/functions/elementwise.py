"""Functions of one number, applied to every element. Integers are taken as the default floating dtype."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..autograd.derivatives import elementwise as rows
from ..autograd.record import record, unary

if TYPE_CHECKING:
    from ..autograd.table import Operation
    from ..tensor import Tensor

__all__ = [
    "abs",
    "acos",
    "asin",
    "atan",
    "ceil",
    "clone",
    "cos",
    "cosh",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "log",
    "log1p",
    "log2",
    "log10",
    "neg",
    "reciprocal",
    "relu",
    "round",
    "rsqrt",
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


def abs(input: Tensor) -> Tensor:
    """The absolute value; its gradient at 0 is 0. As torch.abs."""
    return unary(rows.abs, input)


def sign(input: Tensor) -> Tensor:
    """-1, 0 or 1; the gradient is 0. As torch.sign."""
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
    return unary(row, x) if x.array.dtype.kind == "f" else clone(x)  # integers are whole already


def square(input: Tensor) -> Tensor:
    """x * x, as torch.square."""
    return unary(rows.square, input)


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


def erf(input: Tensor) -> Tensor:
    """The error function, to double precision. As torch.erf."""
    return unary(rows.erf, input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), finite for every x. As torch.sigmoid."""
    return unary(rows.sigmoid, input)


def relu(input: Tensor) -> Tensor:
    """max(x, 0); its gradient at 0 is 0. As torch.relu.

    >>> torch.relu(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return unary(rows.relu, input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest whole number, halves to the even one; with `decimals`, that many digits are kept. As torch.round."""
    if decimals == 0:
        return _rounded(rows.round, input)
    return unary(rows.round, input * 10.0**decimals) / 10.0**decimals


def clone(input: Tensor) -> Tensor:
    """A copy in memory of its own, through which the gradient flows; as torch.clone."""
    return record(rows.same, (input,), {})
