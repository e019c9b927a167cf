"""Samples put together into a batch."""

from __future__ import annotations

import copy
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import numpy as np

from ...creation import as_tensor, tensor
from ...functions.joining import stack
from ...tensor import Tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Tensors, arrays and numbers of all samples as one tensor with the batch as its first dimension.

    Strings stay a list; in dicts, lists and tuples each part is put together with its like. TypeError for anything
    else, RuntimeError for samples of different lengths or shapes. As torch.utils.data.default_collate.

    >>> torch.utils.data.default_collate([(torch.ones(2), "a", 0), (torch.zeros(2), "b", 1)])
    [tensor([[1., 1.],
            [0., 0.]]), ('a', 'b'), tensor([0, 1])]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch))
    if isinstance(first, np.ndarray | np.generic) and first.dtype.kind in "biuf":
        return stack([as_tensor(np.asarray(x)) for x in batch])
    if isinstance(first, float):
        return tensor(batch, dtype=np.float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, str | bytes):
        return batch
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([sample[key] for sample in batch]) for key in first})
    if isinstance(first, Sequence):
        if len({len(sample) for sample in batch}) > 1:
            raise RuntimeError("each element in list of batch should be of equal size")
        return _like(first, [default_collate(part) for part in zip(*batch, strict=True)])
    what = first.dtype if isinstance(first, np.ndarray) else type(first)
    raise TypeError(f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {what}")


def default_convert(data: Any) -> Any:
    """One sample with its arrays as tensors, and all else as it is. As torch.utils.data.default_convert."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind in "biuf":
        return as_tensor(np.asarray(data))
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, str | bytes):
        return _like(data, [default_convert(value) for value in data])
    return data


def _like(container: Any, parts: Any) -> Any:
    """`parts`, a dict or a list, in a container of the same type, if that can be made; of a tuple, in a list."""
    if isinstance(container, tuple):
        return type(container)(*parts) if hasattr(container, "_fields") else parts
    try:
        if isinstance(container, MutableMapping):  # a copy keeps what a subclass holds besides
            clone = copy.copy(container)
            clone.update(parts)
            return clone
        return type(container)(parts)
    except TypeError:  # such as range
        return parts
