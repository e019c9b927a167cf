"""The walk back: gradients carried from a result to what it was computed from, latest node first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from sys import getrefcount
from typing import TYPE_CHECKING, Any

import numpy as np

from . import memory
from .anomaly import anomaly
from .derivatives.arithmetic import plain, select
from .derivatives.elementwise import same
from .derivatives.indexing import Part
from .graph import Node, Variable, edge_of, make_node, ndarray, wrap
from .home import ALONE
from .mode import mode, set_grad_enabled

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .table import Saved

FREED = (
    "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
    "been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
    "Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved "
    "tensors after calling backward. The freed node is {name}, of a result of shape {shape}."
)


Gradients = dict[Any, Any]  # of a Node or a leaf: an array, or a Tensor with create_graph


def propagate(
    roots: Iterable[tuple[Node | Variable, Any]], retain: bool, create: bool, wanted: Iterable[Any] | None = None
) -> Gradients:
    """Carry gradients from `roots` back through the graph, recording what is computed with `create`.

    Without `wanted`, every leaf's gradient is added to its `.grad`. With it, no `.grad` changes: only the paths to the
    wanted edges are walked, and their gradients are returned. As in PyTorch, NumPy's warnings are off: an infinite
    gradient at a kink is a result like any other.
    """
    before, mode.enabled = mode.enabled, create
    try:
        with np.errstate(all="ignore"):
            return _walk(roots, retain, create, wanted)
    finally:
        mode.enabled = before


def _walk(
    roots: Iterable[tuple[Node | Variable, Any]], retain: bool, create: bool, wanted: Iterable[Any] | None
) -> Gradients:
    grads: Gradients = {}
    for edge, g in roots:
        grads[edge] = grads[edge] + g if edge in grads else g
    found: Gradients = {}
    safe = mode.safe
    own: set[Any] = set()  # those whose gradient is an array of the walk's own, to which parts are added in place
    path = None if wanted is None else _path(list(grads), set(wanted))
    pending = [(-edge.index, edge) for edge in grads if isinstance(edge, Node)]
    heapify(pending)
    while pending:
        node = heappop(pending)[1]
        plan, edges = node.plan, node.edges
        saved: Any = node.saved
        g = grads.pop(node)
        if create and type(g) is Part:
            g = g.whole()
        if node.hooks:
            g = _run_hooks(node.hooks, g, create)
        if path is not None:
            if node in path.wanted:
                found[node] = g
            if node not in path.through:
                continue
        if saved is not None and node.index < memory.latest_write:
            check_unwritten(node, saved)
        if plan.keeps_arrays:
            if saved is None:
                raise RuntimeError(FREED.format(name=node.name(), shape=node.shape))
            if create:
                saved = as_tensors(node, saved)
            if not retain:
                node.saved = None
        for i, rule, at in plan.rules or plan.find_rules(node, g, saved, create):
            target: Any = edges[i]  # a Node or a leaf: no rule runs for an input that wants no gradient
            if path is not None and target not in path.nodes:
                continue
            try:
                gx = rule(g, saved) if at is None else rule(g, saved[at])
            except Exception as error:
                error.add_note(f"in the derivative of {plan.op.name}() with respect to input {i}, result {node.shape}")
                raise
            if safe and plan.op.elementwise:
                gx = _zero_stays_zero(g, gx)
            if anomaly.enabled:
                gx = gx.whole() if type(gx) is Part else gx
                anomaly.check(node, i, gx)
            if type(target) is Node:
                if gx.shape != target.shape or gx.dtype is not target.dtype:
                    if type(gx) is Part:
                        if target not in grads:
                            heappush(pending, (-target.index, target))
                        _add_part(grads, own, target, gx, create)
                        continue
                    gx = fit(gx, target.shape, target.dtype)
                if target in grads:
                    grads[target] = grads[target] + gx
                else:
                    grads[target] = gx
                    heappush(pending, (-target.index, target))
            else:
                array = target.array
                if gx.shape != array.shape or gx.dtype is not array.dtype:
                    if type(gx) is Part:
                        _add_part(grads, own, target, gx, create)
                        continue
                    gx = fit(gx, array.shape, array.dtype)
                if path is None and target.hooks is None:
                    accumulate(target, gx, gx is g, create)
                else:
                    grads[target] = grads[target] + gx if target in grads else gx
    for leaf, g in grads.items():  # only leaves are left
        if create and type(g) is Part:
            g = g.whole()
        if leaf.hooks:
            g = _run_hooks(leaf.hooks, g, create)
        if path is None:
            accumulate(leaf, g, leaf not in own, create)
        else:
            found[leaf] = g
    return found


def _zero_stays_zero(g: Any, gx: Any) -> Any:
    """What an elementwise rule made of `g`, with 0 in place of the nan it made of a 0: see safe_where."""
    made = (plain(g) == 0) & np.isnan(plain(gx))
    return select(0.0, gx, condition=made) if made.any() else gx


def _add_part(grads: Gradients, own: set[Any], target: Node | Variable, part: Part, create: bool) -> None:
    """Add to the gradient of `target` what a read of a part of it passes back, in place where nothing is recorded."""
    total = grads.get(target)
    if create:
        grads[target] = part if total is None else part + total
        return
    if total is None:
        grads[target] = fit(part.whole(), target.shape, target.dtype)
    else:
        if target not in own or type(total) is not ndarray:
            total = grads[target] = np.array(total, order="C")
        part.add_to(total)
    own.add(target)


def fit(g: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Any:
    """Undo broadcasting and promotion: the gradient `g` summed to `shape` and cast to `dtype`."""
    if g.shape != shape:
        if g.ndim < len(shape):
            g = g.reshape((1,) * (len(shape) - g.ndim) + g.shape)
        lead = g.ndim - len(shape)
        axes = tuple(range(lead)) + tuple([i + lead for i, n in enumerate(shape) if n == 1 != g.shape[i + lead]])
        if type(g) is not ndarray:
            g = (g.sum(axis=axes, keepdims=True) if axes else g).reshape(shape)
        elif lead == len(axes):  # the leading ones alone, as for a bias: the shape is right already
            g = np.add.reduce(g, 0 if lead == 1 else axes)  # a number is read faster than a tuple of one
        else:
            g = np.add.reduce(g, axes, keepdims=True).reshape(shape)
    return g if g.dtype == dtype else g.astype(dtype)


_accumulating = threading.Lock()  # threads may walk back to the same leaf


def accumulate(leaf: Variable, g: Any, shared: bool, create: bool) -> None:
    """Add `g` to the leaf's `.grad`, which never shares memory with anything (`shared`: g is also held elsewhere)."""
    _accumulating.acquire()  # `with` takes twice as long
    try:
        old = leaf._grad
        if old is not None:
            if create or old.tracked:
                leaf._grad = old + (g if isinstance(g, Variable) else wrap(g))
            else:
                np.add(old.array, g, out=old.array)
                memory.touch(old.array)
        elif create:
            leaf._grad = wrap(g.array.copy(), g.node) if isinstance(g, Variable) else wrap(g.copy())
        elif (home := leaf.home) is not None and home.holders() == ALONE:
            leaf._grad = home.tensor
            home.tensor.array[...] = g
        else:
            owned = not shared and type(g) is ndarray and g.base is None
            leaf._grad = wrap(g if owned else np.array(g))
    finally:
        _accumulating.release()


