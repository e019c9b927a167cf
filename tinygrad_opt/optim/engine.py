"""How any rule is run fast: the parameters of a group, their gradients and states each lie in one flat array.

A parameter's array is a view of the flat one, and backward() writes its gradient straight into place (its Home). A
step then is the rule over runs of that memory, in chunks small enough for their temporaries to stay in the cache.
Parameters without a gradient are passed over, and cut a run in two, as does a parameter with another step count or
whose gradient lies elsewhere.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..autograd import memory
from ..autograd.graph import Variable, wrap
from ..autograd.home import Home
from ..autograd.memory import Array
from ..tensor import Tensor
from .program import Program
from .rule import Rule

CHUNK = 8_192  # elements that a rule works on at a time: its temporaries stay in the cache, and in reused memory
LARGE = 4 * CHUNK  # elements from which tracing a rule pays: it takes as long as some ten of its calls
PART = 65_536  # elements that a program works on at a time
ALIGN = 64  # bytes: every parameter starts on a cache line


class Run(NamedTuple):
    """Parameters `first` up to `last` (excluded), at step `t`; `flat` if they and their gradients lie end to end."""

    first: int
    last: int
    t: int
    flat: bool


class Update:
    """A rule with its hyper-parameters, and what is done around it: the new parameters and states from the old.

    `keeps` are the states that the rule keeps here, and their first value. `l2` times the parameter is added to the
    gradient; the parameter times `shrink` is taken away by itself.
    """

    def __init__(
        self, rule: Rule, hyper: Mapping[str, Any], keeps: Mapping[str, float], l2: float, shrink: float, maximize: bool
    ) -> None:
        self.rule, self.hyper, self.keeps = rule, hyper, keeps
        self.l2, self.shrink, self.maximize = l2, shrink, maximize
        order = [name for name in rule.state_names if name in keeps]
        self.places = [order.index(name) if name in keeps else -1 for name in rule.state_names]
        self.counted = "t" in rule.hyper

    def __call__(self, t: int, p: Any, g: Any, *states: Any) -> list[Any]:
        """The parameters and states after step `t`."""
        if self.maximize:
            g = -g
        if self.l2:
            g = g + self.l2 * p
        given = [states[at] if at >= 0 else None for at in self.places]
        hyper = {**self.hyper, "t": t} if self.counted else self.hyper
        step, *new = self.rule.fn(g, *given, **hyper)
        if self.shrink:
            p = p * (1 - self.shrink)
        return [p - step, *[value for value in new if value is not None]]


class FlatGroup:
    """Parameters of one dtype that share hyper-parameters, laid end to end in one array.

    A parameter whose memory somebody else looks at (a NumPy array it was made from, a tensor it is a view of) is left
    where it is and stepped there, so that everybody sees the steps, as in PyTorch.
    """

    def __init__(self, params: Sequence[Tensor]) -> None:
        self.params = list(params)
        self.dtype = params[0].array.dtype
        self.sizes = [p.array.size for p in params]
        per_line = ALIGN // self.dtype.itemsize
        slots = [max(1, -(-size // per_line)) * per_line for size in self.sizes]
        self.starts = [0, *itertools.accumulate(slots)]
        self.data, self.grad = self._flat(), self._flat()
        self.states: dict[str, Array] = {}
        self.end = self.starts[len(params) - 1] + self.sizes[-1]
        self.region = memory.Region(self.data)
        self.steps = [0] * len(params)
        self.homes: list[Home] = []
        for i, p in enumerate(self.params):
            part = slice(self.starts[i], self.starts[i] + slots[i])
            self.homes.append(Home(self.data[part], self.grad[part], p.array.shape))
            if is_own(p):
                self._move_in(i)
            p.home = self.homes[i]

    def _flat(self) -> Array:
        """Zeros for all parameters, from a cache line on."""
        size = self.starts[-1] * self.dtype.itemsize
        raw = np.zeros(size + ALIGN, np.uint8)
        start = -raw.ctypes.data % ALIGN
        return raw[start : start + size].view(self.dtype)

    def part(self, flat: Array, i: int) -> Array:
        """The elements of parameter `i` in a flat array, in its shape."""
        start = self.starts[i]
        return flat[start : start + self.sizes[i]].reshape(self.params[i].array.shape)

    def state_of(self, name: str, initial: float = 0.0) -> Array:
        """The flat array of one state, made and filled when it is first asked for."""
        if name not in self.states:
            self.states[name] = self._flat()
            self.states[name].fill(initial)
        return self.states[name]

    def _move_in(self, i: int) -> None:
        p = self.params[i]
        place = self.homes[i].slot[: self.sizes[i]].reshape(p.array.shape)
        place[...] = p.array
        p.array = place

    def _check(self) -> None:
        """Raise where a parameter cannot be stepped; move those in that were given new memory of their own."""
        for i, (p, home) in enumerate(zip(self.params, self.homes, strict=True)):
            array = p.array
            if array.base is home.slot:
                continue
            if array.size != self.sizes[i] or array.dtype != self.dtype:
                raise RuntimeError(
                    f"a parameter has become {array.dtype} of shape {array.shape} since its optimizer was made, from "
                    f"{self.dtype} with {self.sizes[i]} elements; make the optimizer after such changes"
                )
            if not array.flags.writeable:
                raise RuntimeError(f"a parameter of shape {array.shape} cannot be stepped: its memory is read-only")
            del array  # or it would count as somebody who holds it
            if home.slot_is_free() and is_own(p):
                self._move_in(i)

    def step(self, update: Update, runs: Sequence[Run]) -> None:
        """Update every parameter that has a gradient, as planned."""
        states = [self.state_of(name, update.keeps[name]) for name in update.rule.state_names if name in update.keeps]
        with np.errstate(all="ignore"):  # as PyTorch: an overflow shows in the numbers
            for run in runs:
                self._apply(functools.partial(update, run.t), run, states)
                self.steps[run.first : run.last] = [run.t] * (run.last - run.first)

    def plan(self) -> list[Run]:
        """What there is to step: one run if all is in its place. RuntimeError where a parameter cannot be stepped."""
        steps = self.steps
        t = steps[0]
        for p, home, step in zip(self.params, self.homes, steps, strict=True):
            if p._grad is not home.tensor or step != t or p.array.base is not home.slot:
                return self._separate_runs()
        return [Run(0, len(steps), t + 1, True)]

    def _separate_runs(self) -> list[Run]:
        self._check()
        runs: list[Run] = []
        for i, (p, home) in enumerate(zip(self.params, self.homes, strict=True)):
            if p._grad is None:
                continue
            t = self.steps[i] + 1
            flat = p._grad is home.tensor and p.array.base is home.slot
            if flat and runs and runs[-1].last == i and runs[-1].t == t and runs[-1].flat:
                runs[-1] = runs[-1]._replace(last=i + 1)
            else:
                runs.append(Run(i, i + 1, t, flat))
        return runs

    def _apply(self, update: Callable[..., list[Any]], run: Run, states: Sequence[Array]) -> None:
        """Update one run, a chunk at a time; if it is long, by a program of the same calls."""
        start, stop = self.starts[run.first], self.starts[run.last - 1] + self.sizes[run.last - 1]
        if run.flat:
            data, grad = self.data[start:stop], self.grad[start:stop]
            self.region.touch() if stop - start == self.end else memory.touch(data)
        else:
            p = self.params[run.first]
            assert p._grad is not None
            data, grad = p.array.reshape(-1), p._grad.array.reshape(-1)
            memory.touch(p.array)
        arrays = [data, grad, *[state[start:stop] for state in states]]
        program = None
        if stop - start > LARGE:
            with contextlib.suppress(TypeError, AttributeError):  # of a rule that does more than call ufuncs
                program = Program(update, len(arrays), [i for i in range(len(arrays)) if i != 1], PART, self.dtype)
        chunk = CHUNK if program is None else PART
        for low in range(0, stop - start, chunk):
            parts = [array[low : low + chunk] for array in arrays]
            if program is not None:
                program.run(*parts)
            else:
                old_p, _, *old_states = parts
                for old, new in zip((old_p, *old_states), update(*parts), strict=True):
                    old[...] = new
        if not run.flat and not np.may_share_memory(data, p.array):  # of a parameter that is not contiguous
            p.array[...] = data.reshape(p.array.shape)


def _counts(p: Variable) -> tuple[int, int]:
    return sys.getrefcount(p.array), sys.getrefcount(p.array.base)


# Of a tensor that alone holds its array, which alone holds what it is a view of.
_OWN_ARRAY, _OWN_BASE = _counts(wrap(np.zeros(2)[:1]))


def is_own(p: Variable) -> bool:
    """Whether nobody looks at the parameter's memory but the parameter, and an optimizer that it lies in."""
    held, base_held = _counts(p)
    if held > _OWN_ARRAY:
        return False
    base = p.array.base
    if base is None:
        return True
    in_a_slot = p.home is not None and base is p.home.slot
    return isinstance(base, np.ndarray) and base_held <= _OWN_BASE + in_a_slot
