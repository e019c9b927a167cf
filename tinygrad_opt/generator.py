"""Random numbers: PyTorch's CPU streams, on NumPy arrays.

A seed gives here the numbers it gives in PyTorch, so a model can be initialised and a dataset
shuffled identically in both. The source of all of them is one Mersenne Twister handing out 32-bit
words; each draw below takes as many words as PyTorch takes, in the same order, whatever was drawn before.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.floating[Any]]

DEFAULT_SEED = 67280421310721

_WORDS = 624  # 32-bit words in the Mersenne Twister's state
_BLOCK = 16  # PyTorch draws normals in blocks of 16, and arrays smaller than one block element by element

# The bytes of torch.Generator.get_state(), so that a state can move between the two libraries.
_STATE = np.dtype(
    [
        ("seed", "<u8"),
        ("words_left", "<i4"),  # until the twister renews its words, counting the next call
        ("seeded", "<i4"),
        ("next_word", "<u8"),
        ("words", "<u8", (_WORDS,)),
        ("unused_normal_x", "<f8"),
        ("cached_normal", "<f8"),
        ("unused_normal_rho", "<f8"),
        ("has_cached_normal", "<i4"),
        ("unused_float_normal", "u1", (12,)),
    ]
)


class Generator:
    """A random stream of its own: equal seeds give equal numbers, here and in ``torch.Generator``.

    A new generator starts from PyTorch's default seed, not from a random one.

        >>> Generator().initial_seed()
        67280421310721
        >>> generator = Generator().manual_seed(0)
        >>> [round(value, 4) for value in generator.uniform((3,)).tolist()]
        [0.4963, 0.7682, 0.0885]
        >>> generator.integers(0, 10, (4,)).tolist()
        [0, 3, 9, 7]
    """

    def __init__(self) -> None:
        self.manual_seed(DEFAULT_SEED)

    @cached_property
    def _twister(self) -> np.random.MT19937:
        """The source of words, made at the first draw: numpy.random would double the package's own import time."""
        twister = np.random.MT19937(0)
        # RandomState seeds as PyTorch does, from a single 32-bit word; MT19937(seed) would hash the seed first.
        np.random.RandomState(twister).seed(self._initial_seed % 2**32)
        return twister

    def manual_seed(self, seed: int) -> Generator:
        """Restart the stream at ``seed`` and return the generator; a negative seed counts down from 2**64.

        Raises RuntimeError if ``seed`` is not an int, ValueError if it is outside [-2**63, 2**64).
        """
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
            raise RuntimeError(
                f"manual_seed: seed must be an int, got {type(seed).__name__} {seed!r}; write manual_seed(int(seed))"
            )
        seed = int(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"manual_seed: seed must be in [-2**63, 2**64), got {seed}; write seed % 2**64")
        self._initial_seed = seed % 2**64
        self.__dict__.pop("_twister", None)
        self._cached_normal: float | None = None
        return self

    def seed(self) -> int:
        """Restart the stream at a seed taken from the operating system, and return that seed."""
        self.manual_seed(int.from_bytes(os.urandom(8)))
        return self._initial_seed

    def draw_seed(self) -> int:
        """A seed for another generator, in [0, 2**63). Equals ``torch.empty((), dtype=torch.int64).random_()``."""
        return int(self._words64(1)[0]) % 2**63

    def initial_seed(self) -> int:
        """The seed the stream was last started from, in [0, 2**64)."""
        return self._initial_seed

    def get_state(self) -> npt.NDArray[np.uint8]:
        """The whole state as 5056 bytes. Equals ``torch.Generator.get_state()``: either library reads the other's.

        >>> generator = Generator()
        >>> state = generator.get_state()
        >>> first = generator.uniform((3,))
        >>> bool((generator.set_state(state).uniform((3,)) == first).all())
        True
        """
        twister = self._twister.state["state"]
        state = np.zeros(1, _STATE)
        state["seed"] = self._initial_seed
        state["words_left"] = _WORDS + 1 - twister["pos"]
        state["seeded"] = 1
        state["next_word"] = twister["pos"] % _WORDS
        state["words"] = twister["key"]
        if self._cached_normal is not None:
            state["has_cached_normal"] = 1
            state["cached_normal"] = self._cached_normal
        return state.view(np.uint8)

    def set_state(self, state: npt.NDArray[np.uint8]) -> Generator:
        """Continue from a state that ``get_state`` returned, and return the generator.

        Raises TypeError if ``state`` is not a uint8 array, RuntimeError if its bytes are no state; the
        generator is unchanged then.
        """
        if not isinstance(state, np.ndarray) or state.dtype != np.uint8:
            kind = f"{state.dtype} array" if isinstance(state, np.ndarray) else type(state).__name__
            raise TypeError(f"set_state: state must be a uint8 array, got {kind}; pass what get_state() returned")
        if state.shape != (_STATE.itemsize,):
            raise RuntimeError(
                f"set_state: state must have shape ({_STATE.itemsize},), got {state.shape}; "
                "pass what get_state() returned"
            )
        fields = np.frombuffer(state.tobytes(), _STATE)[0]
        words, next_word, position = fields["words"], int(fields["next_word"]), _WORDS + 1 - int(fields["words_left"])
        # After the last word comes either 624 or, in a state fresh from a seed, 0.
        consistent = 1 <= position <= _WORDS and next_word in (position, position % _WORDS)
        if not (fields["seeded"] == 1 and consistent and 0 < words.max() < 2**32):
            raise RuntimeError(
                f"set_state: not a Mersenne Twister state: seeded={fields['seeded']}, next_word={next_word}, "
                f"words_left={fields['words_left']}, largest word {words.max()}; pass what get_state() returned"
            )
        key = words.astype(np.uint32)
        self._twister.state = {"bit_generator": "MT19937", "state": {"key": key, "pos": position}}
        self._initial_seed = int(fields["seed"])
        self._cached_normal = float(fields["cached_normal"]) if fields["has_cached_normal"] else None
        return self

    def uniform(
        self, shape: Sequence[int], low: float = 0.0, high: float = 1.0, dtype: npt.DTypeLike = np.float32
    ) -> Floats:
        """Uniform numbers in [low, high). Equals ``torch.rand`` and ``Tensor.uniform_`` bit for bit.

        With bounds other than 0 and 1 that takes a processor on which PyTorch fuses multiply and add, such as
        one with AVX2; elsewhere the last bit may differ.

        Raises RuntimeError unless ``low <= high`` and both, and their difference, are finite in ``dtype``.
        """
        dtype = _check_float("uniform", dtype)
        largest = float(np.finfo(dtype).max)
        if not (-largest <= low <= high <= largest and high - low <= largest):
            raise RuntimeError(
                f"uniform: bounds must satisfy low <= high with a finite {dtype} difference, "
                f"got low={low} and high={high}; write uniform(shape, low=smaller, high=larger)"
            )
        shape = _check_shape("uniform", shape)
        values = self._unit_uniform(math.prod(shape), dtype)
        if (low, high) != (0, 1):
            low, high = dtype.type(low), dtype.type(high)
            values = _scale_and_shift(values, float(high - low), float(low))
            values[values == high] = low  # rounding may reach the bound that the interval leaves out
        return values.reshape(shape)

    def normal(
        self, shape: Sequence[int], mean: float = 0.0, std: float = 1.0, dtype: npt.DTypeLike = np.float32
    ) -> Floats:
        """Normal numbers. Equals ``torch.randn`` and ``Tensor.normal_`` to 1e-6 of ``std`` (float64: 1e-14).

        Arrays of fewer than 16 elements are equal bit for bit; in larger ones the logarithms, sines and
        cosines are NumPy's, and without AVX2, where PyTorch rounds angles otherwise, float32 agrees to 5e-6.

        Raises RuntimeError if ``std`` is negative or nan.
        """
        dtype = _check_float("normal", dtype)
        if not std >= 0:
            raise RuntimeError(f"normal: std must be >= 0, got {std}; write std=abs(std)")
        shape = _check_shape("normal", shape)
        count = math.prod(shape)
        if count < _BLOCK:
            values: Floats = np.array([self._next_normal() for _ in range(count)], np.float64)
        else:
            values = self._normal_blocks(count, dtype)
        if (mean, std) != (0, 1):
            values = _scale_and_shift(values, std, mean)
        return values.astype(dtype, copy=False).reshape(shape)

    def integers(self, low: int, high: int, shape: Sequence[int]) -> npt.NDArray[np.int64]:
        """Integers in [low, high). Equals ``torch.randint`` of PyTorch 2.7 and later exactly.

        Raises RuntimeError if ``low >= high``, ValueError if a bound is not an int64, TypeError if it is not an int.
        """
        low, high = _check_int("integers: low", low), _check_int("integers: high", high)
        if not (-(2**63) <= low < 2**63 and -(2**63) <= high < 2**63):
            raise ValueError(f"integers: bounds must be in [-2**63, 2**63), got low={low} and high={high}; narrow them")
        if low >= high:
            raise RuntimeError(f"integers: low must be below high, got low={low} and high={high}; write high > low")
        shape = _check_shape("integers", shape)
        count = math.prod(shape)
        # A remainder is only nearly uniform: a wide range needs a wide word to keep the excess small.
        words = self._words64(count) if high - low >= 2**28 else self._twister.random_raw(count)
        # Unsigned sums wrap modulo 2**64, so a negative low needs no case of its own.
        return (words % np.uint64(high - low) + np.uint64(low % 2**64)).view(np.int64).reshape(shape)

    def permutation(self, n: int) -> npt.NDArray[np.int64]:
        """The integers 0 to n - 1, shuffled. Equals ``torch.randperm(n)`` exactly.

        Raises RuntimeError if ``n`` is negative, and NotImplementedError from 214,748,364 (``2**32 // 20``) on,
        where PyTorch changes to another algorithm.
        """
        n = _check_int("permutation: n", n)
        if n < 0:
            raise RuntimeError(f"permutation: n must be >= 0, got {n}; write permutation(0) for an empty one")
        if n >= 2**32 // 20:
            raise NotImplementedError(f"permutation: n must be below {2**32 // 20}, got {n}; shuffle in smaller parts")
        # Fisher and Yates: position i swaps with one of the n - i positions from i on.
        positions = np.arange(max(n - 1, 0))
        partners = positions + (self._twister.random_raw(positions.size) % (n - positions).astype(np.uint64)).astype(
            np.int64
        )
        order = list(range(n))  # a swap of list items is several times quicker than one of array elements
        for position, partner in enumerate(partners.tolist()):
            order[position], order[partner] = order[partner], order[position]
        return np.array(order, np.int64)

    def bernoulli(self, p: float, shape: Sequence[int]) -> npt.NDArray[np.bool_]:
        """True with probability ``p``. Equals ``Tensor.bernoulli_(p)`` exactly, except on Intel processors.

        There PyTorch leaves this one draw to the MKL library's own stream; elsewhere it is, as here,
        ``uniform < p`` in float64. For an array of probabilities PyTorch compares uniforms of its dtype:
        write ``generator.uniform(p.shape, dtype=p.dtype) < p``.

        Raises RuntimeError if ``p`` is outside [0, 1].
        """
        if not 0 <= p <= 1:
            raise RuntimeError(f"bernoulli: p must be in [0, 1], got {p}; write min(max(p, 0), 1)")
        return self.uniform(shape, dtype=np.float64) < p

    def _words64(self, count: int) -> npt.NDArray[np.uint64]:
        halves = self._twister.random_raw(2 * count)
        return (halves[0::2] << np.uint64(32)) | halves[1::2]

    def _unit_uniform(self, count: int, dtype: np.dtype[Any]) -> Floats:
        """Uniform numbers in [0, 1): as many random bits as the significand of ``dtype`` holds."""
        if dtype == np.float32:
            return (self._twister.random_raw(count) & (2**24 - 1)).astype(np.float32) * np.float32(2**-24)
        return (self._words64(count) & (2**53 - 1)) * 2.0**-53

    def _next_normal(self) -> float:
        """One standard normal number: a Box-Muller pair gives two, and the second waits for the next call."""
        if self._cached_normal is not None:
            normal, self._cached_normal = self._cached_normal, None
            return normal
        turn, tail = self._unit_uniform(2, np.dtype(np.float64)).tolist()
        radius, angle = math.sqrt(-2.0 * math.log1p(-tail)), 2.0 * math.pi * turn
        self._cached_normal = radius * math.sin(angle)
        return radius * math.cos(angle)

    def _normal_blocks(self, count: int, dtype: np.dtype[Any]) -> Floats:
        """At least 16 standard normal numbers, a block of 16 at a time."""
        remainder = count % _BLOCK
        uniforms = self._unit_uniform(count, dtype)
        normals = _box_muller(uniforms[: count - remainder])
        if not remainder:
            return normals
        # An incomplete last block is not filled from its own uniforms: PyTorch draws the last 16 elements anew.
        return np.concatenate([normals[: count - _BLOCK], _box_muller(self._unit_uniform(_BLOCK, dtype))])


