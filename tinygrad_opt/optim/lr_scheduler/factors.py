"""Schedulers that multiply the base learning rates, or anneal them, by one formula of the epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..optimizer import Optimizer
from ..schedule import Schedule, whole
from ..schedules import (
    between,
    constant,
    cycle,
    exponential,
    half_cosine,
    linear,
    multistep,
    polynomial,
    step,
)
from .base import ClosedForm, check_callable, check_optimizer

Factor = Callable[[int], float]


class LambdaLR(ClosedForm):
    """lr = base * lr_lambda(epoch), for a function, a schedule, or a list with one for each group.

    As torch.optim.lr_scheduler.LambdaLR.

    >>> from tinygrad_opt.optim.schedules import cosine, warmup
    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.4)
    >>> scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, warmup(4).then(cosine(8)))
    >>> lrs = []
    >>> for _ in range(6):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> [round(lr, 3) for lr in lrs]
    [0.0, 0.1, 0.2, 0.3, 0.4, 0.385]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.lr_lambdas = self._lambdas(lr_lambda)
        super().__init__(optimizer, last_epoch)

    def _lambdas(self, given: Factor | Sequence[Factor]) -> list[Factor]:
        groups = len(self.optimizer.param_groups)
        if isinstance(given, list | tuple) and len(given) != groups:
            raise ValueError(f"Expected {groups} lr_lambdas, but got {len(given)}")
        lambdas = self._spread("lr_lambdas", "lr_lambda", given)
        check_callable("lr_lambda", lambdas)
        return lambdas

    def get_lr(self) -> list[float]:
        return [base * factor(self.last_epoch) for base, factor in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LambdaLR):
    """lr = base * lr_lambda(1) * lr_lambda(2) * ... * lr_lambda(epoch); a list has one function for each group.

    As torch.optim.lr_scheduler.MultiplicativeLR, but with last_epoch=n all the factors up to there are multiplied,
    while PyTorch takes the group's learning rate as it is.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    hidden = LambdaLR.hidden | {"_products", "_products_at"}

    def __init__(self, optimizer: Optimizer, lr_lambda: Factor | Sequence[Factor], last_epoch: int = -1) -> None:
        self._products: list[float] = []
        self._products_at = 0
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[float]:
        groups = len(self.base_lrs)
        if self.last_epoch < self._products_at or len(self._products) != groups:
            self._products, self._products_at = [1.0] * groups, 0
        for epoch in range(self._products_at + 1, self.last_epoch + 1):
            self._products = [p * factor(epoch) for p, factor in zip(self._products, self.lr_lambdas, strict=True)]
            self._products_at = epoch
        return [base * product for base, product in zip(self.base_lrs, self._products, strict=True)]


class StepLR(ClosedForm):
    """lr = base * gamma ** (epoch // step_size). As torch.optim.lr_scheduler.StepLR.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> lrs = []
    >>> for _ in range(5):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = whole("StepLR", "step_size", step_size, 1)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(step, self.step_size, self.gamma)


class MultiStepLR(ClosedForm):
    """lr = base * gamma ** (how many of the milestones are reached); one that is given twice counts twice.

    As torch.optim.lr_scheduler.MultiStepLR, which keeps the milestones as a Counter; here they are a sorted list.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[2, 3], gamma=0.5)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = sorted(whole("MultiStepLR", "milestones", at, 0) for at in milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(multistep, tuple(self.milestones), self.gamma)

    def _restore(self, state_dict: Mapping[str, Any]) -> None:
        milestones = state_dict["milestones"]
        if isinstance(milestones, Mapping):  # as PyTorch keeps them
            listed = sorted(int(at) for at, times in milestones.items() for _ in range(times))
            state_dict = {**state_dict, "milestones": listed}
        super()._restore(state_dict)


class ConstantLR(ClosedForm):
    """lr = base * factor for the first `total_iters` epochs, base from there on.

    As torch.optim.lr_scheduler.ConstantLR; total_iters=0 does nothing, where PyTorch would keep the factor for ever.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> torch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2).get_last_lr()
    [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 <= factor <= 1:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1, got {factor}.")
        self.factor = factor
        self.total_iters = whole("ConstantLR", "total_iters", total_iters, 0)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(_constant, self.factor, self.total_iters)


def _constant(factor: float, steps: int) -> Schedule:
    return constant(factor, steps).then(constant())


class LinearLR(ClosedForm):
    """From base * start_factor to base * end_factor in `total_iters` epochs, in a straight line.

    As torch.optim.lr_scheduler.LinearLR, which cannot start at 0: here start_factor=0 is a warmup from nothing.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.0, total_iters=4)
    >>> lrs = []
    >>> for _ in range(5):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 <= start_factor <= 1:
            raise ValueError(f"Starting multiplicative factor expected to be between 0 and 1, got {start_factor}.")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1, got {end_factor}.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = whole("LinearLR", "total_iters", total_iters, 0)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(linear, self.total_iters, self.start_factor, self.end_factor)


class ExponentialLR(ClosedForm):
    """lr = base * gamma ** epoch. As torch.optim.lr_scheduler.ExponentialLR.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(exponential, self.gamma)


class PolynomialLR(ClosedForm):
    """lr = base * (1 - epoch / total_iters) ** power, and 0 after that. As torch.optim.lr_scheduler.PolynomialLR.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2.0)
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = whole("PolynomialLR", "total_iters", total_iters, 0)
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return self._scaled(polynomial, self.total_iters, self.power)


class CosineAnnealingLR(ClosedForm):
    """lr = eta_min + (base - eta_min) * (1 + cos(pi * epoch / T_max)) / 2.

    As torch.optim.lr_scheduler.CosineAnnealingLR, and as there the learning rate rises again after T_max. To stay at
    the end use `LambdaLR` with `schedules.cosine`.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=4, eta_min=0.1)
    >>> for _ in range(2):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.55]
    """

    def __init__(self, optimizer: Optimizer, T_max: float, eta_min: float = 0.0, last_epoch: int = -1) -> None:  # noqa: N803  # PyTorch's name
        if not 0 < T_max < math.inf:
            raise ValueError(f"Expected a positive T_max, but got {T_max}")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        part = half_cosine(self.last_epoch / self.T_max)
        return [between(self.eta_min, base, part) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(ClosedForm):
    """A cosine from base to eta_min over T_0 epochs, then again over T_0 * T_mult, and so on (SGDR).

    `step(epoch)` may be given fractions, `step(epoch + batch / batches)`. As
    torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; with last_epoch=n the cycle is the one that epoch n + 1 is in.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
    >>> lrs = []
    >>> for _ in range(6):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> [round(lr, 3) for lr in lrs]
    [1.0, 0.5, 1.0, 0.854, 0.5, 0.146]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803  # PyTorch's name
        T_mult: int = 1,  # noqa: N803  # PyTorch's name
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, float | int):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _go_to(self, epoch: float) -> None:
        super()._go_to(epoch)
        self.T_cur, self.T_i = cycle(epoch, self.T_0, self.T_mult)

    def _now(self) -> float:
        return self.last_epoch + self.T_cur % 1

    def get_lr(self) -> list[float]:
        part = half_cosine(self.T_cur / self.T_i)
        return [between(self.eta_min, base, part) for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Go on by one epoch, or to `epoch`, which may be a fraction."""
        if epoch is not None and epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        self._advance(epoch)
