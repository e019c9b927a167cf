"""Examples of the rows in derivatives/special.py."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_opt as torch
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import special
from tinygrad_opt.autograd.table import Operation

from .draws import Example, binary_examples, elementwise_examples, inside, positive


def probability(*size: int) -> Any:
    return inside(*size) / 2 + 0.5


EXAMPLES: dict[Operation, list[Example]] = {
    special.erf: elementwise_examples(torch.erf),
    special.erfc: elementwise_examples(torch.erfc),
    special.erfinv: elementwise_examples(torch.erfinv, inside),
    special.gelu: elementwise_examples(F.gelu),
    special.sinc: [
        *elementwise_examples(torch.sinc),
        (torch.sinc, np.array([0.0, 1e-3, -0.02, 0.029, 0.031, 0.5, -1.0])),
        (torch.sinc, np.array(0.0)),
    ],
    special.logit: [
        *elementwise_examples(torch.logit, probability),
        (lambda x: torch.logit(x, 0.3), np.array([0.1, 0.2, 0.4, 0.6, 0.8])),
        (lambda x: torch.logit(x, 1e-6), probability(2, 3)),
    ],
    special.logaddexp: binary_examples(np.logaddexp),
    special.logaddexp2: binary_examples(np.logaddexp2),
    special.xlogy: [
        *binary_examples(torch.xlogy, right=positive),
        (torch.xlogy, np.array([0.0, 0.5]), np.array([0.5, 2.0])),
    ],
}
