"""Steps against optax's and pytorch_optimizer's, where PyTorch has no such optimizer or `like` follows them.

Known differences, which are not ours: pytorch_optimizer's MADGRAD adds eps to lr, as its authors' code (optax's
rounds sqrt(t) to float32); pytorch_optimizer clips the
ADOPT of step t at t**0.25, where the paper has t - 1, and scales by LARS only what has two dimensions or more.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

Steps = list[Any]
SHAPES = [(3, 4), (5,), (2, 3, 2)]
STEPS = 30


def starts(shapes: list[tuple[int, ...]]) -> Steps:
    rng = np.random.default_rng(11)
    return [rng.normal(size=shape) for shape in shapes]


def gradient(p: Any, t: int, i: int) -> Any:
    return 0.4 * (p - 0.5) + 0.3 * np.random.default_rng([t, i]).normal(size=p.shape)


def ours(name: str, options: dict[str, Any], shapes: list[tuple[int, ...]]) -> Steps:
    params = [tinygrad_opt.tensor(p, requires_grad=True) for p in starts(shapes)]
    optimizer = getattr(tinygrad_opt.optim, name)(params, **options)
    for t in range(STEPS):
        for i, p in enumerate(params):
            p.grad = tinygrad_opt.tensor(gradient(p.detach().numpy(), t, i))
        optimizer.step()
    return [p.detach().numpy() for p in params]


def agree(mine: Steps, theirs: Steps, rtol: float = 1e-9) -> None:
    for x, y in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(x, y, rtol=rtol, atol=1e-11)


# ---- optax ----------------------------------------------------------------------------------------------------------


def warmed(last: float, steps: int) -> Any:
    """A schedule in optax's form, which counts from 0: `last` after `steps`, linearly."""
    import jax.numpy as jnp

    return lambda count: jnp.minimum(last * jnp.float64(count + 1) / steps, last)


def warmed_beta(first: float, last: float, steps: int) -> Any:
    """The same for beta3 of AdEMAMix, in half-lives."""
    import jax.numpy as jnp

    def schedule(count: Any) -> Any:
        a = jnp.float64(count + 1) / steps
        inverse = (1 - a) / math.log(first) + a / math.log(last)
        return jnp.where(a < 1, jnp.exp(1 / inverse), last)

    return schedule


