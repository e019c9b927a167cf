"""Optimizers without a learning rate, or without a schedule, from their papers and the authors' code."""

from __future__ import annotations

from typing import Any

import numpy as np

from .oracle import Array, Oracle, State, of_each


def inner(xs: list[Array], ys: list[Array]) -> float:
    return float(sum(np.sum(x * y) for x, y in zip(xs, ys, strict=True)))


def norm(xs: list[Array]) -> float:
    return float(np.sqrt(inner(xs, xs)))


def minus(xs: list[Array], ys: list[Array]) -> list[Array]:
    return [x - y for x, y in zip(xs, ys, strict=True)]


def dowg(
    ps: list[Array], gs: list[Array], s: State, t: int, *, lr: float, init_estim_sq_dist: float, eps: float
) -> list[Array]:
    if t == 1:
        s.update(x0=ps, r=np.sqrt(init_estim_sq_dist), v=0.0)
    s["r"] = max(s["r"], norm(minus(ps, s["x0"])))
    s["v"] += s["r"] ** 2 * norm(gs) ** 2
    eta = s["r"] ** 2 / (np.sqrt(s["v"]) + eps)
    return [np.asarray(p - lr * eta * g) for p, g in zip(ps, gs, strict=True)]


def loss_of(ps: list[Array]) -> float:
    return 0.3 + 0.2 * sum(float(np.sum((p - 0.5) ** 2)) for p in ps)


def polyak(
    ps: list[Array], gs: list[Array], s: State, t: int, *, lr: float, c: float = 1.0, f_min: float = 0.0
) -> list[Array]:
    eta = min((loss_of(ps) - f_min) / (c * inner(gs, gs)), lr)
    return [np.asarray(p - eta * g) for p, g in zip(ps, gs, strict=True)]


def dadapt_sgd(
    ps: list[Array], gs: list[Array], s: State, t: int, *, lr: float, momentum: float = 0.9, d0: float
) -> list[Array]:
    if t == 1:
        s.update(x0=ps, s=[np.zeros_like(p) for p in ps], d=d0, g0=norm(gs), numerator=0.0)
    rate = s["d"] * lr / s["g0"]
    s["numerator"] += rate * inner(gs, s["s"])
    s["s"] = [a + rate * g for a, g in zip(s["s"], gs, strict=True)]
    s["d"] = max(s["d"], 2 * s["numerator"] / norm(s["s"]))
    zs = minus(s["x0"], s["s"])
    return [np.asarray(momentum * p + (1 - momentum) * z) for p, z in zip(ps, zs, strict=True)]


def correction(t: int, betas: tuple[float, float], wanted: bool) -> float:
    return float(np.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)) if wanted else 1.0


def dadapt_adam(
    ps: list[Array],
    gs: list[Array],
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    use_bias_correction: bool = False,
    d0: float,
) -> list[Array]:
    if t == 1:
        s.update(d=d0, numerator=0.0, m=[0.0] * len(ps), v=[0.0] * len(ps), s=[0.0] * len(ps))
    b1, b2 = betas
    b = np.sqrt(b2)
    rate = s["d"] * lr * correction(t, betas, use_bias_correction)
    added = sum(np.sum(g * a / (np.sqrt(v) + eps)) for g, a, v in zip(gs, s["s"], s["v"], strict=True))
    s["numerator"] = b * s["numerator"] + (1 - b) * rate * added
    s["m"] = [b1 * m + (1 - b1) * rate * g for m, g in zip(s["m"], gs, strict=True)]
    s["v"] = [b2 * v + (1 - b2) * g**2 for v, g in zip(s["v"], gs, strict=True)]
    s["s"] = [b * a + (1 - b) * rate * g for a, g in zip(s["s"], gs, strict=True)]
    s["d"] = max(s["d"], s["numerator"] / ((1 - b) * sum(np.sum(np.abs(a)) for a in s["s"])))
    return [np.asarray(p - m / (np.sqrt(v) + eps)) for p, m, v in zip(ps, s["m"], s["v"], strict=True)]


