"""Pooling as functions, with the names of torch.nn.functional: the largest or the mean of every window.

Inputs are (N, C, *size), or (C, *size) without a batch. The stride is the kernel's size, unless given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import indexing, shape
from ..autograd.derivatives import pooling as rows
from ..autograd.graph import Variable, wrap
from ..autograd.memory import Array
from ..autograd.record import record
from ..functions.joining import stack
from .sizes import Size, checked

if TYPE_CHECKING:
    from ..tensor import Tensor

# ---- the largest of every window -------------------------------------------------------------------------------------


def max_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window of (N, C, L); the gradient goes to the first of those that tie.

    `ceil_mode` counts windows that stick out at the end, `return_indices` gives the pair (values, indices) where
    indices are positions in the image, flattened. RuntimeError for options that do not fit. As
    torch.nn.functional.max_pool1d.

    >>> F.max_pool1d(torch.tensor([[1.0, 3.0, 2.0, 5.0, 4.0]]), 2)
    tensor([[3., 5.]])
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """As `max_pool1d`, of images (N, C, H, W). As torch.nn.functional.max_pool2d."""
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """As `max_pool1d`, of volumes (N, C, D, H, W). As torch.nn.functional.max_pool3d."""
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max_pool(
    d: int,
    input: Tensor,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    dilation: Size,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    name = f"max_pool{d}d"
    _check_input(name, d, input, batch_only=True)
    kernel, strides, paddings, dilations = _options(name, d, kernel_size, stride, padding, dilation)
    size = input.array.shape[-d:]
    places = []
    for n, k, s, p, k_d, out in zip(
        size,
        kernel,
        strides,
        paddings,
        dilations,
        _out_sizes(name, input, kernel, strides, paddings, dilations, ceil_mode),
        strict=True,
    ):
        at = np.arange(out)[:, None] * s - p + np.arange(k) * k_d
        at = np.where(at < 0, at % k_d, at)  # what is not there counts as a second look at what is
        places.append(np.where(at >= n, at - (at - n + k_d) // k_d * k_d, at))
    return _largest(input, tuple(places), return_indices)


def _largest(input: Tensor, places: tuple[Array, ...], return_indices: bool) -> Any:
    """The largest element of every window, which looks at `places` along each axis; with positions, if wanted."""
    d = len(places)
    indices = record(rows.largest_in_windows, (input.detach(),), {"places": places})
    flat = input.reshape(*input.shape[:-d], math.prod(input.array.shape[-d:]))
    at = indices.array.reshape(*flat.array.shape[:-1], math.prod(indices.array.shape[-d:]))
    y = record(indexing.gather, (flat,), {"index": at, "axis": flat.array.ndim - 1}).reshape(indices.shape)
    return (y, indices) if return_indices else y


# ---- the mean of every window ----------------------------------------------------------------------------------------


def avg_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of every window of (N, C, L), zeros of the padding counted unless `count_include_pad` is false.

    `ceil_mode` counts windows that stick out at the end. RuntimeError for options that do not fit. As
    torch.nn.functional.avg_pool1d.

    >>> F.avg_pool1d(torch.tensor([[1.0, 3.0, 2.0, 6.0]]), 2)
    tensor([[2., 4.]])
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """As `avg_pool1d`, of images; `divisor_override` takes the place of the count.

    As torch.nn.functional.avg_pool2d.
    """
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """As `avg_pool2d`, of volumes. As torch.nn.functional.avg_pool3d."""
    return _avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _avg_pool(
    d: int,
    input: Tensor,
    kernel_size: Size,
    stride: Size | None,
    padding: Size,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor: int | None,
) -> Tensor:
    name = f"avg_pool{d}d"
    _check_input(name, d, input, batch_only=True)
    if divisor == 0:
        raise RuntimeError(f"divisor must be not zero: {name}()")
    kernel, strides, paddings, ones = _options(name, d, kernel_size, stride, padding, 1)
    outs = _out_sizes(name, input, kernel, strides, paddings, ones, ceil_mode)
    size, before = input.array.shape[-d:], input.array.ndim - d
    after = [
        max(0, (out - 1) * s + k - n - p) for out, s, k, n, p in zip(outs, strides, kernel, size, paddings, strict=True)
    ]
    widths = list(zip(paddings, after, strict=True))
    y = input
    if any(map(any, widths)):
        y = record(shape.pad, (input,), {"widths": ((0, 0),) * before + tuple(widths), "value": 0.0})
    for i, (k, s, n, out) in enumerate(zip(kernel, strides, y.array.shape[before:], outs, strict=True)):
        if n > (out - 1) * s + k:
            y = y.narrow(before + i, 0, (out - 1) * s + k)
        y = record(rows.window_sum, (y,), {"axis": before + i, "size": k, "step": s})
    if divisor is not None:
        return y / divisor
    counts = [
        _counts(n, k, s, p, out, count_include_pad)
        for n, k, s, p, out in zip(size, kernel, strides, paddings, outs, strict=True)
    ]
    if all((c == c[0]).all() for c in counts):
        return y / math.prod([int(c[0]) for c in counts])
    product = counts[0]
    for c in counts[1:]:
        product = product[..., None] * c
    return y / wrap(product.astype(y.array.dtype))


def _counts(n: int, kernel: int, stride: int, padding: int, out: int, count_include_pad: bool) -> Array:
    """How many elements of an axis each window has; those that stick out beyond the padding never count."""
    start = np.arange(out) * stride - padding
    if count_include_pad:
        return np.minimum(start + kernel, n + padding) - start
    return np.minimum(start + kernel, n) - np.maximum(start, 0)


# ---- as many windows as the result has elements ----------------------------------------------------------------------


def adaptive_avg_pool1d(input: Tensor, output_size: Size) -> Tensor:
    """The means of `output_size` windows of (N, C, L), as even as can be. As torch.nn.functional.adaptive_avg_pool1d.

    >>> F.adaptive_avg_pool1d(torch.tensor([[1.0, 2.0, 3.0]]), 2)
    tensor([[1.5000, 2.5000]])
    """
    return _adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """As `adaptive_avg_pool1d`, of images to (N, C, *output_size), where None keeps a size.

    As torch.nn.functional.adaptive_avg_pool2d.
    """
    return _adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """As `adaptive_avg_pool2d`, of volumes. As torch.nn.functional.adaptive_avg_pool3d."""
    return _adaptive_avg_pool(3, input, output_size)


def _adaptive_avg_pool(d: int, input: Tensor, output_size: Any) -> Tensor:
    name = f"adaptive_avg_pool{d}d"
    _check_input(name, d, input, batch_only=False)
    y = input
    for axis, (n, out) in enumerate(_adaptive_sizes(name, d, input, output_size), start=input.array.ndim - d):
        if out and n % out == 0:
            y = y.unflatten(axis, (out, n // out)).mean(axis + 1)
        elif out:
            starts, stops = _bounds(n, out)
            cells = [y.narrow(axis, start, stop - start) for start, stop in zip(starts, stops, strict=True)]
            y = stack([cell.mean(axis) for cell in cells], axis)
        else:
            y = y.narrow(axis, 0, 0)
    return y.clone() if y is input else y


def adaptive_max_pool1d(input: Tensor, output_size: Size, return_indices: bool = False) -> Any:
    """The largest elements of `output_size` windows of (N, C, L), as even as can be; with positions, if wanted.

    As torch.nn.functional.adaptive_max_pool1d.
    """
    return _adaptive_max_pool(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """As `adaptive_max_pool1d`, of images to (N, C, *output_size), where None keeps a size.

    As torch.nn.functional.adaptive_max_pool2d.
    """
    return _adaptive_max_pool(2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """As `adaptive_max_pool2d`, of volumes. As torch.nn.functional.adaptive_max_pool3d."""
    return _adaptive_max_pool(3, input, output_size, return_indices)


def _adaptive_max_pool(d: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    name = f"adaptive_max_pool{d}d"
    _check_input(name, d, input, batch_only=True)
    places = []
    for n, out in _adaptive_sizes(name, d, input, output_size):
        starts, stops = _bounds(n, out)
        width = int((stops - starts).max(initial=1))
        places.append(np.minimum(starts[:, None] + np.arange(width), stops[:, None] - 1))
    return _largest(input, tuple(places), return_indices)


def _adaptive_sizes(name: str, d: int, input: Tensor, output_size: Any) -> list[tuple[int, int]]:
    """The size of every axis before and after."""
    size = input.array.shape[-d:]
    wanted = output_size if isinstance(output_size, Sequence) else (output_size,) * d
    if len(wanted) != d:
        raise ValueError(f"{name}(): output_size must be {d} sizes, but got {output_size}")
    outs = checked(name, "output_size", [n if out is None else out for n, out in zip(size, wanted, strict=True)], d)
    if min(outs) < 0:
        raise RuntimeError(
            f"{name}: elements of output_size must be greater than or equal to 0 but received {list(outs)}"
        )
    return list(zip(size, outs, strict=True))


def _bounds(n: int, out: int) -> tuple[Array, Array]:
    """Where the windows start, and where they stop."""
    number = np.arange(out)
    return number * n // max(1, out), -(-(number + 1) * n // max(1, out))


# ---- what all check --------------------------------------------------------------------------------------------------


def _check_input(name: str, d: int, input: Any, batch_only: bool) -> None:
    if not isinstance(input, Variable):
        raise TypeError(f"{name}(): expected a Tensor, got {type(input).__name__}; write tensor(...) around it")
    sizes = list(input.array.shape)
    if len(sizes) not in (d + 1, d + 2):
        raise RuntimeError(f"{name}(): Expected {d + 1}D or {d + 2}D tensor, but got: {sizes}")
    if 0 in sizes[-d - 1 :] if batch_only else 0 in sizes[-d:]:
        raise RuntimeError(
            f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes {sizes}"
        )
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f'"{name}" not implemented for {input.array.dtype}; write x.float()')


def _options(
    name: str, d: int, kernel_size: Size, stride: Size | None, padding: Size, dilation: Size
) -> list[tuple[int, ...]]:
    given = {"kernel_size": kernel_size, "stride": kernel_size if stride is None else stride}
    given |= {"padding": padding, "dilation": dilation}
    options = {option: checked(name, option, value, d) for option, value in given.items()}
    for option in ("kernel_size", "stride", "dilation"):
        if min(options[option]) <= 0:
            raise RuntimeError(f"{name}() {option} must be greater than zero, but got {options[option]}")
    kernel, paddings, dilations = options["kernel_size"], options["padding"], options["dilation"]
    if any(p < 0 or p > (d * (k - 1) + 1) // 2 for p, k, d in zip(paddings, kernel, dilations, strict=True)):
        raise RuntimeError(
            f"{name}() padding should be non-negative and at most half of effective kernel size, but got padding="
            f"{paddings}, kernel_size={kernel} and dilation={dilations}"
        )
    return list(options.values())


def _out_sizes(
    name: str,
    input: Tensor,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    dilation: tuple[int, ...],
    ceil_mode: bool,
) -> list[int]:
    """How many windows there are; in `ceil_mode` also those that stick out, if they start before the padding does."""
    outs = []
    for n, k, s, p, d in zip(input.array.shape[-len(kernel) :], kernel, stride, padding, dilation, strict=True):
        steps = n + 2 * p - d * (k - 1) - 1
        out = (-(-steps // s) if ceil_mode else steps // s) + 1
        outs.append(out - 1 if ceil_mode and (out - 1) * s >= n + p else out)
    if min(outs) < 1:
        raise RuntimeError(
            f"{name}(): an input of shape {list(input.array.shape)} is smaller than a window of {kernel}. Calculated "
            f"output size: {outs}. Output size is too small"
        )
    return outs
