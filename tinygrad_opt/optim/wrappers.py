"""Optimizers around another one: they say where it gets its gradients, or what happens to its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from ..autograd import memory
from ..autograd.backward import accumulate
from ..autograd.graph import wrap
from ..autograd.memory import Array
from ..autograd.mode import enable_grad
from ..tensor import Tensor
from .explain import Insight
from .groups import Face, Limit, ParamGroup
from .optimizer import Optimizer
from .schedule import whole
from .state import widened
from .state_dict import check_kind, saved_numbers

Closure = Callable[[], Any]


class Wrapper(Optimizer):
    """The base of optimizers around another one, `optimizer`, whose groups and states are its own too.

    Schedulers may be made for the one or the other, and hooks be registered with both. `settings` are hyper-parameters
    of the wrapper, checked when one is set. `count` is how far it is in its cycle, and `kept` what it remembers of
    parameters till then.
    """

    def __init__(self, optimizer: Optimizer, **settings: Any) -> None:
        name = type(self).__name__
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{name} goes around an optimizer, not {type(optimizer).__name__}; make that first")
        if optimizer.differentiable:
            raise ValueError(f"{name} writes to parameters in place, so the steps within cannot be differentiable")
        super(Optimizer, self).__init__()
        self.optimizer, self.differentiable = optimizer, False
        self.defaults, self.param_groups = optimizer.defaults, optimizer.param_groups
        self.reevaluates = type(self).reevaluates or optimizer.reevaluates
        face = Face(name, frozenset(settings), self.limits, 0, self.choices, False)
        self.settings = ParamGroup(face, settings)
        self.count = 0
        self.kept: dict[Tensor, dict[str, Array]] = {}

    def remembers(self, settings: Mapping[str, Any]) -> set[str]:
        """The names of what is kept of a parameter, under these settings."""
        raise NotImplementedError

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Optimize more parameters, by the optimizer within."""
        self.optimizer.add_param_group(param_group)

    def _params(self) -> list[Tensor]:
        return [p for group in self.param_groups for p in group["params"]]

    def _refuse_reevaluation(self) -> None:
        if self.optimizer.reevaluates:
            kind, inner = type(self).__name__, type(self.optimizer).__name__
            raise TypeError(
                f"{kind} evaluates the closure itself, which {inner} within would have to do too; put {inner} outside: "
                f"{inner}({kind}(...))"
            )

    # ---- state ------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """For each parameter its states in the optimizer within, and what is kept of it here."""
        inner, kept = self.optimizer.state, self.kept
        return {
            p: {**inner.get(p, {}), **{name: wrap(array) for name, array in kept.get(p, {}).items()}}
            for p in self._params()
            if p in inner or p in kept
        }

    def _save(self) -> dict[str, Any]:
        number = {p: n for n, p in enumerate(self._params())}
        return {
            "optimizer": type(self).__name__,
            "version": self.version,
            "settings": dict(self.settings),
            "count": self.count,
            "state": {
                number[p]: {name: wrap(array.copy()) for name, array in kept.items()} for p, kept in self.kept.items()
            },
            "param_groups": [
                {"params": [number[p] for p in group["params"]], **{k: group[k] for k in group if k == "param_names"}}
                for group in self.param_groups
            ],
            "inner": self.optimizer.state_dict(),
        }

    def _load(self, saved: Any) -> None:
        check_kind(self, saved, {"settings", "count", "state", "param_groups", "inner"})
        settings = ParamGroup(self.settings.face, {**self.settings, **saved["settings"]})
        sources = saved_numbers(self.param_groups, saved["param_groups"])
        names = self.remembers(settings)
        kept = {}
        for p in self._params():
            if theirs := saved["state"].get(sources[id(p)]):
                dtype = None if p.array.dtype == np.float16 else p.array.dtype  # a momentum of half is single
                kept[p] = {name: np.array(value, dtype) for name, value in theirs.items()}
                if kept[p].keys() != names:
                    raise ValueError(f"loaded state of a parameter holds {sorted(theirs)}, expected {sorted(names)}")
                for name, array in kept[p].items():
                    if array.shape != p.array.shape:
                        raise ValueError(
                            f"loaded state {name!r} has shape {array.shape} for a parameter of shape {p.array.shape}"
                        )
        self.optimizer.load_state_dict(saved["inner"])
        self.settings.update(settings)
        self.count, self.kept = int(saved["count"]), kept

    # ---- looking inside ---------------------------------------------------------------------------------------------

    def explain(self, param: Tensor | None = None) -> str:
        return self.optimizer.explain(param)

    def introspect(self) -> dict[Tensor, Insight]:
        return self.optimizer.introspect()

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({settings}) around {self.optimizer!r}"


def write(p: Tensor, value: Array) -> None:
    """Give a parameter new values, in its memory."""
    memory.touch(p.array)
    p.array[...] = value


def _between(slow: Array, fast: Array, alpha: float) -> Any:
    return slow + alpha * (fast - slow)


