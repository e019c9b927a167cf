"""Derivatives of attention: the softmax of masked scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive


@primitive(
    name="safe_softmax",
    x=lambda g, y: _softmax_gradient(g, y),
    mask=lambda g, y: _softmax_gradient(g, y),  # the engine sums over what the mask was broadcast along
)
def masked_softmax(x: Any, mask: Any) -> Any:
    """softmax(x + mask) over the last axis; 0 throughout where all is masked by -inf, as in PyTorch's attention."""
    y = np.array(x) if mask is None else x + mask
    top = np.maximum.reduce(y, axis=-1, keepdims=True, initial=-np.inf)
    nothing = top == -np.inf
    y -= np.where(nothing, 0, top)
    np.exp(y, out=y)
    total = np.add.reduce(y, axis=-1, keepdims=True)
    y /= np.where(nothing, 1, total)
    return y


def _softmax_gradient(g: Any, y: Any) -> Any:
    return y * (g - (g * y).sum(axis=-1, keepdims=True))
