"""Convolution as functions, with the names of torch.nn.functional: conv1d, conv_transpose1d, unfold and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import convolution as rows
from ..autograd.derivatives import shape
from ..autograd.graph import Variable
from ..autograd.record import record
from .sizes import Size, checked

if TYPE_CHECKING:
    from ..tensor import Tensor

# ---- convolution -----------------------------------------------------------------------------------------------------


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: str | Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """Every window of `input` (N, C, L), or (C, L), times `weight` (out, C / groups, K), plus `bias` (out,).

    `padding` zeros are put on both sides; "same" keeps the length. RuntimeError if shapes, dtypes or options do not
    fit. As torch.nn.functional.conv1d.

    >>> F.conv1d(torch.tensor([[1.0, 2.0, 4.0]]), torch.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return _convolution(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: str | Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """As `conv1d`, of images (N, C, H, W) and a weight (out, C / groups, kH, kW). As torch.nn.functional.conv2d."""
    return _convolution(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: str | Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """As `conv1d`, of volumes (N, C, D, H, W). As torch.nn.functional.conv3d."""
    return _convolution(3, input, weight, bias, stride, padding, dilation, groups)


def _convolution(
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Size,
    padding: str | Size,
    dilation: Size,
    groups: int,
) -> Tensor:
    name = f"conv{d}d"
    _check_operands(name, d, input, weight, bias, groups, len(weight.array) if weight.array.ndim else 0)
    strides, dilations = _strides(name, d, stride, dilation)
    given = list(weight.array.shape)
    if given[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{given}] instead"
        )
    batch = _batched(input, d)
    if batch.array.shape[1] != given[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {given}, expected input{list(input.array.shape)} to have "
            f"{given[1] * groups} channels, but got {batch.array.shape[1]} channels instead"
        )
    widths = _paddings(name, d, padding, given[2:], strides, dilations)
    size = [n + before + after for n, (before, after) in zip(batch.array.shape[2:], widths, strict=True)]
    reach = [k_d * (k - 1) + 1 for k, k_d in zip(given[2:], dilations, strict=True)]
    if any(n < k for n, k in zip(size, reach, strict=True)):
        raise RuntimeError(
            f"Calculated padded input size per channel: ({_times(size)}). Kernel size: ({_times(reach)}). Kernel size "
            f"can't be greater than actual input size: {name}()"
        )
    if any(map(any, widths)):
        batch = record(shape.pad, (batch,), {"widths": ((0, 0), (0, 0), *widths), "value": 0.0})
    options = {"stride": strides, "dilation": dilations, "groups": groups}
    return _like(input, d, record(rows.convolve, (batch, weight, bias), options))


def _paddings(
    name: str, d: int, padding: str | Size, kernel: list[int], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> list[tuple[int, int]]:
    """The zeros before and after, along every axis."""
    if padding == "valid":
        return [(0, 0)] * d
    if padding == "same":
        if any(s != 1 for s in stride):
            raise RuntimeError("padding='same' is not supported for strided convolutions")
        return [same_padding(k, k_d) for k, k_d in zip(kernel, dilation, strict=True)]
    if isinstance(padding, str):
        raise RuntimeError(f"Invalid padding string: '{padding}'; known are 'valid' and 'same'")
    sizes = checked(name, "padding", padding, d)
    if min(sizes) < 0:
        raise RuntimeError(f"negative padding is not supported: {name}() with padding={sizes}")
    return [(n, n) for n in sizes]


def same_padding(kernel: int, dilation: int) -> tuple[int, int]:
    """What is put before and after for the result to be as long as the input."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


# ---- transposed convolution ------------------------------------------------------------------------------------------


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """The way back of `conv1d`: each element of `input` (N, C, L) adds its multiple of `weight` (C, out / groups, K).

    `padding` is cut off on both sides, `output_padding` added after. RuntimeError if shapes, dtypes or options do not
    fit. As torch.nn.functional.conv_transpose1d.

    >>> F.conv_transpose1d(torch.tensor([[1.0, 2.0]]), torch.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return _transposed(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """As `conv_transpose1d`, of images (N, C, H, W). As torch.nn.functional.conv_transpose2d."""
    return _transposed(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """As `conv_transpose1d`, of volumes (N, C, D, H, W). As torch.nn.functional.conv_transpose3d."""
    return _transposed(3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _transposed(
    d: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Size,
    padding: Size,
    output_padding: Size,
    groups: int,
    dilation: Size,
) -> Tensor:
    name = f"conv_transpose{d}d"
    _check_operands(
        name, d, input, weight, bias, groups, weight.array.shape[1] * groups if weight.array.ndim > 1 else 0
    )
    strides, dilations = _strides(name, d, stride, dilation)
    paddings, extra = checked(name, "padding", padding, d), checked(name, "output_padding", output_padding, d)
    if min(paddings) < 0 or min(extra) < 0:
        raise RuntimeError(f"negative padding is not supported: {name}() with padding={paddings} and {extra}")
    if any(n >= max(s, k_d) for n, s, k_d in zip(extra, strides, dilations, strict=True)):
        raise RuntimeError(
            f"output padding must be smaller than either stride or dilation, but got output_padding={extra}, "
            f"stride={strides} and dilation={dilations}: {name}()"
        )
    batch, given = _batched(input, d), list(weight.array.shape)
    if batch.array.shape[1] != given[0]:
        raise RuntimeError(
            f"Given transposed=1, weight of size {given}, expected input{list(input.array.shape)} to have {given[0]} "
            f"channels, but got {batch.array.shape[1]} channels instead"
        )
    if given[0] % groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of "
            f"size [{given}] instead"
        )
    size = tuple(
        [
            (n - 1) * s + k_d * (k - 1) + 1
            for n, s, k, k_d in zip(batch.array.shape[2:], strides, given[2:], dilations, strict=True)
        ]
    )
    widths = [(-p, more - p) for p, more in zip(paddings, extra, strict=True)]
    out = [n + before + after for n, (before, after) in zip(size, widths, strict=True)]
    if min(out) < 1:
        raise RuntimeError(
            f"Given input size per channel: ({_times(batch.array.shape[2:])}). Calculated output size per channel: "
            f"({_times(out)}). Output size is too small: {name}()"
        )
    options = {"size": size, "stride": strides, "dilation": dilations, "groups": groups}
    y = record(rows.convolve_back, (batch, weight), options)
    if any(map(any, widths)):
        y = record(shape.pad, (y,), {"widths": ((0, 0), (0, 0), *widths), "value": 0.0})
    if bias is not None:
        y = y + bias.reshape((-1,) + (1,) * d)
    return _like(input, d, y)


# ---- what both check -------------------------------------------------------------------------------------------------


def _check_operands(
    name: str, d: int, input: Tensor, weight: Tensor, bias: Tensor | None, groups: int, out: int
) -> None:
    for x in (input, weight):
        if not isinstance(x, Variable):
            raise TypeError(f"{name}(): expected Tensors, got {type(x).__name__}; write tensor(...) around it")
    if weight.array.ndim != d + 2:
        raise RuntimeError(f"{name}(): expected a weight of {d + 2} dimensions, but got one of {weight.array.shape}")
    if input.array.ndim not in (d + 1, d + 2):
        raise RuntimeError(
            f"Expected {d + 1}D (unbatched) or {d + 2}D (batched) input to {name}, but got input of size: "
            f"{list(input.array.shape)}"
        )
    if groups <= 0:
        raise RuntimeError(f"non-positive groups is not supported: {name}() with groups={groups}")
    for which, t in {"weight": weight, "bias": bias}.items():
        if t is not None and t.array.dtype != input.array.dtype:
            raise RuntimeError(
                f"Input type ({input.array.dtype}) and {which} type ({t.array.dtype}) should be the same: {name}()"
            )
    if bias is not None and bias.array.shape != (out,):
        transposed = "transposed=1, " if "transpose" in name else ""
        raise RuntimeError(
            f"Given {transposed}weight of size {list(weight.array.shape)}, expected bias to be 1-dimensional with "
            f"{out} elements, but got bias of size {list(bias.array.shape)} instead"
        )


def _strides(name: str, d: int, stride: Size, dilation: Size) -> tuple[tuple[int, ...], tuple[int, ...]]:
    strides, dilations = checked(name, "stride", stride, d), checked(name, "dilation", dilation, d)
    if min(strides) <= 0:
        raise RuntimeError(f"non-positive stride is not supported: {name}() with stride={strides}")
    if min(dilations) <= 0:
        raise RuntimeError(f"dilation should be greater than zero, but got {list(dilations)}")
    return strides, dilations


def _batched(input: Tensor, d: int) -> Tensor:
    return input if input.array.ndim == d + 2 else input.unsqueeze(0)


def _like(input: Tensor, d: int, y: Tensor) -> Tensor:
    """`y` without the batch of one that was put before an input that has none."""
    return y if input.array.ndim == d + 2 else y.squeeze(0)


def _times(sizes: Sequence[int]) -> str:
    return " x ".join(map(str, sizes))


# ---- windows as columns ----------------------------------------------------------------------------------------------


def unfold(input: Tensor, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> Tensor:
    """The windows of images (N, C, H, W) as columns (N, C * kH * kW, windows); without a batch alike.

    RuntimeError where there is no window. As torch.nn.functional.unfold.

    >>> F.unfold(torch.arange(4.0).reshape(1, 2, 2), (1, 2))
    tensor([[0., 2.],
            [1., 3.]])
    """
    _check_floating("unfold", input)
    if input.array.ndim not in (3, 4) or 0 in input.array.shape[-3:]:
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, "
            f"but got: {list(input.array.shape)}: unfold()"
        )
    kernel, dilations, paddings, strides = _window_options("unfold", kernel_size, dilation, padding, stride)
    size = input.array.shape[-2:]
    counts = rows.window_counts(_padded(size, paddings), kernel, strides, dilations)
    if min(counts) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(size)}, kernel_size={kernel}, dilation={dilations}, "
            f"padding={paddings}, calculated shape of the array of sliding blocks as {counts}, but its components must "
            "be at least one."
        )
    batch = record(shape.pad, (_batched(input, 2),), {"widths": _around(paddings), "value": 0.0})
    options = {"kernel": kernel, "stride": strides, "dilation": dilations}
    return _like(input, 2, record(rows.columns_of, (batch,), options))


def fold(
    input: Tensor,
    output_size: Size,
    kernel_size: Size,
    dilation: Size = 1,
    padding: Size = 0,
    stride: Size = 1,
) -> Tensor:
    """The way back of `unfold`: columns (N, C * kH * kW, windows) added up in images (N, C, *output_size).

    RuntimeError if there are not as many columns as windows. As torch.nn.functional.fold.

    >>> F.fold(torch.ones(2, 2), (1, 3), (1, 2))
    tensor([[[1., 2., 1.]]])
    """
    _check_floating("fold", input)
    if input.array.ndim not in (2, 3) or 0 in input.array.shape[-2:]:
        raise RuntimeError(
            "Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and non-zero dimensions for "
            f"input, but got: {list(input.array.shape)}: fold()"
        )
    kernel, dilations, paddings, strides = _window_options("fold", kernel_size, dilation, padding, stride)
    size = checked("fold", "output_size", output_size, 2)
    height, width = input.array.shape[-2:]
    if height % (kernel[0] * kernel[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={height} and kernel_size={kernel}."
        )
    padded = _padded(size, paddings)
    counts = rows.window_counts(padded, kernel, strides, dilations)
    if width != counts[0] * counts[1] or min(counts) < 1:
        raise RuntimeError(
            f"Given output_size={size}, kernel_size={kernel}, dilation={dilations}, padding={paddings}, "
            f"stride={strides}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{counts[0]} * {counts[1]} = {counts[0] * counts[1]}, but got input.size(2)={width}."
        )
    options = {"size": padded, "kernel": kernel, "stride": strides, "dilation": dilations}
    y = record(rows.images_of, (_batched(input, 1),), options)
    around = tuple([(-before, -after) for before, after in _around(paddings)])
    return _like(input, 1, record(shape.pad, (y,), {"widths": around, "value": 0.0}))


def _check_floating(name: str, x: Any) -> None:
    if not isinstance(x, Variable):
        raise TypeError(f"{name}(): expected a Tensor, got {type(x).__name__}; write tensor(...) around it")
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}(): not implemented for {x.array.dtype}; write x.float()")


def _window_options(name: str, kernel_size: Size, dilation: Size, padding: Size, stride: Size) -> list[tuple[int, ...]]:
    options = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    sizes = {option: checked(name, option, value, 2) for option, value in options.items()}
    for option, values in sizes.items():
        if min(values) < (option != "padding"):
            raise RuntimeError(f"{option} should be greater than zero, but got {values}: {name}()")
    return list(sizes.values())


def _padded(size: Sequence[int], padding: Sequence[int]) -> tuple[int, ...]:
    return tuple([n + 2 * p for n, p in zip(size, padding, strict=True)])


def _around(padding: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return ((0, 0), (0, 0), *[(p, p) for p in padding])
