"""One list of calls, run in both libraries by test_operations_parity.py: a file per family of operations."""

from . import (
    arithmetic,
    counting,
    creation,
    cumulative,
    diagonals,
    elementwise,
    grids,
    in_place,
    indexing,
    joining,
    linalg,
    ordering,
    reduction,
    shape,
    splitting,
    statistics,
)
from .case import CASES, Array, Case, fn

__all__ = [
    "CASES",
    "Array",
    "Case",
    "arithmetic",
    "counting",
    "creation",
    "cumulative",
    "diagonals",
    "elementwise",
    "fn",
    "grids",
    "in_place",
    "indexing",
    "joining",
    "linalg",
    "ordering",
    "reduction",
    "shape",
    "splitting",
    "statistics",
]
