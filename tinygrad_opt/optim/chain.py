"""Optimizers put together from transforms, as pure functions over nested structures of tensors, as in optax.

    opt = chain(clip_by_global_norm(1.0), scale_by(Adam), add_decayed_weights(0.01), scale(-1e-3))
    state = opt.init(params)
    updates, state = opt.update(grads, state, params)
    params = apply_updates(params, updates)

The links are the transforms of `optim.transforms` and those here; `scale_by` makes one of any optimizer's rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ..autograd import tree
from ..autograd.graph import wrap
from ..autograd.mode import set_grad_enabled
from ..tensor import Tensor
from . import tensorwise
from .groups import ParamsT
from .optimizer import Optimizer
from .rule import StepAndState, rule
from .state import Given, GraphState, widened
from .tensorwise import GraphGroup
from .transforms import Arrays, State, Transform, each, grown


class Chain:
    """Transforms one after the other; what the last one gives is to be added to the parameters.

    Structures are nested dicts, lists and tuples of tensors, with None for a gradient that is not there.
    """

    def __init__(self, transforms: tuple[Transform, ...], differentiable: bool) -> None:
        self.transforms, self.differentiable = transforms, differentiable

    def init(self, params: Any) -> list[State]:
        """The state before the first update."""
        values = self._values(tree.flatten(params)[0])
        return [t.init(values) for t in self.transforms]

    def update(self, grads: Any, state: list[State], params: Any) -> tuple[Any, list[State]]:
        """What to add to `params`, which stay as they are, and the new state.

        Where a transform skips a step, the updates are zero and only its own state changes.
        """
        (leaves, structure), (given, theirs) = tree.flatten(params), tree.flatten(grads)
        if theirs != structure:
            raise ValueError(
                f"chain: gradients as {theirs} for parameters as {structure}; put None where there is none"
            )
        values, gradients = self._values(leaves), self._values(given)
        new_state, updates = list(state), gradients
        with set_grad_enabled(self.differentiable), np.errstate(all="ignore"):
            for n, t in enumerate(self.transforms):
                changed, new_state[n] = t.update(updates, grown(t, state[n], values), values, gradients)
                if changed is None:
                    new_state = [*state[:n], new_state[n], *state[n + 1 :]]
                    updates = [None if g is None else np.zeros_like(g) for g in gradients]
                    break
                updates = changed
        dtypes = [np.float16 if isinstance(p, Tensor) and p.dtype == np.float16 else None for p in leaves]
        pairs = zip(updates, dtypes, strict=True)
        wrapped = [u if u is None or isinstance(u, Tensor) else wrap(np.asarray(u, dtype)) for u, dtype in pairs]
        return tree.unflatten(structure, wrapped), new_state

    def _values(self, leaves: Arrays) -> Arrays:
        return [widened(x.array) if isinstance(x, Tensor) and not self.differentiable else x for x in leaves]


def chain(*transforms: Transform, differentiable: bool = False) -> Chain:
    """An optimizer made of transforms; with `differentiable` everything it does is recorded.

    >>> from tinygrad_opt.optim import Adam, apply_updates, chain, scale, scale_by
    >>> opt = chain(scale_by(Adam), scale(-0.1))
    >>> params = {"w": torch.tensor([1.0, -3.0])}
    >>> updates, state = opt.update({"w": 2 * params["w"]}, opt.init(params), params)
    >>> apply_updates(params, updates)
    {'w': tensor([ 0.9000, -2.9000])}
    """
    for t in transforms:
        if not isinstance(t, Transform):
            raise TypeError(f"chain: transforms are those of optim.transforms and optim.chain, not {t!r}")
    return Chain(transforms, differentiable)


def apply_updates(params: Any, updates: Any) -> Any:
    """The parameters plus their updates: new tensors, which require grad where the old ones do."""
    leaves, structure = tree.flatten(params)
    pairs = zip(leaves, tree.flatten(updates)[0], strict=True)
    return tree.unflatten(structure, [_updated(p, u) for p, u in pairs])


def _updated(p: Any, u: Any) -> Any:
    if u is None or not isinstance(p, Tensor):
        return p if u is None else p + u
    if u.requires_grad:
        return p + u
    return wrap(np.asarray(p.array + u.array, p.array.dtype)).requires_grad_(p.requires_grad)


# ---- links ----------------------------------------------------------------------------------------------------------


def scale(factor: float) -> Transform:
    """Updates times a number: `scale(-lr)` ends most chains."""
    return each(lambda u, _: u * factor)


def scale_by_schedule(schedule: Callable[[int], float]) -> Transform:
    """Updates times `schedule(k)`, where k counts the updates made before."""

    def update(updates: Arrays, state: State, _: Arrays, __: Arrays) -> tuple[Arrays, State]:
        factor = schedule(state["k"])
        return [None if u is None else u * factor for u in updates], {"k": state["k"] + 1}

    return Transform(lambda _: {"k": 0}, update)


def add_decayed_weights(weight_decay: float, mask: Callable[[Any], bool] | None = None) -> Transform:
    """Updates plus `weight_decay` times the parameter, where `mask(parameter)` holds."""
    return each(lambda u, p: u + weight_decay * p if mask is None or mask(p) else u)


def scale_by(optimizer: type[Optimizer], **hyper: Any) -> Transform:
    """The steps of an optimizer's rule with lr=1, its weight decay included; `hyper` as its class takes them.

    A step is what the rule takes away, so that a chain goes on with `scale(-lr)`.
    """
    made = optimizer([wrap(np.zeros((1, 1)))], **{"lr": 1.0, **hyper})
    (group,), ((_, _, (members,)),) = made.param_groups, made._places
    rule_update = made.update_of(group, members)
    if any(isinstance(initial, Given) for initial in rule_update.keeps.values()):
        raise TypeError(f"scale_by({optimizer.__name__}): it is given estimates between steps, which a chain cannot")

    def init(params: Arrays) -> State:
        return {name: [None] * len(params) for name in ("step", *rule_update.keeps)}

    def update(updates: Arrays, state: State, params: Arrays, _: Arrays) -> tuple[Arrays, State]:
        values = _Values(params, state)
        values.kept(rule_update.keeps)
        new = list(updates)
        for step in tensorwise.steps(values, rule_update, updates):
            p = params[step.i]
            new[step.i] = step.step if rule_update.shrink is None else step.step + rule_update.shrink * p
            values.steps[step.i] = step.t
            for name, value in step.states.items():
                values.states[name][step.i] = _apart(value, updates[step.i])
        states = {name: [kept[i] for i in range(len(params))] for name, kept in values.states.items()}
        return new, {"step": [n or None for n in values.steps], **states}

    return Transform(init, update)


class _Values(GraphGroup):
    """Parameters that are only looked at, and states that were given."""

    def __init__(self, values: Arrays, state: State) -> None:
        super().__init__(values, [False] * len(values))
        self.steps = [n or 0 for n in state["step"]]
        self.given = state

    def kept(self, keeps: Any) -> dict[str, Any]:
        for name, initial in keeps.items():
            if name not in self.states:
                self.states[name] = kept = GraphState(len(self.params), initial)
                kept.values = list(self.given[name])
        return {name: self.states[name] for name in keeps}

    def value(self, i: int) -> Any:
        return self.params[i]


def _apart(value: Any, g: Any) -> Any:
    """A state that does not lie in the gradient's memory, which others write to."""
    return value.copy() if isinstance(value, np.ndarray) and np.may_share_memory(value, g) else value


# ---- the class face -------------------------------------------------------------------------------------------------


@rule()
def follow(g: Any, *, lr: float) -> StepAndState:
    """The updates of a chain are to be added."""
    return (-lr * g,)


class ChainOptimizer(Optimizer):
    """A chain as an optimizer with groups and state dicts; `lr`, which may be scheduled, multiplies its updates.

    >>> from tinygrad_opt.optim import Adam, ChainOptimizer, chain, scale, scale_by
    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = ChainOptimizer([w], chain(scale_by(Adam), scale(-1.0)), lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    rule: ClassVar = follow

    def __init__(self, params: ParamsT, chain: Chain, lr: float = 1.0) -> None:
        links = [t._replace(on_update=False) for t in chain.transforms]  # each where it stands
        super().__init__(params, dict(lr=lr), transforms=links, differentiable=chain.differentiable)
