"""A loss of two parameters whose gradient is known, for the tests of optimizers around others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tinygrad_opt as torch

SCALES = [0.3, -0.7]  # of the two parameters of `quartic`


def quartic(params: list[Any]) -> Any:
    """A loss whose gradient is 4 * scale * x^3 + x."""
    return sum((s * p**4 + p * p / 2).sum() for s, p in zip(SCALES, params, strict=True))


def slope(x: Any, i: int) -> Any:
    """The gradient with respect to parameter `i`."""
    return 4 * SCALES[i] * x**3 + x


def two(names: bool = False) -> list[Any]:
    """The two parameters, or pairs with names "a" and "b"."""
    tensors = [torch.tensor([0.4, -0.9, 0.2], dtype=torch.float64, requires_grad=True)]
    tensors.append(torch.tensor([[0.5], [0.3]], dtype=torch.float64, requires_grad=True))
    return list(zip("ab", tensors, strict=True)) if names else tensors


def closure_of(optimizer: Any, params: list[Any]) -> Callable[[], Any]:
    """What a step of an optimizer calls."""

    def closure() -> Any:
        optimizer.zero_grad()
        loss = quartic(params)
        loss.backward()
        return loss

    return closure
