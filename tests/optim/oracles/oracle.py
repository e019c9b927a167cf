"""What an oracle is: an optimizer's rule written a second time, from its paper, as plain loops over plain arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import tinygrad_opt as torch

Array = np.ndarray[Any, Any]
State = dict[str, Any]
Reference = Callable[..., list[Array]]


SHAPES: list[tuple[int, ...]] = [(3, 4), (5,), (2, 3, 2), ()]


def start(shapes: list[tuple[int, ...]] = SHAPES) -> list[Array]:
    rng = np.random.default_rng(5)
    return [np.asarray(rng.normal(size=shape)) for shape in shapes]


def start_at_zero(shapes: list[tuple[int, ...]] = SHAPES) -> list[Array]:
    return [np.zeros(shape) for shape in shapes]


def gradient(p: Array, t: int, i: int) -> Array:
    """A noisy pull towards 0.5, the same for both."""
    return 0.4 * (p - 0.5) + 0.3 * np.random.default_rng([t, i]).normal(size=p.shape)


def gradient_with_holes(p: Array, t: int, i: int) -> Array:
    """The same with zeros: a third of all rows, or elements of a vector."""
    present = np.random.default_rng([i, t]).random(p.shape[:1]) > 1 / 3
    return (gradient(p, t, i).T * present.T).T


class Oracle(NamedTuple):
    """An optimizer with options, and a reference that takes the same steps.

    `reference(ps, gs, s, t, **options)` gives the new parameters, from the old, their gradients, a dict that lives as
    long as the run, and the number of the step, from 1. `shown` is a state that is compared too, by the optimizer's
    name and the reference's: one that no step depends on.
    long as the run, and the number of the step, from 1. `before(optimizer, parameters, t)` is called before each step;
    `loss(arrays)` is what a closure returns, where the optimizer needs one.
    """

    name: str
    options: dict[str, Any]
    reference: Reference
    steps: int = 30
    shown: tuple[str, str] | None = None
    start: Callable[..., list[Array]] = start
    gradient: Callable[[Array, int, int], Array] = gradient
    shapes: list[tuple[int, ...]] = SHAPES
    before: Callable[[Any, list[Any], int], None] | None = None
    loss: Callable[[list[Array]], float] | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.options}"


def of_each(one: Callable[..., Array]) -> Reference:
    """A reference for all parameters from one that steps one: `one(p, g, s, t, **options)`."""

    def reference(ps: list[Array], gs: list[Array], s: State, t: int, **options: Any) -> list[Array]:
        return [one(p, g, s.setdefault(i, {}), t, **options) for i, (p, g) in enumerate(zip(ps, gs, strict=True))]

    return reference


def options_at(oracle: Oracle, t: int) -> dict[str, Any]:
    """The options of step t: from the middle of the run on, half the learning rate."""
    halved = t > oracle.steps // 2 and "lr" in oracle.options
    return {**oracle.options, "lr": oracle.options["lr"] / 2} if halved else oracle.options


def theirs(oracle: Oracle, shapes: list[tuple[int, ...]] | None = None) -> list[Array]:
    """The parameters after all steps of the reference, and the state that is shown."""
    ps: list[Array] = oracle.start(shapes or oracle.shapes)
    s: State = {}
    for t in range(1, oracle.steps + 1):
        gs = [oracle.gradient(p, t, i) for i, p in enumerate(ps)]
        ps = oracle.reference([p.copy() for p in ps], gs, s, t, **options_at(oracle, t))
    return ps + ([s[i][oracle.shown[1]] for i in range(len(ps))] if oracle.shown else [])


def ours(oracle: Oracle, shapes: list[tuple[int, ...]] | None = None, cls: Any = None) -> list[Array]:
    """The parameters after all steps of the optimizer, and the state that is shown."""
    ps = [torch.tensor(p, requires_grad=True) for p in oracle.start(shapes or oracle.shapes)]
    optimizer = (cls or getattr(torch.optim, oracle.name))(ps, **oracle.options)
    for t in range(1, oracle.steps + 1):
        for i, p in enumerate(ps):
            p.grad = torch.tensor(oracle.gradient(p.detach().numpy(), t, i))
        if "lr" in oracle.options:
            optimizer.param_groups[0]["lr"] = options_at(oracle, t)["lr"]
        if oracle.before:
            oracle.before(optimizer, ps, t)
        loss = oracle.loss and oracle.loss([p.detach().numpy() for p in ps])
        optimizer.step(None if loss is None else lambda loss=loss: loss)
    states = [optimizer.state[p][oracle.shown[0]].numpy() for p in ps] if oracle.shown else []
    return [p.detach().numpy() for p in ps] + states


def agree(ours: list[Array], theirs: list[Array]) -> bool:
    return all(np.allclose(x, y, rtol=1e-9, atol=1e-11) for x, y in zip(ours, theirs, strict=True))
