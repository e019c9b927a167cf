"""Losses of margins that PyTorch differentiates once: here twice, by finite differences; and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd import gradcheck, gradgradcheck

SCORES = np.array([[0.3, -0.6, 1.1, 0.05], [0.9, 0.2, -0.35, -1.2], [0.0, 0.45, 0.7, 0.61]])
CLASSES = torch.tensor([2, 3, 0])
LISTS = torch.tensor([[2, 0, -1, 1], [3, -1, 0, 0], [-1, 0, 1, 2]])
WEIGHT = torch.tensor([0.5, 2.0, 1.25, 1.0], dtype=np.float64)
LOSSES: dict[str, Callable[..., Any]] = {
    "multi_margin_loss": lambda x, **kw: F.multi_margin_loss(x, CLASSES, margin=0.77, **kw),
    "multi_margin_loss squared": lambda x, **kw: F.multi_margin_loss(x, CLASSES, 2, 0.77, WEIGHT, **kw),
    "multilabel_margin_loss": lambda x, **kw: F.multilabel_margin_loss(x, LISTS, **kw),
}


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_finite_differences_to_second_order(name: str, reduction: str) -> None:
    def call(x: Any) -> Any:
        return LOSSES[name](x, reduction=reduction)

    x = torch.tensor(SCORES, requires_grad=True)
    assert gradcheck(call, x)
    assert gradgradcheck(call, x)


def test_a_class_ahead_by_the_margin_costs_nothing() -> None:
    x = torch.tensor([[2.0, 0.5, 1.0]])
    assert F.multi_margin_loss(x, torch.tensor([0])).item() == 0
    assert F.multi_margin_loss(x, torch.tensor([1])).item() == pytest.approx((2.5 + 1.5) / 3)
    assert F.multi_margin_loss(x, torch.tensor([1]), p=2).item() == pytest.approx((2.5**2 + 1.5**2) / 3)
    assert F.multilabel_margin_loss(x, torch.tensor([[2, 0, -1]])).item() == pytest.approx(0.5 / 3)


def test_the_slope_of_hardsigmoid_is_a_sixth() -> None:
    x = torch.zeros(2, dtype=np.float64, requires_grad=True)
    nn.Hardsigmoid()(x).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1 / 6, 1 / 6]


def test_an_elu_of_negative_alpha_in_place_has_its_gradient() -> None:
    x = torch.tensor([-1.0, 2.0], dtype=np.float64, requires_grad=True)
    F.elu(x * 1, -0.5, inplace=True).sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), [-0.5 * np.exp(-1.0), 1.0])


def test_stirlings_term_of_small_counts_has_no_gradient() -> None:
    t = torch.tensor([0.0, 1.0, 3.0], dtype=np.float64, requires_grad=True)
    F.poisson_nll_loss(torch.zeros(3, dtype=np.float64), t, full=True, reduction="sum").backward()
    assert t.grad is not None
    np.testing.assert_allclose(t.grad.numpy(), [0.0, 0.0, np.log(3) + 1 / 6])


def test_sparse_draws_the_places_of_its_zeros_from_the_generator_it_is_given() -> None:
    state = torch.random.default_generator.get_state()
    first, second = [
        nn.init.sparse_(torch.empty(8, 4), 0.5, generator=torch.Generator().manual_seed(3)) for _ in range(2)
    ]
    assert first.tolist() == second.tolist()
    assert (first == 0).sum(0).tolist() == [4] * 4
    assert (torch.random.default_generator.get_state() == state).all()
