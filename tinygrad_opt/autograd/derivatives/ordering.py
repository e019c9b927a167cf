"""Derivatives of what is picked out by its place in order: no element is read twice, so nothing has to be added up."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain
from .reduction import spread


@primitive(name="take_along_dim", x=lambda g, x_shape, index, axis: place(g, index=index, axis=axis, shape=x_shape))
def take(x: Any, index: Any, axis: int) -> Any:
    """y[i, j] = x[index[i, j], j] for axis 0, and so on; no element of `x` twice."""
    return np.take_along_axis(x, index, axis)


@primitive(name="scatter", x=lambda g, index, axis: take(g, index=index, axis=axis))
def place(x: Any, index: Any, axis: int, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with x[i, j] at [index[i, j], j] for axis 0, and so on."""
    y = np.zeros(shape, x.dtype)
    np.put_along_axis(y, index, x, axis)
    return y


# One of all elements, by its place in order. Those equal to it share the gradient evenly, and nan equals nan.


@primitive(name="max", x=lambda g, y, x: _shared(g, y, x))
def largest(x: Any) -> Any:
    return np.maximum.reduce(x, axis=None)


@primitive(name="min", x=lambda g, y, x: _shared(g, y, x))
def smallest(x: Any) -> Any:
    return np.minimum.reduce(x, axis=None)


@primitive(name="median", x=lambda g, y, x: _shared(g, y, x))
def middle(x: Any) -> Any:
    """The lower median; nan where anything is."""
    return _middle(x.ravel(), np.isnan(x).any())


@primitive(name="nanmedian", x=lambda g, y, x: _shared(g, y, x))
def middle_of_numbers(x: Any) -> Any:
    """The lower median of what is not nan."""
    absent = np.isnan(x)
    return _middle(x[~absent] if absent.any() else x.ravel(), False)


def _middle(x: Any, unknown: bool) -> Any:
    if unknown or x.size == 0:
        return np.full((), np.nan, x.dtype)
    k = (x.size - 1) // 2
    return np.partition(x, k)[k]


def _shared(g: Any, y: Any, x: Any) -> Any:
    at = np.flatnonzero(equal_to(plain(x), plain(y)))
    shares = spread(g / at.size, shape=at.shape)
    return place(shares, index=at, axis=0, shape=(math.prod(x.shape),)).reshape(x.shape)


def equal_to(x: Any, y: Any) -> Any:
    """Where `x` equals `y`, which is one of its elements; nan equals nan."""
    return (x == y) | (np.isnan(x) & np.isnan(y)) if np.isnan(y).any() else x == y
