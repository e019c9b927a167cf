"""torch.linalg: products, norms, solutions and decompositions of matrices.

A matrix is the last two dimensions of a tensor; those before them are a stack, and every function works on all of it.
Matrices that a function is not defined for are a LinAlgError, which is a RuntimeError. Everything has gradients of
every order; where factors repeat a value, those of anything that depends on the choice of vectors are nan or infinite.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .autograd.derivatives import reduction as rows
from .autograd.derivatives.solving import LinAlgError
from .autograd.record import record
from .functions.decompositions import cholesky, eigh, eigvalsh, matrix_rank, qr, svd, svdvals
from .functions.diagonals import diagonal as diagonal_of
from .functions.dims import Dims, all_dims, numpy_names, one_dim
from .functions.einstein import einsum
from .functions.elementwise import abs
from .functions.products import (
    cross_along,
    matmul,
    multiply_chain,
    require_linked,
    require_same_dtype,
    require_tensor,
)
from .functions.reduction import amax, amin, sum
from .functions.shape import movedim, reshape, unsqueeze
from .functions.solving import det, inv, matrix_exp, matrix_power, pinv, slogdet, solve, solve_triangular

if TYPE_CHECKING:
    from .tensor import Tensor

__all__ = [
    "LinAlgError",
    "cholesky",
    "cross",
    "det",
    "diagonal",
    "eigh",
    "eigvalsh",
    "inv",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_triangular",
    "svd",
    "svdvals",
    "vecdot",
    "vector_norm",
]


# ---- products ----


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The vectors of three elements along `dim` that are at right angles to both. As torch.linalg.cross."""
    return cross_along("linalg.cross", input, other, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # noqa: N803 (PyTorch's name)
    """The view of the diagonals of a stack of matrices, as the last dimension. As torch.linalg.diagonal."""
    return diagonal_of(A, offset, dim1, dim2)


@numpy_names
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """The inner products of the vectors along `dim`, the other dimensions broadcast. As torch.linalg.vecdot.

    >>> torch.linalg.vecdot(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])
    """
    a, b = require_tensor("linalg.vecdot", x), require_tensor("linalg.vecdot", y)
    require_same_dtype("linalg.vecdot", x, y)
    if a.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.vecdot(): Expected a floating point tensor as input. Got {a.dtype}; write x.float()"
        )
    i, j = one_dim("linalg.vecdot", dim, a.ndim), one_dim("linalg.vecdot", dim, b.ndim)
    if a.ndim == 0 or b.ndim == 0:
        return sum(x * y, dim) if a.ndim or b.ndim else x * y
    return einsum("...i,...i->...", movedim(x, i, -1), movedim(y, j, -1))


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """The product of matrices in the order that takes the fewest multiplications. As torch.linalg.multi_dot.

    The first and the last may be vectors.

    >>> torch.linalg.multi_dot([torch.ones(2, 3), torch.ones(3, 5), torch.ones(5)])
    tensor([15., 15.])
    """
    if len(tensors) < 2:
        raise RuntimeError(f"linalg.multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    for i, x in enumerate(tensors):
        ndim = require_tensor("linalg.multi_dot", x).ndim
        if ndim != 2 and not (ndim == 1 and i in (0, len(tensors) - 1)):
            raise RuntimeError(
                f"linalg.multi_dot(): tensor {i} of {len(tensors)} must be 2D, or 1D as the first or the last, "
                f"but got shape {tuple(x.shape)}"
            )
        require_linked("linalg.multi_dot", tensors, i)
    first, last = tensors[0], tensors[-1]
    ends = first.array.shape[:-1], last.array.shape[1:]
    matrices = [first.reshape(1, -1) if not ends[0] else first, *tensors[1:-1]]
    matrices.append(last.reshape(-1, 1) if not ends[1] else last)
    return reshape(multiply_chain(matrices), ends[0] + ends[1])


# ---- norms ----


@numpy_names
def norm(
    A: Tensor,  # noqa: N803
    ord: float | str | None = None,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """`vector_norm` of a vector or over one `dim`, `matrix_norm` of a matrix or over two. As torch.linalg.norm.

    Without `ord`, the root of the sum of the squares over `dim`, or over everything.

    >>> torch.linalg.norm(torch.tensor([[3.0, 0.0], [4.0, 0.0]]), "nuc")
    tensor(5.)
    """
    dims = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    ndim = require_tensor("linalg.norm", A).ndim
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm(): If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if ord is None:
        return vector_norm(A, 2, dims, keepdim, dtype=dtype)
    if dims is None and ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm(): If dim is not specified but ord is, the input must be 1D or 2D. Got {ndim}D"
        )
    if isinstance(ord, str) or len(dims or range(ndim)) == 2:
        return matrix_norm(A, ord, (-2, -1) if dims is None else dims, keepdim, dtype=dtype)
    return vector_norm(A, ord, dims, keepdim, dtype=dtype)


@numpy_names
def vector_norm(x: Tensor, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """(sum |x|^ord)^(1/ord) over `dim`, or over everything; the extremes of |x| for inf and -inf, for 0 a count.

    Computed as `dtype` if that is given. At a norm of 0 the gradient is 0. As torch.linalg.vector_norm.

    >>> torch.linalg.vector_norm(torch.tensor([3.0, -4.0]), float("inf"))
    tensor(4.)
    """
    if isinstance(ord, str):
        raise TypeError(f"linalg.vector_norm(): ord must be a number, not {ord!r}; see linalg.matrix_norm()")
    x = _as_dtype("linalg.vector_norm", x, dtype)
    axes = all_dims("linalg.vector_norm", dim, x.array.ndim)
    if (ord < 0 or ord == math.inf) and x.array.size == 0 and 0 in [x.array.shape[i] for i in axes]:
        raise RuntimeError(
            f"linalg.vector_norm(): cannot compute the {ord} norm on an empty tensor, as it has no identity; got shape "
            f"{tuple(x.shape)}"
        )
    return record(rows.vector_norm, (x,), {"ord": float(ord), "axes": axes, "keepdims": keepdim})


def _as_dtype(name: str, x: Tensor, dtype: Any) -> Tensor:
    """`x` as `dtype`, to which it must be possible to cast without loss."""
    given = require_tensor(name, x).dtype
    if given.kind != "f":
        raise RuntimeError(f"{name}(): Expected a floating point tensor as input. Got {given}; write x.float()")
    if dtype is None:
        return x
    if np.dtype(dtype).kind != "f" or not np.can_cast(given, dtype):
        raise RuntimeError(
            f"{name}(): the dtype of the input ({given}) should be convertible without narrowing to the specified "
            f"dtype ({np.dtype(dtype)})"
        )
    return x.to(dtype)


@numpy_names
def matrix_norm(
    A: Tensor,  # noqa: N803
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
) -> Tensor:
    """The norm of the matrices in two dimensions `dim`. As torch.linalg.matrix_norm.

    "fro": the root of the sum of the squares; "nuc": the sum of the singular values; 2 and -2: the largest and the
    smallest of these; 1 and -1: the largest and the smallest sum of |x| over a column; inf and -inf: over a row.

    >>> torch.linalg.matrix_norm(torch.tensor([[1.0, -2.0], [3.0, 4.0]]), 1)
    tensor(6.)
    """
    name = "linalg.matrix_norm"
    x = _as_dtype(name, A, dtype)
    if x.array.ndim < 2:
        raise RuntimeError(f"{name}(): The input tensor A must have at least 2 dimensions, got shape {x.array.shape}")
    if isinstance(dim, int):
        raise TypeError(f"{name}(): dim must be two dimensions, not {dim}")
    if len(dim) != 2:
        raise RuntimeError(f"{name}(): dim must be a 2-tuple. Got {tuple(dim)}")
    row, column = all_dims(name, dim, x.array.ndim)
    if ord == "fro":
        return vector_norm(x, 2, (row, column), keepdim)
    if ord not in ("nuc", 1, -1, 2, -2, math.inf, -math.inf):
        raise RuntimeError(f'{name}(): Order {ord!r} not supported; it may be "fro", "nuc", 1, -1, 2, -2, inf or -inf')
    matrix = movedim(x, (row, column), (-2, -1))
    parts = svdvals(matrix) if ord in ("nuc", 2, -2) else sum(abs(matrix), -2 if ord in (1, -1) else -1)
    least = not isinstance(ord, str) and ord < 0
    nothing = not least and parts.array.shape[-1] == 0  # whose largest part is 0
    y = sum(parts, -1) if ord == "nuc" or nothing else (amin if least else amax)(parts, -1)
    return unsqueeze(unsqueeze(y, min(row, column)), max(row, column)) if keepdim else y
