"""Examples of the rows in derivatives/solving.py and derivatives/determinants.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import determinants, solving
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real


def regular(*stack: int, n: int = 3) -> np.ndarray:
    """Matrices that are far from singular."""
    return real(*stack, n, n) + 3 * np.eye(n)


SINGULAR = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [5.0, 7.0, 9.0]])  # of rank 2

EXAMPLES: dict[Operation, list[Example]] = {
    solving.inv: [
        (torch.linalg.inv, regular()),
        (torch.linalg.inv, regular(2, n=2)),
        (torch.linalg.inv, real(1, 1)),
        (torch.linalg.inv, real(0, 0)),
        (torch.linalg.inv, real(0, 2, 2)),
    ],
    solving.solve: [
        (torch.linalg.solve, regular(), real(3, 2)),
        (torch.linalg.solve, regular(), real(3)),
        (torch.linalg.solve, regular(2), real(2, 3)),
        (torch.linalg.solve, regular(2), real(3, 2)),
        (torch.linalg.solve, regular(), real(2, 3, 1)),
        (lambda a, b: torch.linalg.solve(a, b, left=False), regular(2), real(2, 1, 3)),
        (lambda a: torch.linalg.solve(a, a * a), regular()),
        (torch.linalg.solve, regular(), real(3, 0)),
        (torch.linalg.solve, real(0, 0), real(0, 2)),
    ],
    solving.pinv: [
        (torch.linalg.pinv, real(3, 2)),
        (torch.linalg.pinv, real(2, 2, 3)),
        (torch.linalg.pinv, regular()),
        (lambda a, b: torch.linalg.pinv(a @ b, rtol=1e-8), real(3, 2), real(2, 3)),
        (lambda a: torch.linalg.pinv(a + a.mT, hermitian=True), regular()),
        (torch.linalg.pinv, np.eye(2)),
        (torch.linalg.pinv, real(0, 3)),
    ],
    solving.matrix_exp: [
        (torch.linalg.matrix_exp, real(3, 3)),
        (torch.linalg.matrix_exp, np.stack([real(2, 2), 4 * np.triu(real(2, 2)), np.zeros((2, 2))])),
        (torch.linalg.matrix_exp, real(0, 0)),
    ],
    determinants.det: [
        (torch.linalg.det, regular()),
        (torch.linalg.det, regular(2, n=2)),
        (torch.linalg.det, real(1, 1)),
        (torch.linalg.det, SINGULAR),
        (torch.linalg.det, np.zeros((2, 2))),
        (torch.linalg.det, real(0, 0)),
        (torch.linalg.det, real(0, 2, 2)),
    ],
    determinants.cofactor: [
        (determinants.cofactor, regular()),
        (determinants.cofactor, SINGULAR),
        (determinants.cofactor, np.stack([SINGULAR, regular()])),
        (determinants.cofactor, real(0, 0)),
    ],
    determinants.slogdet: [
        (lambda x: torch.linalg.slogdet(x).logabsdet, regular()),
        (lambda x: torch.linalg.slogdet(x).logabsdet, -regular(2)),
        (lambda x: torch.linalg.slogdet(x).logabsdet, real(0, 0)),
    ],
}
