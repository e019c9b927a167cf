"""Diagonals and triangles: read, written, and tensors made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import shape as rows
from ..autograd.record import record
from .dims import one_dim
from .shape import ravel

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["diag", "diag_embed", "diagflat", "diagonal", "diagonal_scatter", "tril", "triu"]


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
    return record(rows.diagonal, (input,), _plane("diagonal", input.array.ndim, offset, dim1, dim2))


def _plane(name: str, ndim: int, offset: int, dim1: int, dim2: int) -> dict[str, Any]:
    """The parameters that the rows of diagonals take."""
    first, second = one_dim(name, dim1, ndim), one_dim(name, dim2, ndim)
    if first == second:
        raise RuntimeError(f"{name}(): diagonal dimensions cannot be identical: {dim1}, {dim2}")
    return {"offset": offset, "axis1": first, "axis2": second}


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of `input` with `src` on the diagonal between two dimensions; as torch.diagonal_scatter.

    >>> torch.diagonal_scatter(torch.zeros(2, 2), torch.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    plane = _plane("diagonal_scatter", input.array.ndim, offset, dim1, dim2)
    size = rows.diagonal.fn(input.array, **plane).shape
    if src.array.shape != size:
        raise RuntimeError(
            "diagonal_scatter(): expected src to have a size equal to the slice of self. "
            f"src size = {list(src.array.shape)}, slice size = {list(size)}"
        )
    return record(rows.diagonal_scatter, (input, src.to(input.array.dtype)), plane)


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Zeros with the last dimension of `input` laid on the diagonal between two new ones; as torch.diag_embed.

    >>> torch.diag_embed(torch.tensor([1.0, 2.0]), offset=1)
    tensor([[0., 1., 0.],
            [0., 0., 2.],
            [0., 0., 0.]])
    """
    shape = list(input.array.shape)
    plane = _plane("diag_embed", len(shape) + 1, offset, dim1, dim2)
    side = shape.pop() + abs(offset)
    for axis in sorted([plane["axis1"], plane["axis2"]]):
        shape.insert(axis, side)
    return record(rows.diag_embed, (input,), {"shape": tuple(shape), **plane})


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """A matrix with the vector `input` on its diagonal, or a copy of the diagonal of a matrix; as torch.diag."""
    if input.array.ndim == 1:
        return diag_embed(input, diagonal)
    if input.array.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.array.ndim}D")
    return record(rows.diagonal, (input,), _plane("diag", 2, diagonal, 0, 1)).clone()


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """A matrix with all elements of `input` on its diagonal, as torch.diagflat."""
    return diag_embed(ravel(input), offset)


def main_diagonal(x: Tensor, wrap: bool) -> tuple[Any, ...]:
    """The key of the elements whose positions are all equal, for fill_diagonal_."""
    shape = x.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"fill_diagonal_(): dimensions must larger than 1, got shape {shape}")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError(f"fill_diagonal_(): all dimensions of input must be of equal length, got shape {shape}")
    count = min(shape)
    if not wrap or len(shape) > 2 or not count:
        return (np.arange(count),) * len(shape)
    return np.unravel_index(np.arange(0, x.array.size, shape[1] + 1), shape)
