"""Reading and writing parts of a tensor: PyTorch's and NumPy's keys, gather and its kin, sorting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import inplace
from ..autograd.derivatives import arithmetic
from ..autograd.derivatives import indexing as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .dims import numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "gather",
    "index_select",
    "masked_fill",
    "scatter_add",
    "take_along_dim",
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
            for i in np.ravel(part).tolist():
                if not -shape[at] <= i < shape[at]:
                    raise IndexError(f"index {i} is out of bounds for dimension {at} with size {shape[at]}")
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


@numpy_names
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """out[i][j] = input[index[i][j]][j] for dim 0, and likewise for others; as torch.gather."""
    axis = _index_like("gather", input, dim, index)
    if input.array.ndim == 0:
        return input.clone()
    return record(rows.gather, (input,), {"index": index.array, "axis": axis})


@numpy_names
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """input with src[i][j] added at [index[i][j]][j] for dim 0, and likewise for others; as torch.scatter_add."""
    axis = _index_like("scatter_add", input, dim, index)
    if src.array.ndim != index.array.ndim or any(
        m > n for m, n in zip(index.array.shape, src.array.shape, strict=True)
    ):
        raise RuntimeError(
            f"scatter_add(): Expected index {list(index.shape)} to be no larger than src {list(src.shape)}"
        )
    if src.array.dtype != input.array.dtype:
        raise RuntimeError(
            f"scatter_add(): Expected self.dtype to be equal to src.dtype: {input.array.dtype} and {src.array.dtype}"
        )
    part = src[tuple([slice(n) for n in index.array.shape])]
    if not input.array.ndim:
        return input + part
    return record(rows.add_at, (input, part), {"key": rows.along(input.array.shape, index.array, axis)})


def _index_like(name: str, x: Tensor, dim: int, index: Tensor) -> int:
    """The axis, once `index` is known to have as many dimensions as `x` and to stay within it."""
    axis = one_dim(name, dim, x.array.ndim)
    i, shape = index.array, x.array.shape
    if i.dtype.kind not in "iu":
        raise RuntimeError(f"{name}(): Expected dtype int64 for index, got {i.dtype}")
    if i.ndim != len(shape):
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as input tensor: "
            f"{index.shape} and {x.shape}"
        )
    if any(m > n for d, (m, n) in enumerate(zip(i.shape, shape, strict=True)) if d != axis):
        raise RuntimeError(
            f"{name}(): Size does not match at a dimension other than {axis}: index {index.shape}, input {x.shape}"
        )
    if i.size and shape and not 0 <= i.min() <= i.max() < shape[axis]:
        wrong = i.min() if i.min() < 0 else i.max()
        raise RuntimeError(f"index {wrong} is out of bounds for dimension {axis} with size {shape[axis]}")
    return axis


@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of `input` along `dim` at the positions `index`, in its order; as torch.index_select."""
    axis = one_dim("index_select", dim, input.array.ndim)
    i = index.array
    if i.dtype.kind not in "iu":
        raise RuntimeError(f"index_select(): Expected dtype int32 or int64 for index, got {i.dtype}")
    if i.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, got shape {tuple(index.shape)}")
    if i.size and not 0 <= i.min() <= i.max() < input.array.shape[axis]:
        raise IndexError(f"index out of range in self: {i.min()} to {i.max()}, dim {dim} of shape {input.shape}")
    return record(rows.getitem, (input,), {"key": (slice(None),) * axis + (i.reshape(-1),)})


@numpy_names
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, with `input` and `indices` broadcast against each other; flattened without `dim`.

    As torch.take_along_dim.
    """
    if dim is None:
        return gather(input.ravel(), 0, indices.ravel())
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
    return gather(x, axis, indices.expand((*both[:axis], width, *both[axis + 1 :])))


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
