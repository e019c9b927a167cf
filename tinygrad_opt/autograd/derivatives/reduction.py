"""Derivatives of reductions: what a sum, a product, an extreme or a norm passes back to its elements."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain, select
from .cumulative import cumprod, shifted
from .shape import flip, permute

Axes = tuple[int, ...]  # the reduced axes, none negative
Flag = Any  # a bool, which NumPy's annotations of ufunc.reduce know only as a literal


def keep(g: Any, shape: tuple[int, ...], axes: Axes, keepdims: Flag) -> Any:
    """`g` with the reduced axes of `shape` put back as ones, so that it broadcasts against the input."""
    return g if keepdims else g.reshape([1 if i in axes else n for i, n in enumerate(shape)])


def count(shape: tuple[int, ...], axes: Axes) -> int:
    return math.prod([shape[i] for i in axes])


@primitive(view=True, x=lambda g: g)  # the engine sums a gradient to its input's shape
def spread(x: Any, shape: tuple[int, ...]) -> Any:
    """`x` repeated to `shape`, read-only: np.broadcast_to, several times as fast for contiguous arrays."""
    x = np.asarray(x, order="C")
    if x.size == 0:
        return np.broadcast_to(x, shape)
    lead = len(shape) - x.ndim
    steps = [0 if n == 1 else step for n, step in zip(x.shape, x.strides, strict=True)]
    return np.ndarray(shape, x.dtype, x, 0, (0,) * lead + tuple(steps))


@primitive(x=lambda g, x_shape, axes, keepdims: spread(keep(g, x_shape, axes, keepdims), shape=x_shape))
def sum(x: Any, axes: Axes, keepdims: Flag) -> Any:
    return np.add.reduce(x, axis=axes, dtype=x.dtype, keepdims=keepdims)  # NumPy's own choice widens integers


@primitive(
    x=lambda g, x_shape, axes, keepdims: spread(
        keep(g, x_shape, axes, keepdims) / max(1, count(x_shape, axes)), shape=x_shape
    )
)
def mean(x: Any, axes: Axes, keepdims: Flag) -> Any:
    n = count(x.shape, axes)
    return np.add.reduce(x, axis=axes, keepdims=keepdims) / (n if n else math.nan)


@primitive(
    x=lambda g, x, axes, correction, keepdims: keep(g, x.shape, axes, keepdims) * _deviation(x, axes, correction)
)
def var(x: Any, axes: Axes, correction: float, keepdims: Flag) -> Any:
    d = x - mean.fn(x, axes, True)
    freedom = max(0.0, count(x.shape, axes) - correction)
    squares = np.add.reduce(d * d, axis=axes, keepdims=keepdims)
    return squares / freedom if freedom else np.where(squares > 0, math.inf, math.nan).astype(x.dtype)


def _deviation(x: Any, axes: Axes, correction: float) -> Any:
    freedom = max(0.0, count(x.shape, axes) - correction)
    return (x - x.mean(axis=axes, keepdims=True)) * (2 / freedom if freedom else math.inf)


@primitive(x=lambda g, y, x, axes, correction, keepdims: _std_gradient(g, y, x, axes, correction, keepdims))
def std(x: Any, axes: Axes, correction: float, keepdims: Flag) -> Any:
    return np.sqrt(var.fn(x, axes, correction, keepdims))


def _std_gradient(g: Any, y: Any, x: Any, axes: Axes, correction: float, keepdims: Flag) -> Any:
    flat = plain(y) == 0  # no derivative where nothing varies: 0, as in PyTorch
    slope = select(0.0, g / (2 * select(1.0, y, condition=flat)), condition=flat)
    return keep(slope, x.shape, axes, keepdims) * _deviation(x, axes, correction)


@primitive(x=lambda g, y, x, axes, keepdims: _prod_gradient(g, y, x, axes, keepdims))
def prod(x: Any, axes: Axes, keepdims: Flag) -> Any:
    return np.multiply.reduce(x, axis=axes, dtype=x.dtype, keepdims=keepdims)


def _prod_gradient(g: Any, y: Any, x: Any, axes: Axes, keepdims: Flag) -> Any:
    size = np.abs(plain(y))
    if ((size >= np.finfo(size.dtype).tiny) & (size < math.inf)).all():
        return keep(g * y, x.shape, axes, keepdims) / x
    return keep(g, x.shape, axes, keepdims) * product_of_others(x, axes)


def product_of_others(x: Any, axes: Axes) -> Any:
    """For every element the product of those it was multiplied with, right also where there are zeros."""
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    there = rest + axes
    back = tuple(sorted(range(x.ndim), key=there.__getitem__))
    last = permute(x, axes=there)
    rows = last.reshape([x.shape[i] for i in rest] + [count(x.shape, axes)])
    at = rows.ndim - 1
    before = cumprod(shifted(rows, at, 1, 1.0), axis=at)
    after = flip(cumprod(shifted(flip(rows, axes=(at,)), at, 1, 1.0), axis=at), axes=(at,))
    return permute((before * after).reshape(last.shape), axes=back)


@primitive(x=lambda g, y, x, axes, keepdims: _to_extremes(g, y, x, axes, keepdims))
def amax(x: Any, axes: Axes, keepdims: Flag) -> Any:
    return np.maximum.reduce(x, axis=axes, keepdims=keepdims)


@primitive(x=lambda g, y, x, axes, keepdims: _to_extremes(g, y, x, axes, keepdims))
def amin(x: Any, axes: Axes, keepdims: Flag) -> Any:
    return np.minimum.reduce(x, axis=axes, keepdims=keepdims)


def _to_extremes(g: Any, y: Any, x: Any, axes: Axes, keepdims: Flag) -> Any:
    return _evenly(keep(g, x.shape, axes, keepdims), plain(x) == plain(keep(y, x.shape, axes, keepdims)), axes)


def _evenly(g: Any, chosen: Any, axes: Axes) -> Any:
    """`g` shared evenly among the chosen elements, as PyTorch does at ties."""
    return chosen * (g / np.count_nonzero(chosen, axes, keepdims=True).astype(g.dtype))


@primitive(
    floating=True,
    x=lambda g, y, x, axes, keepdims: keep(g, x.shape, axes, keepdims) * np.exp(x - keep(y, x.shape, axes, keepdims)),
)
def logsumexp(x: Any, axes: Axes, keepdims: Flag) -> Any:
    top = np.maximum.reduce(x, axis=axes, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    with np.errstate(divide="ignore"):  # log 0 is -inf, as it should be
        y = np.log(np.add.reduce(np.exp(x - top), axis=axes, keepdims=True)) + top
    return y if keepdims else y.reshape([n for i, n in enumerate(x.shape) if i not in axes])


@primitive(
    name="linalg_vector_norm",
    floating=True,
    x=lambda g, y, x, ord, axes, keepdims: _norm_gradient(
        keep(g, x.shape, axes, keepdims), keep(y, x.shape, axes, keepdims), x, ord, axes
    ),
)
def vector_norm(x: Any, ord: float, axes: Axes, keepdims: Flag) -> Any:
    """(sum |x|^ord)^(1/ord); the largest |x| for inf, the smallest for -inf, the number of non-zeros for 0."""
    if ord == 2:
        if len(axes) < x.ndim or keepdims:
            return np.sqrt(np.add.reduce(x * x, axis=axes, keepdims=keepdims))
        flat = x.ravel()
        return np.sqrt(flat.dot(flat))
    size = np.abs(x)
    if ord == math.inf:
        return np.maximum.reduce(size, axis=axes, keepdims=keepdims)
    if ord == -math.inf:
        return np.minimum.reduce(size, axis=axes, keepdims=keepdims)
    if ord == 0:
        return np.add.reduce(size != 0, axis=axes, keepdims=keepdims).astype(x.dtype)
    if ord == 1:
        return np.add.reduce(size, axis=axes, keepdims=keepdims)
    return np.add.reduce(size**ord, axis=axes, keepdims=keepdims) ** (1 / ord)


def _norm_gradient(g: Any, y: Any, x: Any, ord: float, axes: Axes) -> Any:
    """At a norm of 0, where there is none, the gradient is 0, as in PyTorch."""
    if ord == 0:
        return np.zeros_like(x)
    if ord == 1:
        return g * np.sign(x)
    if math.isinf(ord):
        return _evenly(g, np.abs(plain(x)) == plain(y), axes) * np.sign(x)
    zero = plain(y) == 0
    length = select(1.0, y, condition=zero)
    if ord == 2:
        return select(0.0, g / length, condition=zero) * x
    absent = plain(x) == 0
    direction = np.sign(x) * np.abs(select(1.0, x, condition=absent)) ** (ord - 1)
    return select(0.0, g / length ** (ord - 1), condition=zero) * direction
