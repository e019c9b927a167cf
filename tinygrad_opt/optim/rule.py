"""A rule: the lines of a paper that turn a gradient into a step, and nothing else.

    @rule(m="exp_avg", v="exp_avg_sq")
    def adam(g, m, v, *, t, lr, beta1, beta2, eps):
        m = beta1 * m + (1 - beta1) * g
        ...
        return lr * m_hat / (np.sqrt(v_hat) + eps), m, v

A rule is pure. It gets the gradient `g`, the parameter `p` if it names it second, the state it kept from last time, and
by keyword the step count `t` (from 1) and hyper-parameters, which are Python numbers; `beta1`, `beta2`, ... are the
members of `betas`, and `loss` is what the closure returned. It returns what to subtract from the parameter, and the
new state. It calls NumPy's functions and operators only, so that one text runs on a number, an array, and a Tensor
through which gradients flow.
"""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, Literal

StepAndState = tuple[Any, ...]
Scope = Literal["element", "tensor", "group"]


class Rule:
    """A rule, its scope, and the names, in PyTorch's state dicts, of the state it keeps: one for each of its own.

    The scope says on what the rule is called. "element": on any elements, so that a whole buffer of parameters laid
    end to end is one call. "tensor": on one parameter in its own shape. "group": on one vector of all elements that
    have a gradient, of the parameters of one group and dtype.
    """

    def __init__(self, fn: Callable[..., StepAndState], scope: Scope, state: dict[str, str]) -> None:
        code = fn.__code__
        positional = list(code.co_varnames[: code.co_argcount])
        self.takes_p = positional[1:2] == ["p"]
        if positional != ["g", *["p"] * self.takes_p, *state]:
            raise TypeError(f"{fn.__name__}: a rule's arguments are g and its state {list(state)}, not {positional}")
        if scope not in ("element", "tensor", "group"):
            raise ValueError(f"{fn.__name__}: a rule's scope is 'element', 'tensor' or 'group', not {scope!r}")
        self.fn = fn
        self.scope = scope
        self.own_names = tuple(state)
        self.state_names = tuple(state.values())
        self.hyper = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        self.__doc__ = fn.__doc__

    @functools.cached_property
    def source(self) -> str:
        """The rule's own lines."""
        return textwrap.dedent(inspect.getsource(self.fn)).rstrip()

    def __call__(self, g: Any, *state: Any, **hyper: Any) -> StepAndState:
        return self.fn(g, *state, **hyper)

    def __repr__(self) -> str:
        return f"<rule {self.fn.__name__}>"


def rule(scope: Scope = "element", **state: str) -> Callable[[Callable[..., StepAndState]], Rule]:
    """As a decorator: make a function a Rule. State that a run does not keep is None, and returned as None."""
    return lambda fn: Rule(fn, scope, state)
