"""Grids and tables made of vectors: every pair, every choice, every power."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives.indexing import getitem
from ..autograd.graph import wrap
from ..autograd.record import record
from .joining import stack, tensors_of
from .shape import expand, ravel, reshape, transpose

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["cartesian_prod", "combinations", "meshgrid", "vander"]


def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    """The coordinates of a grid: views of the vectors, each expanded along the dimensions of the others.

    `indexing` "ij" (the default, as PyTorch's, which warns where it is left out) puts the first vector along the first
    dimension; "xy" exchanges the first two. RuntimeError if the tensors differ in dtype. As torch.meshgrid.

    >>> x, y = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
    >>> x
    tensor([[0, 0, 0],
            [1, 1, 1]])
    """
    xs = tensors_of("meshgrid", tensors[0] if len(tensors) == 1 and isinstance(tensors[0], tuple | list) else tensors)
    if not xs:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for x in xs:
        if x.array.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {x.shape}")
        if x.array.dtype != xs[0].array.dtype:
            raise RuntimeError("meshgrid expects all tensors to have the same dtype; write .to(dtype)")
    shape = tuple([x.array.size for x in xs])
    grids = [expand(reshape(x, (-1,) + (1,) * (len(xs) - 1 - i)), shape) for i, x in enumerate(xs)]
    if indexing == "xy" and len(xs) > 1:
        grids = [transpose(grid, 0, 1) for grid in grids]
    return tuple(grids)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Every choice of one element from each vector, a row each; as torch.cartesian_prod.

    >>> torch.cartesian_prod(torch.tensor([1, 2]), torch.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    xs = tensors_of("cartesian_prod", tensors)
    for x in xs:
        _require_vector("cartesian_prod", x)
    return xs[0] if len(xs) == 1 else stack([ravel(grid) for grid in meshgrid(*xs)], 1)


def _require_vector(name: str, x: Tensor) -> None:
    if x.array.ndim != 1:
        raise RuntimeError(f"{name}(): Expect a 1D vector, but got shape {list(x.array.shape)}")


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every choice of `r` elements of a vector, in the order of itertools.combinations; as torch.combinations.

    >>> torch.combinations(torch.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    _require_vector("combinations", input)
    if r < 0:
        raise RuntimeError(f"combinations(): Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.empty(0, input.array.dtype))
    chosen = np.arange(input.array.size)[:, None]
    for _ in range(r - 1):  # every row again with each position that may follow its last
        least = chosen[:, -1] if with_replacement else chosen[:, -1] + 1
        counts = input.array.size - least
        ends = np.cumsum(counts)
        following = np.arange(counts.sum()) - np.repeat(ends - counts - least, counts)
        chosen = np.column_stack([np.repeat(chosen, counts, 0), following])
    return record(getitem, (input,), {"key": chosen})


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803 (PyTorch's name)
    """The powers 0 to N - 1 of every element of a vector, a row each, the highest first; as torch.vander.

    >>> torch.vander(torch.tensor([1.0, 2.0, 3.0]), 3)
    tensor([[1., 1., 1.],
            [4., 2., 1.],
            [9., 3., 1.]])
    """
    if x.array.ndim != 1:
        raise RuntimeError(f"vander(): x must be a one-dimensional tensor, got shape {list(x.array.shape)}")
    count = x.array.size if N is None else N
    if count < 0:
        raise RuntimeError(f"vander(): N must be non-negative, got {N}")
    if x.array.dtype == bool:
        x = x.long()
    if count == 0:
        return wrap(np.empty((x.array.size, 0), x.array.dtype))
    powers = [wrap(np.ones_like(x.array))]
    while len(powers) < count:
        powers.append(powers[-1] * x)
    return stack(powers if increasing else powers[::-1], 1)
