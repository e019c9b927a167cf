"""The table of derivatives, a file per family; importing this package fills it."""

from . import (
    activations,
    arithmetic,
    comparison,
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
    special,
)

__all__ = [
    "activations",
    "arithmetic",
    "comparison",
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
    "special",
]
