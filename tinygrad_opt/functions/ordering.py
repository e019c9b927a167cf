"""What stands where in order: extremes and their positions, sorting, the largest few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from .. import return_types
from ..autograd.derivatives import ordering as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .arithmetic import maximum, minimum
from .dims import all_dims, numpy_names, one_dim
from .reduction import require_elements
from .shape import squeeze

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "argmax",
    "argmin",
    "argsort",
    "kthvalue",
    "max",
    "min",
    "msort",
    "sort",
    "topk",
]


@numpy_names
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The largest of all; over one `dim` its `values` and `indices`; of two tensors, `maximum`. As torch.max.

    Over all, ties share the gradient evenly; over a dim only the element at the returned index gets it.

    >>> torch.max(torch.tensor([[1.0, 5.0], [7.0, 2.0]]), 1).indices
    tensor([1, 0])
    """
    if isinstance(dim, Variable) or other is not None:
        return maximum(input, dim if other is None else other)
    if dim is None:
        require_elements("max", input, tuple(range(input.array.ndim)), RuntimeError)
        return record(rows.largest, (input,), {})
    return return_types.max(*_first("max", np.argmax, input, dim, keepdim))


@numpy_names
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """The smallest of all; over one `dim` its `values` and `indices`; of two tensors, `minimum`. As torch.min."""
    if isinstance(dim, Variable) or other is not None:
        return minimum(input, dim if other is None else other)
    if dim is None:
        require_elements("min", input, tuple(range(input.array.ndim)), RuntimeError)
        return record(rows.smallest, (input,), {})
    return return_types.min(*_first("min", np.argmin, input, dim, keepdim))


def _first(name: str, fn: Any, x: Tensor, dim: int, keepdim: bool) -> tuple[Tensor, Tensor]:
    """The elements that `fn` finds along `dim`, and where they stand."""
    return picked(x, _position(name, fn, x, dim, True).array, one_dim(name, dim, x.array.ndim), keepdim)


def picked(x: Tensor, index: Any, axis: int, keepdim: bool) -> tuple[Tensor, Tensor]:
    """The elements of `x` at `index`, one for each row along `axis`, and where these are; a 0-d `x` is its own."""
    if x.array.ndim == 0:
        return x.clone(), wrap(np.zeros((), np.int64))
    values, indices = record(rows.take, (x,), {"index": index, "axis": axis}), wrap(index)
    return (values, indices) if keepdim else (squeeze(values, axis), wrap(index.squeeze(axis)))


@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest stands, the first one of several; without `dim`, in the flattened tensor. As torch.argmax."""
    return _position("argmax", np.argmax, input, dim, keepdim)


@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest stands, the first one of several; without `dim`, in the flattened tensor. As torch.argmin."""
    return _position("argmin", np.argmin, input, dim, keepdim)


def _position(name: str, fn: Any, x: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    if dim is not None and not isinstance(dim, SupportsIndex):
        raise TypeError(f"{name}(): dim must be an int, not {dim!r}")
    axes = all_dims(name, dim, x.array.ndim)
    require_elements(name, x, axes, IndexError)
    axis = None if dim is None or not axes else axes[0]
    return wrap(np.asarray(fn(x.array, axis=axis, keepdims=keepdim), np.int64))


@numpy_names
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> return_types.kthvalue:
    """The `k`-th smallest `values` over `dim`, counted from 1, and their `indices`; nan is the largest.

    As torch.kthvalue.

    >>> torch.kthvalue(torch.tensor([5.0, 1.0, 3.0]), 2).values
    tensor(3.)
    """
    if input.array.dtype == bool:
        raise NotImplementedError("kthvalue(): not implemented for bool; write x.int()")
    axis = one_dim("kthvalue", dim, input.array.ndim)
    require_elements("kthvalue", input, (axis,)[: input.array.ndim], IndexError)
    if not 1 <= k <= (input.array.shape[axis] if input.array.ndim else 1):
        raise RuntimeError(f"kthvalue(): selected number k = {k} out of range for dim {dim} of shape {input.shape}")
    position = nth(input.array, k - 1, axis) if input.array.ndim else 0
    return return_types.kthvalue(*picked(input, position, axis, keepdim))


def nth(x: Any, k: int, axis: int, first_nan: bool = False) -> Any:
    """Where along `axis` the first element stands that equals the k-th in order; or the first nan, if asked for."""
    values = np.partition(x, k, axis)[(slice(None),) * axis + (slice(k, k + 1),)]
    if first_nan:
        unknown = np.isnan(x).any(axis, keepdims=True)
        if unknown.any():
            values = np.where(unknown, x.dtype.type(np.nan), values)
    return rows.equal_to(x, values).argmax(axis, keepdims=True)


@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> return_types.sort:
    """`values` in order along `dim`, and the `indices` they came from; equal elements keep their order.

    A nan is larger than any number. As torch.sort.

    >>> torch.sort(torch.tensor([3.0, 1.0, 2.0])).values
    tensor([1., 2., 3.])
    """
    axis = one_dim("sort", dim, input.array.ndim)
    if input.array.ndim == 0:
        return return_types.sort(*picked(input, 0, 0, True))
    return return_types.sort(*picked(input, _order(input.array, axis, descending), axis, True))


def _order(x: Any, axis: int, descending: bool) -> Any:
    """The stable order of `x` along `axis`; descending too keeps equal elements in theirs."""
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backward = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return np.ascontiguousarray(np.flip(x.shape[axis] - 1 - backward, axis))


@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The `indices` of `sort`, as torch.argsort."""
    axis = one_dim("argsort", dim, input.array.ndim)
    return wrap(_order(input.array, axis, descending) if input.array.ndim else np.zeros((), np.int64))


def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension, as torch.msort."""
    return sort(input, 0).values


@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> return_types.topk:
    """The `k` largest (or smallest) `values` along `dim`, the first the most so, and their `indices`; as torch.topk.

    A nan is larger than any number. With sorted=False they come in any order.

    >>> torch.topk(torch.tensor([1.0, 4.0, 2.0, 3.0]), 2).values
    tensor([4., 3.])
    """
    x = input.array
    if x.dtype == bool:
        raise RuntimeError("topk(): not implemented for bool; write x.int()")
    axis = one_dim("topk", dim, x.ndim)
    n = x.shape[axis] if x.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(f"selected index k out of range: topk() of k = {k}, dim {dim} of shape {input.shape}")
    if x.ndim == 0:
        return return_types.topk(*picked(input, 0, 0, True))
    if 0 < k < n:
        few = slice(n - k, None) if largest else slice(k)
        index = np.argpartition(x, n - k if largest else k - 1, axis)[(slice(None),) * axis + (few,)]
        if sorted:
            order = _order(np.take_along_axis(x, index, axis), axis, largest)
            index = np.take_along_axis(index, order, axis)
    else:
        index = _order(x, axis, largest)[(slice(None),) * axis + (slice(k),)]
    return return_types.topk(*picked(input, np.ascontiguousarray(index), axis, True))
