"""For the same seed, random tensors hold PyTorch's numbers, whichever function draws them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

DRAWS: dict[str, Callable[[Any], Any]] = {
    "rand": lambda t: t.rand(3, 4),
    "rand in float64": lambda t: t.rand(5, dtype=t.float64),
    "randn, a few": lambda t: t.randn(5),
    "randn, many": lambda t: t.randn(4, 10),
    "randint": lambda t: t.randint(10, (4, 3)),
    "randint from": lambda t: t.randint(-3, 4, (50,)),
    "randint high=": lambda t: t.randint(high=5, size=(6,)),
    "randperm": lambda t: t.randperm(30),
    "rand_like": lambda t: t.rand_like(t.zeros(2, 2)),
    "randn_like": lambda t: t.randn_like(t.zeros(3, 2, dtype=t.float64)),
    "normal": lambda t: t.normal(2.0, 3.0, (7,)),
    "bernoulli": lambda t: t.bernoulli(t.full((20,), 0.3)),
    "uniform_": lambda t: t.empty(4).uniform_(-1, 2),
    "normal_": lambda t: t.empty(20).normal_(1, 0.5),
    "multinomial with replacement": lambda t: t.multinomial(t.arange(1.0, 6.0), 40, replacement=True),
    "multinomial of rows": lambda t: t.multinomial(t.arange(1.0, 9.0).view(2, 4), 40, True),
}
RACES: dict[str, Callable[[Any], Any]] = {
    "multinomial, one": lambda t: t.multinomial(t.arange(1.0, 28.0).view(3, 9), 1),
    "multinomial, one with replacement": lambda t: t.multinomial(t.arange(1.0, 10.0), 1, replacement=True),
    "multinomial without replacement": lambda t: t.multinomial(t.arange(1.0, 28.0).view(3, 9), 5),
    "multinomial with a weight of 0": lambda t: t.multinomial(t.arange(4.0), 3),
}


def assert_same_stream(draw: Callable[[Any], Any]) -> None:
    tinygrad_opt.manual_seed(7)
    torch.manual_seed(7)
    for _ in range(3):
        ours, theirs = draw(tinygrad_opt).numpy(), draw(torch).numpy()
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)
    assert tinygrad_opt.rand(1).item() == torch.rand(1).item()  # as many numbers were taken


@pytest.mark.parametrize("name", DRAWS)
def test_streams_are_pytorchs(name: str) -> None:
    assert_same_stream(DRAWS[name])


@pytest.mark.parametrize("name", RACES)
def test_races_are_pytorchs(name: str) -> None:
    torch.manual_seed(0)
    first = torch.empty(1, dtype=torch.float64).exponential_().item()
    if first != -np.log1p(-tinygrad_opt.Generator().manual_seed(0).uniform((1,), dtype=np.float64)[0]):
        pytest.skip("on this processor PyTorch draws exponential numbers from another library's stream")
    assert_same_stream(RACES[name])


@pytest.mark.parametrize(
    ("weights", "n", "replacement"),
    [
        ([1.0, -1.0], 1, False),
        ([1.0, np.nan], 1, False),
        ([0.0, 0.0], 1, True),
        ([1.0, 2.0], 3, False),
        ([1.0], 0, True),
    ],
)
def test_impossible_draws_are_refused_as_in_pytorch(weights: Any, n: int, replacement: bool) -> None:
    for library in (torch, tinygrad_opt):
        with pytest.raises(RuntimeError):
            library.multinomial(library.tensor(weights), n, replacement)
