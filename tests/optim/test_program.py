"""A traced rule gives the bits that the rule itself gives, whatever it reuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import engine
from tinygrad_opt.optim.program import Program
from tinygrad_opt.optim.rule import Rule, rule
from tinygrad_opt.optim.trace import Trace

SIZE = engine.LARGE + 1000
MAKERS = [
    lambda p: optim.SGD(p, lr=0.1),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, maximize=True),
    lambda p: optim.Adagrad(p, lr_decay=0.1, initial_accumulator_value=0.1),
    lambda p: optim.RMSprop(p, centered=True, momentum=0.9),
    lambda p: optim.Adam(p, weight_decay=0.1, amsgrad=True),
    optim.AdamW,
]


def run(make: Any, dtype: Any, steps: int = 4) -> list[Any]:
    rng = np.random.default_rng(0)
    w = torch.tensor(rng.normal(size=SIZE).astype(dtype), requires_grad=True)
    optimizer = make([w])
    for _ in range(steps):
        w.grad = torch.tensor(rng.normal(size=w.numel()).astype(dtype))
        optimizer.step()
    return [w.detach().numpy(), *[v.numpy() for k, v in optimizer.state.get(w, {}).items() if k != "step"]]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_program_gives_the_same_bits_as_the_rule(make: Any, dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PART", 10_000)
    monkeypatch.setattr(engine, "_use", "numpy")
    traced = run(make, dtype)
    monkeypatch.setattr(engine, "LARGE", 10**9)
    for a, b in zip(traced, run(make, dtype), strict=True):
        np.testing.assert_array_equal(a, b)


def test_large_parameters_are_stepped_by_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(engine, "_use", "numpy")
    monkeypatch.setattr(engine, "Program", lambda *args: made.append(args) or Program(*args))
    run(optim.AdamW, np.float32, steps=2)
    assert len(made) == 2


def test_values_that_trade_places_are_not_lost() -> None:
    program = Program(Trace(lambda a, b, c: [b, a, b + c], 3), (0, 1, 2), 4, np.dtype(np.float64))
    a, b, c = np.full(4, 1.0), np.full(4, 2.0), np.full(4, 3.0)
    program.run(a, b, c)
    assert (a[0], b[0], c[0]) == (2, 1, 5)


def test_a_buffer_is_not_reused_while_it_is_still_read() -> None:
    def update(x: Any, y: Any) -> list[Any]:
        s, d = x + y, x - y
        p = s * d
        return [p + s + d, p * 2.0 + d]

    x, y = np.arange(4.0), np.arange(4.0)[::-1].copy()
    expected = update(x, y)
    Program(Trace(update, 2), (0, 1), 4, np.dtype(np.float64)).run(x, y)
    np.testing.assert_array_equal([x, y], expected)


@pytest.mark.parametrize(
    "body", [lambda g: np.where(g > 0, g, 0.5 * g), lambda g: g if g.sum() > 0 else -g, lambda g: g**2]
)
def test_a_rule_that_does_more_than_call_ufuncs_runs_all_the_same(body: Any) -> None:
    @rule()
    def step(g: Any, *, lr: float) -> tuple[Any, ...]:
        return (lr * body(g),)

    class Own(optim.Optimizer):
        rule: Rule = step

        def __init__(self, params: Any, lr: float = 0.5) -> None:
            super().__init__(params, {"lr": lr, "weight_decay": 0, "maximize": False})

    g = np.linspace(-1, 2, engine.LARGE + 5)
    w = torch.zeros(g.size, dtype=torch.float64, requires_grad=True)
    optimizer = Own([w])
    w.grad = torch.tensor(g)
    optimizer.step()
    parts = [body(g[i : i + engine.CHUNK]) for i in range(0, g.size, engine.CHUNK)]
    np.testing.assert_array_equal(w.detach().numpy(), -0.5 * np.concatenate(parts))


def test_factors_of_one_are_no_calls_and_leave_the_bits() -> None:
    trace = Trace(lambda a, b: [1 * a + b * 1.0, b * 2], 2)
    assert [function for function, _, _ in trace.calls] == [np.add, np.multiply]
    a, b = np.array([-0.0, np.inf, 1.5]), np.array([-0.0, 2.0, 0.25])
    Program(trace, (0, 1), 4, np.dtype(np.float64)).run(a, b)
    np.testing.assert_array_equal(a, [-0.0, np.inf, 1.75])
    assert np.signbit(a[0])
