"""The `fast` extra: a traced rule as one compiled loop over the flat buffer, by numba.

The calls of a trace become the lines of one function of scalars, which numba compiles to machine code: each element is
read once and written once. The same operations in the same order and precision give the same bits as the rule run by
NumPy, but for functions such as exp that NumPy computes in its own way. A loop is compiled when its text is first
needed, about a second, and kept on disk beside this file; numbers that change from step to step are arguments.
"""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.memory import Array
from .trace import Symbol, Trace

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

THREADED = 262_144  # elements from which a loop is shared among threads

_OPERATORS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/"}
_OPERATORS |= {np.less: "<", np.less_equal: "<=", np.greater: ">", np.greater_equal: ">=", np.equal: "=="}
_FUNCTIONS = {np.sqrt, np.abs, np.sign, np.maximum, np.minimum, np.exp, np.log, np.cbrt, np.square, np.clip}


@functools.cache
def available() -> bool:
    """Whether numba is installed."""
    return importlib.util.find_spec("numba") is not None


class Kernel:
    """The compiled loop of a trace, whose results are new values for the arrays at the positions `writes`.

    TypeError for calls that it has no words for, and for dtypes other than float32 and float64.
    """

    def __init__(self, trace: Trace, writes: Sequence[int], dtype: np.dtype[Any]) -> None:
        if dtype not in (np.float32, np.float64):
            raise TypeError(f"a loop of {dtype} is not compiled")
        self.numbers: list[float] = []
        text = self._text(trace, writes)
        self.loop = _compiled(text)
        self.constants = np.array(self.numbers, dtype)

    def _text(self, trace: Trace, writes: Sequence[int]) -> str:
        """The loop in Python's words, with the numbers of the trace in an array `c`."""
        names: dict[Symbol, str] = {x: f"a{i}" for i, x in enumerate(trace.inputs)}
        lines = [f"{name} = x{i}[i]" for i, name in enumerate(names.values())]
        for number, (function, operands, result) in enumerate(trace.calls):
            args = [names[x] if isinstance(x, Symbol) else self._constant(x) for x in operands]
            names[result] = f"t{number}"
            lines.append(f"t{number} = {_expression(function, args)}")
        lines += [f"x{at}[i] = {names[x]}" for at, x in zip(writes, trace.results, strict=True)]
        arrays = ", ".join(f"x{i}" for i in range(len(trace.inputs)))
        body = "".join(f"        {line}\n" for line in lines)
        return f"(c, {arrays}):\n    for i in range(x0.size):\n{body}"

    def _constant(self, number: Any) -> str:
        self.numbers.append(float(number))
        return f"c[{len(self.numbers) - 1}]"

    def run(self, *arrays: Array) -> None:
        """Update `arrays`, in threads where they are long."""
        size = len(arrays[0])
        if size < THREADED or _threads() == 1:
            self.loop(self.constants, *arrays)
            return
        step = -(-size // _threads())
        parts = [[array[low : low + step] for array in arrays] for low in range(0, size, step)]
        list(_pool().map(lambda part: self.loop(self.constants, *part), parts))


def _expression(function: Any, args: list[str]) -> str:
    if function in _OPERATORS:
        return f"{args[0]} {_OPERATORS[function]} {args[1]}"
    if function is np.negative:
        return f"-{args[0]}"
    if function is np.positive:
        return args[0]
    if function is np.where:
        return f"{args[1]} if {args[0]} else {args[2]}"
    if function in _FUNCTIONS:
        return f"np.{function.__name__}({', '.join(args)})"
    raise TypeError(f"a loop has no words for {function.__name__}")


@functools.cache
def _compiled(text: str) -> Callable[..., None]:
    """The machine code of a loop; numba finds it on disk under its name, which is a hash of its text."""
    import hashlib  # these are slow to import, and needed only here

    import numba

    name = "loop_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    names: dict[str, Any] = {"np": np, "__name__": __name__}
    exec(compile(f"def {name}{text}", __file__, "exec"), names)
    compiled: Callable[..., None] = numba.njit(cache=True, nogil=True, error_model="numpy")(names[name])
    return compiled


@functools.cache
def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def _pool() -> ThreadPoolExecutor:
    from concurrent.futures import ThreadPoolExecutor  # slow to import, and needed only here

    return ThreadPoolExecutor(_threads())
