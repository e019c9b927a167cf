"""Derivatives of arithmetic on two operands; a tie shares the gradient evenly, as in PyTorch."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
import operator
from functools import partial
from typing import Any

import numpy as np

from .. import table
from ..table import TABLE

derivative = partial(table.derivative, elementwise=True)
primitive = partial(table.primitive, elementwise=True)

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
fmax         = derivative(np.fmax,         a=lambda g, a, b: masked(g, keep=_first(np.greater_equal, a, b)),
                                           b=lambda g, a, b: masked(g, keep=~_first(np.greater_equal, a, b)))
fmin         = derivative(np.fmin,         a=lambda g, a, b: masked(g, keep=_first(np.less_equal, a, b)),
                                           b=lambda g, a, b: masked(g, keep=~_first(np.less_equal, a, b)))
hypot        = derivative(np.hypot,        a=lambda g, y, a: g * (a / y), b=lambda g, y, b: g * (b / y), floating=True)
copysign     = derivative(np.copysign,     a=lambda g, a, b: g * _turned(a, b), b=lambda g: np.zeros_like(g),
                                           floating=True)
remainder    = derivative(np.remainder,    a=lambda g: g,                b=lambda g, a, b: -g * np.floor(a / b))
fmod         = derivative(np.fmod,         a=lambda g: g,                b=lambda g, a, b: -g * np.trunc(a / b))
floor_divide = derivative(np.floor_divide, a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g))
# fmt: on

TABLE[np.power] = pow  # operator.pow is the same function, with NumPy's short cuts for squares and roots


@primitive(name="div", a=lambda g: np.zeros_like(g), b=lambda g: np.zeros_like(g))
def trunc_divide(a: Any, b: Any) -> Any:
    return np.trunc(a / b)


def plain(x: Any) -> Any:
    """The array of a tensor, for what has no derivative: masks, counts, positions."""
    return getattr(x, "array", x)


@primitive(
    name="where",
    a=lambda g, condition: masked(g, keep=condition),
    b=lambda g, condition: masked(g, keep=~condition),
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
    return (x.view(bits) & np.negative(keep.view(np.int8)).astype(bits)).view(x.dtype)


@primitive(
    name="addcmul",
    a=lambda g: g,
    b=lambda g, c, value: g * (c * value),
    c=lambda g, b, value: g * (b * value),
)
def add_product(a: Any, b: Any, c: Any, value: Any) -> Any:
    return a + b * c if value == 1 else a + value * (b * c)


@primitive(
    name="addcdiv",
    a=lambda g: g,
    b=lambda g, c, value: g * (value / c),
    c=lambda g, b, c, value: -g * (b * value / c / c),
)
def add_quotient(a: Any, b: Any, c: Any, value: Any) -> Any:
    return a + b / c if value == 1 else a + value * (b / c)


@primitive(
    a=lambda g, weight: g * (1 - weight),
    b=lambda g, weight: g * weight,
    weight=lambda g, a, b: g * (b - a),
)
def lerp(a: Any, b: Any, weight: Any) -> Any:
    """a + weight (b - a), from the nearer end: exact at both."""
    if isinstance(weight, float):
        return a + weight * (b - a) if abs(weight) < 0.5 else b + (weight - 1) * (b - a)
    far = np.abs(weight) >= 0.5
    nearer = masked(a, keep=~far) + masked(b, keep=far)
    return nearer + (weight - far.astype(weight.dtype)) * (b - a)


@primitive(x=lambda g: np.zeros_like(g), values=lambda g, x: masked(g, keep=plain(x) == 0))
def heaviside(x: Any, values: Any) -> Any:
    """0 below 0 (and for nan), 1 above, `values` at 0."""
    return np.where(x == 0, values, (x > 0).astype(x.dtype))


@primitive(x=lambda g: np.zeros_like(g), value=lambda g: g)
def fill(x: Any, value: Any) -> Any:
    return np.full_like(x, value)


def _first(beats: Any, a: Any, b: Any) -> Any:
    """Where fmax and fmin take `a`: the first of two that tie, and of two nan."""
    a, b = plain(a), plain(b)
    return beats(a, b) | (b != b)


def _turned(a: Any, b: Any) -> Any:
    """-1 where the sign of `a` is not that of `b`, 1 where it is, 0 where a is 0."""
    a, b = plain(a), plain(b)
    return np.sign(a) * np.copysign(a.dtype.type(1), b)


def _share(a: Any, b: Any) -> Any:
    """1 where a > b (or one is nan), 1/2 where they tie, 0 where a < b: constant wherever the derivative exists."""
    a, b = plain(a), plain(b)
    dtype = a.dtype if hasattr(a, "dtype") else b.dtype
    twice = 2 - ((a < b).view(np.int8) + (a <= b).view(np.int8))  # whole numbers of one byte are added fastest
    return twice.astype(dtype) * dtype.type(0.5)


def _inverse_square(a: Any, b: Any) -> Any:
    """1 / (a^2 + b^2), and 0 at the origin, where atan2 has no derivative."""
    square = a * a + b * b
    origin = plain(square) == 0
    if not origin.any():
        return 1 / square
    return select(0.0, 1 / select(1.0, square, condition=origin), condition=origin)


def _power_base(a: Any, b: Any) -> Any:
    """b a^(b-1), and 0 where b is 0, also at a = 0."""
    if isinstance(b, int | float):
        return b * (a if b == 2 else a ** (b - 1)) if b != 0 else np.zeros_like(a)
    zero = plain(b) == 0
    if not zero.any():
        return b * a ** (b - 1)
    return select(0.0, b * a ** select(1.0, b - 1, condition=zero), condition=zero)


def _power_exponent(y: Any, a: Any, b: Any) -> Any:
    """a^b log a, and 0 where a is 0 and b is not negative."""
    if isinstance(a, int | float):
        log = math.log(a) if a > 0 else -math.inf if a == 0 else math.nan
        return select(0.0, y * log, condition=plain(b) >= 0) if a == 0 else y * log
    zero = (plain(a) == 0) & (plain(b) >= 0)
    if not zero.any():
        return y * np.log(a)
    return select(0.0, y * np.log(select(1.0, a, condition=zero)), condition=zero)
