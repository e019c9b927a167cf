"""Transforms of functions: independent routes agree, nothing leaks, modules come back as they were."""

from __future__ import annotations

import gc
import weakref
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn
from tinygrad_opt import func
from tinygrad_opt.autograd import tree
from tinygrad_opt.utils.checkpoint import checkpoint

Tensor = torch.Tensor
rng = np.random.default_rng(1)


def tensor(*shape: int) -> Tensor:
    return torch.from_numpy(rng.normal(size=shape))


# ---- four routes to a Hessian ---------------------------------------------------------------------------------------

X, W, V = tensor(5), tensor(5, 4), tensor(4, 3)


def writes(x: Tensor) -> Tensor:
    y = torch.zeros(6, dtype=x.dtype)
    y[:5] = x * x[0]
    y[1:3] += x[3:] ** 2
    y[y.detach() > 0] *= 2.0
    y[5] = y[:4].sum()
    return y.sin().sum()


def descent(x: Tensor) -> Tensor:
    """A function that takes gradients itself."""
    for _ in range(2):
        x = x - 0.1 * func.grad(lambda x: (x.sin() * x**2).sum())(x)
    return (x**3).sum()


FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "polynomial": lambda x: (x**3).sum() * x[0] + x[1] * x[2] * x[3],
    "network": lambda x: ((torch.tanh(x @ W) @ V).sigmoid() ** 2).mean(),
    "relu network, away from kinks": lambda x: (torch.relu(x @ W + 0.01) @ V).sin().sum(),
    "cross entropy": lambda x: nn.functional.cross_entropy((x @ W).reshape(2, 2) ** 2, torch.tensor([0, 1])),
    "softmax": lambda x: (x.softmax(0) * x.log_softmax(0)).sum(),
    "indexing": lambda x: (x[[0, 1, 1, 4]] * x[1:]).prod() + x[x.detach() > 0].exp().sum(),
    "writes": writes,
    "norm": lambda x: (x.outer(x) + torch.eye(5, dtype=x.dtype)).norm(),
    "order": lambda x: (x.sort().values * torch.arange(5)).sum() ** 2 + x.max() * x.min(),
    "where": lambda x: torch.where(x > 0, x**3, x.exp() * x).sum() ** 2,
    "gradients inside": descent,
    "vmap inside": lambda x: func.vmap(lambda a: (a * x).sin().sum())(x).prod(),
    "checkpoint inside": lambda x: checkpoint(lambda x: (x @ W).tanh(), x * x).prod() + x.prod(),
    "one variable": lambda x: x[2].sin() * x[2],
    "linear": lambda x: x.sum() * 3,
    "constant": lambda x: torch.ones((), dtype=x.dtype),
}
ROUTES = {
    "reverse over reverse": lambda f: func.jacrev(func.jacrev(f)),
    "forward over reverse": lambda f: func.jacfwd(func.jacrev(f)),
    "reverse over forward": lambda f: func.jacrev(func.jacfwd(f)),
    "forward over forward": lambda f: func.jacfwd(func.jacfwd(f)),
    "hessian": func.hessian,
    "hvp of the basis": lambda f: func.vmap(lambda v: func.hvp(f, (X,), (v,))[1][0]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_routes_to_a_hessian_agree(name: str) -> None:
    f = FUNCTIONS[name]
    h = 1e-5
    steps = np.eye(5) * h
    gradient = func.grad(f)
    differences = [(gradient(X + torch.from_numpy(e)) - gradient(X - torch.from_numpy(e))) / (2 * h) for e in steps]
    expected = torch.stack(differences).numpy()
    slopes = [(f(X + torch.from_numpy(e)) - f(X - torch.from_numpy(e))).item() / (2 * h) for e in steps]
    np.testing.assert_allclose(gradient(X).numpy(), slopes, rtol=1e-6, atol=1e-8)
    exact = func.hessian(f)(X).numpy()
    for route, hessian in ROUTES.items():
        at = torch.eye(5, dtype=X.dtype) if route == "hvp of the basis" else X
        result = hessian(f)(at)
        assert not result.requires_grad
        np.testing.assert_allclose(result.numpy(), expected, rtol=1e-5, atol=1e-7, err_msg=route)
        np.testing.assert_allclose(result.numpy(), exact, rtol=1e-10, atol=1e-12, err_msg=route)


# ---- what others see of it ------------------------------------------------------------------------------------------


def test_results_have_no_history_of_their_own() -> None:
    f = FUNCTIONS["network"]
    output, vjp_fn = func.vjp(f, X)
    results = [output, vjp_fn(torch.ones_like(output)), func.jvp(f, (X,), (X,)), func.jacrev(f)(X), func.jacfwd(f)(X)]
    results += [func.grad_and_value(f)(X), func.hvp(f, (X,), (X,)), func.vmap(f)(torch.stack([X, X]))]
    assert not any(t.requires_grad for t in tree.flatten(results)[0])


def test_closures_keep_their_gradients() -> None:
    w = tensor(5).requires_grad_()
    gradient, value = func.grad_and_value(lambda x: (w * x**2).sum())(X)
    (gradient.sum() + value).backward()
    assert w.grad is not None
    np.testing.assert_allclose(w.grad.numpy(), (2 * X + X**2).numpy())
    with torch.no_grad():
        assert not func.grad(lambda x: (w * x**2).sum())(X).requires_grad
        assert not func.vjp(lambda x: w * x, X)[0].requires_grad


def test_no_grad_of_the_inputs_is_filled() -> None:
    x = tensor(3).requires_grad_()
    func.grad(lambda x: (x**2).sum())(x)
    func.jacfwd(lambda x: x**2)(x)
    assert x.grad is None


def test_the_value_and_the_aux_keep_what_they_need() -> None:
    """A gradient that nobody differentiates does not free the part of the graph that aux still needs."""
    w = tensor(3).requires_grad_()

    def f(x: Tensor) -> tuple[Tensor, Tensor]:
        h = x.exp()
        return h.sum(), h * w

    _, aux = func.grad(f, has_aux=True)(X[:3])
    aux.sum().backward()
    assert w.grad is not None
    np.testing.assert_allclose(w.grad.numpy(), X[:3].exp().numpy())


def test_a_transform_frees_its_graph() -> None:
    kept: list[Any] = []

    def f(x: Tensor) -> Tensor:
        h = x.exp()
        kept.append(weakref.ref(h.array))
        return h.sin().sum()

    gc.collect()
    gc.disable()
    try:
        for transform in (func.grad, func.jacrev, func.jacfwd, func.hessian, func.value_and_grad):
            result = transform(f)(X)
            assert kept.pop()() is None, transform
            del result
        output, vjp_fn = func.vjp(f, X)
        assert kept[-1]() is not None
        del output, vjp_fn
        assert kept[-1]() is None
    finally:
        gc.enable()


def test_writes_to_a_computed_input_are_seen_outside() -> None:
    x = tensor(3).requires_grad_()
    y = x * 1.0
    gradient = func.grad(lambda y: y.mul_(2.0).sum())(y)
    np.testing.assert_array_equal(gradient.detach().numpy(), [2.0, 2.0, 2.0])
    y.sum().backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy(), [2.0, 2.0, 2.0])


def test_stop_gradient() -> None:
    x = tensor(3).requires_grad_()
    stopped = func.stop_gradient({"a": [x * 2, 3], "b": None})
    assert stopped["a"][1] == 3
    assert stopped["b"] is None
    assert not stopped["a"][0].requires_grad
    np.testing.assert_array_equal(func.grad(lambda x: (x * func.stop_gradient(x)).sum())(X).numpy(), X.numpy())


# ---- vmap -----------------------------------------------------------------------------------------------------------


def test_random_numbers_under_vmap() -> None:
    batch = torch.zeros(3, 2, dtype=torch.float64)

    def noisy(x: Tensor) -> Tensor:
        return x + torch.rand(2)

    torch.manual_seed(0)
    same = func.vmap(noisy, randomness="same")(batch)
    after_one = torch.rand(1)
    torch.manual_seed(0)
    first = torch.rand(2)
    assert after_one == torch.rand(1)
    assert (same == first).all()
    torch.manual_seed(0)
    different = func.vmap(noisy, randomness="different")(batch)
    torch.manual_seed(0)
    np.testing.assert_array_equal(different.numpy(), np.stack([torch.rand(2).numpy() for _ in range(3)]))
    torch.manual_seed(0)
    with pytest.raises(RuntimeError, match="random operation"):
        func.vmap(noisy)(batch)
    assert (torch.rand(2) == first).all()  # the refused draws were put back
    func.vmap(lambda x: x * 2)(batch)


def test_examples_may_branch_and_slices_are_views() -> None:
    batch = tensor(4, 3)
    expected = np.where(batch.numpy().sum(1) > 0, 1.0, -1.0)
    assert func.vmap(lambda x: torch.tensor(1.0 if x.sum().item() > 0 else -1.0))(batch).tolist() == expected.tolist()
    func.vmap(lambda x: x.zero_(), in_dims=1)(batch)
    assert not batch.any()


def test_results_of_vmap_that_do_not_go_together() -> None:
    batch = torch.tensor([[1.0], [2.0]])
    with pytest.raises(ValueError, match="nested now as"):
        func.vmap(lambda x: x if x.item() > 1 else [x])(batch)
    with pytest.raises(ValueError, match="when out_dim is None"):
        func.vmap(lambda x: x.item(), out_dims=None)(batch)


# ---- functional_call ------------------------------------------------------------------------------------------------

Heads = namedtuple("Heads", ["a", "b"])


class Net(nn.Module):
    """Parameters in every kind of container, a buffer that is assigned and one that is written, tied weights."""

    def __init__(self) -> None:
        self.layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
        self.scales = {"x": [nn.Parameter(torch.ones(2))], 1: "text"}
        self.heads = Heads(nn.Parameter(torch.zeros(2)), (nn.Parameter(torch.zeros(2)),))
        self.layers[1].weight = self.layers[0].weight
        self.register_buffer("calls", torch.tensor(0.0))
        self.register_buffer("mean", torch.zeros(2))

    def forward(self, x: Tensor, fail: bool = False) -> Tensor:
        self.calls = self.calls + 1
        self.mean += 1
        for layer in self.layers:
            x = layer(x)
        if fail:
            raise KeyError("inside")
        penalty = sum([(p**2).sum() for p in self.parameters()], torch.tensor(0.0))
        return x * self.scales["x"][0] + self.heads.a + self.heads.b[0] + penalty


def state_of(net: Net) -> list[Any]:
    return [(name, id(t), t.array.copy()) for name, t in [*net.named_parameters(), *net.named_buffers()]]


def test_functional_call_swaps_everything_and_puts_it_back() -> None:
    net = Net()
    before, containers = state_of(net), (net.layers, net.scales, net.heads)
    other = Net()
    new = {name: (p.detach() + 0.5).requires_grad_() for name, p in other.named_parameters()}
    assert "layers.1.weight" not in new  # tied
    x = torch.ones(3, 2)
    buffers = {"calls": torch.tensor(7.0), "mean": torch.zeros(2)}
    mean = buffers["mean"]
    y = func.functional_call(net, (new, buffers), (x,))
    with torch.no_grad():
        for name, p in other.named_parameters():
            p.copy_(new[name])
    np.testing.assert_allclose(y.detach().numpy(), other(x).detach().numpy())
    y.sum().backward()
    other(x).sum().backward()
    for name, p in other.named_parameters():
        np.testing.assert_allclose(new[name].grad.numpy(), p.grad.numpy(), err_msg=name)
    assert buffers["calls"] == 8  # assigned
    assert buffers["mean"] is mean
    assert (mean == 1).all()  # written
    assert all(p.grad is None for p in net.parameters())
    for old, now in zip(before, state_of(net), strict=True):
        assert old[:2] == now[:2]
        np.testing.assert_array_equal(old[2], now[2])
    assert containers == (net.layers, net.scales, net.heads)


def test_functional_call_puts_back_what_an_error_has_left() -> None:
    net = Net()
    before = state_of(net)
    with pytest.raises(KeyError, match="inside"):
        func.functional_call(
            net, dict.fromkeys(["scales.x.0", "heads.1.0"], torch.ones(2)), torch.ones(2), {"fail": True}
        )
    assert [(name, i) for name, i, _ in state_of(net) if name != "calls"] == [
        (name, i) for name, i, _ in before if name != "calls"
    ]


def test_tied_weights_may_be_untied() -> None:
    net = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    net[1].weight = net[0].weight
    x, double = torch.ones(1, 2), 2 * torch.eye(2)
    with torch.no_grad():
        net[0].weight.copy_(torch.eye(2))
    for name in ("0.weight", "1.weight"):
        assert func.functional_call(net, {name: double}, x).tolist() == [[4.0, 4.0]]
        assert func.functional_call(net, {name: double}, x, tie_weights=False).tolist() == [[2.0, 2.0]]
    assert func.functional_call(net, {"0.weight": double, "1.weight": double}, x, strict=True).tolist() == [[4.0, 4.0]]


def test_a_module_under_two_names() -> None:
    layer = nn.Linear(2, 2, bias=False)
    net = nn.Sequential(layer, layer)
    new = {"1.weight": 3 * torch.eye(2)}
    assert func.functional_call(net, new, torch.ones(2)).tolist() == [9.0, 9.0]
    assert func.functional_call(net, new, torch.ones(2), tie_weights=False).tolist() == [9.0, 9.0]


def test_an_unknown_name_is_refused() -> None:
    """PyTorch sets it as an attribute nobody reads, so that a slip of the pen goes unseen."""
    with pytest.raises(AttributeError, match="Linear has no attribute `wieght`; its names are weight, bias"):
        func.functional_call(nn.Linear(2, 2), {"wieght": torch.ones(2, 2)}, torch.ones(2))


def test_a_parameter_may_be_none() -> None:
    layer = nn.Linear(2, 1)
    np.testing.assert_allclose(
        func.functional_call(layer, {"bias": None}, torch.ones(2)).detach().numpy(),
        layer.weight.detach().numpy().sum(1),
        rtol=1e-6,
    )


# ---- nested structures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "nested",
    [1, None, [], (), {}, (1,), [1, (2, [3])], {"b": 1, "a": {"c": [2]}}, Heads(1, (2,)), OrderedDict(b=1, a=[2])],
)
def test_structures_go_apart_and_together(nested: Any) -> None:
    leaves, structure = tree.flatten(nested)
    again = tree.unflatten(structure, leaves)
    assert again == nested
    assert type(again) is type(nested)
    assert tree.flatten(tree.tree_map(str, nested)) == ([str(x) for x in leaves], structure)
    assert tree.broadcast(nested, structure) == leaves
    assert tree.broadcast(0, structure) == [0] * len(leaves)
    assert repr(structure).count("*") == len(leaves)


@pytest.mark.parametrize(("prefix", "nested"), [([0], (0,)), ((0,), (0, 1)), ({"a": 0}, {"b": 0}), ((0, 0), 0)])
def test_structures_that_do_not_match(prefix: Any, nested: Any) -> None:
    assert tree.flatten(prefix)[1] != tree.flatten(nested)[1]
    with pytest.raises(ValueError, match="is no prefix of"):
        tree.broadcast(prefix, tree.flatten(nested)[1])
