"""Arithmetic and comparison of two tensors, or of a tensor and numbers, with broadcasting and PyTorch's promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import arithmetic as rows
from ..autograd.derivatives import elementwise
from ..autograd.graph import Variable, wrap
from ..autograd.record import binary, record, unary

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "add",
    "allclose",
    "atan2",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "clamp",
    "div",
    "eq",
    "equal",
    "floor_divide",
    "ge",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "lt",
    "maximum",
    "minimum",
    "mul",
    "ne",
    "pow",
    "remainder",
    "sub",
    "where",
]

Number = bool | int | float


def add(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input + alpha * other, as torch.add.

    >>> torch.add(torch.tensor([1.0, 2.0]), 10, alpha=2)
    tensor([21., 22.])
    """
    return binary(rows.add, input, other if alpha == 1 else other * alpha)


def sub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input - alpha * other, as torch.sub."""
    return binary(rows.sub, input, other if alpha == 1 else other * alpha)


def mul(input: Tensor, other: Tensor | Number) -> Tensor:
    """input * other, element by element, as torch.mul."""
    return binary(rows.mul, input, other)


def div(input: Tensor, other: Tensor | Number, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; with rounding_mode "trunc" rounded toward zero, with "floor" down. As torch.div.

    >>> torch.div(torch.tensor([7.0, -7.0]), 2, rounding_mode="floor")
    tensor([ 3., -4.])
    """
    if rounding_mode is None:
        return binary(rows.div, input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        if promotion.result_type(input, other).kind == "f":
            return unary(elementwise.trunc, binary(rows.div, input, other))
        down = floor_divide(input, other)
        return add(down, (down < 0) & (down * other != input))
    raise RuntimeError(f'div(): expected rounding_mode to be one of None, "trunc" or "floor", got {rounding_mode!r}')


def floor_divide(input: Tensor, other: Tensor | Number) -> Tensor:
    """input / other rounded down; the gradient is 0. As torch.floor_divide."""
    return binary(rows.floor_divide, input, other)


def remainder(input: Tensor, other: Tensor | Number) -> Tensor:
    """input - other * floor(input / other), with the sign of `other`; as torch.remainder and Python's %."""
    return binary(rows.remainder, input, other)


def pow(input: Tensor | Number, exponent: Tensor | Number) -> Tensor:
    """input to the power of `exponent`, as torch.pow. The gradient of x**0 is 0 everywhere, also at x = 0.

    >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
    tensor([1., 4., 9.])
    """
    return binary(rows.pow, input, exponent)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair of elements, as torch.maximum; a tie gives each half of the gradient."""
    return binary(rows.maximum, input, other)


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair of elements, as torch.minimum; a tie gives each half of the gradient."""
    return binary(rows.minimum, input, other)


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle in radians of the points (other, input), in [-pi, pi]; as torch.atan2."""
    return binary(rows.atan2, input, other)


def clamp(input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
    """Every element brought within [min, max]; on a bound the gradient still passes. As torch.clamp.

    >>> torch.clamp(torch.tensor([-2.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    if min is None and max is None:
        raise RuntimeError("clamp(): at least one of 'min' or 'max' must not be None")
    bounds = [bound for bound in (min, max) if bound is not None]
    if all(promotion.is_number(bound) for bound in bounds):
        dtype = promotion.result_type(input, *bounds)
        x = input if input.array.dtype == dtype else input.to(dtype)
        return record(elementwise.clamp, (x,), {"low": min, "high": max})
    y = input if min is None else where(input < min, min, input)
    return y if max is None else where(y > max, max, y)


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """`input` where `condition` holds, else `other`; with the condition alone, its true positions. As torch.where.

    The gradient of the branch that was not taken is 0, but it still runs through that branch: `where(x > 0,
    x.sqrt(), 0)` has the gradient nan below 0, as in PyTorch; clamp the argument of the branch first.

    >>> torch.where(torch.tensor([True, False]), torch.tensor([1.0, 2.0]), 0.0)
    tensor([1., 0.])
    """
    mask = condition.array if isinstance(condition, Variable) else np.asarray(condition)
    if input is None and other is None:
        return tuple(wrap(at) for at in np.nonzero(mask))
    if mask.dtype != bool:
        raise RuntimeError(f"where(): expected condition to be a boolean tensor, but got {mask.dtype}")
    operands = [wrap(x) if isinstance(x, np.ndarray) else x for x in (input, other)]
    dtype = promotion.result_type(*operands)
    a, b = [wrap(np.asarray(x, dtype)) if promotion.is_number(x) else x.to(dtype) for x in operands]
    return record(rows.select, (a, b), {"condition": mask})


# ---- comparison and logic: no gradient ------------------------------------------------------------------------------


def eq(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where the elements are equal, as torch.eq."""
    return binary(rows.eq, input, other)


def ne(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where the elements differ, as torch.ne."""
    return binary(rows.ne, input, other)


def lt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input < other, as torch.lt."""
    return binary(rows.lt, input, other)


def le(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input <= other, as torch.le."""
    return binary(rows.le, input, other)


def gt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input > other, as torch.gt."""
    return binary(rows.gt, input, other)


def ge(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input >= other, as torch.ge."""
    return binary(rows.ge, input, other)


def bitwise_and(input: Tensor, other: Tensor | Number) -> Tensor:
    """input & other of integers or booleans, as torch.bitwise_and."""
    _require_whole("bitwise_and", input, other)
    return binary(rows.bitwise_and, input, other)


def bitwise_or(input: Tensor, other: Tensor | Number) -> Tensor:
    """input | other of integers or booleans, as torch.bitwise_or."""
    _require_whole("bitwise_or", input, other)
    return binary(rows.bitwise_or, input, other)


def bitwise_xor(input: Tensor, other: Tensor | Number) -> Tensor:
    """input ^ other of integers or booleans, as torch.bitwise_xor."""
    _require_whole("bitwise_xor", input, other)
    return binary(rows.bitwise_xor, input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """~input of integers or booleans, as torch.bitwise_not."""
    _require_whole("bitwise_not", input)
    return unary(rows.bitwise_not, input)


def _require_whole(name: str, *operands: Any) -> None:
    for x in operands:
        if isinstance(x, float) or getattr(x, "dtype", np.dtype(bool)).kind == "f":
            raise RuntimeError(f"{name}(): not implemented for floating-point numbers; compare first, as in (x > 0)")


def isnan(input: Tensor) -> Tensor:
    """Where the elements are nan, as torch.isnan."""
    return unary(rows.isnan, input)


def isinf(input: Tensor) -> Tensor:
    """Where the elements are inf or -inf, as torch.isinf."""
    return unary(rows.isinf, input)


def isfinite(input: Tensor) -> Tensor:
    """Where the elements are neither nan nor infinite, as torch.isfinite."""
    return unary(rows.isfinite, input)


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol |other|, as torch.isclose."""
    return wrap(np.isclose(input.array, other.array, rtol, atol, equal_nan))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element `isclose`, as torch.allclose."""
    return bool(np.allclose(input.array, other.array, rtol, atol, equal_nan))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements, as torch.equal."""
    return np.array_equal(input.array, other.array)
