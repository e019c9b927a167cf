"""Reductions over all dimensions or some: `dim` is a number, several, or None; `keepdim` leaves ones in their place."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import nn as nn_rows
from ..autograd.derivatives import reduction as rows
from ..autograd.graph import wrap
from ..autograd.record import record
from .dims import Dims, all_dims, numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "log_softmax",
    "logsumexp",
    "mean",
    "norm",
    "prod",
    "softmax",
    "std",
    "sum",
    "var",
]


@numpy_names
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum over `dim`; of integers and booleans as int64. As torch.sum.

    >>> torch.sum(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=0)
    tensor([4., 6.])
    """
    x = _summable(input, dtype)
    return record(rows.sum, (x,), {"axes": all_dims("sum", dim, x.array.ndim), "keepdims": keepdim})


def _summable(x: Tensor, dtype: Any) -> Tensor:
    """`x` as `dtype`; without one, integers and booleans as int64."""
    if dtype is None and x.array.dtype.kind in "biu":
        dtype = np.int64
    return x if dtype is None else x.to(dtype)


@numpy_names
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over `dim`; nan where there is nothing. RuntimeError for integers. As torch.mean."""
    x = input if dtype is None else input.to(dtype)
    _require_floating("mean", x)
    return record(rows.mean, (x,), {"axes": all_dims("mean", dim, x.array.ndim), "keepdims": keepdim})


@numpy_names
def var(
    input: Tensor, dim: Dims = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The variance over `dim`, divided by n - correction (1 unless told; `unbiased=False`: 0). As torch.var.

    >>> torch.tensor([1.0, 2.0, 4.0]).var(correction=0)
    tensor(1.5556)
    """
    return record(rows.var, (input,), _spread_params("var", input, dim, unbiased, keepdim, correction))


@numpy_names
def std(
    input: Tensor, dim: Dims = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> Tensor:
    """The square root of `var`; where nothing varies its gradient is 0. As torch.std."""
    return record(rows.std, (input,), _spread_params("std", input, dim, unbiased, keepdim, correction))


def _spread_params(
    name: str, x: Tensor, dim: Dims, unbiased: bool, keepdim: bool, correction: float | None
) -> dict[str, Any]:
    _require_floating(name, x)
    if isinstance(dim, bool):  # torch.var(x, unbiased)
        return _spread_params(name, x, None, dim, keepdim, correction)
    if correction is None:
        correction = 1 if unbiased else 0
    axes = all_dims(name, dim, x.array.ndim)
    if rows.count(x.array.shape, axes) <= correction:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
            f"(input numel divided by output numel): it is {correction} for shape {tuple(x.shape)} and dim {dim}.",
            UserWarning,
            stacklevel=4,
        )
    return {"axes": axes, "correction": correction, "keepdims": keepdim}


def _require_floating(name: str, x: Tensor) -> None:
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(
            f"{name}(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {x.array.dtype}; write x.float().{name}()"
        )


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The product over `dim`; its gradient is right also where elements are zero. As torch.prod."""
    x = _summable(input, dtype)
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
    _require_elements(name, x, axes, IndexError if dim is not None and dim != () else RuntimeError)
    return {"axes": axes, "keepdims": keepdim}


def _require_elements(name: str, x: Tensor, axes: tuple[int, ...], error: type[Exception]) -> None:
    if x.array.size == 0 and 0 in [x.array.shape[i] for i in axes]:
        raise error(f"{name}(): Expected reduction dim to have non-zero size, got shape {tuple(x.shape)}")


@numpy_names
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true, or not zero, over `dim`. As torch.any."""
    return wrap(np.any(input.array, axis=all_dims("any", dim, input.array.ndim), keepdims=keepdim))


@numpy_names
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true, or not zero, over `dim`. As torch.all."""
    return wrap(np.all(input.array, axis=all_dims("all", dim, input.array.ndim), keepdims=keepdim))


@numpy_names
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log(sum(exp(x))) over `dim`, without overflow; -inf where all are -inf. As torch.logsumexp."""
    x = input if input.array.dtype.kind in "fc" else input.to(promotion.get_default_dtype())
    return record(rows.logsumexp, (x,), {"axes": all_dims("logsumexp", dim, x.array.ndim), "keepdims": keepdim})


@numpy_names
def softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """exp(x) / sum(exp(x)) over `dim`, for any finite x. As torch.softmax.

    >>> torch.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _along("softmax", nn_rows.softmax, input, dim, dtype)


@numpy_names
def log_softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """log(softmax(x)) over `dim`, computed without its overflow. As torch.log_softmax."""
    return _along("log_softmax", nn_rows.log_softmax, input, dim, dtype)


def _along(name: str, row: Any, x: Tensor, dim: int, dtype: Any) -> Tensor:
    if dtype is not None:
        x = x.to(dtype)
    axis = one_dim(name, dim, x.array.ndim)
    if x.array.dtype.kind != "f":
        raise RuntimeError(f"{name}(): not implemented for {x.array.dtype}; write x.float()")
    if x.array.ndim == 0:
        return record(row, (x.reshape(1),), {"axis": 0}).reshape(())
    return record(row, (x,), {"axis": axis}) if x.array.size else x.clone()


@numpy_names
def norm(input: Tensor, p: float | str = "fro", dim: Dims = None, keepdim: bool = False) -> Tensor:
    """(sum |x|^p)^(1/p) over `dim`; "fro" is p = 2. At a norm of 0 the gradient is 0. As torch.norm.

    >>> torch.tensor([3.0, 4.0]).norm()
    tensor(5.)
    """
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f'norm(): p must be a number or "fro", got {p!r}')
    _require_floating("norm", input)
    axes = all_dims("norm", dim, input.array.ndim)
    order = 2.0 if isinstance(p, str) else float(p)
    if math.isinf(order):
        _require_elements("norm", input, axes, RuntimeError)
    return record(rows.vector_norm, (input,), {"ord": order, "axes": axes, "keepdims": keepdim})
