"""explain() shows the numbers of the step that is then taken; introspect() those of the last one."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import IDS, MAKERS, assert_equal, fill_gradients, parameters, values


def test_adams_second_step_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = optim.Adam([w], lr=0.1, betas=(0.5, 0.5), eps=0, weight_decay=0.5)
    for g in ([1.0, 2.0], [3.0, -1.0]):
        w.grad = torch.tensor(g, dtype=torch.float64)
        if g[0] == 1:
            optimizer.step()
    text = optimizer.explain()
    assert capsys.readouterr().out == text + "\n"
    shown = dict(
        re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in text.splitlines()[2:] if "  " in line.strip()
    )
    p = np.array([0.9, -2.1])
    g = np.array([3.0, -1.0]) + 0.5 * p
    m = 0.5 * 0.5 * np.array([1.5, 1.0]) + 0.5 * g
    v = 0.5 * 0.5 * np.array([1.5, 1.0]) ** 2 + 0.5 * g * g
    step = 0.1 / 0.75 * m / np.sqrt(v / 0.75)

    def listed(x: Any) -> str:
        return "[" + " ".join(f"{n:.6g}" for n in x) + "]"

    assert "Adam, step 2 of a parameter of shape (2,)" in text
    assert shown["g = p.grad + 0.5 * p"] == listed(g)
    assert shown["m = beta1 * m + (1 - beta1) * g"] == f"m = {listed(m)}"
    assert shown["v = beta2 * v + (1 - beta2) * g * g"] == f"v = {listed(v)}"
    assert shown["p - step"] == listed(p - step)
    assert f"step = {listed(step)}" in text


@pytest.mark.parametrize("make", MAKERS, ids=IDS)
def test_explaining_changes_nothing_and_tells_the_next_value(make: Any) -> None:
    params, same = parameters(), parameters()
    explained, plain = make(params), make(same)
    tracer = sys.gettrace()
    for step in range(3):
        for ps in (params, same):
            fill_gradients(ps, step)
        text = explained.explain(params[2])
        assert sys.gettrace() is tracer
        explained.step()
        plain.step()
        assert text.splitlines()[-1].split()[-1] == f"{params[2].item():.6g}"
    assert_equal(values(params), values(same))


def test_decay_maximize_and_transforms_are_shown() -> None:
    w = torch.tensor([3.0, 4.0], requires_grad=True)
    clip = optim.transforms.clip_by_global_norm(1.0, eps=0)
    optimizer = optim.AdamW([w], lr=0.1, weight_decay=0.5, maximize=True, transforms=[clip])
    w.grad = torch.tensor([3.0, 4.0])
    text = optimizer.explain(w)
    assert re.search(r"transformed gradient +\[0\.6 0\.8\]", text)
    assert re.search(r"g = -p\.grad +\[-0\.6 -0\.8\]", text)
    assert re.search(r"p = p \* \(1 - 0\.05\) +\[2\.85 3\.8\]", text)


def test_what_cannot_be_explained() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w])
    with pytest.raises(RuntimeError, match="no gradient"):
        optimizer.explain()
    with pytest.raises(ValueError, match="not one of the optimizer's parameters"):
        optimizer.explain(torch.ones(2))


def test_optimizers_without_a_rule_say_so() -> None:
    optimizer = optim.LBFGS(parameters())
    with pytest.raises(RuntimeError, match="LBFGS has no rule to explain"):
        optimizer.explain()
    with pytest.raises(RuntimeError, match="LBFGS keeps no steps to look into"):
        optimizer.introspect()


@pytest.mark.parametrize("make", MAKERS, ids=IDS)
def test_introspection_tells_what_the_last_step_did(make: Any) -> None:
    params = parameters()
    optimizer = make(params, keep_steps=True)
    fill_gradients(params, 0)
    optimizer.step()
    before = values(params)
    fill_gradients(params, 1)
    params[1].grad = None
    optimizer.step()
    told = optimizer.introspect()
    for p, old in zip(params, before, strict=True):
        if p is params[1]:
            continue
        step = old - p.detach().numpy()
        np.testing.assert_array_equal(told[p].step, step)
        np.testing.assert_allclose(told[p].effective_lr, np.abs(step) / np.abs(p.grad.numpy()))
        assert told[p].update_to_weight == pytest.approx(np.linalg.norm(step) / np.linalg.norm(old))
        for name, size in told[p].state_norms.items():
            assert size == pytest.approx(np.linalg.norm(optimizer.state[p][name].numpy()))


def test_introspection_needs_steps_that_were_kept() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5)
    w.grad = torch.ones(2)
    optimizer.step()
    with pytest.raises(RuntimeError, match="keep_steps=True"):
        optimizer.introspect()
    optimizer.keep_steps = True
    optimizer.step()
    assert optimizer.introspect()[w].effective_lr.tolist() == [0.5, 0.5]


def test_a_rules_source_is_its_own_lines() -> None:
    source = optim.Lion.rule.source
    assert "step = lr * np.sign(beta1 * m + (1 - beta1) * g)" in source
    assert source.startswith("@rule(")
