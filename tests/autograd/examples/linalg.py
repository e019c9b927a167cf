"""Examples of the rows in derivatives/linalg.py."""

from __future__ import annotations

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import linalg
from tinygrad_opt.autograd.table import Operation

from .draws import (
    Example,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    linalg.matmul: [
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
    linalg.einsum: [
        (lambda a, b: torch.einsum("ij,jk->ik", a, b), real(2, 3), real(3, 2)),
        (lambda a: torch.einsum("ii->i", a), real(3, 3)),
        (lambda a: torch.einsum("ij->", a), real(2, 3)),
        (lambda a, b: torch.einsum("...i,...i", a, b), real(2, 3), real(3)),
        (lambda a, b, c: torch.einsum("bi,ij,bj->b", a, b, c), real(2, 3), real(3, 2), real(2, 2)),
    ],
}
