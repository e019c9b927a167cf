"""Derivatives of decompositions of matrices, the last two dimensions; those before them are a stack.

A row has one result, so the factors of one decomposition stand side by side in one array. Formulas: Giles, "Collected
matrix derivative results" (2008); Townsend, "Differentiating the singular value decomposition" (2016). Factors are
unique up to signs, and where values repeat, up to rotations: then the gradient of anything that depends on the choice
is infinite or nan, as in PyTorch.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..table import primitive
from .arithmetic import plain, select
from .shape import tril
from .solving import failing, solve

Triangle = Literal["L", "U"]


def _over(a: Any, b: Any) -> Any:
    """a / b, where 0 / 0 is 0: what nobody asked for has no part in the gradient."""
    nothing = (plain(a) == 0) & (plain(b) == 0)
    return a / select(1.0, b, condition=nothing)


@primitive(name="linalg_cholesky", x=lambda g, y: _cholesky_gradient(g, y))
def cholesky(x: Any) -> Any:
    """The lower triangular y with y @ y.mT = x, of which the lower triangle is read."""
    with failing("cholesky", f"the input is not positive-definite; it has shape {x.shape}"):
        y = np.linalg.cholesky(x)
        if np.isnan(y.diagonal(0, -2, -1)).any():
            raise np.linalg.LinAlgError
    return y


def _cholesky_gradient(g: Any, y: Any) -> Any:
    h = _mirrored(y.mT @ g) * 0.5
    return solve(y.mT, solve(y.mT, h).mT)


def _mirrored(x: Any) -> Any:
    """The symmetric matrix with the lower triangle of `x`."""
    return tril(x, diagonal=0) + tril(x, diagonal=-1).mT


@primitive(name="linalg_eigh", x=lambda g, y: _eigh_gradient(g, y))
def eigh(x: Any, uplo: Triangle) -> Any:
    """The eigenvalues, ascending, in the first row, and below them the eigenvectors as columns."""
    with failing("eigh", _not_finite(x)):
        values, vectors = np.linalg.eigh(x, uplo)
    return np.concatenate([values[..., None, :], vectors], -2)


def _not_finite(x: Any) -> str:
    return f"the algorithm failed to converge; are there values of shape {x.shape} that are not finite?"


def _eigh_gradient(g: Any, y: Any) -> Any:
    values, v = y[..., 0, :], y[..., 1:, :]
    turn = v.mT @ g[..., 1:, :]
    inner = _over((turn - turn.mT) * 0.5, values[..., None, :] - values[..., :, None])
    inner = inner + g[..., 0, :, None] * np.eye(v.shape[-1], dtype=bool)
    return v @ inner @ v.mT


@primitive(name="linalg_eigvalsh", x=lambda g, x, uplo: _eigvalsh_gradient(g, eigh(x, uplo=uplo)[..., 1:, :]))
def eigvalsh(x: Any, uplo: Triangle) -> Any:
    with failing("eigvalsh", _not_finite(x)):
        return np.linalg.eigvalsh(x, uplo)


def _eigvalsh_gradient(g: Any, v: Any) -> Any:
    return (v * g[..., None, :]) @ v.mT


@primitive(name="linalg_svd", x=lambda g, y, x_shape: _svd_gradient(g, y, x_shape[-2]))
def svd(x: Any) -> Any:
    """The singular values, descending, as a column; left of it the left vectors as rows, right of it the right ones."""
    with failing("svd", _not_finite(x)):
        u, s, vh = np.linalg.svd(x, full_matrices=False)
    return np.concatenate([u.mT, s[..., None], vh], -1)


def svd_parts(y: Any, m: int) -> tuple[Any, Any, Any]:
    """u, s and vh of a matrix of `m` rows."""
    return y[..., :m].mT, y[..., m], y[..., m + 1 :]


def _svd_gradient(g: Any, y: Any, m: int) -> Any:
    (u, s, vh), (gu, gs, gvh) = svd_parts(y, m), svd_parts(g, m)
    row, column = s[..., None, :], s[..., :, None]
    gaps = (row - column) * (row + column)
    left, right = u.mT @ gu, gvh @ vh.mT
    inner = _over(left - left.mT, gaps) * row + column * _over(right.mT - right, gaps)
    x = u @ (inner + gs[..., None] * np.eye(s.shape[-1], dtype=bool)) @ vh
    if u.shape[-2] > u.shape[-1]:  # what leaves the span of the left vectors
        x = x + _over(gu - u @ left, row) @ vh
    if vh.shape[-1] > vh.shape[-2]:
        x = x + u @ _over(gvh - right @ vh, column)
    return x


@primitive(name="linalg_svdvals", x=lambda g, x: _svdvals_gradient(g, svd(x), x.shape[-2]))
def svdvals(x: Any) -> Any:
    with failing("svdvals", _not_finite(x)):
        return np.linalg.svd(x, compute_uv=False)


def _svdvals_gradient(g: Any, y: Any, m: int) -> Any:
    u, _, vh = svd_parts(y, m)
    return (u * g[..., None, :]) @ vh


@primitive(name="linalg_qr", x=lambda g, y, x_shape: _qr_gradient(g, y, x_shape[-2]))
def qr(x: Any, mode: Literal["reduced", "complete"]) -> Any:
    """q.mT and r side by side, for matrices with at least as many rows as columns; `mode` is reduced or complete."""
    q, r = np.linalg.qr(x, mode)
    return np.concatenate([q.mT, r], -1)


def _qr_gradient(g: Any, y: Any, m: int) -> Any:
    q, r, gq, gr = y[..., :m].mT, y[..., m:], g[..., :m].mT, g[..., m:]
    if r.shape[-2] > r.shape[-1]:
        raise RuntimeError(
            "linalg.qr(): the decomposition is not differentiable when mode='complete' and there are more rows than "
            'columns; use mode="reduced"'
        )
    return solve(r, (gq + q @ _mirrored(r @ gr.mT - gq.mT @ q)).mT).mT
