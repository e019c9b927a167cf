"""Modules that hold modules: one after another, in a list, in a dict.

Each child is an attribute, named by its position or key; that is all the walk over attributes needs to find it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, overload

from .module import Module, check_module, named_entry


class _Numbered(Module):
    """Children in order, by position: what Sequential and ModuleList share."""

    def _names(self) -> list[str]:
        return [name for name, value in self.__dict__.items() if isinstance(value, Module)]

    def _name_at(self, index: Any) -> str:
        names, i = self._names(), operator.index(index)
        if not -len(names) <= i < len(names):
            raise IndexError(f"index {i} is out of range")
        return names[i]

    def _renumber(self, modules: Iterable[Module]) -> None:
        modules = list(modules)
        for module in modules:
            check_module(module)
        for name in self._names():
            delattr(self, name)
        for i, module in enumerate(modules):
            setattr(self, str(i), module)

    def __len__(self) -> int:
        return len(self._names())

    def __iter__(self) -> Iterator[Any]:
        return iter([value for value in self.__dict__.values() if isinstance(value, Module)])

    def __setitem__(self, index: int, module: Module) -> None:
        check_module(module)
        setattr(self, self._name_at(index), module)

    def __delitem__(self, index: int | slice) -> None:
        if not isinstance(index, slice):
            self._name_at(index)  # IndexError in PyTorch's words
        modules = list(self)
        del modules[index]
        self._renumber(modules)

    def append(self, module: Module) -> Self:
        """Add a module at the end, and return this one."""
        return self.extend([module])

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add several modules at the end, and return this one."""
        modules = list(modules)
        for module in modules:
            check_module(module)
        number = len(self)
        for module in modules:
            while str(number) in self.__dict__:  # a slice of a Sequential keeps its names
                number += 1
            setattr(self, str(number), module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before position `index`, and return this one; those after it are renumbered."""
        modules = list(self)
        modules.insert(index, module)
        self._renumber(modules)
        return self


class Sequential(_Numbered):
    """Modules applied one after another: given as arguments, or in one dict by name. As torch.nn.Sequential.

    A position gives a module; a slice gives a Sequential of the same modules under the same names. TypeError for what
    is not a module.

    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    >>> model
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    >>> list(model[1:].state_dict())
    ['2.weight', '2.bias']
    """

    def __init__(self, *args: Module | Mapping[str, Module]) -> None:
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)  # type: ignore[arg-type]  # which says so if one is not a module

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return Sequential({name: getattr(self, name) for name in self._names()[index]})
        return getattr(self, self._name_at(index))

    def forward(self, input: Any) -> Any:
        """Every module's output, the next one's input."""
        for module in self.__dict__.values():
            if isinstance(module, Module):
                input = module(input)
        return input


class ModuleList(_Numbered):
    """A list of modules, as torch.nn.ModuleList. A plain list as an attribute of a module does as well.

    >>> torch.nn.ModuleList([torch.nn.Linear(2, 2), torch.nn.Linear(2, 2), torch.nn.Tanh()])
    ModuleList(
      (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)
      (2): Tanh()
    )
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        self.extend(modules)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> ModuleList: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return ModuleList(list(self)[index])
        return getattr(self, self._name_at(index))

    def __repr__(self) -> str:
        runs: list[tuple[str, int, int]] = []  # equal neighbours: their text, the first and the last position
        for i, text in enumerate([repr(module) for module in self]):
            start = runs.pop()[1] if runs and runs[-1][0] == text else i
            runs.append((text, start, i))
        return self._framed(
            [
                named_entry(str(start), text)
                if start == stop
                else named_entry(f"{start}-{stop}", f"{stop - start + 1} x {text}")
                for text, start, stop in runs
            ]
        )


class ModuleDict(Module):
    """Modules by key, in order of insertion, as torch.nn.ModuleDict. A plain dict as an attribute does as well."""

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        self.update(modules or {})

    def __getitem__(self, key: str) -> Any:
        if key not in self:
            raise KeyError(key)
        return self.__dict__[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        self.pop(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and isinstance(self.__dict__.get(key), Module)

    def __len__(self) -> int:
        return len(self.keys())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:
        """The keys, in order."""
        return [key for key in self.__dict__ if key in self]

    def values(self) -> list[Any]:
        """The modules, in order."""
        return [self.__dict__[key] for key in self.keys()]

    def items(self) -> list[tuple[str, Any]]:
        """Keys and modules, in order."""
        return [(key, self.__dict__[key]) for key in self.keys()]

    def pop(self, key: str) -> Any:
        """Remove the module of that key, and return it; KeyError if there is none."""
        module = self[key]
        delattr(self, key)
        return module

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules by key, replacing those that are there."""
        for key, module in dict(modules).items():
            self[key] = module
