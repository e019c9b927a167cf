"""Operations that move elements without changing them. Those that PyTorch calls views share memory here too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import shape as rows
from ..autograd.record import record
from .dims import Dims, all_dims, numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "broadcast_to",
    "diagonal",
    "flatten",
    "flip",
    "movedim",
    "pad",
    "permute",
    "ravel",
    "reshape",
    "roll",
    "squeeze",
    "t",
    "transpose",
    "tril",
    "triu",
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
