"""Examples of the rows in derivatives/recurrent.py: sequences of 3 and of 1, of a batch of 2."""

from __future__ import annotations

from tinygrad_opt.autograd.derivatives import recurrent
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

EXAMPLES: dict[Operation, list[Example]] = {
    recurrent.rnn: [
        (lambda x, h, w: recurrent.rnn(x, h, w, relu=False), real(3, 2, 2), real(2, 2), real(2, 2)),
        (lambda x, h, w: recurrent.rnn(x, h, w, relu=True), real(3, 2, 2), real(2, 2), real(2, 2)),
        (lambda x, w: recurrent.rnn(x, x[0], w, relu=False), real(1, 2, 3), real(3, 3)),
    ],
    recurrent.lstm: [
        (recurrent.lstm, real(3, 2, 8), real(2, 2), real(2, 2), real(8, 2)),
        (lambda x, h, c, w: recurrent.lstm(x, h, c, w)[:2], real(2, 1, 4), real(1, 1), real(1, 1), real(4, 1)),
        (recurrent.lstm, real(1, 0, 8), real(0, 2), real(0, 2), real(8, 2)),
    ],
    recurrent.gru: [
        (recurrent.gru, real(3, 2, 6), real(2, 2), real(6, 2), real(6)),
        (lambda x, h, w, b: recurrent.gru(x, h, w, b)[0], real(2, 1, 3), real(1, 1), real(3, 1), real(3)),
        (recurrent.gru, real(1, 0, 6), real(0, 2), real(6, 2), real(6)),
    ],
}
