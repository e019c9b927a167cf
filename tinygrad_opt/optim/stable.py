"""Adam without its first wild steps and its spikes: RAdam, ADOPT and StableAdamW."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule


@rule(m="exp_avg", v="exp_avg_sq")
def radam(
    g: Any,
    m: Any,
    v: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    threshold: float = 5,
    eps_place: str = "hat",
) -> StepAndState:
    """Liu et al. 2020, algorithm 2, whose threshold is 4 and which has no eps."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= threshold:
        return lr * m_hat, m, v
    r = ((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
    if eps_place == "hat":
        eps = eps / (1 - beta2**t) ** 0.5
    return lr * r * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


class RAdam(Optimizer):
    """Adam that warms up by itself: plain momentum until the mean of squares can be trusted. As torch.optim.RAdam.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        threshold: the root divides once the mean of squares is that of more than so many gradients, at least 4.
        eps_place: added to the root before bias correction, "hat", or "outside", to the corrected one.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.RAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    rule = radam
    limits: ClassVar = {"threshold": Limit("threshold value", low=4)}
    choices: ClassVar = {"eps_place": ("hat", "outside")}
    presets: ClassVar = {"optax": {"eps_place": "outside"}, "paper": {"threshold": 4, "eps": 0}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        threshold: float = 5,
        eps_place: str = "hat",
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            threshold=threshold,
            eps_place=eps_place,
        )
        super().__init__(params, defaults, **options)


@rule(m="exp_avg", v="exp_avg_sq")
def adopt(
    g: Any, m: Any, v: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float, clipping: bool
) -> StepAndState:
    """Taniguchi et al. 2024, algorithm 2, and 3 with clipping; their step 0 is step 1 here, which only sets v."""
    c = 0.0 if t == 1 else (t - 1) ** 0.25 if clipping else math.inf
    u = g / np.maximum(np.sqrt(v), eps)
    m = beta1 * m + (1 - beta1) * np.maximum(np.minimum(u, c), -c)
    v = g * g if t == 1 else beta2 * v + (1 - beta2) * g * g
    return lr * m, m, v


class ADOPT(Optimizer):
    """Adam that converges with any betas: a gradient is divided by the squares of those before it. Taniguchi 2024.

    The first step only looks at the size of the gradient.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the divided gradient, and of the square, is kept at a step.
        eps: what the root is at least.
        weight_decay: adds weight_decay * p to the gradient.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        clipping: keep the divided gradient of step t between -(t - 1)**0.25 and (t - 1)**0.25.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.ADOPT([w], lr=0.1)
    >>> for _ in range(2):
    ...     opt.zero_grad()
    ...     (w * w).sum().backward()
    ...     opt.step()
    >>> w
    tensor([0.9900], requires_grad=True)
    """

    rule = adopt
    presets: ClassVar = {"optax": {}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.9999),
        eps: float = 1e-6,
        weight_decay: float = 0,
        *,
        decoupled_weight_decay: bool = False,
        clipping: bool = True,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            clipping=clipping,
        )
        super().__init__(params, defaults, **options)


@rule(scope="tensor", v="exp_avg", u="exp_avg_sq")
def stable_adamw(
    g: Any, p: Any, v: Any, u: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> StepAndState:
    """Wortsman et al. 2023, algorithm 2: v and u are Adam's m and v, corrected by their betas."""
    beta1 = beta1 * (1 - beta1 ** (t - 1)) / (1 - beta1**t)
    beta2 = beta2 * (1 - beta2 ** (t - 1)) / (1 - beta2**t)
    v = beta1 * v + (1 - beta1) * g
    u = beta2 * u + (1 - beta2) * g * g
    rms = np.sqrt(np.sum(g * g / np.maximum(u, eps * eps)) / max(1, math.prod(np.shape(g))))
    eta = lr / np.maximum(1, rms)
    return eta * weight_decay * p + eta * v / (np.sqrt(u) + eps), v, u


class StableAdamW(Optimizer):
    """AdamW that slows down for a parameter whose gradient is larger than its mean of squares knows. Wortsman 2023.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: every step takes weight_decay * p, times the learning rate that it uses, from the weights.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.StableAdamW([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8990], requires_grad=True)
    """

    rule = stable_adamw
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.99),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay), **options)
