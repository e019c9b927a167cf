"""Random programs give PyTorch's values and gradients: views, writes into views, shared parts, broadcasting.

A program is a list of instructions over a pool of tensors, run in both libraries in step; the suite runs 2,000 of
them, in parts that can run side by side. A longer run, of programs that were never run before:

    RANDOM_PROGRAMS=3000 python -m pytest tests/parity/test_random_programs.py
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import tinygrad_opt

torch = pytest.importorskip("torch")

EXAMPLES = int(os.environ.get("RANDOM_PROGRAMS", "2000"))
PARTS = 8
SHAPES = [(3,), (2, 3), (3, 2), (1, 3), (2, 1, 3), ()]

Tensor = Any
Operation = Callable[[Any, Tensor, Tensor, int], Tensor]
OPERATIONS: dict[str, Operation] = {}


class NotApplicableError(Exception):
    """The instruction makes no sense for tensors of these shapes."""


def operation(f: Operation) -> Operation:
    OPERATIONS[f.__name__.strip("_")] = f
    return f


def require(condition: bool) -> None:
    if not condition:
        raise NotApplicableError


def dim_of(x: Tensor, k: int) -> int:
    require(x.ndim > 0)
    return k % x.ndim


def partner(x: Tensor, y: Tensor) -> Tensor:
    """`y`, or its mean where `x` and `y` do not broadcast."""
    try:
        np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    except ValueError:
        return y.mean()
    return y


def filling(x: Tensor, y: Tensor, k: int) -> Tensor:
    """Something bounded that can be written into `x`."""
    try:
        fits = np.broadcast_shapes(tuple(x.shape), tuple(y.shape)) == tuple(x.shape)
    except ValueError:
        fits = False
    return y.tanh() if fits and k % 3 else y.mean().tanh()


def part(x: Tensor, k: int) -> Any:
    """A key of `x` that reads it as a view."""
    require(x.ndim > 0 and x.shape[0] > 0)
    n = x.shape[0]
    first = [slice(None, None, 2), slice(1, None), slice(-1, None), k % n, slice(0, n), None][k % 6]
    return (first, slice(None, 2)) if k % 7 > 4 and x.ndim > 1 else first


def positions(t: Any, x: Tensor, k: int) -> Any:
    require(x.ndim > 0 and x.shape[0] > 0)
    n = x.shape[0]
    return [
        t.from_numpy(np.array([0, n - 1, 0, k % n])),
        [k % n, 0],
        t.from_numpy(np.arange(n) % 2 == k % 2),
        range(n),
    ][k % 4]


for unary_name in ["sin", "cos", "tanh", "sigmoid", "relu", "abs", "neg", "clone", "erf", "flip", "atan"]:
    if unary_name != "flip":
        OPERATIONS[unary_name] = lambda t, x, y, k, name=unary_name: getattr(x, name)()


@operation
def exp(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.tanh().exp()


@operation
def log(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return (x * x + 1).log() if k % 2 else (x * x).log1p()


@operation
def sqrt(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return (x.square() + 0.5).sqrt() if k % 2 else (x**2 + 1).rsqrt()


@operation
def power(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.tanh() ** [2, 3, 1, 0][k % 4] if k % 2 else (x.sigmoid() + 0.1) ** partner(x, y).tanh()


@operation
def clamp(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.clamp(-0.6, 0.7)


@operation
def add(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x + partner(x, y)


@operation
def sub(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return partner(x, y) - x if k % 2 else 1.5 - x


@operation
def mul(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x * partner(x, y) * 0.7


@operation
def div(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    z = partner(x, y)
    return x / (z * z + 1) if k % 2 else 0.5 / (x * x + 1)


@operation
def maximum(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return t.maximum(x, partner(x, y))


@operation
def minimum(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return t.minimum(x, partner(x, y))


@operation
def where(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return t.where(x > 0.1, partner(x, y), 0.25 if k % 2 else x)


@operation
def matmul(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim >= 1 and y.ndim >= 1)
    if k % 2 and x.ndim > 1:
        return x @ x.mT * 0.3
    require(y.ndim > 1 or k % 3 > 0)
    inner = y.shape[-2] if y.ndim > 1 else y.shape[0]
    require(x.shape[-1] == inner and (x.ndim < 3 or y.ndim < 3 or x.shape[:-2] == y.shape[:-2]))
    return x @ y * 0.3


@operation
def einsum(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim == 2 and y.ndim == 2)
    if x.shape == y.shape:
        return t.einsum(["ij,ij->i", "ij,kj->ik", "ij,il->jl", "ij,ij->"][k % 4], x, y) * 0.3
    require(x.shape[1] == y.shape[0])
    return t.einsum(["ij,jk->ki", "ij,jk->i"][k % 2], x, y) * 0.3


def reduction(name: str) -> None:
    def reduce(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
        require(math.prod(x.shape) > 0)
        if name in ("var", "std"):  # of numbers that differ: where all are equal, a rounding error decides the gradient
            require(math.prod(x.shape) > 1)
            x = x + t.from_numpy(np.arange(float(math.prod(x.shape))).reshape(tuple(x.shape)))
        if k % 4 == 0 and name not in ("logsumexp", "cumsum", "softmax", "log_softmax", "amax", "amin"):
            return getattr(x, name)()
        dim = dim_of(x, k)
        require(name not in ("var", "std") or x.shape[dim] > 1)
        if name in ("cumsum", "softmax", "log_softmax"):
            return getattr(x, name)(dim)
        z = getattr(x, name)(dim=dim, keepdim=k % 3 == 0)
        return z[0] if name == "max" else z

    OPERATIONS[name] = reduce


for reduction_name in [
    "sum",
    "mean",
    "var",
    "std",
    "prod",
    "amax",
    "amin",
    "logsumexp",
    "cumsum",
    "softmax",
    "log_softmax",
]:
    reduction(reduction_name)


@operation
def norm(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.norm([2, 1, 3, math.inf][k % 4], dim=dim_of(x, k))


@operation
def largest(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    require(x.shape[dim] > 0)
    return x.max(dim).values if k % 2 else x.topk(1, dim).values


@operation
def sort(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.sort(dim=dim_of(x, k), stable=True).values


# ---- shapes: most of these are views, which later instructions write into -------------------------------------------


@operation
def reshape(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.is_contiguous())
    size = math.prod(x.shape)
    require(size > 0)
    return x.reshape([(-1,), (1, -1), (-1, 1), (2, -1) if size % 2 == 0 else (-1,)][k % 4])


@operation
def transpose(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.transpose(dim_of(x, k), dim_of(x, k + 1)) if k % 2 else x.permute(tuple(range(x.ndim))[::-1])


@operation
def unsqueeze(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.unsqueeze(k % (x.ndim + 1)) if k % 2 else x.squeeze()


@operation
def expand(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.expand(2, *x.shape) * 0.9


@operation
def getitem(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x[part(x, k)]


@operation
def getitem_of_getitem(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    z = x[part(x, k)]
    return z[part(z, k // 2)]


@operation
def index(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x[positions(t, x, k)]


@operation
def diagonal(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 1)
    return x.diagonal(dim1=-2, dim2=-1)


@operation
def narrow(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    require(x.shape[dim] > 1)
    return x.narrow(dim, 1, x.shape[dim] - 1)


@operation
def unfold(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    size = 1 + k % 3
    require(x.shape[dim] >= size)
    return x.unfold(dim, size, 1 + k % 4)


@operation
def unflatten(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    require(x.shape[dim] > 0)
    return x.unflatten(dim, (-1, 2) if x.shape[dim] % 2 == 0 else (1, -1))


@operation
def tensor_split(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    if k % 3 == 0 and x.shape[dim] % 2 == 0:
        return [x.vsplit, x.hsplit, x.dsplit][dim](2)[k % 2] if x.ndim == 3 else x.tensor_split(2, dim)[0]
    return x.tensor_split((1, 2) if k % 2 else 2, dim)[k % 2]


@operation
def movedim(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    first, second = dim_of(x, k), dim_of(x, k // 3)
    return [x.movedim, x.moveaxis, x.swapaxes, x.swapdims][k % 4](first, second)


@operation
def matrix_transpose(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 1 if k % 2 else x.ndim == 2)
    return x.mT if k % 2 else [x.T, x.H, x.t()][k % 3]


@operation
def expanded_view(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.expand(1, *x.shape) if k % 2 else t.atleast_2d(x) if k % 3 else t.atleast_3d(x)


@operation
def diagonal_scatter(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 1)
    z = x.diagonal(k % 2, 0, -1)
    return t.diagonal_scatter(x, filling(z, y, k) + z * 0, k % 2, 0, -1)


@operation
def diag(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 0 and math.prod(x.shape) < 9)
    return [t.diag_embed, t.diagflat][k % 2](x, k % 3 - 1)


@operation
def repeat_interleave(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.repeat_interleave(k % 3, dim_of(x, k)) if k % 2 else t.rot90(x, k // 2) if x.ndim > 1 else x.repeat(2)


@operation
def pile(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim < 3)
    return [t.hstack, t.vstack, t.dstack, t.column_stack][k % 4]([x, x * 2])


@operation
def chunk(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.chunk(2, dim_of(x, k))[0] * 1.1


@operation
def flip(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.flip(dim_of(x, k)) if k % 2 else x.roll(1, dim_of(x, k))


@operation
def cat(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    z = y if tuple(x.shape) == tuple(y.shape) else x * 2
    require(x.ndim > 0)
    return t.cat([x, z], k % x.ndim) if k % 2 else t.stack([x, z, x], k % x.ndim)


@operation
def tril(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 1)
    return x.tril(k % 2) if k % 3 else x.triu()


@operation
def detach(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.detach() * 1


# ---- writes: they change their first tensor and all that shares its memory, or a copy and views of that --------------


def write(f: Callable[[Any, Tensor, Tensor, int], None]) -> Operation:
    def run(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor | None:
        fresh = k % 4 > 0
        if fresh:
            x = x.clone()
        f(t, x, y, k // 4)
        return x if fresh else None

    OPERATIONS[f.__name__.strip("_")] = run
    return run


@write
def add_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    x.add_(filling(x, y, k), alpha=0.5)


@write
def mul_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    x.mul_(filling(x, y, k) if k % 2 else 0.7)


@write
def function_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    getattr(x, ["tanh_", "sin_", "sigmoid_", "neg_", "zero_", "cos_"][k % 6])()


@write
def setitem(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    key = part(x, k)
    x[key] = filling(x[key], y, k // 6) if k % 5 else 0.5


@write
def setitem_of_getitem(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    z = x[part(x, k)]
    key = part(z, k // 2)
    z[key] = filling(z[key], y, k // 6)


@write
def setitem_at_positions(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    key = positions(t, x, [2, 3][k % 2] + 4 * (k // 4))  # without repeats: which write wins is not said in PyTorch
    x[key] = filling(x[key], y, k // 4)


@write
def augmented_setitem(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    key = part(x, k)
    if k % 2:
        x[key] -= filling(x[key], y, k // 6)
    else:
        x[key] *= 0.5


@write
def fill_diagonal_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    require(x.ndim == 2 or (x.ndim > 2 and len(set(x.shape)) == 1))
    x.fill_diagonal_(0.3, wrap=k % 2 == 1)


@write
def copy_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    x.copy_(filling(x, y, k))


@write
def masked_fill_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    numbers = np.arange(math.prod(x.shape)).reshape(tuple(x.shape))
    x.masked_fill_(t.from_numpy(np.asarray(numbers % 3 == k % 3)), 0.3)


# ---- positions: gather, scatter, index_add and their kin, masks, and slices of slices --------------------------------


def index_of(t: Any, x: Tensor, k: int, n: int = 3) -> Tensor:
    """`n` positions along the first dimension of `x`, with repeats."""
    require(x.ndim > 0 and x.shape[0] > 0)
    return t.from_numpy((np.arange(n) * (k + 1) // 2) % x.shape[0])


def index_like(t: Any, x: Tensor, dim: int, k: int) -> Tensor:
    """Positions along `dim`, with repeats: an index of the shape of `x`."""
    size = math.prod(x.shape)
    require(size > 0)
    return t.from_numpy(((np.arange(size) * (k + 1) + k // 5) % x.shape[dim]).reshape(tuple(x.shape)))


def rotated(t: Any, x: Tensor, dim: int, k: int) -> Tensor:
    """As `index_like`, without repeats: which of several writes wins is not said in PyTorch."""
    require(math.prod(x.shape) > 0)
    line = (np.arange(x.shape[dim]) + k) % x.shape[dim]
    line = line.reshape((-1,) + (1,) * (x.ndim - 1 - dim))
    return t.from_numpy(np.array(np.broadcast_to(line, tuple(x.shape))))


def mask_of(t: Any, x: Tensor, k: int) -> Tensor:
    return t.from_numpy(np.asarray(np.arange(math.prod(x.shape)).reshape(tuple(x.shape)) * (k + 2) % 3 == k % 2))


def source(x: Tensor, y: Tensor, k: int) -> Tensor:
    """Something bounded of the shape of `x`."""
    return y.tanh() if tuple(x.shape) == tuple(y.shape) and k % 2 else (x * 0.5).sin()


@operation
def gather(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    return x.gather(dim, index_like(t, x, dim, k))


@operation
def index_select(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.index_select(0, index_of(t, x, k)) if k % 2 else x.take(index_of(t, x.reshape(-1), k, 4))


@operation
def scatter(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    return x.scatter(dim, rotated(t, x, dim, k), source(x, y, k))


@operation
def scatter_reduce(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    how = ["sum", "prod", "mean", "amax", "amin"][k % 5]
    itself = k % 3 > 0 or how[0] == "a"  # of a tie with an element that does not count, PyTorch gives a share away
    return x.tanh().scatter_reduce(dim, index_like(t, x, dim, k), source(x, y, k), how, include_self=itself)


@operation
def masked_select(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    return x.masked_select(mask_of(t, x, k)) * 0.8


@operation
def part_of_part_of_part(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    z = x[part(x, k)]
    z = z[part(z, k // 2)]
    return z[part(z, k // 3)]


@operation
def rows_one_by_one(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    require(x.ndim > 0 and x.shape[0] > 0)
    z = x[0].sin()
    for r in x if k % 2 else x.split(1):
        z = z * 0.5 + r
    return z


@operation
def select_scatter(t: Any, x: Tensor, y: Tensor, k: int) -> Tensor:
    dim = dim_of(x, k)
    require(x.shape[dim] > 0)
    if k % 2:
        return x.select_scatter(x.select(dim, 0).sin(), dim, k % x.shape[dim])
    return x.slice_scatter(x.narrow(dim, 0, 1).sin(), dim, x.shape[dim] - 1)


@write
def index_add_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    x.index_add_(0, index_of(t, x, k), x[index_of(t, x, k + 1)].sin(), alpha=0.5)


@write
def scatter_add_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    dim = dim_of(x, k)
    x.scatter_add_(dim, index_like(t, x, dim, k), source(x, y, k))


@write
def scatter_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    dim = dim_of(x, k)
    if k % 3:
        x.scatter_(dim, rotated(t, x, dim, k), source(x, y, k))
    else:
        x.scatter_(dim, index_like(t, x, dim, k), 0.25)


@write
def index_put_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    i = index_of(t, x, k)
    x.index_put_((i,), filling(x[i], y, k), accumulate=True)


@write
def index_fill_or_copy_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    require(x.ndim > 0 and x.shape[0] > 0)
    n = x.shape[0]
    if k % 2:
        x.index_fill_(0, index_of(t, x, k), 0.3)
    else:
        x.index_copy_(0, t.from_numpy((np.arange(n) + k) % n), source(x, y, k))


@write
def put_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    i = index_of(t, x.detach().reshape(-1), k)
    x.put_(i, x.take(i).sin(), accumulate=True)


@write
def masked_scatter_(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    x.masked_scatter_(mask_of(t, x, k), source(x, y, k))


@write
def masked_setitem(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    mask = mask_of(t, x, k) if k % 2 else x.detach() > 0.05
    if k % 3 == 0:
        x[mask] -= 0.5
    elif k % 3 == 1:
        x[mask] *= y.mean().tanh()
    else:
        x[mask] = x[mask].sin()


@write
def setitem_of_three_parts(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    z = x[part(x, k)]
    z = z[part(z, k // 2)]
    key = part(z, k // 3)
    if k % 2:
        z[key] = filling(z[key], y, k)
    else:
        z[key] *= 1.2


@write
def method_of_part(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    z = x[part(x, k)]
    dim = dim_of(z, k)
    if k % 2:
        z.scatter_add_(dim, index_like(t, z, dim, k), source(z, y, k))
    else:
        z.masked_fill_(mask_of(t, z, k), 0.4)


@write
def through_data(t: Any, x: Tensor, y: Tensor, k: int) -> None:
    z = x.clone()
    z.data[part(z, k)] = 0.7
    with t.no_grad():
        z *= 1.1
    x.copy_(z)


def leaves(library: Any, shapes: list[tuple[int, ...]], moved: float = 0.0) -> list[Tensor]:
    tensors = []
    for i, shape in enumerate(shapes):
        rng = np.random.default_rng(i)
        x, direction = rng.uniform(-1, 1, shape), rng.normal(size=shape)
        tensors.append(library.from_numpy(np.asarray(x + moved * direction)).requires_grad_())
    return tensors


Step = tuple[str, int, int, int]


def step(library: Any, pool: list[Tensor], instruction: Step) -> None:
    name, i, j, k = instruction
    result = OPERATIONS[name](library, pool[i % len(pool)], pool[j % len(pool)], k)
    if result is not None:
        if math.prod(result.shape) > 64 or result.ndim > 4:
            raise NotApplicableError
        pool.append(result)


def total(library: Any, pool: list[Tensor]) -> Tensor:
    """One number that depends on every element of every tensor of the pool, each in its own way."""
    terms = []
    for n, x in enumerate(pool):
        w = np.sin(np.arange(1.0 + n, 1.0 + n + math.prod(x.shape))).reshape(tuple(x.shape))
        terms.append((x * library.from_numpy(w)).sum())
    return sum(terms[1:], terms[0])


def rerun(shapes: list[tuple[int, ...]], done: list[Step], moved: float) -> float:
    pool = [x * 1 for x in leaves(tinygrad_opt, shapes, moved)]
    for instruction in done:
        step(tinygrad_opt, pool, instruction)
    return float(total(tinygrad_opt, pool).item())


def slope(xs: list[Tensor]) -> float:
    """The derivative along the direction in which `leaves` moves, from the gradients."""
    parts = []
    for i, x in enumerate(xs):
        rng = np.random.default_rng(i)
        rng.uniform(size=tuple(x.shape))
        parts.append((x.grad.numpy() * rng.normal(size=tuple(x.shape))).sum())
    return float(sum(parts))


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs_have_pytorchs_values_and_gradients(part: int) -> None:
    again = "RANDOM_PROGRAMS" not in os.environ
    options = settings(
        max_examples=EXAMPLES // PARTS, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    instruction = st.tuples(st.sampled_from(sorted(OPERATIONS)), *[st.integers(0, 60)] * 3)
    programs = given(
        st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3),
        st.integers(5, 40).flatmap(lambda n: st.lists(instruction, min_size=n, max_size=n)),
    )
    run = options(programs(check))
    (seed(part) if again else seed(int.from_bytes(os.urandom(4))))(run)()


def check(shapes: list[tuple[int, ...]], program: list[Step]) -> None:
    ours, theirs = leaves(tinygrad_opt, shapes), leaves(torch, shapes)
    our_pool, their_pool = [x * 1 for x in ours], [x * 1 for x in theirs]
    done = []
    for instruction in program:
        x, y = (pool[instruction[1] % len(pool)] for pool in (our_pool, their_pool))
        if instruction[0] == "reshape" and x.is_contiguous() != y.is_contiguous():
            continue  # a view in one library, a copy in the other: layouts of results are not promised
        try:
            step(torch, their_pool, instruction)
        except (NotApplicableError, RuntimeError):  # PyTorch refuses some writes that are possible here
            continue
        step(tinygrad_opt, our_pool, instruction)
        done.append(instruction)
    for n, (x, y) in enumerate(zip(our_pool, their_pool, strict=True)):
        np.testing.assert_allclose(x.detach().numpy(), y.detach().numpy(), rtol=1e-9, atol=1e-9, err_msg=f"tensor {n}")
        assert x.requires_grad == y.requires_grad, f"tensor {n}"
    try:
        total(torch, their_pool).backward()
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)  # noqa: PT017
        check_against_differences(shapes, done, ours, our_pool)
        return
    total(tinygrad_opt, our_pool).backward()
    for n, (x, y) in enumerate(zip(ours, theirs, strict=True)):
        np.testing.assert_allclose(
            x.grad.numpy(), y.grad.numpy(), rtol=1e-8, atol=1e-8, err_msg=f"gradient of leaf {n}"
        )


def check_against_differences(
    shapes: list[tuple[int, ...]], done: list[Step], xs: list[Tensor], pool: list[Tensor]
) -> None:
    """Where PyTorch refuses to differentiate: the same refusal here, or a gradient that is right."""
    try:
        total(tinygrad_opt, pool).backward()
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)  # noqa: PT017
        return
    if {"detach", "through_data"} & {name for name, *_ in done}:
        return  # differences do not know of them
    eps = 1e-6
    before, here, after = [rerun(shapes, done, moved) for moved in (-eps, 0.0, eps)]
    if (after - here) / eps == pytest.approx((here - before) / eps, rel=1e-3, abs=1e-3):  # not at a kink
        assert slope(xs) == pytest.approx((after - before) / (2 * eps), rel=1e-4, abs=1e-4)
