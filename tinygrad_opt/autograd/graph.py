"""The graph: a Variable is an array and where it came from, a Node is one recorded operation.

A Tensor owns the node that made it; a node points to the nodes, or leaf tensors, of its inputs and never to a tensor
it produced. So there is no cycle, and a graph is freed by reference counting alone. Nodes are numbered as they are
made, an order in which every result comes after its inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .anomaly import anomaly
from .memory import Array, tick

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .home import Home
    from .table import Plan, Saved
    from .views import View

ndarray = np.ndarray
new = object.__new__


class Variable:
    """An array and where it came from: what the engine needs of a Tensor.

    `array` holds the values; `node` is what computed them (None: a leaf); `tracked` says that a gradient flows to it;
    `_view` is set where the array is part of another tensor's memory; `hooks` see a leaf's gradient before it is added
    to `_grad`; `home` is where an optimizer wants that gradient written; `retained` is the hook of retain_grad;
    `layouts` counts how often it was given another shape in place.
    """

    __slots__ = ("__dict__", "__weakref__", "_grad", "_view", "array", "node", "tracked")

    array: Array
    node: Node | None
    tracked: bool
    _view: View | None
    _grad: Tensor | None
    hooks: dict[int, Callable[[Tensor], Tensor | None]] | None = None
    retained: tuple[RemovableHandle, Callable[[Tensor], None]] | None = None
    home: Home | None = None
    layouts: int = 0

    def become(self, node: Node) -> None:
        """Take `node` as history, after a write in place; the hook of retain_grad moves along."""
        self.node, self.tracked = node, True
        if self.retained is not None:
            handle, keep = self.retained
            handle.remove()
            self.retained = node.register_hook(keep), keep

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.array.dtype


class Node:
    """One recorded operation: what it saved, and the edges to what it was computed from.

    `saved` is what the plan's rules read, None once freed. `shape` and `dtype` are the result's, to which its gradient
    is fitted. Hooks receive the gradient of the result, and may replace it.
    """

    __slots__ = ("__weakref__", "dtype", "edges", "hooks", "index", "plan", "saved", "shape")

    plan: Plan
    edges: tuple[Node | Variable | None, ...]
    saved: Saved | None
    index: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    hooks: dict[int, Callable[[Any], Any]] | None

    def name(self) -> str:
        """PyTorch's name for this step: MulBackward0, SumBackward0, ..."""
        words = self.plan.op.name.strip("_").split("_")
        return "".join(word[:1].upper() + word[1:] for word in words) + "Backward0"

    @property
    def next_functions(self) -> tuple[tuple[Node | Variable | None, int], ...]:
        """The nodes or leaf tensors this one was computed from, as torch's Node.next_functions."""
        return tuple((edge, 0) for edge in self.edges)

    def register_hook(self, hook: Callable[[Any], Any]) -> RemovableHandle:
        """Call `hook(grad)` with the gradient of this node's result; what it returns, if not None, replaces it."""
        if self.hooks is None:
            self.hooks = {}
        return RemovableHandle(self.hooks, hook)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


class RemovableHandle:
    """What register_hook returns: `remove()` takes the hook away again."""

    def __init__(self, hooks: dict[int, Any], hook: Callable[..., Any]) -> None:
        self._hooks, self._key = hooks, tick()
        hooks[self._key] = hook

    def remove(self) -> None:
        self._hooks.pop(self._key, None)


tensor_type: type[Tensor] = Variable  # type: ignore[assignment]  # tensor.py puts its class here


def set_tensor_type(cls: type[Tensor]) -> None:
    """Tell the engine which class results are made of."""
    global tensor_type
    tensor_type = cls


def wrap(array: Any, node: Node | None = None) -> Tensor:
    """A Tensor of `array` (0-d where it is a NumPy scalar), computed by `node`."""
    t = new(tensor_type)
    t.array = array if type(array) is ndarray else np.asarray(array)
    t.node = node
    t.tracked = node is not None
    t._view = None
    t._grad = None
    return t


def edge_of(x: Variable) -> Node | Variable | None:
    """Where the gradient of `x` goes: the node that computed it, itself if it is a leaf that wants one, or nowhere."""
    if x._view is not None:
        x._view.refresh(x)
    return x.node if x.node is not None else x if x.tracked else None


def make_node(plan: Plan, edges: tuple[Node | Variable | None, ...], saved: Saved | None, y: Array) -> Node:
    n = new(Node)
    n.plan = plan
    n.edges = edges
    n.saved = saved
    n.index = tick()
    n.shape = y.shape
    n.dtype = y.dtype
    n.hooks = None
    if anomaly.enabled:
        anomaly.remember(n)
    return n
