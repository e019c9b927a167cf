"""Tensors of numbers that follow one another: ranges, grids of numbers, and the positions of triangles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .autograd.promotion import get_default_dtype
from .creation import made, number

if TYPE_CHECKING:
    from .tensor import Tensor

__all__ = ["arange", "eye", "linspace", "logspace", "tril_indices", "triu_indices"]


def arange(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, ... below `end`; int64 if all three are integers. As torch.arange.

    RuntimeError if the steps do not lead from `start` to `end`.

    >>> torch.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    if end is None:
        start, end = 0, start
    start, end, step = [number("arange", x) for x in (start, end, step)]
    if dtype is None:
        dtype = np.int64 if all(isinstance(x, int) for x in (start, end, step)) else get_default_dtype()
    dtype = np.dtype(dtype)
    if dtype.kind not in "iuf":
        raise NotImplementedError(f"arange(): not implemented for {dtype}; write .to(dtype)")
    if not math.isfinite(start) or not math.isfinite(end):
        raise RuntimeError(f"arange(): unsupported range: {start} -> {end}")
    if dtype == np.int64:
        start, end, step = [int(x) if math.isfinite(x) else x for x in (start, end, step)]
    if step == 0 or math.isnan(step):
        raise RuntimeError(f"arange(): step must be nonzero, got {step} for {dtype}")
    if (end - start) * step < 0:
        raise RuntimeError(
            f"arange(): upper bound and lower bound inconsistent with step sign: from {start} to {end} by {step}"
        )
    count = -((start - end) // step) if dtype == np.int64 else math.ceil((end - start) / step)
    return made("arange", _line(start, step, count, dtype), device, requires_grad)


def _line(start: Any, step: Any, count: int, dtype: np.dtype[Any]) -> Any:
    """start + i * step for i from 0 up to `count`, in whole numbers or the precision of float64."""
    if dtype.kind in "iu":
        start, step = int(start), int(step)
    y: Any = np.arange(count, dtype=np.int64 if dtype.kind in "iu" else np.float64)
    if step != 1:
        y *= step
    if start:
        y += start
    return y.astype(dtype, copy=False)


def _ends(name: str, start: Any, end: Any, steps: int, dtype: Any) -> tuple[Any, Any]:
    """Two numbers and a count, checked: the numbers as NumPy scalars of the dtype asked for."""
    first, last = number(name, start), number(name, end)
    if steps < 0:
        raise RuntimeError(f"{name}(): number of steps must be non-negative, got {steps}")
    dtype = np.dtype(dtype or get_default_dtype())
    if dtype.kind == "f":
        return dtype.type(first), dtype.type(last)
    if dtype.kind not in "iu":
        raise NotImplementedError(f"{name}(): not implemented for {dtype}; write .to(dtype)")
    return dtype.type(int(first)), dtype.type(int(last))


def _between(low: Any, high: Any, step: Any, steps: int) -> Any:
    """low + i * step in the first half, and high - i * step, counted from the end, in the second; as PyTorch does."""
    half = steps // 2
    y = np.arange(steps, dtype=step.dtype)
    np.subtract(steps - 1, y[half:], out=y[half:])
    y *= step
    y[:half] += low
    np.subtract(high, y[half:], out=y[half:])
    return y


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` numbers evenly spaced from `start` to `end`, both included; as torch.linspace.

    >>> torch.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    low, high = _ends("linspace", start, end, steps, dtype)
    y = np.full(steps, low)
    if steps > 1:
        kind = np.float64 if low.dtype.kind in "iu" else low.dtype.type
        step = (kind(high) - kind(low)) / kind(steps - 1)
        if kind is np.float32:
            step = np.float64(step)  # PyTorch multiplies and adds with a single rounding
        y = _between(low, high, step, steps).astype(y.dtype, copy=False)
    return made("linspace", y, device, requires_grad)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """`base` to `steps` powers evenly spaced from `start` to `end`, both included; as torch.logspace.

    >>> torch.logspace(0, 3, 4, base=2)
    tensor([1., 2., 4., 8.])
    """
    low, high = _ends("logspace", start, end, steps, dtype)
    step = np.float64(high - low) / max(steps - 1, 1)
    exponents = _between(low, high, step, steps) if steps > 1 else np.full(steps, low, np.float64)
    powers = np.power(float(base), exponents)
    return made("logspace", powers.astype(low.dtype, copy=False), device, requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix, zeros elsewhere; as torch.eye."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"eye(): n and m must be greater or equal to 0, got {n} and {m}")
    return made("eye", np.eye(n, m, dtype=dtype or get_default_dtype()), device, requires_grad)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The rows and columns of the lower triangle of a (row, col) matrix; as torch.tril_indices.

    >>> torch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle("tril_indices", np.tril_indices, row, col, offset, dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None) -> Tensor:
    """The rows and columns of the upper triangle of a (row, col) matrix; as torch.triu_indices."""
    return _triangle("triu_indices", np.triu_indices, row, col, offset, dtype, device)


def _triangle(name: str, positions: Any, row: int, col: int, offset: int, dtype: Any, device: Any) -> Tensor:
    if row < 0 or col < 0:
        raise RuntimeError(f"{name}(): row and col must be non-negative, got {row} and {col}")
    dtype = np.dtype(dtype or np.int64)
    if dtype not in (np.int64, np.int32):
        raise NotImplementedError(f"{name}(): not implemented for {dtype}; positions are int64 or int32")
    return made(name, np.array(positions(row, offset, col), dtype), device, False)
