"""Graphs drawn: what a Value or a Tensor was computed from, as boxes and arrows.

A box is a number or a tensor. An ellipse is the operation that made the box behind it, with one arrow from each of its
operands. The graph of a tensor does not keep intermediate results, only their shapes, so there an operation is an
ellipse without a box, unless its result is at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from .autograd.graph import Node, Variable
from .tensor import Tensor
from .value import Value

if TYPE_CHECKING:
    from ._graphviz import Graph

Thing = Value | Variable | Node  # what a graph is made of: numbers, or leaf tensors and recorded operations
Direction = Literal["LR", "RL", "TB", "BT"]

# Dark text on light fills, grey lines, no background: legible on light and dark pages. The hues are those of Okabe and
# Ito, which colour-blind readers tell apart; the root has a thicker border too.
TEXT, DIM, LINE = "#1f2328", "#57606a", "#7d8590"
STYLES = {
    "leaf": {"fillcolor": "#dceefb", "color": "#0072b2"},
    "parameter": {"fillcolor": "#fdeccb", "color": "#b87700"},
    "result": {"fillcolor": "#ffffff", "color": LINE},
    "root": {"fillcolor": "#d3f2e6", "color": "#00805d", "penwidth": "2.5"},
    "operation": {"fillcolor": "#eaecef", "color": LINE, "shape": "ellipse", "margin": "0.02", "width": "0.45"},
    "more": {"fillcolor": "#ffffff", "color": LINE, "style": "filled,dashed"},
}
GRAPH_STYLE = {"bgcolor": "transparent", "nodesep": "0.2", "ranksep": "0.3"}
EDGE_STYLE = {"color": LINE, "arrowsize": "0.7"}
NODE_STYLE = {
    "shape": "box",
    "style": "filled,rounded",
    "margin": "0.08,0.04",
    "height": "0.4",
    "fontname": "Verdana,DejaVu Sans,sans-serif",  # of equal widths, so text fits wherever an SVG is looked at
    "fontsize": "10",
    "fontcolor": TEXT,
    "ordering": "in",  # arrows arrive in the order of the operands
}


def draw(
    root: Value | Tensor | Sequence[Value | Tensor],
    *,
    format: str = "svg",
    rankdir: Direction = "LR",
    names: Any = None,
    max_nodes: int = 500,
) -> Graph:
    """The graph of what `root`, or each of several roots, was computed from; a notebook shows it as a picture.

    Boxes show data and gradient: of leaves in blue, of parameters in orange, of the root in green. A Value or Tensor is
    named by its attribute `label` or `name`, or else by `names`: a dict such as `locals()`, or a module, for the names
    of its parameters. Intermediate tensors have a box only if they are in `names`. Where there are more than
    `max_nodes` values or operations, those nearest to the root are drawn.

    The result is a graphviz.Digraph: `.source` is its DOT text, and `.render(outfile="graph.svg")` writes a picture,
    for which Graphviz or pygraphviz must be installed. TypeError for a root that is neither a Value nor a Tensor.

    >>> from tinygrad_opt.draw import draw
    >>> a = torch.Value(3.0)
    >>> a.label = "a"
    >>> graph = draw(a * a)
    >>> [line.strip() for line in graph.source.splitlines() if "->" in line]
    ['n1 -> n0_op', 'n1 -> n0_op', 'n0_op -> n0']
    """
    from ._graphviz import Graph  # here, for a script that draws nothing should not wait for graphviz to be imported

    if rankdir not in get_args(Direction):
        raise ValueError(f"rankdir must be one of {', '.join(get_args(Direction))}, got {rankdir!r}")
    if max_nodes < 1:
        raise ValueError(f"max_nodes must be at least 1, got {max_nodes}")
    roots = {_origin(x): x for x in (root if isinstance(root, list | tuple) else [root])}
    named = _named(names)
    things = _breadth_first(roots)
    keys = {thing: f"n{i}" for i, thing in enumerate(things[:max_nodes])}

    graph = Graph(
        format=format, graph_attr={"rankdir": rankdir, **GRAPH_STYLE}, node_attr=NODE_STYLE, edge_attr=EDGE_STYLE
    )
    if len(things) > max_nodes:
        graph.node("more", f"… {len(things) - max_nodes} more", **STYLES["more"])
    for thing, key in keys.items():
        name, result = named.get(thing, ("", thing))
        result = roots.get(thing, result)
        boxed = not isinstance(result, Node)  # of a node only a root or a named tensor is at hand
        op, operands = _operation(thing)
        if operands:
            op_key = f"{key}_op" if boxed else key
            note = "" if boxed or result.shape is None else f"<br/>{_dim(str(result.shape))}"  # None: several results
            graph.node(op_key, f"<{_html(op)}{note}>", **STYLES["operation"])
            for operand in operands:
                if operand in keys:
                    graph.edge(keys[operand], op_key)
            if any(operand not in keys for operand in operands):
                graph.edge("more", op_key, style="dashed")
            if boxed:
                graph.edge(op_key, key)
        if boxed:
            kind = "root" if thing in roots else "result" if operands else _kind_of_leaf(thing)
            graph.node(key, _box(result, name), **STYLES[kind])
    return graph


def _origin(x: Any) -> Thing:
    """What stands for a Value or Tensor in its graph: itself, or the node that made it."""
    if isinstance(x, Value):
        return x
    if isinstance(x, Tensor):
        node = x.grad_fn  # not x.node, which is out of date in a view whose base was written in place
        return x if node is None else node
    raise TypeError(f"draw() takes a Value or a Tensor, or a list of them, got {type(x).__name__}")


def _operation(thing: Thing) -> tuple[str, Sequence[Thing]]:
    """The operation that made `thing` and its operands in order; none for a leaf."""
    if isinstance(thing, Value):
        return thing._op, thing._prev
    if isinstance(thing, Node):
        return thing.plan.op.name, [edge for edge in thing.edges if edge is not None]
    return "", ()


def _breadth_first(roots: Iterable[Thing]) -> list[Thing]:
    """All that `roots` were computed from, themselves included, the nearest first."""
    found = list(roots)
    seen = set(found)
    for thing in found:  # which grows meanwhile
        for operand in _operation(thing)[1]:
            if operand not in seen:
                seen.add(operand)
                found.append(operand)
    return found


def _named(names: Any) -> dict[Thing, tuple[str, Any]]:
    """The Values and Tensors in `names`, each with the first of its names."""
    if names is None:
        return {}
    if not isinstance(names, Mapping) and not hasattr(names, "named_parameters"):
        raise TypeError(f"names must be a dict or a module, got {type(names).__name__}")
    pairs = names.items() if isinstance(names, Mapping) else names.named_parameters()
    named: dict[Thing, tuple[str, Any]] = {}
    # The locals() of a notebook also hold what its cells returned, as _, _1, ...: such names come last.
    for name, x in sorted(pairs, key=lambda pair: pair[0].startswith("_")):
        if isinstance(x, Value | Tensor):
            named.setdefault(_origin(x), (name, x))
    return named


def _kind_of_leaf(x: Thing) -> str:
    return "parameter" if any(cls.__name__ == "Parameter" for cls in type(x).__mro__) else "leaf"


def _box(x: Value | Variable, name: str) -> str:
    """The label of a box: the name, the shape and type of a tensor, the data, the gradient."""
    own = [getattr(x, attribute, "") for attribute in ("label", "name")]
    name = next((text for text in own if text and isinstance(text, str)), name)
    rows = [f'<td colspan="2"><b>{_html(name)}</b></td>'] if name else []
    if isinstance(x, Value):
        rows += [_row("data", _number(x.data)), _row("grad", _number(x.grad))]
    else:
        note = _dim(f"{tuple(x.shape)} {x.dtype}")
        rows += [f'<td colspan="2">{note}</td>', _row("data", _summary(x.array))]
        if x._grad is not None:
            rows.append(_row("grad", _summary(x._grad.array)))
        elif x.node is None and x.tracked:  # a leaf that backward() has not reached
            rows.append(_row("grad", "None"))
    lines = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="1">{lines}</table>>'


def _row(key: str, value: str) -> str:
    return f'<td align="left">{_dim(key + "&#160; ")}</td><td align="right">{value}</td>'


def _dim(text: str) -> str:
    return f'<font color="{DIM}">{text}</font>'


def _html(text: str) -> str:
    """`text` as Graphviz takes it within an HTML-like label: not empty, and without control characters."""
    lines = ("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines())
    from html import escape  # slow to import for what only a drawing needs

    return "<br/>".join(escape(line) for line in lines) or " "


def _summary(array: Any) -> str:
    """The elements if they are few, else their range."""
    if array.size <= 4:
        return _elements(array.tolist())
    return f"{_elements(array.min().item())} to {_elements(array.max().item())}"


def _elements(x: Any) -> str:
    if isinstance(x, list):
        return f"[{', '.join(map(_elements, x))}]"
    return str(x) if isinstance(x, int) else _number(x)


def _number(x: float) -> str:
    """`x` with four decimals, or with an exponent where these would say too little or too much."""
    return f"{x:.4f}" if x == 0 or 1e-4 <= abs(x) < 1e6 else f"{x:.3e}"
