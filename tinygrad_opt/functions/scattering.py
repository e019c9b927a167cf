"""Reading and writing at positions along one dimension: gather, scatter, index_add and their kin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import arithmetic
from ..autograd.derivatives import indexing as rows
from ..autograd.graph import Variable, wrap
from ..autograd.memory import Array
from ..autograd.record import binary, record
from .dims import numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "gather",
    "index_add",
    "index_copy",
    "index_fill",
    "index_reduce",
    "index_select",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "take_along_dim",
]


# ---- an index as large as what is read or written -------------------------------------------------------------------


@numpy_names
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and likewise for others; as torch.gather.

    >>> torch.gather(torch.tensor([[1, 2], [3, 4]]), 1, torch.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    axis = _index_like("gather", input, dim, index)
    i = _with_dims(index).array.astype(np.intp, copy=False)
    y = record(rows.gather, (_with_dims(input),), {"index": i, "axis": axis})
    return y if index.array.ndim else y.reshape(())


@numpy_names
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, with `input` and `indices` broadcast against each other; flattened without `dim`.

    Negative indices count from the end. As torch.take_along_dim, but indices out of range are refused.
    """
    if indices.array.dtype.kind not in "iu":
        raise RuntimeError(f"take_along_dim(): dtype of indices should be Long but got {indices.array.dtype}")
    if dim is None:
        return take_along_dim(input.ravel(), indices.ravel(), 0)
    axis = one_dim("take_along_dim", dim, input.array.ndim)
    shape, at = list(input.array.shape), list(indices.array.shape)
    if len(at) != len(shape):
        raise RuntimeError(
            f"take_along_dim(): input and indices should have the same number of dimensions, but got "
            f"{len(shape)} dimensions for input, and {len(at)} dimensions for indices"
        )
    size, width = shape[axis], at[axis]
    shape[axis] = at[axis] = 1
    both = np.broadcast_shapes(tuple(shape), tuple(at))
    x = input.expand((*both[:axis], size, *both[axis + 1 :]))
    i = np.broadcast_to(indices.array, (*both[:axis], width, *both[axis + 1 :]))
    return gather(x, axis, wrap(np.where(i < 0, i + size, i)))


