"""NumPy's functions on Tensors: `np.exp(t)`, `np.sum(t, axis=0)`, `array * t` keep the graph.

Each takes NumPy's arguments and NumPy's defaults. What is not here is refused when it is called, by name, rather than
losing the gradient.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .autograd import promotion
from .autograd.graph import Variable, wrap
from .autograd.record import binary, unary
from .autograd.table import TABLE
from .functions import (
    arithmetic,
    comparison,
    cumulative,
    diagonals,
    einstein,
    elementwise,
    joining,
    ordering,
    products,
    reduction,
    scattering,
    splitting,
    statistics,
)
from .functions import shape as shapes
from .functions.dims import all_dims

if TYPE_CHECKING:
    from .tensor import Tensor


def call_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What `ufunc(*inputs)` means where one of the inputs is a Tensor."""
    name = f"np.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if method != "__call__" or kwargs:
        options = ", ".join(kwargs) or "this form"
        raise TypeError(f"{name} on a Tensor does not take {options}; call it without, or use the tensor's own methods")
    if ufunc is np.matmul:
        return products.matmul(as_tensor(inputs[0]), as_tensor(inputs[1]))
    op = TABLE.get(ufunc)
    if op is None:
        raise TypeError(_refusal(name))
    operands = [x if promotion.is_number(x) else as_tensor(x) for x in inputs]
    return unary(op, operands[0]) if len(operands) == 1 else binary(op, operands[0], operands[1])


