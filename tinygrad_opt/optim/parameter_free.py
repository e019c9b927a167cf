"""Steps whose length is found on the way: no learning rate to tune."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial, Scalar
from .transforms import norm


@rule(scope="group", x0="init_buffer", r="rbar", G="G")
def dog(
    g: Any,
    p: Any,
    x0: Any,
    r: Any,
    G: Any,  # noqa: N803 (the paper's letter)
    *,
    lr: float,
    reps_rel: float,
    eps: float,
) -> StepAndState:
    """Ivgi, Hinder & Carmon 2023, equation 1: the greatest distance so far, over the root of all squared gradients."""
    r = np.maximum(np.maximum(r, reps_rel * (1 + norm(x0))), norm(p - x0))
    G = G + np.sum(g * g)  # noqa: N806
    return lr * r / np.sqrt(G + eps) * g, x0, r, G


class DoG(Optimizer):
    """Distance over gradients: SGD with the learning rate that its own path suggests. Ivgi, Hinder & Carmon 2023.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: a factor of the step; 1 is meant.
        reps_rel: the first step's length over 1 plus the norm of the weights.
        eps: added to the sum of squares.
        weight_decay: adds weight_decay * p to the gradient.
        options: see `Options`.
    """

    rule = dog
    limits: ClassVar = {"reps_rel": Limit("reps_rel value")}
    presets: ClassVar = {"optax": {}, "paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1.0,
        reps_rel: float = 1e-6,
        eps: float = 1e-8,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(params, dict(lr=lr, reps_rel=reps_rel, eps=eps, weight_decay=weight_decay), **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"init_buffer": np.copy, "rbar": Scalar(0), "G": Scalar(0)}
