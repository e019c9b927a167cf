"""A rule over large arrays without temporaries: traced, then replayed as NumPy calls into a few buffers.

NumPy makes a new array for every operation of a rule. Replayed, the same operations, in the same order and so with the
same results to the bit, write into scratch buffers that stay in the cache, and into the state itself once its old
value has been read for the last time.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..autograd.memory import Array
from .trace import Symbol, Trace

_buffers = threading.local()  # kept from step to step: new memory of this size is slow to touch


def _scratch(number: int, size: int, dtype: np.dtype[Any]) -> Array:
    """A buffer that nothing else in this thread uses at the same time."""
    kept: dict[Any, Array] = _buffers.__dict__
    key = f"{dtype.char}{number}"
    if key not in kept or len(kept[key]) < size:
        kept[key] = np.empty(size, dtype)
    return kept[key]


class Program:
    """The ufunc calls of a trace, whose results are new values for the arrays at the positions `writes`.

    A cell is an array, a number or a buffer; a step is a ufunc, the cells of its operands, and the one it writes.
    TypeError for a trace of more than ufuncs.
    """

    def __init__(self, trace: Trace, writes: Sequence[int], size: int, dtype: Any) -> None:
        calls, inputs = trace.calls, trace.inputs
        if not all(isinstance(function, np.ufunc) for function, _, _ in calls):
            raise TypeError("np.where cannot write into a buffer")
        where: dict[Symbol, int] = {x: at for at, x in enumerate(inputs)}
        home: dict[Symbol, int] = dict(zip(trace.results, writes, strict=True))
        self.n = len(inputs)
        self.cells: list[Any] = [None] * self.n
        self.buffers: list[int] = []
        self.steps: list[tuple[Any, int, int | None, int]] = []

        last_read = {x: i for i, (_, args, _) in enumerate(calls) for x in args if isinstance(x, Symbol)}
        last_read |= dict.fromkeys(home, len(calls))
        free: list[int] = []
        for i, (ufunc, args, result) in enumerate(calls):
            a, *b = [where[x] if isinstance(x, Symbol) else self._cell(np.asarray(x, dtype)) for x in args]
            free += {where[x] for x in args if isinstance(x, Symbol) and last_read[x] == i and where[x] in self.buffers}
            target = home.get(result)
            if target is None or last_read.get(inputs[target], -1) > i:
                if not free:
                    free.append(self._cell(_scratch(len(self.buffers), size, dtype)))
                    self.buffers.append(free[-1])
                target = free.pop()
            where[result] = target
            self.steps.append((ufunc, a, b[0] if b else None, target))
        self.steps += [(np.positive, where[value], None, at) for value, at in home.items() if where[value] != at]

    def _cell(self, content: Any) -> int:
        self.cells.append(content)
        return len(self.cells) - 1

    def run(self, *arrays: Array) -> None:
        """Update `arrays`, which are no longer than the buffers."""
        cells = [*arrays, *self.cells[self.n :]]
        for at in self.buffers:
            cells[at] = cells[at][: len(arrays[0])]
        for ufunc, a, b, target in self.steps:
            if b is None:
                ufunc(cells[a], out=cells[target])
            else:
                ufunc(cells[a], cells[b], out=cells[target])
