"""Optimizers that move all parameters at once: the vector that they see, their closure, and the state they keep."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from ..autograd import memory, tree
from ..autograd.graph import Variable
from ..autograd.memory import Array
from ..autograd.mode import enable_grad, no_grad
from ..tensor import Tensor
from .explain import Insight
from .groups import ParamGroup, ParamsT
from .line_search import backtrack
from .optimizer import Optimizer
from .state import Initial, as_tensor
from .state_dict import load

Closure = Callable[[], Any]


class Vector:
    """Parameters laid end to end, as the one vector that is optimized."""

    def __init__(self, params: Iterable[Tensor]) -> None:
        self.params = list(params)
        self.ends = list(itertools.accumulate(p.array.size for p in self.params))

    def get(self) -> Array:
        """A copy of all values."""
        return np.concatenate([p.array.ravel() for p in self.params])

    def set(self, x: Array) -> None:
        """Write all values."""
        for p, part in zip(self.params, self.split(x), strict=True):
            memory.touch(p.array)
            p.array[...] = part

    @contextlib.contextmanager
    def at(self, x: Array) -> Iterator[None]:
        """Inside, the parameters have the values `x`; afterwards, whatever happens, those of before."""
        before = self.get()
        self.set(x)
        try:
            yield
        finally:
            self.set(before)

    def split(self, x: Array) -> list[Array]:
        """The part of each parameter in a vector, in its shape."""
        return [part.reshape(p.array.shape) for p, part in zip(self.params, np.split(x, self.ends[:-1]), strict=True)]

    def join(self, parts: Sequence[Variable | Array | None]) -> Array:
        """One vector from a part for each parameter, zeros where there is None."""
        arrays = [
            np.zeros_like(p.array) if part is None else part.array if isinstance(part, Variable) else part
            for p, part in zip(self.params, parts, strict=True)
        ]
        return np.concatenate([a.ravel() for a in arrays])


class Whole(Optimizer):
    """The base of optimizers that see all parameters as one vector, and evaluate the loss as often as they need.

    There is one group. What is kept from step to step, `kept`, belongs to the optimizer; `state` shows it under the
    first parameter, as PyTorch does. `stopped` says why the last step ended early, "" if it did not.
    """

    reevaluates = True
    states: ClassVar[frozenset[str]] = frozenset()  # the names of what may be kept

    def __init__(self, params: ParamsT, defaults: Mapping[str, Any], maximize: bool = False) -> None:
        self.kept: dict[str, Any] = {}
        self.stopped = ""
        super().__init__(params, defaults, maximize=maximize)

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Take the one group there is; ValueError for a second one."""
        if self.param_groups:
            raise ValueError(
                f"{type(self).__name__} doesn't support per-parameter options (parameter groups); put all parameters "
                "into one list"
            )
        super().add_param_group(param_group)

    def take_step(self, closure: Closure | None = None) -> Any:
        if closure is None:
            raise TypeError(
                f"{type(self).__name__}.step() missing 1 required positional argument: 'closure', a function that "
                "computes the loss anew; it is called several times in a step"
            )
        self._check_groups()
        for _, (_, _, lists) in self._with_places():
            for members in lists:
                members.check()
        group = self.param_groups[0]
        self.check_group(group)
        self.stopped = ""
        with no_grad(), np.errstate(all="ignore"):  # an overflow shows in the numbers
            return self.move(enable_grad()(closure), group)  # also for a loss that has derivatives in it

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        """Take the step, and return the loss at its start."""
        raise NotImplementedError

    # ---- the loss ---------------------------------------------------------------------------------------------------

    @property
    def sign(self) -> float:
        """What makes the loss something to minimize."""
        return -1.0 if self.param_groups[0]["maximize"] else 1.0

    def loss_of(self, result: Any) -> Tensor:
        """The loss, one number, in what the closure returned: the loss itself, or the last of (output, loss)."""
        loss = result[-1] if isinstance(result, tuple) else result
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            found = f"a tensor of shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else type(loss).__name__
            raise TypeError(
                f"{type(self).__name__}: the closure must return the loss, a tensor of one number, not {found}"
            )
        return loss.reshape(())

    def start(self, closure: Closure) -> tuple[Any, Tensor]:
        """What the closure returns, and the loss to minimize, with its history.

        RuntimeError if the loss does not depend on parameters, or is not finite.
        """
        result = closure()
        name = type(self).__name__
        with enable_grad():
            loss = self.loss_of(result) * self.sign
        if not loss.requires_grad:
            raise RuntimeError(f"{name}: the loss that the closure returned does not depend on any parameter")
        if not np.isfinite(loss.array):
            raise RuntimeError(f"{name}: the loss is {loss.item()} at the start of the step; no parameter was changed")
        return result, loss

    def value(self, closure: Closure) -> float:
        """The loss to minimize at the present parameters; infinite where it is no number."""
        loss = self.sign * float(self.loss_of(closure()).array)
        return loss if np.isfinite(loss) else np.inf

    def search(self, closure: Closure, x: Vector, loss: Tensor, g: Array, d: Array, t: float) -> None:
        """Go along `d`, by `t` or so much less that the loss gets lower; nowhere if it does not."""
        start = x.get()

        def at(t: float) -> float:
            with x.at(start + t * d):
                return self.value(closure)

        t = backtrack(at, float(loss.array), float(g @ d), t, 10 * float(np.finfo(g.dtype).eps))
        if t:
            x.set(start + t * d)
        else:
            self.stopped = "the line search found no lower loss"

    # ---- state ------------------------------------------------------------------------------------------------------

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {}

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """What is kept, under the first parameter, as tensors of the optimizer's own memory."""
        if not self.kept:
            return {}
        shown = tree.tree_map(lambda v: as_tensor(v) if isinstance(v, np.ndarray) else v, self.kept)
        return {self.param_groups[0]["params"][0]: shown}

    def check_kept(self, kept: Mapping[str, Any]) -> None:
        """ValueError where a loaded state is not one of this optimizer; here, where a vector has another length."""
        n = sum(p.numel() for p in self.param_groups[0]["params"])
        for v in tree.flatten(kept)[0]:
            if isinstance(v, np.ndarray) and v.shape != (n,):
                raise ValueError(
                    f"loaded state has a vector of shape {v.shape}, where the parameters have {n} elements"
                )

    def _load(self, saved: Any) -> None:
        kept: dict[str, Any] = {}
        kind = type(self).__name__
        if (
            isinstance(saved, Mapping)
            and {"state", "param_groups"} <= saved.keys()
            and saved.get("optimizer", kind) == kind
        ):
            kept = self._fitting(saved)
            saved = {**saved, "state": {}}
        load(self, saved)
        self.kept = kept

    def _fitting(self, saved: Mapping[str, Any]) -> dict[str, Any]:
        """The kept state in a state dict, checked and copied."""
        if len(saved["state"]) > 1:
            raise ValueError(f"loaded state has {len(saved['state'])} entries; that of {type(self).__name__} has one")
        names, theirs = self.param_groups[0].get("param_names"), saved["param_groups"][0].get("param_names")
        if names and theirs and list(names) != list(theirs):
            raise ValueError(f"loaded state dict has the parameters {theirs}, where this optimizer has {names}")
        found: Mapping[str, Any] = next(iter(saved["state"].values()), {})
        kept: dict[str, Any] = {
            k: tree.tree_map(_plain, v) for k, v in found.items() if k not in self.recomputed and v is not None
        }
        if unknown := set(kept) - self.states:
            raise ValueError(f"loaded state holds {sorted(unknown)}; {type(self).__name__} keeps {sorted(self.states)}")
        self.check_kept(kept)
        return kept

    # ---- looking inside ---------------------------------------------------------------------------------------------

    def explain(self, param: Tensor | None = None) -> str:
        """RuntimeError: a step of these optimizers is no rule of one parameter."""
        raise RuntimeError(
            f"{type(self).__name__} has no rule to explain; `stopped` says why its last step ended early"
        )

    def introspect(self) -> dict[Tensor, Insight]:
        """RuntimeError: the steps of these optimizers are not kept."""
        raise RuntimeError(f"{type(self).__name__} keeps no steps to look into; `state` shows what it keeps")


def _plain(value: Any) -> Any:
    """A copy: an array of what is one, or gives itself as one; numbers as they are, also those in an array."""
    array = value.array if isinstance(value, Variable) else np.asarray(value)
    return value if isinstance(value, int | float) else np.array(array) if array.ndim else array[()]
