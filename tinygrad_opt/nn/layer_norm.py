"""Layer normalisation: the function and the layer."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from ..autograd.derivatives import layer_norm as rows
from ..autograd.record import record
from ..creation import empty
from ..tensor import Tensor
from . import init
from .module import Module
from .parameter import Parameter


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / sqrt(variance + eps) over the last dimensions, those of `normalized_shape`; times weight, plus bias.

    RuntimeError if shapes do not fit. As torch.nn.functional.layer_norm.
    """
    shape = tuple(normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element"
        )
    for name, x in [("weight", weight), ("bias", bias)]:
        if x is not None and tuple(x.shape) != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of shape {list(x.shape)} and "
                f"normalized_shape = {list(shape)}"
            )
    if tuple(input.shape[-len(shape) :]) != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape [*, {', '.join(map(str, shape))}], but "
            f"got input of size{list(input.shape)}"
        )
    return record(rows.layer_norm, (input, weight, bias), {"count": len(shape), "eps": eps})


class LayerNorm(Module):
    """`layer_norm` over the last dimensions, with weight and bias of its own, 1 and 0. As torch.nn.LayerNorm."""

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        whole = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        self.normalized_shape = tuple(operator.index(n) for n in whole)
        self.eps, self.elementwise_affine = eps, elementwise_affine

        def parameter() -> Parameter:
            return Parameter(empty(self.normalized_shape, device=device, dtype=dtype))

        self.weight = parameter() if elementwise_affine else None
        self.bias = parameter() if elementwise_affine and bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """weight 1, bias 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        affine = f"elementwise_affine={self.elementwise_affine}"
        return f"{self.normalized_shape}, eps={self.eps}, {affine}, bias={self.bias is not None}"
