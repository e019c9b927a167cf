"""Reading and writing parts of a tensor: PyTorch's and NumPy's keys, masks, and positions counted through it all."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import inplace
from ..autograd.derivatives import arithmetic
from ..autograd.derivatives import indexing as rows
from ..autograd.graph import Variable, wrap
from ..autograd.memory import Array
from ..autograd.record import record
from .dims import numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "argwhere",
    "index_put",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "nonzero",
    "put",
    "select",
    "select_scatter",
    "slice_scatter",
    "take",
]


def array_key(key: Any) -> Any:
    """A key as NumPy wants it: tensors, lists and ranges become arrays; uint8 is refused, not guessed to be a mask."""
    if isinstance(key, tuple):
        return tuple([_array_part(part) for part in key])
    return _array_part(key)


def _array_part(part: Any) -> Any:
    if part is None or part is Ellipsis or isinstance(part, slice) or type(part) is int:
        return part
    if isinstance(part, Variable):
        part = part.array
    elif isinstance(part, range | list | tuple):
        part = np.asarray([x.array if isinstance(x, Variable) else x for x in part])
        if part.size == 0:
            part = part.astype(np.intp)
    elif isinstance(part, np.integer):
        return int(part)
    if isinstance(part, bool | np.bool_):
        return np.asarray(part)
    if isinstance(part, np.ndarray) and part.dtype.kind in "biu" and part.dtype != np.uint8:
        return int(part) if part.ndim == 0 and part.dtype != bool else part
    what = part.dtype if isinstance(part, np.ndarray) else type(part).__name__
    raise (IndexError if isinstance(part, np.ndarray | float) else TypeError)(
        f"tensors used as indices must be integers or booleans, got {what}; a key is made of these, numbers, slices, "
        "None and Ellipsis" + ("; write .bool() for a mask, .long() for positions" if what == np.uint8 else "")
    )


def in_steps(key: Any, ndim: int) -> tuple[Any, Any]:
    """A key in the order PyTorch applies it: numbers, slices and None first, then the arrays (None: in one step).

    NumPy takes a number among arrays for one of them, and an Ellipsis between them for a dimension even if it stands
    for none, and orders the dimensions otherwise.
    """
    if not isinstance(key, tuple) or not any(isinstance(part, np.ndarray) for part in key):
        return key, None
    if sum([_width(part) for part in key]) == ndim:
        key = tuple([part for part in key if part is not Ellipsis])
    if int not in map(type, key):
        return key, None
    first: list[Any] = []
    then: list[Any] = []
    for part in key:
        if isinstance(part, np.ndarray):
            first += [slice(None)] * _width(part)
            then.append(part)
        else:
            first.append(part)
            if type(part) is not int:
                then.append(part if part is Ellipsis else slice(None))
    return tuple(first), tuple(then)


def _width(part: Any) -> int:
    """How many dimensions a part of a key reads; of an Ellipsis, none that the others do not."""
    if part is None or part is Ellipsis:
        return 0
    return part.ndim if isinstance(part, np.ndarray) and part.dtype == bool else 1


def check_key(key: Any, shape: tuple[int, ...]) -> None:
    """Raise PyTorch's IndexError, which names a dimension, where NumPy would name an axis."""
    parts = key if isinstance(key, tuple) else (key,)
    at = 0
    for part in parts:
        if part is Ellipsis:
            return  # what follows is counted from the end: NumPy's own message will do
        width = _width(part)
        if at + width > len(shape):
            raise IndexError(
                f"too many indices for tensor of dimension {len(shape)}"
                if shape
                else "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number"
            )
        if isinstance(part, np.ndarray) and part.dtype == bool:
            if part.shape != shape[at : at + width]:
                raise IndexError(
                    f"The shape of the mask {list(part.shape)} at index {at} does not match the shape of the indexed "
                    f"tensor {list(shape)} at index {at}"
                )
        elif part is not None and not isinstance(part, slice):
            wrong = np.extract((np.asarray(part) < -shape[at]) | (np.asarray(part) >= shape[at]), part)
            if wrong.size:
                raise IndexError(f"index {wrong[0]} is out of bounds for dimension {at} with size {shape[at]}")
        at += width


def getitem(input: Tensor, key: Any) -> Tensor:
    """The elements at `key`: slices, numbers, None, Ellipsis, masks, integer tensors, lists and ranges.

    Slices and numbers give a view. Integer tensors may repeat a position; its gradients then add up.

    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> x[range(2), [1, 0]]
    tensor([2., 3.])
    """
    key, arrays = in_steps(array_key(key), input.array.ndim)
    try:
        y = record(rows.getitem, (input,), {"key": key})
        return y if arrays is None else record(rows.getitem, (y,), {"key": arrays})
    except IndexError:
        check_key(key, input.array.shape)
        raise


