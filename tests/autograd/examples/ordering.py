"""Examples of the rows in derivatives/ordering.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import ordering
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

POSITIONS = np.array([[2, 0], [1, 2]])

EXAMPLES: dict[Operation, list[Example]] = {
    ordering.take: [
        (lambda x: x.sort(0, descending=True).values, real(3, 2)),
        (lambda x: x.topk(2).values, real(2, 3)),
        (lambda x: x.max(1).values, real(2, 3)),
        (lambda x: x.median(0).values, real(4, 2)),
        (lambda x: x.kthvalue(2, 0, True).values, real(4, 2)),
        (lambda x: x.mode(0).values, real(4, 2)),
    ],
    ordering.place: [(lambda x: ordering.place(x, index=POSITIONS, axis=1, shape=(2, 4)), real(2, 2))],
    ordering.largest: [(torch.max, real(2, 3)), (torch.max, real())],
    ordering.smallest: [(torch.min, real(2, 3)), (torch.min, real())],
    ordering.middle: [(torch.median, real(2, 3)), (torch.median, real())],
    ordering.middle_of_numbers: [(torch.nanmedian, real(2, 3)), (torch.nanmedian, real())],
}
