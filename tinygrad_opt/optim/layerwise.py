"""Steps in proportion to the weights or the gradient of each layer, for large batches: LARS, LAMB and NovoGrad."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial, Scalar
from .transforms import norm


@rule(scope="tensor", m="exp_avg", v="exp_avg_sq")
def lamb(
    g: Any, p: Any, m: Any, v: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float, weight_decay: float
) -> StepAndState:
    """You et al. 2020, algorithm 2, with the norm itself for phi."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    r = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    u = r + weight_decay * p
    size, weight = norm(u), norm(p)
    trust = np.where(size * weight > 0, weight / size, 1.0)
    return lr * trust * u, m, v


class LAMB(Optimizer):
    """Adam's step, scaled for each parameter to lr times the norm of its weights. You et al. 2020.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the norm of a step over that of the weights.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the step, before it is scaled.
        options: see `Options`.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.LAMB([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([2.6464, 3.6464], requires_grad=True)
    """

    rule = lamb
    presets: ClassVar = {"optax": {}, "paper": {"weight_decay": 0.01}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-6,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay), **options)


@rule(scope="tensor", v="momentum_buffer")
def lars(
    g: Any,
    p: Any,
    v: Any,
    *,
    lr: float,
    momentum: float,
    weight_decay: float,
    trust_coefficient: float,
    nesterov: bool,
    momentum_form: str = "velocity",
    trust_norm: str = "separate",
) -> StepAndState:
    """You, Gitman & Ginsburg 2017, algorithm 1."""
    u = g + weight_decay * p
    weight = norm(p)
    size = norm(u) if trust_norm == "joint" else norm(g) + weight_decay * weight
    u = np.where(size * weight > 0, trust_coefficient * weight / size, 1.0) * u
    if momentum_form == "velocity":  # the learning rate inside
        v = momentum * v + lr * u
        return lr * u + momentum * v if nesterov else v, v
    v = momentum * v + u
    return lr * (u + momentum * v) if nesterov else lr * v, v


class LARS(Optimizer):
    """SGD with momentum, each parameter's gradient scaled to a fraction of the norm of its weights. You et al. 2017.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        momentum: how much of the last step is added to the next.
        weight_decay: adds weight_decay * p to the gradient, before it is scaled.
        trust_coefficient: the norm of a scaled gradient over that of the weights.
        nesterov: look ahead, as SGD.
        momentum_form: "velocity", with the learning rate inside, or "accumulate": the same for a constant lr.
        trust_norm: the norms of gradient and decay are "separate", and added, or taken of the sum, "joint".
        options: see `Options`.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.LARS([w], lr=1.0, trust_coefficient=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([2.7000, 3.6000], requires_grad=True)
    """

    rule = lars
    limits: ClassVar = {"trust_coefficient": Limit("trust_coefficient value")}
    choices: ClassVar = {"momentum_form": ("velocity", "accumulate"), "trust_norm": ("separate", "joint")}
    presets: ClassVar = {"optax": {"trust_norm": "joint"}, "paper": {"weight_decay": 5e-4}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0,
        trust_coefficient: float = 1e-3,
        nesterov: bool = False,
        *,
        momentum_form: str = "velocity",
        trust_norm: str = "separate",
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            trust_coefficient=trust_coefficient,
            nesterov=nesterov,
            momentum_form=momentum_form,
            trust_norm=trust_norm,
        )
        super().__init__(params, defaults, **options)


@rule(scope="tensor", v="grads_ema", m="moments")
def novograd(
    g: Any,
    p: Any,
    v: float,
    m: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    grad_averaging: bool,
) -> StepAndState:
    """Ginsburg et al. 2019, algorithm 1; grad_averaging: their equation 5."""
    square = np.sum(g * g)
    v = square if t == 1 else beta2 * v + (1 - beta2) * square
    u = g / (np.sqrt(v) + eps) + weight_decay * p
    m = beta1 * m + (u if t == 1 or not grad_averaging else (1 - beta1) * u)
    return lr * m, v, m


class NovoGrad(Optimizer):
    """Momentum of gradients that are divided, each parameter's whole, by a running norm. Ginsburg et al. 2019.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the last step, and of the running mean of the squared norm, is kept.
        eps: added to the norm.
        weight_decay: adds weight_decay * p to the divided gradient.
        grad_averaging: multiply what enters the momentum, after the first step, by 1 - betas[0].
        options: see `Options`.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> opt = torch.optim.NovoGrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([2.9400, 3.9200], requires_grad=True)
    """

    rule = novograd
    presets: ClassVar = {"optax": {"betas": (0.9, 0.25), "eps": 1e-6}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.95, 0.98),
        eps: float = 1e-8,
        weight_decay: float = 0,
        grad_averaging: bool = False,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, grad_averaging=grad_averaging)
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"grads_ema": Scalar(0), "moments": 0.0}
