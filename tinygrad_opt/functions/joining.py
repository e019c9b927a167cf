"""Tensors put together, and repeated: cat, stack, block_diag, repeat and their kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import shape as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from .dims import numpy_names, one_dim
from .shape import atleast_1d, atleast_2d, atleast_3d, ravel, reshape, sizes, unsqueeze

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
    return record(rows.cat, _promoted(xs), {"axis": axis})


def _promoted(xs: list[Tensor]) -> list[Tensor]:
    """The tensors, all of their common dtype."""
    if all(x.array.dtype == xs[0].array.dtype for x in xs):
        return xs
    dtype = promotion.result_type(*xs)
    return [x.to(dtype) for x in xs]


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
    return record(rows.block_diag, [atleast_2d(x) for x in _promoted(xs)], {})


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
        return wrap(np.repeat(np.arange(input.array.size), _times(input, input.array.size, output_size)))
    if dim is None:
        input, dim = ravel(input), 0
    elif not input.array.ndim:
        one_dim("repeat_interleave", dim, 0)
        raise IndexError("repeat_interleave(): Dimension out of range: a 0-d tensor has none; leave out dim")
    axis = one_dim("repeat_interleave", dim, input.array.ndim)
    times = _times(repeats, input.array.shape[axis], output_size)
    return record(rows.repeat_interleave, (input,), {"times": times, "axis": axis})


def _times(repeats: int | Tensor, length: int, output_size: int | None) -> Any:
    """How often each of `length` positions is repeated, checked: a number, or an array of them."""
    if not isinstance(repeats, Variable):
        times: Any = index(repeats)
    elif repeats.array.dtype not in (np.int64, np.int32):
        raise NotImplementedError(f"repeat_interleave(): repeats must be int64 or int32, not {repeats.array.dtype}")
    elif repeats.array.ndim > 1:
        raise RuntimeError(f"repeat_interleave(): repeats must be 0-dim or 1-dim tensor, got {tuple(repeats.shape)}")
    elif repeats.array.size == 1:
        times = repeats.array.item()
    elif repeats.array.size == length:
        times = repeats.array.copy()
    else:
        raise RuntimeError(
            "repeat_interleave(): repeats must have the same size as input along dim, but got repeats.size(0) = "
            f"{repeats.array.size} and input.size(0) = {length}"
        )
    if np.min(times, initial=0) < 0:
        raise RuntimeError(f"repeat_interleave(): Repeats must be non-negative, they can not be negative: {times}")
    size = int(np.sum(times)) if isinstance(times, np.ndarray) else times * length
    if output_size not in (None, size):
        raise RuntimeError(
            "repeat_interleave(): allocated size does not match required size: "
            f"output_size is {output_size}, not {size}"
        )
    return times
