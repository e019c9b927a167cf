"""Points in the plane, and clouds of them, drawn from `generator`: the default one unless given."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.graph import wrap
from ..generator import Generator, default_generator
from ..tensor import Tensor

Pair = tuple[Tensor, Tensor]


def moons(n: int = 100, noise: float = 0.0, generator: Generator = default_generator) -> Pair:
    """Two half circles, one in the other's arms: `n` points, of class 0 above and 1 below.

    >>> x, y = torch.datasets.moons(4)
    >>> x.round(decimals=2) + 0.0, y
    (tensor([[ 1.0000,  0.0000],
            [-1.0000,  0.0000],
            [ 0.0000,  0.5000],
            [ 2.0000,  0.5000]]), tensor([0, 0, 1, 1]))
    """
    _check("moons", n, noise)
    above, below = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    points = [np.stack([np.cos(above), np.sin(above)], 1), np.stack([1 - np.cos(below), 0.5 - np.sin(below)], 1)]
    return _labelled(points, noise, generator)


def circles(n: int = 100, noise: float = 0.0, factor: float = 0.8, generator: Generator = default_generator) -> Pair:
    """A circle of radius 1, class 0, and one of radius `factor` within, class 1: `n` points."""
    _check("circles", n, noise)
    if not 0 <= factor < 1:
        raise ValueError(f"circles: factor must be in [0, 1), got {factor}")
    angles = [np.linspace(0, 2 * np.pi, k, endpoint=False) for k in (n // 2, n - n // 2)]
    points = [r * np.stack([np.cos(a), np.sin(a)], 1) for r, a in zip((1, factor), angles, strict=True)]
    return _labelled(points, noise, generator)


def spirals(
    n: int = 300, classes: int = 3, noise: float = 0.2, turn: float = 4.0, generator: Generator = default_generator
) -> Pair:
    """Arms that wind out of the middle, a class each: `n` points; `turn` and `noise` are in radians along the arm."""
    _check("spirals", n, noise)
    points = []
    for c, k in enumerate(_shares("spirals", n, classes)):
        angle = np.linspace(0, turn, k) + 2 * np.pi * c / classes + noise * generator.normal((k,), dtype=np.float64)
        points.append(np.linspace(0, 1, k)[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1))
    return _labelled(points, 0.0, generator)


def blobs(
    n: int = 100, centers: Any = 3, std: float = 1.0, features: int = 2, generator: Generator = default_generator
) -> Pair:
    """Round clouds, a class each: `n` points about `centers`, rows of numbers, or how many to draw from -10 to 10."""
    _check("blobs", n, std)
    if isinstance(centers, int):
        middle = generator.uniform((centers, features), -10, 10, np.float64)
    else:
        middle = np.asarray(centers, np.float64)
    if middle.ndim != 2:
        raise ValueError(f"blobs: centers must be a row of numbers for each class, got shape {middle.shape}")
    shares = _shares("blobs", n, len(middle))
    return _labelled([np.tile(m, (k, 1)) for m, k in zip(middle, shares, strict=True)], std, generator)


def circle_in_square(n: int = 200, seed: int = 42) -> Pair:
    """`n` points of a square from -2 to 2, of class 1 within a circle of squared radius 1.5; drawn by Python's random.

    >>> torch.datasets.circle_in_square()[1].sum()
    tensor(57)
    """
    _check("circle_in_square", n, 0.0)
    import random  # slow to import, and needed only here

    dice = random.Random(seed)
    points = np.array([[dice.uniform(-2, 2), dice.uniform(-2, 2)] for _ in range(n)])
    return wrap(points.astype(np.float32)), wrap(((points**2).sum(1) < 1.5).astype(np.int64))


def _check(name: str, n: int, noise: float) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"{name}: n must be a positive int, got {n!r}")
    if not 0 <= noise < np.inf:
        raise ValueError(f"{name}: noise must be a number from 0 on, got {noise}")


def _shares(name: str, n: int, classes: int) -> list[int]:
    """How many of n points each class has; the first ones have one more where they cannot be equal."""
    if not 1 <= classes <= n:
        raise ValueError(f"{name}: there must be 1 to n={n} classes, got {classes}")
    return [n // classes + (c < n % classes) for c in range(classes)]


def _labelled(points: list[Any], noise: float, generator: Generator) -> Pair:
    x = np.concatenate(points)
    y = np.repeat(np.arange(len(points)), [len(p) for p in points])
    if noise:
        x += generator.normal(x.shape, 0.0, noise, np.float64)
    return wrap(x.astype(np.float32)), wrap(y)
