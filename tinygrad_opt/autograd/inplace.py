"""Writing in place: `x += y`, `x[i] = v` and the methods with a trailing underscore.

The array itself changes, so everything that shares its memory sees it. Where a gradient is wanted, the write is an
operation too: `x` gets a new node, and if `x` is a view, so does the tensor whose memory it looks at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import memory
from .derivatives import indexing
from .graph import Node, Variable, edge_of, make_node, wrap
from .mode import mode
from .views import chain

if TYPE_CHECKING:
    from .table import Operation


def assign(x: Variable, result: Variable) -> None:
    """Make `x` become `result`, an operation's outcome that may have read `x`: same memory, new values and history.

    RuntimeError if `x` is a leaf that requires grad and recording is on, or if the result has another shape or a kind
    of number that `x` cannot hold.
    """
    require_writable(x)
    if result.array.shape != x.array.shape:
        raise RuntimeError(
            f"output with shape {list(x.array.shape)} doesn't match the broadcast shape {list(result.array.shape)}"
        )
    if not np.can_cast(result.array.dtype, x.array.dtype, "same_kind"):
        raise RuntimeError(f"result type {result.array.dtype} can't be cast to the desired output type {x.array.dtype}")
    node, before = result.node, edge_of(x)
    step: Node | Variable | None = node
    while isinstance(step, Node):  # the operation that computed the result, and the views taken of that
        step.saved = _apart(step.saved, x.array)
        step = step.edges[0] if step.plan.op.view else None
    _write(x, ..., result.array)
    if node is not None:
        _rebase(x, node)
    elif mode.enabled and before is not None:  # the result of a comparison has no gradient, and what was here is gone
        _rebase(x, _node(indexing.setitem, (before, None), (x.array, result.array), {"key": ...}, x.array))


def relayout(x: Variable, view: Variable) -> None:
    """Make `x` become `view`, a view of all of it in another shape."""
    require_writable(x)
    link = view._view
    if link is not None and x._view is not None:
        link.parent = before = wrap(x.array, x.node)
        before.tracked, before._view, before.layouts = x.tracked, x._view, x.layouts
        x._view = link
    x.array = view.array
    x.layouts += 1
    if view.node is not None:
        x.become(view.node)


def _apart(saved: Any, array: memory.Array) -> Any:
    """What a node saved, with copies of the arrays that are about to be overwritten."""
    if saved is None:
        return None
    return tuple([s.copy() if isinstance(s, np.ndarray) and np.may_share_memory(s, array) else s for s in saved])


def setitem(x: Variable, key: Any, value: Any) -> None:
    """x[key] = value, recorded where a gradient is wanted; `value` is a tensor, an array or a number."""
    before = edge_of(x)
    after = edge_of(value) if isinstance(value, Variable) else None
    require_writable(x)
    values = value.array if isinstance(value, Variable) else np.asarray(value)
    if np.may_share_memory(values, x.array):
        values = values.copy()
    try:
        _write(x, key, values)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result of "
            f"shape {list(x.array[key].shape)}"
        ) from None
    if mode.enabled and x.array.dtype.kind == "f" and (before is not None or after is not None):
        _rebase(x, _node(indexing.setitem, (before, after), (x.array, values), {"key": key}, x.array))


def _node(
    op: Operation,
    edges: tuple[Node | Variable | None, ...],
    arrays: Sequence[Any],
    params: Mapping[str, Any],
    y: memory.Array,
) -> Node:
    """The node of an operation that was already carried out."""
    plan = op.plans[sum(1 << i for i, edge in enumerate(edges) if edge is not None)]
    return make_node(plan, edges, plan.save(arrays, y, params), y)


def require_writable(x: Variable) -> None:
    """RuntimeError where a write in place would lose a leaf's gradient, or change memory that is read-only."""
    if mode.enabled:
        if x.node is None and x.tracked:
            raise RuntimeError(
                "a leaf Variable that requires grad is being used in an in-place operation. Write to it inside "
                "`with no_grad():`, or to a clone()."
            )
        root = x if x._view is None else x._view.root
        if root.node is None and root.tracked:
            raise RuntimeError(
                "a view of a leaf Variable that requires grad is being used in an in-place operation. Write to it "
                "inside `with no_grad():`, or to a clone()."
            )
    if x._view is not None:
        chain(x)  # raises where it is no view any more
    if not x.array.flags.writeable:
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a single memory location "
            f"(an expanded tensor of shape {x.array.shape}), or its array is read-only. Please clone() it first."
        )


def _write(x: Variable, key: Any, values: Any) -> None:
    indexing.write(x.array, key, values)
    if indexing.is_basic(key):
        parts = key if isinstance(key, tuple) else (key,)
        memory.touch(x.array[parts if Ellipsis in parts else (*parts, ...)])
    else:
        memory.touch(x.array)


def _rebase(x: Variable, node: Node) -> None:
    """Give `x` the history `node`; a view's root is then recorded as itself with that part overwritten."""
    node.index = memory.tick()  # after the write: what it saved is not older than that
    if x._view is None:
        x.become(node)
        return
    root = x._view.root
    positions = np.arange(root.array.size).reshape(root.array.shape)
    for _, _, view in reversed(chain(x)):
        positions = view.op.fn(positions, **view.params)
    key = np.unravel_index(positions, root.array.shape) if root.array.ndim else ...
    edge = root.node if root.node is not None else root if root.tracked else None
    root.become(_node(indexing.setitem, (edge, node), (root.array, x.array), {"key": key}, root.array))
    x._view.refresh(x)
