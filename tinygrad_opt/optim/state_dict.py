"""State dicts: all that a resumed run needs, copied out, and copied in again once everything has been checked."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import tree
from ..autograd.graph import Variable
from ..tensor import Tensor
from .groups import ALSO_KNOWN, ParamGroup
from .state import Initial, Scalar, first_value

if TYPE_CHECKING:
    from .optimizer import Optimizer


def save(optimizer: Optimizer) -> dict[str, Any]:
    """The class and its version, states by the numbers of parameters, groups with these numbers; all copied."""
    number = {id(p): n for n, (p, *_) in enumerate(optimizer._entries())}
    saved: dict[str, Any] = {
        "optimizer": type(optimizer).__name__,
        "version": optimizer.version,
        "state": {
            number[id(p)]: tree.tree_map(lambda v: v.detach().clone() if isinstance(v, Tensor) else v, kept)
            for p, kept in optimizer.state.items()
        },
        "param_groups": [
            {
                **{k: v.detach().clone() if isinstance(v, Tensor) else v for k, v in group.items()},
                "params": [number[id(p)] for p in group["params"]],
            }
            for group in optimizer.param_groups
        ],
    }
    if optimizer.transforms:
        saved["transforms"] = copy.deepcopy(optimizer._transform_states)
    return saved


def load(optimizer: Optimizer, saved: Any) -> None:
    """Copy a state dict into `optimizer`; ValueError, before anything is changed, where it does not fit."""
    check_kind(optimizer, saved, {"state", "param_groups"})
    groups, sources = _matched_groups(optimizer, saved["param_groups"])
    states = {id(p): _kept(optimizer, saved["state"].get(sources[id(p)], {})) for p, *_ in optimizer._entries()}
    for new in groups:
        for p in new["params"]:
            _check_state(optimizer, states[id(p)], p, new)
    transforms = saved.get("transforms", [{} for _ in optimizer.transforms])
    if len(transforms) != len(optimizer.transforms):
        raise ValueError(
            f"loaded state dict has the states of {len(transforms)} transforms, where this optimizer has "
            f"{len(optimizer.transforms)}"
        )

    order = [sources[id(p)] for p, *_ in optimizer._entries()]
    optimizer._transform_states = [
        {k: [copy.deepcopy(v[n]) for n in order] if isinstance(v, list) else copy.deepcopy(v) for k, v in state.items()}
        for state in transforms
    ]
    for group, new in zip(optimizer.param_groups, groups, strict=True):
        group.update(new)
    for p, group, members, i in optimizer._entries():
        kept = states[id(p)]
        members.steps[i] = int(kept.get("step", 1)) if kept else 0
        for name, state in members.kept(optimizer.keeps(group)).items():
            value: Any = members.value(i)
            state.begin(i, value.detach() if optimizer.differentiable else value)
            if name in kept:
                state[i] = kept[name].clone() if optimizer.differentiable else _array(kept[name])


def check_kind(optimizer: Optimizer, saved: Any, keys: set[str]) -> None:
    """ValueError unless this is a state dict with these keys, of the same class and version where it says so."""
    if not isinstance(saved, Mapping) or not keys <= saved.keys():
        found = sorted(saved) if isinstance(saved, Mapping) else type(saved).__name__
        raise ValueError(
            f"a state dict holds {' and '.join(map(repr, sorted(keys, reverse=True)))}; this one is {found}"
        )
    kind = type(optimizer).__name__
    if saved.get("optimizer", kind) != kind:
        raise ValueError(f"loaded state dict is of {saved['optimizer']}, not of {kind}")
    if saved.get("version", optimizer.version) != optimizer.version:
        raise ValueError(f"loaded state dict is of {kind} version {saved['version']}, not {optimizer.version}")


def _matched_groups(
    optimizer: Optimizer, saved: Sequence[Mapping[str, Any]]
) -> tuple[list[ParamGroup], dict[int, Any]]:
    """The groups with the saved hyper-parameters, and the saved number of every parameter."""
    sources = saved_numbers(optimizer.param_groups, saved)
    groups: list[ParamGroup] = []
    for group, theirs in zip(optimizer.param_groups, saved, strict=True):
        options = {k: v for k, v in theirs.items() if k in optimizer.defaults or k in ALSO_KNOWN or k == "name"}
        groups.append(ParamGroup(optimizer.face, {**group, **options}, group.check))
    return groups, sources


def saved_numbers(groups: Sequence[ParamGroup], saved: Sequence[Mapping[str, Any]]) -> dict[int, Any]:
    """By the id of every parameter, its number in the saved groups; ValueError where these are other groups."""
    if len(saved) != len(groups):
        raise ValueError(
            "loaded state dict has a different number of parameter groups: "
            f"{len(saved)}, where this optimizer has {len(groups)}"
        )
    sources: dict[int, Any] = {}
    for n, (group, theirs) in enumerate(zip(groups, saved, strict=True)):
        if len(theirs["params"]) != len(group["params"]):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                f"group {n} has {len(theirs['params'])} parameters there, {len(group['params'])} here"
            )
        sources.update(zip(map(id, group["params"]), _matched(group, theirs, n), strict=True))
    return sources


def _matched(group: ParamGroup, theirs: Mapping[str, Any], n: int) -> list[Any]:
    """The saved numbers of a group's parameters, in this group's order."""
    numbers: Sequence[Any] = theirs["params"]
    ours, names = group.get("param_names"), theirs.get("param_names")
    if ours is None or names is None:
        return list(numbers)
    if set(ours) != set(names):
        missing = sorted(set(ours) ^ set(names))
        raise ValueError(f"loaded state dict names other parameters in group {n}: only one side has {missing}")
    by_name = dict(zip(names, numbers, strict=True))
    return [by_name[name] for name in ours]


def _kept(optimizer: Optimizer, saved: Mapping[str, Any]) -> dict[str, Any]:
    """A saved state without what PyTorch leaves empty, or keeps where it is computed here."""
    return {k: v for k, v in saved.items() if v is not None and k not in optimizer.recomputed}


def _check_state(optimizer: Optimizer, kept: Mapping[str, Any], p: Tensor, group: ParamGroup) -> None:
    keeps = optimizer.keeps(group)
    if not kept:
        return
    needed = {name for name, initial in keeps.items() if isinstance(initial, Scalar) or _first(initial, p).size}
    if not needed <= set(kept) - {"step"} <= set(keeps):
        raise ValueError(f"loaded state of a parameter holds {sorted(kept)}, expected {sorted({'step', *keeps})}")
    count = _array(kept.get("step", 1))
    if count.shape != () or not count >= 0:
        raise ValueError(f"loaded state of a parameter has {kept['step']!r} for its step count")
    for name, initial in keeps.items():
        expected = () if isinstance(initial, Scalar) else _first(initial, p).shape
        shape = _array(kept[name]).shape if name in kept else expected
        if shape != expected:
            raise ValueError(
                f"loaded state {name!r} has shape {shape} for a parameter of shape {p.array.shape}, expected {expected}"
            )


def _first(initial: Initial, p: Tensor) -> np.ndarray[Any, Any]:
    return np.asarray(first_value(initial, p.array))


def _array(value: Any) -> np.ndarray[Any, Any]:
    return value.array if isinstance(value, Variable) else np.asarray(value)
