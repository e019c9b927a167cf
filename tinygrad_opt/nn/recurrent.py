"""Recurrent layers over whole sequences: RNN, LSTM, GRU."""

from __future__ import annotations

import math
import warnings
from typing import Any, ClassVar

from ..creation import empty, zeros
from ..functions.joining import cat, stack
from ..functions.shape import flip
from ..tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter
from .recurrent_cell import States, gru_sequence, lstm_sequence, rnn_sequence


class _Recurrent(Module):
    """What RNN, LSTM and GRU share: weights by layer and direction, shapes, and the way through the layers."""

    gates: ClassVar[int]
    state_names: ClassVar[tuple[str, ...]] = ("hx",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        _check_sizes(input_size, hidden_size, num_layers, bias, batch_first, dropout)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = float(dropout)
        self._suffixes = [f"_l{i}{side}" for i in range(num_layers) for side in ("", "_reverse")[: 1 + bidirectional]]
        rows = self.gates * hidden_size
        for i, suffix in enumerate(self._suffixes):
            features = hidden_size * (1 + bidirectional) if i > bidirectional else input_size
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, features), "weight_hh": (rows, hidden_size)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            for name, shape in shapes.items():
                setattr(self, name + suffix, Parameter(empty(shape, device=device, dtype=dtype)))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight and bias anew, uniform within 1/sqrt(hidden_size)."""
        for parameter in self.parameters():
            init.uniform_(parameter, -1 / math.sqrt(self.hidden_size), 1 / math.sqrt(self.hidden_size))

    def _sequence(self, x: Tensor, states: States, weights: list[Any]) -> Tensor:
        """One layer in one direction: blocks (blocks, time, batch, hidden), the states first."""
        raise NotImplementedError

    def _through(self, input: Tensor, hx: States | None) -> tuple[Tensor, States]:
        """The outputs of the last layer, and the last states of each."""
        name, count = type(self).__name__, len(self._suffixes)
        _check_tensor(name, input)
        if input.ndim not in (2, 3):
            raise ValueError(f"{name}: Expected input to be 2D or 3D, got {input.ndim}D instead")
        batched = input.ndim == 3
        if hx is not None:
            self._check_rank(hx, batched)
            hx = hx if batched else tuple(state.unsqueeze(1) for state in hx)
        batch_dim = 0 if self.batch_first else 1
        x = input if batched else input.unsqueeze(batch_dim)
        x = x.transpose(0, 1) if self.batch_first else x
        self._check_input(x)
        shape = (count, x.shape[1], self.hidden_size)
        if hx is None:
            hx = (zeros(shape, dtype=x.dtype),) * len(self.state_names)
        self._check_states(hx, shape)
        last: list[States] = []
        directions = 1 + self.bidirectional
        for start in range(0, count, directions):
            outputs = []
            for i in range(start, start + directions):
                reverse = i > start
                weights = [getattr(self, kind + self._suffixes[i]) for kind in self._kinds()]
                y = self._sequence(flip(x, 0) if reverse else x, tuple(state[i] for state in hx), weights)
                outputs.append(flip(y[0], 0) if reverse else y[0])
                last.append(tuple(y[k, -1] for k in range(len(hx))))
            x = cat(outputs, -1) if self.bidirectional else outputs[0]
            if start + directions < count:
                x = F.dropout(x, self.dropout, self.training)
        x = x.transpose(0, 1) if self.batch_first else x
        states = tuple(stack(state) for state in zip(*last, strict=True))
        if batched:
            return x, states
        return x.squeeze(batch_dim), tuple(state.squeeze(1) for state in states)

    def _kinds(self) -> list[str]:
        return ["weight_ih", "weight_hh", "bias_ih", "bias_hh"][: 4 if self.bias else 2]

    def _check_rank(self, hx: States, batched: bool) -> None:
        if all(state.ndim == (3 if batched else 2) for state in hx):
            return
        given, names = ", ".join(f"{state.ndim}-D" for state in hx), " and ".join(self.state_names)
        given = f"({given}) tensors" if len(hx) > 1 else f"{given} tensor"
        kind, rank = ("batched 3-D", 3) if batched else ("unbatched 2-D", 2)
        raise RuntimeError(f"For {kind} input, {names} should also be {rank}-D but got {given}")

    def _check_input(self, x: Tensor) -> None:
        weight = getattr(self, "weight_ih" + self._suffixes[0])
        if x.dtype != weight.dtype:
            raise ValueError(
                f"RNN input dtype ({x.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                f"input.to({weight.dtype}), or convert model: model.to({x.dtype})"
            )
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {x.shape[-1]}: "
                f"{type(self).__name__} of an input of shape {tuple(x.shape)}"
            )
        if not len(x):
            raise RuntimeError("Expected sequence length to be larger than 0 in RNN")

    def _check_states(self, hx: States, shape: tuple[int, ...]) -> None:
        for i, state in enumerate(hx):
            if tuple(state.shape) != shape:
                name = f"hidden[{i}]" if len(hx) > 1 else "hidden"
                raise RuntimeError(f"Expected {name} size {shape}, got {list(state.shape)}")
            if state.dtype != getattr(self, "weight_hh" + self._suffixes[0]).dtype:
                raise RuntimeError(f"{type(self).__name__}: hx and the weights must have the same dtype")

    def extra_repr(self) -> str:
        options = [
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0.0),
            ("bidirectional", False),
        ]
        given = [f"{name}={getattr(self, name)}" for name, default in options if getattr(self, name) != default]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *given])


def _check_tensor(name: str, input: Any) -> None:
    if not isinstance(input, Tensor):
        raise TypeError(
            f"{name}: expected a Tensor, got {type(input).__name__}; there are no packed sequences here: write "
            "nn.utils.rnn.pad_sequence(sequences)"
        )


def _check_sizes(
    input_size: int, hidden_size: int, num_layers: int, bias: bool, batch_first: bool, dropout: float
) -> None:
    if isinstance(dropout, bool) or not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            stacklevel=4,
        )
    for name, flag in [("bias", bias), ("batch_first", batch_first)]:
        if not isinstance(flag, bool):
            raise TypeError(f"{name} should be of type bool, got: {type(flag).__name__}")
    for name, size in [("input_size", input_size), ("hidden_size", hidden_size)]:
        if not isinstance(size, int):
            raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")


class RNN(_Recurrent):
    """h = tanh(W_ih x + b_ih + W_hh h + b_hh) over a sequence, layer after layer; or relu. As torch.nn.RNN.

    `forward(input, hx=None)` takes (time, batch, input_size), with `batch_first` (batch, time, input_size), or without
    a batch (time, input_size), and the first states (layers * directions, batch, hidden_size), zeros unless given. It
    returns the states of the last layer at all times, both directions side by side, and the last states of every layer.
    `dropout` falls between layers. Weights start uniform within 1/sqrt(hidden_size), PyTorch's for the same seed.

    >>> output, h = torch.nn.RNN(3, 4)(torch.zeros(5, 2, 3))
    >>> output.shape, h.shape
    (torch.Size([5, 2, 4]), torch.Size([1, 2, 4]))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        self.nonlinearity = nonlinearity
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype)

    def _sequence(self, x: Tensor, states: States, weights: list[Any]) -> Tensor:
        return rnn_sequence(x, states, *weights, relu=self.nonlinearity == "relu")

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output, (h,) = self._through(input, None if hx is None else (hx,))
        return output, h


