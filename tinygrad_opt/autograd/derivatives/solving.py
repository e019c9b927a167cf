"""Derivatives of inverses, solutions and exponentials of matrices.

Matrices are the last two dimensions; those before them are a stack.
"""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain


class LinAlgError(RuntimeError):
    """A matrix that the operation is not defined for: singular, not positive definite, not finite."""


@contextmanager
def failing(name: str, why: str) -> Iterator[None]:
    """NumPy's LinAlgError as ours, which is a RuntimeError as in PyTorch."""
    try:
        yield
    except np.linalg.LinAlgError:
        raise LinAlgError(f"linalg.{name}(): {why}") from None


@primitive(name="linalg_inv", x=lambda g, y: -(y.mT @ g @ y.mT))
def inv(x: Any) -> Any:
    with failing("inv", f"the inversion could not be completed because the input matrix is singular; {_of(x)}"):
        return np.linalg.inv(x)


@primitive(
    name="linalg_solve",
    a=lambda g, y, a: -solve(a.mT, g) @ y.mT,
    b=lambda g, a: solve(a.mT, g),
)
def solve(a: Any, b: Any) -> Any:
    """The y with a @ y = b; `b` has two dimensions at least."""
    with failing("solve", f"the solver failed because the input matrix is singular; {_of(a)}"):
        return np.linalg.solve(a, b)


def _of(x: Any) -> str:
    return f"it has shape {x.shape}; see linalg.pinv() for matrices that have no inverse"


@primitive(name="linalg_pinv", x=lambda g, y, x: _pinv_gradient(g, y, x))
def pinv(x: Any, atol: Any, rtol: Any, hermitian: bool) -> Any:
    """The pseudoinverse: singular values up to atol, or rtol times the largest, count as zero."""
    with failing("pinv", f"the algorithm failed to converge; are there values of shape {x.shape} that are not finite?"):
        u, s, vh = np.linalg.svd(x, full_matrices=False, hermitian=hermitian)
    low = np.maximum(atol, rtol * np.maximum.reduce(s, axis=-1, initial=0))[..., None]
    return (vh.mT * np.divide(1, s, out=np.zeros_like(s), where=s > low)[..., None, :]) @ u.mT


def _pinv_gradient(g: Any, y: Any, x: Any) -> Any:
    """Golub and Pereyra (1973), where the rank does not change."""
    left, right = g.mT @ (y @ y.mT), (y.mT @ y) @ g.mT
    return left - x @ (y @ left) + right - (right @ y) @ x - y.mT @ g @ y.mT


# Pade's approximation of degree 13, and up to which norm it is exact to double precision: Higham (2005).
_PADE = [64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0, 129060195264000.0]
_PADE += [10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0, 40840800.0, 960960.0, 16380.0, 182.0, 1.0]
_PADE_NORM = 5.371920351148152


@primitive(name="linalg_matrix_exp", x=lambda g, x: _matrix_exp_gradient(g, x))
def matrix_exp(x: Any) -> Any:
    """The sum of x^k / k!, by scaling and squaring."""
    with np.errstate(divide="ignore"):
        times = np.ceil(np.log2(np.abs(x).sum(-2, keepdims=True).max(-1, keepdims=True, initial=0) / _PADE_NORM))
    times = np.where(np.isfinite(times), np.maximum(times, 0), 0)
    one = np.eye(x.shape[-1], dtype=x.dtype)
    x = (x * 0.5**times).astype(x.dtype)
    x2 = x @ x
    x4 = x2 @ x2
    x6 = x4 @ x2
    c = _PADE
    odd = x @ (x6 @ (c[13] * x6 + c[11] * x4 + c[9] * x2) + c[7] * x6 + c[5] * x4 + c[3] * x2 + c[1] * one)
    even = x6 @ (c[12] * x6 + c[10] * x4 + c[8] * x2) + c[6] * x6 + c[4] * x4 + c[2] * x2 + c[0] * one
    y = np.linalg.solve(even - odd, even + odd)
    for i in range(int(times.max(initial=0))):
        y = np.where(i < times, y @ y, y)
    return y


def _matrix_exp_gradient(g: Any, x: Any) -> Any:
    """The upper right block of exp([[x.mT, g], [0, x.mT]]), in which g is scaled to 1 at most: Mathias (1996)."""
    n = x.shape[-1]
    size = np.abs(plain(g)).max(axis=(-2, -1), keepdims=True, initial=0)
    size = np.where(size > 0, size, size.dtype.type(1))
    upper, lower = np.concatenate([x.mT, g / size], -1), np.concatenate([x.mT * 0.0, x.mT], -1)
    return matrix_exp(np.concatenate([upper, lower], -2))[..., :n, n:] * size
