"""The table of derivatives, a file per family; importing this package fills it."""

from . import arithmetic, elementwise, indexing, linalg, nn, reduction, shape

__all__ = ["arithmetic", "elementwise", "indexing", "linalg", "nn", "reduction", "shape"]
