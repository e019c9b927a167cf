"""What every optimizer shares: its groups, the step and what stands around it, zero_grad."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict, Unpack

import numpy as np

from ..autograd.mode import enable_grad, set_grad_enabled
from ..tensor import Tensor
from . import explain, tensorwise
from .engine import FlatGroup
from .explain import Insight, Taken
from .groups import LIMITS, Face, Limit, ParamGroup, ParamsT, as_groups, named
from .hooks import Hooks
from .presets import with_presets
from .rule import Rule
from .state import Initial, as_tensor, widened
from .state_dict import load, save
from .tensorwise import GraphGroup, Step
from .transforms import NonFiniteGradientError, Transform, grown
from .update import Update

Members = FlatGroup | GraphGroup
Place = tuple[list[Tensor], int, list[Members]]  # a group's list of parameters, its length, where they lie
NoDecay = Literal["bias_and_norm"] | Callable[[str, Tensor], bool]


class OwnOptions(TypedDict, total=False):
    """Options of every optimizer that PyTorch's have not.

    like: the name of a library, "torch", "optax", "keras", "sklearn", or "paper": defaults and conventions of its.
    transforms: what happens to gradients, or steps, on their way; see optim.transforms.
    no_decay: which parameters weight_decay spares: "bias_and_norm" for those of at most one dimension, or a function
        of a parameter's name ("" where it has none) and the parameter.
    keep_steps: remember each step for `introspect()`, at the cost of two copies of the parameters.
    """

    like: str
    transforms: Sequence[Transform]
    no_decay: NoDecay | None
    keep_steps: bool
    fused: bool | None


class Options(OwnOptions, total=False):
    """Options of every optimizer.

    maximize: climb instead of descending.
    differentiable: record steps, so that gradients flow through them, also to hyper-parameters that are Tensors.
    foreach, fused, capturable: taken as in PyTorch, and without effect: there is one engine.
    """

    maximize: bool
    differentiable: bool
    foreach: bool | None
    capturable: bool


def _defaults(function: Any) -> Iterator[tuple[str, Any]]:
    """The arguments that have defaults, with these; inspect.signature takes long for so many classes."""
    positional = function.__code__.co_varnames[: function.__code__.co_argcount]
    given = function.__defaults__ or ()
    yield from zip(positional[len(positional) - len(given) :], given, strict=True)
    yield from (function.__kwdefaults__ or {}).items()


class Optimizer(Hooks):
    """The base of all optimizers: a subclass names its rule, and gives its defaults to `__init__`.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dicts with "params" and hyper-parameters of their
    own. `param_groups` holds them as a list of dicts, whose hyper-parameters may be edited between steps. `options`
    are those of `Options`. Parameters of half precision are stepped in single, and keep their states in it.

    TypeError for a tensor or a set in place of a list and for unknown hyper-parameters; ValueError for an empty list, a
    tensor that was computed, a parameter given twice, or a hyper-parameter out of its range.
    """

    rule: ClassVar[Rule]
    version: ClassVar[int] = 1  # raised when a state dict of before does not fit any more
    decoupled: ClassVar[bool] = False  # whether weight_decay acts on the weights, where the group does not say
    limits: ClassVar[Mapping[str, Limit]] = {}  # of hyper-parameters, beside those of LIMITS
    choices: ClassVar[Mapping[str, Sequence[str]]] = {}  # the words that a hyper-parameter may be
    flags: ClassVar[frozenset[str]] = frozenset({"maximize"})  # found by their defaults
    betas: ClassVar[int] = 2  # how many there are
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # what `like` sets, by the name of a library
    _step_count = 0  # calls of step(), which schedulers look at
    recomputed: ClassVar[frozenset[str]] = frozenset()  # states in PyTorch's state dicts that are not needed here
    reevaluates: bool = False  # whether step() calls its closure more than once, or at other weights

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.flags = cls.flags | {name for name, default in _defaults(cls.__init__) if isinstance(default, bool)}
            cls.__init__ = with_presets(cls.__init__)  # type: ignore[method-assign]  # takes `like` beside the same

    def __init__(self, params: ParamsT, defaults: Mapping[str, Any], **options: Unpack[Options]) -> None:
        super().__init__()
        unknown = set(options) - {*Options.__annotations__, *OwnOptions.__annotations__}
        if unknown:
            raise TypeError(f"{type(self).__name__} got an unexpected keyword argument {min(unknown)!r}")
        self.differentiable = options.get("differentiable", False)
        self.transforms = tuple(options.get("transforms", ()))
        self.no_decay = options.get("no_decay")
        self.keep_steps = options.get("keep_steps", False)
        self._check_flags(options)
        self.scope = self.rule.scope if hasattr(self, "rule") else "tensor"  # on what the rule is called
        acts_on_steps = any(t.on_update for t in self.transforms)
        self._in_chunks = self.scope == "element" and not self.differentiable and not acts_on_steps
        defaults = {"maximize": options.get("maximize", False), **defaults}
        limits = {**LIMITS, **self.limits}
        known = frozenset(defaults)
        self.face = Face(type(self).__name__, known, limits, self.betas, self.choices, self.differentiable, self.flags)
        self.defaults = dict(ParamGroup(self.face, defaults))
        self.param_groups: list[ParamGroup] = []
        self._places: list[Place] = []
        self._transform_states: list[Any] = [{} for _ in self.transforms]
        self._last: dict[Tensor, Taken] = {}
        for group in as_groups(params):
            self.add_param_group(group)

    def _check_flags(self, options: Options) -> None:
        if options.get("fused"):
            if self.differentiable:
                raise RuntimeError("`fused` does not support `differentiable`")
            if options.get("foreach"):
                raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        if self.no_decay is not None and self.no_decay != "bias_and_norm" and not callable(self.no_decay):
            raise ValueError(
                f"{type(self).__name__}: no_decay is 'bias_and_norm' or a function of (name, parameter), not "
                f"{self.no_decay!r}"
            )
        for t in self.transforms:
            if not isinstance(t, Transform):
                raise TypeError(f"{type(self).__name__}: transforms are those of optim.transforms, not {t!r}")

    # ---- groups -----------------------------------------------------------------------------------------------------

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Optimize more parameters: a dict with "params", and hyper-parameters where they differ from the defaults."""
        if not isinstance(param_group, Mapping):
            raise TypeError(f"param_group must be a dict, but got {type(param_group).__name__}")
        if "params" not in param_group:
            raise ValueError(f"a parameter group needs its parameters under 'params'; got {sorted(param_group)}")
        names, params = named(param_group["params"], leaves=not self.differentiable)
        named_by = {"param_names": names} if names else {}
        given = {**self.defaults, **param_group, "params": params, **named_by}
        group = ParamGroup(self.face, given, self._checker())
        self._check_new(params)
        places = self._lay_out(params, names or [""] * len(params))
        self.param_groups.append(group)
        self._places.append((params, len(params), places))

    def _lay_out(self, params: list[Tensor], names: Sequence[str]) -> list[Members]:
        """Lists of parameters of one dtype, and of one kind of decay unless the rule sees all of them at once."""
        alike: dict[Any, list[tuple[Tensor, bool]]] = {}
        for name, p in zip(names, params, strict=True):
            exempt = self._is_exempt(name, p)
            alike.setdefault((p.array.dtype, exempt and self.scope != "group"), []).append((p, exempt))
        lists = [([p for p, _ in same], [exempt for _, exempt in same]) for same in alike.values()]
        if self.differentiable:
            return [GraphGroup(ps, exempt) for ps, exempt in lists]
        return [FlatGroup(ps, exempt, self.scope) for ps, exempt in lists]

    def _is_exempt(self, name: str, p: Tensor) -> bool:
        if self.no_decay is None:
            return False
        return p.ndim <= 1 if self.no_decay == "bias_and_norm" else bool(self.no_decay(name, p))

    def _check_new(self, params: list[Tensor]) -> None:
        if len({id(p) for p in params}) < len(params):
            raise ValueError("optimizer contains a parameter group with duplicate parameters; give each one once")
        present = {id(p) for group in self.param_groups for p in group["params"]}
        if any(id(p) in present for p in params):
            raise ValueError("some parameters appear in more than one parameter group")

    def _checker(self) -> Callable[[Any], None]:
        """check_group, by which a group does not keep its optimizer in memory."""
        weak = weakref.ref(self)

        def check(group: Any) -> None:
            if (owner := weak()) is not None:
                owner.check_group(group)

        return check

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Of a copy, or of what was pickled: its groups are checked by itself."""
        vars(self).update(state)
        if "face" in state:  # not those around another optimizer, whose groups are that one's
            for group in self.param_groups:
                group.check = self._checker()

    def check_group(self, group: ParamGroup) -> None:
        """Raise ValueError where hyper-parameters or parameters do not go together; subclasses say when.

        Called for every new group, and for each edit of one before it is made.
        """

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        """The states that this group's rule keeps, by PyTorch's names, and their first values."""
        return dict.fromkeys(self.rule.state_names, 0.0)

    # ---- the step ---------------------------------------------------------------------------------------------------

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter that has a gradient; those without are left alone, their state too.

        `closure`, if given, is called first, with recording on: it clears the gradients, computes the loss, calls
        backward() and returns the loss, which `step` returns.
        """
        self._step_count += 1
        args: tuple[Any, ...] = (self,) if closure is None else (self, closure)  # as PyTorch's hooks see them
        kwargs: dict[str, Any] = {}
        for hook in self._called("before step"):
            result = hook(self, args, kwargs)
            if result is not None:
                if not isinstance(result, tuple) or len(result) != 2:
                    raise RuntimeError(
                        f"{hook} must return None or a tuple of (new_args, new_kwargs), but got {result}."
                    )
                args, kwargs = result
        loss = self.take_step(*args[1:], **kwargs)
        for hook in self._called("after step"):
            hook(self, args, kwargs)
        return loss

    def take_step(self, closure: Callable[[], Any] | None = None) -> Any:
        """What `step` does between its hooks; for subclasses that do more than run a rule."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with set_grad_enabled(self.differentiable), np.errstate(all="ignore"):  # an overflow shows in the numbers
            self._run_rule(loss)
        return loss

    def _run_rule(self, loss: Any) -> None:
        self._check_groups()
        changed, states = self._transformed()
        if changed is None and self.transforms:  # a transform said not to step
            self._transform_states = states
            return
        fast = self._in_chunks
        planned: list[tuple[Any, Update, Any]] = []
        for group, (_, _, lists) in self._with_places():
            for members in lists:
                gradients = None if changed is None else [changed.get(id(p)) for p in members.params]
                update = self.update_of(group, members, loss)
                if fast:
                    planned.append((members, update, members.plan(gradients)))  # type: ignore[union-attr]  # a FlatGroup
                else:
                    members.check()
                    planned.append((members, update, gradients or [self._gradient(p) for p in members.params]))
        before = explain.before(self) if self.keep_steps else {}
        if fast:  # every one of them can be stepped
            for flat, update, runs in planned:
                flat.step(update, runs)
        else:
            steps = itertools.chain.from_iterable(tensorwise.steps(*each) for each in planned)
            for step in self._after_rule(steps, states):
                step.take()
        self._transform_states = states
        self._last.update(explain.taken(before))

    def _gradient(self, p: Tensor) -> Any:
        if p._grad is None:
            return None
        return widened(p._grad if self.differentiable else p._grad.array)

    def _transformed(self) -> tuple[dict[int, Any] | None, list[Any]]:
        """The transformed gradients by parameter, None if none are to be stepped by; and the transforms' new states."""
        states = list(self._transform_states)
        if not self.transforms:
            return None, states
        params = [p for p, *_ in self._entries()]
        values = [widened(p if self.differentiable else p.array) for p in params]
        raw = gradients = [self._gradient(p) for p in params]
        for n, t in enumerate(self.transforms):
            states[n] = grown(t, states[n], values)
            if not t.on_update:
                try:
                    new, states[n] = t.update(gradients, states[n], values, raw)
                except NonFiniteGradientError as error:
                    raise self._named(error) from None
                if new is None:
                    return None, [*self._transform_states[:n], states[n], *self._transform_states[n + 1 :]]
                gradients = new
        return {id(p): g for p, g in zip(params, gradients, strict=True)}, states

    def _named(self, error: NonFiniteGradientError) -> NonFiniteGradientError:
        """The same error with the parameter's name, if it has one."""
        names = [name for group in self.param_groups for name in group.get("param_names", [""] * len(group["params"]))]
        return NonFiniteGradientError(error.index, error.shape, names[error.index], error.streak)

    def _after_rule(self, steps: Iterable[Step], states: list[Any]) -> Iterable[Step]:
        """The steps, after the transforms that act on them."""
        if not any(t.on_update for t in self.transforms):
            return steps
        by_param = {id(step.members.params[step.i]): step for step in steps}
        params = [p for p, *_ in self._entries()]
        values = [widened(p if self.differentiable else p.array) for p in params]
        raw = [self._gradient(p) for p in params]
        updates = [by_param[id(p)].step if id(p) in by_param else None for p in params]
        for n, t in enumerate(self.transforms):
            if t.on_update:
                updates, states[n] = t.update(updates, states[n], values, raw)
        return [by_param[id(p)]._replace(step=u) for p, u in zip(params, updates, strict=True) if u is not None]

    def _check_groups(self) -> None:
        for group, (params, count, _) in self._with_places():
            if group["params"] is not params or len(params) != count:
                raise RuntimeError(
                    f"{type(self).__name__}: the parameters of a group were changed by hand; use add_param_group(), or "
                    "make a new optimizer"
                )

    def _with_places(self) -> Iterable[tuple[ParamGroup, Place]]:
        if len(self.param_groups) != len(self._places):
            raise RuntimeError(
                f"{type(self).__name__}: param_groups has {len(self.param_groups)} groups where {len(self._places)} "
                "were added; use add_param_group(), or make a new optimizer"
            )
        return zip(self.param_groups, self._places, strict=True)

    def update_of(self, group: ParamGroup, members: Members, loss: Any = None) -> Update:
        """The rule with the hyper-parameters of a group, made anew when one of them was set."""
        exempt = members.exempt[0] and self.scope != "group"
        if exempt not in group.updates:
            betas = {f"beta{i}": beta for i, beta in enumerate(group.get("betas", ()), 1)}
            given = {**group, **betas, **({"weight_decay": 0.0} if exempt else {})}
            group.updates[exempt] = Update(
                self.rule,
                {name: given[name] for name in self.rule.hyper if name not in ("t", "loss")},
                self.keeps(group),
                lr=group.get("lr", 1.0),
                weight_decay=given.get("weight_decay", 0),
                decoupled=group.get("decoupled_weight_decay", self.decoupled),
                maximize=group["maximize"],
            )
        update = group.updates[exempt]
        if "loss" in self.rule.hyper:
            if loss is None:
                raise RuntimeError(
                    f"{type(self).__name__} steps by the loss: call step(closure) with one that returns it"
                )
            update.hyper["loss"] = loss.item() if isinstance(loss, Tensor) and not self.differentiable else loss
        return update

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

    def _entries(self) -> Iterator[tuple[Tensor, ParamGroup, Members, int]]:
        """Every parameter in order, with its group, and its place: the list that it is in and the number in it."""
        for group, (_, _, lists) in self._with_places():
            place = {id(p): (members, i) for members in lists for i, p in enumerate(members.params)}
            for p in group["params"]:
                yield (p, group, *place[id(p)])

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """For each parameter that was stepped: "step", and its states as tensors of the optimizer's own memory."""
        found = {}
        for p, group, members, i in self._entries():
            if members.steps[i]:
                kept = {name: members.states[name] for name in self.keeps(group) if name in members.states}
                found[p] = {"step": members.steps[i], **{name: as_tensor(kept[name][i]) for name in kept}}
        return found

    def state_dict(self) -> dict[str, Any]:
        """A copy of all that a resumed run needs: the class, states by number, groups with these numbers."""
        for hook in self._called("before state_dict"):
            hook(self)
        saved = self._save()
        for hook in self._called("after state_dict"):
            result = hook(self, saved)
            saved = saved if result is None else result
        return saved

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from a `state_dict()`: states and hyper-parameters are copied in.

        Parameters are matched by name where both sides have names, else by order. Also takes a state dict of PyTorch's
        optimizer of the same name. ValueError, before anything is changed, if it comes from another optimizer or
        version, or its groups, states or shapes are not those of this one.
        """
        given: Any = dict(state_dict) if isinstance(state_dict, Mapping) else state_dict
        for hook in self._called("before load_state_dict"):
            result = hook(self, given)
            given = given if result is None else result
        self._load(given)
        for hook in self._called("after load_state_dict"):
            hook(self)

    _save, _load = save, load  # overridden where state is not only that of parameters

    # ---- looking inside ---------------------------------------------------------------------------------------------

    def explain(self, param: Tensor | None = None) -> str:
        """Print, and return, the next step of one parameter, the first unless told: the rule's lines with numbers.

        The step is computed from the present gradient, and not taken. RuntimeError where there is none.
        """
        text = explain.explain(self, param)
        print(text)
        return text

    def introspect(self) -> dict[Tensor, Insight]:
        """What the last step did to each parameter: see optim.explain.Insight. Needs keep_steps=True."""
        return explain.introspect(self)

    def __repr__(self) -> str:
        text = type(self).__name__ + " ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params")
        return text + ")"
