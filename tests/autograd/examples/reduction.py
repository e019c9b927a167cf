"""Examples of the rows in derivatives/reduction.py."""

from __future__ import annotations

import math

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import reduction
from tinygrad_opt.autograd.table import Operation

from .draws import (
    Example,
    real,
    reduction_examples,
    several,
)

EXAMPLES: dict[Operation, list[Example]] = {
    reduction.sum: [*reduction_examples(torch.sum), several(0, -1)(torch.sum)],
    reduction.mean: [*reduction_examples(torch.mean), several(0, -1)(torch.mean)],
    reduction.var: [
        *reduction_examples(torch.var, empty=False)[:3],
        several(0, 2)(torch.var),
        (lambda x: x.var(0, correction=0), real(3, 2)),
    ],
    reduction.std: [
        *reduction_examples(torch.std, empty=False)[:3],
        several(0, 2)(torch.std),
        (lambda x: x.std(0, correction=0), real(3, 2)),
    ],
    reduction.prod: [
        *reduction_examples(torch.prod),
        (lambda x: x.prod(1), np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]])),
    ],
    reduction.amax: [*reduction_examples(torch.amax, empty=False), several(0, 2)(torch.amax)],
    reduction.amin: [*reduction_examples(torch.amin, empty=False), several(0, 2)(torch.amin)],
    reduction.logsumexp: reduction_examples(lambda x, dim=None, keepdim=False: x.logsumexp(dim, keepdim), empty=False),
    reduction.vector_norm: [
        *reduction_examples(torch.norm),
        *[(lambda x, p=p: x.norm(p, 1), real(2, 3)) for p in (0, 1, 2, 3, 2.5, -1, math.inf, -math.inf)],
    ],
    reduction.spread: [
        (lambda x: reduction.spread(x, shape=(2, 3)), real(3)),
        (lambda x: reduction.spread(x, shape=(2, 2)), real()),
    ],
}
