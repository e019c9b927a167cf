"""Steps that look only at signs of gradients: Lion, SignSGD, Signum and Rprop."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
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


@rule(m="momentum_buffer")
def signum(g: Any, m: Any, *, lr: float, momentum: float) -> StepAndState:
    """Bernstein et al. 2018, algorithm 1, and 2 with momentum."""
    if m is None:
        return lr * np.sign(g), m
    m = momentum * m + (1 - momentum) * g
    return lr * np.sign(m), m


class SignSGD(Optimizer):
    """The sign of the gradient: every element moves by lr. Bernstein et al. 2018.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the size of a step.
        momentum: how much of a running mean of the gradient is kept, whose sign is then taken.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        options: see `Options`.

    >>> w = torch.tensor([1.0, -3.0], requires_grad=True)
    >>> opt = torch.optim.SignSGD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([ 0.9000, -2.9000], requires_grad=True)
    """

    rule = signum
    decoupled = True
    limits: ClassVar = {"momentum": Limit("momentum value", below=1)}
    presets: ClassVar = {"optax": {}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay), **options)

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"momentum_buffer": 0.0} if group["momentum"] else {}


class Signum(SignSGD):
    """The sign of a running mean of the gradient: SignSGD with a momentum of 0.9 unless told. Bernstein et al. 2018."""

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay, **options)


@rule(g_old="prev", eta="step_size")
def rprop(
    g: Any,
    g_old: Any,
    eta: Any,
    *,
    t: int,
    lr: float,
    etas: tuple[float, float],
    step_sizes: tuple[float, float],
) -> StepAndState:
    """Riedmiller & Braun 1993, as iRprop- of Igel & Huesken 2000: no step where the sign has changed."""
    eta = eta + lr if t == 1 else eta  # from 0
    agrees = g * g_old
    eta = np.where(agrees > 0, etas[1] * eta, np.where(agrees < 0, etas[0] * eta, eta))
    eta = np.minimum(np.maximum(eta, step_sizes[0]), step_sizes[1])
    g = np.where(agrees < 0, 0.0, g)
    return np.sign(g) * eta, g, eta


class Rprop(Optimizer):
    """Each element has a step of its own, which grows while its gradient keeps its sign. As torch.optim.Rprop.

    For gradients of all data: those of small batches change sign by chance.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the first step.
        etas: what a step is multiplied by where the sign has changed, and where it has not.
        step_sizes: the least and the greatest step.
        options: see `Options`.

    >>> w = torch.tensor([1.0, -3.0], requires_grad=True)
    >>> opt = torch.optim.Rprop([w], lr=0.1)
    >>> for _ in range(2):
    ...     opt.zero_grad()
    ...     (w * w).sum().backward()
    ...     opt.step()
    >>> w
    tensor([ 0.7800, -2.7800], requires_grad=True)
    """

    rule = rprop
    limits: ClassVar = {"etas": Limit("eta value"), "step_sizes": Limit("step_sizes value")}
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, etas=etas, step_sizes=step_sizes), **options)

    def check_group(self, group: ParamGroup) -> None:
        for name in ("etas", "step_sizes"):
            if not isinstance(group[name], tuple) or len(group[name]) != 2:
                raise ValueError(f"Invalid {name}: {group[name]!r} (Rprop: there are 2)")
        less, more = group["etas"]
        if not 0 < less < 1 < more:
            raise ValueError(f"Invalid eta values: {less}, {more} (Rprop: 0 < the first < 1 < the second)")
        least, greatest = group["step_sizes"]
        if not 0 <= least <= greatest:
            raise ValueError(f"Invalid step_sizes: {least}, {greatest} (Rprop: 0 <= the first <= the second)")
