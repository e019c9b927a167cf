"""Reverse mode: grad and vjp, and the run of a function that they and all other derivatives are taken from.

All transforms share the engine's one graph. What keeps them apart is that each gives the function inputs of its own:
new nodes, to which it then asks for the gradient. Where an input has a history, its node leads on to it, so that a
transform outside, or a backward(), sees through; where it has none, the node leads to a leaf that nobody else knows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import autograd
from ..autograd import enable_grad, tree
from ..autograd.graph import Node, Variable, edge_of, wrap
from ..autograd.mode import mode
from ..creation import ones_like, zeros_like
from ..tensor import Tensor

Argnums = int | tuple[int, ...]


def positions_of(argnums: Argnums, count: int) -> tuple[int, ...]:
    """The positions among `count` arguments that `argnums` names; RuntimeError where it names none, or one twice."""
    if not isinstance(argnums, int | tuple):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    positions = []
    for i in argnums if isinstance(argnums, tuple) else (argnums,):
        if not isinstance(i, int):
            raise RuntimeError(f"argnum must be int, got: {type(i)}")
        if not -count <= i < count:
            raise RuntimeError(f"Got argnum={i}, but only {count} positional inputs")
        positions.append(i % count)
    if not positions:
        raise RuntimeError("argnums must be non-empty")
    if len(set(positions)) < len(positions):
        raise RuntimeError(f"argnums elements must be unique, got {tuple(positions)}")
    return tuple(positions)


class Run:
    """One run of `func`, of which derivatives with respect to the arguments at `argnums` (None: all) can be taken.

    `inputs` are the tensors in these arguments and `outputs` those of the result, with `structure` and
    `output_structure` saying how they were nested; `output` and `aux` are what the function returned, as it may be
    seen from outside.
    """

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        argnums: Argnums | None,
        has_aux: bool,
    ) -> None:
        positions = tuple(range(len(args))) if argnums is None else positions_of(argnums, len(args))
        flat, structure = tree.flatten(tuple(args[i] for i in positions))
        self.structure = structure.parts[0] if isinstance(argnums, int) else structure
        self.recorded = mode.enabled  # whether anything outside wants to know
        self.shown: set[Node] = set()  # the nodes of inputs that have a history
        leaves: list[Tensor] = []  # where those of all others lead
        with enable_grad():
            fresh = [self._fresh(x, leaves) for x in flat]
            self.inputs = [wrap(x.array, x.node) for x in fresh]  # apart: func may write to those it gets
            arguments = list(args)
            for i, argument in zip(positions, tree.unflatten(structure, fresh), strict=True):
                arguments[i] = argument
            result = func(*arguments, **kwargs)
        for leaf in leaves:
            leaf.tracked = False  # from here on, nothing leads anywhere through it
        aux = None
        if has_aux:
            if not (isinstance(result, tuple) and len(result) == 2):
                raise RuntimeError(f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True")
            result, aux = result
        self.outputs, self.output_structure = tree.flatten(result)
        if not self.outputs or self.outputs == [None]:
            raise RuntimeError(
                f"{name}: Expected f to be a function that has non-empty output (got output = {self.outputs})"
            )
        for y in self.outputs:
            if not isinstance(y, Tensor):
                raise RuntimeError(f"{name}: expected f(*args) to return only tensors, got unsupported type {type(y)}")
        self.seen = self.recorded and self._leads_outside([*self.outputs, *tree.flatten(aux)[0]])
        self.output, self.aux = (self._from_outside(x, self.seen) for x in (result, aux))

    def _fresh(self, x: Any, leaves: list[Tensor]) -> Tensor:
        if not isinstance(x, Tensor):
            raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
        if x.dtype.kind != "f":
            raise RuntimeError(f"only Tensors of floating point dtype can require gradients, got {x.dtype}")
        if self.recorded and x.requires_grad:
            fresh = x.view_as(x)
            assert fresh.node is not None
            self.shown.add(fresh.node)
            return fresh
        leaves.append(x.detach().requires_grad_())
        return leaves[-1].view_as(x)

    def _leads_outside(self, tensors: Iterable[Any]) -> bool:
        """Whether a gradient flows from one of `tensors` to anything but the inputs of this run, or through them."""
        stack = [edge_of(t) for t in tensors if isinstance(t, Variable)]
        met = set()
        while stack:
            edge = stack.pop()
            if edge is None or edge in met:
                continue
            met.add(edge)
            if edge in self.shown or (isinstance(edge, Variable) and edge.tracked):
                return True
            if isinstance(edge, Node):
                stack.extend(edge.edges)
        return False

    def _from_outside(self, results: Any, seen: bool) -> Any:
        """`results`, detached unless one of them is `seen` from outside, and where all history is that of this run."""
        return tree.tree_map(
            lambda t: t.detach() if isinstance(t, Tensor) and not (seen and self._leads_outside([t])) else t,
            results,
        )

    def pull(self, outputs: Sequence[Tensor], cotangents: Sequence[Tensor], again: bool) -> list[Tensor]:
        """For each input the gradient of the sum of some `outputs`, weighed with `cotangents`; zeros if there is none.

        `again`: the graph is kept for more.
        """
        create = mode.enabled and (self.seen or any(g.requires_grad for g in cotangents))
        reached = [(y, g) for y, g in zip(outputs, cotangents, strict=True) if y.requires_grad]
        if not (reached and self.inputs):
            return [zeros_like(x) for x in self.inputs]
        ys, gs = zip(*reached, strict=True)
        grads = autograd.grad(ys, self.inputs, gs, again or create, create, materialize_grads=True)
        return [self._from_outside(g, create) for g in grads]


def grad_and_value(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """The function that gives (gradient, value) of `func`, or (gradient, (value, aux)); see `grad`.

    As torch.func.grad_and_value.
    """
    name = "grad_and_value(f)(*args)"

    @functools.wraps(func)
    def gradient_and_value(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = Run(name, func, args, kwargs, argnums, has_aux)
        y = run.outputs[0]
        if run.output_structure != tree.LEAF:
            raise RuntimeError(f"{name}: Expected f(*args) to return a Tensor, got {run.output_structure}")
        if y.ndim != 0:
            raise RuntimeError(
                f"{name}: Expected f(*args) to return a scalar Tensor, got tensor with {y.ndim} dims. Maybe you wanted "
                "to use the vjp or jacrev APIs instead?"
            )
        gradient = tree.unflatten(run.structure, run.pull([y], [ones_like(y)], again=False))
        return gradient, (run.output, run.aux) if has_aux else run.output

    return gradient_and_value


def value_and_grad(
    func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """The function that gives (value, gradient) of `func`, or ((value, aux), gradient): jax's order; see `grad`."""
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def value_and_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        gradient, value = both(*args, **kwargs)
        return value, gradient

    return value_and_gradient


