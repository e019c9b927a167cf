"""Module: the base of layers and models, whose parameters are found by looking at its attributes.

Nothing is registered. What a module holds stands in its attributes, in the order of their assignment, and is found
there when it is asked for: parameters and modules, also inside lists, tuples and dicts. So a subclass may forget
`super().__init__()` and may keep its layers in a plain list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from reprlib import recursive_repr
from types import MappingProxyType
from typing import Any, Self, TypeVar

import numpy as np

from ..autograd.graph import RemovableHandle
from ..tensor import Tensor
from .parameter import Parameter
from .state import IncompatibleKeys, load

T = TypeVar("T")


class Module:
    """A layer or a model: attributes that hold parameters and other modules, and a `forward`. As torch.nn.Module.

    Names are the paths through attributes: `layers.0.weight` is the weight of the first module in the list `layers`.
    In every order, a module's own parameters come before those of the modules in it, as in PyTorch.

    >>> class Net(torch.nn.Module):
    ...     def __init__(self):
    ...         self.layers = [torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)]
    ...
    ...     def forward(self, x):
    ...         for layer in self.layers:
    ...             x = layer(x).tanh()
    ...         return x
    >>> net = Net()
    >>> [name for name, _ in net.named_parameters()]
    ['layers.0.weight', 'layers.0.bias', 'layers.1.weight', 'layers.1.bias']
    >>> net(torch.zeros(5, 2)).shape
    torch.Size([5, 1])
    """

    # Defaults of the class, so that a module is whole without __init__.
    training: bool = True
    _buffer_names: Mapping[str, bool] = MappingProxyType({})  # of each buffer whether it is persistent
    _hooks: _Hooks | None = None

    # ---- calling ----

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; each subclass says it. Call the module, not this, so that hooks run."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooks is None:
            return self.forward(*args, **kwargs)
        return self._call_with_hooks(self._hooks, args, kwargs)

    def _call_with_hooks(self, hooks: _Hooks, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        for before in list(hooks.before.values()):
            replaced = before(self, args)
            if replaced is not None:
                args = replaced if isinstance(replaced, tuple) else (replaced,)
        output = self.forward(*args, **kwargs)
        for after in list(hooks.after.values()):
            replaced = after(self, args, output)
            if replaced is not None:
                output = replaced
        return output

    def register_forward_pre_hook(self, hook: Callable[[Any, tuple[Any, ...]], Any]) -> RemovableHandle:
        """Call `hook(module, args)` before every forward; what it returns, if not None, replaces the arguments."""
        return RemovableHandle(self._own_hooks().before, hook)

    def register_forward_hook(self, hook: Callable[[Any, tuple[Any, ...], Any], Any]) -> RemovableHandle:
        """Call `hook(module, args, output)` after every forward; what it returns, if not None, replaces the output."""
        return RemovableHandle(self._own_hooks().after, hook)

    def _own_hooks(self) -> _Hooks:
        if self._hooks is None:
            self._hooks = _Hooks()
        return self._hooks

    # ---- finding what it holds ----

    def _members(self) -> list[_Member]:
        """The parameters and modules in the attributes of this module itself, by name."""
        found: list[_Member] = []
        _search(self.__dict__, "", found)
        return found

    def _buffers(self, only_persistent: bool = False) -> list[tuple[str, Tensor]]:
        """The buffers of this module itself, by name."""
        names = [name for name, persistent in self._buffer_names.items() if persistent or not only_persistent]
        found = [(name, self.__dict__.get(name)) for name in names]
        return [(name, x) for name, x in found if isinstance(x, Tensor) and not isinstance(x, Parameter)]

    def _walk(self, path: str, once: bool, seen: set[int], found: list[_Visit]) -> list[_Visit]:
        """This module and all within, each before those in it; shared ones at every place unless `once`.

        `seen` are the modules found so far, or with `once` false those above this one, where circles end.
        """
        if id(self) not in seen:
            seen.add(id(self))
            members = self._members()
            found.append((path, self, members))
            for name, value in members:
                if isinstance(value, Module):
                    value._walk(_joined(path, name), once, seen, found)
            if not once:
                seen.remove(id(self))
        return found

    def named_modules(self, *, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all within it, with their names, each before those in it; shared ones once."""
        for path, module, _ in self._walk(prefix, remove_duplicate, set(), []):
            yield path, module

    def modules(self) -> Iterator[Module]:
        """This module and all within it."""
        for _, module in self.named_modules():
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly in this one, with their names."""
        yield from _once([(name, value) for name, value in self._members() if isinstance(value, Module)])

    def children(self) -> Iterator[Module]:
        """The modules directly in this one."""
        for _, child in self.named_children():
            yield child

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters of this module and, with `recurse`, of all within it, with their names; shared ones once."""
        visits = self._walk(prefix, remove_duplicate, set(), []) if recurse else [(prefix, self, self._members())]
        found = [
            (_joined(path, name), value)
            for path, _, members in visits
            for name, value in members
            if isinstance(value, Parameter)
        ]
        yield from _once(found) if remove_duplicate else found

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """What there is to train: the parameters of this module and, with `recurse`, of all within it."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers of this module and, with `recurse`, of all within it, with their names."""
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        found = [(_joined(path, name), buffer) for path, module in modules for name, buffer in module._buffers()]
        yield from _once(found) if remove_duplicate else found

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and, with `recurse`, of all within it."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_parameter(self, target: str) -> Parameter:
        """The parameter of that name; AttributeError if there is none."""
        return _get(self, target, dict(self.named_parameters(remove_duplicate=False)), Parameter)

    def get_submodule(self, target: str) -> Module:
        """The module of that name, "" being this one itself; AttributeError if there is none."""
        return _get(self, target, dict(self.named_modules(remove_duplicate=False)), Module)

    # ---- giving it more ----

    def __setattr__(self, name: str, value: Any) -> None:
        if value is not None and not isinstance(value, _KINDS):
            self._check_replacement(name, value)
        object.__setattr__(self, name, value)

    def _check_replacement(self, name: str, value: Any) -> None:
        """TypeError where a parameter, a module or a buffer would silently give way to something else."""
        old, kind = self.__dict__.get(name), type(value).__name__
        if isinstance(old, Parameter):
            raise TypeError(
                f"cannot assign '{kind}' as parameter '{name}' (torch.nn.Parameter or None expected); to keep the "
                f"parameter and change its values write `with no_grad(): {name}.copy_(value)`"
            )
        if isinstance(old, Module):
            raise TypeError(f"cannot assign '{kind}' as child module '{name}' (torch.nn.Module or None expected)")
        if name in self._buffer_names and not isinstance(value, Tensor):
            raise TypeError(f"cannot assign '{kind}' as buffer '{name}' (torch.Tensor or None expected)")

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Make `tensor` part of the module's state though it is not trained: running averages, tables, masks.

        It moves with `to()`, and with `persistent` it is in the state dict. A tensor that is merely assigned is
        neither. TypeError or KeyError if the name is no fit, TypeError if `tensor` is none. As torch.nn.Module.
        """
        if name not in self._buffer_names:
            self._check_name("buffer", name)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or None required)"
            )
        self._buffer_names = {**self._buffer_names, name: persistent}
        setattr(self, name, tensor)

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """setattr(self, name, param), checked."""
        if not isinstance(self.__dict__.get(name), Parameter):
            self._check_name("parameter", name)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' (torch.nn.Parameter or None "
                "required)"
            )
        setattr(self, name, param)

    def add_module(self, name: str, module: Module | None) -> None:
        """setattr(self, name, module), checked."""
        if module is not None:
            check_module(module)
        if not isinstance(self.__dict__.get(name), Module):
            self._check_name("module", name)
        setattr(self, name, module)

    def _check_name(self, kind: str, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if hasattr(self, name):
            raise KeyError(f"attribute '{name}' already exists")

    # ---- state ----

    def _state(self) -> Iterator[tuple[str, Tensor]]:
        for path, module, members in self._walk("", False, set(), []):
            for name, value in [*members, *module._buffers(only_persistent=True)]:
                if isinstance(value, Tensor):
                    yield _joined(path, name), value

    def state_dict(self, *, prefix: str = "") -> dict[str, Tensor]:
        """Parameters and persistent buffers by name, shared ones under each of theirs, in order.

        The tensors are detached but share the module's memory, as in PyTorch: training goes on changing them. To keep
        a state, copy it: `{name: t.clone() for name, t in model.state_dict().items()}`.

        >>> list(torch.nn.Linear(2, 3).state_dict())
        ['weight', 'bias']
        """
        return {prefix + name: tensor.detach() for name, tensor in self._state()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy values, tensors or arrays, into the parameters and buffers of the same names; dtypes stay as they are.

        The copies go into the memory that is there, so an optimizer goes on with the same parameters. Names on one side
        only are errors if `strict`, and are returned. RuntimeError lists everything that does not fit; nothing has
        been changed then. As torch.nn.Module.load_state_dict.
        """
        return load(type(self).__name__, dict(self._state()), state_dict, strict)

    # ---- changing all of it ----

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` on every module within and then on this one: `model.apply(init_weights)`."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set `training` of this module and all within it, which is what dropout and batch norm go by."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad` of every parameter: with False the module is frozen."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Set the gradient of every parameter to None, or with `set_to_none=False` to zeros in the same memory."""
        for parameter in self.parameters():
            if set_to_none:
                parameter.grad = None
            elif parameter.grad is not None:
                parameter.grad.detach_().zero_()

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Cast every floating parameter, buffer and gradient, with the arguments of Tensor.to. As torch.nn.Module.to.

        Parameters stay the same objects. TypeError if the dtype is not floating; nothing has been changed then.
        """
        floating = [t for t in (*self.parameters(), *self.buffers()) if t.is_floating_point()]
        cast = [t.detach().to(*args, **kwargs) for t in floating]
        for new in cast:
            if not new.is_floating_point():
                raise TypeError(
                    "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                    f"dtype=torch.{new.dtype.name}"
                )
        for t, new in zip(floating, cast, strict=True):
            t.data = new
            if t._grad is not None:
                t.grad = t._grad.detach().to(*args, **kwargs)
        return self

    def float(self) -> Self:
        """Cast to float32."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Cast to float64."""
        return self.to(np.float64)

    # ---- text ----

    def extra_repr(self) -> str:
        """What stands in the parentheses of the repr: a layer's sizes and options."""
        return ""

    @recursive_repr()
    def __repr__(self) -> str:
        children = [(name, value) for name, value in self._members() if isinstance(value, Module)]
        return self._framed([named_entry(name, repr(child)) for name, child in children])

    def _framed(self, children: list[str]) -> str:
        extra = self.extra_repr()
        if not children and "\n" not in extra:
            return f"{type(self).__name__}({extra})"
        lines = (extra.split("\n") if extra else []) + children
        return "\n  ".join([f"{type(self).__name__}(", *lines]) + "\n)"


