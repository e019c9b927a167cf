"""The error function, its complement and its inverse: right to the last bits, in every dtype, at every size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tinygrad_opt.special import erf, erfc, erfinv


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


@pytest.mark.parametrize(("low", "high"), [(-7, 7), (-0.51, 0.51), (0.49, 0.51), (5.5, 6.5), (6, 26.5)])
def test_erfc_errs_by_a_few_units_in_the_last_place(low: float, high: float) -> None:
    x = np.linspace(low, high, 20_001)
    exact = np.array([math.erfc(v) for v in x.tolist()])
    assert np.max(np.abs(erfc(x) - exact) / np.spacing(exact)) <= 6


def test_erfc_is_exact_at_special_points_and_reaches_the_smallest_numbers() -> None:
    assert erfc(np.array([math.inf, -math.inf, 0.0, -0.0, 1e300, -1e300])).tolist() == [0, 2, 1, 1, 0, 2]
    assert erfc(np.array([27.0]))[0] == pytest.approx(math.erfc(27.0), rel=1e-4)  # a denormal number
    assert np.isnan(erfc(np.array([math.nan]))).all()


# From a computation in 40 digits.
QUANTILES = {
    1e-300: 8.86226925452758e-301,
    0.1: 0.08885599049425769,
    0.5: 0.4769362762044699,
    0.85: 1.0179024648320276,
    0.9: 1.1630871536766743,
    -0.999: -2.3267537655135246,
    1 - 2.0**-30: 4.328028275800946,
    1 - 2.0**-53: 5.8635847487551676,
    -1 + 2.0**-45: -5.377767781541279,
}


def test_erfinv_has_the_digits_of_a_longer_computation() -> None:
    x = np.array(list(QUANTILES))
    exact = np.array(list(QUANTILES.values()))
    assert np.max(np.abs(erfinv(x) - exact) / np.spacing(np.abs(exact))) <= 6


def test_erfinv_undoes_erf_and_erfc() -> None:
    x = np.linspace(-1, 1, 20_001)[1:-1]
    np.testing.assert_allclose(erf(erfinv(x)), x, rtol=1e-15, atol=0)
    tail = 2.0 ** -np.arange(2.0, 53)
    np.testing.assert_allclose(erfc(erfinv(1 - tail)), tail, rtol=1e-13, atol=0)


def test_erfinv_at_its_ends_and_beyond() -> None:
    assert erfinv(np.array([1.0, -1.0, 0.0])).tolist() == [math.inf, -math.inf, 0]
    assert math.copysign(1, erfinv(np.array([-0.0]))[0]) == -1
    assert np.isnan(erfinv(np.array([1.1, -2.0, math.inf, math.nan]))).all()


@pytest.mark.parametrize("function", [erf, erfc, erfinv])
def test_single_and_half_precision_are_as_near_as_they_can_be(function: Any) -> None:
    for dtype in (np.float32, np.float16):
        x = np.linspace(-0.999, 0.999, 4001).astype(dtype)
        y, exact = function(x), function(x.astype(np.float64))
        assert y.dtype == dtype
        assert np.max(np.abs(y - exact) / np.spacing(np.abs(exact).astype(dtype))) <= 6


@pytest.mark.parametrize("function", [erf, erfc, erfinv])
def test_large_arrays_are_the_same_as_their_pieces(function: Any) -> None:
    x = np.linspace(-0.99, 0.99, 70_000).reshape(7, 10_000).T
    y = function(x)
    assert y.shape == x.shape
    np.testing.assert_allclose(y[::100], function(x[::100]), rtol=1e-15, atol=0)
