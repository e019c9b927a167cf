"""Modules as functions of their parameters: functional_call, and many modules as one stack of parameters."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from ..autograd import enable_grad
from ..functions.joining import stack
from ..nn import Module
from ..tensor import Tensor


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: dict[str, Any] | Sequence[dict[str, Any]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """`module(*args, **kwargs)` with other tensors, or None, in place of the parameters and buffers of these names.

    `args` is a tuple, or a single argument. The tensors may be the results of a computation, to which gradients flow.
    What is not named stays as it is, but must not be missing with `strict`. Where two names mean one tensor, one value
    does for both, unless `tie_weights` is False. Afterwards the module is as before, whatever happens; a buffer that
    the call has written or assigned is changed in the dict. ValueError if names are given twice, AttributeError for a
    name that the module does not have, which PyTorch overlooks. As torch.func.functional_call.

    >>> model = torch.nn.Linear(2, 1)
    >>> new = {"weight": torch.tensor([[1.0, 2.0]]), "bias": torch.zeros(1)}
    >>> torch.func.functional_call(model, new, torch.ones(3, 2)).squeeze(1)
    tensor([3., 3., 3.])
    """
    arguments = args if isinstance(args, tuple) else () if args is None else (args,)
    with _replaced(module, _joined(parameter_and_buffer_dicts), tie_weights, strict) as assigned:
        result = module(*arguments, **(kwargs or {}))
        for name, tensor in assigned():
            for named in _dicts(parameter_and_buffer_dicts):
                if name in named:
                    named[name] = tensor
    return result


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """(parameters, buffers) of modules of one class, by name, each stacked to one new leaf: an ensemble for `vmap`.

    RuntimeError if there is no model, or if they differ in class or mode. As torch.func.stack_module_state.

    >>> models = [torch.nn.Linear(2, 1) for _ in range(3)]
    >>> params, buffers = torch.func.stack_module_state(models)
    >>> run = lambda p, x: torch.func.functional_call(models[0], p, x)
    >>> torch.func.vmap(run, in_dims=(0, None))(params, torch.ones(5, 2)).shape
    torch.Size([3, 5, 1])
    """
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    parameters = [dict(model.named_parameters()) for model in models]
    buffers = [dict(model.named_buffers()) for model in models]
    return (
        {name: _stacked_leaf(name, [each[name] for each in parameters]) for name in parameters[0]},
        {name: _stacked_leaf(name, [each[name] for each in buffers]) for name in buffers[0]},
    )


def _stacked_leaf(name: str, tensors: Sequence[Tensor]) -> Tensor:
    if len({t.requires_grad for t in tensors}) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    return stack(tensors).detach().requires_grad_(tensors[0].requires_grad)


def _dicts(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, dict):
        return [given]
    if not isinstance(given, Sequence):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}"
        )
    if not all(isinstance(d, dict) for d in given):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    return list(given)


def _joined(given: Any) -> dict[str, Any]:
    """All names with their tensors, from one dict or several."""
    joined: dict[str, Any] = {}
    for named in _dicts(given):
        if repeated := [name for name in named if name in joined]:
            raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
        joined.update(named)
    for tensor in joined.values():
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"{tensor} is not an instance of torch.Tensor")
    return joined


def _places(module: Module) -> dict[str, Tensor]:
    """Every parameter and buffer under each of its names."""
    named: dict[str, Tensor] = dict(module.named_buffers(remove_duplicate=False))
    return named | dict(module.named_parameters(remove_duplicate=False))


def _checked(module: Module, given: Mapping[str, Any], tie_weights: bool, strict: bool) -> dict[str, Any]:
    """The tensor for every name that gets another one, those tied to a given name included."""
    own = _places(module)
    kind = type(module).__name__
    unknown = [name for name in given if name not in own]
    values = dict(given)
    if tie_weights:
        names: dict[int, list[str]] = {}
        for name, tensor in own.items():
            names.setdefault(id(tensor), []).append(name)
        for name, value in given.items():
            tied = names[id(own[name])] if name in own else []
            if any(given.get(other, value) is not value for other in tied):
                raise ValueError(
                    f"functional_call got multiple values for keys {sorted(tied)}, which are tied. Consider using "
                    "tie_weights=False"
                )
            values.update(dict.fromkeys(tied, value))
    missing = [name for name in own if name not in values]
    if strict and (unknown or missing):
        errors = [
            f"\n\t{what} key(s): {', '.join(map(repr, keys))}."
            for what, keys in (("Unexpected", unknown), ("Missing", missing))
            if keys
        ]
        raise RuntimeError(f"Error(s) in reparametrizing for {kind}:{''.join(errors)}")
    if unknown:
        raise AttributeError(f"{kind} has no attribute `{unknown[0]}`; its names are {', '.join(own)}")
    return values


@contextmanager
def _replaced(module: Module, given: Mapping[str, Any], tie_weights: bool, strict: bool) -> Iterator[Any]:
    """Inside, the module holds the given tensors; gives a function that lists those assigned anew since."""
    values = _checked(module, given, tie_weights, strict)
    own = _places(module)
    with enable_grad():
        views = {id(value): _stand_in(value, own[name]) for name, value in values.items()}
    stand_ins = {name: views[id(value)] for name, value in values.items()}  # one for all names of a value
    known = {id(t) for t in views.values()}
    before: dict[tuple[int, str], tuple[Module, str, Any]] = {}

    def assigned() -> list[tuple[str, Tensor]]:
        now = _places(module)
        return [(name, now[name]) for name in stand_ins if name in now and id(now[name]) not in known]

    try:
        for path, owner in module.named_modules(remove_duplicate=False):
            prefix = f"{path}." if path else ""
            for attribute, value in list(owner.__dict__.items()):
                new = _with(value, prefix + attribute, stand_ins)
                if new is not value:
                    before.setdefault((id(owner), attribute), (owner, attribute, value))
                    owner.__dict__[attribute] = new
        yield assigned
    finally:
        for owner, attribute, value in before.values():
            owner.__dict__[attribute] = value


def _stand_in(value: Tensor | None, original: Tensor) -> Tensor | None:
    """A view of `value` that is of the same class as `original`, so that the module finds its parameters."""
    if value is None:
        return None
    view = value.view_as(value)
    view.__class__ = type(original)
    return view


def _with(value: Any, name: str, stand_ins: Mapping[str, Tensor | None]) -> Any:
    """`value`, a tensor or a container of that name, with the tensors of these names in it; itself if there is none."""
    if isinstance(value, Tensor):
        return stand_ins.get(name, value)
    if not isinstance(value, dict | list | tuple):
        return value
    items = list(value.items() if isinstance(value, dict) else enumerate(value))
    changed = {key: new for key, old in items if (new := _with(old, f"{name}.{key}", stand_ins)) is not old}
    if not changed:
        return value
    if isinstance(value, tuple):
        parts = [changed.get(i, old) for i, old in items]
        return value._make(parts) if hasattr(value, "_make") else tuple(parts)
    replaced = copy.copy(value)
    for key, new in changed.items():
        replaced[key] = new
    return replaced
