"""Optimizers around another one that take the gradient at another point than where the weights are."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from ..autograd.memory import Array
from ..autograd.mode import enable_grad
from ..tensor import Tensor
from .groups import Limit
from .optimizer import Optimizer
from .wrappers import Closure, Wrapper, write


class SAM(Wrapper):
    """Steps by the gradient at the worst point nearby, which leads to flat minima. Foret et al. 2021, algorithm 1.

    Args:
        optimizer: takes the step.
        rho: how far that point is: the gradient's direction times rho.
        adaptive: measure distances relative to each weight: ASAM, Kwon et al. 2021, without its eta.

    `step(closure)` calls the closure, which computes the loss and calls backward(), here and there, and returns the
    loss here. The same by hand:

        loss_fn(model(x), y).backward()
        opt.first_step(zero_grad=True)
        loss_fn(model(x), y).backward()
        opt.second_step(zero_grad=True)

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.SAM(torch.optim.SGD([w], lr=0.1), rho=0.5)
    >>> def closure():
    ...     loss = (w * w).sum()
    ...     loss.backward()
    ...     return loss
    >>> opt.step(closure)
    tensor(1., grad_fn=<SumBackward0>)
    >>> w
    tensor([0.7000], requires_grad=True)
    """

    reevaluates = True
    limits: ClassVar = {"rho": Limit("rho value")}
    EPS: ClassVar = 1e-12  # added to the norm of the gradient

    def __init__(self, optimizer: Optimizer, rho: float = 0.05, adaptive: bool = False) -> None:
        super().__init__(optimizer, rho=rho, adaptive=bool(adaptive))
        self._refuse_reevaluation()

    def remembers(self, settings: Mapping[str, Any]) -> set[str]:
        return {"unperturbed"}

    def take_step(self, closure: Closure | None = None) -> Any:
        if closure is None:
            raise RuntimeError(
                "SAM needs the gradient at two points: call step(closure), or first_step() and second_step()"
            )
        self._expect(0, "step")
        with enable_grad():
            self.zero_grad()
            loss = closure()
            with self._moved():
                closure()
        self.optimizer.step(lambda: loss)
        return loss

    @contextlib.contextmanager
    def _moved(self) -> Iterator[None]:
        """Inside, weights are at the worst point nearby; afterwards, whatever happens, where they were."""
        self.first_step(zero_grad=True)
        try:
            yield
        finally:
            self._back()

    def first_step(self, zero_grad: bool = False) -> None:
        """Go to the worst point nearby, by the gradients there are."""
        self._expect(0, "first_step")
        adaptive = self.settings["adaptive"]
        with np.errstate(all="ignore"):
            ways: dict[Tensor, Array] = {}
            for group in self.param_groups:
                sign = -1 if group.get("maximize") else 1
                for p in group["params"]:
                    if p._grad is not None:
                        ways[p] = sign * p._grad.array * (np.abs(p.array) if adaptive else 1)
            norm = math.hypot(*(np.linalg.norm(np.asarray(way, float)) for way in ways.values()))
            scale = self.settings["rho"] / (norm + self.EPS)
            for p, way in ways.items():
                self.kept[p] = {"unperturbed": p.array.copy()}
                write(p, p.array + scale * (np.abs(p.array) * way if adaptive else way))
        self.count = 1
        if zero_grad:
            self.zero_grad()

    def second_step(self, zero_grad: bool = False) -> None:
        """Come back, and step by the gradients that were computed there."""
        self._expect(1, "second_step")
        self._step_count += 1
        self._back()
        self.optimizer.step()
        if zero_grad:
            self.zero_grad()

    def _back(self) -> None:
        for p, kept in self.kept.items():
            write(p, kept["unperturbed"])
        self.count, self.kept = 0, {}

    def _expect(self, count: int, name: str) -> None:
        if self.count != count:
            raise RuntimeError(
                f"SAM.{name}() {'before' if count else 'after'} first_step(): that and second_step() take turns"
            )


class NesterovLookahead(Wrapper):
    """Nesterov's acceleration of any optimizer: the gradient is taken where the momentum leads. Nesterov 1983.

    Args:
        optimizer: takes a step from there; SGD without momentum for Nesterov's own method.
        momentum: how much of the way of the last step is gone once more, before the gradient is computed.

    With x the weights and y the point where `step(closure)` has the gradient computed:

        y = x + momentum * v
        x' = y - lr * gradient(y)
        v = x' - x

    `SGD(nesterov=True)` makes the same steps, but has y in the parameters where this has x.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.NesterovLookahead(torch.optim.SGD([w], lr=0.1), momentum=0.5)
    >>> def closure():
    ...     opt.zero_grad()
    ...     (w * w).sum().backward()
    >>> for _ in range(2):
    ...     opt.step(closure)
    >>> w  # from 0.8 to 0.7, where the gradient is 1.4
    tensor([0.5600], requires_grad=True)
    """

    reevaluates = True
    limits: ClassVar = {"momentum": Limit("momentum value")}

    def __init__(self, optimizer: Optimizer, momentum: float = 0.9) -> None:
        super().__init__(optimizer, momentum=momentum)
        self._refuse_reevaluation()

    def remembers(self, settings: Mapping[str, Any]) -> set[str]:
        return {"velocity"}

    def take_step(self, closure: Closure | None = None) -> Any:
        if closure is None:
            raise RuntimeError("NesterovLookahead needs the gradient at another point: call step(closure)")
        before = {p: p.array.copy() for p in self._params()}
        counts = self._step_counts()
        try:
            with np.errstate(all="ignore"):  # an overflow shows in the numbers
                for p, kept in self.kept.items():
                    write(p, p.array + self.settings["momentum"] * kept["velocity"])
            with enable_grad():
                loss = closure()
            self.optimizer.step(lambda: loss)
        except BaseException:
            for p, x in before.items():
                write(p, x)
            raise
        now = self._step_counts()
        with np.errstate(all="ignore"):
            for p, x in before.items():
                if now.get(p) == counts.get(p):  # not stepped, so that it stays where it was
                    write(p, x)
                else:
                    self.kept[p] = {"velocity": np.asarray(p.array - x)}
        return loss

    def _step_counts(self) -> dict[Tensor, int]:
        return {p: kept["step"] for p, kept in self.optimizer.state.items() if "step" in kept}