@numpy_names
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """input with src[i][j], or a number, written at [index[i][j]][j] for dim 0, and likewise for others.

    Of several writes to one place the last wins, and it alone gets a gradient. With reduce "add" or "multiply" they
    are added to, or multiplied with, what is there. As torch.scatter.

    >>> torch.scatter(torch.zeros(2, 3), 1, torch.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    if (src is None) == (value is None):
        raise TypeError("scatter(): expected either src, a tensor, or value, a number")
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError(f"scatter(): reduce argument must be either add or multiply, got {reduce!r}")
    given = value if src is None else src
    if not isinstance(given, Variable):
        if not promotion.is_number(given):
            raise TypeError(f"scatter(): expected src to be a Tensor or a number, got {type(given).__name__}")
        given = wrap(np.full(index.array.shape, given).astype(input.array.dtype))
    x, v, key = _placed("scatter", input, dim, index, given)
    if reduce == "multiply":
        y = _multiply_at(x, v, key)
    else:
        y = record(rows.setitem if reduce is None else rows.add_at, (x, v), {"key": key})
    return y.reshape(input.array.shape)


@numpy_names
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """input with src[i][j] added at [index[i][j]][j] for dim 0, and likewise for others; as torch.scatter_add."""
    x, v, key = _placed("scatter_add", input, dim, index, src)
    return record(rows.add_at, (x, v), {"key": key}).reshape(input.array.shape)


@numpy_names
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """The "sum", "prod", "mean", "amax" or "amin" of all src[i][j] at [index[i][j]][j] for dim 0, and so on.

    The element of `input` that stands there counts as one more, unless include_self is False. As torch.scatter_reduce.

    >>> torch.scatter_reduce(torch.zeros(2), 0, torch.tensor([0, 1, 0]), torch.tensor([1.0, 2.0, 3.0]), "amax")
    tensor([3., 2.])
    """
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"scatter_reduce(): reduce argument must be either sum, prod, mean, amax or amin, got {reduce!r}"
        )
    x, v, key = _placed("scatter_reduce", input, dim, index, src)
    return _reduce_at(x, v, key, reduce, include_self).reshape(input.array.shape)


def _with_dims(x: Tensor) -> Tensor:
    return x if x.array.ndim else x.reshape(1)


def _placed(name: str, input: Tensor, dim: int, index: Tensor, src: Tensor) -> tuple[Tensor, Tensor, Array]:
    """The tensor to write to, what is written, and the positions, all flat, once they are known to fit each other."""
    x, i, s = _with_dims(input), _with_dims(index), _with_dims(src)
    if src.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"{name}(): Expected self.dtype to be equal to src.dtype: {input.array.dtype} and {src.array.dtype}"
        )
    if not i.array.size:
        one_dim(name, dim, input.array.ndim)
        return x.reshape(-1), s.reshape(-1)[:0], np.zeros(0, np.intp)
    axis = _index_like(name, input, dim, index)
    if s.array.ndim != i.array.ndim:
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as src tensor: {index.shape} and "
            f"{src.shape}"
        )
    if any(m > n for m, n in zip(i.array.shape, s.array.shape, strict=True)):
        raise RuntimeError(f"{name}(): Expected index {list(index.shape)} to be no larger than src {list(src.shape)}")
    if s.array.shape != i.array.shape:
        s = s[tuple([slice(n) for n in i.array.shape])]
    at = rows.along(x.array.shape, i.array.astype(np.intp, copy=False), axis)
    return x.reshape(-1), s.reshape(-1), at.reshape(-1)


def _index_like(name: str, x: Tensor, dim: int, index: Tensor) -> int:
    """The axis, once `index` is known to have as many dimensions as `x` and to stay within it."""
    axis = one_dim(name, dim, x.array.ndim)
    i, shape = _with_dims(index).array, _with_dims(x).array.shape
    if i.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index, got {i.dtype}")
    if i.ndim != len(shape):
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as input tensor: "
            f"{index.shape} and {x.shape}"
        )
    if any(m > n for d, (m, n) in enumerate(zip(i.shape, shape, strict=True)) if d != axis):
        raise RuntimeError(
            f"{name}(): Size does not match at a dimension other than {axis}: index {index.shape}, input {x.shape}"
        )
    _require_within(name, i, axis, shape[axis], RuntimeError)
    return axis


def _require_within(name: str, index: Array, axis: int, size: int, error: type[Exception], low: int = 0) -> None:
    if index.size and not low <= index.min() <= index.max() < size:
        wrong = index.min() if index.min() < low else index.max()
        raise error(
            f"{name}(): index out of range: index {wrong} is out of bounds for dimension {axis} with size {size}"
        )


# ---- an index that is a vector of positions -------------------------------------------------------------------------


@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of `input` along `dim` at the positions `index`, in its order; as torch.index_select."""
    axis, i = _vector("index_select", input, dim, index, IndexError)
    if not input.array.ndim:
        if i.size != 1:
            raise IndexError(f"index_select(): a 0-d tensor is selected from at one position, not {i.size}")
        return input.clone()
    return record(rows.getitem, (input,), {"key": _key(axis, i)})


@numpy_names
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """input with the slices of `source`, times alpha, added along `dim` at the positions `index`.

    Repeated positions add up. As torch.index_add.

    >>> torch.index_add(torch.zeros(3), 0, torch.tensor([2, 0, 2]), torch.ones(3))
    tensor([1., 0., 2.])
    """
    x, key, v = _slices("index_add", input, dim, index, source, RuntimeError)
    if alpha != 1:
        v = v * np.asarray(alpha).astype(v.array.dtype).item()
    return record(rows.add_at, (x, v), {"key": key}).reshape(input.array.shape)


@numpy_names
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """input with the slices of `source` written along `dim` at the positions `index`; as torch.index_copy.

    Of several writes to one place the last wins, and it alone gets a gradient.
    """
    x, key, v = _slices("index_copy", input, dim, index, source, IndexError)
    return record(rows.setitem, (x, v), {"key": key}).reshape(input.array.shape)


@numpy_names
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """input with `value`, a number or a 0-d tensor, along `dim` at the positions `index`; as torch.index_fill."""
    if index.array.ndim > 1:
        raise RuntimeError(f"index_fill(): Index has to be a vector/scalar, got shape {tuple(index.shape)}")
    if index.array.dtype != np.int64:
        raise IndexError(f"index_fill(): Expected dtype int64 for index, got {index.array.dtype}")
    axis = one_dim("index_fill", dim, input.array.ndim)
    x = _with_dims(input)
    size = x.array.shape[axis]
    _require_within("index_fill", index.array, axis, size, IndexError, low=-size)
    v = value.to(input.array.dtype) if isinstance(value, Variable) else wrap(np.asarray(value, input.array.dtype))  # type: ignore[attr-defined]  # a user's Variable is a Tensor
    if v.array.ndim:
        raise RuntimeError(
            f"index_fill() only supports a 0-dimensional value tensor, but got tensor with {v.array.ndim} dimension(s)"
        )
    return record(rows.setitem, (x, v), {"key": _key(axis, index.array.reshape(-1))}).reshape(input.array.shape)


