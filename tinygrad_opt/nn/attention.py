"""Attention with several heads, as a layer."""

from __future__ import annotations

from typing import Any

from ..creation import empty, zeros
from ..functions.joining import cat
from ..functions.padding import pad
from ..tensor import Tensor
from . import functional as F
from . import init
from .attend import attention_weights, minus_infinity
from .linear import Linear
from .module import Module
from .parameter import Parameter


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear, under the name that PyTorch prints."""


class MultiheadAttention(Module):
    """Attention in `num_heads` parts of the features side by side, between linear maps. As torch.nn.MultiheadAttention.

    `forward(query, key, value)` takes (L, batch, embed_dim), (S, batch, kdim) and (S, batch, vdim), or with
    `batch_first` the batch first, or no batch, and returns (L, batch, embed_dim) and with `need_weights` the weights
    (batch, L, S), averaged over heads unless told (batch, heads, L, S). Masks are added to the scores; of booleans,
    they are True where a key must not be looked at: `key_padding_mask` (batch, S), `attn_mask` (L, S) or
    (batch * heads, L, S). `is_causal` is a hint, which `attn_mask` must bear out. A query that may look nowhere gets
    weights of 0, also where PyTorch gives nan. Weights start as PyTorch's for the same seed.

    >>> layer = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    >>> x = torch.ones(3, 5, 4)
    >>> output, weights = layer(x, x, x)
    >>> output.shape, weights.shape
    (torch.Size([3, 5, 4]), torch.Size([3, 5, 5]))
    """

    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    bias_k: Parameter | None
    bias_v: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        if embed_dim % num_heads:
            raise AssertionError(
                f"embed_dim must be divisible by num_heads: {embed_dim} is not divisible by {num_heads}"
            )
        self.embed_dim, self.num_heads, self.head_dim = embed_dim, num_heads, embed_dim // num_heads
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.dropout, self.batch_first, self.add_zero_attn = dropout, batch_first, add_zero_attn

        def parameter(*shape: int) -> Parameter:
            return Parameter(empty(shape, device=device, dtype=dtype))

        if self.kdim == self.vdim == embed_dim:
            self.in_proj_weight = parameter(3 * embed_dim, embed_dim)
        else:
            self.in_proj_weight = None
            self.q_proj_weight = parameter(embed_dim, embed_dim)
            self.k_proj_weight = parameter(embed_dim, self.kdim)
            self.v_proj_weight = parameter(embed_dim, self.vdim)
        self.in_proj_bias = parameter(3 * embed_dim) if bias else None
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        self.bias_k = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = parameter(1, 1, embed_dim) if add_bias_kv else None
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        for weight in self._weights():
            init.xavier_uniform_(weight)
        if self.in_proj_bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)  # type: ignore[arg-type]  # it has one where in_proj has one
        if self.bias_k is not None and self.bias_v is not None:
            init.xavier_normal_(self.bias_k)
            init.xavier_normal_(self.bias_v)

    def _weights(self) -> list[Tensor]:
        if self.in_proj_weight is not None:
            return [self.in_proj_weight]
        return [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        self._check_ranks(query, key, value, key_padding_mask, attn_mask)
        self._check_sizes(query, key, value)
        if is_causal and attn_mask is None:
            raise RuntimeError(
                "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
                "`generate_square_subsequent_mask` to create this mask."
            )
        batched = query.ndim == 3
        if not batched and key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)

        def batch_first(x: Tensor) -> Tensor:
            return x.unsqueeze(0) if not batched else x if self.batch_first else x.transpose(0, 1)

        same = query is key is value
        inputs = [batch_first(query)] * 3 if same else [batch_first(x) for x in (query, key, value)]
        q, k, v = self._projected(*inputs)
        mask = self._mask(attn_mask, key_padding_mask, len(q), q.shape[1], k.shape[1], q.dtype)
        if self.bias_k is not None and self.bias_v is not None:
            k = cat([k, self.bias_k.expand(len(k), 1, -1)], 1)
            v = cat([v, self.bias_v.expand(len(v), 1, -1)], 1)
        if self.add_zero_attn:
            nothing = zeros(len(k), 1, self.embed_dim, dtype=k.dtype)
            k, v = cat([k, nothing], 1), cat([v, nothing], 1)
        if mask is not None and (added := k.shape[1] - inputs[1].shape[1]):
            mask = pad(mask.expand(*mask.shape[:3], inputs[1].shape[1]), (0, added))
        q, k, v = (x.unflatten(-1, (self.num_heads, self.head_dim)).transpose(1, 2) for x in (q, k, v))
        weights = attention_weights(q, k, v, mask)
        if self.training:
            weights = F.dropout(weights, self.dropout)
        output = self.out_proj((weights @ v).transpose(1, 2).flatten(-2))
        if need_weights and average_attn_weights:
            weights = weights.mean(1)
        if not batched:
            return output.squeeze(0), weights.squeeze(0) if need_weights else None
        return output if self.batch_first else output.transpose(0, 1), weights if need_weights else None

    def _projected(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The three through the linear maps before attention, by one product where all are the same."""
        if self.in_proj_weight is not None and query is key is value:
            q, k, v = F.linear(query, self.in_proj_weight, self.in_proj_bias).chunk(3, -1)
            return q, k, v
        weights = self.in_proj_weight.chunk(3) if self.in_proj_weight is not None else self._weights()
        biases = [None] * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3)
        q, k, v = (F.linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))
        return q, k, v

    def _mask(
        self, attn_mask: Tensor | None, padding: Tensor | None, batch: int, length: int, keys: int, dtype: Any
    ) -> Tensor | None:
        """Both masks as one that is added to scores (batch, heads, length, keys), its first dimensions 1 or whole."""
        mask = None
        if attn_mask is not None:
            mask = _added(attn_mask, "attn_mask", dtype)
            expected = (length, keys) if mask.ndim == 2 else (batch * self.num_heads, length, keys)
            if tuple(mask.shape) != expected:
                raise RuntimeError(
                    f"The shape of the {mask.ndim}D attn_mask is {mask.shape}, but should be {expected}."
                )
            mask = mask[None, None] if mask.ndim == 2 else mask.unflatten(0, (batch, self.num_heads))
        if padding is not None:
            if tuple(padding.shape) != (batch, keys):
                raise AssertionError(
                    f"key_padding_mask must be (batch, keys), {(batch, keys)}, but its shape is {tuple(padding.shape)}"
                )
            hidden = _added(padding, "key_padding_mask", dtype)[:, None, None]
            mask = hidden if mask is None else mask + hidden
        return mask

    def _check_ranks(self, query: Tensor, key: Tensor, value: Tensor, padding: Any, attn_mask: Any) -> None:
        n = query.ndim
        if n not in (2, 3):
            raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {n}-D query tensor")
        what = f"For {'batched (3-D)' if n == 3 else 'unbatched (2-D)'} `query`, expected"
        if key.ndim != n or value.ndim != n:
            raise AssertionError(
                f"{what} `key` and `value` to be {n}-D but found {key.ndim}-D and {value.ndim}-D tensors respectively"
            )
        if padding is not None and padding.ndim != n - 1:
            raise AssertionError(
                f"{what} `key_padding_mask` to be `None` or {n - 1}-D but found {padding.ndim}-D tensor instead"
            )
        if attn_mask is not None and attn_mask.ndim not in (2, 3):
            raise AssertionError(
                f"{what} `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.ndim}-D tensor instead"
            )

    def _check_sizes(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        if query.shape[-1] != self.embed_dim:
            raise AssertionError(f"was expecting embedding dimension of {self.embed_dim}, but got {query.shape[-1]}")
        if self.in_proj_weight is not None and key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if key.shape[:-1] != value.shape[:-1]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:-1]} do not match value's {value.shape[:-1]}"
            )


def _added(mask: Tensor, name: str, dtype: Any) -> Tensor:
    """A mask as what is added to scores."""
    if mask.dtype == bool:
        return minus_infinity(mask.array, dtype)
    if not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported, got {mask.dtype}")
    return mask
