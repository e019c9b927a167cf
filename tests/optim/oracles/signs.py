"""Lion, SignSGD, Signum and Rprop, from their papers."""

from __future__ import annotations

import numpy as np

from .oracle import Array, Oracle, State, gradient_with_holes, of_each


@of_each
def lion(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.99),
    weight_decay: float = 0,
) -> Array:
    m = s.get("m", np.zeros_like(p))
    c = betas[0] * m + (1 - betas[0]) * g
    s["m"] = betas[1] * m + (1 - betas[1]) * g
    return p - lr * (np.where(c > 0, 1.0, np.where(c < 0, -1.0, 0.0)) + weight_decay * p)


@of_each
def signum(p: Array, g: Array, s: State, t: int, *, lr: float, momentum: float = 0, weight_decay: float = 0) -> Array:
    s["m"] = momentum * s.get("m", 0.0) + (1 - momentum) * g
    return p - lr * (np.where(s["m"] > 0, 1.0, np.where(s["m"] < 0, -1.0, 0.0)) + weight_decay * p)


@of_each
def rprop(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    etas: tuple[float, float] = (0.5, 1.2),
    step_sizes: tuple[float, float] = (1e-6, 50),
) -> Array:
    steps = s.setdefault("steps", np.full(p.size, lr))
    last = s.setdefault("last", np.zeros(p.size))
    new = p.ravel().copy()
    for i, slope in enumerate(g.ravel()):
        if slope * last[i] > 0:
            steps[i] = min(steps[i] * etas[1], step_sizes[1])
        elif slope * last[i] < 0:
            steps[i] = max(steps[i] * etas[0], step_sizes[0])
            slope = 0.0
        last[i] = slope
        new[i] -= np.sign(slope) * steps[i]
    return new.reshape(p.shape)


ORACLES = [
    Oracle("Lion", {"lr": 0.1, "betas": (0.6, 0.7), "weight_decay": 0.2}, lion, gradient=gradient_with_holes),
    Oracle("SignSGD", {"lr": 0.1, "weight_decay": 0.2}, signum, gradient=gradient_with_holes),
    Oracle("SignSGD", {"lr": 0.1, "momentum": 0.7}, signum, gradient=gradient_with_holes),
    Oracle("Rprop", {"lr": 0.1}, rprop, gradient=gradient_with_holes),
    Oracle("Rprop", {"lr": 0.1, "etas": (0.6, 1.5), "step_sizes": (0.05, 0.3)}, rprop),
]
