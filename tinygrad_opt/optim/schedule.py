"""What a schedule is: a function of the step that composes, is equal if written alike, and prints as it is written.

    @formula
    def linear(k, steps, start=1.0, end=0.0):
        return start + (end - start) * k / steps

makes `linear(10)` a schedule. The formulas themselves are in schedules.py.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

if TYPE_CHECKING:
    from matplotlib.axes import Axes

P = ParamSpec("P")


class Schedule(ABC):
    """A function of the number of completed steps, which may also be a fraction: half an epoch, say.

    Schedules are values: equal if written alike, and their repr is what makes them again.
    """

    @property
    @abstractmethod
    def steps(self) -> float:
        """How many steps it takes to its end; inf if it has none."""

    @abstractmethod
    def __call__(self, k: float) -> float:
        """The value after `k` completed steps."""

    def then(self, after: Schedule) -> Schedule:
        """This schedule for its steps, and `after` from there on, with a count of its own.

        >>> from tinygrad_opt.optim.schedules import constant
        >>> f = constant(1.0, steps=2).then(constant(0.1))
        >>> [f(k) for k in range(4)]
        [1.0, 1.0, 0.1, 0.1]
        """
        if not isinstance(after, Schedule):
            raise TypeError(f"then() takes a schedule, not {type(after).__name__}")
        if self.steps == math.inf:
            raise ValueError(f"{self!r} has no end where another schedule could follow; give it `steps`")
        return Joined((*_parts(self), *_parts(after)))

    def __mul__(self, factor: float) -> Schedule:
        if not isinstance(factor, int | float):
            return NotImplemented
        if not math.isfinite(factor):
            raise ValueError(f"the factor of a schedule must be a finite number, got {factor}")
        return Scaled(float(factor), self)

    __rmul__ = __mul__

    def plot(self, steps: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw the values of steps 0 to `steps` (else to its end) with matplotlib, into `ax` if given; the Axes."""
        if steps is None:
            if self.steps == math.inf:
                raise ValueError(f"{self!r} has no end; say how many steps to plot")
            steps = int(self.steps)
        if ax is None:
            try:
                from matplotlib import pyplot
            except ImportError as error:
                raise ImportError("plotting a schedule needs matplotlib: pip install matplotlib") from error
            ax = pyplot.figure().subplots()
        ax.plot(range(steps + 1), [self(k) for k in range(steps + 1)], label=repr(self))
        ax.set_xlabel("completed steps")
        return ax


@dataclass(frozen=True, repr=False)
class Formula(Schedule):
    """A formula with its arguments."""

    name: str
    arguments: tuple[tuple[str, Any], ...]

    @functools.cached_property
    def _given(self) -> dict[str, Any]:
        return dict(self.arguments)

    @functools.cached_property
    def steps(self) -> float:
        steps = self._given.get("steps")
        return math.inf if steps is None else steps

    def __call__(self, k: float) -> float:
        if not k >= 0:
            raise ValueError(f"a schedule starts with step 0, got {k}")
        return float(_FORMULAS[self.name](min(k, self.steps), **self._given))

    def __repr__(self) -> str:
        given = self._given
        parameters = list(inspect.signature(_FORMULAS[self.name]).parameters.values())[1:]
        words = [repr(given[p.name]) for p in parameters if p.default is p.empty]
        words += [f"{p.name}={given[p.name]!r}" for p in parameters if p.default not in (p.empty, given[p.name])]
        return f"{self.name}({', '.join(words)})"


@dataclass(frozen=True, repr=False)
class Joined(Schedule):
    """Schedules one after the other."""

    parts: tuple[Schedule, ...]

    @property
    def steps(self) -> float:
        return sum(part.steps for part in self.parts)

    def __call__(self, k: float) -> float:
        *before, last = self.parts
        for part in before:
            if k < part.steps:
                return part(k)
            k -= part.steps
        return last(k)

    def __repr__(self) -> str:
        first, *others = self.parts
        start = f"({first!r})" if isinstance(first, Scaled) else repr(first)
        return start + "".join(f".then({part!r})" for part in others)


