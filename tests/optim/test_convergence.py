"""Every optimizer finds the minima of three functions; how fast on a quadratic; and where Adam goes wrong.

A function ends where the parameter has come, and stayed for ten steps, within a fiftieth of its first distance from the
minimum. `TABLE` says how each optimizer is made for it; one that is not there fails a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim


class Function(NamedTuple):
    """What is squared and summed, of two numbers; where to start, where its minimum is, how many steps may be taken."""

    residuals: Callable[[Any, Any], Sequence[Any]]
    start: tuple[float, float]
    minimum: tuple[float, float]
    limit: int


FUNCTIONS = {
    "quadratic": Function(lambda x, y: [x, 10**0.5 * y], (2.0, 1.0), (0.0, 0.0), 1_000),
    "rosenbrock": Function(lambda x, y: [1 - x, 10 * (y - x * x)], (-1.2, 1.0), (1.0, 1.0), 6_000),
    "beale": Function(
        lambda x, y: [1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3], (1.0, 1.0), (3.0, 0.5), 2_000
    ),
}


class Row(NamedTuple):
    """An optimizer's settings, its learning rates for the quadratic, Rosenbrock and Beale, and their decay at a step.

    `make`, from a parameter and a learning rate, where it is not made as most are. `wants` is what its closure does: it
    calls "backward", estimates the "hessian" too, or returns the "loss", the "residuals", or "outputs" and loss.
    """

    lrs: tuple[float, float, float]
    settings: Mapping[str, Any] = MappingProxyType({})
    decay: float = 1.0
    make: Callable[[Any, float], Any] | None = None
    wants: str = "backward"


FAST = {"betas": (0.9, 0.99)}


def heavy_ball(p: Any, lr: float) -> optim.SGD:
    return optim.SGD([p], lr=lr, momentum=0.9)


TABLE: dict[str, Row] = {
    "ADOPT": Row((0.5, 1.0, 0.5), FAST),
    "ASGD": Row((0.05, 0.002, 0.02), {"lambd": 0}),
    "AdEMAMix": Row((0.2, 0.2, 0.2)),
    "AdaBelief": Row((0.1, 0.5, 0.2), FAST),
    "AdaHessian": Row((1.0, 3.0, 1.0), wants="hessian"),
    "Adadelta": Row((1.0, 0.002, 0.02), {"eps": 1e-2}),
    "Adafactor": Row((1.0, 0.01, 0.03)),
    "Adagrad": Row((1.0, 1.0, 1.0)),
    "Adam": Row((0.5, 0.2, 0.2), FAST),
    "AdamW": Row((0.5, 0.2, 0.2), {**FAST, "weight_decay": 0}),
    "Adamax": Row((0.2, 0.1, 0.2), FAST),
    "Adan": Row((1.0, 0.2, 0.5)),
    "ChainOptimizer": Row(
        (0.5, 0.2, 0.2),
        make=lambda p, lr: optim.ChainOptimizer([p], optim.chain(optim.scale_by(optim.Adam, **FAST), optim.scale(-lr))),
    ),
    "DAdaptAdam": Row((1.0, 1.0, 0.3), {"d0": 1e-2}),
    "DAdaptSGD": Row((1.0, 3.0, 1.0), {"d0": 1e-2}),
    "DoG": Row((1.0, 0.5, 1.0), {"reps_rel": 0.1}),
    "DoWG": Row((1.0, 1.0, 1.0), {"init_estim_sq_dist": 0.1}),
    "FTRL": Row((1.0, 1.0, 1.0), {"beta": 1.0}),
    "GaussNewton": Row((1.0, 1.0, 1.0), wants="residuals"),
    "GradientAccumulation": Row(
        (0.1, 0.003, 0.01), make=lambda p, lr: optim.GradientAccumulation(heavy_ball(p, lr), 2)
    ),
    "LAMB": Row((0.1, 0.02, 0.01)),
    "LARS": Row((5.0, 5.0, 2.0)),
    "LBFGS": Row((1.0, 1.0, 1.0), {"line_search_fn": "strong_wolfe"}),
    "LevenbergMarquardt": Row((1.0, 1.0, 1.0), make=lambda p, _: optim.LevenbergMarquardt([p]), wants="residuals"),
    "Lion": Row((0.005, 0.005, 0.005)),
    "Lookahead": Row((0.1, 0.003, 0.03), make=lambda p, lr: optim.Lookahead(heavy_ball(p, lr))),
    "MADGRAD": Row((0.05, 0.02, 0.2)),
    "Muon": Row((0.1, 0.03, 0.03), {"weight_decay": 0}),
    "NAdam": Row((0.2, 0.01, 0.2), FAST),
    "NaturalGradient": Row((1.0, 1.0, 1.0), {"fisher": "gaussian"}, wants="outputs"),
    "NesterovLookahead": Row((0.03, 0.001, 0.03), make=lambda p, lr: optim.NesterovLookahead(optim.SGD([p], lr=lr))),
    "Newton": Row((1.0, 1.0, 1.0), wants="loss"),
    "NewtonCG": Row((1.0, 1.0, 1.0), wants="outputs"),
    "NovoGrad": Row((0.1, 0.1, 0.1)),
    "OptimizerGroup": Row(
        (0.1, 0.003, 0.01),
        make=lambda p, lr: optim.OptimizerGroup([("w", p)], {"*": lambda ps: heavy_ball(ps[0][1], lr)}),
    ),
    "PolyakSGD": Row((1.0, 1.0, 1.0)),
    "Prodigy": Row((1.0, 0.3, 0.3), {"d0": 1e-2}),
    "QHAdam": Row((1.0, 0.1, 0.05)),
    "QHM": Row((0.1, 0.005, 0.1)),
    "RAdam": Row((0.1, 0.005, 0.05), FAST),
    "RMSprop": Row((0.02, 0.02, 0.05), {"momentum": 0.9}),
    "Rprop": Row((0.1, 0.05, 0.1)),
    "SAM": Row((0.1, 0.002, 0.01), make=lambda p, lr: optim.SAM(heavy_ball(p, lr), rho=1e-3)),
    "SGD": Row((0.02, 0.002, 0.01), {"momentum": 0.9}),
    "SM3": Row((1.0, 2.0, 2.0), {"momentum": 0.9}),
    "SOAP": Row((1.0, 0.3, 1.0), {"weight_decay": 0}),
    "ScheduleFreeAdamW": Row((1.0, 1.0, 1.0)),
    "ScheduleFreeSGD": Row((0.3, 0.003, 0.03)),
    "Shampoo": Row((1.0, 1.0, 1.0)),
    "SignSGD": Row((0.01, 0.005, 0.003), decay=0.999),
    "Signum": Row((0.01, 0.001, 0.005)),
    "SophiaG": Row((0.1, 0.03, 0.3), {**FAST, "weight_decay": 0}, wants="hessian"),
    "SophiaH": Row((0.3, 0.3, 0.3), {"weight_decay": 0}, wants="hessian"),
    "SparseAdam": Row((0.5, 0.2, 0.2), FAST),
    "StableAdamW": Row((0.5, 0.2, 0.2), {**FAST, "weight_decay": 0}),
    "Yogi": Row((0.2, 1.0, 0.2), FAST),
}


def closure_of(opt: Any, function: Function, w: Any, wants: str) -> Callable[[], Any]:
    def residuals() -> Any:
        return torch.stack(list(function.residuals(w[0, 0], w[0, 1]))).unsqueeze(0)

    def loss() -> Any:
        return sum(r * r for r in function.residuals(w[0, 0], w[0, 1]))

    def backward() -> Any:
        opt.zero_grad()
        value = loss()
        if wants == "hessian":
            opt.update_hessian(value, *[1] * isinstance(opt, optim.SophiaG))
        value.backward()
        return value

    known = {"residuals": residuals, "loss": loss, "outputs": lambda: ((r := residuals()), (r * r).sum() / 2)}
    return known.get(wants, backward)


def test_every_optimizer_is_in_the_table() -> None:
    public = {n for n in optim.__all__ if isinstance(c := getattr(optim, n), type) and issubclass(c, optim.Optimizer)}
    assert public - {"Optimizer", "KFAC"} == set(TABLE)  # KFAC steps models of Linear layers, which these are not


@pytest.mark.parametrize("at", range(3), ids=list(FUNCTIONS))
@pytest.mark.parametrize("name", TABLE)
def test_every_optimizer_finds_the_minimum(name: str, at: int) -> None:
    row, function = TABLE[name], list(FUNCTIONS.values())[at]
    torch.manual_seed(0)
    w = torch.tensor([function.start], dtype=torch.float64, requires_grad=True)  # a matrix, for those that want one
    lr = row.lrs[at]
    opt = row.make(w, lr) if row.make else getattr(optim, name)([w], lr=lr, **row.settings)

    closure = closure_of(opt, function, w, row.wants)
    whole_way, near = math.dist(function.start, function.minimum), 0
    for _ in range(function.limit):
        opt.step(closure)
        if row.decay < 1:
            opt.param_groups[0]["lr"] *= row.decay
        near = near + 1 if math.dist(w.tolist()[0], function.minimum) < whole_way / 50 else 0
        if near == 10:
            return
    raise AssertionError(f"{name} with {row} is at {w.tolist()[0]}, not {function.minimum}")


# ---- rates on a quadratic, the sum of eigenvalue * x**2 / 2 ---------------------------------------------------------

LOW, HIGH = 1.0, 100.0  # the eigenvalues at the ends of the spectrum
ROOT = (HIGH / LOW) ** 0.5  # of the condition number


def path(steps: int, **settings: Any) -> Any:
    """The parameter after 0, 1, 2, ... steps from ones, by the eigenvalue."""
    w = torch.ones(2, dtype=torch.float64, requires_grad=True)
    opt = optim.SGD([w], **settings)
    seen = [w.tolist()]
    for _ in range(steps):
        w.grad = w.detach() * torch.tensor([LOW, HIGH], dtype=torch.float64)
        opt.step()
        seen.append(w.tolist())
    return np.array(seen).T


def double_root(r: float, first: float, steps: int) -> Any:
    """1, first, ... of a recurrence whose characteristic polynomial has the root r twice: (1 + c * k) * r**k."""
    k = np.arange(steps + 1)
    return (1 + (first / r - 1) * k) * r**k


def test_gradient_descent_shrinks_each_eigenvector_by_its_own_factor() -> None:
    lr = 2 / (LOW + HIGH)  # the best one
    low, high = path(200, lr=lr)
    k = np.arange(201)
    np.testing.assert_allclose(low, (1 - lr * LOW) ** k, rtol=1e-11)
    np.testing.assert_allclose(high, (1 - lr * HIGH) ** k, rtol=1e-11)
    kappa = HIGH / LOW
    np.testing.assert_allclose(abs(low[1:] / low[:-1]), (kappa - 1) / (kappa + 1), rtol=1e-11)
    np.testing.assert_allclose(abs(high[1:] / high[:-1]), (kappa - 1) / (kappa + 1), rtol=1e-11)


def test_gradient_descent_diverges_beyond_two_over_the_largest_eigenvalue() -> None:
    assert abs(path(400, lr=1.99 / HIGH)[1, -1]) < 0.02
    assert abs(path(400, lr=2.01 / HIGH)[1, -1]) > 50


@pytest.mark.parametrize("form", ["accumulate", "velocity", "ema"])
def test_the_heavy_ball_has_its_best_rate(form: str) -> None:
    """Polyak 1964: with the best lr and momentum every eigenvector shrinks by (sqrt(kappa) - 1) / (sqrt(kappa) + 1)."""
    rate = (ROOT - 1) / (ROOT + 1)
    lr, momentum = 4 / (HIGH**0.5 + LOW**0.5) ** 2, rate**2
    low, high = path(300, lr=lr / (1 - momentum) if form == "ema" else lr, momentum=momentum, momentum_form=form)
    np.testing.assert_allclose(low, double_root(rate, 1 - lr * LOW, 300), rtol=1e-6)
    np.testing.assert_allclose(high, double_root(-rate, 1 - lr * HIGH, 300), rtol=1e-6)
    assert abs(low[300] / low[200]) ** 0.01 == pytest.approx(rate, rel=0.01)


@pytest.mark.parametrize("form", ["accumulate", "velocity"])
def test_nesterovs_rate(form: str) -> None:
    """Nesterov 2004, section 2.2: with lr = 1 / L the slowest eigenvector shrinks by 1 - 1 / sqrt(kappa)."""
    lr, momentum = 1 / HIGH, (ROOT - 1) / (ROOT + 1)
    low, high = path(300, lr=lr, momentum=momentum, nesterov=True, momentum_form=form)
    rate = 1 - 1 / ROOT
    np.testing.assert_allclose(low, double_root(rate, 1 - (1 + momentum) * lr * LOW, 300), rtol=1e-6)
    np.testing.assert_allclose(high[1], -momentum, rtol=1e-12)
    np.testing.assert_allclose(high[2:], 0, atol=1e-15)
    assert abs(low[300] / low[200]) ** 0.01 == pytest.approx(rate, rel=0.01)


# ---- the online problem of Reddi, Kale & Kumar 2018, theorem 1 ------------------------------------------------------


def end_of(make: Callable[[Any], Any], c: float = 4.0, steps: int = 2_000) -> float:
    """Where x in [-1, 1] ends: the gradient is c every third step, and -1 else, so that -1 is best."""
    x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    opt = make([x])
    for t in range(1, steps + 1):
        x.grad = torch.full((1,), c if t % 3 == 1 else -1.0, dtype=torch.float64)
        opt.param_groups[0]["lr"] = 0.2 / t**0.5
        opt.step()
        x.data.clamp_(-1.0, 1.0)
    return float(x.item())


def test_adam_ends_at_the_worst_point_where_amsgrad_finds_the_best() -> None:
    betas = (0.0, 1 / (1 + 4.0**2))
    assert end_of(lambda ps: optim.Adam(ps, betas=betas)) > 0.9
    assert end_of(lambda ps: optim.Adam(ps, betas=betas, amsgrad=True)) < -0.9
    assert end_of(lambda ps: optim.SGD(ps)) < -0.9
