"""Several optimizers as one, each for the parameters whose names or shapes say so."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..autograd.mode import enable_grad
from ..tensor import Tensor
from .explain import Insight
from .groups import named
from .optimizer import Optimizer
from .state_dict import check_kind

Route = str | Callable[[str, Tensor], bool]
Maker = Callable[[Any], Optimizer]


def is_matrix(name: str, p: Tensor) -> bool:
    """Whether a parameter is a matrix, as a route of OptimizerGroup: what Muon is for."""
    return p.ndim == 2


class OptimizerGroup(Optimizer):
    """Several optimizers as one: the first route that a parameter takes says which of them steps it.

    Args:
        params: (name, tensor) pairs, `model.named_parameters()`; tensors without names if all routes do without.
        routes: what a parameter is -> what makes its optimizer, a class or a function of (name, tensor) pairs. The
            former is a pattern of names as in a shell, "*.weight", or a function of name and tensor, as `is_matrix`.

    Every parameter has one optimizer; `print(opt)` shows which. They are `optimizers`, one for each route that was
    taken. Groups are those of all of them in order, so that a scheduler drives them together. ValueError for a
    parameter that takes no route, and for a pattern that fits no name.

    >>> from functools import partial
    >>> from tinygrad_opt.optim import SGD, AdamW, OptimizerGroup, is_matrix
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1))
    >>> routes = {"0.*": partial(SGD, lr=0.1), is_matrix: partial(SGD, lr=0.01, momentum=0.9), "*": AdamW}
    >>> OptimizerGroup(model.named_parameters(), routes)
    OptimizerGroup(
      '0.*' -> SGD, 9 numbers: 0.weight, 0.bias
      is_matrix -> SGD, 3 numbers: 1.weight
      '*' -> AdamW, 1 number: 1.bias
    )
    """

    def __init__(self, params: Iterable[tuple[str, Tensor]] | Iterable[Tensor], routes: Mapping[Route, Maker]) -> None:
        super(Optimizer, self).__init__()
        names, tensors = named(params, leaves=False)
        self.defaults: dict[str, Any] = {}
        self.param_groups = []
        self._check_new(tensors)
        split = _split(names or [""] * len(tensors), tensors, routes)
        self.routes: list[Route] = list(split)
        self.optimizers = [
            _made(routes[route], route, [tensors[i] for i in taken], [names[i] for i in taken] if names else [])
            for route, taken in split.items()
        ]
        self.differentiable = any(optimizer.differentiable for optimizer in self.optimizers)
        self.param_groups += [group for optimizer in self.optimizers for group in optimizer.param_groups]

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """TypeError: routes are taken once."""
        raise TypeError("OptimizerGroup takes no more parameters; make it of all of them")

    def take_step(self, closure: Callable[[], Any] | None = None) -> Any:
        if closure is None:
            for optimizer in self.optimizers:
                optimizer.step()
            return None
        with enable_grad():
            loss = closure()
        for optimizer in self.optimizers:
            optimizer.step(lambda: loss)
        return loss

    # ---- state ------------------------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[Tensor, dict[str, Any]]:
        """The states of all optimizers."""
        return {p: kept for optimizer in self.optimizers for p, kept in optimizer.state.items()}

    def _save(self) -> dict[str, Any]:
        return {
            "optimizer": type(self).__name__,
            "version": self.version,
            "inner": [optimizer.state_dict() for optimizer in self.optimizers],
        }

    def _load(self, saved: Any) -> None:
        check_kind(self, saved, {"inner"})
        if len(saved["inner"]) != len(self.optimizers):
            raise ValueError(
                f"loaded state dict is of {len(saved['inner'])} optimizers, here are {len(self.optimizers)}"
            )
        before = [optimizer.state_dict() for optimizer in self.optimizers]
        for n, optimizer in enumerate(self.optimizers):
            try:
                optimizer.load_state_dict(saved["inner"][n])
            except BaseException:  # all or none
                for earlier, state in zip(self.optimizers[:n], before, strict=False):
                    earlier.load_state_dict(state)
                raise

    # ---- looking inside ---------------------------------------------------------------------------------------------

    def explain(self, param: Tensor | None = None) -> str:
        owners = [o for o in self.optimizers if any(p is param for group in o.param_groups for p in group["params"])]
        if param is not None and not owners:
            raise ValueError("OptimizerGroup.explain(): this tensor is not one of the optimizer's parameters")
        return (owners or self.optimizers)[0].explain(param)

    def introspect(self) -> dict[Tensor, Insight]:
        return {p: insight for optimizer in self.optimizers for p, insight in optimizer.introspect().items()}

    def __repr__(self) -> str:
        lines = [_line(*each) for each in zip(self.routes, self.optimizers, strict=True)]
        return "\n  ".join([f"{type(self).__name__}(", *lines]) + "\n)"


def _split(names: list[str], tensors: list[Tensor], routes: Mapping[Route, Maker]) -> dict[Route, list[int]]:
    """The numbers of the parameters that take each route; routes that none takes are left out."""
    taken: dict[Route, list[int]] = {route: [] for route in routes}
    lost: list[int] = []
    for i, (name, p) in enumerate(zip(names, tensors, strict=True)):
        route = next((route for route in routes if _fits(route, name, p)), None)
        (lost if route is None else taken[route]).append(i)
    if lost:
        shown = ", ".join(names[i] or f"number {i}, of shape {tuple(tensors[i].shape)}" for i in lost)
        raise ValueError(f"OptimizerGroup: no route for {shown}; a last one of '*' takes what is left")
    for route, members in taken.items():
        if not members and isinstance(route, str) and not any(_fits(route, name, tensors[0]) for name in names):
            known = f"there are {', '.join(names)}" if any(names) else "they have none: give model.named_parameters()"
            raise ValueError(f"OptimizerGroup: no parameter has a name like {route!r}; {known}")
    return {route: members for route, members in taken.items() if members}


def _fits(route: Route, name: str, p: Tensor) -> bool:
    return fnmatch.fnmatchcase(name, route) if isinstance(route, str) else bool(route(name, p))


def _made(make: Maker, route: Route, tensors: list[Tensor], names: list[str]) -> Optimizer:
    optimizer = make(list(zip(names, tensors, strict=True)) if names else tensors)
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"OptimizerGroup: what {_shown(route)} leads to made {type(optimizer).__name__}, not an optimizer"
        )
    if optimizer.reevaluates:
        kind = type(optimizer).__name__
        raise TypeError(f"OptimizerGroup evaluates the closure itself, which {kind} would have to do too")
    if [id(p) for group in optimizer.param_groups for p in group["params"]] != [id(p) for p in tensors]:
        raise ValueError(f"OptimizerGroup: the optimizer of {_shown(route)} has not just the parameters it was given")
    return optimizer


def _shown(route: Route) -> str:
    return repr(route) if isinstance(route, str) else getattr(route, "__name__", repr(route))


def _line(route: Route, optimizer: Optimizer) -> str:
    names: Iterator[str] = (name for group in optimizer.param_groups for name in group.get("param_names", ()))
    params = [p for group in optimizer.param_groups for p in group["params"]]
    count = sum(p.numel() for p in params)
    listed = ", ".join(names) or ", ".join(str(tuple(p.shape)) for p in params)
    return f"{_shown(route)} -> {type(optimizer).__name__}, {count} number{'s' * (count != 1)}: {listed}"