class Lookahead(Wrapper):
    """Every `k` steps the weights go back to where they were before, but for `alpha` of the way. Zhang et al. 2019.

    Args:
        optimizer: makes the fast steps.
        k: how many there are in a cycle.
        alpha: how much of the way of a cycle is kept.
        pullback: what the momentum is at the end of a cycle: "none", as it is; "reset", 0; "pullback", interpolated
            as the weights. It is the state "momentum_buffer" or "exp_avg".

    In the paper's words: slow weights take a step of `alpha` towards the fast ones, which go on from there.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.Lookahead(torch.optim.SGD([w], lr=0.1), k=2, alpha=0.5)
    >>> for _ in range(2):
    ...     w.grad = torch.ones(1)
    ...     opt.step()
    >>> w
    tensor([0.9000], requires_grad=True)
    """

    limits: ClassVar = {"k": Limit("k", low=1), "alpha": Limit("alpha", high=1)}
    choices: ClassVar = {"pullback": ("none", "reset", "pullback")}

    def __init__(
        self,
        optimizer: Optimizer,
        k: int = 5,
        alpha: float = 0.5,
        pullback: Literal["none", "reset", "pullback"] = "none",
    ) -> None:
        super().__init__(optimizer, k=whole("Lookahead", "k", k, 1), alpha=alpha, pullback=pullback)

    def remembers(self, settings: Mapping[str, Any]) -> set[str]:
        return {"slow", "slow_momentum"} if settings["pullback"] == "pullback" else {"slow"}

    def take_step(self, closure: Closure | None = None) -> Any:
        if self.count == 0:
            self._begin_cycle()
        loss = self.optimizer.step(closure)
        self.count += 1
        if self.count >= self.settings["k"]:
            with np.errstate(all="ignore"):  # an overflow shows in the numbers
                self._end_cycle()
        return loss

    def _momenta(self) -> dict[Tensor, Array]:
        """The momentum of each parameter that has one, in the memory of the optimizer within."""
        names = ("momentum_buffer", "exp_avg")
        return {p: kept[name].array for p, kept in self.optimizer.state.items() for name in names if name in kept}

    def _begin_cycle(self) -> None:
        self.kept = {p: {"slow": p.array.copy()} for p in self._params()}
        if self.settings["pullback"] == "pullback":
            momenta = self._momenta()
            for p, kept in self.kept.items():
                kept["slow_momentum"] = momenta[p].copy() if p in momenta else widened(np.zeros_like(p.array))

    def _end_cycle(self) -> None:
        alpha, pullback = self.settings["alpha"], self.settings["pullback"]
        momenta = {} if pullback == "none" else self._momenta()
        for p, kept in self.kept.items():
            write(p, _between(kept["slow"], p.array, alpha))
            if p in momenta:
                fast = momenta[p]
                fast[...] = 0 if pullback == "reset" else _between(kept.get("slow_momentum", fast), fast, alpha)
        self.count, self.kept = 0, {}


class GradientAccumulation(Wrapper):
    """Steps by the gradient of several batches: every `steps`-th step() is one, the others only collect.

    Args:
        optimizer: takes the step.
        steps: how many calls of step() make one.
        mean: step by the mean of the gradients, else by their sum.

    Each call takes the gradients away, so that it does not matter whether zero_grad() is called between them. `count`
    says how many batches wait for the others: a scheduler is stepped when it is 0. A parameter steps if it got a
    gradient in one of the calls; the mean is over all of them. An epoch whose batches are no multiple of `steps` goes
    on collecting in the next one. It stands outside of Lookahead, whose steps then are whole ones, but inside of
    wrappers that evaluate the closure: `SAM(GradientAccumulation(...))`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.GradientAccumulation(torch.optim.SGD([w], lr=0.5), steps=2)
    >>> for x in (1.0, 2.0):
    ...     (w * x).sum().backward()
    ...     opt.step()
    >>> w
    tensor([0.2500], requires_grad=True)
    """

    limits: ClassVar = {"steps": Limit("steps", low=1)}

    def __init__(self, optimizer: Optimizer, steps: int, mean: bool = True) -> None:
        super().__init__(optimizer, steps=whole("GradientAccumulation", "steps", steps, 1), mean=bool(mean))
        self._refuse_reevaluation()

    def remembers(self, settings: Mapping[str, Any]) -> set[str]:
        return {"sum"}

    def take_step(self, closure: Closure | None = None) -> Any:
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with np.errstate(all="ignore"):  # an overflow shows in the numbers
            self._collect()
        self.count += 1
        if self.count >= self.settings["steps"]:
            for p, kept in self.kept.items():
                accumulate(p, kept["sum"], shared=False, create=False)  # into its place in flat memory
            self.count, self.kept = 0, {}
            self.optimizer.step()
        return loss

    def _collect(self) -> None:
        share = self.settings["steps"] if self.settings["mean"] else 1
        for p in self._params():
            if p._grad is not None:
                g = np.asarray(p._grad.array / share)
                self.kept[p] = {"sum": np.asarray(self.kept[p]["sum"] + g) if p in self.kept else g}
                p._grad = None
