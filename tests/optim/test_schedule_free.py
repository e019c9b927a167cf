"""The two modes of schedule-free optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import assert_equal, fill_gradients, parameters, values

both = pytest.mark.parametrize("name", ["ScheduleFreeSGD", "ScheduleFreeAdamW"])


def stepped(name: str, steps: int = 4, **options: Any) -> tuple[list[Any], Any]:
    params = parameters()
    optimizer = getattr(optim, name)(params, lr=0.1, **options)
    for step in range(steps):
        fill_gradients(params, step)
        optimizer.step()
    return params, optimizer


def test_evaluation_mode_has_the_average_of_the_weights_that_are_stepped() -> None:
    w = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.ScheduleFreeSGD([w], lr=0.5)
    z, zs = np.array([1.0, 2.0]), []
    for t in range(5):
        g = np.array([1.0, -t])
        w.grad = torch.tensor(g)
        optimizer.step()
        z = z - 0.5 * g
        zs.append(z)
    optimizer.eval()
    np.testing.assert_allclose(w.detach().numpy(), np.mean(zs, 0), rtol=1e-12)
    optimizer.train()
    np.testing.assert_allclose(w.detach().numpy(), 0.9 * np.mean(zs, 0) + 0.1 * z, rtol=1e-12)


@both
def test_a_mode_is_entered_once(name: str) -> None:
    params, optimizer = stepped(name)
    optimizer.train()
    trained = values(params)
    optimizer.eval()
    average = values(params)
    optimizer.eval()
    assert_equal(values(params), average)
    assert not np.allclose(average[0], trained[0])
    optimizer.train()
    for p, before in zip(params, trained, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), before, rtol=1e-12)


@both
def test_a_step_in_evaluation_mode_is_refused_before_the_closure_runs(name: str) -> None:
    params, optimizer = stepped(name)
    optimizer.eval()
    before = values(params)
    with pytest.raises(RuntimeError, match=r"in evaluation mode.*call train\(\)"):
        optimizer.step(lambda: pytest.fail("the closure ran"))
    assert_equal(values(params), before)


@both
def test_the_mode_is_in_the_state_dict(name: str) -> None:
    params, optimizer = stepped(name)
    optimizer.eval()
    copies = [p.detach().clone().requires_grad_() for p in params]
    other = getattr(optim, name)(copies)
    other.load_state_dict(optimizer.state_dict())
    with pytest.raises(RuntimeError, match="evaluation mode"):
        other.step()
    for ps, o in ((params, optimizer), (copies, other)):
        o.train()
        fill_gradients(ps, 9)
        o.step()
    assert_equal(values(params), values(copies))


@both
def test_a_parameter_that_was_never_stepped_is_its_own_average(name: str) -> None:
    w, v = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = getattr(optim, name)([w, v], lr=0.1)
    optimizer.eval()
    optimizer.train()
    w.grad = torch.ones(2)
    optimizer.step()
    optimizer.eval()
    assert v.tolist() == [1, 1]
    assert w.tolist() != [1, 1]


def test_gradients_flow_through_a_change_of_mode() -> None:
    def average(lr: Any, w: Any) -> Any:
        p = w.clone()
        optimizer = optim.ScheduleFreeSGD([p], lr=lr, differentiable=True)
        for _ in range(3):
            p.grad = p * p
            optimizer.step()
        optimizer.eval()
        return p

    start = torch.tensor([0.5, -0.3], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(average, (torch.tensor(0.1, dtype=torch.float64, requires_grad=True), start))


def test_without_a_mix_there_is_no_average() -> None:
    with pytest.raises(ValueError, match="momentum must be above 0"):
        optim.ScheduleFreeSGD(parameters(), momentum=0)
    with pytest.raises(ValueError, match="momentum value: 1"):
        optim.ScheduleFreeSGD(parameters(), momentum=1.0)
    with pytest.raises(ValueError, match=r"betas\[0\] must be above 0"):
        optim.ScheduleFreeAdamW(parameters(), betas=(0.0, 0.9))


@both
def test_a_learning_rate_of_zero_changes_nothing(name: str) -> None:
    params, optimizer = parameters(), None
    optimizer = getattr(optim, name)(params, lr=0.0)
    fill_gradients(params, 0)
    optimizer.step()
    assert_equal(values(params), values(parameters()))
