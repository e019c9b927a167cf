"""Optimizers that take the gradient elsewhere: SAM and Nesterov's method against plain loops from their papers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import NesterovLookahead

from .makers import assert_equal, values
from .quartic import SCALES, closure_of, quartic, slope, two

# ---- SAM ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("maximize", [False, True])
def test_sam_is_the_loop_of_its_paper(adaptive: bool, maximize: bool) -> None:
    params = two()
    expected = values(params)
    optimizer = optim.SAM(optim.SGD(params, lr=0.1, momentum=0.5, maximize=maximize), rho=0.2, adaptive=adaptive)
    v = [np.zeros_like(x) for x in expected]
    sign = -1 if maximize else 1
    for _ in range(6):
        loss = optimizer.step(closure_of(optimizer, params))
        g = [sign * slope(x, i) for i, x in enumerate(expected)]
        weight = [x * x if adaptive else 1 for x in expected]
        norm = np.sqrt(sum(np.sum(w * gi * gi) for w, gi in zip(weight, g, strict=True)))
        there = [x + 0.2 * w * gi / norm for x, w, gi in zip(expected, weight, g, strict=True)]
        here = sum(np.sum(s * x**4 + x * x / 2) for s, x in zip(SCALES, expected, strict=True))
        np.testing.assert_allclose(loss.item(), here, rtol=1e-9)
        for i, y in enumerate(there):
            v[i] = 0.5 * v[i] + sign * slope(y, i)
            expected[i] = expected[i] - 0.1 * v[i]
        for p, x in zip(params, expected, strict=True):
            np.testing.assert_allclose(p.detach().numpy(), x, rtol=1e-9)


def test_sam_by_hand_is_sam_by_closure_whether_or_not_it_clears_gradients() -> None:
    by_hand, by_closure, uncleared = two(), two(), two()
    first = optim.SAM(optim.SGD(by_hand, lr=0.1))
    second = optim.SAM(optim.SGD(by_closure, lr=0.1))
    third = optim.SAM(optim.SGD(uncleared, lr=0.1))

    def without_clearing() -> None:
        quartic(uncleared).backward()

    for _ in range(3):
        quartic(by_hand).backward()
        first.first_step(zero_grad=True)
        assert all(p.grad is None for p in by_hand)
        quartic(by_hand).backward()
        first.second_step(zero_grad=True)
        assert all(p.grad is None for p in by_hand)
        second.step(closure_of(second, by_closure))
        third.step(without_clearing)
    assert_equal(values(by_hand), values(by_closure))
    assert_equal(values(by_hand), values(uncleared))


def test_sam_leaves_a_parameter_without_a_gradient_where_it_is() -> None:
    a, b = two()
    start = values([b])
    optimizer = optim.SAM(optim.SGD([a, b], lr=0.1), rho=1.0)
    a.grad = torch.ones_like(a)
    optimizer.first_step()
    assert_equal(values([b]), start)
    np.testing.assert_allclose(a.detach().numpy(), np.array([0.4, -0.9, 0.2]) + 1 / np.sqrt(3))
    assert a.grad is not None


def test_sam_without_any_gradient_moves_nothing() -> None:
    params = two()
    start = values(params)
    optimizer = optim.SAM(optim.SGD(params, lr=0.1))
    optimizer.first_step()
    optimizer.second_step()
    assert_equal(values(params), start)


def test_the_steps_of_sam_take_turns() -> None:
    params = two()
    optimizer = optim.SAM(optim.SGD(params))
    with pytest.raises(RuntimeError, match=r"second_step\(\) before first_step"):
        optimizer.second_step()
    optimizer.first_step()
    with pytest.raises(RuntimeError, match=r"first_step\(\) after first_step"):
        optimizer.first_step()
    with pytest.raises(RuntimeError, match=r"SAM.step\(\) after first_step"):
        optimizer.step(closure_of(optimizer, params))


def test_a_graph_from_before_the_move_is_noticed() -> None:
    params = two()
    optimizer = optim.SAM(optim.SGD(params))
    quartic(params).backward()
    loss = quartic(params)
    optimizer.first_step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("make", [optim.SAM, NesterovLookahead])
def test_weights_come_back_where_a_closure_fails_at_the_other_point(make: Any) -> None:
    params = two()
    optimizer = make(optim.SGD(params, lr=0.1))
    optimizer.step(closure_of(optimizer, params))
    start, calls = values(params), []

    def closure() -> Any:
        calls.append(values(params))
        if not np.array_equal(calls[-1][0], start[0]):
            raise ZeroDivisionError
        quartic(params).backward()

    with pytest.raises(ZeroDivisionError):
        optimizer.step(closure)
    assert not np.array_equal(calls[-1][0], start[0])
    assert_equal(values(params), start)
    optimizer.step(closure_of(optimizer, params))


# ---- NesterovLookahead ----------------------------------------------------------------------------------------------


def test_nesterov_by_closure_is_the_textbook() -> None:
    params = two()
    x = values(params)
    previous = [a.copy() for a in x]
    optimizer = NesterovLookahead(optim.SGD(params, lr=0.1), momentum=0.7)
    for _ in range(8):
        optimizer.step(closure_of(optimizer, params))
        y = [a + 0.7 * (a - b) for a, b in zip(x, previous, strict=True)]
        previous, x = x, [a - 0.1 * slope(a, i) for i, a in enumerate(y)]
        for p, a in zip(params, x, strict=True):
            np.testing.assert_allclose(p.detach().numpy(), a, rtol=1e-12)


@pytest.mark.parametrize("form", ["accumulate", "velocity"])
def test_nesterov_by_closure_is_that_by_momentum_after_a_change_of_variables(form: str) -> None:
    ours, theirs = two(), two()
    textbook = NesterovLookahead(optim.SGD(ours, lr=0.05), momentum=0.9)
    momentum = optim.SGD(theirs, lr=0.05, momentum=0.9, nesterov=True, momentum_form=form)
    for _ in range(20):
        before = values(ours)
        textbook.step(closure_of(textbook, ours))
        momentum.step(closure_of(momentum, theirs))
        for x, old, y in zip(values(ours), before, values(theirs), strict=True):
            np.testing.assert_allclose(x + 0.9 * (x - old), y, rtol=1e-11)


def test_a_parameter_that_is_not_stepped_stays_where_it_was_and_keeps_its_velocity() -> None:
    a, b = two()
    optimizer = NesterovLookahead(optim.SGD([a, b], lr=0.1), momentum=0.5)
    optimizer.register_step_post_hook(lambda *_: optimizer.zero_grad())
    optimizer.optimizer.register_step_post_hook(lambda *_: optimizer.zero_grad())
    optimizer.step(closure_of(optimizer, [a, b]))
    start, velocity = values([b]), optimizer.state[b]["velocity"].tolist()
    there = []

    def closure() -> None:
        there.append(b.detach().clone().numpy())
        (a * a).sum().backward()

    optimizer.step(closure)
    np.testing.assert_allclose(there[0], start[0] + 0.5 * np.array(velocity), rtol=1e-15)
    assert_equal(values([b]), start)
    assert optimizer.state[b]["velocity"].tolist() == velocity
