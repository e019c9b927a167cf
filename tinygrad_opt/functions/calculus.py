"""Differences, slopes and integrals along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..autograd.derivatives import cumulative as rows
from ..autograd.graph import Variable
from ..autograd.promotion import result_type
from ..autograd.record import record
from .cumulative import cumsum
from .dims import Dims, all_dims, numpy_names, one_dim
from .elementwise import clone
from .joining import cat
from .reduction import sum as sum_of
from .shape import reshape
from .splitting import narrow

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "cumulative_trapezoid",
    "diff",
    "gradient",
    "trapezoid",
    "trapz",
]

Number = int | float


@numpy_names
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along `dim`, taken `n` times; `prepend` and `append` are put around first.

    As torch.diff; of booleans, whether neighbours differ.

    >>> torch.diff(torch.tensor([1.0, 4.0, 9.0]))
    tensor([3., 5.])
    """
    if input.array.ndim == 0:
        raise RuntimeError("diff(): expects input to be at least one-dimensional, got a 0-dim tensor")
    axis = one_dim("diff", dim, input.array.ndim)
    if n < 0:
        raise RuntimeError(f"diff(): order must be non-negative but got {n}")
    if n == 0:
        return clone(input)
    parts = [x for x in (prepend, input, append) if x is not None]
    for x in parts:
        if x.array.ndim != input.array.ndim:
            raise RuntimeError(
                "diff(): expects prepend or append to have the dimensions of input, got shapes "
                f"{tuple(x.shape)} and {tuple(input.shape)}"
            )
    dtype = result_type(*parts)
    y = cat([x.to(dtype) for x in parts], axis) if len(parts) > 1 else input
    for _ in range(min(n, y.array.shape[axis])):
        if dtype.kind == "b":
            size = y.array.shape[axis] - 1
            y = narrow(y, axis, 1, size) ^ narrow(y, axis, 0, size) if size >= 0 else y
        else:
            y = record(rows.difference, (y,), {"axis": axis, "lag": 1})
    return y


# ---- slopes ----------------------------------------------------------------------------------------------------------


