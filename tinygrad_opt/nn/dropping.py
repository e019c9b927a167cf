"""Dropout as a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import arithmetic
from ..autograd.graph import wrap
from ..autograd.inplace import assign, require_writable
from ..autograd.record import binary
from ..generator import Generator, default_generator

if TYPE_CHECKING:
    from ..tensor import Tensor


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Each element 0 with probability `p`, else divided by 1 - p; the input itself if not `training`.

    The zeros are drawn from `generator`, or from the default one, and are PyTorch's for the same seed. ValueError
    unless 0 <= p <= 1. As torch.nn.functional.dropout.
    """
    check_probability(p)
    if not training or p == 0 or not input.array.size:
        return input
    if inplace:
        require_writable(input)  # before the stream moves on
    noise = wrap(dropout_noise(default_generator if generator is None else generator, p, input.array))
    y = binary(arithmetic.mul, input, noise)
    if not inplace:
        return y
    assign(input, y)
    return input


def dropout_noise(generator: Generator, p: float, like: Any) -> Any:
    """What dropout multiplies by, an array like the array `like`: 0 with probability p, else 1 / (1 - p)."""
    if p == 1:
        return np.zeros_like(like)  # nothing to draw
    return generator.bernoulli(1 - p, like.shape).astype(like.dtype) / (1 - p)


def check_probability(p: float) -> None:
    """ValueError unless `p` is the probability of a dropout."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