def grad(func: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The function that gives the gradient of `func`, which returns a single number, with respect to an argument.

    `argnums` says which argument, or with a tuple which ones; the gradient is nested like the argument, or a tuple of
    such. With `has_aux`, `func` returns (value, aux), and its gradient function (gradient, aux). Where `func` does not
    depend on an input, the gradient is zeros. RuntimeError if `func` returns anything but a number, if an argument is
    not floating, or if `argnums` does not fit. As torch.func.grad.

    >>> torch.func.grad(lambda p, x: (p["w"] * x + p["b"]).sum())({"w": torch.ones(2), "b": torch.ones(2)}, 3.0)
    {'w': tensor([3., 3.]), 'b': tensor([1., 1.])}
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        slope, value = both(*args, **kwargs)
        return (slope, value[1]) if has_aux else slope

    return gradient


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """(output, vjp_fn), or (output, vjp_fn, aux): the result of `func`, and the way back from it.

    `vjp_fn(cotangents)` takes a weight for every element of the output, nested like it, and gives a tuple with the
    gradient of the weighted sum for each of `primals`; it may be called again and again. As torch.func.vjp.

    >>> output, vjp_fn = torch.func.vjp(lambda x, y: x * y, torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
    >>> vjp_fn(torch.tensor([1.0, 0.0]))
    (tensor([3., 0.]), tensor([1., 0.]))
    """
    run = Run("vjp(f, *primals)", func, primals, {}, None, has_aux)
    require_floating("vjp(f, ...)", run.outputs)

    def vjp_fn(cotangents: Any) -> tuple[Any, ...]:
        flat, structure = tree.flatten(cotangents)
        if structure != run.output_structure:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                f"function. cotangents: {structure}, primal output: {run.output_structure}"
            )
        for g, y in zip(flat, run.outputs, strict=True):
            require_like("vjp_fn(cotangents)", "a cotangent", g, y)
        return tree.unflatten(run.structure, run.pull(run.outputs, flat, again=True))  # type: ignore[no-any-return]

    return (run.output, vjp_fn, run.aux) if has_aux else (run.output, vjp_fn)


def require_floating(name: str, outputs: Sequence[Tensor]) -> None:
    """RuntimeError if an output has no gradient by its dtype."""
    for y in outputs:
        if not y.is_floating_point():
            raise RuntimeError(
                f"{name}: All outputs of f must be floating-point Tensors, got Tensor with dtype {y.dtype}"
            )


def require_like(name: str, what: str, g: Any, y: Tensor) -> None:
    """RuntimeError if `g` is not a tensor of the shape of `y`."""
    if not isinstance(g, Tensor):
        raise RuntimeError(f"{name}: Expected {what} to be a Tensor, got {type(g)}")
    if g.shape != y.shape:
        raise RuntimeError(f"{name}: Mismatch in shape: {what} has a shape of {g.shape}, and its tensor {y.shape}")


def stop_gradient(x: Any) -> Any:
    """`x`, detached: every tensor in it is a constant to all transforms. As jax.lax.stop_gradient.

    >>> torch.func.grad(lambda x: x * torch.func.stop_gradient(x))(torch.tensor(3.0))
    tensor(3.)
    """
    return tree.tree_map(lambda t: t.detach() if isinstance(t, Tensor) else t, x)
