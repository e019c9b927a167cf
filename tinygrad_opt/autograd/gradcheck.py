"""Gradients against finite differences, for whoever adds an operation, a layer or a Function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import memory
from .backward import grad
from .graph import Variable, wrap
from .mode import enable_grad, no_grad

if TYPE_CHECKING:
    from ..tensor import Tensor


class GradcheckError(RuntimeError):
    """A gradient differs from its finite difference."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """Compare the gradients of `func(*inputs)` with central differences of width 2 `eps`, element by element.

    Every input that requires grad is checked, and must be float64 for the differences to mean something. True where
    |analytical - numerical| <= atol + rtol |numerical| everywhere; else GradcheckError with the function, the input,
    the index and both numbers, or False without `raise_exception`. As torch.autograd.gradcheck.

    >>> x = torch.tensor([0.5, 2.0], dtype=torch.float64, requires_grad=True)
    >>> torch.autograd.gradcheck(torch.log, x)
    True
    """
    args = [inputs] if isinstance(inputs, Variable) else list(inputs)
    checked = [i for i, x in enumerate(args) if isinstance(x, Variable) and x.tracked]
    if not checked:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for i in checked:
        if args[i].array.dtype != np.float64:
            raise ValueError(f"gradcheck(): input {i} is {args[i].array.dtype}; write .double() for finite differences")
    name = getattr(func, "__name__", repr(func))
    try:
        for i, y in enumerate(_outputs(func, args)):
            if y.tracked:
                for j in checked:
                    _compare(name, func, args, i, j, eps, atol, rtol)
            elif y.array.dtype.kind == "f":
                for j in checked:
                    numerical = _numerical(func, args, i, j, eps)
                    if np.abs(numerical).max(initial=0) > atol:
                        raise GradcheckError(
                            f"gradcheck: {name}: output {i} does not require grad, but changes with input {j}"
                        )
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> bool:
    """`gradcheck` of the gradients of `func`, with respect to the inputs and to the gradients of the outputs.

    Without `grad_outputs` those are drawn at random, the same in every run. As torch.autograd.gradgradcheck.
    """
    args = [inputs] if isinstance(inputs, Variable) else list(inputs)
    checked = [i for i, x in enumerate(args) if isinstance(x, Variable) and x.tracked]
    if grad_outputs is None:
        rng = np.random.default_rng(0)
        weights = [wrap(rng.normal(size=y.array.shape)) for y in _outputs(func, args) if y.tracked]
    else:
        given = [grad_outputs] if isinstance(grad_outputs, Variable) else list(grad_outputs)
        weights = [wrap(np.array(g.array)) for g in given]
    for g in weights:
        g.tracked = True

    def gradients(*arguments: Any) -> tuple[Any, ...]:
        xs, gs = arguments[: len(args)], arguments[len(args) :]
        ys = [y for y in _outputs(func, xs) if y.tracked]
        wanted = [xs[i] for i in checked]
        return grad(ys, wanted, gs, create_graph=True, materialize_grads=True)

    gradients.__name__ = f"the gradient of {getattr(func, '__name__', repr(func))}"
    return gradcheck(gradients, [*args, *weights], eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception)


def _outputs(func: Callable[..., Any], args: Sequence[Any]) -> list[Any]:
    with enable_grad():
        y = func(*args)
    return [y] if isinstance(y, Variable) else [t for t in y if isinstance(t, Variable)]


def _numerical(func: Callable[..., Any], args: list[Any], i: int, j: int, eps: float) -> memory.Array:
    """d output[i] / d input[j] by central differences, of shape (elements of the input, elements of the output)."""
    x = args[j].array

    def output(at: int, step: float) -> memory.Array:
        moved = x.copy()
        moved.flat[at] += step
        others = [
            wrap(moved) if k == j else wrap(arg.array) if isinstance(arg, Variable) else arg
            for k, arg in enumerate(args)
        ]
        for k, arg in enumerate(args):
            if isinstance(arg, Variable):
                others[k].tracked = arg.tracked  # a func that differentiates inside needs its inputs to require grad
        with no_grad():
            return np.array(_outputs(func, others)[i].array, np.float64).ravel()

    return np.array([(output(at, eps) - output(at, -eps)) / (2 * eps) for at in range(x.size)])


def _compare(
    name: str, func: Callable[..., Any], args: list[Any], i: int, j: int, eps: float, atol: float, rtol: float
) -> None:
    x = args[j]
    y = _outputs(func, args)[i]
    numerical = _numerical(func, args, i, j, eps)
    for at in range(y.array.size):
        one = np.zeros_like(y.array)
        one.flat[at] = 1
        (g,) = grad(y, x, wrap(one), retain_graph=True, allow_unused=True, materialize_grads=True)
        assert g is not None
        if g.array.dtype != x.array.dtype or g.array.shape != x.array.shape:
            raise GradcheckError(
                f"gradcheck: {name}: the gradient of input {j} is {g.array.dtype} of shape {g.array.shape}, "
                f"the input {x.array.dtype} of shape {x.array.shape}"
            )
        for index, (a, b) in enumerate(zip(g.array.ravel(), numerical[:, at] if x.array.size else (), strict=True)):
            if not abs(a - b) <= atol + rtol * abs(b):
                place = tuple(int(n) for n in np.unravel_index(index, x.array.shape)) if x.array.ndim else ()
                raise GradcheckError(
                    f"gradcheck: {name}: Jacobian mismatch for output {i} with respect to input {j} at {place}: "
                    f"analytical {a:.10g}, numerical {b:.10g} (output element {at})"
                )
