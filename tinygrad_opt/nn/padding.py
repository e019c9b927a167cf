"""Padding layers; the function itself, `pad`, stands in functional."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..tensor import Tensor
from . import functional as F
from .module import Module

Widths = int | Sequence[int]


class _Pad(Module):
    dims: ClassVar[int]
    mode: ClassVar[str]

    def __init__(self, padding: Widths) -> None:
        self.padding = (padding,) * (2 * self.dims) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    mode = "constant"

    def __init__(self, padding: Widths, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode, self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """`value` before and after the last dimension, one width for both or (left, right). As torch.nn.ConstantPad1d."""

    dims = 1


class ConstantPad2d(_ConstantPad):
    """`value` around images, one width or (left, right, top, bottom). As torch.nn.ConstantPad2d."""

    dims = 2


class ConstantPad3d(_ConstantPad):
    """`value` around volumes, one width or (left, right, top, bottom, front, back). As torch.nn.ConstantPad3d."""

    dims = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Widths) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """Zeros before and after the last dimension. As torch.nn.ZeroPad1d."""

    dims = 1


class ZeroPad2d(_ZeroPad):
    """Zeros around images: one width or (left, right, top, bottom); negative widths cut. As torch.nn.ZeroPad2d.

    >>> torch.nn.ZeroPad2d((1, 0, 0, 1))(torch.ones(1, 1, 2))
    tensor([[[0., 1., 1.],
             [0., 0., 0.]]])
    """

    dims = 2


class ZeroPad3d(_ZeroPad):
    """Zeros around volumes. As torch.nn.ZeroPad3d."""

    dims = 3


class _ReflectionPad(_Pad):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPad):
    """(N, C, L), mirrored at its first and last element, which are not repeated. As torch.nn.ReflectionPad1d.

    >>> torch.nn.ReflectionPad1d(2)(torch.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 2., 1., 2., 3., 2., 1.]])
    """

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """Images, mirrored at their edges. As torch.nn.ReflectionPad2d."""

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """Volumes, mirrored at their faces. As torch.nn.ReflectionPad3d."""

    dims = 3


class _ReplicationPad(_Pad):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPad):
    """(N, C, L), with its first and last element repeated. As torch.nn.ReplicationPad1d."""

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """Images, with their edges repeated. As torch.nn.ReplicationPad2d."""

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """Volumes, with their faces repeated. As torch.nn.ReplicationPad3d."""

    dims = 3


class _CircularPad(_Pad):
    mode = "circular"


class CircularPad1d(_CircularPad):
    """(N, C, L), going on at its other end. As torch.nn.CircularPad1d."""

    dims = 1


class CircularPad2d(_CircularPad):
    """Images, going on at their other edges. As torch.nn.CircularPad2d."""

    dims = 2


class CircularPad3d(_CircularPad):
    """Volumes, going on at their other faces. As torch.nn.CircularPad3d."""

    dims = 3
