"""How far to go along a direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..autograd.memory import Array


def backtrack(
    at: Callable[[float], float], loss: float, slope: float, t: float, slack: float, tries: int = 30
) -> float:
    """The first of t, t/2, t/4, ... at which the loss is lower by a part of what `slope` promises; 0 if there is none.

    `at(t)` is the loss there. `slack`, relative to the loss, is what its rounding may hide. Armijo 1966.
    """
    for _ in range(tries):
        if at(t) <= loss + 1e-4 * t * slope + slack * abs(loss):
            return t
        t /= 2
    return 0.0


class Point(NamedTuple):
    """A place at distance `t` along a direction: the loss `f`, its gradient, and its slope along the direction."""

    t: Any
    f: float
    g: Array
    slope: Any


def strong_wolfe(
    at: Callable[[Any], Point],
    start: Point,
    t: Any,
    reach: Any,
    tolerance_change: float,
    max_ls: int,
    c1: float = 1e-4,
    c2: float = 0.9,
) -> tuple[Point, int]:
    """A point that satisfies the strong Wolfe conditions, or the lowest that was found; and the number of points tried.

    Nocedal & Wright 2006, algorithms 3.5 and 3.6, as torch.optim.LBFGS has them: first steps that grow until a bracket
    holds such a point, then the bracket is made smaller by cubic interpolation. `reach` is the greatest component of
    the direction. A point without a finite loss is taken to be infinitely high.
    """

    def too_high(p: Point) -> bool:
        return bool(p.f > start.f + c1 * p.t * start.slope)

    def level(p: Point) -> bool:
        return bool(abs(p.slope) <= -c2 * start.slope)

    previous, new = start, at(t)
    n = 0  # the points tried after the first
    while n < max_ls:
        if too_high(new) or (n > 1 and new.f >= previous.f):
            break
        if level(new):
            return new, n + 1
        if new.slope >= 0:
            break
        t = interpolate(previous, new, new.t + 0.01 * (new.t - previous.t), new.t * 10)
        previous, new = new, at(t)
        n += 1
    else:
        return (start if start.f <= new.f else new), n + 1

    bracket = [previous, new]
    low = 0 if previous.f <= new.f else 1
    slow = False  # whether the last try was near an end of the bracket
    while n < max_ls:
        left, right = sorted((bracket[0].t, bracket[1].t))
        if (right - left) * reach <= tolerance_change:
            break
        t = interpolate(bracket[0], bracket[1], left, right)
        margin = 0.1 * (right - left)
        near = min(right - t, t - left) < margin
        if near and (slow or t >= right or t <= left):
            t = right - margin if abs(t - right) < abs(t - left) else left + margin
            near = False
        slow = near
        new = at(t)
        n += 1
        if too_high(new) or new.f >= bracket[low].f:
            bracket[1 - low] = new
            low = 0 if bracket[0].f <= bracket[1].f else 1
        elif level(new):
            return new, n + 1
        else:
            if new.slope * (bracket[1 - low].t - bracket[low].t) >= 0:
                bracket[1 - low] = bracket[low]
            bracket[low] = new
    return bracket[low], n + 1


def interpolate(a: Point, b: Point, low: Any, high: Any) -> Any:
    """Where the cubic through two points, with their slopes, is lowest between `low` and `high`; else the middle."""
    if a.t > b.t:
        a, b = b, a
    if a.t < b.t:
        d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
        square = d1**2 - a.slope * b.slope
        if square >= 0:
            d2 = np.sqrt(square)
            t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
            if np.isfinite(t):
                return min(max(t, low), high)
    return (low + high) / 2
