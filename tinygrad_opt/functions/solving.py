"""Determinants, inverses, solutions, powers and exponentials of square matrices: the last two dimensions of a stack.

A matrix that the operation is not defined for is a LinAlgError, which is a RuntimeError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.derivatives import arithmetic, determinants
from ..autograd.derivatives import solving as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import binary, record
from .diagonals import tril, triu
from .elementwise import clone
from .products import matmul, require_same_dtype, require_stacks, require_tensor
from .shape import reshape, transpose

if TYPE_CHECKING:
    from ..tensor import Tensor


def require_matrices(name: str, x: Tensor, what: str = "A") -> None:
    """RuntimeError unless `x` is a stack of matrices of float32 or float64."""
    array = require_tensor(name, x)
    if array.ndim < 2:
        raise RuntimeError(
            f"{name}(): The input tensor {what} must have at least 2 dimensions, got shape {array.shape}"
        )
    if array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): Expected a floating point tensor as input. Got {array.dtype}; write {what}.float()"
        )
    if array.dtype.itemsize < 4:
        raise NotImplementedError(f"{name}(): not implemented for {array.dtype}; write {what}.float()")


def require_square(name: str, x: Tensor) -> None:
    """RuntimeError unless `x` is a stack of square matrices of float32 or float64."""
    require_matrices(name, x)
    m, n = x.array.shape[-2:]
    if m != n:
        raise RuntimeError(f"{name}(): A must be batches of square matrices, but they are {m} by {n} matrices")


def det(A: Tensor) -> Tensor:  # noqa: N803 (PyTorch's name)
    """The determinant. As torch.linalg.det, but the gradient of singular matrices is the cofactors at every order.

    >>> torch.linalg.det(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    require_square("linalg.det", A)
    return record(determinants.det, (A,), {})


def slogdet(A: Tensor) -> return_types.linalg_slogdet:  # noqa: N803
    """The `sign` of the determinant and the logarithm of its size, `logabsdet`; 0 and -inf if A is singular.

    The gradient of a singular matrix is a LinAlgError, raised by backward(). As torch.linalg.slogdet.
    """
    require_square("linalg.slogdet", A)
    y = record(determinants.slogdet, (A,), {})
    return return_types.linalg_slogdet(y[..., 0].contiguous(), y[..., 1].contiguous())


def inv(A: Tensor) -> Tensor:  # noqa: N803
    """The inverse; LinAlgError if there is none. As torch.linalg.inv.

    >>> torch.linalg.inv(torch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    require_square("linalg.inv", A)
    return record(rows.inv, (A,), {})


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:  # noqa: N803
    """The X with A @ X = B, or X @ A = B unless `left`; LinAlgError if A is singular. As torch.linalg.solve.

    B is one vector, a stack of vectors (of the shape of A without its last dimension), or a stack of matrices.

    >>> torch.linalg.solve(torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([1.0, 1.0]))
    tensor([0.5000, 0.2500])
    """
    require_square("linalg.solve", A)
    a, b = A.array, require_tensor("linalg.solve", B)
    if b.ndim == 1 or (b.ndim == a.ndim - 1 and b.shape == a.shape[:-1]):
        return reshape(x := solve(A, reshape(B, (*b.shape, 1)), left=left), x.array.shape[:-1])
    _require_equation("linalg.solve", A, B, left)
    if not left:
        return transpose(solve(transpose(A, -2, -1), transpose(B, -2, -1)), -2, -1)
    return binary(rows.solve, A, B)


def _require_equation(name: str, a: Tensor, b: Tensor, left: bool) -> None:
    """RuntimeError unless a @ x = b, or x @ a = b, makes sense of the shapes."""
    require_matrices(name, b, "B")
    require_same_dtype(name, a, b)
    (m, n), (k, j) = a.array.shape[-2:], b.array.shape[-2:]
    if m != (k if left else j):
        raise RuntimeError(
            f"{name}(): Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({m}x{n} and {k}x{j})"
        )
    require_stacks(name, a, b)


def solve_triangular(
    A: Tensor,  # noqa: N803
    B: Tensor,  # noqa: N803
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Tensor:
    """`solve` with the `upper` or lower triangle of A, whose diagonal counts as ones if `unitriangular`.

    As torch.linalg.solve_triangular, except that a zero on the diagonal is a LinAlgError and not an infinity. NumPy has
    no such solver: the triangle is taken out, and solved with as any other matrix.
    """
    require_square("linalg.solve_triangular", A)
    _require_equation("linalg.solve_triangular", A, B, left)
    triangle = (triu if upper else tril)(A, (1 if upper else -1) * unitriangular)
    if unitriangular:
        triangle = triangle + wrap(np.eye(A.array.shape[-1], dtype=A.array.dtype))
    return solve(triangle, B, left=left)


def pinv(A: Tensor, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Tensor:  # noqa: N803
    """The pseudoinverse: singular values up to atol, or rtol times the largest, count as zero. As torch.linalg.pinv.

    rtol is eps times the larger side, or 0 where atol is given. If `hermitian`, A is taken to be symmetric, and its
    lower triangle is read. The gradient is that of matrices of the same rank.

    >>> torch.linalg.pinv(torch.tensor([[2.0, 0.0], [0.0, 0.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.0000]])
    """
    (require_square if hermitian else require_matrices)("linalg.pinv", A)
    low, share = tolerances(A, atol, rtol)
    return record(rows.pinv, (A,), {"atol": low, "rtol": share, "hermitian": hermitian})


def tolerances(x: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """Numbers or arrays below which a singular value counts as zero, absolute and as a share of the largest."""
    dtype = x.array.dtype
    if rtol is None:
        rtol = max(x.array.shape[-2:]) * np.finfo(dtype).eps if atol is None else 0.0
    low, share = (np.asarray(t.array if isinstance(t, Variable) else t or 0.0, dtype) for t in (atol, rtol))
    return low, share


def matrix_power(A: Tensor, n: int) -> Tensor:  # noqa: N803
    """A multiplied with itself `n` times; with n < 0, the inverse. As torch.linalg.matrix_power.

    >>> torch.linalg.matrix_power(torch.tensor([[1.0, 1.0], [0.0, 1.0]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    x = require_tensor("linalg.matrix_power", A)
    if type(n) is not int:
        raise TypeError(f"linalg.matrix_power(): n must be int, not {type(n).__name__}")
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise RuntimeError(f"linalg.matrix_power(): A must be batches of square matrices, but it has shape {x.shape}")
    if n < 0:
        return matrix_power(inv(A), -n)
    if n == 0:
        one = wrap(np.eye(x.shape[-1], dtype=x.dtype))
        return record(arithmetic.select, (A, one), {"condition": np.zeros((), bool)})
    if n == 1:
        return clone(A)
    square = matmul(A, A)
    if n == 2:
        return square
    half = matrix_power(square, n // 2) if n > 3 else square
    return matmul(half, A) if n % 2 else half


def matrix_exp(A: Tensor) -> Tensor:  # noqa: N803
    """The sum of A^k / k! over all k. As torch.linalg.matrix_exp.

    >>> torch.linalg.matrix_exp(torch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    require_square("linalg.matrix_exp", A)
    return record(rows.matrix_exp, (A,), {})
