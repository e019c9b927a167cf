"""Derivatives of products of matrices and vectors, and of distances between their rows."""

# mypy: disable-error-code="has-type"
# (a row may name itself as its way back)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import derivative, primitive
from .arithmetic import plain, select
from .reduction import vector_norm

# Operands have two dimensions at least: vectors are lifted where matmul is called.
matmul = derivative(np.matmul, a=lambda g, b: _product(g, b.mT), b=lambda g, a: _product(a.mT, g), name="mm")


def _product(a: Any, b: Any) -> Any:
    """a @ b; a column times a long row (or one number) is several times as fast by broadcasting."""
    return a * b if a.shape[-1] == 1 and not 1 < b.shape[-1] < 16 else a @ b


@primitive(
    name="linalg_cross",
    a=lambda g, b, axis: cross(b, g, axis=axis),
    b=lambda g, a, axis: cross(g, a, axis=axis),
)
def cross(a: Any, b: Any, axis: int) -> Any:
    return np.cross(a, b, axis=axis)


@primitive(variadic=True, xs=lambda g, i, xs, subscripts: _einsum_gradient(g, i, xs, subscripts))
def einsum(*xs: Any, subscripts: str) -> Any:
    """np.einsum of explicit subscripts, where no operand repeats an index or is alone with one."""
    operands, _, result = subscripts.partition("->")
    terms, arrays = operands.split(","), list(xs)
    order = [(0, 1)] if len(xs) == 2 else np.einsum_path(subscripts, *xs, optimize="greedy")[0][1:]
    for step in order:
        chosen = [(terms[i], arrays[i]) for i in step]
        terms = [term for i, term in enumerate(terms) if i not in step]
        arrays = [x for i, x in enumerate(arrays) if i not in step]
        while len(chosen) > 1:
            (a, x), (b, y) = chosen.pop(), chosen.pop()
            needed = set(result).union(*terms, *[term for term, _ in chosen])
            last = not terms and not chosen
            c = result if last else "".join([letter for letter in dict.fromkeys(a + b) if letter in needed])
            chosen.append((c, _contract(x, y, a, b, c)))
        terms.append(chosen[0][0])
        arrays.append(chosen[0][1])
    return arrays[0]


def _contract(x: Any, y: Any, a: str, b: str, result: str) -> Any:
    """Two operands of subscripts `a` and `b`, summed over some that they share: one product of (stacked) matrices."""
    stack = [c for c in a if c in b and c in result]
    summed = [c for c in a if c in b and c not in result]
    left, right = [c for c in a if c not in b], [c for c in b if c not in a]
    if stack and not left and not right:  # nothing to make matrices of
        return np.einsum(f"{a},{b}->{result}", x, y)
    x = x.transpose([a.index(c) for c in stack + left + summed])
    y = y.transpose([b.index(c) for c in stack + summed + right])
    m, n = len(stack), len(stack) + len(left)
    shape = x.shape[:n] + y.shape[m + len(summed) :]
    rows, inner, columns = math.prod(x.shape[m:n]), math.prod(x.shape[n:]), math.prod(shape[n:])
    x, y = x.reshape((*x.shape[:m], rows, inner)), y.reshape((*x.shape[:m], inner, columns))
    z = x @ y if summed else x * y
    order = stack + left + right
    return z.reshape(shape).transpose([order.index(c) for c in result])


def _einsum_gradient(g: Any, i: int, xs: tuple[Any, ...], subscripts: str) -> Any:
    operands, _, result = subscripts.partition("->")
    terms = operands.split(",")
    wanted = terms[i]
    terms[i] = result
    return einsum(*xs[:i], g, *xs[i + 1 :], subscripts=",".join(terms) + "->" + wanted)


@primitive(
    a=lambda g, y, a, b, p: _cdist_gradient(g, y, a, b, p),
    b=lambda g, y, a, b, p: _cdist_gradient(g.mT, y.mT, b, a, p),
)
def cdist(a: Any, b: Any, p: float) -> Any:
    """The p-norms of the differences between every row of `a` and every row of `b`."""
    y = np.zeros((*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-2]), a.dtype)
    if a.shape[-1]:
        for rows in _blocks(y, a):
            d = a[..., rows, None, :] - b[..., None, :, :]
            y[..., rows, :] = vector_norm.fn(d, p, (d.ndim - 1,), False)
    return y


def _blocks(y: Any, a: Any) -> list[slice]:
    """The rows of `y` in parts whose differences fit the cache; at least one part."""
    n = y.shape[-2]
    step = max(1, 2**16 * n // max(1, math.prod(y.shape) * a.shape[-1]))
    return [slice(i, i + step) for i in range(0, max(n, 1), step)]


def _cdist_gradient(g: Any, y: Any, a: Any, b: Any, p: float) -> Any:
    parts = [
        (g[..., rows, :, None] * _direction(a[..., rows, None, :] - b[..., None, :, :], y[..., rows, :, None], p)).sum(
            axis=-2
        )
        for rows in _blocks(y, a)
    ]
    return np.concatenate(parts, -2)


def _direction(d: Any, y: Any, p: float) -> Any:
    """The gradient of y, the p-norm of d: 0 where that is 0, and 1 for all that tie for the largest, as in PyTorch."""
    if p == 0:
        return np.zeros_like(d)
    if p == 1:
        return np.sign(d)
    if p == math.inf:
        return np.sign(d) * (np.abs(plain(d)) == plain(y)).astype(plain(d).dtype)
    same = plain(y) == 0
    share = d / select(1.0, y, condition=same)
    if p == 2:
        return select(0.0, share, condition=same)
    absent = plain(d) == 0
    return select(0.0, np.sign(d) * np.abs(select(1.0, share, condition=absent)) ** (p - 1), condition=absent)
