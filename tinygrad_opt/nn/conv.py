"""Convolution layers, and Unfold and Fold; the functions themselves stand in functional."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

from ..creation import empty
from ..size import Size as TorchSize
from ..tensor import Tensor
from . import functional as F
from . import init
from .conv_functions import same_padding
from .module import Module
from .parameter import Parameter
from .sizes import Size, one_for_each

_MODES = ("zeros", "reflect", "replicate", "circular")


class _Conv(Module):
    """What convolutions of every number of dimensions share: options, weights and their first values, the repr."""

    dims: ClassVar[int]
    transposed: ClassVar[bool] = False
    bias: Parameter | None

    def _set_up(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        padding: str | Size,
        output_padding: Size,
        groups: int,
        bias: bool,
        dilation: Size,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        for which, n in {"in_channels": in_channels, "out_channels": out_channels}.items():
            if n % groups:
                raise ValueError(f"{which} must be divisible by groups")
        strides = one_for_each(stride, self.dims)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of 'same' and 'valid'")
            if padding == "same" and any(s != 1 for s in strides):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {_MODES}, but got padding_mode='{padding_mode}'")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = one_for_each(kernel_size, self.dims), strides
        self.padding: Any = padding if isinstance(padding, str) else one_for_each(padding, self.dims)
        self.dilation = one_for_each(dilation, self.dims)
        self.output_padding = one_for_each(output_padding, self.dims)
        self.padding_mode = padding_mode
        n, m = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(empty(n, m // groups, *self.kernel_size, device=device, dtype=dtype))
        self.bias = Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.array.shape[1:])
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        for option, default in {"padding": 0, "dilation": 1, "output_padding": 0}.items():
            value = getattr(self, option)
            if value != (default,) * len(value):
                text += f", {option}={value}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class _ConvForward(_Conv):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        self._set_up(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            0,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros" and padding != "valid":
            input, padding = F.pad(input, self._around(), self.padding_mode), 0
        convolution = (F.conv1d, F.conv2d, F.conv3d)[self.dims - 1]
        return convolution(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _around(self) -> list[int]:
        """The padding as `pad` takes it: before and after, the last axis first."""
        if self.padding == "same":
            widths = [same_padding(k, d) for k, d in zip(self.kernel_size, self.dilation, strict=True)]
        else:
            widths = [(n, n) for n in self.padding]
        return [n for pair in reversed(widths) for n in pair]


class Conv1d(_ConvForward):
    """Convolution of (N, in_channels, L), or of (in_channels, L), giving (N, out_channels, L out). As torch.nn.Conv1d.

    `weight` is (out_channels, in_channels / groups, kernel_size), `bias` (out_channels,) or None; both start uniform
    within 1 / sqrt(fan in), the same numbers as PyTorch's for the same seed. `padding` is a number, "same" or "valid",
    of zeros or, by `padding_mode`, of what is there: "reflect", "replicate", "circular". ValueError where the channels
    do not divide into `groups` or an option is none.

    >>> torch.nn.Conv1d(2, 4, 3, padding="same")(torch.zeros(5, 2, 10)).shape
    torch.Size([5, 4, 10])
    """

    dims = 1


class Conv2d(_ConvForward):
    """Convolution of images (N, in_channels, H, W); options as of `Conv1d`. As torch.nn.Conv2d.

    >>> torch.nn.Conv2d(3, 8, kernel_size=5, stride=2, padding=2)(torch.zeros(1, 3, 28, 28)).shape
    torch.Size([1, 8, 14, 14])
    """

    dims = 2


class Conv3d(_ConvForward):
    """Convolution of volumes (N, in_channels, D, H, W); options as of `Conv1d`. As torch.nn.Conv3d."""

    dims = 3


class _ConvTranspose(_Conv):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        self._set_up(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            bias,
            dilation,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """With `output_size`, of space alone or of everything, that is the size of the result: ValueError if none."""
        extra = self.output_padding if output_size is None else self._output_padding(input, list(output_size))
        convolution = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.dims - 1]
        return convolution(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)

    def _output_padding(self, input: Tensor, output_size: list[int]) -> tuple[int, ...]:
        d = self.dims
        if len(output_size) == input.ndim:
            output_size = output_size[-d:]
        if len(output_size) != d:
            raise ValueError(
                f"ConvTranspose{d}D: for {input.ndim}D input, output_size must have {d} or {input.ndim} elements (got "
                f"{len(output_size)})"
            )
        smallest = [
            (n - 1) * s - 2 * p + k_d * (k - 1) + 1
            for n, s, p, k_d, k in zip(
                input.shape[-d:], self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        ]
        largest = [n + s - 1 for n, s in zip(smallest, self.stride, strict=True)]
        if any(not low <= n <= high for low, n, high in zip(smallest, output_size, largest, strict=True)):
            raise ValueError(
                f"requested an output size of {tuple(output_size)}, but valid sizes range from {smallest} to {largest} "
                f"(for an input of {TorchSize(input.shape[-d:])})"
            )
        return tuple([n - low for n, low in zip(output_size, smallest, strict=True)])


class ConvTranspose1d(_ConvTranspose):
    """The way back of a convolution, of (N, in_channels, L), as a layer. As torch.nn.ConvTranspose1d.

    `weight` is (in_channels, out_channels / groups, kernel_size). `padding` is cut off, `output_padding` added after.

    >>> torch.nn.ConvTranspose1d(2, 4, 3, stride=2)(torch.zeros(5, 2, 10)).shape
    torch.Size([5, 4, 21])
    """

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """The way back of a convolution of images, as a layer; as `ConvTranspose1d`. As torch.nn.ConvTranspose2d.

    >>> layer = torch.nn.ConvTranspose2d(2, 4, 3, stride=2)
    >>> layer(torch.zeros(5, 2, 10, 10), output_size=(22, 21)).shape
    torch.Size([5, 4, 22, 21])
    """

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """The way back of a convolution of volumes, as a layer; as `ConvTranspose1d`. As torch.nn.ConvTranspose3d."""

    dims = 3


class Unfold(Module):
    """Windows as columns; see `functional.unfold`. As torch.nn.Unfold."""

    def __init__(self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) -> None:
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Unfold):
    """Columns added up where their windows lie; see `functional.fold`. As torch.nn.Fold."""

    def __init__(
        self, output_size: Size, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, {super().extra_repr()}"
