"""Derivatives of convolution: it, its way back to the input and its way back to the weight are each other's ways back.

Shapes are (images, channels, *size) and (channels out, channels in / groups, *kernel), of one to three axes of space.
Every window of the input becomes a column (im2col), so that all is one product of matrices. The columns are made for
as many images, or rows of one, as fit the cache: memory is that of the inputs and the result.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..table import primitive

Sizes = tuple[int, ...]
_COLUMNS = 2**18  # elements of the columns that are made at a time


@primitive(
    name="convolution",
    x=lambda g, x_shape, weight, stride, dilation, groups: convolve_back(
        g, weight, size=x_shape[2:], stride=stride, dilation=dilation, groups=groups
    ),
    weight=lambda g, x, weight_shape, stride, dilation, groups: correlate(
        g, x, kernel=weight_shape[2:], stride=stride, dilation=dilation, groups=groups
    ),
    bias=lambda g: g.sum(axis=(0, *range(2, g.ndim))),
)
def convolve(x: Any, weight: Any, bias: Any, stride: Sizes, dilation: Sizes, groups: int) -> Any:
    """Every window of `x` times `weight`, plus `bias`, without padding."""
    kernel, matrices = weight.shape[2:], _matrices(weight, groups)
    windows = _windows(x, kernel, stride, dilation)
    out = windows.shape[2 + len(kernel) :]
    y = np.empty((len(x), len(weight), *out), x.dtype)
    for images, rows in _blocks(windows.shape, len(kernel)):
        columns = _columns(windows, images, rows, groups, len(kernel))
        part = y[images, :, rows]
        part[...] = (matrices @ columns).reshape(part.shape)
    if bias is not None:
        y += bias.reshape((-1,) + (1,) * len(kernel))
    return y


@primitive(
    name="conv_transpose",
    z=lambda g, weight, stride, dilation, groups: convolve(
        g, weight, None, stride=stride, dilation=dilation, groups=groups
    ),
    weight=lambda g, z, weight_shape, stride, dilation, groups: correlate(
        z, g, kernel=weight_shape[2:], stride=stride, dilation=dilation, groups=groups
    ),
)
def convolve_back(z: Any, weight: Any, size: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Any:
    """Every element of `z` times `weight`, added where its window lies in images of `size`."""
    kernel, matrices = weight.shape[2:], _matrices(weight, groups)
    back = np.ascontiguousarray(matrices.swapaxes(-1, -2))
    x = np.zeros((len(z), weight.shape[1] * groups, *size), z.dtype)
    counted = (len(z), x.shape[1], *kernel, *z.shape[2:])
    for images, rows in _blocks(counted, len(kernel)):
        part = z[images, :, rows]
        columns = back @ part.reshape(len(part), groups, len(weight) // groups, -1)
        columns = columns.reshape(len(part), x.shape[1], *kernel, *part.shape[2:])
        _add_windows(x[images], columns, rows.start, stride, dilation)
    return x


@primitive(
    name="convolution_weight",
    z=lambda g, x, stride, dilation, groups: convolve(x, g, None, stride=stride, dilation=dilation, groups=groups),
    x=lambda g, z, x_shape, stride, dilation, groups: convolve_back(
        z, g, size=x_shape[2:], stride=stride, dilation=dilation, groups=groups
    ),
)
def correlate(z: Any, x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, groups: int) -> Any:
    """Every element of `z` times the window of `x` it belongs to, added up: a weight."""
    windows = _windows(x, kernel, stride, dilation)
    weight = np.zeros((groups, z.shape[1] // groups, x.shape[1] // groups * math.prod(kernel)), x.dtype)
    for images, rows in _blocks(windows.shape, len(kernel)):
        columns = _columns(windows, images, rows, groups, len(kernel))
        part = z[images, :, rows]
        part = part.reshape(len(part), groups, weight.shape[1], -1)
        weight += (part @ columns.swapaxes(-1, -2)).sum(0)
    return weight.reshape(z.shape[1], x.shape[1] // groups, *kernel)


@primitive(
    name="im2col",
    x=lambda g, x_shape, kernel, stride, dilation: images_of(
        g, size=x_shape[2:], kernel=kernel, stride=stride, dilation=dilation
    ),
)
def columns_of(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """The windows of every image as the columns of a matrix: (images, channels * kernel, windows)."""
    windows = _windows(x, kernel, stride, dilation).copy()
    height = x.shape[1] * math.prod(kernel)
    return windows.reshape(len(x), height, math.prod(windows.shape[2 + len(kernel) :]))


@primitive(
    name="col2im",
    x=lambda g, kernel, stride, dilation: columns_of(g, kernel=kernel, stride=stride, dilation=dilation),
)
def images_of(x: Any, size: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """Images of `size` with every column added where its window lies."""
    y = np.zeros((len(x), x.shape[1] // math.prod(kernel), *size), x.dtype)
    columns = x.reshape(*y.shape[:2], *kernel, *window_counts(size, kernel, stride, dilation))
    _add_windows(y, columns, 0, stride, dilation)
    return y


# ---- windows ---------------------------------------------------------------------------------------------------------


def window_counts(size: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Sizes:
    """How many windows there are along each axis; less than 1 where the kernel does not fit."""
    return tuple([(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)])


def _windows(x: Any, kernel: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """A view of `x` by channel, place in the window, and window: (images, channels, *kernel, *out)."""
    out = window_counts(x.shape[2:], kernel, stride, dilation)
    within = [step * d for step, d in zip(x.strides[2:], dilation, strict=True)]
    between = [step * s for step, s in zip(x.strides[2:], stride, strict=True)]
    return as_strided(x, (*x.shape[:2], *kernel, *out), (*x.strides[:2], *within, *between), writeable=False)


def _blocks(windows: Sizes, d: int) -> Iterator[tuple[slice, slice]]:
    """Images and rows of windows whose columns fit the cache together: many images, or rows of one."""
    images, rows = windows[0], windows[2 + d]
    at_once = max(1, _COLUMNS // max(1, math.prod(windows[1:]) // max(1, rows)))
    if at_once < rows:
        for i, row in product(range(images), range(0, rows, at_once)):
            yield slice(i, i + 1), slice(row, row + at_once)
    else:
        step = at_once // max(1, rows)
        for i in range(0, images, step):
            yield slice(i, i + step), slice(0, rows)


def _columns(windows: Any, images: slice, rows: slice, groups: int, d: int) -> Any:
    """(images, groups, channels of a group * kernel, windows)."""
    part = windows[(images, ..., rows, *[slice(None)] * (d - 1))]
    height = math.prod(part.shape[1 : 2 + d]) // groups
    return part.reshape(len(part), groups, height, math.prod(part.shape[2 + d :]))


def _matrices(weight: Any, groups: int) -> Any:
    """(groups, channels out of a group, channels in of a group * kernel)."""
    return weight.reshape(groups, len(weight) // groups, math.prod(weight.shape[1:]))


def _add_windows(x: Any, columns: Any, row: int, stride: Sizes, dilation: Sizes) -> None:
    """Add to the images `x` their windows (images, channels, *kernel, *out), the first of which lie in row `row`."""
    d = len(stride)
    kernel, out, first = columns.shape[2 : 2 + d], columns.shape[2 + d :], (row, 0, 0)
    for place in product(*map(range, kernel)):
        at = []
        for i, k in enumerate(place):
            start = k * dilation[i] + first[i] * stride[i]
            at.append(slice(start, start + (out[i] - 1) * stride[i] + 1, stride[i]))
        x[(..., *at)] += columns[(slice(None), slice(None), *place)]
