"""Examples of the rows in derivatives/arithmetic.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import arithmetic
from tinygrad_opt.autograd.table import Operation

from .draws import (
    CONDITION,
    Example,
    binary_examples,
    positive,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    arithmetic.add: binary_examples(lambda a, b: a + b),
    arithmetic.sub: binary_examples(lambda a, b: a - b),
    arithmetic.mul: [*binary_examples(lambda a, b: a * b), (lambda a: a * a, real(3))],
    arithmetic.div: binary_examples(lambda a, b: a / b),
    arithmetic.pow: [
        *binary_examples(lambda a, b: a**b, left=positive),
        (lambda a: a**3, real(3)),
        (lambda a: a**2, real(3)),
        (lambda a: a**1, real(3)),
        (lambda a: a**-1.0, real(3)),
        (lambda a: a**0, real(3)),
    ],
    arithmetic.maximum: binary_examples(np.maximum),
    arithmetic.minimum: binary_examples(np.minimum),
    arithmetic.atan2: binary_examples(np.arctan2),
    arithmetic.remainder: binary_examples(lambda a, b: a % b, right=positive),
    arithmetic.floor_divide: binary_examples(lambda a, b: a // b),
    arithmetic.masked: [
        (lambda x: arithmetic.masked(x, keep=CONDITION), real(2, 3)),
        (lambda x: arithmetic.masked(x, keep=np.array(False)), real()),
    ],
    arithmetic.select: [
        (lambda a, b: torch.where(torch.tensor(CONDITION), a, b), real(2, 3), real(2, 3)),
        (lambda a, b: torch.where(torch.tensor(CONDITION), a, b), real(3), real(2, 1)),
        (lambda a: torch.where(torch.tensor(CONDITION), a, 2.0), real(2, 3)),
        (lambda b: b.masked_fill(torch.tensor(CONDITION), -1.0), real(2, 3)),
        (lambda a, b: torch.where(torch.tensor(True), a, b), real(), real()),
    ],
}
