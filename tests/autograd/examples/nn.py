"""Examples of the rows in derivatives/nn.py."""

from __future__ import annotations

import tinygrad_opt as torch
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import nn
from tinygrad_opt.autograd.table import Operation

from .draws import (
    AT,
    WEIGHT,
    Example,
    elementwise_examples,
    loss_examples,
    probability,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    nn.linear: [
        (lambda x, w, b: F.linear(x, w, b), real(4, 3), real(2, 3), real(2)),
        (lambda x, w: F.linear(x, w), real(2, 4, 3), real(2, 3)),
        (lambda x, w, b: F.linear(x, w, b), real(3), real(2, 3), real(2)),
        (lambda x, w, b: F.linear(x, w, b), real(0, 3), real(2, 3), real(2)),
    ],
    nn.softmax: [
        (lambda x: x.softmax(0), real(2, 3)),
        (lambda x: x.softmax(-1), real(2, 3)),
        (lambda x: x.softmax(0), real()),
    ],
    nn.log_softmax: [
        (lambda x: x.log_softmax(0), real(2, 3)),
        (lambda x: x.log_softmax(-1), real(2, 3)),
        (lambda x: x.log_softmax(0), real()),
    ],
    nn.cross_entropy: [
        (lambda x: nn.cross_entropy(x, at=AT, weight=WEIGHT, reduce=True), real(4, 3)),
        (lambda x: nn.cross_entropy(x, at=AT, weight=WEIGHT, reduce=False), real(4, 3)),
    ],
    nn._minus_one_hot: [(lambda x: nn._minus_one_hot(x, at=AT), real(4, 3))],
    nn.gelu_tanh: elementwise_examples(lambda x: F.gelu(x, approximate="tanh")),
    nn.mse_loss: loss_examples(F.mse_loss),
    nn.l1_loss: loss_examples(F.l1_loss),
    nn.huber_loss: loss_examples(lambda x, t, reduction: F.huber_loss(x, t, reduction, delta=0.7)),
    nn.binary_cross_entropy: [
        (lambda x, t: F.binary_cross_entropy(x, t), probability(2, 3), probability(2, 3)),
        (lambda x, t: F.binary_cross_entropy(x, t, reduction="sum"), probability(2, 3), probability(2, 3)),
        (
            lambda x, t: F.binary_cross_entropy(x, t, torch.tensor([0.5, 2.0, 0.0], dtype=x.dtype), reduction="none"),
            probability(2, 3),
            probability(2, 3),
        ),
    ],
    nn.binary_cross_entropy_with_logits: [
        (lambda x, t: F.binary_cross_entropy_with_logits(x, t), real(2, 3), probability(2, 3)),
        (lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), real(2, 3), probability(2, 3)),
        (
            lambda x, t: F.binary_cross_entropy_with_logits(
                x,
                t,
                torch.tensor([0.5, 2.0, 0.0], dtype=x.dtype),
                reduction="sum",
                pos_weight=torch.tensor([3.0, 0.5, 1.0], dtype=x.dtype),
            ),
            real(2, 3),
            probability(2, 3),
        ),
    ],
}
