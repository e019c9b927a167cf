"""Norms of vectors and matrices, and distances."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .case import given, normal, row

inf = math.inf
for order in (0, 0.5, 1, 2, 3, -1, -2, inf, -inf):
    if order:  # PyTorch's count of what is not 0 has no history, not even one of zeros
        row(f"vector_norm {order}", lambda torch, x, p=order: torch.linalg.vector_norm(x, p), normal(2, 3))
        row(
            f"vector_norm {order} with ties",
            lambda torch, x, p=order: torch.linalg.vector_norm(x, p, dim=1),
            given([[1.0, 1.0, -1.0], [-2.0, 2.0, 1.0]]),
        )
    for dim, keepdim in [(0, False), (-1, True), ((0, 2), False), ((1, 2), True), (None, True)]:
        row(
            f"vector_norm {order} {dim} {keepdim}",
            lambda torch, x, p=order, dim=dim, keepdim=keepdim: torch.linalg.vector_norm(
                x if p else x.detach(), p, dim=dim, keepdim=keepdim
            ),
            normal(2, 3, 2),
        )
    row(
        f"vector_norm {order} of a number",
        lambda torch, x, p=order: torch.linalg.vector_norm(x if p else x.detach(), p),
        given(-2.0),
    )
    row(
        f"vector_norm {order} of no vectors",
        lambda torch, x, p=order: torch.linalg.vector_norm(x if p else x.detach(), p, dim=1),
        normal(0, 3),
    )
for order in (1, 2, 3, 0.5):
    row(
        f"vector_norm {order} of nothing",
        lambda torch, x, p=order: torch.linalg.vector_norm(x.detach(), p),
        normal(0, 3),
    )
for order in (1, inf, -inf):
    row(
        f"vector_norm {order} with zeros",
        lambda torch, x, p=order: torch.linalg.vector_norm(x, p, dim=1),
        given([[0.0, -2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0], [3.0, 1.0, -0.0, 1.0]]),
    )

ORDERS: list[Any] = ["fro", "nuc", 1, -1, 2, -2, inf, -inf]
for order in ORDERS:
    for shape, dims in [
        ((3, 3), (-2, -1)), ((3, 2), (0, 1)), ((2, 3), (1, 0)), ((2, 3, 4), (-2, -1)), ((2, 3, 4), (0, 2)),
        ((2, 3, 4), (2, 1)), ((1, 1), (0, 1)), ((0, 2, 3), (1, 2)), ((2, 1, 3), (-1, 0)),
    ]:  # fmt: skip
        for keepdim in (False, True):
            row(
                f"matrix_norm {order} {shape} {dims} {keepdim}",
                lambda torch, x, p=order, dims=dims, keepdim=keepdim: torch.linalg.matrix_norm(x, p, dims, keepdim),
                normal(*shape),
            )
    row(
        f"matrix_norm {order} with ties",
        lambda torch, x, p=order: torch.linalg.matrix_norm(x, p),
        given([[1.0, 2.0], [2.0, 1.0]]),
    )
    row(f"norm {order} of a matrix", lambda torch, x, p=order: torch.linalg.norm(x, p), normal(3, 4))
    row(
        f"norm {order} over two dims",
        lambda torch, x, p=order: torch.linalg.norm(x, p, (1, 0), keepdim=True),
        normal(3, 2, 2),
    )
for order in ["fro", "nuc", 1, 2, inf]:
    row(
        f"matrix_norm {order} of nothing",
        lambda torch, x, p=order: torch.linalg.matrix_norm(x.detach(), p),
        normal(0, 3),
    )
    row(
        f"matrix_norm {order} of nothing across",
        lambda torch, x, p=order: torch.linalg.matrix_norm(x.detach(), p),
        normal(3, 0),
    )
row("matrix_norm as it is", lambda torch, x: torch.linalg.matrix_norm(x), normal(2, 3))
row("matrix_norm of zeros", lambda torch, x: [torch.linalg.matrix_norm(x, p) for p in (1, inf)], np.zeros((2, 2)))
row("norm as it is", lambda torch, x: (torch.linalg.norm(x), torch.linalg.norm(x, keepdim=True)), normal(2, 3, 2))
row("norm over dims", lambda torch, x: (torch.linalg.norm(x, dim=1), torch.linalg.norm(x, dim=(0, 2))), normal(2, 3, 2))
row("norm of a number", lambda torch, x: torch.linalg.norm(x), given(-2.0))
row("norms with a dtype", lambda torch, x: torch.linalg.norm(x, dtype=torch.float64), normal(2, 3))
for order in (1, 2, inf, -inf, 3, -1):
    row(f"norm {order} of a vector", lambda torch, x, p=order: torch.linalg.norm(x, p), normal(4))
    row(f"norm {order} over one dim", lambda torch, x, p=order: torch.linalg.norm(x, p, dim=-2), normal(2, 3, 2))
for offset, dims in [
    (0, {}),
    (1, {}),
    (-1, {}),
    (2, {}),
    (0, {"dim1": 0, "dim2": 1}),
    (1, {"dim1": 1, "dim2": 0}),
    (0, {"dim1": 0, "dim2": -1}),
    (5, {}),
    (-3, {}),
    (1, {"dim1": -1, "dim2": -2}),
]:
    row(
        f"linalg.diagonal {offset} {dims}",
        lambda torch, x, k=offset, dims=dims: torch.linalg.diagonal(x, offset=k, **dims),
        normal(2, 3, 4),
    )
