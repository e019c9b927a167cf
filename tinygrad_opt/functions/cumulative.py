"""What runs along a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import reduction as rows
from ..autograd.record import record
from .dims import numpy_names, one_dim
from .reduction import _summable

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "cumsum",
]


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum along `dim`, as torch.cumsum."""
    x = _summable(input, dtype)
    if x.array.ndim == 0:
        return x.clone()
    return record(rows.cumsum, (x,), {"axis": one_dim("cumsum", dim, x.array.ndim)})
