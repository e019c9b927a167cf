"""DataLoader: a dataset's batches, in PyTorch's order for the same seed, ahead of time, and from where one stopped."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ...generator import Generator, default_generator
from .collate import default_collate, default_convert
from .dataset import IterableDataset, Subset, TensorDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler

_END = object()


class _Epoch:
    """An epoch that was begun: the batches it has given, and where the generators stood before it."""

    def __init__(self, own: list[Any]) -> None:
        self.position = 0
        self.own = own
        self.default = default_generator.get_state()


class DataLoader:
    """Batches of `dataset`, epoch after epoch: `for x, y in loader`.

    Args:
        batch_size: samples in a batch; None gives single samples.
        shuffle: a new random order in every epoch, the same as PyTorch's for the same seed.
        sampler: the order, instead of `shuffle`; numbers of samples.
        batch_sampler: the order in batches, instead of all of these; lists of numbers.
        num_workers: threads that make batches ahead of time; 0 makes each when it is asked for. Batches keep their
            order. An IterableDataset is read by one thread. NumPy and files work beside each other in threads, plain
            Python does not; a dataset that draws random numbers should do so with num_workers=0.
        collate_fn: what makes a batch of a list of samples.
        drop_last: leave out a last batch that is shorter.
        generator: what the order is drawn from, for this loader alone; unless given, the default generator.
        prefetch_factor: how many batches each thread is ahead, 2 unless told.
        pin_memory, persistent_workers: accepted, and without effect here.

    `state_dict()` says how far the current epoch has come; after load_state_dict() the next `for` gives the rest of it,
    bit for bit. What was drawn from the default generator is the caller's to restore, as `Checkpoint` does.

    ValueError for arguments that exclude each other. As torch.utils.data.DataLoader.

    >>> data = torch.utils.data.TensorDataset(torch.arange(5))
    >>> loader = torch.utils.data.DataLoader(data, 2, shuffle=True, generator=torch.Generator().manual_seed(0))
    >>> for (x,) in loader:
    ...     print(x)
    tensor([3, 1])
    tensor([0, 4])
    tensor([2])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Generator | None = None,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to make batches when asked")
        if prefetch_factor is not None and (num_workers == 0 or prefetch_factor < 1):
            raise ValueError(f"prefetch_factor={prefetch_factor}: it should be positive, and needs num_workers > 0")
        self._iterable = isinstance(dataset, IterableDataset)
        if self._iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError(
                "DataLoader with IterableDataset: expected unspecified shuffle, sampler and batch_sampler options, but "
                f"got shuffle={shuffle}, sampler={sampler}, batch_sampler={batch_sampler}"
            )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None and not self._iterable:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(range(0) if sampler is None else sampler, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.prefetch_factor = 2 if prefetch_factor is None and num_workers else prefetch_factor
        self.generator = generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self._epoch: _Epoch | None = None
        self._resume: Mapping[str, Any] | None = None

    def __len__(self) -> int:
        if not self._iterable:
            return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]
        count = len(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        resume, self._resume = self._resume, None
        now = default_generator.get_state()
        if resume is not None:
            default_generator.set_state(resume["default_generator"])
        epoch = _Epoch([g.get_state() for g in self._own_generators()])
        (self.generator or default_generator).draw_seed()  # the seed of PyTorch's workers: the order comes after it
        requests = self._requests()
        if resume is not None:
            try:
                for epoch.position in range(1, resume["position"] + 1):
                    if next(requests, _END) is _END:
                        raise RuntimeError(
                            f"DataLoader: cannot go on after batch {resume['position']}: the epoch now has only "
                            f"{epoch.position - 1}; give the dataset and the arguments it had"
                        )
            finally:
                default_generator.set_state(now)
        self._epoch = epoch
        return self._batches(epoch, requests)

    def _batches(self, epoch: _Epoch, requests: Iterator[Any]) -> Iterator[Any]:
        for batch in self._ahead(requests) if self.num_workers else map(self._fetch, requests):
            epoch.position += 1
            yield batch
        if self._epoch is epoch:
            self._epoch = None

    def _ahead(self, requests: Iterator[Any]) -> Iterator[Any]:
        """The batches in order, made by threads that are some batches ahead."""
        from concurrent.futures import Future, ThreadPoolExecutor  # slow to import, and needed only here

        # An iterator is not to be asked by two threads at once.
        pool = ThreadPoolExecutor(1 if self._iterable else self.num_workers, "DataLoader")
        waiting: deque[Future[Any]] = deque()

        def submit() -> None:
            if self._iterable:
                waiting.append(pool.submit(lambda: self._fetch(next(requests, _END))))
            else:
                waiting.append(pool.submit(self._fetch, next(requests, _END)))

        try:
            for _ in range(self.num_workers * (self.prefetch_factor or 1)):
                submit()
            while (batch := waiting.popleft().result()) is not _END:
                submit()
                yield batch
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _requests(self) -> Iterator[Any]:
        """What each batch is made of: numbers of samples, or the samples themselves that an IterableDataset gives."""
        if not self._iterable:
            yield from self.sampler if self.batch_sampler is None else self.batch_sampler  # type: ignore[misc]
        elif self.batch_size is None:
            yield from self.dataset
        else:
            samples = iter(self.dataset)
            while batch := list(itertools.islice(samples, self.batch_size)):
                if len(batch) == self.batch_size or not self.drop_last:
                    yield batch

    def _fetch(self, request: Any) -> Any:
        if request is _END or self._iterable:
            return request if request is _END else self.collate_fn(request)
        if self.batch_sampler is None:
            return self.collate_fn(self.dataset[request])
        if self.collate_fn is default_collate:
            rows = _rows(self.dataset, request)
            if rows is not None:
                return rows
        if hasattr(self.dataset, "__getitems__"):
            return self.collate_fn(self.dataset.__getitems__(request))
        return self.collate_fn([self.dataset[i] for i in request])

    # ---- where it is ----

    def _own_generators(self) -> list[Generator]:
        """The generators that the order is drawn from, without the default one, each once."""
        inner = getattr(self.batch_sampler, "sampler", None)
        found = [self.generator, *(getattr(s, "generator", None) for s in (self.sampler, self.batch_sampler, inner))]
        unique = {id(g): g for g in found if isinstance(g, Generator) and g is not default_generator}
        return list(unique.values())

    def state_dict(self) -> dict[str, Any]:
        """Where this loader is: how many batches the epoch has given, None between epochs, and the generators' states.

        An epoch that was left early counts as not finished.
        """
        if self._resume is not None:
            return dict(self._resume)
        if self._epoch is None:
            own = [g.get_state() for g in self._own_generators()]
            return {"position": None, "generators": own, "default_generator": None}
        epoch = self._epoch
        return {"position": epoch.position, "generators": epoch.own, "default_generator": epoch.default}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a `state_dict()`: the next `for` over this loader gives the rest of that epoch.

        ValueError, before anything is changed, if it is of a loader with other generators.
        """
        if not isinstance(state_dict, Mapping) or not {"position", "generators", "default_generator"} <= {*state_dict}:
            raise ValueError("DataLoader: this is not the state of a loader; pass what state_dict() returned")
        own = self._own_generators()
        if len(state_dict["generators"]) != len(own):
            raise ValueError(
                f"DataLoader: the state is of a loader with {len(state_dict['generators'])} generators of its own, "
                f"this one has {len(own)}; make it with the arguments it had"
            )
        position, states = state_dict["position"], list(state_dict["generators"])
        if position is not None:
            if not isinstance(position, int) or position < 0:
                raise ValueError(f"DataLoader: the position in the epoch is a number of batches, not {position!r}")
            states.append(state_dict["default_generator"])
        for state in states:
            Generator().set_state(state)  # refuses what is no state
        for generator, state in zip(own, state_dict["generators"], strict=True):
            generator.set_state(state)
        self._epoch = None
        self._resume = None if position is None else dict(state_dict)


def _rows(dataset: Any, indices: list[int]) -> list[Any] | None:
    """The batch that default_collate makes of rows of a TensorDataset, read at once; None for other datasets."""
    while type(dataset) is Subset:
        indices, dataset = [dataset.indices[i] for i in indices], dataset.dataset
    return [t[indices] for t in dataset.tensors] if type(dataset) is TensorDataset else None
