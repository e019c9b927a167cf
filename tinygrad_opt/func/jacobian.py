"""Whole Jacobians and Hessians, a row or a column at a time, and Hessians times a vector."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..autograd import tree
from ..autograd.graph import wrap
from ..functions.joining import stack
from ..tensor import Tensor
from .forward import Pushforward, require_matching
from .reverse import Argnums, Run, grad_and_value, require_floating, vjp


def jacrev(
    func: Callable[..., Any], argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func`, of shape (*output.shape, *input.shape), by reverse mode.

    It is nested like the output, and for each output like the argument that `argnums` names, or a tuple of such. The
    function is run once, and a way back walked for every element of the output, one at a time: `chunk_size` changes
    nothing. With `has_aux`, `func` returns (output, aux), and this (Jacobian, aux). As torch.func.jacrev.

    >>> torch.func.jacrev(lambda x: x**2)(torch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        run = Run("vjp(f, *primals)", func, args, kwargs, argnums, has_aux)
        require_floating("vjp(f, ...)", run.outputs)
        blocks = []
        for y in run.outputs:
            rows = [run.pull([y], [one], again=True) for one in _basis(y)]
            per_input = zip(*rows, strict=True) if rows else [()] * len(run.inputs)
            joined = [_joined(r, 0, y, x, x) for r, x in zip(per_input, run.inputs, strict=True)]
            blocks.append(tree.unflatten(run.structure, joined))
        result = tree.unflatten(run.output_structure, blocks)
        return (result, run.aux) if has_aux else result

    return jacobian


def jacfwd(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the Jacobian of `func` by forward mode: as `jacrev`, a column at a time.

    Forward mode being two ways back (see `jvp`), the function is run once, and a way back walked for every element of
    the input: cheaper than `jacrev` where the output has more elements. As torch.func.jacfwd.
    """

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        run = Run("jvp(f, primals, tangents)", func, args, kwargs, argnums, has_aux)
        push = Pushforward(run)
        blocks: list[list[Tensor]] = [[] for _ in run.outputs]
        for i, x in enumerate(run.inputs):
            columns = [push({i: one}) for one in _basis(x)]
            per_output = zip(*columns, strict=True) if columns else [()] * len(run.outputs)
            for block, c, y in zip(blocks, per_output, run.outputs, strict=True):
                block.append(_joined(c, -1, y, x, y))
        nested = [tree.unflatten(run.structure, block) for block in blocks]
        result = tree.unflatten(run.output_structure, nested)
        return (result, run.aux) if has_aux else result

    return jacobian


def _basis(x: Tensor) -> Iterator[Tensor]:
    """For every element of `x` a tensor like it that is 1 there and 0 elsewhere."""
    for k in range(x.numel()):
        one = np.zeros(x.shape, x.dtype)
        one.flat[k] = 1
        yield wrap(one)


def _joined(slices: Sequence[Tensor], dim: int, y: Tensor, x: Tensor, like: Tensor) -> Tensor:
    """The rows (dim 0) or columns (dim -1) of the Jacobian of `y` with respect to `x`, as one tensor."""
    shape = (*y.shape, *x.shape)
    return stack(slices, dim).reshape(shape) if slices else wrap(np.zeros(shape, like.dtype))


def hessian(func: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function that gives the second derivatives of `func`: jacrev(jacrev(func)), nested as that is.

    Reverse over reverse is the cheapest order here, as forward mode is itself two ways back. As torch.func.hessian.

    >>> torch.func.hessian(lambda x: x[0] * x[1] ** 2)(torch.tensor([1.0, 2.0]))
    tensor([[0., 4.],
            [4., 2.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def hvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """(value, products): `func(*primals)`, a single number, and its Hessian times `tangents`, for each primal.

    The Hessian is that of all primals together, and is never made: this costs about two gradients. The arguments are
    those of `jvp`; `torch.autograd.functional.hvp` returns the same pair.

    >>> torch.func.hvp(lambda x: (x**3).sum(), (torch.tensor([1.0, 2.0]),), (torch.tensor([1.0, 1.0]),))
    (tensor(9.), (tensor([ 6., 12.]),))
    """
    require_matching("hvp(f, primals, tangents)", primals, tangents)
    both = grad_and_value(func, argnums=tuple(range(len(primals))))
    _, vjp_fn, value = vjp(both, *primals, has_aux=True)  # (gradient, value) is what vjp calls (output, aux)
    return value, vjp_fn(tangents)  # the Hessian is symmetric: the way back is the way forward
