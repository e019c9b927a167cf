"""Tensors from data, and tensors of zeros, ones and other constants, with PyTorch's names and dtypes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .autograd.graph import Variable, wrap
from .autograd.promotion import get_default_dtype
from .functions.shape import sizes

if TYPE_CHECKING:
    from .tensor import Tensor

__all__ = [
    "as_tensor",
    "empty",
    "empty_like",
    "from_dlpack",
    "from_numpy",
    "full",
    "full_like",
    "ones",
    "ones_like",
    "tensor",
    "zeros",
    "zeros_like",
]


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
    if device is not None and str(device) not in ("cpu", "cpu:0"):
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
    if isinstance(data, Variable):
        t: Tensor = data  # type: ignore[assignment]  # a user's Variable is one
        return t if dtype is None else t.to(dtype)
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


def made(name: str, array: Any, device: Any, requires_grad: bool) -> Tensor:
    """The tensor of a new array, if the keywords of a creation function allow it."""
    check_device(name, device)
    return wrap(real(name, array)).requires_grad_(requires_grad)


def size_of(name: str, size: Any, more: tuple[Any, ...] = ()) -> tuple[int, ...]:
    """The shape a function was called with; RuntimeError if a size is negative."""
    shape = sizes(size, more)
    if min(shape, default=0) < 0:
        raise RuntimeError(f"{name}(): Dimension size must be non-negative, got {list(shape)}")
    return shape


def number(name: str, value: Any) -> bool | int | float:
    """A Python number, or that of a NumPy scalar or a tensor without dimensions; TypeError for anything else."""
    if isinstance(value, bool | int | float):
        return value
    x = value.array if isinstance(value, Variable) else value
    if isinstance(x, np.ndarray | np.generic) and x.ndim == 0 and x.dtype.kind in "biuf":
        plain: bool | int | float = x.item()
        return plain
    raise TypeError(f"{name}(): expected a number, got {type(value).__name__} {value!r}")


def filled(name: str, size: tuple[int, ...], fill_value: Any, dtype: Any) -> Any:
    """An array of one number; RuntimeError if `dtype`, None for the number's own, cannot hold it."""
    value = number(name, fill_value)
    if dtype is None:
        dtype = np.bool_ if isinstance(value, bool) else np.int64 if isinstance(value, int) else get_default_dtype()
    dtype = np.dtype(dtype)
    if dtype.kind in "iu":
        most = int(np.iinfo(dtype).max)
        fits = math.isfinite(value) and -most - 1 <= int(value) <= most  # of unsigned kinds, negatives wrap around
    else:
        fits = dtype.kind != "f" or not math.isfinite(value) or abs(value) <= float(np.finfo(dtype).max)
    if not fits:
        raise RuntimeError(f"{name}(): value {value} cannot be converted to type {dtype} without overflow")
    return np.full(size, np.array(int(value) if dtype.kind in "iu" else value).astype(dtype))


def zeros(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the given sizes, as torch.zeros."""
    return made("zeros", np.zeros(size_of("zeros", size, more), dtype or get_default_dtype()), device, requires_grad)


def ones(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the given sizes, as torch.ones."""
    return made("ones", np.ones(size_of("ones", size, more), dtype or get_default_dtype()), device, requires_grad)


def empty(size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of the given sizes with whatever it held, as torch.empty."""
    return made("empty", np.empty(size_of("empty", size, more), dtype or get_default_dtype()), device, requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """`fill_value` in every element: bool, int64 or the default dtype, as the number is, unless told. As torch.full.

    >>> torch.full((2,), 0.5)
    tensor([0.5000, 0.5000])
    """
    return made("full", filled("full", _whole_size("full", size), fill_value, dtype), device, requires_grad)


def _whole_size(name: str, size: Any) -> tuple[int, ...]:
    if not isinstance(size, tuple | list):
        raise TypeError(f"{name}(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    return size_of(name, size)


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and dtype of `input`, as torch.zeros_like."""
    like = array_of("zeros_like", input)
    return made("zeros_like", np.zeros(like.shape, dtype or like.dtype), device, requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and dtype of `input`, as torch.ones_like."""
    like = array_of("ones_like", input)
    return made("ones_like", np.ones(like.shape, dtype or like.dtype), device, requires_grad)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`fill_value` in the shape and dtype of `input`, as torch.full_like."""
    like = array_of("full_like", input)
    return made("full_like", filled("full_like", like.shape, fill_value, dtype or like.dtype), device, requires_grad)


def empty_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Memory of the shape and dtype of `input` with whatever it held, as torch.empty_like."""
    like = array_of("empty_like", input)
    return made("empty_like", np.empty(like.shape, dtype or like.dtype), device, requires_grad)


def array_of(name: str, input: Any) -> Any:
    if not isinstance(input, Variable):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input.array


def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A tensor that copies `data`, of this tensor's dtype unless told; as torch.Tensor.new_tensor."""
    return tensor(data, dtype=dtype or self.array.dtype, device=device, requires_grad=requires_grad)


def new_zeros(
    self: Tensor, size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros of the given sizes, of this tensor's dtype unless told; as torch.Tensor.new_zeros."""
    return zeros(size, *more, dtype=dtype or self.array.dtype, device=device, requires_grad=requires_grad)


def new_ones(
    self: Tensor, size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones of the given sizes, of this tensor's dtype unless told; as torch.Tensor.new_ones."""
    return ones(size, *more, dtype=dtype or self.array.dtype, device=device, requires_grad=requires_grad)


def new_empty(
    self: Tensor, size: Any, *more: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Memory of the given sizes, of this tensor's dtype unless told; as torch.Tensor.new_empty."""
    return empty(size, *more, dtype=dtype or self.array.dtype, device=device, requires_grad=requires_grad)


def new_full(
    self: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """`fill_value` in every element, of this tensor's dtype unless told; as torch.Tensor.new_full."""
    return full(size, fill_value, dtype=dtype or self.array.dtype, device=device, requires_grad=requires_grad)