@numpy_names
def gradient(input: Tensor, *, spacing: Any = 1, dim: Dims = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The slopes along each of `dim`, all unless told, by central differences of second order. As torch.gradient.

    `spacing` is the distance of neighbours, the same along all of `dim` or one number each; or for each a vector of
    coordinates. `edge_order` (1 or 2) is the order of the one-sided differences at both ends.

    >>> torch.gradient(torch.tensor([1.0, 2.0, 4.0, 7.0]))
    (tensor([1.0000, 1.5000, 2.5000, 3.0000]),)
    """
    axes = _gradient_axes(dim, input.array.ndim)
    spacings = _spacings(spacing, len(axes))
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient(): only supports edge_order=1 and edge_order=2, got {edge_order}")
    if input.array.dtype == bool:
        raise RuntimeError("gradient(): not implemented for bool; write x.int()")
    for axis, step in zip(axes, spacings, strict=True):
        n = input.array.shape[axis]
        if n <= edge_order:
            raise RuntimeError(
                f"gradient(): each dimension must have at least edge_order+1 = {edge_order + 1} elements, got shape "
                f"{tuple(input.shape)}"
            )
        if isinstance(step, Variable) and step.array.shape != (n,):
            raise RuntimeError(
                f"gradient(): spacing for dim {axis} must be a number or a vector of {n} coordinates, got shape "
                f"{tuple(step.shape)}"
            )
    return tuple([_slopes(input, axis, step, edge_order) for axis, step in zip(axes, spacings, strict=True)])


def _gradient_axes(dim: Dims, ndim: int) -> tuple[int, ...]:
    return () if dim is not None and not isinstance(dim, int) and not len(dim) else all_dims("gradient", dim, ndim)


def _spacings(spacing: Any, count: int) -> list[Any]:
    if isinstance(spacing, Variable) and spacing.array.ndim == 0:
        spacing = spacing.item()  # type: ignore[attr-defined]  # a Variable that users hold is a Tensor
    if not isinstance(spacing, Sequence):
        if isinstance(spacing, Variable):
            raise TypeError("gradient(): coordinates come in a list, one vector for each dim: write spacing=[x]")
        return [spacing] * count
    if len(spacing) != count:
        raise RuntimeError(f"gradient(): expected one spacing or {count}, one for each dim, got {len(spacing)}")
    return list(spacing)


def _slopes(x: Tensor, axis: int, step: Any, edge_order: int) -> Tensor:
    n = x.array.shape[axis]

    def part(y: Any, start: int, length: int = 1) -> Any:
        return narrow(y, axis, start, length) if isinstance(y, Variable) else y  # type: ignore[arg-type]  # a Tensor

    width = step  # of every interval: a number, or a tensor
    if isinstance(step, Variable):
        width = reshape(diff(step), [-1 if i == axis else 1 for i in range(x.array.ndim)])  # type: ignore[arg-type]
        left, right = part(width, 0, n - 2), part(width, 1, n - 2)
    rise = record(rows.difference, (x,), {"axis": axis, "lag": 1}) / width
    if isinstance(step, Variable):
        inner = (right * part(rise, 0, n - 2) + left * part(rise, 1, n - 2)) / (left + right)
    else:
        inner = record(rows.difference, (x,), {"axis": axis, "lag": 2}) / (2 * step)
    first, last = part(rise, 0), part(rise, n - 2)
    if edge_order == 2:  # the parabola through the three points at each end
        first = first + (first - part(rise, 1)) * _share(part(width, 0), part(width, 1))
        last = last + (last - part(rise, n - 3)) * _share(part(width, n - 2), part(width, n - 3))
    return cat([first, inner, last], axis)


def _share(a: Any, b: Any) -> Any:
    return a / (a + b)


# ---- integrals -------------------------------------------------------------------------------------------------------


@numpy_names
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Number | None = None, dim: int = -1) -> Tensor:
    """The integral along `dim` by the trapezoidal rule, of points at `x`, or `dx` (1 unless told) apart.

    As torch.trapezoid.

    >>> torch.trapezoid(torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.0, 1.0, 3.0]))
    tensor(7.5000)
    """
    return sum_of(_panels("trapezoid", y, x, dx, dim), dim)


trapz = trapezoid


@numpy_names
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Number | None = None, dim: int = -1) -> Tensor:
    """The running integral along `dim` by the trapezoidal rule, from the first point to every other.

    As torch.cumulative_trapezoid.
    """
    return cumsum(_panels("cumulative_trapezoid", y, x, dx, dim), dim)


def _panels(name: str, y: Tensor, x: Tensor | None, dx: Number | None, dim: int) -> Any:
    """The area between each pair of neighbours along `dim`."""
    if x is not None and dx is not None:
        raise TypeError(f"{name}(): got both 'x' and 'dx'; write only one of them")
    ndim = y.array.ndim
    if ndim == 0:
        raise IndexError(f"{name}(): Dimension specified as {dim} but tensor has no dimensions")
    axis = one_dim(name, dim, ndim)
    if bool in [a.array.dtype for a in (y, x) if a is not None]:
        raise RuntimeError(f"{name}(): received a bool tensor, but bool is not supported; write x.int()")
    n = y.array.shape[axis]
    size = max(0, n - 1)
    width: Any = 1 if dx is None else dx
    if x is not None:
        if x.array.ndim == 1:
            x = reshape(x, [-1 if i == axis else 1 for i in range(ndim)])
        at = axis - ndim + x.array.ndim
        if at < 0 or x.array.shape[at] != n:
            raise RuntimeError(
                f"{name}(): There must be one `x` value for each sample point: x has shape {tuple(x.shape)}, "
                f"y has {n} points along dim {dim} of shape {tuple(y.shape)}"
            )
        width = diff(x, dim=at)
    sums: Any = narrow(y, axis, min(1, n), size) + narrow(y, axis, 0, size)
    return sums * (width / 2)
