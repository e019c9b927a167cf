"""A parameter's home in an optimizer's flat memory: a slot for its values, and one for its gradient.

Memory is written over only while nobody else holds it, which is read off the reference counts. NumPy counts a view as
one of the array that owns the memory; the slots are made by frombuffer, so that views of a slot count as views of it.
"""

from __future__ import annotations

import math
from sys import getrefcount

import numpy as np

from .graph import wrap
from .memory import Array


class Home:
    """One parameter's places in two flat buffers: the first elements of `data` and `grad`, which are not empty.

    `slot` is the memory for the values. `tensor` is the gradient, which may be written to while `holders()` equals
    ALONE. Otherwise somebody still holds the gradient that was last written there (a user comparing two gradients, a
    graph that saved it): then backward() makes a new array instead, which the optimizer takes as it is.
    """

    __slots__ = ("slot", "tensor")

    def __init__(self, data: Array, grad: Array, shape: tuple[int, ...]) -> None:
        self.slot: Array = np.frombuffer(data.data, data.dtype)
        own = np.frombuffer(grad.data, grad.dtype)
        self.tensor = wrap(own[: math.prod(shape)].reshape(shape))

    def slot_is_free(self) -> bool:
        """Whether nobody looks at the memory for the values."""
        return getrefcount(self.slot) <= _FREE

    def holders(self) -> tuple[int, int, int]:
        """The reference counts of the gradient, its array, and the array behind that, which counts views of it."""
        array = self.tensor.array
        return getrefcount(self.tensor), getrefcount(array), getrefcount(array.base)


_sample = Home(np.zeros(1), np.zeros(1), (1,))
ALONE = _sample.holders()  # the counts of a gradient that only its home holds
_FREE = getrefcount(_sample.slot)
