"""Adam with another estimate of how large gradients are: Adamax, AdaBelief and Yogi."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options, OwnOptions
from .rule import StepAndState, rule


@rule(m="exp_avg", u="exp_inf")
def adamax(
    g: Any,
    m: Any,
    u: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    eps_place: str = "gradient",
) -> StepAndState:
    """Kingma & Ba 2015, algorithm 2, which has no eps."""
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, np.abs(g) + eps if eps_place == "gradient" else np.abs(g))
    return lr / (1 - beta1**t) * m / (u if eps_place == "gradient" else u + eps), m, u


class Adamax(Optimizer):
    """Adam with the largest recent gradient in place of the root mean square. As torch.optim.Adamax.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running mean of the gradient, and of its largest size, is kept at a step.
        eps: added to the size of a gradient.
        weight_decay: adds weight_decay * p to the gradient.
        maximize: climb instead of descending.
        differentiable: record steps, see `Options`.
        foreach, capturable: without effect.
        eps_place: added to the "gradient", or to the "divisor".
        decoupled_weight_decay: take lr * weight_decay * p from the weights instead.
        options: see `OwnOptions`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adamax([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = adamax
    choices: ClassVar = {"eps_place": ("gradient", "divisor")}
    presets: ClassVar = {
        "optax": {},
        "keras": {"lr": 1e-3, "eps": 1e-7, "eps_place": "divisor", "decoupled_weight_decay": True},
        "paper": {"eps": 0},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
        eps_place: str = "gradient",
        decoupled_weight_decay: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            eps_place=eps_place,
            decoupled_weight_decay=decoupled_weight_decay,
        )
        super().__init__(
            params,
            defaults,
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
            **options,
        )


@rule(m="exp_avg", s="exp_avg_var")
def adabelief(
    g: Any, m: Any, s: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float, eps_root: float
) -> StepAndState:
    """Zhuang et al. 2020, algorithm 2; the paper has one eps for both places."""
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g - m) * (g - m) + eps_root
    return lr / (1 - beta1**t) * m / (np.sqrt(s / (1 - beta2**t)) + eps), m, s


class AdaBelief(Optimizer):
    """Adam that steps far where gradients are as expected: divided by their distance to the mean. Zhuang et al. 2020.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient, and of its squared distance to that mean, is kept.
        eps: added to the root.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        eps_root: added to the mean of squares at every step; eps unless told.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.AdaBelief([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.8889], requires_grad=True)
    """

    rule = adabelief
    decoupled = True
    limits: ClassVar = {"eps_root": Limit("eps_root value")}
    presets: ClassVar = {"optax": {}, "paper": {"eps": 1e-8}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-16,
        weight_decay: float = 0,
        *,
        eps_root: float | None = None,
        **options: Unpack[Options],
    ) -> None:
        root = eps if eps_root is None else eps_root
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, eps_root=root)
        super().__init__(params, defaults, **options)


@rule(m="exp_avg", v="exp_avg_sq")
def yogi(
    g: Any, m: Any, v: Any, *, t: int, lr: float, beta1: float, beta2: float, eps: float, bias_correction: bool
) -> StepAndState:
    """Zaheer et al. 2018, algorithm 2, which has no bias correction."""
    m = beta1 * m + (1 - beta1) * g
    v = v - (1 - beta2) * np.sign(v - g * g) * g * g
    if not bias_correction:
        return lr * m / (np.sqrt(v) + eps), m, v
    return lr / (1 - beta1**t) * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


class Yogi(Optimizer):
    """Adam whose mean of squares changes by no more than a square of the gradient at a step. Zaheer et al. 2018.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running mean of the gradient is kept at a step; the second is 1 minus the part of a
            squared gradient by which the estimate of squares moves.
        eps: added to the root.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        initial_accumulator_value: where both estimates start.
        bias_correction: divide both by 1 - beta**t, as the libraries do and the paper does not.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Yogi([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9001], requires_grad=True)
    """

    rule = yogi
    decoupled = True
    limits: ClassVar = {"initial_accumulator_value": Limit("initial_accumulator_value value")}
    presets: ClassVar = {"optax": {}, "paper": {"initial_accumulator_value": 0, "bias_correction": False}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-3,
        weight_decay: float = 0,
        *,
        initial_accumulator_value: float = 1e-6,
        bias_correction: bool = True,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            bias_correction=bias_correction,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        return dict.fromkeys(("exp_avg", "exp_avg_sq"), group["initial_accumulator_value"])