class LSTM(_Recurrent):
    """Long short-term memory over a sequence, layer after layer. As torch.nn.LSTM, without `proj_size`.

    i, f, o = sigmoid(...) and g = tanh(...) of W_ih x + b_ih + W_hh h + b_hh, then c = f c + i g and h = o tanh(c).
    `forward(input, hx=None)` as of `RNN`, where `hx` is the pair of the first h and c, and so are the last states.

    >>> output, (h, c) = torch.nn.LSTM(3, 4, bidirectional=True)(torch.zeros(5, 2, 3))
    >>> output.shape, c.shape
    (torch.Size([5, 2, 8]), torch.Size([2, 2, 4]))
    """

    gates, state_names = 4, ("hx", "cx")

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if proj_size != 0:
            raise NotImplementedError(
                f"LSTM: proj_size={proj_size} is not implemented; put a Linear({hidden_size}, {proj_size}) after it"
            )
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, device, dtype)

    def _sequence(self, x: Tensor, states: States, weights: list[Any]) -> Tensor:
        return lstm_sequence(x, states, *weights)

    def forward(self, input: Tensor, hx: States | None = None) -> tuple[Tensor, States]:
        return self._through(input, None if hx is None else tuple(hx))


class GRU(_Recurrent):
    """Gated recurrent units over a sequence, layer after layer. As torch.nn.GRU.

    r, z = sigmoid(W_ih x + b_ih + W_hh h + b_hh), n = tanh(W_in x + b_in + r (W_hn h + b_hn)), h = n + z (h - n).
    `forward(input, hx=None)` as of `RNN`.

    >>> output, h = torch.nn.GRU(3, 4, num_layers=2, batch_first=True)(torch.zeros(2, 5, 3))
    >>> output.shape, h.shape
    (torch.Size([2, 5, 4]), torch.Size([2, 2, 4]))
    """

    gates = 3

    def _sequence(self, x: Tensor, states: States, weights: list[Any]) -> Tensor:
        return gru_sequence(x, states, *weights)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output, (h,) = self._through(input, None if hx is None else (hx,))
        return output, h
