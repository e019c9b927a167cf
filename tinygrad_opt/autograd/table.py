"""The table of derivatives: what a row is, and how the engine reads one.

A row belongs to one function of arrays and gives, for each of its inputs, the rule for that input's gradient:

    derivative(np.multiply, a=lambda g, b: g * b, b=lambda g, a: g * a)

A rule reads `g`, the gradient of the result, and then by name whatever else it needs: `y` (the result), an input, an
input's shape (`a_shape`), or a parameter of the function (`axis`). Because it says so by name, a node saves exactly
that and nothing else. Rules are plain NumPy: backward() calls them on arrays, and with create_graph=True on Tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import FunctionType
from typing import Any, cast

from .graph import Node, Variable
from .record import record

Rule = Callable[..., Any]
Saved = tuple[Any, ...]
BoundRule = tuple[int, Rule, int | None]  # see Plan


class Operation:
    """One row of the table. Calling it runs the function, and records the call where a gradient is wanted.

    `inputs` are the differentiable arguments, in order; one name with a star (`*xs`) stands for any number of them,
    and its rule then takes the position `i` as its second argument. All other arguments are parameters: keywords that
    are numbers, shapes, keys or plain arrays. A `view` may return memory that it shares with its input. Of an
    `elementwise` operation, each element of a gradient depends on one element of `g` alone. `part`, for an operation
    that reads a part of its one input, is a second rule: backward() adds up in place what it returns. Where the
    gradients of all inputs come out of one computation, `joint` is one rule that returns a tuple of them.
    """

    __slots__ = (
        "elementwise",
        "floating",
        "fn",
        "inputs",
        "joint",
        "name",
        "part",
        "plans",
        "rules",
        "variadic",
        "view",
    )

    def __init__(
        self,
        fn: Callable[..., Any],
        name: str,
        rules: Mapping[str, Rule],
        *,
        floating: bool = False,
        variadic: bool = False,
        view: bool = False,
        elementwise: bool = False,
        part: Rule | None = None,
        joint: Rule | None = None,
    ) -> None:
        self.fn = fn
        self.name = name
        self.inputs = tuple(rules)
        self.rules = tuple(rules.values())
        self.floating = floating
        self.variadic = variadic
        self.view = view
        self.elementwise = elementwise
        self.part = part
        self.joint = joint
        self.plans = Plans(self)

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        for x in inputs:
            if isinstance(x, Variable):
                return record(self, inputs, params)
        return self.fn(*inputs, **params)

    def __repr__(self) -> str:
        return f"<operation {self.name}({', '.join(self.inputs)})>"


class Plan:
    """How to record one operation when a given set of its inputs wants a gradient: what to save, which rules to run.

    `rules` holds (position of the input, rule, at): the rule is called as `rule(g, saved[at])`, or with at None as
    `rule(g, saved)`. Where it is empty, a subclass has `find_rules`. `sources` names what is saved, in order: "y", the
    position of an input, or the name of a parameter or shape. `pick` takes the saved values out of `(*inputs, y)` where
    nothing else is read, and is None where nothing is read at all.
    """

    __slots__ = ("keeps_arrays", "op", "pick", "readers", "rules", "sources")

    def __init__(self, op: Operation, needs: int) -> None:
        wanted = [i for i in range(needs.bit_length()) if needs >> i & 1]
        names: list[str] = []
        self.op = op
        self.rules: list[BoundRule] = []
        for i in wanted:
            rule = op.part or op.rules[0 if op.variadic else i]
            reads = _argument_names(rule)[2 if op.variadic else 1 :]
            names += [name for name in reads if name not in names]
            at = [names.index(name) for name in reads]
            if op.variadic:
                self.rules.append((i, _bind_position(rule, i, at), None))
            elif len(at) == 1:
                self.rules.append((i, rule, at[0]))
            else:
                self.rules.append((i, _bind(rule, at), None))
        self._save(names)

    def _save(self, names: Sequence[str]) -> None:
        """Plan to save what rules read, by name and in order."""
        op = self.op
        self.readers = [_reader(op, name) for name in names]
        self.sources: list[int | str] = [op.inputs.index(name) if name in op.inputs else name for name in names]
        self.keeps_arrays = any(name == "y" or name in op.inputs for name in names)
        self.pick = _picker(op, names)

    def save(self, arrays: Sequence[Any], y: Any, params: Mapping[str, Any]) -> Saved:
        """What the rules read, of one call."""
        if self.pick is not None:
            return self.pick((*arrays, y))
        return tuple([read(arrays, y, params) for read in self.readers])

    def find_rules(self, node: Node, g: Any, saved: Saved, create: bool) -> list[BoundRule]:
        """The rules of `node`, whose gradient is `g`, if the plan has none."""
        raise NotImplementedError


class JointPlan(Plan):
    """The plan of an operation whose one rule returns the gradients of all inputs, whichever of them are wanted."""

    __slots__ = ("joint",)

    def __init__(self, op: Operation, joint: Rule) -> None:
        names = _argument_names(joint)[1:]
        self.op, self.joint, self.rules = op, joint, []
        self._save(names)

    def find_rules(self, node: Node, g: Any, saved: Saved, create: bool) -> list[BoundRule]:
        """The gradients, as rules of constant value."""
        gradients = self.joint(g, *saved)
        return [
            (i, constant(gx), None)
            for i, (edge, gx) in enumerate(zip(node.edges, gradients, strict=True))
            if edge is not None
        ]


def constant(value: Any) -> Callable[[Any, Saved], Any]:
    """A bound rule for a gradient that is known already."""
    return lambda g, saved: value


class Plans(dict[int, Plan]):
    """The plans of one operation by the bit set of inputs that want a gradient, each made when first asked for."""

    def __init__(self, op: Operation) -> None:
        self.op = op

    def __missing__(self, needs: int) -> Plan:
        plan = Plan(self.op, needs) if self.op.joint is None else JointPlan(self.op, self.op.joint)
        self[needs] = plan
        return plan


def _argument_names(rule: Rule) -> list[str]:
    code = cast(FunctionType, rule).__code__  # inspect.signature says the same, and is slow to import
    return list(code.co_varnames[: code.co_argcount])


def _bind(rule: Rule, at: Sequence[int]) -> Callable[[Any, Saved], Any]:
    """`rule` as a function of g and the saved values."""
    match at:
        case []:
            return lambda g, saved: rule(g)
        case [i, j]:
            return lambda g, saved: rule(g, saved[i], saved[j])
        case _:
            return lambda g, saved: rule(g, *[saved[i] for i in at])


def _bind_position(rule: Rule, position: int, at: Sequence[int]) -> Callable[[Any, Saved], Any]:
    return lambda g, saved: rule(g, position, *[saved[i] for i in at])


def _reader(op: Operation, name: str) -> Callable[[Sequence[Any], Any, Mapping[str, Any]], Any]:
    """How to find what a rule names, given the inputs, the result and the parameters of a call."""
    if name == "y":
        return lambda arrays, y, params: y
    if name in op.inputs:
        if op.variadic:
            return lambda arrays, y, params: tuple(arrays)
        at = op.inputs.index(name)
        return lambda arrays, y, params: arrays[at]
    if name.endswith("_shape") and name.removesuffix("_shape") in op.inputs:
        if op.variadic:
            return lambda arrays, y, params: [x.shape for x in arrays]
        at = op.inputs.index(name.removesuffix("_shape"))
        return lambda arrays, y, params: arrays[at].shape
    return lambda arrays, y, params: params[name]


def _picker(op: Operation, names: Sequence[str]) -> Callable[[Saved], Saved] | None:
    positions = {**{name: i for i, name in enumerate(op.inputs)}, "y": len(op.inputs)}
    at = [positions[name] for name in names if name in positions]
    if op.variadic or not names or len(at) < len(names):
        return None
    return itemgetter(*at) if len(at) > 1 else itemgetter(slice(at[0], at[0] + 1))


TABLE: dict[Callable[..., Any], Operation] = {}


def derivative(
    fn: Callable[..., Any],
    *,
    name: str | None = None,
    floating: bool = False,
    variadic: bool = False,
    view: bool = False,
    elementwise: bool = False,
    part: Rule | None = None,
    joint: Rule | None = None,
    inputs: Sequence[str] = (),
    **rules: Rule,
) -> Operation:
    """Enter the row of `fn`, a NumPy function or a primitive of ours: one rule for each of its inputs, in order.

    Or one `joint` rule for all of the `inputs`. `name` is PyTorch's, where it is not the function's own.
    """
    if joint is not None:
        rules = dict.fromkeys(inputs, joint)
    op = TABLE[fn] = Operation(
        fn,
        name or fn.__name__,
        rules,
        floating=floating,
        variadic=variadic,
        view=view,
        elementwise=elementwise,
        part=part,
        joint=joint,
    )
    return op


def primitive(**row: Any) -> Callable[[Callable[..., Any]], Operation]:
    """As a decorator: make a function of arrays one step of the graph, with its row of the table."""
    return lambda fn: derivative(fn, **row)
