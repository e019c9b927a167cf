"""Layers, activations and losses as functions, with the names of torch.nn.functional."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import nn as rows
from ..autograd.graph import Variable, wrap
from ..autograd.record import record
from ..functions.arithmetic import require_tensors
from ..functions.elementwise import sigmoid, tanh
from ..functions.padding import pad
from ..functions.products import matmul
from ..functions.reduction import log_softmax, softmax
from .activation_functions import (
    celu,
    elu,
    gelu,
    glu,
    hardshrink,
    hardsigmoid,
    hardswish,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    prelu,
    relu,
    relu6,
    selu,
    silu,
    softmin,
    softplus,
    softshrink,
    softsign,
    tanhshrink,
    threshold,
)
from .attend import scaled_dot_product_attention
from .conv_functions import (
    conv1d,
    conv2d,
    conv3d,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
    fold,
    unfold,
)
from .density_losses import gaussian_nll_loss, kl_div, poisson_nll_loss
from .distance_functions import cosine_similarity, normalize, pairwise_distance
from .dropout_functions import alpha_dropout, dropout, dropout1d, dropout2d
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
from .margin_losses import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    soft_margin_loss,
    triplet_margin_loss,
    triplet_margin_with_distance_loss,
)
from .normalization_functions import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    rms_norm,
)
from .pooling_functions import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    adaptive_max_pool3d,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool1d,
    max_pool2d,
    max_pool3d,
)
from .vision_functions import (
    interpolate,
    pixel_shuffle,
    pixel_unshuffle,
)

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "alpha_dropout",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "dropout1d",
    "dropout2d",
    "elu",
    "embedding",
    "fold",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "group_norm",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "mish",
    "mse_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "relu6",
    "rms_norm",
    "scaled_dot_product_attention",
    "selu",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "unfold",
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


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x1^T W_k x2 + b_k for each output k: of (*, in1), (*, in2), `weight` (out, in1, in2), `bias` (out,), (*, out).

    RuntimeError if shapes or dtypes do not fit. As torch.nn.functional.bilinear.

    >>> F.bilinear(torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]]), torch.ones(1, 2, 1))
    tensor([[9.]])
    """
    require_tensors("bilinear", input1, input2, weight)
    x1, x2, w = input1.array, input2.array, weight.array
    if not x1.dtype == x2.dtype == w.dtype:
        raise RuntimeError(
            f"All tensors must have the same dtype, got input1: {x1.dtype}, input2: {x2.dtype}, weight: {w.dtype}: "
            "bilinear()"
        )
    if x1.ndim != x2.ndim:
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {x1.ndim} and {x2.ndim}")
    if x1.ndim == 0 or w.ndim != 3:
        raise RuntimeError(
            "bilinear(): the inputs need at least one dimension and the weight three, but they are "
            f"{x1.ndim}D and {w.ndim}D, of shapes {x1.shape} and {w.shape}"
        )
    for i, (m, n) in enumerate(zip(x1.shape[:-1], x2.shape[:-1], strict=True)):
        if m != n:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {i}: got {m} and {n}")
    for i, x in ((1, x1), (2, x2)):
        if x.shape[-1] != w.shape[i]:
            raise RuntimeError(
                f"bilinear(): input{i} size does not match weight size: got {x.shape[-1]} but expected {w.shape[i]}"
            )
    out, in1, in2 = w.shape
    if bias is not None and bias.array.shape != (out,):
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.array.shape} but expected ({out},)"
        )
    mixed = matmul(input1, weight.transpose(0, 1).reshape(in1, out * in2)).reshape(*x1.shape[:-1], out, in2)
    y = matmul(mixed, input2.unsqueeze(-1)).squeeze(-1)
    return y if bias is None else y + bias


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
