"""Datasets, samplers and loaders give PyTorch's samples, in PyTorch's order, for the same seed."""

from __future__ import annotations

import itertools
import warnings
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")
LIBRARIES = (tinygrad_opt, torch)
Point = namedtuple("Point", "x y")


def plain(x: Any) -> Any:
    """Tensors as lists with their dtypes, whichever library they are of."""
    if isinstance(x, tinygrad_opt.Tensor | torch.Tensor):
        return str(x.numpy().dtype), x.tolist()
    if isinstance(x, dict):
        return type(x).__name__, {k: plain(v) for k, v in x.items()}
    return (type(x).__name__, [plain(v) for v in x]) if isinstance(x, list | tuple) else x


def rows(t: Any, n: int = 11) -> Any:
    return t.utils.data.TensorDataset(t.arange(2.0 * n).view(n, 2), t.arange(n))


def stream(t: Any) -> Any:
    class Numbers(t.utils.data.IterableDataset):  # type: ignore[misc,name-defined]
        def __iter__(self) -> Iterator[int]:
            return iter(range(11))

    return Numbers()


def generator(t: Any, seed: int = 3) -> Any:
    return t.Generator().manual_seed(seed)


def assert_same(run: Callable[[Any], Any]) -> None:
    """Two epochs are equal, and so is how many numbers they drew from the default generator."""
    results = []
    for t in LIBRARIES:
        t.manual_seed(5)
        made = run(t)
        results.append([plain(list(made)), plain(list(made)), t.rand(2).tolist()])
    assert results[0] == results[1]


