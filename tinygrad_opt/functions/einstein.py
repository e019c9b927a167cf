"""Sums of products in Einstein's notation."""

from __future__ import annotations

import string
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import products as rows
from ..autograd.graph import Variable
from ..autograd.record import record
from .products import require_same_dtype, require_tensor
from .shape import expand, permute

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["einsum"]


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products in Einstein's notation; `...` stands for any dimensions, broadcast. As torch.einsum.

    Or each operand followed by its subscripts as numbers, and last those of the result: einsum(a, [0, 1], b, [1], [0]).

    >>> torch.einsum("ij,j->i", torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])
    """
    if isinstance(equation, Variable):
        equation, operands = _spelled((equation, *operands))
    xs = list(operands[0] if len(operands) == 1 and isinstance(operands[0], Sequence) else operands)
    if not xs:
        raise ValueError("einsum(): must specify the equation string and at least one operand")
    terms, result = _explicit(equation, [require_tensor("einsum", x).ndim for x in xs])
    for x in xs[1:]:
        require_same_dtype("einsum", xs[0], x)
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


def _spelled(args: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The equation and the operands of einsum(operand, subscripts, ..., subscripts of the result, if any)."""
    lists = args[1::2] if len(args) % 2 == 0 else (*args[1:-1:2], args[-1])
    for part in lists:
        if not isinstance(part, list | tuple):
            raise TypeError(f"einsum(): expected a list of subscripts after each operand, got {type(part).__name__}")
        if any(k is not Ellipsis and not (isinstance(k, int) and 0 <= k < 52) for k in part):
            raise ValueError(f"einsum(): subscript in subscript list {part} is not within the valid range [0, 52)")
    letters = string.ascii_uppercase + string.ascii_lowercase
    words = ["".join("..." if k is Ellipsis else letters[k] for k in part) for part in lists]
    if len(args) % 2 == 0:
        return ",".join(words), args[::2]
    return ",".join(words[:-1]) + "->" + words[-1], args[:-1:2]


def _explicit(equation: str, ndims: list[int]) -> tuple[list[str], str]:
    """The terms and the result of an equation, with letters for `...` and the result written out."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    for letter in equation.replace("...", ""):
        if letter not in string.ascii_letters and letter not in " ,->":
            raise RuntimeError(
                f"einsum(): invalid subscript {letter!r} in {equation!r}, subscripts must be in [a-zA-Z]"
            )
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
