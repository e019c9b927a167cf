"""One list of calls, run in both libraries by test_operations_parity.py: a file per family of operations."""

from . import (
    arithmetic,
    counting,
    cumulative,
    decompositions,
    elementwise,
    in_place,
    indexing,
    norms,
    ordering,
    products,
    reduction,
    shape,
    solving,
    statistics,
)
from .case import CASES, Array, Case, fn

__all__ = [
    "CASES",
    "Array",
    "Case",
    "arithmetic",
    "counting",
    "cumulative",
    "decompositions",
    "elementwise",
    "fn",
    "in_place",
    "indexing",
    "norms",
    "ordering",
    "products",
    "reduction",
    "shape",
    "solving",
    "statistics",
]
