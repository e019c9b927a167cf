"""Embedding: a table of vectors, read by number."""

from __future__ import annotations

from typing import Any

from ..creation import empty
from ..tensor import Tensor
from . import init
from .lookup import embedding, padding_row, refuse_sparse
from .module import Module
from .parameter import Parameter


class Embedding(Module):
    """Row i of `weight` (num_embeddings, embedding_dim) for every number i of an input (*): (*, embedding_dim).

    The row `padding_idx` starts at 0 and gets no gradient. With `max_norm`, rows that are read and whose
    `norm_type`-norm is larger are first scaled down to it, in place. `scale_grad_by_freq` divides a row's gradient by
    how often it was read. Rows start normal, PyTorch's for the same seed. `sparse` gradients are refused. As
    torch.nn.Embedding.

    >>> layer = torch.nn.Embedding(10, 3, padding_idx=0)
    >>> layer(torch.tensor([[1, 2, 0]])).shape
    torch.Size([1, 3, 3])
    >>> layer.weight[0].tolist()
    [0.0, 0.0, 0.0]
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        refuse_sparse(sparse)
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = padding_row(padding_idx, num_embeddings)
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        if _weight is None:
            weight = empty(num_embeddings, embedding_dim, device=device, dtype=dtype)
            self.weight = Parameter(weight, requires_grad=not _freeze)
            self.reset_parameters()
        else:
            if tuple(_weight.shape) != (num_embeddings, embedding_dim):
                raise AssertionError(
                    "Shape of weight does not match num_embeddings and embedding_dim: "
                    f"{tuple(_weight.shape)} is not {(num_embeddings, embedding_dim)}"
                )
            self.weight = Parameter(_weight, requires_grad=not _freeze)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """An Embedding of these rows, which it shares; they are not trained, unless `freeze` is False."""
        if embeddings.ndim != 2:
            raise AssertionError(
                f"Embeddings parameter is expected to be 2-dimensional, but its shape is {tuple(embeddings.shape)}"
            )
        rows, width = embeddings.shape
        return cls(rows, width, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, embeddings, freeze)

    def reset_parameters(self) -> None:
        """Draw the rows anew; that of `padding_idx` is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            init.zeros_(self.weight.detach()[self.padding_idx])

    def forward(self, input: Tensor) -> Tensor:
        return embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    def extra_repr(self) -> str:
        options = [("padding_idx", None), ("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)]
        given = [f"{name}={getattr(self, name)}" for name, default in options if getattr(self, name) != default]
        return ", ".join([f"{self.num_embeddings}, {self.embedding_dim}", *given])
