"""Derivatives of reading and writing parts of a tensor. Each is the other's way back, so every order exists.

A key is what NumPy understands: slices, numbers, None, Ellipsis, masks, integer arrays. Repeated positions add up in
`scatter` and `add_at`; in `setitem` the last write wins, and the values written before it get no gradient.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain, select

_LONG_ROW = 512  # elements from which on adding row by row is faster than all elements at once
_SHORT_ROW = 8  # and from which on rows that come once are better written whole


class Part:
    """The gradient of what `getitem` read from, before zeros are put around it: `gs[i]` belongs at `keys[i]`.

    So reading a tensor in n parts costs backward() one array of its size, not n. It has no shape and no dtype: the
    walk back sees that it does not fit as it is, and adds it to what is there with `add_to`, or makes it `whole`.
    With create_graph parts are collected, and put together by one operation.
    """

    __slots__ = ("gs", "keys", "whole_shape")
    shape = dtype = None

    def __init__(self, g: Any, key: Any, whole_shape: tuple[int, ...]) -> None:
        self.gs, self.keys, self.whole_shape = [g], [key], whole_shape

    def whole(self) -> Any:
        return scatter(*self.gs, keys=tuple(self.keys), shape=self.whole_shape)

    def add_to(self, total: Any) -> None:
        for g, key in zip(self.gs, self.keys, strict=True):
            _add_at(total, key, g)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Part):
            return self.whole() + other
        self.gs += other.gs
        self.keys += other.keys
        return self


@primitive(
    view=True,
    x=lambda g, x_shape, key: scatter(g, keys=(key,), shape=x_shape),
    part=lambda g, x_shape, key: Part(g, key, x_shape),
)
def getitem(x: Any, key: Any) -> Any:
    if type(key) is np.ndarray and key.dtype == np.intp and x.flags.c_contiguous and x.ndim:
        return x.take(key, 0)  # twice as fast
    y = x[key]
    if isinstance(y, np.ndarray):
        return y
    return x[(*key, ...) if isinstance(key, tuple) else (key, ...)]  # one element: a view of it, not a number


@primitive(variadic=True, xs=lambda g, i, keys: getitem(g, key=keys[i]))
def scatter(*xs: Any, keys: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with every one of `xs` added at its key."""
    y = np.zeros(shape, xs[0].dtype)
    _add_at(y, keys[0], xs[0], zeros=True)
    for x, key in zip(xs[1:], keys[1:], strict=True):
        _add_at(y, key, x)
    return y


@primitive(name="index_put", x=lambda g: g, v=lambda g, key: getitem(g, key=key))
def add_at(x: Any, v: Any, key: Any) -> Any:
    """A copy of `x` with `v` added at `key`."""
    y = np.array(x, order="C")
    _add_at(y, key, v)
    return y


def _add_at(y: Any, key: Any, x: Any, zeros: bool = False) -> None:
    """y[key] += x, where repeated positions add up; `y` is contiguous, and with `zeros` it is all zeros.

    np.add.at is fast for one flat index only, so every key is made one.
    """
    if is_basic(key):
        at = getitem.fn(y, key)
        np.copyto(at, x) if zeros else np.add(at, x, out=at)
    elif _reads_once(key):
        y[key] = x if zeros else y[key] + x
    elif isinstance(key, np.ndarray) and x.size and x.shape == key.shape + y.shape[1:]:
        _add_rows(y.reshape(len(y), -1), _counted_from_0(key.ravel(), len(y)), x.reshape(key.size, -1), zeros)
    else:
        at = positions(y.shape, key)
        np.add.at(y.reshape(-1), at.ravel(), np.broadcast_to(x, at.shape).ravel())


def _add_rows(rows: Any, index: Any, x: Any, zeros: bool) -> None:
    """rows[index[i]] += x[i], by what was measured to be the fastest way for the number of rows and their length."""
    (n, width), height = x.shape, len(rows)
    if width >= _LONG_ROW:
        for i, row in zip(index.tolist(), x, strict=True):
            np.add(rows[i], row, out=rows[i])
        return
    if width >= _SHORT_ROW and n <= height:  # most rows come once: write them, the last of each, and add the others
        others = np.flatnonzero(~_comes_last(index, height))
        rows[index] = x if zeros else rows[index] + x
        index, x = index[others], x[others]
    at = index if width == 1 else (index[:, None] * width + np.arange(width)).ravel()
    np.add.at(rows.reshape(-1), at, x.ravel())


def _counted_from_0(index: Any, n: int) -> Any:
    return np.where(index < 0, index + n, index) if index.size and index.min() < 0 else index


def positions(shape: tuple[int, ...], key: Any) -> Any:
    """Where in the flat array of `shape` each element that `key` reads lies."""
    parts = key if isinstance(key, tuple) else (key,)
    steps = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    at: Any = 0
    if len(parts) == len(shape) and all(isinstance(part, np.ndarray) and part.dtype != bool for part in parts):
        for part, n, step in zip(parts, shape, steps, strict=True):
            at = at + _counted_from_0(part, n) * step
        return at
    axis = _only_axis(key)
    for i, (n, step) in enumerate(zip(shape, steps, strict=True)):
        line = np.arange(n) * step
        if axis is None:  # what the key reads of an array that counts this axis, and repeats it
            at = at + np.broadcast_to(line.reshape((n,) + (1,) * (len(shape) - 1 - i)), shape)[key]
        else:
            line = line[parts[axis]] if i == axis else line
            after = len(shape) - 1 - i + (parts[axis].ndim - 1 if i < axis else 0)
            at = at + line.reshape(line.shape + (1,) * after)
    return at


