"""Recording: an operation is run on the arrays of its inputs, and the result remembers what it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from . import graph, promotion
from .graph import Node, Variable, edge_of, make_node, ndarray, new
from .mode import mode
from .views import link_view

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .table import Operation


def record(op: Operation, inputs: Sequence[Any], params: Mapping[str, Any]) -> Tensor:
    """Run `op` on the arrays of `inputs`; where one of them wants a gradient, the result remembers the call."""
    arrays: list[Any] = []
    edges: list[Node | Variable | None] = []
    needs, bit = 0, 1
    for x in inputs:
        edge: Node | Variable | None = None
        if isinstance(x, Variable):
            if x._view is not None:
                x._view.refresh(x)
            edge = x.node
            if edge is None and x.tracked:
                edge = x
            if edge is not None:
                needs |= bit
            x = promotion.as_floating(x.array) if op.floating else x.array
        arrays.append(x)
        edges.append(edge)
        bit <<= 1
    try:
        y = op.fn(*arrays, **params)
    except (ValueError, IndexError) as error:
        raise explain(op, error, arrays) from None
    if type(y) is not ndarray:
        y = np.asarray(y)
    t = new(graph.tensor_type)
    t.array = y
    t.node = None
    t.tracked = False
    t._view = None
    t._grad = None
    if needs and mode.enabled and op.rules:
        plan = op.plans[needs]
        t.node = make_node(plan, tuple(edges), plan.save(arrays, y, params), y)
        t.tracked = True
    if op.view:
        link_view(t, inputs[0], op, params)
    return t


def unary(op: Operation, x: Tensor) -> Tensor:
    """`record` for one operand and no parameters, short for speed; numbers that are not floating become so."""
    try:
        a = x.array
    except AttributeError:
        raise TypeError(
            f"{op.name}(): expected a Tensor, got {type(x).__name__}; write tensor(...) around it"
        ) from None
    if x._view is not None:
        x._view.refresh(x)
    edge: Node | Variable | None = x.node
    if edge is None and x.tracked:
        edge = x
    if op.floating and a.dtype.kind not in "fc":
        a = promotion.as_floating(a)
    try:
        y = op.fn(a)
    except TypeError as error:
        raise explain(op, error, (a,)) from None
    if type(y) is not ndarray:
        y = np.asarray(y)
    t = new(graph.tensor_type)
    t.array = y
    t._view = None
    t._grad = None
    if edge is not None and mode.enabled and op.rules:
        plan = op.plans[1]
        pick = plan.pick
        t.node = make_node(plan, (edge,), None if pick is None else pick((a, y)), y)
        t.tracked = True
    else:
        t.node = None
        t.tracked = False
    return t


def binary(op: Operation, a: Any, b: Any) -> Tensor:
    """`record` for two operands and no parameters, short for speed; different dtypes are promoted as PyTorch does."""
    if isinstance(a, Variable) and isinstance(b, Variable):
        xa, xb = a.array, b.array
        if xa.dtype is not xb.dtype:
            xa, xb = promotion.promote(a, b)
        if op.floating and xa.dtype.kind not in "fc":
            xa, xb = promotion.as_floating(xa), promotion.as_floating(xb)
        if a._view is not None:
            a._view.refresh(a)
        if b._view is not None:
            b._view.refresh(b)
        ea: Node | Variable | None = a.node
        eb: Node | Variable | None = b.node
        if ea is None and a.tracked:
            ea = a
        if eb is None and b.tracked:
            eb = b
    else:
        xa, xb = promotion.operands(op, a, b)
        ea = edge_of(a) if isinstance(a, Variable) else None
        eb = edge_of(b) if isinstance(b, Variable) else None
    try:
        y = op.fn(xa, xb)
    except (ValueError, TypeError) as error:
        raise explain(op, error, (xa, xb)) from None
    if type(y) is not ndarray:
        y = np.asarray(y)
    t = new(graph.tensor_type)
    t.array = y
    t._view = None
    t._grad = None
    needs = (ea is not None) + 2 * (eb is not None)
    if needs and mode.enabled and op.rules:
        plan = op.plans[needs]
        pick = plan.pick
        t.node = make_node(plan, (ea, eb), None if pick is None else pick((xa, xb, y)), y)
        t.tracked = True
    else:
        t.node = None
        t.tracked = False
    return t


def explain(op: Operation, error: Exception, arrays: Sequence[Any]) -> Exception:
    """NumPy's complaint as PyTorch's exception class, with the operation and the shapes."""
    shapes = [x.shape if isinstance(x, ndarray) else () for x in arrays]
    listed = " and ".join(str(tuple(shape)) for shape in shapes)
    if isinstance(error, IndexError):
        return IndexError(f"{op.name}(): {error}; the input has shape {listed}")
    if "broadcast" in str(error) and len(shapes) == 2:
        for back in range(1, 1 + min(len(shapes[0]), len(shapes[1]))):
            m, n = shapes[0][-back], shapes[1][-back]
            if m != n and 1 not in (m, n):
                at = max(len(shapes[0]), len(shapes[1])) - back
                return RuntimeError(
                    f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension {at}"
                    f": {op.name}() of shapes {listed}"
                )
    return RuntimeError(f"{op.name}(): {error}; shapes {listed}")
