"""Tensors taken apart: split, chunk, unbind and their kin. All parts are views."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import indexing
from ..autograd.graph import Variable
from ..autograd.record import record
from .dims import numpy_names, one_dim

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "chunk",
    "dsplit",
    "hsplit",
    "narrow",
    "split",
    "split_with_sizes",
    "tensor_split",
    "unbind",
    "vsplit",
]


def _part(x: Tensor, axis: int, at: int | slice) -> Tensor:
    """The view of `x` at one number or slice of one axis."""
    return record(indexing.getitem, (x,), {"key": (slice(None),) * axis + (at,)})


def _parts(x: Tensor, axis: int, sections: Sequence[int]) -> tuple[Tensor, ...]:
    """The views of so many elements each, one after the other."""
    stops = np.cumsum(sections).tolist()
    return tuple([_part(x, axis, slice(stop - n, stop)) for n, stop in zip(sections, stops, strict=True)])


def _require_dims(name: str, x: Tensor) -> None:
    if not x.array.ndim:
        raise RuntimeError(f"{name}() expects at least a 1-dimensional tensor, got a 0-d one")


@numpy_names
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Views of `split_size` elements along `dim`, the last perhaps smaller; or of the given sizes. As torch.split."""
    if isinstance(split_size_or_sections, tuple | list):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    _require_dims("split", tensor)
    axis, size = one_dim("split", dim, tensor.array.ndim), index(split_size_or_sections)
    length = tensor.array.shape[axis]
    if size < 0 or (size == 0 and length):
        raise RuntimeError(
            f"split(): expects split_size be positive, or 0 of an empty dimension, but got split_size={size} of "
            f"{length} elements"
        )
    return _parts(tensor, axis, [min(size, length - start) for start in range(0, length, size or 1)] or [0])


@numpy_names
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of the given sizes, which add up to the length of `dim`; as torch.split_with_sizes."""
    _require_dims("split_with_sizes", input)
    axis = one_dim("split_with_sizes", dim, input.array.ndim)
    sections, length = [index(n) for n in split_sizes], input.array.shape[axis]
    if sum(sections) != length or any(n < 0 for n in sections):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension "
            f"{axis}), but got split_sizes={sections}"
        )
    return _parts(input, axis, sections)


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most `chunks` views of equal size along `dim`, the last perhaps smaller; as torch.chunk."""
    _require_dims("chunk", input)
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.array.shape[one_dim("chunk", dim, input.array.ndim)]
    return split(input, -(-length // chunks) if length else [0] * chunks, dim)


@numpy_names
def tensor_split(
    input: Tensor,
    indices_or_sections: int | Sequence[int] | Tensor | None = None,
    dim: int = 0,
    *,
    sections: int | None = None,
    indices: Sequence[int] | None = None,
) -> tuple[Tensor, ...]:
    """`sections` views of nearly equal size along `dim`, or views cut at `indices`; as torch.tensor_split.

    >>> torch.tensor_split(torch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    >>> torch.tensor_split(torch.arange(5), (1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    given = [x for x in (indices_or_sections, sections, indices) if x is not None]
    if len(given) != 1:
        raise TypeError("tensor_split(): write one of indices_or_sections, sections= and indices=")
    if not input.array.ndim:
        raise RuntimeError("tensor_split() expected at least a 1-dimensional tensor, but got one with 0 dims")
    axis = one_dim("tensor_split", dim, input.array.ndim)
    cuts = _cuts(given[0])
    if isinstance(cuts, int):
        if cuts <= 0:
            raise RuntimeError(f"tensor_split(): number of sections must be larger than 0, got {cuts}")
        size, larger = divmod(input.array.shape[axis], cuts)
        return _parts(input, axis, [size + 1] * larger + [size] * (cuts - larger))
    return tuple([_part(input, axis, slice(*ends)) for ends in pairwise([0, *cuts, None])])


def _cuts(given: Any) -> int | list[int]:
    """Where to cut, or into how many parts, as numbers."""
    if isinstance(given, Variable):
        if given.array.dtype != np.int64 or given.array.ndim > 1:
            raise RuntimeError(
                "tensor_split(): expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor"
                f" of dtype int64, but got shape {given.array.shape} of {given.array.dtype}"
            )
        cuts: int | list[int] = given.array.tolist()
        return cuts
    return [index(i) for i in given] if isinstance(given, tuple | list) else index(given)


def hsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views along the second dimension, or the only one: equal ones, or cut at indices. As torch.hsplit."""
    return _equal_split("hsplit", input, indices_or_sections, 0 if input.array.ndim == 1 else 1, 1)


def vsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views along the first dimension: equal ones, or cut at indices. As torch.vsplit."""
    return _equal_split("vsplit", input, indices_or_sections, 0, 2)


def dsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Views along the third dimension: equal ones, or cut at indices. As torch.dsplit."""
    return _equal_split("dsplit", input, indices_or_sections, 2, 3)


def _equal_split(
    name: str, x: Tensor, indices_or_sections: int | Sequence[int], axis: int, least: int
) -> tuple[Tensor, ...]:
    if x.array.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension, but got a tensor with {x.array.ndim} "
            "dimensions!"
        )
    if isinstance(indices_or_sections, int):
        length, n = x.array.shape[axis], indices_or_sections
        if n == 0 or length % n:
            raise RuntimeError(
                f"torch.{name} attempted to split along dimension {axis}, but the size of the dimension {length} is not"
                f" divisible by the split_size {n}!"
            )
    return tensor_split(x, indices_or_sections, axis)


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """The view of `length` elements from `start` along `dim`, as torch.narrow."""
    if not input.array.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis, start = one_dim("narrow", dim, input.array.ndim), index(start)
    size = input.array.shape[axis]
    if not -size <= start <= size:
        raise IndexError(
            f"narrow(): start out of range (expected to be in range of [{-size}, {size}], but got {start})"
        )
    if start < 0:
        start += size
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, got {length}")
    if start + length > size:
        raise RuntimeError(f"narrow(): start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return _part(input, axis, slice(start, start + length))


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The views at every position along `dim`, without that dimension; as torch.unbind."""
    axis = one_dim("unbind", dim, input.array.ndim)
    if not input.array.ndim:
        raise IndexError("unbind(): Dimension specified as 0 but tensor has no dimensions")
    return tuple([_part(input, axis, i) for i in range(input.array.shape[axis])])
