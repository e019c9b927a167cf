"""Bad input to reductions, statistics, ordering and counting: PyTorch's exception class, and a text that says why."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_opt

# The call, in either library, its exception class, and pieces of our text.
CASES: list[tuple[Callable[[Any], Any], type[Exception], list[str]]] = [
    # reductions
    (lambda t: t.sum([1.0, 2.0]), TypeError, ["sum()", "Tensor", "list"]),
    (lambda t: t.max(2.0), TypeError, ["max()", "Tensor", "float"]),
    (lambda t: t.mean(input=None), TypeError, ["mean()", "Tensor", "NoneType"]),
    (lambda t: t.ones(2, 3).sum(True), TypeError, ["sum()", "keepdim=True"]),
    (lambda t: t.argmax(t.ones(2, 3), (0, 1)), TypeError, ["argmax()", "(0, 1)"]),
    (lambda t: t.argmin(t.ones(2, 3), [0]), TypeError, ["argmin()", "[0]"]),
    (lambda t: t.ones(2, 3).max(True), TypeError, ["max()", "keepdim=True"]),
    (lambda t: t.nansum(t.ones(3), 1), IndexError, ["sum()", "got 1"]),
    (lambda t: t.mean(t.ones(2), dtype=t.int64), RuntimeError, ["mean()", "int64"]),
    (lambda t: t.nanmean(t.tensor([1, 2])), RuntimeError, ["nanmean()", "int64", "float()"]),
    (lambda t: t.nanmean(t.ones(3), 1), IndexError, ["nanmean()", "got 1"]),
    (lambda t: t.std_mean(t.tensor([1, 2])), RuntimeError, ["std_mean()", "int64"]),
    (lambda t: t.var_mean(t.tensor([1, 2])), RuntimeError, ["var_mean()", "int64"]),
    (lambda t: t.count_nonzero(t.ones(3), 1), IndexError, ["count_nonzero()", "got 1"]),
    (lambda t: t.count_nonzero(t.ones(3), (0, 0)), RuntimeError, ["count_nonzero()", "(0, 0)"]),
    (lambda t: t.aminmax(t.ones(0, 2)), RuntimeError, ["aminmax()", "(0, 2)"]),
    (lambda t: t.aminmax(t.ones(0, 2), dim=0), IndexError, ["aminmax()", "(0, 2)"]),
    (lambda t: t.aminmax(t.ones(2), dim=1), IndexError, ["aminmax()", "got 1"]),
    (lambda t: t.ones(2, 3).sum_to_size(2), RuntimeError, ["sum_to_size()", "[2]", "[2, 3]"]),
    (lambda t: t.ones(3).sum_to_size(1, 1, 3), RuntimeError, ["sum_to_size()", "[1, 1, 3]"]),
    (lambda t: t.dist(t.tensor([1, 2]), t.tensor([1, 3])), RuntimeError, ["norm()", "int64"]),
    (lambda t: t.dist(t.ones(2), t.ones(3)), RuntimeError, ["(2,) and (3,)"]),
    (lambda t: t.dist(t.ones(0), t.ones(0), math.inf), RuntimeError, ["norm()", "(0,)"]),
    (lambda t: t.norm(t.ones(2, dtype=t.float64), dtype=t.float32), RuntimeError, ["norm()", "float32", "float64"]),
    # order
    (lambda t: t.median(t.tensor([True])), NotImplementedError, ["median()", "bool"]),
    (lambda t: t.nanmedian(t.tensor([True])), NotImplementedError, ["nanmedian()", "bool"]),
    (lambda t: t.median(t.ones(0, 2), 0), IndexError, ["median()", "(0, 2)"]),
    (lambda t: t.nanmedian(t.ones(0, 2), 0), IndexError, ["nanmedian()", "(0, 2)"]),
    (lambda t: t.median(t.ones(2), 1), IndexError, ["median()", "got 1"]),
    (lambda t: t.nanmedian(t.ones(2), -2), IndexError, ["nanmedian()", "got -2"]),
    (lambda t: t.mode(t.ones(0)), IndexError, ["mode()", "(0,)"]),
    (lambda t: t.mode(t.ones(2), 1), IndexError, ["mode()", "got 1"]),
    (lambda t: t.kthvalue(t.ones(3), 0), RuntimeError, ["kthvalue()", "k = 0"]),
    (lambda t: t.kthvalue(t.ones(3), 4), RuntimeError, ["kthvalue()", "k = 4", "3"]),
    (lambda t: t.kthvalue(t.ones(()), 2), RuntimeError, ["kthvalue()", "k = 2"]),
    (lambda t: t.kthvalue(t.ones(0), 1), IndexError, ["kthvalue()", "(0,)"]),
    (lambda t: t.kthvalue(t.ones(2), 1, 1), IndexError, ["kthvalue()", "got 1"]),
    (lambda t: t.kthvalue(t.tensor([True]), 1), NotImplementedError, ["kthvalue()", "bool"]),
    (lambda t: t.sort(t.ones(()), 1), IndexError, ["sort()", "got 1"]),
    (lambda t: t.argsort(t.ones(2), 1), IndexError, ["argsort()", "got 1"]),
    (lambda t: t.topk(t.tensor([True]), 1), RuntimeError, ["topk()", "bool"]),
    (lambda t: t.topk(t.ones(()), 2), RuntimeError, ["topk()", "k = 2"]),
    # running
    (lambda t: t.cumprod(t.ones(2), 1), IndexError, ["cumprod()", "got 1"]),
    (lambda t: t.cumsum(t.ones(()), 1), IndexError, ["cumsum()", "got 1"]),
    (lambda t: t.cummax(t.ones(2), 1), IndexError, ["cummax()", "got 1"]),
    (lambda t: t.cummin(t.ones(2), -2), IndexError, ["cummin()", "got -2"]),
    (lambda t: t.logcumsumexp(t.ones(2), 1), IndexError, ["logcumsumexp()", "got 1"]),
    (lambda t: t.logcumsumexp(t.tensor([1]), 0), NotImplementedError, ["logcumsumexp()", "int64"]),
    (lambda t: t.diff(t.tensor(1.0)), RuntimeError, ["diff()", "one-dimensional"]),
    (lambda t: t.diff(t.ones(3), -1), RuntimeError, ["diff()", "-1"]),
    (lambda t: t.diff(t.ones(3), dim=1), IndexError, ["diff()", "got 1"]),
    (lambda t: t.diff(t.ones(2, 3), prepend=t.ones(1)), RuntimeError, ["diff()", "(1,)", "(2, 3)"]),
    (lambda t: t.diff(t.ones(2, 3), append=t.ones(3, 1)), RuntimeError, ["(3, 1)", "cat()"]),
    (lambda t: t.gradient(t.ones(1)), RuntimeError, ["gradient()", "edge_order+1", "(1,)"]),
    (lambda t: t.gradient(t.ones(2), edge_order=2), RuntimeError, ["gradient()", "edge_order+1 = 3"]),
    (lambda t: t.gradient(t.ones(4), edge_order=3), RuntimeError, ["gradient()", "edge_order", "3"]),
    (lambda t: t.gradient(t.ones(4, 4), spacing=[1.0, 2.0, 3.0]), RuntimeError, ["gradient()", "2", "3"]),
    (lambda t: t.gradient(t.ones(4), spacing=[t.ones(2)]), RuntimeError, ["gradient()", "4", "(2,)"]),
    (lambda t: t.gradient(t.ones(4), spacing=[t.ones(2, 2)]), RuntimeError, ["gradient()", "(2, 2)"]),
    (lambda t: t.gradient(t.ones(4), spacing=t.arange(4.0)), TypeError, ["gradient()", "[x]"]),
    (lambda t: t.gradient(t.ones(4, 4), dim=(0, 0)), RuntimeError, ["gradient()", "(0, 0)"]),
    (lambda t: t.gradient(t.ones(4), dim=1), IndexError, ["gradient()", "got 1"]),
    (lambda t: t.gradient(t.tensor([True, False, True])), RuntimeError, ["gradient()", "bool"]),
    (lambda t: t.trapezoid(t.tensor(1.0)), IndexError, ["trapezoid()", "no dimensions"]),
    (lambda t: t.cumulative_trapezoid(t.tensor(1.0)), IndexError, ["cumulative_trapezoid()", "no dimensions"]),
    (lambda t: t.trapezoid(t.tensor([True])), RuntimeError, ["trapezoid()", "bool"]),
    (lambda t: t.trapezoid(t.ones(3), t.ones(2)), RuntimeError, ["trapezoid()", "(2,)", "(3,)"]),
    (lambda t: t.trapezoid(t.ones(3), t.ones(3), dx=2), TypeError, ["trapezoid()", "'x'", "'dx'"]),
    (lambda t: t.cumulative_trapezoid(t.ones(3), t.ones(4)), RuntimeError, ["cumulative_trapezoid()", "(4,)"]),
    # statistics
    (lambda t: t.quantile(t.tensor([1]), 0.5), RuntimeError, ["quantile()", "int64"]),
    (lambda t: t.quantile(t.ones(2).half(), 0.5), RuntimeError, ["quantile()", "float16"]),
    (lambda t: t.quantile(t.ones(0), 0.5), RuntimeError, ["quantile()", "(0,)"]),
    (lambda t: t.quantile(t.ones(3), 1.5), RuntimeError, ["quantile()", "1.5"]),
    (lambda t: t.quantile(t.ones(3), math.nan), RuntimeError, ["quantile()", "nan"]),
    (lambda t: t.nanquantile(t.ones(3), t.tensor([0.5, -1.0])), RuntimeError, ["nanquantile()", "[0, 1]"]),
    (lambda t: t.quantile(t.ones(3), t.ones(2, 2)), RuntimeError, ["quantile()", "(2, 2)"]),
    (lambda t: t.quantile(t.ones(3), t.ones(2).double()), RuntimeError, ["quantile()", "float64"]),
    (lambda t: t.quantile(t.ones(3), 0.5, interpolation="up"), RuntimeError, ["quantile()", "'up'"]),
    (lambda t: t.quantile(t.ones(3), 0.5, 1), IndexError, ["quantile()", "got 1"]),
    (lambda t: t.nanquantile(t.ones(()), 0.5, 1), IndexError, ["nanquantile()", "got 1"]),
    (lambda t: t.cov(t.ones(1, 2, 3)), RuntimeError, ["cov()", "(1, 2, 3)"]),
    (lambda t: t.cov(t.tensor([True])), RuntimeError, ["cov()", "bool"]),
    (lambda t: t.cov(t.ones(2, 3), fweights=t.ones(3)), RuntimeError, ["cov()", "fweights", "float32"]),
    (lambda t: t.cov(t.ones(2, 3), aweights=t.tensor([1, 1, 1])), RuntimeError, ["cov()", "aweights", "int64"]),
    (lambda t: t.cov(t.ones(2, 3), fweights=t.tensor([1, 1])), RuntimeError, ["cov()", "fweights", "3"]),
    (lambda t: t.cov(t.ones(2, 3), fweights=t.tensor([[1, 1, 1]])), RuntimeError, ["cov()", "fweights", "(1, 3)"]),
    (lambda t: t.cov(t.ones(2, 3), fweights=t.tensor([1, -1, 1])), RuntimeError, ["cov()", "fweights", "-1"]),
    (lambda t: t.cov(t.ones(2, 3), aweights=-t.ones(3)), RuntimeError, ["cov()", "aweights", "negative"]),
    (lambda t: t.cov(t.ones(2, 3), fweights=t.tensor([0, 0, 0])), RuntimeError, ["cov()", "zero"]),
    (lambda t: t.corrcoef(t.ones(1, 2, 3)), RuntimeError, ["cov()", "(1, 2, 3)"]),
    # counting
    (lambda t: t.bincount(t.ones(2)), NotImplementedError, ["bincount()", "float32"]),
    (lambda t: t.bincount(t.tensor([True])), NotImplementedError, ["bincount()", "bool"]),
    (lambda t: t.bincount(t.tensor([[1]])), RuntimeError, ["bincount()", "(1, 1)"]),
    (lambda t: t.bincount(t.tensor(1)), RuntimeError, ["bincount()", "()"]),
    (lambda t: t.bincount(t.tensor([-1])), RuntimeError, ["bincount()", "non-negative"]),
    (lambda t: t.bincount(t.tensor([1]), minlength=-1), RuntimeError, ["bincount()", "-1"]),
    (lambda t: t.bincount(t.tensor([1]), t.ones(2)), RuntimeError, ["bincount()", "(2,)", "(1,)"]),
    (lambda t: t.histc(t.tensor([1])), NotImplementedError, ["histc()", "int64"]),
    (lambda t: t.histc(t.ones(2), 0), RuntimeError, ["histc()", "0"]),
    (lambda t: t.histc(t.ones(2), 4, 3, 2), RuntimeError, ["histc()", "[3, 2]"]),
    (lambda t: t.histc(t.tensor([math.nan, 1.0])), RuntimeError, ["histc()", "nan"]),
    (lambda t: t.histogram(t.tensor([1]), 2), NotImplementedError, ["histogram()", "int64"]),
    (lambda t: t.histogram(t.ones(2).half(), 2), NotImplementedError, ["histogram()", "float16"]),
    (lambda t: t.histogram(t.ones(2), 0), RuntimeError, ["histogram()", "0"]),
    (lambda t: t.histogram(t.ones(2), 2, range=(3.0, 1.0)), RuntimeError, ["histogram()", "range"]),
    (lambda t: t.histogram(t.tensor([math.inf]), 2), RuntimeError, ["histogram()", "range"]),
    (lambda t: t.histogram(t.ones(2), 2, weight=t.ones(1)), RuntimeError, ["histogram()", "(1,)", "(2,)"]),
    (lambda t: t.histogram(t.ones(2), 2, weight=t.tensor([1, 2])), RuntimeError, ["histogram()", "int64"]),
    (lambda t: t.histogram(t.ones(2), t.ones(2).double()), RuntimeError, ["histogram()", "float64"]),
    (lambda t: t.histogram(t.ones(2), t.ones(2, 2)), RuntimeError, ["histogram()", "(2, 2)"]),
    (lambda t: t.histogram(t.ones(2), t.ones(1)), RuntimeError, ["histogram()", "(1,)"]),
    (lambda t: t.histogram(t.ones(2), t.ones(2), range=(0.0, 1.0)), TypeError, ["histogram()", "range"]),
    (lambda t: t.searchsorted(t.tensor(3.0), t.ones(1)), RuntimeError, ["searchsorted()", "0-dim"]),
    (lambda t: t.searchsorted(t.ones(2, 3), t.ones(1)), RuntimeError, ["searchsorted()", "(2, 3)", "(1,)"]),
    (lambda t: t.searchsorted(t.ones(2, 3), 3), RuntimeError, ["searchsorted()", "(2, 3)", "()"]),
    (lambda t: t.searchsorted(t.ones(3), t.ones(1), side="up"), RuntimeError, ["searchsorted()", "'up'"]),
    (lambda t: t.searchsorted(t.ones(3), t.ones(1), right=True, side="left"), RuntimeError, ["searchsorted()", "left"]),
    (lambda t: t.searchsorted(t.ones(2), t.ones(1), sorter=t.ones(2)), RuntimeError, ["searchsorted()", "float32"]),
    (lambda t: t.searchsorted(t.ones(2), t.ones(1), sorter=t.tensor([0])), RuntimeError, ["sorter", "(2,)", "(1,)"]),
    (lambda t: t.searchsorted(t.ones(2), t.ones(1), sorter=t.tensor([0, 2])), RuntimeError, ["sorter", "range"]),
    (lambda t: t.bucketize(t.ones(1), t.ones(2, 2)), RuntimeError, ["bucketize()", "(2, 2)"]),
    (lambda t: t.unique(t.tensor(1.0), dim=0), IndexError, ["unique()", "no dimensions"]),
    (lambda t: t.unique(t.ones(2), dim=1), IndexError, ["unique()", "got 1"]),
    (lambda t: t.unique(t.ones(0, 2), dim=1), RuntimeError, ["unique()", "(0, 2)"]),
    (lambda t: t.unique_consecutive(t.ones(0, 2), dim=1), RuntimeError, ["unique_consecutive()", "(0, 2)"]),
    (lambda t: t.unique_consecutive(t.tensor(1.0), dim=0), IndexError, ["unique_consecutive()", "no dimensions"]),
]  # fmt: skip
IDS = [f"{i}-{case[2][0]}" for i, case in enumerate(CASES)]


@pytest.mark.parametrize(("call", "error", "pieces"), CASES, ids=IDS)
def test_bad_input_raises_and_the_text_says_what_was_wrong(
    call: Callable[[Any], Any], error: type[Exception], pieces: list[str]
) -> None:
    with pytest.raises(error) as info:
        call(tinygrad_opt)
    assert type(info.value) is error
    for piece in pieces:
        assert piece in str(info.value)


@pytest.mark.parametrize(("call", "error", "pieces"), CASES, ids=IDS)
def test_the_exception_class_is_pytorchs(call: Callable[[Any], Any], error: type[Exception], pieces: list[str]) -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(error) as info:
        call(torch)
    assert type(info.value) is error


@pytest.mark.parametrize(
    "write", [lambda x: x.cumprod_(1), lambda x: x.cumsum_(-2), lambda x: x.cumprod_(0, dtype=tinygrad_opt.float64)]
)
def test_a_write_that_fails_writes_nothing(write: Callable[[Any], Any]) -> None:
    x = tinygrad_opt.tensor([2, 3])
    with pytest.raises((IndexError, RuntimeError)):
        write(x)
    assert x.tolist() == [2, 3]
