"""A learning rate for every parameter, from the squares of its gradients: Adagrad, RMSprop and Adadelta."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, OwnOptions
from .rule import StepAndState, rule


@rule(G="sum")
def adagrad(
    g: Any,
    G: Any,  # noqa: N803 (the paper's letter)
    *,
    t: int,
    lr: float,
    lr_decay: float,
    eps: float,
    eps_place: str = "outside",
) -> StepAndState:
    """Duchi, Hazan & Singer 2011, the diagonal form; G is the sum of all squared gradients."""
    G = G + g * g  # noqa: N806 (the paper's letter)
    root = np.sqrt(G + eps) if eps_place == "inside" else np.sqrt(G) + eps
    return lr / (1 + (t - 1) * lr_decay) * g / root, G


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
        eps_place: "outside" the root, or "inside".
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adagrad([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = adagrad
    limits: ClassVar = {
        "lr_decay": Limit("lr_decay value"),
        "initial_accumulator_value": Limit("initial_accumulator_value value"),
    }
    choices: ClassVar = {"eps_place": ("outside", "inside")}
    presets: ClassVar = {
        "optax": {"initial_accumulator_value": 0.1, "eps": 1e-7, "eps_place": "inside"},
        "keras": {
            "lr": 1e-3,
            "initial_accumulator_value": 0.1,
            "eps": 1e-7,
            "eps_place": "inside",
            "decoupled_weight_decay": True,
        },
        "paper": {},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        eps_place: str = "outside",
        decoupled_weight_decay: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        defaults = dict(
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            eps_place=eps_place,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(params, defaults, foreach=foreach, maximize=maximize, differentiable=differentiable, **options)

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return {"sum": group["initial_accumulator_value"]}


@rule(v="square_avg", m="grad_avg", b="momentum_buffer")
def rmsprop(
    g: Any,
    v: Any,
    m: Any,
    b: Any,
    *,
    lr: float,
    alpha: float,
    eps: float,
    momentum: float,
    centered: bool,
    eps_place: str = "outside",
    momentum_form: str = "accumulate",
) -> StepAndState:
    """Hinton 2012, lecture 6e; centered: Graves 2013, equations 38-45, with eps outside the root as in PyTorch."""
    v = alpha * v + (1 - alpha) * g * g
    if centered:
        m = alpha * m + (1 - alpha) * g
    var = v - m * m if centered else v
    step = g / (np.sqrt(var + eps) if eps_place == "inside" else np.sqrt(var) + eps)
    if b is None:
        return lr * step, v, m, b
    if momentum_form == "velocity":  # the learning rate inside
        b = momentum * b + lr * step
        return b, v, m, b
    b = momentum * b + step
    return lr * b, v, m, b


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
        eps_place: "outside" the root, or "inside".
        momentum_form: "accumulate" steps, or "velocity", with the learning rate inside: the same for a constant lr.
        initial_accumulator_value: where the running mean of squares starts.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.RMSprop([w], lr=0.01)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = rmsprop
    limits: ClassVar = {
        "alpha": Limit("alpha value"),
        "initial_accumulator_value": Limit("initial_accumulator_value value"),
    }
    choices: ClassVar = {"eps_place": ("outside", "inside"), "momentum_form": ("accumulate", "velocity")}
    presets: ClassVar = {
        "optax": {"alpha": 0.9, "eps_place": "inside", "momentum_form": "velocity"},
        "keras": {
            "lr": 1e-3,
            "alpha": 0.9,
            "eps": 1e-7,
            "eps_place": "inside",
            "momentum_form": "velocity",
            "decoupled_weight_decay": True,
        },
        "paper": {"alpha": 0.9},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        *,
        eps_place: str = "outside",
        momentum_form: str = "accumulate",
        initial_accumulator_value: float = 0,
        decoupled_weight_decay: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        defaults = dict(
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            eps_place=eps_place,
            momentum_form=momentum_form,
            initial_accumulator_value=initial_accumulator_value,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(
            params,
            defaults,
            capturable=capturable,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            **options,
        )

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        names = ["grad_avg"] * bool(group["centered"]) + ["momentum_buffer"] * bool(group["momentum"])
        return {"square_avg": group["initial_accumulator_value"], **dict.fromkeys(names, 0.0)}


@rule(v="square_avg", d="acc_delta")
def adadelta(g: Any, v: Any, d: Any, *, lr: float, rho: float, eps: float) -> StepAndState:
    """Zeiler 2012, algorithm 1, whose lr is 1."""
    v = rho * v + (1 - rho) * g * g
    step = np.sqrt(d + eps) / np.sqrt(v + eps) * g
    d = rho * d + (1 - rho) * step * step
    return lr * step, v, d


class Adadelta(Optimizer):
    """Steps of the size of recent steps, in proportion to the gradient's own scale. As torch.optim.Adadelta.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant.
        rho: how much of the running means of squared gradients and steps is kept.
        eps: added under both roots; the first steps are about its root.
        weight_decay: adds weight_decay * p to the gradient.
        maximize: climb instead of descending.
        differentiable: record steps, see `Options`.
        foreach, capturable: without effect.
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `OwnOptions`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adadelta([w], eps=1e-4)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9684], requires_grad=True)
    """

    rule = adadelta
    limits: ClassVar = {"rho": Limit("rho value", high=1)}
    presets: ClassVar = {
        "optax": {},
        "keras": {"lr": 1e-3, "rho": 0.95, "eps": 1e-7, "decoupled_weight_decay": True},
        "paper": {"rho": 0.95},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
        decoupled_weight_decay: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        super().__init__(
            params,
            dict(lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, decoupled_weight_decay=decoupled_weight_decay),
            foreach=foreach,
            capturable=capturable,
            maximize=maximize,
            differentiable=differentiable,
            **options,
        )
