"""Initialisations: the spread they promise, PyTorch's first numbers, and no trace in the graph."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.nn import init

SPREADS: list[tuple[Callable[..., Any], dict[str, Any], float]] = [
    (init.xavier_uniform_, {}, math.sqrt(2 / 500)),
    (init.xavier_uniform_, {"gain": 3.0}, 3 * math.sqrt(2 / 500)),
    (init.xavier_normal_, {}, math.sqrt(2 / 500)),
    (init.kaiming_uniform_, {}, math.sqrt(2 / 300)),
    (init.kaiming_uniform_, {"a": math.sqrt(5)}, math.sqrt(2 / 6 / 300)),
    (init.kaiming_uniform_, {"mode": "fan_out", "nonlinearity": "relu"}, math.sqrt(2 / 200)),
    (init.kaiming_normal_, {"nonlinearity": "linear"}, math.sqrt(1 / 300)),
    (init.kaiming_normal_, {"mode": "fan_out", "nonlinearity": "tanh"}, 5 / 3 * math.sqrt(1 / 200)),
    (init.normal_, {"mean": 0.0, "std": 0.7}, 0.7),
    (init.uniform_, {"a": -1.0, "b": 1.0}, math.sqrt(1 / 3)),
]


@pytest.mark.parametrize(("fill", "options", "std"), SPREADS)
def test_the_spread_is_what_it_says(fill: Callable[..., Any], options: dict[str, Any], std: float) -> None:
    torch.manual_seed(0)
    x = torch.empty(200, 300)
    assert fill(x, **options) is x
    values = x.numpy()
    assert abs(values.mean()) < 0.02 * std
    assert values.std() == pytest.approx(std, rel=0.01)
    if "uniform" in fill.__name__:
        assert abs(values).max() == pytest.approx(math.sqrt(3) * std, rel=1e-3)


def test_fans_count_the_kernel() -> None:
    torch.manual_seed(0)
    x = init.kaiming_normal_(torch.empty(50, 40, 5, 5), nonlinearity="linear")
    assert x.numpy().std() == pytest.approx(1 / math.sqrt(40 * 25), rel=0.02)


def test_constants_are_written_everywhere() -> None:
    assert init.constant_(torch.empty(2), 0.5).tolist() == [0.5, 0.5]
    assert init.ones_(torch.empty(2)).tolist() == [1, 1]
    assert init.zeros_(torch.ones(2)).tolist() == [0, 0]


def test_a_leaf_that_requires_grad_is_filled_without_a_trace() -> None:
    x = torch.ones(3, 3, requires_grad=True)
    for fill in (init.uniform_, init.xavier_normal_, init.kaiming_uniform_, init.zeros_):
        assert fill(x) is x
        assert x.is_leaf
        assert x.requires_grad
    assert torch.autograd.is_grad_enabled()


def test_the_numbers_of_a_seed_are_pytorchs() -> None:
    torch.manual_seed(0)
    uniform = init.uniform_(torch.empty(3))
    np.testing.assert_allclose(uniform.numpy(), [0.4963, 0.7682, 0.0885], rtol=0, atol=5e-5)
    again = init.uniform_(torch.empty(3), generator=torch.Generator().manual_seed(0))
    assert again.tolist() == uniform.tolist()


@pytest.mark.parametrize(
    ("name", "param", "gain"),
    [
        ("linear", None, 1.0),
        ("sigmoid", None, 1.0),
        ("tanh", None, 5 / 3),
        ("relu", None, math.sqrt(2)),
        ("leaky_relu", None, math.sqrt(2 / (1 + 0.01**2))),
        ("leaky_relu", 0.2, math.sqrt(2 / 1.04)),
        ("leaky_relu", 1, 1.0),
        ("selu", None, 0.75),
    ],
)
def test_gains_are_those_of_pytorch(name: str, param: float | None, gain: float) -> None:
    assert init.calculate_gain(name, param) == gain


def test_what_has_no_gain_or_no_fans_is_refused_before_anything_is_drawn() -> None:
    torch.manual_seed(0)
    x = torch.ones(3, 2)
    for call, text in [
        (lambda: init.kaiming_uniform_(torch.ones(3)), "Fan in and fan out can not be computed"),
        (lambda: init.xavier_normal_(torch.ones(3)), "Fan in and fan out can not be computed"),
        (
            lambda: init.kaiming_normal_(x, mode="fan"),
            r"Mode fan not supported, please use one of \['fan_in', 'fan_out'",
        ),
        (lambda: init.kaiming_normal_(x, nonlinearity="rleu"), "Unsupported nonlinearity rleu"),
        (lambda: init.calculate_gain("leaky_relu", True), "negative_slope True not a valid number"),
    ]:
        with pytest.raises(ValueError, match=text):
            call()
    assert x.tolist() == [[1, 1]] * 3
    assert torch.rand(1).item() == pytest.approx(0.4963, abs=1e-4)


def test_a_tensor_without_elements_is_left_alone_with_a_warning() -> None:
    for fill in (init.kaiming_uniform_, init.kaiming_normal_):
        with pytest.warns(UserWarning, match="Initializing zero-element tensors is a no-op"):
            assert fill(torch.empty(0, 3)).shape == (0, 3)
