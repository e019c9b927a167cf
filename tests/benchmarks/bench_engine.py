"""What recording and walking back cost over the bare NumPy calls, in microseconds an operation."""

from __future__ import annotations

import time

import numpy as np

import tinygrad_opt as tg

from .timing import Result, seconds


def run() -> list[Result]:
    return [overhead_of_recording(), overhead_of_backward()]


def overhead_of_recording() -> Result:
    array = np.random.default_rng(0).normal(size=(16, 16)).astype(np.float32)
    a, b = tg.tensor(array, requires_grad=True), tg.tensor(array, requires_grad=True)
    bare, ours = seconds(lambda: array + array, lambda: a + b, number=5_000)
    return Result("a + b, 16x16 float32: microseconds over NumPy", (ours - bare) * 1e6, "at most 1.2")


def overhead_of_backward() -> Result:
    """A chain y * w1 * w2 * ... in which every operand wants its gradient."""
    arrays = list(np.random.default_rng(1).uniform(0.9, 1.1, (1_000, 16, 16)).astype(np.float32))
    weights = [tg.tensor(x, requires_grad=True) for x in arrays]
    g = np.ones((16, 16), np.float32)
    best, floor = float("inf"), float("inf")
    for _ in range(20):
        y = tg.ones(16, 16)
        for w in weights:
            w.grad = None
            y = y * w
        start = time.perf_counter()
        y.backward(tg.from_numpy(g))
        best = min(best, time.perf_counter() - start)
        start = time.perf_counter()
        carried, kept = g, []
        for x in arrays:
            kept.append(carried * x)  # the gradient of w
            carried = carried * x  # and of y
        floor = min(floor, time.perf_counter() - start)
    return Result(
        "backward of 1,000 multiplies: microseconds each over two NumPy calls", (best - floor) * 1e3, "at most 1.5"
    )
