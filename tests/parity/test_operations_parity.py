"""Every operation gives PyTorch's values, dtypes, gradients, second gradients and sharing of memory: a row a case."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt.functions import shape as shapes

torch = pytest.importorskip("torch")

Array = np.ndarray[Any, Any]
rng = np.random.default_rng(0)


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


def positive(*shape: int) -> Array:
    return rng.uniform(0.5, 2.0, shape)


def unit(*shape: int) -> Array:
    return rng.uniform(-0.9, 0.9, shape)


def whole(high: int, *shape: int) -> Array:
    return rng.integers(0, high, shape)


def given(values: Any) -> Array:
    return np.array(values)


class Case(NamedTuple):
    """`call(library, *inputs)`, the same text for both libraries; inputs of floats want gradients."""

    name: str
    call: Callable[..., Any]
    inputs: tuple[Array, ...]


CASES: list[Case] = []


def row(name: str, call: Callable[..., Any], *inputs: Array) -> None:
    CASES.append(Case(name, call, inputs))


def fn(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """The library's function of that name, given the tensors and then these arguments."""
    return lambda torch, *xs: getattr(torch, name)(*xs, *args, **kwargs)


def method(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """The first tensor's method of that name, given the other tensors and then these arguments."""
    return lambda torch, x, *xs: getattr(x, name)(*xs, *args, **kwargs)


# ---- functions of one number ----------------------------------------------------------------------------------------

for name in [
    "exp",
    "expm1",
    "square",
    "abs",
    "sign",
    "sin",
    "cos",
    "tanh",
    "sinh",
    "cosh",
    "atan",
    "erf",
    "sigmoid",
    "relu",
    "floor",
    "ceil",
    "trunc",
    "round",
    "neg",
    "exp2",
]:
    row(name, fn(name), normal(2, 3))
for name in ["log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal"]:
    row(name, fn(name), positive(2, 3))
for name in ["tan", "asin", "acos"]:
    row(name, fn(name), unit(2, 3))
for name in ["exp", "sqrt", "tanh", "relu", "erf", "abs", "round"]:
    row(f"{name} of a 0-d tensor", fn(name), positive())
    row(f"{name} of nothing", fn(name), normal(0, 3))
row(
    "erf far out",
    lambda torch, x: torch.erf(x),
    given([-30.0, -6.5, -5.9, -1.0, -0.99, 1e-8, 1.0, 1.01, 3.0, 5.9, 6.5]),
)
row("sigmoid far out", lambda torch, x: torch.sigmoid(x), given([-800.0, -40.0, 0.0, 40.0, 800.0]))
row("round to digits", lambda torch, x: torch.round(x, decimals=2), normal(5))
row("round to tens", lambda torch, x: torch.round(x * 100, decimals=-1), normal(5))
row("-x", lambda torch, x: -x, normal(3))
row("+x", lambda torch, x: +x, normal(3))
row("abs(x)", lambda torch, x: abs(x), normal(3))
row("clone", lambda torch, x: x.clone(), normal(2, 3))
row("clamp", lambda torch, x: torch.clamp(x, -0.5, 0.5), normal(8))
row("clamp from below", lambda torch, x: x.clamp(min=0.1), normal(8))
row("clamp from above", lambda torch, x: x.clamp(max=0.1), normal(8))
row("clamp with bounds crossed", lambda torch, x: x.clamp(0.5, -0.5), normal(8))
row("clamp between tensors", lambda torch, x, low, high: torch.clamp(x, low, high), normal(4, 3), unit(3), positive(3))
row("clamp below a tensor", lambda torch, x, high: torch.clamp(x, max=high), normal(4, 3), unit(3))
row("cast to float32", lambda torch, x: x.float() * 2, normal(3))
row("cast to integers", lambda torch, x: (x.long(), x.int() * 2, x.bool()), normal(3) * 3)
row("cast to half", lambda torch, x: x.half().double() * 2, given([0.5, 1.25]))
row("cast there and back", lambda torch, x: x.float().double() * x, normal(3))

# ---- two operands ---------------------------------------------------------------------------------------------------

SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((), ()), ((3,), ()), ((), (3,)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((1, 1), ()),
    ((4, 2, 3), (2, 1)), ((2, 1), (4, 2, 3)), ((0, 3), (3,)), ((4, 0), (4, 1)), ((1,), (0,)), ((1, 3), (1, 3)),
]  # fmt: skip
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]
for op, (a, b) in itertools.product(OPERATORS, SHAPES):
    row(f"{op.__name__} {a} {b}", lambda torch, a, b, op=op: op(a, b), positive(*a), positive(*b))
for op, number in itertools.product(OPERATORS, [2, 2.5, -3, 0.5]):
    row(f"x {op.__name__} {number}", lambda torch, x, op=op, number=number: op(x, number), positive(2, 3))
    if op is not operator.mod:  # PyTorch has no gradient for it
        row(f"{number} {op.__name__} x", lambda torch, x, op=op, number=number: op(number, x), positive(2, 3))
row("x + True", lambda torch, x: x + True + (True * x) / True, normal(3))
for name, shape in itertools.product(["atan2", "maximum", "minimum"], SHAPES):
    row(
        f"{name} {shape}",
        fn(name),
        normal(*shape[0]),
        normal(*shape[1]),
    )
