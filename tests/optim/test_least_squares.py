"""Gauss-Newton and Levenberg-Marquardt: scipy's final points, and each step against a second implementation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.optim import GaussNewton, LevenbergMarquardt

T = np.linspace(0, 2, 15)
DATA = 2.5 * np.exp(-1.3 * T) + 0.5 + 0.02 * np.random.default_rng(0).normal(size=15)
Array = np.ndarray[Any, Any]


def leaf(*values: float) -> Any:
    return torch.tensor(np.array(values), requires_grad=True)


def decay(a: Any, b: Any) -> Any:
    """Residuals of an exponential, whose parameters lie in two tensors."""
    return a[0] * (a[1] * torch.tensor(T)).exp() + b - torch.tensor(DATA)


def decay_array(v: Array) -> Array:
    return np.asarray(v[0] * np.exp(v[1] * T) + v[2] - DATA)


def decay_jacobian(v: Array) -> Array:
    return np.stack([np.exp(v[1] * T), v[0] * T * np.exp(v[1] * T), np.ones_like(T)], axis=1)


def rosenbrock(x: Any) -> Any:
    return torch.stack([10 * (x[1] - x[0] ** 2), 1 - x[0]])


@pytest.mark.parametrize("make", [GaussNewton, LevenbergMarquardt])
def test_the_final_points_are_those_of_scipy(make: Any) -> None:
    least_squares = pytest.importorskip("scipy.optimize").least_squares
    a, b = leaf(1.0, -0.5), leaf(0.0)
    opt = make([a, b])
    for _ in range(20):
        opt.step(lambda: decay(a, b))
    found = least_squares(decay_array, [1.0, -0.5, 0.0], method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15)
    np.testing.assert_allclose([*a.tolist(), *b.tolist()], found.x, rtol=1e-6)
    assert opt.step(lambda: decay(a, b)).item() == pytest.approx(found.cost, rel=1e-10)
    x = leaf(-1.2, 1.0)
    opt = make([x])
    for _ in range(40):
        opt.step(lambda: rosenbrock(x))
    np.testing.assert_allclose(x.detach().numpy(), 1.0, rtol=1e-9)


def test_levenberg_marquardt_takes_the_steps_of_a_plain_loop() -> None:
    a, b = leaf(1.0, 0.9), leaf(0.0)
    opt, v, damping = LevenbergMarquardt([a, b], damping=1e-2), np.array([1.0, 0.9, 0.0]), 1e-2
    rejected = 0
    for _ in range(8):
        r, J = decay_array(v), decay_jacobian(v)  # noqa: N806
        while True:
            normal = J.T @ J
            d = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), -J.T @ r)
            if (decay_array(v + d) ** 2).sum() < (r**2).sum():
                v, damping = v + d, damping / 10
                break
            damping *= 10
            rejected += 1
        assert opt.step(lambda: decay(a, b)).item() == pytest.approx((r**2).sum() / 2)
        np.testing.assert_allclose([*a.tolist(), *b.tolist()], v, rtol=1e-8)
        assert opt.kept["damping"] == pytest.approx(damping)
    assert rejected


def test_gauss_newton_takes_the_steps_of_a_plain_loop() -> None:
    x, v, halved = leaf(-1.2, 1.0), np.array([-1.2, 1.0]), 0
    opt = GaussNewton([x], lr=0.9)
    for _ in range(10):
        r = np.array([10 * (v[1] - v[0] ** 2), 1 - v[0]])
        J = np.array([[-20 * v[0], 10.0], [-1.0, 0.0]])  # noqa: N806
        d, t = np.linalg.solve(J.T @ J, -J.T @ r), 0.9

        def half(w: Array) -> float:
            return float((100 * (w[1] - w[0] ** 2) ** 2 + (1 - w[0]) ** 2) / 2)

        while half(v + t * d) > half(v) + 1e-4 * t * (J.T @ r @ d):
            t, halved = t / 2, halved + 1
        v = v + t * d
        opt.step(lambda: rosenbrock(x))
        np.testing.assert_allclose(x.detach().numpy(), v, rtol=1e-8)
    assert halved


@pytest.mark.parametrize("make", [GaussNewton, LevenbergMarquardt])
def test_unused_frozen_and_redundant_parameters(make: Any) -> None:
    x, unused, frozen = leaf(3.0, 4.0), leaf(5.0), torch.ones(1, dtype=torch.float64)
    opt = make([x, unused, frozen])
    for _ in range(12):
        opt.step(lambda: (x.sum() - 1 + 0 * frozen).reshape(1))  # one equation for two unknowns
    assert x.sum().item() == pytest.approx(1.0)
    assert x[0].item() - x[1].item() == pytest.approx(-1.0, abs=0.2)
    assert unused.tolist() == [5.0]
    assert frozen.tolist() == [1.0]


def test_at_the_minimum_nothing_moves() -> None:
    x = leaf(1.0, 1.0)
    opt = LevenbergMarquardt([x], damping=0.0)
    opt.step(lambda: rosenbrock(x))
    assert x.tolist() == [1.0, 1.0]
    assert opt.stopped == "no step lowered the sum of squares"
    assert opt.kept == {}


def test_a_damping_of_zero_can_grow() -> None:
    x = leaf(1.0)
    opt = LevenbergMarquardt([x], damping=0.0, max_iter=30)
    for _ in range(5):
        opt.step(lambda: (10 * x).atan() + 0.1)  # whose Gauss-Newton steps go too far
    assert opt.kept["damping"] > 0
    assert abs(x.item()) < 0.5


def test_levenberg_marquardt_resumes_to_the_bit() -> None:
    x = leaf(-1.2, 1.0)
    first = LevenbergMarquardt([x])
    for _ in range(3):
        first.step(lambda: rosenbrock(x))
    saved, y = first.state_dict(), leaf(*x.tolist())
    assert first.state[x] == first.kept
    second = LevenbergMarquardt([y])
    second.load_state_dict(saved)
    for _ in range(3):
        first.step(lambda: rosenbrock(x))
        second.step(lambda: rosenbrock(y))
    np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())
    with pytest.raises(ValueError, match="is of LevenbergMarquardt"):
        GaussNewton([y]).load_state_dict(saved)


@pytest.mark.parametrize("make", [GaussNewton, LevenbergMarquardt])
def test_bad_input(make: Any) -> None:
    x = leaf(0.0, 2.0)
    with pytest.raises(ValueError, match="no maximum"):
        make([{"params": [x], "maximize": True}])
    with pytest.raises(TypeError, match="maximize"):
        make([x], maximize=True)
    with pytest.raises(ValueError, match="parameter groups"):
        make([{"params": [x]}, {"params": [leaf(1.0)]}])
    opt = make([x])
    with pytest.raises(TypeError, match="closure"):
        opt.step()
    with pytest.raises(TypeError, match="residuals, a tensor, not tuple"):
        opt.step(lambda: (x, x))
    with pytest.raises(RuntimeError, match="does not depend"):
        opt.step(lambda: torch.ones(3))
    with pytest.raises(RuntimeError, match="the loss is nan"):
        opt.step(lambda: x * np.nan)
    with pytest.raises(RuntimeError, match="Jacobian is not finite"):
        opt.step(lambda: x.sqrt())
    assert x.tolist() == [0.0, 2.0]
    with pytest.raises(ValueError, match="Invalid damping"):
        LevenbergMarquardt([x], damping=-1.0)
    with pytest.raises(ValueError, match="Invalid max_iter"):
        LevenbergMarquardt([x], max_iter=0)
