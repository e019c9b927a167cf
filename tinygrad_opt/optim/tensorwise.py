"""Rules that see a whole parameter, or all parameters of a group: run on arrays in their shape, or on Tensors.

Here a step is computed first and taken then, so that what is to happen to steps can stand between. On Tensors
everything is recorded: the new parameters and states have a history, through which gradients flow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from ..autograd.graph import edge_of, wrap
from ..tensor import Tensor
from .state import Given, GraphState, Initial, Scalar, State, widened
from .update import Update


class Members(Protocol):
    """Parameters that are stepped by one update, wherever they lie."""

    params: list[Tensor]
    steps: list[int]
    exempt: list[bool]
    states: dict[str, State]

    def kept(self, keeps: Mapping[str, Initial]) -> dict[str, State]:
        """The states of these names."""

    def value(self, i: int) -> Any:
        """Parameter `i`, as the rule is to see it."""

    def write(self, i: int, value: Any) -> None:
        """Give parameter `i` its new value."""


class GraphGroup:
    """Parameters of one dtype whose steps are recorded: each step gives a parameter new memory and a history."""

    def __init__(self, params: Sequence[Tensor], exempt: Sequence[bool]) -> None:
        self.params = list(params)
        self.exempt = list(exempt)
        self.steps = [0] * len(params)
        self.states: dict[str, State] = {}

    def kept(self, keeps: Mapping[str, Initial]) -> dict[str, State]:
        """The states of these names, made and given their first values when they are first asked for."""
        for name, initial in keeps.items():
            if name not in self.states:
                self.states[name] = state = GraphState(len(self.params), initial)
                for i in range(len(self.params)):
                    state.begin(i, self.value(i))
        return {name: self.states[name] for name in keeps}

    def check(self) -> None:
        """Raise where a parameter cannot be stepped."""
        for p in self.params:
            if p.is_leaf and p.requires_grad and p._grad is not None:
                raise RuntimeError(
                    "a leaf Variable that requires grad cannot get a history by a differentiable step; give the "
                    "optimizer p.clone() of every parameter"
                )

    def value(self, i: int) -> Tensor:
        """Parameter `i`, with its history, as it is now."""
        p = self.params[i]
        edge_of(p)  # brings a view up to date
        return widened(wrap(p.array, p.node))  # type: ignore[no-any-return]  # a Tensor

    def write(self, i: int, value: Any) -> None:
        """Let parameter `i` become `value`; whoever used it before keeps its old array and history."""
        p = self.params[i]
        value = value.to(p.array.dtype)
        p.array, p._view = value.array, None
        if value.node is not None:
            p.become(value.node)


class Step(NamedTuple):
    """Step `t` of parameter `i`, not taken yet: what it takes from the decayed parameter, and the new states."""

    members: Members
    i: int
    t: int
    step: Any
    decayed: Any
    states: Mapping[str, Any]

    def take(self) -> None:
        """Write the new parameter and states."""
        self.members.write(self.i, self.decayed - self.step)
        for name, state in self.states.items():
            self.members.states[name][self.i] = state
        self.members.steps[self.i] = self.t


def steps(members: Members, update: Update, gradients: Sequence[Any]) -> Iterator[Step]:
    """The steps of all parameters that have a gradient; each may be taken before the next is asked for."""
    present = [i for i, g in enumerate(gradients) if g is not None]
    kept = members.kept(update.keeps)
    for i in present:
        if members.steps[i] == 0:
            for state in kept.values():
                if not isinstance(state.initial, Given):
                    state.begin(i, members.value(i))
    if update.rule.scope == "group":
        if present:
            yield from _steps_of_all(members, update, gradients, present)
        return
    for i in present:
        t, p = members.steps[i] + 1, members.value(i)
        step, new = update.step(t, p, gradients[i], {name: state[i] for name, state in kept.items()})
        yield Step(members, i, t, step, update.decayed(p), new)


def _steps_of_all(members: Members, update: Update, gradients: Sequence[Any], present: Sequence[int]) -> Iterator[Step]:
    """One call of the rule on all parameters that have a gradient, as one vector."""
    latest = max(present, key=lambda i: members.steps[i]) if not any(members.steps) else int(np.argmax(members.steps))
    t = members.steps[latest] + 1
    values = [members.value(i) for i in present]
    sizes = [math.prod(p.shape) for p in values]
    scalars = {name for name, initial in update.keeps.items() if isinstance(initial, Scalar)}
    if any(members.exempt):
        update = update.masked(np.repeat([1.0 - members.exempt[i] for i in present], sizes).astype(values[0].dtype))
    states = {
        name: state[latest] if name in scalars else _joined([state[i] for i in present])
        for name, state in members.kept(update.keeps).items()
    }
    p = _joined(values)
    step, new = update.step(t, p, _joined([gradients[i] for i in present]), states)
    whole = {"step": step, "decayed": update.decayed(p), **{k: v for k, v in new.items() if k not in scalars}}
    stop = 0
    for i, value, size in zip(present, values, sizes, strict=True):
        start, stop = stop, stop + size
        parts = {name: np.reshape(vector[start:stop], value.shape) for name, vector in whole.items()}
        numbers = {name: new[name] for name in scalars}
        yield Step(members, i, t, parts.pop("step"), parts.pop("decayed"), parts | numbers)


def _joined(parts: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(part) for part in parts])
