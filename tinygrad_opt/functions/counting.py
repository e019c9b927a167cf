"""How often values occur, and where they fall among others. No gradient flows through any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.graph import Variable, wrap
from .dims import numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "bincount",
    "bucketize",
    "histc",
    "histogram",
    "searchsorted",
    "unique",
    "unique_consecutive",
]


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... occurs, or the sum of the `weights` where it does; at least `minlength` numbers.

    No gradient flows back. As torch.bincount.

    >>> torch.bincount(torch.tensor([0, 1, 1, 3]))
    tensor([1, 2, 0, 1])
    """
    x = input.array
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount(): not implemented for {x.dtype}; write x.long()")
    if x.ndim != 1 or (x < 0).any():
        raise RuntimeError(f"bincount(): only supports 1-d non-negative integral inputs, got shape {x.shape}")
    if minlength < 0:
        raise RuntimeError(f"bincount(): minlength should be >= 0, got {minlength}")
    if weights is None or x.size == 0:
        return wrap(np.bincount(x, minlength=minlength))
    if weights.array.shape != x.shape:
        raise RuntimeError(
            f"bincount(): weights should be 1-d and as long as input, got shapes {weights.array.shape} and {x.shape}"
        )
    dtype = np.float32 if weights.array.dtype == np.float32 else np.float64
    return wrap(np.bincount(x, weights.array, minlength).astype(dtype, copy=False))


# ---- histograms ------------------------------------------------------------------------------------------------------


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """How many elements lie in each of `bins` equal parts of [min, max]; if these are equal, of the range of `input`.

    As torch.histc.

    >>> torch.histc(torch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = _floating("histc", input)
    _require_bins("histc", bins)
    low, high = (x.min(), x.max()) if min == max and x.size else (min, max)
    if low == high:
        low, high = low - 1, high + 1
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"histc(): range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"histc(): max must be larger than min, got [{low}, {high}]")
    return wrap(np.histogram(x, bins, (low, high))[0].astype(x.dtype))


def histogram(
    input: Tensor,
    bins: int | Tensor,
    *,
    range: tuple[float, float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> return_types.histogram:
    """How many elements lie between each two of `bin_edges`: `hist`. As torch.histogram.

    `bins` is the number of equal parts of `range` (that of `input` unless told), or the edges in rising order; the
    last bin includes its end. Each element counts as its `weight`; with `density` the integral is 1.

    >>> torch.histogram(torch.tensor([1.0, 2.0, 1.0]), 2).hist
    tensor([2., 1.])
    """
    x = _floating("histogram", input)
    if x.dtype == np.float16:
        raise NotImplementedError("histogram(): not implemented for float16; write x.float()")
    edges: Any = bins
    if isinstance(bins, Variable):
        edges = bins.array
        if range is not None:
            raise TypeError("histogram(): got both edges and 'range'; write only one of them")
        if edges.dtype != x.dtype:
            raise RuntimeError(f"histogram(): input and bins should have the same dtype, got {x.dtype}, {edges.dtype}")
        if edges.ndim != 1 or edges.size < 2:
            raise RuntimeError(f"histogram(): edges should be a vector of two or more, got shape {edges.shape}")
    else:
        _require_bins("histogram", edges)
    if weight is not None and (weight.array.shape, weight.array.dtype) != (x.shape, x.dtype):
        raise RuntimeError(
            "histogram(): weight should have the shape and dtype of input, got "
            f"{tuple(weight.shape)} {weight.dtype} and {tuple(input.shape)} {input.dtype}"
        )
    try:
        with np.errstate(invalid="ignore", divide="ignore"):
            counts, edges = np.histogram(x, edges, range, density, None if weight is None else weight.array)
    except ValueError as error:  # a range that is not finite or runs backward, edges that fall
        raise RuntimeError(f"histogram(): {error}; the input has shape {tuple(input.shape)}") from None
    return return_types.histogram(wrap(counts.astype(x.dtype)), wrap(np.array(edges, x.dtype)))


def _floating(name: str, x: Tensor) -> Any:
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}(): not implemented for {x.array.dtype}; write x.float()")
    return x.array


def _require_bins(name: str, bins: int) -> None:
    if bins <= 0:
        raise RuntimeError(f"{name}(): bins must be > 0, but got {bins}")


# ---- places in order -------------------------------------------------------------------------------------------------


def searchsorted(
    sorted_sequence: Tensor,
    input: Tensor | float,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where along the last dimension each element of `input` would have to be put in to keep the order.

    Before its equals, or with right=True (side="right") after them. `sorted_sequence` is one vector, or has a row for
    each row of `input`; `sorter` is what sorts it where it is not in order. As torch.searchsorted.

    >>> torch.searchsorted(torch.tensor([1, 3, 5, 7]), torch.tensor([3, 6]))
    tensor([1, 3])
    """
    sequence = sorted_sequence.array
    values = input.array if isinstance(input, Variable) else np.asarray(input)
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side!r}")
    if right and side == "left":
        raise RuntimeError("searchsorted(): side and right can't be opposites, got side 'left' and right=True")
    if sequence.ndim == 0:
        raise RuntimeError("searchsorted(): sorted_sequence should have at least one dimension, got a 0-dim tensor")
    if sequence.ndim > 1 and (values.ndim != sequence.ndim or values.shape[:-1] != sequence.shape[:-1]):
        raise RuntimeError(
            "searchsorted(): sorted_sequence should be a vector, or agree with input in all dimensions but the last, "
            f"got shapes {sequence.shape} and {values.shape}"
        )
    if sorter is not None:
        sequence = _sorted_by(sequence, sorter.array)
    after = right or side == "right"
    if sequence.ndim == 1:
        places = np.searchsorted(sequence, values, "right" if after else "left")
    else:
        places = np.empty(values.shape, np.int64)
        for row in np.ndindex(sequence.shape[:-1]):
            places[row] = np.searchsorted(sequence[row], values[row], "right" if after else "left")
    return wrap(np.asarray(places, np.int32 if out_int32 else np.int64))


