"""Derivatives of arithmetic on two operands; a tie shares the gradient evenly, as in PyTorch."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..table import TABLE, derivative, primitive

# The table is read in columns.
# fmt: off
add          = derivative(np.add,          a=lambda g: g,                b=lambda g: g)
sub          = derivative(np.subtract,     a=lambda g: g,                b=lambda g: -g, name="sub")
mul          = derivative(np.multiply,     a=lambda g, b: g * b,         b=lambda g, a: g * a, name="mul")
div          = derivative(np.divide,       a=lambda g, b: g / b,
                                           b=lambda g, a, b: -g * (a / b / b), name="div", floating=True)
pow          = derivative(operator.pow,    a=lambda g, a, b: g * _power_base(a, b),
                                           b=lambda g, y, a, b: g * _power_exponent(y, a, b))
maximum      = derivative(np.maximum,      a=lambda g, a, b: g * _share(a, b), b=lambda g, a, b: g * _share(b, a))
minimum      = derivative(np.minimum,      a=lambda g, a, b: g * _share(b, a), b=lambda g, a, b: g * _share(a, b))
atan2        = derivative(np.arctan2,      a=lambda g, a, b: g * b * _inverse_square(a, b),
                                           b=lambda g, a, b: g * -a * _inverse_square(a, b),
                                           name="atan2", floating=True)
remainder    = derivative(np.remainder,    a=lambda g: g,                b=lambda g, a, b: -g * np.floor(a / b))
floor_divide = derivative(np.floor_divide, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g))

# Operations without a derivative have rows without rules.
eq = derivative(np.equal, name="eq")
ne = derivative(np.not_equal, name="ne")
lt = derivative(np.less, name="lt")
le = derivative(np.less_equal, name="le")
gt = derivative(np.greater, name="gt")
ge = derivative(np.greater_equal, name="ge")
bitwise_and = derivative(np.bitwise_and)
bitwise_or = derivative(np.bitwise_or)
bitwise_xor = derivative(np.bitwise_xor)
bitwise_not = derivative(np.invert, name="bitwise_not")
isnan = derivative(np.isnan)
isinf = derivative(np.isinf)
isfinite = derivative(np.isfinite)
# fmt: on

TABLE[np.power] = pow  # operator.pow is the same function, with NumPy's short cuts for squares and roots


def plain(x: Any) -> Any:
    """The array of a tensor, for what has no derivative: masks, counts, positions."""
    return getattr(x, "array", x)


@primitive(
    name="where",
    a=lambda g, condition: select(g, 0.0, condition=condition),
    b=lambda g, condition: select(0.0, g, condition=condition),
)
def select(a: Any, b: Any, condition: Any) -> Any:
    """`a` where `condition` holds, else `b`: np.where, with the operands that have derivatives first."""
    if type(a) is float:
        a = b.dtype.type(a)
    elif type(b) is float:
        b = a.dtype.type(b)
    return np.where(condition, a, b)


_BITS = {n: np.dtype(f"i{n}") for n in (2, 4, 8)}  # integers as wide as the floats of so many bytes


@primitive(x=lambda g, keep: masked(g, keep=keep))
def masked(x: Any, keep: Any) -> Any:
    """`x` where `keep` holds, else 0, be `x` infinite or nan: np.where(keep, x, 0) on the bits, twice as fast."""
    bits = _BITS[x.itemsize]
    return (x.view(bits) & -keep.view(np.int8).astype(bits)).view(x.dtype)


def _share(a: Any, b: Any) -> Any:
    """1 where a > b (or one is nan), 1/2 where they tie, 0 where a < b: constant wherever the derivative exists."""
    a, b = plain(a), plain(b)
    dtype = a.dtype if hasattr(a, "dtype") else b.dtype
    return 1 - ((a < b).astype(dtype) + (a <= b).astype(dtype)) * dtype.type(0.5)


def _inverse_square(a: Any, b: Any) -> Any:
    """1 / (a^2 + b^2), and 0 at the origin, where atan2 has no derivative."""
    square = a * a + b * b
    origin = plain(square) == 0
    return select(0.0, 1 / select(1.0, square, condition=origin), condition=origin)


def _power_base(a: Any, b: Any) -> Any:
    """b a^(b-1), and 0 where b is 0, also at a = 0."""
    if isinstance(b, int | float):
        return b * a ** (b - 1) if b != 0 else np.zeros_like(a)
    zero = plain(b) == 0
    return select(0.0, b * a ** select(1.0, b - 1, condition=zero), condition=zero)


def _power_exponent(y: Any, a: Any, b: Any) -> Any:
    """a^b log a, and 0 where a is 0 and b is not negative."""
    if isinstance(a, int | float):
        log = math.log(a) if a > 0 else -math.inf if a == 0 else math.nan
        return select(0.0, y * log, condition=plain(b) >= 0) if a == 0 else y * log
    zero = (plain(a) == 0) & (plain(b) >= 0)
    return select(0.0, y * np.log(select(1.0, a, condition=zero)), condition=zero)
