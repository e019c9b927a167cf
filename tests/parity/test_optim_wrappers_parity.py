"""Averages against torch.optim.swa_utils; Lookahead and SAM against pytorch_optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt import optim

torch = pytest.importorskip("torch")
LIBRARIES = (tinygrad_opt, torch)
STEPS = 33


def network(lib: Any) -> Any:
    rng = np.random.default_rng(0)
    model = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.Tanh(), lib.nn.Linear(4, 2)).double()
    model[0].register_buffer("table", lib.tensor(np.zeros(3)))
    model[0].register_buffer("count", lib.tensor(np.array(0)))
    with lib.no_grad():
        for p in model.parameters():
            p.copy_(lib.tensor(rng.normal(size=tuple(p.shape))))
    return model


def walk(lib: Any, model: Any, step: int) -> None:
    rng = np.random.default_rng(step)
    with lib.no_grad():
        for p in model.parameters():
            p += lib.tensor(rng.normal(size=tuple(p.shape)))
        model[0].table += lib.tensor(rng.normal(size=3))
        model[0].count += step


AVERAGES: dict[str, Any] = {
    "equal": lambda u: {},
    "equal with buffers": lambda u: {"use_buffers": True},
    "equal, one by one": lambda u: {"avg_fn": u.get_swa_avg_fn(), "use_buffers": True},
    # With n as a number; of a tensor torch computes 1 / (n + 1) in float32.
    "equal, many": lambda u: {"multi_avg_fn": lambda old, new, n: u.get_swa_multi_avg_fn()(old, new, n.item())},
    "exponential, one by one": lambda u: {"avg_fn": u.get_ema_avg_fn(0.9), "use_buffers": True},
    "exponential, many": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.4), "use_buffers": True},
    "exponential, long": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn()},
    "decay 1": lambda u: {"avg_fn": u.get_ema_avg_fn(1.0)},
    "decay 0": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.0)},
    "a function": lambda u: {"avg_fn": lambda average, new, n: average * 0.5 + new * (n + 1)},
}


@pytest.mark.parametrize("what", list(AVERAGES))
def test_averages_equal_torchs(what: str) -> None:
    states = []
    for lib in LIBRARIES:
        model = network(lib)
        averaged = lib.optim.swa_utils.AveragedModel(model, **AVERAGES[what](lib.optim.swa_utils))
        for step in range(10):
            walk(lib, model, step)
            averaged.update_parameters(model)
        states.append({name: t.detach().numpy() for name, t in averaged.state_dict().items()})
    ours, theirs = states
    assert set(ours) == set(theirs)
    for name, value in theirs.items():
        assert ours[name].dtype == value.dtype
        np.testing.assert_allclose(ours[name], value, rtol=1e-12, atol=1e-14, err_msg=name)


def test_a_state_dict_of_torchs_average_goes_on_here() -> None:
    models = [network(lib) for lib in LIBRARIES]
    averaged = [lib.optim.swa_utils.AveragedModel(model) for lib, model in zip(LIBRARIES, models, strict=True)]
    for step in range(4):
        walk(torch, models[1], step)
        averaged[1].update_parameters(models[1])
    averaged[0].load_state_dict({k: v.numpy() for k, v in averaged[1].state_dict().items()})
    for lib, model, each in zip(LIBRARIES, models, averaged, strict=True):
        with lib.no_grad():
            for t in (*model.parameters(), model[0].table):
                t.fill_(0.5)
        each.update_parameters(model)
    for p, q in zip(averaged[0].parameters(), averaged[1].parameters(), strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("decay", [-0.1, 1.5])
def test_bad_decays_raise_torchs_error(decay: float) -> None:
    errors = []
    for lib in LIBRARIES:
        with pytest.raises(ValueError, match="decay") as caught:
            lib.optim.swa_utils.get_ema_multi_avg_fn(decay)
        errors.append(str(caught.value))
    assert errors[0] == errors[1]


# ---- pytorch_optimizer ----------------------------------------------------------------------------------------------


def losses(lib: Any, params: list[Any]) -> Any:
    return sum((p**4 * 0.25).sum() + ((p - 1) ** 2).sum() for p in params)


def tensors(lib: Any) -> list[Any]:
    rng = np.random.default_rng(1)
    return [lib.tensor(rng.normal(size=shape), requires_grad=True) for shape in ((3, 2), (4,), ())]


def run(lib: Any, optimizer: Any, params: list[Any], first: bool = False) -> list[Any]:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = losses(lib, params)
        loss.backward()
        return loss

    for _ in range(STEPS):
        if first:  # where the gradient here is the caller's business
            closure()
        optimizer.step(closure)
    return [p.detach().numpy() for p in params]


@pytest.mark.parametrize("pullback", ["none", "reset", "pullback"])
@pytest.mark.parametrize(("k", "alpha"), [(5, 0.5), (3, 0.2), (1, 0.9)])
@pytest.mark.parametrize("inner", [{"momentum": 0.7}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}])
def test_lookahead_equals_that_of_pytorch_optimizer(pullback: Any, k: int, alpha: float, inner: dict[str, Any]) -> None:
    peers = pytest.importorskip("pytorch_optimizer")
    ours, theirs = tensors(tinygrad_opt), tensors(torch)
    mine = optim.Lookahead(optim.SGD(ours, lr=0.01, **inner), k=k, alpha=alpha, pullback=pullback)
    other = peers.Lookahead(torch.optim.SGD(theirs, lr=0.01, **inner), k=k, alpha=alpha, pullback_momentum=pullback)
    for a, b in zip(run(tinygrad_opt, mine, ours), run(torch, other, theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize("rho", [0.05, 0.5])
@pytest.mark.parametrize(("inner", "options"), [("SGD", {"lr": 0.01, "momentum": 0.9}), ("AdamW", {"lr": 0.05})])
def test_sam_equals_that_of_pytorch_optimizer(adaptive: bool, rho: float, inner: str, options: dict[str, Any]) -> None:
    peers = pytest.importorskip("pytorch_optimizer")
    ours, theirs = tensors(tinygrad_opt), tensors(torch)
    mine = optim.SAM(getattr(optim, inner)(ours, **options), rho=rho, adaptive=adaptive)
    other = peers.SAM(theirs, getattr(torch.optim, inner), rho=rho, adaptive=adaptive, **options)
    for a, b in zip(run(tinygrad_opt, mine, ours), run(torch, other, theirs, first=True), strict=True):
        # theirs has the norm of the gradient in float32
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-8)
