"""Checkpoints: the same numbers as without, whichever way the graph is walked, and less memory meanwhile."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn
import tinygrad_opt.utils.checkpoint
from tinygrad_opt.utils.checkpoint import checkpoint, checkpoint_sequential

Tensor = torch.Tensor
rng = np.random.default_rng(2)
Run = Callable[..., Any]


def tensor(*shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape)).requires_grad_()


W, X, Y = tensor(3, 3), tensor(4, 3), tensor(4, 3)


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return g * 3 * x * x


class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(x)
        return x * 2, x * x

    @staticmethod
    def backward(ctx: Any, g: Tensor, h: Tensor) -> Tensor:
        return g * 2 + h * 2 * ctx.saved_tensors[0]


def writes(x: Tensor) -> Tensor:
    y = torch.zeros(4, 3, dtype=x.dtype)
    y[1:] = x[1:].exp()
    y[y.detach() > 1] *= 0.5
    return (y * x).sin()


def silent(x: Tensor) -> Tensor:
    with torch.no_grad():
        c = x.exp()
    return x.sin() * c + (x * x).detach()


PROGRAMS: dict[str, Callable[[Run], Tensor]] = {
    "arguments": lambda run: run(lambda x, y: (x * y.exp()).sin(), X, Y),
    "a closure": lambda run: run(lambda x: (x @ W).tanh() @ W, X),
    "only a closure": lambda run: run(lambda: (W @ W).tanh()),
    "an argument that requires none": lambda run: run(lambda x, c: (x * c).exp(), X, torch.ones(4, 3) * 2),
    "other arguments": lambda run: run(lambda x, n, s, flag=False: (x**n).sin() if flag else x, X, 3, "s", flag=True),
    "nested arguments": lambda run: run(lambda d: (d["x"][0] * d["y"]).exp(), {"x": [X, None], "y": Y}),
    "keywords": lambda run: run(lambda x, *, y: (x * y).exp(), X, y=Y),
    "several results": lambda run: sum(run(lambda x: (x.exp(), [x.sin() * x]), X)[1][0], X * 0),
    "all of several results": lambda run: joined(run(lambda x: {"a": x.exp(), "b": (x.sin() * x, 3)}, X)),
    "an argument as result": lambda run: run(lambda x: x, X) * Y,
    "an argument that is a part": lambda run: run(lambda x: (x * x).exp(), X[1:3]),
    "one after another": lambda run: run(lambda x: x.sin() * x, run(lambda x: x.exp() * x, X)),
    "one in another": lambda run: run(lambda x: run(lambda y: (y @ W).tanh(), x * x) * x, X),
    "three deep": lambda run: run(lambda x: run(lambda y: run(lambda z: z.exp() * z, y * y).sin(), x) * x, X),
    "a network": lambda run: run(nn_of(), X),
    "a Function": lambda run: run(lambda x: Cube.apply(x.sin()) * x, X),
    "a Function of two results": lambda run: run(lambda x: (lambda a, b: a.sin() * b)(*Both.apply(x * x)), X),
    "writes": lambda run: run(writes, X),
    "no_grad inside": lambda run: run(silent, X),
    "saved by several": lambda run: (lambda h: h.exp() * h)(run(lambda x: x.tanh() * x, X)),
    "a result used twice": lambda run: (lambda h: h * h + h.sin())(run(lambda x: (x * x).exp(), X)),
    "gradients inside": lambda run: run(lambda x: torch.func.grad(lambda x: (x**3).sum())(x).sin(), X),
}


def joined(results: Any) -> Tensor:
    return results["a"] * results["b"][0] * results["b"][1]


_network = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3)).double()


def nn_of() -> nn.Module:
    return _network


def plain(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


def under(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return checkpoint(function, *args, use_reentrant=False, **kwargs)


def leaves() -> list[Tensor]:
    return [W, X, Y, *_network.parameters()]


def by_backward(y: Tensor) -> list[Any]:
    for leaf in leaves():
        leaf.grad = None
    y.backward(torch.ones_like(y))
    return [leaf.grad for leaf in leaves()]


def by_grad(y: Tensor) -> list[Any]:
    return list(torch.autograd.grad(y.sum(), leaves(), allow_unused=True))


def one_at_a_time(y: Tensor) -> list[Any]:
    return [torch.autograd.grad(y.sum(), x, retain_graph=True, allow_unused=True)[0] for x in leaves()]


def second_order(y: Tensor) -> list[Any]:
    first = torch.autograd.grad(y.sin().sum(), leaves(), create_graph=True, allow_unused=True)
    total = sum([(g * g).sum() for g in first if g is not None], torch.zeros(()))
    return [*first, *torch.autograd.grad(total, leaves(), allow_unused=True)]


@pytest.mark.parametrize("walk", [by_backward, by_grad, one_at_a_time, second_order])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_numbers_as_without(name: str, walk: Callable[[Tensor], list[Any]]) -> None:
    program = PROGRAMS[name]
    y, expected = program(under), program(plain)
    np.testing.assert_array_equal(y.detach().numpy(), expected.detach().numpy())
    for g, e in zip(walk(y), walk(expected), strict=True):
        assert (g is None) == (e is None)
        if g is not None:
            np.testing.assert_allclose(g.detach().numpy(), e.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("use_reentrant", [None, True, False])
def test_use_reentrant_changes_nothing(use_reentrant: bool | None) -> None:
    x = torch.ones(2, requires_grad=True)
    checkpoint(lambda x: x.exp(), x, use_reentrant=use_reentrant).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp(1), rtol=1e-6)


def test_the_function_runs_again_only_when_it_must() -> None:
    runs = []

    def f(x: Tensor) -> Tensor:
        runs.append(torch.is_grad_enabled())
        return x.exp() * 2

    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not checkpoint(f, x).requires_grad
    assert not checkpoint(f, x.detach()).requires_grad
    assert runs == [False, True]
    y = checkpoint(f, x).sum()
    assert len(runs) == 3
    with torch.no_grad():
        y.backward(retain_graph=True)
    y.backward()
    assert runs == [False, True, True, True]
    checkpoint(lambda x: f(x) * 0 + x.sum() * 3, x).sum().backward()
    assert len(runs) == 6


def test_the_same_random_numbers() -> None:
    x = torch.ones(1000, requires_grad=True)
    torch.manual_seed(0)
    y = checkpoint(lambda x: nn.functional.dropout(x * x, 0.5), x)
    rest = torch.rand(3)
    torch.manual_seed(1)
    y.sum().backward()
    after = torch.rand(3)
    np.testing.assert_array_equal(x.grad.numpy(), 2 * y.detach().numpy())
    torch.manual_seed(0)
    nn.functional.dropout(x, 0.5)
    assert (torch.rand(3) == rest).all()
    torch.manual_seed(1)
    assert (torch.rand(3) == after).all()
    x.grad = None
    y = checkpoint(lambda x: nn.functional.dropout(x * x, 0.5), x, preserve_rng_state=False)
    y.sum().backward()
    assert (x.grad.numpy() != 2 * y.detach().numpy()).any()


@pytest.mark.parametrize("nested", [False, True])
def test_intermediate_arrays_are_freed_at_once(nested: bool) -> None:
    alive: list[Any] = []

    def f(x: Tensor) -> Tensor:
        h = x.exp()
        alive.append(weakref.ref(h.array))
        return (h * h).sin()

    x = torch.ones(3, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        y = checkpoint(lambda x: checkpoint(f, x) * 1 if nested else f(x), x)
        assert alive.pop()() is None
        y.sum().backward()
        assert alive
        assert all(ref() is None for ref in alive)
        y = checkpoint(f, x)
        y.sum().backward(retain_graph=True)
        assert alive[-1]() is not None  # kept for the next time
        del y
        assert alive[-1]() is None
    finally:
        gc.enable()


def test_peak_memory_falls() -> None:
    layers = nn.Sequential(*[nn.Sequential(nn.Linear(64, 64), nn.Tanh()) for _ in range(16)])
    x = torch.ones(2000, 64)

    def peak(forward: Callable[[], Tensor]) -> int:
        for p in layers.parameters():
            p.grad = None
        gc.collect()
        tracemalloc.start()
        try:
            forward().sum().backward()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(lambda: layers(x))
    assert peak(lambda: checkpoint_sequential(layers, 4, x)) < 0.6 * peak(lambda: layers(x))


@pytest.mark.parametrize("segments", [1, 2, 3, 5])
def test_sequential(segments: int) -> None:
    layers = nn.Sequential(*[nn.Linear(3, 3) for _ in range(5)])
    x = torch.ones(2, 3)
    expected = torch.autograd.grad(layers(x).sum(), list(layers.parameters()))
    for functions in (layers, list(layers)):
        y = checkpoint_sequential(functions, segments, x, use_reentrant=False)
        for g, e in zip(torch.autograd.grad(y.sum(), list(layers.parameters())), expected, strict=True):
            np.testing.assert_array_equal(g.numpy(), e.numpy())


def test_sequential_refuses_more_segments_than_layers() -> None:
    for segments in (0, 3):
        with pytest.raises(ValueError, match="expected 1 to 2 segments"):
            checkpoint_sequential([torch.sin, torch.cos], segments, torch.ones(1))


def test_an_argument_written_since_is_refused() -> None:
    x = torch.ones(3, requires_grad=True)
    h = x * 2
    y = checkpoint(lambda h: h.exp(), h)
    h.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: an argument of checkpoint\(\)"):
        y.sum().backward()


def test_a_parameter_written_since_is_refused() -> None:
    x, w = torch.ones(3, requires_grad=True), torch.ones(3, requires_grad=True)
    y = checkpoint(lambda x: (x * w).exp(), x)
    with torch.no_grad():
        w.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation: a tensor that the function of"):
        y.sum().backward()


def test_buffers_that_the_function_writes_are_no_error() -> None:
    x, count = torch.ones(3, requires_grad=True), torch.zeros(3)

    def f(x: Tensor) -> Tensor:
        count.add_(1)
        return x * count.clone()

    checkpoint(f, x).sum().backward()
    assert count.tolist() == [2.0, 2.0, 2.0]


def test_a_function_that_takes_other_steps_is_refused() -> None:
    first = [True]

    def f(x: Tensor) -> Tensor:
        return x.exp() if first.pop() else x.exp().sin()

    x = torch.ones(3, requires_grad=True)
    y = checkpoint(f, x)
    first.append(False)
    with pytest.raises(RuntimeError, match="took other steps when it was run again for backward"):
        y.sum().backward()


def test_a_freed_graph_is_refused() -> None:
    x = torch.ones(3, requires_grad=True)
    y = checkpoint(lambda x: x.exp(), x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        y.backward()


def test_the_module_is_found_where_pytorch_has_it() -> None:
    assert tinygrad_opt.utils.checkpoint.checkpoint is torch.utils.checkpoint.checkpoint


def test_hooks_are_called_once() -> None:
    seen = []

    def f(x: Tensor) -> Tensor:
        h = x.exp()
        h.register_hook(lambda g: seen.append(g.tolist()))
        return h * h

    x = torch.zeros(1, requires_grad=True)
    checkpoint(f, x).sum().backward()
    assert seen == [[2.0]]
