"""Layers of images and normalisation, forward and backward, against torch eager; and the memory of a convolution."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as tg

from .timing import Result, seconds

Case = tuple[Callable[[Any], Any], tuple[int, ...]]
LAYERS: dict[str, Case] = {
    "Conv2d(16, 32, 3, padding=1) of (32, 16, 32, 32)": (
        lambda nn: nn.Conv2d(16, 32, 3, padding=1),
        (32, 16, 32, 32),
    ),
    "Conv1d(64, 64, 3) of (32, 64, 128)": (lambda nn: nn.Conv1d(64, 64, 3), (32, 64, 128)),
    "ConvTranspose2d(32, 16, 2, stride=2) of (32, 32, 16, 16)": (
        lambda nn: nn.ConvTranspose2d(32, 16, 2, stride=2),
        (32, 32, 16, 16),
    ),
    "MaxPool2d(2) of (32, 16, 32, 32)": (lambda nn: nn.MaxPool2d(2), (32, 16, 32, 32)),
    "AvgPool2d(2) of (32, 16, 32, 32)": (lambda nn: nn.AvgPool2d(2), (32, 16, 32, 32)),
    "BatchNorm2d(16) of (32, 16, 32, 32)": (lambda nn: nn.BatchNorm2d(16), (32, 16, 32, 32)),
    "BatchNorm1d(100) of (64, 100)": (lambda nn: nn.BatchNorm1d(100), (64, 100)),
    "LayerNorm(64) of (32, 32, 64)": (lambda nn: nn.LayerNorm(64), (32, 32, 64)),
    "RMSNorm(64) of (32, 32, 64)": (lambda nn: nn.RMSNorm(64), (32, 32, 64)),
    "GroupNorm(4, 16) of (32, 16, 16, 16)": (lambda nn: nn.GroupNorm(4, 16), (32, 16, 16, 16)),
}


def lenet(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def both_ways(lib: Any, make: Callable[[Any], Any], shape: tuple[int, ...], of_input: bool) -> Callable[[], Any]:
    """Forward and backward of a layer, in either library."""
    module = make(lib.nn)
    x = lib.tensor(np.random.default_rng(0).normal(size=shape).astype(np.float32), requires_grad=of_input)
    g = lib.ones(module(x).shape)

    def step() -> None:
        x.grad = None
        module.zero_grad()
        module(x).backward(g)

    return step


def memory() -> Result:
    """The largest memory at any time of a convolution forward and backward, of that of its input and output."""
    layer = tg.nn.Conv2d(16, 16, 5, padding=2)
    x = tg.ones(16, 16, 64, 64, requires_grad=True)
    tracemalloc.start()
    y = layer(x)
    y.backward(y.detach())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Result("peak of Conv2d(16, 16, 5), input and output being 2", peak / x.array.nbytes, "at most 6")


def run() -> list[Result]:
    import torch

    cases = {"LeNet of (64, 1, 28, 28)": (lenet, (64, 1, 28, 28)), **LAYERS}
    results = []
    for name, (make, shape) in cases.items():
        pair = [both_ways(lib, make, shape, make is not lenet) for lib in (tg, torch)]
        ours, theirs = seconds(*pair, number=5)
        results.append(Result(f"{name}: times as fast as torch", theirs / ours, "at least 0.5"))
    return [*results, memory()]
