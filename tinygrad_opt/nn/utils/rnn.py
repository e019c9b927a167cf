"""Sequences of different lengths, as torch.nn.utils.rnn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from ...functions.joining import stack
from ...functions.padding import pad
from ...tensor import Tensor


def pad_sequence(
    sequences: Tensor | Sequence[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (length, *), as long as the longest with `padding_value`, and stacked: (length, batch, *).

    With `batch_first` (batch, length, *). `padding_side` is "right", the end, or "left". As
    torch.nn.utils.rnn.pad_sequence.

    >>> torch.nn.utils.rnn.pad_sequence([torch.tensor([1, 2, 3]), torch.tensor([4])], batch_first=True)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"padding_side should be either 'left' or 'right', but got {padding_side!r}")
    tensors = list(sequences)
    if not tensors:
        raise RuntimeError("received an empty list of sequences")
    for x in tensors:
        if not isinstance(x, Tensor):
            raise TypeError(f"pad_sequence(): expected Tensors, got {type(x).__name__}; write tensor(...) around it")
        if x.ndim == 0 or x.shape[1:] != tensors[0].shape[1:]:
            raise RuntimeError(
                "pad_sequence(): the sequences may differ in their first dimension only, but two have the shapes "
                f"{tuple(tensors[0].shape)} and {tuple(x.shape)}"
            )
    longest = max(len(x) for x in tensors)
    padded = []
    for x in tensors:
        missing = longest - len(x)
        amount = (missing, 0) if padding_side == "left" else (0, missing)
        padded.append(pad(x, (0, 0) * (x.ndim - 1) + amount, value=padding_value) if missing else x)
    return stack(padded, 0 if batch_first else 1)


def pack_padded_sequence(*args: Any, **kwargs: Any) -> NoReturn:
    """NotImplementedError: there are no packed sequences here."""
    raise NotImplementedError(
        "packed sequences are not implemented; give the layer what pad_sequence returns, and mask the loss"
    )


pack_sequence = pack_padded_sequence
