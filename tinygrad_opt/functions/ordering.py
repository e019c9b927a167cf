"""What stands where in order: extremes and their positions, sorting, the largest few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.derivatives import indexing as rows
from ..autograd.derivatives import reduction as reduction_rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .arithmetic import maximum, minimum
from .dims import all_dims, numpy_names, one_dim
from .reduction import _extreme_params, _require_elements

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "max",
    "min",
    "sort",
    "topk",
]


@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest of all; over one `dim` its `values` and `indices`; of two tensors, `maximum`. As torch.max.

    Over all, ties share the gradient evenly; over a dim only the element at the returned index gets it.

    >>> torch.max(torch.tensor([[1.0, 5.0], [7.0, 2.0]]), 1).indices
    tensor([1, 0])
    """
    if isinstance(dim, Variable):
        return maximum(input, dim)  # type: ignore[arg-type]  # a Variable that users hold is a Tensor
    if dim is None:
        return record(reduction_rows.amax, (input,), _extreme_params("max", input, None, keepdim))
    return return_types.max(*_at(input, _position("max", np.argmax, input, dim, True), dim, keepdim))


@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest of all; over one `dim` its `values` and `indices`; of two tensors, `minimum`. As torch.min."""
    if isinstance(dim, Variable):
        return minimum(input, dim)  # type: ignore[arg-type]
    if dim is None:
        return record(reduction_rows.amin, (input,), _extreme_params("min", input, None, keepdim))
    return return_types.min(*_at(input, _position("min", np.argmin, input, dim, True), dim, keepdim))


def _at(x: Tensor, indices: Tensor, dim: int, keepdim: bool) -> tuple[Tensor, Tensor]:
    """The elements of `x` at `indices` along `dim`, and these."""
    if x.array.ndim == 0:
        return x.clone(), indices
    axis = one_dim("max", dim, x.array.ndim)
    values = record(rows.gather, (x,), {"index": indices.array, "axis": axis})
    return (values, indices) if keepdim else (values.squeeze(axis), wrap(indices.array.squeeze(axis)))


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest stands, the first one of several; without `dim`, in the flattened tensor. As torch.argmax."""
    return _position("argmax", np.argmax, input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest stands, the first one of several; without `dim`, in the flattened tensor. As torch.argmin."""
    return _position("argmin", np.argmin, input, dim, keepdim)


def _position(name: str, fn: Any, x: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    axes = all_dims(name, dim, x.array.ndim)
    _require_elements(name, x, axes, IndexError)
    axis = None if dim is None or not axes else axes[0]
    return wrap(np.asarray(fn(x.array, axis=axis, keepdims=keepdim), np.int64))


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> return_types.sort:
    """`values` in order along `dim`, and the `indices` they came from; equal elements keep their order.

    As torch.sort.

    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0])).values
    tensor([1., 2., 3.])
    """
    if input.array.ndim == 0:
        return return_types.sort(input.clone(), wrap(np.zeros((), np.int64)))
    axis = one_dim("sort", dim, input.array.ndim)
    return return_types.sort(*_take(input, _order(input.array, axis, descending), axis))


def _order(x: Any, axis: int, descending: bool) -> Any:
    """The stable order of `x` along `axis`; descending too keeps equal elements in theirs."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backward = np.flip(x, axis)
    return np.flip(x.shape[axis] - 1 - np.argsort(backward, axis=axis, kind="stable"), axis)


def _take(x: Tensor, order: Any, axis: int) -> tuple[Tensor, Tensor]:
    return record(rows.gather, (x,), {"index": order, "axis": axis}), wrap(np.ascontiguousarray(order))


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The `indices` of `sort`, as torch.argsort."""
    return sort(input, dim, descending, stable).indices


@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> return_types.topk:
    """The `k` largest (or smallest) `values` along `dim`, the first the most so, and their `indices`; as torch.topk."""
    if input.array.ndim == 0:
        return return_types.topk(*sort(input))
    axis = one_dim("topk", dim, input.array.ndim)
    if not 0 <= k <= input.array.shape[axis]:
        raise RuntimeError(f"selected index k out of range: topk() of k = {k}, dim {dim} of shape {input.shape}")
    order = _order(input.array, axis, largest)[(slice(None),) * axis + (slice(k),)]
    return return_types.topk(*_take(input, order, axis))
