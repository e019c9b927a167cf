"""Tensors from data, and tensors of zeros, ones and sequences, with PyTorch's names and dtypes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .autograd.graph import Variable, wrap
from .autograd.promotion import get_default_dtype
from .functions.shape import sizes
from .tensor import Tensor


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor that copies `data`: numbers, nested lists, arrays or tensors. As torch.tensor.

    Python floats become the default dtype (float32), Python ints int64; arrays keep theirs. RuntimeError if integers
    are asked for gradients; ValueError if nested lists are ragged.

    >>> torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    tensor([[1., 2.],
            [3., 4.]], requires_grad=True)
    """
    t = wrap(_copied(data, dtype))
    check_device("tensor", device)
    t.requires_grad_(requires_grad)
    return t


def real(name: str, array: Any) -> Any:
    """The array, if it holds what a tensor can; TypeError for complex numbers, whose gradients are not here."""
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}(): a tensor holds floats, integers or booleans, not {array.dtype}")
    return array


def check_device(name: str, device: Any) -> None:
    if device is not None and str(device) != "cpu":
        raise RuntimeError(f"{name}(): there is no device {device!r} here; tensors live on the 'cpu'")


def _copied(data: Any, dtype: Any) -> Any:
    if isinstance(data, Variable):
        return real("tensor", np.array(data.array, dtype))
    if isinstance(data, np.ndarray | np.generic):
        return real("tensor", np.array(data, dtype))
    try:
        array = np.array(_plain(data), dtype)
    except ValueError:
        raise ValueError("tensor(): expected the nested sequences to have the same lengths at every level") from None
    except OverflowError:
        raise RuntimeError(f"tensor(): a value cannot be converted to {np.dtype(dtype)} without overflow") from None
    if array.dtype.kind not in "biuf":
        error = RuntimeError if array.dtype == object else TypeError
        raise error(f"tensor(): new tensors hold numbers or booleans, got {type(data).__name__} {data!r}")
    if dtype is None and not _has_arrays(data):
        if array.dtype == np.float64:
            array = array.astype(get_default_dtype())
        elif array.dtype == np.uint64:
            raise ValueError("tensor(): Overflow: a number is too large for int64")
    return array


def _plain(data: Any) -> Any:
    """Nested lists with the tensors in them as plain numbers or arrays."""
    if isinstance(data, Variable):
        return data.array
    return [_plain(x) for x in data] if isinstance(data, list | tuple) else data


def _has_arrays(data: Any) -> bool:
    """Whether the first leaf of nested lists is an array, whose dtype then stands."""
    while isinstance(data, list | tuple) and data:
        data = data[0]
    return isinstance(data, np.ndarray | np.generic | Variable)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """As `tensor`, but without a copy where `data` is a tensor or an array of the dtype. As torch.as_tensor."""
    check_device("as_tensor", device)
    if isinstance(data, Tensor):
        return data if dtype is None else data.to(dtype)
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == dtype):
        return wrap(real("as_tensor", data))
    return tensor(data, dtype=dtype)


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor that shares the memory of a NumPy array, as torch.from_numpy."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if ndarray.dtype.kind not in "biuf":
        raise TypeError(f"can't convert np.ndarray of type {ndarray.dtype}; supported are floats, integers and bool")
    return wrap(ndarray)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor that shares the memory of another library's, through DLPack; as torch.from_dlpack."""
    return wrap(real("from_dlpack", np.from_dlpack(ext_tensor)))


def _made(name: str, array: Any, device: Any, requires_grad: bool) -> Tensor:
    check_device(name, device)
    return wrap(real(name, array)).requires_grad_(requires_grad)


def size_of(name: str, size: Any, more: tuple[Any, ...] = ()) -> tuple[int, ...]:
    """The shape a function was called with; RuntimeError if a size is negative."""
    shape = sizes(size, more)
    if min(shape, default=0) < 0:
        raise RuntimeError(f"{name}(): Dimension size must be non-negative, got {list(shape)}")
    return shape


def zeros(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the given sizes, as torch.zeros."""
    return _made("zeros", np.zeros(size_of("zeros", size, more), dtype or get_default_dtype()), device, requires_grad)


def ones(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the given sizes, as torch.ones."""
    return _made("ones", np.ones(size_of("ones", size, more), dtype or get_default_dtype()), device, requires_grad)


def empty(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of the given sizes with whatever it held, as torch.empty."""
    return _made("empty", np.empty(size_of("empty", size, more), dtype or get_default_dtype()), device, requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` in every element, of its own kind of dtype unless told; as torch.full."""
    value = tensor(fill_value, dtype=dtype)
    return _made("full", np.full(size_of("full", size), value.array), device, requires_grad)


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and dtype of `input`, as torch.zeros_like."""
    return _made("zeros_like", np.zeros(input.array.shape, dtype or input.array.dtype), device, requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and dtype of `input`, as torch.ones_like."""
    return _made("ones_like", np.ones(input.array.shape, dtype or input.array.dtype), device, requires_grad)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`fill_value` in the shape and dtype of `input`, as torch.full_like."""
    return _made("full_like", np.full(input.array.shape, fill_value, dtype or input.array.dtype), device, requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of the shape and dtype of `input` with whatever it held, as torch.empty_like."""
    return _made("empty_like", np.empty(input.array.shape, dtype or input.array.dtype), device, requires_grad)


def eye(n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of an (n, m) matrix, zeros elsewhere; as torch.eye."""
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"eye(): n and m must be greater or equal to 0, got {n} and {m}")
    return _made("eye", np.eye(n, m, dtype=dtype or get_default_dtype()), device, requires_grad)


def arange(
    start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """start, start + step, ... below `end`; int64 if all three are integers. As torch.arange.

    >>> torch.arange(0, 1, 0.25)
    tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    if end is None:
        start, end = 0, start
    if step == 0 or not (end - start) / step >= 0:
        raise RuntimeError(f"arange(): no numbers lead from {start} to {end} by steps of {step}")
    if dtype is None:
        dtype = np.int64 if all(isinstance(x, int | np.integer) for x in (start, end, step)) else get_default_dtype()
    n = math.ceil((end - start) / step)
    return _made("arange", (start + np.arange(n) * step).astype(dtype), device, requires_grad)


def linspace(
    start: float, end: float, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`steps` numbers evenly spaced from `start` to `end`, both included; as torch.linspace."""
    if steps < 0:
        raise RuntimeError(f"linspace(): number of steps must be non-negative, got {steps}")
    return _made("linspace", np.linspace(start, end, steps, dtype=dtype or get_default_dtype()), device, requires_grad)
