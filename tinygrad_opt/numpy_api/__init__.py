"""NumPy's functions on Tensors: `np.exp(t)`, `np.sum(t, axis=0)`, `array * t` keep the graph.

Each takes NumPy's arguments and NumPy's defaults: `np.var(t)` divides by n, where `t.var()` divides by n - 1. What is
not here is refused when it is called, by name, rather than losing the gradient; so is `out=`.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import functions as ops
from ..autograd import promotion
from ..autograd.record import binary, unary
from ..autograd.table import TABLE
from . import elements, indexing, linalg, reduction, shape
from .registry import FUNCTIONS, as_tensor

__all__ = ["FUNCTIONS", "call_function", "call_ufunc", "elements", "indexing", "linalg", "reduction", "shape"]

# Ufuncs that are more than one row of the table.
UFUNCS: dict[Any, Any] = {
    np.matmul: ops.matmul,
    np.fabs: ops.abs,
    np.conjugate: lambda x: x,
    np.float_power: ops.float_power,
    np.heaviside: ops.heaviside,
    np.ldexp: ops.ldexp,
    np.divmod: lambda a, b: (ops.floor_divide(a, b), ops.remainder(a, b)),
    np.modf: lambda x: (ops.frac(x), ops.trunc(x)),
    np.cbrt: lambda x: ops.sign(x) * ops.abs(x) ** (1 / 3),
    np.vecdot: linalg.vecdot,
}
if hasattr(np, "matvec"):  # which came with 2.2
    UFUNCS |= {np.matvec: linalg.matvec, np.vecmat: linalg.vecmat}


def call_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What `ufunc(*inputs)` means where one of the inputs is a Tensor."""
    name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if method != "__call__" or kwargs:
        options = ", ".join(kwargs) or "this form"
        raise TypeError(f"{name} on a Tensor does not take {options}; call it without, or use the tensor's own methods")
    operands = [x if promotion.is_number(x) else as_tensor(x) for x in inputs]
    ours = UFUNCS.get(ufunc)
    if ours is not None:
        return ours(*[as_tensor(x) for x in operands])
    op = TABLE.get(ufunc)
    if op is None:
        raise TypeError(_refusal(name))
    return unary(op, operands[0]) if len(operands) == 1 else binary(op, operands[0], operands[1])


def call_function(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What the NumPy function `func` means where one of its arguments is a Tensor."""
    ours = FUNCTIONS.get(func)
    name = f"{func.__module__.replace('numpy', 'np')}.{func.__name__}"
    if ours is None:
        raise TypeError(_refusal(name))
    if kwargs.get("out") is not None:
        raise TypeError(f"{name} on a Tensor does not take out=; use what it returns")
    try:
        return ours(*args, **kwargs)
    except TypeError:
        try:
            inspect.signature(ours).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name} on a Tensor: {error}") from None
        raise


def _refusal(name: str) -> str:
    return (
        f"{name} has no derivative here, and would lose the gradient of a Tensor; "
        "for the values alone, call it on tensor.detach().numpy()"
    )
