"""Where scattering differs from PyTorch: ties without the tensor itself, zeros in products, repeated writes."""

from __future__ import annotations

import math

import tinygrad_opt as torch


def test_an_element_that_does_not_count_takes_no_share_of_a_tie() -> None:
    x = torch.tensor([1.0, -math.inf], requires_grad=True)
    v = torch.tensor([1.0, 1.0, -math.inf], requires_grad=True)
    y = x.scatter_reduce(0, torch.tensor([0, 0, 1]), v, "amax", include_self=False)
    y.sum().backward()
    assert y.tolist() == [1, -math.inf]
    assert [x.grad.tolist(), v.grad.tolist()] == [[0, 0], [0.5, 0.5, 1]]


def test_a_product_with_an_infinity_has_the_others_as_gradient() -> None:
    x = torch.tensor([2.0], requires_grad=True)
    v = torch.tensor([math.inf, 3.0], requires_grad=True)
    x.scatter_reduce(0, torch.tensor([0, 0]), v, "prod").sum().backward()
    assert [x.grad.tolist(), v.grad.tolist()] == [[math.inf], [6, math.inf]]


def test_second_derivatives_of_a_product_are_right_where_several_factors_are_zero() -> None:
    v = torch.tensor([0.0, 0.0, 3.0], requires_grad=True)
    y = torch.ones(1).scatter_reduce(0, torch.tensor([0, 0, 0]), v, "prod", include_self=False)
    (g,) = torch.autograd.grad(y.sum(), v, create_graph=True)
    assert g.tolist() == [0, 0, 0]
    assert [torch.autograd.grad(g[i], v, retain_graph=True)[0].tolist() for i in range(3)] == [
        [0, 3, 0],
        [3, 0, 0],
        [0, 0, 0],
    ]


def test_of_several_writes_the_last_wins_and_alone_gets_a_gradient() -> None:
    for write in ["scatter", "index_copy"]:
        v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = getattr(torch.zeros(2), write)(0, torch.tensor([1, 1, 0]), v)
        y.sum().backward()
        assert y.tolist() == [3, 2]
        assert v.grad.tolist() == [0, 1, 1]


def test_a_source_larger_than_the_index_has_a_gradient_here() -> None:
    v = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    torch.zeros(2).scatter_add(0, torch.tensor([1, 1]), v).sum().backward()
    assert v.grad.tolist() == [1, 1, 0]


def test_nan_is_passed_on_without_a_warning() -> None:
    y = torch.zeros(2).scatter_reduce(0, torch.tensor([0, 0, 1]), torch.tensor([math.nan, 1.0, 2.0]), "amax")
    assert math.isnan(y[0])
    assert y[1] == 2
