"""What runs along a dimension: sums, products and extremes of all the elements up to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.derivatives import cumulative as rows
from ..autograd.derivatives import indexing
from ..autograd.graph import wrap
from ..autograd.record import record
from .dims import numpy_names, one_dim
from .reduction import summable

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "logcumsumexp",
]


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum along `dim`, as torch.cumsum."""
    return _running("cumsum", rows.cumsum, summable(input, dtype), dim)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running product along `dim`; its gradient is right also where elements are zero. As torch.cumprod.

    >>> torch.cumprod(torch.tensor([2.0, 3.0, 4.0]), 0)
    tensor([ 2.,  6., 24.])
    """
    return _running("cumprod", rows.cumprod, summable(input, dtype), dim)


@numpy_names
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """The log of the running sum of exponentials along `dim`, without overflow. As torch.logcumsumexp."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"logcumsumexp(): not implemented for {input.array.dtype}; write x.float()")
    return _running("logcumsumexp", rows.logcumsumexp, input, dim)


def _running(name: str, row: Any, x: Tensor, dim: int) -> Tensor:
    axis = one_dim(name, dim, x.array.ndim)
    return record(row, (x,), {"axis": axis}) if x.array.ndim else x.clone()


@numpy_names
def cummax(input: Tensor, dim: int) -> return_types.cummax:
    """The largest `values` up to each element along `dim`, and the last `indices` where they stood. As torch.cummax.

    From the first nan on they are nan.

    >>> torch.cummax(torch.tensor([1.0, 3.0, 2.0]), 0).values
    tensor([1., 3., 3.])
    """
    return return_types.cummax(*_extremes("cummax", np.maximum, input, dim))


@numpy_names
def cummin(input: Tensor, dim: int) -> return_types.cummin:
    """The smallest `values` up to each element along `dim`, and the last `indices` where they stood. As torch.cummin.

    From the first nan on they are nan.
    """
    return return_types.cummin(*_extremes("cummin", np.minimum, input, dim))


def _extremes(name: str, fn: Any, input: Tensor, dim: int) -> tuple[Tensor, Tensor]:
    axis, x = one_dim(name, dim, input.array.ndim), input.array
    if x.ndim == 0:
        return input.clone(), wrap(np.zeros((), np.int64))
    new = x == fn.accumulate(x, axis)
    if x.dtype.kind == "f":
        new |= np.isnan(x)
    places = np.arange(x.shape[axis]).reshape([-1 if i == axis else 1 for i in range(x.ndim)])
    index = np.maximum.accumulate(new * places, axis)
    return record(indexing.gather, (input,), {"index": index, "axis": axis}), wrap(index)
