"""Derivatives of reading rows of a table by number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive
from .indexing import getitem, scatter


@primitive(
    weight=lambda g, weight_shape, index, padding, by_count: _back_in_rows(g, weight_shape, index, padding, by_count)
)
def embedding(weight: Any, index: Any, padding: int | None, by_count: bool) -> Any:
    """The rows `index` of `weight`. Row `padding` gets no gradient; with `by_count` each gets the mean of its own."""
    return weight.take(index, 0)


def _back_in_rows(g: Any, shape: tuple[int, ...], index: Any, padding: int | None, by_count: bool) -> Any:
    if by_count:
        count = np.bincount(index.ravel(), minlength=shape[0])[index]
        g = g / count[..., None].astype(g.dtype)
    if padding is not None:
        kept = index != padding
        g, index = getitem(g, key=kept), index[kept]
    return scatter(g, keys=(index,), shape=shape)
