"""Looking inside an optimizer: the next step line by line, and what the last one did."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..autograd.memory import Array
from ..autograd.mode import no_grad
from ..tensor import Tensor
from . import tensorwise
from .update import Update

if TYPE_CHECKING:
    from .optimizer import Optimizer

SHOWN = 3  # elements of an array


class Insight(NamedTuple):
    """What the last step did to a parameter.

    step: what was taken from it, decay included. effective_lr: |step| / |gradient|, element by element, nan where both
    are 0. update_to_weight: the norm of the step over that of the weights before it. state_norms: by the state's name.
    """

    step: Array
    effective_lr: Array
    update_to_weight: float
    state_norms: dict[str, float]


class Taken(NamedTuple):
    """A parameter and its gradient before a step, and after it what was taken."""

    value: Array
    gradient: Array
    step: Array


def before(optimizer: Optimizer) -> dict[Tensor, tuple[Array, Array]]:
    """Copies of the parameters that have a gradient, and of their gradients."""
    return {
        p: (p.array.copy(), p._grad.array.copy())
        for group in optimizer.param_groups
        for p in group["params"]
        if p._grad is not None
    }


def taken(copies: Mapping[Tensor, tuple[Array, Array]]) -> dict[Tensor, Taken]:
    """What the step between has taken from these parameters."""
    return {p: Taken(value, g, np.asarray(value - p.array)) for p, (value, g) in copies.items()}


def introspect(optimizer: Optimizer) -> dict[Tensor, Insight]:
    """An Insight for every parameter that was stepped while steps were kept."""
    if not optimizer._last:
        raise RuntimeError(
            f"{type(optimizer).__name__}: no step is known; make the optimizer with keep_steps=True, or set its "
            "attribute keep_steps, and call step()"
        )
    found = {}
    for p, kept in optimizer.state.items():
        if (last := optimizer._last.get(p)) is None:
            continue
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.abs(last.step) / np.abs(last.gradient)
            ratio = np.linalg.norm(last.step) / np.linalg.norm(last.value)
        norms = {name: float(np.linalg.norm(v.detach().array)) for name, v in kept.items() if name != "step"}
        found[p] = Insight(last.step, np.asarray(rate), float(ratio), norms)
    return found


def explain(optimizer: Optimizer, param: Tensor | None) -> str:
    """The next step of `param`, the first parameter unless told, as text."""
    owner = type(optimizer).__name__
    chosen = [entry for entry in optimizer._entries() if param is None or entry[0] is param][:1]
    if not chosen:
        raise ValueError(f"{owner}.explain(): this tensor is not one of the optimizer's parameters")
    p, group, members, i = chosen[0]
    if p._grad is None:
        raise RuntimeError(f"{owner}.explain(): the parameter has no gradient; call backward() first")
    with no_grad(), np.errstate(all="ignore"):
        changed, _ = optimizer._transformed()
        if changed is None and optimizer.transforms:
            return f"{owner}: one of the transforms skips this step"
        gradients = [optimizer._gradient(q) if changed is None else changed.get(id(q)) for q in members.params]
        if optimizer.scope != "group":
            gradients = [g if n == i else None for n, g in enumerate(gradients)]
        update = optimizer.update_of(group, members)
        lines: list[tuple[str, str]] = []
        with _traced(update, lines):
            step = next(s for s in tensorwise.steps(members, update, gradients) if s.i == i)
        value = members.value(i)
        rows = [
            ("p", value),
            ("p.grad", p._grad),
            *[("transformed gradient", gradients[i])] * bool(optimizer.transforms),
        ]
        if (seen := update.gradient(value, gradients[i])) is not gradients[i]:
            sign = "-p.grad" if update.maximize else "p.grad"
            rows.append((f"g = {sign}" + (f" + {update.l2} * p" if update.l2 is not None else ""), seen))
        head = [(name, show(x)) for name, x in rows] + [(name, show(x)) for name, x in update.hyper.items()]
        tail = [] if update.shrink is None else [(f"p = p * (1 - {show(update.shrink)})", show(step.decayed))]
        tail.append(("p - step", show(step.decayed - step.step)))
    everything = [*head, ("", ""), *lines, ("", ""), *tail]
    width = max(len(left) for left, _ in everything)
    title = f"{owner}, step {step.t} of a parameter of shape {tuple(p.shape)}"
    return "\n".join([title, "", *[f"{left:<{width}}  {right}".rstrip() for left, right in everything]])


@contextlib.contextmanager
def _traced(update: Update, lines: list[tuple[str, str]]) -> Iterator[None]:
    """Note each line of the rule that runs within, and what the names that it sets became."""
    fn = update.rule.fn
    source, first = inspect.getsourcelines(fn)
    known: dict[str, Any] = {}
    current = 0

    def note(values: dict[str, Any]) -> None:
        nonlocal known
        news = {name: x for name, x in values.items() if name not in known or known[name] is not x}
        if current:
            text = source[current - first].rstrip()
            lines.append((text, ", ".join(f"{name} = {show(x)}" for name, x in news.items())))
        else:
            lines.extend((name, show(x)) for name, x in news.items() if name not in update.hyper and x is not None)
            lines.append(("", ""))
        known = dict(values)

    def trace(frame: Any, event: str, arg: Any) -> Any:
        nonlocal current
        if frame.f_code is not fn.__code__:
            return None
        if event in ("line", "return"):
            note(frame.f_locals)
            current = frame.f_lineno
        if event == "return" and arg is not None:
            lines[-1] = (lines[-1][0], f"step = {show(arg[0])}")
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(outer)


def show(x: Any) -> str:
    """A number, or the first elements of an array, with few digits."""
    if isinstance(x, Tensor):
        x = x.detach().array
    if not isinstance(x, np.ndarray) or x.ndim == 0:
        return f"{x:.6g}" if isinstance(x, float | np.floating | np.ndarray) else str(x)
    some = " ".join(f"{v:.6g}" for v in x.ravel()[:SHOWN])
    return f"[{some}{' ...' if x.size > SHOWN else ''}]"