def prodigy(
    ps: list[Array],
    gs: list[Array],
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    beta3: float | None = None,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    use_bias_correction: bool = False,
    safeguard_warmup: bool = False,
    d0: float,
    d_coef: float = 1.0,
) -> list[Array]:
    if t == 1:
        s.update(d=d0, numerator=0.0, x0=ps, m=[0.0] * len(ps), v=[0.0] * len(ps), s=[0.0] * len(ps))
    b1, b2 = betas
    b3 = np.sqrt(b2) if beta3 is None else beta3
    d = s["d"]
    rate = d * lr * correction(t, betas, use_bias_correction)
    s["numerator"] = b3 * s["numerator"] + (d / d0) * rate * inner(gs, minus(s["x0"], ps))
    s["m"] = [b1 * m + (1 - b1) * d * g for m, g in zip(s["m"], gs, strict=True)]
    s["v"] = [b2 * v + (1 - b2) * (d * g) ** 2 for v, g in zip(s["v"], gs, strict=True)]
    s["s"] = [b3 * a + (d / d0) * (d if safeguard_warmup else rate) * g for a, g in zip(s["s"], gs, strict=True)]
    s["d"] = max(d, d_coef * s["numerator"] / sum(np.sum(np.abs(a)) for a in s["s"]))
    steps = [m / (np.sqrt(v) + s["d"] * eps) for m, v in zip(s["m"], s["v"], strict=True)]
    return [np.asarray(p - rate * weight_decay * p - rate * u) for p, u in zip(ps, steps, strict=True)]


def averaged(p: Array, u: Array, s: State, t: int, lr: float, beta: float, r: float, power: float) -> Array:
    """One step of z by u, and of its average x; what gradients are taken at next."""
    if t == 1:
        s.update(z=p, x=p, most=0.0, total=0.0)
    s["most"] = max(s["most"], lr)
    weight = t**r * s["most"] ** power
    s["total"] += weight
    s["z"] = s["z"] - lr * u
    s["x"] = s["x"] + weight / s["total"] * (s["z"] - s["x"])
    return np.asarray((1 - beta) * s["z"] + beta * s["x"])


def warm(lr: float, t: int, steps: int) -> float:
    return lr * t / steps if t < steps else lr


@of_each
def schedule_free_sgd(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    momentum: float = 0.9,
    weight_decay: float = 0.0,
    warmup_steps: int = 0,
    r: float = 0.0,
    weight_lr_power: float = 2.0,
) -> Array:
    return averaged(p, g + weight_decay * p, s, t, warm(lr, t, warmup_steps), momentum, r, weight_lr_power)


@of_each
def schedule_free_adamw(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    warmup_steps: int = 0,
    r: float = 0.0,
    weight_lr_power: float = 2.0,
) -> Array:
    b1, b2 = betas
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    u = g / (np.sqrt(s["v"] / (1 - b2**t)) + eps) + weight_decay * p
    return averaged(p, u, s, t, warm(lr, t, warmup_steps), b1, r, weight_lr_power)


def cases(name: str, reference: Any, *options: dict[str, Any], **more: Any) -> list[Oracle]:
    return [Oracle(name, o, reference, **more) for o in options]


LOW = (0.5, 0.8)

ORACLES = [
    *cases("DoWG", dowg, {"lr": 0.5, "init_estim_sq_dist": 0.01, "eps": 0.5}),
    *cases("PolyakSGD", polyak, {"lr": 10.0, "c": 0.7, "f_min": 0.2}, {"lr": 0.3}, loss=loss_of),
    *cases("DAdaptSGD", dadapt_sgd, {"lr": 0.5, "momentum": 0.6, "d0": 0.1}, {"lr": 1.0, "d0": 1e-3}),
    *cases(
        "DAdaptAdam",
        dadapt_adam,
        {"lr": 1.0, "betas": LOW, "eps": 0.1, "d0": 0.01},
        {"lr": 0.5, "betas": LOW, "use_bias_correction": True, "d0": 0.01},
    ),
    *cases(
        "Prodigy",
        prodigy,
        {"lr": 1.0, "betas": LOW, "eps": 0.1, "d0": 0.01, "weight_decay": 0.1},
        {"lr": 0.5, "betas": LOW, "beta3": 0.7, "use_bias_correction": True, "d0": 0.01, "d_coef": 1.5},
        {"lr": 0.5, "betas": LOW, "safeguard_warmup": True, "d0": 0.02},
    ),
    *cases(
        "ScheduleFreeSGD",
        schedule_free_sgd,
        {"lr": 0.3, "momentum": 0.7, "weight_decay": 0.1, "r": 0.5},
        {"lr": 0.3, "warmup_steps": 5, "weight_lr_power": 1.5},
    ),
    *cases(
        "ScheduleFreeAdamW",
        schedule_free_adamw,
        {"lr": 0.3, "betas": LOW, "eps": 0.1, "weight_decay": 0.1, "r": 0.5},
        {"lr": 0.3, "betas": LOW, "warmup_steps": 5, "weight_lr_power": 1.5},
    ),
]
