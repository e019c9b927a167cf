"""Matrices under PyTorch's older names, those outside of torch.linalg."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .. import return_types
from ..autograd.graph import wrap
from . import decompositions, solving
from .arithmetic import where
from .products import require_same_dtype
from .shape import transpose
from .solving import det, matrix_exp, matrix_power, require_matrices, require_square

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "det",
    "inverse",
    "logdet",
    "matrix_exp",
    "matrix_power",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
]

inverse = solving.inv


def cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """The triangular factor of positive definite matrices, as linalg.cholesky has it. As torch.cholesky."""
    return decompositions.cholesky(input, upper=upper)


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:  # noqa: N803 (PyTorch's names)
    """The X with A @ X = B, where L is the Cholesky factor of A, the `upper` one if so. As torch.cholesky_solve.

    >>> torch.cholesky_solve(torch.tensor([[8.0]]), torch.tensor([[2.0]]))
    tensor([[2.]])
    """
    require_square("cholesky_solve", L)
    require_matrices("cholesky_solve", B, "B")
    require_same_dtype("cholesky_solve", B, L)
    if B.array.shape[-2] != L.array.shape[-1]:
        raise RuntimeError(f"cholesky_solve(): Incompatible matrix sizes: B of shape {B.shape} and L of {L.shape}")
    half = solving.solve_triangular(transpose(L, -2, -1) if upper else L, B, upper=False)
    return solving.solve_triangular(L if upper else transpose(L, -2, -1), half, upper=True)


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:  # noqa: N803
    """The inverse of the matrix whose Cholesky factor is L, the `upper` one if so. As torch.cholesky_inverse."""
    require_square("cholesky_inverse", L)
    return cholesky_solve(wrap(np.eye(L.array.shape[-1], dtype=L.array.dtype)), L, upper)


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant: nan where that is negative, -inf where it is 0. As torch.logdet."""
    sign, logabsdet = solving.slogdet(input)
    y: Tensor = where(sign == -1, math.nan, logabsdet)
    return y


def slogdet(input: Tensor) -> return_types.slogdet:
    """The `sign` and `logabsdet` of linalg.slogdet. As torch.slogdet."""
    return return_types.slogdet(*solving.slogdet(input))


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The pseudoinverse, as linalg.pinv has it with rtol = rcond. As torch.pinverse."""
    return solving.pinv(input, rtol=rcond)


def qr(input: Tensor, some: bool = True) -> return_types.qr:
    """`Q` and `R` of linalg.qr: reduced if `some`, else complete. As torch.qr."""
    return return_types.qr(*decompositions.qr(input, "reduced" if some else "complete"))


def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> return_types.svd:
    """`U`, `S`, `V` with input = U @ diag(S) @ V.mT: reduced if `some`, else square. As torch.svd.

    U and V are square and zero unless `compute_uv`.
    """
    if compute_uv:
        u, s, vh = decompositions.svd(input, not some)
        return return_types.svd(u, s, transpose(vh, -2, -1))
    s = decompositions.svdvals(input)
    *stack, m, n = input.array.shape
    zeros = [wrap(np.zeros((*stack, k, k), s.array.dtype)) for k in (m, n)]
    return return_types.svd(zeros[0], s, zeros[1])