@dataclass(frozen=True, repr=False)
class Scaled(Schedule):
    """A schedule times a number."""

    factor: float
    schedule: Schedule

    @property
    def steps(self) -> float:
        return self.schedule.steps

    def __call__(self, k: float) -> float:
        return self.factor * self.schedule(k)

    def __repr__(self) -> str:
        inner = f"({self.schedule!r})" if isinstance(self.schedule, Scaled) else repr(self.schedule)
        return f"{self.factor!r} * {inner}"


def _parts(schedule: Schedule) -> tuple[Schedule, ...]:
    return schedule.parts if isinstance(schedule, Joined) else (schedule,)


# ---- what a formula is, and its arguments, checked -----------------------------------------------------------------

_FORMULAS: dict[str, Callable[..., float]] = {}


def formula(function: Callable[Concatenate[float, P], float]) -> Callable[P, Schedule]:
    """Make `function(k, *arguments)` a schedule that is made by its arguments. `k` never is past `steps`."""
    name = function.__name__
    signature = inspect.signature(function)
    signature = signature.replace(parameters=list(signature.parameters.values())[1:], return_annotation="Schedule")
    _FORMULAS[name] = function

    @functools.wraps(function)
    def make(*args: P.args, **kwargs: P.kwargs) -> Schedule:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return Formula(name, tuple((key, _checked(name, key, value)) for key, value in bound.arguments.items()))

    make.__signature__ = signature  # type: ignore[attr-defined]  # read by help()
    return make


_LEAST = {"steps": 0, "every": 1, "first": 1, "mult": 1, "timescale": 1}  # of arguments that are whole numbers
_RANGES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "gamma": ("a number that is not negative", lambda v: 0 <= v < math.inf),
    "power": ("a number that is not negative", lambda v: 0 <= v < math.inf),
    "up": ("a positive number", lambda v: 0 < v < math.inf),
    "down": ("a number that is not negative", lambda v: v is None or 0 <= v < math.inf),
    "pct_start": ("a number from 0 to 1", lambda v: 0 <= v <= 1),
    "div_factor": ("a positive number", lambda v: 0 < v < math.inf),
    "final_div_factor": ("a positive number", lambda v: 0 < v < math.inf),
    "mode": ("'triangular', 'triangular2' or 'exp_range'", lambda v: v in ("triangular", "triangular2", "exp_range")),
    "anneal": ("'cos' or 'linear'", lambda v: v in ("cos", "linear")),
    "three_phase": ("True or False", lambda v: isinstance(v, bool)),
}


def whole(owner: str, name: str, value: Any, least: int) -> int:
    """`value` as an int; ValueError if it is not a whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or isinstance(value, bool):
        raise ValueError(f"{owner}: {name} must be a whole number, {least} or more, got {value!r}")
    return number


def _checked(owner: str, name: str, value: Any) -> Any:
    """An argument as plain Python that can be compared; ValueError if it is out of its range."""
    if name in _LEAST:
        return None if value is None and name == "steps" else whole(owner, name, value, _LEAST[name])
    if name == "milestones":
        return tuple(sorted(whole(owner, name, at, 0) for at in value))
    if name == "values":
        pairs = value.items() if isinstance(value, Mapping) else value
        pairs = tuple(sorted((whole(owner, name, at, 0), float(v)) for at, v in pairs))
        if not pairs or pairs[0][0] != 0 or any(a[0] == b[0] for a, b in itertools.pairwise(pairs)):
            raise ValueError(f"{owner}: values give one value for step 0 and for each later change, got {value!r}")
        return pairs
    words, allowed = _RANGES.get(name, ("a finite number", math.isfinite))
    try:
        ok = allowed(value)
    except TypeError:
        ok = False
    if not ok:
        raise ValueError(f"{owner}: {name} must be {words}, got {value!r}")
    return value if value is None or isinstance(value, str | bool) else float(value)
