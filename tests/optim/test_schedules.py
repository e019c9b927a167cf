"""Schedules: their values against the formulas written out, and what holds for all of them."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from collections.abc import Callable
from typing import Any

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot

from tinygrad_opt.optim import schedules as sch
from tinygrad_opt.optim.schedules import Schedule

NAMES = {name: getattr(sch, name) for name in sch.__all__}

RESTARTS = [(0, 4), (4, 8), (12, 16), (28, 32)]  # where cycles begin, and how long they are

# (a schedule, what it is, written out)
FORMULAS: list[tuple[Schedule, Callable[[float], float]]] = [
    (sch.constant(), lambda k: 1.0),
    (sch.constant(0.3, steps=7), lambda k: 0.3),
    (sch.linear(10), lambda k: max(0.0, 1 - k / 10)),
    (sch.linear(10, 0.2, 0.7), lambda k: 0.2 + 0.5 * min(k, 10) / 10),
    (sch.warmup(10), lambda k: min(1.0, k / 10)),
    (sch.warmup(10, start=0.1), lambda k: 0.1 + 0.9 * min(k, 10) / 10),
    (sch.polynomial(10), lambda k: max(0.0, 1 - k / 10)),
    (sch.polynomial(10, power=2.0, start=3.0, end=1.0), lambda k: 1 + 2 * max(0.0, 1 - k / 10) ** 2),
    (sch.exponential(0.9), lambda k: 0.9**k),
    (sch.exponential(0.9, steps=5), lambda k: 0.9 ** min(k, 5)),
    (sch.step(3), lambda k: 0.1 ** (k // 3)),
    (sch.step(3, gamma=0.5, steps=7), lambda k: 0.5 ** (min(k, 7) // 3)),
    (sch.multistep([4, 2, 2]), lambda k: 0.1 ** (2 * (k >= 2) + (k >= 4))),
    (sch.piecewise({0: 1.0, 3: 0.5, 9: 2.0}), lambda k: 1.0 if k < 3 else 0.5 if k < 9 else 2.0),
    (sch.cosine(10), lambda k: 0.5 * (1 + math.cos(math.pi * min(k, 10) / 10))),
    (sch.cosine(10, 2.0, 0.5), lambda k: 0.5 + 1.5 * 0.5 * (1 + math.cos(math.pi * min(k, 10) / 10))),
    (sch.cosine_restarts(5), lambda k: 0.5 * (1 + math.cos(math.pi * (k % 5) / 5))),
    (
        sch.cosine_restarts(4, mult=2, end=0.1),
        lambda k: 0.55 + 0.45 * math.cos(math.pi * next((k - s) / n for s, n in RESTARTS if k < s + n)),
    ),
    (sch.cyclic(4), lambda k: 1 - abs(k % 8 - 4) / 4),
    (sch.cyclic(4, 2, low=0.5), lambda k: 0.5 + 0.5 * (k % 6 / 4 if k % 6 <= 4 else (6 - k % 6) / 2)),
    (sch.cyclic(4, mode="triangular2"), lambda k: (1 - abs(k % 8 - 4) / 4) / 2 ** (k // 8)),
    (sch.cyclic(4, mode="exp_range", gamma=0.9), lambda k: (1 - abs(k % 8 - 4) / 4) * 0.9**k),
    (
        sch.one_cycle(20, anneal="linear"),
        lambda k: 0.04 + 0.96 * k / 5 if k <= 5 else 1 + (4e-6 - 1) * (min(k, 19) - 5) / 14,
    ),
    (
        sch.one_cycle(20, 0.3, 10.0, 10.0, "linear", True),
        lambda k: (
            0.1 + 0.9 * k / 5 if k <= 5 else 1 - 0.9 * (k - 5) / 5 if k <= 10 else 0.1 - 0.09 * (min(k, 19) - 10) / 9
        ),
    ),
    (sch.inverse_sqrt(8), lambda k: math.sqrt(8 / (8 + k))),
    (0.1 * sch.linear(10), lambda k: 0.1 * max(0.0, 1 - k / 10)),
    (sch.warmup(4).then(sch.cosine(6)), lambda k: k / 4 if k < 4 else 0.5 + math.cos(math.pi * min(k - 4, 6) / 6) / 2),
    (
        sch.warmup_cosine(4, 10, end=0.2),
        lambda k: k / 4 if k < 4 else 0.6 + 0.4 * math.cos(math.pi * min(k - 4, 6) / 6),
    ),
    (sch.warmup_linear(4, 10, start=0.5), lambda k: 0.5 + k / 8 if k < 4 else max(0.0, 1 - (k - 4) / 6)),
    (sch.wsd(2, 3, 4, end=0.1), lambda k: k / 2 if k < 2 else 1 - 0.9 * min(4, max(0, k - 5)) / 4),
]
ALL = [schedule for schedule, _ in FORMULAS]
every = pytest.mark.parametrize("f", ALL, ids=map(repr, ALL))
schedules = st.sampled_from(ALL)
ending = st.sampled_from([f for f in ALL if f.steps < math.inf])


@pytest.mark.parametrize(("f", "expected"), FORMULAS, ids=map(repr, ALL))
def test_values_are_those_of_the_formula(f: Schedule, expected: Callable[[float], float]) -> None:
    for k in range(40):
        assert f(k) == pytest.approx(expected(k), rel=1e-13, abs=1e-15)
        assert type(f(k)) is float


@every
def test_a_schedule_is_a_value(f: Schedule) -> None:
    for same in (eval(repr(f), NAMES), pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
        assert same == f
        assert hash(same) == hash(f)
        assert [same(k) for k in range(30)] == [f(k) for k in range(30)]
    assert f not in [other for other in ALL if other is not f]
    with pytest.raises(AttributeError):
        f.steps = 3  # type: ignore[misc]  # which is the point


@every
def test_the_last_value_is_held(f: Schedule) -> None:
    if f.steps < math.inf:
        assert f(f.steps) == f(f.steps + 1) == f(10 * f.steps)


@every
def test_there_is_no_step_before_the_first(f: Schedule) -> None:
    for k in (-1, math.nan):
        with pytest.raises(ValueError, match="starts with step 0"):
            f(k)


@given(ending, schedules, st.integers(0, 60))
def test_then_is_one_after_the_other(first: Schedule, second: Schedule, k: int) -> None:
    joined = first.then(second)
    assert joined(k) == (first(k) if k < first.steps else second(k - first.steps))
    assert joined.steps == first.steps + second.steps


@given(ending, ending, schedules)
def test_then_is_associative(a: Schedule, b: Schedule, c: Schedule) -> None:
    assert a.then(b).then(c) == a.then(b.then(c))
    assert eval(repr(a.then(b).then(c)), NAMES) == a.then(b).then(c)


@given(schedules, st.floats(-10, 10), st.integers(0, 60))
def test_a_factor_multiplies(f: Schedule, factor: float, k: int) -> None:
    assert (factor * f)(k) == factor * f(k)
    assert factor * f == f * factor
    assert (2 * (factor * f))(k) == 2 * (factor * f)(k)
    assert eval(repr(factor * f), NAMES) == factor * f


@given(
    st.integers(0, 30), st.integers(1, 30), st.floats(0, 1), st.floats(0, 1), st.floats(0, 40), st.sampled_from("lcp")
)
def test_a_ramp_stays_between_its_ends_and_meets_them(
    warm: int, steps: int, start: float, end: float, k: float, kind: str
) -> None:
    ramp = {
        "l": sch.linear(steps, start, end),
        "c": sch.cosine(steps, start, end),
        "p": sch.polynomial(steps, 2.0, start, end),
    }[kind]
    assert min(start, end) - 1e-15 <= ramp(k) <= max(start, end) + 1e-15
    assert ramp(0) == start
    assert ramp(steps) == end
    joined = sch.warmup(warm).then(sch.constant(1.0, 3)).then(sch.cosine(steps, 1.0, end))
    assert 0 <= joined(k) <= 1


@given(st.integers(1, 50), st.integers(1, 50), st.floats(0, 1))
def test_well_known_compositions_do_not_jump(warm: int, rest: int, end: float) -> None:
    for f in (
        sch.warmup_cosine(warm, warm + rest, end=end),
        sch.warmup_linear(warm, warm + rest, end=end),
        sch.wsd(warm, rest, rest, end=end),
        sch.warmup(warm).then(sch.inverse_sqrt(warm)),
    ):
        for join in (warm, warm + rest):
            assert f(join) == pytest.approx(f(join - 1e-9), abs=1e-8)


@given(st.integers(2, 200), st.floats(0.0, 1.0), st.sampled_from(["cos", "linear"]), st.floats(0, 300))
def test_one_cycle_stays_below_its_peak_and_comes_down(steps: int, pct: float, anneal: Any, k: float) -> None:
    f = sch.one_cycle(steps, pct, anneal=anneal)
    assert 4e-6 - 1e-15 <= f(k) <= 1 + 1e-15
    assert f(steps - 1) == f(steps) == pytest.approx(1.0 if pct == 1 else 4e-6)


@given(st.integers(1, 20), st.integers(1, 4), st.integers(0, 2000))
def test_restarts_come_where_the_lengths_say(first: int, mult: int, k: int) -> None:
    starts, length = [0], first
    while starts[-1] <= k:
        starts.append(starts[-1] + length)
        length *= mult
    assert (sch.cosine_restarts(first, mult)(k) == 1.0) == (k in starts)


def test_a_warmup_of_no_steps_is_over_at_once() -> None:
    assert sch.warmup(0).then(sch.linear(2))(0) == 1.0
    assert sch.warmup(0)(0) == 1.0
    assert sch.linear(0, 1.0, 0.3)(0) == 0.3


def test_a_thousand_parts_are_no_recursion() -> None:
    f: Schedule = sch.constant(0.0, 1)
    for i in range(1, 2 * sys.getrecursionlimit()):
        f = f.then(sch.constant(i, 1))
    assert f(1500) == 1500


def test_fractions_of_a_step_are_between_the_steps() -> None:
    assert sch.linear(4)(0.5) == 0.875
    assert sch.step(2)(1.99) == 1.0


BAD: list[tuple[Callable[[], Any], str]] = [
    (lambda: sch.cosine(-1), "cosine: steps must be a whole number, 0 or more, got -1"),
    (lambda: sch.cosine(2.5), "cosine: steps must be a whole number"),  # type: ignore[arg-type]
    (lambda: sch.cosine(True), "cosine: steps must be a whole number"),
    (lambda: sch.cosine(10, end=math.nan), "cosine: end must be a finite number, got nan"),
    (lambda: sch.linear(10, start="1"), "linear: start must be a finite number"),  # type: ignore[arg-type]
    (lambda: sch.warmup(10, math.inf), "warmup: start must be a finite number"),
    (lambda: sch.exponential(-0.1), "exponential: gamma must be a number that is not negative"),
    (lambda: sch.exponential(math.nan), "exponential: gamma must be"),
    (lambda: sch.polynomial(10, power=-1.0), "polynomial: power must be"),
    (lambda: sch.step(0), "step: every must be a whole number, 1 or more, got 0"),
    (lambda: sch.multistep([3, -1]), "multistep: milestones must be a whole number, 0 or more, got -1"),
    (lambda: sch.multistep([0.5]), "multistep: milestones"),  # type: ignore[list-item]
    (lambda: sch.piecewise({1: 0.5}), "one value for step 0"),
    (lambda: sch.piecewise({}), "one value for step 0"),
    (lambda: sch.piecewise([(0, 1.0), (0, 2.0)]), "one value for step 0"),
    (lambda: sch.cosine_restarts(0), "cosine_restarts: first must be"),
    (lambda: sch.cosine_restarts(5, mult=0), "cosine_restarts: mult must be"),
    (lambda: sch.cyclic(0), "cyclic: up must be a positive number"),
    (lambda: sch.cyclic(5, -1), "cyclic: down must be"),
    (lambda: sch.cyclic(5, mode="up"), "cyclic: mode must be 'triangular'"),  # type: ignore[arg-type]
    (lambda: sch.one_cycle(10, 1.5), "one_cycle: pct_start must be a number from 0 to 1"),
    (lambda: sch.one_cycle(10, div_factor=0.0), "one_cycle: div_factor must be a positive number"),
    (lambda: sch.one_cycle(10, anneal="sin"), "one_cycle: anneal must be 'cos' or 'linear'"),  # type: ignore[arg-type]
    (lambda: sch.inverse_sqrt(0), "inverse_sqrt: timescale must be"),
    (lambda: sch.warmup_cosine(10, 5), "total_steps include the 10 steps of the warmup, got 5"),
    (lambda: sch.constant().then(sch.cosine(5)), r"constant\(\) has no end"),
    (lambda: sch.constant().plot(), "has no end; say how many steps"),
    (lambda: math.nan * sch.cosine(5), "factor"),
    (lambda: sch.linear_scaling_rule(0.1, 0), "batch_size must be a whole number, 1 or more"),
    (lambda: sch.linear_scaling_rule(0.1, 32, 0), "base_batch_size must be a whole number"),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_bad_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_only_schedules_follow_and_only_numbers_multiply() -> None:
    with pytest.raises(TypeError, match="takes a schedule, not function"):
        sch.warmup(5).then(lambda k: 1.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        sch.warmup(5) * sch.warmup(5)  # type: ignore[operator]
    with pytest.raises(TypeError, match="steps"):
        sch.cosine()  # type: ignore[call-arg]


def test_the_linear_scaling_rule() -> None:
    assert sch.linear_scaling_rule(0.1, 8192) == pytest.approx(3.2)  # Goyal et al. 2017
    assert sch.linear_scaling_rule(0.1, 32, base_batch_size=128) == 0.025


def test_a_plot_shows_the_values() -> None:
    matplotlib.use("Agg")
    f = 0.1 * sch.warmup_cosine(5, 20)
    axes = f.plot()
    (line,) = axes.get_lines()
    assert list(line.get_xdata()) == list(range(21))
    assert list(line.get_ydata()) == [f(k) for k in range(21)]
    assert sch.exponential(0.9).plot(50, ax=axes) is axes
    assert len(axes.get_lines()[1].get_ydata()) == 51
    assert axes.get_lines()[1].get_label() == "exponential(0.9)"
    pyplot.close(axes.figure)


def test_without_matplotlib_a_plot_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        sch.cosine(5).plot()