OPTAX: list[tuple[str, dict[str, Any], Any]] = [
    ("Adadelta", {"lr": 0.5, "like": "optax"}, lambda o: o.adadelta(0.5)),
    ("Adamax", {"lr": 0.1, "like": "optax"}, lambda o: o.adamax(0.1)),
    ("NAdam", {"lr": 0.1, "like": "optax"}, lambda o: o.nadam(0.1)),
    ("RAdam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 0.1, "like": "optax"}, lambda o: o.radam(0.1, 0.8, 0.9, 0.1)),
    ("AdaBelief", {"lr": 0.1, "like": "optax"}, lambda o: o.adabelief(0.1)),
    ("Yogi", {"lr": 0.1, "like": "optax"}, lambda o: o.yogi(0.1)),
    ("Adan", {"lr": 0.1, "weight_decay": 0.2, "like": "optax"}, lambda o: o.adan(0.1, weight_decay=0.2)),
    (
        "ADOPT",
        {"lr": 0.1, "betas": (0.8, 0.9), "like": "optax"},
        lambda o: o.contrib.adopt(0.1, 0.8, 0.9),
    ),
    (
        "ADOPT",
        {"lr": 0.1, "betas": (0.8, 0.9), "clipping": False},
        lambda o: o.contrib.adopt(0.1, 0.8, 0.9, use_clipping=False),
    ),
    (
        "AdEMAMix",
        {"lr": 0.1, "weight_decay": 0.2, "like": "optax"},
        lambda o: o.contrib.ademamix(0.1, alpha=5.0, weight_decay=0.2),
    ),
    (
        "AdEMAMix",
        {"lr": 0.1, "betas": (0.8, 0.9, 0.99), "alpha": 3, "alpha_warmup": 12, "beta3_warmup": 20},
        lambda o: o.contrib.ademamix(0.1, 0.8, 0.9, b3=warmed_beta(0.8, 0.99, 20), alpha=warmed(3.0, 12)),
    ),
    ("SignSGD", {"lr": 0.1, "like": "optax"}, lambda o: o.sign_sgd(0.1)),
    ("Signum", {"lr": 0.1, "like": "optax"}, lambda o: o.signum(0.1)),
    (
        "LARS",
        {"lr": 0.5, "weight_decay": 0.2, "trust_coefficient": 0.1, "like": "optax"},
        lambda o: o.lars(0.5, weight_decay=0.2, trust_coefficient=0.1),
    ),
    (
        "LARS",
        {"lr": 0.5, "trust_coefficient": 0.1, "nesterov": True, "like": "optax"},
        lambda o: o.lars(0.5, trust_coefficient=0.1, nesterov=True),
    ),
    ("LAMB", {"lr": 0.1, "weight_decay": 0.2, "like": "optax"}, lambda o: o.lamb(0.1, weight_decay=0.2)),
    ("NovoGrad", {"lr": 0.1, "weight_decay": 0.2, "like": "optax"}, lambda o: o.novograd(0.1, weight_decay=0.2)),
    ("SM3", {"lr": 0.1, "like": "optax"}, lambda o: o.sm3(0.1)),
]


@pytest.mark.parametrize(("name", "options", "make"), OPTAX, ids=[f"{n} {o}" for n, o, _ in OPTAX])
def test_steps_are_those_of_optax(name: str, options: dict[str, Any], make: Any) -> None:
    pytest.importorskip("optax")
    import jax
    import jax.numpy as jnp
    import optax

    with jax.enable_x64(True):
        params = [jnp.asarray(p) for p in starts(SHAPES)]
        transform = make(optax)
        state = transform.init(params)
        update = jax.jit(transform.update)
        for t in range(STEPS):
            gradients = [jnp.asarray(gradient(np.asarray(p), t, i)) for i, p in enumerate(params)]
            updates, state = update(gradients, state, params)
            params = optax.apply_updates(params, updates)
        theirs = [np.asarray(p) for p in params]
    agree(ours(name, options, SHAPES), theirs)


# ---- pytorch_optimizer ----------------------------------------------------------------------------------------------

SOME: dict[str, Any] = {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-3}
PEERS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [  # ours, and what theirs has besides or in place of it
    ("AdaBelief", {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1}, {}),
    ("Yogi", {**SOME, "weight_decay": 0.1}, {"initial_accumulator": 1e-6}),
    ("Adan", {"lr": 0.1, "weight_decay": 0.2}, {}),
    ("Adan", {"lr": 0.1, "weight_decay": 0.2, "no_prox": True}, {"no_prox": None, "weight_decouple": True}),
    ("AdEMAMix", {"lr": 0.1, "weight_decay": 0.1}, {"weight_decouple": True}),
    (
        "AdEMAMix",
        {"lr": 0.1, "betas": (0.8, 0.9, 0.99), "alpha": 3.0, "alpha_warmup": 20, "beta3_warmup": 20},
        {"alpha_warmup": None, "beta3_warmup": None, "t_alpha_beta3": 20},
    ),
    ("QHM", {"lr": 0.1, "momentum": 0.8, "nu": 0.6, "weight_decay": 0.1}, {}),
    ("QHAdam", {**SOME, "nus": (0.6, 0.7), "weight_decay": 0.1}, {}),
    ("StableAdamW", {**SOME, "weight_decay": 0.1}, {}),
    ("SignSGD", {"lr": 0.1}, {"momentum": 0.0}),
    ("Signum", {"lr": 0.1, "weight_decay": 0.1}, {"name": "SignSGD", "momentum": 0.9}),
    ("NovoGrad", {**SOME, "weight_decay": 0.1}, {"debias": False}),
    ("NovoGrad", {**SOME, "grad_averaging": True}, {}),
    ("SM3", {"lr": 0.1}, {}),
    ("SM3", {"lr": 0.1, "momentum": 0.8}, {}),
    ("MADGRAD", {"lr": 0.1 + 1e-6, "weight_decay": 0.1}, {"lr": 0.1}),
    ("FTRL", {"lr": 0.3, "beta": 0.5, "lambda_1": 0.2, "lambda_2": 0.1}, {}),
    ("ADOPT", {**SOME, "clipping": False}, {"clipping": None, "clip_lambda": lambda step: math.inf}),
    ("LARS", {"lr": 0.5, "weight_decay": 0.2, "trust_coefficient": 0.1, "momentum_form": "accumulate"},
     {"momentum_form": None}),
]  # fmt: skip

ROUNDED = {"QHAdam": 1e-6}  # theirs keeps the divisors of its bias correction in float32


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "options", "other"), PEERS, ids=[f"{n} {o}" for n, o, _ in PEERS])
def test_steps_are_those_of_pytorch_optimizer(name: str, options: dict[str, Any], other: dict[str, Any]) -> None:
    peers = pytest.importorskip("pytorch_optimizer")
    torch = pytest.importorskip("torch")
    shapes = [shape for shape in SHAPES if name != "LARS" or len(shape) > 1]
    other = dict(other)
    cls = getattr(peers, other.pop("name", name))
    params = [torch.tensor(p, requires_grad=True) for p in starts(shapes)]
    merged = {**options, **other}
    optimizer = cls(params, **{k: v for k, v in merged.items() if v is not None}, foreach=False)
    for t in range(STEPS):
        for i, p in enumerate(params):
            p.grad = torch.tensor(gradient(p.detach().numpy(), t, i))
        optimizer.step()
    agree(ours(name, options, shapes), [p.detach().numpy() for p in params], ROUNDED.get(name, 1e-9))