class _Path:
    """Which edges lead to the wanted ones: `through` are the nodes whose rules must run, `nodes` all edges on it."""

    __slots__ = ("nodes", "through", "wanted")

    def __init__(self, nodes: set[Any], through: set[Any], wanted: set[Any]) -> None:
        self.nodes, self.through, self.wanted = nodes, through, wanted


def reachable(roots: Iterable[Any], since: int = 0) -> set[Any]:
    """Every node and leaf that `roots` were computed from, themselves included; not past nodes older than `since`."""
    seen = set(roots)
    stack = [edge for edge in seen if isinstance(edge, Node)]
    while stack:
        for edge in stack.pop().edges:
            if edge is not None and edge not in seen:
                seen.add(edge)
                if isinstance(edge, Node) and edge.index > since:
                    stack.append(edge)
    return seen


def _path(roots: Sequence[Any], wanted: set[Any]) -> _Path:
    nodes = set(wanted)
    through = set()
    oldest = min(edge.index if isinstance(edge, Node) else 0 for edge in wanted) if wanted else 0
    for node in sorted((e for e in reachable(roots, oldest) if isinstance(e, Node)), key=lambda node: node.index):
        if any(edge in nodes for edge in node.edges):
            through.add(node)
            nodes.add(node)
    return _Path(nodes, through, wanted)


