"""Derivatives of normalisation: a tensor less its mean, divided by its standard deviation, scaled and shifted.

With `centered` false nothing is subtracted, and the root of the mean square takes the deviation's place.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive
from .reduction import mean, var

Axes = tuple[int, ...]


@primitive(
    name="normalize",
    x=lambda g, x, weight, shift, scale, axes, eps: normalize_back(
        g if weight is None else g * weight, x, shift=shift, scale=scale, axes=axes, eps=eps
    ),
    weight=lambda g, x, shift, scale, axes, eps: (
        g * normalize(x, None, None, shift=shift, scale=scale, axes=axes, eps=eps)
    ),
    bias=lambda g: g,  # the engine sums both to their shapes
)
def normalize(x: Any, weight: Any, bias: Any, shift: Any, scale: Any, axes: Axes, eps: float) -> Any:
    """(x - shift) * scale * weight + bias; `shift` and `scale` must be those that `statistics` has for x and axes.

    They are given because they are computed once, for the way there, the way back and running averages; the
    derivatives know that they depend on x. `shift` is None where nothing is subtracted.
    """
    y = x * scale if shift is None else x - shift
    if shift is not None:
        y *= scale
    if weight is not None:
        y *= weight
    if bias is not None:
        y += bias
    return y


@primitive(
    name="normalize_backward",
    h=lambda g, x, shift, scale, axes, eps: normalize_back(g, x, shift=shift, scale=scale, axes=axes, eps=eps),
    x=lambda g, h, x, shift, scale, axes, eps: _second(g, h, x, shift, scale, axes, eps),
)
def normalize_back(h: Any, x: Any, shift: Any, scale: Any, axes: Axes, eps: float) -> Any:
    """What `normalize` passes back to x of `h`: scale * (h - mean(h) - u mean(h u)), with u = (x - shift) * scale."""
    u = normalize.fn(x, None, None, shift, scale, axes, eps)
    along = mean.fn(h * u, axes, True)
    y = np.multiply(u, along, out=u)
    np.subtract(h, y, out=y)
    if shift is not None:
        y -= mean.fn(h, axes, True)
    y *= scale
    return y


def _second(g: Any, h: Any, x: Any, shift: Any, scale: Any, axes: Axes, eps: float) -> Any:
    """The derivative in x of the sum of g * normalize_back(h, x), which is symmetric in g and h."""
    given = {"shift": shift, "scale": scale, "axes": axes, "eps": eps}
    u, s = normalize(x, None, None, **given), inverse_deviation(x, axes, eps, shift is not None)
    from_u = normalize_back(-s * (_mean(h * u, axes) * g + _mean(g * u, axes) * h), x, **given)
    return from_u - u * s * _mean(g * normalize_back(h, x, **given), axes)


def _mean(x: Any, axes: Axes) -> Any:
    return x.mean(axis=axes, keepdims=True)


def inverse_deviation(x: Any, axes: Axes, eps: float, centered: bool) -> Any:
    """1 / sqrt(variance + eps) over `axes`, or of the mean square."""
    square = var(x, axes=axes, correction=0, keepdims=True) if centered else mean(x * x, axes=axes, keepdims=True)
    return (square + eps) ** -0.5
