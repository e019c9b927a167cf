"""The table of derivatives, a file per family; importing this package fills it."""

from . import (
    arithmetic,
    comparison,
    cumulative,
    elementwise,
    indexing,
    linalg,
    nn,
    ordering,
    reduction,
    shape,
    special,
)

__all__ = [
    "arithmetic",
    "comparison",
    "cumulative",
    "elementwise",
    "indexing",
    "linalg",
    "nn",
    "ordering",
    "reduction",
    "shape",
    "special",
]