def _run_hooks(hooks: Mapping[int, Callable[[Any], Any]], g: Any, create: bool) -> Any:
    """The gradient after every hook has seen it, as a Tensor, and perhaps replaced it."""
    t = g if isinstance(g, Variable) else wrap(np.array(g))  # a hook may write to its own copy
    for hook in list(hooks.values()):
        replaced = hook(t)
        if replaced is not None:
            if not isinstance(replaced, Variable):
                raise TypeError(f"a gradient hook returns a Tensor or None, not {type(replaced).__name__}")
            if replaced.dtype != t.dtype:
                raise RuntimeError(f"a gradient hook has changed the dtype: from {t.dtype} to {replaced.dtype}")
            if tuple(replaced.shape) != tuple(t.shape):
                raise RuntimeError(f"a gradient hook has changed the shape: from {tuple(t.shape)} to {replaced.shape}")
            t = replaced
    return t if create else t.array


def check_unwritten(node: Node, saved: Saved) -> None:
    """RuntimeError if an array among what the node saved, its parameters included, was written in place since."""
    for source, value in zip(node.plan.sources, saved, strict=True):
        for array in _flat(value):
            if isinstance(array, ndarray) and memory.written_since(array, node.index):
                which = f"input {source}" if isinstance(source, int) else "its result" if source == "y" else source
                raise RuntimeError(
                    "one of the variables needed for gradient computation has been modified by an inplace operation: "
                    f"{which} of {node.name()}, {array.dtype} of shape {array.shape}. Write it out of place "
                    "(y = y + 1, not y += 1) or clone() it first. Hint: enable anomaly detection to find the operation "
                    "that failed to compute its gradient, with autograd.set_detect_anomaly(True)."
                )


def _flat(value: Any) -> Iterable[Any]:
    """What is in a tuple, and in the tuples in it: in keys, and in tuples of keys."""
    if isinstance(value, tuple):
        for part in value:
            yield from _flat(part)
    else:
        yield value


def as_tensors(node: Node, saved: Saved) -> Saved:
    """The saved arrays as Tensors again, each with the history it had: what makes second derivatives exist."""
    tensors: list[Any] = []
    for source, value in zip(node.plan.sources, saved, strict=True):
        if source == "y":
            value = wrap(value, node)
        elif isinstance(value, tuple) and isinstance(source, int):
            value = tuple(_with_history(array, edge) for array, edge in zip(value, node.edges, strict=True))
        elif isinstance(source, int):
            value = _with_history(value, node.edges[source])
        tensors.append(value)
    return tuple(tensors)


def _with_history(array: Any, edge: Node | Variable | None) -> Any:
    if edge is None or not isinstance(array, ndarray):
        return array
    if isinstance(edge, Node) and edge.dtype == array.dtype and edge.shape == array.shape:
        return wrap(array, edge)
    if edge is not None and isinstance(edge, Variable) and edge.array is array:
        return edge
    return wrap(array, make_node(same.plans[1], (edge,), None, array))  # promoted, or its leaf was rebound


