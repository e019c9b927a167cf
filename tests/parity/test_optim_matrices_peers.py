"""Optimizers of matrices, of curvature and without a learning rate against pytorch_optimizer and optax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt import optim

SHAPES: list[tuple[int, ...]] = [(3, 4), (5,), (2, 3, 2)]
LOW = (0.5, 0.8)


def gradient(p: Any, t: int, i: int) -> Any:
    return 0.4 * (p - 0.5) + 0.3 * np.random.default_rng([t, i]).normal(size=p.shape)


def starts() -> list[Any]:
    return [np.random.default_rng(i).normal(size=s) for i, s in enumerate(SHAPES)]


def run(lib: Any, optimizer_of: Callable[[list[Any]], Any], steps: int) -> list[Any]:
    params = [lib.tensor(p, requires_grad=True) for p in starts()]
    optimizer = optimizer_of(params)
    for t in range(steps):
        for i, p in enumerate(params):
            p.grad = lib.tensor(gradient(p.detach().numpy(), t, i))
        optimizer.step()
    return [p.detach().numpy() for p in params]


# pytorch_optimizer finds Prodigy's and D-Adaptation's distances in float32, and SOAP's later eigenvectors too.
EXACT, SINGLE = 1e-9, 1e-4
PEERS: list[tuple[str, dict[str, Any], float]] = [
    ("Shampoo", {"lr": 0.1, "matrix_eps": 0.1}, EXACT),
    ("SOAP", {"lr": 0.1, "betas": LOW, "weight_decay": 0.0, "precondition_frequency": 100}, EXACT),
    ("SOAP", {"lr": 0.1, "betas": LOW, "weight_decay": 0.0, "precondition_frequency": 3}, SINGLE),
    ("ScheduleFreeSGD", {"lr": 0.3, "momentum": 0.7, "warmup_steps": 4, "weight_decay": 0.1, "r": 0.5}, EXACT),
    (
        "ScheduleFreeAdamW",
        {"lr": 0.3, "betas": LOW, "eps": 0.1, "weight_decay": 0.1, "weight_lr_power": 1.0},
        EXACT,
    ),
    ("Prodigy", {"betas": LOW, "eps": 0.1, "d0": 0.01, "weight_decay": 0.1, "d_coef": 1.5}, SINGLE),
    ("Prodigy", {"betas": LOW, "d0": 0.01, "safeguard_warmup": True, "lr": 0.5}, SINGLE),
    ("DAdaptAdam", {"betas": LOW, "eps": 0.1, "d0": 0.01}, SINGLE),
    ("DAdaptSGD", {"momentum": 0.6, "d0": 0.01}, SINGLE),
]


@pytest.mark.parametrize(("name", "options", "rtol"), PEERS, ids=str)
def test_steps_are_those_of_pytorch_optimizer(name: str, options: dict[str, Any], rtol: float) -> None:
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("pytorch_optimizer")
    a = run(tinygrad_opt, lambda params: getattr(optim, name)(params, **options), 20)
    b = run(torch, lambda params: getattr(peer, name)(params, **options), 20)
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(x, y, rtol=rtol, atol=rtol / 10)


@pytest.mark.parametrize("name", ["SophiaH", "AdaHessian"])
def test_steps_by_given_hessians_are_those_of_pytorch_optimizer(name: str) -> None:
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("pytorch_optimizer")
    ours = [tinygrad_opt.tensor(p, requires_grad=True) for p in starts()]
    theirs = [torch.tensor(p, requires_grad=True) for p in starts()]
    p = 0.3
    if name == "SophiaH":  # clips m / max(h, eps) at p, and then multiplies by lr
        one: Any = optim.SophiaH(ours, lr=0.1 * p, rho=p, eps=p * 0.2, betas=LOW, weight_decay=0)
        two: Any = peer.SophiaH(theirs, lr=0.1, p=p, eps=0.2, betas=LOW)
    else:
        one = optim.AdaHessian(ours, lr=0.1, betas=LOW, eps=0.1)
        two = peer.AdaHessian(theirs, lr=0.1, betas=LOW, eps=0.1)
    for t in range(20):
        hessians = [np.random.default_rng([9, t, i]).normal(size=s) for i, s in enumerate(SHAPES)]
        loss = sum((tinygrad_opt.tensor(h) * q * q).sum() / 2 for h, q in zip(hessians, ours, strict=True))
        one.update_hessian(loss, **{"noise": "rademacher"} if name == "SophiaH" else {})
        for i, (q, r) in enumerate(zip(ours, theirs, strict=True)):
            q.grad = tinygrad_opt.tensor(gradient(q.detach().numpy(), t, i))
            r.grad = torch.tensor(gradient(r.detach().numpy(), t, i))
        one.step()
        two.step(hessian=[torch.tensor(h) for h in hessians])
    for q, r in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(q.detach().numpy(), r.detach().numpy(), rtol=EXACT)


OPTAX: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "Prodigy": (
        lambda p: optim.Prodigy(p, betas=LOW, eps=0.1, d0=0.01, weight_decay=0.1, like="optax"),
        lambda o: o.contrib.prodigy(1.0, betas=LOW, eps=0.1, estim_lr0=0.01, weight_decay=0.1),
    ),
    "DAdaptAdam": (
        lambda p: optim.DAdaptAdam(p, betas=LOW, eps=0.1, d0=0.01, like="optax"),
        lambda o: o.contrib.dadapt_adamw(1.0, betas=LOW, eps=0.1, estim_lr0=0.01),
    ),
    "DoG": (lambda p: optim.DoG(p, reps_rel=0.01), lambda o: o.contrib.dog(1.0, ("heuristic", 0.01))),
    "DoWG": (
        lambda p: optim.DoWG(p, init_estim_sq_dist=0.01, eps=0.1, like="optax"),
        lambda o: o.contrib.dowg(1.0, 0.01, 0.1),
    ),
}


@pytest.mark.parametrize("name", OPTAX)
def test_steps_are_those_of_optax(name: str) -> None:
    optax = pytest.importorskip("optax")
    import jax

    ours = run(tinygrad_opt, OPTAX[name][0], 20)
    with jax.enable_x64(True):
        transformation = OPTAX[name][1](optax)
        xs = [jax.numpy.array(p) for p in starts()]
        state = transformation.init(xs)
        for t in range(20):
            gs = [jax.numpy.array(gradient(np.asarray(x), t, i)) for i, x in enumerate(xs)]
            updates, state = transformation.update(gs, state, xs)
            xs = optax.apply_updates(xs, updates)
    for x, y in zip(ours, xs, strict=True):
        np.testing.assert_allclose(x, np.asarray(y), rtol=EXACT)