row("negative bases", lambda torch, x: x**3 + x**2.0 + x**-1 + x**1 + x**0, normal(6))
row("powers of tensors", lambda torch, x, y: torch.pow(x, y), positive(2, 3), normal(3))
row("remainders of both signs", lambda torch, x, y: torch.remainder(x, y), normal(8) * 5, given([1.5, -1.5] * 4))
row("add with alpha", lambda torch, x, y: torch.add(x, y, alpha=2), normal(3), normal(3))
row("sub with alpha", lambda torch, x, y: torch.sub(x, y, alpha=0.5), normal(3), normal(2, 3))
row("add with alpha, a number", lambda torch, x: torch.add(x, 3, alpha=2), normal(3))
row("div rounded down", lambda torch, x, y: torch.div(x, y, rounding_mode="floor"), normal(6) * 9, positive(6))
row("div rounded to zero", lambda torch, x, y: torch.div(x, y, rounding_mode="trunc"), normal(6) * 9, positive(6))
row("floor_divide", lambda torch, x: (x.detach() // 0.5) + torch.floor_divide(x.detach(), 2), normal(6) * 5)
row("same tensor twice", lambda torch, x: x + x * x - x / x, positive(3))
row("a diamond", lambda torch, x: (y := x * 2) * y + y, normal(3))
row("where", lambda torch, x, y: torch.where(x > y, x, y), normal(2, 3), normal(3))
row("where with a number", lambda torch, x: torch.where(x > 0, x, 0.0), normal(5))
row("where with an int", lambda torch, x: torch.where(x > 0, 1, x), normal(5))
row("where with two numbers", lambda torch, x: torch.where(x > 0, 1.0, 2.0), normal(5))
row("where of a broadcast condition", lambda torch, c, x: torch.where(c > 0, x, x * 2), normal(2, 1, 3), normal(4, 3))
row("where, the positions", lambda torch, x: torch.where(x > 0), normal(2, 3))
row("Tensor.where", lambda torch, x: x.where(x > 0, -x), normal(5))

# ---- comparisons and logic ------------------------------------------------------------------------------------------

for op in [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(3, 4, 3), whole(3, 3))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 1.0), op(1, a)), normal(4, 3).round())
    row(f"torch.{op.__name__}", fn(op.__name__), whole(3, 4), whole(3, 4))
for op in [operator.and_, operator.or_, operator.xor]:
    row(f"{op.__name__}", lambda torch, a, b, op=op: op(a, b), whole(8, 5), whole(8, 5))
    row(f"{op.__name__} of masks", lambda torch, a, b, op=op: op(a > 0, b > 0), normal(5), normal(5))
    row(f"{op.__name__} a number", lambda torch, a, op=op: (op(a, 3), op(3, a)), whole(8, 5))
row("~", lambda torch, a, b: (~a, ~(b > 0)), whole(8, 5), normal(5))
row("logical_not", lambda torch, a: torch.logical_not(a), given([0.0, 1.0, -2.0]))
row(
    "isnan isinf isfinite",
    lambda torch, x: (x.isnan(), x.isinf(), x.isfinite()),
    given([1.0, math.nan, math.inf, -math.inf]),
)
row("isclose", lambda torch, x: torch.isclose(x, x + 1e-9), normal(3))

# ---- reductions -----------------------------------------------------------------------------------------------------

DIMS: list[Any] = [None, 0, 1, -1, (0,), (0, 2), (-1, 0), (0, 1, 2)]
for name in ["sum", "mean", "amax", "amin"]:
    for dim, keepdim in itertools.product(DIMS, [False, True]):
        if dim is not None or name in ("sum", "mean"):
            row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim=dim, keepdim=keepdim), normal(2, 3, 4))
for name in ["var", "std"]:
    for dim, keepdim, correction in itertools.product(DIMS, [False, True], [0, 1, 2]):
        options = {"dim": dim, "keepdim": keepdim, "correction": correction}
        row(f"{name} dim={dim} keepdim={keepdim} correction={correction}", fn(name, **options), normal(3, 3, 4))
    row(f"{name} of all", method(name), normal(2, 3))
    row(f"{name} unbiased=False", method(name, unbiased=False), normal(2, 3))
    row(f"{name} (False)", method(name, False), normal(2, 3))
    row(f"{name} (1, True)", method(name, 1, True), normal(2, 3))
    row(f"{name} (0, unbiased=False)", method(name, 0, unbiased=False), normal(2, 3))
    row(f"{name} NumPy's names", method(name, axis=0, keepdims=True), normal(2, 3))
for name in ["sum", "mean", "amax", "amin", "prod"]:
    row(f"{name} of all", method(name), normal(2, 3))
    row(f"{name} of a 0-d tensor", method(name), normal())
    row(f"{name} of a 0-d tensor, dim=0", method(name, 0), normal())
    row(f"{name} of no rows", method(name, 1), normal(0, 3))
    row(f"{name} NumPy's names", method(name, axis=-1, keepdims=True), normal(2, 3))
for name in ["sum", "mean", "prod"]:
    row(f"{name} of nothing", method(name), normal(0))
    row(f"{name} of empty rows", method(name, 1), normal(3, 0))
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(dtype=x.float().dtype), normal(3))
row("sum of an empty tuple of dims", lambda torch, x: torch.sum(x, dim=()), normal(2, 3))
for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
    row(f"prod dim={dim} keepdim={keepdim}", fn("prod", dim=dim, keepdim=keepdim), normal(2, 3, 4))
