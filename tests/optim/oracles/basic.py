"""SGD, Adagrad, RMSprop and Adam, from torch.optim's documentation."""

from __future__ import annotations

from typing import Any

import numpy as np

from .oracle import Array, Oracle, State, of_each


@of_each
def sgd(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    momentum: float = 0,
    dampening: float = 0,
    weight_decay: float = 0,
    nesterov: bool = False,
    momentum_form: str = "accumulate",
) -> Array:
    g = g + weight_decay * p
    if momentum == 0:
        return p - lr * g
    if momentum_form == "velocity":
        s["v"] = momentum * s.get("v", 0.0) - lr * g
        return p + (momentum * s["v"] - lr * g if nesterov else s["v"])
    if momentum_form == "ema":
        s["v"] = momentum * s.get("v", 0.0) + (1 - momentum) * g
        return p - lr * (momentum * s["v"] + (1 - momentum) * g if nesterov else s["v"])
    s["v"] = g if t == 1 else momentum * s["v"] + (1 - dampening) * g
    return p - lr * (g + momentum * s["v"] if nesterov else s["v"])


def rooted(v: Array, eps: float, eps_place: str) -> Array:
    return np.sqrt(v + eps) if eps_place == "inside" else np.sqrt(v) + eps


@of_each
def adagrad(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    lr_decay: float = 0,
    initial_accumulator_value: float = 0,
    eps: float = 1e-10,
    eps_place: str = "outside",
) -> Array:
    s["sum"] = s.get("sum", initial_accumulator_value) + g**2
    return p - lr / (1 + (t - 1) * lr_decay) * g / rooted(s["sum"], eps, eps_place)


@of_each
def rmsprop(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    alpha: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0,
    centered: bool = False,
    eps_place: str = "outside",
    momentum_form: str = "accumulate",
) -> Array:
    s["v"] = alpha * s.get("v", 0.0) + (1 - alpha) * g**2
    s["m"] = alpha * s.get("m", 0.0) + (1 - alpha) * g
    step = g / rooted(s["v"] - (s["m"] ** 2 if centered else 0), eps, eps_place)
    if momentum_form == "velocity":
        s["b"] = momentum * s.get("b", 0.0) + lr * step
        return p - s["b"]
    s["b"] = momentum * s.get("b", 0.0) + step
    return p - lr * s["b"]


@of_each
def adam(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    amsgrad: bool = False,
    amsgrad_max: str = "raw",
    eps_place: str = "outside",
) -> Array:
    b1, b2 = betas
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * g**2
    correction = 1 - b2**t
    v = s["v"] / correction
    if amsgrad:
        old = s.get("max", np.zeros_like(p))
        s["max"] = np.maximum(old, s["v"] if amsgrad_max == "raw" else v)
        v = s["max"] / correction if amsgrad_max == "raw" else s["max"]
    if eps_place == "inside":
        root = np.sqrt(v + eps)
    elif eps_place == "hat":
        root = (np.sqrt(v * correction) + eps) / np.sqrt(correction)
    else:
        root = np.sqrt(v) + eps
    return p - lr * (s["m"] / (1 - b1**t)) / root


def cases(name: str, reference: Any, *options: dict[str, Any]) -> list[Oracle]:
    return [Oracle(name, o, reference) for o in options]


ORACLES = [
    *cases(
        "SGD",
        sgd,
        {"lr": 0.1, "weight_decay": 0.2},
        {"lr": 0.1, "momentum": 0.8, "dampening": 0.3},
        {"lr": 0.1, "momentum": 0.8, "nesterov": True},
        {"lr": 0.1, "momentum": 0.8, "momentum_form": "ema"},
        {"lr": 0.1, "momentum": 0.8, "momentum_form": "ema", "nesterov": True},
        {"lr": 0.1, "momentum": 0.8, "momentum_form": "velocity"},
        {"lr": 0.1, "momentum": 0.8, "momentum_form": "velocity", "nesterov": True},
    ),
    *cases(
        "Adagrad",
        adagrad,
        {"lr": 0.1, "eps": 0.1, "eps_place": "inside"},
        {"lr": 0.1, "lr_decay": 0.1, "eps": 0.1, "initial_accumulator_value": 0.5},
    ),
    *cases(
        "RMSprop",
        rmsprop,
        {"lr": 0.01, "eps": 0.1},
        {"lr": 0.01, "alpha": 0.8, "momentum": 0.7},
        {"lr": 0.01, "alpha": 0.8, "eps": 0.1, "centered": True},
        {"lr": 0.01, "eps": 0.1, "eps_place": "inside"},
        {"lr": 0.01, "alpha": 0.8, "momentum": 0.7, "momentum_form": "velocity"},
    ),
    *cases(
        "Adam",
        adam,
        {"lr": 0.1, "eps": 0.1},
        {"lr": 0.1, "betas": (0.5, 0.8), "amsgrad": True},
        {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.1, "amsgrad": True, "amsgrad_max": "corrected"},
        {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.1, "eps_place": "inside"},
        {"lr": 0.1, "betas": (0.5, 0.8), "eps": 0.1, "eps_place": "hat"},
    ),
]
