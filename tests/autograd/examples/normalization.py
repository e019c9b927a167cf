"""Examples of the rows in derivatives/normalization.py."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import normalization
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real


def passed_back(h: Any, x: Any, centered: bool) -> Any:
    """What normalising x over its last axis passes back of `h`, with the statistics of x."""
    values = x.detach().numpy()
    mean = values.mean(-1, keepdims=True) if centered else None
    square = values.var(-1, keepdims=True) if centered else (values * values).mean(-1, keepdims=True)
    scale = 1 / np.sqrt(square + values.dtype.type(0.1))
    return normalization.normalize_back(h, x, shift=mean, scale=scale, axes=(1,), eps=0.1)


EXAMPLES: dict[Operation, list[Example]] = {
    normalization.normalize: [
        (lambda x, w, b: F.layer_norm(x, (3,), w, b, eps=0.1), real(2, 3), real(3), real(3)),
        (lambda x: F.layer_norm(x, (2, 3), eps=0.1), real(2, 2, 3)),
        (lambda x, w: F.rms_norm(x, (4,), w, eps=0.1), real(3, 4), real(4)),
        (lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True), real(4, 2, 3), real(2), real(2)),
        (lambda x, w, b: F.group_norm(x, 2, w, b), real(2, 4, 3), real(4), real(4)),
        (lambda x, b: F.instance_norm(x, bias=b), real(2, 2, 5), real(2)),
    ],
    normalization.normalize_back: [
        (lambda h, x: passed_back(h, x, True), real(2, 4), real(2, 4)),
        (lambda h, x: passed_back(h, x, False), real(2, 4), real(2, 4)),
    ],
}
