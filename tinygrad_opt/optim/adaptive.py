"""A learning rate for every parameter, from the squares of its gradients: Adagrad and RMSprop."""

from __future__ import annotations

from typing import Any

import numpy as np

from .optimizer import Optimizer, ParamGroup, ParamsT
from .rule import StepAndState, rule


@rule(G="sum")
def adagrad(g: Any, G: Any, *, t: int, lr: float, lr_decay: float, eps: float) -> StepAndState:  # noqa: N803
    """Duchi, Hazan & Singer 2011, the diagonal form; G is the sum of all squared gradients."""
    G = G + g * g  # noqa: N806 (the paper's letter)
    return lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(G) + eps), G


class Adagrad(Optimizer):
    """Steps that shrink as squared gradients add up: large for what is rarely moved. As torch.optim.Adagrad.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate; step t uses lr / (1 + (t - 1) * lr_decay).
        lr_decay: see lr.
        weight_decay: adds weight_decay * p to the gradient.
        initial_accumulator_value: where the sum of squares starts.
        eps: added to the root of the sum.
        maximize: climb instead of descending.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = adagrad

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "eps": eps,
                "maximize": maximize,
            },
        )

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"sum": group["initial_accumulator_value"]}


@rule(v="square_avg", m="grad_avg", b="momentum_buffer")
def rmsprop(
    g: Any, v: Any, m: Any, b: Any, *, lr: float, alpha: float, eps: float, momentum: float, centered: bool
) -> StepAndState:
    """Hinton 2012, lecture 6e; centered: Graves 2013, equations 38-45, with eps outside the root as in PyTorch."""
    v = alpha * v + (1 - alpha) * g * g
    if centered:
        m = alpha * m + (1 - alpha) * g
    step = g / (np.sqrt(v - m * m if centered else v) + eps)
    if momentum:
        step = b = momentum * b + step
    return lr * step, v, m, b


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of squared gradients. As torch.optim.RMSprop.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        alpha: how much of the running mean is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient.
        momentum: how much of the last step is added to the next.
        centered: divide by the standard deviation of the gradients, not by their root mean square.
        maximize: climb instead of descending.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = rmsprop

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "alpha": alpha,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "centered": centered,
                "maximize": maximize,
            },
        )

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        names = ["square_avg"] + ["grad_avg"] * bool(group["centered"]) + ["momentum_buffer"] * bool(group["momentum"])
        return dict.fromkeys(names, 0.0)
