"""The `fast` extra: loops compiled from a rule's trace take the rule's own steps, and are chosen where they pay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.optim import compiled, engine
from tinygrad_opt.optim.rule import Rule
from tinygrad_opt.optim.trace import Trace

from .oracles import ORACLES, Oracle

SIZE = engine.LARGE + 1000
ELEMENTWISE = [
    oracle
    for oracle in ORACLES
    if getattr(torch.optim, oracle.name).rule.scope == "element"
    and "hessian_power" not in oracle.options  # powers are left to NumPy
]


def run(oracle: Oracle, dtype: Any, steps: int = 4) -> list[Any]:
    rng = np.random.default_rng(0)
    w = torch.tensor(rng.normal(size=SIZE).astype(dtype), requires_grad=True)
    optimizer = getattr(torch.optim, oracle.name)([w], **oracle.options)
    for t in range(1, steps + 1):
        w.grad = torch.tensor(rng.normal(size=w.numel()).astype(dtype))
        if oracle.before:
            oracle.before(optimizer, [w], t)
        optimizer.step()
    return [w.detach().numpy(), *[np.asarray(v) for k, v in optimizer.state[w].items() if k != "step"]]


@pytest.mark.parametrize("oracle", ELEMENTWISE, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_compiled_loop_takes_the_steps_of_the_rule(oracle: Oracle, dtype: Any, monkeypatch: Any) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(engine, "_use", "numba")
    fast = run(oracle, dtype)
    monkeypatch.setattr(engine, "_use", "numpy")
    for a, b in zip(fast, run(oracle, dtype), strict=True):
        np.testing.assert_array_max_ulp(a, b, 4)


REPLAYED = {"MADGRAD"}  # np.power, which NumPy computes in its own way


def test_every_elementwise_rule_is_compiled(monkeypatch: Any) -> None:
    pytest.importorskip("numba")
    made = []
    monkeypatch.setattr(engine, "_use", "auto")
    monkeypatch.setattr(compiled.Kernel, "run", lambda kernel, *arrays: made.append(kernel))
    for oracle in ELEMENTWISE:
        made.clear()
        run(oracle, np.float32, steps=1)
        assert bool(made) is (oracle.name not in REPLAYED), oracle


def test_threads_share_a_long_loop(monkeypatch: Any) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(compiled, "THREADED", 10)
    monkeypatch.setattr(compiled, "_threads", lambda: 3)
    kernel = compiled.Kernel(Trace(lambda a, b: [a + 2 * b], 2), [0], np.dtype(np.float64))
    a, b = np.arange(100.0), np.ones(100)
    kernel.run(a, b)
    np.testing.assert_array_equal(a, np.arange(100.0) + 2)


def test_numbers_are_arguments_so_that_nothing_is_compiled_twice() -> None:
    pytest.importorskip("numba")
    first, second = [compiled.Kernel(Trace(lambda a, k=k: [a * k], 1), [0], np.dtype(np.float32)) for k in (2.0, 3.0)]
    assert first.loop is second.loop
    assert first.constants != second.constants


def test_what_has_no_words_is_refused_before_it_is_compiled() -> None:
    with pytest.raises(TypeError, match="no words for arctan2"):
        compiled.Kernel(Trace(lambda a, b: [np.arctan2(a, b)], 2), [0], np.dtype(np.float32))
    with pytest.raises(TypeError, match="float16"):
        compiled.Kernel(Trace(lambda a: [a + 1], 1), [0], np.dtype(np.float16))


def test_the_engine_to_use_can_be_said(monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "_use", "auto")
    with pytest.raises(ValueError, match="'auto', 'numpy' or 'numba'"):
        engine.use("cython")  # type: ignore[arg-type]
    engine.use("numpy")
    made: list[Any] = []
    monkeypatch.setattr(compiled.Kernel, "run", lambda kernel, *arrays: made.append(kernel))
    run(ELEMENTWISE[0], np.float32, steps=1)
    assert not made
    monkeypatch.setattr(compiled, "available", lambda: False)
    with pytest.raises(RuntimeError, match="pip install"):
        engine.use("numba")


def test_a_rule_of_its_own_kind_is_run_by_numpy(monkeypatch: Any) -> None:
    monkeypatch.setattr(engine, "_use", "auto")

    def odd(g: Any, *, lr: float) -> tuple[Any]:
        return (lr * np.cumsum(g),)

    class Odd(torch.optim.Optimizer):
        rule = Rule(odd, "element", {})

        def __init__(self, params: Any) -> None:
            super().__init__(params, {"lr": 1.0, "weight_decay": 0.0})

    w = torch.zeros(SIZE, requires_grad=True)
    w.grad = torch.ones(SIZE)
    Odd([w]).step()
    assert w[0].item() == -1