row("prod with zeros", lambda torch, x: torch.prod(x, 1), given([[0.0, 2, 3], [0, 0, 3], [0, 0, 0], [1, 2, 3]]))
for name in ["max", "min"]:
    row(f"{name}", method(name), normal(2, 3))
    row(f"{name} of a 0-d tensor", lambda torch, x, name=name: tuple(getattr(x, name)(0)), normal())
    row(f"{name} of two", lambda torch, x, y, name=name: getattr(torch, name)(x, y), normal(2, 3), normal(3))
    for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim), normal(2, 3, 4))
for name in ["argmax", "argmin"]:
    row(f"{name}", fn(name), normal(2, 3))
    row(f"{name} keepdim", lambda torch, x, name=name: getattr(torch, name)(x, keepdim=True), normal(2, 3))
    row(f"{name} of a 0-d tensor", lambda torch, x, name=name: getattr(torch, name)(x, 0), normal())
    for dim, keepdim in itertools.product([0, 1, -1], [False, True]):
        row(f"{name} dim={dim} keepdim={keepdim}", fn(name, dim, keepdim=keepdim), normal(2, 3, 4))
for name in ["any", "all"]:
    row(f"{name}", lambda torch, x, name=name: getattr(torch, name)(x > 0), normal(2, 3))
    row(f"{name} of numbers", lambda torch, x, name=name: getattr(torch, name)(x, dim=1), whole(2, 4, 3))
    row(f"{name} of nothing", lambda torch, x, name=name: getattr(torch, name)(x > 0, dim=0), normal(0, 3))
    row(f"{name} keepdim", lambda torch, x, name=name: getattr(torch, name)(x > 0, 1, keepdim=True), normal(2, 3))
for dim, keepdim in itertools.product([0, -1, (0, 1)], [False, True]):
    row(f"logsumexp dim={dim} keepdim={keepdim}", fn("logsumexp", dim, keepdim), normal(3, 4))
row("logsumexp of large numbers", lambda torch, x: x.logsumexp(0), given([1e4, 1e4 + 1, -1e4]))
row("logsumexp with -inf", lambda torch, x: x.logsumexp(1), given([[-math.inf, 0.0, 1.0], [2.0, -math.inf, -math.inf]]))
row("logsumexp of a 0-d tensor", lambda torch, x: x.logsumexp(0), normal())
for name in ["softmax", "log_softmax"]:
    for dim in [0, 1, -1]:
        row(f"{name} dim={dim}", fn(name, dim), normal(2, 3, 4))
    row(f"{name} of large numbers", method(name, 0), given([1e4, 1e4 + 1, -1e4]))
    row(f"{name} of a 0-d tensor", method(name, 0), normal())
    row(f"{name} of nothing", method(name, 1), normal(3, 0))
    row(f"{name} as float32", lambda torch, x, name=name: getattr(x, name)(0, dtype=x.float().dtype), normal(3))
row("cumsum", lambda torch, x: torch.cumsum(x, 0), normal(3, 4))
row("cumsum dim=-1", lambda torch, x: x.cumsum(dim=-1), normal(3, 4))
row("cumsum of a 0-d tensor", lambda torch, x: x.cumsum(0), normal())
row("cumsum of nothing", lambda torch, x: x.cumsum(0), normal(0, 2))
for p in ["fro", 0.5, 1, 2, 3, 2.5, -1, math.inf, -math.inf]:
    row(f"norm p={p}", fn("norm", p), normal(2, 3))
    row(f"norm p={p} dim=1", fn("norm", p=p, dim=1, keepdim=True), normal(2, 3))
row("norm p=0", lambda torch, x: torch.norm(x.detach(), 0, dim=1), given([[0.0, 2, 0], [1, 1, 0]]))
row("norm of two dims", lambda torch, x: x.norm(dim=(0, 2)), normal(2, 3, 4))
row("norm of a 0-d tensor", lambda torch, x: x.norm(), normal())
row("norm of nothing", lambda torch, x: x.norm(), normal(0))

# ---- shapes ---------------------------------------------------------------------------------------------------------

