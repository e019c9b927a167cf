"""One list of calls, run in both libraries by test_operations_parity.py: a file per family of operations."""

from . import arithmetic, elementwise, in_place, indexing, linalg, reduction, shape
from .case import CASES, Array, Case, fn

__all__ = [
    "CASES",
    "Array",
    "Case",
    "arithmetic",
    "elementwise",
    "fn",
    "in_place",
    "indexing",
    "linalg",
    "reduction",
    "shape",
]
