"""One list of calls, run in both libraries by test_operations_parity.py: a file per family of operations."""

from . import (
    arithmetic,
    comparison,
    counting,
    cumulative,
    elementwise,
    in_place,
    indexing,
    linalg,
    ordering,
    reduction,
    shape,
    special,
    statistics,
)
from .case import CASES, Array, Case, fn

__all__ = [
    "CASES",
    "Array",
    "Case",
    "arithmetic",
    "comparison",
    "counting",
    "cumulative",
    "elementwise",
    "fn",
    "in_place",
    "indexing",
    "linalg",
    "ordering",
    "reduction",
    "shape",
    "special",
    "statistics",
]