def setitem(input: Tensor, key: Any, value: Any) -> None:
    """Write `value` at `key`, broadcast to what `getitem` reads there; of repeated positions the last write wins."""
    key, arrays = in_steps(array_key(key), input.array.ndim)
    if not isinstance(value, Variable | np.ndarray | np.generic | int | float | list | tuple):
        raise TypeError(f"can't assign a {type(value).__name__} to a Tensor")
    try:
        if arrays is None:
            inplace.setitem(input, key, value)
        else:
            inplace.setitem(record(rows.getitem, (input,), {"key": key}), arrays, value)
    except IndexError:
        check_key(key, input.array.shape)
        raise


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """`input` with `value`, a number or a 0-d tensor, where `mask` is true; as torch.masked_fill."""
    if mask.array.dtype != bool:
        raise RuntimeError(f"masked_fill only supports boolean masks, but got dtype {mask.array.dtype}")
    dtype = input.array.dtype
    if isinstance(value, Variable):
        v = value.to(dtype)  # type: ignore[attr-defined]  # a Variable that users hold is a Tensor
    else:
        try:
            v = wrap(np.asarray(value, dtype))
        except OverflowError:
            raise RuntimeError(f"masked_fill(): {value!r} cannot be converted to {dtype} without overflow") from None
    if v.array.ndim:
        raise RuntimeError(f"masked_fill only supports a 0-dimensional value tensor, but got shape {tuple(v.shape)}")
    try:
        return record(arithmetic.select, (v, input), {"condition": mask.array})
    except RuntimeError:
        raise RuntimeError(
            f"masked_fill(): a mask of shape {tuple(mask.shape)} does not broadcast with shape {tuple(input.shape)}"
        ) from None


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where `mask` is true, one after the other; both are broadcast first. As torch.masked_select."""
    if mask.array.dtype != bool:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, but got dtype {mask.array.dtype}")
    shape = _broadcast("masked_select", input, mask)
    return record(rows.getitem, (_expanded(input, shape),), {"key": np.broadcast_to(mask.array, shape)}).reshape(-1)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """`input` with the elements of `source`, in their order, where `mask` is true; as torch.masked_scatter.

    >>> torch.masked_scatter(torch.zeros(4), torch.tensor([True, False, True, True]), torch.tensor([1.0, 2.0, 3.0]))
    tensor([1., 0., 2., 3.])
    """
    if mask.array.dtype != bool:
        raise RuntimeError(f"masked_scatter: expected BoolTensor for mask, but got dtype {mask.array.dtype}")
    if input.array.dtype != source.array.dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {input.array.dtype} and "
            f"{source.array.dtype}"
        )
    shape = _broadcast("masked_scatter", input, mask)
    at = np.broadcast_to(mask.array, shape)
    n = np.count_nonzero(at)
    if source.array.size < n:
        raise RuntimeError(
            f"masked_scatter: Number of elements of source < number of ones in mask: {source.array.size} < {n}"
        )
    return record(rows.setitem, (_expanded(input, shape), source.reshape(-1)[:n]), {"key": at})


def _broadcast(name: str, x: Tensor, y: Tensor) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(x.array.shape, y.array.shape)
    except ValueError:
        raise RuntimeError(
            f"{name}(): the size of a mask of shape {tuple(y.shape)} must match the shape {tuple(x.shape)}, or be "
            "broadcast to it"
        ) from None


def _expanded(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    return x if x.array.shape == shape else x.expand(shape)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not zero, a row for each; or, with `as_tuple`, a tensor for each
    dimension, which together are a key. As torch.nonzero.

    >>> torch.nonzero(torch.tensor([[0, 7], [8, 0]]))
    tensor([[0, 1],
            [1, 0]])
    """
    if as_tuple:
        return tuple([wrap(at) for at in np.nonzero(np.atleast_1d(input.array))])
    return wrap(np.argwhere(input.array))


def argwhere(input: Tensor) -> Tensor:
    """The positions of the elements that are not zero, a row for each; as torch.argwhere."""
    return wrap(np.argwhere(input.array))


