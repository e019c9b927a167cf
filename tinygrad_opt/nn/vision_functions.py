"""Images of another size, as functions with the names of torch.nn.functional: pixel_shuffle, interpolate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import indexing
from ..autograd.graph import wrap
from ..autograd.record import record
from .pooling_functions import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

if TYPE_CHECKING:
    from ..tensor import Tensor


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Images (*, C r^2, H, W) as (*, C, H r, W r): each pixel's r^2 channels become a square of r x r.

    RuntimeError if the channels do not divide. As torch.nn.functional.pixel_shuffle.

    >>> F.pixel_shuffle(torch.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    r = _check_factor("pixel_shuffle", "upscale_factor", input, upscale_factor)
    *batch, channels, height, width = input.array.shape
    if channels % r**2:
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
            f"but input.size(-3)={channels} is not divisible by {r**2}"
        )
    n = len(batch)
    squares = input.reshape(*batch, channels // r**2, r, r, height, width)
    there = squares.permute(*range(n + 1), n + 3, n + 1, n + 4, n + 2)
    return _copied(there, (*batch, channels // r**2, height * r, width * r))


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """The way back of `pixel_shuffle`: images (*, C, H r, W r) as (*, C r^2, H, W).

    RuntimeError if height or width do not divide. As torch.nn.functional.pixel_unshuffle.
    """
    r = _check_factor("pixel_unshuffle", "downscale_factor", input, downscale_factor)
    *batch, channels, height, width = input.array.shape
    for which, at, size in (("height", -2, height), ("width", -1, width)):
        if size % r:
            raise RuntimeError(
                f"pixel_unshuffle expects {which} to be divisible by downscale_factor, but input.size({at})={size} is "
                f"not divisible by {r}"
            )
    n = len(batch)
    squares = input.reshape(*batch, channels, height // r, r, width // r, r)
    there = squares.permute(*range(n + 1), n + 2, n + 4, n + 1, n + 3)
    return _copied(there, (*batch, channels * r**2, height // r, width // r))


def _copied(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """`x` in another shape, and in memory of its own."""
    y = x.reshape(shape)
    return y.clone() if np.may_share_memory(y.array, x.array) else y


def _check_factor(name: str, option: str, input: Tensor, factor: int) -> int:
    if input.array.ndim < 3:
        raise RuntimeError(
            f"{name} expects input to have at least 3 dimensions, but got input with {input.array.ndim} dimension(s)"
        )
    if factor <= 0:
        raise RuntimeError(f"{name} expects a positive {option}, but got {factor}")
    return factor


_LINEAR = {"linear": 3, "bilinear": 4, "trilinear": 5}  # and how many dimensions the input has
_MODES = ("nearest", "nearest-exact", "area", *_LINEAR)


def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`input` (N, C, *space) in another `size` of space, or in one `scale_factor` times as large.

    By `mode`: "nearest" (or "nearest-exact") repeats or drops elements; "linear", "bilinear" and "trilinear", of one to
    three dimensions, weigh the two nearest along each, with `align_corners` so that the corners stay what they are;
    "area" is adaptive_avg_pool. NotImplementedError for another mode and for `antialias`; ValueError and RuntimeError
    for sizes that do not fit. As torch.nn.functional.interpolate.

    >>> F.interpolate(torch.tensor([[[1.0, 2.0]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    >>> F.interpolate(torch.tensor([[[1.0, 2.0]]]), 3, mode="linear", align_corners=True)
    tensor([[[1.0000, 1.5000, 2.0000]]])
    """
    space = list(input.array.shape[2:])
    _check_mode(input, mode, align_corners, antialias)
    outs, factors = _resized(space, size, scale_factor, bool(recompute_scale_factor))
    if recompute_scale_factor and size is not None:
        raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
    if min(space) < 1 or min(outs) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {space} and output {outs}: interpolate()"
        )
    if input.array.shape[1] == 0:
        raise RuntimeError(f"Non-empty {input.ndim}D data tensor expected but got a tensor of {input.shape}")
    if mode == "area":
        pool: Any = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[len(outs) - 1]
        return pool(input, outs)  # type: ignore[no-any-return]  # one of three with arguments of the same kind
    y = input
    for axis, (out, factor) in enumerate(zip(outs, factors, strict=True), start=2):
        n = y.array.shape[axis]
        if mode in _LINEAR:
            y = _lerped(y, axis, out, factor, bool(align_corners))
        else:
            at = np.arange(out, dtype=np.float32) + np.float32(0.5 if mode == "nearest-exact" else 0)
            step = np.float32(n / out if factor is None else 1 / factor)
            places = np.minimum(np.floor(at * step).astype(np.intp), n - 1)
            y = _at(y, axis, places)
    return y


def _lerped(x: Tensor, axis: int, out: int, factor: float | None, align_corners: bool) -> Tensor:
    n = x.array.shape[axis]
    number = np.arange(out)
    if align_corners:
        at = number * ((n - 1) / (out - 1)) if out > 1 else np.zeros(1)
    else:
        at = np.maximum((number + 0.5) * (n / out if factor is None else 1 / factor) - 0.5, 0)
    below = np.minimum(at.astype(np.intp), n - 1)
    above = np.minimum(below + 1, n - 1)
    share = (at - below).clip(0, 1).astype(x.array.dtype).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    return _at(x, axis, below) * wrap(1 - share) + _at(x, axis, above) * wrap(share)


def _at(x: Tensor, axis: int, places: Any) -> Tensor:
    return record(indexing.getitem, (x,), {"key": (slice(None),) * axis + (places,)})


def _check_mode(input: Tensor, mode: str, align_corners: bool | None, antialias: bool) -> None:
    ndim = input.array.ndim
    if ndim not in (3, 4, 5) or mode not in _MODES:
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {ndim}D) for the modes: "
            f"{' | '.join(_MODES)} (got {mode})"
        )
    if align_corners is not None and mode not in _LINEAR:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | trilinear"
        )
    if antialias:
        raise NotImplementedError("interpolate(): antialias is not there; write antialias=False")
    if ndim != _LINEAR.get(mode, ndim):
        raise NotImplementedError(f"Got {ndim}D input, but {mode} mode needs {_LINEAR[mode]}D input")
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f'"interpolate" not implemented for {input.array.dtype}; write x.float()')


def _resized(
    space: list[int], size: int | Sequence[int] | None, scale_factor: float | Sequence[float] | None, recompute: bool
) -> tuple[list[int], list[float | None]]:
    """The sizes wanted, and the factors where those are what the places are to be reckoned by."""
    if size is not None:
        if scale_factor is not None:
            raise ValueError("only one of size or scale_factor should be defined")
        outs = list(size) if isinstance(size, Sequence) else [size] * len(space)
        if len(outs) != len(space):
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got input with spatial "
                f"dimensions of {space} and output size of {size}. Please provide input tensor in (N, C, d1, d2, "
                "...,dK) format and output size in (o1, o2, ...,oK) format."
            )
        return outs, [None] * len(outs)
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    factors = list(scale_factor) if isinstance(scale_factor, Sequence) else [scale_factor] * len(space)
    if len(factors) != len(space):
        raise ValueError(
            "Input and scale_factor must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {space} and scale_factor of shape {scale_factor}. Please provide input tensor in (N, C, "
            "d1, d2, ...,dK) format and scale_factor in (s1, s2, ...,sK) format."
        )
    outs = [math.floor(n * factor) for n, factor in zip(space, factors, strict=True)]
    return outs, [None] * len(outs) if recompute else list(factors)
