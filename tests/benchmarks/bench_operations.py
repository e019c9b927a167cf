"""Every differentiable operation on a million elements: forward over the bare NumPy call, backward over forward.

    python -m tests.benchmarks operations

prints a line an operation. EXCEPTIONS lists those that may take longer, each with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import tinygrad_opt as tg
import tinygrad_opt.nn.functional as F
from tinygrad_opt import special

from .timing import Result, seconds

N = 1_000_000
SIDE = 1_000

rng = np.random.default_rng(0)
Array = np.ndarray[Any, Any]


class Case(NamedTuple):
    """What is called on Tensors, what a NumPy user would write, and on which arrays."""

    name: str
    ours: Callable[..., Any]
    numpy: Callable[..., Any]
    inputs: tuple[Array, ...]


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


def positive(*shape: int) -> Array:
    return rng.uniform(0.5, 2.0, shape)


def unit(*shape: int) -> Array:
    return rng.uniform(-0.9, 0.9, shape)


def first(result: Any) -> Any:
    """The values of what may be a named tuple."""
    return result[0] if isinstance(result, tuple) else result


UNARY: list[tuple[str, Any, Callable[..., Array]]] = [
    ("abs", np.abs, normal),
    ("acos", np.arccos, unit),
    ("acosh", np.arccosh, lambda n: positive(n) + 1),
    ("asin", np.arcsin, unit),
    ("asinh", np.arcsinh, normal),
    ("atan", np.arctan, normal),
    ("atanh", np.arctanh, unit),
    ("ceil", np.ceil, normal),
    ("clone", np.copy, normal),
    ("cos", np.cos, normal),
    ("cosh", np.cosh, normal),
    ("deg2rad", np.deg2rad, normal),
    ("exp", np.exp, normal),
    ("exp2", np.exp2, normal),
    ("expm1", np.expm1, normal),
    ("floor", np.floor, normal),
    ("frac", lambda x: x - np.trunc(x), normal),
    ("log", np.log, positive),
    ("log10", np.log10, positive),
    ("log1p", np.log1p, positive),
    ("log2", np.log2, positive),
    ("logit", lambda x: np.log(x / (1 - x)), lambda n: unit(n) / 2 + 0.5),
    ("nan_to_num", np.nan_to_num, normal),
    ("neg", np.negative, normal),
    ("rad2deg", np.rad2deg, normal),
    ("reciprocal", np.reciprocal, positive),
    ("round", np.round, normal),
    ("rsqrt", lambda x: 1 / np.sqrt(x), positive),
    ("sigmoid", lambda x: 1 / (1 + np.exp(-x)), normal),
    ("sign", np.sign, normal),
    ("sin", np.sin, normal),
    ("sinc", np.sinc, normal),
    ("sinh", np.sinh, normal),
    ("sqrt", np.sqrt, positive),
    ("square", np.square, normal),
    ("tan", np.tan, unit),
    ("tanh", np.tanh, normal),
    ("trunc", np.trunc, normal),
    ("relu", lambda x: np.maximum(x, 0), normal),
    ("sum", np.sum, normal),
    ("mean", np.mean, normal),
    ("var", lambda x: np.var(x, ddof=1), normal),
    ("std", lambda x: np.std(x, ddof=1), normal),
    ("prod", np.prod, lambda n: positive(n) * 0 + 1.0000001),
    ("amax", np.max, normal),
    ("amin", np.min, normal),
    ("max", np.max, normal),
    ("min", np.min, normal),
    ("median", lambda x: np.partition(x, x.size // 2)[x.size // 2], normal),
    ("nansum", np.nansum, normal),
    ("nanmean", np.nanmean, normal),
    ("norm", np.linalg.norm, normal),
]
BINARY: list[tuple[str, Any, Callable[..., Array]]] = [
    ("add", np.add, normal),
    ("sub", np.subtract, normal),
    ("mul", np.multiply, normal),
    ("div", np.divide, positive),
    ("pow", np.power, positive),
    ("atan2", np.arctan2, normal),
    ("hypot", np.hypot, normal),
    ("maximum", np.maximum, normal),
    ("minimum", np.minimum, normal),
    ("fmax", np.fmax, normal),
    ("fmin", np.fmin, normal),
    ("fmod", np.fmod, positive),
    ("remainder", np.remainder, positive),
    ("logaddexp", np.logaddexp, normal),
    ("logaddexp2", np.logaddexp2, normal),
    ("xlogy", lambda x, y: x * np.log(y), positive),
    ("dist", lambda x, y: np.linalg.norm(x - y), normal),
    ("dot", np.dot, normal),
]


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def logsumexp(x: Array) -> Array:
    top = x.max(-1, keepdims=True)
    return np.log(np.exp(x - top).sum(-1)) + top[..., 0]


def log_softmax(x: Array) -> Array:
    z = x - x.max(-1, keepdims=True)
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def cases() -> Iterator[Case]:
    for name, fn, draw in UNARY:
        yield Case(name, lambda x, name=name: getattr(tg, name)(x), fn, (draw(N),))
    for name, fn, draw in BINARY:
        yield Case(name, lambda x, y, name=name: getattr(tg, name)(x, y), fn, (draw(N), draw(N)))
    square, wide = normal(SIDE, SIDE), normal(SIDE, SIDE)
    column = normal(SIDE, 1)
    at = rng.integers(0, SIDE, (SIDE, SIDE))
    rows = rng.integers(0, SIDE, SIDE)
    mask = square > 0
    t_at, t_rows, t_mask = tg.from_numpy(at), tg.from_numpy(rows), tg.from_numpy(mask)
    well = square + SIDE * np.eye(SIDE)
    yield from [
        Case("x ** 2", lambda x: x**2, lambda x: x**2, (square,)),
        Case("x ** 3", lambda x: x**3, lambda x: x**3, (square,)),
        Case("x + column", lambda x, y: x + y, lambda x, y: x + y, (square, column)),
        Case(
            "addcmul",
            lambda x, a, b: tg.addcmul(x, a, b, value=0.5),
            lambda x, a, b: x + 0.5 * a * b,
            (square, wide, positive(SIDE, SIDE)),
        ),
        Case(
            "addcdiv",
            lambda x, a, b: tg.addcdiv(x, a, b, value=0.5),
            lambda x, a, b: x + 0.5 * a / b,
            (square, wide, positive(SIDE, SIDE)),
        ),
        Case("lerp", lambda x, y: tg.lerp(x, y, 0.3), lambda x, y: x + 0.3 * (y - x), (square, wide)),
        Case("clamp", lambda x: x.clamp(-0.5, 0.5), lambda x: np.clip(x, -0.5, 0.5), (square,)),
        Case("where", lambda x, y: tg.where(t_mask, x, y), lambda x, y: np.where(mask, x, y), (square, wide)),
        Case("masked_fill", lambda x: x.masked_fill(t_mask, 0.0), lambda x: np.where(mask, 0.0, x), (square,)),
        Case("masked_select", lambda x: x.masked_select(t_mask), lambda x: x[mask], (square,)),
        Case("sum(0)", lambda x: x.sum(0), lambda x: x.sum(0), (square,)),
        Case("sum(1)", lambda x: x.sum(1), lambda x: x.sum(1), (square,)),
        Case("mean(0)", lambda x: x.mean(0), lambda x: x.mean(0), (square,)),
        Case("var(1)", lambda x: x.var(1), lambda x: x.var(1, ddof=1), (square,)),
        Case("std(1)", lambda x: x.std(1), lambda x: x.std(1, ddof=1), (square,)),
        Case("prod(1)", lambda x: x.prod(1), lambda x: x.prod(1), (square,)),
        Case("amax(1)", lambda x: x.amax(1), lambda x: x.max(1), (square,)),
        Case("max(1)", lambda x: first(x.max(1)), lambda x: (x.max(1), x.argmax(1)), (square,)),
        Case("median(1)", lambda x: first(x.median(1)), lambda x: np.argpartition(x, 499, 1), (square,)),
        Case("sort", lambda x: first(x.sort()), lambda x: np.argsort(x, kind="stable"), (square,)),
        Case("topk", lambda x: first(x.topk(10)), lambda x: np.argsort(x, kind="stable")[:, -10:], (square,)),
        Case("logsumexp", lambda x: x.logsumexp(1), logsumexp, (square,)),
        Case("softmax", lambda x: x.softmax(1), softmax, (square,)),
        Case("log_softmax", lambda x: x.log_softmax(1), log_softmax, (square,)),
        Case("cumsum", lambda x: x.cumsum(1), lambda x: np.cumsum(x, 1), (square,)),
        Case("cumprod", lambda x: x.cumprod(1), lambda x: np.cumprod(x, 1), (unit(SIDE, SIDE) + 1.0,)),
        Case("cummax", lambda x: first(x.cummax(1)), lambda x: np.maximum.accumulate(x, 1), (square,)),
        Case("logcumsumexp", lambda x: x.logcumsumexp(1), lambda x: np.logaddexp.accumulate(x, 1), (square,)),
        Case("diff", lambda x: x.diff(), lambda x: np.diff(x), (square,)),
        Case("trapezoid", lambda x: tg.trapezoid(x), lambda x: np.trapezoid(x), (square,)),
        Case("norm(1)", lambda x: x.norm(dim=1), lambda x: np.linalg.norm(x, axis=1), (square,)),
        Case("quantile", lambda x: tg.quantile(x, 0.3, 1), lambda x: np.quantile(x, 0.3, 1), (square,)),
        Case("cov", lambda x: tg.cov(x), lambda x: np.cov(x), (square,)),
        Case("flip", lambda x: x.flip(1), lambda x: np.flip(x, 1).copy(), (square,)),
        Case("roll", lambda x: x.roll(3, 1), lambda x: np.roll(x, 3, 1), (square,)),
        Case("rot90", lambda x: x.rot90(), lambda x: np.rot90(x).copy(), (square,)),
        Case("cat", lambda x, y: tg.cat([x, y]), lambda x, y: np.concatenate([x, y]), (square, wide)),
        Case("stack", lambda x, y: tg.stack([x, y]), lambda x, y: np.stack([x, y]), (square, wide)),
        Case("hstack", lambda x, y: tg.hstack([x, y]), lambda x, y: np.hstack([x, y]), (square, wide)),
        Case("tile", lambda x: x.tile(2, 1), lambda x: np.tile(x, (2, 1)), (square,)),
        Case("repeat_interleave", lambda x: x.repeat_interleave(2, 1), lambda x: np.repeat(x, 2, 1), (square,)),
        Case("tril", lambda x: x.tril(), np.tril, (square,)),
        Case("pad", lambda x: F.pad(x, (1, 1, 1, 1)), lambda x: np.pad(x, 1), (square,)),
        Case("transposed copy", lambda x: x.T.contiguous(), lambda x: np.ascontiguousarray(x.T), (square,)),
        Case("x[rows]", lambda x: x[t_rows], lambda x: x[rows], (square,)),
        Case("x[:, rows]", lambda x: x[:, t_rows], lambda x: x[:, rows], (square,)),
        Case("x[mask]", lambda x: x[t_mask], lambda x: x[mask], (square,)),
        Case("index_select", lambda x: x.index_select(0, t_rows), lambda x: np.take(x, rows, 0), (square,)),
        Case("take", lambda x: x.take(t_at), lambda x: np.take(x, at), (square,)),
        Case("gather", lambda x: x.gather(1, t_at), lambda x: np.take_along_axis(x, at, 1), (square,)),
        Case("scatter", lambda x, s: x.scatter(1, t_at, s), lambda x, s: _put(x, at, s), (square, wide)),
        Case("scatter_add", lambda x, s: x.scatter_add(1, t_at, s), lambda x, s: _add(x, at, s), (square, wide)),
        Case("index_add", lambda x, s: x.index_add(0, t_rows, s), lambda x, s: _add_rows(x, rows, s), (square, wide)),
        Case("matmul", lambda x, y: x @ y, lambda x, y: x @ y, (square, wide)),
        Case("mv", lambda x, y: x @ y, lambda x, y: x @ y, (square, normal(SIDE))),
        Case("outer", lambda x, y: tg.outer(x, y), np.outer, (normal(SIDE), normal(SIDE))),
        Case(
            "einsum ij,ij->i",
            lambda x, y: tg.einsum("ij,ij->i", x, y),
            lambda x, y: np.einsum("ij,ij->i", x, y),
            (square, wide),
        ),
        Case("cdist", lambda x, y: tg.cdist(x, y), _distances, (normal(SIDE, 10), normal(SIDE, 10))),
        Case("cross", lambda x, y: tg.linalg.cross(x, y), np.cross, (normal(N // 3, 3), normal(N // 3, 3))),
        Case("kron", lambda x, y: tg.kron(x, y), np.kron, (normal(100, 10), normal(10, 100))),
        Case("inv", lambda x: tg.linalg.inv(x), np.linalg.inv, (well,)),
        Case("solve", lambda x, y: tg.linalg.solve(x, y), np.linalg.solve, (well, wide)),
        Case("det", lambda x: tg.linalg.det(x / SIDE), lambda x: np.linalg.det(x / SIDE), (well,)),
        Case("slogdet", lambda x: tg.linalg.slogdet(x)[1], np.linalg.slogdet, (well,)),
        Case(
            "cholesky", lambda x: tg.linalg.cholesky(x), np.linalg.cholesky, (square @ square.T + SIDE * np.eye(SIDE),)
        ),
        Case("erf", lambda x: x.erf(), special.erf, (square,)),
    ]


def _put(x: Array, at: Array, s: Array) -> Array:
    y = x.copy()
    np.put_along_axis(y, at, s, 1)
    return y


def _add(x: Array, at: Array, s: Array) -> Array:
    y = x.copy()
    np.add.at(y, (np.arange(len(x))[:, None], at), s)
    return y


def _add_rows(x: Array, rows: Array, s: Array) -> Array:
    y = x.copy()
    np.add.at(y, rows, s)
    return y


def _distances(x: Array, y: Array) -> Array:
    d = x[:, None] - y
    return np.sqrt((d * d).sum(-1))


FORWARD, BACKWARD = 2.0, 3.0  # at most these times the bare NumPy call, and the forward call

READS = "forward only reads; backward writes a whole gradient"
TWO = "several gradients of the size of the one result"
PASSES = "the value takes one pass over memory, its derivative several"
DENSE = "what is read or written in part passes back an array of the whole"

# What may take longer, and why.
EXCEPTIONS: dict[str, str] = {
    **dict.fromkeys(["amax", "amin", "max", "min", "amax(1)", "norm", "dot", "einsum ij,ij->i"], READS),
    **dict.fromkeys(["add", "sub", "mul", "outer", "kron", "dist"], TWO),
    **dict.fromkeys(["abs", "acos", "asin", "reciprocal", "relu", "div", "pow", "atan2", "maximum", "minimum"], PASSES),
    **dict.fromkeys(["fmax", "fmin", "addcmul", "addcdiv", "clamp", "prod(1)", "cumprod", "cov", "cdist"], PASSES),
    **dict.fromkeys(["x[rows]", "index_select", "scatter"], DENSE),
    "cummax": "it returns the positions too, for which NumPy accumulates a second time",
    "cholesky": "NumPy has no triangular solver: the inverse is computed",
    "det": "the cofactors are computed, so that a singular matrix has its gradient",
}


def measure(case: Case) -> tuple[float, float]:
    """Forward over NumPy's time, backward over forward."""
    xs = [tg.tensor(x, requires_grad=True) for x in case.inputs]
    y = case.ours(*xs)
    g = tg.ones_like(y)
    bare, forward, backward = seconds(
        lambda: case.numpy(*case.inputs),
        lambda: case.ours(*xs),
        lambda: tg.autograd.grad(y, xs, g, retain_graph=True),
        rounds=5,
    )
    return forward / bare, backward / forward


def embedding() -> Result:
    """The gradient of a table of 30,000 x 64 read at 4,096 places."""
    import torch

    table, at = normal(30_000, 64).astype(np.float32), rng.integers(0, 30_000, 4_096)

    def backward_of(library: Any, read: Callable[[Any, Any], Any]) -> Callable[[], Any]:
        weight = library.tensor(table, requires_grad=True)
        y = read(library.tensor(at), weight)
        g = library.ones_like(y)
        return lambda: library.autograd.grad(y, weight, g, retain_graph=True)

    ours, theirs = seconds(
        backward_of(tg, lambda at, weight: weight[at]), backward_of(torch, torch.nn.functional.embedding), number=5
    )
    return Result("embedding backward, 30,000 x 64, 4,096 indices: of torch's time", ours / theirs, "at most 1.0")


def run() -> Iterator[Result]:
    with np.errstate(all="ignore"):
        for case in cases():
            forward, backward = measure(case)
            reason = EXCEPTIONS.get(case.name, "")
            yield Result(f"{case.name}: forward over NumPy", forward, reason or f"at most {FORWARD}")
            yield Result(f"{case.name}: backward over forward", backward, reason or f"at most {BACKWARD}")
    yield embedding()
