"""How values spread and where their middle lies: variance, median, mode, quantiles, covariance."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.derivatives import indexing, nn, ordering
from ..autograd.derivatives import reduction as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .arithmetic import clamp, where
from .diagonals import diagonal
from .dims import Dims, all_dims, numpy_names, one_dim
from .elementwise import sqrt
from .ordering import nth, picked
from .reduction import mean, require_elements, require_floating, without_nan
from .reduction import sum as sum_of
from .shape import movedim, reshape, squeeze, unsqueeze

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "corrcoef",
    "cov",
    "median",
    "mode",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "quantile",
    "std",
    "std_mean",
    "var",
    "var_mean",
]


@numpy_names
def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean over `dim` of what is not nan; where all are nan it is nan, with a gradient of 0. As torch.nanmean."""
    require_floating("nanmean", input)
    axes = all_dims("nanmean", dim, input.array.ndim)
    there = sum_of(wrap(~np.isnan(input.array)), axes, keepdim)
    return sum_of(without_nan(input), axes, keepdim, dtype=dtype) / there


# ---- spread ----------------------------------------------------------------------------------------------------------


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


@numpy_names
def var_mean(
    input: Tensor, dim: Dims = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """`var` and `mean` over `dim`. As torch.var_mean."""
    params = _spread_params("var_mean", input, dim, unbiased, keepdim, correction)
    return record(rows.var, (input,), params), mean(input, params["axes"], params["keepdims"])


@numpy_names
def std_mean(
    input: Tensor, dim: Dims = None, unbiased: bool = True, keepdim: bool = False, *, correction: float | None = None
) -> tuple[Tensor, Tensor]:
    """`std` and `mean` over `dim`. As torch.std_mean."""
    params = _spread_params("std_mean", input, dim, unbiased, keepdim, correction)
    return record(rows.std, (input,), params), mean(input, params["axes"], params["keepdims"])


def _spread_params(
    name: str, x: Tensor, dim: Dims, unbiased: bool, keepdim: bool, correction: float | None
) -> dict[str, Any]:
    require_floating(name, x)
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


# ---- the middle ------------------------------------------------------------------------------------------------------


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median of all, nan where one is; over a `dim` its `values` and `indices`. As torch.median.

    Over all, elements that equal it share the gradient evenly; over a dim only the one at the returned index gets it.

    >>> torch.median(torch.tensor([4.0, 1.0, 3.0, 2.0]))
    tensor(2.)
    """
    _require_numbers("median", input)
    if dim is None:
        return record(ordering.middle, (input,), {})
    axis = _axis("median", input, dim)
    position = nth(input.array, (input.array.shape[axis] - 1) // 2, axis, first_nan=True) if input.array.ndim else 0
    return return_types.median(*picked(input, position, axis, keepdim))


@numpy_names
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The `median` of what is not nan; nan where there is nothing else. As torch.nanmedian."""
    _require_numbers("nanmedian", input)
    if dim is None:
        return record(ordering.middle_of_numbers, (input,), {})
    axis = _axis("nanmedian", input, dim)
    x = input.array
    if x.ndim == 0:
        return return_types.nanmedian(*picked(input, 0, axis, keepdim))
    numbers = x.shape[axis] - np.add.reduce(np.isnan(x), axis=axis, keepdims=True, dtype=np.int64)
    values = np.take_along_axis(np.sort(x, axis), np.maximum(numbers - 1, 0) // 2, axis)
    position = ordering.equal_to(x, values).argmax(axis, keepdims=True)
    return return_types.nanmedian(*picked(input, position, axis, keepdim))


def _axis(name: str, x: Tensor, dim: int) -> int:
    axis = one_dim(name, dim, x.array.ndim)
    require_elements(name, x, (axis,)[: x.array.ndim], IndexError)
    return axis


def _require_numbers(name: str, x: Tensor) -> None:
    if x.array.dtype == bool:
        raise NotImplementedError(f"{name}(): not implemented for bool; write x.int().{name}()")


@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """The most frequent `values` over `dim`, the smallest of several, and the last `indices` of these. As torch.mode.

    No nan equals another.

    >>> torch.mode(torch.tensor([3, 1, 3, 2])).values
    tensor(3)
    """
    axis = _axis("mode", input, dim)
    x = input.array
    if x.ndim == 0:
        return return_types.mode(*picked(input, 0, axis, keepdim))
    rows_last = np.moveaxis(x, axis, -1)
    order = np.argsort(rows_last, axis=-1, kind="stable")
    in_order = np.take_along_axis(rows_last, order, -1)
    n = x.shape[axis]
    ends = np.ones(in_order.shape, bool)
    ends[..., :-1] = in_order[..., 1:] != in_order[..., :-1]
    stops = np.where(ends, np.arange(1, n + 1), 0)  # where each run of equals stops
    starts = np.zeros_like(stops)
    starts[..., 1:] = np.maximum.accumulate(stops, -1)[..., :-1]
    longest = np.where(ends, stops - starts, 0).argmax(-1)[..., None]
    position = np.moveaxis(np.take_along_axis(order, longest, -1), -1, axis)
    return return_types.mode(*picked(input, position, axis, keepdim))


# ---- quantiles -------------------------------------------------------------------------------------------------------


@numpy_names
def quantile(
    input: Tensor, q: float | Tensor, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The values below which the fractions `q` of the elements lie, over `dim`; several `q` come first in the shape.

    Between two elements, `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest"; where there is a nan
    the result is nan. As torch.quantile, for any number of elements.

    >>> torch.quantile(torch.tensor([0.0, 10.0, 20.0]), torch.tensor([0.25, 0.5]))
    tensor([ 5., 10.])
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@numpy_names
def nanquantile(
    input: Tensor, q: float | Tensor, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """`quantile` of what is not nan; nan where there is nothing else. As torch.nanquantile."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(name: str, x: Tensor, q: float | Tensor, dim: int | None, keepdim: bool, interpolation: str) -> Tensor:
    fractions = _fractions(name, x, q)
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"{name}(): interpolation must be one of linear, lower, higher, midpoint or nearest, got {interpolation!r}"
        )
    shape = x.array.shape
    axis = None if dim is None else one_dim(name, dim, len(shape))
    if x.array.size == 0:
        raise RuntimeError(f"{name}(): input tensor must be non-empty, got shape {tuple(shape)}")
    rows_last = movedim(x, axis, -1) if axis is not None and shape else reshape(x, (-1,))
    y = _at_ranks(rows_last, _ranks(name, rows_last.array, fractions), interpolation)  # [..., q]
    if keepdim:
        kept = [1 if axis is None or i == axis else n for i, n in enumerate(shape)]
        return reshape(y if fractions.ndim == 0 else movedim(y, -1, 0), (*fractions.shape, *kept))
    return squeeze(y, -1) if fractions.ndim == 0 else movedim(y, -1, 0)


def _fractions(name: str, x: Tensor, q: float | Tensor) -> Tensor:
    if x.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{name}(): input tensor must be either float or double dtype, got {x.array.dtype}")
    fractions = q if isinstance(q, Variable) else wrap(np.asarray(q, x.array.dtype))
    if fractions.array.ndim > 1:
        raise RuntimeError(f"{name}(): q must be a scalar or 1D tensor, got shape {tuple(fractions.shape)}")
    if fractions.array.dtype != x.array.dtype:
        raise RuntimeError(f"{name}(): q tensor must be same dtype as the input tensor, got {fractions.array.dtype}")
    if not ((fractions.array >= 0) & (fractions.array <= 1)).all():
        raise RuntimeError(f"{name}(): q must be in the range [0, 1], got {q}")
    return fractions


def _ranks(name: str, x: Any, fractions: Tensor) -> Any:
    """How far along its sorted row each quantile lies: [..., q]."""
    n = x.shape[-1]
    numbers = n - np.add.reduce(np.isnan(x), axis=-1, keepdims=True)
    q = reshape(fractions, (-1,))
    if name == "nanquantile":
        return q * wrap(np.maximum(numbers - 1, 0).astype(x.dtype))
    return where(wrap(numbers == n), q * (n - 1), n - 1)  # a nan stands last


def _at_ranks(x: Tensor, ranks: Any, interpolation: str) -> Tensor:
    """The elements of every row in order at `ranks`, between two of them where a rank is no whole number."""
    low, high = np.floor(ranks.array).astype(np.int64), np.ceil(ranks.array).astype(np.int64)
    if interpolation == "lower":
        high = low
    elif interpolation == "higher":
        low = high
    elif interpolation == "nearest":
        low = high = np.rint(ranks.array).astype(np.int64)
    wanted = np.unique(np.concatenate([low.ravel(), high.ravel()]))
    few = wanted.size <= 16  # finding many places one by one takes as long as sorting
    order = np.argpartition(x.array, wanted, -1) if few else np.argsort(x.array, -1, kind="stable")
    below = _gather(x, np.take_along_axis(order, low, -1))
    if low is high:
        return below
    above = _gather(x, np.take_along_axis(order, high, -1))
    weight = 0.5 if interpolation == "midpoint" else ranks - wrap(low.astype(ranks.array.dtype))
    return below + weight * (above - below)


def _gather(x: Tensor, index: Any) -> Tensor:
    return record(indexing.gather, (x,), {"index": index, "axis": x.array.ndim - 1})


# ---- several variables -----------------------------------------------------------------------------------------------


def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """The covariances of the variables in the rows of `input`, observed in its columns. As torch.cov.

    `fweights` says how often each observation was made, `aweights` how much it counts. Divided by their sum less
    `correction`; a UserWarning where that is not positive.

    >>> torch.cov(torch.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.array.ndim > 2:
        raise RuntimeError(f"cov(): expected input to have two or fewer dimensions, got shape {tuple(input.shape)}")
    if input.array.dtype == bool:
        raise RuntimeError("cov(): bool dtype is not supported for input; write x.int()")
    x = input if input.array.ndim == 2 else reshape(input, (1, -1))
    n = x.array.shape[1]
    for name, given, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if given is not None:
            _check_weights(name, given.array, kinds, n)
    weights = fweights if aweights is None else aweights if fweights is None else fweights * aweights
    total: Any = n if weights is None else weights.sum()
    if weights is not None and total.item() == 0:
        raise RuntimeError("cov(): weights sum to zero, can't be normalized")
    centre = x - unsqueeze((x if weights is None else x * weights).sum(1) / total, 1)
    freedom: Any = total - correction
    if weights is not None and aweights is not None and correction != 0:
        freedom = total - correction * (weights * aweights).sum() / total
    if float(freedom if isinstance(freedom, int) else freedom.item()) <= 0:
        warnings.warn(f"cov(): degrees of freedom is <= 0. Got {freedom}.", UserWarning, stacklevel=2)
        freedom = 0
    weighted = centre if weights is None else centre * weights
    return squeeze(record(nn.linear, (centre, weighted, None), {}) / freedom)  # centre times weighted.T


def _check_weights(name: str, weights: Any, kinds: str, n: int) -> None:
    if weights.ndim > 1:
        raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions, got shape {weights.shape}")
    if weights.dtype.kind not in kinds:
        wanted = "integral" if kinds == "iu" else "floating point"
        raise RuntimeError(f"cov(): expected {name} to have {wanted} dtype, got {weights.dtype}")
    if weights.size != n:
        raise RuntimeError(f"cov(): expected {name} to have one number for each of the {n} observations, got {weights}")
    if (weights < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative, got {weights}")


def corrcoef(input: Tensor) -> Tensor:
    """The correlations of the variables in the rows of `input`, between -1 and 1. As torch.corrcoef."""
    c = cov(input)
    if c.array.ndim == 0:
        return c / c
    deviation = sqrt(diagonal(c))
    return clamp(c / unsqueeze(deviation, 1) / deviation, -1, 1)
