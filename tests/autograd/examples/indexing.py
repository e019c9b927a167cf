"""Examples of the rows in derivatives/indexing.py."""

from __future__ import annotations

import numpy as np

import tinygrad_opt as torch
from tinygrad_opt.autograd.derivatives import indexing
from tinygrad_opt.autograd.table import Operation

from .draws import (
    CONDITION,
    ROWS,
    Example,
    real,
)

EXAMPLES: dict[Operation, list[Example]] = {
    indexing.getitem: [
        (lambda x: x[1], real(2, 3)),
        (lambda x: x[1, 2], real(2, 3)),
        (lambda x: x[:, None, ::2], real(2, 3)),
        (lambda x: x[..., -1], real(2, 3)),
        (lambda x: x[[0, 1, 0]], real(2, 3)),
        (lambda x: x[torch.tensor(ROWS)], real(3, 30)),
        (lambda x: x[range(2), [2, 0]], real(2, 3)),
        (lambda x: x[:, [0, 0]], real(2, 3)),
        (lambda x: x[torch.tensor(CONDITION)], real(2, 3)),
        (lambda x: x[None], real()),
        (lambda x: x[0:0], real(2, 3)),
        (lambda x: x[[]], real(2, 3)),
    ],
    indexing.scatter: [
        (lambda x: indexing.scatter(x, keys=((slice(None), np.array([0, 2, 0])),), shape=(2, 3)), real(2, 3)),
        (lambda x: indexing.scatter(x, keys=(np.array([2, -1, 0]),), shape=(3, 40)), real(3, 40)),
        (lambda x: indexing.scatter(x, keys=((slice(0, 2),),), shape=(3,)), real(2)),
        (lambda x, y: indexing.scatter(x, y, keys=((1,), np.array([2, 2])), shape=(3, 2)), real(2), real(2, 2)),
    ],
    indexing.add_at: [
        (lambda x, v: indexing.add_at(x, v, key=(0,)), real(2, 3), real(3)),
        (lambda x, v: indexing.add_at(x, v, key=np.array([0, 1, 0])), real(2, 3), real(3, 3)),
        (lambda x, v: indexing.add_at(x, v, key=np.array([0, 1, 0])), real(2, 3), real()),
        (lambda x, v: indexing.add_at(x, v, key=CONDITION), real(2, 3), real(3)),
        (lambda x, v: x.scatter_add(1, torch.tensor(ROWS), v), real(2, 3), real(2, 3)),
    ],
    indexing.setitem: [
        (lambda x, v: indexing.setitem(x, v, key=(0,)), real(2, 3), real(3)),
        (lambda x, v: indexing.setitem(x, v, key=(slice(None), 1)), real(2, 3), real()),
        (lambda x, v: indexing.setitem(x, v, key=np.array([0, 1, 0])), real(2, 3), real(3, 3)),
        (lambda x, v: indexing.setitem(x, v, key=CONDITION), real(2, 3), real(3)),
        (lambda x, v: indexing.setitem(x, v, key=0), real(2, 3), real(1, 1, 3)),
        (lambda x, v: indexing.setitem(x, v, key=...), real(), real()),
    ],
    indexing.gather: [
        (lambda x: x.gather(1, torch.tensor(ROWS)), real(2, 3)),
        (lambda x: x.gather(0, torch.tensor(ROWS % 2)), real(2, 3)),
        (lambda x: x.sort(0, descending=True).values, real(3, 2)),
        (lambda x: x.topk(2).values, real(2, 3)),
        (lambda x: x.max(1).values, real(2, 3)),
    ],
    indexing.extreme_at: [
        (lambda x, v: x.scatter_reduce(1, torch.tensor(ROWS), v, "amax"), real(2, 3), real(2, 3)),
        (lambda x, v: x.scatter_reduce(1, torch.tensor(ROWS), v, "amin"), real(2, 3), real(2, 3)),
        (lambda x, v: x.scatter_reduce(1, torch.tensor(ROWS), v, "amax", include_self=False), real(2, 3), real(2, 3)),
        (lambda x, v: x.index_reduce(0, torch.tensor([1, 1]), v, "amax"), real(2, 3), real(2, 3)),
    ],
}
