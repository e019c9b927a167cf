"""Shapes that print as PyTorch's do."""

from __future__ import annotations

import math


class Size(tuple[int, ...]):
    """A shape; prints as torch.Size does."""

    def numel(self) -> int:
        """The number of elements."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"
