"""np.reshape, np.concatenate, np.split, np.pad and their kin on Tensors."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import functions as ops
from ..autograd.graph import Variable, wrap
from ..functions import shape as shapes
from ..functions.dims import all_dims
from ..functions.padding import pad
from .registry import FUNCTIONS, as_tensor, flat_if_none, implements, promoted, require_c

if TYPE_CHECKING:
    from ..tensor import Tensor


def _joiner(ours: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda tup, *, dtype=None: ours(promoted(tup) if dtype is None else [as_tensor(x).to(dtype) for x in tup])


def _of_each(ours: Callable[[Tensor], Tensor]) -> Callable[..., Any]:
    """`ours` of one array, or of each of several."""

    def call(*arys: Any) -> Any:
        results = tuple([ours(as_tensor(x)) for x in arys])
        return results[0] if len(results) == 1 else results

    return call


FUNCTIONS |= {
    np.swapaxes: lambda a, axis1, axis2: ops.transpose(a, axis1, axis2),
    np.moveaxis: lambda a, source, destination: ops.movedim(a, source, destination),
    np.squeeze: lambda a, axis=None: ops.squeeze(a, axis),
    np.broadcast_to: lambda array, shape, subok=False: shapes.expand(array, shape),
    np.broadcast_arrays: lambda *args, subok=False: ops.broadcast_tensors(*[as_tensor(x) for x in args]),
    np.flip: lambda m, axis=None: ops.flip(m, all_dims("flip", axis, m.ndim)),
    np.fliplr: lambda m: ops.fliplr(m),
    np.flipud: lambda m: ops.flipud(m),
    np.rot90: lambda m, k=1, axes=(0, 1): ops.rot90(m, k, axes),
    np.roll: lambda a, shift, axis=None: ops.roll(a, shift, axis),
    np.tile: lambda A, reps: ops.tile(A, reps),  # noqa: N803 (NumPy's name)
    np.tril: lambda m, k=0: ops.tril(m, k),
    np.triu: lambda m, k=0: ops.triu(m, k),
    np.diag: lambda v, k=0: ops.diag(v, k),
    np.diagflat: lambda v, k=0: ops.diagflat(as_tensor(v), k),
    np.diagonal: lambda a, offset=0, axis1=0, axis2=1: ops.diagonal(a, offset, axis1, axis2),
    np.copy: lambda a, order="K", subok=False: ops.clone(a),
    np.shape: lambda a: tuple(a.shape),
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.array.size if axis is None else a.array.shape[axis],
    np.atleast_1d: _of_each(ops.atleast_1d),
    np.atleast_2d: _of_each(ops.atleast_2d),
    np.vstack: _joiner(ops.vstack),
    np.hstack: _joiner(ops.hstack),
    np.dstack: lambda tup: ops.cat([_at_least_3d(x) for x in promoted(tup)], 2),
    np.column_stack: _joiner(ops.column_stack),
    np.zeros_like: lambda a, dtype=None, order="K", subok=True, shape=None: _like(np.zeros_like, a, dtype, shape),
    np.ones_like: lambda a, dtype=None, order="K", subok=True, shape=None: _like(np.ones_like, a, dtype, shape),
    np.empty_like: lambda a, dtype=None, order="K", subok=True, shape=None: _like(np.empty_like, a, dtype, shape),
    np.meshgrid: lambda *xi, indexing="xy", sparse=False, copy=True: _meshgrid(xi, indexing, sparse),
    np.vander: lambda x, N=None, increasing=False: ops.vander(as_tensor(x), N, increasing),  # noqa: N803
    np.linspace: lambda start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0: _linspace(
        start, stop, num, endpoint, retstep, dtype, axis
    ),
}
if hasattr(np, "unstack"):
    FUNCTIONS[np.unstack] = lambda x, /, *, axis=0: ops.unbind(x, axis)
if hasattr(np, "matrix_transpose"):
    FUNCTIONS[np.matrix_transpose] = lambda x, /: ops.transpose(x, -2, -1)
    FUNCTIONS[np.astype] = lambda x, dtype, /, *, copy=True, device=None: x.to(dtype, copy=copy)


def _like(make: Callable[..., Any], a: Tensor, dtype: Any, shape: Any) -> Tensor:
    return wrap(make(a.array, dtype=dtype, shape=shape))


@implements(np.full_like)
def _full_like(
    a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None
) -> Tensor:
    like = as_tensor(a)
    zeros = _like(np.zeros_like, like, dtype, shape)
    if isinstance(fill_value, Variable):
        return shapes.expand(fill_value.to(zeros.dtype), zeros.array.shape).clone()  # type: ignore[attr-defined]  # a Tensor
    return wrap(np.full_like(like.array, fill_value, dtype=dtype, shape=shape))


@implements(np.reshape)
def _reshape(
    a: Tensor, /, shape: Any = None, order: str = "C", *, newshape: Any = None, copy: bool | None = None
) -> Tensor:
    require_c("np.reshape", order)
    y = ops.reshape(a, newshape if shape is None else shape)
    return y.clone() if copy else y


@implements(np.ravel)
def _ravel(a: Tensor, order: str = "C") -> Tensor:
    require_c("np.ravel", order)
    return ops.ravel(a)


@implements(np.transpose)
def _transpose(a: Tensor, axes: Any = None) -> Tensor:
    return ops.permute(a, list(reversed(range(a.ndim)) if axes is None else axes))


@implements(np.rollaxis)
def _rollaxis(a: Tensor, axis: int, start: int = 0) -> Tensor:
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return ops.movedim(a, axis, start - 1 if axis < start else start)


@implements(np.expand_dims)
def _expand_dims(a: Tensor, axis: Any) -> Tensor:
    for at in sorted(d % (a.ndim + (1 if isinstance(axis, int) else len(axis))) for d in np.atleast_1d(axis).tolist()):
        a = ops.unsqueeze(a, at)
    return a


def _at_least_3d(x: Tensor) -> Tensor:
    """NumPy puts the missing axes around: (m,) becomes (1, m, 1), (m, n) becomes (m, n, 1)."""
    return x if x.ndim > 2 else ops.reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, x.numel(), 1))


FUNCTIONS[np.atleast_3d] = _of_each(_at_least_3d)


@implements(np.concatenate)
def _concatenate(arrays: Any, axis: Any = 0, out: None = None, *, dtype: Any = None) -> Tensor:
    tensors = promoted(arrays)
    y = ops.cat([x.ravel() for x in tensors] if axis is None else tensors, 0 if axis is None else axis)
    return y if dtype is None else y.to(dtype)


@implements(np.stack)
def _stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None) -> Tensor:
    y = ops.stack(promoted(arrays), axis)
    return y if dtype is None else y.to(dtype)


@implements(np.block)
def _block(arrays: Any) -> Tensor:
    return _joined(arrays, _depth(arrays))


def _depth(nested: Any) -> int:
    return 1 + max(_depth(x) for x in nested) if isinstance(nested, list) else 0


def _joined(nested: Any, depth: int) -> Tensor:
    """Lists joined along the last axis, lists of lists along the one before it, and so on."""
    if not isinstance(nested, list):
        x = as_tensor(nested)
        return ops.reshape(x, (1,) * (depth - x.ndim) + x.array.shape) if x.ndim < depth else x
    parts = [_joined(x, depth) for x in nested]
    ndim = max(x.ndim for x in parts)
    parts = [ops.reshape(x, (1,) * (ndim - x.ndim) + x.array.shape) for x in parts]
    return ops.cat(promoted(parts), -_depth(nested))


@implements(np.split)
def _split(ary: Tensor, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    if isinstance(indices_or_sections, int) and ary.array.shape[axis] % indices_or_sections:
        raise ValueError(
            f"np.split: an axis of {ary.array.shape[axis]} does not divide into {indices_or_sections} equal parts"
        )
    return _array_split(ary, indices_or_sections, axis)


@implements(np.array_split)
def _array_split(ary: Tensor, indices_or_sections: Any, axis: int = 0) -> list[Tensor]:
    if isinstance(indices_or_sections, int):
        return list(ops.tensor_split(ary, indices_or_sections, axis))
    return list(ops.tensor_split(ary, [operator.index(i) for i in indices_or_sections], axis))


FUNCTIONS |= {
    np.append: lambda arr, values, axis=None: _concatenate([arr, values], axis),
    np.hsplit: lambda ary, indices_or_sections: _split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0),
    np.vsplit: lambda ary, indices_or_sections: _split(ary, indices_or_sections, 0),
    np.dsplit: lambda ary, indices_or_sections: _split(ary, indices_or_sections, 2),
}

_PAD_KEYS = {"constant": "constant_values"}


@implements(np.pad)
def _pad(array: Tensor, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Tensor:
    """Modes "constant", and those that repeat elements: "edge", "reflect", "symmetric", "wrap", "empty"."""
    if isinstance(pad_width, dict):
        pad_width = [pad_width.get(i, pad_width.get(i - array.ndim, (0, 0))) for i in range(array.ndim)]
        pad_width = [(n, n) if isinstance(n, int) else n for n in pad_width]
    widths = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2))
    unknown = kwargs.keys() - {_PAD_KEYS.get(mode)}
    if unknown or mode not in ("constant", "edge", "reflect", "symmetric", "wrap", "empty"):
        raise TypeError(f"np.pad on a Tensor does not take mode {mode!r} with {sorted(kwargs)}")
    if mode in ("constant", "empty"):
        values = np.broadcast_to(np.asarray(kwargs.get("constant_values", 0)), (array.ndim, 2))
        if (values == values.flat[0]).all():
            return pad(array, [int(n) for pair in widths[::-1] for n in pair], "constant", values.flat[0].item())
        for axis in range(array.ndim):
            ends = [(0, 0)] * array.ndim
            for side in (0, 1):
                ends[axis] = (int(widths[axis][0]), 0) if side == 0 else (0, int(widths[axis][1]))
                array = pad(array, [n for pair in ends[::-1] for n in pair], "constant", values[axis][side].item())
        return array
    for axis, width in enumerate(widths.tolist()):
        if any(width):
            array = ops.index_select(array, axis, as_tensor(np.pad(np.arange(array.shape[axis]), width, mode)))  # type: ignore[call-overload]  # a mode that was checked
    return array


@implements(np.repeat)
def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Tensor:
    x, axis = flat_if_none(a, axis)
    times = as_tensor(repeats).array
    return ops.repeat_interleave(x, int(times) if times.size == 1 else as_tensor(times), axis)


@implements(np.resize)
def _resize(a: Any, new_shape: Any) -> Tensor:
    x = ops.ravel(as_tensor(a))
    shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
    at = np.arange(math.prod(shape)) % max(1, x.numel())
    return ops.reshape(x[as_tensor(at)], shape)


@implements(np.insert)
def _insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Tensor:
    """The positions that np.insert would move elements to, read off a numbering of them."""
    x, axis = flat_if_none(arr, axis)
    length = x.array.shape[axis]
    order = np.insert(np.arange(length), obj, -1)
    shape = [*x.array.shape]
    shape[axis] = order.size - length
    v = as_tensor(values)
    if isinstance(obj, int) and v.ndim:
        v = ops.movedim(v, 0, axis) if v.ndim == x.ndim else v
    both = ops.cat(promoted([x, ops.broadcast_to(v, shape)]), axis)
    order[order < 0] = np.arange(length, both.array.shape[axis])
    return ops.index_select(both, axis, as_tensor(order))


@implements(np.delete)
def _delete(arr: Any, obj: Any, axis: int | None = None) -> Tensor:
    x, axis = flat_if_none(arr, axis)
    return ops.index_select(x, axis, as_tensor(np.delete(np.arange(x.array.shape[axis]), obj)))


def _meshgrid(xi: Sequence[Any], indexing: str, sparse: bool) -> tuple[Tensor, ...]:
    vectors = [ops.ravel(as_tensor(x)) for x in xi]
    order = [1, 0, *range(2, len(xi))] if indexing == "xy" and len(xi) > 1 else list(range(len(xi)))
    grids = []
    for i, x in enumerate(vectors):
        shape = [1] * len(xi)
        shape[order[i]] = x.numel()
        grids.append(ops.reshape(x, shape))
    return tuple(grids) if sparse else tuple([g.clone() for g in ops.broadcast_tensors(*grids)])


def _linspace(
    start: Any, stop: Any, num: int, endpoint: bool, retstep: bool, dtype: Any, axis: int
) -> Tensor | tuple[Tensor, Tensor]:
    a, b = promoted([start, stop])
    a, b = ops.broadcast_tensors(a, b)
    parts = max(1, num - 1 if endpoint else num)
    t = np.arange(num, dtype=a.array.dtype).reshape(-1, *[1] * a.ndim) / parts
    y = ops.movedim(a + (b - a) * as_tensor(t), 0, axis)
    y = y if dtype is None else y.to(dtype)
    return (y, (b - a) / parts) if retstep else y
