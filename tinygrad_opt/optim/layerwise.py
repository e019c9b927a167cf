"""Steps in proportion to the weights of each layer, for large batches."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
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