row("reshape", lambda torch, x: x.reshape(3, -1), normal(2, 6))
row("reshape a tuple", lambda torch, x: x.reshape((4, 3)), normal(2, 6))
row("torch.reshape", lambda torch, x: torch.reshape(x, (4, 3)), normal(2, 6))
row("reshape a transpose", lambda torch, x: x.T.reshape(-1) * 2, normal(2, 3))
row("reshape to 0-d", lambda torch, x: x.reshape(()), normal(1, 1))
row("reshape of nothing", lambda torch, x: x.reshape(3, -1), normal(0, 3))
row("view", lambda torch, x: x.view(3, 4) * 2, normal(2, 6))
row("view [-1]", lambda torch, x: x.view([-1]), normal(2, 6))
row("view a Size", lambda torch, x: x.view(x.T.size()), normal(2, 6))
row("view_as reshape_as", lambda torch, x, y: (x.view_as(y), x.T.reshape_as(y)), normal(2, 6), normal(3, 4))
row("flatten", lambda torch, x: x.flatten(), normal(2, 3, 4))
row("flatten from 1", lambda torch, x: torch.flatten(x, 1), normal(2, 3, 4))
row("flatten 0 to 1", lambda torch, x: torch.flatten(x, start_dim=0, end_dim=-2), normal(2, 3, 4))
row("flatten a 0-d tensor", lambda torch, x: x.flatten(), normal())
row("ravel", lambda torch, x: torch.ravel(x), normal(2, 3))
row("transpose", lambda torch, x: x.transpose(0, 1) * 2, normal(2, 3, 4))
row("transpose -1 -3", lambda torch, x: torch.transpose(x, -1, -3), normal(2, 3, 4))
row("transpose a 0-d tensor", lambda torch, x: x.transpose(0, -1), normal())
row("permute", lambda torch, x: x.permute(2, 0, 1), normal(2, 3, 4))
row("permute a tuple", lambda torch, x: torch.permute(x, (1, -1, 0)), normal(2, 3, 4))
row("T", lambda torch, x: x.T, normal(2, 3))
row("mT", lambda torch, x: x.mT, normal(2, 3, 4))
row("t()", lambda torch, x: (x.t(), x[0].t()), normal(2, 3))
row("movedim", lambda torch, x: torch.movedim(x, 0, -1), normal(2, 3, 4))
row("movedim several", lambda torch, x: x.movedim((0, 2), (1, 0)), normal(2, 3, 4))
row("squeeze", lambda torch, x: x.squeeze(), normal(1, 3, 1))
row("squeeze one", lambda torch, x: x.squeeze(0), normal(1, 3, 1))
row("squeeze a dim that is not 1", lambda torch, x: x.squeeze(1), normal(1, 3, 1))
row("squeeze two", lambda torch, x: x.squeeze((0, -1)), normal(1, 3, 1))
row("unsqueeze", lambda torch, x: x.unsqueeze(1), normal(2, 3))
row("unsqueeze at the end", lambda torch, x: torch.unsqueeze(x, -1), normal(2, 3))
row("unsqueeze a 0-d tensor", lambda torch, x: x.unsqueeze(0), normal())
row("expand", lambda torch, x: x.expand(4, -1, 3) * 2, normal(2, 1))
row("expand a tuple", lambda torch, x: x.expand((2, 3)), normal(3))
row("expand a 0-d tensor", lambda torch, x: x.expand(2, 3), normal())
row("expand to nothing", lambda torch, x: x.expand(0, 3), normal(1, 3))
row("expand_as", lambda torch, x, y: x.expand_as(y), normal(1, 3), normal(2, 3))
row("broadcast_to", lambda torch, x: torch.broadcast_to(x, (2, 3)), normal(3))
row("cat", lambda torch, x, y: torch.cat([x, y]), normal(2, 3), normal(1, 3))
row("cat dim=1", lambda torch, x, y: torch.cat((x, y, x), dim=1), normal(2, 3), normal(2, 1))
row("cat with an empty vector", lambda torch, x, y: torch.cat([y.detach(), x, y.detach()]), normal(2, 3), normal(0))
row("cat of one", lambda torch, x: torch.cat([x]), normal(2, 3))
row("cat promotes", lambda torch, x, y: torch.cat([x, y]), normal(3), whole(9, 2))
row("stack", lambda torch, x, y: torch.stack([x, y]), normal(2, 3), normal(2, 3))
row("stack dim=-1", lambda torch, x, y: torch.stack((x, y), dim=-1), normal(2, 3), normal(2, 3))
row("stack of 0-d tensors", lambda torch, x, y: torch.stack([x, y, x]), normal(), normal())
row("stack promotes", lambda torch, x, y: torch.stack([x, y]), normal(3), whole(9, 3))
row("split", lambda torch, x: torch.split(x, 2), normal(5, 2))
row("split dim=1", lambda torch, x: x.split([1, 3, 0], dim=1), normal(2, 4))
row("split of nothing", lambda torch, x: torch.split(x, 2), normal(0, 2))
row("chunk", lambda torch, x: torch.chunk(x, 3), normal(7, 2))
row("chunk more than there are", lambda torch, x: x.chunk(5, -1), normal(2, 3))
row("unbind", lambda torch, x: torch.unbind(x), normal(3, 2))
row("unbind dim=-1", lambda torch, x: x.unbind(-1), normal(2, 3))
row("narrow", lambda torch, x: torch.narrow(x, 1, 1, 2), normal(3, 4))
row("iteration", lambda torch, x: [r * i for i, r in enumerate(x)], normal(3, 2))
row("flip", lambda torch, x: torch.flip(x, [0]), normal(2, 3))
row("flip dims", lambda torch, x: torch.flip(x, dims=(0, -1)), normal(2, 3, 2))
row("flip method", lambda torch, x: x.flip(1), normal(2, 3))
row("flip method, two", lambda torch, x: x.flip(0, 1), normal(2, 3))
row("roll", lambda torch, x: torch.roll(x, 1), normal(2, 3))
row("roll dim", lambda torch, x: torch.roll(x, -2, 1), normal(2, 3))
row("roll two dims", lambda torch, x: x.roll((1, 5), (0, 1)), normal(2, 3))
row("roll shifts= dims=", lambda torch, x: x.roll(shifts=1, dims=0), normal(2, 3))
row("flip no dims", lambda torch, x: torch.flip(x, []), normal(2, 3))
row("roll by nothing", lambda torch, x: torch.roll(x, 0, 0), normal(2, 3))
row("tile once", lambda torch, x: torch.tile(x, (1, 1)), normal(2, 3))
row("tile", lambda torch, x: torch.tile(x, (2,)), normal(2, 3))
row("tile with dims added", lambda torch, x: x.tile(2, 1, 3), normal(2, 3))
row("repeat", lambda torch, x: x.repeat(2, 3), normal(2, 3))
row("repeat with dims added", lambda torch, x: x.repeat((4, 1, 2)), normal(2, 3))
row("repeat no times", lambda torch, x: x.repeat(0, 2), normal(2, 3))
row("tril", lambda torch, x: torch.tril(x), normal(3, 4))
row("triu", lambda torch, x: torch.triu(x, diagonal=1), normal(4, 3))
row("tril of a stack", lambda torch, x: x.tril(-1), normal(2, 3, 3))
row("diagonal", lambda torch, x: torch.diagonal(x), normal(3, 4))
row("diagonal offset", lambda torch, x: x.diagonal(1), normal(3, 4))
row("diagonal below", lambda torch, x: x.diagonal(offset=-1, dim1=2, dim2=0), normal(3, 2, 4))
row("contiguous", lambda torch, x: x.T.contiguous(), normal(2, 3))
for widths in [(1, 2), (0, 0), (-1, 1), (1, 0, 2, 1), (-1, -1, 1, 1), (0, 1, -1, 0)]:
    row(f"pad {widths}", lambda torch, x, widths=widths: functional(torch).pad(x, widths), normal(3, 4))
