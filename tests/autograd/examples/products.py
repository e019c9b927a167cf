"""Examples of the rows in derivatives/products.py."""

from __future__ import annotations

import math

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import products
from tinygrad_opt.autograd.table import Operation

from .draws import (
    Example,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    products.matmul: [
        (lambda a, b: a @ b, real(2, 3), real(3, 2)),
        (lambda a, b: a @ b, real(4, 2, 3), real(3, 2)),
        (lambda a, b: a @ b, real(2, 3), real(4, 3, 2)),
        (lambda a, b: a @ b, real(2, 1, 2, 3), real(4, 3, 2)),
        (lambda a, b: a @ b, real(3), real(3)),
        (lambda a, b: a @ b, real(3), real(2, 3, 2)),
        (lambda a, b: a @ b, real(2, 2, 3), real(3)),
        (lambda a, b: a @ b, real(0, 3), real(3, 2)),
        (lambda a, b: a @ b, real(2, 0), real(0, 2)),
        (lambda a: a @ a, real(2, 2)),
    ],
    products.einsum: [
        (lambda a, b: torch.einsum("ij,jk->ik", a, b), real(2, 3), real(3, 2)),
        (lambda a: torch.einsum("ii->i", a), real(3, 3)),
        (lambda a: torch.einsum("ij->", a), real(2, 3)),
        (lambda a, b: torch.einsum("...i,...i", a, b), real(2, 3), real(3)),
        (lambda a, b, c: torch.einsum("bi,ij,bj->b", a, b, c), real(2, 3), real(3, 2), real(2, 2)),
        (lambda a, b, c: torch.einsum("bij,bjk,bkl->bil", a, b, c), real(2, 2, 3), real(2, 3, 2), real(2, 2, 2)),
        (lambda a, b, c, d: torch.einsum("ij,jk,ik,k->j", a, b, c, d), real(2, 3), real(3, 2), real(2, 2), real(2)),
        (lambda a, b, c: torch.einsum("i,i,i->i", a, b, c), real(3), real(3), real(3)),
        (lambda a, b: torch.einsum("i,j->ij", a, b), real(2), real(3)),
    ],
    products.cross: [
        (torch.cross, real(3), real(3)),
        (torch.linalg.cross, real(2, 3), real(1, 3)),
        (lambda a, b: torch.cross(a, b, 1), real(2, 3, 2), real(2, 3, 2)),
        (lambda a: torch.cross(a, a * a), real(3, 2)),
        (torch.linalg.cross, real(0, 3), real(0, 3)),
    ],
    products.cdist: [
        *[(lambda a, b, p=p: torch.cdist(a, b, p), real(3, 2), real(4, 2)) for p in (1, 1.5, 2, 3, math.inf)],
        (lambda a, b: torch.cdist(a, b, 0.5), np.array([[0.1, 0.2]]), np.array([[0.5, 0.9], [1.5, -0.4]])),
        (lambda a, b: torch.cdist(a, b, 0), real(3, 2), real(4, 2)),
        (torch.cdist, real(2, 1, 3, 2), real(4, 2, 2)),
        (torch.cdist, real(0, 2), real(3, 2)),
        (torch.cdist, real(3, 2), real(0, 2)),
        (torch.cdist, real(3, 0), real(2, 0)),
    ],
}
