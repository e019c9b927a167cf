"""Examples of the row in derivatives/layer_norm.py."""

from __future__ import annotations

import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import layer_norm
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

EXAMPLES: dict[Operation, list[Example]] = {
    layer_norm.layer_norm: [
        (lambda x, w, b: F.layer_norm(x, (3,), w, b), real(2, 3), real(3), real(3)),
        (lambda x, w: F.layer_norm(x, (2, 3), w), real(2, 2, 3), real(2, 3)),
        (lambda x: F.layer_norm(x, (3,), eps=0.1), real(2, 3)),
    ],
}
