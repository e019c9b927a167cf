"""Gradients of a loss after several steps, with respect to everything that led there, against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import NOT_DIFFERENTIABLE, SETTINGS, maker

DIFFERENTIABLE = [(name, settings) for name, settings in SETTINGS if name not in NOT_DIFFERENTIABLE]


def double(value: Any) -> Any:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def trained(make: Any, start: list[Any], data: Any, steps: int = 3, **hyper: Any) -> Any:
    """The loss after some steps of least squares of a small network."""
    w, b = [x.clone() for x in start]
    optimizer = make([w, b], differentiable=True, **hyper)
    for _ in range(steps):
        loss = loss_of(w, b, data)
        w.grad, b.grad = torch.autograd.grad(loss, (w, b), create_graph=True)
        optimizer.step()
    return loss_of(w, b, data)


def loss_of(w: Any, b: Any, data: Any) -> Any:
    return ((torch.tanh(data @ w + b) - 0.3) ** 2).sum()


@pytest.mark.parametrize(("name", "settings"), DIFFERENTIABLE, ids=str)
def test_the_loss_after_three_steps_has_the_gradient_of_finite_differences(name: str, settings: Any) -> None:
    rng = np.random.default_rng(0)
    lr, w, b, data = double(0.05), double(rng.normal(size=(2, 2))), double([0.3, -0.2]), double(rng.normal(size=(4, 2)))

    def after(lr: Any, w: Any, b: Any, data: Any) -> Any:
        return trained(maker(name, settings), [w, b], data, lr=lr)

    assert torch.autograd.gradcheck(after, (lr, w, b, data))


def test_gradients_flow_to_betas_and_weight_decay() -> None:
    rng = np.random.default_rng(1)
    w, b, data = double(rng.normal(size=(2, 2))), double([0.3, -0.2]), torch.tensor(rng.normal(size=(4, 2)))

    def after(beta1: Any, beta2: Any, weight_decay: Any, eps: Any) -> Any:
        return trained(optim.Adam, [w, b], data, betas=(beta1, beta2), weight_decay=weight_decay, eps=eps, lr=0.1)

    assert torch.autograd.gradcheck(after, (double(0.8), double(0.9), double(0.1), double(1e-3)))

    def decoupled(weight_decay: Any, momentum: Any) -> Any:
        return trained(
            optim.SGD, [w, b], data, lr=0.1, momentum=momentum, weight_decay=weight_decay, decoupled_weight_decay=True
        )

    assert torch.autograd.gradcheck(decoupled, (double(0.1), double(0.7)))


def test_gradients_flow_to_a_weight_decay_of_zero() -> None:
    w = double([2.0])
    decay = double(0.0)
    p = w.clone()
    optimizer = optim.SGD([p], lr=0.5, weight_decay=decay, differentiable=True)
    p.grad = torch.zeros(1, dtype=torch.float64)
    optimizer.step()
    p.sum().backward()
    assert decay.grad.item() == -1.0


@pytest.mark.parametrize(("name", "settings"), DIFFERENTIABLE, ids=str)
def test_recorded_steps_have_the_values_of_ordinary_ones(name: str, settings: Any) -> None:
    rng = np.random.default_rng(0)
    start = [double(rng.normal(size=(2, 2))), double([0.3, -0.2])]
    data = torch.tensor(rng.normal(size=(4, 2)))
    w, b = [x.detach().clone().requires_grad_() for x in start]
    optimizer = maker(name, settings)([w, b], lr=0.05)
    for _ in range(3):
        optimizer.zero_grad()
        loss_of(w, b, data).backward()
        optimizer.step()
    recorded = trained(maker(name, settings), start, data, lr=0.05)
    np.testing.assert_allclose(loss_of(w, b, data).item(), recorded.item(), rtol=1e-12)


def test_transforms_are_recorded_too() -> None:
    t = optim.transforms
    rng = np.random.default_rng(2)
    w, b, data = double(rng.normal(size=(2, 2))), double([0.3, -0.2]), double(rng.normal(size=(4, 2)))
    for transform in (
        t.clip_by_value(0.5),
        t.clip_by_norm(0.5),
        t.clip_by_global_norm(0.5),
        t.adaptive_clip(0.5),
        t.centralize(),
        t.add_noise(),
        t.ema(0.5),
        t.cautious(),
        t.finite_guard(),
        t.finite_guard("zero"),
    ):

        def after(w: Any, b: Any, data: Any, transform: Any = transform) -> Any:
            return trained(optim.SGD, [w, b], data, lr=0.1, transforms=[transform])

        assert torch.autograd.gradcheck(after, (w, b, data))


def test_a_leaf_that_requires_grad_is_refused_before_anything_changes() -> None:
    p, q = double([1.0]).clone(), double([1.0])
    optimizer = optim.SGD([p, q], differentiable=True)
    p.grad = q.grad = torch.ones(1, dtype=torch.float64)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        optimizer.step()
    assert p.tolist() == [1]
    assert not optimizer.state


def test_a_learning_rate_that_requires_grad_needs_differentiable() -> None:
    with pytest.raises(ValueError, match="differentiable=True"):
        optim.SGD([double([1.0])], lr=double(0.1))
    with pytest.raises(RuntimeError, match="`fused` does not support `differentiable`"):
        optim.SGD([double([1.0])], fused=True, differentiable=True)
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        optim.SGD([double([1.0])], lr=double([0.1, 0.2]))


def test_a_state_dict_of_recorded_steps_is_a_copy_without_history() -> None:
    w = double([1.0, 2.0])
    p = w.clone()
    optimizer = optim.Adam([p], lr=0.1, differentiable=True)
    p.grad = p * 2
    optimizer.step()
    saved = optimizer.state_dict()
    assert not saved["state"][0]["exp_avg"].requires_grad
    q = p.detach().clone()
    other = optim.Adam([q], lr=0.1, differentiable=True)
    other.load_state_dict(saved)
    p.grad = q.grad = torch.ones(2, dtype=torch.float64)
    optimizer.step()
    other.step()
    assert p.tolist() == q.tolist()
