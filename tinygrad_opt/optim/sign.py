"""Steps that look only at signs: every element moves by lr."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule


@rule(m="exp_avg")
def lion(g: Any, m: Any, *, lr: float, beta1: float, beta2: float) -> StepAndState:
    """Chen et al. 2023, program 1."""
    step = lr * np.sign(beta1 * m + (1 - beta1) * g)
    m = beta2 * m + (1 - beta2) * g
    return step, m


class Lion(Optimizer):
    """The sign of a mean of gradients: every element moves by lr. Chen et al. 2023.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the size of a step; some third to a tenth of what suits AdamW.
        betas: how much of the running mean goes into a step, and how much of it is kept.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        options: see `Options`.

    >>> w = torch.tensor([1.0, -3.0], requires_grad=True)
    >>> opt = torch.optim.Lion([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -2.9000], requires_grad=True)
    """

    rule = lion
    decoupled = True
    presets: ClassVar = {"optax": {"weight_decay": 1e-3}, "keras": {"lr": 1e-3}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay), **options)
