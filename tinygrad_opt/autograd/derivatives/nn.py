"""Derivatives of the steps that networks are made of, each fused into one row where that saves time and memory.

A loss has a parameter `reduction`: "none" keeps one loss for every element, "sum" and "mean" make one number of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import primitive
from .elementwise import clamp, log_sigmoid, sigmoid

_SQRT_2_OVER_PI, _GELU_CUBE = math.sqrt(2 / math.pi), 0.044715
_SMALLEST_VARIANCE = float(np.float32(1e-12))

# ---- layers ----------------------------------------------------------------------------------------------------------


@primitive(
    name="linear",
    x=lambda g, weight: _back(g, weight),
    weight=lambda g, x: _rows(g).mT @ _rows(x),
    bias=lambda g: g,  # the engine sums it over all rows
)
def linear(x: Any, weight: Any, bias: Any) -> Any:
    """x W^T + b over the last axis of x, as torch.nn.functional.linear."""
    y = _rows(x).dot(weight.T)  # one large product, however many axes there are before the last
    if bias is not None:
        y += bias
    return y if x.ndim == 2 else y.reshape((*x.shape[:-1], len(weight)))


def _back(g: Any, weight: Any) -> Any:
    return g @ weight if g.ndim == 2 else (_rows(g) @ weight).reshape((*g.shape[:-1], weight.shape[-1]))


def _rows(x: Any) -> Any:
    """`x` as a matrix: every axis but the last laid out in rows."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


@primitive(name="gelu", floating=True, elementwise=True, x=lambda g, x: g * _gelu_tanh_slope(x))
def gelu_tanh(x: Any) -> Any:
    """GELU with the normal distribution function approximated by a tanh (Hendrycks & Gimpel 2016)."""
    return 0.5 * x * (1 + np.tanh(_SQRT_2_OVER_PI * x * (1 + _GELU_CUBE * (x * x))))


def _gelu_tanh_slope(x: Any) -> Any:
    square = x * x
    t = np.tanh(_SQRT_2_OVER_PI * x * (1 + _GELU_CUBE * square))
    inner_slope = _SQRT_2_OVER_PI * (1 + 3 * _GELU_CUBE * square)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner_slope


@primitive(floating=True, x=lambda g, y, axis: y * (g - (g * y).sum(axis=axis, keepdims=True)))
def softmax(x: Any, axis: int) -> Any:
    y = np.exp(x - np.maximum.reduce(x, axis=axis, keepdims=True))
    y /= np.add.reduce(y, axis=axis, keepdims=True)
    return y


@primitive(floating=True, x=lambda g, y, axis: g - np.exp(y) * g.sum(axis=axis, keepdims=True))
def log_softmax(x: Any, axis: int) -> Any:
    z = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    return z - np.log(np.add.reduce(np.exp(z), axis=axis, keepdims=True))


# ---- losses of classes -----------------------------------------------------------------------------------------------


@primitive(x=lambda g, x: _softmax_gradient(g, softmax(x, axis=-1)))
def _minus_one_hot(x: Any, at: Any) -> Any:
    """softmax(x) less 1 at every row's own class: the gradient of cross-entropy in its logits."""
    y = softmax.fn(x, -1)
    y.reshape(-1)[at] -= 1
    return y


def _softmax_gradient(g: Any, y: Any) -> Any:
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


@primitive(floating=True, x=lambda g, x, at, weight: _minus_one_hot(x, at=at) * (g * weight)[..., None])
def cross_entropy(x: Any, at: Any, weight: Any, reduce: bool) -> Any:
    """-log softmax(x) of every row's own class, times `weight`; the sum of them with `reduce`.

    `at` is where in the flattened x each row's class stands: one index costs half of what two do.
    `weight` is a number, or one for each row; a row of weight 0 counts nothing, whatever its logits.
    """
    z = x - np.maximum.reduce(x, axis=1, keepdims=True)
    of_target = z.reshape(-1)[at]
    losses = np.log(np.add.reduce(np.exp(z, out=z), axis=1))
    losses -= of_target
    if isinstance(weight, np.ndarray):
        losses = np.multiply(losses, weight, out=np.zeros_like(losses), where=weight != 0)
        return np.add.reduce(losses) if reduce else losses
    return np.add.reduce(losses) * weight if reduce else losses * weight


