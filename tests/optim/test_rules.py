"""What single rules promise beyond their formula, and hyper-parameters that they refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim.update import Update

from .makers import IDS, SETTINGS, maker


def one(value: Any) -> Any:
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize(("name", "settings"), SETTINGS, ids=IDS)
def test_rules_compute_in_float32_where_parameters_are_and_take_empty_ones(
    name: str, settings: dict[str, Any], monkeypatch: Any
) -> None:
    step, seen = Update.step, set()

    def watched(self: Update, *args: Any) -> Any:
        taken, states = step(self, *args)
        seen.update(x.dtype for x in (taken, *states.values()) if not isinstance(x, float))
        return taken, states

    monkeypatch.setattr(Update, "step", watched)
    rng = np.random.default_rng(0)
    params = [
        torch.tensor(np.asarray(rng.normal(size=s), np.float32), requires_grad=True) for s in ((3, 4), (), (0, 3))
    ]
    optimizer = maker(name, settings)(params)
    for _ in range(8):
        for p in params:
            p.grad = torch.tensor(np.asarray(rng.normal(size=tuple(p.shape)), np.float32))
        optimizer.step()
    assert seen == {np.dtype(np.float32)}
    assert all(np.isfinite(p.detach().numpy()).all() for p in params)


def test_ftrl_weights_are_zero_exactly_where_little_pulls() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 6))
    y = x[:, :2] @ [1.0, -2.0]
    w = one(np.zeros(6))
    optimizer = optim.FTRL([w], lr=0.5, beta=1.0, lambda_1=3.0)
    for i in range(200):
        w.grad = torch.tensor(x[i] * (x[i] @ w.detach().numpy() - y[i]))
        optimizer.step()
    assert [v == 0 for v in w.tolist()] == [False, False, True, True, True, True]


def test_adopt_looks_at_its_first_gradient_only_for_its_size() -> None:
    w = one([1.0, -2.0])
    optimizer = optim.ADOPT([w], lr=0.1)
    w.grad = torch.tensor([3.0, math.inf], dtype=torch.float64)
    optimizer.step()
    assert w[0].item() == 1
    assert optimizer.state[w]["exp_avg_sq"].tolist() == [9, math.inf]


def test_the_steps_of_sign_sgd_do_not_depend_on_the_scale_of_the_gradient() -> None:
    ends = []
    for scale in (1e-6, 1.0, 1e6):
        w = one([1.0, -2.0, 0.0])
        optimizer = optim.Signum([w], lr=0.5)
        for g in ([1.0, -1.0, 0.0], [-1.0, -5.0, 0.0]):
            w.grad = torch.tensor(g, dtype=torch.float64) * scale
            optimizer.step()
        ends.append(w.tolist())
    assert ends == [[1.0, -1.0, 0.0]] * 3


def test_sm3_keeps_a_number_for_each_row_and_column() -> None:
    w, b = one(np.ones((50, 40))), one(np.ones(7))
    optimizer = optim.SM3([w, b])
    w.grad, b.grad = torch.ones_like(w), torch.ones_like(b)
    optimizer.step()
    assert [optimizer.state[p]["accumulator"].numel() for p in (w, b)] == [90, 7]


@pytest.mark.parametrize("name", ["Adan", "LARS", "NovoGrad", "StableAdamW"])
def test_parameters_may_be_spared_the_decay_of_rules_that_decay_by_themselves(name: str) -> None:
    ends = []
    for options in ({"weight_decay": 0.5, "no_decay": "bias_and_norm"}, {"weight_decay": 0.0}):
        w = one([1.0, -2.0])
        optimizer = getattr(optim, name)([w], lr=0.1, **options)
        w.grad = torch.tensor([0.3, 0.4], dtype=torch.float64)
        optimizer.step()
        ends.append(w.tolist())
    assert ends[0] == ends[1]


def test_the_first_step_of_ademamix_with_warmups_is_adams() -> None:
    ends = []
    for make in (lambda p: optim.AdEMAMix(p, alpha_warmup=1e9, beta3_warmup=10), optim.Adam):
        w = one([1.0, -2.0])
        optimizer = make([w])
        w.grad = torch.tensor([0.3, 0.4], dtype=torch.float64)
        optimizer.step()
        ends.append(w.tolist())
    np.testing.assert_allclose(ends[0], ends[1], rtol=1e-9)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("Adan", {"betas": (0.9, 0.9)}, "there are 3"),
    ("Adan", {"difference_weight": "beta1"}, "Invalid difference_weight: 'beta1'"),
    ("Adan", {"eps_root": -1.0}, "Invalid eps_root value"),
    ("AdEMAMix", {"alpha": -1.0}, "Invalid alpha value"),
    ("AdEMAMix", {"betas": (0.0, 0.9, 0.99), "beta3_warmup": 5}, "beta3_warmup needs"),
    ("AdEMAMix", {"alpha_warmup": math.nan}, "Invalid alpha_warmup value"),
    ("AdaBelief", {"eps_root": -1.0}, "Invalid eps_root value"),
    ("Adamax", {"eps_place": "root"}, "Invalid eps_place: 'root'"),
    ("Yogi", {"initial_accumulator_value": -1.0}, "Invalid initial_accumulator_value value"),
    ("RAdam", {"threshold": 3.0}, "Invalid threshold value: 3.0"),
    ("QHM", {"nu": 1.5}, "Invalid nu value"),
    ("QHM", {"momentum": 1.0}, "Invalid momentum value"),
    ("QHAdam", {"nus": (0.5, 1.5)}, "Invalid nu value at index 1"),
    ("QHAdam", {"nus": (0.5,)}, "there are 2"),
    ("SignSGD", {"momentum": 1.0}, "Invalid momentum value"),
    ("Rprop", {"etas": (0.5, 1.2, 3.0)}, "there are 2"),
    ("Rprop", {"step_sizes": (1.0, 0.5)}, "Invalid step_sizes"),
    ("Rprop", {"step_sizes": (math.nan, 0.5)}, "Invalid step_sizes"),
    ("LARS", {"trust_coefficient": -1.0}, "Invalid trust_coefficient value"),
    ("LARS", {"trust_norm": "both"}, "Invalid trust_norm"),
    ("MADGRAD", {"momentum": 1.0}, "Invalid momentum value"),
    ("FTRL", {"lr": 0.0}, "FTRL divides by it"),
    ("FTRL", {"lambda_1": -1.0}, "Invalid lambda_1 value"),
    ("SM3", {"momentum": 1.0}, "Invalid momentum value"),
    ("ASGD", {"t0": -1.0}, "Invalid t0 value"),
    ("ASGD", {"lambd": math.nan}, "Invalid lambd value"),
]


@pytest.mark.parametrize(("name", "options", "message"), BAD)
def test_hyper_parameters_out_of_range_are_refused(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(optim, name)([one([1.0])], **options)
