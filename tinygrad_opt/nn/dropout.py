"""Dropout: noise while training, nothing afterwards."""

from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .dropping import check_probability
from .module import Module


class Dropout(Module):
    """While training, each element is 0 with probability `p`, else divided by 1 - p; after `eval()`, the input itself.

    The zeros are PyTorch's for the same seed. ValueError unless 0 <= p <= 1. As torch.nn.Dropout.

    >>> _ = torch.manual_seed(0)
    >>> dropout = torch.nn.Dropout(0.5)
    >>> sorted(set(dropout(torch.ones(100)).tolist()))
    [0.0, 2.0]
    >>> dropout.eval()(torch.ones(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        check_probability(p)
        self.p, self.inplace = p, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"
