"""The dropouts of `functional`: noise while training, the input itself otherwise.

The noise is drawn from `generator`, or from the default one, and is PyTorch's for the same seed.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import arithmetic
from ..autograd.graph import wrap
from ..autograd.inplace import assign, require_writable
from ..autograd.record import binary
from ..generator import Generator, default_generator

if TYPE_CHECKING:
    from ..tensor import Tensor

_LEAST = 1.7580993408473766  # minus the value that SELU comes to far below 0


def dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Each element 0 with probability `p`, else divided by 1 - p; the input itself if not `training`.

    ValueError unless 0 <= p <= 1. As torch.nn.functional.dropout.
    """
    return _dropped(input, input.array.shape, p, training, inplace, generator)


def dropout1d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """`dropout` of whole channels of (N, C, L) or (C, L): all of a channel is 0, or none. RuntimeError for others.

    As torch.nn.functional.dropout1d.
    """
    check_probability(p)
    shape = input.array.shape
    if len(shape) not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {len(shape)}D input. It drops whole channels of "
            f"(N, C, L) or (C, L); for the shape {shape} write dropout"
        )
    return _dropped(input, (*shape[:-1], 1), p, training, inplace, generator)


def dropout2d(
    input: Tensor,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """`dropout` of whole channels of (N, C, H, W): all of a channel is 0, or none. As torch.nn.functional.dropout2d.

    Like PyTorch it takes dimension 1 for the channels, whatever the others, and warns where that may be a surprise.
    """
    check_probability(p)
    shape = input.array.shape
    if len(shape) not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {len(shape)}-D input to dropout2d, which is deprecated and will result in an error "
            "in a future release. To retain the behavior and silence this warning, please use dropout instead.",
            stacklevel=2,
        )
    if len(shape) == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired "
            "- input is interpreted as shape (N, C, L), where C is the channel dim. Please write dropout1d instead.",
            stacklevel=2,
        )
    if len(shape) < 2:
        raise RuntimeError(f"Feature dropout requires at least 2 dimensions in the input: dropout2d() of shape {shape}")
    return _dropped(input, (*shape[:2], *[1] * (len(shape) - 2)), p, training, inplace, generator)


def alpha_dropout(
    input: Tensor,
    p: float = 0.5,
    training: bool = False,
    inplace: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Each element at SELU's lower end with probability `p`, and all scaled so that mean 0 and variance 1 remain.

    As torch.nn.functional.alpha_dropout (Klambauer et al. 2017).
    """
    check_probability(p)
    if p in (0, 1):
        return _dropped(input, input.array.shape, p, training, inplace, generator)
    if not training or not input.array.size:
        return input
    if inplace:
        require_writable(input)
    x = input.array
    kept = (default_generator if generator is None else generator).bernoulli(1 - p, x.shape).astype(x.dtype)
    scale = 1 / math.sqrt((_LEAST**2 * p + 1) * (1 - p))
    shift = (kept - 1) * (_LEAST * scale) + _LEAST * scale * p
    y = binary(arithmetic.add, binary(arithmetic.mul, input, wrap(kept * scale)), wrap(shift))
    return _finished(input, y, inplace)


def _dropped(
    input: Tensor, shape: tuple[int, ...], p: float, training: bool, inplace: bool, generator: Generator | None
) -> Tensor:
    """`input` times noise of that shape."""
    check_probability(p)
    if not training or p == 0 or not input.array.size:
        return input
    if inplace:
        require_writable(input)  # before the stream moves on
    noise = _noise(default_generator if generator is None else generator, p, shape, input.array.dtype)
    return _finished(input, binary(arithmetic.mul, input, wrap(noise)), inplace)


def _finished(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    if not inplace:
        return result
    assign(input, result)
    return input


def _noise(generator: Generator, p: float, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """What dropout multiplies by: 0 with probability p, else 1 / (1 - p)."""
    if p == 1:
        return np.zeros(shape, dtype)  # nothing to draw
    return generator.bernoulli(1 - p, shape).astype(dtype) / (1 - p)


def check_probability(p: float) -> None:
    """ValueError unless `p` is the probability of a dropout."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
