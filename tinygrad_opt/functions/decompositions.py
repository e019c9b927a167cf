"""Decompositions of matrices, the last two dimensions of a stack, with torch.linalg's names and results.

Factors are unique up to signs at best; theirs are LAPACK's. LinAlgError where there is no such decomposition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.derivatives import decompositions as rows
from ..autograd.graph import wrap
from ..autograd.record import record
from .joining import cat
from .shape import transpose
from .solving import require_matrices, require_square, tolerances

if TYPE_CHECKING:
    from ..tensor import Tensor


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:  # noqa: N803 (PyTorch's name)
    """The lower triangular L with L @ L.mT = A, or the `upper` U with U.mT @ U = A; only that triangle of A is read.

    LinAlgError unless A is positive definite. As torch.linalg.cholesky.

    >>> torch.linalg.cholesky(torch.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    require_square("linalg.cholesky", A)
    if upper:
        return transpose(cholesky(transpose(A, -2, -1)), -2, -1)
    return record(rows.cholesky, (A,), {})


def eigh(A: Tensor, UPLO: str = "L") -> return_types.linalg_eigh:  # noqa: N803
    """The `eigenvalues` of a symmetric A, ascending, and its `eigenvectors` as columns, of length 1 and orthogonal.

    Read from the lower triangle, or with UPLO "U" from the upper one. As torch.linalg.eigh.

    >>> torch.linalg.eigh(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues
    tensor([1., 3.])
    """
    y = record(rows.eigh, (A,), _triangle("linalg.eigh", A, UPLO))
    return return_types.linalg_eigh(y[..., 0, :].contiguous(), y[..., 1:, :])


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:  # noqa: N803
    """The eigenvalues of a symmetric A, ascending, as `eigh` has them. As torch.linalg.eigvalsh."""
    return record(rows.eigvalsh, (A,), _triangle("linalg.eigvalsh", A, UPLO))


def _triangle(name: str, x: Tensor, uplo: str) -> dict[str, Any]:
    require_square(name, x)
    if uplo not in ("L", "U", "l", "u"):
        raise RuntimeError(f"{name}(): Expected UPLO argument to be 'L' or 'U', but got {uplo!r}")
    return {"uplo": uplo.upper()}


def svd(A: Tensor, full_matrices: bool = True) -> return_types.linalg_svd:  # noqa: N803
    """`U`, `S`, `Vh` with A = U @ diag(S) @ Vh: S descending, the columns of U and the rows of Vh orthogonal.

    With `full_matrices` U and Vh are square; the vectors added for that have no gradient. As torch.linalg.svd.

    >>> torch.linalg.svd(torch.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    tensor([4., 3.])
    """
    require_matrices("linalg.svd", A)
    u, s, vh = rows.svd_parts(record(rows.svd, (A,), {}), A.array.shape[-2])
    if full_matrices:
        u, vh = _completed(u), transpose(_completed(transpose(vh, -2, -1)), -2, -1)
    return return_types.linalg_svd(u, s.contiguous(), vh)


def _completed(u: Tensor) -> Tensor:
    """Orthogonal columns, and as many more as make the matrix square."""
    m, n = u.array.shape[-2:]
    return u if m == n else cat([u, wrap(np.linalg.qr(u.array, "complete")[0][..., n:])], -1)


def svdvals(A: Tensor) -> Tensor:  # noqa: N803
    """The singular values, descending. As torch.linalg.svdvals."""
    require_matrices("linalg.svdvals", A)
    return record(rows.svdvals, (A,), {})


def matrix_rank(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:  # noqa: N803
    """How many singular values are above atol and above rtol times the largest, as int64. As torch.linalg.matrix_rank.

    rtol is eps times the larger side, or 0 where atol is given.

    >>> torch.linalg.matrix_rank(torch.ones(3, 3))
    tensor(1)
    """
    (require_square if hermitian else require_matrices)("linalg.matrix_rank", A)
    low, share = tolerances(A, atol, rtol)
    x = wrap(A.array)
    s = np.abs(eigvalsh(x).array) if hermitian else svdvals(x).array
    least = np.maximum(low, share * s.max(axis=-1, initial=0))
    return wrap(np.asarray((s > least[..., None]).sum(axis=-1), np.int64))


def qr(A: Tensor, mode: str = "reduced") -> return_types.linalg_qr:  # noqa: N803
    """`Q` with orthogonal columns and the upper triangular `R` with A = Q @ R. As torch.linalg.qr.

    Q has as many columns as A rows with mode "complete", else the smaller of both, and is empty with mode "r". With
    "complete", and more rows than columns, there is no gradient.

    >>> torch.linalg.qr(torch.tensor([[3.0, 1.0], [4.0, 2.0]])).R.abs()
    tensor([[5.0000, 2.2000],
            [0.0000, 0.4000]])
    """
    require_matrices("linalg.qr", A)
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(
            f"linalg.qr(): received unrecognized mode {mode!r} but expected one of 'reduced' (default), 'r', or "
            "'complete'"
        )
    m, n = A.array.shape[-2:]
    first = A if m >= n else A[..., :m]
    y = record(rows.qr, (first,), {"mode": "complete" if mode == "complete" else "reduced"})
    q, r = transpose(y[..., :m], -2, -1), y[..., m:]
    if m < n:
        r = cat([r, transpose(q, -2, -1) @ A[..., m:]], -1)
    return return_types.linalg_qr(wrap(np.empty(0, A.array.dtype)) if mode == "r" else q, r)
