"""np.clip, np.round, np.isclose, np.interp and others that work element by element on Tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import creation
from .. import functions as ops
from .registry import FUNCTIONS, as_tensor, implements, promoted

if TYPE_CHECKING:
    from ..tensor import Tensor

FUNCTIONS |= {
    np.clip: lambda a, a_min=None, a_max=None, out=None, *, min=None, max=None: ops.clamp(
        a, a_min if min is None else min, a_max if max is None else max
    ),
    np.round: lambda a, decimals=0, out=None: ops.round(a, decimals=decimals),
    np.around: lambda a, decimals=0, out=None: ops.round(a, decimals=decimals),
    np.fix: lambda x, out=None: ops.trunc(x),
    np.sinc: lambda x: ops.sinc(x),
    np.nan_to_num: lambda x, copy=True, nan=0.0, posinf=None, neginf=None: ops.nan_to_num(x, nan, posinf, neginf),
    np.real: lambda val: val,
    np.isreal: lambda x: ops.isreal(x),
    np.isrealobj: lambda x: True,
    np.iscomplexobj: lambda x: False,
    np.isposinf: lambda x, out=None: ops.isposinf(x),
    np.isneginf: lambda x, out=None: ops.isneginf(x),
    np.array_equal: lambda a1, a2: ops.equal(as_tensor(a1), as_tensor(a2)),
    np.isin: lambda element, test_elements, assume_unique=False, invert=False: ops.isin(
        as_tensor(element), as_tensor(test_elements), assume_unique=assume_unique, invert=invert
    ),
}


@implements(np.isclose)
def _isclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    x, y = promoted([a, b])
    return ops.isclose(x, y, rtol, atol, equal_nan)


@implements(np.allclose)
def _allclose(a: Any, b: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    x, y = promoted([a, b])
    return ops.allclose(x, y, rtol, atol, equal_nan)


@implements(np.where)
def _where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    return ops.where(as_tensor(condition) != 0, x, y)


@implements(np.select)
def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Tensor:
    """The first choice whose condition holds, else `default`."""
    y = as_tensor(default)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        a, b = promoted([choice, y])
        y = ops.where(as_tensor(condition), a, b)
    return y


@implements(np.interp)
def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: None = None) -> Tensor:
    """Straight lines between the points (xp, fp), and fp's ends, or `left` and `right`, beyond them."""
    if period is not None:
        raise TypeError("np.interp on a Tensor does not take period=; wrap x and xp first")
    at, points, values = promoted([x, xp, fp])
    i = np.clip(np.searchsorted(points.array, at.array, side="right") - 1, 0, max(0, points.numel() - 2))
    low, high = as_tensor(i), as_tensor(np.minimum(i + 1, points.numel() - 1))
    slope = (values[high] - values[low]) / ops.where(low == high, 1.0, points[high] - points[low])
    y = values[low] + slope * (at - points[low])
    last, before = values[-1], values[0] if left is None else as_tensor(left).to(values.dtype)
    after = last if right is None else as_tensor(right).to(values.dtype)
    y = ops.where(at < points[0], before, ops.where(at == points[-1], last, y))
    result: Tensor = ops.where(at > points[-1], after, y)
    return result


@implements(np.polyval)
def _polyval(p: Any, x: Any) -> Tensor:
    """Horner's scheme: p[0] x^n + ... + p[n]."""
    coefficients, at = promoted([p, x])
    y = creation.zeros_like(at)
    for c in ops.unbind(coefficients):
        y = y * at + c
    return y


@implements(np.convolve)
def _convolve(a: Any, v: Any, mode: str = "full") -> Tensor:
    x, kernel = promoted([a, v])
    if kernel.numel() > x.numel():
        x, kernel = kernel, x
    return _slide(x, ops.flip(kernel, 0), mode, kernel.numel() - 1 - (kernel.numel() - 1) // 2)


@implements(np.correlate)
def _correlate(a: Any, v: Any, mode: str = "valid") -> Tensor:
    x, kernel = promoted([a, v])
    if kernel.numel() > x.numel():
        return ops.flip(_slide(kernel, x, mode, x.numel() // 2), 0)
    return _slide(x, kernel, mode, kernel.numel() // 2)


def _slide(x: Tensor, kernel: Tensor, mode: str, before: int) -> Tensor:
    """The inner products of the kernel with every window of `x`, which the mode surrounds with zeros."""
    k = kernel.numel()
    if x.ndim != 1 or kernel.ndim != 1 or not k:
        raise ValueError(f"np.convolve: two vectors are needed, not empty ones, got {x.shape} and {kernel.shape}")
    around = {"full": (k - 1, k - 1), "same": (before, k - 1 - before), "valid": (0, 0)}
    if mode not in around:
        raise ValueError(f"np.convolve: mode is 'full', 'same' or 'valid', not {mode!r}")
    return ops.matmul(ops.pad(x, around[mode]).unfold(0, k, 1), kernel)
