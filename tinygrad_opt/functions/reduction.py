"""Reductions over all dimensions or some: `dim` is a number, several, or None; `keepdim` leaves ones in their place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd import promotion
from ..autograd.derivatives import arithmetic as arithmetic_rows
from ..autograd.derivatives import nn as nn_rows
from ..autograd.derivatives import reduction as rows
from ..autograd.graph import wrap
from ..autograd.record import record
from .dims import Dims, all_dims, numpy_names, one_dim
from .shape import reshape, sizes

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "all",
    "amax",
    "amin",
    "aminmax",
    "any",
    "count_nonzero",
    "dist",
    "log_softmax",
    "logsumexp",
    "mean",
    "nansum",
    "norm",
    "prod",
    "softmax",
    "sum",
]


@numpy_names
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over `dim`; of integers and booleans as int64. As torch.sum.

    >>> torch.sum(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    x = summable(input, dtype)
    return record(rows.sum, (x,), {"axes": all_dims("sum", dim, x.array.ndim), "keepdims": keepdim})


def summable(x: Tensor, dtype: Any) -> Tensor:
    """`x` as `dtype`; without one, integers and booleans as int64."""
    if dtype is None and x.array.dtype.kind in "biu":
        dtype = np.int64
    return x if dtype is None else x.to(dtype)


@numpy_names
def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over `dim` of what is not nan. As torch.nansum.

    >>> torch.nansum(torch.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    return sum(without_nan(input), dim, keepdim, dtype=dtype)


def without_nan(x: Tensor) -> Tensor:
    """`x` with 0 for nan; no gradient flows to these."""
    if x.array.dtype.kind != "f":
        return x
    return record(arithmetic_rows.select, (0.0, x), {"condition": np.isnan(x.array)})


def sum_to_size(input: Tensor, size: Any, *more: Any) -> Tensor:
    """Summed to the shape `size`, from which it could have been broadcast. As torch.Tensor.sum_to_size."""
    wanted, shape = sizes(size, more), input.array.shape
    lead = len(shape) - len(wanted)
    if lead < 0 or [m for m, n in zip(wanted, shape[lead:], strict=True) if m not in (1, n)]:
        raise RuntimeError(f"sum_to_size(): size {list(wanted)} is not expandable to size {list(shape)}")
    if wanted == shape:
        return input
    axes = tuple([i for i, n in enumerate(shape) if i < lead or wanted[i - lead] != n])
    return reshape(sum(input, axes, True), wanted)


@numpy_names
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over `dim`; nan where there is nothing. RuntimeError for integers. As torch.mean."""
    x = input if dtype is None else input.to(dtype)
    require_floating("mean", x)
    return record(rows.mean, (x,), {"axes": all_dims("mean", dim, x.array.ndim), "keepdims": keepdim})


def require_floating(name: str, x: Tensor) -> None:
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {x.array.dtype}; write x.float().{name}()"
        )


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product over `dim`; its gradient is right also where elements are zero. As torch.prod."""
    x = summable(input, dtype)
    return record(rows.prod, (x,), {"axes": all_dims("prod", dim, x.array.ndim), "keepdims": keepdim})


@numpy_names
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest over `dim`; several that tie share the gradient evenly. As torch.amax."""
    return record(rows.amax, (input,), _extreme_params("amax", input, dim, keepdim))


@numpy_names
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest over `dim`; several that tie share the gradient evenly. As torch.amin."""
    return record(rows.amin, (input,), _extreme_params("amin", input, dim, keepdim))


def _extreme_params(name: str, x: Tensor, dim: Dims, keepdim: bool) -> dict[str, Any]:
    axes = all_dims(name, dim, x.array.ndim)
    require_elements(name, x, axes, IndexError if dim is not None and dim != () else RuntimeError)
    return {"axes": axes, "keepdims": keepdim}


def require_elements(name: str, x: Tensor, axes: tuple[int, ...], error: type[Exception]) -> None:
    if x.array.size == 0 and 0 in [x.array.shape[i] for i in axes]:
        raise error(f"{name}(): Expected reduction dim to have non-zero size, got shape {tuple(x.shape)}")


@numpy_names
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> return_types.aminmax:
    """`amin` and `amax` over one dimension or all, as `min` and `max`. As torch.aminmax."""
    params = _extreme_params("aminmax", input, dim, keepdim)
    return return_types.aminmax(record(rows.amin, (input,), params), record(rows.amax, (input,), params))


@numpy_names
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true, or not zero, over `dim`, if () over none; of uint8 as 0 or 1. As torch.any."""
    return _truth("any", np.any, input, dim, keepdim)


