"""Which dtype a result has, by PyTorch's rules: Python numbers never promote, 0-d tensors are weaker than n-d ones.

As torch.result_type, with NumPy scalars taken as the Python numbers they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .graph import Variable, wrap
from .memory import Array

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .table import Operation

Dtype = np.dtype[Any]
_CATEGORY = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}
_default = np.dtype(np.float32)


def get_default_dtype() -> Dtype:
    """The dtype that Python floats become, as torch.get_default_dtype; float32 unless changed."""
    return _default


def set_default_dtype(d: Any) -> None:
    """Make Python floats become `d` from now on; TypeError unless it is floating. As torch.set_default_dtype."""
    global _default
    dtype = np.dtype(d)
    if dtype.kind != "f":
        raise TypeError(f"set_default_dtype: only floating-point dtypes can be the default, got {dtype}")
    _default = dtype


def promote_types(type1: Any, type2: Any) -> Dtype:
    """The smallest dtype that holds both, where an integer never widens a float. As torch.promote_types."""
    a: Dtype = np.dtype(type1)
    b: Dtype = np.dtype(type2)
    if a.kind in "fc" and b.kind in "biu":
        return a
    if b.kind in "fc" and a.kind in "biu":
        return b
    return np.promote_types(a, b)


def result_type(*operands: Any) -> Dtype:
    """The dtype of an arithmetic operation on `operands`, tensors or numbers, as torch.result_type."""
    ranked: dict[int, Dtype] = {}  # 0: Python numbers, 1: 0-d tensors, 2: tensors with dimensions
    for x in operands:
        if isinstance(x, Variable):
            rank, dtype = (2 if x.array.ndim else 1), x.array.dtype
        else:
            rank, dtype = 0, _number_dtype(x)
        ranked[rank] = promote_types(ranked[rank], dtype) if rank in ranked else dtype
    result: Dtype | None = None
    for rank in sorted(ranked, reverse=True):
        dtype = ranked[rank]
        if result is None:
            result = dtype
        elif _CATEGORY[dtype.kind] > _CATEGORY[result.kind]:
            result = promote_types(result, dtype)
    assert result is not None, "result_type of no operands"
    return result


def _number_dtype(x: Any) -> Dtype:
    if isinstance(x, bool | np.bool_):
        return np.dtype(bool)
    if isinstance(x, int | np.integer):
        return np.dtype(np.int64)
    if isinstance(x, float | np.floating):
        return _default
    raise TypeError(f"expected a Tensor, an array or a number, got {type(x).__name__}: {x!r}")


def promote(*operands: Variable) -> list[Array]:
    """The arrays of `operands`, all of their common dtype."""
    dtype = result_type(*operands)
    return [x.array.astype(dtype, copy=False) for x in operands]


def is_number(x: Any) -> bool:
    return isinstance(x, bool | int | float | np.number | np.bool_)


def operands(op: Operation, a: Any, b: Any) -> Sequence[Any]:
    """The arrays or numbers to run a two-operand `op` on, where at least one operand is no Tensor."""
    x, other = (a, b) if isinstance(a, Variable) else (b, a)
    if type(other) in (float, int) and isinstance(x, Variable) and x.array.dtype.kind == "f":
        return (x.array, other) if x is a else (other, x.array)  # NumPy's own rule says the same
    pair = [y if is_number(y) else as_operand(op, y) for y in (a, b)]
    dtype = result_type(*pair)
    if op.floating and dtype.kind not in "fc":
        dtype = _default
    return [np.asarray(y.array if isinstance(y, Variable) else y).astype(dtype, copy=False) for y in pair]


def as_floating(array: Array) -> Array:
    """Integers and booleans as the default dtype; floats as they are."""
    return array if array.dtype.kind in "fc" else array.astype(_default)


def as_operand(op: Operation, x: Any) -> Tensor:
    """A Tensor, or a NumPy array of real numbers as one; anything else is refused."""
    if isinstance(x, Variable):
        return x  # type: ignore[return-value]  # a user's Variable is a Tensor
    if isinstance(x, np.ndarray) and x.dtype.kind in "biuf":
        return wrap(x)
    what = f"an array of {x.dtype}" if isinstance(x, np.ndarray) else type(x).__name__
    raise TypeError(f"{op.name}(): expected a Tensor, an array of real numbers or a number, got {what}")
