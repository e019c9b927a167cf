"""What is done with data before training: rows held out, columns brought to one scale."""

from __future__ import annotations

import numpy as np

from ..autograd.graph import wrap
from ..generator import Generator, default_generator
from ..tensor import Tensor


def train_test_split(
    *tensors: Tensor, test_size: float = 0.25, generator: Generator = default_generator
) -> tuple[Tensor, ...]:
    """The rows dealt out at random: x_train, x_test, y_train, y_test of x, y.

    The test has `test_size` of all, rounded up. ValueError if the tensors differ in their rows, or a part is empty.

    >>> x = torch.arange(4)
    >>> torch.datasets.train_test_split(x, x * 10, generator=torch.Generator().manual_seed(0))
    (tensor([1, 3, 2]), tensor([0]), tensor([10, 30, 20]), tensor([0]))
    """
    rows = {len(t) for t in tensors}
    if len(rows) != 1:
        raise ValueError(f"train_test_split: tensors must have equally many rows, got {[len(t) for t in tensors]}")
    (n,) = rows
    held_out = int(np.ceil(n * test_size)) if 0 < test_size < 1 else 0
    if not 0 < held_out < n:
        raise ValueError(f"train_test_split: test_size={test_size} of {n} rows leaves one part empty")
    order = generator.permutation(n)
    return tuple(part for t in tensors for part in (t[order[held_out:]], t[order[:held_out]]))


def standardize(train: Tensor, *others: Tensor) -> tuple[Tensor, ...]:
    """Each column less its mean over `train`, divided by its standard deviation there: of `train` and of the others.

    So nothing is learned from what a model is tested on. A column that does not vary in `train` is only shifted.
    ValueError if the columns are not equally many.

    >>> torch.datasets.standardize(torch.tensor([[1.0], [3.0]]), torch.tensor([[5.0]]))
    (tensor([[-1.],
            [ 1.]]), tensor([[3.]]))
    """
    columns = [tuple(t.shape[1:]) for t in (train, *others)]
    if len({*columns}) != 1 or train.array.dtype.kind != "f" or not len(train):
        raise ValueError(
            f"standardize: needs rows of floats, with the same columns in each; got {columns} and {train.dtype}"
        )
    values = train.array.astype(np.float64)
    mean, std = values.mean(0), values.std(0)
    varies = values.max(0) > values.min(0)
    return tuple(wrap(((t.array - mean) / np.where(varies, std, 1)).astype(t.array.dtype)) for t in (train, *others))
