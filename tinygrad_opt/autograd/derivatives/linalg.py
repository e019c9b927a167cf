"""Derivatives of matrix products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..table import derivative, primitive

# Operands have two dimensions at least: vectors are lifted where matmul is called.
matmul = derivative(np.matmul, a=lambda g, b: g @ b.mT, b=lambda g, a: a.mT @ g, name="mm")


@primitive(variadic=True, xs=lambda g, i, xs, subscripts: _einsum_gradient(g, i, xs, subscripts))
def einsum(*xs: Any, subscripts: str) -> Any:
    """np.einsum of explicit subscripts, where no operand repeats an index or is alone with one."""
    terms, _, result = subscripts.partition("->")
    if len(xs) == 2:
        a, b = terms.split(",")
        if not set(a) & set(b) <= set(result):
            return _contract(*xs, a, b, result)
    return np.einsum(subscripts, *xs, optimize=True)


def _contract(x: Any, y: Any, a: str, b: str, result: str) -> Any:
    """Two operands of subscripts `a` and `b`, summed over some that they share: one product of (stacked) matrices."""
    stack = [c for c in a if c in b and c in result]
    summed = [c for c in a if c in b and c not in result]
    left, right = [c for c in a if c not in b], [c for c in b if c not in a]
    x = x.transpose([a.index(c) for c in stack + left + summed])
    y = y.transpose([b.index(c) for c in stack + summed + right])
    m, n = len(stack), len(stack) + len(left)
    rows, inner, columns = math.prod(x.shape[m:n]), math.prod(x.shape[n:]), math.prod(y.shape[m + len(summed) :])
    z = x.reshape((*x.shape[:m], rows, inner)) @ y.reshape((*x.shape[:m], inner, columns))
    order = stack + left + right
    return z.reshape(x.shape[:n] + y.shape[m + len(summed) :]).transpose([order.index(c) for c in result])


def _einsum_gradient(g: Any, i: int, xs: tuple[Any, ...], subscripts: str) -> Any:
    operands, _, result = subscripts.partition("->")
    terms = operands.split(",")
    wanted = terms[i]
    terms[i] = result
    return einsum(*xs[:i], g, *xs[i + 1 :], subscripts=",".join(terms) + "->" + wanted)
