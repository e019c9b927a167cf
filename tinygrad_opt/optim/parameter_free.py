"""Steps whose length is found on the way: no learning rate to tune."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial, Scalar
from .transforms import norm


def ratio(a: Any, b: Any) -> Any:
    """a / b, and a where b is 0."""
    return a / (b + (b == 0))


@rule(scope="group", x0="init_buffer", r="rbar", G="G")
def dog(
    g: Any,
    p: Any,
    x0: Any,
    r: Any,
    G: Any,  # noqa: N803 (the paper's letter)
    *,
    lr: float,
    reps_rel: float,
    eps: float,
) -> StepAndState:
    """Ivgi, Hinder & Carmon 2023, equation 1: the greatest distance so far, over the root of all squared gradients."""
    r = np.maximum(np.maximum(r, reps_rel * (1 + norm(x0))), norm(p - x0))
    G = G + np.sum(g * g)  # noqa: N806
    return lr * r / np.sqrt(G + eps) * g, x0, r, G


@rule(scope="group", x0="init_params", r2="estim_sq_dist", v="weighted_sq_norm_grads")
def dowg(g: Any, p: Any, x0: Any, r2: Any, v: Any, *, lr: float, eps: float) -> StepAndState:
    """Khaled, Mishchenko & Jin 2023, algorithm 1: as DoG, with gradients weighed by the squared distances."""
    r2 = np.maximum(r2, np.sum((p - x0) ** 2))
    v = v + r2 * np.sum(g * g)
    return lr * r2 / (np.sqrt(v) + eps) * g, x0, r2, v


@rule(scope="group")
def polyak(g: Any, *, loss: Any, lr: float, c: float, f_min: float) -> StepAndState:
    """Loizou et al. 2021, equation 5, with lr for its bound: (f - f*) / (c * |g|^2), and at most lr."""
    square = np.sum(g * g)
    return (np.minimum(ratio(loss - f_min, c * square), lr) * g,)


class DoG(Optimizer):
    """Distance over gradients: SGD with the learning rate that its own path suggests. Ivgi, Hinder & Carmon 2023.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant.
        reps_rel: the first step's length over 1 plus the norm of the weights.
        eps: added to the sum of squares.
        weight_decay: adds weight_decay * p to the gradient.
        options: see `Options`.
    """

    rule = dog
    limits: ClassVar = {"reps_rel": Limit("reps_rel value")}
    presets: ClassVar = {"optax": {}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        reps_rel: float = 1e-6,
        eps: float = 1e-8,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, reps_rel=reps_rel, eps=eps, weight_decay=weight_decay), **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"init_buffer": np.copy, "rbar": Scalar(0), "G": Scalar(0)}


class DoWG(Optimizer):
    """Distance over weighted gradients: as DoG, and faster where gradients shrink. Khaled, Mishchenko & Jin 2023.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant.
        init_estim_sq_dist: the first estimate of the squared distance to the solution; above 0.
        eps: added to the root of the sum of squares.
        weight_decay: adds weight_decay * p to the gradient.
        options: see `Options`.
    """

    rule = dowg
    limits: ClassVar = {"init_estim_sq_dist": Limit("init_estim_sq_dist", low=math.ulp(0.0))}
    presets: ClassVar = {"optax": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        init_estim_sq_dist: float = 1e-4,
        eps: float = 1e-4,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, init_estim_sq_dist=init_estim_sq_dist, eps=eps, weight_decay=weight_decay)
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        squared = Scalar(group["init_estim_sq_dist"])
        return {"init_params": np.copy, "estim_sq_dist": squared, "weighted_sq_norm_grads": Scalar(0)}


class PolyakSGD(Optimizer):
    """SGD whose learning rate is what the loss has left to fall over the squared gradient. Loizou et al. 2021 (SPS).

    It needs the loss: `step(closure)`, with a closure that returns it. Every group has its own gradient's norm.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the greatest learning rate.
        c: divides the learning rate; 1/2 is the paper's for non-convex losses.
        f_min: the least value of the loss; 0 where a model can fit every batch.
        options: see `Options`.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.PolyakSGD([w])
    >>> def closure():
    ...     opt.zero_grad()
    ...     loss = (w * w).sum()
    ...     loss.backward()
    ...     return loss
    >>> opt.step(closure)
    tensor(25., grad_fn=<SumBackward0>)
    >>> w
    tensor([1.5000, 2.0000], requires_grad=True)
    """

    rule = polyak
    limits: ClassVar = {"c": Limit("c value", low=math.ulp(0.0))}

    def __init__(
        self, params: ParamsT, lr: float = 1.0, c: float = 1.0, f_min: float = 0.0, **options: Unpack[Options]
    ) -> None:
        super().__init__(params, dict(lr=lr, c=c, f_min=f_min), **options)
