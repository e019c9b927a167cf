"""format_tensor prints exactly what PyTorch's repr prints for the same values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tinygrad_opt import formatting
from tinygrad_opt.formatting import format_tensor

torch = pytest.importorskip("torch")

SHAPES: list[tuple[int, ...]] = [(), (0,), (1,), (5,), (30,), (1000,), (1001,)]
SHAPES += [(0, 3), (1, 1), (3, 4), (40, 40), (500, 3), (3, 500)]
SHAPES += [(2, 0, 4), (2, 3, 4), (11, 10, 10), (2, 2, 2, 3), (7, 7, 7, 7), (4, 1, 2, 1, 5)]
FLOATS = ["float16", "float32", "float64"]
INTEGERS = ["uint8", "int8", "int16", "int32", "int64"]


@pytest.fixture(autouse=True)
def restored_options() -> Iterator[None]:
    yield
    set_both(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)


def set_both(**options: Any) -> None:
    formatting.set_printoptions(**options)
    torch.set_printoptions(**options)


def assert_same_text(values: npt.ArrayLike) -> None:
    array = np.asarray(values)  # NumPy's functions turn 0-d arrays into scalars
    assert format_tensor(array) == repr(torch.from_numpy(array))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_floats_of_any_magnitude_print_alike(dtype: str, shape: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert_same_text((rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 11)).astype(dtype))
    assert_same_text(np.power(10.0, rng.random(shape) * rng.integers(1, 30) - rng.integers(20)).astype(dtype))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_whole_floats_print_alike(dtype: str, shape: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert_same_text(np.round(rng.standard_normal(shape) * 10.0 ** rng.integers(0, 4)).astype(dtype))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", FLOATS)
def test_zeros_infinities_and_nans_print_alike(dtype: str, shape: tuple[int, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    special = rng.choice([0.0, -0.0, math.nan, math.inf, -math.inf], shape)
    for share in (0.3, 0.9, 1.0):
        for values in (rng.standard_normal(shape), np.round(rng.standard_normal(shape) * 5)):
            assert_same_text(np.where(rng.random(shape) < share, special, values).astype(dtype))


@pytest.mark.parametrize(
    "value",
    [
        1e8,
        1.0000001e8,
        1e-4,
        9.99e-5,
        99999.5,
        0.99995,
        5e-324,
        1.7976931348623157e308,
        2.0**53,
        123456789.0,
        0.5,
        -1e-5,
    ],
)
def test_single_values_at_the_limits_print_alike(value: float) -> None:
    assert_same_text(np.array(value))
    assert_same_text(np.array([value, 1.0]))
    assert_same_text(np.array([value, 0.0]))


@pytest.mark.parametrize("ratio", [999.0, 999.9999999, 1000.0, 1000.0000001, 1001.0])
def test_ratios_around_a_thousand_print_alike(ratio: float) -> None:
    for smallest in (1.0, 0.5, 0.3, 7.0):
        assert_same_text(np.array([smallest, smallest * ratio]))
        assert_same_text(np.array([smallest, smallest * ratio], np.float32))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_print_alike(dtype: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    limits = np.iinfo(dtype)
    assert_same_text(rng.integers(limits.min, limits.max, shape, dtype, endpoint=True))
    assert_same_text(rng.integers(0, 10, shape, dtype))


@pytest.mark.parametrize("shape", SHAPES)
def test_bools_print_alike(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    assert_same_text(rng.random(shape) < 0.5)
    assert_same_text(np.ones(shape, np.bool_))


@pytest.mark.parametrize("length", range(1, 20))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_suffixes_wrap_alike(dtype: str, length: int) -> None:
    values = np.linspace(0.5, 1.5, length).astype(dtype)
    leaf = torch.from_numpy(values).requires_grad_()
    assert format_tensor(values, requires_grad=True) == repr(leaf)
    for shape in ((length,), (1, length)):
        result = (leaf * 1).reshape(shape)
        name = type(result.grad_fn).__name__
        assert format_tensor(values.reshape(shape), requires_grad=True, grad_fn=name) == repr(result)


def test_an_empty_or_scalar_tensor_with_suffixes_prints_alike() -> None:
    for values in (np.empty((0, 3)), np.empty(0, np.float32), np.array(1.5)):
        assert format_tensor(values, requires_grad=True) == repr(torch.from_numpy(values).requires_grad_())


def test_another_default_dtype_prints_alike() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        for values in (np.ones(3), np.ones(3, np.float32), np.empty(0), np.empty(0, np.float32), np.arange(3)):
            assert format_tensor(values, default_dtype=np.float64) == repr(torch.from_numpy(values))
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 0},
        {"precision": 2},
        {"precision": 10},
        {"threshold": 0},
        {"threshold": 10},
        {"threshold": math.inf},
        {"edgeitems": 0},
        {"edgeitems": 0, "threshold": 10},
        {"edgeitems": 1, "threshold": 10},
        {"edgeitems": 5},
        {"linewidth": 1},
        {"linewidth": 40},
        {"linewidth": 200},
        {"sci_mode": True},
        {"sci_mode": False},
        {"sci_mode": True, "precision": 1, "threshold": 20, "edgeitems": 2, "linewidth": 60},
    ],
    ids=str,
)
def test_print_options_print_alike(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(0)
    set_both(**options)
    for shape in SHAPES:
        assert_same_text(np.float32(rng.standard_normal(shape)))
        assert_same_text(np.round(rng.standard_normal(shape) * 100))
        assert_same_text(rng.integers(-50, 50, shape))


def test_sci_mode_lasts_until_the_next_call_alike() -> None:
    for options in ({"sci_mode": True}, {"precision": 3}, {"linewidth": 60}):
        set_both(**options)
        assert_same_text(np.array([1.0, 2.5]))
