"""The losses of `functional`: every check first, and then, for all but the rarer options, a single node.

`reduction` is "mean", "sum", or "none" for one loss per element or row; ValueError for another.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import arithmetic, indexing
from ..autograd.derivatives import nn as rows
from ..autograd.graph import Variable, edge_of, wrap
from ..autograd.memory import Array
from ..autograd.record import record
from ..functions.reduction import log_softmax

if TYPE_CHECKING:
    from ..tensor import Tensor


_INT64 = np.dtype(np.int64)


def check_loss(function: str, *tensors: Any, reduction: str) -> None:
    """What is wrong with any loss: TypeError for no Tensors, ValueError for an unknown reduction."""
    if not all(isinstance(x, Variable) for x in tensors):
        kinds = " and ".join(type(x).__name__ for x in tensors)
        raise TypeError(f"{function}(): expected Tensors, got {kinds}; write tensor(...) around them")
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """One loss for every element as they are, their mean or their sum."""
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


# ---- of differences --------------------------------------------------------------------------------------------------


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """(input - target)^2, as torch.nn.functional.mse_loss; a UserWarning if the shapes differ and are broadcast.

    >>> F.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """
    return _of_difference(rows.mse_loss, input, target, {"reduction": reduction})


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """|input - target|, as torch.nn.functional.l1_loss; a UserWarning if the shapes differ and are broadcast."""
    return _of_difference(rows.l1_loss, input, target, {"reduction": reduction})


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Half the squared difference up to `delta`, and from there on delta (|difference| - delta / 2).

    RuntimeError unless delta > 0. As torch.nn.functional.huber_loss.
    """
    if not delta > 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta. Got: {delta}")
    return _of_difference(rows.huber_loss, input, target, {"delta": delta, "reduction": reduction})


def smooth_l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """huber_loss with delta = beta, divided by beta: |difference| with a rounded tip; l1_loss where beta is 0.

    RuntimeError if beta < 0. As torch.nn.functional.smooth_l1_loss.
    """
    if not beta >= 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta. Got: {beta}")
    if beta == 0:
        return _of_difference(rows.l1_loss, input, target, {"reduction": reduction})
    return _of_difference(rows.huber_loss, input, target, {"delta": beta, "reduction": reduction}) / beta


def _of_difference(row: Any, input: Tensor, target: Tensor, params: dict[str, Any]) -> Tensor:
    check_loss(row.name, input, target, reduction=params["reduction"])
    if input.array.shape != target.array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
            "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )
    return record(row, _promoted(row, input, target), params)


