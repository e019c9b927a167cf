"""Every optimizer finds the minima of three functions; how fast on a quadratic; and where Adam goes wrong.

A function ends where the parameter has come, and stayed for ten steps, within a fiftieth of its first distance from the
minimum. `TABLE` says how each optimizer is made for it, and how it steps; one that is not there fails a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import nn, optim


class Function(NamedTuple):
    """What is squared and summed, where to start, where the minimum is, and how many steps may be taken."""

    residuals: Callable[[Any, Any], tuple[Any, ...]]
    start: tuple[float, float]
    minimum: tuple[float, float]
    limit: int


def quadratic(x: Any, y: Any) -> tuple[Any, ...]:
    return x, 10**0.5 * y


def rosenbrock(x: Any, y: Any) -> tuple[Any, ...]:
    return 1 - x, 10 * (y - x * x)


def beale(x: Any, y: Any) -> tuple[Any, ...]:
    return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3


FUNCTIONS = {
    "quadratic": Function(quadratic, (2.0, 1.0), (0.0, 0.0), 1_000),
    "rosenbrock": Function(rosenbrock, (-1.2, 1.0), (1.0, 1.0), 6_000),
    "beale": Function(beale, (1.0, 1.0), (3.0, 0.5), 2_000),
}


# ---- steps: each takes one, given the optimizer and what computes the residuals -------------------------------------

Residuals = Callable[[], tuple[Any, ...]]


def loss_of(residuals: tuple[Any, ...]) -> Any:
    return sum(r * r for r in residuals)


def usual(opt: Any, residuals: Residuals) -> None:
    def closure() -> Any:
        opt.zero_grad()
        loss = loss_of(residuals())
        loss.backward()
        return loss

    opt.step(closure)


def averaged(opt: Any, residuals: Residuals) -> None:
    """The weights are looked at in evaluation mode."""
    opt.train()
    usual(opt, residuals)
    opt.eval()


def estimated(opt: Any, residuals: Residuals) -> None:
    opt.update_hessian(loss_of(residuals()))
    usual(opt, residuals)


def estimated_by_draws(opt: Any, residuals: Residuals) -> None:
    """The residuals predict normal distributions of variance 1/2, of which the loss is -log p at 0."""
    r = torch.stack(residuals())
    opt.update_hessian(((r - r.detach() - 0.5**0.5 * torch.randn_like(r)) ** 2).sum(), batch_size=1)
    usual(opt, residuals)


def without_backward(opt: Any, residuals: Residuals) -> None:
    opt.step(lambda: loss_of(residuals()))


def with_output(opt: Any, residuals: Residuals) -> None:
    """The output is one example, of normal distributions of variance 1, whose targets are 0."""

    def closure() -> Any:
        output = torch.stack(residuals()).unsqueeze(0)
        return output, (output * output).sum() / 2

    opt.step(closure)


def by_residuals(opt: Any, residuals: Residuals) -> None:
    opt.step(lambda: torch.stack(residuals()))


class Row(NamedTuple):
    """An optimizer's settings, its learning rates for the quadratic, Rosenbrock and Beale, and their decay at a step.

    `make`, from a parameter and a learning rate, where it is not made as most are; `step` where it takes another.
    """

    lrs: tuple[float, float, float] = (1.0, 1.0, 1.0)
    settings: Mapping[str, Any] = MappingProxyType({})
    decay: float = 1.0
    make: Callable[[Any, float], Any] | None = None
    step: Callable[[Any, Residuals], None] = usual


FAST = {"betas": (0.9, 0.99)}


def sgd(p: Any, lr: float) -> optim.SGD:
    return optim.SGD([p], lr=lr, momentum=0.9)


TABLE: dict[str, Row] = {
    "ADOPT": Row((0.5, 1.0, 0.5), FAST),
    "ASGD": Row((0.05, 0.002, 0.02), {"lambd": 0}),
    "AdEMAMix": Row((0.2, 0.2, 0.2)),
    "AdaBelief": Row((0.1, 0.5, 0.2), FAST),
    "AdaHessian": Row((0.5, 2.0, 0.5), {"betas": (0.99, 0.999)}, step=estimated),
    "Adadelta": Row((1.0, 0.002, 0.02), {"eps": 1e-2}),
    "Adafactor": Row((0.5, 0.1, 0.05), decay=0.999),
    "Adagrad": Row((1.0, 1.0, 1.0)),
    "Adam": Row((0.5, 0.2, 0.2), FAST),
    "AdamW": Row((0.5, 0.2, 0.2), {**FAST, "weight_decay": 0}),
    "Adamax": Row((0.2, 0.1, 0.2), FAST),
    "Adan": Row((1.0, 0.2, 0.5)),
    "ChainOptimizer": Row(
        (0.5, 0.2, 0.2),
        make=lambda p, lr: optim.ChainOptimizer([p], optim.chain(optim.scale_by(optim.Adam, **FAST), optim.scale(-lr))),
    ),
    "DAdaptAdam": Row(settings={**FAST, "d0": 0.01}),
    "DAdaptSGD": Row(),
    "DoG": Row((1.0, 0.5, 1.0), {"reps_rel": 0.1}),
    "DoWG": Row((1.0, 0.2, 1.0), {"init_estim_sq_dist": 1e-2}),
    "FTRL": Row((1.0, 1.0, 1.0), {"beta": 1.0}),
    "GaussNewton": Row(step=by_residuals),
    "GradientAccumulation": Row(
        (0.02, 0.002, 0.01), make=lambda p, lr: optim.GradientAccumulation(sgd(p, lr), steps=2)
    ),
    "LAMB": Row((0.1, 0.02, 0.01)),
    "LARS": Row((5.0, 5.0, 2.0)),
    "LBFGS": Row(settings={"line_search_fn": "strong_wolfe"}),
    "LevenbergMarquardt": Row(make=lambda p, _: optim.LevenbergMarquardt([p]), step=by_residuals),
    "Lion": Row((0.005, 0.005, 0.005)),
    "Lookahead": Row((0.02, 0.002, 0.01), make=lambda p, lr: optim.Lookahead(sgd(p, lr))),
    "MADGRAD": Row((0.05, 0.02, 0.2)),
    "Muon": Row((0.02, 0.02, 0.02), {"weight_decay": 0}, decay=0.999),
    "NAdam": Row((0.2, 0.01, 0.2), FAST),
    "NaturalGradient": Row((0.5, 0.5, 0.5), {"fisher": "gaussian"}, step=with_output),
    "NesterovLookahead": Row((0.02, 0.001, 0.005), make=lambda p, lr: optim.NesterovLookahead(optim.SGD([p], lr=lr))),
    "Newton": Row(step=without_backward),
    "NewtonCG": Row(step=with_output),
    "NovoGrad": Row((0.1, 0.1, 0.1)),
    "OptimizerGroup": Row(
        (0.02, 0.002, 0.01),
        make=lambda p, lr: optim.OptimizerGroup([p], {optim.is_matrix: lambda ps: optim.SGD(ps, lr=lr, momentum=0.9)}),
    ),
    "PolyakSGD": Row(),
    "Prodigy": Row(settings={**FAST, "d0": 0.01}),
    "QHAdam": Row((1.0, 0.1, 0.05)),
    "QHM": Row((0.1, 0.005, 0.1)),
    "RAdam": Row((0.1, 0.005, 0.05), FAST),
    "RMSprop": Row((0.02, 0.02, 0.05), {"momentum": 0.9}),
    "Rprop": Row((0.1, 0.05, 0.1)),
    "SAM": Row((0.02, 0.002, 0.01), make=lambda p, lr: optim.SAM(sgd(p, lr), rho=0.001)),
    "SGD": Row((0.02, 0.002, 0.01), {"momentum": 0.9}),
    "SM3": Row((1.0, 2.0, 2.0), {"momentum": 0.9}),
    "SOAP": Row((0.05, 0.1, 0.05), {"weight_decay": 0}),
    "ScheduleFreeAdamW": Row((0.5, 0.2, 0.2), FAST, step=averaged),
    "ScheduleFreeSGD": Row((0.02, 0.005, 0.02), step=averaged),
    "Shampoo": Row(),
    "SignSGD": Row((0.01, 0.005, 0.003), decay=0.999),
    "Signum": Row((0.01, 0.001, 0.005)),
    "SophiaG": Row((0.05, 0.2, 0.02), {"rho": 0.1, "weight_decay": 0}, step=estimated_by_draws),
    "SophiaH": Row((0.05, 0.2, 0.02), {"rho": 0.1, "weight_decay": 0}, step=estimated),
    "SparseAdam": Row((0.5, 0.2, 0.2), FAST),
    "StableAdamW": Row((0.5, 0.2, 0.2), {**FAST, "weight_decay": 0}),
    "Yogi": Row((0.2, 1.0, 0.2), FAST),
}

# Not in the table, with a test of its own below: its models are made of Linear layers.
ELSEWHERE = {"KFAC"}


def test_every_optimizer_is_in_the_table() -> None:
    public = {n for n in optim.__all__ if isinstance(c := getattr(optim, n), type) and issubclass(c, optim.Optimizer)}
    assert public - {"Optimizer"} == set(TABLE) | ELSEWHERE


@pytest.mark.parametrize("at", range(3), ids=list(FUNCTIONS))
@pytest.mark.parametrize("name", TABLE)
def test_every_optimizer_finds_the_minimum(name: str, at: int) -> None:
    torch.manual_seed(0)  # for those that draw estimates
    row, function = TABLE[name], list(FUNCTIONS.values())[at]
    w = torch.tensor([function.start], dtype=torch.float64, requires_grad=True)  # a matrix, for those that want one
    lr = row.lrs[at]
    opt = row.make(w, lr) if row.make else getattr(optim, name)([w], lr=lr, **row.settings)
    whole_way, near = math.dist(function.start, function.minimum), 0
    for _ in range(function.limit):
        row.step(opt, lambda: function.residuals(w[0, 0], w[0, 1]))
        if row.decay < 1:
            opt.param_groups[0]["lr"] *= row.decay
        near = near + 1 if math.dist(w.tolist()[0], function.minimum) < whole_way / 50 else 0
        if near == 10:
            return
    raise AssertionError(f"{name} with {row} is at {w.tolist()[0]}, not {function.minimum}")


def test_kfac_finds_the_least_squares_through_two_layers() -> None:
    """The best linear map from inputs of unequal sizes that go together, by weights and biases of two Linear layers."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)) @ np.array([[10.0, 0, 0], [1, 1, 0], [0, 0.1, 0.1]]) + 1
    y = x @ rng.normal(size=(3, 2)) + rng.normal(size=(64, 2))
    inputs, targets = torch.tensor(x), torch.tensor(y)
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2)).double()
    opt = optim.KFAC(model, "gaussian", lr=0.5, kl_clip=0.01)

    def closure() -> Any:
        output = model(inputs)
        return output, ((output - targets) ** 2).sum(1).mean() / 2

    with_ones = np.concatenate([x, np.ones((64, 1))], axis=1)
    best = with_ones @ np.linalg.lstsq(with_ones, y)[0]
    for _ in range(300):
        opt.step(closure)
    np.testing.assert_allclose(model(inputs).detach().numpy(), best, atol=1e-4)


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
