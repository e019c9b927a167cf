"""What a graph holds in memory, how deep it may be, and what happens when several threads make graphs."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd.home import ALONE, Home


@pytest.fixture
def without_gc() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_graph_is_freed_without_the_garbage_collector(without_gc: None) -> None:
    def one_step() -> None:
        x = torch.ones(100, 100, requires_grad=True)
        y = ((x @ x).tanh() * x).sum()
        y.backward(create_graph=False)
        z = x[0].exp().sum()  # never walked back
        assert z.requires_grad

    one_step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(200):
        one_step()
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert held < 40_000, f"{held} bytes are held, where one matrix has 80,000"


def test_a_graph_of_gradients_is_freed_without_the_garbage_collector(without_gc: None) -> None:
    x = torch.ones(3, requires_grad=True)
    y = (x.exp() * x).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    node = weakref.ref(g.grad_fn)
    del y, g
    assert node() is None


def test_an_activation_that_no_row_reads_dies_at_once() -> None:
    x = torch.ones(3, requires_grad=True)
    hidden = x + 1  # neither add nor the next add reads it
    array = weakref.ref(hidden.detach().numpy())
    y = hidden + 2
    del hidden
    assert array() is None
    assert y.requires_grad


def test_an_activation_that_a_row_reads_lives_until_backward_has_used_it() -> None:
    x = torch.ones(3, requires_grad=True)
    hidden = x + 1
    array = weakref.ref(hidden.detach().numpy())
    y = hidden.sin().sum()
    del hidden
    assert array() is not None
    y.backward()
    assert array() is None


def test_saved_arrays_are_freed_as_backward_passes_them() -> None:
    x = torch.ones(3, requires_grad=True)
    hidden = x + 1
    array = weakref.ref(hidden.detach().numpy())
    seen = []
    first = x * 1.0
    first.register_hook(lambda g: seen.append(array() is None))
    y = (first + (hidden.sin() * 0.0)).sum()
    del hidden
    y.backward()
    assert seen == [True]


def test_a_node_saves_only_what_its_rules_read() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.full((2,), 3.0)
    assert (a + b).grad_fn.saved is None
    assert [list(s) for s in (a * b).grad_fn.saved] == [[3.0, 3.0]]  # b alone: it wants no gradient itself
    y = a.exp()
    assert y.grad_fn.saved[0] is y.detach().numpy()


@pytest.mark.parametrize(
    ("step", "depth"), [(lambda x: x + 1, 1_000_000), (lambda x: x * 1.0, 100_000), (lambda x: x[:], 100_000)]
)
def test_a_chain_of_a_million_operations_runs_and_is_freed(step: Callable[[Any], Any], depth: int) -> None:
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(depth):
        y = step(y)
    y.backward()
    assert x.grad.item() == 1
    del y


def test_a_write_into_a_view_of_a_view_many_levels_deep_is_followed() -> None:
    x = torch.ones(4, requires_grad=True)
    y = x * 1
    v = y
    for _ in range(5_000):
        v = v[:]
    v[1] = 0
    y.sum().backward()
    assert x.grad.tolist() == [1, 0, 1, 1]


def test_threads_have_grad_modes_of_their_own() -> None:
    results: dict[str, list[bool]] = {"on": [], "off": []}
    ready = threading.Barrier(2)

    def work(name: str, enabled: bool) -> None:
        x = torch.ones(2, requires_grad=True)
        with torch.set_grad_enabled(enabled):
            ready.wait()
            for _ in range(200):
                results[name].append((x * x).requires_grad)
        ready.wait()

    threads = [threading.Thread(target=work, args=args) for args in (("on", True), ("off", False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {"on": [True] * 200, "off": [False] * 200}
    assert torch.is_grad_enabled()


def test_threads_that_walk_graphs_at_once_get_their_own_gradients() -> None:
    gradients: dict[int, float] = {}

    def work(k: int) -> None:
        x = torch.tensor([1.0], requires_grad=True)
        for _ in range(100):
            x.grad = None
            y = x
            for _ in range(k):
                y = y + x
            y.backward()
        gradients[k] = x.grad.item()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert gradients == {k: k + 1.0 for k in range(1, 9)}


def test_a_home_is_given_out_only_while_nobody_holds_its_gradient() -> None:
    home = Home(np.zeros(16), np.zeros(16), (2, 3))
    assert home.holders() == ALONE
    for hold in (
        lambda t: t,
        lambda t: t.numpy(),
        lambda t: t.numpy()[0],
        lambda t: t[0],
        lambda t: t.detach(),
        lambda t: t.numpy().reshape(-1)[2:],
        lambda t: memoryview(t.numpy()),
    ):
        held = hold(home.tensor)
        assert home.holders() != ALONE
        del held
        assert home.holders() == ALONE


def test_threads_that_share_a_leaf_lose_no_gradient() -> None:
    x = torch.zeros(100_000, requires_grad=True)

    def work() -> None:
        for _ in range(20):
            (x * 1.0).sum().backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert bool((x.grad == 80).all())


def test_functions_and_programs_leave_no_cycles_behind(without_gc: None) -> None:
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g * 2

    w = torch.ones(40_000, requires_grad=True)
    optimizer = torch.optim.AdamW([w])

    def one_step() -> None:
        Double.apply(w).sum().backward()
        optimizer.step()
        optimizer.zero_grad()

    one_step()
    gc.collect()
    one_step()
    assert gc.collect() == 0


def test_retain_grad_follows_a_tensor_through_writes_in_place() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x * 1
    y.retain_grad()
    y[0] = 5.0
    (y * y).sum().backward()
    assert y.grad.tolist() == [10, 2, 2]
    z = x * 2
    z.retain_grad()
    z.mul_(3)
    z.sum().backward()
    assert z.grad.tolist() == [1, 1, 1]
    base = x * 1
    view = base[:2]
    view.retain_grad()
    base.mul_(2)
    (view * 3).sum().backward()
    assert view.grad.tolist() == [3, 3]


def test_retain_grad_and_inputs_together_count_once() -> None:
    y = torch.ones(3, requires_grad=True) * 2
    y.retain_grad()
    y.sum().backward(inputs=[y])
    assert y.grad.tolist() == [1, 1, 1]
