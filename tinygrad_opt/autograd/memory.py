"""Who wrote where, and when: how backward() knows that a saved array was changed after it was saved.

There is one clock for everything: a node takes its time when it is made, a write in place takes its time when it
happens, and is noted for the memory's owner, weakly, with the bytes it touched. Backward looks closer only at nodes
older than the latest write of all.
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

Array = np.ndarray[tuple[int, ...], np.dtype[Any]]

tick = itertools.count(1).__next__

latest_write = 0
_MAX_REGIONS = 256  # beyond this many written regions of one array, they are taken as one
_writes: dict[int, tuple[weakref.ref[Array], dict[tuple[int, int], int]]] = {}


def owner(array: Array) -> Array:
    """The array that owns the memory `array` looks at."""
    base = array.base
    while base is not None:
        if isinstance(base, memoryview):
            base = base.obj
        elif not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # what stands between an array and its windows (as_strided)
        if not isinstance(base, np.ndarray):
            break
        array, base = base, base.base
    return array


class Region:
    """A stretch of memory: the owner of an array, and the bytes the array looks at."""

    __slots__ = ("bounds", "regions")

    def __init__(self, array: Array) -> None:
        home = owner(array)
        key = id(home)
        if key not in _writes:
            _writes[key] = weakref.ref(home, lambda _: _writes.pop(key, None)), {}
        self.regions = _writes[key][1]
        self.bounds = byte_bounds(array)

    def touch(self) -> None:
        """Note that it has just been written in place."""
        global latest_write
        latest_write = tick()
        if len(self.regions) >= _MAX_REGIONS and self.bounds not in self.regions:
            bounds = min(low for low, _ in self.regions), max(high for _, high in self.regions)
            self.regions.clear()
            self.regions[bounds] = latest_write
        self.regions[self.bounds] = latest_write


def touch(array: Array) -> None:
    """Note that `array` has just been written in place."""
    Region(array).touch()


def written_since(array: Array, time: int) -> bool:
    """Whether any byte `array` may look at was written in place after `time`."""
    note = _writes.get(id(owner(array)))
    if note is None:
        return False
    low, high = byte_bounds(array)
    return any(stamp > time and lo < high and low < hi for (lo, hi), stamp in note[1].items())
