"""pad: elements put around a tensor, or cut off it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import indexing
from ..autograd.derivatives import shape as rows
from ..autograd.memory import Array
from ..autograd.record import record

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["pad"]


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Elements put around: pad = (left, right) of the last dimension, then of the one before it; negative widths cut.

    They are `value`, or with mode "reflect" a mirror's at the last element, with "replicate" that element, with
    "circular" those of the other end; these modes pad one to three dimensions after that of channels. As
    torch.nn.functional.pad.

    >>> F.pad(torch.ones(2), (1, 0))
    tensor([0., 1., 1.])
    >>> F.pad(torch.tensor([[1, 2, 3]]), (2, 1), "reflect")
    tensor([[3, 2, 1, 2, 3, 2]])
    """
    shape = input.array.shape
    if len(pad) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, but pad() got {tuple(pad)}")
    pairs = list(zip(pad[::2], pad[1::2], strict=True))[::-1]  # of the last dimensions, in order
    if mode == "constant":
        if len(pairs) > len(shape):
            raise RuntimeError(f"pad(): {tuple(pad)} has more than a pair for each dimension of shape {shape}")
        widths = [(0, 0)] * (len(shape) - len(pairs)) + pairs
        if any(n + before + after < 0 for n, (before, after) in zip(shape, widths, strict=True)):
            raise RuntimeError(f"pad(): {tuple(pad)} leaves a negative size of shape {shape}")
        return record(rows.pad, (input,), {"widths": tuple(widths), "value": 0.0 if value is None else value})
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(f"Unrecognised padding mode {mode}")
    if value is not None:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    d = len(pairs)
    if d not in (1, 2, 3) or len(shape) not in (d + 1, d + 2):
        raise NotImplementedError(f"Padding size {len(pad)} is not supported for {len(shape)}D input tensor.")
    places = [_places(shape, i, pair, mode) for i, pair in enumerate(pairs, start=len(shape) - d)]
    y = input
    for axis, place in enumerate(places, start=len(shape) - d):
        y = record(indexing.getitem, (y,), {"key": (slice(None),) * axis + (place,)})
    return y


def _places(shape: tuple[int, ...], axis: int, pair: tuple[int, int], mode: str) -> Array:
    """The positions that are read along `axis`."""
    n, (before, after) = shape[axis], pair
    if n == 0:
        raise RuntimeError(f"pad(): mode {mode!r} takes non-zero dimensions, but the input has shape {list(shape)}")
    if n + before + after < 1:
        raise RuntimeError(f"pad(): padding {pair} leaves nothing of dimension {axis} of input {list(shape)}")
    if mode == "reflect" and max(before, after) >= n:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at dimension {axis} of input {list(shape)}"
        )
    if mode == "circular" and max(before, after) > n:
        raise RuntimeError(
            f"Padding value causes wrapping around more than once: pad() of {pair} at dimension {axis} of input "
            f"{list(shape)}"
        )
    at = np.arange(-before, n + after)
    if mode == "reflect":
        at = n - 1 - np.abs(n - 1 - np.abs(at))
    elif mode == "replicate":
        at = at.clip(0, n - 1)
    else:  # of what is left where a width cuts
        first, size = max(0, -before), n + min(0, before) + min(0, after)
        at = first + (at - first) % size
    return at
