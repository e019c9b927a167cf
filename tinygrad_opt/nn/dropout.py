"""Dropout: noise while training, nothing afterwards. The noise is PyTorch's for the same seed."""

from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .dropout_functions import check_probability
from .module import Module


class _Dropout(Module):
    """What all have: the probability `p`. ValueError unless 0 <= p <= 1."""

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        check_probability(p)
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """While training, each element is 0 with probability `p`, else divided by 1 - p; after `eval()`, the input itself.

    As torch.nn.Dropout.

    >>> _ = torch.manual_seed(0)
    >>> dropout = torch.nn.Dropout(0.5)
    >>> sorted(set(dropout(torch.ones(100)).tolist()))
    [0.0, 2.0]
    >>> dropout.eval()(torch.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """`Dropout` of whole channels of (N, C, L) or (C, L). As torch.nn.Dropout1d."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """`Dropout` of whole channels of (N, C, H, W). As torch.nn.Dropout2d."""

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance, to go with SELU: dropped elements are at its lower end.

    `inplace` is shown and nothing else, as in torch.nn.AlphaDropout.
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)
