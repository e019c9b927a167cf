"""Adafactor, Muon, Shampoo and SOAP, from their papers and PyTorch's documentation."""

from __future__ import annotations

import numpy as np

from .oracle import Array, Oracle, State, of_each


def rms(x: Array) -> float:
    return float(np.sqrt(np.mean(x**2)))


@of_each
def adafactor(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    beta2_decay: float = -0.8,
    eps: tuple[float | None, float] = (None, 1e-3),
    d: float = 1.0,
    weight_decay: float = 0.0,
    eps_place: str = "floor",
) -> Array:
    eps1 = 2.0**-52 if eps[0] is None else eps[0]
    squared = g**2 + (eps1 if eps_place == "square" else 0.0)
    beta2 = 1 - t**beta2_decay
    if g.ndim < 2:
        s["v"] = v = beta2 * s.get("v", 0.0) + (1 - beta2) * squared
    else:
        s["r"] = beta2 * s.get("r", 0.0) + (1 - beta2) * np.mean(squared, axis=-1)
        s["c"] = beta2 * s.get("c", 0.0) + (1 - beta2) * np.mean(squared, axis=-2)
        whole = np.mean(s["r"], axis=-1)[..., None, None]
        v = s["r"][..., :, None] * s["c"][..., None, :]
        v = v / (whole if eps_place == "square" else np.maximum(whole, eps1))
    u = g / (np.sqrt(v) if eps_place == "square" else np.maximum(np.sqrt(v), eps1))
    u = u / max(1.0, rms(u) / d)
    alpha = max(eps[1], rms(p)) * min(lr, 1 / np.sqrt(t))
    return np.asarray(p - lr * weight_decay * p - alpha * u)


@of_each
def muon(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    weight_decay: float = 0.1,
    momentum: float = 0.95,
    nesterov: bool = True,
    ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
    eps: float = 1e-7,
    ns_steps: int = 5,
    adjust_lr_fn: str | None = None,
) -> Array:
    s["b"] = momentum * s.get("b", 0.0) + (1 - momentum) * g
    u, sigma, vt = np.linalg.svd(momentum * s["b"] + (1 - momentum) * g if nesterov else s["b"], full_matrices=False)
    sigma = sigma / max(np.sqrt(np.sum(sigma**2)), eps)
    a, b, c = ns_coefficients
    for _ in range(ns_steps):  # what the iteration does to each singular value
        sigma = a * sigma + b * sigma**3 + c * sigma**5
    rows, columns = p.shape
    ratio = np.sqrt(max(1, rows / columns))
    if adjust_lr_fn == "match_rms_adamw":
        ratio = 0.2 * np.sqrt(max(rows, columns))
    return np.asarray(p - lr * weight_decay * p - lr * ratio * (u * sigma) @ vt)


LETTERS = "abc"


def gram(g: Array, i: int) -> Array:
    """The sums of products over all dimensions but one."""
    one = LETTERS[: g.ndim]
    other = one.replace(one[i], "z")
    return np.einsum(f"{one},{other}->{one[i]}z", g, g)


def multiplied(x: Array, matrix: Array, i: int) -> Array:
    """`matrix` times dimension i of x."""
    one = LETTERS[: x.ndim]
    return np.einsum(f"z{one[i]},{one}->{one.replace(one[i], 'z')}", matrix, x)


@of_each
def shampoo(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    matrix_eps: float = 1e-6,
    preconditioning_compute_steps: int = 1,
    weight_decay: float = 0.0,
) -> Array:
    g = g + weight_decay * p
    if g.ndim == 0:
        s["h"] = s.get("h", matrix_eps) + g**2
        if t % preconditioning_compute_steps == 1 % preconditioning_compute_steps:
            s["root"] = np.sqrt(s["h"])
        return np.asarray(p - lr * g / s["root"])
    u = g
    for i, n in enumerate(g.shape):
        s[f"h{i}"] = s.get(f"h{i}", matrix_eps * np.eye(n)) + gram(g, i)
        if t % preconditioning_compute_steps == 1 % preconditioning_compute_steps:
            left, sigma, _ = np.linalg.svd(s[f"h{i}"])
            s[f"root{i}"] = left @ np.diag(sigma ** (-1 / (2 * g.ndim))) @ left.T
        u = multiplied(u, s[f"root{i}"], i)
    return np.asarray(p - lr * u)


