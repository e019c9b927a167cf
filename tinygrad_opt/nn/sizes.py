"""Sizes as layers take them: one number for every axis of space, or a number for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Size = int | Sequence[int]


def one_for_each(value: Any, d: int) -> tuple[Any, ...]:
    """`value` for each of `d` axes; a sequence as a tuple, whatever its length."""
    return tuple(value) if isinstance(value, Sequence) else (value,) * d


def checked(name: str, option: str, value: Any, d: int) -> tuple[int, ...]:
    """`value` as `d` integers; RuntimeError for another number of them, TypeError for anything else."""
    sizes = one_for_each(value, d)
    if len(sizes) == 1:
        sizes *= d
    if not all(isinstance(n, int) for n in sizes):
        raise TypeError(f"{name}(): {option} must be an int or a tuple of ints, not {value!r}")
    if len(sizes) != d:
        raise RuntimeError(
            f"expected {option} to be a single integer value or a list of {d} values to match the convolution "
            f"dimensions, but got {option}={list(sizes)}: {name}()"
        )
    return sizes
