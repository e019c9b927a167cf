"""Examples of the rows in derivatives/attention.py."""

from __future__ import annotations

import numpy as np

from tinygrad_opt.autograd.derivatives import attention
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

EXAMPLES: dict[Operation, list[Example]] = {
    attention.masked_softmax: [
        (attention.masked_softmax, real(2, 3, 4), real(3, 4)),
        (lambda x: attention.masked_softmax(x, None), real(2, 3)),
        (lambda x: attention.masked_softmax(x, MASK.astype(x.dtype)), real(2, 2, 3)),
        (attention.masked_softmax, real(0, 3), real(3)),
    ],
}
MASK = np.array([[0.0, -np.inf, 0.0], [-np.inf, -np.inf, -np.inf]])
