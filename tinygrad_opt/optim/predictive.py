"""The distributions that a model's output stands for: their Fisher information, and gradients at what they draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..autograd.graph import wrap
from ..autograd.memory import Array
from ..random import multinomial, randn
from ..tensor import Tensor


class Predictive(NamedTuple):
    """A distribution p(y | z) for each row z of an output.

    `fisher(z)` is its Fisher information about z, (N, C, C); `drawn(z)` the gradient, (N, C), of -log p(y | z) with
    respect to z for one y drawn from it.
    """

    fisher: Callable[[Array], Array]
    drawn: Callable[[Array], Array]


def _softmax(z: Array) -> Array:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _categorical_fisher(z: Array) -> Array:
    p = _softmax(z)
    return np.asarray(p[:, :, None] * (np.eye(z.shape[1], dtype=z.dtype) - p[:, None, :]))


def _categorical_drawn(z: Array) -> Array:
    p = _softmax(z)
    classes = multinomial(wrap(p), 1).array[:, 0]
    return np.asarray(p - np.eye(z.shape[1], dtype=z.dtype)[classes])


def _gaussian_fisher(z: Array) -> Array:
    return np.broadcast_to(np.eye(z.shape[1], dtype=z.dtype), (*z.shape, z.shape[1]))


def _gaussian_drawn(z: Array) -> Array:
    return randn(z.shape, dtype=z.dtype).array  # z - y, where y is z and noise


# By name: a softmax over logits, and a normal distribution around the output with variance 1.
PREDICTIVE: Mapping[str, Predictive] = {
    "categorical": Predictive(_categorical_fisher, _categorical_drawn),
    "gaussian": Predictive(_gaussian_fisher, _gaussian_drawn),
}


def output_of(name: str, result: Any) -> Tensor:
    """The output in what a closure returned, (output, loss); TypeError unless it is a tensor of (examples, values)."""
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[0], Tensor):
        raise TypeError(f"{name}: the closure must return (output, loss), not {type(result).__name__}")
    output: Tensor = result[0]
    if output.ndim != 2:
        raise TypeError(f"{name}: the output must be of shape (examples, values), not {tuple(output.shape)}")
    return output
