"""Derivatives of activations with bends; at a bend the gradient is PyTorch's, which is that of one of the two sides."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from .. import table
from .arithmetic import masked, plain, select

primitive = partial(table.primitive, elementwise=True)


@primitive(x=lambda g, x, low, high: masked(g, keep=_between(x, low, high)))
def hardtanh(x: Any, low: float, high: float) -> Any:
    """`x` within bounds, as clamp; but on a bound the gradient is 0."""
    return np.clip(x, low, high)


def _between(x: Any, low: float, high: float) -> Any:
    x = plain(x)
    return (x > low) & (x < high)


@primitive(x=lambda g, x: masked(g, keep=_between(x, -3, 3)) / 6)
def hardsigmoid(x: Any) -> Any:
    return np.clip(x + 3, 0, 6) / 6


@primitive(x=lambda g, x: g * _hardswish_slope(x))
def hardswish(x: Any) -> Any:
    return x * np.clip(x + 3, 0, 6) / 6


def _hardswish_slope(x: Any) -> Any:
    z = plain(x)
    return select(0.0, select(x / 3 + 0.5, 1.0, condition=z < 3), condition=z <= -3)


@primitive(x=lambda g, x, alpha, scale, rate: g * _elu_slope(x, alpha, scale, rate))
def elu(x: Any, alpha: float, scale: float, rate: float) -> Any:
    """scale x, and below 0 scale alpha (exp(rate x) - 1): ELU, CELU and SELU."""
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0) * rate) * alpha) * scale


def _elu_slope(x: Any, alpha: float, scale: float, rate: float) -> Any:
    z = plain(x)
    below = masked(x, keep=z < 0)
    return select(np.exp(below * rate) * (alpha * scale * rate), scale, condition=z <= 0)


@primitive(x=lambda g, x, threshold: masked(g, keep=~(plain(x) <= threshold)))
def threshold(x: Any, threshold: float, value: float) -> Any:
    return np.where(x <= threshold, x.dtype.type(value), x)


@primitive(x=lambda g, x, lambd: masked(g, keep=np.abs(plain(x)) > lambd))
def hardshrink(x: Any, lambd: float) -> Any:
    return masked.fn(x, ~(np.abs(x) <= lambd))


@primitive(x=lambda g, x, lambd: masked(g, keep=np.abs(plain(x)) > lambd))
def softshrink(x: Any, lambd: float) -> Any:
    return x - np.clip(x, -lambd, lambd)


@primitive(
    x=lambda g, x, weight: select(g, g * weight, condition=plain(x) > 0),
    weight=lambda g, x: masked(g * x, keep=~(plain(x) > 0)),
)
def prelu(x: Any, weight: Any) -> Any:
    return np.where(x > 0, x, x * weight)


@primitive(x=lambda g, x: g * _mish_slope(x))
def mish(x: Any) -> Any:
    """x tanh(log(1 + exp(x))): with e = exp(x) and n = e (e + 2), the tanh is n / (n + 2). It is 1 from 20 on."""
    e = np.exp(np.minimum(x, 20))
    n = e * (e + 2)
    return x * (n / (n + 2))


def _mish_slope(x: Any) -> Any:
    e = np.exp(np.minimum(x, 20))
    n = e * (e + 2)
    return n / (n + 2) + x * (4 * e * (e + 1)) / ((n + 2) * (n + 2))
