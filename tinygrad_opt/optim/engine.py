"""How any rule is run fast: the parameters of a group, their gradients and states each lie in one flat array.

A parameter's array is a view of the flat one, and backward() writes its gradient straight into place (its Home). A
step then is the rule over runs of that memory, in chunks small enough for their temporaries to stay in the cache.
Parameters without a gradient are passed over, and cut a run in two, as does a parameter with another step count or
whose gradient lies elsewhere.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from ..autograd import memory
from ..autograd.graph import Variable, wrap
from ..autograd.home import Home
from ..autograd.memory import Array
from ..tensor import Tensor
from . import compiled
from .compiled import Kernel
from .program import Program
from .rule import Scope
from .state import FlatState, Given, Initial, ListState, Scalar, State, widened
from .trace import Trace
from .update import Update

CHUNK = 8_192  # elements that a rule works on at a time: its temporaries stay in the cache, and in reused memory
LARGE = 4 * CHUNK  # elements from which tracing a rule pays: it takes as long as some ten of its calls
PART = 65_536  # elements that a program works on at a time
ALIGN = 64  # bytes: every parameter starts on a cache line


_use: Literal["auto", "numpy", "numba"] = "auto"


def use(name: Literal["auto", "numpy", "numba"]) -> None:
    """Say what runs rules over long arrays: "numpy", compiled loops of "numba", or "auto", these where it is installed.

    ValueError for another name, RuntimeError for "numba" where it is not installed.
    """
    global _use
    if name not in ("auto", "numpy", "numba"):
        raise ValueError(f"optim.engine.use(): 'auto', 'numpy' or 'numba', not {name!r}")
    if name == "numba" and not compiled.available():
        raise RuntimeError("optim.engine.use('numba'): numba is not installed; pip install 'tinygrad-opt[fast]'")
    _use = name


class Run(NamedTuple):
    """Parameters `first` up to `last` (excluded), at step `t`; `flat` if they and their gradients lie end to end."""

    first: int
    last: int
    t: int
    flat: bool


class FlatGroup:
    """Parameters of one dtype that share hyper-parameters, laid end to end in one array; `exempt` from decay or not.

    A parameter whose memory somebody else looks at (a NumPy array it was made from, a tensor it is a view of) is left
    where it is and stepped there, so that everybody sees the steps, as in PyTorch.
    """

    def __init__(self, params: Sequence[Tensor], exempt: Sequence[bool], scope: Scope = "element") -> None:
        self.params = list(params)
        self.exempt = list(exempt)
        self.scope = scope
        self.dtype = params[0].array.dtype
        self.wide = np.promote_types(self.dtype, np.float32)  # of states, and in which steps are computed
        self.sizes = [p.array.size for p in params]
        per_line = ALIGN // self.dtype.itemsize
        slots = [max(1, -(-size // per_line)) * per_line for size in self.sizes]
        self.starts = [0, *itertools.accumulate(slots)]
        self.data, self.grad = self._flat(self.dtype), self._flat(self.dtype)
        self.source = self.grad  # where this step's gradients lie: here, or transformed in an array of their own
        self.transformed: Array | None = None
        self.states: dict[str, State] = {}
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

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy, and what was pickled, is laid out anew: its views would be views of nothing."""
        numbers = range(len(self.params))
        states = {name: (state.initial, [state[i] for i in numbers]) for name, state in self.states.items()}
        return _laid_out, (self.params, self.exempt, self.scope, self.steps, states)

    def _flat(self, dtype: Any) -> Array:
        """Zeros for all parameters, from a cache line on."""
        size = self.starts[-1] * dtype.itemsize
        raw = np.zeros(size + ALIGN, np.uint8)
        start = -raw.ctypes.data % ALIGN
        return raw[start : start + size].view(dtype)

    def part(self, flat: Array, i: int) -> Array:
        """The elements of parameter `i` in a flat array, in its shape."""
        start = self.starts[i]
        return flat[start : start + self.sizes[i]].reshape(self.params[i].array.shape)

    def kept(self, keeps: Mapping[str, Initial]) -> dict[str, State]:
        """The states of these names, made and given their first values when they are first asked for."""
        for name, initial in keeps.items():
            if name not in self.states:
                self.states[name] = state = self._new_state(initial)
                for i in range(len(self.params)):
                    state.begin(i, self.value(i))
        return {name: self.states[name] for name in keeps}

    def _new_state(self, initial: Initial) -> State:
        if self.scope != "element" or isinstance(initial, Scalar):
            return ListState(len(self.params), initial)
        flat = self._flat(self.wide)
        return FlatState(flat, [self.part(flat, i) for i in range(len(self.params))], initial)

    def _move_in(self, i: int) -> None:
        p = self.params[i]
        place = self.homes[i].slot[: self.sizes[i]].reshape(p.array.shape)
        place[...] = p.array
        p.array = place

    def check(self) -> None:
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
        """Update every parameter that has a gradient, as planned, by a rule that works element by element."""
        kept = self.kept(update.keeps)
        for run in runs:
            if run.t == 1:
                begun = [state for state in kept.values() if not isinstance(state.initial, Given)]
                for state, i in itertools.product(begun, range(run.first, run.last)):
                    state.begin(i, self.value(i))
            self._apply(update, run, kept)
            self.steps[run.first : run.last] = [run.t] * (run.last - run.first)

    def plan(self, gradients: Sequence[Any] | None = None) -> list[Run]:
        """What there is to step: one run if all is in its place. RuntimeError where a parameter cannot be stepped.

        `gradients`, where given, are arrays to step by, or None, in place of those of the parameters.
        """
        if gradients is not None:
            if self.transformed is None:
                self.transformed = self._flat(self.wide)
            self.source = self.transformed
            for i, g in enumerate(gradients):
                if g is not None:
                    self.part(self.source, i)[...] = g
            return self._separate_runs([g is not None for g in gradients])
        self.source = self.grad
        steps = self.steps
        t = steps[0]
        if steps.count(t) < len(steps):
            return self._separate_runs([p._grad is not None for p in self.params])
        for p, home in zip(self.params, self.homes, strict=True):
            if p._grad is not home.tensor or p.array.base is not home.slot:
                return self._separate_runs([p._grad is not None for p in self.params])
        if any(numbers.count(numbers[0]) < len(numbers) for numbers in self._numbers()):
            return self._separate_runs([True] * len(steps))
        return [Run(0, len(steps), t + 1, True)]

    def _numbers(self) -> list[list[Any]]:
        """The states that are numbers: the parameters of a run have the same."""
        return [state.values for state in self.states.values() if isinstance(state, ListState)]

    def _separate_runs(self, present: Sequence[bool]) -> list[Run]:
        self.check()
        numbers = self._numbers()
        runs: list[Run] = []
        for i, (p, home) in enumerate(zip(self.params, self.homes, strict=True)):
            if not present[i]:
                continue
            t = self.steps[i] + 1
            flat = (p._grad is home.tensor or self.source is not self.grad) and p.array.base is home.slot
            joins = flat and bool(runs) and runs[-1].last == i and runs[-1].t == t and runs[-1].flat
            if joins and all(values[i] == values[i - 1] for values in numbers):
                runs[-1] = runs[-1]._replace(last=i + 1)
            else:
                runs.append(Run(i, i + 1, t, flat))
        return runs

    def _apply(self, update: Update, run: Run, kept: Mapping[str, State]) -> None:
        """Update one run, a chunk at a time; if it is long, by a program of the same calls."""
        start, stop = self.starts[run.first], self.starts[run.last - 1] + self.sizes[run.last - 1]
        if run.flat:
            data, grad = self.data[start:stop], self.source[start:stop]
            self.region.touch() if stop - start == self.end else memory.touch(data)
        else:
            p = self.params[run.first]
            data = p.array.reshape(-1)
            if self.source is self.grad:
                assert p._grad is not None
                grad = p._grad.array.reshape(-1)
            else:
                grad = self.source[start:stop]
            memory.touch(p.array)
        flats = {name: state.array[start:stop] for name, state in kept.items() if isinstance(state, FlatState)}
        lists = {name: state for name, state in kept.items() if isinstance(state, ListState)}
        numbers = {name: state[run.first] for name, state in lists.items()}
        new_numbers: dict[str, Any] = {}

        def updated(p: Any, g: Any, *states: Any) -> list[Any]:
            new_p, new = update(run.t, p, g, {**numbers, **dict(zip(flats, states, strict=True))})
            new_numbers.update((name, new[name]) for name in numbers)
            return [new_p, *[new[name] for name in flats]]

        arrays = [data, grad, *flats.values()]
        size = stop - start
        runner = self._runner(updated, len(arrays)) if size > LARGE and self.wide == self.dtype else None
        chunk = CHUNK if runner is None else size if isinstance(runner, Kernel) else PART
        for low in range(0, size, chunk):
            parts = [array[low : low + chunk] for array in arrays]
            if runner is not None:
                runner.run(*parts)
            else:
                old_p, _, *old_states = parts
                if self.wide != self.dtype:
                    parts = [widened(part) for part in parts]
                for old, new in zip((old_p, *old_states), updated(*parts), strict=True):
                    old[...] = new
        for name, value in new_numbers.items():
            for i in range(run.first, run.last):
                lists[name][i] = value
        if not run.flat and not np.may_share_memory(data, p.array):  # of a parameter that is not contiguous
            p.array[...] = data.reshape(p.array.shape)

    def _runner(self, updated: Callable[..., list[Any]], n: int) -> Program | Kernel | None:
        """What runs `updated` over `n` long arrays, the second of which is the gradient; None: only the rule itself."""
        writes = [i for i in range(n) if i != 1]
        try:
            trace = Trace(updated, n)
        except (TypeError, AttributeError):  # of a rule that does more than call ufuncs
            return None
        try:
            if _use == "numba" or (_use == "auto" and compiled.available()):
                with contextlib.suppress(TypeError):
                    return Kernel(trace, writes, self.dtype)
            with contextlib.suppress(TypeError):
                return Program(trace, writes, PART, self.dtype)
            return None
        finally:
            trace.forget()

    def value(self, i: int) -> Array:
        """The array of parameter `i`, as the rule is to see it."""
        array: Array = widened(self.params[i].array)
        return array

    def write(self, i: int, value: Any) -> None:
        """Write the new values of parameter `i`."""
        memory.touch(self.params[i].array)
        self.params[i].array[...] = value


def _laid_out(
    params: list[Tensor], exempt: list[bool], scope: Scope, steps: list[int], states: Mapping[str, tuple[Initial, Any]]
) -> FlatGroup:
    """A group that has taken these steps, and keeps these states."""
    group = FlatGroup(params, exempt, scope)
    group.steps = steps
    for name, (initial, values) in states.items():
        group.states[name] = state = group._new_state(initial)
        for i, value in enumerate(values):
            state.begin(i, group.value(i))
            state[i] = value
    return group


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
