"""LARS, LAMB and NovoGrad, from their papers, and SM3: rules of whole parameters."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .oracle import Array, Oracle, State, of_each, start_at_zero


def length(x: Array) -> float:
    return math.sqrt(sum(float(e) ** 2 for e in x.ravel()))


@of_each
def lars(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    momentum: float = 0.9,
    weight_decay: float = 0,
    trust_coefficient: float = 1e-3,
    nesterov: bool = False,
    momentum_form: str = "velocity",
    trust_norm: str = "separate",
) -> Array:
    pull = g + weight_decay * p
    size = length(pull) if trust_norm == "joint" else length(g) + weight_decay * length(p)
    if length(p) and size:
        pull = trust_coefficient * length(p) / size * pull
    inside, outside = (lr, 1.0) if momentum_form == "velocity" else (1.0, lr)
    s["v"] = momentum * s.get("v", 0.0) + inside * pull
    return p - outside * (inside * pull + momentum * s["v"] if nesterov else s["v"])


@of_each
def lamb(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-6,
    weight_decay: float = 0,
) -> Array:
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    u = s["m"] / (1 - b1**t) / ((s["v"] / (1 - b2**t)) ** 0.5 + eps) + weight_decay * p
    return p - lr * (length(p) / length(u) if length(p) and length(u) else 1) * u


@of_each
def novograd(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.95, 0.98),
    eps: float = 1e-8,
    weight_decay: float = 0,
    grad_averaging: bool = False,
) -> Array:
    b1, b2 = betas
    square = length(g) ** 2
    s["v"] = square if t == 1 else b2 * s["v"] + (1 - b2) * square
    u = g / (math.sqrt(s["v"]) + eps) + weight_decay * p
    if t == 1:
        s["m"] = u
    else:
        s["m"] = b1 * s["m"] + (1 - b1 if grad_averaging else 1) * u
    return p - lr * s["m"]


def indices(shape: tuple[int, ...]) -> Any:
    return itertools.product(*map(range, shape))


@of_each
def sm3(p: Array, g: Array, s: State, t: int, *, lr: float, momentum: float = 0, eps: float = 1e-30) -> Array:
    """Sets are pairs of a dimension and a place along it; a number is the one set of itself."""
    old, s["mu"] = s.get("mu", {}), {}
    u = np.zeros_like(p)
    for at in indices(p.shape):
        sets = list(enumerate(at)) or [(0, 0)]
        nu = min(old.get(r, 0.0) for r in sets) + g[at] ** 2
        u[at] = g[at] / math.sqrt(nu + eps)
        for r in sets:
            s["mu"][r] = max(s["mu"].get(r, 0.0), nu)
    s["m"] = momentum * s.get("m", 0.0) + (1 - momentum) * u
    return p - lr * s["m"]


ORACLES = [
    Oracle("LARS", {"lr": 0.5, "momentum": 0.8, "weight_decay": 0.3, "trust_coefficient": 0.1}, lars),
    Oracle("LARS", {"lr": 0.5, "momentum": 0.8, "trust_coefficient": 0.1, "nesterov": True}, lars, start=start_at_zero),
    Oracle(
        "LARS",
        {
            "lr": 0.5,
            "momentum": 0.8,
            "weight_decay": 0.3,
            "trust_coefficient": 0.1,
            "momentum_form": "accumulate",
            "trust_norm": "joint",
        },
        lars,
    ),
    Oracle(
        "LARS",
        {"lr": 0.5, "momentum": 0.8, "trust_coefficient": 0.1, "momentum_form": "accumulate", "nesterov": True},
        lars,
    ),
    Oracle("LAMB", {"lr": 0.1, "betas": (0.7, 0.6), "eps": 0.1, "weight_decay": 0.2}, lamb),
    Oracle("LAMB", {"lr": 0.1, "betas": (0.7, 0.6), "eps": 0.1}, lamb, start=start_at_zero),
    Oracle("NovoGrad", {"lr": 0.1, "betas": (0.7, 0.6), "eps": 0.1, "weight_decay": 0.2}, novograd),
    Oracle("NovoGrad", {"lr": 0.1, "betas": (0.7, 0.6), "eps": 0.1, "grad_averaging": True}, novograd),
    Oracle("SM3", {"lr": 0.1, "eps": 0.1}, sm3),
    Oracle("SM3", {"lr": 0.1, "eps": 0.1, "momentum": 0.8}, sm3),
]
