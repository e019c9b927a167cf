"""Reading rows of a table by number: embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.derivatives import lookup as rows
from ..autograd.graph import wrap
from ..autograd.mode import no_grad
from ..autograd.record import record

if TYPE_CHECKING:
    from ..tensor import Tensor


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The row of `weight` (n, width) for every number of `input` (*), giving (*, width).

    The row `padding_idx` gets no gradient. With `max_norm`, rows that are read and whose `norm_type`-norm is larger are
    first scaled down to it, in place and outside the graph. `scale_grad_by_freq` divides the gradient of a row by how
    often it was read. IndexError for a number outside [0, n). As torch.nn.functional.embedding, without `sparse`.

    >>> F.embedding(torch.tensor([2, 0]), torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    tensor([[5., 6.],
            [1., 2.]])
    """
    refuse_sparse(sparse)
    index, w = input.array, weight.array
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError(
            f"Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got "
            f"{index.dtype} instead (while checking arguments for embedding)"
        )
    if w.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D: embedding() of a weight of shape {w.shape}")
    padding_idx = padding_row(padding_idx, len(w))
    if index.size and not (index.min() >= 0 and index.max() < len(w)):
        raise IndexError(
            f"index out of range in self: embedding() of numbers from {index.min()} to {index.max()}, and a weight of "
            f"{len(w)} rows"
        )
    if max_norm is not None:
        _shorten(weight, np.unique(index), max_norm, norm_type)
    index = index.astype(np.intp)  # a copy: backward() reads it
    return record(rows.embedding, (weight,), {"index": index, "padding": padding_idx, "by_count": scale_grad_by_freq})


def refuse_sparse(sparse: bool) -> None:
    """NotImplementedError for gradients that are sparse tensors, which there are none of here."""
    if sparse:
        raise NotImplementedError("embedding: sparse gradients are not implemented; write sparse=False")


def padding_row(padding_idx: int | None, n: int) -> int | None:
    """`padding_idx` counted from 0; AssertionError unless it is one of `n` rows."""
    if padding_idx is None:
        return None
    if not -n <= padding_idx < max(n, 1):
        raise AssertionError(f"Padding_idx must be within num_embeddings: {padding_idx} of {n} rows")
    return padding_idx % n if n else None


def _shorten(weight: Tensor, index: np.ndarray, max_norm: float, norm_type: float) -> None:
    """Scale the rows `index` of `weight` down to `max_norm`, in place, where they are longer."""
    norms = np.linalg.norm(weight.array[index], norm_type, axis=1)
    long = norms > max_norm
    with no_grad():
        scaled = weight.array[index[long]] * (max_norm / (norms[long] + 1e-7))[:, None]
        if long.any():
            weight[index[long]] = wrap(scaled)
