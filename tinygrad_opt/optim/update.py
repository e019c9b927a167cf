"""A rule and what is done around it: from a parameter, its gradient and its states to the new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .rule import Rule
from .state import Initial


class Update:
    """A rule with its hyper-parameters, on floats, arrays or Tensors alike.

    `keeps` are the states that the rule keeps here, and their first values. `l2` times the parameter is added to the
    gradient; the parameter times `shrink` is taken away by itself. A rule that names weight_decay decays by itself.
    """

    def __init__(
        self,
        rule: Rule,
        hyper: Mapping[str, Any],
        keeps: Mapping[str, Initial],
        *,
        lr: Any = 1.0,
        weight_decay: Any = 0,
        decoupled: bool = False,
        maximize: bool = False,
    ) -> None:
        self.rule, self.hyper, self.maximize = rule, dict(hyper), maximize
        self.lr, self.weight_decay, self.decoupled = lr, weight_decay, decoupled
        self.keeps = {name: keeps[name] for name in rule.state_names if name in keeps}
        decays = "weight_decay" not in rule.hyper and not (isinstance(weight_decay, int | float) and weight_decay == 0)
        self.l2 = weight_decay if decays and not decoupled else None
        self.shrink = lr * weight_decay if decays and decoupled else None
        self.counted = "t" in rule.hyper

    def masked(self, mask: Any) -> Update:
        """The same with weight decay times `mask`: a number, or an array."""
        hyper = {k: v * mask if k == "weight_decay" else v for k, v in self.hyper.items()}
        decay = self.weight_decay * mask
        return Update(
            self.rule,
            hyper,
            self.keeps,
            lr=self.lr,
            weight_decay=decay,
            decoupled=self.decoupled,
            maximize=self.maximize,
        )

    def gradient(self, p: Any, g: Any) -> Any:
        """The gradient that the rule gets."""
        if self.maximize:
            g = -g
        return g if self.l2 is None else g + self.l2 * p

    def step(self, t: int, p: Any, g: Any, states: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """What step `t` takes from the parameter, decay apart, and the new states."""
        g = self.gradient(p, g)
        given = [states.get(name) for name in self.rule.state_names]
        hyper = {**self.hyper, "t": t} if self.counted else self.hyper
        step, *new = self.rule.fn(g, p, *given, **hyper) if self.rule.takes_p else self.rule.fn(g, *given, **hyper)
        return step, {name: new[i] for i, name in enumerate(self.rule.state_names) if name in self.keeps}

    def decayed(self, p: Any) -> Any:
        """The parameter, shrunk by decoupled weight decay."""
        return p if self.shrink is None else p * (1 - self.shrink)

    def __call__(self, t: int, p: Any, g: Any, states: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
        """The parameter and states after step `t`."""
        step, new = self.step(t, p, g, states)
        return self.decayed(p) - step, new