def _sorted_by(sequence: Any, sorter: Any) -> Any:
    if sorter.dtype != np.int64:
        raise RuntimeError(f"searchsorted(): sorter must be a tensor of long dtype but got dtype {sorter.dtype}")
    if sorter.shape != sequence.shape:
        raise RuntimeError(
            f"searchsorted(): sorted_sequence and sorter must have the same size, got {sequence.shape}, {sorter.shape}"
        )
    if ((sorter < 0) | (sorter >= sequence.shape[-1])).any():
        raise RuntimeError(f"searchsorted(): sorter index out of range for sequences of {sequence.shape[-1]}")
    return np.take_along_axis(sequence, sorter, -1)


def bucketize(input: Tensor | float, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Which of the buckets between `boundaries`, in rising order, each element lies in. As torch.bucketize.

    >>> torch.bucketize(torch.tensor([0.5, 1.0, 9.0]), torch.tensor([1.0, 2.0]))
    tensor([0, 0, 2])
    """
    if boundaries.array.ndim != 1:
        raise RuntimeError(f"bucketize(): boundaries tensor must be 1 dimension, got shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


# ---- each once -------------------------------------------------------------------------------------------------------


@numpy_names
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Each value once, in order; with `dim`, each of the slices along it. As torch.unique.

    With `return_inverse` also where in the result each element went, with `return_counts` how often each occurred.
    Every nan is a value of its own. No gradient flows back.

    >>> torch.unique(torch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    axis = None if dim is None else _unique_axis("unique", input, dim)
    wanted: dict[str, Any] = {"return_inverse": return_inverse, "return_counts": return_counts}
    found = np.unique(input.array, axis=axis, equal_nan=False, **wanted)
    if not (return_inverse or return_counts):
        return wrap(found)
    results = list(found)
    if return_inverse:
        results[1] = results[1].reshape(input.array.shape if axis is None else (-1,))
    return tuple([wrap(x) for x in results])


@numpy_names
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The values without those that equal the one before; with `dim`, the slices along it.

    As torch.unique_consecutive.

    >>> torch.unique_consecutive(torch.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = input.array
    axis = 0 if dim is None else _unique_axis("unique_consecutive", input, dim)
    slices = x.reshape(-1) if dim is None else np.moveaxis(x, axis, 0)
    n = len(slices)
    new = np.ones(n, bool)
    new[1:] = (slices[1:] != slices[:-1]).any(tuple(range(1, slices.ndim)))
    results = [wrap(np.moveaxis(slices[new], 0, axis))]
    if return_inverse:
        inverse = np.cumsum(new) - 1
        results.append(wrap(inverse.reshape(x.shape) if dim is None else inverse))
    if return_counts:
        results.append(wrap(np.diff(np.flatnonzero(new), append=n)))
    return tuple(results) if len(results) > 1 else results[0]


def _unique_axis(name: str, x: Tensor, dim: int) -> int:
    if x.array.ndim == 0:
        raise IndexError(f"{name}(): Dimension specified as {dim} but tensor has no dimensions")
    axis = one_dim(name, dim, x.array.ndim)
    if 0 in x.array.shape[:axis] + x.array.shape[axis + 1 :]:
        raise RuntimeError(
            f"{name}(): there are 0 sized dimensions, and they aren't selected: dim {dim} of shape {tuple(x.shape)}"
        )
    return axis
