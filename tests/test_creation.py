"""Tensors from data, sequences and random numbers: shapes, dtypes, what is copied, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (1, np.int64, ()),
        (1.5, np.float32, ()),
        (True, np.bool_, ()),
        ([1, 2], np.int64, (2,)),
        ([1, 2.5], np.float32, (2,)),
        ([[1.0], [2.0]], np.float32, (2, 1)),
        ([True, False], np.bool_, (2,)),
        ([], np.float32, (0,)),
        ([[], []], np.float32, (2, 0)),
        ((1, (2)), np.int64, (2,)),
        (range(3), np.int64, (3,)),
        (np.float64(1.5), np.float64, ()),
        (np.arange(3.0), np.float64, (3,)),
        (np.arange(3, dtype=np.int16), np.int16, (3,)),
        ([np.arange(2.0), np.arange(2.0)], np.float64, (2, 2)),
        ([np.float32(1), np.float32(2)], np.float32, (2,)),
        (torch.tensor([1.5]), np.float32, (1,)),
        ([torch.tensor(1.5), torch.tensor(2.5)], np.float32, (2,)),
        ([[torch.tensor(1)], [2]], np.int64, (2, 1)),
    ],
)
def test_data_becomes_a_tensor_of_the_dtype_it_implies(data: Any, dtype: Any, shape: Any) -> None:
    t = torch.tensor(data)
    assert (t.dtype, t.shape, t.requires_grad) == (dtype, shape, False)


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        ([[1, 2], [3]], ValueError, "nested sequences"),
        ("abc", TypeError, "numbers or booleans"),
        ([1, "a"], TypeError, "numbers or booleans"),
        (None, RuntimeError, "numbers or booleans"),
        (object(), RuntimeError, "numbers or booleans"),
        ([2**63], ValueError, "too large"),
        (2**70, RuntimeError, "numbers or booleans"),
    ],
)
def test_what_is_no_number_is_refused(data: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        torch.tensor(data)


def test_a_number_that_its_dtype_cannot_hold_is_refused() -> None:
    with pytest.raises(RuntimeError, match="without overflow"):
        torch.tensor([300], dtype=torch.uint8)


def test_tensor_copies_and_from_numpy_and_as_tensor_share() -> None:
    array = np.zeros(3)
    copied, shared, also = torch.tensor(array), torch.from_numpy(array), torch.as_tensor(array)
    array[0] = 1
    assert (copied[0].item(), shared[0].item(), also[0].item()) == (0, 1, 1)
    assert torch.as_tensor(shared) is shared
    assert torch.as_tensor(array, dtype=torch.float32).dtype == torch.float32
    assert torch.as_tensor([1, 2]).tolist() == [1, 2]
    assert not np.may_share_memory(torch.tensor(shared).numpy(), array)


@pytest.mark.parametrize("data", [[1, 2], torch.zeros(1), 3, None])
def test_from_numpy_takes_arrays_only(data: Any) -> None:
    with pytest.raises(TypeError, match=r"expected np\.ndarray"):
        torch.from_numpy(data)


def test_from_numpy_refuses_arrays_of_other_things() -> None:
    with pytest.raises(TypeError, match="can't convert"):
        torch.from_numpy(np.array(["a"]))


def test_tensor_of_a_number_takes_the_default_dtype() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert torch.tensor(1.5).dtype == torch.float64
        assert torch.zeros(2).dtype == torch.float64
        assert torch.arange(0, 1, 0.5).dtype == torch.float64
        assert (torch.tensor(1) / 2).dtype == torch.float64
        assert torch.rand(2).dtype == torch.float64
        assert "dtype" not in repr(torch.zeros(2))
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.tensor(1.5).dtype == torch.float32
    with pytest.raises(TypeError, match="floating"):
        torch.set_default_dtype(torch.int64)


@pytest.mark.parametrize("make", [torch.zeros, torch.ones, torch.empty, torch.rand, torch.randn])
def test_sizes_are_given_one_by_one_or_together(make: Any) -> None:
    for t in [
        make(2, 3),
        make((2, 3)),
        make([2, 3]),
        make(size=(2, 3)),
        make(torch.zeros(2, 3).shape),
        make(np.int64(2), 3),
    ]:
        assert (t.shape, t.dtype) == ((2, 3), np.float32)
    assert make(()).shape == ()
    assert make(0, 2).shape == (0, 2)
    t = make(2, dtype=torch.float64, device="cpu", requires_grad=True)
    assert (t.dtype, t.requires_grad, t.is_leaf) == (np.float64, True, True)


@pytest.mark.parametrize(
    "make", [torch.zeros, torch.ones, torch.empty, torch.rand, torch.randn, lambda n: torch.full((n,), 1)]
)
def test_bad_sizes_and_devices_are_refused(make: Any) -> None:
    with pytest.raises(RuntimeError, match=r"\(\): Dimension size must be non-negative, got \[-1\]"):
        make(-1)
    with pytest.raises(TypeError, match="integer"):
        make(2.5)


@pytest.mark.parametrize("make", [torch.zeros, torch.ones, torch.rand, torch.randn])
def test_there_is_no_device_but_the_cpu(make: Any) -> None:
    with pytest.raises(RuntimeError, match="there is no device 'cuda' here"):
        make(2, device="cuda")


def test_values_of_the_constant_tensors() -> None:
    assert torch.zeros(2).tolist() == [0, 0]
    assert torch.ones(2, dtype=torch.int64).tolist() == [1, 1]
    assert torch.full((2,), 7).dtype == np.int64
    assert torch.full((2, 1), 0.5).tolist() == [[0.5], [0.5]]
    assert torch.full((), True).dtype == np.bool_
    assert torch.eye(2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert torch.eye(2).dtype == np.float32
    with pytest.raises(RuntimeError, match="greater or equal to 0"):
        torch.eye(-1)


def test_like_takes_the_shape_and_dtype_of_another() -> None:
    x = torch.zeros(2, 3, dtype=torch.float64, requires_grad=True)
    for like in [torch.zeros_like, torch.ones_like, torch.empty_like, torch.rand_like, torch.randn_like]:
        assert (like(x).shape, like(x).dtype, like(x).requires_grad) == ((2, 3), np.float64, False)
        assert like(x, dtype=torch.float32).dtype == np.float32
    assert torch.full_like(x, 3).tolist() == [[3.0] * 3] * 2
    assert torch.ones_like(torch.tensor([1, 2])).dtype == np.int64


@pytest.mark.parametrize(
    ("args", "expected", "dtype"),
    [
        ((3,), [0, 1, 2], np.int64),
        ((2, 5), [2, 3, 4], np.int64),
        ((5, 0, -2), [5, 3, 1], np.int64),
        ((0, 1, 0.25), [0, 0.25, 0.5, 0.75], np.float32),
        ((2.5,), [0, 1, 2], np.float32),
        ((1, 1), [], np.int64),
        ((np.int64(2),), [0, 1], np.int64),
    ],
)
def test_arange(args: Any, expected: Any, dtype: Any) -> None:
    t = torch.arange(*args)
    assert (t.tolist(), t.dtype) == (expected, dtype)


@pytest.mark.parametrize("args", [(3, 0), (0, 3, -1), (0, 3, 0), (0, math.nan)])
def test_a_range_that_leads_nowhere_is_refused(args: Any) -> None:
    with pytest.raises(RuntimeError, match=r"arange\(\)"):
        torch.arange(*args)


def test_linspace() -> None:
    assert torch.linspace(0, 1, 5).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert torch.linspace(0, 1, 1).tolist() == [0]
    assert torch.linspace(0, 1, 0).shape == (0,)
    assert torch.linspace(-1, 1, 3, dtype=torch.float64, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="non-negative"):
        torch.linspace(0, 1, -1)


def test_integers_cannot_require_gradients() -> None:
    for make in [
        lambda: torch.tensor([1], requires_grad=True),
        lambda: torch.zeros(2, dtype=torch.int64, requires_grad=True),
    ]:
        with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
            make()


# ---- random numbers: the streams themselves are tested with the generator -------------------------------------------


def test_equal_seeds_give_equal_numbers() -> None:
    def draw() -> list[Any]:
        return [
            torch.rand(3).tolist(),
            torch.randn(2, 2).tolist(),
            torch.randint(0, 10, (4,)).tolist(),
            torch.randperm(5).tolist(),
            torch.bernoulli(torch.full((5,), 0.5)).tolist(),
            torch.normal(1.0, 2.0, (2,)).tolist(),
            torch.empty(3).uniform_(-1, 1).tolist(),
            torch.empty(20).normal_(5, 0.1).tolist(),
        ]

    torch.manual_seed(3)
    first = draw()
    torch.manual_seed(3)
    assert draw() == first
    assert draw() != first


def test_a_generator_of_ones_own_leaves_the_default_one_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(2).tolist()
    torch.manual_seed(0)
    own = torch.Generator().manual_seed(0)
    assert torch.rand(2, generator=own).tolist() == expected
    torch.randint(5, (3,), generator=own)
    torch.empty(3).normal_(generator=own)
    assert torch.rand(2).tolist() == expected


def test_randint_takes_a_range_or_a_bound() -> None:
    assert set(torch.randint(3, (100,)).tolist()) == {0, 1, 2}
    assert set(torch.randint(5, 7, (100,)).tolist()) == {5, 6}
    assert set(torch.randint(high=2, size=(50,)).tolist()) == {0, 1}
    assert torch.randint(0, 2, (2, 3), dtype=torch.float32).dtype == np.float32
    with pytest.raises(RuntimeError, match="below"):
        torch.randint(3, 3, (2,))


def test_random_numbers_lie_where_they_should() -> None:
    torch.manual_seed(1)
    u, n = torch.rand(10_000), torch.normal(3.0, 0.5, (10_000,))
    assert 0 <= u.min().item() <= u.max().item() < 1
    assert u.mean().item() == pytest.approx(0.5, abs=0.02)
    assert (n.mean().item(), n.std().item()) == (pytest.approx(3, abs=0.02), pytest.approx(0.5, abs=0.02))
    assert sorted(torch.randperm(20).tolist()) == list(range(20))
    assert torch.empty(1000).bernoulli_(0.25).mean().item() == pytest.approx(0.25, abs=0.05)
    assert torch.bernoulli(torch.tensor([0.0, 1.0])).tolist() == [0, 1]
    with pytest.raises(RuntimeError, match="p_in"):
        torch.bernoulli(torch.tensor([2.0]))


def test_random_writes_keep_the_memory_and_obey_the_rules_of_writes() -> None:
    x = torch.zeros(3)
    array = x.numpy()
    assert x.uniform_(2, 3) is x
    assert (array >= 2).all()
    w = torch.zeros(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        w.normal_()
    assert w.tolist() == [0, 0, 0]
    with torch.no_grad():
        w.normal_()
    assert w.requires_grad


@pytest.mark.parametrize("make", [torch.tensor, torch.as_tensor, torch.from_numpy])
def test_complex_numbers_are_refused(make: Any) -> None:
    with pytest.raises(TypeError, match="complex"):
        make(np.array([1 + 2j]))
    with pytest.raises(TypeError, match="complex"):
        torch.ones(2, requires_grad=True) * np.array([1j, 2])
    with pytest.raises(TypeError, match="complex"):
        torch.ones(2).to(np.complex64)
