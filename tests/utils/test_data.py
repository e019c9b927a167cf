"""Loaders that stop and go on, and that work ahead in threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tinygrad_opt as torch
from tinygrad_opt.generator import default_generator
from tinygrad_opt.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    TensorDataset,
    WeightedRandomSampler,
)


class Stream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        return iter(range(17))


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(8)


LOADERS: dict[str, Callable[[], DataLoader]] = {
    "in order": lambda: DataLoader(range(17), 3),
    "shuffled": lambda: DataLoader(range(17), 3, shuffle=True),
    "shuffled by a generator": lambda: DataLoader(range(17), 3, shuffle=True, generator=generator()),
    "drawn by a generator": lambda: DataLoader(
        range(17), 3, sampler=RandomSampler(range(17), True, 50, generator=generator())
    ),
    "weighted": lambda: DataLoader(range(17), 3, sampler=WeightedRandomSampler([1.0, 2.0] * 8 + [3.0], 17)),
    "two generators": lambda: DataLoader(
        range(17), batch_sampler=BatchSampler(RandomSampler(range(17), generator=generator()), 3, True),
        generator=generator(),
    ),
    "single": lambda: DataLoader(range(17), None, shuffle=True),
    "a stream": lambda: DataLoader(Stream(), 3),
    "threads": lambda: DataLoader(range(17), 3, shuffle=True, num_workers=2),
    "threads and a generator": lambda: DataLoader(range(17), 3, shuffle=True, num_workers=2, generator=generator()),
    "a stream and threads": lambda: DataLoader(Stream(), 3, num_workers=2),
}  # fmt: skip


def run(loader: DataLoader, epochs: int, states: list[Any]) -> list[Any]:
    """Batches, each with a random number drawn beside it as dropout would; the state after each goes into `states`."""
    seen = []
    for _ in range(epochs):
        for batch in loader:
            seen.append((torch.as_tensor(batch).tolist(), torch.rand(1).item()))
            states.append((loader.state_dict(), default_generator.get_state(), len(seen)))
        states.append((loader.state_dict(), default_generator.get_state(), len(seen)))
    return seen


@pytest.mark.parametrize("name", LOADERS)
def test_from_every_state_a_new_loader_goes_on_bit_for_bit(name: str) -> None:
    torch.manual_seed(4)
    states: list[Any] = []
    whole = run(LOADERS[name](), 2, states)
    per_epoch = len(states) // 2
    for i, (state, drawn, count) in enumerate(states):
        loader = LOADERS[name]()
        loader.load_state_dict(state)
        default_generator.set_state(drawn)
        assert loader.state_dict().keys() == state.keys()
        between_epochs = (i + 1) % per_epoch == 0
        epochs_left = 2 - i // per_epoch - between_epochs
        assert run(loader, epochs_left, []) == whole[count:]


def test_a_state_before_the_first_batch_goes_on_too() -> None:
    torch.manual_seed(4)
    loader = DataLoader(range(9), 2, shuffle=True)
    batches = iter(loader)
    state, drawn = loader.state_dict(), default_generator.get_state()
    whole = [b.tolist() for b in batches]
    other = DataLoader(range(9), 2, shuffle=True)
    other.load_state_dict(state)
    default_generator.set_state(drawn)
    assert [b.tolist() for b in other] == whole


def test_foreign_states_are_refused_and_nothing_changes() -> None:
    loader = DataLoader(range(9), 2, shuffle=True, generator=generator())
    state = loader.state_dict()
    for bad, words in [
        ({}, "not the state of a loader"),
        ([], "not the state of a loader"),
        ({**state, "generators": []}, "0 generators of its own, this one has 1"),
        ({**state, "position": -1}, "number of batches, not -1"),
        ({**state, "position": "1"}, "number of batches, not '1'"),
    ]:
        with pytest.raises(ValueError, match=words):
            loader.load_state_dict(bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="uint8"):
        loader.load_state_dict({**state, "generators": [1]})
    assert str(loader.state_dict()) == str(state)
    big = DataLoader(range(100), 2, shuffle=True)
    iterator = iter(big)
    for _ in range(7):
        next(iterator)
    small = DataLoader(range(9), 2, shuffle=True)
    small.load_state_dict(big.state_dict())
    before = default_generator.get_state()
    with pytest.raises(RuntimeError, match="after batch 7: the epoch now has only 5"):
        iter(small)
    assert (default_generator.get_state() == before).all()


class Failing(Dataset[int]):
    def __init__(self) -> None:
        self.threads: set[str] = set()

    def __getitem__(self, index: int) -> int:
        self.threads.add(threading.current_thread().name)
        if index == 7:
            raise OSError("sample 7 is gone")
        return index

    def __len__(self) -> int:
        return 20


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_comes_at_its_batch(workers: int) -> None:
    data = Failing()
    batches = iter(DataLoader(data, 2, num_workers=workers))
    assert [next(batches).tolist() for _ in range(3)] == [[0, 1], [2, 3], [4, 5]]
    with pytest.raises(OSError, match="sample 7 is gone"):
        next(batches)
    assert any(name.startswith("DataLoader") for name in data.threads) == bool(workers)


def test_threads_work_beside_each_other_and_ahead() -> None:
    together = threading.Barrier(3)

    class Slow(Dataset[int]):
        def __getitem__(self, index: int) -> int:
            together.wait(30)  # goes on only when three are here
            return index

        def __len__(self) -> int:
            return 6

    assert [b.item() for b in DataLoader(Slow(), num_workers=3)] == list(range(6))


def test_a_batch_of_rows_has_the_gradient_of_rows_put_together() -> None:
    grads = []
    for collate in (None, lambda samples: torch.utils.data.default_collate(samples)):
        x = torch.ones(4, 2, requires_grad=True)
        (batch,) = next(iter(DataLoader(TensorDataset(x), sampler=[2, 0, 2], batch_size=3, collate_fn=collate)))
        (batch * torch.arange(6.0).view(3, 2)).sum().backward()
        assert x.grad is not None
        grads.append(x.grad.tolist())
    assert grads[0] == grads[1]
