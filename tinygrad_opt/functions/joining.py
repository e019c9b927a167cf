"""Tensors put together and taken apart: cat, stack, split, repeat and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import indexing
from ..autograd.derivatives import shape as rows
from ..autograd.graph import Variable
from ..autograd.record import record
from .dims import numpy_names, one_dim
from .shape import sizes, unsqueeze

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "cat",
    "chunk",
    "narrow",
    "split",
    "stack",
    "tile",
    "unbind",
]


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
