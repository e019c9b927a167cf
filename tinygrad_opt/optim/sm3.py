"""Adagrad in little memory: one sum for each row, and one for each column, in place of one for each weight."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial


@rule(scope="tensor", mu="accumulator", m="momentum_buffer")
def sm3(g: Any, mu: Any, m: Any, *, lr: float, momentum: float, eps: float) -> StepAndState:
    """Anil et al. 2019, algorithm SM3-II, whose sets are the slices along each dimension."""
    nu = _least(mu, np.shape(g)) + g * g
    u = g / np.sqrt(nu + eps)
    if m is None:
        return lr * u, _greatest(nu), m
    m = momentum * m + (1 - momentum) * u
    return lr * m, _greatest(nu), m


def _least(mu: Any, shape: tuple[int, ...]) -> Any:
    """For every element, the least of the numbers of the slices it is in; `mu` has those of each dimension in turn."""
    if not shape:
        return np.reshape(mu, ())
    ends = list(itertools.accumulate(shape))
    slices = [
        np.reshape(mu[end - n : end], [n if i == dim else 1 for i in range(len(shape))])
        for dim, (n, end) in enumerate(zip(shape, ends, strict=True))
    ]
    return functools.reduce(np.minimum, slices)


def _greatest(nu: Any) -> Any:
    """The greatest element of every slice, along each dimension in turn."""
    if 0 in np.shape(nu):
        return np.zeros(sum(np.shape(nu)), nu.dtype)
    if np.ndim(nu) < 2:
        return np.reshape(nu, (-1,))
    dims = range(np.ndim(nu))
    return np.concatenate([np.max(nu, axis=tuple(d for d in dims if d != dim)) for dim in dims])


class SM3(Optimizer):
    """Adagrad that keeps, of a matrix, a number per row and per column only. Anil et al. 2019.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        momentum: how much of the running mean of steps is kept.
        eps: added under the root.
        weight_decay: adds weight_decay * p to the gradient.
        options: see `Options`.

    >>> w = torch.ones(2, 2, requires_grad=True)
    >>> opt = torch.optim.SM3([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> opt.state[w]["accumulator"]
    tensor([4., 4., 4., 4.])
    """

    rule = sm3
    limits: ClassVar = {"momentum": Limit("momentum value", below=1)}
    presets: ClassVar = {"optax": {"momentum": 0.9, "eps": 1e-8}, "paper": {"momentum": 0.9}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 0.1,
        momentum: float = 0,
        eps: float = 1e-30,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, momentum=momentum, eps=eps, weight_decay=weight_decay), **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        momentum: Mapping[str, Initial] = {"momentum_buffer": 0.0} if group["momentum"] else {}
        return {"accumulator": _nothing_yet, **momentum}


def _nothing_yet(p: Any) -> Any:
    return np.zeros(sum(np.shape(p)) or math.prod(np.shape(p)), p.dtype)
