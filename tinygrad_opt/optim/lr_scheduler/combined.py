"""Schedulers made of schedulers: one after the other, or one on top of the other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from ..optimizer import Optimizer
from ..schedule import whole
from .base import ClosedForm, LRScheduler
from .plateau import ReduceLROnPlateau


class _Combined(ClosedForm):
    """Only the whole is stepped; its parts are asked for their values at an epoch, and never step themselves."""

    _schedulers: list[LRScheduler]

    def _take(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None, purpose: str) -> Optimizer:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler{purpose}, but got no scheduler.")
        for i, scheduler in enumerate(schedulers):
            if not isinstance(scheduler, LRScheduler):
                raise TypeError(f"{name} at index {i} should be a scheduler, got {type(scheduler).__name__}.")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional kwargs to be "
                    f"specified when calling `step`, but got one at index {i} in the given schedulers sequence."
                )
            optimizer = optimizer or scheduler.optimizer
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                    f"{type(scheduler).__name__} at index {i} of another {type(scheduler.optimizer).__name__}."
                )
            if scheduler.key != "lr":
                raise ValueError(f"{name} drives the learning rate, but the scheduler at index {i} {scheduler.key}.")
        assert optimizer is not None
        self._schedulers = list(schedulers)
        return optimizer

    def _cover_groups(self) -> None:
        super()._cover_groups()
        for scheduler in self._schedulers:
            scheduler._cover_groups()

    def _check_state(self, state_dict: Mapping[str, Any]) -> None:
        super()._check_state(state_dict)
        states = state_dict["_schedulers"]
        if len(states) != len(self._schedulers):
            raise ValueError(f"loaded state dict is of {len(states)} schedulers, here are {len(self._schedulers)}")
        for scheduler, state in zip(self._schedulers, states, strict=True):
            scheduler._check_state(state)


class SequentialLR(_Combined):
    """One scheduler after the other: the next one begins, with its epoch 0, at each of the milestones.

    As torch.optim.lr_scheduler.SequentialLR where that is right. It is so here too if they are nested, if a milestone
    is 0, and with last_epoch=n, which goes to where epoch n + 1 lies. ValueError for milestones that decrease.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> down = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4)
    >>> scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [up, down], milestones=[2])
    >>> lrs = []
    >>> for _ in range(6):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [0.5, 0.75, 1.0, 0.75, 0.5, 0.25]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        self._take(schedulers, optimizer, "")
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the number of "
                f"milestone points, but got number of schedulers {len(schedulers)} and the number of milestones to "
                f"be equal to {len(milestones)}"
            )
        self._milestones = [whole("SequentialLR", "milestones", at, 0) for at in milestones]
        if self._milestones != sorted(self._milestones):
            raise ValueError(f"SequentialLR expects milestones that increase, got {self._milestones}")
        super().__init__(optimizer, last_epoch)

    def _go_to(self, epoch: float) -> None:
        super()._go_to(epoch)
        begin = max((at for at in self._milestones if at <= epoch), default=0)
        self._active._go_to(epoch - begin)

    @property
    def _active(self) -> LRScheduler:
        return self._schedulers[bisect_right(self._milestones, self.last_epoch)]

    def get_lr(self) -> list[float]:
        return self._active._lr_from(self.base_lrs)

    def _write_momentum(self) -> None:
        self._active._write_momentum()


class ChainedScheduler(_Combined):
    """All schedulers at once: each takes what the one before it gives for its base.

    As torch.optim.lr_scheduler.ChainedScheduler, and so it is also with schedulers that in PyTorch overwrite the ones
    before them (LambdaLR, CosineAnnealingWarmRestarts). CyclicLR and OneCycleLR, which set bounds of their own, can
    only come first.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> half = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = torch.optim.lr_scheduler.ChainedScheduler([half, decay])
    >>> lrs = []
    >>> for _ in range(4):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [0.5, 0.25, 0.25, 0.125]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        optimizer = self._take(schedulers, optimizer, " to be chained")
        for i, scheduler in enumerate(self._schedulers):
            if scheduler.sets_base and i:
                raise ValueError(
                    f"{type(scheduler).__name__} at index {i} sets learning rates of its own and would undo those "
                    "before it; put it first"
                )
        self._starts = [scheduler.last_epoch for scheduler in self._schedulers]
        super().__init__(optimizer, -1)

    def _go_to(self, epoch: float) -> None:
        super()._go_to(epoch)
        for scheduler, start in zip(self._schedulers, self._starts, strict=True):
            scheduler._go_to(start + epoch)

    def get_lr(self) -> list[float]:
        values = self.base_lrs
        for scheduler in self._schedulers:
            values = scheduler._lr_from(values)
        return values

    def _write_momentum(self) -> None:
        for scheduler in self._schedulers:
            scheduler._write_momentum()
