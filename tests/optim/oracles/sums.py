"""ASGD, MADGRAD, FTRL and DoG: what is computed from all gradients, or all weights, so far."""

from __future__ import annotations

import math

import numpy as np

from .oracle import Array, Oracle, State, of_each


@of_each
def asgd(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    lambd: float = 1e-4,
    alpha: float = 0.75,
    t0: float = 1e6,
) -> Array:
    eta = s.get("eta", lr)
    s["eta"] = lr * (1 + lambd * lr * t) ** -alpha
    p = (1 - lambd * eta) * p - eta * g
    weight = 1 / max(1, t - 1 - t0)
    s["ax"] = (1 - weight) * s.get("ax", 0.0) + weight * p
    return p


@of_each
def madgrad(p: Array, g: Array, s: State, t: int, *, lr: float, momentum: float = 0.9, eps: float = 1e-6) -> Array:
    start = s.setdefault("x0", p.copy())
    weight = lr * math.sqrt(t)
    s["sum"] = s.get("sum", 0.0) + weight * g
    s["squares"] = s.get("squares", 0.0) + weight * g**2
    z = start - s["sum"] / (np.cbrt(s["squares"]) + eps)
    return momentum * p + (1 - momentum) * z


@of_each
def ftrl(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    beta: float = 0,
    lambda_1: float = 0,
    lambda_2: float = 0,
    initial_accumulator_value: float = 0,
) -> Array:
    n = s.setdefault("n", np.full(p.size, float(initial_accumulator_value)))
    z = s.setdefault("z", np.zeros(p.size))
    new = p.ravel().copy()
    for i, slope in enumerate(g.ravel()):
        sigma = (math.sqrt(n[i] + slope**2) - math.sqrt(n[i])) / lr
        z[i] += slope - sigma * new[i]
        n[i] += slope**2
        if abs(z[i]) <= lambda_1:
            new[i] = 0.0
        else:
            new[i] = -(z[i] - math.copysign(lambda_1, z[i])) / ((beta + math.sqrt(n[i])) / lr + lambda_2)
    return new.reshape(p.shape)


@of_each
def keras_ftrl(p: Array, g: Array, s: State, t: int, *, lr: float, lambda_1: float, like: str) -> Array:
    accum, linear = s.get("accum", np.full_like(p, 0.1)), s.get("linear", np.zeros_like(p))
    s["accum"] = accum + g**2
    s["linear"] = linear + g - (s["accum"] ** 0.5 - accum**0.5) / lr * p
    return (np.clip(s["linear"], -lambda_1, lambda_1) - s["linear"]) / (s["accum"] ** 0.5 / lr)


def dog(
    ps: list[Array],
    gs: list[Array],
    s: State,
    t: int,
    *,
    lr: float = 1,
    reps_rel: float = 1e-6,
    eps: float = 1e-8,
) -> list[Array]:
    first = s.setdefault("first", [p.copy() for p in ps])
    moved = math.sqrt(sum(float(((p - x) ** 2).sum()) for p, x in zip(ps, first, strict=True)))
    size = math.sqrt(sum(float((x**2).sum()) for x in first))
    s["far"] = max(s.get("far", reps_rel * (1 + size)), moved)
    s["squares"] = s.get("squares", 0.0) + sum(float((g**2).sum()) for g in gs)
    return [p - lr * s["far"] / math.sqrt(s["squares"] + eps) * g for p, g in zip(ps, gs, strict=True)]


ORACLES = [
    Oracle("DoG", {"lr": 0.7, "reps_rel": 0.1, "eps": 0.1}, dog),
    Oracle("ASGD", {"lr": 0.2, "lambd": 0.3, "alpha": 0.6, "t0": 4}, asgd, shown=("ax", "ax")),
    Oracle("MADGRAD", {"lr": 0.1, "momentum": 0.7, "eps": 0.1}, madgrad),
    Oracle("FTRL", {"lr": 0.3, "beta": 0.5, "lambda_1": 0.2, "lambda_2": 0.1}, ftrl),
    Oracle("FTRL", {"lr": 0.3, "lambda_1": 0.2, "like": "keras"}, keras_ftrl),
    Oracle("FTRL", {"lr": 0.3, "lambda_1": 1.0, "initial_accumulator_value": 0.1}, ftrl),
]