row("pad with a value", lambda torch, x: functional(torch).pad(x, (1, 1), value=3.5), normal(3))
row("pad mode constant", lambda torch, x: functional(torch).pad(x, (2,) * 2, "constant", -1), normal(3, 2))


def functional(library: Any) -> Any:
    return shapes if library is tinygrad_opt else torch.nn.functional


# ---- reading, gathering, sorting (keys of all kinds: test_indexing_parity.py) ----------------------------------------

row("gather", lambda torch, x, i: torch.gather(x, 1, i), normal(3, 4), whole(4, 3, 2))
row("gather dim=0", lambda torch, x, i: x.gather(0, i), normal(3, 4), whole(3, 5, 2))
row("gather of a 0-d tensor", lambda torch, x, i: torch.gather(x, 0, i), normal(), given(0))
row("gather nothing", lambda torch, x, i: torch.gather(x, 0, i), normal(3, 4), whole(3, 0, 4))
row("scatter_add", lambda torch, x, i, s: torch.scatter_add(x, 0, i, s), normal(3, 4), whole(3, 2, 4), normal(2, 4))
row(
    "scatter_add of a larger src",
    lambda torch, x, i, s: x.scatter_add(1, i, s.detach()),
    normal(3, 4),
    whole(4, 2, 5),
    normal(3, 6),
)
row("index_select", lambda torch, x, i: torch.index_select(x, 0, i), normal(3, 4), given([2, 0, 2]))
row("index_select dim=-1", lambda torch, x, i: x.index_select(-1, i), normal(3, 4), given([2, 0, 2, 1]))
row("index_select a 0-d index", lambda torch, x, i: x.index_select(0, i), normal(3, 4), given(1))
row("take_along_dim", lambda torch, x, i: torch.take_along_dim(x, i, 1), normal(3, 4), whole(4, 3, 2))
row("take_along_dim broadcast", lambda torch, x, i: torch.take_along_dim(x, i, dim=1), normal(3, 4), whole(4, 1, 2))
row(
    "take_along_dim of a broadcast input",
    lambda torch, x, i: torch.take_along_dim(x, i, 1),
    normal(1, 4),
    whole(4, 3, 2),
)
row("take_along_dim flat", lambda torch, x, i: torch.take_along_dim(x, i), normal(3, 4), whole(12, 2, 2))
row("sort", lambda torch, x: torch.sort(x), normal(3, 4))
row("sort descending", lambda torch, x: x.sort(0, descending=True), normal(3, 4))
row("sort stable, with ties", lambda torch, x: torch.sort(x, stable=True), given([2.0, 1, 2, 1, 0, 2]))
row(
    "sort stable, descending",
    lambda torch, x: tuple(torch.sort(x, stable=True, descending=True)),
    given([2.0, 1, 2, 1, 0]),
)
row("sort of a 0-d tensor", lambda torch, x: x.sort(), normal())
row("sort of nothing", lambda torch, x: x.sort(), normal(2, 0))
row("argsort", lambda torch, x: (torch.argsort(x), x.argsort(0, True)), normal(3, 4))
row("topk", lambda torch, x: torch.topk(x, 2), normal(3, 4))
row("topk smallest", lambda torch, x: x.topk(2, dim=0, largest=False), normal(3, 4))
row("topk of a 0-d tensor", lambda torch, x: x.topk(1), normal())
row("topk none", lambda torch, x: x.topk(0), normal(3))
row("masked_fill", lambda torch, x: x.masked_fill(x > 0, -1.5), normal(3, 4))
row("masked_fill by a broadcast mask", lambda torch, x, m: torch.masked_fill(x, m > 0, 0), normal(3, 4), normal(4))
row("masked_fill of a broadcast input", lambda torch, x, m: torch.masked_fill(x, m > 0, 2), normal(4), normal(3, 1))
row("masked_fill with a tensor", lambda torch, x, v: x.masked_fill(x > 0, v), normal(3), normal())

# ---- matrix products ------------------------------------------------------------------------------------------------

PRODUCTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)),
    ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)), ((2, 3), (3, 0)), ((0, 2, 3), (3, 4)), ((1, 3), (3, 1)),
    ((2, 5, 2, 3), (3,)), ((3,), (2, 5, 3, 4)), ((5, 0, 3), (3, 4)),
]  # fmt: skip
for a, b in PRODUCTS:
    row(f"{a} @ {b}", lambda torch, a, b: a @ b, normal(*a), normal(*b))
