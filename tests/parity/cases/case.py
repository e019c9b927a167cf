"""What a case is, and the numbers that cases are made of."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
rng = np.random.default_rng(0)


def normal(*shape: int) -> Array:
    return rng.normal(size=shape)


def positive(*shape: int) -> Array:
    return rng.uniform(0.5, 2.0, shape)


def unit(*shape: int) -> Array:
    return rng.uniform(-0.9, 0.9, shape)


def whole(high: int, *shape: int) -> Array:
    return rng.integers(0, high, shape)


def given(values: Any) -> Array:
    return np.array(values)


class Case(NamedTuple):
    """`call(library, *inputs)`, the same text for both libraries; inputs of floats want gradients."""

    name: str
    call: Callable[..., Any]
    inputs: tuple[Array, ...]


CASES: list[Case] = []


def row(name: str, call: Callable[..., Any], *inputs: Array) -> None:
    CASES.append(Case(name, call, tuple(np.asarray(x) for x in inputs)))  # arithmetic makes scalars of 0-d arrays


def fn(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """The library's function of that name, given the tensors and then these arguments."""
    return lambda torch, *xs: getattr(torch, name)(*xs, *args, **kwargs)


def method(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """The first tensor's method of that name, given the other tensors and then these arguments."""
    return lambda torch, x, *xs: getattr(x, name)(*xs, *args, **kwargs)


def spread(name: str, *cases: tuple[Any, ...], as_method: bool = True) -> None:
    """A row for each (shape, *args) or (array, *args); every other one by the method where there is one."""
    for i, (x, *args) in enumerate(cases):
        array = x if isinstance(x, np.ndarray) else normal(*x)
        form = method if as_method and i % 2 else fn
        row(f"{name} of {array.dtype} {array.shape} {args} {i}", form(name, *args), array)


def quiet(call: Callable[..., Any]) -> Callable[..., Any]:
    """`call` without PyTorch's warning that it is called by an old name."""

    def quietly(*inputs: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(*inputs)

    return quietly
