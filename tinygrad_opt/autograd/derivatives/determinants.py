"""Derivatives of determinants of square matrices, the last two dimensions; those before them are a stack."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

from typing import Any

import numpy as np

from ..table import primitive
from .arithmetic import plain, select
from .decompositions import svd, svd_parts
from .reduction import product_of_others
from .shape import diagonal
from .solving import inv


@primitive(name="linalg_det", x=lambda g, x: g[..., None, None] * cofactor(x))
def det(x: Any) -> Any:
    return np.linalg.det(x)


@primitive(x=lambda g, x: _cofactor_gradient(g, x))
def cofactor(x: Any) -> Any:
    """det(x) times the transposed inverse, which singular matrices have as well: the derivative of the determinant."""
    try:
        return np.asarray(np.linalg.det(x))[..., None, None] * np.linalg.inv(x).mT
    except np.linalg.LinAlgError:
        u, s, vh = np.linalg.svd(x)
        return (u * (_handedness(u, vh)[..., None] * product_of_others(s, (s.ndim - 1,)))[..., None, :]) @ vh


def _handedness(u: Any, vh: Any) -> Any:
    """1 if two orthogonal matrices together keep the orientation, else -1."""
    return np.asarray(np.sign(np.linalg.det(plain(u)) * np.linalg.det(plain(vh))))


def _cofactor_gradient(g: Any, x: Any) -> Any:
    y, d = cofactor(x), np.asarray(np.linalg.det(plain(x)))
    condition = np.linalg.norm(plain(x), axis=(-2, -1)) * np.linalg.norm(plain(y), axis=(-2, -1))  # times det
    if (np.abs(d) > condition * np.finfo(d.dtype).eps ** 0.25).all():
        return ((g * y).sum(axis=(-2, -1), keepdims=True) * y - y @ g.mT @ y) / det(x)[..., None, None]
    # The same without dividing by det(x): by the singular values, with products of all but two of them.
    u, s, vh = svd_parts(svd(x), x.shape[-2])
    same = np.eye(x.shape[-1], dtype=bool)
    without_one = select(1.0, s[..., None, :] + s[..., None] * 0.0, condition=same)
    pairs = select(0.0, product_of_others(without_one, (s.ndim,)), condition=same)
    h = u.mT @ g @ vh.mT
    along = (pairs * diagonal(h, offset=0, axis1=h.ndim - 2, axis2=h.ndim - 1)[..., None, :]).sum(axis=-1)
    inner = select(along[..., None] + h * 0.0, -pairs * h.mT, condition=same)
    return (u * _handedness(u, vh)[..., None, None]) @ inner @ vh


@primitive(name="linalg_slogdet", x=lambda g, x: g[..., 1, None, None] * inv(x).mT)
def slogdet(x: Any) -> Any:
    """The sign of the determinant, and the logarithm of its size, side by side in a last dimension."""
    return np.stack(np.linalg.slogdet(x), -1)
