"""Small tables that scikit-learn brings along; nothing is fetched from anywhere."""

from __future__ import annotations

import numpy as np

from ..autograd.graph import wrap
from ..tensor import Tensor

Pair = tuple[Tensor, Tensor]


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
