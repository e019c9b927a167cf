"""Reads of parts: their gradients are added into one array, which nobody else holds, and hooks see it complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import grad
from tinygrad_opt.autograd.derivatives import indexing


@pytest.fixture
def dense(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The shapes of the arrays of zeros that are made for parts."""
    made: list[tuple[int, ...]] = []
    scatter = indexing.scatter.fn

    def counted(*xs: Any, keys: Any, shape: tuple[int, ...]) -> Any:
        made.append(shape)
        return scatter(*xs, keys=keys, shape=shape)

    monkeypatch.setattr(indexing.scatter, "fn", counted)
    return made


READS: list[Callable[[Any], Any]] = [
    lambda x: [x[i] for i in range(30)],
    lambda x: list(x),
    lambda x: x.unbind(0),
    lambda x: x.split(1),
    lambda x: x.chunk(15),
    lambda x: [x[torch.tensor([i, i, 3])] for i in range(30)],
]


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("leaf", [True, False])
@pytest.mark.parametrize("create_graph", [True, False])
def test_many_reads_make_one_dense_array(
    read: Callable[[Any], Any], leaf: bool, create_graph: bool, dense: list[tuple[int, ...]]
) -> None:
    x = torch.ones(30, 2, requires_grad=True)
    y = x if leaf else x * 1
    total = sum((i + 1.0) * part.sum() for i, part in enumerate(read(y)))
    (g,) = grad(total, x, create_graph=create_graph)
    assert dense == [(30, 2)]
    numbers = torch.arange(60.0).reshape(30, 2)
    expected = np.zeros((30, 2))
    for i, rows in enumerate(read(numbers)):
        np.add.at(expected.reshape(-1), rows.numpy().astype(int).ravel(), i + 1.0)
    assert g.tolist() == expected.tolist()


def test_parts_are_never_added_to_an_array_that_somebody_else_holds() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x * 1
    z = y.clone()  # passes its gradient on as it is
    z.retain_grad()
    seed = torch.ones(3)
    torch.autograd.backward([z, y[1], y[1:], y[0]], [seed, torch.tensor(2.0), torch.ones(2), torch.tensor(5.0)])
    assert x.grad.tolist() == [6, 4, 2]
    assert z.grad.tolist() == [1, 1, 1]
    assert seed.tolist() == [1, 1, 1]


def test_dense_gradients_and_parts_mix_in_any_order() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    s = torch.zeros(())
    for i in range(3):
        s = s + y[i] * y[i] + (y * y).sum()
    for create in (True, False):
        (g,) = grad(s, x, create_graph=create, retain_graph=True)
        assert g.tolist() == [8, 16, 24]
    s.backward()
    s = sum(x[i] * 2 for i in range(3)) + x.sum()
    s.backward()
    assert x.grad.tolist() == [11, 19, 27]


def test_hooks_see_the_whole_gradient_once() -> None:
    seen: list[Any] = []
    x = torch.ones(3, requires_grad=True)
    y = x * 1
    x.register_hook(lambda g: seen.append(("leaf", g.tolist())))
    y.register_hook(lambda g: seen.append(("node", g.tolist())) or g * 10)  # type: ignore[func-returns-value]
    (x[0] + x[1] * 2 + y[1:].sum() + y[2]).backward()
    assert seen == [("node", [0, 1, 2]), ("leaf", [1, 12, 20])]


def test_only_the_wanted_inputs_get_parts() -> None:
    x, w = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    y = x * w
    (y[0] + y[1] * 2 + x[0] + w[1]).backward(inputs=[x])
    assert x.grad.tolist() == [2, 2, 0]
    assert w.grad is None


def test_second_derivatives_run_through_collected_parts() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    s = sum(x[i] ** 3 for i in range(3)) + (x[:2] * x[1:]).sum()
    (g,) = grad(s, x, create_graph=True)
    (h,) = grad(g.sum(), x)
    assert g.tolist() == [3 + 2, 12 + 4, 27 + 2]
    assert h.tolist() == [6 + 1, 12 + 2, 18 + 1]


def test_an_index_written_after_it_was_read_is_noticed_in_second_derivatives_too() -> None:
    x = torch.ones(2, 3, requires_grad=True)
    i = torch.tensor([0, 2])
    (g,) = grad((x[:, i] ** 2).sum(), x, create_graph=True)
    i[0] = 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        g.sum().backward()


@pytest.mark.parametrize(
    "program",
    [
        lambda y: y[1:].sqrt_(),
        lambda y: y.__setitem__(0, y[0].sqrt()),
        lambda y: y.index_put_((torch.tensor([0]),), y[:1].sqrt()),
        lambda y: y[y == 0].sqrt(),
        lambda y: y.view(-1)[1:3].sqrt_(),
    ],
)
def test_anomaly_detection_names_the_line_of_writes_in_place_and_of_views(program: Callable[[Any], Any]) -> None:
    x = torch.zeros(3, requires_grad=True)
    with torch.autograd.detect_anomaly():
        y = x * 1
        z = program(y)
        with pytest.raises(RuntimeError, match=r"'SqrtBackward0' returned nan(.|\n)*test_parts.py"):
            ((y if z is None else z) * 0).sum().backward()