@numpy_names
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true, or not zero, over `dim`, if () over none; of uint8 as 0 or 1. As torch.all."""
    return _truth("all", np.all, input, dim, keepdim)


def _truth(name: str, fn: Any, x: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    axes = () if dim is not None and not isinstance(dim, int) and not dim else all_dims(name, dim, x.array.ndim)
    truth = fn(x.array, axis=axes, keepdims=keepdim)
    return wrap(truth.astype(np.uint8) if x.array.dtype == np.uint8 else truth)


@numpy_names
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """How many elements are not zero, over `dim`; nan is not. As torch.count_nonzero.

    >>> torch.count_nonzero(torch.tensor([[0.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([1, 2])
    """
    return wrap(np.asarray(np.count_nonzero(input.array, all_dims("count_nonzero", dim, input.array.ndim)), np.int64))


@numpy_names
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))) over `dim`, without overflow; -inf where all are -inf. As torch.logsumexp."""
    x = input if input.array.dtype.kind in "fc" else input.to(promotion.get_default_dtype())
    return record(rows.logsumexp, (x,), {"axes": all_dims("logsumexp", dim, x.array.ndim), "keepdims": keepdim})


@numpy_names
def softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """exp(x) / sum(exp(x)) over `dim`, for any finite x. As torch.softmax.

    >>> torch.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _along("softmax", nn_rows.softmax, input, dim, dtype)


@numpy_names
def log_softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """log(softmax(x)) over `dim`, computed without its overflow. As torch.log_softmax."""
    return _along("log_softmax", nn_rows.log_softmax, input, dim, dtype)


def _along(name: str, row: Any, x: Tensor, dim: int, dtype: Any) -> Tensor:
    if dtype is not None:
        x = x.to(dtype)
    axis = one_dim(name, dim, x.array.ndim)
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}(): not implemented for {x.array.dtype}; write x.float()")
    if x.array.ndim == 0:
        return record(row, (x.reshape(1),), {"axis": 0}).reshape(())
    return record(row, (x,), {"axis": axis}) if x.array.size else x.clone()


@numpy_names
def norm(
    input: Tensor, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """(sum |x|^p)^(1/p) over `dim`; "fro" is p = 2. At a norm of 0 the gradient is 0. As torch.norm.

    >>> torch.tensor([3.0, 4.0]).norm()
    tensor(5.)
    """
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f'norm(): p must be a number or "fro", got {p!r}; see linalg.matrix_norm() for "nuc"')
    require_floating("norm", input)
    if dtype is not None and promotion.promote_types(dtype, input.array.dtype) != np.dtype(dtype):
        raise RuntimeError(f"norm(): dtype {np.dtype(dtype)} would narrow the input of {input.array.dtype}")
    x = input if dtype is None else input.to(dtype)
    axes = all_dims("norm", dim, x.array.ndim)
    order = 2.0 if p is None or isinstance(p, str) else float(p)
    if math.isinf(order):
        require_elements("norm", x, axes, RuntimeError)
    return record(rows.vector_norm, (x,), {"ord": order, "axes": axes, "keepdims": keepdim})


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The `norm` of input - other. As torch.dist.

    >>> torch.dist(torch.tensor([1.0, 2.0]), torch.tensor([4.0, 6.0]))
    tensor(5.)
    """
    return norm(input - other, p)
