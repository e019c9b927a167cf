"""Derivatives of pooling: sums over windows, and where in its window the largest element stands.

Windows are boxes, so both go axis by axis: a window of k x k elements costs 2 k steps over the image, not k k.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import derivative, primitive


@primitive(
    name="window_sum",
    x=lambda g, x_shape, axis, size, step: window_spread(g, axis=axis, size=size, step=step, length=x_shape[axis]),
)
def window_sum(x: Any, axis: int, size: int, step: int) -> Any:
    """The sums of `size` elements along `axis`, one every `step`."""
    n = (x.shape[axis] - size) // step + 1
    y = x[_every(axis, 0, n, step)].copy()
    for k in range(1, size):
        y += x[_every(axis, k, n, step)]
    return y


@primitive(name="window_sum_backward", x=lambda g, axis, size, step: window_sum(g, axis=axis, size=size, step=step))
def window_spread(x: Any, axis: int, size: int, step: int, length: int) -> Any:
    """`length` elements along `axis`, with every element of `x` added to all of its window."""
    shape = list(x.shape)
    shape[axis] = length
    y = np.zeros(shape, x.dtype)
    for k in range(size):
        y[_every(axis, k, x.shape[axis], step)] += x
    return y


def _every(axis: int, start: int, n: int, step: int) -> tuple[Any, ...]:
    """The key of `n` elements along `axis`, from `start` on."""
    return (slice(None),) * axis + (slice(start, start + (n - 1) * step + 1, step),)


def _largest(x: Any, places: tuple[Any, ...]) -> Any:
    """Where in the flat image the largest element of every window stands: the first, or the last nan, as in PyTorch.

    `places` has a matrix for every axis of space, which says for each window (row) where along that axis it looks.
    """
    d = len(places)
    best, at = x, np.arange(math.prod(x.shape[-d:])).reshape(x.shape[-d:])
    with_nan = x.size and x.dtype.kind == "f" and np.isnan(np.maximum.reduce(x, axis=None))
    for axis, columns in zip(range(-1, -1 - d, -1), [matrix.T for matrix in reversed(places)], strict=True):
        y = _read(best, axis, columns[0]).copy()
        found = np.empty(y.shape, np.int64)
        found[...] = _read(at, axis, columns[0])
        for column in columns[1:]:
            other = _read(best, axis, column)
            wins = other > y
            if with_nan:
                wins |= other != other
            np.copyto(y, other, where=wins)
            np.copyto(found, _read(at, axis, column), where=wins)
        best, at = y, found
    return at


def _read(x: Any, axis: int, places: Any) -> Any:
    """`x` at some places along an axis; a view, where they are evenly spaced."""
    step = int(places[1] - places[0]) if len(places) > 1 else 1
    if step > 0 and (places[1:] - places[:-1] == step).all():
        start = int(places[0])
        return x[(..., slice(start, start + (len(places) - 1) * step + 1, step), *[slice(None)] * (-1 - axis))]
    return x.take(places, axis)


largest_in_windows = derivative(_largest, name="max_pool_indices")