SAMPLERS: dict[str, Callable[[Any, Any], Any]] = {
    "sequential": lambda t, d: d.SequentialSampler(range(7)),
    "random": lambda t, d: d.RandomSampler(range(40)),
    "random, one": lambda t, d: d.RandomSampler(range(1)),
    "random, generator": lambda t, d: d.RandomSampler(range(40), generator=generator(t)),
    "random, fewer": lambda t, d: d.RandomSampler(range(40), num_samples=7),
    "random, more": lambda t, d: d.RandomSampler(range(10), num_samples=37, generator=generator(t)),
    "random, twice": lambda t, d: d.RandomSampler(range(10), num_samples=20, generator=generator(t)),
    "replacement": lambda t, d: d.RandomSampler(range(10), replacement=True),
    "replacement, 64": lambda t, d: d.RandomSampler(range(10), True, 64, generator(t)),
    "replacement, 100": lambda t, d: d.RandomSampler(range(10), True, num_samples=100),
    "subset": lambda t, d: d.SubsetRandomSampler([5, 3, 9, 100]),
    "subset, generator": lambda t, d: d.SubsetRandomSampler(range(3, 30), generator=generator(t)),
    "weighted": lambda t, d: d.WeightedRandomSampler([0.1, 0.9, 0.4, 7.0], 20),
    "weighted, generator": lambda t, d: d.WeightedRandomSampler(t.arange(1.0, 6.0), 9, True, generator(t)),
    "batch": lambda t, d: d.BatchSampler(d.RandomSampler(range(10)), 3, False),
    "batch, drop_last": lambda t, d: d.BatchSampler(d.SequentialSampler(range(10)), 3, drop_last=True),
    "batch, fits": lambda t, d: d.BatchSampler(range(9), 3, True),
    "batch, of none": lambda t, d: d.BatchSampler([], 3, False),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_samplers(name: str) -> None:
    make = SAMPLERS[name]
    assert_same(lambda t: make(t, t.utils.data))
    ours, theirs = (make(t, t.utils.data) for t in LIBRARIES)
    assert len(ours) == len(theirs)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("batch_size", [1, 3, 11, 20, None])
@pytest.mark.parametrize("seeded", [False, True])
def test_loaders(shuffle: bool, drop_last: bool, batch_size: int | None, seeded: bool) -> None:
    drop_last = drop_last and batch_size is not None

    def make(t: Any) -> Any:
        options = {"shuffle": shuffle, "drop_last": drop_last, "generator": generator(t) if seeded else None}
        return t.utils.data.DataLoader(rows(t), batch_size, **options)

    assert_same(make)
    assert len(make(tinygrad_opt)) == len(make(torch))


LOADERS: dict[str, Callable[[Any, Any], Any]] = {
    "range": lambda t, d: d.DataLoader(range(10), 4, shuffle=True),
    "sampler": lambda t, d: d.DataLoader(rows(t), 4, sampler=d.WeightedRandomSampler([1.0] * 11, 9)),
    "sampler, a list": lambda t, d: d.DataLoader(rows(t), 4, sampler=[3, 1, 4, 1, 5]),
    "batch_sampler": lambda t, d: d.DataLoader(rows(t), batch_sampler=[[1, 2], [0], [5, 5, 5]]),
    "batch_sampler, random": lambda t, d: d.DataLoader(
        rows(t), batch_sampler=d.BatchSampler(d.RandomSampler(range(11)), 4, True)
    ),
    "collate_fn": lambda t, d: d.DataLoader(rows(t), 4, True, collate_fn=len),
    "collate_fn, single": lambda t, d: d.DataLoader(rows(t), None, collate_fn=lambda sample: sample[1] * 2),
    "subset": lambda t, d: d.DataLoader(d.Subset(rows(t), [5, 2, 9, 1]), 3, shuffle=True),
    "subset of subset": lambda t, d: d.DataLoader(d.Subset(d.Subset(rows(t), [5, 2, 9]), [2, 0]), 3),
    "concatenated": lambda t, d: d.DataLoader(rows(t, 3) + rows(t, 4), 3, shuffle=True),
    "dicts": lambda t, d: d.DataLoader([{"x": np.ones(2) * i, "y": i, "z": str(i)} for i in range(5)], 2),
    "single arrays": lambda t, d: d.DataLoader([{"x": np.ones(2), "z": ("a", np.float32(2))}], None),
    "stream": lambda t, d: d.DataLoader(stream(t), 4),
    "stream, drop_last": lambda t, d: d.DataLoader(stream(t), 4, drop_last=True),
    "stream, single": lambda t, d: d.DataLoader(stream(t), None),
    "split": lambda t, d: d.DataLoader(d.random_split(rows(t), [8, 3], generator(t))[0], 3, shuffle=True),
}


@pytest.mark.parametrize("name", LOADERS)
def test_other_loaders(name: str) -> None:
    assert_same(lambda t: LOADERS[name](t, t.utils.data))


@pytest.mark.parametrize("name", LOADERS)
def test_threads_give_the_batches_of_one_thread_in_their_order(name: str) -> None:
    results = []
    for workers in (0, 1, 3):
        tinygrad_opt.manual_seed(5)
        loader = LOADERS[name](tinygrad_opt, tinygrad_opt.utils.data)
        loader.num_workers = workers
        results.append([plain(list(loader)), plain(list(loader)), tinygrad_opt.rand(2).tolist()])
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("seed", range(20))
def test_shuffling_for_20_seeds(seed: int) -> None:
    n = 3 ** (seed % 9) + seed
    order = []
    for t in LIBRARIES:
        t.manual_seed(seed)
        order.append([x.tolist() for _ in range(2) for x in t.utils.data.DataLoader(range(n), 64, shuffle=True)])
    assert order[0] == order[1]


@pytest.mark.parametrize(
    ("n", "lengths"),
    [
        (10, [3, 7]),
        (10, [10]),
        (10, [0, 10]),
        (10, [0.5, 0.5]),
        (11, [0.3, 0.3, 0.4]),
        (7, [0.25] * 4),
        (1, [1]),
        (100, [0.1] * 10),
        (3, [1, 1, 1]),
        (0, [0]),
        (13, [0.9, 0.1]),
    ],
)
@pytest.mark.parametrize("seeded", [False, True])
def test_random_split(n: int, lengths: list[Any], seeded: bool) -> None:
    parts = []
    for t in LIBRARIES:
        t.manual_seed(2)
        more = {"generator": generator(t)} if seeded else {}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            parts.append([list(p) for p in t.utils.data.random_split(range(n), lengths, **more)])
        parts[-1].append([str(w.message) for w in caught])
    assert parts[0] == parts[1]


BATCHES: dict[str, Callable[[Any], Any]] = {
    "ints": lambda t: [0, 1, 2],
    "bools": lambda t: [True, False],
    "floats": lambda t: [0.5, 1.5],
    "strings": lambda t: ["a", "b"],
    "bytes": lambda t: [b"a", b"b"],
    "tensors": lambda t: [t.ones(2), t.zeros(2)],
    "tensors of ints": lambda t: [t.tensor(1), t.tensor(2)],
    "arrays": lambda t: [np.ones((2, 1), np.float32), np.zeros((2, 1), np.float32)],
    "0-d arrays": lambda t: [np.array(1), np.array(3)],
    "numpy scalars": lambda t: [np.float32(1), np.float32(2)],
    "numpy bools": lambda t: [np.bool_(True), np.bool_(False)],
    "pairs": lambda t: [(0, 1.5), (2, 3.5)],
    "lists": lambda t: [[0, 1], [2, 3]],
    "named tuples": lambda t: [Point(0, 1.0), Point(2, 3.0)],
    "dicts": lambda t: [{"a": 0, "b": "x"}, {"a": 1, "b": "y"}],
    "ordered dicts": lambda t: [OrderedDict(a=0, b=(1, 2)), OrderedDict(a=1, b=(3, 4))],
    "ranges": lambda t: [range(2), range(2, 4)],
    "nested": lambda t: [({"a": [t.ones(1), 2]}, "s"), ({"a": [t.zeros(1), 3]}, "t")],
    "one": lambda t: [(t.ones(2), 1)],
    "empty parts": lambda t: [(), ()],
}


@pytest.mark.parametrize("name", BATCHES)
def test_default_collate_and_convert(name: str) -> None:
    for of in ("default_collate", "default_convert"):
        ours, theirs = (plain(getattr(t.utils.data, of)(BATCHES[name](t))) for t in LIBRARIES)
        assert ours == theirs


def test_datasets() -> None:
    for t in LIBRARIES:
        whole = t.utils.data.ConcatDataset([rows(t, 2), rows(t, 3)])
        assert [whole[i][1].item() for i in (0, 1, 2, 4, -1, -5)] == [0, 1, 0, 2, 2, 0]
        assert whole.cumulative_sizes == [2, 5]
        assert len(whole) == 5
        assert len(t.utils.data.Subset(rows(t), [4, 2])) == 2
        assert rows(t)[3:5][1].tolist() == [3, 4]


BAD: dict[str, Callable[[Any, Any], Any]] = {
    "tensors of different lengths": lambda t, d: d.TensorDataset(t.ones(2), t.ones(3)),
    "nothing concatenated": lambda t, d: d.ConcatDataset([]),
    "streams concatenated": lambda t, d: d.ConcatDataset([stream(t)]),
    "concatenated, too far back": lambda t, d: d.ConcatDataset([range(3)])[-4],
    "concatenated, too far": lambda t, d: d.ConcatDataset([range(3)])[3],
    "no __getitem__": lambda t, d: d.Dataset()[0],
    "replacement": lambda t, d: d.RandomSampler(range(3), replacement=1),
    "num_samples": lambda t, d: d.RandomSampler(range(3), num_samples=0),
    "num_samples, a float": lambda t, d: d.RandomSampler(range(3), num_samples=2.0),
    "shuffled emptiness": lambda t, d: d.DataLoader([], shuffle=True),
    "weighted, num_samples": lambda t, d: d.WeightedRandomSampler([1.0], True),
    "weighted, replacement": lambda t, d: d.WeightedRandomSampler([1.0], 1, 1),
    "weighted, 2-d": lambda t, d: d.WeightedRandomSampler([[1.0]], 1),
    "weighted, too many": lambda t, d: list(d.WeightedRandomSampler([1.0, 2.0], 3, False)),
    "batch_size 0": lambda t, d: d.DataLoader(range(3), 0),
    "batch_size True": lambda t, d: d.BatchSampler(range(3), True, False),
    "drop_last 1": lambda t, d: d.BatchSampler(range(3), 2, 1),
    "lengths": lambda t, d: d.random_split(range(5), [2, 2]),
    "fractions": lambda t, d: d.random_split(range(5), [1.5, -0.5]),
    "num_workers": lambda t, d: d.DataLoader(range(3), num_workers=-1),
    "prefetch_factor": lambda t, d: d.DataLoader(range(3), prefetch_factor=2),
    "sampler and shuffle": lambda t, d: d.DataLoader(range(3), shuffle=True, sampler=[0]),
    "batch_sampler and batch_size": lambda t, d: d.DataLoader(range(3), 2, batch_sampler=[[0]]),
    "drop_last of nothing": lambda t, d: d.DataLoader(range(3), None, drop_last=True),
    "stream shuffled": lambda t, d: d.DataLoader(stream(t), shuffle=True),
    "stream with a sampler": lambda t, d: d.DataLoader(stream(t), sampler=[0]),
    "stream with a batch_sampler": lambda t, d: d.DataLoader(stream(t), batch_sampler=[[0]]),
    "length of a stream": lambda t, d: len(d.DataLoader(stream(t))),
    "collate of objects": lambda t, d: d.default_collate([object()]),
    "collate of strings": lambda t, d: d.default_collate([np.array(["a"])]),
    "collate of lengths": lambda t, d: d.default_collate([[1], [1, 2]]),
    "collate of shapes": lambda t, d: d.default_collate([t.ones(1), t.ones(2)]),
    "collate of keys": lambda t, d: d.default_collate([{"a": 1}, {"b": 1}]),
}


@pytest.mark.parametrize("name", BAD)
def test_refusals_are_of_pytorchs_class(name: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011  (the class is compared below)
        BAD[name](torch, torch.utils.data)
    with pytest.raises(theirs.type):
        BAD[name](tinygrad_opt, tinygrad_opt.utils.data)


def test_a_loader_left_early_goes_on_as_in_pytorch() -> None:
    seen = []
    for t in LIBRARIES:
        t.manual_seed(1)
        loader = t.utils.data.DataLoader(rows(t), 3, shuffle=True)
        first = [y.tolist() for _, y in itertools.islice(loader, 2)]
        seen.append([first, [y.tolist() for _, y in loader], t.rand(1).item()])
    assert seen[0] == seen[1]
