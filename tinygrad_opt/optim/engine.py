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
from ..autograd.graph import wrap
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
    """Parameters `first` up to `last` (excluded), which are at step `t`, with their gradients laid end to end."""

    first: int
    last: int
    t: int
    grad: Array


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
        self.kept = [name in keeps for name in rule.state_names]

    def __call__(self, t: int, p: Any, g: Any, *states: Any) -> list[Any]:
        """The parameters and states after step `t`."""
        if self.maximize:
            g = -g
        if self.l2:
            g = g + self.l2 * p
        given = iter(states)
        counted = {"t": t} if "t" in self.rule.hyper else {}
        step, *new = self.rule.fn(g, *[next(given) if keep else None for keep in self.kept], **counted, **self.hyper)
        if self.shrink:
            p = p * (1 - self.shrink)
        return [p - step, *[value for value, keep in zip(new, self.kept, strict=True) if keep]]


class FlatGroup:
    """Parameters of one dtype that share hyper-parameters, laid end to end in one array."""

    def __init__(self, params: Sequence[Tensor]) -> None:
        self.params = list(params)
        self.dtype = params[0].array.dtype
        self.sizes = [p.array.size for p in params]
        per_line = ALIGN // self.dtype.itemsize
        slots = [max(1, -(-size // per_line)) * per_line for size in self.sizes]
        self.starts = [0, *itertools.accumulate(slots)]
        self.data, self.grad = self._flat(), self._flat()
        self.states: dict[str, Array] = {}
        self.whole = (0, self.starts[len(params) - 1] + self.sizes[-1])
        self.region = memory.Region(self.data)
        self.steps = [0] * len(params)
        self.homes = [
            Home(self.grad[a : a + n], p.array.shape) for p, a, n in zip(params, self.starts, slots, strict=False)
        ]
        self.view_ids = [0] * len(params)  # of each parameter's view of `data`, which the parameter alone holds
        for i, p in enumerate(self.params):
            p.home = self.homes[i]
            self._moved_in(i)

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

    def _moved_in(self, i: int) -> bool:
        """Whether the array of parameter `i` lies in `data`, once it was moved there if nobody else holds it."""
        p = self.params[i]
        if id(p.array) == self.view_ids[i] and p.array.base is self.data.base:
            return True
        if p.array.size != self.sizes[i] or p.array.dtype != self.dtype:
            raise RuntimeError(
                f"a parameter has become {p.array.dtype} of shape {p.array.shape} since its optimizer was made, from "
                f"{self.dtype} with {self.sizes[i]} elements; make the optimizer after such changes"
            )
        if _held_by_others(p):
            return False
        view = self.part(self.data, i)
        view[...] = p.array
        p.array = view
        self.view_ids[i] = id(view)
        return True

    def step(self, update: Update) -> None:
        """Update every parameter that has a gradient."""
        states = [self.state_of(name, update.keeps[name]) for name in update.rule.state_names if name in update.keeps]
        elsewhere: list[int] = []
        runs = self._runs(elsewhere)
        for i in elsewhere:
            self.part(self.data, i)[...] = self.params[i].array
        with np.errstate(all="ignore"):  # as PyTorch: an overflow shows in the numbers
            for run in runs:
                self._apply(functools.partial(update, run.t), run, states)
        for i in elsewhere:
            self.params[i].array[...] = self.part(self.data, i)
            memory.touch(self.params[i].array)

    def _runs(self, elsewhere: list[int]) -> list[Run]:
        """What to step: one run if all is in its place. `elsewhere` gets the parameters that do not lie in `data`."""
        own, steps = self.data.base, self.steps
        t = steps[0]
        for p, home, view_id, step in zip(self.params, self.homes, self.view_ids, steps, strict=True):
            array = p.array
            if p._grad is not home.tensor or step != t or id(array) != view_id or array.base is not own:
                return self._separate_runs(elsewhere)
        self.steps = [t + 1] * len(steps)
        return [Run(0, len(steps), t + 1, self.grad)]

    def _separate_runs(self, elsewhere: list[int]) -> list[Run]:
        runs: list[Run] = []
        for i, p in enumerate(self.params):
            g = p._grad
            if g is None:
                continue
            if not self._moved_in(i):
                elsewhere.append(i)
            self.steps[i] += 1
            t = self.steps[i]
            if g is not self.homes[i].tensor:
                runs.append(Run(i, i + 1, t, g.array.reshape(-1)))
            elif runs and runs[-1].last == i and runs[-1].t == t and runs[-1].grad.base is self.grad.base:
                first = runs[-1].first
                runs[-1] = Run(first, i + 1, t, self.grad[self.starts[first] :])
            else:
                runs.append(Run(i, i + 1, t, self.grad[self.starts[i] :]))
        return runs

    def _apply(self, update: Callable[..., list[Any]], run: Run, states: Sequence[Array]) -> None:
        """Update one run: at once if it is short, else chunk by chunk by a program of the same calls."""
        start, stop = self.starts[run.first], self.starts[run.last - 1] + self.sizes[run.last - 1]
        self.region.touch() if (start, stop) == self.whole else memory.touch(self.data[start:stop])
        arrays = [self.data[start:stop], run.grad[: stop - start], *[state[start:stop] for state in states]]
        program = None
        if stop - start > LARGE:
            with contextlib.suppress(TypeError):  # of a rule that does more than call ufuncs
                program = Program(update, len(arrays), [i for i in range(len(arrays)) if i != 1], PART, self.dtype)
        chunk = CHUNK if program is None else PART
        for low in range(0, stop - start, chunk):
            parts = [array[low : low + chunk] for array in arrays]
            if program is not None:
                program.run(*parts)
            else:
                p, _, *kept = parts
                for old, new in zip((p, *kept), update(*parts), strict=True):
                    old[...] = new


def _holders(p: Tensor) -> int:
    return sys.getrefcount(p.array)


_ALONE = _holders(wrap(np.zeros(1)))


def _held_by_others(p: Tensor) -> bool:
    """Whether anybody but the tensor holds its array: a NumPy array that it was made from, a detached tensor.

    Such a parameter is stepped in that memory, so that its other holder sees the steps, as in PyTorch.
    """
    return _holders(p) > _ALONE
