"""Adam for gradients that are zero in most rows, such as those of embeddings: SparseAdam."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import ParamGroup, ParamsT
from .optimizer import Optimizer, OwnOptions
from .rule import StepAndState, rule


@rule(scope="tensor", m="exp_avg", v="exp_avg_sq")
def sparse_adam(g: Any, m: Any, v: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float) -> StepAndState:
    """Kingma & Ba 2015, section 2, with its hat on eps, in the rows that have a gradient."""
    row = np.any(g != 0, axis=tuple(range(1, np.ndim(g))), keepdims=True)
    m = np.where(row, beta1 * m + (1 - beta1) * g, m)
    v = np.where(row, beta2 * v + (1 - beta2) * g * g, v)
    step = lr * (1 - beta2**t) ** 0.5 / (1 - beta1**t) * m / (np.sqrt(v) + eps)
    return np.where(row, step, 0.0), m, v


class SparseAdam(Optimizer):
    """Adam that leaves a row, and its running means, alone when its gradient is zero. As torch.optim.SparseAdam.

    There are no sparse gradients here, so a row, or an element of a vector, counts as absent where all of it is zero.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate, more than 0.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root, before bias correction; more than 0.
        maximize: climb instead of descending.
        differentiable: record steps, see `Options`.
        options: see `OwnOptions`.

    >>> w = torch.ones(3, 2, requires_grad=True)
    >>> opt = torch.optim.SparseAdam([w], lr=0.1)
    >>> w[1].sum().backward()
    >>> opt.step()
    >>> w
    tensor([[1.0000, 1.0000],
            [0.9000, 0.9000],
            [1.0000, 1.0000]], requires_grad=True)
    """

    rule = sparse_adam
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        maximize: bool = False,
        *,
        differentiable: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        defaults = dict(lr=lr, betas=betas, eps=eps)
        super().__init__(params, defaults, maximize=maximize, differentiable=differentiable, **options)

    def check_group(self, group: ParamGroup) -> None:
        if not group["lr"] > 0:
            raise ValueError(f"Invalid learning rate: {group['lr']} (SparseAdam: lr > 0)")
        if not group["eps"] > 0:
            raise ValueError(f"Invalid epsilon value: {group['eps']} (SparseAdam: eps > 0)")
