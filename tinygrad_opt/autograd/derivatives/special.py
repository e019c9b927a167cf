"""Derivatives of the error function's family, and of logarithms and quotients with a limit to be taken by hand."""

# mypy: disable-error-code="has-type"
# (a row may name itself in its way back)

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from ... import special
from .. import table
from .arithmetic import plain, select
from .elementwise import sigmoid

derivative = partial(table.derivative, elementwise=True)
primitive = partial(table.primitive, elementwise=True)

_LN2, _TWO_OVER_SQRT_PI = math.log(2), 2 / math.sqrt(math.pi)
_SQRT_HALF, _INV_SQRT_2PI = math.sqrt(0.5), 1 / math.sqrt(2 * math.pi)

# The table is read in columns.
# fmt: off
erf    = derivative(special.erf,    x=lambda g, x: g * (_TWO_OVER_SQRT_PI * np.exp(-(x * x))), floating=True)
erfc   = derivative(special.erfc,   x=lambda g, x: g * (-_TWO_OVER_SQRT_PI * np.exp(-(x * x))), floating=True)
erfinv = derivative(special.erfinv, x=lambda g, y: g * (np.exp(y * y) / _TWO_OVER_SQRT_PI), floating=True)
logaddexp  = derivative(np.logaddexp,  a=lambda g, a, b: g * sigmoid(a - b),
                                       b=lambda g, a, b: g * sigmoid(b - a), floating=True)
logaddexp2 = derivative(np.logaddexp2, a=lambda g, a, b: g * sigmoid((a - b) * _LN2),
                                       b=lambda g, a, b: g * sigmoid((b - a) * _LN2), floating=True)
sinc       = derivative(np.sinc,       x=lambda g, x: g * _sinc_slope(x), floating=True)
# fmt: on


def _sinc_slope(x: Any) -> Any:
    """(cos(pi x) - sinc(x)) / x; near 0, where that cancels, its series."""
    near = np.abs(plain(x)) < 0.03
    if not near.any():
        return (np.cos(x * math.pi) - sinc(x)) / x
    far = select(1.0, x, condition=near)
    t = x * x * math.pi**2
    series = x * (t * (1 / 30 - t * (1 / 840 - t / 45360)) - 1 / 3) * math.pi**2
    return select(series, (np.cos(far * math.pi) - sinc(far)) / far, condition=near)


@primitive(floating=True, a=lambda g, a, b: g * _log_beside(a, b), b=lambda g, a, b: g * (a / b))
def xlogy(a: Any, b: Any) -> Any:
    """a log b, and 0 where a is 0 and b is not nan."""
    absent = a == 0
    return a * np.log(np.where(absent & (b == b), b.dtype.type(1), b) if absent.any() else b)


def _log_beside(a: Any, b: Any) -> Any:
    """log b, and 0 where it is not finite and a is 0."""
    absent = (plain(a) == 0) & (plain(b) <= 0)
    return np.log(select(1.0, b, condition=absent) if absent.any() else b)


@primitive(floating=True, x=lambda g, x, eps: g * _logit_slope(x, eps))
def logit(x: Any, eps: float | None) -> Any:
    if eps is not None:
        x = np.minimum(np.maximum(x, eps), 1 - eps)
    return np.log(x / (1 - x))


def _logit_slope(x: Any, eps: float | None) -> Any:
    """1 / (x (1 - x)); beyond the bounds 0, or nan where there are none but 0 and 1."""
    low = 0 if eps is None else eps
    inside = (plain(x) >= low) & (plain(x) <= 1 - low)
    if inside.all():
        return 1 / (x * (1 - x))
    z = select(x, 0.5, condition=inside)
    return select(1 / (z * (1 - z)), math.nan if eps is None else 0.0, condition=inside)


@primitive(floating=True, x=lambda g, x: g * _gelu_slope(x))
def gelu(x: Any) -> Any:
    return 0.5 * x * (1 + special.erf(x * _SQRT_HALF))


def _gelu_slope(x: Any) -> Any:
    """Phi(x) + x phi(x): the normal distribution function and its density."""
    return 0.5 * (1 + erf(x * _SQRT_HALF)) + x * (_INV_SQRT_2PI * np.exp(x * x * -0.5))
