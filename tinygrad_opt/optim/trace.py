"""What a rule computes, as a list of NumPy calls: the rule is run once on symbols, which note what is done to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

Call = tuple[Any, tuple[Any, ...], "Symbol"]  # a ufunc or np.where, what it was called on, and its result


class Symbol(NDArrayOperatorsMixin):
    """Stands for an array while a rule is traced: every ufunc on it is noted, and gives another symbol.

    TypeError for anything else than np.where or a ufunc of one or two operands and one result, and for asking its
    value.
    """

    __hash__ = object.__hash__
    __pow__ = __rpow__ = None  # type: ignore[assignment]  # ndarray ** 2 is not np.power to the last bit

    def __init__(self, calls: list[Call]) -> None:
        self.calls = calls

    def _note(self, function: Any, operands: Sequence[Any]) -> Symbol:
        result = Symbol(self.calls)
        self.calls.append((function, tuple(operands), result))
        return result

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs or ufunc.nout != 1 or ufunc.nin > 2:
            return NotImplemented
        if ufunc is np.multiply:  # by 1 is no call: such are the factors of options that are not used
            for factor, other in (inputs, inputs[::-1]):
                if isinstance(factor, int | float) and factor == 1:
                    return other
        return self._note(ufunc, inputs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return self._note(func, args) if func is np.where and len(args) == 3 else NotImplemented

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no value")


class Trace:
    """The calls of `update` on `n` arrays, and the symbols of what it returns, each of them a result of its own.

    TypeError or AttributeError where the rule does more than call ufuncs.
    """

    def __init__(self, update: Callable[..., Sequence[Any]], n: int) -> None:
        self.calls: list[Call] = []
        self.inputs = [Symbol(self.calls) for _ in range(n)]
        self.results: list[Symbol] = []
        taken = set(self.inputs)  # a set asks whether it is the same symbol; a list would compare, which is noted
        for value in update(*self.inputs):
            self.results.append(np.positive(value) if value in taken else value)
            taken.add(self.results[-1])

    def forget(self) -> None:
        """Let go of the calls: symbols hold their list, and it holds them."""
        self.calls.clear()
