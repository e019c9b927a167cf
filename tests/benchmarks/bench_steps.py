"""One training step (forward, cross-entropy, backward, AdamW) against torch eager."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as tg

from .timing import Result, seconds

NETWORKS = [
    ((8, 16, 2), 16, "at least 3"),
    ((64, 64, 10), 32, "at least 3"),
    ((784, 256, 128, 10), 64, "at least 1.3"),
    ((784, 1024, 1024, 10), 256, "at least 1.0"),
]


def training_step(lib: Any, sizes: tuple[int, ...], batch: int) -> Callable[[], Any]:
    """One step of the same network in either library."""
    rng = np.random.default_rng(0)
    layers: list[Any] = []
    for n, m in itertools.pairwise(sizes):
        layers += [lib.nn.Linear(n, m), lib.nn.ReLU()]
    model = lib.nn.Sequential(*layers[:-1])
    x = lib.tensor(rng.normal(size=(batch, sizes[0])).astype(np.float32))
    target = lib.tensor(rng.integers(0, sizes[-1], batch))
    loss_of, optimizer = lib.nn.CrossEntropyLoss(), lib.optim.AdamW(model.parameters(), lr=1e-3)

    def step() -> None:
        optimizer.zero_grad()
        loss_of(model(x), target).backward()
        optimizer.step()

    return step


def run() -> list[Result]:
    import torch

    results = []
    for sizes, batch, target in NETWORKS:
        # Turns of a tenth of a second: for a few milliseconds after its own, torch's threads still spin on the cores.
        number = 500 if sizes[0] < 784 else 50 if sizes[1] < 1024 else 3
        ours, theirs = seconds(training_step(tg, sizes, batch), training_step(torch, sizes, batch), number=number)
        name = "-".join(map(str, sizes))
        results.append(
            Result(f"training step, MLP {name}, batch {batch}: times as fast as torch", theirs / ours, target)
        )
    return results
