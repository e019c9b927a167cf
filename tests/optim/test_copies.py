"""Copies of optimizers, and those that were pickled, together with their parameters: they go on by themselves."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import IDS, MAKERS, assert_equal, fill_gradients, parameters, values


def pickled(x: Any) -> Any:
    return pickle.loads(pickle.dumps(x))


def lookahead(params: list[Any]) -> Any:
    return optim.Lookahead(optim.SGD(params, lr=0.1, momentum=0.5), k=3, pullback="pullback")


def routed(params: list[Any]) -> Any:
    return optim.OptimizerGroup(params, {optim.is_matrix: optim.Adam, every: optim.RMSprop})


def every(name: str, p: Any) -> bool:
    return True


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
@pytest.mark.parametrize("make", [*MAKERS, lookahead, routed], ids=[*IDS, "Lookahead", "OptimizerGroup"])
def test_a_copy_goes_on_by_itself(make: Callable[..., Any], copied: Callable[[Any], Any]) -> None:
    params = parameters()
    optimizer = make(params)
    for t in range(2):
        fill_gradients(params, t)
        params[1].grad = None
        optimizer.step()
    theirs, twin = copied((params, optimizer))
    before = values(params)
    for t in range(2, 5):
        fill_gradients(theirs, t)
        twin.step()
    assert_equal(values(params), before)
    for t in range(2, 5):
        fill_gradients(params, t)
        optimizer.step()
    assert_equal(values(params), values(theirs))
    for ours, kept in zip(optimizer.state.values(), twin.state.values(), strict=True):
        assert ours.keys() == kept.keys()
        assert_equal([np.asarray(v) for v in ours.values()], [np.asarray(v) for v in kept.values()])


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copy_checks_its_groups_when_the_first_is_gone(copied: Callable[[Any], Any]) -> None:
    optimizer = copied(optim.SGD(parameters(), momentum=0.9))
    with pytest.raises(ValueError, match="Nesterov momentum requires"):
        optimizer.param_groups[0].update(nesterov=True, dampening=0.5)


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_copy_of_lbfgs_goes_on_by_itself(copied: Callable[[Any], Any]) -> None:
    def closure_of(optimizer: Any, w: Any) -> Callable[[], Any]:
        def closure() -> Any:
            optimizer.zero_grad()
            loss = ((w - 1) ** 4).sum()
            loss.backward()
            return loss

        return closure

    w = torch.tensor([3.0, -2.0], requires_grad=True)
    optimizer = optim.LBFGS([w], max_iter=2)
    optimizer.step(closure_of(optimizer, w))
    v, twin = copied((w, optimizer))
    before = w.tolist()
    twin.step(closure_of(twin, v))
    assert w.tolist() == before
    optimizer.step(closure_of(optimizer, w))
    assert w.tolist() == v.tolist()
