"""Stochastic gradient descent, with momentum in its three forms."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Unpack

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule


@rule(v="momentum_buffer")
def sgd(
    g: Any,
    v: Any,
    *,
    t: int,
    lr: float,
    momentum: float,
    dampening: float,
    nesterov: bool,
    momentum_form: str = "accumulate",
) -> StepAndState:
    """Polyak 1964; Nesterov's in the form of Sutskever et al. 2013, section 2."""
    if v is None:
        return lr * g, None
    if momentum_form == "velocity":  # the learning rate inside
        v = momentum * v - lr * g
        return lr * g - momentum * v if nesterov else -v, v
    if momentum_form == "ema":
        g = (1 - momentum) * g
        v = momentum * v + g
    else:
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
        momentum_form: "accumulate" as above; "ema": v = momentum * v + (1 - momentum) * g; "velocity", with the
            learning rate inside: v = momentum * v - lr * g, p += v. The same steps for a constant lr, but that those
            of "ema" are 1 - momentum times as large.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8000], requires_grad=True)
    """

    rule = sgd
    limits: ClassVar = {"dampening": Limit("dampening value", low=-math.inf)}
    choices: ClassVar = {"momentum_form": ("accumulate", "ema", "velocity")}
    presets: ClassVar = {
        "optax": {},
        "keras": {"lr": 0.01, "momentum_form": "velocity", "decoupled_weight_decay": True},
        "sklearn": {"lr": 0.1, "momentum": 0.9, "nesterov": True, "momentum_form": "velocity"},
        "paper": {"momentum_form": "velocity"},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        momentum_form: str = "accumulate",
        decoupled_weight_decay: bool = False,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            momentum_form=momentum_form,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"momentum_buffer": 0.0} if group["momentum"] else {}
