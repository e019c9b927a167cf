"""Stochastic gradient descent, with momentum in PyTorch's form."""

from __future__ import annotations

from typing import Any

from .optimizer import Optimizer, ParamGroup, ParamsT
from .rule import StepAndState, rule


@rule(v="momentum_buffer")
def sgd(g: Any, v: Any, *, t: int, lr: float, momentum: float, dampening: float, nesterov: bool) -> StepAndState:
    """Sutskever et al. 2013, section 2, with the learning rate outside the velocity, as torch.optim.SGD."""
    if momentum == 0:
        return lr * g, None
    v = g if t == 1 else momentum * v + (1 - dampening) * g
    return lr * (g + momentum * v if nesterov else v), v


class SGD(Optimizer):
    """p -= lr * g; with momentum, p -= lr * v where v = momentum * v + g. As torch.optim.SGD.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        momentum: how much of the velocity is kept, 0 to 1.
        dampening: how much of the gradient is left out of the velocity, after the first step.
        weight_decay: adds weight_decay * p to the gradient.
        nesterov: look ahead: step by g + momentum * v. Needs momentum and no dampening.
        maximize: climb instead of descending.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    rule = sgd

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
            },
        )

    def check_group(self, group: ParamGroup) -> None:
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"momentum_buffer": 0.0} if group["momentum"] else {}
