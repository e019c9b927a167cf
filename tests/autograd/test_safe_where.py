"""safe_where: nothing comes through a branch that was not taken, at any order; without it, nan as in PyTorch."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import grad, safe_where

POINTS = [-1.0, 0.0, 0.25, 4.0]

# A composition whose branch is not defined where it is not taken, at the first two points; and that branch alone.
BRANCHES: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "sqrt": (lambda t, x: t.where(x > 0, x.sqrt(), 0.0), lambda t, x: x.sqrt()),
    "the other branch": (lambda t, x: t.where(x <= 0, 1.0, x.log()), lambda t, x: x.log()),
    "several": (
        lambda t, x: t.where(x > 0, x.sqrt() * x.log() + 1 / x, 0.0),
        lambda t, x: x.sqrt() * x.log() + 1 / x,
    ),
    "a slope that is 0, whose own is not": (lambda t, x: t.where(x > 0, x**1.5, 0.0), lambda t, x: x**1.5),
    "nested": (
        lambda t, x: t.where(x > 0, t.where(x > 1, x.log().sqrt(), x.rsqrt()), 0.0),
        lambda t, x: t.cat([x[:1].rsqrt(), x[1:].log().sqrt()]),
    ),
    "masked_fill": (lambda t, x: x.log().masked_fill(x <= 0, 0.0), lambda t, x: x.log()),
    "a power of a tensor": (lambda t, x: t.where(x > 0, x**x, 0.0), lambda t, x: x**x),
    "through norms of rows": (
        lambda t, x: t.where(x[:, None] > 0, x[:, None] / x[:, None].relu().square().sum(1, keepdim=True).sqrt(), 0.0),
        lambda t, x: x[:, None] / x[:, None].relu().square().sum(1, keepdim=True).sqrt(),
    ),
}


def derivatives(library: Any, call: Callable[..., Any], points: list[float], dtype: str) -> list[Any]:
    x = library.tensor(points, dtype=getattr(library, dtype), requires_grad=True)
    with np.errstate(all="ignore"):
        y = call(library, x)
        (first,) = library.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = library.autograd.grad((first * first).sum(), x)
    return [first.detach().numpy(), second.detach().numpy()]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", BRANCHES)
def test_derivatives_are_those_of_the_branch_that_was_taken(name: str, dtype: str) -> None:
    whole, taken = BRANCHES[name]
    with safe_where():
        ours = derivatives(torch, whole, POINTS, dtype)
    alone = derivatives(torch, taken, POINTS[2:], dtype)
    for a, b in zip(ours, alone, strict=True):
        assert a.dtype == dtype
        np.testing.assert_array_equal(a[:2], [0, 0])
        np.testing.assert_allclose(a[2:], b, rtol=1e-5 if dtype == "float32" else 1e-12, atol=1e-12)


@pytest.mark.parametrize("name", BRANCHES)
def test_without_it_nan_leaks_as_in_pytorch(name: str) -> None:
    theirs = pytest.importorskip("torch")
    whole = BRANCHES[name][0]
    ours = derivatives(torch, whole, POINTS, "float64")
    assert any(np.isnan(a).any() for a in ours)
    np.testing.assert_allclose(ours[0], derivatives(theirs, whole, POINTS, "float64")[0], rtol=1e-12, atol=1e-12)


def leaked() -> bool:
    x = torch.tensor([0.0], requires_grad=True)
    torch.where(x > 0, x.sqrt(), 0.0).sum().backward()
    return math.isnan(x.grad.item())


def test_it_is_a_context_and_a_decorator_and_holds_for_one_thread() -> None:
    assert leaked()
    with safe_where():
        assert not leaked()
        with safe_where():
            assert not leaked()
        assert not leaked()
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(leaked()))
        thread.start()
        thread.join()
        assert seen == [True]
    assert leaked()
    assert not safe_where()(leaked)()
    assert not safe_where(leaked)()
    assert leaked()


def test_a_decorated_generator_is_safe_inside_only() -> None:
    @safe_where()
    def pieces() -> Iterator[bool]:
        yield leaked()
        yield leaked()

    for piece in pieces():
        assert not piece
        assert leaked()


def test_it_leaves_recording_as_it_was() -> None:
    with torch.no_grad(), safe_where():
        assert not torch.is_grad_enabled()
    with safe_where():
        assert torch.is_grad_enabled()


def test_nan_that_comes_in_goes_on() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with safe_where():
        (g,) = grad(x * x, x, torch.tensor([math.nan, 1.0]))
        assert g.isnan().tolist() == [True, False]
        (g,) = grad(x * math.nan, x, torch.ones(2))
        assert g.isnan().all()


def test_operations_that_mix_elements_are_left_alone() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with safe_where():
        (g,) = grad(x.cumsum(0), x, torch.tensor([0.0, math.nan, 0.0]))
    assert g.isnan().tolist() == [True, True, False]
