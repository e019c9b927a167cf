"""Dimensions as users write them: negative, several, or all; `dim` and `keepdim`, or NumPy's `axis` and `keepdims`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from ..autograd.graph import Variable

Dims = int | Sequence[int] | None
P = ParamSpec("P")
R = TypeVar("R")
_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim"}


def numpy_names(fn: Callable[P, R]) -> Callable[P, R]:
    """Let `fn` understand NumPy's `axis` and `keepdims` for its `dim` and `keepdim`, and refuse what is no tensor."""

    @functools.wraps(fn)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs:
            for theirs, ours in _NUMPY_NAMES.items():
                if theirs in kwargs:
                    if ours in kwargs:
                        raise TypeError(f"{fn.__name__}(): got both {ours!r} and {theirs!r}; write only one of them")
                    kwargs[ours] = kwargs.pop(theirs)
        try:
            return fn(*args, **kwargs)
        except AttributeError:
            first = args[0] if args else kwargs.get("input")
            if isinstance(first, Variable):
                raise
            raise TypeError(
                f"{fn.__name__}(): expected a Tensor, got {type(first).__name__}; write tensor(...) around it"
            ) from None

    return call


def one_dim(name: str, dim: int, ndim: int) -> int:
    """`dim` counted from the front; IndexError if there is no such dimension, TypeError if it is a bool."""
    if dim is True or dim is False:
        raise TypeError(f"{name}(): dim must be an int, not {dim}; write keepdim={dim} if that is meant")
    if not -max(ndim, 1) <= dim < max(ndim, 1):
        low, high = -max(ndim, 1), max(ndim, 1) - 1
        raise IndexError(
            f"{name}(): Dimension out of range (expected to be in range of [{low}, {high}], but got {dim})"
        )
    return dim % ndim if ndim else 0


def all_dims(name: str, dim: Dims, ndim: int) -> tuple[int, ...]:
    """`dim` as a tuple counted from the front; None and () are all dimensions. RuntimeError if one comes twice."""
    if dim is None:
        return tuple(range(ndim))
    if isinstance(dim, int):
        return (one_dim(name, dim, ndim),)[:ndim]
    dims = tuple([one_dim(name, d, ndim) for d in dim])
    if len(set(dims)) < len(dims):
        raise RuntimeError(f"{name}(): a dim appears multiple times in the list of dims {tuple(dim)}")
    return dims or tuple(range(ndim))
