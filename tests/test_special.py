"""The error function is right to the last bits, in every dtype and at every size."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tinygrad_opt.special import erf


def errors_in_ulps(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    exact = np.array([math.erf(v) for v in x.tolist()])
    return float(np.max(np.abs(erf(x) - exact) / np.spacing(np.abs(exact))))


@pytest.mark.parametrize(("low", "high"), [(-7, 7), (-1.1, 1.1), (0.9, 1.1), (5.5, 6.5), (-0.01, 0.01)])
def test_erf_errs_by_a_few_units_in_the_last_place(low: float, high: float) -> None:
    assert errors_in_ulps(np.linspace(low, high, 20_001)) <= 4


def test_erf_keeps_its_relative_precision_at_tiny_numbers() -> None:
    assert errors_in_ulps(10.0 ** np.arange(-300, 0)) <= 2


def test_erf_is_exact_at_special_points() -> None:
    assert erf(np.array([math.inf, -math.inf, 6.0, -27.0])).tolist() == [1, -1, 1, -1]
    assert math.copysign(1, erf(np.array([-0.0]))[0]) == -1
    assert np.isnan(erf(np.array([math.nan]))).all()


def test_erf_is_odd_and_rises() -> None:
    x = np.linspace(-8, 8, 10_001)
    y = erf(x)
    assert (y == -erf(-x)).all()
    assert (np.diff(y) > -1e-15).all()
    assert (np.abs(y) <= 1).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_erf_keeps_the_dtype(dtype: type) -> None:
    x = np.linspace(-4, 4, 101).astype(dtype)
    y = erf(x)
    assert y.dtype == dtype
    exact = np.array([math.erf(v) for v in x.tolist()])
    np.testing.assert_allclose(y, exact, atol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_erf_keeps_the_shape_and_leaves_its_input_alone(shape: tuple[int, ...]) -> None:
    x = np.full(shape, 0.5)
    assert np.shape(erf(x)) == shape
    assert (x == 0.5).all()
