"""Examples of the rows in derivatives/shape.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import shape
from tinygrad_opt.autograd.table import Operation

from .draws import (
    Example,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    shape.reshape: [
        (lambda x: x.reshape(3, 2), real(2, 3)),
        (lambda x: x.T.reshape(6), real(2, 3)),
        (lambda x: x.reshape(0), real(0, 3)),
        (lambda x: x.view(1, 1), real()),
    ],
    shape.permute: [
        (lambda x: x.permute(2, 0, 1), real(2, 3, 4)),
        (lambda x: x.T, real(2, 3)),
        (lambda x: x.mT, real(2, 0, 3)),
        (lambda x: x.permute(()), real()),
    ],
    shape.expand: [
        (lambda x: x.expand(4, 2, 3), real(2, 1)),
        (lambda x: x.expand(2, 3), real()),
        (lambda x: x.expand(0, 3), real(1, 3)),
    ],
    shape.cast: [(lambda x: x.to(np.longdouble).to(x.dtype), real(2, 3))],
    shape.contiguous: [(lambda x: x.T.contiguous(), real(2, 3))],
    shape.cat: [
        (lambda a, b: torch.cat([a, b]), real(2, 3), real(1, 3)),
        (lambda a, b, c: torch.cat([a, b, c], -1), real(2, 1), real(2, 0), real(2, 2)),
        (lambda a: torch.cat([a, a, torch.ones(2, 1, dtype=a.dtype)], 1), real(2, 2)),
        (lambda a, b: torch.stack([a, b], 1), real(2, 3), real(2, 3)),
        (lambda a, b: torch.stack([a, b]), real(), real()),
    ],
    shape.block_diag: [
        (lambda a, b: torch.block_diag(a, b), real(2, 3), real(1, 2)),
        (lambda a, b, c: torch.block_diag(a, b, c, a), real(2, 0), real(3), real()),
    ],
    shape.flip: [
        (lambda x: x.flip(0), real(2, 3)),
        (lambda x: x.flip(0, -1), real(2, 3, 2)),
        (lambda x: x.flip(1), real(0, 3)),
    ],
    shape.roll: [
        (lambda x: x.roll(1, 0), real(3, 2)),
        (lambda x: x.roll((1, -1), (0, 1)), real(3, 2)),
        (lambda x: x.roll(2), real(3, 2)),
    ],
    shape.tile: [
        (lambda x: x.tile(2), real(3)),
        (lambda x: x.repeat(2, 1, 2), real(2, 3)),
        (lambda x: x.repeat(2), real()),
        (lambda x: x.repeat(0, 2), real(2, 3)),
    ],
    shape.repeat_interleave: [
        (lambda x: x.repeat_interleave(2), real(3)),
        (lambda x: x.repeat_interleave(9, 0), real(2, 3)),
        (lambda x: x.repeat_interleave(3, 1), real(2, 3, 2)),
        (lambda x: x.repeat_interleave(0, 1), real(2, 3)),
        (lambda x: x.repeat_interleave(torch.tensor([2, 0, 1]), 1), real(2, 3)),
        (lambda x: x.repeat_interleave(torch.tensor([0, 0]), 0), real(2, 3)),
    ],
    shape.add_runs: [
        (lambda x: shape.add_runs(x, shape=(2, 3), times=np.array([2, 0, 1]), axis=1), real(2, 3)),
        (lambda x: shape.add_runs(x, shape=(1,), times=40, axis=0), real(40)),
        (lambda x: shape.add_runs(x, shape=(3,), times=2, axis=0), real(6)),
        (lambda x: shape.add_runs(x, shape=(2, 1, 2), times=9, axis=1), real(2, 9, 2)),
    ],
    shape.pad: [
        (lambda x: F.pad(x, (1, 2)), real(2, 3)),
        (lambda x: F.pad(x, (0, 1, 2, 0), value=3.0), real(2, 3)),
        (lambda x: F.pad(x, (-1, 1)), real(2, 3)),
        (lambda x: F.pad(x, (-1, -1)), real(2, 3)),
        (lambda x: F.pad(x, (1, 1)), real(0, 3)),
    ],
    shape.tril: [(lambda x: x.tril(), real(3, 3)), (lambda x: x.tril(1), real(2, 3, 4))],
    shape.triu: [(lambda x: x.triu(), real(3, 3)), (lambda x: x.triu(-1), real(2, 3, 4))],
    shape.diagonal: [
        (lambda x: x.diagonal(), real(2, 3)),
        (lambda x: x.diagonal(1, 2, 0), real(3, 2, 4)),
        (lambda x: x.diagonal(), real(0, 3)),
    ],
    shape.diag_embed: [
        (lambda x: torch.diag_embed(x), real(3)),
        (lambda x: torch.diag_embed(x, 1, 0, -1), real(2, 3)),
        (lambda x: torch.diagflat(x, -2), real(0)),
    ],
    shape.diagonal_scatter: [
        (lambda x, v: torch.diagonal_scatter(x, v), real(2, 3), real(2)),
        (lambda x, v: torch.diagonal_scatter(x, v, -1, 2, 0), real(3, 2, 4), real(2, 3)),
        (lambda x: torch.diagonal_scatter(x, torch.zeros(2, dtype=x.dtype)), real(2, 2)),
    ],
    shape.unfold: [
        (lambda x: x.unfold(0, 3, 1), real(5)),
        (lambda x: x.unfold(0, 2, 3), real(6, 2)),
        (lambda x: x.unfold(1, 2, 2), real(2, 5, 2)),
        (lambda x: x.unfold(-1, 6, 1), real(2, 7)),
        (lambda x: x.unfold(0, 0, 1), real(3)),
    ],
    shape.fold: [
        (lambda x: shape.fold(x, shape=(5,), axis=0, size=3, step=1), real(3, 3)),
        (lambda x: shape.fold(x, shape=(7, 2), axis=0, size=2, step=3), real(2, 2, 2)),
        (lambda x: shape.fold(x, shape=(2, 7), axis=1, size=6, step=1), real(2, 2, 6)),
    ],
}