row("matmul", lambda torch, a, b: (torch.matmul(a, b), a.matmul(b)), normal(2, 3), normal(3, 4))
row("dot", lambda torch, a, b: (torch.dot(a, b), a.dot(b)), normal(3), normal(3))
row("mv", lambda torch, a, b: (torch.mv(a, b), a.mv(b)), normal(2, 3), normal(3))
row("mm", lambda torch, a, b: (torch.mm(a, b), a.mm(b)), normal(2, 3), normal(3, 4))
row("bmm", lambda torch, a, b: (torch.bmm(a, b), a.bmm(b)), normal(5, 2, 3), normal(5, 3, 4))
row("outer", lambda torch, a, b: (torch.outer(a, b), a.outer(b)), normal(2), normal(3))
row("matrix by itself", lambda torch, a: a @ a + a.T @ a, normal(3, 3))
EQUATIONS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ij->ji", [(2, 3)]),
    ("ij->", [(2, 3)]),
    ("ij->j", [(2, 3)]),
    ("ii->i", [(3, 3)]),
    ("ii", [(3, 3)]),
    ("ii->", [(3, 3)]),
    ("iij->j", [(3, 3, 2)]),
    ("i,j->ij", [(2,), (3,)]),
    ("i,i->", [(3,), (3,)]),
    ("i,i", [(3,), (3,)]),
    ("bij,bjk->bik", [(5, 2, 3), (5, 3, 4)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (3, 4)]),
    ("...ij,...jk", [(5, 2, 3), (5, 3, 4)]),
    ("i...->...i", [(2, 3, 4)]),
    ("...i->...", [(2, 3)]),
    ("ij,kj,kl->il", [(2, 3), (4, 3), (4, 5)]),
    ("ij,kl->ij", [(2, 3), (4, 5)]),
    ("ba", [(2, 3)]),
    ("bn,anm,bm->ba", [(2, 3), (5, 3, 4), (2, 4)]),
    (" i j , j -> i ", [(2, 3), (3,)]),
    ("ij,j->ij", [(2, 3), (3,)]),
    ("ij,ij->", [(2, 3), (2, 3)]),
    ("iji->j", [(3, 2, 3)]),
    ("ij,ij->ij", [(2, 1), (2, 3)]),
    ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
    ("i,i,i->i", [(3,), (3,), (3,)]),
    ("ij->i", [(2, 0)]),
    ("iiii->i", [(2, 2, 2, 2)]),
]
for equation, operands in EQUATIONS:
    row(
        f"einsum {equation} {operands}",
        lambda torch, *xs, equation=equation: torch.einsum(equation, *xs),
        *[normal(*s) for s in operands],
    )
row("einsum of a list", lambda torch, a, b: torch.einsum("ij,jk->ik", [a, b]), normal(2, 3), normal(3, 4))
row("einsum of one tensor twice", lambda torch, a: torch.einsum("ij,kj->ik", a, a), normal(2, 3))

# ---- in place -------------------------------------------------------------------------------------------------------


def in_place(name: str, *args: Any, base: Array | None = None, **kwargs: Any) -> None:
    def call(torch: Any, x: Any, *others: Any) -> Any:
        y = x * 1
        assert getattr(y, name)(*others, *args, **kwargs) is y
        return y

    others = [a for a in args if isinstance(a, np.ndarray)]
    args = tuple(a for a in args if not isinstance(a, np.ndarray))
    row(
        f"{name} {args} {kwargs or ''}{[o.shape for o in others] or ''}",
        call,
        positive(2, 3) if base is None else base,
        *others,
    )


for name in [
    "neg_",
    "abs_",
    "sqrt_",
    "rsqrt_",
    "reciprocal_",
    "exp_",
    "log_",
    "sin_",
    "cos_",
    "tanh_",
    "sigmoid_",
    "relu_",
    "square_",
    "floor_",
    "ceil_",
    "round_",
    "zero_",
]:
    in_place(name)
for name in [
    "add_",
    "sub_",
    "mul_",
    "div_",
    "pow_",
    "remainder_",
    "__iadd__",
    "__isub__",
    "__imul__",
    "__itruediv__",
    "__ipow__",
]:
    in_place(name, 2.5)
    in_place(name, positive(3))
    in_place(name, positive())
in_place("add_", positive(3), alpha=2)
in_place("sub_", positive(3), alpha=2)
in_place("clamp_", 0.7, 1.2)
in_place("clamp_", max=1.2)
in_place("fill_", 3)
in_place("fill_", positive())
in_place("copy_", positive(3))
in_place("copy_", positive(2, 3))
row("masked_fill_", lambda torch, x: (x * 1).masked_fill_(x > 0, 7.0), normal(3, 4))
row("scatter_add_", lambda torch, x, i, s: (x * 1).scatter_add_(0, i, s), normal(3), given([0, 2, 0]), normal(3))


# ---- how the rows are run -------------------------------------------------------------------------------------------


def leaves(library: Any, arrays: Any, dtype: Any = None) -> list[Any]:
    """Tensors of `arrays` in their own memory layout; those of floats require grad."""
    tensors = []
    for array in arrays:
        floating = array.dtype.kind == "f"
        if dtype is not None and floating:
            array = array.astype(dtype)
        t = library.from_numpy(array.copy(order="K"))
        tensors.append(t.requires_grad_() if floating else t)
    return tensors


def outputs(result: Any) -> list[Any]:
    return [t for r in result for t in outputs(r)] if isinstance(result, tuple | list) else [result]


