"""The losses of `functional` that ask for a distance: between classes, between examples, or from a border."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import arithmetic, indexing
from ..autograd.graph import wrap
from ..autograd.memory import Array
from ..autograd.record import record
from ..functions.arithmetic import minimum
from ..functions.elementwise import relu, sqrt, square
from .activation_functions import logsigmoid
from .distance_functions import pairwise_distance
from .loss_functions import check_loss, reduced, refuse_gradient

if TYPE_CHECKING:
    from ..tensor import Tensor

_EPS = float(np.float32(1e-12))  # PyTorch's, under the root in cosine_embedding_loss


# ---- of two classes, 1 and -1 ----------------------------------------------------------------------------------------


def soft_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target input)), of targets 1 and -1. As torch.nn.functional.soft_margin_loss.

    Finite also where exp overflows, and PyTorch gives inf.

    >>> F.soft_margin_loss(torch.tensor([0.0, 1000.0]), torch.tensor([1.0, -1.0]), reduction="none")
    tensor([6.9315e-01, 1.0000e+03])
    """
    check_loss("soft_margin_loss", input, target, reduction=reduction)
    refuse_gradient("soft_margin_loss", "target", target)
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"soft_margin_loss(): the input is floating, got {input.array.dtype}; write input.float()")
    z = input * target.to(input.dtype)
    if z.array.shape != input.array.shape:
        raise RuntimeError(
            f"output with shape {list(input.shape)} doesn't match the broadcast shape {list(z.shape)}: "
            "soft_margin_loss() has one loss for each input"
        )
    return reduced(-logsigmoid(z), reduction)


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, *, reduction: str = "mean") -> Tensor:
    """`input`, a distance, where the target is 1, and max(0, margin - input) where it is -1.

    As torch.nn.functional.hinge_embedding_loss.

    >>> F.hinge_embedding_loss(torch.tensor([0.25, 0.25]), torch.tensor([1.0, -1.0]), reduction="none")
    tensor([0.2500, 0.7500])
    """
    check_loss("hinge_embedding_loss", input, target, reduction=reduction)
    t = target.array
    _require_fit("hinge_embedding_loss", input.array, t)
    return reduced(_where(t != 1, (margin - input).clamp_min(0)) + _where(t != -1, input), reduction)


def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, *, reduction: str = "mean"
) -> Tensor:
    """1 - cos of the angle between two vectors where the target is 1, and max(0, cos - margin) where it is -1.

    Of vectors (N, D) and targets (N,), or (D,) and (). RuntimeError for other shapes. As
    torch.nn.functional.cosine_embedding_loss.
    """
    check_loss("cosine_embedding_loss", input1, input2, target, reduction=reduction)
    t = target.array
    if t.ndim > 1:
        raise RuntimeError(f"0D or 1D target tensor expected, multi-target not supported: got shape {t.shape}")
    if input1.array.ndim != t.ndim + 1 or input2.array.ndim != t.ndim + 1:
        raise RuntimeError(
            f"{t.ndim}D target tensor expects {t.ndim + 1}D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    lengths = (square(input1).sum(-1) + _EPS) * (square(input2).sum(-1) + _EPS)
    cos = (input1 * input2).sum(-1) / sqrt(lengths)
    _require_fit("cosine_embedding_loss", cos.array, t)
    return reduced(_where(t == 1, 1 - cos) + _where(t == -1, (cos - margin).clamp_min(0)), reduction)


def _require_fit(function: str, x: Array, t: Array) -> None:
    try:
        np.broadcast_shapes(x.shape, t.shape)
    except ValueError:
        raise RuntimeError(
            f"{function}(): an input of shape {x.shape} and a target of shape {t.shape} do not broadcast"
        ) from None


def _where(condition: Array, losses: Tensor) -> Tensor:
    """The losses where `condition` holds, and 0 elsewhere."""
    return record(arithmetic.select, (losses, 0.0), {"condition": condition})


# ---- of pairs and triples --------------------------------------------------------------------------------------------


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, *, reduction: str = "mean"
) -> Tensor:
    """max(0, margin - target (input1 - input2)): with target 1 the first is to be larger, with -1 the second.

    RuntimeError unless all have the same number of dimensions. As torch.nn.functional.margin_ranking_loss.
    """
    check_loss("margin_ranking_loss", input1, input2, target, reduction=reduction)
    if not input1.array.ndim == input2.array.ndim == target.array.ndim:
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
            f"{input1.shape}, input2: {input2.shape}, target: {target.shape} "
        )
    return reduced((margin - target * (input1 - input2)).clamp_min(0), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin + d(anchor, positive) - d(anchor, negative)), d being `pairwise_distance` with `p` and `eps`.

    With `swap` the negative is as far as it is from the nearer of the other two. As
    torch.nn.functional.triplet_margin_loss (Balntas et al. 2016).

    >>> F.triplet_margin_loss(torch.tensor([[0.0]]), torch.tensor([[0.5]]), torch.tensor([[1.0]]))
    tensor(0.5000)
    """

    def distance(x1: Tensor, x2: Tensor) -> Tensor:
        return pairwise_distance(x1, x2, p, eps)

    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance of one's own. As torch.nn.functional.triplet_margin_with_distance_loss."""
    check_loss("triplet_margin_loss", anchor, positive, negative, reduction=reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    dims = [x.array.ndim for x in (anchor, positive, negative)]
    if len(set(dims)) > 1:
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: "
            f"anchor {dims[0]}D, positive {dims[1]}D, and negative {dims[2]}D inputs"
        )
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced((margin + near - far).clamp_min(0), reduction)


