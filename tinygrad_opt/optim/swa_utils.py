"""Averages of weights over the course of training: equal (Izmailov et al. 2018) or exponential ones, and SWALR."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import numpy as np

from ..autograd.graph import wrap
from ..autograd.mode import no_grad
from ..nn.module import Module
from ..tensor import Tensor
from .lr_scheduler.base import LRScheduler, check_optimizer
from .optimizer import Optimizer
from .schedule import whole
from .schedules import ANNEAL, between

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]
MultiAverage = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The exponential average: decay * average + (1 - decay) * new. As torch.optim.swa_utils.get_ema_avg_fn.

    ValueError unless 0 <= decay <= 1.

    >>> average = torch.optim.swa_utils.get_ema_avg_fn(0.75)
    >>> average(torch.tensor(0.0), torch.tensor(8.0), 1)
    tensor(2.)
    """
    if not 0 <= decay <= 1:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")

    def ema(average: Tensor, new: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            return decay * average + (1 - decay) * new

    return ema


def get_swa_avg_fn() -> Average:
    """The equal average: average + (new - average) / (n + 1), of n before. As torch.optim.swa_utils.get_swa_avg_fn."""

    def swa(average: Tensor, new: Tensor, num_averaged: Any) -> Tensor:
        with no_grad():
            averaged: Tensor = average + (new - average) / (num_averaged + 1)
            return averaged

    return swa


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """`get_ema_avg_fn` over lists, written into the averages. As torch.optim.swa_utils.get_ema_multi_avg_fn."""
    return _multi(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverage:
    """`get_swa_avg_fn` over lists, written into the averages. As torch.optim.swa_utils.get_swa_multi_avg_fn."""
    return _multi(get_swa_avg_fn())


def _multi(average_of: Average) -> MultiAverage:
    def update(averages: Sequence[Tensor], news: Sequence[Tensor], num_averaged: Any) -> None:
        with no_grad():
            for average, new in zip(averages, news, strict=True):
                average.copy_(average_of(average, new, num_averaged))

    return update


class AveragedModel(Module):
    """A copy of a model, `module`, whose weights are an average over those of the model: equal, or what is given.

    Args:
        model: the model that is trained; it is copied.
        device: "cpu", or None.
        avg_fn: a function of the average, the new value and how many were averaged, which returns the new average.
        multi_avg_fn: the same over lists of tensors of one dtype, which writes into the averages.
        use_buffers: average buffers too; else they are copied.

    The first `update_parameters` copies, each further one averages. `n_averaged` counts them, and is in the state dict.
    As torch.optim.swa_utils.AveragedModel.

    >>> model = torch.nn.Linear(1, 1, bias=False)
    >>> averaged = torch.optim.swa_utils.AveragedModel(model)
    >>> for value in (1.0, 3.0, 8.0):
    ...     _ = torch.nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged.module.weight.item()
    4.0
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model)
        if device is not None:
            self.module.to(device)
        self.register_buffer("n_averaged", wrap(np.array(0)))
        self.avg_fn, self.multi_avg_fn, self.use_buffers = avg_fn, multi_avg_fn, use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model computes."""
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the weights of `model` into the average; ValueError if it is another model than the one copied."""
        parameters = _pairs("parameters", self.module.parameters(), model.parameters())
        buffers = _pairs("buffers", self.module.buffers(), model.buffers())
        averaged, copied = (parameters + buffers, []) if self.use_buffers else (parameters, buffers)
        if not self.n_averaged.item():
            averaged, copied = [], averaged + copied
        multi_avg_fn = self.multi_avg_fn or _multi(self.avg_fn or get_swa_avg_fn())
        alike: dict[Any, list[tuple[Tensor, Tensor]]] = {}
        for pair in averaged:
            alike.setdefault(pair[0].dtype, []).append(pair)
        with no_grad():
            for pairs in alike.values():
                multi_avg_fn([average for average, _ in pairs], [new for _, new in pairs], self.n_averaged)
            for average, new in copied:
                average.copy_(new)
            self.n_averaged += 1


def _pairs(what: str, averages: Iterable[Tensor], news: Iterable[Tensor]) -> list[tuple[Tensor, Tensor]]:
    ours, theirs = [t.detach() for t in averages], [t.detach() for t in news]
    if [t.shape for t in ours] != [t.shape for t in theirs]:
        raise ValueError(
            f"AveragedModel: the model has {what} of shapes {[tuple(t.shape) for t in theirs]}, the average of shapes "
            f"{[tuple(t.shape) for t in ours]}"
        )
    return list(zip(ours, theirs, strict=True))


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Compute the running statistics of all batch norms anew, as means over the batches of `loader`.

    Those of averaged weights are not the average of those that were. A batch is a tensor, or a list or tuple that
    begins with one. Nothing is done for a model without batch norms: modules with `running_mean`, `momentum` and
    `reset_running_stats()`. As torch.optim.swa_utils.update_bn; every module goes back to the mode it was in.
    """
    own = ("running_mean", "momentum", "reset_running_stats")
    norms: list[Any] = [m for m in model.modules() if all(hasattr(m, name) for name in own)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    modes = [(m, m.training) for m in model.modules()]
    try:
        model.train()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
        for batch in loader:
            x = batch[0] if isinstance(batch, list | tuple) else batch
            with no_grad():
                model(x if device is None else x.to(device))
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
        for module, training in modes:
            module.training = training


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
