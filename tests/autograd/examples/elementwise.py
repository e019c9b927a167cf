"""Examples of the rows in derivatives/elementwise.py."""

from __future__ import annotations

from typing import Any

import tinygrad_opt as torch
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import elementwise
from tinygrad_opt.autograd.table import Operation

from .draws import (
    Example,
    elementwise_examples,
    inside,
    positive,
    real,
)


def above_one(*size: int) -> Any:
    return positive(*size) + 1


EXAMPLES: dict[Operation, list[Example]] = {
    elementwise.neg: elementwise_examples(lambda x: -x),
    elementwise.same: elementwise_examples(lambda x: x.clone()),
    elementwise.abs: elementwise_examples(abs),
    elementwise.sign: elementwise_examples(torch.sign),
    elementwise.floor: elementwise_examples(torch.floor),
    elementwise.ceil: elementwise_examples(torch.ceil),
    elementwise.trunc: elementwise_examples(torch.trunc),
    elementwise.round: elementwise_examples(torch.round),
    elementwise.square: elementwise_examples(torch.square),
    elementwise.sqrt: elementwise_examples(torch.sqrt, positive),
    elementwise.rsqrt: elementwise_examples(torch.rsqrt, positive),
    elementwise.reciprocal: elementwise_examples(torch.reciprocal),
    elementwise.exp: elementwise_examples(torch.exp),
    elementwise.exp2: elementwise_examples(torch.exp2),
    elementwise.expm1: elementwise_examples(torch.expm1),
    elementwise.log: elementwise_examples(torch.log, positive),
    elementwise.log1p: elementwise_examples(torch.log1p, positive),
    elementwise.log2: elementwise_examples(torch.log2, positive),
    elementwise.log10: elementwise_examples(torch.log10, positive),
    elementwise.sin: elementwise_examples(torch.sin),
    elementwise.cos: elementwise_examples(torch.cos),
    elementwise.tan: elementwise_examples(torch.tan, inside),
    elementwise.sinh: elementwise_examples(torch.sinh),
    elementwise.cosh: elementwise_examples(torch.cosh),
    elementwise.tanh: elementwise_examples(torch.tanh),
    elementwise.asin: elementwise_examples(torch.asin, inside),
    elementwise.acos: elementwise_examples(torch.acos, inside),
    elementwise.atan: elementwise_examples(torch.atan),
    elementwise.asinh: elementwise_examples(torch.asinh),
    elementwise.acosh: elementwise_examples(torch.acosh, above_one),
    elementwise.atanh: elementwise_examples(torch.atanh, inside),
    elementwise.deg2rad: elementwise_examples(torch.deg2rad),
    elementwise.rad2deg: elementwise_examples(torch.rad2deg),
    elementwise.frac: elementwise_examples(torch.frac),
    elementwise.nan_to_num: [
        *elementwise_examples(torch.nan_to_num),
        (lambda x: torch.nan_to_num(x + torch.tensor([0.0, float("inf"), 0.0]), posinf=3.0), real(3)),
    ],
    elementwise.round_to: elementwise_examples(lambda x: torch.round(x, decimals=1)),
    elementwise.sigmoid: elementwise_examples(torch.sigmoid),
    elementwise.relu: elementwise_examples(torch.relu),
    elementwise.leaky_relu: elementwise_examples(lambda x: F.leaky_relu(x, 0.2)),
    elementwise.log_sigmoid: elementwise_examples(F.logsigmoid),
    elementwise.softplus: elementwise_examples(lambda x: F.softplus(x, 2.0, 2.5)),
    elementwise.clamp: [
        *elementwise_examples(lambda x: x.clamp(-0.5, 1.0)),
        (lambda x: x.clamp(min=0), real(3)),
        (lambda x: x.clamp(max=0.5), real(3)),
        (torch.clamp, real(2, 3), inside(3) - 0.5, inside(2, 1) + 0.6),
        (torch.clamp, real(3), inside(2, 1) + 0.6, inside(3) - 0.5),
        (torch.clamp_min, real(2, 3), real(3)),
        (torch.clamp_max, real(), real()),
    ],
}
