"""Examples of the rows in derivatives/decompositions.py: of factors, only what does not depend on their signs."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import decompositions
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real


def definite(x: Any) -> Any:
    """A symmetric matrix with positive eigenvalues, none of them close to another."""
    return x @ x.mT + torch.eye(x.shape[-1], dtype=x.dtype) * 0.1


def symmetric(x: Any) -> Any:
    return x + x.mT


def eigh_function(x: Any) -> Any:
    values, v = torch.linalg.eigh(symmetric(x))
    return (v * torch.exp(values)[..., None, :]) @ v.mT + values[..., None, :]


def svd_function(x: Any) -> Any:
    u, s, vh = torch.linalg.svd(x, full_matrices=False)
    return (u * torch.exp(-s)[..., None, :]) @ vh


def qr_function(x: Any) -> Any:
    q, r = torch.linalg.qr(x)
    return (q * q) @ (r * r)


EXAMPLES: dict[Operation, list[Example]] = {
    decompositions.cholesky: [
        (lambda x: torch.linalg.cholesky(definite(x)), real(3, 3)),
        (lambda x: torch.linalg.cholesky(definite(x)), real(2, 2, 2)),
        (lambda x: torch.linalg.cholesky(definite(x), upper=True), real(3, 3)),
        (torch.linalg.cholesky, np.array([[2.0]])),
        (torch.linalg.cholesky, real(0, 0)),
        (torch.linalg.cholesky, real(0, 2, 2)),
    ],
    decompositions.eigh: [
        (eigh_function, real(3, 3)),
        (eigh_function, real(2, 2, 2)),
        (lambda x: torch.linalg.eigh(symmetric(x)).eigenvectors.abs(), real(3, 3)),
        (lambda x: torch.linalg.eigh(symmetric(x), "U").eigenvalues, real(3, 3)),
        (eigh_function, real(1, 1)),
        (eigh_function, real(0, 0)),
    ],
    decompositions.eigvalsh: [
        (lambda x: torch.linalg.eigvalsh(symmetric(x)), real(3, 3)),
        (lambda x: torch.linalg.eigvalsh(symmetric(x), "U"), real(2, 2, 2)),
        (torch.linalg.eigvalsh, real(0, 0)),
    ],
    decompositions.svd: [
        (svd_function, real(3, 3)),
        (svd_function, real(4, 2)),
        (svd_function, real(2, 2, 3)),
        (lambda x: torch.linalg.svd(x, full_matrices=False).U.abs(), real(3, 2)),
        (lambda x: torch.linalg.svd(x, full_matrices=False).Vh.abs(), real(2, 3)),
        (lambda x: torch.linalg.svd(x).S, real(3, 2)),
        (svd_function, real(0, 3)),
    ],
    decompositions.svdvals: [
        (torch.linalg.svdvals, real(3, 2)),
        (torch.linalg.svdvals, real(2, 2, 3)),
        (torch.linalg.svdvals, real(0, 3)),
    ],
    decompositions.qr: [
        (qr_function, real(3, 3)),
        (qr_function, real(4, 2)),
        (qr_function, real(2, 2, 3)),
        (lambda x: torch.linalg.qr(x).R.abs(), real(3, 2)),
        (lambda x: torch.linalg.qr(x, "r").R.abs(), real(2, 3)),
        (lambda x: torch.linalg.qr(x, "complete").Q.abs(), real(2, 2)),
        (qr_function, real(0, 0)),
    ],
}
