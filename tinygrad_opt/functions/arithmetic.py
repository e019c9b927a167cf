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
    "atan2",
    "clamp",
    "div",
    "floor_divide",
    "maximum",
    "minimum",
    "mul",
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
        return tuple(wrap(at) for at in np.nonzero(np.atleast_1d(mask)))
    if mask.dtype != bool:
        raise RuntimeError(f"where(): expected condition to be a boolean tensor, but got {mask.dtype}")
    operands = [wrap(x) if isinstance(x, np.ndarray) else x for x in (input, other)]
    dtype = promotion.result_type(*operands)
    a, b = [wrap(np.asarray(x, dtype)) if promotion.is_number(x) else x.to(dtype) for x in operands]
    return record(rows.select, (a, b), {"condition": mask})
