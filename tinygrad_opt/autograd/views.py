"""Views: tensors that look at another tensor's memory, and how their history follows a write in place.

A view remembers its root (the tensor whose memory it is), the node the root had, and the step from its parent. When
the root is written in place, the root's node changes; a view finds that out when it is next used, and is recorded
again, step by step, from the root's new node.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .graph import Node, Variable, make_node
from .memory import owner, written_since

if TYPE_CHECKING:
    from .table import Operation


class View:
    """How a tensor came from its root's memory: the last step is `op(parent, **params)`."""

    __slots__ = ("layouts", "op", "params", "parent", "root", "root_node")

    def __init__(self, parent: Variable, op: Operation, params: Mapping[str, Any]) -> None:
        self.parent = parent
        self.layouts = parent.layouts
        self.root: Variable = parent if parent._view is None else parent._view.root
        self.root_node = self.root.node
        self.op = op
        self.params = params

    def refresh(self, x: Variable) -> None:
        """Record `x`, which has this view, again if its root was written in place since."""
        if self.root.node is self.root_node:
            return
        if x.node is not None and not written_since(x.array, x.node.index):  # the root was written elsewhere
            self.root_node = self.root.node
            return
        for parent, step, view in reversed(chain(x)):
            view.root_node = view.root.node
            edge = parent.node if parent.node is not None else parent if parent.tracked else None
            if edge is None:
                step.node, step.tracked = None, False
            else:
                step.become(record_step(view, parent, edge, step))


def chain(x: Variable) -> list[tuple[Variable, Variable, View]]:
    """The steps (parent, result, view) from `x` back to its root, last step first.

    RuntimeError if one of them was given another shape in place after the view was taken.
    """
    steps = []
    while (view := x._view) is not None:
        if view.layouts != view.parent.layouts:
            raise RuntimeError(
                f"a view of shape {x.array.shape} was taken of a tensor that was then given the shape "
                f"{view.parent.array.shape} in place, and one of both was written to; take the view anew, or write "
                "y = x.t() in place of x.t_()"
            )
        steps.append((view.parent, x, view))
        x = view.parent
    return steps


def record_step(view: View, parent: Variable, edge: Node | Variable, result: Variable) -> Node:
    plan = view.op.plans[1]
    return make_node(plan, (edge,), plan.save((parent.array,), result.array, view.params), result.array)


def link_view(result: Variable, x: Variable, op: Operation, params: Mapping[str, Any]) -> None:
    """Make `result` a view of `x` if it looks at the memory of `x`."""
    base = result.array.base
    if base is not None and (base is x.array or base is x.array.base or owner(result.array) is owner(x.array)):
        result._view = View(x, op, params)