default_generator = Generator()


def manual_seed(seed: int) -> Generator:
    """Restart ``default_generator`` at ``seed`` and return it; see ``Generator.manual_seed``.

    >>> manual_seed(3).initial_seed()
    3
    """
    return default_generator.manual_seed(seed)


def _box_muller(uniforms: Floats) -> Floats:
    """Standard normal numbers from as many uniform ones, each block of 16 from 8 radii and then 8 angles."""
    pairs = uniforms.reshape(-1, 2, _BLOCK // 2)
    radius = np.sqrt(-2 * np.log(1 - pairs[:, 0]))
    angle = 2 * math.pi * pairs[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)


def _scale_and_shift(values: Floats, scale: float, shift: float) -> Floats:
    """``values * scale + shift`` rounded once, as by the fused multiply-add that PyTorch compiles it to."""
    if values.dtype == np.float32:
        # The product of two float32 numbers is exact in float64.
        return (values.astype(np.float64) * scale + shift).astype(np.float32)
    product = values * scale
    total = product + shift
    if not max(abs(scale), abs(shift)) < 1e290:
        return total  # too large to be split into halves
    # The rounding errors of the product, by Dekker's halves, and of the sum, by Knuth's two-sum.
    value_high, value_low = _halves(values)
    scale_high, scale_low = _halves(np.array(scale))
    error = (value_high * scale_high - product) + value_high * scale_low + value_low * scale_high
    error += value_low * scale_low
    added = total - product
    error += (product - (total - added)) + (shift - added)
    return total + error


def _halves(values: Floats) -> tuple[Floats, Floats]:
    """``values`` as the sum of two float64 arrays of 26 significant bits each, whose products are exact."""
    spread = values * (2.0**27 + 1)
    high = spread - (spread - values)
    return high, values - high


def _check_float(operation: str, dtype: npt.DTypeLike) -> np.dtype[Any]:
    dtype = np.dtype(dtype)
    if dtype not in (np.float32, np.float64):
        raise NotImplementedError(
            f"{operation}: dtype must be float32 or float64, got {dtype}; draw float32 and convert with astype({dtype})"
        )
    return dtype


def _check_int(name: str, value: int) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, got {type(value).__name__} {value!r}; write int({value!r})") from None


def _check_shape(operation: str, shape: Sequence[int]) -> tuple[int, ...]:
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        raise TypeError(
            f"{operation}: shape must be a tuple of ints, got {shape!r}; write (3,) for 3 elements"
        ) from None
    if any(size < 0 for size in sizes):
        raise RuntimeError(f"{operation}: shape must not have negative sizes, got {sizes}; write 0 for an empty array")
    return sizes
