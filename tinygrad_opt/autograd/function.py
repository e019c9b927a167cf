"""Function: an operation of a user's own, with its forward and its backward in Tensor code.

The table's rows see only the result and the inputs; a Function may keep whatever it likes in its context, return
several results, and be written without knowing the table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import memory
from .derivatives.elementwise import same
from .graph import Node, Variable, edge_of, make_node, wrap
from .mode import mode, no_grad
from .table import BoundRule, Operation, Plan, Saved, constant

if TYPE_CHECKING:
    from ..tensor import Tensor


class FunctionCtx:
    """What forward leaves for backward: `save_for_backward(...)`, and any attribute.

    `needs_input_grad` says for each argument of apply whether its gradient is wanted.
    """

    def __init__(self, needs_input_grad: tuple[bool, ...]) -> None:
        self.needs_input_grad = needs_input_grad
        self._to_save: tuple[Tensor | None, ...] = ()
        self._saved: list[tuple[memory.Array | None, Node | Variable | int | None]] = []
        self._non_differentiable: tuple[int, ...] = ()
        self._materialize = True
        self._outputs: list[tuple[tuple[int, ...], Any]] = []
        self._node: Node | None = None  # set only while backward runs: no cycle

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keep inputs or outputs (or None) for backward, where `saved_tensors` gives them with their history."""
        self._to_save = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say that these outputs have no gradient."""
        self._non_differentiable = tuple(id(t) for t in tensors)

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (True, unless told) or None for outputs that were not used."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Tensor | None, ...]:
        """What forward saved; RuntimeError if one of them was written in place since."""
        tensors: list[Tensor | None] = []
        for array, origin in self._saved:
            if array is None:
                tensors.append(None)
            elif isinstance(origin, int):  # an output
                assert self._node is not None, "saved_tensors is there while backward runs"
                tensors.append(wrap(array, _output_node(self._node, origin, len(self._outputs), array)))
            elif isinstance(origin, Variable):
                leaf = wrap(array, make_node(same.plans[1], (origin,), None, array))
                tensors.append(origin if origin.array is array else leaf)  # type: ignore[arg-type]
            else:
                tensors.append(wrap(array, origin))
        return tuple(tensors)


class Function:
    """An operation with a hand-written derivative: subclass it, and call `apply`. As torch.autograd.Function.

    `forward(ctx, *args)` computes without recording; `backward(ctx, *grads)` gets the gradient of each output and
    returns one for each argument, None where there is none.

    >>> class Cube(torch.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x * x
    ...
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved_tensors
    ...         return g * 3 * x * x
    >>> x = torch.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The result, or a tuple of results, of (ctx, *args); of the arguments alone where there is setup_context."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradient of every argument, or None, from the gradient of every result."""
        raise NotImplementedError("You must implement the backward function for custom autograd.Function.")

    _plan: ClassVar[Plan]  # of each subclass, made when it is first applied
    setup_context: Callable[..., None] | None = None  # forward without ctx: setup_context(ctx, inputs, output) after it

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run forward, and record the step if an argument wants a gradient."""
        edges = tuple(edge_of(x) if isinstance(x, Variable) else None for x in args)
        ctx = FunctionCtx(tuple(edge is not None for edge in edges))
        with no_grad():
            if cls.setup_context is None:
                result = cls.forward(ctx, *args)
            else:
                result = cls.forward(*args)
                cls.setup_context(ctx, args, result)
        if not (mode.enabled and any(ctx.needs_input_grad)):
            return result
        outputs = result if isinstance(result, tuple) else (result,)
        if "_plan" not in cls.__dict__:
            cls._plan = _FunctionPlan(Operation(cls.apply, cls.__name__, {}), cls)
        node = make_node(cls._plan, edges, (ctx,), np.empty(0))
        ctx._outputs = [(y.array.shape, y.array.dtype) if isinstance(y, Variable) else ((), None) for y in outputs]
        ctx._saved = [_origin(t, args, edges, outputs) for t in ctx._to_save]
        ctx._to_save = ()
        if len(outputs) == 1:
            node.shape, node.dtype = ctx._outputs[0]
        else:
            node.shape, node.dtype = _Grads.shape, _Grads.dtype
        tracked = tuple(
            wrap(y.array, _output_node(node, k, len(outputs), y.array))
            if isinstance(y, Variable) and id(y) not in ctx._non_differentiable and y.array.dtype.kind in "fc"
            else y
            for k, y in enumerate(outputs)
        )
        return tracked if isinstance(result, tuple) else tracked[0]


class _FunctionPlan(Plan):
    """The plan of one Function: its rules are what its backward returns."""

    __slots__ = ("function",)

    def __init__(self, op: Operation, function: type[Function]) -> None:
        self.op = op
        self.function = function
        self.rules, self.sources, self.keeps_arrays = [], ["ctx"], True

    def find_rules(self, node: Node, g: Any, saved: Saved, create: bool) -> list[BoundRule]:
        """What the Function's backward returns for `g`, as rules of constant value; checked for number and shape."""
        return _run_backward(self.function, node, g, saved[0], create)


class _Grads(tuple[Any, ...]):
    """The gradients of a Function's outputs on their way to its node; None where none has arrived."""

    shape: Any = None
    dtype: Any = None

    def __add__(self, other: Any) -> _Grads:
        return _Grads(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))


