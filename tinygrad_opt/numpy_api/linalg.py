"""np.dot, np.einsum, np.linalg.solve and their kin on Tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import functions as ops
from .. import linalg
from .registry import FUNCTIONS, as_tensor, implements, promoted

if TYPE_CHECKING:
    from ..tensor import Tensor


def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Tensor:
    """The sum of products along one axis."""
    a, b = promoted([x1, x2])
    return ops.sum(a * b, axis)


def matvec(x1: Any, x2: Any, /) -> Tensor:
    """Matrices times vectors, both perhaps stacked."""
    a, b = promoted([x1, x2])
    return ops.matmul(a, ops.unsqueeze(b, -1)).squeeze(-1)


def vecmat(x1: Any, x2: Any, /) -> Tensor:
    """Vectors times matrices, both perhaps stacked."""
    a, b = promoted([x1, x2])
    return ops.matmul(ops.unsqueeze(a, -2), b).squeeze(-2)


FUNCTIONS |= {
    np.outer: lambda a, b, out=None: ops.outer(*[ops.ravel(x) for x in promoted([a, b])]),
    np.vdot: lambda a, b, /: ops.dot(*[ops.ravel(x) for x in promoted([a, b])]),
    np.kron: lambda a, b: ops.kron(*promoted([a, b])),
    np.linalg.cholesky: lambda a, /, *, upper=False: linalg.cholesky(a, upper=upper),
    np.linalg.cross: lambda x1, x2, /, *, axis=-1: linalg.cross(*promoted([x1, x2]), dim=axis),
    np.linalg.det: lambda a: linalg.det(a),
    np.linalg.diagonal: lambda x, /, *, offset=0: ops.diagonal(x, offset, -2, -1),
    np.linalg.eigh: lambda a, UPLO="L": linalg.eigh(a, UPLO),  # noqa: N803 (NumPy's name)
    np.linalg.eigvalsh: lambda a, UPLO="L": linalg.eigvalsh(a, UPLO),  # noqa: N803
    np.linalg.inv: lambda a: linalg.inv(a),
    np.linalg.matmul: lambda x1, x2, /: ops.matmul(*promoted([x1, x2])),
    np.linalg.matrix_norm: lambda x, /, *, keepdims=False, ord="fro": linalg.matrix_norm(x, ord, keepdim=keepdims),
    np.linalg.matrix_power: lambda a, n: linalg.matrix_power(a, n),
    np.linalg.matrix_transpose: lambda x, /: ops.transpose(x, -2, -1),
    np.linalg.multi_dot: lambda arrays, *, out=None: linalg.multi_dot(promoted(arrays)),
    np.linalg.outer: lambda x1, x2, /: ops.outer(*promoted([x1, x2])),
    np.linalg.qr: lambda a, mode="reduced": linalg.qr(a, mode).R if mode == "r" else linalg.qr(a, mode),
    np.linalg.slogdet: lambda a: linalg.slogdet(a),
    np.linalg.svdvals: lambda x, /: linalg.svdvals(x),
    np.linalg.vecdot: vecdot,
}


@implements(np.dot)
def _dot(a: Any, b: Any, out: None = None) -> Tensor:
    x, y = promoted([a, b])
    if x.ndim == 0 or y.ndim == 0:
        return ops.mul(x, y)
    return ops.matmul(x, y) if y.ndim <= 2 else ops.tensordot(x, y, ([x.ndim - 1], [y.ndim - 2]))


@implements(np.einsum)
def _einsum(subscripts: Any, *operands: Any, out: None = None, optimize: Any = False) -> Tensor:
    if isinstance(subscripts, str):
        return ops.einsum(subscripts, *promoted(operands))
    arrays = promoted([subscripts, *operands[1::2]])  # each array is followed by its subscripts as numbers
    spelled = [part for pair in zip(arrays, operands[::2], strict=False) for part in pair]
    return ops.einsum(*spelled, *operands[len(spelled) - 1 :])


@implements(np.inner)
def _inner(a: Any, b: Any, /) -> Tensor:
    x, y = promoted([a, b])
    return ops.mul(x, y) if x.ndim == 0 or y.ndim == 0 else ops.inner(x, y)


@implements(np.tensordot)
def _tensordot(a: Any, b: Any, axes: Any = 2) -> Tensor:
    if not isinstance(axes, int):
        axes = tuple([[d] if isinstance(d, int) else list(d) for d in axes])
    x, y = promoted([a, b])
    return ops.tensordot(x, y, axes)


@implements(np.trace)
def _trace(a: Tensor, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Tensor:
    return ops.sum(ops.diagonal(a, offset, axis1, axis2), -1, dtype=dtype)


@implements(np.cross)
def _cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Tensor:
    if axis is not None:
        axisa = axisb = axisc = axis
    x, y = promoted([a, b])
    x, y = ops.movedim(x, axisa, -1), ops.movedim(y, axisb, -1)
    if x.shape[-1] != 3 or y.shape[-1] != 3:
        raise ValueError(f"np.cross on Tensors: both vectors have 3 components, got {x.shape[-1]} and {y.shape[-1]}")
    z = linalg.cross(*ops.broadcast_tensors(x, y), dim=-1)
    return ops.movedim(z, -1, axisc)


@implements(np.linalg.norm)
def _norm(x: Tensor, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    if ord is None and (axis is None or isinstance(axis, int)):
        return linalg.vector_norm(x, 2, axis, keepdims)
    return linalg.norm(x, ord, axis, keepdims)


@implements(np.linalg.vector_norm)
def _vector_norm(x: Tensor, /, *, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Tensor:
    return linalg.vector_norm(x, ord, axis, keepdims)


@implements(np.linalg.matrix_rank)
def _matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Tensor:  # noqa: N803
    return linalg.matrix_rank(as_tensor(A), atol=tol, rtol=rtol, hermitian=hermitian)


@implements(np.linalg.pinv)
def _pinv(a: Tensor, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Tensor:
    relative = rcond if rtol is None else rtol
    return linalg.pinv(a, rtol=1e-15 if relative is None else relative, hermitian=hermitian)


@implements(np.linalg.solve)
def _solve(a: Any, b: Any) -> Tensor:
    x, y = promoted([a, b])
    return linalg.solve(x, y) if y.ndim > 1 else linalg.solve(x, ops.unsqueeze(y, -1)).squeeze(-1)


@implements(np.linalg.svd)
def _svd(a: Tensor, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    return linalg.svd(a, full_matrices) if compute_uv else linalg.svdvals(a)


@implements(np.linalg.tensorinv)
def _tensorinv(a: Tensor, ind: int = 2) -> Tensor:
    shape = a.array.shape
    n = math.prod(shape[:ind])
    return ops.reshape(linalg.inv(ops.reshape(a, (n, -1))), (*shape[ind:], *shape[:ind]))


@implements(np.linalg.tensorsolve)
def _tensorsolve(a: Any, b: Any, axes: Sequence[int] | None = None) -> Tensor:
    x, y = promoted([a, b])
    if axes is not None:
        x = ops.movedim(x, tuple(axes), tuple(range(x.ndim - len(axes), x.ndim)))
    rest = x.array.shape[y.ndim :]
    matrix = ops.reshape(x, (-1, math.prod(rest)))
    return ops.reshape(_solve(matrix, ops.ravel(y)), rest)


FUNCTIONS |= {
    np.linalg.tensordot: lambda x1, x2, /, *, axes=2: _tensordot(x1, x2, axes),
    np.linalg.trace: lambda x, /, *, offset=0, dtype=None: _trace(x, offset, -2, -1, dtype),
}