def values(t: Any) -> Array:
    return t.detach().numpy() if isinstance(t, tinygrad_opt.Tensor) else t.detach().numpy(force=True)


def weights(shape: Any) -> Array:
    return np.cos(1.0 + np.arange(math.prod(shape), dtype=np.float64)).reshape(tuple(shape))


def weighted(library: Any, ys: list[Any]) -> Any:
    """One number to differentiate, which tells every output apart; None if none of them requires grad."""
    with np.errstate(invalid="ignore"):  # infinities of both signs
        terms = [
            (y * library.from_numpy(weights(y.shape).astype(values(y).dtype))).sum() for y in ys if y.requires_grad
        ]
        return sum(terms[1:], terms[0]) if terms else None


def assert_same(ours: list[Any], theirs: list[Any], rtol: float, what: str) -> None:
    assert len(ours) == len(theirs)
    for x, y in zip(ours, theirs, strict=True):
        if x is None or y is None:
            assert x is y, what
            continue
        a, b = values(x), values(y)
        assert type(a) is np.ndarray
        assert (a.shape, a.dtype) == (b.shape, b.dtype), what
        assert x.requires_grad == y.requires_grad, what
        tolerance = max(rtol, 3e-5) if a.dtype == np.float32 else rtol
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def run(library: Any, case: Case, inputs: Any, dtype: Any = None) -> tuple[list[Any], list[Any]]:
    """The outputs, and the gradients of all inputs."""
    xs = leaves(library, inputs, dtype)
    with np.errstate(all="ignore"):
        ys = outputs(case.call(library, *xs))
    total = weighted(library, ys)
    if total is not None:
        total.backward()
    return ys, [x.grad for x in xs]


def params() -> Iterator[Any]:
    names: dict[str, int] = {}
    for case in CASES:
        n = names[case.name] = names.get(case.name, 0) + 1
        assert n == 1, f"two rows are called {case.name!r}"
        yield pytest.param(case, id=case.name)


ALL = list(params())
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:torch")


