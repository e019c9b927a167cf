"""Reading parts, forward and backward, beside torch: an embedding, and a tensor read row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import tinygrad_opt as tg

from .timing import Result, seconds


def run() -> list[Result]:
    return [embedding(), *[rows(name, read) for name, read in READS.items()]]


def embedding() -> Result:
    rng = np.random.default_rng(0)
    table, seed = rng.normal(size=(30_000, 64)).astype(np.float32), rng.normal(size=(4_096, 64)).astype(np.float32)
    index = rng.integers(0, 30_000, 4_096)
    w, v = tg.from_numpy(table).requires_grad_(), torch.from_numpy(table).requires_grad_()
    i, j, g, h = tg.from_numpy(index), torch.from_numpy(index), tg.from_numpy(seed), torch.from_numpy(seed)

    def ours() -> None:
        w.grad = None
        w[i].backward(g)

    def theirs() -> None:
        v.grad = None
        torch.nn.functional.embedding(j, v).backward(h)

    mine, other = seconds(ours, theirs, rounds=50)
    return Result("embedding of 4,096 in 30,000 x 64, with backward: times torch", mine / other, "at most 1")


READS: dict[str, Callable[[Any], Any]] = {
    "x[i]": lambda x: (x[i] for i in range(len(x))),
    "iteration": iter,
    "split(1)": lambda x: x.split(1),
}


def rows(name: str, read: Callable[[Any], Any]) -> Result:
    array = np.random.default_rng(0).normal(size=(4_096, 64)).astype(np.float32)

    def of(library: Any) -> Callable[[], None]:
        x = library.from_numpy(array).requires_grad_()

        def call() -> None:
            x.grad = None
            sum(row.sum() for row in read(x)).backward()

        return call

    mine, other = seconds(of(tg), of(torch), rounds=5)
    return Result(f"the sum of 4,096 rows by {name}, with backward: times torch", mine / other, "reported")
