"""Estimates of the Hessian's diagonal, and the optimizers that are given them."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim.curvature import hutchinson

from .makers import assert_equal, values


def problem() -> tuple[Any, Any, Any]:
    """Two parameters, and a loss whose Hessian has elements everywhere."""
    rng = np.random.default_rng(0)
    w = torch.tensor(rng.normal(size=(2, 2)), requires_grad=True)
    b = torch.tensor(rng.normal(size=2), requires_grad=True)
    return w, b, loss_of(w, b)


def loss_of(w: Any, b: Any) -> Any:
    data = torch.tensor(np.random.default_rng(1).normal(size=(4, 2)))
    return (torch.tanh(data @ w + b) ** 2).sum()


def diagonal(w: Any, b: Any, loss: Any) -> np.ndarray[Any, Any]:
    """The Hessian's diagonal, a row at a time."""
    flat = torch.cat([g.reshape(-1) for g in torch.autograd.grad(loss, (w, b), create_graph=True)])
    rows = [torch.autograd.grad(flat[i], (w, b), retain_graph=True) for i in range(6)]
    whole = np.array([np.concatenate([x.numpy().ravel() for x in row]) for row in rows])
    assert np.abs(whole - np.diag(np.diag(whole))).max() > 0.1
    return np.diag(whole)


def joined(arrays: list[Any]) -> np.ndarray[Any, Any]:
    return np.concatenate([a.ravel() for a in arrays])


@pytest.mark.parametrize("noise", ["rademacher", "gaussian"])
def test_the_mean_of_many_estimates_is_the_diagonal(noise: Any) -> None:
    w, b, loss = problem()
    n, generator = 2000, torch.Generator().manual_seed(0)
    several = np.array([joined(hutchinson(loss, [w, b], 1, noise, generator)) for _ in range(n)])
    error = np.abs(several.mean(0) - diagonal(w, b, loss))
    assert (error < 5 * several.std(0) / n**0.5 + 1e-12).all()
    assert several.std(0).min() > 0.01


def test_one_estimate_is_z_times_the_product_of_the_hessian_with_z() -> None:
    w, b, loss = problem()
    (found,) = {tuple(joined(hutchinson(loss, [w, b], 3, generator=torch.Generator().manual_seed(7))))}
    generator = torch.Generator().manual_seed(7)
    total = np.zeros(6)
    for _ in range(3):
        zs = [torch.randint(0, 2, tuple(p.shape), generator=generator).double() * 2 - 1 for p in (w, b)]
        assert {abs(v) for z in zs for v in z.reshape(-1).tolist()} == {1.0}
        gs = torch.autograd.grad(loss, (w, b), create_graph=True)
        products = torch.autograd.grad(sum((g * z).sum() for g, z in zip(gs, zs, strict=True)), (w, b))
        loss = loss_of(w, b)
        total += joined([(z * hz).numpy() for z, hz in zip(zs, products, strict=True)])
    np.testing.assert_allclose(found, total / 3, rtol=1e-12)


