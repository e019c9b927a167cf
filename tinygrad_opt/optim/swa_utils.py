"""Stochastic weight averaging (Izmailov et al. 2018): its schedule."""

from __future__ import annotations

from typing import Literal

from .lr_scheduler.base import LRScheduler, check_optimizer
from .optimizer import Optimizer
from .schedule import whole
from .schedules import ANNEAL, between

__all__ = ["SWALR"]


class SWALR(LRScheduler):
    """From the learning rate at its first step() to `swa_lr` in `anneal_epochs` epochs; there it stays.

    Another scheduler may be stepped until then. As torch.optim.swa_utils.SWALR, but to make it changes nothing:
    with anneal_epochs=0 PyTorch sets `swa_lr` at once.

    >>> optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    >>> scheduler = torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> lrs = []
    >>> for _ in range(4):
    ...     optimizer.step()
    ...     lrs += scheduler.get_last_lr()
    ...     scheduler.step()
    >>> lrs
    [1.0, 0.75, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(optimizer)
        self.optimizer = optimizer
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self.swa_lrs = self._spread("swa_lrs", "swa_lr", swa_lr)
        self.anneal_epochs = whole("SWALR", "anneal_epochs", anneal_epochs, 0)
        self.anneal_strategy = anneal_strategy
        self.start_lrs: list[float] = []
        self.last_epoch = last_epoch
        super().__init__(optimizer, last_epoch)

    def _cover_groups(self) -> None:
        super()._cover_groups()
        if self.last_epoch <= 0:
            self.start_lrs = []  # until the first step, others may set it
        self.start_lrs += [group["lr"] for group in self.optimizer.param_groups[len(self.start_lrs) :]]

    def get_lr(self) -> list[float]:
        done = min(1.0, self.last_epoch / self.anneal_epochs) if self.anneal_epochs else float(self.last_epoch > 0)
        part = ANNEAL[self.anneal_strategy](done)
        return [between(start, end, part) for start, end in zip(self.start_lrs, self.swa_lrs, strict=True)]
