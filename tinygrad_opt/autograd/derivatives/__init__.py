"""The table of derivatives, a file per family; importing this package fills it."""

from . import (
    arithmetic,
    cumulative,
    decompositions,
    determinants,
    elementwise,
    indexing,
    nn,
    ordering,
    products,
    reduction,
    shape,
    solving,
)

__all__ = [
    "arithmetic",
    "cumulative",
    "decompositions",
    "determinants",
    "elementwise",
    "indexing",
    "nn",
    "ordering",
    "products",
    "reduction",
    "shape",
    "solving",
]
