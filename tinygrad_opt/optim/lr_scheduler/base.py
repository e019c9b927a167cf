"""What all schedulers share: the count of epochs, writing to the groups, the order of calls, state dicts."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from ..optimizer import Optimizer
from ..schedule import Schedule

EPOCH_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler."
)
ORDER_WARNING = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in the opposite order: "
    "`optimizer.step()` before `lr_scheduler.step()`. Failure to do this will result in skipping the first value of "
    "the learning rate schedule."
)


class LRScheduler:
    """The base of all schedulers. A subclass says in `get_lr` what the learning rates of `last_epoch` are.

    `base_lrs` are the learning rates that the groups had at first; they are kept in each group as "initial_lr" too, and
    so in the optimizer's state dict. A group that is added to the optimizer later is scheduled from the next step on.
    With `last_epoch=n` the scheduler is made as it would be after epoch n.

    >>> class Halving(torch.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [lr * 0.5**self.last_epoch for lr in self.base_lrs]
    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = Halving(optimizer)
    >>> optimizer.step()
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]

    As torch.optim.lr_scheduler.LRScheduler, with these differences. The schedulers here do not multiply what they find
    in a group, but compute the learning rate from `base_lrs` and `last_epoch`: there is no drift, resumed runs are
    bit-equal, and a state dict may be loaded before or after the optimizer's. So what others write into a scheduled
    group is overwritten by the next step(), with a warning: edit `base_lrs`, or combine schedulers by ChainedScheduler.
    `last_epoch=n` needs no "initial_lr" in the groups: without, the learning rate they have is taken for it.
    """

    key = "lr"  # the hyper-parameter that is driven
    closed_form = False  # whether get_lr does not read what is in the groups
    sets_base = False  # whether it has base learning rates of its own, so that it can be only the first of a chain
    hidden = frozenset({"optimizer", "_per_group", "_order_check"})  # attributes that are no state
    # the attributes that are lists with a value for each group -> the one value for all of them, or none
    _per_group: Mapping[str, tuple[Any, ...]] = MappingProxyType({})

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.base_lrs: list[float] = []
        self._last_lr: list[float] = []
        self._cover_groups()
        self._go_to(last_epoch + 1)
        self._write(self.get_lr())
        # Counted only where step() is known to count, so that the order check never is wrong.
        counts = type(optimizer).step is Optimizer.step
        self._order_check: int | None = optimizer._step_count if counts else None

    def get_lr(self) -> list[float]:
        """The learning rate of each group at `last_epoch`; subclasses say what it is."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The learning rate of each group, as last written by this scheduler."""
        return list(self._last_lr)

    def step(self, epoch: int | None = None) -> None:
        """Set the learning rates of the next epoch, or of `epoch` (deprecated). Call it after `optimizer.step()`."""
        if epoch is not None:
            warnings.warn(EPOCH_WARNING, UserWarning, stacklevel=2)
        self._advance(epoch)

    def _advance(self, epoch: float | None) -> None:
        if self._order_check is not None and self._order_check == self.optimizer._step_count:
            warnings.warn(ORDER_WARNING, UserWarning, stacklevel=3)
        self._order_check = None
        if self.closed_form:
            self._warn_of_edits()
        self._cover_groups()
        previous = self._now()
        self._go_to(previous + 1 if epoch is None else epoch)
        try:
            self._write(self.get_lr())
        except BaseException:
            self._go_to(previous)
            raise

    def _now(self) -> float:
        return self.last_epoch

    def _go_to(self, epoch: float) -> None:
        """Be at `epoch`, without writing anything."""
        self.last_epoch = math.floor(epoch)

    # ---- groups -----------------------------------------------------------------------------------------------------

    def _lr_from(self, base_lrs: list[float]) -> list[float]:
        """What get_lr() gives with other base learning rates."""
        if self.sets_base:
            return self.get_lr()
        own, self.base_lrs = self.base_lrs, base_lrs
        try:
            return self.get_lr()
        finally:
            self.base_lrs = own

    def _spread(self, attribute: str, name: str, value: Any) -> list[Any]:
        """A value for each group, from one for all or from a list; groups added later get the one for all."""
        groups = self.optimizer.param_groups
        if not isinstance(value, list | tuple):
            self._per_group = {**self._per_group, attribute: (value,)}
            return [value] * len(groups)
        self._per_group = {**self._per_group, attribute: ()}
        if len(value) != len(groups):
            raise ValueError(
                f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, "
                f"param_groups has {len(groups)}."
            )
        return list(value)

    def _base_of(self, group: dict[str, Any]) -> float:
        return float(group.setdefault("initial_lr", group["lr"]))

    def _cover_groups(self) -> None:
        """Take in the groups that were added since."""
        for group in self.optimizer.param_groups[len(self.base_lrs) :]:
            self.base_lrs.append(self._base_of(group))
        count = len(self.base_lrs)
        for attribute, common in self._per_group.items():
            values = getattr(self, attribute)
            values += list(common) * (count - len(values))
            if len(values) != count:
                raise ValueError(
                    f"{type(self).__name__} has {len(values)} {attribute} for {count} groups; for a group that was "
                    f"added later append its own to the scheduler's {attribute}"
                )

    def _write(self, values: Sequence[float]) -> None:
        groups = self.optimizer.param_groups
        if len(values) != len(groups):
            raise ValueError(f"{type(self).__name__}.get_lr() gives {len(values)} values for {len(groups)} groups")
        for group, value in zip(groups, values, strict=True):
            write(group, self.key, value)
        self._last_lr = [read(group, self.key) for group in groups]
        self._write_momentum()

    def _write_momentum(self) -> None:
        """Set the momentum too, in schedulers that cycle it."""

    def _warn_of_edits(self) -> None:
        for i, (group, last) in enumerate(zip(self.optimizer.param_groups, self._last_lr, strict=False)):
            found = read(group, self.key)
            if found != last and not math.isnan(last):
                warnings.warn(
                    f"{type(self).__name__} overwrites {self.key}={found} of group {i}, which it had set to {last}. To "
                    "change the course of a scheduler edit its `base_lrs`; combine schedulers by ChainedScheduler or "
                    "SequentialLR.",
                    UserWarning,
                    stacklevel=4,
                )

    # ---- state ------------------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """A copy of all that a resumed run needs: the class, `last_epoch`, `base_lrs` and the arguments.

        Of functions that were given nothing is kept, of other callable objects their attributes.
        """
        kept = {key: _plain(value) for key, value in vars(self).items() if key not in self.hidden}
        return {"scheduler": type(self).__name__, **kept}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from a `state_dict()`, and set the groups' learning rates to what they were.

        ValueError, before anything is changed, if it is that of another class or for another number of groups.
        """
        self._check_state(state_dict)
        self._restore(state_dict)
        self._order_check = None
        self._write(self._last_lr)

    def _restore(self, state_dict: Mapping[str, Any]) -> None:
        for key, value in state_dict.items():
            if key in vars(self) and key not in self.hidden:
                vars(self)[key] = _restored(vars(self)[key], value)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        kind = type(self).__name__
        if not isinstance(state_dict, Mapping) or "last_epoch" not in state_dict:
            raise ValueError(f"a state dict of {kind} holds 'last_epoch', this is {state_dict!r}")
        if state_dict.get("scheduler", kind) != kind:
            raise ValueError(f"loaded state dict is of {state_dict['scheduler']}, not of {kind}")
        missing = sorted(key for key in self.state_dict() if key not in state_dict and key != "scheduler")
        if missing:
            raise ValueError(f"loaded state dict of {kind} lacks {missing}")
        count = len(self.optimizer.param_groups)
        saved = len(state_dict.get("base_lrs", state_dict["_last_lr"]))
        if saved != count:
            raise ValueError(f"loaded state dict is for {saved} groups, the optimizer has {count}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at epoch {self.last_epoch}: {self.key} {self._last_lr}>"


class ClosedForm(LRScheduler):
    """A scheduler whose get_lr is a pure function of `base_lrs` and `last_epoch`."""

    closed_form = True
    hidden = LRScheduler.hidden | {"_made"}
    _made: tuple[tuple[Any, ...], Schedule] | None = None

    def _now_of(self, make: Callable[..., Schedule], *arguments: Any) -> float:
        """The value at `last_epoch` of make(*arguments), which is made anew only if an argument was edited."""
        if self._made is None or self._made[0] != arguments:
            self._made = arguments, make(*arguments)
        return self._made[1](self.last_epoch)

    def _scaled(self, make: Callable[..., Schedule], *arguments: Any) -> list[float]:
        """The base learning rates times that value."""
        now = self._now_of(make, *arguments)
        return [base * now for base in self.base_lrs]


class Scheduler(ClosedForm):
    """Drives any hyper-parameter by a schedule (see optim.schedules): group[key] = base * schedule(k).

    Args:
        optimizer: the optimizer; all its groups are driven.
        schedule: a schedule, or any function of the number of steps; or a list of them, one for each group.
        key: the hyper-parameter; "beta1" and "beta2" are the elements of "betas".
        base: what the schedule is multiplied by: by default what each group holds now. With base=1 the schedule gives
            the values themselves.
        last_epoch: the last step that was taken, when a run is resumed.

    >>> from tinygrad_opt.optim.schedules import linear
    >>> optimizer = torch.optim.AdamW([torch.ones(1, requires_grad=True)], weight_decay=0.1)
    >>> decay = torch.optim.lr_scheduler.Scheduler(optimizer, linear(10), key="weight_decay")
    >>> beta1 = torch.optim.lr_scheduler.Scheduler(optimizer, linear(10, 0.5, 0.9), key="beta1", base=1)
    >>> for _ in range(5):
    ...     optimizer.step()
    ...     decay.step()
    ...     beta1.step()
    >>> decay.get_last_lr(), beta1.get_last_lr(), optimizer.param_groups[0]["betas"]
    ([0.05], [0.7], (0.7, 0.999))

    `get_last_lr`, `base_lrs` and the state dict are those of every scheduler, with the values of `key`.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedule: Callable[[int], float] | Sequence[Callable[[int], float]],
        key: str = "lr",
        base: float | None = None,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.key = key
        self.base = base
        for group in optimizer.param_groups:
            _check_key(group, key)
        self.schedules = self._spread("schedules", "schedule", schedule)
        check_callable("schedule", self.schedules)
        super().__init__(optimizer, last_epoch)

    def _base_of(self, group: dict[str, Any]) -> float:
        if self.base is not None:
            return self.base
        return super()._base_of(group) if self.key == "lr" else read(group, self.key)

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        if state_dict["key"] != self.key:
            raise ValueError(f"loaded state dict is of a Scheduler of {state_dict['key']!r}, not of {self.key!r}")

    def get_lr(self) -> list[float]:
        return [base * schedule(self.last_epoch) for base, schedule in zip(self.base_lrs, self.schedules, strict=True)]


# ---- a hyper-parameter of a group ----------------------------------------------------------------------------------

_BETAS = {"beta1": 0, "beta2": 1}


def read(group: Mapping[str, Any], key: str) -> float:
    """A hyper-parameter of a group; "beta1" and "beta2" are in its "betas"."""
    return float(group["betas"][_BETAS[key]] if key in _BETAS else group[key])


def write(group: dict[str, Any], key: str, value: float) -> None:
    """Set a hyper-parameter of a group."""
    if key in _BETAS:
        betas = list(group["betas"])
        betas[_BETAS[key]] = value
        group["betas"] = tuple(betas)
    else:
        group[key] = value


def _check_key(group: Mapping[str, Any], key: str) -> None:
    numbers = [name for name, value in group.items() if isinstance(value, int | float) and not isinstance(value, bool)]
    numbers += list(_BETAS)[: len(group.get("betas", ()))]
    if key not in numbers:
        import difflib  # slow to import, and needed only here

        close = difflib.get_close_matches(key, numbers, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {sorted(numbers)}"
        raise ValueError(f"the optimizer has no hyper-parameter {key!r} that is a number; {hint}")


def momentum_key(optimizer: Optimizer) -> str:
    """The hyper-parameter that a cycle of the momentum drives."""
    if "betas" in optimizer.defaults:
        return "beta1"
    if "momentum" in optimizer.defaults:
        return "momentum"
    raise ValueError(
        "optimizer must support momentum or beta1 with `cycle_momentum` option enabled; "
        f"{type(optimizer).__name__} has neither: pass cycle_momentum=False"
    )


# ---- checks and states ---------------------------------------------------------------------------------------------


def check_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def check_callable(name: str, functions: Sequence[Any]) -> None:
    for function in functions:
        if not callable(function):
            raise TypeError(f"{name} should be a function, but got {type(function).__name__}")


def _plain(value: Any) -> Any:
    """What a state dict keeps of an attribute: numbers and words; nothing of a function, an object's attributes."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, LRScheduler):
        return value.state_dict()
    if not callable(value):
        return copy.deepcopy(value)
    plain = isinstance(value, type | Schedule) or not hasattr(value, "__dict__")
    return None if plain else copy.deepcopy(vars(value)) or None


def _restored(now: Any, saved: Any) -> Any:
    """An attribute after loading `saved`; functions stay, objects get their attributes back."""
    if isinstance(now, list) and any(callable(item) or isinstance(item, LRScheduler) for item in now):
        return [_restored(*pair) for pair in zip(now, saved, strict=True)]
    if isinstance(now, LRScheduler):
        now._restore(saved)
        return now
    if callable(now):
        if saved is not None:
            vars(now).update(copy.deepcopy(saved))
        return now
    return copy.deepcopy(saved)
