"""Embedding, recurrent layers and attention, forward and backward, against torch eager."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as tg

from .timing import Result, seconds


def cases(lib: Any) -> dict[str, tuple[Callable[[], Any], str]]:
    """What is called, and what the ratio should be."""
    rng = np.random.default_rng(0)
    nn = lib.nn

    def normal(*shape: int) -> Any:
        return lib.tensor(rng.normal(size=shape).astype(np.float32)).requires_grad_()

    x, tokens = normal(16, 32, 32), lib.tensor(rng.integers(0, 1000, (32, 32)))
    features, heads = normal(32, 32, 64), [normal(32, 4, 32, 16) for _ in range(3)]
    table, attention = nn.Embedding(1000, 64), nn.MultiheadAttention(64, 4, batch_first=True)
    block = nn.TransformerEncoderLayer(64, 4, 256, batch_first=True, activation="gelu")
    mask = nn.Transformer.generate_square_subsequent_mask(32)

    def attend() -> Any:
        return nn.functional.scaled_dot_product_attention(*heads, is_causal=True)

    def recurrent(kind: str) -> Callable[[], Any]:
        layer = getattr(nn, kind)(32, 64)
        return lambda: layer(x)[0]

    at_least_half = "at least 0.5"
    forward: dict[str, tuple[Callable[[], Any], str]] = {
        "LSTM 32-64, batch 32, length 16": (recurrent("LSTM"), "at least 1.0"),
        "GRU 32-64, batch 32, length 16": (recurrent("GRU"), at_least_half),
        "RNN 32-64, batch 32, length 16": (recurrent("RNN"), at_least_half),
        "Embedding of 1000 by 64, 1024 numbers": (lambda: table(tokens), at_least_half),
        "scaled_dot_product_attention, batch 32, 4 heads of 16, length 32": (attend, at_least_half),
        "MultiheadAttention, batch 32, 4 heads of 16, length 32": (
            lambda: attention(features, features, features, need_weights=False, attn_mask=mask, is_causal=True)[0],
            at_least_half,
        ),
        "TransformerEncoderLayer 64-256, batch 32, length 32": (
            lambda: block(features, src_mask=mask, is_causal=True),
            at_least_half,
        ),
    }
    return {name: (lambda run=run: run().sum().backward(), target) for name, (run, target) in forward.items()}


def run() -> list[Result]:
    results = []
    import torch

    mine, others = cases(tg), cases(torch)
    for name, (ours, target) in mine.items():
        a, b = seconds(ours, others[name][0], number=10)
        results.append(Result(f"{name}, forward and backward: times as fast as torch", b / a, target))
    return results
