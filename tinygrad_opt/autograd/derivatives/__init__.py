"""The table of derivatives, a file per family; importing this package fills it."""

from . import arithmetic, cumulative, elementwise, indexing, linalg, nn, ordering, reduction, shape

__all__ = [
    "arithmetic",
    "cumulative",
    "elementwise",
    "indexing",
    "linalg",
    "nn",
    "ordering",
    "reduction",
    "shape",
]
