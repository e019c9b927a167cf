"""Checkpoints: part of a model keeps nothing for its backward, and is computed again when that comes.

The part is run as ever. Then the arrays that its nodes have saved are let go, while the nodes and the edges between
them stay: so every way of walking the graph works, and parameters that the function merely uses are found. When
backward first comes to one of these nodes, the part is run once more; that makes the same nodes again, in the same
order, and each lends what it saved to its twin of the first run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..autograd import enable_grad, is_grad_enabled, memory, tree
from ..autograd.backward import as_tensors, check_unwritten
from ..autograd.graph import Node, Variable, edge_of
from ..autograd.table import BoundRule, Operation, Plan, Rule, Saved
from ..generator import default_generator


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, which keeps its arguments for backward, and runs again then to have the rest.

    Memory for time: what is kept between forward and backward is that of one such part at a time. The second run draws
    the same random numbers, unless `preserve_rng_state` is False. It must do what the first did: what the function
    changes outside itself, it changes twice. RuntimeError at backward() if it took other steps, or if an argument or a
    parameter was written in place since. Everything else is as without a checkpoint: arguments of any kind, several
    results, parameters that the function uses, autograd.grad, higher orders, checkpoints within checkpoints.

    As torch.utils.checkpoint.checkpoint with use_reentrant=False, whatever `use_reentrant` says.

    >>> from tinygrad_opt.utils.checkpoint import checkpoint
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> checkpoint(lambda x: x.exp().log(), x, use_reentrant=False).sum().backward()
    >>> x.grad
    tensor([1., 1.])
    """
    if not is_grad_enabled():
        return function(*args, **kwargs)
    part = _Part(function, args, kwargs, preserve_rng_state)
    result = function(*args, **kwargs)
    part.let_go(result)
    return result


def checkpoint_sequential(
    functions: Callable[[Any], Any] | Sequence[Callable[[Any], Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    *,
    preserve_rng_state: bool = True,
) -> Any:
    """`functions`, or the layers of a Sequential, one after the other, in so many checkpoints; the last needs none.

    As torch.utils.checkpoint.checkpoint_sequential.
    """
    layers = list(functions.children() if hasattr(functions, "children") else functions)  # type: ignore[arg-type]
    if not 0 < segments <= len(layers):
        raise ValueError(f"checkpoint_sequential(): expected 1 to {len(layers)} segments, got {segments}")
    size = len(layers) // segments
    last = size * (segments - 1)
    for start in range(0, last, size):
        run = _in_turn(layers[start : start + size])
        input = checkpoint(run, input, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state)
    return _in_turn(layers[last:])(input)


def _in_turn(layers: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for layer in layers:
            x = layer(x)
        return x

    return run


_WRITTEN = (
    "one of the variables needed for gradient computation has been modified by an inplace operation: {}, which is to "
    "compute with it again. Write to it after backward(), or out of place, or clone() it."
)


class _Part:
    """One call under a checkpoint: how to make it again, and what came of that."""

    def __init__(
        self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], preserve: bool
    ) -> None:
        self._call = function, args, kwargs
        self._random = default_generator.get_state() if preserve else None
        self._tensors = [x for x in tree.flatten((args, kwargs))[0] if isinstance(x, Variable)]
        for x in self._tensors:
            edge_of(x)  # brings views up to date: that is no step of the function
        self._time = self._end = memory.tick()
        self._steps: list[tuple[str, tuple[int, ...]]] = []
        self._twins: list[tuple[Node, Saved]] = []

    def let_go(self, result: Any) -> None:
        """Free the arrays that the nodes behind `result` have saved, back to the arguments."""
        self._end = memory.tick()
        nodes = _made_since(self._time, result)
        self._steps = _steps(nodes)
        for k, node in enumerate(nodes):
            if node.plan.keeps_arrays:
                node.plan, node.saved = _Recomputed(node.plan.op), (self, k)

    def twin(self, k: int) -> tuple[Node, Saved]:
        """The node of the second run that stands for the k-th of the first, and what it saved.

        They go when this does, with the last node that backward() frees.
        """
        if not self._twins:
            self._twins = [(node, node.saved or ()) for node in self._run_again()]
        return self._twins[k]

    def _run_again(self) -> list[Node]:
        if any(memory.written_since(x.array, self._time) for x in self._tensors):
            raise RuntimeError(_WRITTEN.format("an argument of checkpoint()"))
        function, args, kwargs = self._call
        start = memory.tick()
        with enable_grad(), _random_numbers(self._random):
            nodes = _made_since(start, function(*args, **kwargs))
        arrays = [x for node in nodes for x in tree.flatten(node.saved)[0] if isinstance(x, np.ndarray)]
        if any(memory.written_since(x, self._end) and not memory.written_since(x, start) for x in arrays):
            raise RuntimeError(_WRITTEN.format("a tensor that the function of checkpoint() uses"))
        if _steps(nodes) != self._steps:
            raise RuntimeError(
                "checkpoint(): the function took other steps when it was run again for backward: "
                f"{len(self._steps)} then, {len(nodes)} now, or of other shapes. It must depend on its arguments alone."
            )
        return nodes


class _Recomputed(Plan):
    """The plan of a node that has let go what it saved: its rules are those of its twin."""

    __slots__ = ()

    def __init__(self, op: Operation) -> None:
        self.op = op
        self.rules, self.sources, self.keeps_arrays = [], ["part", "number"], True

    def find_rules(self, node: Node, g: Any, saved: Saved, create: bool) -> list[BoundRule]:
        part, k = saved
        twin, kept = part.twin(k)
        check_unwritten(twin, kept)
        if create:
            kept = as_tensors(twin, kept)
        rules = twin.plan.rules or twin.plan.find_rules(twin, g, kept, create)
        return [(i, _with_saved(rule, kept if at is None else kept[at]), None) for i, rule, at in rules]


def _with_saved(rule: Rule, kept: Any) -> Rule:
    return lambda g, saved: rule(g, kept)


def _made_since(time: int, result: Any) -> list[Node]:
    """The nodes behind `result` that were made after `time`, in the order they were made."""
    seen: set[Node] = set()
    stack: list[Any] = [edge_of(x) for x in tree.flatten(result)[0] if isinstance(x, Variable)]
    while stack:
        edge = stack.pop()
        if isinstance(edge, Node) and edge.index > time and edge not in seen:
            seen.add(edge)
            stack.extend(edge.edges)
    return sorted(seen, key=lambda node: node.index)


def _steps(nodes: Sequence[Node]) -> list[tuple[str, tuple[int, ...]]]:
    return [(node.plan.op.name, node.shape) for node in nodes]


@contextmanager
def _random_numbers(state: Any) -> Iterator[None]:
    """Inside, the default generator goes on from `state`, afterwards from where it was; None: as ever."""
    if state is None:
        yield
        return
    before = default_generator.get_state()
    default_generator.set_state(state)
    try:
        yield
    finally:
        default_generator.set_state(before)
