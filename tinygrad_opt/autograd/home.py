"""Where an optimizer wants a parameter's gradient: a place in its flat buffer, handed out only while nobody holds it."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np

from .graph import wrap
from .memory import Array

if TYPE_CHECKING:
    from ..tensor import Tensor


class Home:
    """One gradient's place in a flat buffer: the first elements of `slot`, which is not empty.

    `if_free` gives it as a Tensor, or None while anybody still holds the gradient that was last written there (a user
    comparing two gradients, a graph that saved it): then backward() makes a new array instead, and the optimizer
    copies it in when it steps. Who holds it is read off the reference counts.
    """

    __slots__ = ("tensor",)

    def __init__(self, slot: Array, shape: tuple[int, ...]) -> None:
        # The memoryview makes NumPy count views of this gradient as views of `slot` alone, not of the whole buffer.
        slot = np.frombuffer(slot.data, slot.dtype)
        self.tensor = wrap(slot[: math.prod(shape)].reshape(shape))

    def if_free(self) -> Tensor | None:
        return self.tensor if _holders(self) == _ALONE else None


def _holders(home: Home) -> tuple[int, int, int]:
    array = home.tensor.array
    return sys.getrefcount(home.tensor), sys.getrefcount(array), sys.getrefcount(array.base)


_ALONE = _holders(Home(np.zeros(1), (1,)))  # the counts of a gradient that only its home holds
