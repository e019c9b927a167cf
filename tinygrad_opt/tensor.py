"""Tensor: an array that remembers how it was computed, with PyTorch's vocabulary.

What the methods do stands in functions/, a file per family; what their gradients are, in autograd/derivatives/; what a
tensor is apart from them, in tensor_base.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from . import creation
from .autograd import inplace
from .autograd.derivatives import arithmetic as rows
from .autograd.derivatives import comparison as comparison_rows
from .autograd.derivatives import shape as shape_rows
from .autograd.graph import Variable, set_tensor_type, wrap
from .autograd.promotion import get_default_dtype
from .autograd.record import binary, record
from .functions import (
    arithmetic,
    comparison,
    cumulative,
    diagonals,
    elementwise,
    indexing,
    products,
    scattering,
    special,
    splitting,
)
from .functions import shape as shapes
from .generator import Generator, default_generator
from .tensor_methods import Methods


def _in_place(fn: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that makes a tensor become `fn` of itself, and returns it: PyTorch's trailing underscore."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        inplace.require_writable(self)
        inplace.assign(self, fn(self, *args, **kwargs))
        return self

    method.__name__ = fn.__name__ + "_"
    method.__doc__ = f"`{fn.__name__}`, written to this tensor itself; as torch.Tensor.{fn.__name__}_."
    return method


def _in_shape(fn: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that gives a tensor itself the shape that `fn` of it has, and returns it."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        inplace.relayout(self, fn(self, *args, **kwargs))
        return self

    method.__name__ = fn.__name__ + "_"
    method.__doc__ = (
        f"`{fn.__name__}` of this tensor itself, in the same memory; as torch.Tensor.{fn.__name__}_.\n\n"
        "Views taken before keep their shape. Once one of both is written to, they raise RuntimeError if they are used."
    )
    return method


_KINDS = {"float16": "Half", "float32": "Float", "float64": "Double", "bool": "Bool", "uint8": "Byte"}
_KINDS |= {"int8": "Char", "int16": "Short", "int32": "Int", "int64": "Long"}


class Tensor(Methods):
    """An n-dimensional array with a gradient. Made by `tensor(...)`; Tensor(data) takes the default float dtype.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ()

    def __init__(self, data: Any = ()) -> None:
        self.array = np.array(data.array if isinstance(data, Variable) else data, get_default_dtype())
        self.node, self.tracked, self._view, self._grad = None, False, None, None

    # ---- types ----

    def to(self, *args: Any, dtype: Any = None, copy: bool = False, device: Any = None, **kwargs: Any) -> Tensor:
        """This tensor with another dtype, or the dtype of another tensor; itself if nothing changes, unless `copy`.

        to(dtype, non_blocking=False, copy=False), to(device, dtype, ...) and to(other, ...) are understood as by
        torch.Tensor.to. Devices are accepted where they are the CPU; RuntimeError for any other.
        """
        if kwargs.keys() - {"non_blocking"}:
            raise TypeError(f"to() got unexpected arguments {sorted(kwargs)}")
        flags = [arg for arg in args if isinstance(arg, bool)]  # non_blocking, copy
        for arg in args[: len(args) - len(flags)]:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, str) and arg.split(":")[0] in ("cpu", "cuda", "mps", "xpu"):
                device = arg
            elif arg is not None:
                dtype = arg
        copy = copy or flags[1:] == [True]
        creation.check_device("to", device)
        if dtype is None or np.dtype(dtype) == self.array.dtype:
            return self.clone() if copy else self
        if np.dtype(dtype).kind == "c":
            raise TypeError(f"to(): a tensor holds floats, integers or booleans, not {np.dtype(dtype)}")
        if np.dtype(dtype).kind != "f":
            return wrap(self.array.astype(dtype))  # integers and booleans have no gradient
        return record(shape_rows.cast, (self,), {"dtype": np.dtype(dtype)})

    def astype(self, dtype: Any) -> Tensor:
        """NumPy's name for `to(dtype)`."""
        return self.to(dtype)

    def type(self, dtype: Any = None) -> Any:
        """PyTorch's name for this kind of tensor, as "torch.FloatTensor"; or this tensor with `dtype`."""
        return f"torch.{_KINDS[self.array.dtype.name]}Tensor" if dtype is None else self.to(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """This tensor with the dtype of `other`."""
        return self.to(other.dtype)

    def half(self) -> Tensor:
        """This tensor as float16."""
        return self.to(np.float16)

    def float(self) -> Tensor:
        """This tensor as float32."""
        return self.to(np.float32)

    def double(self) -> Tensor:
        """This tensor as float64."""
        return self.to(np.float64)

    def int(self) -> Tensor:
        """This tensor as int32."""
        return self.to(np.int32)

    def long(self) -> Tensor:
        """This tensor as int64."""
        return self.to(np.int64)

    def bool(self) -> Tensor:
        """Where the elements are not zero."""
        return self.to(np.bool_)

    def cpu(self) -> Tensor:
        """This tensor: it is on the CPU already."""
        return self

    def contiguous(self) -> Tensor:
        """This tensor if it is contiguous, else a copy that is."""
        return self if self.is_contiguous() else record(shape_rows.contiguous, (self,), {})

    # ---- reading and writing ----

    def __getitem__(self, key: Any) -> Tensor:
        return indexing.getitem(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        indexing.setitem(self, key, value)

    def __iter__(self) -> Iterator[Tensor]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind())

    # ---- operators ----

    def __add__(self, other: Any) -> Tensor:
        return binary(rows.add, self, other)

    def __radd__(self, other: Any) -> Tensor:
        return binary(rows.add, other, self)

    def __sub__(self, other: Any) -> Tensor:
        return binary(rows.sub, self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return binary(rows.sub, other, self)

    def __mul__(self, other: Any) -> Tensor:
        return binary(rows.mul, self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return binary(rows.mul, other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return binary(rows.div, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return binary(rows.div, other, self)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return arithmetic.floor_divide(other, self)

    def __rmod__(self, other: Any) -> Tensor:
        return arithmetic.remainder(other, self)

    def __pow__(self, other: Any) -> Tensor:
        return binary(rows.pow, self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return binary(rows.pow, other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return products.matmul(self, wrap(other) if isinstance(other, np.ndarray) else other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return products.matmul(wrap(other) if isinstance(other, np.ndarray) else other, self)

    def __eq__(self, other: Any) -> Any:
        try:
            return binary(comparison_rows.eq, self, other)
        except TypeError:
            return NotImplemented  # of what is no number, Python asks whether it is the same object

    def __ne__(self, other: Any) -> Any:
        try:
            return binary(comparison_rows.ne, self, other)
        except TypeError:
            return NotImplemented

    __hash__ = Methods.__hash__  # a class with an __eq__ of its own has none otherwise

    def __lt__(self, other: Any) -> Tensor:
        return binary(comparison_rows.lt, self, other)

    def __le__(self, other: Any) -> Tensor:
        return binary(comparison_rows.le, self, other)

    def __gt__(self, other: Any) -> Tensor:
        return binary(comparison_rows.gt, self, other)

    def __ge__(self, other: Any) -> Tensor:
        return binary(comparison_rows.ge, self, other)

    def __pos__(self) -> Tensor:
        return self

    def __rlshift__(self, other: Any) -> Tensor:
        return comparison.bitwise_left_shift(other, self)

    def __rrshift__(self, other: Any) -> Tensor:
        return comparison.bitwise_right_shift(other, self)

    __floordiv__ = arithmetic.floor_divide
    __mod__ = arithmetic.remainder
    __lshift__ = comparison.bitwise_left_shift
    __rshift__ = comparison.bitwise_right_shift
    __neg__ = elementwise.neg
    __abs__ = elementwise.abs
    __invert__ = comparison.bitwise_not
    __and__ = __rand__ = comparison.bitwise_and
    __or__ = __ror__ = comparison.bitwise_or
    __xor__ = __rxor__ = comparison.bitwise_xor
    __iadd__ = _in_place(arithmetic.add)
    __isub__ = _in_place(arithmetic.sub)
    __imul__ = _in_place(arithmetic.mul)
    __itruediv__ = _in_place(arithmetic.div)
    __ifloordiv__ = _in_place(arithmetic.floor_divide)
    __imod__ = _in_place(arithmetic.remainder)
    __ipow__ = _in_place(arithmetic.pow)
    __ilshift__ = _in_place(comparison.bitwise_left_shift)
    __irshift__ = _in_place(comparison.bitwise_right_shift)
    __iand__ = _in_place(comparison.bitwise_and)
    __ior__ = _in_place(comparison.bitwise_or)
    __ixor__ = _in_place(comparison.bitwise_xor)

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """This tensor where `condition` holds, else `other`."""
        chosen: Tensor = arithmetic.where(condition, self, other)
        return chosen

    def split(self, split_size: Any, dim: Any = 0) -> tuple[Tensor, ...]:
        """Views of `split_size` elements along `dim`, or of the given sizes; as torch.Tensor.split."""
        return splitting.split(self, split_size, dim)

    @property
    def T(self) -> Tensor:  # noqa: N802 (everybody's name)
        """The dimensions in reverse order."""
        return shapes.reverse(self)

    @property
    def mT(self) -> Tensor:  # noqa: N802
        """The last two dimensions exchanged."""
        return shapes.matrix_transpose(self)

    @property
    def H(self) -> Tensor:  # noqa: N802
        """The transpose of a matrix of real numbers."""
        return shapes.hermitian(self)

    @property
    def mH(self) -> Tensor:  # noqa: N802
        """The last two dimensions exchanged, as `mT`, since the numbers are real."""
        return shapes.matrix_transpose(self)

    # ---- writing in place ----

    def zero_(self) -> Tensor:
        """Every element set to 0."""
        return self.fill_(0)

    def fill_(self, value: Any) -> Tensor:
        """Every element set to `value`, a number or a 0-d tensor."""
        if isinstance(value, Variable) and value.array.ndim:
            raise RuntimeError(f"fill_(): only a 0-dimension value tensor is supported, got shape {value.shape}")
        inplace.setitem(self, ..., value)
        return self

    def copy_(self, src: Any) -> Tensor:
        """The elements of `src`, broadcast and cast to this tensor's shape and dtype."""
        inplace.setitem(self, ..., src)
        return self

    def fill_diagonal_(self, fill_value: Any, wrap: Any = False) -> Tensor:
        """The main diagonal set to `fill_value`; with `wrap` it starts anew below the square part of a tall matrix."""
        value = creation.number("fill_diagonal_", fill_value)
        inplace.setitem(self, diagonals.main_diagonal(self, wrap), value)
        return self

    def masked_fill_(self, mask: Tensor, value: Any) -> Tensor:
        """`value` written where `mask` is true."""
        inplace.assign(self, indexing.masked_fill(self, mask, value))
        return self

    def uniform_(self, low: Any = 0.0, high: Any = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element drawn from [low, high), by default from [0, 1)."""
        draws = (generator or default_generator).uniform(self.array.shape, low, high, self.array.dtype)
        inplace.setitem(self, ..., draws)
        return self

    def normal_(self, mean: Any = 0.0, std: Any = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element drawn from the normal distribution."""
        draws = (generator or default_generator).normal(self.array.shape, mean, std, self.array.dtype)
        inplace.setitem(self, ..., draws)
        return self

    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Every element 1 with probability `p`, else 0."""
        inplace.setitem(self, ..., (generator or default_generator).bernoulli(p, self.array.shape))
        return self

    add_ = _in_place(arithmetic.add)
    sub_ = subtract_ = _in_place(arithmetic.sub)
    mul_ = multiply_ = _in_place(arithmetic.mul)
    div_ = divide_ = _in_place(arithmetic.div)
    true_divide_ = _in_place(arithmetic.true_divide)
    pow_ = _in_place(arithmetic.pow)
    float_power_ = _in_place(arithmetic.float_power)
    floor_divide_ = _in_place(arithmetic.floor_divide)
    remainder_ = _in_place(arithmetic.remainder)
    fmod_ = _in_place(arithmetic.fmod)
    addcmul_ = _in_place(arithmetic.addcmul)
    addcdiv_ = _in_place(arithmetic.addcdiv)
    lerp_ = _in_place(arithmetic.lerp)
    atan2_ = arctan2_ = _in_place(arithmetic.atan2)
    hypot_ = _in_place(arithmetic.hypot)
    copysign_ = _in_place(arithmetic.copysign)
    heaviside_ = _in_place(arithmetic.heaviside)
    ldexp_ = _in_place(arithmetic.ldexp)
    clamp_ = clip_ = _in_place(arithmetic.clamp)
    clamp_min_ = _in_place(arithmetic.clamp_min)
    clamp_max_ = _in_place(arithmetic.clamp_max)
    eq_ = _in_place(comparison.eq)
    ne_ = not_equal_ = _in_place(comparison.ne)
    lt_ = less_ = _in_place(comparison.lt)
    le_ = less_equal_ = _in_place(comparison.le)
    gt_ = greater_ = _in_place(comparison.gt)
    ge_ = greater_equal_ = _in_place(comparison.ge)
    logical_and_ = _in_place(comparison.logical_and)
    logical_or_ = _in_place(comparison.logical_or)
    logical_xor_ = _in_place(comparison.logical_xor)
    logical_not_ = _in_place(comparison.logical_not)
    bitwise_and_ = _in_place(comparison.bitwise_and)
    bitwise_or_ = _in_place(comparison.bitwise_or)
    bitwise_xor_ = _in_place(comparison.bitwise_xor)
    bitwise_not_ = _in_place(comparison.bitwise_not)
    bitwise_left_shift_ = _in_place(comparison.bitwise_left_shift)
    bitwise_right_shift_ = _in_place(comparison.bitwise_right_shift)
    neg_ = negative_ = _in_place(elementwise.neg)
    abs_ = absolute_ = _in_place(elementwise.abs)
    sign_ = sgn_ = _in_place(elementwise.sign)
    floor_ = _in_place(elementwise.floor)
    ceil_ = _in_place(elementwise.ceil)
    trunc_ = fix_ = _in_place(elementwise.trunc)
    round_ = _in_place(elementwise.round)
    frac_ = _in_place(elementwise.frac)
    square_ = _in_place(elementwise.square)
    sqrt_ = _in_place(elementwise.sqrt)
    rsqrt_ = _in_place(elementwise.rsqrt)
    reciprocal_ = _in_place(elementwise.reciprocal)
    exp_ = _in_place(elementwise.exp)
    exp2_ = _in_place(elementwise.exp2)
    expm1_ = _in_place(elementwise.expm1)
    log_ = _in_place(elementwise.log)
    log1p_ = _in_place(elementwise.log1p)
    log2_ = _in_place(elementwise.log2)
    log10_ = _in_place(elementwise.log10)
    sin_ = _in_place(elementwise.sin)
    cos_ = _in_place(elementwise.cos)
    tan_ = _in_place(elementwise.tan)
    sinh_ = _in_place(elementwise.sinh)
    cosh_ = _in_place(elementwise.cosh)
    tanh_ = _in_place(elementwise.tanh)
    asin_ = arcsin_ = _in_place(elementwise.asin)
    acos_ = arccos_ = _in_place(elementwise.acos)
    atan_ = arctan_ = _in_place(elementwise.atan)
    asinh_ = arcsinh_ = _in_place(elementwise.asinh)
    acosh_ = arccosh_ = _in_place(elementwise.acosh)
    atanh_ = arctanh_ = _in_place(elementwise.atanh)
    deg2rad_ = _in_place(elementwise.deg2rad)
    rad2deg_ = _in_place(elementwise.rad2deg)
    sigmoid_ = _in_place(elementwise.sigmoid)
    relu_ = _in_place(elementwise.relu)
    nan_to_num_ = _in_place(elementwise.nan_to_num)
    erf_ = _in_place(special.erf)
    erfc_ = _in_place(special.erfc)
    erfinv_ = _in_place(special.erfinv)
    sinc_ = _in_place(special.sinc)
    logit_ = _in_place(special.logit)
    xlogy_ = _in_place(special.xlogy)
    tril_ = _in_place(diagonals.tril)
    triu_ = _in_place(diagonals.triu)
    squeeze_ = _in_shape(shapes.squeeze)
    unsqueeze_ = _in_shape(shapes.unsqueeze)
    t_ = _in_shape(shapes.t)
    transpose_ = _in_shape(shapes.transpose)
    swapaxes_ = _in_shape(shapes.swapaxes)
    swapdims_ = _in_shape(shapes.swapdims)
    cumsum_ = _in_place(cumulative.cumsum)
    cumprod_ = _in_place(cumulative.cumprod)
    index_add_ = _in_place(scattering.index_add)
    index_copy_ = _in_place(scattering.index_copy)
    index_fill_ = _in_place(scattering.index_fill)
    index_put_ = _in_place(indexing.index_put)
    index_reduce_ = _in_place(scattering.index_reduce)
    masked_scatter_ = _in_place(indexing.masked_scatter)
    put_ = _in_place(indexing.put)
    scatter_ = _in_place(scattering.scatter)
    scatter_add_ = _in_place(scattering.scatter_add)
    scatter_reduce_ = _in_place(scattering.scatter_reduce)
    addmm_ = _in_place(products.addmm)
    addmv_ = _in_place(products.addmv)
    addr_ = _in_place(products.addr)
    addbmm_ = _in_place(products.addbmm)
    baddbmm_ = _in_place(products.baddbmm)


set_tensor_type(Tensor)
