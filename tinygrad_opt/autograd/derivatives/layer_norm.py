"""The derivative of layer normalisation."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive


@primitive(
    name="native_layer_norm",
    inputs=("x", "weight", "bias"),
    joint=lambda g, x, weight, count, eps: _layer_norm_gradients(g, x, weight, count, eps),
)
def layer_norm(x: Any, weight: Any, bias: Any, count: int, eps: float) -> Any:
    """(x - mean) / sqrt(variance + eps) over the last `count` axes, times `weight` and plus `bias` where there are."""
    y, _ = _normalised(x, count, eps)
    if weight is not None:
        y = y * weight
    return y if bias is None else y + bias


def _normalised(x: Any, count: int, eps: float) -> tuple[Any, Any]:
    """`x` normalised, and what it was multiplied by."""
    axes = tuple(range(-count, 0))
    d = x - x.mean(axis=axes, keepdims=True)
    scale = 1 / np.sqrt((d * d).mean(axis=axes, keepdims=True) + eps)
    return d * scale, scale


def _layer_norm_gradients(g: Any, x: Any, weight: Any, count: int, eps: float) -> tuple[Any, Any, Any]:
    y, scale = _normalised(x, count, eps)
    axes = tuple(range(-count, 0))
    gy = g if weight is None else g * weight
    dx = gy - gy.mean(axis=axes, keepdims=True) - y * (gy * y).mean(axis=axes, keepdims=True)
    return dx * scale, g * y, g  # the engine sums the gradients of weight and bias
