"""Tensors put together, and repeated: cat, stack, block_diag, repeat and their kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import shape as rows
from ..autograd.derivatives.indexing import getitem
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .dims import numpy_names, one_dim
from .shape import atleast_1d, atleast_2d, atleast_3d, pad, ravel, reshape, sizes, unsqueeze

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "block_diag",
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "hstack",
    "repeat_interleave",
    "row_stack",
    "stack",
    "tile",
    "vstack",
]


def tensors_of(name: str, tensors: Any) -> list[Tensor]:
    """The tensors a function was given; TypeError if one is something else, or if it is one tensor."""
    if isinstance(tensors, Variable):
        raise TypeError(f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not Tensor")
    xs = list(tensors)
    for i, x in enumerate(xs):
        if not isinstance(x, Variable):
            raise TypeError(f"{name}(): expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    return xs


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """The tensors one after the other along `dim`, as torch.cat.

    >>> torch.cat([torch.zeros(1, 2), torch.ones(1, 2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    xs = tensors_of("cat", tensors)
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
    xs = tensors_of("stack", tensors)
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


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side: along the second dimension, or the only one. As torch.hstack."""
    xs = _at_least("hstack", tensors, atleast_1d)
    return cat(xs, 0 if xs[0].array.ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors one below the other, vectors as rows; as torch.vstack.

    >>> torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return cat(_at_least("vstack", tensors, atleast_2d), 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors one behind the other, along the third dimension; as torch.dstack."""
    return cat(_at_least("dstack", tensors, atleast_3d), 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """The tensors side by side, vectors as columns; as torch.column_stack."""
    return hstack(
        _at_least("column_stack", tensors, lambda x: x if x.array.ndim > 1 else reshape(x, (x.array.size, 1)))
    )


def _at_least(name: str, tensors: Sequence[Tensor], raised: Callable[[Tensor], Any]) -> list[Tensor]:
    xs = [raised(x) for x in tensors_of(name, tensors)]
    if not xs:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return xs


concat = concatenate = cat
row_stack = vstack


def block_diag(*tensors: Tensor) -> Tensor:
    """A matrix with the given matrices along its diagonal, vectors as rows, zeros elsewhere; as torch.block_diag.

    >>> torch.block_diag(torch.tensor([[1, 2]]), torch.tensor([[3], [4]]))
    tensor([[1, 2, 0],
            [0, 0, 3],
            [0, 0, 4]])
    """
    xs = tensors_of("block_diag", tensors)
    for i, x in enumerate(xs):
        if x.array.ndim > 2:
            raise RuntimeError(
                "torch.block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {i} has {x.array.ndim} dimensions"
            )
    if not xs:
        return wrap(np.empty((1, 0), promotion.get_default_dtype()))
    blocks = [atleast_2d(x) for x in xs]
    before = np.cumsum([0] + [x.array.shape[1] for x in blocks]).tolist()
    return cat(
        [pad(x, (start, before[-1] - stop)) for x, start, stop in zip(blocks, before, before[1:], strict=False)], 0
    )


def repeat(input: Tensor, repeats: Any, *more: Any) -> Tensor:
    """The tensor laid out `repeats` times along each dimension, as torch.Tensor.repeat; see also `tile`."""
    times = sizes(repeats, more)
    if len(times) < input.array.ndim:
        raise RuntimeError(
            f"repeat(): number of dimensions of repeat dims {times} can not be smaller than number of dimensions of "
            f"tensor, of shape {input.shape}"
        )
    if any(n < 0 for n in times):
        raise RuntimeError(f"repeat(): Trying to create tensor with negative dimension, by repeats {times}")
    return record(rows.tile, (input,), {"repeats": times})


def tile(input: Tensor, dims: Any, *more: Any) -> Tensor:
    """As `repeat`, where missing leading repeats are 1; as torch.tile."""
    times = sizes(dims, more)
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


@numpy_names
def repeat_interleave(
    input: Tensor, repeats: int | Tensor | None = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element along `dim` so many times in a row, or of the flattened tensor; as torch.repeat_interleave.

    `repeats` is a number, or a tensor with one for each position. repeat_interleave(repeats) gives the positions.

    >>> torch.repeat_interleave(torch.tensor([1, 2]), torch.tensor([1, 3]))
    tensor([1, 2, 2, 2])
    """
    if repeats is None:
        if input.array.ndim != 1:
            raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
        return wrap(_positions(input, input.array.size, output_size))
    if dim is None:
        input, dim = ravel(input), 0
    elif not input.array.ndim:
        one_dim("repeat_interleave", dim, 0)
        raise IndexError("repeat_interleave(): Dimension out of range: a 0-d tensor has none; leave out dim")
    axis = one_dim("repeat_interleave", dim, input.array.ndim)
    shape = input.array.shape
    if isinstance(repeats, Variable) and repeats.array.size != 1:
        positions = _positions(repeats, shape[axis], output_size)
        return record(getitem, (input,), {"key": (slice(None),) * axis + (positions,)})
    times = index(repeats)
    if times < 0:
        raise RuntimeError(f"repeat_interleave(): Repeats must be non-negative, got {times}")
    _require_size(times * shape[axis], output_size)
    return record(rows.repeat_interleave, (input,), {"times": times, "axis": axis})


def _positions(repeats: Tensor, length: int, output_size: int | None) -> Any:
    """0, 1, 2, ... up to `length`, each as often as `repeats` says."""
    times = repeats.array
    if times.dtype not in (np.int64, np.int32):
        raise NotImplementedError(f"repeat_interleave(): repeats must be int64 or int32, not {times.dtype}")
    if times.ndim > 1:
        raise RuntimeError(f"repeat_interleave(): repeats must be 0-dim or 1-dim tensor, got shape {times.shape}")
    if times.size != length:
        raise RuntimeError(
            "repeat_interleave(): repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{times.size} and input.size(0) = {length}"
        )
    if times.size and times.min() < 0:
        raise RuntimeError("repeat_interleave(): repeats can not be negative")
    _require_size(int(times.sum()), output_size)
    return np.repeat(np.arange(length), times)


def _require_size(size: int, output_size: int | None) -> None:
    if output_size not in (None, size):
        raise RuntimeError(
            "repeat_interleave(): allocated size does not match required size: "
            f"output_size is {output_size}, not {size}"
        )
