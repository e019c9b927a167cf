"""How many times faster than micrograd the scalar engine trains micrograd's moons network.

One step is the forward and backward pass of micrograd's demo: a 2-16-16-1 ReLU network on 100 points of the two-moons
data, with its max-margin loss and L2 penalty. Both engines get the same data and the same initial weights.
"""

from __future__ import annotations

import gc
import random
import time
from typing import Any

import numpy as np

from tinygrad_opt.nn import scalar
from tinygrad_opt.value import Value

TARGET = 10
ROUNDS = 10


def moons(n: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Points of two interleaving half circles, with a little noise, and their labels -1 and 1."""
    angle = np.linspace(0, np.pi, n // 2)
    outer = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    inner = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    noise = np.random.default_rng(1337).normal(scale=0.1, size=(n, 2))
    return np.concatenate([outer, inner]) + noise, np.repeat([-1, 1], n // 2)


def loss(model: Any, value: Any, points: np.ndarray, labels: np.ndarray) -> Any:
    """The loss of micrograd's demo; `value` is the class of the model's scalars."""
    inputs = [list(map(value, point)) for point in points]
    scores = list(map(model, inputs))
    losses = [(1 + -label * score).relu() for label, score in zip(labels, scores, strict=True)]
    data_loss = sum(losses) * (1.0 / len(losses))
    penalty = 1e-4 * sum(p * p for p in model.parameters())
    return data_loss + penalty


def seconds(model: Any, value: Any, points: np.ndarray, labels: np.ndarray) -> float:
    """The time of one forward and backward pass."""
    model.zero_grad()
    gc.collect()  # nobody pays for the garbage of the step before
    start = time.perf_counter()
    loss(model, value, points, labels).backward()
    return time.perf_counter() - start


def run() -> list[tuple[str, float, str]]:
    """For each case its name, the ratio of micrograd's time to ours, and the target."""
    import micrograd.engine
    import micrograd.nn

    points, labels = moons()
    random.seed(1337)
    ours = scalar.MLP(2, [16, 16, 1])
    random.seed(1337)
    theirs = micrograd.nn.MLP(2, [16, 16, 1])
    best_ours = best_theirs = float("inf")
    for _ in range(ROUNDS):
        best_theirs = min(best_theirs, seconds(theirs, micrograd.engine.Value, points, labels))
        best_ours = min(best_ours, seconds(ours, Value, points, labels))
    return [("moons forward+backward, micrograd / Value", best_theirs / best_ours, f"at least {TARGET}")]


if __name__ == "__main__":
    for name, ratio, target in run():
        print(f"{name}: {ratio:.1f}x (target: {target})")
