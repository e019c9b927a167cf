"""One step of a recurrent layer: RNNCell, LSTMCell, GRUCell. A step is a sequence of one."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from ..autograd.derivatives import recurrent as rows
from ..autograd.record import record
from ..creation import empty, zeros
from ..tensor import Tensor
from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter

States = tuple[Tensor, ...]  # h, and of an LSTM h and c


def rnn_sequence(
    x: Tensor, states: States, w_ih: Tensor, w_hh: Tensor, b_ih: Any = None, b_hh: Any = None, *, relu: bool
) -> Tensor:
    """A sequence (time, batch, features) through one layer: the blocks of the row `rnn`, h the first of them."""
    return record(rows.rnn, (F.linear(x, w_ih, _sum(b_ih, b_hh)), *states, w_hh), {"relu": relu})


def lstm_sequence(x: Tensor, states: States, w_ih: Tensor, w_hh: Tensor, b_ih: Any = None, b_hh: Any = None) -> Tensor:
    """The same of the row `lstm`, whose first two blocks are h and c."""
    return record(rows.lstm, (F.linear(x, w_ih, _sum(b_ih, b_hh)), *states, w_hh), {})


def gru_sequence(x: Tensor, states: States, w_ih: Tensor, w_hh: Tensor, b_ih: Any = None, b_hh: Any = None) -> Tensor:
    """The same of the row `gru`, whose first block is h."""
    b = zeros(w_hh.shape[0], dtype=w_hh.dtype) if b_hh is None else b_hh
    return record(rows.gru, (F.linear(x, w_ih, b_ih), *states, w_hh, b), {})


def _sum(b_ih: Tensor | None, b_hh: Tensor | None) -> Tensor | None:
    return None if b_ih is None or b_hh is None else b_ih + b_hh


class _Cell(Module):
    """What the cells share: two weights, two biases, and the shapes of a step."""

    gates: ClassVar[int]
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = self.gates * hidden_size
        self.weight_ih = Parameter(empty(rows, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(empty(rows, hidden_size, device=device, dtype=dtype))
        self.bias_ih = Parameter(empty(rows, device=device, dtype=dtype)) if bias else None
        self.bias_hh = Parameter(empty(rows, device=device, dtype=dtype)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight and bias anew, uniform within 1/sqrt(hidden_size)."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            init.uniform_(parameter, -bound, bound)

    def _sequence(self, x: Tensor, states: States, weights: tuple[Any, ...]) -> Tensor:
        """A sequence of one through the cell: blocks (blocks, 1, batch, hidden), the states first."""
        raise NotImplementedError

    def _step(self, input: Tensor, hx: States | None, count: int) -> States:
        """The `count` states after one step."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        for i, state in enumerate(hx or ()):
            if state.ndim not in (1, 2):
                what = f"hx[{i}]" if count > 1 else "hidden"
                raise ValueError(f"{name}: Expected {what} to be 1D or 2D, got {state.ndim}D instead")
        batched = input.ndim == 2
        x = input if batched else input.unsqueeze(0)
        if x.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {x.shape[1]} expected {self.input_size}")
        if hx is None:
            hx = (zeros(len(x), self.hidden_size, dtype=x.dtype),) * count
        elif not batched:
            hx = tuple(state.unsqueeze(0) for state in hx)
        for i, state in enumerate(hx):
            if len(state) != len(x):
                raise RuntimeError(f"Input batch size {len(x)} doesn't match hidden{i} batch size {len(state)}")
            if state.shape[1] != self.hidden_size:
                raise RuntimeError(
                    f"hidden{i} has inconsistent hidden_size: got {state.shape[1]}, expected {self.hidden_size}"
                )
        y = self._sequence(x.unsqueeze(0), hx, (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh))
        states = tuple(y[k, 0] for k in range(count))
        return states if batched else tuple(state.squeeze(0) for state in states)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(_Cell):
    """One step of an `RNN`: h = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu. As torch.nn.RNNCell.

    `forward(input, hx=None)` of (batch, input_size) or (input_size,) returns the new state (batch, hidden_size).
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def _sequence(self, x: Tensor, states: States, weights: tuple[Any, ...]) -> Tensor:
        return rnn_sequence(x, states, *weights, relu=self.nonlinearity == "relu")

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(input, None if hx is None else (hx,), 1)[0]

    def extra_repr(self) -> str:
        tail = "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}"
        return super().extra_repr() + tail


class LSTMCell(_Cell):
    """One step of an `LSTM`: `forward(input, hx=None)` returns the new (h, c) from the pair `hx`. As torch.nn.LSTMCell.

    >>> cell = torch.nn.LSTMCell(3, 4)
    >>> h, c = cell(torch.zeros(2, 3))
    >>> h, c = cell(torch.zeros(2, 3), (h, c))
    >>> h.shape
    torch.Size([2, 4])
    """

    gates = 4

    def _sequence(self, x: Tensor, states: States, weights: tuple[Any, ...]) -> Tensor:
        return lstm_sequence(x, states, *weights)

    def forward(self, input: Tensor, hx: States | None = None) -> States:
        return self._step(input, None if hx is None else tuple(hx), 2)


class GRUCell(_Cell):
    """One step of a `GRU`: `forward(input, hx=None)` returns the new state. As torch.nn.GRUCell."""

    gates = 3

    def _sequence(self, x: Tensor, states: States, weights: tuple[Any, ...]) -> Tensor:
        return gru_sequence(x, states, *weights)

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step(input, None if hx is None else (hx,), 1)[0]