_KINDS, _CONTAINERS = (Parameter, Module), (dict, list, tuple)
_Member = tuple[str, Parameter | Module]
_Visit = tuple[str, Module, list[_Member]]  # a module's path, itself, and what it holds


class _Hooks:
    """The hooks of one module, in an object that the walk over attributes does not enter."""

    __slots__ = ("after", "before")

    def __init__(self) -> None:
        self.before: dict[int, Callable[[Any, tuple[Any, ...]], Any]] = {}
        self.after: dict[int, Callable[[Any, tuple[Any, ...], Any], Any]] = {}


def check_module(module: Any) -> None:
    """TypeError unless `module` is a Module."""
    if not isinstance(module, Module):
        raise TypeError(f"{type(module).__name__} is not a Module subclass")


def _search(container: Any, prefix: str, found: list[_Member]) -> None:
    """Add to `found` the parameters and modules in a dict, list or tuple, and in those it holds."""
    for key, value in container.items() if isinstance(container, dict) else enumerate(container):
        if isinstance(value, _KINDS):
            found.append((f"{prefix}{key}", value))
        elif isinstance(value, _CONTAINERS):
            _search(value, f"{prefix}{key}.", found)


def _once(named: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """Each object under its first name only; by identity, as a dataclass is equal to others and has no hash."""
    seen = set()
    for name, value in named:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _get(module: Module, target: str, named: Mapping[str, T], kind: type[T]) -> T:
    if target in named:
        return named[target]
    path, _, last = target.rpartition(".")
    owner = dict(module.named_modules(remove_duplicate=False)).get(path, module)
    if hasattr(owner, last):
        raise AttributeError(f"`{last}` is not an nn.{kind.__name__}")
    raise AttributeError(f"{type(owner).__name__} has no attribute `{last}`")


def named_entry(name: str, text: str) -> str:
    """One child's line in a repr, its own lines indented."""
    return f"({name}): " + text.replace("\n", "\n  ")
