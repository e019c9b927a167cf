"""Operations that move elements without changing them. Those that PyTorch calls views share memory here too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import indexing
from ..autograd.derivatives import shape as rows
from ..autograd.graph import Variable
from ..autograd.record import record
from .dims import Dims, all_dims, numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "broadcast_to",
    "cat",
    "chunk",
    "diagonal",
    "flatten",
    "flip",
    "movedim",
    "narrow",
    "pad",
    "permute",
    "ravel",
    "reshape",
    "roll",
    "split",
    "squeeze",
    "stack",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unbind",
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
    """As `reshape`, but RuntimeError where the elements would have to be copied; `view(dtype)` is not there."""
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


def movedim(input: Tensor, source: Dims, destination: Dims) -> Tensor:
    """Dimensions `source` moved to the positions `destination`, as torch.movedim."""
    ndim = input.array.ndim
    start, end = all_dims("movedim", source, ndim), all_dims("movedim", destination, ndim)
    rest = iter([i for i in range(ndim) if i not in start])
    order = tuple([start[end.index(i)] if i in end else next(rest) for i in range(ndim)])
    return record(rows.permute, (input,), {"axes": order})


@numpy_names
def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Without the dimensions of size 1, all of them or those in `dim`; as torch.squeeze."""
    shape = input.array.shape
    gone = all_dims("squeeze", dim, len(shape))
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


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """`input` repeated to the shape `size` without copying, as torch.broadcast_to."""
    return expand(input, size)


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors one after the other along `dim`, as torch.cat.

    >>> torch.cat([torch.zeros(1, 2), torch.ones(1, 2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    xs = _tensors("cat", tensors)
    if not xs:
        raise ValueError("cat(): expected a non-empty list of Tensors")
    ndim = max(x.array.ndim for x in xs)
    if ndim == 0:
        raise RuntimeError("cat(): zero-dimensional tensors cannot be concatenated; use stack")
    axis = one_dim("cat", dim, ndim)
    xs = [x for x in xs if x.array.shape != (0,) or ndim == 1]  # as PyTorch: an empty vector fits everything
    first = xs[0].array
    for i, x in enumerate(xs):
        if x.array.shape != first.shape:
            _require_fitting(i, x.array.shape, first.shape, axis)
    if any(x.array.dtype != first.dtype for x in xs):
        dtype = promotion.result_type(*xs)
        xs = [x.to(dtype) for x in xs]
    return record(rows.cat, xs, {"axis": axis})


def _require_fitting(i: int, shape: tuple[int, ...], first: tuple[int, ...], axis: int) -> None:
    if len(shape) != len(first):
        raise RuntimeError(f"cat(): Tensors must have same number of dimensions: got {first} and {shape}")
    for d, (m, n) in enumerate(zip(first, shape, strict=True)):
        if d != axis and m != n:
            raise RuntimeError(
                f"Sizes of tensors must match except in dimension {axis}. Expected size {m} but got size {n} for "
                f"tensor number {i} in the list: cat() of {first} and {shape}"
            )


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape put together along a new dimension, as torch.stack."""
    xs = _tensors("stack", tensors)
    if not xs:
        raise RuntimeError("stack expects a non-empty list of Tensors")
    for i, x in enumerate(xs):
        if x.array.shape != xs[0].array.shape:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(xs[0].shape)} at entry 0 and "
                f"{list(x.shape)} at entry {i}"
            )
    axis = one_dim("stack", dim, xs[0].array.ndim + 1)
    return cat([unsqueeze(x, axis) for x in xs], axis)


def _tensors(name: str, tensors: Sequence[Tensor]) -> list[Tensor]:
    xs = list(tensors)
    for i, x in enumerate(xs):
        if not isinstance(x, Variable):
            raise TypeError(f"{name}(): expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    return xs


@numpy_names
def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of `split_size` elements along `dim`, the last perhaps smaller; or of the given sizes. As torch.split."""
    axis = one_dim("split", dim, tensor.array.ndim)
    length = tensor.array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size <= 0 and length:
            raise RuntimeError(f"split(): expects split_size be positive, but got split_size={size}")
        sections = [min(size, length - start) for start in range(0, length, size or 1)] or [0]
    else:
        sections = list(split_size_or_sections)
        if sum(sections) != length or any(n < 0 for n in sections):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
                f"{axis}), but got split_sizes={sections}"
            )
    stops = np.cumsum(sections).tolist()
    return tuple([_read(tensor, axis, slice(stop - n, stop)) for n, stop in zip(sections, stops, strict=True)])


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` views of equal size along `dim`, the last perhaps smaller; as torch.chunk."""
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.array.shape[one_dim("chunk", dim, input.array.ndim)]
    return split(input, max(1, -(-length // chunks)), dim)


def narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """The view of `length` elements from `start` along `dim`, as torch.narrow."""
    axis = one_dim("narrow", dim, input.array.ndim)
    size = input.array.shape[axis]
    if not -size <= start <= size:
        raise IndexError(
            f"narrow(): start out of range (expected to be in range of [{-size}, {size}], but got {start})"
        )
    if start < 0:
        start += size
    if length < 0 or start + length > size:
        raise RuntimeError(f"narrow(): start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return _read(input, axis, slice(start, start + length))


def _read(x: Tensor, axis: int, at: int | slice) -> Tensor:
    """The view of `x` at one number or slice of one axis."""
    return record(indexing.getitem, (x,), {"key": (slice(None),) * axis + (at,)})


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The views at every position along `dim`, without that dimension; as torch.unbind."""
    axis = one_dim("unbind", dim, input.array.ndim)
    if not input.array.ndim:
        raise IndexError("unbind(): Dimension specified as 0 but tensor has no dimensions")
    return tuple([_read(input, axis, i) for i in range(input.array.shape[axis])])


def flip(input: Tensor, dims: Any, *more: Any) -> Tensor:
    """A copy with the order of the elements along `dims` reversed; as torch.flip."""
    order = sizes(dims, more)
    return record(rows.flip, (input,), {"axes": all_dims("flip", order, input.array.ndim) if order else ()})


def roll(input: Tensor, shifts: int | Sequence[int], dims: Dims = None) -> Tensor:
    """The elements moved `shifts` places along `dims`, those that fall off coming in again; as torch.roll."""
    moves = sizes(shifts)
    if dims is None:
        flat = record(rows.roll, (ravel(input),), {"shifts": moves, "axes": (0,) * len(moves)})
        return reshape(flat, input.array.shape)
    axes = tuple([one_dim("roll", d, input.array.ndim) for d in sizes(dims)])
    if len(axes) != len(moves):
        raise RuntimeError(f"roll(): shifts and dimensions must align. shifts: {len(moves)}, dims: {len(axes)}")
    return record(rows.roll, (input,), {"shifts": moves, "axes": axes})


def repeat(input: Tensor, repeats: Any, *more: Any) -> Tensor:
    """The tensor laid out `repeats` times along each dimension, as torch.Tensor.repeat; see also `tile`."""
    times = sizes(repeats, more)
    if len(times) < input.array.ndim:
        raise RuntimeError(
            f"repeat(): number of dimensions of repeat dims {times} can not be smaller than number of dimensions of "
            f"tensor, of shape {input.shape}"
        )
    return record(rows.tile, (input,), {"repeats": times})


def tile(input: Tensor, dims: Any, *more: Any) -> Tensor:
    """As `repeat`, where missing leading repeats are 1; as torch.tile."""
    times = sizes(dims, more)
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """`value` put around: pad = (left, right) of the last dimension, then of the one before it; negative widths cut.

    As torch.nn.functional.pad with mode "constant".

    >>> F.pad(torch.ones(2), (1, 0))
    tensor([0., 1., 1.])
    """
    if mode != "constant":
        raise NotImplementedError(f'pad(): mode {mode!r} is not there; only "constant" is')
    if len(pad) % 2 or len(pad) // 2 > input.array.ndim:
        raise RuntimeError(f"pad(): {tuple(pad)} must be pairs, at most one for each dimension of shape {input.shape}")
    widths = [(0, 0)] * input.array.ndim
    for i in range(len(pad) // 2):
        widths[-1 - i] = (pad[2 * i], pad[2 * i + 1])
    if any(n + before + after < 0 for n, (before, after) in zip(input.array.shape, widths, strict=True)):
        raise RuntimeError(f"pad(): {tuple(pad)} leaves a negative size of shape {input.shape}")
    return record(rows.pad, (input,), {"widths": tuple(widths), "value": 0.0 if value is None else value})


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle of the last two dimensions, zeros elsewhere; as torch.tril."""
    _require_matrix("tril", input)
    return record(rows.tril, (input,), {"diagonal": diagonal})


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle of the last two dimensions, zeros elsewhere; as torch.triu."""
    _require_matrix("triu", input)
    return record(rows.triu, (input,), {"diagonal": diagonal})


def _require_matrix(name: str, x: Tensor) -> None:
    if x.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, got shape {tuple(x.shape)}")


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The view of the diagonal between two dimensions, as the last dimension; as torch.diagonal."""
    ndim = input.array.ndim
    first, second = one_dim("diagonal", dim1, ndim), one_dim("diagonal", dim2, ndim)
    if first == second:
        raise RuntimeError(f"diagonal(): dimensions cannot be identical: {dim1}, {dim2}")
    return record(rows.diagonal, (input,), {"offset": offset, "axis1": first, "axis2": second})
