"""Operations that move elements without changing them. Those that PyTorch calls views share memory here too."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import shape as rows
from ..autograd.graph import Variable
from ..autograd.record import record
from ..size import Size
from .dims import Dims, all_dims, numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "movedim",
    "permute",
    "ravel",
    "reshape",
    "roll",
    "rot90",
    "squeeze",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
]


def sizes(first: Any, rest: tuple[Any, ...] = ()) -> tuple[int, ...]:
    """The sizes a function was called with: `f(2, 3)`, `f((2, 3))` and `f([2, 3])` mean the same."""
    every = first if isinstance(first, tuple | list) and not rest else (first, *rest)
    if len(every) == 1 and isinstance(every[0], tuple | list):  # what a caller of f(*size) was given
        every = every[0]
    return tuple([n if type(n) is int else index(n) for n in every])


def reshape(input: Tensor, shape: Any, *more: Any) -> Tensor:
    """The same elements in another shape; one size may be -1. A view where that is possible. As torch.reshape.

    >>> torch.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    wanted = sizes(shape, more)
    x = input.array
    known = math.prod([n for n in wanted if n != -1])
    if wanted.count(-1) > 1:
        raise RuntimeError(f"reshape(): only one dimension can be inferred, got shape {list(wanted)}")
    if (known != x.size) if -1 not in wanted else (known == 0 or x.size % known):
        raise RuntimeError(f"shape '{list(wanted)}' is invalid for input of size {x.size}, of shape {x.shape}")
    return record(rows.reshape, (input,), {"shape": wanted})


