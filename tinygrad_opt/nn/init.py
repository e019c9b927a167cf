"""Filling tensors with their first values, as torch.nn.init: for the same seed, PyTorch's numbers.

Every function writes its tensor in place, outside the graph, and returns it. Random ones draw from `generator`, or
from the default one that `manual_seed` starts.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..autograd.mode import no_grad
from ..generator import Generator, default_generator
from ..tensor import Tensor

_GAINS = {
    **dict.fromkeys(["linear", "sigmoid", "conv1d", "conv2d", "conv3d"], 1.0),
    **dict.fromkeys(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], 1.0),
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights before this activation are larger; `param` is the slope of "leaky_relu".

    ValueError for an unknown name or a slope that is no number. As torch.nn.init.calculate_gain.

    >>> torch.nn.init.calculate_gain("relu") ** 2
    2.0000000000000004
    """
    if nonlinearity == "leaky_relu":
        slope: Any = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, int | float):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; known are leaky_relu, {', '.join(_GAINS)}")
    return _GAINS[nonlinearity]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform numbers in [a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Numbers from the normal distribution."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Numbers from the normal distribution, drawn again until they are within [a, b].

    Where little of the distribution is within, uniform numbers are drawn instead, and kept with the probability that
    they would come. A UserWarning if the mean is more than two standard deviations outside. As
    torch.nn.init.trunc_normal_ of PyTorch 2.13, with its numbers; older versions draw otherwise.
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=2,
        )
    draw = default_generator if generator is None else generator
    shape, dtype = tensor.array.shape, tensor.array.dtype
    if _normal_below((b - mean) / std) - _normal_below((a - mean) / std) > 0.3:
        low, high = dtype.type(a), dtype.type(b)
        values = draw.normal(shape, mean, std, dtype)
        while (outside := (values < low) | (values > high)).any():
            values = np.where(outside, draw.normal(shape, mean, std, dtype), values)
        return _filled(tensor, values)
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    values, pending = np.zeros(shape, dtype), np.ones(shape, bool)
    while pending.any():
        drawn = draw.uniform(shape, a, b, dtype)
        values = np.where(pending, drawn, values)
        with np.errstate(divide="ignore"):  # log 0 is below any density
            pending &= np.log(draw.uniform(shape, dtype=dtype)) > ((drawn - mean) / std) ** 2 * -0.5 - peak
    return _filled(tensor, values)


def _normal_below(x: float) -> float:
    """The normal distribution function."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


def _filled(tensor: Tensor, values: Any) -> Tensor:
    with no_grad():
        tensor[...] = values
    return tensor


def constant_(tensor: Tensor, val: float) -> Tensor:
    """`val` everywhere."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere."""
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """1 on the diagonal of a matrix, 0 elsewhere. ValueError for other shapes.

    >>> torch.nn.init.eye_(torch.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    rows, columns = _matrix_shape("eye_", tensor)
    return _filled(tensor, np.eye(rows, columns))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A kernel (out, in, *kernel) that copies each input channel, in each of `groups` of output channels.

    ValueError unless there are 1 to 3 dimensions of kernel, and `groups` divides the outputs.
    """
    shape = tensor.array.shape
    if len(shape) not in (3, 4, 5):
        raise ValueError(f"Only tensors with 3, 4, or 5 dimensions are supported: dirac_(), got shape {shape}")
    if shape[0] % groups:
        raise ValueError(f"dim 0 must be divisible by groups: dirac_(), got {shape[0]} and {groups}")
    values = np.zeros(shape)
    outputs = shape[0] // groups
    channel = np.arange(min(outputs, shape[1]))
    centre = [np.array(n // 2) for n in shape[2:]]
    for first in range(0, shape[0], outputs or 1):
        values[first + channel, channel, *centre] = 1
    return _filled(tensor, values)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """`gain` times a matrix of orthonormal rows or columns, whichever are fewer: Saxe et al. 2013.

    Dimensions after the first are taken as one. ValueError unless there are two at least.
    """
    shape, dtype = tensor.array.shape, tensor.array.dtype
    if len(shape) < 2:
        raise ValueError(f"Only tensors with 2 or more dimensions are supported: orthogonal_(), got shape {shape}")
    if not tensor.array.size:
        return tensor
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = (default_generator if generator is None else generator).normal((rows, columns), dtype=dtype)
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q *= np.sign(np.diagonal(r))  # evenly distributed over all such matrices: Mezzadri 2006
    return _filled(tensor, gain * (q.T if rows < columns else q).reshape(shape))


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None) -> Tensor:
    """Normal numbers, of which the share `sparsity` in every column of a matrix is 0: Martens 2010.

    ValueError for other shapes. PyTorch draws the positions of the zeros from the default generator always.
    """
    rows, columns = _matrix_shape("sparse_", tensor)
    draw = default_generator if generator is None else generator
    values = draw.normal((rows, columns), 0.0, std, tensor.array.dtype)
    for column in range(columns):
        values[draw.permutation(rows)[: math.ceil(sparsity * rows)], column] = 0
    return _filled(tensor, values)


def _matrix_shape(name: str, tensor: Tensor) -> tuple[int, int]:
    shape = tensor.array.shape
    if len(shape) != 2:
        raise ValueError(f"Only tensors with 2 dimensions are supported: {name}(), got shape {shape}")
    return shape


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Uniform numbers of standard deviation gain * sqrt(2 / (fan_in + fan_out)): Glorot & Bengio 2010."""
    bound = math.sqrt(3.0) * _xavier_std(tensor, gain)
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal numbers of standard deviation gain * sqrt(2 / (fan_in + fan_out)): Glorot & Bengio 2010."""
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def _xavier_std(tensor: Tensor, gain: float) -> float:
    fan_in, fan_out = _fans(tensor)
    return gain * math.sqrt(2.0 / float(fan_in + fan_out))


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform numbers of standard deviation gain / sqrt(fan), `a` being the slope of a leaky ReLU: He et al. 2015.

    `mode` chooses the fan, "fan_in" or "fan_out". A tensor without elements is left alone, with a warning.
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else uniform_(tensor, -math.sqrt(3.0) * std, math.sqrt(3.0) * std, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal numbers of standard deviation gain / sqrt(fan); arguments as of `kaiming_uniform_`."""
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    return tensor if std is None else normal_(tensor, 0.0, std, generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float | None:
    if 0 in tensor.array.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return None
    fans = dict(zip(("fan_in", "fan_out"), _fans(tensor), strict=True))
    if mode.lower() not in fans:
        raise ValueError(f"Mode {mode} not supported, please use one of {list(fans)}")
    return calculate_gain(nonlinearity, a) / math.sqrt(fans[mode.lower()])


def _fans(tensor: Tensor) -> tuple[int, int]:
    """How many inputs each output has, and how many outputs each input: of a weight (out, in, *kernel)."""
    shape = tensor.array.shape
    if len(shape) < 2:
        raise ValueError(
            f"Fan in and fan out can not be computed for tensor with fewer than 2 dimensions, got shape {shape}"
        )
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel
