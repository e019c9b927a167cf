"""Steps mixed from several means of the gradient: QHM, QHAdam and AdEMAMix."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Unpack

import numpy as np

from ..tensor import Tensor
from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule


@rule(m="momentum_buffer")
def qhm(g: Any, m: Any, *, lr: float, momentum: float, nu: float) -> StepAndState:
    """Ma & Yarats 2019, equations 3 and 4."""
    m = momentum * m + (1 - momentum) * g
    return lr * ((1 - nu) * g + nu * m), m


class QHM(Optimizer):
    """A mean of plain SGD and SGD with momentum: quasi-hyperbolic momentum. Ma & Yarats 2019.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        momentum: how much of the running mean of the gradient is kept at a step.
        nu: the weight of the running mean in a step; that of the gradient is 1 - nu.
        weight_decay: adds weight_decay * p to the gradient.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.QHM([w], lr=0.1, momentum=0.9)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9260], requires_grad=True)
    """

    rule = qhm
    limits: ClassVar = {"nu": Limit("nu value", high=1), "momentum": Limit("momentum value", below=1)}
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0.999,
        nu: float = 0.7,
        weight_decay: float = 0,
        *,
        decoupled_weight_decay: bool = False,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            momentum=momentum,
            nu=nu,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, **options)


@rule(m="exp_avg", v="exp_avg_sq")
def qhadam(
    g: Any,
    m: Any,
    v: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    nus: tuple[float, float],
    eps: float,
) -> StepAndState:
    """Ma & Yarats 2019, section 6 and its appendix D."""
    nu1, nu2 = nus
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    first = (1 - nu1) * g + nu1 / (1 - beta1**t) * m
    second = (1 - nu2) * g * g + nu2 / (1 - beta2**t) * v
    return lr * first / (np.sqrt(second) + eps), m, v


class QHAdam(Optimizer):
    """Adam in which gradient and running mean, and their squares, are mixed. Ma & Yarats 2019.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        nus: the weights of these means; those of the gradient and of its square are 1 minus them. (1, 1) is Adam.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.QHAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = qhadam
    limits: ClassVar = {"nus": Limit("nu value", high=1)}
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.995, 0.999),
        nus: tuple[float, float] = (0.7, 1.0),
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        decoupled_weight_decay: bool = False,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            nus=nus,
            eps=eps,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        if not isinstance(group["nus"], tuple) or len(group["nus"]) != 2:
            raise ValueError(f"Invalid nus: {group['nus']!r} (QHAdam: there are 2)")


@rule(m1="exp_avg", m2="exp_avg_slow", v="exp_avg_sq")
def ademamix(
    g: Any,
    m1: Any,
    m2: Any,
    v: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    beta3: float,
    alpha: float,
    eps: float,
    alpha_warmup: float,
    beta3_warmup: float,
) -> StepAndState:
    """Pagliardini, Ablin & Grangier 2024, algorithm 1, with its schedules of alpha and beta3."""
    if t < alpha_warmup:
        alpha = t / alpha_warmup * alpha
    if t < beta3_warmup:  # the inverse of its logarithm, so its half-life, grows linearly
        beta3 = beta1 ** (_log(beta3) / ((1 - t / beta3_warmup) * _log(beta3) + t / beta3_warmup * _log(beta1)))
    m1 = beta1 * m1 + (1 - beta1) * g
    m2 = beta3 * m2 + (1 - beta3) * g
    v = beta2 * v + (1 - beta2) * g * g
    m = m1 / (1 - beta1**t) + alpha * m2
    return lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m1, m2, v


def _log(x: Any) -> Any:
    return np.log(x) if isinstance(x, Tensor) else math.log(x)  # np.log of a float promotes float32


class AdEMAMix(Optimizer):
    """Adam with a second, very slow mean of gradients beside the fast one. Pagliardini, Ablin & Grangier 2024.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the fast mean, of the mean of squares, and of the slow mean is kept at a step.
        alpha: the weight of the slow mean.
        eps: added to the root.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        alpha_warmup: alpha grows linearly from 0 for so many steps.
        beta3_warmup: the memory of the slow mean grows from that of the fast one for so many steps.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.AdEMAMix([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = ademamix
    decoupled = True
    betas = 3
    limits: ClassVar = {
        "alpha": Limit("alpha value"),
        "alpha_warmup": Limit("alpha_warmup value"),
        "beta3_warmup": Limit("beta3_warmup value"),
    }
    presets: ClassVar = {"optax": {}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float, float] = (0.9, 0.999, 0.9999),
        alpha: float = 5.0,
        eps: float = 1e-8,
        weight_decay: float = 0,
        *,
        alpha_warmup: float = 0,
        beta3_warmup: float = 0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            alpha_warmup=alpha_warmup,
            beta3_warmup=beta3_warmup,
        )
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        beta1, _, beta3 = group["betas"]
        if group["beta3_warmup"] and not (beta1 > 0 and beta3 > 0):
            raise ValueError(f"Invalid betas: {group['betas']} (AdEMAMix: beta3_warmup needs the first and third > 0)")