def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """`input` with `values` written at `indices`, a tuple of integer tensors or masks; as torch.index_put.

    With `accumulate` they are added, and repeated positions add up. Otherwise the last write wins, and it alone gets a
    gradient.

    >>> torch.index_put(torch.zeros(3), (torch.tensor([0, 2, 0]),), torch.tensor(1.0), accumulate=True)
    tensor([2., 0., 1.])
    """
    if not isinstance(indices, tuple | list):
        raise TypeError(f"index_put(): argument 'indices' must be tuple of Tensors, not {type(indices).__name__}")
    if not isinstance(values, Variable):
        raise TypeError(f"index_put(): argument 'values' must be Tensor, not {type(values).__name__}")
    if values.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"index_put(): requires the source and destination dtypes match, got {input.array.dtype} for the "
            f"destination and {values.array.dtype} for the source"
        )
    for i in indices:
        if not isinstance(i, Variable):
            raise TypeError(f"index_put(): expected a tuple of Tensors, got {type(i).__name__} in it")
        _array_part(i)  # refuses what is no index
    key: Any = tuple([i.array for i in indices])
    key = key[0] if len(key) == 1 else key
    check_key(key, input.array.shape)
    try:
        return record(rows.add_at if accumulate else rows.setitem, (input, values), {"key": key})
    except (RuntimeError, IndexError) as error:
        raise type(error)(
            f"index_put(): shape mismatch: values of shape {list(values.shape)} cannot be broadcast to what indices of "
            f"shapes {[list(i.shape) for i in indices]} read of a tensor of shape {list(input.shape)}"
        ) from None


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at `index`, positions counted through the whole tensor as if it were flat; as torch.take.

    >>> torch.take(torch.tensor([[1, 2], [3, 4]]), torch.tensor([0, -1]))
    tensor([1, 4])
    """
    return record(rows.getitem, (input.reshape(-1),), {"key": _flat_index("take", input, index)})


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """`input` with the elements of `source` written, or added, at positions counted as in `take`; as torch.put."""
    i = _flat_index("put", input, index).reshape(-1)
    if source.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"put(): self and source expected to have the same dtype, but got self.dtype = {input.array.dtype} and "
            f"source.dtype = {source.array.dtype}"
        )
    if source.array.size != i.size:
        raise IndexError(
            "put(): Expected source and index to have the same number of elements, but got source.numel() = "
            f"{source.array.size}, index.numel() = {i.size}"
        )
    row = rows.add_at if accumulate else rows.setitem
    return record(row, (input.reshape(-1), source.reshape(-1)), {"key": i}).reshape(input.array.shape)


def _flat_index(name: str, x: Tensor, index: Tensor) -> Array:
    i, n = index.array, x.array.size
    if i.dtype != np.int64:
        raise RuntimeError(f"{name}(): Expected a long tensor for index, but got {i.dtype}")
    if i.size and not -n <= i.min() <= i.max() < n:
        wrong = i.min() if i.min() < -n else i.max()
        raise IndexError(f"{name}(): out of range: tried to access index {wrong} on a tensor of {n} elements.")
    return i


@numpy_names
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The view at position `index` along `dim`, without that dimension; as torch.select."""
    axis, at = _position("select", input, dim, index)
    return record(rows.getitem, (input,), {"key": (slice(None),) * axis + (at,)})


@numpy_names
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of `input` with `src` at position `index` along `dim`; as torch.select_scatter."""
    axis, at = _position("select_scatter", input, dim, index)
    return _embedded("select_scatter", input, (slice(None),) * axis + (at,), src)


@numpy_names
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """A copy of `input` with `src` in the slice start:end:step along `dim`; as torch.slice_scatter."""
    axis = one_dim("slice_scatter", dim, input.array.ndim)
    if not input.array.ndim:
        raise RuntimeError("slice_scatter(): slice() cannot be applied to a 0-dim tensor.")
    if step <= 0:
        raise RuntimeError(f"slice_scatter(): slice step must be positive, got {step}")
    return _embedded("slice_scatter", input, (slice(None),) * axis + (slice(start, end, step),), src)


def _position(name: str, x: Tensor, dim: int, position: int) -> tuple[int, int]:
    if not x.array.ndim:
        raise IndexError(f"{name}() cannot be applied to a 0-dim tensor.")
    axis = one_dim(name, dim, x.array.ndim)
    at = index(position)
    if not -x.array.shape[axis] <= at < x.array.shape[axis]:
        raise IndexError(f"{name}(): index {at} out of range for tensor of size {list(x.shape)} at dimension {axis}")
    return axis, at


def _embedded(name: str, x: Tensor, key: Any, src: Tensor) -> Tensor:
    part = x.array[key].shape
    if src.array.shape != part:
        raise RuntimeError(
            f"{name}(): expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice "
            f"size = {list(part)}"
        )
    return record(rows.setitem, (x, src.to(x.array.dtype)), {"key": key})
