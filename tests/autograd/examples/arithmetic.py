"""Examples of the rows in derivatives/arithmetic.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def triple_examples(fn: Callable[..., Any]) -> list[Example]:
    return [
        (fn, real(2, 3), real(3), real(2, 1)),
        (lambda a, b, c: fn(a, b, c, value=-0.5), real(3), real(3), real(3)),
        (fn, real(), real(), real()),
        (fn, real(0, 3), real(3), real()),
    ]


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
    arithmetic.fmax: binary_examples(np.fmax),
    arithmetic.fmin: binary_examples(np.fmin),
    arithmetic.hypot: binary_examples(np.hypot),
    arithmetic.copysign: binary_examples(np.copysign),
    arithmetic.fmod: binary_examples(np.fmod, right=positive),
    arithmetic.trunc_divide: [
        (lambda a, b: torch.div(a, b, rounding_mode="trunc"), real(2, 3), real(3)),
        (lambda a: torch.div(a, 0.3, rounding_mode="trunc"), real(2, 3)),
        (lambda a, b: torch.div(a, b, rounding_mode="trunc"), real(), real()),
    ],
    arithmetic.heaviside: [(torch.heaviside, real(2, 3), real(3)), (torch.heaviside, real(), real())],
    arithmetic.fill: [(lambda x: torch.fill(x, 2.0), real(2, 3)), (torch.fill, real(3), real())],
    arithmetic.add_product: triple_examples(torch.addcmul),
    arithmetic.add_quotient: triple_examples(torch.addcdiv),
    arithmetic.lerp: [
        (torch.lerp, real(2, 3), real(3), real(2, 1)),
        (torch.lerp, real(), real(), real()),
        (torch.lerp, real(0, 3), real(3), real()),
        (lambda a, b: torch.lerp(a, b, 0.3), real(2, 3), real(3)),
        (lambda a, b: torch.lerp(a, b, 0.8), real(3), real(2, 1)),
    ],
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
