"""MLP: the usual network of linear layers with an activation between them, in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .activation import GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh
from .container import Sequential
from .linear import Linear
from .module import Module

_BY_NAME: dict[str, type[Module]] = {
    cls.__name__.lower(): cls for cls in (GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Softplus, Tanh)
}


class MLP(Sequential):
    """Linear layers of the given sizes with an activation after all but the last: a Sequential, by its short name.

    `activation` is a module class (made anew for each place), the name of one ("relu", "tanh", "leaky_relu", ...), a
    module, or a function of tensors. ValueError for fewer than two sizes or an unknown name.

    >>> torch.nn.MLP(8, 16, 1)
    MLP(
      (0): Linear(in_features=8, out_features=16, bias=True)
      (1): ReLU()
      (2): Linear(in_features=16, out_features=1, bias=True)
    )
    >>> list(torch.nn.MLP(2, 3, 1, activation=torch.sin).state_dict())
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """

    def __init__(self, *sizes: int, activation: str | Callable[..., Any] = ReLU) -> None:
        if len(sizes) < 2:
            raise ValueError(f"MLP needs at least the sizes of its input and its output, got {sizes}")
        super().__init__(*_layers(sizes, _maker(activation)))


def _layers(sizes: tuple[int, ...], make_activation: Callable[[], Module]) -> Iterator[Module]:
    for i in range(len(sizes) - 1):
        if i > 0:
            yield make_activation()
        yield Linear(sizes[i], sizes[i + 1])


def _maker(activation: str | Callable[..., Any]) -> Callable[[], Module]:
    """What makes the activation for one place."""
    if isinstance(activation, str):
        name = activation.lower().replace("_", "")
        if name not in _BY_NAME:
            raise ValueError(f"MLP: unknown activation {activation!r}; known are {', '.join(_BY_NAME)}")
        return _BY_NAME[name]
    if isinstance(activation, type) and issubclass(activation, Module):
        return activation
    if isinstance(activation, Module):
        return lambda: activation
    if not callable(activation):
        raise TypeError(f"MLP: activation is a module, its class, its name or a function, got {activation!r}")
    return lambda: _Function(activation)


class _Function(Module):
    """A function of tensors in the place of a module."""

    def __init__(self, fn: Callable[[Any], Any]) -> None:
        self.fn = fn

    def forward(self, input: Any) -> Any:
        return self.fn(input)

    def __repr__(self) -> str:
        return f"{getattr(self.fn, '__name__', repr(self.fn))}()"
