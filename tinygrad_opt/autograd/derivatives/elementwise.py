"""Derivatives of functions of one number, applied to every element."""

# mypy: disable-error-code="has-type"
# (a rule may name a row that stands below it)

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from .. import table
from ..table import TABLE
from .arithmetic import masked, plain, select

derivative = partial(table.derivative, elementwise=True)
primitive = partial(table.primitive, elementwise=True)

_LN2, _LN10, _DEGREE = math.log(2), math.log(10), math.pi / 180

# The table is read in columns.
# fmt: off
neg        = derivative(np.negative,   x=lambda g: -g,                 name="neg")
abs        = derivative(np.absolute,   x=lambda g, x: g * sign(x),  name="abs")
floor      = derivative(np.floor,      x=lambda g: np.zeros_like(g))
ceil       = derivative(np.ceil,       x=lambda g: np.zeros_like(g))
trunc      = derivative(np.trunc,      x=lambda g: np.zeros_like(g))
round      = derivative(np.rint,       x=lambda g: np.zeros_like(g),   name="round")
square     = derivative(np.square,     x=lambda g, x: g * (2 * x),     name="pow")
sqrt       = derivative(np.sqrt,       x=lambda g, y: g / (2 * y),     floating=True)
reciprocal = derivative(np.reciprocal, x=lambda g, y: -g * (y * y),    floating=True)
exp        = derivative(np.exp,        x=lambda g, y: g * y,           floating=True)
expm1      = derivative(np.expm1,      x=lambda g, y: g * (y + 1),     floating=True)
exp2       = derivative(np.exp2,       x=lambda g, y: g * (y * _LN2),  floating=True)
log        = derivative(np.log,        x=lambda g, x: g / x,           floating=True)
log1p      = derivative(np.log1p,      x=lambda g, x: g / (x + 1),     floating=True)
log2       = derivative(np.log2,       x=lambda g, x: g / (x * _LN2),  floating=True)
log10      = derivative(np.log10,      x=lambda g, x: g / (x * _LN10), floating=True)
sin        = derivative(np.sin,        x=lambda g, x: g * np.cos(x),   floating=True)
cos        = derivative(np.cos,        x=lambda g, x: g * -np.sin(x),  floating=True)
tan        = derivative(np.tan,        x=lambda g, y: g * (1 + y * y), floating=True)
sinh       = derivative(np.sinh,       x=lambda g, x: g * np.cosh(x),  floating=True)
cosh       = derivative(np.cosh,       x=lambda g, x: g * np.sinh(x),  floating=True)
tanh       = derivative(np.tanh,       x=lambda g, y: g * (1 - y * y), floating=True)
asin       = derivative(np.arcsin,     x=lambda g, x: g / np.sqrt(1 - x * x), name="asin", floating=True)
acos       = derivative(np.arccos,     x=lambda g, x: -g / np.sqrt(1 - x * x), name="acos", floating=True)
atan       = derivative(np.arctan,     x=lambda g, x: g / (1 + x * x), name="atan", floating=True)
asinh      = derivative(np.arcsinh,    x=lambda g, x: g / np.sqrt(x * x + 1), name="asinh", floating=True)
acosh      = derivative(np.arccosh,    x=lambda g, x: g / np.sqrt(x * x - 1), name="acosh", floating=True)
atanh      = derivative(np.arctanh,    x=lambda g, x: g / (1 - x * x), name="atanh", floating=True)
deg2rad    = derivative(np.deg2rad,    x=lambda g: g * _DEGREE,        floating=True)
rad2deg    = derivative(np.rad2deg,    x=lambda g: g * (1 / _DEGREE),  floating=True)
# fmt: on


@primitive(name="clone", x=lambda g: g)
def same(x: Any) -> Any:
    return x.copy(order="K")


TABLE[np.positive] = same


@primitive(x=lambda g: np.zeros_like(g))
def sign(x: Any) -> Any:
    """-1, 0 or 1; np.sign, but 0 for nan, as in PyTorch."""
    return ((x > 0).view(np.int8) - (x < 0).view(np.int8)).astype(x.dtype)


TABLE[np.sign] = sign
TABLE[np.radians], TABLE[np.degrees] = deg2rad, rad2deg


@primitive(name="round", x=lambda g: np.zeros_like(g))
def round_to(x: Any, decimals: int) -> Any:
    return np.round(x, decimals)


@primitive(x=lambda g: g)
def frac(x: Any) -> Any:
    return x - np.trunc(x)


@primitive(x=lambda g, x: masked(g, keep=np.isfinite(plain(x))))
def nan_to_num(x: Any, nan: float, posinf: float | None, neginf: float | None) -> Any:
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


@primitive(floating=True, x=lambda g, y: g * (-0.5 * (y * y * y)))
def rsqrt(x: Any) -> Any:
    return 1 / np.sqrt(x)


@primitive(floating=True, x=lambda g, y: g * (y * (1 - y)))
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)): where exp overflows, the result is 0 as it should be."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


@primitive(x=lambda g, y: masked(g, keep=plain(y) != 0))  # y is nan or above 0
def relu(x: Any) -> Any:
    y = np.zeros(x.shape, x.dtype)
    return np.maximum(x, y, out=y)  # with an array of zeros, three times as fast as with the number


@primitive(floating=True, x=lambda g, x: g * sigmoid(-x))
def log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x))) without overflow on either side."""
    return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))


@primitive(x=lambda g, x, negative_slope: g * _slope(x, negative_slope))
def leaky_relu(x: Any, negative_slope: float) -> Any:
    return np.where(x > 0, x, x * negative_slope)


def _slope(x: Any, negative_slope: float) -> Any:
    x = plain(x)
    return np.where(x > 0, x.dtype.type(1), x.dtype.type(negative_slope))


@primitive(
    x=lambda g, x, low, high: masked(g, keep=_inside(x, low, high)),
    low=lambda g, x, low, high: masked(g, keep=_raised(x, low, high)),
    high=lambda g, x, low, high: masked(g, keep=_lowered(x, low, high)),
)
def clamp(x: Any, low: Any, high: Any) -> Any:
    """`x` within bounds, each an array, a number or None. The gradient of an element goes to the one that it is.

    On a bound that is x, and where the bounds cross it is `high`, as in PyTorch.
    """
    return np.clip(x, low, high)


def _inside(x: Any, low: Any, high: Any) -> Any:
    x, low, high = plain(x), plain(low), plain(high)
    return (x >= low) if high is None else (x <= high) if low is None else (x >= low) & (x <= high)


def _raised(x: Any, low: Any, high: Any) -> Any:
    x, low, high = plain(x), plain(low), plain(high)
    return (x < low) if high is None else (x < low) & (low < high)


def _lowered(x: Any, low: Any, high: Any) -> Any:
    x, low, high = plain(x), plain(low), plain(high)
    return (x > high) if low is None else (x > high) | (high < low)


@primitive(x=lambda g, x, beta, threshold: g * _softplus_slope(x, beta, threshold))
def softplus(x: Any, beta: float, threshold: float) -> Any:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above the threshold."""
    z = x * beta
    return np.where(z > threshold, x, np.log1p(np.exp(np.minimum(z, threshold))) * (1 / beta))


def _softplus_slope(x: Any, beta: float, threshold: float) -> Any:
    return select(1.0, sigmoid(x * beta), condition=plain(x) * beta > threshold)
