"""One list of calls for every row of the table: the function to call, and the arrays to call it on.

The rows are tested from here (test_table.py): a row without an example fails.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import tinygrad_opt as torch
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd.derivatives import arithmetic, elementwise, indexing, linalg, nn, reduction, shape
from tinygrad_opt.autograd.table import Operation

rng = np.random.default_rng(7)
Example = tuple[Callable[..., Any], *tuple[np.ndarray[Any, Any], ...]]


def real(*size: int) -> np.ndarray[Any, Any]:
    """Numbers of either sign, none close to 0 and no two close to each other: away from kinks and ties."""
    n = math.prod(size)
    values = (np.arange(n) + rng.uniform(0.2, 0.8, n)) / max(n, 1) * 1.6 + 0.2
    return np.asarray((rng.permutation(values) * rng.choice([-1, 1], n)).reshape(size))


def positive(*size: int) -> np.ndarray[Any, Any]:
    return np.abs(real(*size))


def inside(*size: int) -> np.ndarray[Any, Any]:
    """Numbers within (-1, 1)."""
    return real(*size) / 2


def elementwise_examples(fn: Callable[..., Any], draw: Callable[..., Any] = real) -> list[Example]:
    return [(fn, draw(2, 3)), (fn, draw()), (fn, draw(0, 3))]


def binary_examples(
    fn: Callable[..., Any], left: Callable[..., Any] = real, right: Callable[..., Any] = real
) -> list[Example]:
    return [
        (fn, left(2, 3), right(2, 3)),
        (fn, left(2, 3), right(3)),
        (fn, left(2, 1), right(2, 3)),
        (fn, left(), right(2, 2)),
        (fn, left(), right()),
        (fn, left(4, 0), right(4, 1)),
        (lambda a: fn(a, 1.5), left(2, 3)),
        (lambda b: fn(1.5, b), right(2, 3)),
    ]


def reduction_examples(fn: Callable[..., Any], draw: Callable[..., Any] = real, empty: bool = True) -> list[Example]:
    calls: list[Example] = [
        (lambda x: fn(x), draw(2, 3)),
        (lambda x: fn(x, dim=0), draw(2, 3)),
        (lambda x: fn(x, dim=-1, keepdim=True), draw(2, 3)),
        (lambda x: fn(x), draw()),
    ]
    if empty:
        calls += [(lambda x: fn(x, dim=1), draw(0, 3)), (lambda x: fn(x, dim=0, keepdim=True), draw(0, 3))]
    return calls


def probability(*size: int) -> np.ndarray[Any, Any]:
    return positive(*size) / 2


def loss_examples(fn: Callable[..., Any]) -> list[Example]:
    return [
        (lambda x, t: fn(x, t, reduction="mean"), real(2, 3), real(2, 3)),
        (lambda x, t: fn(x, t, reduction="sum"), real(2, 3), real(2, 3)),
        (lambda x, t: fn(x, t, reduction="none"), real(2, 3), real(2, 3)),
        (lambda x: fn(x, torch.full_like(x, 0.1), reduction="mean"), real(3)),
    ]


def several(*dims: int) -> Callable[[Callable[..., Any]], Example]:
    return lambda fn: (lambda x: fn(x, dim=dims), real(2, 3, 2))


CONDITION = np.array([[True, False, True], [False, False, True]])
ROWS = np.array([[0, 2, 2], [1, 0, 2]])
AT = np.array([0, 5, 7, 10])  # of the classes 0, 2, 1, 1 of three
WEIGHT = np.array([0.5, 0.25, 1.0, 2.0])

EXAMPLES: dict[Operation, list[Example]] = {
    arithmetic.add: binary_examples(lambda a, b: a + b),
    arithmetic.sub: binary_examples(lambda a, b: a - b),
    arithmetic.mul: [*binary_examples(lambda a, b: a * b), (lambda a: a * a, real(3))],
    arithmetic.div: binary_examples(lambda a, b: a / b),
    arithmetic.pow: [
        *binary_examples(lambda a, b: a**b, left=positive),
        (lambda a: a**3, real(3)),
        (lambda a: a**2, real(3)),
        (lambda a: a**1, real(3)),
        (lambda a: a**-1.0, real(3)),
        (lambda a: a**0, real(3)),
    ],
    arithmetic.maximum: binary_examples(np.maximum),
    arithmetic.minimum: binary_examples(np.minimum),
    arithmetic.atan2: binary_examples(np.arctan2),
    arithmetic.remainder: binary_examples(lambda a, b: a % b, right=positive),
    arithmetic.floor_divide: binary_examples(lambda a, b: a // b),
    arithmetic.masked: [
        (lambda x: arithmetic.masked(x, keep=CONDITION), real(2, 3)),
        (lambda x: arithmetic.masked(x, keep=np.array(False)), real()),
    ],
    arithmetic.select: [
        (lambda a, b: torch.where(torch.tensor(CONDITION), a, b), real(2, 3), real(2, 3)),
        (lambda a, b: torch.where(torch.tensor(CONDITION), a, b), real(3), real(2, 1)),
        (lambda a: torch.where(torch.tensor(CONDITION), a, 2.0), real(2, 3)),
        (lambda b: b.masked_fill(torch.tensor(CONDITION), -1.0), real(2, 3)),
        (lambda a, b: torch.where(torch.tensor(True), a, b), real(), real()),
    ],
    elementwise.neg: elementwise_examples(lambda x: -x),
    elementwise.same: elementwise_examples(lambda x: x.clone()),
    elementwise.abs: elementwise_examples(abs),
    elementwise.sign: elementwise_examples(torch.sign),
    elementwise.floor: elementwise_examples(torch.floor),
    elementwise.ceil: elementwise_examples(torch.ceil),
    elementwise.trunc: elementwise_examples(torch.trunc),
    elementwise.round: elementwise_examples(torch.round),
    elementwise.square: elementwise_examples(torch.square),
    elementwise.sqrt: elementwise_examples(torch.sqrt, positive),
    elementwise.rsqrt: elementwise_examples(torch.rsqrt, positive),
    elementwise.reciprocal: elementwise_examples(torch.reciprocal),
    elementwise.exp: elementwise_examples(torch.exp),
    elementwise.exp2: elementwise_examples(torch.exp2),
    elementwise.expm1: elementwise_examples(torch.expm1),
    elementwise.log: elementwise_examples(torch.log, positive),
    elementwise.log1p: elementwise_examples(torch.log1p, positive),
    elementwise.log2: elementwise_examples(torch.log2, positive),
    elementwise.log10: elementwise_examples(torch.log10, positive),
    elementwise.sin: elementwise_examples(torch.sin),
    elementwise.cos: elementwise_examples(torch.cos),
    elementwise.tan: elementwise_examples(torch.tan, inside),
    elementwise.sinh: elementwise_examples(torch.sinh),
    elementwise.cosh: elementwise_examples(torch.cosh),
    elementwise.tanh: elementwise_examples(torch.tanh),
    elementwise.asin: elementwise_examples(torch.asin, inside),
    elementwise.acos: elementwise_examples(torch.acos, inside),
    elementwise.atan: elementwise_examples(torch.atan),
    elementwise.erf: elementwise_examples(torch.erf),
    elementwise.sigmoid: elementwise_examples(torch.sigmoid),
    elementwise.relu: elementwise_examples(torch.relu),
    elementwise.leaky_relu: elementwise_examples(lambda x: F.leaky_relu(x, 0.2)),
    elementwise.log_sigmoid: elementwise_examples(F.logsigmoid),
    elementwise.gelu: elementwise_examples(F.gelu),
    elementwise.softplus: elementwise_examples(lambda x: F.softplus(x, 2.0, 2.5)),
    elementwise.clamp: [
        *elementwise_examples(lambda x: x.clamp(-0.5, 1.0)),
        (lambda x: x.clamp(min=0), real(3)),
        (lambda x: x.clamp(max=0.5), real(3)),
    ],
    reduction.sum: [*reduction_examples(torch.sum), several(0, -1)(torch.sum)],
    reduction.mean: [*reduction_examples(torch.mean), several(0, -1)(torch.mean)],
    reduction.var: [
        *reduction_examples(torch.var, empty=False)[:3],
        several(0, 2)(torch.var),
        (lambda x: x.var(0, correction=0), real(3, 2)),
    ],
    reduction.std: [
        *reduction_examples(torch.std, empty=False)[:3],
        several(0, 2)(torch.std),
        (lambda x: x.std(0, correction=0), real(3, 2)),
    ],
    reduction.prod: [
        *reduction_examples(torch.prod),
        (lambda x: x.prod(1), np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]])),
    ],
    reduction.amax: [*reduction_examples(torch.amax, empty=False), several(0, 2)(torch.amax)],
    reduction.amin: [*reduction_examples(torch.amin, empty=False), several(0, 2)(torch.amin)],
    reduction.logsumexp: reduction_examples(lambda x, dim=None, keepdim=False: x.logsumexp(dim, keepdim), empty=False),
    reduction.cumsum: [
        (lambda x: x.cumsum(0), real(3, 2)),
        (lambda x: x.cumsum(-1), real(2, 3)),
        (lambda x: x.cumsum(0), real(0, 2)),
    ],
    reduction.vector_norm: [
        *reduction_examples(torch.norm),
        *[(lambda x, p=p: x.norm(p, 1), real(2, 3)) for p in (0, 1, 2, 3, 2.5, -1, math.inf, -math.inf)],
    ],
    reduction.spread: [
        (lambda x: reduction.spread(x, shape=(2, 3)), real(3)),
        (lambda x: reduction.spread(x, shape=(2, 2)), real()),
    ],
    reduction.others: [
        (reduction.others, real(2, 3)),
        (reduction.others, real(1)),
        (reduction.others, np.array([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0]])),
        (reduction.others, real(0, 3)),
    ],
    shape.reshape: [
        (lambda x: x.reshape(3, 2), real(2, 3)),
        (lambda x: x.T.reshape(6), real(2, 3)),
        (lambda x: x.reshape(0), real(0, 3)),
        (lambda x: x.view(1, 1), real()),
    ],
    shape.permute: [
        (lambda x: x.permute(2, 0, 1), real(2, 3, 4)),
        (lambda x: x.T, real(2, 3)),
        (lambda x: x.mT, real(2, 0, 3)),
        (lambda x: x.permute(()), real()),
    ],
    shape.expand: [
        (lambda x: x.expand(4, 2, 3), real(2, 1)),
        (lambda x: x.expand(2, 3), real()),
        (lambda x: x.expand(0, 3), real(1, 3)),
    ],
    shape.cast: [(lambda x: x.to(np.longdouble).to(x.dtype), real(2, 3))],
    shape.contiguous: [(lambda x: x.T.contiguous(), real(2, 3))],
    shape.cat: [
        (lambda a, b: torch.cat([a, b]), real(2, 3), real(1, 3)),
        (lambda a, b, c: torch.cat([a, b, c], -1), real(2, 1), real(2, 0), real(2, 2)),
        (lambda a: torch.cat([a, a, torch.ones(2, 1, dtype=a.dtype)], 1), real(2, 2)),
        (lambda a, b: torch.stack([a, b], 1), real(2, 3), real(2, 3)),
        (lambda a, b: torch.stack([a, b]), real(), real()),
    ],
    shape.flip: [
        (lambda x: x.flip(0), real(2, 3)),
        (lambda x: x.flip(0, -1), real(2, 3, 2)),
        (lambda x: x.flip(1), real(0, 3)),
    ],
    shape.roll: [
        (lambda x: x.roll(1, 0), real(3, 2)),
        (lambda x: x.roll((1, -1), (0, 1)), real(3, 2)),
        (lambda x: x.roll(2), real(3, 2)),
    ],
    shape.tile: [
        (lambda x: x.tile(2), real(3)),
        (lambda x: x.repeat(2, 1, 2), real(2, 3)),
        (lambda x: x.repeat(2), real()),
        (lambda x: x.repeat(0, 2), real(2, 3)),
    ],
    shape.pad: [
        (lambda x: F.pad(x, (1, 2)), real(2, 3)),
        (lambda x: F.pad(x, (0, 1, 2, 0), value=3.0), real(2, 3)),
        (lambda x: F.pad(x, (-1, 1)), real(2, 3)),
        (lambda x: F.pad(x, (-1, -1)), real(2, 3)),
        (lambda x: F.pad(x, (1, 1)), real(0, 3)),
    ],
    shape.tril: [(lambda x: x.tril(), real(3, 3)), (lambda x: x.tril(1), real(2, 3, 4))],
    shape.triu: [(lambda x: x.triu(), real(3, 3)), (lambda x: x.triu(-1), real(2, 3, 4))],
    shape.diagonal: [
        (lambda x: x.diagonal(), real(2, 3)),
        (lambda x: x.diagonal(1, 2, 0), real(3, 2, 4)),
        (lambda x: x.diagonal(), real(0, 3)),
    ],
    shape.diagonal_scatter: [(lambda x: shape.diagonal_scatter(x, shape=(3, 4), offset=1, axis1=0, axis2=1), real(3))],
    indexing.getitem: [
        (lambda x: x[1], real(2, 3)),
        (lambda x: x[1, 2], real(2, 3)),
        (lambda x: x[:, None, ::2], real(2, 3)),
        (lambda x: x[..., -1], real(2, 3)),
        (lambda x: x[[0, 1, 0]], real(2, 3)),
        (lambda x: x[torch.tensor(ROWS)], real(3, 30)),
        (lambda x: x[range(2), [2, 0]], real(2, 3)),
        (lambda x: x[:, [0, 0]], real(2, 3)),
        (lambda x: x[torch.tensor(CONDITION)], real(2, 3)),
        (lambda x: x[None], real()),
        (lambda x: x[0:0], real(2, 3)),
        (lambda x: x[[]], real(2, 3)),
    ],
    indexing.scatter: [
        (lambda x: indexing.scatter(x, key=(slice(None), np.array([0, 2, 0])), shape=(2, 3)), real(2, 3)),
        (lambda x: indexing.scatter(x, key=np.array([2, -1, 0]), shape=(3, 40)), real(3, 40)),
        (lambda x: indexing.scatter(x, key=(slice(0, 2),), shape=(3,)), real(2)),
    ],
    indexing.setitem: [
        (lambda x, v: indexing.setitem(x, v, key=(0,)), real(2, 3), real(3)),
        (lambda x, v: indexing.setitem(x, v, key=(slice(None), 1)), real(2, 3), real()),
        (lambda x, v: indexing.setitem(x, v, key=np.array([0, 1, 0])), real(2, 3), real(3, 3)),
        (lambda x, v: indexing.setitem(x, v, key=CONDITION), real(2, 3), real(3)),
        (lambda x, v: indexing.setitem(x, v, key=0), real(2, 3), real(1, 1, 3)),
        (lambda x, v: indexing.setitem(x, v, key=...), real(), real()),
    ],
    indexing.gather: [
        (lambda x: x.gather(1, torch.tensor(ROWS)), real(2, 3)),
        (lambda x: x.gather(0, torch.tensor(ROWS % 2)), real(2, 3)),
        (lambda x: x.sort(0, descending=True).values, real(3, 2)),
        (lambda x: x.topk(2).values, real(2, 3)),
        (lambda x: x.max(1).values, real(2, 3)),
    ],
    indexing.scatter_add_zeros: [
        (lambda x, v: x.scatter_add(1, torch.tensor(ROWS), v), real(2, 3), real(2, 3)),
        (lambda v: indexing.scatter_add_zeros(v, index=ROWS, axis=1, shape=(2, 4)), real(2, 3)),
    ],
    linalg.matmul: [
        (lambda a, b: a @ b, real(2, 3), real(3, 2)),
        (lambda a, b: a @ b, real(4, 2, 3), real(3, 2)),
        (lambda a, b: a @ b, real(2, 3), real(4, 3, 2)),
        (lambda a, b: a @ b, real(2, 1, 2, 3), real(4, 3, 2)),
        (lambda a, b: a @ b, real(3), real(3)),
        (lambda a, b: a @ b, real(3), real(2, 3, 2)),
        (lambda a, b: a @ b, real(2, 2, 3), real(3)),
        (lambda a, b: a @ b, real(0, 3), real(3, 2)),
        (lambda a, b: a @ b, real(2, 0), real(0, 2)),
        (lambda a: a @ a, real(2, 2)),
    ],
    linalg.einsum: [
        (lambda a, b: torch.einsum("ij,jk->ik", a, b), real(2, 3), real(3, 2)),
        (lambda a: torch.einsum("ii->i", a), real(3, 3)),
        (lambda a: torch.einsum("ij->", a), real(2, 3)),
        (lambda a, b: torch.einsum("...i,...i", a, b), real(2, 3), real(3)),
        (lambda a, b, c: torch.einsum("bi,ij,bj->b", a, b, c), real(2, 3), real(3, 2), real(2, 2)),
    ],
    nn.linear: [
        (lambda x, w, b: F.linear(x, w, b), real(4, 3), real(2, 3), real(2)),
        (lambda x, w: F.linear(x, w), real(2, 4, 3), real(2, 3)),
        (lambda x, w, b: F.linear(x, w, b), real(3), real(2, 3), real(2)),
        (lambda x, w, b: F.linear(x, w, b), real(0, 3), real(2, 3), real(2)),
    ],
    nn.softmax: [
        (lambda x: x.softmax(0), real(2, 3)),
        (lambda x: x.softmax(-1), real(2, 3)),
        (lambda x: x.softmax(0), real()),
    ],
    nn.log_softmax: [
        (lambda x: x.log_softmax(0), real(2, 3)),
        (lambda x: x.log_softmax(-1), real(2, 3)),
        (lambda x: x.log_softmax(0), real()),
    ],
    nn.cross_entropy: [
        (lambda x: nn.cross_entropy(x, at=AT, weight=WEIGHT, reduce=True), real(4, 3)),
        (lambda x: nn.cross_entropy(x, at=AT, weight=WEIGHT, reduce=False), real(4, 3)),
    ],
    nn._minus_one_hot: [(lambda x: nn._minus_one_hot(x, at=AT), real(4, 3))],
    nn.gelu_tanh: elementwise_examples(lambda x: F.gelu(x, approximate="tanh")),
    nn.mse_loss: loss_examples(F.mse_loss),
    nn.l1_loss: loss_examples(F.l1_loss),
    nn.huber_loss: loss_examples(lambda x, t, reduction: F.huber_loss(x, t, reduction, delta=0.7)),
    nn.binary_cross_entropy: [
        (lambda x, t: F.binary_cross_entropy(x, t), probability(2, 3), probability(2, 3)),
        (lambda x, t: F.binary_cross_entropy(x, t, reduction="sum"), probability(2, 3), probability(2, 3)),
        (
            lambda x, t: F.binary_cross_entropy(x, t, torch.tensor([0.5, 2.0, 0.0], dtype=x.dtype), reduction="none"),
            probability(2, 3),
            probability(2, 3),
        ),
    ],
    nn.binary_cross_entropy_with_logits: [
        (lambda x, t: F.binary_cross_entropy_with_logits(x, t), real(2, 3), probability(2, 3)),
        (lambda x, t: F.binary_cross_entropy_with_logits(x, t, reduction="none"), real(2, 3), probability(2, 3)),
        (
            lambda x, t: F.binary_cross_entropy_with_logits(
                x,
                t,
                torch.tensor([0.5, 2.0, 0.0], dtype=x.dtype),
                reduction="sum",
                pos_weight=torch.tensor([3.0, 0.5, 1.0], dtype=x.dtype),
            ),
            real(2, 3),
            probability(2, 3),
        ),
    ],
}
