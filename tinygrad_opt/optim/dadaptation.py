"""Learning rates in proportion to a lower bound of the distance to the solution, which grows as training goes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .parameter_free import ratio
from .rule import StepAndState, rule
from .state import Initial, Scalar
from .transforms import norm

_LIMITS = {"d0": Limit("d0 value", low=math.ulp(0.0))}  # above 0


@rule(scope="group", s="s", x0="x0", d="d", g0="g0_norm", r="numerator_weighted")
def dadapt_sgd(g: Any, p: Any, s: Any, x0: Any, d: Any, g0: Any, r: Any, *, lr: float, momentum: float) -> StepAndState:
    """Defazio & Mishchenko 2023, algorithm 4, in the authors' third version; g0 is the first norm that is not 0."""
    g0 = g0 or norm(g)
    lam = ratio(d * lr, g0)
    r = r + lam * np.sum(g * s)
    s = s + lam * g
    d = np.maximum(d, ratio(2 * r, norm(s)))
    return (1 - momentum) * (p - (x0 - s)), s, x0, d, g0, r


@rule(scope="group", m="exp_avg", v="exp_avg_sq", s="s", d="d", r="numerator_weighted")
def dadapt_adam(
    g: Any,
    m: Any,
    v: Any,
    s: Any,
    d: Any,
    r: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    use_bias_correction: bool,
) -> StepAndState:
    """Defazio & Mishchenko 2023, algorithm 5, in the authors' third version."""
    root = beta2**0.5
    lam = d * lr * ((1 - beta2**t) ** 0.5 / (1 - beta1**t) if use_bias_correction else 1.0)
    r = root * r + (1 - root) * lam * np.sum(g * s / (np.sqrt(v) + eps))
    m = beta1 * m + (1 - beta1) * lam * g
    v = beta2 * v + (1 - beta2) * g * g
    s = root * s + (1 - root) * lam * g
    d = np.maximum(d, ratio(r, (1 - root) * np.sum(np.abs(s))))
    return m / (np.sqrt(v) + eps), m, v, s, d, r


@rule(scope="group", m="exp_avg", v="exp_avg_sq", s="s", x0="p0", d="d", r="d_numerator")
def prodigy(
    g: Any,
    p: Any,
    m: Any,
    v: Any,
    s: Any,
    x0: Any,
    d: Any,
    r: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    beta3: float | None,
    eps: float,
    weight_decay: float,
    use_bias_correction: bool,
    safeguard_warmup: bool,
    d0: float,
    d_coef: float,
) -> StepAndState:
    """Mishchenko & Defazio 2024, algorithm 4, with the authors' factors of 1 / d0 in r and s."""
    b3 = beta2**0.5 if beta3 is None else beta3
    lam = d * lr * ((1 - beta2**t) ** 0.5 / (1 - beta1**t) if use_bias_correction else 1.0)
    r = b3 * r + d / d0 * lam * np.sum(g * (x0 - p))
    m = beta1 * m + (1 - beta1) * d * g
    v = beta2 * v + (1 - beta2) * d * d * g * g
    s = b3 * s + d / d0 * (d if safeguard_warmup else lam) * g
    d = np.maximum(d, ratio(d_coef * r, np.sum(np.abs(s))))
    return lam * (m / (np.sqrt(v) + d * eps) + weight_decay * p), m, v, s, x0, d, r


class DAdaptSGD(Optimizer):
    """SGD by D-Adaptation: the learning rate is a bound of the distance to the solution over the first gradient's norm.

    Defazio & Mishchenko 2023. Every group finds its own; give all parameters to one group for one.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant, and a schedule of it.
        momentum: how much of the parameters stays in place at a step.
        weight_decay: adds weight_decay * p to the gradient.
        d0: the first bound of the distance; small.
        options: see `Options`.
    """

    rule = dadapt_sgd
    limits: ClassVar = {"momentum": Limit("momentum value", below=1), **_LIMITS}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0,
        d0: float = 1e-6,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, momentum=momentum, weight_decay=weight_decay, d0=d0)
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        scalars = {"d": Scalar(group["d0"]), "g0_norm": Scalar(0), "numerator_weighted": Scalar(0)}
        return {"s": 0.0, "x0": np.copy, **scalars}


class DAdaptAdam(Optimizer):
    """Adam by D-Adaptation: its learning rate is a bound of the distance to the solution. Defazio & Mishchenko 2023.

    Every group finds its own bound; give all parameters to one group for one.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant, and a schedule of it.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient.
        use_bias_correction: correct the step for the start of the running means, as Adam does.
        d0: the first bound of the distance; small.
        options: see `Options`.
    """

    rule = dadapt_adam
    limits: ClassVar = _LIMITS
    presets: ClassVar = {"optax": {"use_bias_correction": True}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        use_bias_correction: bool = False,
        d0: float = 1e-6,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            use_bias_correction=use_bias_correction,
            d0=d0,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        scalars = {"d": Scalar(group["d0"]), "numerator_weighted": Scalar(0)}
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0, "s": 0.0, **scalars}


class Prodigy(Optimizer):
    """Adam whose learning rate is a bound of the distance to the solution, found faster than by D-Adaptation.

    Mishchenko & Defazio 2024. Every group finds its own bound; give all parameters to one group for one.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant, and a schedule of it.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        beta3: the same for the bound's sums; None for the root of the second of betas.
        eps: added to the root, times the bound.
        weight_decay: every step takes weight_decay * p too, times the step's own learning rate.
        use_bias_correction: correct the step for the start of the running means, as Adam does.
        safeguard_warmup: leave lr out of the bound's denominator, for schedules that begin with a warmup.
        d0: the first bound of the distance; small.
        d_coef: a factor of the bound.
        options: see `Options`.
    """

    rule = prodigy
    limits: ClassVar = {"beta3": Limit("beta3", below=1, none=True), "d_coef": Limit("d_coef value"), **_LIMITS}
    presets: ClassVar = {"optax": {"use_bias_correction": True}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.999),
        beta3: float | None = None,
        eps: float = 1e-8,
        weight_decay: float = 0,
        use_bias_correction: bool = False,
        safeguard_warmup: bool = False,
        d0: float = 1e-6,
        d_coef: float = 1.0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            beta3=beta3,
            eps=eps,
            weight_decay=weight_decay,
            use_bias_correction=use_bias_correction,
            safeguard_warmup=safeguard_warmup,
            d0=d0,
            d_coef=d_coef,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        scalars = {"d": Scalar(group["d0"]), "d_numerator": Scalar(0)}
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0, "s": 0.0, "p0": np.copy, **scalars}
