"""The random streams equal PyTorch's: same seed, same numbers, whatever is drawn in between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tinygrad_opt.generator import Generator

from .processor import torch_hands_bernoulli_to_mkl

torch = pytest.importorskip("torch")

SEEDS = [0, 1, 2, 7, 42, 123, 1234, 31337, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**32 + 5, 2**40 + 17]
SEEDS += [2**63, 2**64 - 1, -1, -(2**63), 67280421310721]
SIZES = [0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100, 623, 624, 625, 1000, 1023, 9999, 10_000]
BOUNDS = [(0.0, 1.0), (-1.0, 1.0), (-0.3, 0.3), (0.1, 0.7), (5.0, 5.1), (1e-3, 7e5), (2.0, 2.0), (-1e38, 1e38)]
DTYPES = [np.float32, np.float64]

# Elsewhere PyTorch may round low + (high - low) * u twice, and rounds the angles of float32 normals otherwise.
has_avx2 = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
NORMAL_TOLERANCE = {np.float32: 1e-6 if has_avx2 else 5e-6, np.float64: 1e-14}


def pair(seed: int) -> tuple[Generator, Any]:
    return Generator().manual_seed(seed), torch.Generator().manual_seed(seed)


def torch_dtype(dtype: type[np.floating[Any]]) -> Any:
    return {np.float32: torch.float32, np.float64: torch.float64}[dtype]


def assert_same(ours: np.ndarray, theirs: Any) -> None:
    assert ours.dtype == theirs.numpy().dtype
    np.testing.assert_array_equal(ours, theirs.numpy())


def assert_normals_close(ours: np.ndarray, theirs: Any, mean: float = 0.0, std: float = 1.0) -> None:
    tolerance = NORMAL_TOLERANCE[ours.dtype.type]
    assert ours.dtype == theirs.numpy().dtype
    np.testing.assert_allclose(ours, theirs.numpy(), rtol=tolerance, atol=tolerance * (std + abs(mean)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seed_reads_back_as_in_torch(seed: int) -> None:
    ours, theirs = pair(seed)
    assert ours.initial_seed() == theirs.initial_seed()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_equals_rand(seed: int, dtype: type[np.floating[Any]]) -> None:
    ours, theirs = pair(seed)
    for size in SIZES:
        assert_same(ours.uniform((size,), dtype=dtype), torch.rand(size, generator=theirs, dtype=torch_dtype(dtype)))


@pytest.mark.skipif(not has_avx2, reason="PyTorch may not fuse multiply and add on this processor")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_uniform_with_bounds_equals_uniform_(seed: int, dtype: type[np.floating[Any]]) -> None:
    ours, theirs = pair(seed)
    for low, high in [*BOUNDS, (-1e280, 1e280)] if dtype is np.float64 else BOUNDS:
        for size in (1, 17, 2_000):
            expected = torch.empty(size, dtype=torch_dtype(dtype)).uniform_(low, high, generator=theirs)
            assert_same(ours.uniform((size,), low, high, dtype), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_normal_equals_randn(seed: int, dtype: type[np.floating[Any]]) -> None:
    ours, theirs = pair(seed)
    for size in SIZES:
        expected = torch.randn(size, generator=theirs, dtype=torch_dtype(dtype))
        assert_normals_close(ours.normal((size,), dtype=dtype), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_normal_with_mean_and_std_equals_normal_(seed: int, dtype: type[np.floating[Any]]) -> None:
    ours, theirs = pair(seed)
    for mean, std in [(0.0, 0.02), (3.0, 0.5), (-100.0, 7.0), (1.5, 0.0)]:
        for size in (1, 5, 16, 50, 3_000):
            expected = torch.empty(size, dtype=torch_dtype(dtype)).normal_(mean, std, generator=theirs)
            assert_normals_close(ours.normal((size,), mean, std, dtype), expected, mean, std)


@pytest.mark.skipif(not has_avx2, reason="PyTorch may not fuse multiply and add on this processor")
@pytest.mark.parametrize("seed", SEEDS)
def test_small_float32_normals_equal_torch_bit_for_bit(seed: int) -> None:
    ours, theirs = pair(seed)
    for size in range(16):
        assert_same(ours.normal((size,)), torch.randn(size, generator=theirs))
        expected = torch.empty(size).normal_(0.3, 1.7, generator=theirs)
        assert_same(ours.normal((size,), 0.3, 1.7), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_integers_equal_randint_on_both_sides_of_the_32_bit_limit(seed: int) -> None:
    ours, theirs = pair(seed)
    ranges = [(0, 1), (0, 10), (-5, 5), (0, 2**28 - 1), (0, 2**28), (7, 2**28 + 6), (0, 2**32), (-(2**31), 2**31)]
    ranges += [(0, 2**63 - 1), (-(2**63), 2**63 - 1), (-(2**63), -(2**63) + 3)]
    for low, high in ranges:
        for size in (1, 17, 1_000):
            assert_same(ours.integers(low, high, (size,)), torch.randint(low, high, (size,), generator=theirs))


@pytest.mark.parametrize("seed", SEEDS)
def test_permutation_equals_randperm(seed: int) -> None:
    ours, theirs = pair(seed)
    for n in SIZES:
        assert_same(ours.permutation(n), torch.randperm(n, generator=theirs))


@pytest.mark.skipif(torch_hands_bernoulli_to_mkl(torch), reason="PyTorch draws bernoulli_ with MKL on this processor")
@pytest.mark.parametrize("seed", SEEDS)
def test_bernoulli_equals_bernoulli_(seed: int) -> None:
    ours, theirs = pair(seed)
    for p in (0.0, 0.1, 0.5, 0.9, 1.0):
        for size in (1, 16, 1_000):
            expected = torch.empty(size, dtype=torch.bool).bernoulli_(p, generator=theirs)
            assert_same(ours.bernoulli(p, (size,)), expected)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_array_of_probabilities_compares_uniforms_of_its_dtype(seed: int, dtype: type[np.floating[Any]]) -> None:
    ours, theirs = pair(seed)
    p = np.linspace(0, 1, 100, dtype=dtype)
    expected = torch.bernoulli(torch.from_numpy(p), generator=theirs)
    assert_same((ours.uniform(p.shape, dtype=p.dtype) < p).astype(dtype), expected)


@pytest.mark.parametrize("seed", SEEDS)
def test_interleaved_draws_stay_in_step(seed: int) -> None:
    ours, theirs = pair(seed)
    for _ in range(3):
        assert_same(ours.uniform((3, 4)), torch.rand(3, 4, generator=theirs))
        # An odd count leaves half a pair waiting, which no draw but a small normal may take.
        assert_normals_close(ours.normal((3,)), torch.randn(3, generator=theirs))
        assert_same(ours.integers(0, 100, (5,)), torch.randint(0, 100, (5,), generator=theirs))
        assert_same(ours.integers(0, 2**40, (5,)), torch.randint(0, 2**40, (5,), generator=theirs))
        assert_normals_close(ours.normal((2, 25)), torch.randn(2, 25, generator=theirs))
        assert_same(ours.permutation(50), torch.randperm(50, generator=theirs))
        expected = torch.randn(2, generator=theirs, dtype=torch.float64)
        assert_normals_close(ours.normal((2,), dtype=np.float64), expected)
        assert_same(ours.uniform((7,), dtype=np.float64), torch.rand(7, generator=theirs, dtype=torch.float64))


def test_reseeding_drops_the_waiting_normal() -> None:
    ours, theirs = pair(5)
    ours.normal((1,))
    torch.randn(1, generator=theirs)
    assert_same(ours.manual_seed(5).normal((2,)), torch.randn(2, generator=theirs.manual_seed(5)))


@pytest.mark.parametrize("drawn", [0, 1, 100, 623, 625, 2_000])
def test_a_state_has_the_bytes_of_torchs(drawn: int) -> None:
    ours, theirs = pair(11)
    ours.uniform((drawn,))
    torch.rand(drawn, generator=theirs)
    np.testing.assert_array_equal(ours.get_state(), theirs.get_state().numpy())


def test_a_state_with_a_waiting_normal_moves_between_the_libraries() -> None:
    ours, theirs = pair(11)
    torch.randn(3, generator=theirs)
    ours.set_state(theirs.get_state().numpy())
    assert ours.initial_seed() == 11
    assert_same(ours.normal((3,)), torch.randn(3, generator=theirs))

    ours.uniform((1_000,))
    theirs.set_state(torch.from_numpy(ours.get_state()))
    assert_same(ours.normal((3,)), torch.randn(3, generator=theirs))
    assert_same(ours.uniform((10,)), torch.rand(10, generator=theirs))


def test_a_state_whose_last_word_was_just_drawn_moves_between_the_libraries() -> None:
    ours, theirs = pair(11)
    torch.rand(624, generator=theirs)
    ours.set_state(theirs.get_state().numpy())
    assert_same(ours.uniform((10,)), torch.rand(10, generator=theirs))

    ours, theirs = pair(11)
    ours.uniform((624,))
    theirs.set_state(torch.from_numpy(ours.get_state()))
    assert_same(ours.uniform((10,)), torch.rand(10, generator=theirs))


BAD_CALLS = {
    "uniform with low above high": (
        lambda g: g.uniform((2,), 1.0, 0.0),
        lambda g: torch.empty(2).uniform_(1.0, 0.0, generator=g),
    ),
    "uniform with infinite bound": (
        lambda g: g.uniform((2,), 0.0, float("inf")),
        lambda g: torch.empty(2).uniform_(0.0, float("inf"), generator=g),
    ),
    "uniform with too wide a range": (
        lambda g: g.uniform((2,), -3e38, 3e38),
        lambda g: torch.empty(2).uniform_(-3e38, 3e38, generator=g),
    ),
    "uniform of integers": (
        lambda g: g.uniform((2,), dtype=np.int64),
        lambda g: torch.rand(2, dtype=torch.int64, generator=g),
    ),
    "uniform of negative size": (lambda g: g.uniform((2, -1)), lambda g: torch.rand(2, -1, generator=g)),
    "uniform of fractional size": (lambda g: g.uniform((2.5,)), lambda g: torch.rand(2.5, generator=g)),
    "normal with negative std": (
        lambda g: g.normal((2,), 0.0, -1.0),
        lambda g: torch.empty(2).normal_(0.0, -1.0, generator=g),
    ),
    "normal with nan std": (
        lambda g: g.normal((2,), 0.0, float("nan")),
        lambda g: torch.empty(2).normal_(0.0, float("nan"), generator=g),
    ),
    "normal of integers": (
        lambda g: g.normal((2,), dtype=np.int64),
        lambda g: torch.randn(2, dtype=torch.int64, generator=g),
    ),
    "integers from an empty range": (
        lambda g: g.integers(3, 3, (2,)),
        lambda g: torch.randint(3, 3, (2,), generator=g),
    ),
    "integers beyond int64": (
        lambda g: g.integers(0, 2**63, (2,)),
        lambda g: torch.randint(0, 2**63, (2,), generator=g),
    ),
    "integers up to a float": (
        lambda g: g.integers(0, 2.5, (2,)),
        lambda g: torch.randint(0, 2.5, (2,), generator=g),
    ),
    "permutation of a negative number": (lambda g: g.permutation(-1), lambda g: torch.randperm(-1, generator=g)),
    "permutation of a float": (lambda g: g.permutation(2.0), lambda g: torch.randperm(2.0, generator=g)),
    "bernoulli with p above one": (
        lambda g: g.bernoulli(1.5, (2,)),
        lambda g: torch.empty(2).bernoulli_(1.5, generator=g),
    ),
    "bernoulli with nan": (
        lambda g: g.bernoulli(float("nan"), (2,)),
        lambda g: torch.empty(2).bernoulli_(float("nan"), generator=g),
    ),
    "seed of a float": (lambda g: g.manual_seed(1.0), lambda g: g.manual_seed(1.0)),
    "seed of a bool": (lambda g: g.manual_seed(True), lambda g: g.manual_seed(True)),
    "seed too large": (lambda g: g.manual_seed(2**64), lambda g: g.manual_seed(2**64)),
    "state too short": (
        lambda g: g.set_state(g.get_state()[:-1]),
        lambda g: g.set_state(g.get_state()[:-1]),
    ),
    "state of floats": (
        lambda g: g.set_state(g.get_state().astype(np.float32)),
        lambda g: g.set_state(g.get_state().float()),
    ),
    "state of zeros": (
        lambda g: g.set_state(np.zeros(5056, np.uint8)),
        lambda g: g.set_state(torch.zeros(5056, dtype=torch.uint8)),
    ),
    "state of another kind": (lambda g: g.set_state(3), lambda g: g.set_state(3)),
}


@pytest.mark.parametrize(("ours", "theirs"), BAD_CALLS.values(), ids=BAD_CALLS.keys())
def test_errors_are_of_torchs_class(ours: Any, theirs: Any) -> None:
    with pytest.raises((TypeError, ValueError, RuntimeError, IndexError)) as expected:
        theirs(torch.Generator())
    with pytest.raises(expected.type):
        ours(Generator())
