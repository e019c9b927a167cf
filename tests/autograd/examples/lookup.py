"""Examples of the rows in derivatives/lookup.py."""

from __future__ import annotations

import numpy as np

from tinygrad_opt.autograd.derivatives import lookup
from tinygrad_opt.autograd.table import Operation

from .draws import ROWS, Example, real

EXAMPLES: dict[Operation, list[Example]] = {
    lookup.embedding: [
        (lambda w: lookup.embedding(w, index=ROWS, padding=None, by_count=False), real(3, 2)),
        (lambda w: lookup.embedding(w, index=ROWS, padding=3, by_count=False), real(4, 2)),
        (lambda w: lookup.embedding(w, index=np.array([[2, 0]]), padding=None, by_count=True), real(3, 2)),
        (lambda w: lookup.embedding(w, index=np.array(1), padding=None, by_count=False), real(3, 2)),
        (lambda w: lookup.embedding(w, index=ROWS[:0], padding=0, by_count=False), real(3, 2)),
    ],
}
