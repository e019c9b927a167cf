"""Adadelta, Adamax, AdaBelief, Yogi and SparseAdam, from their papers, and from Keras where a preset says so."""

from __future__ import annotations

import numpy as np

from .oracle import Array, Oracle, State, gradient_with_holes, of_each


@of_each
def adadelta(p: Array, g: Array, s: State, t: int, *, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6) -> Array:
    squares = rho * s.get("squares", 0.0) + (1 - rho) * g**2
    before = s.get("steps", np.zeros_like(p))
    delta = ((before + eps) / (squares + eps)) ** 0.5 * g
    s["squares"], s["steps"] = squares, rho * before + (1 - rho) * delta**2
    return p - lr * delta


@of_each
def keras_adadelta(p: Array, g: Array, s: State, t: int, *, lr: float, weight_decay: float, like: str) -> Array:
    return np.asarray(adadelta([p * (1 - lr * weight_decay)], [g], s, t, lr=lr, rho=0.95, eps=1e-7)[0])


@of_each
def adamax(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    eps_place: str = "gradient",
) -> Array:
    b1, b2 = betas
    gradient_eps, divisor_eps = (eps, 0.0) if eps_place == "gradient" else (0.0, eps)
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["u"] = np.maximum(b2 * s.get("u", np.zeros_like(p)), abs(g) + gradient_eps)
    return p - lr * s["m"] / (1 - b1**t) / (s["u"] + divisor_eps)


@of_each
def keras_adamax(p: Array, g: Array, s: State, t: int, *, lr: float, weight_decay: float, like: str) -> Array:
    p = p * (1 - lr * weight_decay)
    s["m"] = s.get("m", 0.0) + (g - s.get("m", 0.0)) * (1 - 0.9)
    s["u"] = np.maximum(0.999 * s.get("u", np.zeros_like(p)), abs(g))
    return p - lr * s["m"] / ((1 - 0.9**t) * (s["u"] + 1e-7))


@of_each
def adabelief(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-16,
    eps_root: float | None = None,
    weight_decay: float = 0,
) -> Array:
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["s"] = b2 * s.get("s", 0.0) + (1 - b2) * (g - s["m"]) ** 2 + (eps if eps_root is None else eps_root)
    p = p - lr * weight_decay * p
    return p - lr * (s["m"] / (1 - b1**t)) / ((s["s"] / (1 - b2**t)) ** 0.5 + eps)


@of_each
def yogi(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-3,
    initial_accumulator_value: float = 1e-6,
    bias_correction: bool = True,
) -> Array:
    b1, b2 = betas
    start = np.full_like(p, initial_accumulator_value)
    m, v = s.get("m", start), s.get("v", start)
    m = b1 * m + (1 - b1) * g
    more = v < g**2
    v = np.where(more, v + (1 - b2) * g**2, v - (1 - b2) * g**2)
    s["m"], s["v"] = m, v
    c1, c2 = (1 - b1**t, 1 - b2**t) if bias_correction else (1, 1)
    return p - lr * (m / c1) / ((v / c2) ** 0.5 + eps)


@of_each
def yogi_paper(p: Array, g: Array, s: State, t: int, *, lr: float, like: str) -> Array:
    m, v = s.get("m", np.zeros_like(p)), s.get("v", np.zeros_like(p))
    s["m"] = 0.9 * m + 0.1 * g
    s["v"] = v - 0.001 * np.sign(v - g**2) * g**2
    return p - lr * s["m"] / (s["v"] ** 0.5 + 1e-3)


def sparse_adam(
    ps: list[Array],
    gs: list[Array],
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> list[Array]:
    b1, b2 = betas
    new = []
    for i, (p, g) in enumerate(zip(ps, gs, strict=True)):
        rows = p.reshape(1, 1) if p.ndim == 0 else p.reshape(len(p), -1)
        grads = g.reshape(rows.shape)
        m, v = s.setdefault(i, (np.zeros_like(rows), np.zeros_like(rows)))
        for r in range(len(rows)):
            if not grads[r].any():
                continue
            m[r] += (1 - b1) * (grads[r] - m[r])
            v[r] += (1 - b2) * (grads[r] ** 2 - v[r])
            rows[r] -= lr * (1 - b2**t) ** 0.5 / (1 - b1**t) * m[r] / (v[r] ** 0.5 + eps)
        new.append(rows.reshape(p.shape))
    return new


ORACLES = [
    Oracle("Adadelta", {"lr": 0.5, "rho": 0.7, "eps": 0.1}, adadelta),
    Oracle("Adadelta", {"lr": 0.5, "weight_decay": 0.1, "like": "keras"}, keras_adadelta),
    Oracle("Adamax", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1}, adamax),
    Oracle("Adamax", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1, "eps_place": "divisor"}, adamax),
    Oracle("Adamax", {"lr": 0.1, "weight_decay": 0.1, "like": "keras"}, keras_adamax),
    Oracle("AdaBelief", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1, "weight_decay": 0.1}, adabelief),
    Oracle("AdaBelief", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1, "eps_root": 0.01}, adabelief),
    Oracle("Yogi", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1}, yogi),
    Oracle("Yogi", {"lr": 0.1, "betas": (0.8, 0.9), "initial_accumulator_value": 0.2, "bias_correction": False}, yogi),
    Oracle("Yogi", {"lr": 0.1, "like": "paper"}, yogi_paper, gradient=gradient_with_holes),
    Oracle("SparseAdam", {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1}, sparse_adam, gradient=gradient_with_holes),
]
