"""Which NumPy function means what on Tensors: a table that the families fill, and what they share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ..autograd import promotion
from ..autograd.graph import Variable, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor

FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}


Ours = TypeVar("Ours", bound=Callable[..., Any])


def implements(*functions: Callable[..., Any]) -> Callable[[Ours], Ours]:
    """As a decorator: what these NumPy functions do with Tensors, with NumPy's arguments and defaults."""

    def enter(ours: Ours) -> Ours:
        FUNCTIONS.update(dict.fromkeys(functions, ours))
        return ours

    return enter


def as_tensor(x: Any) -> Tensor:
    return x if isinstance(x, Variable) else wrap(np.asarray(x))  # type: ignore[return-value]  # a user's Variable is one


def promoted(arrays: Iterable[Any]) -> list[Tensor]:
    """Tensors of one dtype."""
    tensors = [as_tensor(x) for x in arrays]
    dtype = promotion.result_type(*tensors)
    return [x.to(dtype) for x in tensors]


def flat_if_none(a: Any, axis: int | None, default: int = 0) -> tuple[Tensor, int]:
    """The tensor and the axis to work along: without an axis, NumPy works on the flattened array."""
    x = as_tensor(a)
    return (x.ravel(), default) if axis is None else (x, axis)


def require_c(name: str, order: str | None) -> None:
    """TypeError for Fortran's order, which Tensors do not have."""
    if order not in ("C", "K", "A", None):
        raise TypeError(f"{name} on a Tensor has order 'C' only, not {order!r}; transpose first")


def axes_of(axis: Any, ndim: int) -> tuple[int, ...]:
    """`axis` as a tuple counted from the front; None is all axes."""
    if axis is None:
        return tuple(range(ndim))
    return tuple([d % ndim for d in (axis if isinstance(axis, tuple | list) else (axis,))])


def grouped(a: Tensor, axis: Any, keepdims: bool) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """`a` with the reduced axes made one, the last; and how a result without it gets NumPy's shape."""
    axes = axes_of(axis, a.ndim)
    rest = [i for i in range(a.ndim) if i not in axes]
    shape = a.array.shape
    kept = tuple([1 if i in axes else n for i, n in enumerate(shape)]) if keepdims else tuple([shape[i] for i in rest])
    size = math.prod([shape[i] for i in axes])
    return a.permute([*rest, *axes]).reshape([*[shape[i] for i in rest], size]), lambda y: y.reshape(kept)
