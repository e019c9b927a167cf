"""Examples of the rows in derivatives/activations.py."""

from __future__ import annotations

import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import activations
from tinygrad_opt.autograd.table import Operation

from .draws import Example, elementwise_examples, real

EXAMPLES: dict[Operation, list[Example]] = {
    activations.hardtanh: elementwise_examples(lambda x: F.hardtanh(x, -0.93, 1.01)),
    activations.hardsigmoid: elementwise_examples(lambda x: F.hardsigmoid(x * 3.3)),
    activations.hardswish: elementwise_examples(lambda x: F.hardswish(x * 3.3)),
    activations.elu: [
        *elementwise_examples(lambda x: F.elu(x, 0.7)),
        *elementwise_examples(lambda x: F.celu(x, 1.3)),
        *elementwise_examples(F.selu),
    ],
    activations.threshold: elementwise_examples(lambda x: F.threshold(x, 0.1, 5.0)),
    activations.hardshrink: elementwise_examples(lambda x: F.hardshrink(x, 1.01)),
    activations.softshrink: elementwise_examples(lambda x: F.softshrink(x, 1.01)),
    activations.prelu: [
        (lambda x, w: F.prelu(x, w), real(2, 3), real(3)),
        (lambda x, w: F.prelu(x, w), real(2, 3), real(1)),
        (lambda x, w: F.prelu(x, w), real(2, 3, 2), real(3)),
        (lambda x, w: F.prelu(x, w), real(), real()),
        (lambda x, w: F.prelu(x, w), real(0, 3), real(3)),
    ],
    activations.mish: elementwise_examples(F.mish),
}
