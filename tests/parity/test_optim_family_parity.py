"""The steps of torch.optim's less usual optimizers, and their state dicts, against torch's own."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

from .test_optim_parity import run, torch

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.3, "rho": 0.5, "eps": 1e-3, "weight_decay": 0.1}),
    ("Adadelta", {"rho": 1.0, "eps": 0.1}),
    ("Adadelta", {"maximize": True, "foreach": False}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.1}),
    ("Adamax", {"betas": (0.0, 0.0)}),
    ("Adamax", {"maximize": True, "foreach": False}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "momentum_decay": 0.3}),
    ("NAdam", {"weight_decay": 0.3}),
    ("NAdam", {"weight_decay": 0.3, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1, "weight_decay": 0.3}),
    ("RAdam", {"betas": (0.9, 0.5)}),  # never rectified
    ("RAdam", {"weight_decay": 0.3, "decoupled_weight_decay": True, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.3, 1.7), "step_sizes": (0.02, 0.3)}),
    ("Rprop", {"maximize": True, "foreach": False}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 10, "weight_decay": 0.1}),
    ("ASGD", {"t0": 0, "maximize": True, "foreach": False}),
]
NAMES = ["Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD"]


@pytest.fixture(autouse=True)
def numbers_in_double_precision() -> Iterator[None]:
    """Torch keeps the numbers in a state, such as NAdam's mu_product, in its default dtype; here they are floats."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
@pytest.mark.parametrize("absent", [False, True])
def test_fifty_steps_equal_torchs(name: str, options: dict[str, Any], absent: bool) -> None:
    for ours, theirs in zip(
        run(tinygrad_opt, name, options, np.float64, 50, absent),
        run(torch, name, options, np.float64, 50, absent),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["Adadelta", "Adamax", "NAdam", "RAdam", "ASGD"])
def test_groups_have_hyper_parameters_of_their_own(name: str) -> None:
    arguments = (name, {"lr": 0.02}, np.float64, 20, False, True)
    for ours, theirs in zip(run(tinygrad_opt, *arguments), run(torch, *arguments), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_float32_steps_stay_close_to_torchs(name: str) -> None:
    for ours, theirs in zip(
        run(tinygrad_opt, name, {"lr": 0.01}, np.float32, 20, True),
        run(torch, name, {"lr": 0.01}, np.float32, 20, True),
        strict=True,
    ):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def steps_of(lib: Any, optimizer: Any, params: list[Any], steps: range) -> None:
    for t in steps:
        for i, p in enumerate(params):
            noise = np.random.default_rng([t, i]).normal(size=tuple(p.shape))
            p.grad = None if (t + i) % 4 == 0 else lib.tensor(np.asarray(p.detach().numpy() * 0.3 + noise))
        optimizer.step()


def tensors(lib: Any, values: list[Any]) -> list[Any]:
    return [lib.tensor(np.array(value), requires_grad=True) for value in values]


@pytest.mark.parametrize(("name", "options"), [("ASGD", {"t0": 3, "lambd": 0.1}), *[(name, {}) for name in NAMES[:-1]]])
def test_a_state_dict_of_torchs_is_continued(name: str, options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    theirs = tensors(torch, [rng.normal(size=shape) for shape in [(3, 4), (), (5,)]])
    their_optimizer = getattr(torch.optim, name)(theirs, **options)
    steps_of(torch, their_optimizer, theirs, range(10))
    ours = tensors(tinygrad_opt, [p.detach().numpy() for p in theirs])
    optimizer = getattr(tinygrad_opt.optim, name)(ours)
    optimizer.load_state_dict(their_optimizer.state_dict())
    for p, q in zip(ours, theirs, strict=True):
        for key, value in optimizer.state[p].items():
            np.testing.assert_allclose(np.asarray(value), np.asarray(their_optimizer.state[q][key]), rtol=1e-12)
    steps_of(torch, their_optimizer, theirs, range(10, 20))
    steps_of(tinygrad_opt, optimizer, ours, range(10, 20))
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-11, atol=1e-13)
        if name == "ASGD":
            np.testing.assert_allclose(
                optimizer.state[p]["ax"].numpy(), their_optimizer.state[q]["ax"].numpy(), rtol=1e-11, atol=1e-13
            )


@pytest.mark.parametrize(
    "options",
    [{}, {"lr": 0.1, "betas": (0.5, 0.9), "eps": 0.1}, {"lr": 0.01, "maximize": True}, {"lr": 0.05, "eps": 1e-3}],
)
@pytest.mark.parametrize("shape", [(6, 3), (8,), (4, 2, 3)])
def test_sparse_adam_leaves_the_rows_alone_that_torchs_does(options: dict[str, Any], shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(1)
    start = rng.normal(size=shape)
    (ours,), (theirs,) = tensors(tinygrad_opt, [start]), tensors(torch, [start])
    optimizer = tinygrad_opt.optim.SparseAdam([ours], **options)
    their_optimizer = torch.optim.SparseAdam([theirs], **options)
    for step in range(30):
        rows = rng.random(shape[0]) < (0 if step == 7 else 0.4)
        dense = rng.normal(size=shape) * rows.reshape(-1, *[1] * (len(shape) - 1))
        ours.grad = tinygrad_opt.tensor(dense)
        theirs.grad = torch.tensor(dense).to_sparse(1)
        optimizer.step()
        their_optimizer.step()
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-10, atol=1e-12)
    for name in ("exp_avg", "exp_avg_sq"):
        np.testing.assert_allclose(optimizer.state[ours][name].numpy(), their_optimizer.state[theirs][name].numpy())


BAD: list[tuple[str, dict[str, Any]]] = [
    ("Adadelta", {"rho": 1.1}),
    ("Adadelta", {"rho": math.nan}),
    ("Adadelta", {"eps": -1.0}),
    ("Adamax", {"betas": (0.9, 1.0)}),
    ("Adamax", {"lr": -1.0}),
    ("NAdam", {"momentum_decay": -1.0}),
    ("NAdam", {"betas": (-0.1, 0.9)}),
    ("RAdam", {"weight_decay": -1.0}),
    ("RAdam", {"eps": -1.0}),
    ("Rprop", {"etas": (1.0, 0.5)}),
    ("Rprop", {"etas": (0.5, 1.0)}),
    ("Rprop", {"etas": (0.0, 1.5)}),
    ("Rprop", {"lr": -0.1}),
    ("ASGD", {"lr": -0.1}),
    ("ASGD", {"weight_decay": -0.1}),
    ("SparseAdam", {"lr": 0.0}),
    ("SparseAdam", {"eps": 0.0}),
    ("SparseAdam", {"betas": (0.9, 1.0)}),
]


@pytest.mark.parametrize(("name", "options"), BAD)
def test_bad_hyper_parameters_raise_torchs_exception(name: str, options: dict[str, Any]) -> None:
    errors = []
    for lib in (tinygrad_opt, torch):
        with pytest.raises(ValueError, match="Invalid") as caught:
            getattr(lib.optim, name)([lib.ones(2, requires_grad=True)], **options)
        errors.append(str(caught.value))
    assert errors[0].startswith(errors[1])