def _output_node(node: Node, k: int, n: int, array: memory.Array) -> Node:
    """The node of output `k` of `n`: the Function's own node where it is the only one."""
    if n == 1:
        return node
    return make_node(_output.plans[1], (node,), (k, n), array)


_output = Operation(lambda x, k, n: x, "output", {"x": lambda g, k, n: _Grads(g if i == k else None for i in range(n))})


def _origin(
    t: Any, args: tuple[Any, ...], edges: tuple[Any, ...], outputs: tuple[Any, ...]
) -> tuple[memory.Array | None, Node | Variable | int | None]:
    """A saved tensor as its array, and the edge of the argument or the number of the output that it is."""
    if t is None:
        return None, None
    for x, edge in zip(args, edges, strict=True):
        if x is t:
            return t.array, edge
    for k, y in enumerate(outputs):
        if y is t:
            return t.array, k
    return t.array, None


def _run_backward(function: type[Function], node: Node, g: Any, ctx: FunctionCtx, create: bool) -> list[BoundRule]:
    name = node.name().removesuffix("0")
    for array, _ in ctx._saved:
        if array is not None and memory.written_since(array, node.index):
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an inplace operation: a "
                f"tensor of shape {array.shape} that {name} saved"
            )
    given = g if isinstance(g, _Grads) else (g,)
    grads = [
        _materialized(x, shape, dtype, ctx._materialize) for x, (shape, dtype) in zip(given, ctx._outputs, strict=True)
    ]
    ctx._node = node
    try:
        result = function.backward(ctx, *grads)
    finally:
        ctx._node = None
    results = result if isinstance(result, tuple) else (result,)
    if len(results) < len(node.edges) or any(r is not None for r in results[len(node.edges) :]):
        raise RuntimeError(
            f"function {name} returned an incorrect number of gradients (expected {len(node.edges)}, got "
            f"{len(results)})"
        )
    rules: list[BoundRule] = []
    for i, (edge, gx) in enumerate(zip(node.edges, results, strict=False)):
        if edge is None or gx is None:
            continue
        if gx.shape != edge.shape and not _sums_to(gx.shape, edge.shape):
            raise RuntimeError(
                f"Function {name} returned an invalid gradient at index {i} - got {list(gx.shape)} but expected shape "
                f"compatible with {list(edge.shape)}"
            )
        value = gx if create else np.array(gx.array)  # a copy: it may be anything the user holds
        rules.append((i, constant(value), None))
    return rules


def _materialized(g: Any, shape: tuple[int, ...], dtype: Any, materialize: bool) -> Any:
    if g is None:
        return wrap(np.zeros(shape, dtype)) if materialize else None
    return g if isinstance(g, Variable) else wrap(g)


def _sums_to(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether summing broadcast dimensions turns `shape` into `target`."""
    if len(shape) < len(target):
        return False
    return all(n in (1, m) for m, n in zip(shape[len(shape) - len(target) :], target, strict=True))