def _promoted(row: Any, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Both in their common dtype, a floating one."""
    if input.array.dtype != target.array.dtype:
        dtype = promotion.promote_types(input.array.dtype, target.array.dtype)
        input, target = input.to(dtype), target.to(dtype)
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"{row.name}(): not implemented for {input.array.dtype}; write input.float()")
    return input, target


# ---- of two classes --------------------------------------------------------------------------------------------------


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """-(target log input + (1 - target) log(1 - input)) of probabilities, times `weight`.

    Logarithms are no lower than -100, so that the loss is finite at 0 and 1. The shapes must be the same (ValueError),
    and so the dtypes; all elements are in [0, 1] (RuntimeError). As torch.nn.functional.binary_cross_entropy; prefer
    `binary_cross_entropy_with_logits` to this after a sigmoid.

    >>> F.binary_cross_entropy(torch.tensor([0.5, 0.0]), torch.tensor([1.0, 0.0]), reduction="sum")
    tensor(0.6931)
    """
    check_loss("binary_cross_entropy", input, target, reduction=reduction)
    x, t = input.array, target.array
    if x.shape != t.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
            "deprecated. Please ensure they have the same size."
        )
    if x.dtype != t.dtype or x.dtype.kind != "f":
        raise RuntimeError(
            f"Found dtype {t.dtype} but expected {x.dtype}: binary_cross_entropy(); write target.float()"
        )
    for name, values in (("input", x), ("target", t)):
        if values.size and not (values.min() >= 0 and values.max() <= 1):
            raise RuntimeError(
                f"all elements of {name} should be between 0 and 1, but they are from {values.min()} to {values.max()}"
            )
    params = {"weight": _constant("binary_cross_entropy", "weight", weight, x), "reduction": reduction}
    return record(rows.binary_cross_entropy, (input, target), params)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of sigmoid(input), exact for logits of any size; the part of target 1 times `pos_weight`.

    ValueError unless the shapes are the same. As torch.nn.functional.binary_cross_entropy_with_logits.

    >>> F.binary_cross_entropy_with_logits(torch.tensor([0.0, 1000.0]), torch.tensor([1.0, 1.0]))
    tensor(0.3466)
    """
    check_loss("binary_cross_entropy_with_logits", input, target, reduction=reduction)
    if input.array.shape != target.array.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if target.array.dtype.kind != "f":
        raise RuntimeError(
            f"Found dtype {target.array.dtype} but expected {input.array.dtype}: binary_cross_entropy_with_logits(); "
            "write target.float()"
        )
    input, target = _promoted(rows.binary_cross_entropy_with_logits, input, target)
    params = {
        "weight": _constant("binary_cross_entropy_with_logits", "weight", weight, input.array),
        "pos_weight": _constant("binary_cross_entropy_with_logits", "pos_weight", pos_weight, input.array),
        "reduction": reduction,
    }
    return record(rows.binary_cross_entropy_with_logits, (input, target), params)


def _constant(function: str, name: str, weight: Tensor | None, like: Array) -> Array | None:
    """The array of a weight that broadcasts to `like` and has its dtype; RuntimeError if it wants a gradient."""
    if weight is None:
        return None
    refuse_gradient(function, name, weight)
    shape = weight.array.shape
    if len(shape) > like.ndim or any(m not in (1, n) for m, n in zip(shape[::-1], like.shape[::-1], strict=False)):
        raise RuntimeError(f"{function}(): a {name} of shape {shape} does not broadcast to the input's {like.shape}")
    return weight.array.astype(like.dtype, copy=False)


def refuse_gradient(function: str, name: str, weight: Tensor) -> None:
    """RuntimeError if `weight` wants a gradient, which the loss does not give."""
    if edge_of(weight) is not None:
        raise RuntimeError(
            f"The function '{function}' is not differentiable with respect to argument '{name}'. This input cannot "
            "have requires_grad True."
        )


# ---- of many classes -------------------------------------------------------------------------------------------------


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log softmax(input) at the target class, of logits (N, C), (C,) or (N, C, d1, ...).

    `target` holds class numbers, (N,), () or (N, d1, ...), or floating class probabilities in the shape of `input`.
    Each class counts by its `weight` (C,), rows of the class `ignore_index` not at all, and the mean is over the
    weights that count. `label_smoothing` mixes the target with the uniform distribution. IndexError for a class out
    of bounds, ValueError or RuntimeError where shapes do not fit. As torch.nn.functional.cross_entropy.

    >>> F.cross_entropy(torch.tensor([[0.0, 0.0], [5.0, -5.0]]), torch.tensor([1, 0]))
    tensor(0.3466)
    """
    check_loss("cross_entropy", input, target, reduction=reduction)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")
    if target.array.dtype.kind == "f" and target.array.shape == input.array.shape and target.array.ndim:
        return _of_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    logits, given = _class_rows("cross_entropy", input, target)
    if label_smoothing:
        return _smoothed(logits, given, weight, ignore_index, reduction, label_smoothing, _loss_shape(input))
    classes, counts = _counted("cross_entropy", logits.array, given, weight, ignore_index, reduction)
    at = np.arange(0, logits.array.size, logits.array.shape[1] or 1) + classes
    params = {"at": at, "weight": counts, "reduce": reduction != "none"}
    return _finished(record(rows.cross_entropy, (logits,), params), counts, reduction, _loss_shape(input))


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """-input at the target class, of log-probabilities such as log_softmax gives; shapes as of `cross_entropy`.

    As torch.nn.functional.nll_loss.
    """
    check_loss("nll_loss", input, target, reduction=reduction)
    logs, given = _class_rows("nll_loss", input, target)
    classes, counts = _counted("nll_loss", logs.array, given, weight, ignore_index, reduction)
    losses = -record(indexing.getitem, (logs,), {"key": (np.arange(len(classes)), classes)})
    if isinstance(counts, np.ndarray):
        losses = record(arithmetic.select, (losses, 0.0), {"condition": counts != 0}) * counts
    if reduction != "none":
        losses = losses.sum()
    if isinstance(counts, float) and reduction == "mean":
        losses = losses * counts
    return _finished(losses, counts, reduction, _loss_shape(input))


def _class_rows(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Array]:
    """One row (C,) for every target, and the targets as a vector, once their shapes are known to fit."""
    x, t = input.array, target.array
    if x.ndim == 2 and t.ndim == 1 and len(x) == len(t) and x.dtype.kind == "f" and t.dtype == _INT64:
        return input, t  # the usual case, without further questions
    if x.dtype.kind != "f":
        raise NotImplementedError(f"{function}(): not implemented for {x.dtype}; write input.float()")
    if x.ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    if t.dtype.kind not in "iu":
        raise RuntimeError(
            f"expected target dtype to be Long or Byte, but got {t.dtype}: class numbers are integers, and class "
            f"probabilities have the shape of the input, {x.shape}, not {t.shape}"
        )
    if x.ndim == 1:
        if t.shape not in ((), (1,)):
            raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {t.size}")
        return input.reshape(1, x.size), t.reshape(1).astype(_INT64, copy=False)
    batch = t.shape[0] if t.ndim else 1
    if x.shape[0] != batch:
        raise ValueError(f"Expected input batch_size ({x.shape[0]}) to match target batch_size ({batch}).")
    expected = _loss_shape(input)
    if t.shape != expected:
        raise RuntimeError(
            f"Expected target size {list(expected)}, got {list(t.shape)}; targets of class probabilities are floating"
        )
    if x.ndim > 2:
        input = input.movedim(1, -1).reshape(t.size, x.shape[1])
    return input, t.reshape(-1).astype(_INT64, copy=False)


def _loss_shape(input: Tensor) -> tuple[int, ...]:
    """The shape of the losses of every row: that of the input without its classes."""
    shape = input.array.shape
    return shape[:1] + shape[2:] if len(shape) > 1 else ()


def _counted(
    function: str, x: Array, classes: Array, weight: Tensor | None, ignore_index: int, reduction: str
) -> tuple[Array, float | Array]:
    """The class to read in every row, and how much the row counts, in a mean its share: one number if all the same."""
    n = x.shape[1]
    largest = np.maximum.reduce(classes.view(np.uint64), initial=0)  # as unsigned numbers, negative ones are huge
    if weight is None and largest < n and not 0 <= ignore_index < n:
        return classes, 1 / (classes.size or math.nan) if reduction == "mean" else 1.0
    ignored = classes == ignore_index
    classes = np.where(ignored, 0, classes)
    outside = classes[(classes < 0) | (classes >= n)]
    if outside.size:
        raise IndexError(f"Target {outside[0]} is out of bounds.")
    counts = np.where(ignored, 0, _class_weights(function, weight, x)[classes])
    if reduction == "mean":
        with np.errstate(invalid="ignore"):  # weights of 0 alone have no mean: nan
            np.divide(counts, counts.sum(), out=counts, where=~ignored)
    return classes, counts


def _class_weights(function: str, weight: Tensor | None, x: Array) -> Array:
    n = x.shape[1]
    if weight is None:
        return np.ones(n, x.dtype)
    refuse_gradient(function, "weight", weight)
    if weight.array.shape != (n,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {n} classes or no classes but got weight tensor of shape: "
            f"{list(weight.array.shape)}"
        )
    return weight.array.astype(x.dtype, copy=False)


def _smoothed(
    logits: Tensor,
    given: Array,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    smoothing: float,
    shape: tuple[int, ...],
) -> Tensor:
    """Cross-entropy with targets of 1 - smoothing at the class given and smoothing spread over all the classes."""
    x = logits.array
    classes, counts = _counted("cross_entropy", x, given, weight, ignore_index, "sum")
    kept = given != ignore_index
    shares = np.outer(kept, _class_weights("cross_entropy", weight, x) * (smoothing / x.shape[1]))  # (N, C)
    shares[np.arange(len(x)), classes] += (1 - smoothing) * counts
    if reduction == "mean" and kept.any():
        shares /= np.add.reduce(np.broadcast_to(counts, kept.shape))
    logs = log_softmax(logits, 1)
    if not kept.all():
        logs = record(arithmetic.select, (logs, 0.0), {"condition": kept[:, None]})
    losses = -(logs * wrap(shares)).sum(1)
    return _finished(losses if reduction == "none" else losses.sum(), shares, reduction, shape)


def _finished(losses: Tensor, counts: float | Array, reduction: str, shape: tuple[int, ...]) -> Tensor:
    if reduction == "none":
        return losses if losses.array.shape == shape else losses.reshape(shape)
    if reduction == "mean" and isinstance(counts, np.ndarray) and not counts.any():
        return losses + math.nan  # the mean of no rows: nan, though its gradient is 0, as in PyTorch
    return losses


def _of_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str, smoothing: float
) -> Tensor:
    """Cross-entropy with a distribution over the classes as the target of every row; all rows count the same."""
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    dim = min(1, input.array.ndim - 1)
    n = input.array.shape[dim]
    shares = target * (1 - smoothing) + smoothing / n if smoothing else target
    if weight is not None:
        if weight.array.shape != (n,):
            raise RuntimeError(
                f"cross_entropy: weight tensor should be defined either for all {n} classes or no classes but got "
                f"weight tensor of shape: {list(weight.array.shape)}"
            )
        shares = shares * weight.reshape(n, *[1] * (input.array.ndim - 1 - dim))
    losses = -(log_softmax(input, dim) * shares).sum(dim)
    return reduced(losses, reduction)
