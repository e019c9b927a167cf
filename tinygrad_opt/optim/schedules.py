"""Schedules: pure functions of the step, for the learning rate or any other hyper-parameter.

    >>> from tinygrad_opt.optim.schedules import cosine, warmup
    >>> f = 0.1 * warmup(500).then(cosine(9_500))
    >>> f(0), f(250), f(500), f(10_000)
    (0.0, 0.05, 0.1, 0.0)

Three conventions, which differ from library to library:

* `k` counts completed optimizer steps: step number k + 1 is taken with f(k), and the first one with f(0). A warmup that
  starts at 0 therefore makes a first step of length 0; `warmup(500, start=1 / 500)` does not.
* `steps` is the length of that schedule alone: f(steps) is its end. `a.then(b)` is `b(k - a.steps)` from k = a.steps
  on. Only where an argument is called `total_steps` does it include the warmup.
* After its end a schedule holds its last value.

Unless told otherwise they are factors, 1 where the learning rate is to be the optimizer's own. `lr_scheduler.LambdaLR`
multiplies the learning rate by a schedule, `lr_scheduler.Scheduler` any hyper-parameter. A schedule has no state: runs
that are resumed, or look ahead, just call it.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from .schedule import Schedule, formula, whole

__all__ = [
    "Schedule",
    "constant",
    "cosine",
    "cosine_restarts",
    "cyclic",
    "exponential",
    "inverse_sqrt",
    "linear",
    "linear_scaling_rule",
    "multistep",
    "one_cycle",
    "piecewise",
    "polynomial",
    "step",
    "warmup",
    "warmup_cosine",
    "warmup_linear",
    "wsd",
]


def between(start: float, end: float, part: float) -> float:
    """From `start` (part 0) to `end` (part 1), each met exactly."""
    return start * (1 - part) + end * part


def half_cosine(part: float) -> float:
    """From 1 (part 0) to 0 (part 1), flat at both ends."""
    return (1 + math.cos(math.pi * part)) / 2


ANNEAL: dict[str, Callable[[float], float]] = {"cos": lambda part: 1 - half_cosine(part), "linear": lambda part: part}


def _done(k: float, steps: int) -> float:
    """Which part of `steps` is done."""
    return k / steps if steps else 1.0


# ---- the formulas --------------------------------------------------------------------------------------------------


@formula
def constant(k: float, value: float = 1.0, steps: int | None = None) -> float:
    """The same `value` at every step."""
    return value


@formula
def linear(k: float, steps: int, start: float = 1.0, end: float = 0.0) -> float:
    """A straight line from `start` to `end`.

    >>> [linear(4)(k) for k in range(6)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    return between(start, end, _done(k, steps))


@formula
def warmup(k: float, steps: int, start: float = 0.0) -> float:
    """A straight line from `start` up to 1.

    >>> warmup(4).then(constant(1.0))(3)
    0.75
    """
    return between(start, 1.0, _done(k, steps))


@formula
def polynomial(k: float, steps: int, power: float = 1.0, start: float = 1.0, end: float = 0.0) -> float:
    """(1 - k / steps) ** power, from `start` to `end`."""
    return between(end, start, math.pow(1 - _done(k, steps), power))


@formula
def exponential(k: float, gamma: float, steps: int | None = None) -> float:
    """gamma ** k."""
    return math.pow(gamma, k)


@formula
def step(k: float, every: int, gamma: float = 0.1, steps: int | None = None) -> float:
    """Times `gamma` after `every` so many steps."""
    return math.pow(gamma, k // every)


@formula
def multistep(k: float, milestones: Sequence[int], gamma: float = 0.1, steps: int | None = None) -> float:
    """Times `gamma` from each of the `milestones` on; one that is given twice counts twice.

    >>> f = multistep([2, 4])
    >>> [round(f(k), 3) for k in range(6)]
    [1.0, 1.0, 0.1, 0.1, 0.01, 0.01]
    """
    return math.pow(gamma, bisect_right(milestones, k))


@formula
def piecewise(k: float, values: Mapping[int, float] | Sequence[tuple[int, float]], steps: int | None = None) -> float:
    """The value that was given for the latest of the steps so far: {0: 1.0, 100: 0.3, 200: 0.1}.

    >>> piecewise({0: 1.0, 100: 0.3, 200: 0.1})(100)
    0.3
    """
    pairs = values.items() if isinstance(values, Mapping) else values
    return [value for at, value in pairs if at <= k][-1]


@formula
def cosine(k: float, steps: int, start: float = 1.0, end: float = 0.0) -> float:
    """Half a cosine from `start` to `end`, flat at both (Loshchilov & Hutter 2017).

    >>> [round(cosine(4)(k), 3) for k in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """
    return between(end, start, half_cosine(_done(k, steps)))


@formula
def cosine_restarts(k: float, first: int, mult: int = 1, end: float = 0.0, steps: int | None = None) -> float:
    """A cosine from 1 towards `end`, again and again: `first` steps long, then each `mult` times as long as the last.

    Loshchilov & Hutter 2017 (SGDR). A cycle's last step is one short of `end`: the restart comes in its place.
    """
    done, length = cycle(k, first, mult)
    return between(end, 1.0, half_cosine(done / length))


def cycle(k: float, first: int, mult: int) -> tuple[float, int]:
    """How far step `k` is into its cycle, and how long the cycle is."""
    if mult == 1:
        return k % first, first
    length = first
    while k >= length:
        k -= length
        length *= mult
    return k, length


@formula
def cyclic(
    k: float,
    up: float,
    down: float | None = None,
    low: float = 0.0,
    mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
    gamma: float = 1.0,
    steps: int | None = None,
) -> float:
    """From `low` to 1 in `up` steps and back in `down` (else `up`), again and again (Smith 2017).

    With "triangular2" each triangle is half as high as the one before, with "exp_range" its height is gamma ** k.

    >>> [cyclic(2)(k) for k in range(6)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.5]
    """
    total = up + (up if down is None else down)
    number = math.floor(k / total)
    part = k / total - number
    top = up / total
    height = part / top if part <= top else (1 - part) / (1 - top)
    size = {"triangular": 1.0, "triangular2": 0.5**number, "exp_range": math.pow(gamma, k)}[mode]
    return low + (1 - low) * height * size


@formula
def one_cycle(
    k: float,
    steps: int,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    anneal: Literal["cos", "linear"] = "cos",
    three_phase: bool = False,
) -> float:
    """Up from 1 / div_factor to 1 in the first `pct_start` of the steps, then down to its `final_div_factor`th part.

    Smith & Topin 2018. With `three_phase` it comes down as it went up, and only then goes on to the end. As in PyTorch
    the end is met at k = steps - 1, so that the last of `steps` steps is taken with it.
    """
    first = 1 / div_factor
    corners = one_cycle_corners(steps, pct_start, three_phase, first, 1.0, first, first / final_div_factor)
    return on_corners(k, corners, anneal)


def one_cycle_corners(
    steps: int, pct_start: float, three_phase: bool, first: float, top: float, third: float, last: float
) -> list[tuple[float, float]]:
    """The corners of one cycle, as (k, value); `third` is where the last phase begins if there are three."""
    middle = [(2 * pct_start * steps - 2, third)] if three_phase else []
    return [(0.0, first), (pct_start * steps - 1, top), *middle, (steps - 1.0, last)]


def on_corners(k: float, corners: Sequence[tuple[float, float]], anneal: str) -> float:
    """The value at `k` of the line through the `corners`, which is held after the last of them."""
    k = min(k, corners[-1][0])
    (begin, start), (stop, end) = next(pair for pair in itertools.pairwise(corners) if k <= pair[1][0])
    return between(start, end, ANNEAL[anneal]((k - begin) / (stop - begin) if stop != begin else 1.0))


@formula
def inverse_sqrt(k: float, timescale: int, steps: int | None = None) -> float:
    """1 / sqrt(1 + k / timescale), as for the first Transformers: `warmup(n).then(inverse_sqrt(n))`."""
    return 1 / math.sqrt(1 + k / timescale)


# ---- well-known compositions ---------------------------------------------------------------------------------------


def warmup_cosine(warmup_steps: int, total_steps: int, start: float = 0.0, end: float = 0.0) -> Schedule:
    """Linear warmup from `start`, then a cosine down to `end`; `total_steps` includes the warmup.

    >>> warmup_cosine(500, 10_000)
    warmup(500).then(cosine(9500))
    """
    return warmup(warmup_steps, start).then(cosine(_rest(warmup_steps, total_steps), end=end))


def warmup_linear(warmup_steps: int, total_steps: int, start: float = 0.0, end: float = 0.0) -> Schedule:
    """Linear warmup from `start`, then a line down to `end`; `total_steps` includes the warmup."""
    return warmup(warmup_steps, start).then(linear(_rest(warmup_steps, total_steps), end=end))


def wsd(warmup_steps: int, stable_steps: int, decay_steps: int, end: float = 0.0) -> Schedule:
    """Warmup, stable, decay (Hu et al. 2024): up from 0 to 1, stay there, and a line down to `end`.

    >>> wsd(500, 8_500, 1_000)
    warmup(500).then(constant(steps=8500)).then(linear(1000))
    """
    return warmup(warmup_steps).then(constant(1.0, stable_steps)).then(linear(decay_steps, end=end))


def _rest(warmup_steps: int, total_steps: int) -> int:
    if not warmup_steps <= total_steps:
        raise ValueError(f"total_steps include the {warmup_steps} steps of the warmup, got {total_steps}")
    return total_steps - warmup_steps


def linear_scaling_rule(lr: float, batch_size: int, base_batch_size: int = 256) -> float:
    """The learning rate for `batch_size`, where `lr` is right for `base_batch_size`: in proportion (Goyal et al. 2017).

    >>> linear_scaling_rule(0.1, batch_size=1024)
    0.4
    """
    size = whole("linear_scaling_rule", "batch_size", batch_size, 1)
    return lr * size / whole("linear_scaling_rule", "base_batch_size", base_batch_size, 1)
