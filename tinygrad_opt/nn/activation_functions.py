"""The activations of `functional`. With `inplace`, the input itself becomes the result, and is returned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import activations as rows
from ..autograd.derivatives import arithmetic, elementwise, special
from ..autograd.derivatives import nn as nn_rows
from ..autograd.inplace import assign
from ..autograd.record import binary, record, unary
from ..functions.arithmetic import require_floats, require_tensors
from ..functions.dims import one_dim
from ..functions.elementwise import relu as _relu
from ..functions.elementwise import tanh
from ..functions.reduction import softmax
from ..functions.shape import reshape
from ..functions.splitting import narrow

if TYPE_CHECKING:
    from ..autograd.table import Operation
    from ..tensor import Tensor

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); its gradient at 0 is 0. As torch.nn.functional.relu."""
    return _finished(input, _relu(input), inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x within 0 and 6, `hardtanh` with these bounds. As torch.nn.functional.relu6."""
    return hardtanh(input, 0.0, 6.0, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x within bounds; unlike that of clamp, its gradient on a bound is 0. As torch.nn.functional.hardtanh.

    >>> F.hardtanh(torch.tensor([-3.0, 0.5, 3.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    require_tensors("hardtanh", input)
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val: hardtanh(), got {min_val} and {max_val}")
    dtype = input.array.dtype
    low, high = float(min_val), float(max_val)
    if dtype.kind != "f":
        if dtype.kind == "b":
            raise RuntimeError("Bool inputs not supported for hardtanh; write x.int()")
        low, high = int(min_val), int(max_val)
        if dtype.kind == "u" and low < 0:
            raise RuntimeError(f"cannot do hardtanh on an unsigned type with negative limits, got {low} and {high}")
    return _finished(input, record(rows.hardtanh, (input,), {"low": low, "high": high}), inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x, and `negative_slope` times x below 0; its gradient at 0 is the slope. As torch.nn.functional.leaky_relu.

    >>> F.leaky_relu(torch.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    return _computed("leaky_relu", elementwise.leaky_relu, input, inplace, negative_slope=negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x, and below 0 x times `weight`: one number, or one for each of the channels, which are dimension 1.

    RuntimeError for another number of weights, or of another dtype. As torch.nn.functional.prelu.

    >>> F.prelu(torch.tensor([[-1.0, -1.0]]), torch.tensor([0.5, 0.25]))
    tensor([[-0.5000, -0.2500]])
    """
    require_tensors("prelu", input, weight)
    require_floats("prelu", input)
    x, w = input.array, weight.array
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {x.dtype} and {w.dtype}; write weight.to(x.dtype)"
        )
    if w.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.ndim}")
    if w.size != 1:
        if x.ndim == 0:
            raise RuntimeError(f"Not allow zero-dim input tensor: prelu() of {w.size} weights")
        channels = x.shape[1] if x.ndim > 1 else 1
        if w.size != channels:
            raise RuntimeError(
                f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {w.size} and channel "
                f"size = {channels}."
            )
    shape = (w.size, *[1] * (x.ndim - 2)) if w.size != 1 else ()
    return binary(rows.prelu, input, weight if w.shape == shape else reshape(weight, shape))


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x, and below 0 alpha (exp(x) - 1). As torch.nn.functional.elu (Clevert et al. 2015).

    >>> F.elu(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _computed("elu", rows.elu, input, inplace, alpha=alpha, scale=1.0, rate=1.0)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x, and below 0 alpha (exp(x / alpha) - 1), of slope 1 at 0. RuntimeError if alpha is 0.

    As torch.nn.functional.celu (Barron 2017).
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return _computed("celu", rows.elu, input, inplace, alpha=alpha, scale=1.0, rate=1 / alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """ELU scaled so that layer after layer keeps mean 0 and variance 1. As torch.nn.functional.selu.

    (Klambauer et al. 2017.)
    """
    return _computed("selu", rows.elu, input, inplace, alpha=_SELU_ALPHA, scale=_SELU_SCALE, rate=1.0)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also known as swish. As torch.nn.functional.silu."""
    _require_floating("silu", input)
    return _finished(input, binary(arithmetic.mul, input, unary(elementwise.sigmoid, input)), inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(softplus(x)). As torch.nn.functional.mish (Misra 2019)."""
    return _computed("mish", rows.mish, input, inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x times the normal distribution function of x; with approximate="tanh" nearly so, and quicker.

    RuntimeError for another `approximate`. As torch.nn.functional.gelu.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh. Got: {approximate!r}")
    _require_floating("gelu", input)
    return unary(special.gelu if approximate == "none" else nn_rows.gelu_tanh, input)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half of `dim` times the sigmoid of the second. As torch.nn.functional.glu (Dauphin et al. 2016).

    RuntimeError if the halves are not alike.

    >>> F.glu(torch.tensor([1.0, 2.0, 0.0, 100.0]))
    tensor([0.5000, 2.0000])
    """
    _require_floating("glu", input)
    shape = input.array.shape
    if not shape:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = one_dim("glu", dim, len(shape))
    half, odd = divmod(shape[axis], 2)
    if odd:
        raise RuntimeError(f"Halving dimension must be even, but dimension {axis} is size {shape[axis]}: glu()")
    gate = unary(elementwise.sigmoid, narrow(input, axis, half, half))
    return binary(arithmetic.mul, narrow(input, axis, 0, half), gate)


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + exp(-x))), finite for every finite x. As torch.nn.functional.logsigmoid."""
    _require_floating("logsigmoid", input)
    return unary(elementwise.log_sigmoid, input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x / 6 + 1/2 within 0 and 1. As torch.nn.functional.hardsigmoid, whose float64 gradient is a float32's 1/6."""
    return _computed("hardsigmoid", rows.hardsigmoid, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x hardsigmoid(x). As torch.nn.functional.hardswish (Howard et al. 2019)."""
    return _computed("hardswish", rows.hardswish, input, inplace)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above `threshold`. As torch.nn.functional.softplus."""
    return _computed("softplus", elementwise.softplus, input, beta=beta, threshold=threshold)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|), as torch.nn.functional.softsign."""
    require_tensors("softsign", input)
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x), as torch.nn.functional.tanhshrink."""
    require_tensors("tanhshrink", input)
    return input - tanh(input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x drawn towards 0 by `lambd`, and 0 within it. RuntimeError if lambd < 0. As torch.nn.functional.softshrink.

    >>> F.softshrink(torch.tensor([-2.0, 0.1, 1.0]))
    tensor([-1.5000,  0.0000,  0.5000])
    """
    _require_floating("softshrink", input)
    if not 0 <= lambd <= np.finfo(input.array.dtype).max:
        raise RuntimeError(f"lambda must be in range [0, inf) for input dtype {input.array.dtype}, but found {lambd}")
    return _computed("softshrink", rows.softshrink, input, lambd=lambd)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x, and 0 where |x| <= `lambd`. As torch.nn.functional.hardshrink."""
    return _computed("hardshrink", rows.hardshrink, input, lambd=lambd)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where it is above `threshold`, else `value`. As torch.nn.functional.threshold."""
    require_tensors("threshold", input)
    if input.array.dtype.kind == "b":
        raise NotImplementedError("threshold(): not implemented for bool; write x.int()")
    kind = input.array.dtype.type
    params = {"threshold": kind(threshold), "value": value}
    return _finished(input, record(rows.threshold, (input,), params), inplace)


def softmin(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """softmax(-x) over `dim`: the smallest is the most likely. As torch.nn.functional.softmin."""
    require_tensors("softmin", input)
    return softmax(-input, dim, dtype=dtype)


def _computed(name: str, row: Operation, input: Tensor, inplace: bool = False, **params: float) -> Tensor:
    _require_floating(name, input)
    return _finished(input, record(row, (input,), params), inplace)


def _require_floating(name: str, input: Tensor) -> None:
    require_tensors(name, input)
    require_floats(name, input)


def _finished(input: Tensor, result: Tensor, inplace: bool) -> Tensor:
    if not inplace:
        return result
    assign(input, result)
    return input
