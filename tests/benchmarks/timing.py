"""Side by side: the cases are run in turns in one process, and the fastest round of each counts."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple


class Result(NamedTuple):
    """One line of the report: what was measured, the figure, and what it should be."""

    case: str
    figure: float
    target: str


def seconds(*cases: Callable[[], Any], number: int = 1, rounds: int = 15) -> list[float]:
    """The time of one call of each case: the best of `rounds` turns of `number` calls."""
    best = [float("inf")] * len(cases)
    for case in cases:
        case()
    for _ in range(rounds):
        for i, case in enumerate(cases):
            start = time.perf_counter()
            for _ in range(number):
                case()
            best[i] = min(best[i], (time.perf_counter() - start) / number)
    return best
