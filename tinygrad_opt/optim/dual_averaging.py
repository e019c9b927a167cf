"""Weights computed from the sum of all gradients, not from the last weights: MADGRAD and FTRL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial


@rule(s="s", v="grad_sum_sq", x0="x0")
def madgrad(g: Any, p: Any, s: Any, v: Any, x0: Any, *, t: int, lr: float, momentum: float, eps: float) -> StepAndState:
    """Defazio & Jelassi 2021, algorithm 1; c is 1 - momentum. Their code adds eps to lr, too."""
    lambd = lr * t**0.5
    s = s + lambd * g
    v = v + lambd * g * g
    z = x0 - s / (np.power(v, 1 / 3) + eps)
    return (1 - momentum) * (p - z), s, v, x0


class MADGRAD(Optimizer):
    """Dual averaging with momentum, divided by cube roots of summed squares. Defazio & Jelassi 2021.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate; step t weighs its gradient with lr * sqrt(t).
        momentum: how much of the last weights is kept at a step.
        weight_decay: adds weight_decay * p to the gradient.
        eps: added to the root.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.MADGRAD([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9729], requires_grad=True)
    """

    rule = madgrad
    limits: ClassVar = {"momentum": Limit("momentum value", below=1)}
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        momentum: float = 0.9,
        weight_decay: float = 0,
        eps: float = 1e-6,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay, eps=eps), **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"s": 0.0, "grad_sum_sq": 0.0, "x0": np.copy}


@rule(z="z", n="n")
def ftrl(g: Any, p: Any, z: Any, n: Any, *, lr: float, beta: float, lambda_1: float, lambda_2: float) -> StepAndState:
    """McMahan et al. 2013, algorithm 1; lr is their alpha."""
    n_new = n + g * g
    sigma = (np.sqrt(n_new) - np.sqrt(n)) / lr
    z = z + g - sigma * p
    w = -(z - np.sign(z) * lambda_1) / ((beta + np.sqrt(n_new)) / lr + lambda_2)
    return p - np.where(np.abs(z) <= lambda_1, 0.0, w), z, n_new


class FTRL(Optimizer):
    """Follow the regularized leader: Adagrad whose weights are zero, exactly, where little pulls. McMahan et al. 2013.

    The paper starts from weights of zero: what never had a gradient is zero after a step.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate, more than 0.
        beta: added to the root of the sum of squares; the paper recommends 1.
        lambda_1: weights are zero where the gradients' sum is no larger than this.
        lambda_2: pulls all weights to zero; twice the l2 of Keras.
        initial_accumulator_value: where the sum of squares starts.
        options: see `Options`.

    >>> w = torch.tensor([1.0, 0.1], requires_grad=True)
    >>> opt = torch.optim.FTRL([w], lr=0.5, lambda_1=1.0)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.2500, 0.0000], requires_grad=True)
    """

    rule = ftrl
    limits: ClassVar = {
        "beta": Limit("beta value"),
        "lambda_1": Limit("lambda_1 value"),
        "lambda_2": Limit("lambda_2 value"),
        "initial_accumulator_value": Limit("initial_accumulator_value value"),
    }
    presets: ClassVar = {"keras": {"initial_accumulator_value": 0.1}, "paper": {"beta": 1.0}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        beta: float = 0,
        lambda_1: float = 0,
        lambda_2: float = 0,
        *,
        initial_accumulator_value: float = 0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            beta=beta,
            lambda_1=lambda_1,
            lambda_2=lambda_2,
            initial_accumulator_value=initial_accumulator_value,
        )
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        if not group["lr"] > 0:
            raise ValueError(f"Invalid learning rate: {group['lr']} (FTRL divides by it)")

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"z": 0.0, "n": group["initial_accumulator_value"]}
