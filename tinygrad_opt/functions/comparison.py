"""Comparison and logic, element by element: no gradient flows through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import comparison as rows
from ..autograd.derivatives.arithmetic import plain
from ..autograd.graph import wrap
from ..autograd.record import binary, record, unary
from .arithmetic import require_tensors

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
    "signbit",
]

Number = bool | int | float


def eq(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where the elements are equal, as torch.eq."""
    require_tensors("eq", input)
    return binary(rows.eq, input, other)


def ne(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where the elements differ, as torch.ne."""
    require_tensors("ne", input)
    return binary(rows.ne, input, other)


def lt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input < other, as torch.lt."""
    require_tensors("lt", input)
    return binary(rows.lt, input, other)


def le(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input <= other, as torch.le."""
    require_tensors("le", input)
    return binary(rows.le, input, other)


def gt(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input > other, as torch.gt."""
    require_tensors("gt", input)
    return binary(rows.gt, input, other)


def ge(input: Tensor, other: Tensor | Number) -> Tensor:
    """Where input >= other, as torch.ge."""
    require_tensors("ge", input)
    return binary(rows.ge, input, other)


def bitwise_and(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input & other of integers or booleans, as torch.bitwise_and."""
    _require_whole("bitwise_and", input, other)
    return binary(rows.bitwise_and, input, other)


def bitwise_or(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input | other of integers or booleans, as torch.bitwise_or."""
    _require_whole("bitwise_or", input, other)
    return binary(rows.bitwise_or, input, other)


def bitwise_xor(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input ^ other of integers or booleans, as torch.bitwise_xor."""
    _require_whole("bitwise_xor", input, other)
    return binary(rows.bitwise_xor, input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """~input of integers or booleans, as torch.bitwise_not."""
    _require_whole("bitwise_not", input)
    return unary(rows.bitwise_not, input)


def bitwise_left_shift(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input << other of integers; 0 where `other` is negative or all bits are out. As torch.bitwise_left_shift.

    >>> torch.bitwise_left_shift(torch.tensor([1, 3]), 2)
    tensor([ 4, 12])
    """
    _require_whole("bitwise_left_shift", input, other)
    return _shifted(rows.bitwise_left_shift, input, other)


def bitwise_right_shift(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input >> other of integers; only the sign is left where `other` is negative. As torch.bitwise_right_shift."""
    _require_whole("bitwise_right_shift", input, other)
    return _shifted(rows.bitwise_right_shift, input, other)


def _shifted(op: Any, input: Any, other: Any) -> Tensor:
    y = binary(op, input, other)
    if promotion.result_type(input, other).kind == "b":  # NumPy makes int8 of booleans
        raise NotImplementedError(f"{op.name}(): not implemented for booleans; write .int()")
    return y


def _require_whole(name: str, *operands: Any) -> None:
    for x in operands:
        if isinstance(x, float) or getattr(x, "dtype", np.dtype(bool)).kind == "f":
            raise NotImplementedError(
                f"{name}(): not implemented for floating-point numbers; compare first, as in (x > 0)"
            )


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Where both are not zero, as torch.logical_and."""
    require_tensors("logical_and", input, other)
    return binary(rows.logical_and, input, other)


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Where at least one is not zero, as torch.logical_or."""
    require_tensors("logical_or", input, other)
    return binary(rows.logical_or, input, other)


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Where exactly one is not zero, as torch.logical_xor."""
    require_tensors("logical_xor", input, other)
    return binary(rows.logical_xor, input, other)


def logical_not(input: Tensor) -> Tensor:
    """Where the elements are zero or False, as torch.logical_not."""
    return unary(rows.logical_not, input)


def isnan(input: Tensor) -> Tensor:
    """Where the elements are nan, as torch.isnan."""
    return unary(rows.isnan, input)


def isinf(input: Tensor) -> Tensor:
    """Where the elements are inf or -inf, as torch.isinf."""
    return unary(rows.isinf, input)


def isposinf(input: Tensor) -> Tensor:
    """Where the elements are inf, as torch.isposinf."""
    return binary(rows.eq, input, np.inf)


def isneginf(input: Tensor) -> Tensor:
    """Where the elements are -inf, as torch.isneginf."""
    return binary(rows.eq, input, -np.inf)


def isfinite(input: Tensor) -> Tensor:
    """Where the elements are neither nan nor infinite, as torch.isfinite."""
    return unary(rows.isfinite, input)


def isreal(input: Tensor) -> Tensor:
    """True everywhere, as there are no complex tensors here. As torch.isreal."""
    require_tensors("isreal", input)
    return wrap(np.ones(input.shape, bool))


def signbit(input: Tensor) -> Tensor:
    """Where the elements are negative, -0 included; as torch.signbit."""
    require_tensors("signbit", input)
    return unary(rows.signbit, input) if input.dtype.kind == "f" else lt(input, 0)


def isin(
    elements: Tensor | Number,
    test_elements: Tensor | Number,
    *,
    assume_unique: bool = False,
    invert: bool = False,
) -> Tensor:
    """Which of `elements` are among `test_elements`, or are not with `invert`; as torch.isin.

    >>> torch.isin(torch.tensor([1, 2, 3]), torch.tensor([3, 1]))
    tensor([ True, False,  True])
    """
    pair = [plain(x) for x in (elements, test_elements)]
    if all(promotion.is_number(x) for x in pair) or not all(isinstance(x, np.ndarray | Number) for x in pair):
        kinds = " and ".join(type(x).__name__ for x in (elements, test_elements))
        raise TypeError(f"isin(): expected Tensors, or a Tensor and a number, got {kinds}")
    if any(np.asarray(x).dtype.kind == "b" for x in pair):
        raise RuntimeError("isin(): not implemented for booleans; write .int()")
    return wrap(np.isin(pair[0], pair[1], assume_unique=assume_unique, invert=invert))


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol |other|, as torch.isclose."""
    require_tensors("isclose", input, other)
    if input.dtype != other.dtype:
        raise RuntimeError(f"isclose(): both must have the same dtype, got {input.dtype} and {other.dtype}")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose(): rtol and atol must not be negative, got {rtol} and {atol}")
    return record(rows.isclose, (input, other), {"rtol": rtol, "atol": atol, "equal_nan": equal_nan})


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether every element `isclose`, as torch.allclose."""
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape and the same elements, as torch.equal."""
    require_tensors("equal", input, other)
    return np.array_equal(plain(input), plain(other))


# PyTorch's second names
greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
