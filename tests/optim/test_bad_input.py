"""What every optimizer refuses, and that it is as before then: when it is made, for a new group, on edit, on load."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim

from .makers import SETTINGS, assert_equal, fill_gradients, maker, parameters, values

CLASSES = {name: maker(name, settings) for name, settings in reversed(SETTINGS)}  # the first settings of each
everyone = pytest.mark.parametrize("name", CLASSES)

# Hyper-parameters that may be negative.
NEGATIVE = {("SGD", "dampening"), ("Adafactor", "beta2_decay")}


def one() -> Any:
    return torch.ones(2, requires_grad=True)


def wrong_values(name: str) -> list[tuple[str, Any]]:
    """Pairs of a hyper-parameter that the constructor takes and what it must not be."""
    cls = getattr(optim, name)
    defaults, taken = CLASSES[name]([one()]).defaults, inspect.signature(cls).parameters
    wrong: list[tuple[str, Any]] = []
    for key, value in defaults.items():
        if key not in taken and key != "maximize":
            continue
        if isinstance(value, bool):
            wrong += [(key, bad) for bad in ("False", 7.5, math.nan, None)]
        elif isinstance(value, str):
            wrong += [(key, "nonsense"), (key, 7.5)]
        elif isinstance(value, tuple):
            wrong += [(key, (math.nan, *value[1:])), (key, (*value[:-1], math.nan)), (key, ("0.5", *value[1:]))]
            wrong += [(key, value[:-1]), (key, 0.5), (key, (-1.0, *value[1:]))]
        elif isinstance(value, int | float):
            wrong += [(key, math.nan), (key, "0.5"), (key, torch.tensor([0.1, 0.2]))]
            wrong += [] if (name, key) in NEGATIVE else [(key, -1.0)]
    return wrong


@everyone
def test_hyper_parameters_out_of_range_are_refused_everywhere(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params)
    before = [dict(group) for group in optimizer.param_groups]
    wrong = wrong_values(name)
    assert {"lr"} <= {key for key, _ in wrong} or "lr" not in optimizer.defaults
    for key, value in wrong:
        with pytest.raises((ValueError, TypeError), match=f"(?i){key.replace('eps', 'eps|epsilon').rstrip('s')}|rate"):
            getattr(optim, name)([one()], **{key: value})
        with pytest.raises((ValueError, TypeError)):
            optimizer.add_param_group({"params": [one()], key: value})
        with pytest.raises((ValueError, TypeError)):
            optimizer.param_groups[0][key] = value
        with pytest.raises((ValueError, TypeError)):
            optimizer.param_groups[0].update({"lr": 0.125, key: value})
    assert [dict(group) for group in optimizer.param_groups] == before


@everyone
def test_misspelt_hyper_parameters_get_a_hint(name: str) -> None:
    optimizer = CLASSES[name]([one()])
    for key in optimizer.defaults:
        with pytest.raises(TypeError, match=f"did you mean '{key}'"):
            optimizer.add_param_group({"params": [one()], key + "_": 0})
        with pytest.raises(TypeError, match=f"did you mean '{key}'"):
            optimizer.param_groups[0][key + "_"] = 0
    with pytest.raises(TypeError, match="unexpected keyword argument 'learning_rate'"):
        CLASSES[name]([one()], learning_rate=0.1)
    assert len(optimizer.param_groups) == 1


PARAMS: list[tuple[str, type[Exception], Callable[[Any], Any]]] = [
    ("duplicate", ValueError, lambda p: [p, p]),
    ("more than one parameter group", ValueError, lambda p: [{"params": [p]}, {"params": [p]}]),
    ("non-leaf", ValueError, lambda p: [p * 2]),
    ("ordered collections", TypeError, lambda p: {p}),
    ("should be an iterable", TypeError, lambda p: p),
    ("can only optimize Tensors", TypeError, lambda p: [p, 1.0]),
    ("empty parameter list", ValueError, lambda p: []),
    ("under 'params'", ValueError, lambda p: [{"lr": 0.1}]),
    ("int64", ValueError, lambda p: [torch.arange(3)]),
    ("with/without names", ValueError, lambda p: [("w", p), one()]),
]


@pytest.mark.parametrize(("message", "error", "params"), PARAMS, ids=[m for m, _, _ in PARAMS])
@everyone
def test_parameters_that_cannot_be_optimized_are_refused(name: str, message: str, error: Any, params: Any) -> None:
    with pytest.raises(error, match=message):
        CLASSES[name](params(one()))


@everyone
def test_the_dicts_of_the_caller_stay_as_they_are(name: str) -> None:
    p = one()
    group, options = {"params": [p], "lr": 0.5}, {"lr": 0.25}
    optimizer = CLASSES[name]([group], **options)
    later = {"params": [one()], "lr": 0.125}
    optimizer.add_param_group(later)
    p.grad = torch.ones(2)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.0625
    assert list(group) == list(later) == ["params", "lr"]
    assert (group["lr"], later["lr"], options) == (0.5, 0.125, {"lr": 0.25})
    saved = optimizer.state_dict()
    kept = copy.deepcopy(saved)
    optimizer.load_state_dict(saved)
    optimizer.step()
    assert saved["param_groups"] == kept["param_groups"]
    assert [list(state) for state in saved["state"].values()] == [list(state) for state in kept["state"].values()]


def first_state(saved: Any) -> Any:
    return saved["state"][0]


def a_state(saved: Any) -> str:
    """The name of a state beside the step count; the count where there is none."""
    return next((key for key in first_state(saved) if key != "step"), "step")


WRONG_STATES: list[tuple[str, Callable[[Any], Any]]] = [
    ("another class", lambda s: s.update(optimizer="Adamant")),
    ("another version", lambda s: s.update(version=99)),
    ("no groups", lambda s: s.pop("param_groups")),
    ("no states", lambda s: s.pop("state")),
    ("one group more", lambda s: s["param_groups"].append(s["param_groups"][0])),
    ("one parameter less", lambda s: s["param_groups"][0]["params"].pop()),
    ("a state more", lambda s: first_state(s).update(nonsense=np.zeros((3, 4)))),
    ("a shape", lambda s: first_state(s).update({a_state(s): np.zeros(77)})),
    ("a step count", lambda s: first_state(s).update(step=math.nan)),
    ("a learning rate", lambda s: s["param_groups"][0].update(lr=math.nan)),
]


@pytest.mark.parametrize("spoil", [spoil for _, spoil in WRONG_STATES], ids=[what for what, _ in WRONG_STATES])
@everyone
def test_a_wrong_state_dict_changes_nothing(name: str, spoil: Callable[[Any], Any]) -> None:
    params, same = parameters(), parameters()
    pair = [(params, CLASSES[name](params, lr=0.05)), (same, CLASSES[name](same, lr=0.05))]
    for ps, optimizer in pair:
        fill_gradients(ps, 0)
        optimizer.step()
    saved = pair[0][1].state_dict()
    for ps, optimizer in pair:
        fill_gradients(ps, 1)
        optimizer.step()
    spoil(saved)
    with pytest.raises(ValueError, match=r"state dict|state|learning rate"):
        pair[0][1].load_state_dict(saved)
    assert_equal(values(params), values(same))
    for ps, optimizer in pair:  # goes on as one that was never asked to load
        fill_gradients(ps, 2)
        optimizer.step()
    assert_equal(values(params), values(same))
    first, second = (optimizer.state_dict() for _, optimizer in pair)
    assert first["param_groups"] == second["param_groups"]


@everyone
def test_a_state_that_lacks_a_key_is_refused(name: str) -> None:
    params = parameters()
    optimizer = CLASSES[name](params)
    fill_gradients(params, 0)
    optimizer.step()
    saved = optimizer.state_dict()
    empty = {key for key, value in first_state(saved).items() if np.size(value) == 0}
    for key in set(first_state(saved)) - {"step"} - empty:
        lacking = {k: v for k, v in first_state(saved).items() if k != key}
        with pytest.raises(ValueError, match="expected"):
            optimizer.load_state_dict({**saved, "state": {**saved["state"], 0: lacking}})
