"""Jacobians and Hessians of a computation that has been recorded, whole and as products, over one vector of parameters.

All is read off the graph by backward passes, so the computation runs once, whatever it is made of.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..autograd import grad
from ..autograd.graph import wrap
from ..autograd.memory import Array
from ..tensor import Tensor
from .whole import Vector


def gradients(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], weights: Sequence[Any], again: bool = False
) -> list[Tensor | None]:
    """The gradient of the weighted outputs for each input, None where there is none; recorded if `again`."""
    reached = [(y, wrap(np.asarray(w))) for y, w in zip(outputs, weights, strict=True) if y.requires_grad]
    wanted = [x for x in inputs if x.requires_grad]
    if not reached or not wanted:
        return [None] * len(inputs)
    ys, ws = zip(*reached, strict=True)
    found = iter(grad(ys, wanted, ws, retain_graph=True, create_graph=again, allow_unused=True))
    return [next(found) if x.requires_grad else None for x in inputs]


def gradient(loss: Tensor, x: Vector) -> Array:
    """The gradient of a loss."""
    return x.join(gradients([loss], x.params, [np.ones_like(loss.array)]))


def used(y: Tensor, params: Sequence[Tensor]) -> Vector:
    """Those of the parameters that `y` depends on."""
    slopes = gradients([y], params, [np.ones_like(y.array)])
    return Vector([p for p, g in zip(params, slopes, strict=True) if g is not None])


class Hessian:
    """The second derivatives of a loss, as a product with vectors; `gradient` is the first."""

    def __init__(self, loss: Tensor, x: Vector) -> None:
        self.x = x
        self._slopes = gradients([loss], x.params, [np.ones_like(loss.array)], again=True)
        self.gradient = x.join(self._slopes)

    def __matmul__(self, v: Array) -> Array:
        parts = [(g, part) for g, part in zip(self._slopes, self.x.split(v), strict=True) if g is not None]
        return self.x.join(gradients([g for g, _ in parts], self.x.params, [part for _, part in parts]))

    def matrix(self) -> Array:
        """The whole matrix, a row for every parameter."""
        rows = np.stack([self @ unit for unit in _units(self.gradient.shape, self.gradient.dtype)])
        return np.asarray((rows + rows.T) / 2)


class Jacobian:
    """The first derivatives J of `outputs`: `push(v)` is J v, `pull(w)` is w^T J, where w is like the outputs."""

    def __init__(self, outputs: Tensor, x: Vector) -> None:
        self.outputs, self.x = outputs, x
        self._weights = wrap(np.zeros_like(outputs.array)).requires_grad_()
        reached = [p for p in x.params if p.requires_grad]
        # pull is linear in the weights; its own derivative for them is push
        back = iter(grad(outputs, reached, self._weights, True, True, allow_unused=True))
        self._back = [next(back) if p.requires_grad else None for p in x.params]

    def push(self, v: Array) -> Array:
        """The change of the outputs if the parameters change by `v`."""
        parts = [(g, part) for g, part in zip(self._back, self.x.split(v), strict=True) if g is not None]
        (change,) = gradients([g for g, _ in parts], [self._weights], [part for _, part in parts])
        return np.zeros_like(self.outputs.array) if change is None else change.array

    def pull(self, w: Array) -> Array:
        """The gradient of the outputs weighted with `w`."""
        return self.x.join(gradients([self.outputs], self.x.params, [w]))

    def matrix(self) -> Array:
        """The whole Jacobian, (outputs, parameters): row by row or column by column, whichever are fewer."""
        n, m = self.x.ends[-1], self.outputs.array.size
        if m <= n:
            return np.stack([self.pull(unit) for unit in _units(self.outputs.shape, self.outputs.dtype)])
        return np.stack([self.push(unit).ravel() for unit in _units((n,), self.outputs.dtype)], axis=1)


def _units(shape: Sequence[int], dtype: Any) -> Iterator[Array]:
    """For every element of a shape, the array that is 1 there and 0 elsewhere."""
    for index in itertools.product(*map(range, shape)):
        unit = np.zeros(tuple(shape), dtype)
        unit[index] = 1
        yield unit


def gauss_newton(output: Tensor, loss: Tensor, x: Vector) -> Callable[[Array], Array]:
    """The product v -> J^T H J v, of J of the output with respect to `x`, and H of the loss with respect to the output.

    Schraudolph 2002: the Hessian without the curvature of the model, so that of a convex loss is never negative.
    """
    jacobian = Jacobian(output, x)
    (slope,) = gradients([loss], [output], [np.ones_like(loss.array)], again=True)
    if slope is None:
        raise RuntimeError("the closure returned (output, loss), but this loss was not computed from this output")

    def product(v: Array) -> Array:
        (bent,) = gradients([slope], [output], [jacobian.push(v)])
        return jacobian.pull(np.zeros_like(output.array) if bent is None else bent.array)

    return product


def conjugate_gradient(
    product: Callable[[Array], Array], b: Array, start: Array, max_iter: int, tolerance: float
) -> list[tuple[Array, float]]:
    """Ever better solutions of A x = b, and phi(x) = x^T A x / 2 - b^T x of each, where `product(x)` is A x.

    Martens 2010, sections 4.4 and 4.6: it ends when the last k = max(10, i / 10) steps together have lowered phi by
    less than k * tolerance of what was reached, or where the curvature is not positive: there may be no solution then.
    Those number 1.3^j, and the last one, are returned.
    """
    x, r = start, b - product(start)
    p, rr = r, r @ r
    tiny = (np.finfo(b.dtype).eps * np.sqrt(b @ b)) ** 2
    phis: list[Any] = [-(r + b) @ x / 2]
    kept: list[tuple[Array, float]] = []
    for i in range(1, max_iter + 1):
        if rr <= tiny:
            break
        Ap = product(p)  # noqa: N806 (A p)
        curvature = p @ Ap
        if curvature <= 0:
            if i == 1:
                return []
            break
        alpha = rr / curvature
        x, r = x + alpha * p, r - alpha * Ap
        rr, before = r @ r, rr
        p = r + rr / before * p
        phis.append(-(r + b) @ x / 2)
        if i >= 1.3 ** len(kept):
            kept.append((x, phis[-1]))
        k = max(10, i // 10)
        if i > k and phis[i] < 0 and (phis[i] - phis[i - k]) / phis[i] < k * tolerance:
            break
    return kept if kept and kept[-1][0] is x else [*kept, (x, phis[-1])]


def solved(A: Array, b: Array, damping: float) -> Array:  # noqa: N803 (the usual letter)
    """(A + damping I)^-1 b; RuntimeError where that has no solution."""
    try:
        x = np.linalg.solve(A + damping * np.eye(len(A), dtype=A.dtype), b)
    except np.linalg.LinAlgError:
        x = np.full_like(b, np.nan)
    if not np.isfinite(x).all():
        raise RuntimeError(f"the curvature is singular or not finite with a damping of {damping}; use a greater one")
    return np.asarray(x)
