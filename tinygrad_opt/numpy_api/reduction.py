"""np.sum, np.var, np.median, np.cumsum, np.diff and their kin on Tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import creation
from .. import functions as ops
from ..autograd.graph import wrap
from ..autograd.promotion import get_default_dtype
from .registry import FUNCTIONS, as_tensor, flat_if_none, grouped, implements

if TYPE_CHECKING:
    from ..tensor import Tensor


def _reducer(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, dtype=None, out=None, keepdims=False: ours(
        a if dtype is None else a.to(dtype), axis, bool(keepdims)
    )


def _extreme(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, out=None, keepdims=False: ours(a, axis, bool(keepdims))


def _floating(a: Any, dtype: Any = None) -> Tensor:
    """`a` as `dtype`; without one, integers and booleans as the default float dtype, which torch would refuse."""
    x = as_tensor(a)
    if dtype is None and x.dtype.kind in "biu":
        dtype = get_default_dtype()
    return x if dtype is None else x.to(dtype)


def _averager(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, dtype=None, out=None, keepdims=False: ours(_floating(a, dtype), axis, bool(keepdims))


def _spread(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None: ours(
        _floating(a, dtype),
        axis,
        keepdim=bool(keepdims),
        correction=ddof if correction is None else correction,
    )


def _position(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, out=None, *, keepdims=False: ours(a, axis, keepdims)


def _running(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def call(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Tensor:
        return ours(*flat_if_none(a, axis), dtype=dtype)

    return call


def _without_nan(ours: Callable[..., Tensor], instead: float) -> Callable[..., Tensor]:
    """`ours` where every nan counts as `instead`, which does not change the result."""
    return lambda a, *args, **kwargs: ours(ops.where(ops.isnan(a), instead, a), *args, **kwargs)


FUNCTIONS |= {
    np.sum: _reducer(ops.sum),
    np.mean: _averager(ops.mean),
    np.prod: _reducer(ops.prod),
    np.var: _spread(ops.var),
    np.std: _spread(ops.std),
    np.amax: _extreme(ops.amax),
    np.amin: _extreme(ops.amin),
    np.max: _extreme(ops.amax),
    np.min: _extreme(ops.amin),
    np.any: _extreme(ops.any),
    np.all: _extreme(ops.all),
    np.nansum: _reducer(ops.nansum),
    np.nanmean: _averager(ops.nanmean),
    np.nanprod: _without_nan(_reducer(ops.prod), 1.0),
    np.nanmax: _without_nan(_extreme(ops.amax), -math.inf),
    np.nanmin: _without_nan(_extreme(ops.amin), math.inf),
    np.nanargmax: _without_nan(_position(ops.argmax), -math.inf),
    np.nanargmin: _without_nan(_position(ops.argmin), math.inf),
    np.argmax: _position(ops.argmax),
    np.argmin: _position(ops.argmin),
    np.cumsum: _running(ops.cumsum),
    np.cumprod: _running(ops.cumprod),
    np.nancumsum: _without_nan(_running(ops.cumsum), 0.0),
    np.nancumprod: _without_nan(_running(ops.cumprod), 1.0),
    np.corrcoef: lambda x, y=None, rowvar=True: ops.corrcoef(_variables(x, y, rowvar)),
    np.ediff1d: lambda ary, to_end=None, to_begin=None: ops.cat(
        [ops.ravel(as_tensor(x)) for x in (to_begin, ops.diff(ops.ravel(ary)), to_end) if x is not None]
    ),
}
if hasattr(np, "cumulative_sum"):
    FUNCTIONS[np.cumulative_sum] = lambda x, /, *, axis=None, dtype=None, include_initial=False: _cumulative(
        ops.cumsum, 0.0, x, axis, dtype, include_initial
    )
    FUNCTIONS[np.cumulative_prod] = lambda x, /, *, axis=None, dtype=None, include_initial=False: _cumulative(
        ops.cumprod, 1.0, x, axis, dtype, include_initial
    )


def _cumulative(
    ours: Callable[..., Tensor], initial: float, x: Tensor, axis: int | None, dtype: Any, include_initial: bool
) -> Tensor:
    if axis is None:
        if x.ndim > 1:
            raise ValueError("np.cumulative_sum: axis must be given for tensors of more than one dimension")
        axis = 0
    y = ours(x, axis, dtype=dtype)
    if not include_initial:
        return y
    return ops.cat([creation.full_like(ops.narrow(y, axis, 0, 1), initial), y], axis)


@implements(np.ptp)
def _ptp(a: Any, axis: Any = None, out: None = None, keepdims: bool = False) -> Tensor:
    return ops.amax(a, axis, bool(keepdims)) - ops.amin(a, axis, bool(keepdims))


@implements(np.count_nonzero)
def _count_nonzero(a: Any, axis: Any = None, *, keepdims: bool = False) -> Tensor:
    return wrap(np.count_nonzero(as_tensor(a).array, axis=axis, keepdims=keepdims))


@implements(np.median)
def _median(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Tensor:
    """The middle of each row; of an even number the mean of the two in the middle, where torch takes the lower."""
    return _at_quantiles(ops.quantile, a, 0.5, axis, "linear", keepdims)


def _quantiles(ours: Callable[..., Tensor], whole: float) -> Callable[..., Tensor]:
    """The quantiles `q` of `whole`: 1 for fractions, 100 for percents."""
    return lambda a, q, axis=None, out=None, overwrite_input=False, method="linear", keepdims=False: _at_quantiles(
        ours, a, np.asarray(as_tensor(q).array) / whole, axis, method, keepdims
    )


FUNCTIONS |= {
    np.quantile: _quantiles(ops.quantile, 1),
    np.percentile: _quantiles(ops.quantile, 100),
    np.nanquantile: _quantiles(ops.nanquantile, 1),
    np.nanpercentile: _quantiles(ops.nanquantile, 100),
}


@implements(np.nanmedian)
def _nanmedian(
    a: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Tensor:
    return _at_quantiles(ops.nanquantile, a, 0.5, axis, "linear", keepdims)


def _at_quantiles(ours: Callable[..., Tensor], a: Any, q: Any, axis: Any, method: str, keepdims: bool) -> Tensor:
    x, back = grouped(_floating(a), axis, keepdims)
    at = np.asarray(as_tensor(q).array, x.array.dtype)
    results = [back(ours(x, float(p), -1, interpolation=method)) for p in at.ravel()]
    return results[0] if at.ndim == 0 else ops.reshape(ops.stack(results), (*at.shape, *results[0].shape))


@implements(np.nanvar)
def _nanvar(
    a: Tensor,
    axis: Any = None,
    dtype: Any = None,
    out: None = None,
    ddof: float = 0,
    keepdims: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    x = _floating(a, dtype)
    there = ops.logical_not(ops.isnan(x))
    n = ops.sum(there.to(x.dtype), axis, True)
    x = ops.where(there, x, 0.0)
    d = ops.where(there, x - ops.sum(x, axis, True) / n, 0.0)
    freedom = n - (ddof if correction is None else correction)
    y = ops.sum(d * d, axis, True) / freedom
    return grouped(y, axis, bool(keepdims))[1](y)


@implements(np.nanstd)
def _nanstd(a: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    return ops.sqrt(_nanvar(a, *args, **kwargs))


@implements(np.average)
def _average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    x = as_tensor(a)
    if weights is None:
        y = ops.mean(x, axis, bool(keepdims))
        total = creation.full_like(y, x.array.size / max(1, y.array.size))
    else:
        w = as_tensor(weights).to(x.dtype)
        if w.array.shape != x.array.shape:
            if not isinstance(axis, int) or w.ndim != 1:
                raise TypeError("np.average: 1D weights and an axis are needed where shapes of a and weights differ")
            w = ops.movedim(ops.broadcast_to(w, ops.movedim(x, axis, -1).shape), -1, axis)
        total = ops.sum(w, axis, bool(keepdims))
        y = ops.sum(x * w, axis, bool(keepdims)) / total
    return (y, total) if returned else y


@implements(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Tensor:
    x = as_tensor(a)
    if n == 0:
        return x
    edge = [*x.array.shape]
    edge[axis] = 1

    def given(end: Any) -> Any:
        if end is None:
            return None
        end = as_tensor(end).to(x.dtype)
        return ops.broadcast_to(end, edge) if end.ndim == 0 else end

    return ops.diff(x, n, axis, given(prepend), given(append))


@implements(np.gradient)
def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    x = as_tensor(f)
    dims = list(range(x.ndim)) if axis is None else [axis] if isinstance(axis, int) else list(axis)
    spacing = [as_tensor(h) for h in varargs] or [as_tensor(1.0)]
    spacing = spacing * len(dims) if len(spacing) == 1 else spacing
    if len(spacing) != len(dims):
        raise TypeError(f"np.gradient: {len(varargs)} spacings for {len(dims)} axes")
    results = [
        ops.gradient(x, spacing=h.item() if h.ndim == 0 else (h,), dim=(d,), edge_order=edge_order)[0]
        for h, d in zip(spacing, dims, strict=True)
    ]
    return results[0] if len(results) == 1 else tuple(results)


@implements(np.trapezoid)
def _trapezoid(y: Any, x: Any = None, dx: float = 1.0, axis: int = -1) -> Tensor:
    t = as_tensor(y)
    if x is None:
        return ops.trapezoid(t, dx=dx, dim=axis)
    at = as_tensor(x)
    if at.ndim == 1 and t.ndim > 1:
        return ops.trapezoid(ops.movedim(t, axis, -1), at, dim=-1)
    return ops.trapezoid(t, at, dim=axis)


@implements(np.cov)
def _cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: int | None = None,
    fweights: Any = None,
    aweights: Any = None,
) -> Tensor:
    return ops.cov(
        _variables(m, y, rowvar),
        correction=(0 if bias else 1) if ddof is None else ddof,
        fweights=None if fweights is None else as_tensor(fweights),
        aweights=None if aweights is None else as_tensor(aweights),
    )


def _variables(m: Any, y: Any, rowvar: bool) -> Tensor:
    """The variables as rows."""
    rows = [
        ops.atleast_2d(as_tensor(x)) if rowvar or as_tensor(x).ndim == 1 else as_tensor(x).T
        for x in (m, y)
        if x is not None
    ]
    return rows[0] if len(rows) == 1 else ops.cat(rows)
