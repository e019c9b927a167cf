"""Presets against the libraries that they are named after.

The numbers of optax 0.2.8 are from the calls that stand beside them, in float64; where optax is installed, they are
asked again. Keras' rules stand here as plain loops, from its source.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import transforms as t

START = [1.0, -2.0, 0.5]
STEPS = 20


def gradient(x: list[float], step: int) -> list[float]:
    """A gradient that is now and then 0."""
    return [3 * v + math.cos(step + i) if (step + i) % 7 else 0.0 for i, v in enumerate(x)]


def run(make: Callable[..., optim.Optimizer], start: list[float] = START) -> list[float]:
    w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for step in range(STEPS):
        w.grad = torch.tensor(gradient(w.tolist(), step), dtype=torch.float64)
        optimizer.step()
    return w.tolist()


# ---- optax ----

OPTAX: dict[str, list[float]] = {
    "SGD": [0.030888154883408375, -0.1550884008564411, -0.014533853187972755],
    "SGD momentum nesterov": [-0.012420840468837596, -0.09075191307121594, -0.16247562329191945],
    "Adagrad": [0.6901281526526178, -1.6581894341351249, 0.21032053631129938],
    "RMSprop": [0.10955130458382505, -0.8524095653909538, -0.06812930802907988],
    "RMSprop centered momentum": [-0.026725112384909842, -0.10242896033517662, -0.1196560593741825],
    "Adam": [0.23512311575104486, -1.0966409216739164, -0.08643255775269172],
    "Adam amsgrad": [0.4072625254511664, -1.2800049028062555, 0.05357255499084954],
    "AdamW": [0.2350707937327062, -1.0964943189566785, -0.08643349525019157],
    "Lion": [0.049427853756751766, -0.9984758072453368, -0.20013488504339572],
    "LAMB": [0.13528431685592712, -0.9283681146971499, -0.09066986126545067],
    "LAMB decay": [0.16530365541956424, -0.9007627399808977, -0.0805174594551073],
    "DoG": [0.9997198083150725, -1.999477369378187, 0.4998738338360768],
    "chain clip adam": [0.4050089036457553, -1.2176627201406283, 0.005041161422207946],
    "chain clip ema": [0.6046402548093233, -1.5477155425574118, 0.15444401727488946],
}
OURS: dict[str, tuple[Callable[..., optim.Optimizer], Callable[[Any], Any]]] = {
    "SGD": (lambda p: optim.SGD(p, lr=0.05, like="optax"), lambda o: o.sgd(0.05)),
    "SGD momentum nesterov": (
        lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, like="optax"),
        lambda o: o.sgd(0.05, momentum=0.9, nesterov=True),
    ),
    "Adagrad": (lambda p: optim.Adagrad(p, lr=0.05, like="optax"), lambda o: o.adagrad(0.05)),
    "RMSprop": (lambda p: optim.RMSprop(p, lr=0.05, like="optax"), lambda o: o.rmsprop(0.05)),
    "RMSprop centered momentum": (
        lambda p: optim.RMSprop(p, lr=0.05, centered=True, momentum=0.5, like="optax"),
        lambda o: o.rmsprop(0.05, centered=True, momentum=0.5),
    ),
    "Adam": (lambda p: optim.Adam(p, lr=0.05, like="optax"), lambda o: o.adam(0.05)),
    "Adam amsgrad": (
        lambda p: optim.Adam(p, lr=0.05, betas=(0.5, 0.6), amsgrad=True, like="optax"),
        lambda o: o.amsgrad(0.05, b1=0.5, b2=0.6),
    ),
    "AdamW": (lambda p: optim.AdamW(p, lr=0.05, like="optax"), lambda o: o.adamw(0.05)),
    "Lion": (lambda p: optim.Lion(p, lr=0.05, like="optax"), lambda o: o.lion(0.05)),
    "LAMB": (lambda p: optim.LAMB(p, lr=0.05, like="optax"), lambda o: o.lamb(0.05)),
    "LAMB decay": (
        lambda p: optim.LAMB(p, lr=0.05, weight_decay=0.1, like="optax"),
        lambda o: o.lamb(0.05, weight_decay=0.1),
    ),
    "DoG": (lambda p: optim.DoG(p, like="optax"), lambda o: o.contrib.dog(1.0)),
    "chain clip adam": (
        lambda p: optim.ChainOptimizer(
            p,
            optim.chain(
                t.clip_by_global_norm(1.0, eps=0),
                optim.scale_by(optim.Adam),
                optim.add_decayed_weights(0.1),
                optim.scale_by_schedule(lambda k: 1 - k / 32),
                optim.scale(-0.05),
            ),
        ),
        lambda o: o.chain(
            o.clip_by_global_norm(1.0),
            o.scale_by_adam(),
            o.add_decayed_weights(0.1),
            o.scale_by_schedule(lambda k: 1 - k / 32),
            o.scale(-0.05),
        ),
    ),
    "chain clip ema": (
        lambda p: optim.ChainOptimizer(p, optim.chain(t.clip_by_value(0.5), t.ema(0.8), optim.scale(-0.05))),
        lambda o: o.chain(o.clip(0.5), o.ema(0.8), o.scale(-0.05)),
    ),
}


@pytest.mark.parametrize("name", OPTAX)
def test_steps_are_those_of_optax(name: str) -> None:
    np.testing.assert_allclose(run(OURS[name][0]), OPTAX[name], rtol=1e-12)


@pytest.mark.parametrize("name", OPTAX)
def test_optax_still_gives_these_numbers(name: str) -> None:
    optax = pytest.importorskip("optax")
    import jax

    with jax.enable_x64(True):
        transformation = OURS[name][1](optax)
        x = jax.numpy.array(START)
        state = transformation.init(x)
        for step in range(STEPS):
            updates, state = transformation.update(jax.numpy.array(gradient(x.tolist(), step)), state, x)
            x = optax.apply_updates(x, updates)
        np.testing.assert_allclose(x, OPTAX[name], rtol=1e-10)


# ---- keras ----


def keras(step_of: Callable[..., float], lr: float, weight_decay: float = 0.0) -> list[float]:
    """Keras' loop: weights decay first, each element keeps a dict of what it remembers."""
    x, memory = list(START), [dict[str, float]() for _ in START]
    for step in range(STEPS):
        g = gradient(x, step)
        x = [xi - xi * weight_decay * lr for xi in x]
        x = [xi + step_of(gi, kept, step + 1) for xi, gi, kept in zip(x, g, memory, strict=True)]
    return x


