"""Layers, activations and losses as functions, with the names of torch.nn.functional."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import arithmetic, elementwise, special
from ..autograd.derivatives import nn as rows
from ..autograd.graph import Variable, wrap
from ..autograd.inplace import assign
from ..autograd.record import binary, record, unary
from ..functions.elementwise import relu as _relu
from ..functions.elementwise import sigmoid, tanh
from ..functions.reduction import log_softmax, softmax
from ..functions.shape import pad
from .attend import scaled_dot_product_attention
from .dropping import dropout
from .layer_norm import layer_norm
from .lookup import embedding
from .loss_functions import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    huber_loss,
    l1_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
)

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "dropout",
    "embedding",
    "gelu",
    "huber_loss",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "scaled_dot_product_attention",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "tanh",
]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x W^T + b of `input` (*, in), `weight` (out, in) and `bias` (out,), giving (*, out).

    RuntimeError if shapes or dtypes do not fit. As torch.nn.functional.linear.

    >>> F.linear(torch.ones(2, 3), torch.ones(1, 3), torch.tensor([0.5]))
    tensor([[3.5000],
            [3.5000]])
    """
    try:
        x, w = input.array, weight.array
    except AttributeError:
        kinds = f"{type(input).__name__} and {type(weight).__name__}"
        raise TypeError(f"linear(): expected Tensors, got {kinds}; write tensor(...) around them") from None
    if x.ndim == 0 or w.ndim != 2:
        raise RuntimeError(
            "linear(): the input needs at least one dimension and the weight two, but they are "
            f"{x.ndim}D and {w.ndim}D, of shapes {x.shape} and {w.shape}"
        )
    if x.shape[-1] != w.shape[1]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({x.size // max(1, x.shape[-1])}x{x.shape[-1]} and "
            f"{w.shape[1]}x{w.shape[0]}): linear() of an input of shape {x.shape} and a weight of shape {w.shape}"
        )
    if x.dtype != w.dtype:
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {x.dtype} and {w.dtype}: linear(); write "
            "input.to(weight.dtype)"
        )
    if bias is not None:
        b = bias.array
        if b.dtype != w.dtype:
            raise RuntimeError(f"self and mat2 must have the same dtype, but got {b.dtype} and {w.dtype}: linear()")
        if b.shape not in ((w.shape[0],), (1,), ()):
            raise RuntimeError(
                f"linear(): a bias of shape {b.shape} does not fit the output of {w.shape[0]} features, of a weight "
                f"of shape {w.shape}"
            )
    return record(rows.linear, (input, weight, bias), {})


# ---- activations -----------------------------------------------------------------------------------------------------


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); its gradient at 0 is 0. As torch.nn.functional.relu."""
    return _written(input, _relu(input)) if inplace else _relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x, and `negative_slope` times x below 0; its gradient at 0 is the slope. As torch.nn.functional.leaky_relu.

    >>> F.leaky_relu(torch.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    _require_floating("leaky_relu", input)
    y = record(elementwise.leaky_relu, (input,), {"negative_slope": negative_slope})
    return _written(input, y) if inplace else y


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also known as swish. As torch.nn.functional.silu."""
    y = binary(arithmetic.mul, input, unary(elementwise.sigmoid, input))
    return _written(input, y) if inplace else y


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x times the normal distribution function of x; with approximate="tanh" nearly so, and quicker.

    RuntimeError for another `approximate`. As torch.nn.functional.gelu.
    """
    if approximate == "none":
        return unary(special.gelu, input)
    if approximate == "tanh":
        return unary(rows.gelu_tanh, input)
    raise RuntimeError(f"approximate argument must be either none or tanh. Got: {approximate!r}")


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + exp(-x))), finite for every finite x. As torch.nn.functional.logsigmoid."""
    return unary(elementwise.log_sigmoid, input)


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta, and x itself where beta x is above `threshold`. As torch.nn.functional.softplus."""
    _require_floating("softplus", input)
    return record(elementwise.softplus, (input,), {"beta": beta, "threshold": threshold})


def _require_floating(name: str, x: Tensor) -> None:
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}(): not implemented for {x.array.dtype}; write x.float()")


def _written(input: Tensor, result: Tensor) -> Tensor:
    """`input` after it has become `result`."""
    assign(input, result)
    return input


# ---- classes ---------------------------------------------------------------------------------------------------------


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each of the class numbers (*) a row (*, num_classes) of zeros with a 1 at the class, int64.

    Without `num_classes`, as many as the largest number asks for. RuntimeError if the numbers are not integers within
    [0, num_classes). As torch.nn.functional.one_hot.

    >>> F.one_hot(torch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    classes = tensor.array if isinstance(tensor, Variable) else np.asarray(tensor)
    if classes.dtype.kind not in "iu":
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor. Got: {classes.dtype}")
    if not classes.size and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if classes.size and classes.min() < 0:
        raise RuntimeError(f"Class values must be non-negative. Got: {classes.min()}")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    elif classes.size and classes.max() >= num_classes:
        raise RuntimeError(f"Class values must be smaller than num_classes. Got: {classes.max()} of {num_classes}")
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
