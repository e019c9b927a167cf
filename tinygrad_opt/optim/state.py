"""What a rule keeps from step to step, and in which memory: laid out as the parameters are, or a value for each one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..autograd.graph import wrap
from ..autograd.memory import Array
from ..tensor import Tensor


class Scalar(float):
    """The first value of a state that is one number, of a parameter or, in scope "group", of the group.

    A rule gets it as a Python float, which promotes nothing.
    """


class Given(float):
    """The first value of a state that is written from outside, so that a first step finds it as it was written."""


def widened(x: Any) -> Any:
    """Half precision as single, in which steps are computed and states kept: in half, eps and small squares are 0."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


# A number that fills an array of the parameter's shape, a Scalar, or a function that makes the state of a parameter.
Initial = float | Callable[[Any], Any]


def first_value(initial: Initial, p: Any) -> Any:
    """A state of `p`, an array or a Tensor, before its first step."""
    if isinstance(initial, Scalar):
        return float(initial)
    return initial(p) if callable(initial) else np.full(p.shape, initial, p.dtype)


class FlatState:
    """A state in the shape of the parameters, laid out end to end as they are; `views` are its parts."""

    def __init__(self, array: Array, views: Sequence[Array], initial: Initial) -> None:
        self.array, self.views, self.initial = array, views, initial

    def begin(self, i: int, p: Any) -> None:
        """Give parameter `i` its first value."""
        self[i] = first_value(self.initial, p) if callable(self.initial) else self.initial

    def __getitem__(self, i: int) -> Array:
        return self.views[i]

    def __setitem__(self, i: int, value: Any) -> None:
        self.views[i][...] = value


class ListState:
    """A state of any shape, or a number, for each parameter."""

    def __init__(self, n: int, initial: Initial) -> None:
        self.values: list[Any] = [None] * n
        self.initial = initial

    def begin(self, i: int, p: Any) -> None:
        """Give parameter `i` its first value."""
        first = first_value(self.initial, p)
        self.values[i] = first if isinstance(first, float) else np.array(first)

    def __getitem__(self, i: int) -> Any:
        return self.values[i]

    def __setitem__(self, i: int, value: Any) -> None:
        if isinstance(self.values[i], float):
            self.values[i] = float(value)
        else:
            self.values[i][...] = value


class GraphState(ListState):
    """A state of each parameter with its history: Tensors, which are never written to."""

    def begin(self, i: int, p: Any) -> None:
        self.values[i] = first_value(self.initial, p)

    def __setitem__(self, i: int, value: Any) -> None:
        self.values[i] = value


State = FlatState | ListState


def as_tensor(value: Any) -> Tensor:
    """A state as users see it: a tensor of the optimizer's own memory."""
    return value if isinstance(value, Tensor) else wrap(np.asarray(value))
