"""Attention as a function: scaled_dot_product_attention."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import attention as rows
from ..autograd.graph import wrap
from ..autograd.record import record
from .dropout_functions import check_probability, dropout

if TYPE_CHECKING:
    from ..tensor import Tensor


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(scale Q K^T + mask) V of `query` (*, L, E), `key` (*, S, E) and `value` (*, S, V), giving (*, L, V).

    `scale` is 1/sqrt(E) unless given. `attn_mask`, of a shape that broadcasts to (*, L, S), is added to the scores; of
    booleans, it is True where a query may look. `is_causal` lets query i look at keys up to i. A query that may look
    nowhere gets 0. Weights are dropped with `dropout_p`, also when not training. `enable_gqa` is refused. RuntimeError
    where shapes or dtypes do not fit. As torch.nn.functional.scaled_dot_product_attention.

    >>> q = torch.tensor([[1.0], [1.0]])
    >>> F.scaled_dot_product_attention(q, q, torch.tensor([[2.0], [4.0]]), is_causal=True)
    tensor([[2.],
            [3.]])
    """
    if enable_gqa:
        raise NotImplementedError(
            "scaled_dot_product_attention: enable_gqa is not implemented; write key.repeat_interleave(groups, -3)"
        )
    check_probability(dropout_p)
    weights = attention_weights(query, key, value, attn_mask, is_causal, scale)
    return dropout(weights, dropout_p) @ value


def attention_weights(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None,
    is_causal: bool = False,
    scale: float | None = None,
) -> Tensor:
    """softmax(scale Q K^T + mask), after everything has been checked."""
    q, k, v = query.array, key.array, value.array
    if min(q.ndim, k.ndim, v.ndim) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            f"{q.ndim} key.dim: {k.ndim} and value.dim: {v.ndim} instead."
        )
    if not q.dtype == k.dtype == v.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            f"{q.dtype} key.dtype: {k.dtype} and value.dtype: {v.dtype} instead."
        )
    if q.dtype.kind != "f":
        raise RuntimeError(f"scaled_dot_product_attention: expected floating tensors, but got {q.dtype}")
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise RuntimeError(
            f"scaled_dot_product_attention: query, key and value of shapes {q.shape}, {k.shape} and {v.shape} do not "
            "fit; they are (*, L, E), (*, S, E) and (*, S, V)"
        )
    if is_causal:
        if attn_mask is not None:
            raise RuntimeError(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
            )
        attn_mask = wrap(np.tri(q.shape[-2], k.shape[-2], dtype=bool))
    if attn_mask is not None and attn_mask.dtype == np.bool_:
        attn_mask = minus_infinity(~attn_mask.array, q.dtype)
    if attn_mask is not None and attn_mask.dtype != q.dtype:
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: "
            f"{attn_mask.dtype} and  query.dtype: {q.dtype} instead."
        )
    if scale is None:
        scale = 1 / math.sqrt(q.shape[-1]) if q.shape[-1] else 1.0
    scores = (query * scale) @ key.mT
    if attn_mask is not None:
        _check_mask(attn_mask.array.shape, scores.array.shape)
    return record(rows.masked_softmax, (scores, attn_mask), {})


def _check_mask(mask: tuple[int, ...], scores: tuple[int, ...]) -> None:
    for back in range(1, 1 + min(len(mask), len(scores))):
        if mask[-back] not in (1, scores[-back]):
            raise RuntimeError(
                f"The size of tensor a ({scores[-back]}) must match the size of tensor b ({mask[-back]}) at "
                f"non-singleton dimension {len(scores) - back}: scaled_dot_product_attention of scores of shape "
                f"{scores} and attn_mask of shape {mask}"
            )


def minus_infinity(where: np.ndarray, dtype: np.dtype) -> Tensor:
    """-inf where it says so, else 0: what is added to scores."""
    return wrap(np.where(where, dtype.type(-np.inf), dtype.type(0)))
