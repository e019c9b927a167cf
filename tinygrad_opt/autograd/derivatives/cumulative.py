"""Derivatives of what runs along an axis: running sums and products, recurrences, and differences."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain, select
from .shape import flip, pad


@primitive(x=lambda g, axis: flip(cumsum(flip(g, axes=(axis,)), axis=axis), axes=(axis,)))
def cumsum(x: Any, axis: int) -> Any:
    return np.add.accumulate(x, axis, x.dtype)  # NumPy's own choice widens integers


@primitive(x=lambda g, y, x, axis: _cumprod_gradient(g, y, x, axis))
def cumprod(x: Any, axis: int) -> Any:
    return np.multiply.accumulate(x, axis, x.dtype)


def _cumprod_gradient(g: Any, y: Any, x: Any, axis: int) -> Any:
    if plain(x).all():
        return flip(cumsum(flip(g * y, axes=(axis,)), axis=axis), axes=(axis,)) / x
    # With zeros nothing is divided: x[k] is a factor of y[k], y[k+1], ..., beside all that stands before it.
    return shifted(y, axis, 1, 1.0) * _backward_recurrence(shifted(x, axis, -1, 0.0), g, axis)


@primitive(x=lambda g, y, x, axis: _logcumsumexp_gradient(g, y, x, axis))
def logcumsumexp(x: Any, axis: int) -> Any:
    return np.logaddexp.accumulate(x, axis)


def _logcumsumexp_gradient(g: Any, y: Any, x: Any, axis: int) -> Any:
    ahead = shifted(y, axis, -1, math.inf)
    # y[k+1] grows with y[k] at the rate exp(y[k] - y[k+1]), never more than 1; not at all once it is infinite.
    rate = np.exp(select(-math.inf, y - ahead, condition=np.isinf(plain(ahead))))
    return np.exp(x - y) * _backward_recurrence(rate, g, axis)


def shifted(x: Any, axis: int, places: int, value: float) -> Any:
    """`x` moved along an axis by one place or more, with `value` coming in."""
    widths = [(0, 0)] * x.ndim
    widths[axis] = (places, -places)
    return pad(x, widths=tuple(widths), value=value)


def _backward_recurrence(factor: Any, x: Any, axis: int) -> Any:
    """y[k] = x[k] + factor[k] y[k+1]."""
    axes = (axis,)
    return flip(recurrence(flip(factor, axes=axes), flip(x, axes=axes), axis=axis), axes=axes)


@primitive(
    factor=lambda g, y, factor, axis: (
        _backward_recurrence(shifted(factor, axis, -1, 0.0), g, axis) * shifted(y, axis, 1, 0.0)
    ),
    x=lambda g, factor, axis: _backward_recurrence(shifted(factor, axis, -1, 0.0), g, axis),
)
def recurrence(factor: Any, x: Any, axis: int) -> Any:
    """y[k] = x[k] + factor[k] y[k-1] along an axis, with nothing before y[0]."""
    return np.moveaxis(_recur(np.moveaxis(factor, axis, -1), np.moveaxis(x, axis, -1)), -1, axis)


def _recur(factor: Any, x: Any) -> Any:
    """The recurrence along the last axis: in blocks side by side, then from block to block by the same means."""
    n = x.shape[-1]
    if n <= 32:
        y = np.array(x)
        for k in range(1, n):
            y[..., k] += _carried(factor[..., k], y[..., k - 1])
        return y
    width = math.isqrt(n)
    shape = (*x.shape[:-1], -(-n // width), width)
    factor, x = (_filled(a, shape) for a in (factor, x))
    y, product = np.empty_like(x), np.empty_like(x)  # of each block alone, and the factors from its start on
    y[..., 0], product[..., 0] = x[..., 0], factor[..., 0]
    for k in range(1, width):
        y[..., k] = x[..., k] + factor[..., k] * y[..., k - 1]
        product[..., k] = product[..., k - 1] * factor[..., k]
    carry = _recur(product[..., -1], y[..., -1])[..., :-1, None]
    y[..., 1:, :] += _carried(product[..., 1:, :], carry)
    return y.reshape((*shape[:-2], -1))[..., :n]


def _carried(factor: Any, y: Any) -> Any:
    """factor * y; of a zero nothing is carried on, though a product of factors may have become infinite."""
    return np.where((y == 0) & np.isinf(factor), y, factor * y)


def _filled(x: Any, shape: tuple[int, ...]) -> Any:
    """`x` with its last axis laid out in blocks, and zeros after its end."""
    y = np.zeros((*shape[:-2], shape[-2] * shape[-1]), x.dtype)
    y[..., : x.shape[-1]] = x
    return y.reshape(shape)


@primitive(name="diff", x=lambda g, axis, lag: difference_back(g, axis=axis, lag=lag))
def difference(x: Any, axis: int, lag: int) -> Any:
    """x[k + lag] - x[k] along an axis."""
    before, after = _ends(axis, lag)
    return x[after] - x[before]


@primitive(name="diff_backward", x=lambda g, axis, lag: difference(g, axis=axis, lag=lag))
def difference_back(x: Any, axis: int, lag: int) -> Any:
    """x[k - lag] - x[k] along an axis longer by `lag`, zeros standing where `x` has no element."""
    before, after = _ends(axis, lag)
    y = np.zeros([n + lag if i == axis else n for i, n in enumerate(x.shape)], x.dtype)
    y[after] = x
    y[before] -= x
    return y


def _ends(axis: int, lag: int) -> tuple[Any, Any]:
    """The keys of all elements but the last `lag` along an axis, and of all but the first."""
    lead = (slice(None),) * axis
    return (*lead, slice(None, -lag)), (*lead, slice(lag, None))
