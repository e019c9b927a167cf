"""Adam, and AdamW, which differs in how weights decay."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule


@rule(m="exp_avg", v="exp_avg_sq", v_max="max_exp_avg_sq")
def adam(
    g: Any,
    m: Any,
    v: Any,
    v_max: Any,
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    amsgrad: bool,
    amsgrad_max: str = "raw",
    eps_place: str = "outside",
) -> StepAndState:
    """Kingma & Ba 2015, algorithm 1; amsgrad: Reddi, Kale & Kumar 2018, algorithm 2."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    v_hat = v / (1 - beta2**t)
    if amsgrad:
        v_max = np.maximum(v_max, v if amsgrad_max == "raw" else v_hat)
        v_hat = v_max / (1 - beta2**t) if amsgrad_max == "raw" else v_max
    if eps_place == "hat":
        eps = eps / (1 - beta2**t) ** 0.5
    root = np.sqrt(v_hat + eps) if eps_place == "inside" else np.sqrt(v_hat) + eps
    return lr / (1 - beta1**t) * m / root, m, v, v_max  # lr * m_hat, in one multiplication


class Adam(Optimizer):
    """Momentum, with each step divided by the root mean square of recent gradients. As torch.optim.Adam.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate: about the size of a step, whatever the gradient's scale.
        betas: how much of the running means of the gradient and of its square is kept at a step.
        eps: added to the root.
        weight_decay: adds weight_decay * p to the gradient; see AdamW for decay of the weights themselves.
        amsgrad: divide by the largest running mean so far.
        decoupled_weight_decay: decay as AdamW.
        amsgrad_max: the largest of the "raw" running means, or of the "corrected" ones.
        eps_place: "outside" the root, "inside", or "hat": added to the root before bias correction.
        options: see `Options`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Adam([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule = adam
    choices: ClassVar = {"amsgrad_max": ("raw", "corrected"), "eps_place": ("outside", "inside", "hat")}
    presets: ClassVar = {
        "optax": {"amsgrad_max": "corrected"},
        "keras": {"eps": 1e-7, "eps_place": "hat", "decoupled_weight_decay": True},
        "sklearn": {"eps_place": "hat"},
        "paper": {},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        decoupled_weight_decay: bool = False,
        amsgrad_max: str = "raw",
        eps_place: str = "outside",
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            decoupled_weight_decay=decoupled_weight_decay,
            amsgrad_max=amsgrad_max,
            eps_place=eps_place,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        names = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq") if group["amsgrad"] else ("exp_avg", "exp_avg_sq")
        return dict.fromkeys(names, 0.0)


class AdamW(Adam):
    """Adam with decoupled decay: every step first takes lr * weight_decay * p from the weights. As torch.optim.AdamW.

    Loshchilov & Hutter 2019. The arguments are those of Adam, weight_decay is 0.01 unless told.
    """

    presets: ClassVar = {
        "optax": {"weight_decay": 1e-4, "amsgrad_max": "corrected"},
        "keras": {"eps": 1e-7, "eps_place": "hat", "weight_decay": 0.004},
        "paper": {},
    }

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        amsgrad_max: str = "raw",
        eps_place: str = "outside",
        **options: Unpack[Options],
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            decoupled_weight_decay=True,
            amsgrad_max=amsgrad_max,
            eps_place=eps_place,
            **options,
        )
