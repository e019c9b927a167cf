"""Where an optimizer wants a parameter's gradient: a place in its flat buffer, used only while nobody holds it."""

from __future__ import annotations

import math
from sys import getrefcount

import numpy as np

from .graph import wrap
from .memory import Array


class Home:
    """One gradient's place in a flat buffer: the first elements of `slot`, which is not empty, as `tensor`.

    It may be written to while `holders()` equals ALONE. Otherwise somebody still holds the gradient that was last
    written there (a user comparing two gradients, a graph that saved it): then backward() makes a new array instead,
    which the optimizer takes as it is.
    """

    __slots__ = ("tensor",)

    def __init__(self, slot: Array, shape: tuple[int, ...]) -> None:
        # frombuffer makes NumPy count views of this gradient as views of `slot` alone, not of the whole buffer.
        slot = np.frombuffer(slot.data, slot.dtype)
        self.tensor = wrap(slot[: math.prod(shape)].reshape(shape))

    def holders(self) -> tuple[int, int, int]:
        """The reference counts of the tensor, its array, and the array behind that, which counts views of it."""
        array = self.tensor.array
        return getrefcount(self.tensor), getrefcount(array), getrefcount(array.base)


ALONE = Home(np.zeros(1), (1,)).holders()  # the counts of a gradient that only its home holds