@pytest.mark.parametrize("case", ALL)
def test_values_and_gradients_are_pytorchs(case: Case) -> None:
    ours, theirs = run(tinygrad_opt, case, case.inputs), run(torch, case, case.inputs)
    assert_same(ours[0], theirs[0], 1e-12, "value")
    assert_same(ours[1], theirs[1], 1e-6 if "float32" in case.name else 1e-11, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_float32_stays_float32(case: Case) -> None:
    ours, theirs = run(tinygrad_opt, case, case.inputs, np.float32), run(torch, case, case.inputs, np.float32)
    assert_same(ours[0], theirs[0], 3e-5, "value")
    assert_same(ours[1], theirs[1], 3e-4, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_the_layout_of_the_inputs_does_not_matter(case: Case) -> None:
    spread = []
    for x in case.inputs:
        wide = np.zeros((*x.shape[::-1], 2), x.dtype)
        wide[..., 0] = x.T
        spread.append(wide[..., 0].T)  # the same elements, in the other order and with gaps between them
    plain = run(tinygrad_opt, case, case.inputs)
    xs = []
    for x in spread:
        t = tinygrad_opt.from_numpy(x)
        xs.append(t.requires_grad_() if x.dtype.kind == "f" else t)
    try:
        with np.errstate(all="ignore"):
            ys = outputs(case.call(tinygrad_opt, *xs))
    except RuntimeError as error:
        assert "Use .reshape" in str(error)  # noqa: PT017  (a view of such a layout is refused, as in PyTorch)
        return
    total = weighted(tinygrad_opt, ys)
    if total is not None:
        total.backward()
    assert_same(ys, plain[0], 1e-12, "value")
    assert_same([x.grad for x in xs], plain[1], 1e-11, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_inputs_are_left_alone_and_only_views_share_their_memory(case: Case) -> None:
    ours, theirs = leaves(tinygrad_opt, case.inputs), leaves(torch, case.inputs)
    with np.errstate(all="ignore"):
        results, expected = outputs(case.call(tinygrad_opt, *ours)), outputs(case.call(torch, *theirs))
    total = weighted(tinygrad_opt, results)
    if total is not None:
        total.backward()
    for x, array in zip(ours, case.inputs, strict=True):
        np.testing.assert_array_equal(values(x), array)
    for y, z in zip(results, expected, strict=True):
        for x, w in zip(ours, theirs, strict=True):
            if values(y).size and values(x).size:
                shared = z.untyped_storage().data_ptr() == w.untyped_storage().data_ptr()
                assert np.may_share_memory(values(y), values(x)) == shared
    grads = [values(x.grad) for x in ours if x.grad is not None]
    for i, g in enumerate(grads):
        assert g.flags.writeable
        assert not any(np.may_share_memory(g, other) for other in [*grads[:i], *map(values, [*ours, *results])])


def second(library: Any, case: Case) -> list[Any] | None:
    """The gradients of a weighted sum of the gradients, of the inputs and of the outputs' weights."""
    xs = leaves(library, case.inputs)
    with np.errstate(all="ignore"):
        ys = [y for y in outputs(case.call(library, *xs)) if y.requires_grad]
    wanted = [x for x in xs if x.requires_grad]
    if not ys or not wanted:
        return None
    seeds = [library.from_numpy(weights(y.shape).astype(values(y).dtype)).requires_grad_() for y in ys]
    grads = library.autograd.grad(ys, wanted, seeds, create_graph=True, allow_unused=True)
    total = weighted(library, [g for g in grads if g is not None])
    if total is None:
        return [*grads, *[library.zeros_like(x) for x in [*wanted, *seeds]]]
    return [*grads, *library.autograd.grad(total, [*wanted, *seeds], allow_unused=True, materialize_grads=True)]


@pytest.mark.parametrize("case", ALL)
def test_second_derivatives_are_pytorchs(case: Case) -> None:
    ours, theirs = second(tinygrad_opt, case), second(torch, case)
    assert (ours is None) == (theirs is None)
    for x, y in zip(ours or [], theirs or [], strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            tolerance = 1e-9 if values(x).dtype == np.float64 and "float32" not in case.name else 1e-5
            np.testing.assert_allclose(values(x), values(y), rtol=tolerance, atol=tolerance)


# ---- which dtype a result has ---------------------------------------------------------------------------------------

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
UNARY = """
    exp log sqrt sin tanh sigmoid erf rsqrt reciprocal log1p exp2 atan
    abs sign neg square floor ceil trunc round relu clone isnan isfinite logical_not bitwise_not
    sum mean prod amax amin max min argmax argmin any all cumsum var std norm softmax logsumexp
""".split()  # noqa: SIM905  (a list would be a screenful)
NEEDS_DIM = {"cumsum", "softmax", "logsumexp"}
BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "eq", "lt", "and_", "or_", "xor"]

# PyTorch refuses these for booleans; here NumPy computes them where it can. any() and all() give bool for uint8 too.
ONLY_NUMBERS = {"sub", "floordiv", "mod", "pow", "square", "abs", "sign", "relu", "argmax", "argmin", "floor", "ceil"}
ONLY_NUMBERS |= {"trunc", "round"}


def outcome(library: Any, call: Callable[..., Any], arrays: tuple[Array, ...]) -> Any:
    """The dtype, shape and values of a result; or that it is refused."""
    try:
        with np.errstate(all="ignore"):
            y = values(call(library, *[library.from_numpy(x) for x in arrays]))
    except (RuntimeError, TypeError):
        return "refused"
    return y.dtype.name, y.shape, y.tolist()


def assert_same_outcome(call: Callable[..., Any], *arrays: Array) -> None:
    ours, theirs = outcome(tinygrad_opt, call, arrays), outcome(torch, call, arrays)
    case = [x.dtype.name for x in arrays], ours, theirs
    if "refused" in (ours, theirs):
        assert ours == theirs, case
    else:
        assert ours[:2] == theirs[:2], case
        assert np.allclose(ours[2], theirs[2], rtol=2e-3, equal_nan=True), case


@pytest.mark.parametrize("name", UNARY)
def test_dtypes_of_functions_of_one_tensor_are_pytorchs(name: str) -> None:
    for dtype in DTYPES:
        if (dtype == "bool" and name in ONLY_NUMBERS) or (dtype == "uint8" and name in ("any", "all")):
            continue
        assert_same_outcome(fn(name, 0) if name in NEEDS_DIM else fn(name), np.array([0, 1, 1], dtype))


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", [((2,), (2,)), ((), (2,)), ((2,), ()), ((), ())], ids=str)
def test_dtypes_of_two_tensors_are_promoted_as_in_pytorch(name: str, shapes: tuple[Any, Any]) -> None:
    op = getattr(operator, name)
    for a, b in itertools.product(DTYPES, DTYPES):
        if "bool" in (a, b) and (name == "sub" or (a == b and name in ONLY_NUMBERS)):
            continue
        assert_same_outcome(lambda torch, x, y: op(x, y), np.full(shapes[0], 1, a), np.full(shapes[1], 3, b))


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shape", [(2,), ()], ids=str)
@pytest.mark.parametrize("number", [True, 2, 1.5])
def test_python_numbers_promote_as_in_pytorch(name: str, shape: Any, number: Any) -> None:
    op = getattr(operator, name)
    for dtype in DTYPES:
        if name in ONLY_NUMBERS and (dtype == "bool" or (number is True and name == "sub")):
            continue
        assert_same_outcome(lambda torch, x: op(x, number), np.full(shape, 3, dtype))
        assert_same_outcome(lambda torch, x: op(number, x), np.full(shape, 3, dtype))


@pytest.mark.parametrize("a", DTYPES)
def test_where_cat_and_result_type_promote_as_in_pytorch(a: str) -> None:
    mask = np.array([True, False])
    for b, shape in itertools.product(DTYPES, [(2,), ()]):
        x, y = np.ones(2, a), np.full(shape, 2, b)
        assert_same_outcome(lambda torch, m, s, t: torch.where(m, s, t), mask, x, y)
        assert_same_outcome(lambda torch, m, s, t: torch.where(m, t, s), mask, x, y)
        assert_same_outcome(lambda torch, m, t: torch.where(m, 1.5, t), mask, y)
        assert_same_outcome(lambda torch, m, t: torch.where(m, t, 1), mask, y)
        if shape:
            assert_same_outcome(lambda torch, s, t: torch.cat([s, t]), x, y)
            assert_same_outcome(lambda torch, s, t: torch.stack([s, t]), x, y)
        dtype = tinygrad_opt.result_type(tinygrad_opt.from_numpy(x), tinygrad_opt.from_numpy(y))
        assert f"torch.{dtype}" == str(torch.result_type(torch.from_numpy(x), torch.from_numpy(y)))
        assert f"torch.{tinygrad_opt.promote_types(a, b)}" == str(
            torch.promote_types(getattr(torch, a), getattr(torch, b))
        )
