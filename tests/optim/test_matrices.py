"""Optimizers that see a parameter as a matrix, and those that need no learning rate, where formulas do not show it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import assert_equal, fill_gradients, parameters, values


def matrices(seed: int = 0, dtype: Any = np.float64) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [torch.tensor(rng.normal(size=s).astype(dtype), requires_grad=True) for s in ((3, 4), (4, 2), (2, 2))]


def test_muon_resumes_to_the_bit_and_keeps_the_dtype() -> None:
    whole, part = matrices(dtype=np.float32), matrices(dtype=np.float32)
    one, two = optim.Muon(whole, lr=0.1), optim.Muon(part, lr=0.1)
    for step in range(6):
        if step == 3:
            part = [p.detach().clone().requires_grad_() for p in part]
            saved, two = two.state_dict(), optim.Muon(part)
            two.load_state_dict(saved)
        for params, optimizer in ((whole, one), (part, two)):
            fill_gradients(params, step)
            optimizer.step()
    assert_equal(values(whole), values(part))
    assert all(p.dtype == np.float32 for p in whole)


def test_muon_does_not_see_the_size_of_gradients() -> None:
    one, other = matrices(), matrices()
    small, large = optim.Muon(one, lr=0.1), optim.Muon(other, lr=0.1)
    for step in range(5):
        fill_gradients(one, step)
        fill_gradients(other, step)
        for p in other:
            p.grad = 1000 * p.grad
        small.step()
        large.step()
    for p, q in zip(one, other, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-10)


def test_muon_is_differentiable_and_a_link_of_chains() -> None:
    def after(lr: Any, w: Any) -> Any:
        p = w.clone()
        optimizer = optim.Muon([p], lr=lr, differentiable=True)
        for _ in range(2):
            p.grad = torch.tanh(p)
            optimizer.step()
        return p

    rng = np.random.default_rng(0)
    w = torch.tensor(rng.normal(size=(3, 2)), requires_grad=True)
    assert torch.autograd.gradcheck(after, (torch.tensor(0.1, dtype=torch.float64, requires_grad=True), w))
    chained, plain = matrices(), matrices()
    two = optim.ChainOptimizer(chained, optim.chain(optim.scale_by(optim.Muon), optim.scale(-0.1)))
    one = optim.Muon(plain, lr=0.1)
    for step in range(3):
        for params, optimizer in ((chained, two), (plain, one)):
            fill_gradients(params, step)
            optimizer.step()
    for p, q in zip(plain, chained, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-12)


BAD_MUON: list[dict[str, Any]] = [
    {"lr": -1.0},
    {"momentum": -0.5},
    {"weight_decay": -0.1},
    {"adjust_lr_fn": "moonshot"},
]


@pytest.mark.parametrize("options", BAD_MUON, ids=str)
def test_muon_refuses_what_torchs_refuses(options: dict[str, Any]) -> None:
    theirs = pytest.importorskip("torch")
    with pytest.raises(ValueError, match=r"should be >= 0|is not supported"):
        theirs.optim.Muon([theirs.ones(2, 2)], **options)
    with pytest.raises(ValueError, match=r"Invalid .*Muon|is not supported"):
        optim.Muon([torch.ones(2, 2)], **options)


def test_muon_takes_matrices_only() -> None:
    with pytest.raises(ValueError, match="Muon only supports 2D parameters whereas we found a parameter with size: "):
        optim.Muon([torch.ones(2, 2, requires_grad=True), torch.ones(2, requires_grad=True)])
    optimizer = optim.Muon([torch.ones(2, 2, requires_grad=True)])
    with pytest.raises(ValueError, match="only supports 2D"):
        optimizer.add_param_group({"params": [torch.ones(1, 2, 2, requires_grad=True)]})
    with pytest.raises(ValueError, match="number of Newton-Schulz steps: 100"):
        optim.Muon([torch.ones(2, 2)], ns_steps=100)
    with pytest.raises(ValueError, match="exactly 3 values"):
        optim.Muon([torch.ones(2, 2)], ns_coefficients=(1.0, 2.0))  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("name", ["Shampoo", "SOAP"])
def test_eigenvectors_have_no_derivative(name: str) -> None:
    with pytest.raises(RuntimeError, match=f"{name} does not support differentiable=True"):
        getattr(optim, name)([torch.ones(2, 2, requires_grad=True)], differentiable=True)


def test_shampoo_stays_finite_where_rounding_exceeds_its_eps() -> None:
    w = torch.ones(6, 6, requires_grad=True)
    optimizer = optim.Shampoo([w], lr=0.1, matrix_eps=1e-12)
    for scale in (1e3, 1e-3, 1e3):
        w.grad = torch.tensor(np.full((6, 6), scale, np.float32))
        optimizer.step()
        assert np.isfinite(w.detach().numpy()).all()


def test_soap_is_adam_where_there_is_no_matrix() -> None:
    v, u = [torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True) for _ in range(2)]
    soap, adam = optim.SOAP([v], weight_decay=0), optim.Adam([u], lr=3e-3, betas=(0.95, 0.95), eps=0)
    soap.param_groups[0]["eps"] = 0
    for step in range(6):
        v.grad = u.grad = torch.tensor(np.random.default_rng(step).normal(size=3))
        soap.step()
        if step:  # the first of SOAP takes nothing
            adam.step()
    np.testing.assert_allclose(v.tolist(), u.tolist(), rtol=1e-12)


def test_soap_leaves_the_weights_at_its_first_step() -> None:
    params = parameters()
    fill_gradients(params, 0)
    optim.SOAP(params, weight_decay=0.5).step()
    assert_equal(values(params), values(parameters()))


@pytest.mark.parametrize("name", ["DAdaptSGD", "DAdaptAdam", "Prodigy", "DoWG", "Adafactor", "Shampoo", "SOAP"])
def test_gradients_of_zero_leave_finite_weights(name: str) -> None:
    params = parameters()
    optimizer = getattr(optim, name)(params, weight_decay=0)
    for _ in range(2):
        for p in params:
            p.grad = torch.zeros_like(p)
        optimizer.step()
    assert_equal(values(params), values(parameters()))
    fill_gradients(params, 0)
    optimizer.step()
    assert all(np.isfinite(x).all() for x in values(params))


def test_polyak_needs_the_loss_and_stops_at_the_minimum() -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimizer = optim.PolyakSGD([w])
    w.grad = torch.ones(2)
    with pytest.raises(RuntimeError, match=r"steps by the loss: call step\(closure\)"):
        optimizer.step()
    assert w.tolist() == [1, 2]
    w.grad = torch.zeros(2)
    assert optimizer.step(lambda: 0.0) == 0.0
    assert w.tolist() == [1, 2]


def test_polyak_finds_the_minimum_of_a_quadratic_halfway_each_time() -> None:
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    optimizer = optim.PolyakSGD([w])

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (w * w).sum() + 1
        loss.backward()
        return loss

    optimizer.param_groups[0]["f_min"] = 1.0
    for half in (0.5, 0.25):
        optimizer.step(closure)
        np.testing.assert_allclose(w.tolist(), [3 * half, 4 * half], rtol=1e-6)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("Adafactor", {"beta2_decay": 0.1}),
    ("Adafactor", {"d": 0.5}),
    ("Adafactor", {"eps": (-1.0, 1e-3)}),
    ("Adafactor", {"eps": (None, -1e-3)}),
    ("Adafactor", {"eps_place": "outside"}),
    ("Shampoo", {"matrix_eps": -1.0}),
    ("Shampoo", {"preconditioning_compute_steps": 0}),
    ("SOAP", {"precondition_frequency": 0}),
    ("SOAP", {"shampoo_beta": 1.0}),
    ("Prodigy", {"d0": 0.0}),
    ("Prodigy", {"beta3": float("nan")}),
    ("DAdaptSGD", {"momentum": 1.0}),
    ("DAdaptAdam", {"d0": -1.0}),
    ("DoWG", {"init_estim_sq_dist": 0.0}),
    ("PolyakSGD", {"c": 0.0}),
    ("SophiaH", {"rho": -1.0}),
    ("AdaHessian", {"hessian_power": 1.5}),
    ("ScheduleFreeSGD", {"warmup_steps": -1}),
]


@pytest.mark.parametrize(("name", "options"), BAD)
def test_what_is_out_of_range_is_refused(name: str, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"Invalid .*{name}"):
        getattr(optim, name)(parameters(), **options)