def test_random_signs_are_both() -> None:
    """A sign that is always -1 would give the sum of a Hessian's row."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    generator = torch.Generator().manual_seed(0)
    found = {float(hutchinson(w[0] * w[1], [w], generator=generator)[0][0]) for _ in range(20)}
    assert found == {-1.0, 1.0}


def test_a_loss_that_is_linear_or_does_not_know_a_parameter_has_no_curvature() -> None:
    w, v = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    assert [a.tolist() for a in hutchinson((2 * w).sum(), [w, v])] == [[0, 0], [0, 0, 0]]
    assert [a.tolist() for a in hutchinson((w * w).sum() + v.sum(), [w, v])] == [[2, 2], [0, 0, 0]]


def test_an_estimate_leaves_gradients_and_the_graph_of_the_loss() -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = optim.AdaHessian([w])
    loss = (w**3).sum()
    with torch.no_grad():
        optimizer.update_hessian(loss)
    assert w.grad is None
    loss.backward()
    assert w.grad.tolist() == [3, 12]
    assert optimizer.state == {}
    optimizer.step()
    assert optimizer.state[w]["hessian"].tolist() == [6, 12]


@pytest.mark.parametrize("name", ["AdaHessian", "SophiaH", "SophiaG"])
def test_graphs_are_freed_at_once(name: str) -> None:
    w = torch.ones(3, requires_grad=True)
    optimizer = getattr(optim, name)([w], lr=0.1)
    kept = []
    gc.disable()
    try:
        for _ in range(2):
            optimizer.zero_grad()
            inner = torch.exp(w)
            kept.append(weakref.ref(inner))
            loss = (inner * inner).sum()
            optimizer.update_hessian(loss, **{"batch_size": 2} if name == "SophiaG" else {})
            loss.backward()
            optimizer.step()
            del inner, loss
        assert [ref() for ref in kept] == [None, None]
    finally:
        gc.enable()


def test_adahessian_takes_no_step_without_an_estimate() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.AdaHessian([w])
    fresh = optimizer.state_dict()
    w.grad = torch.ones(2)
    with pytest.raises(RuntimeError, match=r"call update_hessian\(loss\) before step"):
        optimizer.step()
    assert w.tolist() == [1, 1]
    optimizer.update_hessian((w * w).sum())
    optimizer.step()
    other = optim.AdaHessian([w])
    other.load_state_dict(optimizer.state_dict())
    other.step()
    other.load_state_dict(fresh)
    with pytest.raises(RuntimeError, match="no estimate"):
        other.step()


@pytest.mark.parametrize("name", ["SophiaH", "AdaHessian"])
def test_a_resumed_run_takes_the_same_steps(name: str) -> None:
    def train(params: list[Any], optimizer: Any, steps: range) -> None:
        for step in steps:
            optimizer.zero_grad()
            loss = loss_of(*params)
            if step % 3 == 0:
                optimizer.update_hessian(loss, generator=torch.Generator().manual_seed(step))
            loss.backward()
            optimizer.step()

    def start() -> list[Any]:
        return list(problem()[:2])

    whole, first = start(), start()
    one, two = getattr(optim, name)(whole, lr=0.1), getattr(optim, name)(first, lr=0.1)
    train(whole, one, range(10))
    train(first, two, range(5))
    second = [p.detach().clone().requires_grad_() for p in first]
    three = getattr(optim, name)(second)
    three.load_state_dict(two.state_dict())
    train(second, three, range(5, 10))
    assert_equal(values(whole), values(second))


def test_sophia_without_an_estimate_or_below_zero_steps_by_signs() -> None:
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = optim.SophiaH([w], lr=0.1, weight_decay=0)
    w.grad = torch.tensor([1e-6, -5.0])
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), [0.9, -1.9], rtol=1e-6)
    optimizer.update_hessian(-(w * w).sum())
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), [0.8, -1.8], rtol=1e-6)


def test_every_group_averages_estimates_by_its_own_betas() -> None:
    a, b = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    optimizer = optim.SophiaG([{"params": [a], "betas": (0.5, 0.75)}, {"params": [b]}], betas=(0.5, 0.5))
    for _ in range(2):
        optimizer.update_hessian((a * a + b * b).sum(), batch_size=4)
    a.grad = b.grad = torch.ones(1)
    optimizer.step()
    assert optimizer.state[a]["hessian"].item() == 16 * (1 - 0.75**2)
    assert optimizer.state[b]["hessian"].item() == 16 * (1 - 0.5**2)


def test_gauss_newton_bartlett_estimates_have_the_mean_of_the_gauss_newton_diagonal() -> None:
    """For logits that are the parameters, that is diag(p) - p p^T."""
    w = torch.tensor([0.3, -0.5, 1.0], dtype=torch.float64, requires_grad=True)
    p = torch.softmax(w.detach(), -1)
    generator = torch.Generator().manual_seed(0)
    found = []
    for _ in range(500):
        optimizer = optim.SophiaG([w], betas=(0.5, 0.0))
        labels = torch.multinomial(p, 8, replacement=True, generator=generator)
        loss = torch.nn.functional.cross_entropy(w.expand(8, 3), labels)
        optimizer.update_hessian(loss, batch_size=8)
        w.grad = torch.zeros(3, dtype=torch.float64)
        optimizer.step()
        found.append(optimizer.state[w]["hessian"].numpy().copy())
        w.data.copy_(torch.tensor([0.3, -0.5, 1.0], dtype=torch.float64))
    expected = (p * (1 - p)).numpy()
    several = np.array(found)
    assert (np.abs(several.mean(0) - expected) < 5 * several.std(0) / 500**0.5).all()


def test_a_batch_without_labels_is_refused() -> None:
    w = torch.ones(1, requires_grad=True)
    optimizer = optim.SophiaG([w])
    with pytest.raises(ValueError, match="batch_size is the number of labels, not 0"):
        optimizer.update_hessian((w * w).sum(), batch_size=0)


def test_adahessian_averages_over_the_places_of_a_kernel() -> None:
    w = torch.ones(1, 2, 2, requires_grad=True)
    optimizer = optim.AdaHessian([w], average_conv_kernel=True)
    optimizer.update_hessian((torch.tensor([[[1.0, -3.0], [5.0, 5.0]]]) * w * w).sum() / 2)
    w.grad = torch.ones(1, 2, 2)
    optimizer.step()
    assert optimizer.state[w]["hessian"].tolist() == [[[2, 2], [5, 5]]]
