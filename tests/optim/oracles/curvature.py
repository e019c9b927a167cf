"""Sophia and AdaHessian, from their papers, by the Hessian of sum(sin(p)), which is diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

import tinygrad_opt as torch

from .oracle import Array, Oracle, State, of_each

EVERY = 3
BATCH = 7


def is_due(t: int) -> bool:
    return t % EVERY == 1


def waves(ps: list[Any]) -> Any:
    return sum((torch.sin(p).sum() for p in ps), torch.zeros((), dtype=torch.float64))


def estimate_h(optimizer: Any, ps: list[Any], t: int) -> None:
    if is_due(t):
        optimizer.update_hessian(waves(ps), noise="rademacher")


def estimate_g(optimizer: Any, ps: list[Any], t: int) -> None:
    if is_due(t):
        optimizer.update_hessian(waves(ps), batch_size=BATCH)


def estimate(optimizer: Any, ps: list[Any], t: int) -> None:
    if is_due(t):
        optimizer.update_hessian(waves(ps))


def sophia_with(estimate: Any) -> Any:
    """Algorithm 3 with an estimate of the diagonal at p."""

    def sophia(
        p: Array,
        g: Array,
        s: State,
        t: int,
        *,
        lr: float,
        betas: tuple[float, float],
        rho: float,
        weight_decay: float = 0.1,
        eps: float = 1e-12,
    ) -> Array:
        b1, b2 = betas
        s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
        if is_due(t):
            s["h"] = b2 * s.get("h", 0.0) + (1 - b2) * estimate(p)
        ratio = s["m"] / np.maximum(rho * s["h"], eps)
        return np.asarray(p - lr * weight_decay * p - lr * np.clip(ratio, -1, 1))

    return of_each(sophia)


@of_each
def adahessian(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    hessian_power: float = 1.0,
    average_conv_kernel: bool = False,
) -> Array:
    b1, b2 = betas
    if is_due(t):
        s["d"] = -np.sin(p)
        if average_conv_kernel and p.ndim > 2:
            for i in np.ndindex(p.shape[:2]):
                s["d"][i] = np.mean(np.abs(s["d"][i]))
    s["m"] = b1 * s.get("m", 0.0) + (1 - b1) * g
    s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * s["d"] ** 2
    root = np.sqrt(s["v"] / (1 - b2**t)) ** hessian_power
    return np.asarray(p - lr * weight_decay * p - lr * s["m"] / (1 - b1**t) / (root + eps))


LOW = (0.5, 0.8)

ORACLES = [
    Oracle(
        "SophiaH",
        {"lr": 0.1, "betas": LOW, "rho": 2.0, "eps": 0.5},
        sophia_with(lambda p: -np.sin(p)),
        before=estimate_h,
    ),
    Oracle("SophiaH", {"lr": 0.1, "betas": LOW, "rho": 9.0}, sophia_with(lambda p: -np.sin(p)), before=estimate_h),
    Oracle(
        "SophiaG",
        {"lr": 0.1, "betas": LOW, "rho": 0.4, "weight_decay": 0.0},
        sophia_with(lambda p: BATCH * np.cos(p) ** 2),
        before=estimate_g,
    ),
    Oracle("AdaHessian", {"lr": 0.1, "betas": LOW, "eps": 0.1, "weight_decay": 0.1}, adahessian, before=estimate),
    Oracle(
        "AdaHessian",
        {"lr": 0.1, "betas": LOW, "eps": 0.2, "hessian_power": 0.5, "average_conv_kernel": True},
        adahessian,
        before=estimate,
    ),
]
