"""Derivatives of operations that move elements without changing them; each row is the way back."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..table import primitive


@primitive(name="view", view=True, x=lambda g, x_shape: g.reshape(x_shape))
def reshape(x: Any, shape: tuple[int, ...]) -> Any:
    return x.reshape(shape)


@primitive(view=True, x=lambda g, axes: permute(g, axes=_inverse(axes)))
def permute(x: Any, axes: tuple[int, ...]) -> Any:
    return x.transpose(axes)


def _inverse(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


@primitive(view=True, x=lambda g: g)  # the engine sums a gradient to its input's shape
def expand(x: Any, shape: tuple[int, ...]) -> Any:
    y = np.broadcast_to(x, shape)
    if y.size == x.size:  # no element came to stand in two places, so it may be written to
        y.flags.writeable = x.flags.writeable
    return y


@primitive(name="to_copy", x=lambda g: g)  # the engine casts a gradient to its input's dtype
def cast(x: Any, dtype: Any) -> Any:
    return x.astype(dtype)


@primitive(variadic=True, xs=lambda g, i, xs_shape, axis: _part(g, i, xs_shape, axis))
def cat(*xs: Any, axis: int) -> Any:
    return np.concatenate(xs, axis)


def _part(g: Any, i: int, shapes: list[tuple[int, ...]], axis: int) -> Any:
    start = sum(shape[axis] for shape in shapes[:i])
    return g[(slice(None),) * axis + (slice(start, start + shapes[i][axis]),)]


@primitive(x=lambda g, axes: flip(g, axes=axes))
def flip(x: Any, axes: tuple[int, ...]) -> Any:
    return np.flip(x, axes).copy()


@primitive(x=lambda g, shifts, axes: roll(g, shifts=tuple(-n for n in shifts), axes=axes))
def roll(x: Any, shifts: tuple[int, ...], axes: tuple[int, ...]) -> Any:
    return np.roll(x, shifts, axes)


@primitive(name="repeat", x=lambda g, x_shape, repeats: _fold(g, x_shape, repeats))
def tile(x: Any, repeats: tuple[int, ...]) -> Any:
    """`x` laid out `repeats[i]` times along axis i; as many repeats as axes, or more."""
    return np.tile(x, repeats)


def _fold(g: Any, shape: tuple[int, ...], repeats: tuple[int, ...]) -> Any:
    """The copies of every element, added up."""
    shape = (1,) * (len(repeats) - len(shape)) + tuple(shape)
    pairs = [n for pair in zip(repeats, shape, strict=True) for n in pair]
    return g.reshape(pairs).sum(axis=tuple(range(0, len(pairs), 2)))


@primitive(x=lambda g, x_shape, times, axis: add_runs(g, shape=x_shape, times=times, axis=axis))
def repeat_interleave(x: Any, times: Any, axis: int) -> Any:
    """Every element along `axis` so many times in a row: a number, or an array of one for each position."""
    return np.repeat(x, times, axis)


@primitive(x=lambda g, times, axis: repeat_interleave(g, times=times, axis=axis))
def add_runs(x: Any, shape: tuple[int, ...], times: Any, axis: int) -> Any:
    """Every `times` neighbours along `axis` added up, which gives `shape`."""
    y = np.zeros(shape, x.dtype)
    if isinstance(times, np.ndarray):
        filled = times > 0
        if filled.any():
            starts = (np.cumsum(times) - times)[filled]
            y[(slice(None),) * axis + (filled,)] = np.add.reduceat(x, starts, axis)
        return y
    runs = x.reshape(*shape[: axis + 1], times, *shape[axis + 1 :])
    if times > 32:
        return runs.sum(axis + 1)
    for run in np.moveaxis(runs, axis + 1, 0):  # for a few, faster than NumPy's sum of short runs
        y += run
    return y


@primitive(variadic=True, xs=lambda g, i, xs_shape: g[_blocks(xs_shape)[i]])
def block_diag(*xs: Any) -> Any:
    """Zeros with the matrices `xs` along the diagonal."""
    y = np.zeros(np.sum([x.shape for x in xs], 0), xs[0].dtype)
    for x, at in zip(xs, _blocks([x.shape for x in xs]), strict=True):
        y[at] = x
    return y


def _blocks(shapes: list[tuple[int, int]]) -> list[tuple[slice, slice]]:
    """Where matrices of these shapes stand."""
    rows, columns = np.cumsum(shapes, 0).T.tolist()
    return [
        (slice(bottom - n, bottom), slice(right - m, right))
        for (n, m), bottom, right in zip(shapes, rows, columns, strict=True)
    ]


@primitive(
    name="constant_pad_nd",
    x=lambda g, widths: pad(g, widths=tuple([(-before, -after) for before, after in widths]), value=0.0),
)
def pad(x: Any, widths: tuple[tuple[int, int], ...], value: float) -> Any:
    """`x` with `widths[i]` elements of `value` before and after axis i; a negative width cuts."""
    y = np.full([n + before + after for n, (before, after) in zip(x.shape, widths, strict=True)], value, x.dtype)
    cut = tuple(
        [slice(max(0, -before), n - max(0, -after)) for n, (before, after) in zip(x.shape, widths, strict=True)]
    )
    inner = x[cut]
    y[
        tuple([slice(max(0, before), max(0, before) + n) for n, (before, _) in zip(inner.shape, widths, strict=True)])
    ] = inner
    return y


@primitive(x=lambda g, diagonal: tril(g, diagonal=diagonal))
def tril(x: Any, diagonal: int) -> Any:
    return np.tril(x, diagonal)


@primitive(x=lambda g, diagonal: triu(g, diagonal=diagonal))
def triu(x: Any, diagonal: int) -> Any:
    return np.triu(x, diagonal)


@primitive(
    view=True,
    x=lambda g, x_shape, offset, axis1, axis2: diag_embed(g, shape=x_shape, offset=offset, axis1=axis1, axis2=axis2),
)
def diagonal(x: Any, offset: int, axis1: int, axis2: int) -> Any:
    y = x.diagonal(offset, axis1, axis2)
    y.flags.writeable = x.flags.writeable  # NumPy hands out a view marked as read-only
    return y


@primitive(x=lambda g, offset, axis1, axis2: diagonal(g, offset=offset, axis1=axis1, axis2=axis2))
def diag_embed(x: Any, shape: tuple[int, ...], offset: int, axis1: int, axis2: int) -> Any:
    """Zeros of `shape` with `x` on the diagonal."""
    y = np.zeros(shape, x.dtype)
    diagonal.fn(y, offset, axis1, axis2)[...] = x
    return y


@primitive(
    x=lambda g, offset, axis1, axis2: diagonal_scatter(g, 0.0, offset=offset, axis1=axis1, axis2=axis2),
    v=lambda g, offset, axis1, axis2: diagonal(g, offset=offset, axis1=axis1, axis2=axis2),
)
def diagonal_scatter(x: Any, v: Any, offset: int, axis1: int, axis2: int) -> Any:
    """A copy of `x` with `v` on the diagonal."""
    y = np.array(x)
    diagonal.fn(y, offset, axis1, axis2)[...] = v
    return y


@primitive(view=True, x=lambda g, x_shape, axis, size, step: fold(g, shape=x_shape, axis=axis, size=size, step=step))
def unfold(x: Any, axis: int, size: int, step: int) -> Any:
    """The windows of `size` elements along `axis`, one every `step`; the place in a window is the last axis."""
    shape, strides = list(x.shape), list(x.strides)
    shape[axis] = (shape[axis] - size) // step + 1
    strides[axis] *= step
    apart = step >= size  # windows that overlap cannot be written to
    return as_strided(x, (*shape, size), (*strides, x.strides[axis]), writeable=apart and x.flags.writeable)


@primitive(x=lambda g, axis, size, step: unfold(g, axis=axis, size=size, step=step))
def fold(x: Any, shape: tuple[int, ...], axis: int, size: int, step: int) -> Any:
    """Zeros of `shape` with every window in `x` added at its place."""
    y = np.zeros(shape, x.dtype)
    if step >= size:
        unfold.fn(y, axis, size, step)[...] = x
        return y
    along, windows = np.moveaxis(y, axis, -1), np.moveaxis(x, axis, -2)
    n = windows.shape[-2]
    if n < size:
        for i in range(n):
            along[..., i * step : i * step + size] += windows[..., i, :]
    else:
        for k in range(size):  # the k-th elements of all windows lie apart
            along[..., k : k + n * step : step] += windows[..., k]
    return y


@primitive(name="clone", x=lambda g: g)
def contiguous(x: Any) -> Any:
    return np.ascontiguousarray(x)