def keras_sgd(nesterov: bool) -> Callable[..., float]:
    def step(g: float, kept: dict[str, float], _: int) -> float:
        m = kept["m"] = 0.9 * kept.get("m", 0) - 0.01 * g
        return 0.9 * m - 0.01 * g if nesterov else m

    return step


def keras_rmsprop(centered: bool, momentum: float) -> Callable[..., float]:
    def step(g: float, kept: dict[str, float], _: int) -> float:
        v = kept["v"] = 0.9 * kept.get("v", 0) + 0.1 * g * g
        if centered:
            mean = kept["mean"] = 0.9 * kept.get("mean", 0) + 0.1 * g
            v -= mean * mean
        increment = 1e-3 * g / math.sqrt(v + 1e-7)
        kept["m"] = momentum * kept.get("m", 0) + increment
        return -kept["m"]

    return step


def keras_adagrad(g: float, kept: dict[str, float], _: int) -> float:
    kept["a"] = kept.get("a", 0.1) + g * g
    return -1e-3 * g / math.sqrt(kept["a"] + 1e-7)


def keras_adam(amsgrad: bool) -> Callable[..., float]:
    def step(g: float, kept: dict[str, float], step: int) -> float:
        alpha = 1e-3 * math.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        m = kept["m"] = kept.get("m", 0) + (g - kept.get("m", 0)) * (1 - 0.9)
        v = kept["v"] = kept.get("v", 0) + (g * g - kept.get("v", 0)) * (1 - 0.999)
        if amsgrad:
            v = kept["vhat"] = max(kept.get("vhat", 0), v)
        return -m * alpha / (math.sqrt(v) + 1e-7)

    return step


def keras_lion(g: float, kept: dict[str, float], _: int) -> float:
    m = kept.get("m", 0)
    kept["m"] = 0.99 * m + 0.01 * g
    return -1e-3 * float(np.sign(0.9 * m + 0.1 * g))


