"""NAdam, RAdam, Adan, ADOPT, StableAdamW, QHM, QHAdam and AdEMAMix, from their papers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .oracle import Array, Oracle, State, of_each


@of_each
def nadam(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    momentum_decay: float = 4e-3,
) -> Array:
    b1, b2 = betas
    mus = [b1 * (1 - 0.96 ** (k * momentum_decay) / 2) for k in range(1, t + 2)]
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    m_hat = mus[-1] * s["m"] / (1 - math.prod(mus))
    g_hat = (1 - mus[-2]) * g / (1 - math.prod(mus[:-1]))
    return p - lr * (m_hat + g_hat) / ((s["v"] / (1 - b2**t)) ** 0.5 + eps)


@of_each
def keras_nadam(p: Array, g: Array, s: State, t: int, *, lr: float, weight_decay: float, like: str) -> Array:
    p = p * (1 - lr * weight_decay)
    now, after = 0.9 * (1 - 0.5 * 0.96**t), 0.9 * (1 - 0.5 * 0.96 ** (t + 1))
    s["product"] = s.get("product", 1.0) * now
    s["m"] = s.get("m", 0.0) + (g - s.get("m", 0.0)) * (1 - 0.9)
    s["v"] = s.get("v", 0.0) + (g**2 - s.get("v", 0.0)) * (1 - 0.999)
    m_hat = after * s["m"] / (1 - s["product"] * after) + (1 - now) * g / (1 - s["product"])
    return p - m_hat * lr / (np.sqrt(s["v"] / (1 - 0.999**t)) + 1e-7)


@of_each
def radam(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    threshold: float = 5,
    eps_place: str = "hat",
) -> Array:
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    longest = 2 / (1 - b2) - 1
    length = longest - 2 * t * b2**t / (1 - b2**t)
    if not length > threshold:
        return p - lr * s["m"] / (1 - b1**t)
    r = math.sqrt((length - 4) * (length - 2) * longest / (longest - 4) / (longest - 2) / length)
    debias = math.sqrt(1 - b2**t)
    root = (np.sqrt(s["v"]) + eps) / debias if eps_place == "hat" else np.sqrt(s["v"]) / debias + eps
    return p - lr * r * s["m"] / (1 - b1**t) / root


@of_each
def radam_paper(p: Array, g: Array, s: State, t: int, *, lr: float, like: str) -> Array:
    return np.asarray(radam([p], [g], s, t, lr=lr, threshold=4, eps=0.0)[0])


@of_each
def adan(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float, float] = (0.98, 0.92, 0.99),
    eps: float = 1e-8,
    weight_decay: float = 0,
    no_prox: bool = False,
    difference_weight: str = "beta2",
    eps_root: float = 0,
) -> Array:
    b1, b2, b3 = (1 - b for b in betas)  # the paper's
    c = 1 - b2 if difference_weight == "beta2" else b2
    d = g - s["g"] if t > 1 else np.zeros_like(g)
    s["g"] = g
    s["m"] = (1 - b1) * s.get("m", 0.0) + b1 * g
    s["v"] = (1 - b2) * s.get("v", 0.0) + b2 * d
    s["n"] = (1 - b3) * s.get("n", 0.0) + b3 * (g + c * d) ** 2
    m, v, n = s["m"] / (1 - (1 - b1) ** t), s["v"] / (1 - (1 - b2) ** t), s["n"] / (1 - (1 - b3) ** t)
    eta = lr / (np.sqrt(n + eps_root) + eps)
    if no_prox:
        return p * (1 - lr * weight_decay) - eta * (m + c * v)
    return (p - eta * (m + c * v)) / (1 + lr * weight_decay)


@of_each
def adopt(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.9999),
    eps: float = 1e-6,
    clipping: bool = True,
) -> Array:
    b1, b2 = betas
    if t == 1:
        s["v"] = g**2
        return p
    u = g / np.maximum(s["v"] ** 0.5, eps)
    if clipping:
        u = np.clip(u, -((t - 1) ** 0.25), (t - 1) ** 0.25)
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * u
    s["v"] = b2 * s["v"] + (1 - b2) * g**2
    return p - lr * s["m"]


@of_each
def stable_adamw(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.99),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> Array:
    s["m"] = betas[0] * s.get("m", 0.0) + (1 - betas[0]) * g  # and corrected at the end, as Adam
    s["v"] = betas[1] * s.get("v", 0.0) + (1 - betas[1]) * g**2
    m, v = s["m"] / (1 - betas[0] ** t), s["v"] / (1 - betas[1] ** t)
    rms = np.sqrt(sum(g.ravel() ** 2 / np.maximum(v.ravel(), eps**2)) / g.size)
    eta = lr / max(1.0, rms)
    return p - eta * weight_decay * p - eta * m / (np.sqrt(v) + eps)


@of_each
def qhm(p: Array, g: Array, s: State, t: int, *, lr: float, momentum: float = 0.999, nu: float = 0.7) -> Array:
    s["m"] = momentum * s.get("m", 0.0) + (1 - momentum) * g
    return p - lr * ((1 - nu) * g + nu * s["m"])


@of_each
def qhadam(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.995, 0.999),
    nus: tuple[float, float] = (0.7, 1.0),
    eps: float = 1e-8,
) -> Array:
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    m, v = s["m"] / (1 - b1**t), s["v"] / (1 - b2**t)
    top = (1 - nus[0]) * g + nus[0] * m
    return p - lr * top / (np.sqrt((1 - nus[1]) * g**2 + nus[1] * v) + eps)


@of_each
def ademamix(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float, float] = (0.9, 0.999, 0.9999),
    alpha: float = 5,
    eps: float = 1e-8,
    alpha_warmup: float = 0,
    beta3_warmup: float = 0,
) -> Array:
    b1, b2, b3 = betas
    if alpha_warmup:
        alpha = min(t * alpha / alpha_warmup, alpha)
    if beta3_warmup:
        l1, l3, a = math.log(b1), math.log(b3), t / beta3_warmup
        b3 = min(math.exp(l1 * l3 / ((1 - a) * l3 + a * l1)), b3)
    s["m1"] = b1 * s.get("m1", 0.0) + (1 - b1) * g
    s["m2"] = b3 * s.get("m2", 0.0) + (1 - b3) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    return p - lr * (s["m1"] / (1 - b1**t) + alpha * s["m2"]) / (np.sqrt(s["v"] / (1 - b2**t)) + eps)


SOME: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.6), "eps": 0.1}
THREE: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.6, 0.7), "eps": 0.1}
ORACLES = [
    Oracle("NAdam", {**SOME, "momentum_decay": 0.1}, nadam),
    Oracle("NAdam", {**SOME, "momentum_decay": math.inf}, nadam),
    Oracle("NAdam", {"lr": 0.1, "weight_decay": 0.1, "like": "keras"}, keras_nadam),
    Oracle("RAdam", {**SOME, "betas": (0.8, 0.9)}, radam),
    Oracle("RAdam", {**SOME, "betas": (0.8, 0.9), "threshold": 7, "eps_place": "outside"}, radam),
    Oracle("RAdam", {"lr": 0.1, "like": "paper"}, radam_paper),
    Oracle("Adan", {**THREE, "weight_decay": 0.3}, adan),
    Oracle("Adan", {**THREE, "weight_decay": 0.3, "no_prox": True}, adan),
    Oracle("Adan", {**THREE, "difference_weight": "1-beta2", "eps_root": 0.1}, adan),
    Oracle("ADOPT", SOME, adopt),
    Oracle("ADOPT", {**SOME, "eps": 0.5, "clipping": False}, adopt),
    Oracle("StableAdamW", {**SOME, "weight_decay": 0.3}, stable_adamw),
    Oracle("StableAdamW", {**SOME, "eps": 0.5}, stable_adamw),
    Oracle("QHM", {"lr": 0.1, "momentum": 0.8, "nu": 0.6}, qhm),
    Oracle("QHAdam", {**SOME, "nus": (0.6, 0.7)}, qhadam),
    Oracle("AdEMAMix", {**THREE, "betas": (0.6, 0.7, 0.95), "alpha": 2}, ademamix),
    Oracle(
        "AdEMAMix", {**THREE, "betas": (0.6, 0.7, 0.95), "alpha": 2, "alpha_warmup": 9, "beta3_warmup": 12}, ademamix
    ),
]
