"""Nesterov's momentum inside Adam: NAdam and Adan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial, Scalar


@rule(m="exp_avg", v="exp_avg_sq", mu_product="mu_product")
def nadam(
    g: Any,
    m: Any,
    v: Any,
    mu_product: float,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    momentum_decay: float,
) -> StepAndState:
    """Dozat 2016, algorithm 8, with the growing mu of its section 4."""
    mu = beta1 * (1 - 0.5 * 0.96 ** (t * momentum_decay))
    mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * momentum_decay))
    mu_product = mu_product * mu
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat = mu_next / (1 - mu_product * mu_next) * m + (1 - mu) / (1 - mu_product) * g
    v_hat = v / (1 - beta2**t)
    return lr * m_hat / (np.sqrt(v_hat) + eps), m, v, mu_product


class NAdam(Optimizer):
    """Adam whose momentum looks a step ahead, as Nesterov's. As torch.optim.NAdam.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient.
        momentum_decay: how fast the momentum of a step grows from half of betas[0] to all of it; inf: at once.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.NAdam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8944], requires_grad=True)
    """

    rule = nadam
    limits: ClassVar = {"momentum_decay": Limit("momentum_decay value")}
    presets: ClassVar = {
        "optax": {"momentum_decay": math.inf},
        "keras": {"lr": 1e-3, "eps": 1e-7, "momentum_decay": 1.0, "decoupled_weight_decay": True},
        "paper": {},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0, "mu_product": Scalar(1)}


@rule(m="exp_avg", v="exp_avg_diff", n="exp_avg_sq", g_old="previous_grad")
def adan(
    g: Any,
    p: Any,
    m: Any,
    v: Any,
    n: Any,
    g_old: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    beta3: float,
    eps: float,
    weight_decay: float,
    no_prox: bool,
    difference_weight: str = "beta2",
    eps_root: float = 0,
) -> StepAndState:
    """Xie et al. 2022, algorithm 1, whose betas are 1 minus these; bias correction as in the authors' code."""
    weight = beta2 if difference_weight == "beta2" else 1 - beta2
    d = g - (g if t == 1 else g_old)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * d
    n = beta3 * n + (1 - beta3) * (g + weight * d) * (g + weight * d)
    eta = lr / (np.sqrt(n / (1 - beta3**t) + eps_root) + eps)
    step = eta * (m / (1 - beta1**t) + weight / (1 - beta2**t) * v) + lr * weight_decay * p
    return step if no_prox else step / (1 + lr * weight_decay), m, v, n, g


class Adan(Optimizer):
    """Adam with Nesterov's momentum, estimated from the differences of gradients. Xie et al. 2022.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient, of its difference to the last one, and of the square of
            both together is kept at a step.
        eps: added to the root.
        weight_decay: every step ends by dividing the weights by 1 + lr * weight_decay.
        no_prox: take lr * weight_decay * p from the weights instead.
        difference_weight: how much of the difference goes into a step: "beta2" is the paper's, "1-beta2" optax's.
        eps_root: added under the root.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adan([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = adan
    betas = 3
    limits: ClassVar = {"eps_root": Limit("eps_root value")}
    choices: ClassVar = {"difference_weight": ("beta2", "1-beta2")}
    presets: ClassVar = {"optax": {"difference_weight": "1-beta2", "eps_root": 1e-8, "no_prox": True}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float, float] = (0.98, 0.92, 0.99),
        eps: float = 1e-8,
        weight_decay: float = 0,
        no_prox: bool = False,
        *,
        difference_weight: str = "beta2",
        eps_root: float = 0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            no_prox=no_prox,
            difference_weight=difference_weight,
            eps_root=eps_root,
        )
        super().__init__(params, defaults, **options)