def call_function(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What the NumPy function `func` means where one of its arguments is a Tensor."""
    ours = FUNCTIONS.get(func)
    name = f"{func.__module__.replace('numpy', 'np')}.{func.__name__}"
    if ours is None:
        raise TypeError(_refusal(name))
    if kwargs.get("out") is not None:
        raise TypeError(f"{name} on a Tensor does not take out=; use what it returns")
    try:
        return ours(*args, **kwargs)
    except TypeError:
        try:
            inspect.signature(ours).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name} on a Tensor: {error}") from None
        raise


def _refusal(name: str) -> str:
    return (
        f"{name} has no derivative here, and would lose the gradient of a Tensor; "
        "for the values alone, call it on tensor.detach().numpy()"
    )


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {}


def implements(*functions: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """As a decorator: what these NumPy functions do with Tensors."""

    def enter(ours: Callable[..., Any]) -> Callable[..., Any]:
        FUNCTIONS.update(dict.fromkeys(functions, ours))
        return ours

    return enter


def as_tensor(x: Any) -> Tensor:
    return x if isinstance(x, Variable) else wrap(np.asarray(x))  # type: ignore[return-value]  # a user's Variable is one


def _reducer(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, dtype=None, out=None, keepdims=False: ours(
        a if dtype is None else a.to(dtype), axis, bool(keepdims)
    )


def _extreme(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, out=None, keepdims=False: ours(a, axis, bool(keepdims))


def _spread(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, correction=None: ours(
        a, axis, keepdim=bool(keepdims), correction=ddof if correction is None else correction
    )


def _position(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda a, axis=None, out=None, *, keepdims=False: ours(a, axis, keepdims)


FUNCTIONS |= {
    np.sum: _reducer(reduction.sum),
    np.mean: _reducer(reduction.mean),
    np.prod: _reducer(reduction.prod),
    np.var: _spread(statistics.var),
    np.std: _spread(statistics.std),
    np.amax: _extreme(reduction.amax),
    np.amin: _extreme(reduction.amin),
    np.max: _extreme(reduction.amax),
    np.min: _extreme(reduction.amin),
    np.any: _extreme(reduction.any),
    np.all: _extreme(reduction.all),
    np.argmax: _position(ordering.argmax),
    np.argmin: _position(ordering.argmin),
    np.swapaxes: lambda a, axis1, axis2: shapes.transpose(a, axis1, axis2),
    np.moveaxis: lambda a, source, destination: shapes.movedim(a, source, destination),
    np.squeeze: lambda a, axis=None: shapes.squeeze(a, axis),
    np.broadcast_to: lambda array, shape, subok=False: shapes.expand(array, shape),
    np.flip: lambda m, axis=None: shapes.flip(m, all_dims("flip", axis, m.ndim)),
    np.roll: lambda a, shift, axis=None: shapes.roll(a, shift, axis),
    np.tile: lambda A, reps: joining.tile(A, reps),  # noqa: N803 (NumPy's name)
    np.tril: lambda m, k=0: diagonals.tril(m, k),
    np.triu: lambda m, k=0: diagonals.triu(m, k),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: diagonals.diagonal(a, offset, axis1, axis2),
    np.outer: lambda a, b: products.outer(shapes.ravel(as_tensor(a)), shapes.ravel(as_tensor(b))),
    np.clip: lambda a, a_min=None, a_max=None, *, min=None, max=None: arithmetic.clamp(
        a, a_min if min is None else min, a_max if max is None else max
    ),
    np.round: lambda a, decimals=0: elementwise.round(a, decimals=decimals),
    np.copy: lambda a, order="K": elementwise.clone(a),
    np.shape: lambda a: tuple(a.shape),
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.array.size if axis is None else a.array.shape[axis],
    np.isclose: lambda a, b, **options: comparison.isclose(as_tensor(a), as_tensor(b), **options),
    np.allclose: lambda a, b, **options: comparison.allclose(as_tensor(a), as_tensor(b), **options),
    np.array_equal: lambda a1, a2: comparison.equal(as_tensor(a1), as_tensor(a2)),
    np.take_along_axis: lambda arr, indices, axis=-1: scattering.take_along_dim(arr, as_tensor(indices), axis),
    np.einsum: lambda subscripts, *operands: einstein.einsum(subscripts, *[as_tensor(x) for x in operands]),
    np.argsort: lambda a, axis=-1, kind=None: ordering.argsort(a, axis),
    np.zeros_like: lambda a, dtype=None, **_: wrap(np.zeros_like(a.array, dtype)),
    np.ones_like: lambda a, dtype=None, **_: wrap(np.ones_like(a.array, dtype)),
    np.empty_like: lambda a, dtype=None, **_: wrap(np.empty_like(a.array, dtype)),
    np.full_like: lambda a, fill_value, dtype=None, **_: wrap(np.full_like(a.array, fill_value, dtype)),
}


@implements(np.where)
def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    return arithmetic.where(as_tensor(condition), x, y)


@implements(np.reshape)
def _reshape(a: Tensor, shape: Any, order: str = "C") -> Tensor:
    _require_c("np.reshape", order)
    return shapes.reshape(a, shape)


@implements(np.ravel)
def _ravel(a: Tensor, order: str = "C") -> Tensor:
    _require_c("np.ravel", order)
    return shapes.ravel(a)


def _require_c(name: str, order: str) -> None:
    if order != "C":
        raise TypeError(f"{name} on a Tensor has order 'C' only, not {order!r}; transpose first")


@implements(np.transpose)
def _transpose(a: Tensor, axes: Any = None) -> Tensor:
    return shapes.permute(a, list(reversed(range(a.ndim)) if axes is None else axes))


@implements(np.expand_dims)
def _expand_dims(a: Tensor, axis: Any) -> Tensor:
    for at in sorted(d % (a.ndim + (1 if isinstance(axis, int) else len(axis))) for d in np.atleast_1d(axis).tolist()):
        a = shapes.unsqueeze(a, at)
    return a


@implements(np.concatenate)
def _concatenate(arrays: Any, axis: Any = 0) -> Tensor:
    tensors = _promoted(arrays)
    return joining.cat([x.ravel() for x in tensors] if axis is None else tensors, 0 if axis is None else axis)


@implements(np.stack)
def _stack(arrays: Any, axis: int = 0) -> Tensor:
    return joining.stack(_promoted(arrays), axis)


def _promoted(arrays: Any) -> list[Tensor]:
    tensors = [as_tensor(x) for x in arrays]
    dtype = promotion.result_type(*tensors)
    return [x.to(dtype) for x in tensors]


@implements(np.split)
def _split(ary: Tensor, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    length = ary.array.shape[axis]
    if isinstance(indices_or_sections, int):
        if length % indices_or_sections:
            raise ValueError(f"np.split: an axis of {length} does not divide into {indices_or_sections} equal parts")
        return list(splitting.split(ary, length // indices_or_sections, axis))
    stops = [operator.index(i) for i in indices_or_sections]
    return list(splitting.split(ary, np.diff([0, *stops, length]).tolist(), axis))


@implements(np.pad)
def _pad(array: Tensor, pad_width: Any, mode: str = "constant", *, constant_values: float = 0) -> Tensor:
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2))
    return shapes.pad(array, [int(n) for pair in widths[::-1] for n in pair], mode, constant_values)


@implements(np.cumsum)
def _cumsum(a: Tensor, axis: int | None = None, dtype: Any = None, out: None = None) -> Tensor:
    return cumulative.cumsum(a.ravel(), 0, dtype=dtype) if axis is None else cumulative.cumsum(a, axis, dtype=dtype)


@implements(np.sort)
def _sort(a: Tensor, axis: int | None = -1, kind: Any = None) -> Tensor:
    return ordering.sort(a.ravel() if axis is None else a, -1 if axis is None else axis).values


@implements(np.dot)
def _dot(a: Any, b: Any) -> Tensor:
    x, y = as_tensor(a), as_tensor(b)
    if x.ndim == 0 or y.ndim == 0:
        return arithmetic.mul(x, y)
    if y.ndim > 2:
        raise TypeError("np.dot on a Tensor takes a second operand of at most two dimensions; use np.einsum")
    return products.matmul(x, y)


@implements(np.linalg.norm)
def _norm(x: Tensor, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Tensor:
    if ord not in (None, "fro") and (x.ndim if axis is None else 2 if isinstance(axis, tuple) else 1) != 1:
        raise TypeError(f"np.linalg.norm on a Tensor has no matrix norm {ord!r}; only None and 'fro'")
    return reduction.norm(x, 2 if ord is None else ord, axis, keepdims)
