"""What every optimizer shares: groups and their hyper-parameters, checked; the step; zero_grad; state dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np

from ..autograd.graph import wrap
from ..autograd.mode import enable_grad
from ..tensor import Tensor
from .engine import FlatGroup, Update
from .rule import Rule

ParamsT = Iterable[Tensor] | Iterable[Mapping[str, Any]] | Iterable[tuple[str, Tensor]]

# name -> (how the message names it, what it must satisfy); nan satisfies nothing
_LIMITS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "lr": ("learning rate", lambda v: v >= 0),
    "momentum": ("momentum value", lambda v: v >= 0),
    "dampening": ("dampening value", lambda v: v == v),
    "weight_decay": ("weight_decay value", lambda v: v >= 0),
    "eps": ("epsilon value", lambda v: v >= 0),
    "alpha": ("alpha value", lambda v: v >= 0),
    "lr_decay": ("lr_decay value", lambda v: v >= 0),
    "initial_accumulator_value": ("initial_accumulator_value value", lambda v: v >= 0),
}


class ParamGroup(dict[str, Any]):
    """The parameters of one group and their hyper-parameters, which are checked whenever one is set."""

    def __init__(self, owner: str, known: Iterable[str], items: Mapping[str, Any]) -> None:
        super().__init__()
        self.owner = owner
        self.known = {*known, "params", "param_names", "name", "initial_lr"}
        self.update_now: Update | None = None
        self.update(items)

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in self.known:
            import difflib  # slow to import, and needed only here

            close = difflib.get_close_matches(key, self.known, 1) or ["lr"] * key.startswith("learning")
            hint = f"; did you mean {close[0]!r}?" if close else f"; it has {sorted(self.known)}"
            raise TypeError(f"{self.owner} has no hyper-parameter {key!r}{hint}")
        super().__setitem__(key, checked(self.owner, key, value))
        self.update_now = None

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]  # dict's overloads say no more
        self.update(other)
        return self

    def setdefault(self, key: str, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]


def checked(owner: str, key: str, value: Any) -> Any:
    """A hyper-parameter as Python numbers, so that it promotes nothing; ValueError if it is out of its range."""
    if isinstance(value, np.generic | Tensor) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if key == "betas":
        value = tuple(float(checked(owner, "beta", b)) for b in value)
        if len(value) != 2:
            raise ValueError(f"Invalid betas: {value} ({owner}: there are two)")
        for i, beta in enumerate(value):
            if not 0 <= beta < 1:
                raise ValueError(f"Invalid beta parameter at index {i}: {beta} ({owner}: 0 <= beta < 1)")
    elif key in _LIMITS:
        words, allowed = _LIMITS[key]
        if isinstance(value, str) or not isinstance(value, int | float):
            raise TypeError(f"Invalid {words}: {value!r} ({owner}: {key} is a number)")
        if not allowed(value):
            raise ValueError(f"Invalid {words}: {value} ({owner}: {key} must not be negative or nan)")
    return value


Place = tuple[list[Tensor], int, list[FlatGroup]]  # a group's list of parameters, its length, where they lie


class Optimizer:
    """The base of all optimizers: a subclass names its rule, and gives its defaults to `__init__`.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dicts with "params" and hyper-parameters of their
    own. `param_groups` holds them as a list of dicts, whose hyper-parameters may be edited between steps.

    TypeError for a tensor or a set in place of a list and for unknown hyper-parameters; ValueError for an empty list, a
    tensor that was computed, a parameter given twice, or a hyper-parameter out of its range.
    """

    rule: ClassVar[Rule]
    decoupled: ClassVar[bool] = False  # whether weight_decay acts on the weights, not through the gradient
    _step_count = 0  # calls of step(), which schedulers look at

    def __init__(self, params: ParamsT, defaults: dict[str, Any]) -> None:
        self.defaults = dict(ParamGroup(type(self).__name__, defaults, defaults))
        self.param_groups: list[ParamGroup] = []
        self._places: list[Place] = []
        for group in self._as_groups(params):
            self.add_param_group(group)

    # ---- groups -----------------------------------------------------------------------------------------------------

    def _as_groups(self, params: Any) -> list[dict[str, Any]]:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"{params.type()}; write [{type(params).__name__.lower()}]"
            )
        _refuse_set(params)
        listed = list(params)
        if not listed:
            raise ValueError("optimizer got an empty parameter list")
        return listed if isinstance(listed[0], Mapping) else [{"params": listed}]

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Optimize more parameters: a dict with "params", and hyper-parameters where they differ from the defaults."""
        if not isinstance(param_group, Mapping):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        if "params" not in param_group:
            raise ValueError(f"a parameter group needs its parameters under 'params'; got {sorted(param_group)}")
        names, params = self._named(param_group["params"])
        group = ParamGroup(type(self).__name__, self.defaults, {**self.defaults, **param_group, "params": params})
        if names:
            group["param_names"] = names
        self.check_group(group)
        self._check_new(params)
        self.param_groups.append(group)
        by_dtype: dict[Any, list[Tensor]] = {}
        for p in params:
            by_dtype.setdefault(p.array.dtype, []).append(p)
        self._places.append((params, len(params), [FlatGroup(same) for same in by_dtype.values()]))

    def _named(self, params: Any) -> tuple[list[str], list[Tensor]]:
        """The names, where there are any, and the parameters of a group, each one fit to be optimized."""
        _refuse_set(params)
        listed = [params] if isinstance(params, Tensor) else list(params)
        names = [p[0] for p in listed if isinstance(p, tuple)]
        if names and len(names) < len(listed):
            raise ValueError("all optimizer params should be with/without names. Some param names are missing")
        listed = [p[1] if isinstance(p, tuple) else p for p in listed]
        for i, p in enumerate(listed):
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}")
            if not p.is_leaf:
                raise ValueError(f"can't optimize a non-leaf Tensor: number {i} of the group, of shape {p.shape}")
            if p.array.dtype.kind != "f":
                raise ValueError(f"can't optimize a Tensor of {p.array.dtype}: number {i}; parameters are floating")
        if not listed:
            raise ValueError("optimizer got an empty parameter list")
        return names, listed

    def _check_new(self, params: list[Tensor]) -> None:
        if len({id(p) for p in params}) < len(params):
            raise ValueError("optimizer contains a parameter group with duplicate parameters; give each one once")
        present = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in present for p in params):
            raise ValueError("some parameters appear in more than one parameter group")

    def check_group(self, group: ParamGroup) -> None:
        """Raise ValueError where hyper-parameters do not go together; subclasses say when."""

    def keeps(self, group: ParamGroup) -> dict[str, float]:
        """The states that this group's rule keeps, by PyTorch's names, and their first value."""
        return dict.fromkeys(self.rule.state_names, 0.0)

    # ---- the step ---------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; those without are left alone, their state too.

        `closure`, if given, is called first, with recording on: it clears the gradients, computes the loss, calls
        backward() and returns the loss, which `step` returns.
        """
        self._step_count += 1
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        planned = []
        for group, (params, count, flats) in self._with_places():
            if group["params"] is not params or len(params) != count:
                raise RuntimeError(
                    f"{type(self).__name__}: the parameters of a group were changed by hand; use add_param_group(), or "
                    "make a new optimizer"
                )
            update = self._update(group)
            planned += [(flat, update, flat.plan()) for flat in flats]
        for flat, update, runs in planned:  # every one of them can be stepped
            flat.step(update, runs)
        return loss

    def _with_places(self) -> Iterable[tuple[ParamGroup, Place]]:
        if len(self.param_groups) != len(self._places):
            raise RuntimeError(
                f"{type(self).__name__}: param_groups has {len(self.param_groups)} groups where {len(self._places)} "
                "were added; use add_param_group(), or make a new optimizer"
            )
        return zip(self.param_groups, self._places, strict=True)

    def _update(self, group: ParamGroup) -> Update:
        """The rule with the hyper-parameters of a group, made anew when one of them was set."""
        if group.update_now is None:
            betas = {f"beta{i}": beta for i, beta in enumerate(group.get("betas", ()), 1)}
            hyper = {name: betas[name] if name in betas else group[name] for name in self.rule.hyper if name != "t"}
            decay = group["weight_decay"]
            group.update_now = Update(
                self.rule,
                hyper,
                self.keeps(group),
                l2=0.0 if self.decoupled else decay,
                shrink=group["lr"] * decay if self.decoupled else 0.0,
                maximize=group["maximize"],
            )
        return group.update_now

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradients: make them None, or zeros without `set_to_none` (then a step is taken all the same)."""
        for group in self.param_groups:
            for p in group["params"]:
                if set_to_none:
                    p._grad = None
                elif p._grad is not None:
                    p._grad = p._grad.detach_()
                    p._grad.zero_()

    # ---- state ------------------------------------------------------------------------------------------------------

    def _entries(self) -> Iterator[tuple[Tensor, ParamGroup, FlatGroup, int]]:
        """Every parameter in order, with its group, and its place: the flat group and the number in it."""
        for group, (_, _, flats) in self._with_places():
            place = {id(p): (flat, i) for flat in flats for i, p in enumerate(flat.params)}
            for p in group["params"]:
                yield (p, group, *place[id(p)])

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """For each parameter that was stepped: "step", and its states as tensors of the optimizer's own memory."""
        return {
            p: {"step": flat.steps[i], **{name: wrap(flat.part(array, i)) for name, array in flat.states.items()}}
            for p, _, flat, i in self._entries()
            if flat.steps[i]
        }

    def state_dict(self) -> dict[str, Any]:
        """A copy of all that a resumed run needs: the class, states by number, groups with these numbers."""
        number = {id(p): n for n, (p, *_) in enumerate(self._entries())}
        return {
            "optimizer": type(self).__name__,
            "state": {
                number[id(p)]: {k: v.clone() if isinstance(v, Tensor) else v for k, v in kept.items()}
                for p, kept in self.state.items()
            },
            "param_groups": [
                {**group, "params": [number[id(p)] for p in group["params"]]} for group in self.param_groups
            ],
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from a `state_dict()`: states and hyper-parameters are copied in.

        Parameters are matched by name where both sides have names, else by order. ValueError, before anything is
        changed, if it comes from another optimizer, or its groups, states or shapes are not those of this one.
        """
        if not isinstance(state_dict, Mapping) or not {"state", "param_groups"} <= state_dict.keys():
            found = sorted(state_dict) if isinstance(state_dict, Mapping) else type(state_dict).__name__
            raise ValueError(f"a state dict holds 'state' and 'param_groups'; this one is {found}")
        saved = state_dict["param_groups"]
        kind = type(self).__name__
        if state_dict.get("optimizer", kind) != kind:
            raise ValueError(f"loaded state dict is of {state_dict['optimizer']}, not of {kind}")
        if len(saved) != len(self.param_groups):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(saved)}, where this optimizer has {len(self.param_groups)}"
            )
        groups: list[ParamGroup] = []
        sources: dict[int, Any] = {}
        for n, (group, theirs) in enumerate(zip(self.param_groups, saved, strict=True)):
            if len(theirs["params"]) != len(group["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of optimizer's group: "
                    f"group {n} has {len(theirs['params'])} parameters there, {len(group['params'])} here"
                )
            sources.update(zip(map(id, group["params"]), _matched(group, theirs, n), strict=True))
            options = {k: v for k, v in theirs.items() if k in self.defaults or k in ("name", "initial_lr")}
            groups.append(ParamGroup(kind, self.defaults, {**group, **options}))
            self.check_group(groups[-1])
        states = {id(p): state_dict["state"].get(sources[id(p)], {}) for p, *_ in self._entries()}
        for new in groups:
            for p in new["params"]:
                self._check_state(states[id(p)], p, new)
        for group, new in zip(self.param_groups, groups, strict=True):
            group.update(new)
        for p, group, flat, i in self._entries():
            kept = states[id(p)]
            flat.steps[i] = int(kept.get("step", 0))
            for name, initial in self.keeps(group).items():
                flat.part(flat.state_of(name, initial), i)[...] = _array(kept[name]) if kept else initial

    def _check_state(self, kept: Mapping[str, Any], p: Tensor, group: ParamGroup) -> None:
        if not kept:
            return
        expected = {"step", *self.keeps(group)}
        if set(kept) != expected:
            raise ValueError(f"loaded state of a parameter holds {sorted(kept)}, expected {sorted(expected)}")
        for name in expected - {"step"}:
            shape = _array(kept[name]).shape
            if shape != p.array.shape:
                raise ValueError(f"loaded state {name!r} has shape {shape} for a parameter of shape {p.array.shape}")

    def __repr__(self) -> str:
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"


def _refuse_set(params: Any) -> None:
    if isinstance(params, set | frozenset):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
            "will change between runs. Please use a list instead."
        )


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


def _array(value: Any) -> np.ndarray[Any, Any]:
    return value.array if isinstance(value, Tensor) else np.asarray(value)
