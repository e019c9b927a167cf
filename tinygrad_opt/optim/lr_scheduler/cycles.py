"""Schedulers that drive the learning rate between bounds of their own, and the momentum against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

from ..optimizer import Optimizer
from ..schedules import cyclic, on_corners, one_cycle_corners
from .base import ClosedForm, check_optimizer, momentum_key, write


class _Cycle(ClosedForm):
    """`cycle_momentum` says whether the momentum is driven too, or the first of the betas where there are such."""

    sets_base = True
    cycle_momentum: bool
    base_momentums: list[float]
    max_momentums: list[float]

    def _take_momentum(self, cycle: bool, base: float | Sequence[float], top: float | Sequence[float]) -> None:
        self.cycle_momentum = cycle
        if cycle:
            momentum_key(self.optimizer)
            self.base_momentums = self._spread("base_momentums", "base_momentum", base)
            self.max_momentums = self._spread("max_momentums", "max_momentum", top)

    def get_momentum(self) -> list[float]:
        """The momentum of each group at `last_epoch`."""
        raise NotImplementedError

    def _write_momentum(self) -> None:
        if self.cycle_momentum:
            key = momentum_key(self.optimizer)
            for group, momentum in zip(self.optimizer.param_groups, self.get_momentum(), strict=True):
                write(group, key, momentum)


class CyclicLR(_Cycle):
    """From base_lr up to max_lr in step_size_up steps and back in step_size_down, again and again (Smith 2017).

    With "triangular2" each triangle is half as high as the last, with "exp_range" its height is gamma ** step; or
    `scale_fn` gives its height, from the number of the triangle (`scale_mode` "cycle") or of the step ("iterations").
    The momentum, or beta1, goes the other way, from max_momentum to base_momentum. Step it after every batch.

    As torch.optim.lr_scheduler.CyclicLR; `base_lr` holds also where another scheduler was there before.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = torch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.5, max_lr=1.0, step_size_up=2)
    >>> lrs = []
    >>> for _ in range(5):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [0.5, 0.75, 1.0, 0.75, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(
                "mode is invalid and scale_fn is None: mode must be 'triangular', 'triangular2' or 'exp_range', got "
                f"{mode!r}"
            )
        if scale_fn is not None and scale_mode not in ("cycle", "iterations"):
            raise ValueError(f"scale_mode must be 'cycle' or 'iterations', got {scale_mode!r}")
        self.step_size_up = step_size_up
        self.step_size_down = step_size_up if step_size_down is None else step_size_down
        self.mode = mode
        self.gamma = gamma
        self.scale_fn = scale_fn
        self.scale_mode = scale_mode
        cyclic(self.step_size_up, self.step_size_down, gamma=gamma)  # which refuses what makes no cycle
        self.low_lrs = self._spread("low_lrs", "base_lr", base_lr)
        self.max_lrs = self._spread("max_lrs", "max_lr", max_lr)
        self._take_momentum(cycle_momentum, base_momentum, max_momentum)
        super().__init__(optimizer, last_epoch)

    def _cover_groups(self) -> None:
        super()._cover_groups()
        self.base_lrs = self.low_lrs

    def _height(self) -> float:
        """How far up the learning rate is, from 0 to 1."""
        if self.scale_fn is None:
            return self._now_of(cyclic, self.step_size_up, self.step_size_down, 0.0, self.mode, self.gamma)
        height = self._now_of(cyclic, self.step_size_up, self.step_size_down)
        number = math.floor(1 + self.last_epoch / (self.step_size_up + self.step_size_down))
        return height * self.scale_fn(number if self.scale_mode == "cycle" else self.last_epoch)

    def get_lr(self) -> list[float]:
        height = self._height()
        return [low + (top - low) * height for low, top in zip(self.base_lrs, self.max_lrs, strict=True)]

    def get_momentum(self) -> list[float]:
        height = self._height()
        return [top - (top - low) * height for low, top in zip(self.base_momentums, self.max_momentums, strict=True)]


class OneCycleLR(_Cycle):
    """From max_lr / div_factor up to max_lr, then down to 1 / final_div_factor of where it began (Smith & Topin 2018).

    `total_steps`, or epochs * steps_per_epoch, is how many steps are taken; the way up takes `pct_start` of them. With
    `three_phase` it comes down as it went up, and only then goes on to the end. The momentum, or beta1, goes the other
    way, from max_momentum to base_momentum and back. Step it after every batch.

    As torch.optim.lr_scheduler.OneCycleLR, but after the last of total_steps steps the learning rate stays at its end,
    where PyTorch's goes up again. One more step() is a ValueError, as there. The groups' "initial_lr" is left alone.

    >>> optimizer = torch.optim.AdamW([torch.ones(1, requires_grad=True)])
    >>> scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10, anneal_strategy="linear")
    >>> lrs = []
    >>> for _ in range(10):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> [round(lr, 2) for lr in lrs]
    [0.04, 0.52, 1.0, 0.86, 0.71, 0.57, 0.43, 0.29, 0.14, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        if total_steps is not None:
            self.total_steps = _positive("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not div_factor > 0 or not final_div_factor > 0:
            raise ValueError(f"div_factor and final_div_factor must be positive, got {div_factor}, {final_div_factor}")
        self.pct_start = pct_start
        self.anneal_strategy = anneal_strategy
        self.div_factor = div_factor
        self.final_div_factor = final_div_factor
        self.three_phase = three_phase
        self.max_lrs = self._spread("max_lrs", "max_lr", max_lr)
        self._take_momentum(cycle_momentum, base_momentum, max_momentum)
        super().__init__(optimizer, last_epoch)

    def _cover_groups(self) -> None:
        super()._cover_groups()
        self.base_lrs = [top / self.div_factor for top in self.max_lrs]

    def _at_last_epoch(self, first: float, top: float, last: float) -> float:
        corners = one_cycle_corners(self.total_steps, self.pct_start, self.three_phase, first, top, first, last)
        return on_corners(self.last_epoch, corners, self.anneal_strategy)

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            raise ValueError(
                f"Tried to step {self.last_epoch} times. The specified number of total steps is {self.total_steps}"
            )
        firsts = [top / self.div_factor for top in self.max_lrs]
        return [
            self._at_last_epoch(first, top, first / self.final_div_factor)
            for first, top in zip(firsts, self.max_lrs, strict=True)
        ]

    def get_momentum(self) -> list[float]:
        both = zip(self.base_momentums, self.max_momentums, strict=True)
        return [self._at_last_epoch(top, low, top) for low, top in both]


def _positive(name: str, value: int) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")
    return value