# ---- of many classes -------------------------------------------------------------------------------------------------


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
) -> Tensor:
    """sum_i max(0, margin - x_target + x_i)^p / C over the other classes i, of scores (N, C) and classes (N,).

    Each row counts by the `weight` (C,) of its class. ValueError unless p is 1 or 2, RuntimeError for classes out of
    range or shapes that do not fit. As torch.nn.functional.multi_margin_loss.

    >>> F.multi_margin_loss(torch.tensor([[0.0, 0.5, 2.0]]), torch.tensor([2]))
    tensor(0.)
    """
    check_loss("multi_margin_loss", input, target, reduction=reduction)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported: multi_margin_loss(), got {p}")
    x, t = _scores("multi_margin_loss", input, target)
    n, classes = x.array.shape
    if t.ndim > 1 or t.size != n:
        raise RuntimeError(
            "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch "
            f"size). Expected target size [{n}], but got {list(t.shape)}. Input has shape {list(input.shape)}."
        )
    own = t.reshape(-1)
    if ((own < 0) | (own >= classes)).any():
        raise RuntimeError(
            f"target out of range: multi_margin_loss() of {classes} classes, got {own.min()}..{own.max()}"
        )
    rows = np.arange(n)
    z = relu(margin - record(indexing.getitem, (x,), {"key": (rows, own)}).unsqueeze(1) + x)
    if p == 2:
        z = square(z)
    losses = _where(own[:, None] != np.arange(classes), z).sum(1) / classes
    if weight is not None:
        losses = losses * wrap(_weight_of_classes(weight, x.array)[own])
    return reduced(losses.reshape(target.array.shape), reduction)


def _weight_of_classes(weight: Tensor, x: Array) -> Array:
    refuse_gradient("multi_margin_loss", "weight", weight)
    w = weight.array
    if w.ndim != 1:
        raise ValueError(f"weight must be one-dimensional: multi_margin_loss(), got shape {w.shape}")
    if w.size != x.shape[1]:
        raise RuntimeError(f"inconsistent weight size, expected {x.shape[1]} but got {list(w.shape)}")
    if w.dtype != x.dtype:
        raise RuntimeError(f"expected scalar type {x.dtype} but found {w.dtype}: the weight of multi_margin_loss()")
    return w


def multilabel_margin_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """sum_ij max(0, 1 - x_i + x_j) / C over the target classes i and all other classes j, of scores (N, C) or (C,).

    `target`, integers in the shape of `input`, lists each row's classes; the first -1 ends the list. RuntimeError for
    classes out of range or shapes that do not fit. As torch.nn.functional.multilabel_margin_loss.

    >>> F.multilabel_margin_loss(torch.tensor([0.0, 0.5, 2.0]), torch.tensor([2, -1, 0]))
    tensor(0.)
    """
    check_loss("multilabel_margin_loss", input, target, reduction=reduction)
    x, t = _scores("multilabel_margin_loss", input, target)
    n, classes = x.array.shape
    if target.array.shape != input.array.shape:
        raise RuntimeError(
            f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}: "
            "multilabel_margin_loss()"
        )
    t = t.reshape(n, classes)
    if ((t < -1) | (t >= classes)).any():
        raise RuntimeError(f"argument #2 'target' is out of range: of {classes} classes, got {t.min()}..{t.max()}")
    listed = np.logical_and.accumulate(t >= 0, axis=1)
    most = int(listed.sum(1).max(initial=0))
    t, listed = t[:, :most], listed[:, :most]
    rows = np.arange(n)[:, None]
    others = np.ones((n, classes), bool)
    others[np.broadcast_to(rows, t.shape)[listed], t[listed]] = False
    own = record(indexing.getitem, (x,), {"key": (rows, t)})  # (N, most)
    z = relu(1 - own.unsqueeze(2) + x.unsqueeze(1))
    losses = _where(listed[:, :, None] & others[:, None, :], z).sum((1, 2)) / classes
    return reduced(losses.reshape(input.array.shape[:-1]), reduction)


def _scores(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Array]:
    """The scores as (N, C), and the classes."""
    x, t = input.array, target.array
    if x.ndim > 2 or (x.shape and x.shape[-1] == 0):
        raise RuntimeError(
            "Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
            f"{list(x.shape)}: {function}()"
        )
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{function}(): not implemented for {x.dtype}; write input.float()")
    if t.dtype != np.int64:
        raise RuntimeError(f"expected scalar type Long but found {t.dtype}: the target of {function}(); write .long()")
    return input if x.ndim == 2 else input.reshape(1, -1), t


def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """The mean over the classes, the last dimension, of the binary cross-entropy of logits, each class times `weight`.

    As torch.nn.functional.multilabel_soft_margin_loss.
    """
    check_loss("multilabel_soft_margin_loss", input, target, reduction=reduction)
    if not input.array.ndim:
        raise IndexError("multilabel_soft_margin_loss(): the input needs a dimension of classes, but is a number")
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    return reduced(losses.sum(-1) / input.shape[-1], reduction)
