"""Data to learn from: small tables of scikit-learn's, a user's own table, points in the plane, the text of a file.

Every table is a pair (x, y): float32 features, a row for each sample, and their targets: int64 classes from 0 on, or
float32 numbers. Nothing is fetched from anywhere. Points are drawn from `generator`, the default one unless given.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .autograd.graph import wrap
from .csv_table import from_csv
from .generator import Generator, default_generator
from .tensor import Tensor
from .text import CharacterText

__all__ = [
    "CharacterText",
    "blobs",
    "breast_cancer",
    "circle_in_square",
    "circles",
    "diabetes",
    "digits",
    "from_csv",
    "iris",
    "moons",
    "spirals",
    "standardize",
    "train_test_split",
    "wine",
]

Pair = tuple[Tensor, Tensor]


# ---- tables that scikit-learn brings along ----


def digits() -> Pair:
    """1,797 images of handwritten digits, 8x8 pixels from 0 to 16 in a row of 64, and the digits."""
    return _of_sklearn("load_digits")


def breast_cancer() -> Pair:
    """569 tumours by 30 measures, and whether they are benign (1) or malignant (0)."""
    return _of_sklearn("load_breast_cancer")


def wine() -> Pair:
    """178 wines by 13 measures, and which of three growers they are of."""
    return _of_sklearn("load_wine")


def iris() -> Pair:
    """150 flowers by 4 lengths, and which of three species they are."""
    return _of_sklearn("load_iris")


def diabetes() -> Pair:
    """442 patients by 10 measures, already scaled, and how far the disease went in a year: numbers, for regression."""
    return _of_sklearn("load_diabetes")


def _of_sklearn(name: str) -> Pair:
    try:
        from sklearn import datasets  # type: ignore[import-untyped,unused-ignore]  # it has no types
    except ImportError:
        raise ImportError(f"{name.removeprefix('load_')} comes with scikit-learn: pip install scikit-learn") from None
    x, y = getattr(datasets, name)(return_X_y=True)
    return wrap(x.astype(np.float32)), wrap(y.astype(np.int64 if y.dtype.kind == "i" else np.float32))


# ---- points in the plane ----


def moons(n: int = 100, noise: float = 0.0, generator: Generator = default_generator) -> Pair:
    """Two half circles, one in the other's arms: `n` points, of class 0 above and 1 below.

    >>> x, y = torch.datasets.moons(4)
    >>> x.round(decimals=2) + 0.0, y
    (tensor([[ 1.0000,  0.0000],
            [-1.0000,  0.0000],
            [ 0.0000,  0.5000],
            [ 2.0000,  0.5000]]), tensor([0, 0, 1, 1]))
    """
    _check("moons", n, noise)
    above, below = np.linspace(0, np.pi, n // 2), np.linspace(0, np.pi, n - n // 2)
    points = [np.stack([np.cos(above), np.sin(above)], 1), np.stack([1 - np.cos(below), 0.5 - np.sin(below)], 1)]
    return _labelled(points, noise, generator)


def circles(n: int = 100, noise: float = 0.0, factor: float = 0.8, generator: Generator = default_generator) -> Pair:
    """A circle of radius 1, class 0, and one of radius `factor` within, class 1: `n` points."""
    _check("circles", n, noise)
    if not 0 <= factor < 1:
        raise ValueError(f"circles: factor must be in [0, 1), got {factor}")
    angles = [np.linspace(0, 2 * np.pi, k, endpoint=False) for k in (n // 2, n - n // 2)]
    points = [r * np.stack([np.cos(a), np.sin(a)], 1) for r, a in zip((1, factor), angles, strict=True)]
    return _labelled(points, noise, generator)


def spirals(
    n: int = 300, classes: int = 3, noise: float = 0.2, turn: float = 4.0, generator: Generator = default_generator
) -> Pair:
    """Arms that wind out of the middle, a class each: `n` points; `turn` and `noise` are in radians along the arm."""
    _check("spirals", n, noise)
    points = []
    for c, k in enumerate(_shares("spirals", n, classes)):
        angle = np.linspace(0, turn, k) + 2 * np.pi * c / classes + noise * generator.normal((k,), dtype=np.float64)
        points.append(np.linspace(0, 1, k)[:, None] * np.stack([np.sin(angle), np.cos(angle)], 1))
    return _labelled(points, 0.0, generator)


def blobs(
    n: int = 100, centers: Any = 3, std: float = 1.0, features: int = 2, generator: Generator = default_generator
) -> Pair:
    """Round clouds, a class each: `n` points about `centers`, rows of numbers, or how many to draw from -10 to 10."""
    _check("blobs", n, std)
    if isinstance(centers, int):
        middle = generator.uniform((centers, features), -10, 10, np.float64)
    else:
        middle = np.asarray(centers, np.float64)
    if middle.ndim != 2:
        raise ValueError(f"blobs: centers must be a row of numbers for each class, got shape {middle.shape}")
    shares = _shares("blobs", n, len(middle))
    return _labelled([np.tile(m, (k, 1)) for m, k in zip(middle, shares, strict=True)], std, generator)


def circle_in_square(n: int = 200, seed: int = 42) -> Pair:
    """`n` points of a square from -2 to 2, of class 1 within a circle of squared radius 1.5; drawn by Python's random.

    >>> torch.datasets.circle_in_square()[1].sum()
    tensor(57)
    """
    _check("circle_in_square", n, 0.0)
    import random  # slow to import, and needed only here

    dice = random.Random(seed)
    points = np.array([[dice.uniform(-2, 2), dice.uniform(-2, 2)] for _ in range(n)])
    return wrap(points.astype(np.float32)), wrap(((points**2).sum(1) < 1.5).astype(np.int64))


def _check(name: str, n: int, noise: float) -> None:
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise ValueError(f"{name}: n must be a positive int, got {n!r}")
    if not 0 <= noise < np.inf:
        raise ValueError(f"{name}: noise must be a number from 0 on, got {noise}")


def _shares(name: str, n: int, classes: int) -> list[int]:
    """How many of n points each class has; the first ones have one more where they cannot be equal."""
    if not 1 <= classes <= n:
        raise ValueError(f"{name}: there must be 1 to n={n} classes, got {classes}")
    return [n // classes + (c < n % classes) for c in range(classes)]


def _labelled(points: list[Any], noise: float, generator: Generator) -> Pair:
    x = np.concatenate(points)
    y = np.repeat(np.arange(len(points)), [len(p) for p in points])
    if noise:
        x += generator.normal(x.shape, 0.0, noise, np.float64)
    return wrap(x.astype(np.float32)), wrap(y)


# ---- before training ----


def train_test_split(
    *tensors: Tensor, test_size: float = 0.25, generator: Generator = default_generator
) -> tuple[Tensor, ...]:
    """The rows dealt out at random: x_train, x_test, y_train, y_test of x, y.

    The test has `test_size` of all, rounded up. ValueError if the tensors differ in their rows, or a part would be empty.

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