def _only_axis(key: Any) -> int | None:
    """The axis whose positions a key reads, if it is one array of positions and all of the other axes."""
    *before, last = key if isinstance(key, tuple) else (key,)
    if not isinstance(last, np.ndarray) or last.dtype == bool:
        return None
    return len(before) if all(type(part) is slice and part == slice(None) for part in before) else None


def is_basic(key: Any) -> bool:
    """Whether a key reads every element at most once, as a view."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(k is None or k is Ellipsis or isinstance(k, slice) or type(k) is int for k in parts)


def _reads_once(key: Any) -> bool:
    """Whether a key, which may have masks, reads every element at most once."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(not isinstance(k, np.ndarray) or k.dtype == bool for k in parts)


@primitive(
    name="index_put",
    x=lambda g, key: setitem(g, 0.0, key=key),
    v=lambda g, key, x_shape: _written(g, key, x_shape),
)
def setitem(x: Any, v: Any, key: Any) -> Any:
    """A copy of `x` with `v` written at `key`."""
    y = np.array(x)
    write(y, key, v)
    return y


def write(y: Any, key: Any, v: Any) -> None:
    """y[key] = v, also where `v` has dimensions of size 1 before those of what is written, which NumPy may refuse."""
    if np.ndim(v) and v.size == 1:
        v = v.reshape(())
    elif np.ndim(v) > 1 and isinstance(key, np.ndarray) and key.dtype == bool and key.ndim == y.ndim:
        if v.size != v.shape[-1]:
            raise ValueError(f"a mask reads a vector, which is not written from shape {v.shape}")
        v = v.reshape(-1)
    y[key] = v


def _written(g: Any, key: Any, shape: tuple[int, ...]) -> Any:
    """The gradient at `key`, but 0 where a later write to the same place won."""
    gv = getitem(g, key=key)
    if _reads_once(key):
        return gv
    axis = _only_axis(key)
    if axis is None:
        won = _comes_last(positions(shape, key), math.prod(shape))
    else:
        index = key[axis] if isinstance(key, tuple) else key
        won = _comes_last(_counted_from_0(index, shape[axis]), shape[axis])
        won = won.reshape(won.shape + (1,) * (len(shape) - 1 - axis))
    return gv if won.all() else select(gv, 0.0, condition=won)


def _comes_last(index: Any, n: int) -> Any:
    """Which elements of `index`, numbers below n, do not come again."""
    number = np.arange(index.size).reshape(index.shape)
    last = np.empty(n, np.intp)
    last[index] = number
    return last[index] == number


@primitive(
    x=lambda g, x_shape, index, axis: scatter(
        g.reshape(-1), keys=(along(x_shape, index, axis).reshape(-1),), shape=(math.prod(x_shape),)
    ).reshape(x_shape)
)
def gather(x: Any, index: Any, axis: int) -> Any:
    """y[i, j] = x[index[i, j], j] for axis 0, and so on."""
    return x.reshape(-1).take(along(x.shape, index, axis))


def along(shape: tuple[int, ...], index: Any, axis: int) -> Any:
    """Where in the flat array of `shape` lies what `index` reads along `axis`, every other axis in step with it."""
    at = index * math.prod(shape[axis + 1 :])
    for i, n in enumerate(index.shape):
        if i != axis and shape[i] > 1:
            at = at + (np.arange(n) * math.prod(shape[i + 1 :])).reshape((n,) + (1,) * (index.ndim - 1 - i))
    return at


@primitive(
    name="scatter_reduce",
    x=lambda g, y, x, v, key, include_self: select(
        _share(g, y, x, v, key, include_self), 0.0, condition=_stays(plain(y), plain(x), key, include_self)
    ),
    v=lambda g, y, x, v, key, include_self: select(
        getitem(_share(g, y, x, v, key, include_self), key=key), 0.0, condition=plain(v) == plain(y)[key]
    ),
)
def extreme_at(x: Any, v: Any, key: Any, largest: bool, include_self: bool) -> Any:
    """`x` with the largest (or smallest) of what `v` has for a place, and perhaps of `x` itself, at `key`."""
    y = np.array(x, order="C")
    if not include_self:
        y[key] = _least(y.dtype, largest)
    at = positions(y.shape, key)
    with np.errstate(invalid="ignore"):  # a nan is passed on, about which maximum itself does not warn either
        (np.maximum if largest else np.minimum).at(y.reshape(-1), at.ravel(), v.ravel())
    return y


def _least(dtype: Any, largest: bool) -> Any:
    """What every number of the dtype is at least (at most) as large as."""
    if dtype.kind == "f":
        return -math.inf if largest else math.inf
    if dtype.kind == "b":
        return not largest
    return np.iinfo(dtype).min if largest else np.iinfo(dtype).max


def _stays(y: Any, x: Any, key: Any, include_self: bool) -> Any:
    """Where the result is the element of `x`."""
    same = x == y
    if not include_self:
        same[key] = False
    return same


def _share(g: Any, y: Any, x: Any, v: Any, key: Any, include_self: bool) -> Any:
    """What each gets of the gradient: elements that tie share it evenly, as in PyTorch."""
    y, x, v = plain(y), plain(x), plain(v)
    stays = np.asarray(_stays(y, x, key, include_self)).astype(y.dtype)
    return g / add_at.fn(stays, (v == y[key]).astype(y.dtype), key)