# ---- losses of elements ----------------------------------------------------------------------------------------------


def _reduced(losses: Any, reduction: str) -> Any:
    """The losses as they are, their sum, or their mean (nan where there is none)."""
    if reduction == "none":
        return losses
    total = np.add.reduce(losses, axis=None)
    return total / (losses.size or math.nan) if reduction == "mean" else total


def _each(g: Any, slopes: Any, reduction: str) -> Any:
    """`g`, the gradient of the reduced loss, carried back through `slopes`, those of every element's own loss."""
    return g / (math.prod(slopes.shape) or math.nan) * slopes if reduction == "mean" else g * slopes


@primitive(
    x=lambda g, x, target, reduction: _each(g, 2 * (x - target), reduction),
    target=lambda g, x, target, reduction: _each(g, 2 * (target - x), reduction),
)
def mse_loss(x: Any, target: Any, reduction: str) -> Any:
    d = x - target
    return _reduced(d * d, reduction)


@primitive(
    x=lambda g, x, target, reduction: _each(g, np.sign(x - target), reduction),
    target=lambda g, x, target, reduction: _each(g, np.sign(target - x), reduction),
)
def l1_loss(x: Any, target: Any, reduction: str) -> Any:
    return _reduced(np.abs(x - target), reduction)


@primitive(
    x=lambda g, x, target, delta, reduction: _each(g, clamp(x - target, -delta, delta), reduction),
    target=lambda g, x, target, delta, reduction: _each(g, clamp(target - x, -delta, delta), reduction),
)
def huber_loss(x: Any, target: Any, delta: float, reduction: str) -> Any:
    """Half the square of the difference up to `delta`, and from there on its tangent."""
    d = np.abs(x - target)
    return _reduced(np.where(d < delta, 0.5 * d * d, delta * (d - 0.5 * delta)), reduction)


@primitive(
    x=lambda g, x, target, weight, reduction: _each(g, _weighed(_bce_slope(x, target), weight), reduction),
    target=lambda g, x, weight, reduction: _each(g, _weighed(np.log1p(-x) - np.log(x), weight), reduction),
)
def binary_cross_entropy(x: Any, target: Any, weight: Any, reduction: str) -> Any:
    """-log of the probability that `x` gives to the class `target`, with logarithms no lower than -100."""
    with np.errstate(divide="ignore"):  # log 0 is -inf, which becomes -100
        log_p, log_q = np.maximum(np.log(x), -100), np.maximum(np.log1p(-x), -100)
    return _reduced(_weighed((target - 1) * log_q - target * log_p, weight), reduction)


def _bce_slope(x: Any, target: Any) -> Any:
    """The slope in x, of which a probability of 0 or 1 does not make an infinity; the bound is PyTorch's, a float32."""
    return (x - target) / np.maximum(x * (1 - x), _SMALLEST_VARIANCE)


@primitive(
    x=lambda g, x, target, weight, pos_weight, reduction: _each(
        g, _weighed(_bce_logit_slope(x, target, pos_weight), weight), reduction
    ),
    target=lambda g, x, weight, pos_weight, reduction: _each(
        g, _weighed(-x if pos_weight is None else -x - (pos_weight - 1) * log_sigmoid(x), weight), reduction
    ),
)
def binary_cross_entropy_with_logits(x: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    """(1 - target) x - log sigmoid(x), the logarithm weighed by `pos_weight` where the target is 1."""
    log_p = log_sigmoid.fn(x)
    if pos_weight is not None:
        log_p = log_p * _positive_share(target, pos_weight)
    return _reduced(_weighed((1 - target) * x - log_p, weight), reduction)


def _bce_logit_slope(x: Any, target: Any, pos_weight: Any) -> Any:
    if pos_weight is None:
        return sigmoid(x) - target
    return (1 - target) - _positive_share(target, pos_weight) * sigmoid(-x)


def _positive_share(target: Any, pos_weight: Any) -> Any:
    return (pos_weight - 1) * target + 1


def _weighed(losses: Any, weight: Any) -> Any:
    return losses if weight is None else losses * weight
