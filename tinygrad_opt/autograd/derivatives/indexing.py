"""Derivatives of reading and writing parts of a tensor. Each is the other's way back, so every order exists.

A key is what NumPy understands: slices, numbers, None, Ellipsis, masks, integer arrays. Repeated positions add up in
`scatter`; in `setitem` the last write wins, and the values written before it get no gradient.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import select


@primitive(view=True, x=lambda g, x_shape, key: scatter(g, key=key, shape=x_shape))
def getitem(x: Any, key: Any) -> Any:
    y = x[key]
    if isinstance(y, np.ndarray):
        return y
    return x[(*key, ...) if isinstance(key, tuple) else (key, ...)]  # one element: a view of it, not a number


@primitive(x=lambda g, key: getitem(g, key=key))
def scatter(x: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with `x` added at `key`."""
    y = np.zeros(shape, x.dtype)
    if is_basic(key):
        y[key] = x
    elif isinstance(key, np.ndarray) and key.dtype != bool and x.size > 64:
        _add_rows(y, key, x)
    else:
        np.add.at(y, key, x)
    return y


def _add_rows(y: Any, index: Any, x: Any) -> None:
    """y[index] += x with repeats added up: rows sorted by index and summed in runs, faster than np.add.at."""
    index = np.where(index < 0, index + y.shape[0], index).ravel()
    order = np.argsort(index, kind="stable")
    index = index[order]
    starts = np.flatnonzero(np.concatenate([[True], index[1:] != index[:-1]]))
    rows = x.reshape(index.size, -1)[order]
    y.reshape(y.shape[0], -1)[index[starts]] = np.add.reduceat(rows, starts, axis=0)


def is_basic(key: Any) -> bool:
    """Whether a key reads every element at most once, as a view."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(k is None or k is Ellipsis or isinstance(k, slice) or type(k) is int for k in parts)


@primitive(
    name="index_put",
    x=lambda g, key: setitem(g, 0.0, key=key),
    v=lambda g, key, x_shape: _written(g, key, x_shape),
)
def setitem(x: Any, v: Any, key: Any) -> Any:
    """A copy of `x` with `v` written at `key`."""
    y = np.array(x)
    y[key] = v
    return y


def _written(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """The gradient at `key`, but 0 where a later write to the same place won."""
    gv = getitem(g, key=key)
    if is_basic(key):
        return gv
    writer = np.empty(shape, np.intp)
    number = np.arange(math.prod(gv.shape)).reshape(gv.shape)
    writer[key] = number
    won = writer[key] == number
    return gv if won.all() else select(gv, 0.0, condition=won)


@primitive(x=lambda g, x_shape, index, axis: scatter_add_zeros(g, index=index, axis=axis, shape=x_shape))
def gather(x: Any, index: Any, axis: int) -> Any:
    """y[i, j] = x[index[i, j], j] for axis 0, and so on."""
    return x[along(x.shape, index, axis)]


@primitive(name="scatter_add", x=lambda g, index, axis: gather(g, index=index, axis=axis))
def scatter_add_zeros(x: Any, index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with x[i, j] added at [index[i, j], j] for axis 0, and so on."""
    y = np.zeros(shape, x.dtype)
    np.add.at(y, along(shape, index, axis), x)
    return y


def along(shape: tuple[int, ...], index: Any, axis: int) -> tuple[Any, ...]:
    """The key that reads `index` along `axis` and every other axis in step with it."""
    grid = [np.arange(n).reshape((n,) + (1,) * (index.ndim - 1 - i)) for i, n in enumerate(index.shape)]
    grid[axis] = index
    return tuple(grid)
