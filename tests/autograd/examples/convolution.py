"""Examples of the rows in derivatives/convolution.py and derivatives/pooling.py."""

from __future__ import annotations

from functools import partial

import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import convolution, pooling
from tinygrad_opt.autograd.table import Operation

from .draws import Example, real

ONE = {"stride": (2,), "dilation": (1,), "groups": 1}
TWO = {"stride": (2, 1), "dilation": (1, 2), "groups": 2}
COLUMNS = {"kernel": (2, 2), "stride": (1, 2), "dilation": (2, 1)}

EXAMPLES: dict[Operation, list[Example]] = {
    convolution.convolve: [
        (F.conv1d, real(2, 2, 5), real(3, 2, 3), real(3)),
        (partial(F.conv2d, stride=(2, 1), dilation=(1, 2), groups=2), real(2, 4, 4, 5), real(2, 2, 2, 2)),
        (partial(F.conv3d, stride=2), real(1, 1, 3, 2, 4), real(2, 1, 2, 2, 1), real(2)),
        (partial(F.conv2d, padding=1), real(0, 1, 3, 3), real(2, 1, 2, 2), real(2)),
    ],
    convolution.convolve_back: [
        (lambda z, w: convolution.convolve_back(z, w, size=(6,), **ONE), real(2, 3, 2), real(3, 2, 3)),
        (lambda z, w: convolution.convolve_back(z, w, size=(4, 5), **TWO), real(1, 2, 2, 3), real(2, 2, 2, 2)),
        (lambda z, w: convolution.convolve_back(z, w, size=(6,), **ONE), real(0, 3, 2), real(3, 2, 3)),
    ],
    convolution.correlate: [
        (lambda z, x: convolution.correlate(z, x, kernel=(3,), **ONE), real(2, 3, 2), real(2, 2, 6)),
        (lambda z, x: convolution.correlate(z, x, kernel=(2, 2), **TWO), real(1, 2, 2, 3), real(1, 4, 4, 5)),
    ],
    convolution.columns_of: [
        (lambda x: convolution.columns_of(x, **COLUMNS), real(2, 2, 4, 5)),
        (lambda x: convolution.columns_of(x, **COLUMNS), real(0, 2, 4, 5)),
    ],
    convolution.images_of: [
        (lambda x: convolution.images_of(x, size=(4, 5), **COLUMNS), real(2, 8, 4)),
        (lambda x: convolution.images_of(x, size=(4, 5), **COLUMNS), real(0, 8, 4)),
    ],
    pooling.window_sum: [
        (lambda x: pooling.window_sum(x, axis=1, size=3, step=2), real(2, 7)),
        (lambda x: pooling.window_sum(x, axis=0, size=2, step=3), real(6, 2)),
        (lambda x: pooling.window_sum(x, axis=1, size=1, step=1), real(2, 3)),
    ],
    pooling.window_spread: [
        (lambda x: pooling.window_spread(x, axis=1, size=3, step=2, length=8), real(2, 3)),
        (lambda x: pooling.window_spread(x, axis=0, size=2, step=3, length=6), real(2, 2)),
    ],
}
