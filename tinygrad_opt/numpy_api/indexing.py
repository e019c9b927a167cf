"""np.take, np.sort, np.nonzero, np.searchsorted and their kin on Tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import functions as ops
from ..autograd.graph import wrap
from .registry import FUNCTIONS, as_tensor, flat_if_none, implements

if TYPE_CHECKING:
    from ..tensor import Tensor

FUNCTIONS |= {
    np.argwhere: lambda a: ops.argwhere(a),
    np.nonzero: lambda a: tuple([wrap(at) for at in np.nonzero(a.array)]),
    np.flatnonzero: lambda a: wrap(np.flatnonzero(a.array)),
    np.searchsorted: lambda a, v, side="left", sorter=None: wrap(
        np.searchsorted(
            as_tensor(a).array, as_tensor(v).array, side, None if sorter is None else as_tensor(sorter).array
        )
    ),
    np.digitize: lambda x, bins, right=False: wrap(
        np.asarray(np.digitize(as_tensor(x).array, as_tensor(bins).array, right))
    ),
    np.extract: lambda condition, arr: ops.ravel(as_tensor(arr))[ops.ravel(as_tensor(condition)) != 0],
    np.lexsort: lambda keys, axis=-1: wrap(np.lexsort([as_tensor(k).array for k in keys], axis)),
    np.argpartition: lambda a, kth, axis=-1, kind="introselect", order=None: wrap(
        np.argpartition(a.array, kth, axis, kind, order)
    ),
}


@implements(np.take)
def _take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Tensor:
    x, axis = flat_if_none(a, axis)
    at = as_tensor(indices).array
    if mode != "raise":
        n = x.array.shape[axis]
        at = at % n if mode == "wrap" else np.clip(at, 0, n - 1)
    return x[(slice(None),) * (axis % x.ndim) + (as_tensor(at),)]


@implements(np.take_along_axis)
def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Tensor:
    x, at = as_tensor(arr), as_tensor(indices)
    dim = 0 if axis is None else axis
    if axis is None:
        x = x.ravel()
    return ops.take_along_dim(x, wrap(np.where(at.array < 0, at.array + x.array.shape[dim], at.array)), dim)


@implements(np.compress)
def _compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Tensor:
    x, axis = flat_if_none(a, axis)
    return ops.index_select(x, axis, wrap(np.flatnonzero(as_tensor(condition).array)))


@implements(np.choose)
def _choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Tensor:
    if mode != "raise":
        raise TypeError(f"np.choose on a Tensor has mode 'raise' only, not {mode!r}")
    stacked = ops.stack(ops.broadcast_tensors(*[as_tensor(x) for x in choices]))
    at = np.broadcast_to(as_tensor(a).array, np.broadcast_shapes(as_tensor(a).array.shape, stacked.array.shape[1:]))
    return ops.take_along_dim(stacked, wrap(at[None]), 0)[0]


@implements(np.sort)
def _sort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> Tensor:
    x, axis = flat_if_none(a, axis, -1)
    return ops.sort(x, axis).values


@implements(np.argsort)
def _argsort(
    a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None
) -> Tensor:
    x, axis = flat_if_none(a, axis, -1)
    return ops.argsort(x, axis)


@implements(np.partition)
def _partition(a: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: None = None) -> Tensor:
    x, axis = flat_if_none(a, axis, -1)
    return ops.gather(x, axis, wrap(np.argpartition(x.array, kth, axis, kind)))


@implements(np.unique)
def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
) -> Any:
    """The sorted elements that differ; the gradient goes to the first of those that are equal."""
    unique: Any = np.unique  # whose annotations know its flags as literals only
    _, index, *rest = unique(ar.array, True, return_inverse, return_counts, axis, equal_nan=equal_nan)
    x, dim = flat_if_none(ar, axis)
    values = ops.index_select(x, dim, wrap(index))
    extra = [wrap(index)] * return_index + [wrap(np.asarray(r)) for r in rest]
    return (values, *extra) if extra else values
