"""Gradient transforms by their formulas, and as an option of any optimizer."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import transforms as t

from .makers import IDS, MAKERS, SETTINGS, assert_equal, fill_gradients, maker, parameters, values, without_unknown

G = [np.array([[3.0, -4.0], [0.5, 0.0]]), None, np.array([1.0, -2.0])]
P = [np.array([[1.0, 2.0], [0.0, 0.0]]), np.zeros(3), np.array([3.0, 4.0])]


def applied(transform: t.Transform, updates: Any = G, state: Any = None) -> Any:
    state = transform.init(P) if state is None else state
    return transform.update(list(updates), state, P, list(updates))


def check(transform: t.Transform, *expected: Any) -> None:
    before = copy.deepcopy(G)
    out, _ = applied(transform)
    assert out[1] is None
    np.testing.assert_allclose(out[0], expected[0], rtol=1e-12)
    np.testing.assert_allclose(out[2], expected[1], rtol=1e-12)
    for g, old in zip(G, before, strict=True):
        np.testing.assert_array_equal(g, old)


def test_clipping_by_value() -> None:
    check(t.clip_by_value(1.0), [[1, -1], [0.5, 0]], [1, -1])


def test_clipping_by_norm_is_per_tensor() -> None:
    n = np.sqrt(25.25)
    check(t.clip_by_norm(3.0), G[0] * 3 / (n + 1e-6), G[2])
    check(t.clip_by_norm(3.0, eps=0), G[0] * 3 / n, G[2])


def test_clipping_by_global_norm_keeps_the_direction() -> None:
    n = np.sqrt(30.25)
    check(t.clip_by_global_norm(2.0), G[0] * 2 / (n + 1e-6), G[2] * 2 / (n + 1e-6))
    check(t.clip_by_global_norm(2.0, eps=0), G[0] * 2 / n, G[2] * 2 / n)
    check(t.clip_by_global_norm(6.0), G[0], G[2])


def test_clipping_of_zero_gradients_leaves_them() -> None:
    zeros = [np.zeros(2), None, np.zeros(1)]
    for transform in (t.clip_by_norm(1.0, eps=0), t.clip_by_global_norm(1.0, eps=0), t.adaptive_clip()):
        out, _ = transform.update(zeros, {}, [np.ones(2), np.ones(2), np.ones(1)], zeros)
        assert out[0].tolist() == [0, 0]


def test_adaptive_clipping_looks_at_each_row() -> None:
    # row 0: 5 > 0.1 sqrt 5; row 1: 0.5 > 0.1 * 1e-3; the vector: sqrt 5 > 0.1 * 5
    expected = [G[0][0] * 0.1 * np.sqrt(5) / 5, G[0][1] * 0.1 * 1e-3 / 0.5]
    check(t.adaptive_clip(0.1), expected, G[2] * 0.5 / np.sqrt(5))


def test_centralizing_takes_the_mean_of_rows() -> None:
    check(t.centralize(), [[3.5, -3.5], [0.25, -0.25]], G[2])


def test_the_moving_average_is_corrected_and_skips_absent_gradients() -> None:
    transform = t.ema(0.9)
    one, state = applied(transform)
    np.testing.assert_allclose(one[0], G[0])
    other = [2 * G[0], None, None]
    two, state = transform.update(other, state, P, other)
    np.testing.assert_allclose(two[0], (0.9 * 0.1 * G[0] + 0.1 * 2 * G[0]) / (1 - 0.81))
    assert two[2] is None
    assert state["t"] == [2, 0, 1]
    raw, _ = applied(t.ema(0.9, debias=False))
    np.testing.assert_allclose(raw[0], 0.1 * G[0])


def test_noise_has_its_variance_and_follows_from_the_seed() -> None:
    big = [np.zeros(200_000)]
    transform = t.add_noise(0.5, 1.0, seed=3)
    first, state = transform.update(big, transform.init(big), big, big)
    second, _ = transform.update(big, state, big, big)
    np.testing.assert_allclose([first[0].var(), second[0].var()], [0.5, 0.25], rtol=0.02)
    again, _ = transform.update(big, state, big, big)
    np.testing.assert_array_equal(second[0], again[0])
    assert abs(np.corrcoef(first[0], second[0])[0, 1]) < 0.02


def test_the_cautious_mask() -> None:
    u = [np.array([1.0, -1.0, 2.0, 3.0])]
    g = [np.array([1.0, 1.0, -1.0, 1.0])]
    out, _ = t.cautious().update(u, {}, u, g)
    np.testing.assert_allclose(out[0], [2, 0, 0, 6])


# ---- finite gradients ----


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_raises_with_its_name(bad: float) -> None:
    w, v = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    optimizer = optim.Adam([("w", w), ("v", v)], transforms=[t.finite_guard()])
    w.grad, v.grad = torch.ones(2), torch.tensor([0.0, bad, 0.0])
    with pytest.raises(t.NonFiniteGradientError, match=r"parameter 'v' \(number 1\), of shape \(3,\)"):
        optimizer.step()
    assert w.tolist() == [1, 1]
    assert not optimizer.state


def test_a_skipped_step_changes_nothing_but_its_count() -> None:
    params = parameters()
    noise, guard = t.ema(0.5), t.finite_guard("skip", max_streak=2)
    optimizer = optim.Adam(params, lr=0.1, transforms=[noise, guard])
    fill_gradients(params, 0)
    optimizer.step()
    before, saved = values(params), optimizer.state_dict()
    params[1].grad = torch.full((5,), np.nan, dtype=torch.float64)
    optimizer.step()
    optimizer.step()
    after = optimizer.state_dict()
    assert_equal(values(params), before)
    assert after["transforms"][1] == {"count": 2, "streak": 2}
    assert after["transforms"][0]["t"] == saved["transforms"][0]["t"]
    assert after["state"][0]["step"] == 1
    np.testing.assert_array_equal(after["state"][0]["exp_avg"].numpy(), saved["state"][0]["exp_avg"].numpy())
    with pytest.raises(t.NonFiniteGradientError, match="as had the 2 before"):
        optimizer.step()
    fill_gradients(params, 1)
    optimizer.step()
    assert optimizer.state_dict()["transforms"][1] == {"count": 2, "streak": 0}


def test_elements_that_are_not_finite_become_zero() -> None:
    w = torch.ones(3, requires_grad=True)
    optimizer = optim.SGD([w], lr=1.0, transforms=[t.finite_guard("zero")])
    w.grad = torch.tensor([0.5, np.nan, np.inf])
    optimizer.step()
    assert w.tolist() == [0.5, 1, 1]


# ---- as an option ----


@pytest.mark.parametrize("make", MAKERS, ids=IDS)
def test_a_transformed_step_is_that_of_the_transformed_gradient(make: Any) -> None:
    ours, plain = parameters(), parameters()
    one, other = make(ours, transforms=[t.clip_by_value(0.5), t.clip_by_global_norm(1.0)]), make(plain)
    for step in range(4):
        fill_gradients(ours, step)
        fill_gradients(plain, step)
        plain[2].grad = ours[2].grad = None
        given = [p.grad.clone() for p in ours if p.grad is not None]
        torch.nn.utils.clip_grad_value_(plain, 0.5)
        total = t.global_norm([p.grad.numpy() for p in plain if p.grad is not None])
        factor = np.minimum(1.0 / (total + 1e-6), 1.0)
        for p in plain:
            if p.grad is not None:
                p.grad = torch.tensor(p.grad.numpy() * factor)
        one.step()
        other.step()
        assert_equal([g.numpy() for g in given], [p.grad.numpy() for p in ours if p.grad is not None])
    assert_equal(values(ours), values(plain))


# FTRL's first step goes towards zero; Shampoo turns the gradient, so that some elements of its steps go against it.
ALONG = [s for s in SETTINGS if s[0] not in ("FTRL", "Shampoo")]


@pytest.mark.parametrize(("name", "settings"), ALONG)
def test_a_mask_on_steps_acts_in_every_scope(name: str, settings: dict[str, Any]) -> None:
    ours, plain = parameters(), parameters()
    options = without_unknown(name, {**settings, "weight_decay": 0})
    one = maker(name, options)(ours, transforms=[t.cautious()])
    other = maker(name, options)(plain)
    for params, optimizer in ((ours, one), (plain, other)):
        fill_gradients(params, 0)
        optimizer.step()
    for p, q, start in zip(ours, plain, values(parameters()), strict=True):
        np.testing.assert_allclose(start - p.detach().numpy(), start - q.detach().numpy(), rtol=1e-6, atol=1e-12)


def test_momentum_against_the_gradient_is_held_back() -> None:
    w = torch.tensor([0.0, 0.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=1.0, momentum=0.5, transforms=[t.cautious()])
    w.grad = torch.tensor([4.0, 4.0])
    optimizer.step()
    w.grad = torch.tensor([1.0, -1.0])
    optimizer.step()
    assert w.tolist() == [-4 - 3 * 2, -4]


def test_transforms_resume_to_the_bit() -> None:
    def make(params: Any) -> Any:
        return optim.Adam(params, lr=0.1, transforms=[t.add_noise(seed=1), t.ema(0.8), t.finite_guard("skip")])

    params, resumed = parameters(), parameters()
    whole = make(params)
    for step in range(3):
        fill_gradients(params, step)
        whole.step()
    for p, q in zip(params, resumed, strict=True):
        q.data.copy_(p.data)
    other = make(resumed)
    other.load_state_dict(whole.state_dict())
    for step in range(3, 6):
        for ps, optimizer in ((params, whole), (resumed, other)):
            fill_gradients(ps, step)
            optimizer.step()
    assert_equal(values(params), values(resumed))


def test_a_group_that_comes_later_gets_a_place_in_the_state() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    optimizer = optim.SGD([a], lr=1.0, transforms=[t.ema(0.5)])
    a.grad = torch.ones(2)
    optimizer.step()
    optimizer.add_param_group({"params": [b]})
    b.grad = torch.ones(3)
    optimizer.step()
    assert a.tolist() == [-1, -1]
    assert b.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "make",
    [
        lambda: t.clip_by_value(-1),
        lambda: t.clip_by_norm(float("nan")),
        lambda: t.clip_by_global_norm(-1),
        lambda: t.adaptive_clip(-1),
        lambda: t.add_noise(-1),
        lambda: t.ema(1.0),
        lambda: t.finite_guard("ignore"),  # type: ignore[arg-type]  # that is the point
    ],
)
def test_bad_arguments_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match=r"must|is 'raise'"):
        make()


def test_what_is_no_transform_is_refused() -> None:
    with pytest.raises(TypeError, match="transforms are those"):
        optim.SGD(parameters(), transforms=[abs])  # type: ignore[list-item]  # that is the point