@numpy_names
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """The "prod", "mean", "amax" or "amin" of all slices of `source` that `index` puts at one position along `dim`.

    The slice of `input` there counts as one more, unless include_self is False. As torch.index_reduce.
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    x, key, v = _slices("index_reduce", input, dim, index, source, IndexError)
    return _reduce_at(x, v, key, reduce, include_self).reshape(input.array.shape)


def _key(axis: int, index: Array) -> Any:
    return (slice(None),) * axis + (index,) if axis else index


def _vector(name: str, x: Tensor, dim: int, index: Tensor, outside: type[Exception]) -> tuple[int, Array]:
    """The axis and the positions along it, once these are known to be a vector that stays within `x`."""
    axis = one_dim(name, dim, x.array.ndim)
    i = index.array
    if i.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index but got: {i.dtype}")
    if i.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector, got shape {tuple(index.shape)}")
    _require_within(name, i, axis, _with_dims(x).array.shape[axis], outside)
    return axis, i.reshape(-1)


def _slices(
    name: str, input: Tensor, dim: int, index: Tensor, source: Tensor, outside: type[Exception]
) -> tuple[Tensor, Any, Tensor]:
    """The tensor to write to, the key and what is written, once they are known to fit each other."""
    axis, i = _vector(name, input, dim, index, outside)
    x, v = _with_dims(input), _with_dims(source)
    if input.array.dtype != source.array.dtype:
        raise RuntimeError(
            f"{name}(): self ({input.array.dtype}) and source ({source.array.dtype}) must have the same dtype"
        )
    count = v.array.shape[axis] if axis < v.array.ndim else 0
    if count != i.size:
        raise (IndexError if name == "index_copy" else RuntimeError)(
            f"{name}(): Number of indices ({i.size}) should be equal to source.size(dim): ({count}), for dim: {dim}"
        )
    if (*x.array.shape[:axis], count, *x.array.shape[axis + 1 :]) != v.array.shape:
        raise (IndexError if name == "index_copy" and v.array.ndim != x.array.ndim else RuntimeError)(
            f"{name}(): source tensor shape must match self tensor shape, excluding the specified dimension: source "
            f"must have the same slice shapes. Got self.shape = {list(input.shape)} source.shape = "
            f"{list(source.shape)}"
        )
    return x, _key(axis, i), v


# ---- several values that meet in one place --------------------------------------------------------------------------


def _reduce_at(x: Tensor, v: Tensor, key: Any, reduce: str, include_self: bool) -> Tensor:
    """What `reduce` makes of all of `v` that the key puts in one place, and of what `x` has there."""
    dtype = x.array.dtype
    if reduce in ("amax", "amin"):
        params = {"key": key, "largest": reduce == "amax", "include_self": include_self}
        return record(rows.extreme_at, (x, v), params)
    if not include_self:
        x = record(rows.setitem, (x, wrap(np.array(reduce == "prod", dtype))), {"key": key})
    if reduce == "prod":
        return _multiply_at(x, v, key)
    total = record(rows.add_at, (x, v), {"key": key})
    if reduce == "sum":
        return total
    start = np.full(x.array.shape, int(include_self))
    counts = np.maximum(rows.add_at.fn(start, np.ones(v.array.shape, start.dtype), key), 1)
    return binary(arithmetic.div if dtype.kind == "f" else arithmetic.floor_divide, total, wrap(counts.astype(dtype)))


def _multiply_at(x: Tensor, v: Tensor, key: Any) -> Tensor:
    """x times all of `v` that the key puts in one place: neighbours are multiplied until one is left in each.

    These are plain products, so that the derivatives of every order are right also where there are zeros.
    """
    places = rows.positions(x.array.shape, key).ravel()
    order = np.argsort(places, kind="stable")
    places = places[order]
    factors = v.reshape(-1)[wrap(order)]
    while (repeated := places[1:] == places[:-1]).any():
        first = np.flatnonzero(np.concatenate([[True], ~repeated]))
        rank = np.arange(places.size) - np.repeat(first, np.diff(first, append=places.size))
        left = np.flatnonzero(rank % 2 == 0)
        right = np.minimum(left + 1, places.size - 1)
        paired = (rank[right] % 2 == 1) & (places[left] == places[right])
        ones = wrap(np.ones((), v.array.dtype))
        partners = record(arithmetic.select, (factors[wrap(right)], ones), {"condition": paired})
        factors = factors[wrap(left)] * partners
        places = places[left]
    flat = x.reshape(-1)
    y = record(rows.setitem, (flat, flat[wrap(places)] * factors), {"key": places})
    return y.reshape(x.array.shape)
