"""A rule over large arrays without temporaries: run once on symbols, then replayed as NumPy calls into a few buffers.

NumPy makes a new array for every operation of a rule. Traced, the same operations, in the same order and so with the
same results to the bit, write into scratch buffers that stay in the cache, and into the state itself once its old
value has been read for the last time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..autograd.memory import Array

Call = tuple[Any, tuple[Any, ...], "Symbol"]  # a ufunc, what it was called on, and its result


class Symbol(NDArrayOperatorsMixin):
    """Stands for an array while a rule is traced: every ufunc on it is noted, and gives another symbol.

    TypeError for anything else than a ufunc of one or two operands and one result, and for asking its value.
    """

    __hash__ = object.__hash__
    __pow__ = __rpow__ = None  # type: ignore[assignment]  # ndarray ** 2 is not np.power to the last bit

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc.nout != 1 or ufunc.nin > 2:
            return NotImplemented
        result = Symbol(self.calls)
        self.calls.append((ufunc, inputs, result))
        return result

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return NotImplemented

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value")


_buffers = threading.local()  # kept from step to step: new memory of this size is slow to touch


def _scratch(number: int, size: int, dtype: np.dtype[Any]) -> Array:
    """A buffer that nothing else in this thread uses at the same time."""
    kept: dict[Any, Array] = _buffers.__dict__
    key = f"{dtype.char}{number}"
    if key not in kept or len(kept[key]) < size:
        kept[key] = np.empty(size, dtype)
    return kept[key]


class Program:
    """The ufunc calls of `update`, which takes `n` arrays and returns new values for those at the positions `writes`.

    A cell is an array, a number or a buffer; a step is a ufunc, the cells of its operands, and the one it writes.
    """

    def __init__(
        self, update: Callable[..., Sequence[Any]], n: int, writes: Sequence[int], size: int, dtype: Any
    ) -> None:
        calls: list[Call] = []
        inputs = [Symbol(calls) for _ in range(n)]
        where: dict[Symbol, int] = {x: at for at, x in enumerate(inputs)}
        home: dict[Symbol, int] = {}
        for at, value in zip(writes, update(*inputs), strict=True):
            home[np.positive(value) if value in home or value in where else value] = at
        self.n = n
        self.cells: list[Any] = [None] * n
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
        calls.clear()  # symbols hold this list, and it holds them

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