KERAS: list[tuple[str, dict[str, Any], Callable[..., float], float, float]] = [
    ("SGD", {"momentum": 0.9}, keras_sgd(False), 0.01, 0),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, keras_sgd(True), 0.01, 0.1),
    ("RMSprop", {}, keras_rmsprop(False, 0), 1e-3, 0),
    ("RMSprop", {"momentum": 0.5, "centered": True, "weight_decay": 0.1}, keras_rmsprop(True, 0.5), 1e-3, 0.1),
    ("Adagrad", {"weight_decay": 0.1}, keras_adagrad, 1e-3, 0.1),
    ("Adam", {}, keras_adam(False), 1e-3, 0),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}, keras_adam(True), 1e-3, 0.1),
    ("AdamW", {}, keras_adam(False), 1e-3, 0.004),
    ("Lion", {}, keras_lion, 1e-3, 0),
]


@pytest.mark.parametrize(("name", "options", "step_of", "lr", "weight_decay"), KERAS)
def test_steps_are_those_of_keras(
    name: str, options: dict[str, Any], step_of: Callable[..., float], lr: float, weight_decay: float
) -> None:
    ours = run(lambda p: getattr(optim, name)(p, like="keras", **options))
    np.testing.assert_allclose(ours, keras(step_of, lr, weight_decay), rtol=1e-12)


# ---- scikit-learn ----


@pytest.mark.parametrize(
    ("name", "ours", "theirs"),
    [
        ("SGD", {}, {}),
        ("SGD", {"lr": 0.01, "momentum": 0.5, "nesterov": False}, {"learning_rate_init": 0.01, "momentum": 0.5}),
        ("Adam", {}, {}),
    ],
)
def test_steps_are_those_of_sklearn(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    optimizers = pytest.importorskip("sklearn.neural_network._stochastic_optimizers")
    x = [np.array(START)]
    nesterov = {"nesterov": False} if "nesterov" in ours else {}
    optimizer = getattr(optimizers, f"{name}Optimizer")(x, **theirs, **nesterov)
    for step in range(STEPS):
        optimizer.update_params(x, [np.array(gradient(x[0].tolist(), step))])
    np.testing.assert_allclose(run(lambda p: getattr(optim, name)(p, like="sklearn", **ours)), x[0], rtol=1e-12)


# ---- forms of momentum ----


def test_the_forms_of_momentum_differ_as_they_say() -> None:
    def moved(form: str, lr: float, nesterov: bool) -> list[float]:
        return run(lambda p: optim.SGD(p, lr=lr, momentum=0.8, nesterov=nesterov, momentum_form=form))

    for nesterov in (False, True):
        accumulated = moved("accumulate", 0.01, nesterov)
        np.testing.assert_allclose(moved("velocity", 0.01, nesterov), accumulated, rtol=1e-12)
        np.testing.assert_allclose(moved("ema", 0.05, nesterov), accumulated, rtol=1e-12)


def test_eps_inside_the_root() -> None:
    w = torch.tensor([1.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.Adam([w], lr=0.1, eps=0.5, eps_place="inside")
    w.grad = torch.tensor([2.0], dtype=torch.float64)
    optimizer.step()
    assert w.item() == pytest.approx(1 - 0.1 * 2 / math.sqrt(4 + 0.5))


# ---- what wins ----


def test_what_the_caller_says_wins_over_the_preset_and_this_over_the_defaults() -> None:
    params = [torch.ones(1, requires_grad=True)]
    (group,) = optim.Adam(params, like="keras").param_groups
    assert (group["eps"], group["eps_place"], group["lr"]) == (1e-7, "hat", 1e-3)
    (group,) = optim.Adam(params, 0.5, (0.5, 0.6), 1e-3, like="keras").param_groups
    assert (group["eps"], group["eps_place"], group["lr"]) == (1e-3, "hat", 0.5)
    (group,) = optim.Adam(params, eps_place="outside", like="keras").param_groups
    assert group["eps_place"] == "outside"
    (group,) = optim.AdamW(params, like="optax").param_groups
    assert group["weight_decay"] == 1e-4
    (group,) = optim.AdamW(params, like="torch").param_groups
    assert group["weight_decay"] == 1e-2


def test_an_unknown_preset_lists_those_that_exist() -> None:
    with pytest.raises(ValueError, match="RMSprop has no preset 'sklearn'; it has 'torch', 'optax', 'keras', 'paper'"):
        optim.RMSprop([torch.ones(1, requires_grad=True)], like="sklearn")
