"""Products of matrices and vectors."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import linalg as rows
from ..autograd.graph import Variable
from ..autograd.record import binary, record
from .shape import expand, permute, reshape

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "bmm",
    "dot",
    "einsum",
    "matmul",
    "mm",
    "mv",
    "outer",
]


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product: of two vectors a number, of stacks of matrices a stack, broadcast. As torch.matmul.

    >>> torch.ones(2, 3) @ torch.ones(3)
    tensor([3., 3.])
    """
    a, b = _array("matmul", input), _array("matmul", other)
    if a.ndim == 0 or b.ndim == 0:
        raise RuntimeError(f"matmul(): both arguments need to be at least 1D, but they are {a.ndim}D and {b.ndim}D")
    if a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        m, n = (a.shape if a.ndim > 1 else (1, *a.shape)), (b.shape if b.ndim > 1 else (*b.shape, 1))
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({m[-2]}x{m[-1]} and {n[-2]}x{n[-1]}): "
            f"matmul() of shapes {a.shape} and {b.shape}"
        )
    if a.dtype != b.dtype:
        raise RuntimeError(f"matmul(): expected m1 and m2 to have the same dtype, but got: {a.dtype} != {b.dtype}")
    if a.ndim == 2 and b.ndim == 2:
        return binary(rows.matmul, input, other)
    if b.ndim == 1:  # a vector is a matrix of one column, or of one row on the left
        return reshape(matmul(input, reshape(other, (*b.shape, 1))), a.shape[:-1])
    if a.ndim == 1:
        return reshape(matmul(reshape(input, (1, *a.shape)), other), (*b.shape[:-2], b.shape[-1]))
    if b.ndim == 2:  # one matrix for the whole stack: one large product
        return reshape(
            matmul(reshape(input, (math.prod(a.shape[:-1]), a.shape[-1])), other), (*a.shape[:-1], b.shape[-1])
        )
    stacks = zip(a.shape[-3::-1], b.shape[-3::-1], strict=False)
    for i, (m, n) in enumerate(stacks, 3):
        if m != n and 1 not in (m, n):
            raise RuntimeError(
                f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension "
                f"{max(a.ndim, b.ndim) - i}: matmul() of shapes {a.shape} and {b.shape}"
            )
    return binary(rows.matmul, input, other)


def _array(name: str, x: Any) -> Any:
    if not isinstance(x, Variable):
        raise TypeError(f"{name}(): expected a Tensor, got {type(x).__name__}")
    return x.array


def _with_dims(name: str, x: Tensor, ndim: int) -> None:
    if _array(name, x).ndim != ndim:
        raise RuntimeError(f"{name}(): expected a {ndim}D tensor, but got {x.array.ndim}D of shape {x.shape}")


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors, as torch.dot."""
    _with_dims("dot", input, 1)
    _with_dims("dot", tensor, 1)
    if input.array.shape != tensor.array.shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {list(input.shape)} and src {list(tensor.shape)} to have the "
            "same number of elements: dot()"
        )
    return matmul(input, tensor)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, as torch.mm."""
    _with_dims("mm", input, 2)
    _with_dims("mm", mat2, 2)
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector, as torch.mv."""
    _with_dims("mv", input, 2)
    _with_dims("mv", vec, 1)
    return matmul(input, vec)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two equal stacks of matrices, as torch.bmm."""
    _with_dims("bmm", input, 3)
    _with_dims("bmm", mat2, 3)
    if input.array.shape[0] != mat2.array.shape[0]:
        raise RuntimeError(f"bmm(): batch sizes must match: {input.shape} and {mat2.shape}")
    return matmul(input, mat2)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The product of every element of one vector with every one of another, as torch.outer."""
    _with_dims("outer", input, 1)
    _with_dims("outer", vec2, 1)
    return reshape(input, (-1, 1)) * vec2


def einsum(equation: str, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation, as torch.einsum; `...` stands for any dimensions, broadcast.

    >>> torch.einsum("ij,j->i", torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])
    """
    xs = list(operands[0] if len(operands) == 1 and isinstance(operands[0], Sequence) else operands)
    terms, result = _explicit(equation, [_array("einsum", x).ndim for x in xs])
    for i, x in enumerate(xs):
        elsewhere = set(result).union(*terms[:i], *terms[i + 1 :])
        terms[i], xs[i] = _without_own(terms[i], x, elsewhere)
    sizes: dict[str, int] = {}
    for term, x in zip(terms, xs, strict=True):
        for letter, n in zip(term, x.array.shape, strict=True):
            if sizes.setdefault(letter, n) != n and 1 not in (n, sizes[letter]):
                raise RuntimeError(
                    f"einsum(): operands do not broadcast with remapped shapes: {equation!r} of shapes "
                    f"{[tuple(x.shape) for x in xs]}"
                )
            sizes[letter] = max(sizes[letter], n) if 0 not in (n, sizes[letter]) else 0
    if len(xs) == 1:
        return permute(xs[0], [terms[0].index(letter) for letter in result])
    for i, (term, x) in enumerate(zip(terms, xs, strict=True)):
        shape = tuple([sizes[letter] for letter in term])
        if x.array.shape != shape:
            xs[i] = expand(x, shape)
    return record(rows.einsum, xs, {"subscripts": ",".join(terms) + "->" + result})


def _explicit(equation: str, ndims: list[int]) -> tuple[list[str], str]:
    """The terms and the result of an equation, with letters for `...` and the result written out."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        raise RuntimeError(f"einsum(): {equation!r} names {len(terms)} operands, but {len(ndims)} were given")
    unused = [letter for letter in string.ascii_letters if letter not in equation]
    widest = max(
        [n - len(term.replace("...", "")) for term, n in zip(terms, ndims, strict=True) if "..." in term] or [0]
    )
    dots = "".join(unused[:widest])
    for i, (term, n) in enumerate(zip(terms, ndims, strict=True)):
        width = n - len(term.replace("...", ""))
        if width < 0 or (width and "..." not in term):
            raise RuntimeError(
                f"einsum(): the number of subscripts in {term!r} of {equation!r} does not match {n} dims"
            )
        terms[i] = term.replace("...", dots[len(dots) - width :])
    if arrow:
        result = result.replace("...", dots)
    else:
        letters = "".join(terms)
        result = dots + "".join(sorted(letter for letter in set(letters) - set(dots) if letters.count(letter) == 1))
    unknown = set(result) - set("".join(terms))
    if unknown or len(set(result)) < len(result):
        raise RuntimeError(f"einsum(): the output of {equation!r} names a subscript twice, or one that no operand has")
    return terms, result


def _without_own(term: str, x: Tensor, elsewhere: set[str]) -> tuple[str, Tensor]:
    """One operand with repeated subscripts taken as diagonals, and those that nobody else has summed."""
    for letter in dict.fromkeys(term):
        while term.count(letter) > 1:
            i = term.index(letter)
            j = term.index(letter, i + 1)
            if x.shape[i] != x.shape[j]:
                raise RuntimeError(f"einsum(): subscript {letter} is repeated, but the sizes don't match: {x.shape}")
            x = x.diagonal(0, i, j)
            term = term[:i] + term[i + 1 : j] + term[j + 1 :] + letter
    alone = [i for i, letter in enumerate(term) if letter not in elsewhere]
    return ("".join(c for c in term if c in elsewhere), x.sum(alone)) if alone else (term, x)
