"""A rule: the lines of a paper that turn a gradient into a step, and nothing else.

    @rule(m="exp_avg", v="exp_avg_sq")
    def adam(g, m, v, *, t, lr, beta1, beta2, eps):
        m = beta1 * m + (1 - beta1) * g
        ...
        return lr * m_hat / (np.sqrt(v_hat) + eps), m, v

A rule is pure. It gets the gradient `g`, the state it kept from last time, and by keyword the step count `t` (from 1)
and hyper-parameters, which are Python numbers. It returns what to subtract from the parameter, and the new state. It
works element by element, so one text runs on a number, an array, or a whole buffer of parameters laid end to end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

StepAndState = tuple[Any, ...]


class Rule:
    """A rule and the names, in PyTorch's state dicts, of the state it keeps: one for each of its own names for it."""

    def __init__(self, fn: Callable[..., StepAndState], state: dict[str, str]) -> None:
        code = fn.__code__
        positional = list(code.co_varnames[: code.co_argcount])
        if positional != ["g", *state]:
            raise TypeError(f"{fn.__name__}: a rule's arguments are g and its state {list(state)}, not {positional}")
        self.fn = fn
        self.state_names = tuple(state.values())
        self.hyper = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        self.__doc__ = fn.__doc__

    def __call__(self, g: Any, *state: Any, **hyper: Any) -> StepAndState:
        return self.fn(g, *state, **hyper)

    def __repr__(self) -> str:
        return f"<rule {self.fn.__name__}>"


def rule(**state: str) -> Callable[[Callable[..., StepAndState]], Rule]:
    """As a decorator: make a function a Rule. State that a run does not keep is None, and returned as None."""
    return lambda fn: Rule(fn, state)
