"""Numbers for examples, and the spreads of calls that whole families share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as torch

rng = np.random.default_rng(7)
Example = tuple[Callable[..., Any], *tuple[np.ndarray[Any, Any], ...]]


def real(*size: int) -> np.ndarray[Any, Any]:
    """Numbers of either sign, none close to 0 and no two close to each other: away from kinks and ties."""
    n = math.prod(size)
    values = (np.arange(n) + rng.uniform(0.2, 0.8, n)) / max(n, 1) * 1.6 + 0.2
    return np.asarray((rng.permutation(values) * rng.choice([-1, 1], n)).reshape(size))


def positive(*size: int) -> np.ndarray[Any, Any]:
    return np.abs(real(*size))


def inside(*size: int) -> np.ndarray[Any, Any]:
    """Numbers within (-1, 1)."""
    return real(*size) / 2


def elementwise_examples(fn: Callable[..., Any], draw: Callable[..., Any] = real) -> list[Example]:
    return [(fn, draw(2, 3)), (fn, draw()), (fn, draw(0, 3))]


def binary_examples(
    fn: Callable[..., Any], left: Callable[..., Any] = real, right: Callable[..., Any] = real
) -> list[Example]:
    return [
        (fn, left(2, 3), right(2, 3)),
        (fn, left(2, 3), right(3)),
        (fn, left(2, 1), right(2, 3)),
        (fn, left(), right(2, 2)),
        (fn, left(), right()),
        (fn, left(4, 0), right(4, 1)),
        (lambda a: fn(a, 1.5), left(2, 3)),
        (lambda b: fn(1.5, b), right(2, 3)),
    ]


def reduction_examples(fn: Callable[..., Any], draw: Callable[..., Any] = real, empty: bool = True) -> list[Example]:
    calls: list[Example] = [
        (lambda x: fn(x), draw(2, 3)),
        (lambda x: fn(x, dim=0), draw(2, 3)),
        (lambda x: fn(x, dim=-1, keepdim=True), draw(2, 3)),
        (lambda x: fn(x), draw()),
    ]
    if empty:
        calls += [(lambda x: fn(x, dim=1), draw(0, 3)), (lambda x: fn(x, dim=0, keepdim=True), draw(0, 3))]
    return calls


def probability(*size: int) -> np.ndarray[Any, Any]:
    return positive(*size) / 2


def loss_examples(fn: Callable[..., Any]) -> list[Example]:
    return [
        (lambda x, t: fn(x, t, reduction="mean"), real(2, 3), real(2, 3)),
        (lambda x, t: fn(x, t, reduction="sum"), real(2, 3), real(2, 3)),
        (lambda x, t: fn(x, t, reduction="none"), real(2, 3), real(2, 3)),
        (lambda x: fn(x, torch.full_like(x, 0.1), reduction="mean"), real(3)),
    ]


def several(*dims: int) -> Callable[[Callable[..., Any]], Example]:
    return lambda fn: (lambda x: fn(x, dim=dims), real(2, 3, 2))


CONDITION = np.array([[True, False, True], [False, False, True]])
ROWS = np.array([[0, 2, 2], [1, 0, 2]])
AT = np.array([0, 5, 7, 10])  # of the classes 0, 2, 1, 1 of three
WEIGHT = np.array([0.5, 0.25, 1.0, 2.0])