def backward(
    tensors: Variable | Sequence[Variable],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add to the `.grad` of every leaf the gradient of the sum of `tensors`, each weighted by its grad tensor.

    With `inputs`, only those tensors' `.grad`. The graph is freed unless `retain_graph`; with `create_graph` the
    gradients have a history of their own, which keeps the graph alive until `.grad` is cleared: `grad` does not. As
    torch.autograd.backward.
    """
    targets = None if inputs is None else _listed(inputs)
    if targets is not None and not targets:
        raise RuntimeError("backward(): `inputs` argument to `backward()` cannot be empty.")
    roots = _roots(_listed(tensors), None if grad_tensors is None else _listed(grad_tensors), create_graph)
    retain = create_graph if retain_graph is None else retain_graph
    if targets is None:
        propagate(roots, retain, create_graph)
        return
    found = propagate(roots, retain, create_graph, [_required_edge(x) for x in targets])
    with set_grad_enabled(create_graph):
        for x in targets:
            if (edge := edge_of(x)) in found and x.retained is None:  # which the hook of retain_grad has filled
                accumulate(x, found[edge], True, create_graph)


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """The gradients of the sum of `outputs` with respect to each of `inputs`; no `.grad` changes.

    An input that the outputs do not depend on is an error, unless `allow_unused` (its gradient is then None) or
    `materialize_grads` (zeros). As torch.autograd.grad.

    >>> x = torch.tensor(3.0, requires_grad=True)
    >>> (slope,) = torch.autograd.grad(x**2, x, create_graph=True)
    >>> torch.autograd.grad(slope, x)
    (tensor(2.),)
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: False.")
    targets = _listed(inputs)
    roots = _roots(_listed(outputs), None if grad_outputs is None else _listed(grad_outputs), create_graph)
    edges = [_required_edge(x) for x in targets]
    found = propagate(roots, create_graph if retain_graph is None else retain_graph, create_graph, edges)
    if not (allow_unused or materialize_grads) and any(edge not in found for edge in edges):
        raise RuntimeError(
            f"The differentiated Tensor at index {next(i for i, e in enumerate(edges) if e not in found)} appears to "
            "not have been used in the graph. Set allow_unused=True if this is the desired behavior."
        )
    results: list[Tensor | None] = []
    last = {edge: i for i, edge in enumerate(edges)}
    for i, (x, edge) in enumerate(zip(targets, edges, strict=True)):
        if edge in found:
            g = found.pop(edge) if last[edge] == i else found[edge]
            if not isinstance(g, Variable):
                alone = type(g) is ndarray and g.base is None and getrefcount(g) == _ALONE
                g = wrap(g if alone else np.array(g))  # it may be a saved value, or another's gradient
            results.append(g)
        else:
            results.append(wrap(np.zeros_like(x.array)) if materialize_grads else None)
    return tuple(results)


def _references_of_one() -> int:
    g = np.zeros(1)
    return getrefcount(g)


_ALONE = _references_of_one()  # the count of an array that only a local variable holds


def _listed(x: Any) -> list[Any]:
    return [x] if isinstance(x, Variable) else list(x)


def _required_edge(x: Tensor) -> Node | Variable:
    edge = edge_of(x)
    if edge is None:
        raise RuntimeError("One of the differentiated Tensors does not require grad")
    return edge


def _roots(outputs: list[Tensor], gradients: list[Any] | None, create: bool) -> list[tuple[Node | Variable, Any]]:
    """Where to start and with which gradient: what was given, or one for an output of a single element."""
    if gradients is not None and len(gradients) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(gradients)} gradients")
    roots = []
    for i, y in enumerate(outputs):
        edge = edge_of(y)
        if edge is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn: it was not computed from "
                "a tensor with requires_grad=True, or inside no_grad()"
            )
        g = None if gradients is None else gradients[i]
        if g is None:
            if y.array.size != 1:
                raise RuntimeError(
                    f"grad can be implicitly created only for scalar outputs, but the output has shape {y.shape}; "
                    "call .sum() first, or give backward(gradient=...)"
                )
            g = np.array(1, y.array.dtype).reshape(y.array.shape)
        elif tuple(g.shape) != y.array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {g.shape} and output[{i}] has a shape of "
                f"{y.shape}."
            )
        elif isinstance(g, Variable) and not create:
            g = g.array
        if create and not isinstance(g, Variable):
            g = wrap(g)
        roots.append((edge, fit(g, y.array.shape, y.array.dtype)))
    return roots