def orthonormal(columns: Array) -> Array:
    """Gram and Schmidt's, twice for precision."""
    q = columns.copy()
    for j in range(q.shape[1]):
        for _ in range(2):
            q[:, j] -= q[:, :j] @ (q[:, :j].T @ q[:, j])
        q[:, j] /= np.sqrt(np.sum(q[:, j] ** 2))
    return q


@of_each
def soap(
    p: Array,
    g: Array,
    s: State,
    t: int,
    *,
    lr: float,
    betas: tuple[float, float] = (0.95, 0.95),
    shampoo_beta: float | None = None,
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    precondition_frequency: int = 10,
    max_precondition_dim: int = 10_000,
) -> Array:
    b1, b2 = betas
    b3 = b2 if shampoo_beta is None else shampoo_beta
    dims = [i for i, n in enumerate(g.shape) if n <= max_precondition_dim] if g.ndim > 1 else []
    moved = p
    if t > 1:
        k = t - 1
        turned = g
        s["m"] = mean = b1 * s.get("m", 0.0) + (1 - b1) * g
        for i in dims:
            turned, mean = multiplied(turned, s[f"q{i}"].T, i), multiplied(mean, s[f"q{i}"].T, i)
        s["v"] = b2 * s.get("v", 0.0) + (1 - b2) * turned**2
        u = mean / (np.sqrt(s["v"]) + eps)
        for i in dims:
            u = multiplied(u, s[f"q{i}"], i)
        moved = p - lr * weight_decay * p - lr * np.sqrt(1 - b2**k) / (1 - b1**k) * u
    for i in dims:
        s[f"gg{i}"] = gg = b3 * s.get(f"gg{i}", 0.0) + (1 - b3) * gram(g, i)
        if t == 1:
            s[f"q{i}"] = np.linalg.eigh(gg)[1][:, ::-1]
        elif (t - 1) % precondition_frequency == 0:
            q = s[f"q{i}"]
            rayleigh = [q[:, j] @ gg @ q[:, j] for j in range(q.shape[1])]
            order = sorted(range(q.shape[1]), key=lambda j: -rayleigh[j])
            s[f"q{i}"] = orthonormal((gg @ q)[:, order])
            s["v"] = np.take(s["v"], order, axis=i)
    return np.asarray(moved)


MATRICES: list[tuple[int, ...]] = [(3, 4), (4, 2), (2, 2)]

ORACLES = [
    Oracle("Adafactor", {"lr": 0.3}, adafactor),
    Oracle("Adafactor", {"lr": 0.1, "eps": (0.3, 0.4), "d": 1.2, "beta2_decay": -0.5, "weight_decay": 0.1}, adafactor),
    Oracle("Adafactor", {"lr": 0.1, "eps": (0.1, 1e-3), "eps_place": "square"}, adafactor),
    Oracle("Muon", {"lr": 0.1}, muon, shapes=MATRICES),
    Oracle("Muon", {"lr": 0.1, "momentum": 0.5, "nesterov": False, "eps": 0.9}, muon, shapes=MATRICES),
    Oracle("Muon", {"lr": 0.1, "ns_steps": 2, "adjust_lr_fn": "match_rms_adamw"}, muon, shapes=MATRICES),
    Oracle("Muon", {"lr": 0.1, "ns_coefficients": (1.5, -0.5, 0.0), "adjust_lr_fn": "original"}, muon, shapes=MATRICES),
    Oracle("Shampoo", {"lr": 0.1, "matrix_eps": 0.1, "weight_decay": 0.1}, shampoo),
    Oracle("Shampoo", {"lr": 0.1, "matrix_eps": 0.2, "preconditioning_compute_steps": 3}, shampoo),
    Oracle("SOAP", {"lr": 0.1, "eps": 0.1}, soap),
    Oracle("SOAP", {"lr": 0.1, "betas": (0.5, 0.8), "shampoo_beta": 0.6, "precondition_frequency": 3}, soap),
    Oracle("SOAP", {"lr": 0.1, "eps": 0.1, "max_precondition_dim": 3, "weight_decay": 0.2}, soap),
]
