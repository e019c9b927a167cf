"""Writes in place: found where they touch what was saved, and only there."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import memory


def test_a_write_is_seen_through_every_view_of_the_same_bytes() -> None:
    array = np.zeros((4, 4))
    time = memory.tick()
    memory.touch(array[1])
    assert memory.written_since(array, time)
    assert memory.written_since(array[1:3, 2], time)
    assert memory.written_since(array.T, time)
    assert not memory.written_since(array[2:], time)
    assert not memory.written_since(array, memory.tick())


def test_more_writes_than_are_kept_apart_are_never_forgotten() -> None:
    array = np.zeros(3000)
    time = memory.tick()
    for i in range(2000):
        memory.touch(array[i : i + 1])
    assert all(memory.written_since(array[i : i + 1], time) for i in range(2000))


def test_notes_die_with_the_memory_they_are_about() -> None:
    gc.collect()
    before = len(memory._writes)
    array = np.zeros(8)
    memory.touch(array[2:])
    assert len(memory._writes) == before + 1
    del array
    assert len(memory._writes) == before


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.add_(1),
        lambda x: x[0].zero_(),
        lambda x: x.view(-1)[1:].mul_(2),
        lambda x: x.__setitem__((0, 0), 5.0),
        lambda x: x.detach().fill_(3),
        lambda x: x.data.sub_(1),
        lambda x: x.T[0].copy_(torch.ones(2)),
    ],
)
def test_backward_refuses_a_saved_array_that_was_written(write: Any) -> None:
    w = torch.ones(2, 2, requires_grad=True)
    x = torch.ones(2, 2) * 1.5
    y = (w * x).sum()
    write(x)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: input 1 of MulBackward0"):
        y.backward()
    assert w.grad is None


def test_writes_beside_what_was_saved_do_no_harm() -> None:
    buffer = torch.ones(4, 2)
    w = torch.ones(2, requires_grad=True)
    y = (w * buffer[0]).sum() + (w * buffer[1]).sum()
    buffer[2] = 7.0
    buffer[3].mul_(2)
    y.backward()
    assert w.grad.tolist() == [2, 2]


def test_a_write_before_it_was_saved_does_no_harm() -> None:
    w, x = torch.ones(2, requires_grad=True), torch.ones(2)
    x.add_(1)
    (w * x).sum().backward()
    assert w.grad.tolist() == [2, 2]


def test_rows_written_one_after_the_other_keep_their_gradients() -> None:
    w = torch.tensor(2.0, requires_grad=True)
    states = torch.zeros(5)
    states[0] = w
    for t in range(1, 5):
        states[t] = states[t - 1] * w
    states[4].backward()
    assert w.grad.item() == 5 * 2.0**4
