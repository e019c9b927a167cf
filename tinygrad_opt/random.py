"""Random tensors: PyTorch's functions, and for the same seed PyTorch's numbers (see generator.py for how nearly)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .autograd.graph import wrap
from .autograd.promotion import get_default_dtype
from .creation import check_device, size_of
from .generator import Generator, default_generator
from .tensor import Tensor


def _of(generator: Generator | None) -> Generator:
    return default_generator if generator is None else generator


def rand(
    size: Any,
    *more: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Uniform numbers in [0, 1), as torch.rand.

    >>> _ = torch.manual_seed(0)
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])
    """
    check_device("rand", device)
    array = _of(generator).uniform(size_of("rand", size, more), dtype=np.dtype(dtype or get_default_dtype()))
    return wrap(array).requires_grad_(requires_grad)


def randn(
    size: Any,
    *more: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from the normal distribution of mean 0 and variance 1, as torch.randn."""
    check_device("randn", device)
    array = _of(generator).normal(size_of("randn", size, more), dtype=np.dtype(dtype or get_default_dtype()))
    return wrap(array).requires_grad_(requires_grad)


def randint(
    low: Any = 0, high: Any = None, size: Any = None, *, generator: Generator | None = None, dtype: Any = None
) -> Tensor:
    """Integers from `low` up to but without `high`, int64 unless told: randint(high, size) or randint(low, high, size).

    As torch.randint.
    """
    if size is None:
        low, high, size = 0, low, high
    return wrap(
        _of(generator).integers(low, high, size_of("randint", size)).astype(np.dtype(dtype or np.int64), copy=False)
    )


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = None) -> Tensor:
    """The numbers 0 to n - 1 in random order, int64 unless told; as torch.randperm."""
    return wrap(_of(generator).permutation(n).astype(np.dtype(dtype or np.int64), copy=False))


def rand_like(input: Tensor, *, dtype: Any = None) -> Tensor:
    """`rand` of the shape and dtype of `input`."""
    return rand(input.array.shape, dtype=dtype or input.array.dtype)


def randn_like(input: Tensor, *, dtype: Any = None) -> Tensor:
    """`randn` of the shape and dtype of `input`."""
    return randn(input.array.shape, dtype=dtype or input.array.dtype)


def normal(mean: float, std: float, size: Any, *, generator: Generator | None = None, dtype: Any = None) -> Tensor:
    """Numbers from the normal distribution of the given mean and standard deviation, as torch.normal."""
    dtype = np.dtype(dtype or get_default_dtype())
    return wrap(_of(generator).normal(size_of("normal", size), mean, std, dtype))


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element gives, else 0; as torch.bernoulli."""
    p = input.array
    if p.size and not (p.min() >= 0 and p.max() <= 1):
        raise RuntimeError(f"Expected p_in >= 0 && p_in <= 1 to be true: bernoulli() of {p.min()} to {p.max()}")
    return wrap((_of(generator).uniform(p.shape, dtype=p.dtype) < p).astype(p.dtype))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """For each row of weights `num_samples` positions, drawn as likely as the weights are large. As torch.multinomial.

    A position comes at most once, unless with `replacement`. RuntimeError if a weight is negative or not finite, if a
    row has none above 0, or if more are to be drawn than there are.

    >>> _ = torch.manual_seed(0)
    >>> torch.multinomial(torch.tensor([1.0, 2.0, 1.0]), 5, replacement=True)
    tensor([2, 1, 1, 2, 1])
    """
    p = input.array
    if p.ndim not in (1, 2) or p.dtype.kind != "f":
        raise RuntimeError(f"multinomial(): expects one or two dimensions of floats, got {p.dtype} of shape {p.shape}")
    if not (np.isfinite(p) & (p >= 0)).all():
        raise RuntimeError("multinomial(): probability tensor contains either `inf`, `nan` or element < 0")
    if not (p.sum(axis=-1) > 0).all():
        raise RuntimeError("multinomial(): invalid multinomial distribution (sum of probabilities <= 0)")
    if not 0 < num_samples <= (p.shape[-1] if not replacement else num_samples):
        raise RuntimeError(f"multinomial(): cannot sample {num_samples} of {p.shape[-1]}, replacement={replacement}")
    if replacement and num_samples > 1:
        cumulative = np.cumsum(p, axis=-1, dtype=p.dtype)
        cumulative /= cumulative[..., -1:]
        u = _of(generator).uniform((*p.shape[:-1], num_samples), dtype=np.float64)
        rows = zip(cumulative.reshape(-1, p.shape[-1]), u.reshape(-1, num_samples), strict=True)
        return wrap(np.array([np.searchsorted(c, draws) for c, draws in rows]).reshape(u.shape))
    waiting = -np.log1p(-_of(generator).uniform(p.shape, dtype=np.float64)).astype(p.dtype)  # exponentially distributed
    with np.errstate(divide="ignore"):
        order = np.argsort(-(p / waiting), axis=-1, kind="stable")  # who comes first in a race at the rates p
    return wrap(np.ascontiguousarray(order[..., :num_samples]))
