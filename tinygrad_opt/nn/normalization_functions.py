"""Normalisation as functions, with the names of torch.nn.functional: batch_norm, layer_norm, rms_norm and their kin.

All subtract a mean and divide by a standard deviation, or by a root mean square; they differ in what both are taken
over. All are one row of the table, derivatives/normalization.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import normalization as rows
from ..autograd.derivatives import reduction
from ..autograd.graph import Variable
from ..autograd.memory import Array
from ..autograd.mode import no_grad
from ..autograd.record import record

if TYPE_CHECKING:
    from ..tensor import Tensor


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel (dimension 1) of `input` with mean 0 and variance 1 over all else, times `weight`, plus `bias`.

    With `training` by its own mean and variance, which move the running ones by `momentum` of the way; else by the
    running ones. ValueError for one value per channel in training, RuntimeError where shapes or dtypes do not fit. As
    torch.nn.functional.batch_norm.

    >>> F.batch_norm(torch.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    _check_floating("batch_norm", input)
    x = input.array
    if x.ndim < 2:
        raise IndexError(f"batch_norm(): the input needs a batch and channels, but its shape is {list(x.shape)}")
    if training:
        _require_several(x.size // max(1, x.shape[1]), input.shape)
        if (running_mean is None) != (running_var is None):
            raise ValueError("running_mean and running_var must either both be None or neither be None")
    per_channel = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    for which, t in per_channel.items():
        if t is None and which.startswith("running") and not training:
            raise RuntimeError(f"{which} must be defined in evaluation mode")
        if t is not None and t.array.size != x.shape[1]:
            raise RuntimeError(f"{which} should contain {x.shape[1]} elements not {t.array.size}")
    _check_dtypes("batch_norm", input, *per_channel.values())
    for which in ("running_mean", "running_var"):
        average = per_channel[which]
        if average is not None and average.requires_grad:
            raise RuntimeError(f"batch_norm() is not differentiable with respect to argument '{which}'")
    spread = (-1,) + (1,) * (x.ndim - 2)
    w, b = [None if t is None else t.reshape(spread) for t in (weight, bias)]
    if training:
        return _batch_normalized(input, running_mean, running_var, w, b, momentum, eps)
    assert running_mean is not None, "checked above"
    assert running_var is not None, "checked above"
    scale = (running_var.reshape(spread) + eps).rsqrt()
    y = (input - running_mean.reshape(spread)) * (scale if w is None else scale * w)
    return y if b is None else y + b


def _batch_normalized(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    momentum: float,
    eps: float,
) -> Tensor:
    axes = (0, *range(2, input.array.ndim))
    mean, var = _moments(input, axes)
    if running_mean is not None and running_var is not None and input.array.size:
        n = input.array.size // input.array.shape[1]
        with no_grad():
            running_mean.lerp_(mean.reshape(-1), momentum)
            running_var.lerp_(var.reshape(-1) * (n / (n - 1)), momentum)
    return _normalized(input, weight, bias, mean.array, var.array, axes, eps)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """The last dimensions, of `normalized_shape`, with mean 0 and variance 1, times `weight`, plus `bias`.

    RuntimeError if shapes or dtypes do not fit. As torch.nn.functional.layer_norm.

    >>> F.layer_norm(torch.tensor([[1.0, 3.0], [2.0, 6.0]]), (2,))
    tensor([[-1.0000,  1.0000],
            [-1.0000,  1.0000]])
    """
    axes = _check_normalized("layer_norm", input, normalized_shape, weight, bias)
    mean, var = _moments(input, axes)
    return _normalized(input, weight, bias, mean.array, var.array, axes, eps)


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """The last dimensions, of `normalized_shape`, divided by their root mean square, times `weight`.

    `eps` is the dtype's smallest step, unless given. RuntimeError if shapes or dtypes do not fit. As
    torch.nn.functional.rms_norm.

    >>> F.rms_norm(torch.tensor([3.0, 4.0]), (2,))
    tensor([0.8485, 1.1314])
    """
    axes = _check_normalized("rms_norm", input, normalized_shape, weight, None)
    eps = float(np.finfo(input.array.dtype).eps) if eps is None else eps
    with no_grad():
        square = record(reduction.mean, (input * input,), {"axes": axes, "keepdims": True})
    return _normalized(input, weight, None, None, square.array, axes, eps)


def _check_normalized(
    name: str, input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None
) -> tuple[int, ...]:
    """The axes to normalise over."""
    if not isinstance(normalized_shape, Sequence):
        raise TypeError(f"{name}(): normalized_shape must be a tuple of ints, not {type(normalized_shape).__name__}")
    shape = list(normalized_shape)
    _check_floating(name, input)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got "
            f"normalized_shape = []: {name}()"
        )
    for which, t in {"weight": weight, "bias": bias}.items():
        if t is not None and list(t.array.shape) != shape:
            raise RuntimeError(
                f"Expected {which} to be of same shape as normalized_shape, but got {which} of shape "
                f"{list(t.array.shape)} and normalized_shape = {shape}"
            )
    x = input.array
    if list(x.shape[-len(shape) :]) != shape:
        raise RuntimeError(
            f"Given normalized_shape={shape}, expected input with shape [*, {', '.join(map(str, shape))}], but got "
            f"input of size{list(x.shape)}: {name}()"
        )
    _check_dtypes(name, input, weight, bias)
    return tuple(range(x.ndim - len(shape), x.ndim))


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """The channels (dimension 1) in `num_groups` groups, each with mean 0 and variance 1 in every example.

    `weight` and `bias` have one number for each channel. RuntimeError if shapes or dtypes do not fit, ValueError for
    one value per group. As torch.nn.functional.group_norm.
    """
    _check_floating("group_norm", input)
    shape = input.array.shape
    if len(shape) < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {len(shape)}: group_norm()")
    if num_groups <= 0:
        raise RuntimeError(f"Expected num groups to be greater than 0, got {num_groups}: group_norm()")
    n, channels = shape[:2]
    if channels % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(shape)} and num_groups={num_groups}"
        )
    _require_several(input.array.size // max(1, num_groups), list(shape))
    for which, t in {"weight": weight, "bias": bias}.items():
        if t is not None and t.array.shape != (channels,):
            raise RuntimeError(
                f"Expected {which} to be a vector of size equal to the number of channels in input, but got {which} of "
                f"shape {list(t.array.shape)} and input of shape {list(shape)}"
            )
    _check_dtypes("group_norm", input, weight, bias)
    grouped = input.reshape(n, num_groups, channels // num_groups, int(np.prod(shape[2:])))
    mean, var = _moments(grouped, (2, 3))
    w, b = [None if t is None else t.reshape(num_groups, channels // num_groups, 1) for t in (weight, bias)]
    return _normalized(grouped, w, b, mean.array, var.array, (2, 3), eps).reshape(shape)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each example of `input` (N, C, *size) with mean 0 and variance 1, times `weight`, plus `bias`.

    Running means and variances, if given, move by `momentum` of the way to the batch's average; without
    `use_input_stats` they are what is used. ValueError for one element per channel. As
    torch.nn.functional.instance_norm.
    """
    _check_floating("instance_norm", input)
    x = input.array
    if x.ndim < 2:
        raise RuntimeError(f"instance_norm(): the input needs a batch and channels, but its shape is {list(x.shape)}")
    if use_input_stats and int(np.prod(x.shape[2:])) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    if (running_mean is None) != (running_var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    if not use_input_stats:
        if running_mean is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when use_input_stats is false")
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    for which, t in {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}.items():
        if t is not None and t.array.shape != x.shape[1:2]:
            raise RuntimeError(f"{which} should contain {x.shape[1]} elements not {t.array.size}")
    _check_dtypes("instance_norm", input, weight, bias)
    axes = tuple(range(2, x.ndim))
    mean, var = _moments(input, axes)
    if running_mean is not None and running_var is not None and x.size:
        n = x.size // (x.shape[0] * x.shape[1])
        with no_grad():
            running_mean.lerp_(mean.reshape(x.shape[:2]).mean(0).to(running_mean.dtype), momentum)
            running_var.lerp_((var.reshape(x.shape[:2]).mean(0) * (n / (n - 1))).to(running_var.dtype), momentum)
    spread = (-1,) + (1,) * (x.ndim - 2)
    w, b = [None if t is None else t.reshape(spread) for t in (weight, bias)]
    return _normalized(input, w, b, mean.array, var.array, axes, eps)


# ---- what they share -------------------------------------------------------------------------------------------------


def _moments(input: Tensor, axes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """The mean and the variance over `axes`, which stay as ones; outside the graph, as `normalize` wants them."""
    x = input.detach()
    if not x.array.size:
        return x.new_zeros(kept := _kept(x.array.shape, axes)), x.new_zeros(kept)
    return (
        record(reduction.mean, (x,), {"axes": axes, "keepdims": True}),
        record(reduction.var, (x,), {"axes": axes, "correction": 0, "keepdims": True}),
    )


def _kept(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([1 if i in axes else n for i, n in enumerate(shape)])


def _normalized(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Array | None,
    square: Array,
    axes: tuple[int, ...],
    eps: float,
) -> Tensor:
    scale = 1 / np.sqrt(square + eps)
    return record(rows.normalize, (input, weight, bias), {"shift": mean, "scale": scale, "axes": axes, "eps": eps})


def _require_several(per_channel: int, shape: Sequence[int]) -> None:
    if per_channel == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {shape}")


def _check_floating(name: str, input: Any) -> None:
    if not isinstance(input, Variable):
        raise TypeError(f"{name}(): expected a Tensor, got {type(input).__name__}; write tensor(...) around it")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f'"{name}" not implemented for {input.array.dtype}; write x.float()')


def _check_dtypes(name: str, input: Tensor, *others: Tensor | None) -> None:
    for t in others:
        if t is not None and t.array.dtype != input.array.dtype:
            raise RuntimeError(
                f"mixed dtype: all inputs must share same datatype, but {name}() got {input.array.dtype} and "
                f"{t.array.dtype}"
            )
