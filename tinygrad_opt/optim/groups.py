"""Groups of parameters and their hyper-parameters, which are checked whenever one is set."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from ..tensor import Tensor
from .update import Update

ParamsT = Iterable[Tensor] | Iterable[Mapping[str, Any]] | Iterable[tuple[str, Tensor]]


class Limit(NamedTuple):
    """How messages name a hyper-parameter, and its range: from `low` to `high`, which is `below` if it is excluded.

    With `none` it may be None too.
    """

    words: str
    low: float = 0
    high: float = math.inf
    below: float = math.inf
    none: bool = False

    def __str__(self) -> str:
        top = f" < {self.below}" if self.below < math.inf else f" <= {self.high}" if self.high < math.inf else ""
        return f"{self.low} <= {{}}{top}" if top else f"{{}} >= {self.low}"

    def allows(self, value: float) -> bool:
        """Whether the value is in the range; nan never is."""
        return self.low <= value <= self.high and (value < self.below or self.below == math.inf)


# The hyper-parameters that mean the same everywhere; a class adds its own, or others, by its `limits`.
LIMITS: dict[str, Limit] = {
    "lr": Limit("learning rate"),
    "momentum": Limit("momentum value"),
    "weight_decay": Limit("weight_decay value"),
    "eps": Limit("epsilon value"),
    "betas": Limit("beta parameter", below=1),
}

# Keys that schedulers put into groups, and options of PyTorch's that change nothing here.
ALSO_KNOWN = {"initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum", "swa_lr"}
_NO_EFFECT = {"foreach", "fused", "capturable"}
_NOT_HYPER = {"params", "param_names", "name"}


class Face(NamedTuple):
    """What a group must know of its optimizer's class to check hyper-parameters, and whether they may be Tensors.

    `flags` are those that are True or False.
    """

    name: str
    known: frozenset[str]
    limits: Mapping[str, Limit]
    betas: int
    choices: Mapping[str, Sequence[str]]
    tensors: bool
    flags: frozenset[str] = frozenset()


class ParamGroup(dict[str, Any]):
    """The parameters of one group and their hyper-parameters, which are checked whenever one is set.

    `check` raises where they do not go together.
    """

    def __init__(self, face: Face, items: Mapping[str, Any], check: Callable[[Any], None] | None = None) -> None:
        super().__init__()
        self.face, self.check = face, check
        self.updates: dict[Any, Update] = {}  # made from these hyper-parameters
        self.update(items)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several at once, or none where one of them is wrong."""
        new = {}
        for key, value in dict(*args, **kwargs).items():
            if key in self.face.known or key in ALSO_KNOWN:
                new[key] = checked(self.face, key, value)
            elif key in _NOT_HYPER:
                new[key] = value
            elif key not in _NO_EFFECT:
                self._refuse(key)
        if self.check is not None:
            self.check({**self, **new})
        super().update(new)
        self.updates.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy is checked by the optimizer that it gets into; see Optimizer.__setstate__."""
        return ParamGroup, (self.face, dict(self))

    def _refuse(self, key: str) -> None:
        import difflib  # slow to import, and needed only here

        known = self.face.known | _NOT_HYPER | ALSO_KNOWN | _NO_EFFECT
        close = difflib.get_close_matches(key, known, 1) or ["lr"] * key.startswith("learning")
        hint = f"; did you mean {close[0]!r}?" if close else f"; it has {sorted(self.face.known)}"
        raise TypeError(f"{self.face.name} has no hyper-parameter {key!r}{hint}")

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]  # dict's overloads say no more
        self.update(other)
        return self

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]


def checked(face: Face, key: str, value: Any) -> Any:
    """A hyper-parameter as Python numbers, so that it promotes nothing; ValueError if it is out of its range."""
    limit = face.limits.get(key)
    if type(value) is float and limit is not None and key != "betas" and limit.allows(value):
        return value  # nothing more to ask: schedulers come here at every step
    if isinstance(value, list | tuple):
        many = tuple(_plain(face, key, v) for v in value)
        if key == "betas" and len(many) != face.betas:
            raise ValueError(f"Invalid betas: {many} ({face.name}: there are {face.betas})")
        for i, v in enumerate(many):
            if v is None and key != "betas":  # as in PyTorch's Adafactor: chosen by the dtype
                continue
            _require(face, key, v, limit, f"Invalid {limit.words if limit else key} at index {i}: {v}")
        return many
    if key == "betas":
        raise TypeError(f"Invalid betas: {value!r} ({face.name}: betas is a tuple of {face.betas} numbers)")
    value = _plain(face, key, value)
    shown = repr(value) if isinstance(value, str) else value
    _require(face, key, value, limit, f"Invalid {limit.words if limit else key}: {shown}")
    if key in face.flags and value not in (False, True):
        raise TypeError(f"Invalid {key}: {shown} ({face.name}: True or False)")
    if key in face.choices and value not in face.choices[key]:
        raise ValueError(f"Invalid {key}: {value!r} ({face.name}: one of {', '.join(map(repr, face.choices[key]))})")
    return value


def _plain(face: Face, key: str, value: Any) -> Any:
    """A number in place of a NumPy or Tensor scalar, unless gradients are to flow to it."""
    if isinstance(value, Tensor):
        if value.array.size != 1:
            raise ValueError(f"Tensor {key} must be 1-element")
        if not face.tensors and value.requires_grad:
            raise ValueError(f"{face.name}: no gradient flows to {key} without differentiable=True")
        return value if face.tensors else value.item()
    return (
        value.item() if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.size == 1) else value
    )


def _require(face: Face, key: str, value: Any, limit: Limit | None, message: str) -> None:
    """TypeError for what is no number where one is needed; ValueError for one out of its range, and for any nan."""
    if value is None and limit is not None and limit.none:
        return
    number = value.item() if isinstance(value, Tensor) else value
    if limit is None:
        if isinstance(number, float) and math.isnan(number):
            raise ValueError(f"{message} ({face.name}: {key} must not be nan)")
        return
    if isinstance(number, str) or not isinstance(number, int | float):
        raise TypeError(f"{message} ({face.name}: {key} is a number)")
    if not limit.allows(number):
        raise ValueError(f"{message} ({face.name}: {str(limit).format(key)})")


def as_groups(params: Any) -> list[Mapping[str, Any]]:
    """What an optimizer is given, as a list of groups."""
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
            f"{params.type()}; write [{type(params).__name__.lower()}]"
        )
    refuse_set(params)
    listed = list(params)
    if not listed:
        raise ValueError("optimizer got an empty parameter list")
    return listed if isinstance(listed[0], Mapping) else [{"params": listed}]


def named(params: Any, leaves: bool) -> tuple[list[str], list[Tensor]]:
    """The names, where there are any, and the parameters of a group, each one fit to be optimized."""
    refuse_set(params)
    listed = [params] if isinstance(params, Tensor) else list(params)
    names = [p[0] for p in listed if isinstance(p, tuple)]
    if names and len(names) < len(listed):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    listed = [p[1] if isinstance(p, tuple) else p for p in listed]
    for i, p in enumerate(listed):
        if not isinstance(p, Tensor):
            raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
        if leaves and not p.is_leaf:
            raise ValueError(f"can't optimize a non-leaf Tensor: number {i} of the group, of shape {p.shape}")
        if p.array.dtype.kind != "f":
            raise ValueError(f"can't optimize a Tensor of {p.array.dtype}: number {i}; parameters are floating")
    if not listed:
        raise ValueError("optimizer got an empty parameter list")
    return names, listed


def refuse_set(params: Any) -> None:
    """TypeError for a set, which has no order."""
    if isinstance(params, set | frozenset):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )
