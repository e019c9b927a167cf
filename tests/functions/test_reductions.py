"""Reductions and statistics where PyTorch does otherwise or leaves it open, and kinks of the first order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch

INF, NAN = math.inf, math.nan


def gradient(fn: Callable[[Any], Any], values: Any) -> list[float]:
    """The gradient of the sum of `fn`, in double precision."""
    x = torch.tensor(np.array(values, float), requires_grad=True)
    with np.errstate(all="ignore"):
        y = fn(x)
    y.sum().backward()
    assert x.grad is not None
    return x.grad.tolist()


# The values of PyTorch 2.13.
KINKS: list[tuple[Callable[[Any], Any], list[float], list[float]]] = [
    (lambda x: x.std(), [1, 1, 1], [0, 0, 0]),
    (lambda x: x.norm(), [0, 0], [0, 0]),
    (lambda x: x.norm(1), [0, 0], [0, 0]),
    (lambda x: x.norm(3), [0, 0], [0, 0]),
    (lambda x: x.norm(0.5), [0, 2, -2], [0, 2, -2]),
    (lambda x: x.norm(INF), [2, -2, 1], [0.5, -0.5, 0]),
    (lambda x: x.dist(x.detach()), [1, 2], [0, 0]),
    (lambda x: x.median(), [1, 1, 0], [0.5, 0.5, 0]),
    (lambda x: x.max(), [1, 1, 0], [0.5, 0.5, 0]),
    (lambda x: x.amax(0), [1, 1, 0], [0.5, 0.5, 0]),
    (lambda x: x.max(0).values, [1, 1, 0], [1, 0, 0]),
    (lambda x: x.min(0).values, [0, 0, 1], [1, 0, 0]),
    (lambda x: x.max(), [NAN, 1, 2], [1, 0, 0]),
    (lambda x: x.amax(0), [1, NAN], [NAN, NAN]),
    (lambda x: x.nanmedian(), [NAN, NAN], [0.5, 0.5]),
    (lambda x: x.logsumexp(0), [-INF, -INF], [NAN, NAN]),
    (lambda x: x.logsumexp(0), [1, INF], [0, NAN]),
    (lambda x: x.logcumsumexp(0), [-INF, -INF], [NAN, NAN]),
    (lambda x: x.logcumsumexp(0)[2:], [-INF, -INF, 1, 1], [NAN, NAN, 1.5, 0.5]),
    (lambda x: x.logcumsumexp(0), [1, INF, 2], [1, NAN, 0]),
    (lambda x: x.logcumsumexp(0), [1, NAN, 2], [NAN, NAN, NAN]),
    (lambda x: x.prod(), [0, 2, 3], [6, 0, 0]),
    (lambda x: x.prod(), [0, 0, 3], [0, 0, 0]),
    (lambda x: x.cumprod(0), [1, 0, 3], [1, 4, 0]),
]


@pytest.mark.parametrize(("fn", "values", "expected"), KINKS)
def test_gradients_at_kinks(fn: Callable[[Any], Any], values: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(gradient(fn, values), expected, rtol=1e-12)


def test_a_product_passes_back_the_product_of_the_others_also_where_it_is_infinite_or_too_small() -> None:
    assert gradient(lambda x: x.prod(), [INF, 2]) == [2, INF]  # PyTorch: nan for the first
    np.testing.assert_allclose(gradient(lambda x: x.prod(), [1e-200, 1e-200, 1e-100]), [1e-300, 1e-300, 0], rtol=1e-12)


@pytest.mark.parametrize("zeros", [(3,), (3, 7), (0, 5, 9)])
def test_third_derivatives_of_products_with_zeros_are_right(zeros: tuple[int, ...]) -> None:
    values = np.linspace(0.5, 1.5, 10)
    values[list(zeros)] = 0
    for fn in (lambda x: x.prod(), lambda x: x.cumprod(0)[-1]):
        x = torch.tensor(values, requires_grad=True)
        for i, j, k in itertools.combinations([0, 3, 7, 9], 3):
            y = fn(x)
            for at in (i, j, k):
                y = torch.autograd.grad(y, x, create_graph=True)[0][at]
            assert y.item() == pytest.approx(np.prod(np.delete(values, [i, j, k])), rel=1e-12, abs=1e-300)


def test_a_gradient_through_large_factors_after_a_zero_is_finite() -> None:
    x = np.full(2000, 1e3)
    x[5] = 0
    g = gradient(lambda x: x.cumprod(0)[5], x)
    assert g[5] == pytest.approx(1e15)
    assert g[:5] + g[6:] == [0] * 1999


def test_a_mean_of_nan_alone_passes_nothing_back() -> None:
    assert gradient(lambda x: x.nanmean(1), [[1, NAN], [NAN, NAN]]) == [
        [1, 0],
        [0, 0],
    ]  # PyTorch: nan in the second row


def test_quantile_between_a_number_and_infinity_is_infinite() -> None:
    assert torch.quantile(torch.tensor([1.0, INF]), 0.5).item() == INF  # PyTorch: nan


def test_mode_takes_no_nan_for_another() -> None:
    found = torch.mode(torch.tensor([NAN, NAN, 1.0, 2.0, NAN, 2.0]))
    assert (found.values.item(), found.indices.item()) == (2.0, 5)


def test_the_first_of_several_equals_is_picked() -> None:
    x = torch.tensor([[1.0, 3.0, 3.0, 2.0, 3.0], [NAN, 2.0, NAN, 1.0, 0.0]])
    assert x.median(1).indices.tolist() == [1, 0]
    assert x.kthvalue(3).indices.tolist() == [1, 1]
    assert x.nanmedian(1).indices.tolist() == [1, 3]


@pytest.mark.parametrize("largest", [True, False])
def test_topk_finds_the_values_that_sorting_finds(largest: bool) -> None:
    rng = np.random.default_rng(0)
    x = torch.tensor(rng.integers(0, 50, (7, 100)).astype(np.float32))
    in_order = x.sort(1, descending=largest).values
    for k in [0, 1, 10, 99, 100]:
        found = x.topk(k, 1, largest)
        np.testing.assert_array_equal(found.values.numpy(), in_order.numpy()[:, :k])
        np.testing.assert_array_equal(torch.gather(x, 1, found.indices).numpy(), found.values.numpy())
        unsorted = x.topk(k, 1, largest, sorted=False).values.sort(1, descending=largest).values
        np.testing.assert_array_equal(unsorted.numpy(), in_order.numpy()[:, :k])


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.var(torch.ones(1)),
        lambda: torch.std_mean(torch.ones(2), correction=2),
        lambda: torch.var_mean(torch.ones(0)),
        lambda: torch.cov(torch.ones(2, 1)),
        lambda: torch.cov(torch.ones(2, 3), correction=5),
        lambda: torch.corrcoef(torch.tensor(2.0)),
    ],
)
def test_too_few_degrees_of_freedom_are_warned_of(call: Callable[[], Any]) -> None:
    with np.errstate(all="ignore"), pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
        call()


def test_counts_want_no_gradient() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert not torch.unique(x).requires_grad
    assert not torch.histogram(x, 2).hist.requires_grad
    assert not torch.bincount(torch.tensor([0, 1]), x).requires_grad


def test_results_are_named_tuples_that_print_as_pytorchs_do() -> None:
    x = torch.tensor([1.0, 3.0, 2.0])
    assert repr(torch.aminmax(x)) == "torch.return_types.aminmax(\nmin=tensor(1.),\nmax=tensor(3.))"
    for found in [x.median(0), x.nanmedian(0), x.mode(), x.kthvalue(2), x.cummax(0), x.cummin(0)]:
        assert repr(found).startswith(f"torch.return_types.{type(found).__name__}(\nvalues=tensor(")
        assert found._fields == ("values", "indices")
    assert torch.histogram(x, 1)._fields == ("hist", "bin_edges")
