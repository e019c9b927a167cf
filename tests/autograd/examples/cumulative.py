"""Examples of the rows in derivatives/cumulative.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import cumulative
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

EXAMPLES: dict[Operation, list[Example]] = {
    cumulative.cumsum: [
        (lambda x: x.cumsum(0), real(3, 2)),
        (lambda x: x.cumsum(-1), real(2, 3)),
        (lambda x: x.cumsum(0), real(0, 2)),
    ],
    cumulative.cumprod: [
        (lambda x: x.cumprod(0), real(3, 2)),
        (lambda x: x.cumprod(-1), np.array([[2.0, 0.0, 3.0, 0.5], [1.0, 2.0, 0.0, 0.0], [0.0, 2.0, 0.0, 1.0]])),
        (lambda x: x.cumprod(0), np.array([0.0, 0.0, 0.0])),
        (lambda x: x.cumprod(0), real(0, 2)),
    ],
    cumulative.logcumsumexp: [
        (lambda x: x.logcumsumexp(0), real(3, 2)),
        (lambda x: x.logcumsumexp(-1), 50 * real(2, 4)),
        (lambda x: x.logcumsumexp(0), real(0, 2)),
    ],
    cumulative.recurrence: [
        (lambda f, x: cumulative.recurrence(f, x, axis=0), real(4, 2), real(4, 2)),
        (lambda f, x: cumulative.recurrence(f, x, axis=1), real(2, 3), real(2, 3)),
        (lambda f, x: cumulative.recurrence(f, x, axis=0), real(35), real(35)),
        (lambda f, x: cumulative.recurrence(f, x, axis=0), real(0, 2), real(0, 2)),
    ],
    cumulative.difference: [
        (torch.diff, real(2, 4)),
        (lambda x: torch.diff(x, 2, 0), real(4, 2)),
        (lambda x: torch.gradient(x)[0], real(5)),
        (torch.diff, real(1)),
    ],
    cumulative.difference_back: [
        (lambda x: cumulative.difference_back(x, axis=0, lag=1), real(3, 2)),
        (lambda x: cumulative.difference_back(x, axis=1, lag=2), real(2, 3)),
    ],
}
