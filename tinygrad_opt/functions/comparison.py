"""Comparison and logic, element by element: no gradient flows through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import arithmetic as rows
from ..autograd.graph import wrap
from ..autograd.record import binary, unary

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_not",
    "bitwise_or",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "logical_not",
    "lt",
    "ne",
]


Number = bool | int | float


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


def logical_not(input: Tensor) -> Tensor:
    """Where the elements are zero or False, as torch.logical_not."""
    return wrap(np.logical_not(input.array))
