"""Adafactor and Muon against torch's."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt.optim.optimizer import Options, OwnOptions

torch = pytest.importorskip("torch")

ADAFACTOR: list[dict[str, Any]] = [
    {},
    {"lr": 0.3},
    {"lr": 0.1, "beta2_decay": -0.5, "d": 1.5, "weight_decay": 0.1},
    {"lr": 0.1, "eps": (0.2, 0.5)},
    {"lr": 0.1, "eps": (None, 1e-8), "maximize": True},
]
MUON: list[dict[str, Any]] = [
    {"lr": 0.1},
    {"lr": 0.1, "momentum": 0.5, "nesterov": False, "weight_decay": 0.0},
    {"lr": 0.1, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 3},
    {"lr": 0.1, "adjust_lr_fn": "original", "ns_coefficients": (1.5, -0.5, 0.0)},
]
SHAPES = [(3, 4), (5,), (), (1, 2, 3), (2, 1), (40, 70)]
MATRICES = [(3, 4), (6, 2), (5, 5), (1, 3), (20, 30)]


def run(lib: Any, name: str, options: dict[str, Any], shapes: Any, dtype: Any, steps: int, absent: bool) -> list[Any]:
    rng = np.random.default_rng(3)
    params = [lib.tensor(np.asarray(rng.normal(size=s), dtype), requires_grad=True) for s in shapes]
    optimizer = getattr(lib.optim, name)(params, **options)
    for step in range(steps):
        for i, p in enumerate(params):
            noise = np.asarray(rng.normal(size=shapes[i]), dtype)
            p.grad = (
                None if absent and (step + i) % 3 == 0 else lib.tensor(np.asarray(p.detach().numpy() * 0.3 + noise))
            )
        optimizer.step()
        if step == steps // 2:
            optimizer.param_groups[0]["lr"] *= 0.5
    return [p.detach().numpy() for p in params]


@pytest.mark.parametrize("options", ADAFACTOR, ids=str)
@pytest.mark.parametrize("absent", [False, True])
def test_adafactor_takes_fifty_steps_of_torchs(options: dict[str, Any], absent: bool) -> None:
    both = [run(lib, "Adafactor", options, SHAPES, np.float64, 50, absent) for lib in (tinygrad_opt, torch)]
    for ours, theirs in zip(*both, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_adafactor_stays_close_in_float32() -> None:
    both = [run(lib, "Adafactor", {"lr": 0.1}, SHAPES, np.float32, 20, True) for lib in (tinygrad_opt, torch)]
    for ours, theirs in zip(*both, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("options", MUON, ids=str)
def test_muon_takes_torchs_steps_but_for_its_bfloat16(options: dict[str, Any]) -> None:
    """Each step of lr 0.1 may differ by some hundredths of it; the oracles test the iteration itself."""
    both = [run(lib, "Muon", options, MATRICES, np.float64, 1, False) for lib in (tinygrad_opt, torch)]
    rng = np.random.default_rng(3)
    for shape, ours, theirs in zip(MATRICES, *both, strict=True):
        start = rng.normal(size=shape)
        assert np.abs(ours - theirs).max() < 0.05 * np.abs(theirs - start).max()


def test_muon_takes_torchs_steps_where_its_iteration_is_in_float64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda t: t.clone())
    for options in MUON:
        both = [run(lib, "Muon", options, MATRICES, np.float64, 30, True) for lib in (tinygrad_opt, torch)]
        for ours, theirs in zip(*both, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", ["Adafactor", "Muon"])
def test_arguments_have_torchs_names_order_and_defaults(name: str) -> None:
    ours = inspect.signature(getattr(tinygrad_opt.optim, name)).parameters
    theirs = inspect.signature(getattr(torch.optim, name)).parameters
    positional = [p.name for p in theirs.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in ours.values() if p.kind is p.POSITIONAL_OR_KEYWORD] == positional
    options = {**Options.__annotations__, **OwnOptions.__annotations__}
    for parameter in theirs.values():
        assert parameter.name in ours or parameter.name in options
        if parameter.name in ours:
            assert ours[parameter.name].default == parameter.default


@pytest.mark.parametrize(("name", "shapes"), [("Adafactor", SHAPES), ("Muon", MATRICES)])
def test_a_run_of_torchs_goes_on_here(name: str, shapes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda t: t.clone())
    rng = np.random.default_rng(0)
    theirs = [torch.tensor(np.asarray(rng.normal(size=s)), requires_grad=True) for s in shapes]
    one: Any = getattr(torch.optim, name)(theirs, lr=0.1)
    ours: list[Any] = []
    two: Any = None
    for step in range(6):
        if step == 3:
            ours = [tinygrad_opt.tensor(p.detach().numpy(), requires_grad=True) for p in theirs]
            two = getattr(tinygrad_opt.optim, name)(ours)
            two.load_state_dict(one.state_dict())
        gradients = [np.asarray(rng.normal(size=s)) for s in shapes]
        for lib, params, optimizer in ((torch, theirs, one), (tinygrad_opt, ours, two)):
            for p, g in zip(params, gradients, strict=False):
                p.grad = lib.tensor(g)
            if optimizer:
                optimizer.step()
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-8)