def view(input: Tensor, size: Any, *more: Any) -> Tensor:
    """As `reshape`, but RuntimeError where the elements would have to be copied.

    TypeError for `view(dtype)`: bytes taken as another kind of number have no gradient.
    """
    if isinstance(size, np.dtype | type):
        raise TypeError(f"view(): the bytes cannot be taken as another dtype, {size}; write .to(dtype) to convert")
    y = reshape(input, size, *more)
    if y._view is None and y.array.size:
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride: "
            f"{tuple(input.shape)} to {sizes(size, more)}. Use .reshape(...) instead."
        )
    return y


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Dimensions start_dim to end_dim made one, as torch.flatten."""
    shape = input.array.shape
    start, end = one_dim("flatten", start_dim, len(shape)), one_dim("flatten", end_dim, len(shape))
    if start > end:
        raise RuntimeError(f"flatten(): start_dim {start_dim} cannot come after end_dim {end_dim}")
    return reshape(input, (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension, as torch.ravel."""
    return reshape(input, (input.array.size,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """The view with one dimension made several; one of `sizes` may be -1. As torch.unflatten.

    >>> torch.arange(6).unflatten(0, (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    shape = input.array.shape
    if not shape:
        raise RuntimeError("unflatten(): the tensor has no dimensions")
    axis, parts = one_dim("unflatten", dim, len(shape)), [index(n) for n in sizes]
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if parts.count(-1) > 1:
        raise RuntimeError(f"unflatten(): only one dimension can be inferred, got sizes {parts}")
    if -1 in parts:
        known = -math.prod(parts)
        if known == 0:
            raise RuntimeError(f"unflatten(): the size at -1 is ambiguous where another is 0, got sizes {parts}")
        parts[parts.index(-1)] = shape[axis] // known
    if math.prod(parts) != shape[axis] or any(n < 0 for n in parts):
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} ({shape[axis]}) in the"
            " input tensor"
        )
    return reshape(input, (*shape[:axis], *parts, *shape[axis + 1 :]))


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """The view of all windows of `size` elements along a dimension, one every `step`, the windows' places last.

    As torch.Tensor.unfold. Windows that overlap share elements, and cannot be written to, not even one of them.

    >>> torch.arange(5).unfold(0, 3, 1)
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    x = input if input.array.ndim else unsqueeze(input, 0)
    axis = one_dim("unfold", dimension, input.array.ndim)
    if size < 0:
        raise RuntimeError(f"unfold(): size is {size} but must be >= 0")
    if size > x.array.shape[axis]:
        raise RuntimeError(
            f"unfold(): maximum size for tensor at dimension {axis} is {x.array.shape[axis]} but size is {size}"
        )
    if step <= 0:
        raise RuntimeError(f"unfold(): step is {step} but must be > 0")
    windows = record(rows.unfold, (x,), {"axis": axis, "size": size, "step": step})
    return windows if input.array.ndim else ravel(windows)


def atleast_1d(*tensors: Any) -> Any:
    """Tensors without dimensions as vectors, others as they are; a tuple of them for several. As torch.atleast_1d."""
    return _each(lambda x: reshape(x, (1,)) if x.array.ndim == 0 else x, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Tensors of fewer than two dimensions as a matrix of one row; as torch.atleast_2d."""
    return _each(lambda x: reshape(x, (1, -1)) if x.array.ndim < 2 else x, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Vectors with a dimension before and after, matrices with one after; as torch.atleast_3d."""
    return _each(lambda x: unsqueeze(atleast_2d(x), -1) if x.array.ndim < 3 else x, tensors)


def _each(raised: Callable[[Tensor], Tensor], tensors: tuple[Any, ...]) -> Any:
    """`raised` of one tensor, or the tuple of it for several, given one by one or together."""
    if len(tensors) == 1 and not isinstance(tensors[0], tuple | list):
        return raised(tensors[0])
    return tuple([raised(x) for x in (tensors[0] if len(tensors) == 1 else tensors)])


def permute(input: Tensor, dims: Any, *more: Any) -> Tensor:
    """The dimensions in another order, as torch.permute.

    >>> torch.zeros(2, 3, 5).permute(2, 0, 1).shape
    torch.Size([5, 2, 3])
    """
    order = sizes(dims, more)
    if len(order) != input.array.ndim:
        raise RuntimeError(
            f"permute(): number of dims {order} must match the {input.array.ndim} of shape {input.shape}"
        )
    return record(rows.permute, (input,), {"axes": all_dims("permute", order, input.array.ndim)})


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged, as torch.transpose."""
    ndim = input.array.ndim
    i, j = one_dim("transpose", dim0, ndim), one_dim("transpose", dim1, ndim)
    order = list(range(ndim))
    if ndim:
        order[i], order[j] = j, i
    return record(rows.permute, (input,), {"axes": tuple(order)})


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Two dimensions exchanged, as torch.swapaxes."""
    return transpose(input, axis0, axis1)


swapdims = transpose


def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged, as torch.adjoint of real numbers."""
    return _transpose_matrices("tensor.adjoint()", input)


def _transpose_matrices(name: str, x: Tensor) -> Tensor:
    if x.array.ndim == 1:
        raise RuntimeError(f"{name} is only supported on matrices or batches of matrices. Got 1-D tensor.")
    return transpose(x, -2, -1) if x.array.ndim else x


def matrix_transpose(input: Tensor) -> Tensor:
    """The last two dimensions exchanged, as torch.Tensor.mT."""
    return _transpose_matrices("tensor.mT", input)


def hermitian(input: Tensor) -> Tensor:
    """The transpose of a matrix, which is its conjugate transpose as it is real; as torch.Tensor.H."""
    if input.array.ndim not in (0, 2):
        raise RuntimeError(
            f"tensor.H is only supported on matrices (2-D tensors). Got {input.array.ndim}-D tensor. For batches of "
            "matrices, consider using tensor.mH"
        )
    return reverse(input)


def reverse(input: Tensor) -> Tensor:
    """The dimensions in reverse order, as torch.Tensor.T."""
    return record(rows.permute, (input,), {"axes": tuple(range(input.array.ndim - 1, -1, -1))})


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector as it is. As torch.t."""
    if input.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.array.ndim}D")
    return reverse(input)


def movedim(input: Tensor, source: Dims, destination: Dims) -> Tensor:
    """Dimensions `source` moved to the positions `destination`, as torch.movedim."""
    ndim = input.array.ndim
    start, end = all_dims("movedim", source, ndim), all_dims("movedim", destination, ndim)
    if len(start) != len(end):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({source} dims) should contain the same number of "
            f"dims as destination ({destination} dims)"
        )
    rest = iter([i for i in range(ndim) if i not in start])
    order = tuple([start[end.index(i)] if i in end else next(rest) for i in range(ndim)])
    return record(rows.permute, (input,), {"axes": order})


moveaxis = movedim


@numpy_names
def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Without the dimensions of size 1, all of them or those in `dim`; as torch.squeeze."""
    shape = input.array.shape
    gone = () if isinstance(dim, tuple | list) and not dim else all_dims("squeeze", dim, len(shape))
    return record(rows.reshape, (input,), {"shape": tuple([n for i, n in enumerate(shape) if n != 1 or i not in gone])})


@numpy_names
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a dimension of size 1 put in at `dim`, as torch.unsqueeze."""
    shape = input.array.shape
    at = one_dim("unsqueeze", dim, len(shape) + 1)
    return record(rows.reshape, (input,), {"shape": (*shape[:at], 1, *shape[at:])})


def expand(input: Tensor, size: Any, *more: Any) -> Tensor:
    """Dimensions of size 1 repeated to the given sizes without copying; -1 leaves one as it is. As torch.expand."""
    wanted, shape = sizes(size, more), input.array.shape
    lead = len(wanted) - len(shape)
    full = tuple([shape[i - lead] if n == -1 and i >= lead else n for i, n in enumerate(wanted)])
    if lead < 0 or any(m != n and m != 1 for m, n in zip(shape, full[lead:], strict=True)):
        raise RuntimeError(f"expand(): the expanded size {list(wanted)} must match the existing size {list(shape)}")
    return record(rows.expand, (input,), {"shape": full})


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Repeated without copying to the shape of `other`, as torch.Tensor.expand_as."""
    return expand(input, other.array.shape)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Viewed in the shape of `other`, as torch.Tensor.view_as."""
    return view(input, other.array.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Reshaped to the shape of `other`, as torch.Tensor.reshape_as."""
    return reshape(input, other.array.shape)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """`input` repeated to the shape `size` without copying, as torch.broadcast_to."""
    return expand(input, size)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors expanded to their common shape, as torch.broadcast_tensors."""
    for i, x in enumerate(tensors):
        if not isinstance(x, Variable):
            raise TypeError(f"broadcast_tensors(): expected Tensor as element {i}, but got {type(x).__name__}")
    shape = broadcast_shapes(*[x.array.shape for x in tensors])
    return tuple([expand(x, shape) for x in tensors])


def broadcast_shapes(*shapes: int | Sequence[int]) -> Size:
    """The common shape of `shapes`, by the rules of broadcasting; as torch.broadcast_shapes.

    >>> torch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    every = [sizes(shape) for shape in shapes]
    if any(n < 0 for shape in every for n in shape):
        raise ValueError("broadcast_shapes(): Attempting to broadcast a dimension with negative length!")
    try:
        return Size(np.broadcast_shapes(*every))
    except ValueError:
        listed = " and ".join(map(str, every))
        raise RuntimeError(f"The sizes of tensors must match, or be 1: shapes {listed} do not broadcast") from None


def flip(input: Tensor, dims: Any, *more: Any) -> Tensor:
    """A copy with the order of the elements along `dims` reversed; as torch.flip."""
    order = sizes(dims, more)
    axes = all_dims("flip", order, input.array.ndim)[: input.array.ndim] if order else ()
    return record(rows.flip, (input,), {"axes": axes})


def fliplr(input: Tensor) -> Tensor:
    """A copy with the columns in reverse order, as torch.fliplr."""
    if input.array.ndim < 2:
        raise RuntimeError(f"fliplr(): Input must be >= 2-d, got shape {tuple(input.shape)}")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """A copy with the rows in reverse order, as torch.flipud."""
    if input.array.ndim < 1:
        raise RuntimeError("flipud(): Input must be >= 1-d, got a 0-d tensor")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """A copy turned by 90 degrees `k` times, from the first of `dims` towards the second; as torch.rot90.

    >>> torch.rot90(torch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90(): expected total rotation dims == 2, but got dims = {len(dims)}")
    ndim = input.array.ndim
    if ndim < 2:
        raise RuntimeError(f"rot90(): expected total dims >= 2, but got total dims = {ndim}")
    first, second = one_dim("rot90", dims[0], ndim), one_dim("rot90", dims[1], ndim)
    if first == second:
        raise RuntimeError(
            f"rot90(): expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    turned = flip(input, {0: (), 1: (second,), 2: (first, second), 3: (first,)}[k % 4])
    return transpose(turned, first, second) if k % 2 else turned


def roll(input: Tensor, shifts: int | Sequence[int], dims: Dims = None) -> Tensor:
    """The elements moved `shifts` places along `dims`, those that fall off coming in again; as torch.roll."""
    moves = sizes(shifts)
    if not moves:
        raise RuntimeError("roll(): `shifts` required")
    if (dims is None or dims == ()) and len(moves) == 1:
        flat = record(rows.roll, (ravel(input),), {"shifts": moves, "axes": (0,)})
        return reshape(flat, input.array.shape)
    axes = () if dims is None else tuple([one_dim("roll", d, input.array.ndim) for d in sizes(dims)])
    if len(axes) != len(moves):
        raise RuntimeError(f"roll(): shifts and dimensions must align. shifts: {len(moves)}, dims: {len(axes)}")
    return record(rows.roll, (input,), {"shifts": moves, "axes": axes})
