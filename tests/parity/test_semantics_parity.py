"""Kinks and singular points, the engine's rules, its errors and its reprs: as PyTorch has them, run side by side."""

from __future__ import annotations

import copy
import gc
import math
import threading
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

Array = np.ndarray[Any, Any]
LIBRARIES = [tinygrad_opt, torch]
inf, nan = math.inf, math.nan
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:torch", "ignore::RuntimeWarning")


def values(t: Any) -> Array:
    return t.detach().numpy() if isinstance(t, tinygrad_opt.Tensor) else t.detach().numpy(force=True)


def leaf(library: Any, data: Any, dtype: Any = np.float64) -> Any:
    return library.from_numpy(np.array(data, dtype)).requires_grad_()


@pytest.fixture(params=LIBRARIES, ids=["tinygrad_opt", "torch"])
def library(request: pytest.FixtureRequest) -> Any:
    """Tests with this fixture state a rule, and check that PyTorch follows it as well."""
    return request.param


# ---- kinks, ties, singular points -----------------------------------------------------------------------------------

KINKS: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "relu at 0": (lambda t, x: t.relu(x), [[0.0, -1, 1, -0.0, inf, -inf, nan]]),
    "abs at 0": (lambda t, x: t.abs(x), [[0.0, -0.0, -1, 1, inf, -inf]]),
    "maximum of equals": (
        lambda t, x, y: t.maximum(x, y),
        [[1.0, 1, 2, 0, inf, nan, 1], [1.0, 2, 1, -0.0, inf, 1, nan]],
    ),
    "minimum of equals": (
        lambda t, x, y: t.minimum(x, y),
        [[1.0, 1, 2, 0, inf, nan, 1], [1.0, 2, 1, -0.0, inf, 1, nan]],
    ),
    "max of equals": (lambda t, x: x.max(), [[1.0, 1, 0]]),
    "min of equals": (lambda t, x: x.min(), [[[1.0, 0], [0, 0]]]),
    "amax of equals": (lambda t, x: x.amax(0), [[[1.0, 1, 0], [1, 0, 2]]]),
    "amin of equals": (lambda t, x: x.amin((0, 1)), [[[1.0, 0, 0], [1, 0, 2]]]),
    "max over a dim of equals": (lambda t, x: x.max(0).values, [[1.0, 1, 0]]),
    "min over a dim of equals": (lambda t, x: x.min(0).values, [[0.0, 0, 1]]),
    "max over a dim with nan": (lambda t, x: x.max(1).values, [[[1.0, nan, nan], [2, 2, 0]]]),
    "sort": (lambda t, x: x.sort().values * leaf(t, [1.0, 2, 3]).detach(), [[3.0, 1, 2]]),
    "sort with nan": (lambda t, x: x.sort(stable=True).values, [[3.0, nan, 2, inf, nan]]),
    "sort with nan, descending": (lambda t, x: x.sort(descending=True, stable=True).values, [[3.0, nan, 2, inf, nan]]),
    "topk": (lambda t, x: x.topk(2).values, [[3.0, 1, 2, inf]]),
    "clamp at the bounds": (lambda t, x: x.clamp(0, 1), [[0.0, 1, 2, -1, 0.5, inf, nan]]),
    "clamp at the lower bound": (lambda t, x: x.clamp(min=0), [[0.0, -0.0, 2, -1, nan]]),
    "clamp at a tensor": (lambda t, x, a: x.clamp(max=a), [[0.0, 1, 2], [0.0, 2, 1]]),
    "clamp between tensors": (lambda t, x, a, b: x.clamp(a, b), [[0.0, 1, 2, -1, 2], [0.0, 0, 0, 0, 3], [1.0] * 5]),
    "sign": (lambda t, x: t.sign(x), [[0.0, -0.0, 2, -inf]]),
    "floor": (lambda t, x: t.floor(x), [[0.0, 1.5, -0.5, inf]]),
    "ceil": (lambda t, x: t.ceil(x), [[0.0, 1.5, -0.5, inf]]),
    "trunc": (lambda t, x: t.trunc(x), [[0.0, 1.5, -0.5, inf]]),
    "round half to even": (lambda t, x: t.round(x), [[0.5, 1.5, 2.5, -0.5]]),
    "x**0": (lambda t, x: x**0, [[0.0, 2, -1, inf, nan]]),
    "x**0.0": (lambda t, x: x**0.0, [[0.0, 2, -1]]),
    "x**1": (lambda t, x: x**1, [[0.0, 2, -1, inf]]),
    "x**2": (lambda t, x: x**2, [[0.0, 2, -1, inf]]),
    "x**3": (lambda t, x: x**3, [[0.0, 2, -1, -0.0]]),
    "x**0.5": (lambda t, x: x**0.5, [[0.0, 2, -1, inf]]),
    "x**1.5": (lambda t, x: x**1.5, [[0.0, 2, -1, inf]]),
    "x**-1": (lambda t, x: x**-1, [[0.0, -0.0, 2, inf]]),
    "0.0**y": (lambda t, y: 0.0**y, [[2.0, 0, -1, 0.5]]),
    "0**y": (lambda t, y: 0**y, [[2.0, 0, -1, 0.5]]),
    "2**y": (lambda t, y: 2**y, [[2.0, 0, -1, inf]]),
    "(-2)**y": (lambda t, y: (-2) ** y, [[2.0, 0, -1]]),
    "log": (lambda t, x: t.log(x), [[0.0, -1, 1, inf]]),
    "log1p": (lambda t, x: t.log1p(x), [[-1.0, -2, 0, inf]]),
    "1/x": (lambda t, x: 1 / x, [[0.0, -0.0, 1, inf]]),
    "x/y": (lambda t, x, y: x / y, [[0.0, 1, inf, 1], [0.0, 0, inf, inf]]),
    "reciprocal": (lambda t, x: t.reciprocal(x), [[0.0, -0.0, 1, inf]]),
    "sqrt": (lambda t, x: t.sqrt(x), [[0.0, -1, 1, inf]]),
    "rsqrt": (lambda t, x: t.rsqrt(x), [[0.0, -1, 1, inf]]),
    "0 * sqrt": (lambda t, x: 0 * t.sqrt(x), [[0.0, 4]]),
    "norm by hand": (lambda t, x: x.pow(2).sum().sqrt(), [[0.0, 0]]),
    "norm 1": (lambda t, x: x.norm(1), [[0.0, 0, -1]]),
    "norm inf": (lambda t, x: x.norm(inf), [[2.0, -2, 1]]),
    "norm -inf": (lambda t, x: x.norm(-inf), [[2.0, -2, 3]]),
    "norm inf of zeros": (lambda t, x: x.norm(inf), [[0.0, 0]]),
    "norm 3": (lambda t, x: x.norm(3), [[0.0, 0, -1]]),
    "std of equals": (lambda t, x: x.std(1), [[[1.0, 1, 1], [1, 2, 3]]]),
    "prod with a zero": (lambda t, x: x.prod(), [[0.0, 2, 3]]),
    "prod with two zeros": (lambda t, x: x.prod(), [[0.0, 0, 3]]),
    "a dead branch leaks": (lambda t, x: t.where(x > 0, t.sqrt(x), 0.0), [[-1.0, 0, 4]]),
    "logsumexp of -inf": (lambda t, x: x.logsumexp(0), [[-inf, -inf]]),
    "logsumexp of inf": (lambda t, x: x.logsumexp(0), [[inf, 0.0]]),
    "logsumexp of nothing": (lambda t, x: x.logsumexp(1), [np.zeros((2, 0))]),
    "log_softmax with -inf": (lambda t, x: x.log_softmax(0)[1:], [[-inf, 0.0, 1]]),
    "softmax of far apart": (lambda t, x: x.softmax(0)[0], [[1e4, 0.0]]),
    "softmax with -inf": (lambda t, x: x.softmax(0), [[-inf, 0.0, 1]]),
    "softmax of -inf": (lambda t, x: x.softmax(0), [[-inf, -inf]]),
    "sigmoid far out": (lambda t, x: t.sigmoid(x), [[1000.0, -1000, -40, 0, inf, -inf]]),
    "tanh far out": (lambda t, x: t.tanh(x), [[1000.0, -1000, -20, 0]]),
    "exp far out": (lambda t, x: t.exp(x), [[1000.0, -1000, inf, -inf]]),
    "erf far out": (lambda t, x: t.erf(x), [[inf, -inf, nan, 0.0, -0.0]]),
    "remainder": (lambda t, x, y: t.remainder(x, y), [[5.0, -5, 5, -5], [3.0, 3, -3, -3]]),
    "asin": (lambda t, x: t.asin(x), [[1.0, -1, 2]]),
    "acos": (lambda t, x: t.acos(x), [[1.0, -1, 2]]),
    "repeated positions": (lambda t, x: x[[0, 0, 1]], [[1.0, 2]]),
    "sum of nothing": (lambda t, x: x.sum(), [np.zeros(0)]),
    "mean of nothing": (lambda t, x: x.mean(), [np.zeros(0)]),
    "masked softmax": (lambda t, x: x.masked_fill(x > 0, -inf).softmax(0), [[1.0, -1, -2]]),
    "cumsum of infinities": (lambda t, x: x.cumsum(0), [[inf, 1.0, -inf, 1]]),
}
SINGULAR = [0.0, -0.0, 1, -1, inf, -inf, nan, 2]
KINKS |= {
    "fmax with nan and ties": (lambda t, x, y: t.fmax(x, y), [[1.0, nan, 1, nan, 2], [1.0, 1, nan, nan, 1]]),
    "fmin with nan and ties": (lambda t, x, y: t.fmin(x, y), [[1.0, nan, 1, nan, 2], [1.0, 1, nan, nan, 1]]),
    "fmod": (lambda t, x, y: t.fmod(x, y), [[5.0, -5, 5, -5, 6], [3.0, 3, -3, -3, 3]]),
    "remainder": (lambda t, x, y: t.remainder(x, y), [[5.0, -5, 5, -5, 6], [3.0, 3, -3, -3, 3]]),
    "nan_to_num": (lambda t, x: t.nan_to_num(x), [SINGULAR]),
    "clamp on tensor bounds": (lambda t, x, y: t.clamp(x, y), [[0.0, 1, -1, nan], [0.0, 0, 0, 0]]),
    "clamp with nan bounds": (lambda t, x, y: t.clamp(x, max=y), [[0.0, 1, nan], [nan, 0, 0]]),
    "sign": (lambda t, x: t.sign(x), [SINGULAR]),
    "frac": (lambda t, x: t.frac(x), [SINGULAR]),
    "acosh": (lambda t, x: t.acosh(x), [[2.0, 0.5, nan]]),
    "erfinv beyond": (lambda t, x: t.erfinv(x), [[2.0, nan, 0.0]]),
    "sinc of whole numbers": (lambda t, x: t.sinc(x), [[1.0, 2, -3]]),
}
# Where PyTorch's second derivative is nan and here it is the limit, or where there is none to agree on.
FIRST_ORDER: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "x**y at (0, 0)": (lambda t, x, y: x**y, [[0.0, 2], [0.0, 0]]),
    "0**y of tensors": (lambda t, x, y: x**y, [[0.0, 0, 0], [2.0, 0, -1]]),
    "x**inf": (lambda t, x, y: x**y, [[0.0, 2, inf, 1], [inf, inf, -1, inf]]),
    "(-2)**y of tensors": (lambda t, x, y: x**y, [[-2.0, -2, -2], [2.0, 3, 0]]),
    "norm of zeros": (lambda t, x: x.norm(), [[0.0, 0]]),
    "norm of rows of zeros": (lambda t, x: x.norm(dim=1), [[[0.0, 0], [3, 4]]]),
    "norm 1.5 of zeros": (lambda t, x: x.norm(1.5), [[0.0, 0]]),
    "norm 1.5 with a zero": (lambda t, x: x.norm(1.5), [[0.0, 1]]),
    "norm 0.5 with a zero": (lambda t, x: x.norm(0.5), [[0.0, 1, -2]]),
    "atan2 at the origin": (lambda t, x, y: t.atan2(x, y), [[0.0, 0, -0.0, 1, inf], [0.0, -1, -1, 0, inf]]),
    "remainder by 0": (lambda t, x, y: t.remainder(x, y), [[5.0, 0], [0.0, 0]]),
    "hypot at the origin": (lambda t, x, y: t.hypot(x, y), [[0.0, 3, inf, 0], [0.0, 4, 1, 2]]),
    "xlogy of zeros": (lambda t, x, y: t.xlogy(x, y), [[0.0, 0, 0, 1, nan, 0], [0.0, 2, -1, 0, 0, nan]]),
    "sinc": (lambda t, x: t.sinc(x), [[0.0, -0.0]]),
    "logaddexp far out": (lambda t, x, y: t.logaddexp(x, y), [[-inf, inf, -inf, 1e3, inf], [-inf, inf, 0, -1e3, -inf]]),
    "logaddexp2 far out": (
        lambda t, x, y: t.logaddexp2(x, y),
        [[-inf, inf, -inf, 1e3, inf], [-inf, inf, 0, -1e3, -inf]],
    ),
    "copysign of zeros": (lambda t, x, y: t.copysign(x, y), [[1.0, -2, 0, -0.0, 3], [1.0, 1, 1, -1, -0.0]]),
    "logit at its ends": (lambda t, x: t.logit(x), [[0.0, 0.5, 1, -1, 2, nan]]),
    "logit clamped": (lambda t, x: t.logit(x, 0.1), [[0.0, 0.1, 0.5, 0.9, 1, -1]]),
    "atanh at its ends": (lambda t, x: t.atanh(x), [[1.0, -1, 0, 2]]),
    "acosh at its end": (lambda t, x: t.acosh(x), [[1.0]]),
    "erfinv at its ends": (lambda t, x: t.erfinv(x), [[1.0, -1]]),
    "fmod by 0": (lambda t, x, y: t.fmod(x, y), [[5.0, inf], [0.0, 2]]),
    "sigmoid, then log": (lambda t, x: t.sigmoid(x).log(), [[-40.0, -700]]),
}


def derivatives(library: Any, call: Callable[..., Any], data: list[Any], second: bool) -> list[Array]:
    xs = [leaf(library, x) for x in data]
    y = call(library, *xs)
    first = library.autograd.grad(y.sum(), xs, create_graph=second)
    results = [y, *first]
    if second:
        differentiable = [g.sum() for g in first if g.requires_grad]
        zeros = [library.zeros_like(x) for x in xs]
        if differentiable:
            total = sum(differentiable[1:], differentiable[0])
            results += library.autograd.grad(total, xs, allow_unused=True, materialize_grads=True)
        else:
            results += zeros
    return [values(t) for t in results]


@pytest.mark.parametrize("name", [*KINKS, *FIRST_ORDER])
def test_values_and_derivatives_at_special_points_are_pytorchs(name: str) -> None:
    call, data = KINKS[name] if name in KINKS else FIRST_ORDER[name]
    ours = derivatives(tinygrad_opt, call, data, second=name in KINKS)
    theirs = derivatives(torch, call, data, second=name in KINKS)
    for x, y in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-300)


MEASURED = [  # value and gradient as the table of measurements has them, for readers and against a change in PyTorch
    (lambda t, x: t.relu(x), [0.0, -1, 1], [0, 0, 1]),
    (lambda t, x: t.abs(x), [0.0], [0]),
    (lambda t, x: x.max(), [1.0, 1, 0], [0.5, 0.5, 0]),
    (lambda t, x: x.max(0).values, [1.0, 1, 0], [1, 0, 0]),
    (lambda t, x: x.clamp(0, 1), [0.0, 1, 2], [1, 1, 0]),
    (lambda t, x: x**0, [0.0, 2], [0, 0]),
    (lambda t, x: x**0.5, [0.0], [inf]),
    (lambda t, x: x.norm(), [0.0, 0], [0, 0]),
    (lambda t, x: x.std(), [1.0, 1, 1], [0, 0, 0]),
    (lambda t, x: x.prod(), [0.0, 2, 3], [6, 0, 0]),
    (lambda t, x: t.where(x > 0, t.sqrt(x), 0.0), [-1.0, 0, 4], [nan, nan, 0.25]),
    (lambda t, x: x[[0, 0, 1]], [1.0, 2], [2, 1]),
]


@pytest.mark.parametrize(("call", "data", "gradient"), MEASURED)
def test_gradients_at_kinks_are_the_documented_ones(library: Any, call: Any, data: Any, gradient: Any) -> None:
    x = leaf(library, data)
    call(library, x).sum().backward()
    np.testing.assert_allclose(values(x.grad), gradient)


@pytest.mark.parametrize("name", ["var", "std"])
def test_the_variance_of_one_element_is_nan_and_warns(library: Any, name: str) -> None:
    x = leaf(library, [1.0])
    with pytest.warns(UserWarning, match=r"degrees of freedom is <= 0"):
        y = getattr(x, name)()
    y.backward()
    assert math.isnan(y.item())
    assert math.isnan(x.grad.item())


@pytest.mark.parametrize("shape", [(1,), (2,), (0,)])
def test_the_variance_without_degrees_of_freedom_has_pytorchs_values(shape: Any) -> None:
    data = np.arange(3.0, 3.0 + shape[0])
    results = []
    for lib in LIBRARIES:
        with pytest.warns(UserWarning, match="degrees of freedom"):
            results.append(lib.from_numpy(data).var(correction=2).item())
    assert results[0] == results[1] or all(map(math.isnan, results))


# ---- leaves, gradients, the graph's life ----------------------------------------------------------------------------


def test_a_leafs_gradient_is_none_and_then_adds_up_in_place(library: Any) -> None:  # E1
    x = leaf(library, [1.0, 2])
    assert x.grad is None
    (x * x).sum().backward()
    first = x.grad
    (x * x).sum().backward()
    assert x.grad is first
    assert first.tolist() == [4, 8]
    (x * x).sum().backward(create_graph=True)
    assert first.tolist() == [4, 8]
    assert x.grad.tolist() == [6, 12]
    x.grad = None


def test_a_freed_graph_cannot_be_walked_again(library: Any) -> None:  # E2
    x = leaf(library, [2.0])
    y = x * x
    y.backward()
    with pytest.raises(RuntimeError, match=r"^Trying to backward through the graph a second time"):
        y.backward()
    assert x.grad.tolist() == [4]


def test_a_graph_that_saved_nothing_may_be_walked_again(library: Any) -> None:  # E2a
    x = leaf(library, [2.0])
    y = x + x
    y.backward()
    y.backward()
    assert x.grad.tolist() == [4]


def test_retain_graph_keeps_it(library: Any) -> None:  # E2b
    x = leaf(library, [2.0])
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8]


def test_a_shared_part_is_freed_with_the_first_backward(library: Any) -> None:
    x = leaf(library, [2.0])
    h = x.exp()
    a, b = h * 2, h * 3
    a.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        b.backward()


def test_a_root_may_be_of_shape_1_1(library: Any) -> None:  # E3
    x = leaf(library, [[2.0]])
    (x * 3).backward()
    assert x.grad.tolist() == [[3]]


def test_computed_tensors_have_no_gradient_and_say_so(library: Any) -> None:  # E6
    x = leaf(library, [2.0])
    y = x * 2
    (y * y).backward()
    with pytest.warns(
        UserWarning, match=r"^The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed"
    ):
        assert y.grad is None


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor(library: Any) -> None:
    x = leaf(library, [2.0])
    y = x * 2
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad
    (y * y).backward(retain_graph=True)
    assert y.grad.tolist() == [8]
    (y * y).backward()
    assert y.grad.tolist() == [16]
    x.retain_grad()
    assert not x.retains_grad


def test_the_flag_of_a_leaf_can_be_changed(library: Any) -> None:
    x = leaf(library, [2.0])
    assert x.is_leaf
    assert not (x * 1).is_leaf
    assert (x * 1).requires_grad_().requires_grad
    x.requires_grad = False
    assert not (x * 2).requires_grad
    assert x.requires_grad_().requires_grad


def test_unused_leaves_keep_none(library: Any) -> None:  # E16
    x, z = leaf(library, [2.0]), leaf(library, [3.0])
    (x * 2).backward()
    assert z.grad is None


@pytest.mark.parametrize("name", ["add", "mul", "sub", "div", "matmul", "maximum"])
def test_the_same_tensor_may_be_both_operands(name: str) -> None:  # E17
    gradients = []
    for lib in LIBRARIES:
        a = leaf(lib, [[2.0, 1.0], [0.5, 3.0]])
        getattr(lib, name)(a, a).pow(2).sum().backward()
        gradients.append(values(a.grad))
    np.testing.assert_allclose(*gradients)


def test_a_diamond_is_summed_once_per_path(library: Any) -> None:
    x = leaf(library, [3.0])
    y = x * 2
    z = y * y + y.exp() * y
    z.backward()
    e = math.exp(6)
    assert x.grad.item() == pytest.approx(2 * (12 + e + 6 * e))


@pytest.mark.parametrize("op", [lambda a, b: a + b, lambda a, b: a * b])
def test_gradients_of_broadcast_operands_have_their_shapes(library: Any, op: Any) -> None:  # E18, E19
    for sa, sb in [((), (3,)), ((4, 0), (4, 1)), ((1,), (2, 3)), ((2, 1, 3), (4, 1))]:
        a, b = leaf(library, np.ones(sa)), leaf(library, np.ones(sb))
        op(a, b).sum().backward()
        for t in (a, b):
            assert tuple(t.grad.shape) == tuple(t.shape)
            assert type(values(t.grad)) is np.ndarray
    assert values(b.grad).sum() == 24


def test_gradients_have_the_dtype_of_their_tensor(library: Any) -> None:  # E23
    a, b = leaf(library, [1.0, 2], np.float32), leaf(library, [3.0, 4], np.float64)
    c = leaf(library, 2.0, np.float16)
    (a * b * c).sum().backward()
    assert [values(t.grad).dtype.name for t in (a, b, c)] == ["float32", "float64", "float16"]


def test_gradients_of_two_leaves_never_share_memory(library: Any) -> None:  # E27
    x, y = leaf(library, [1.0, 2]), leaf(library, [3.0, 4])
    z = x + y
    z.sum().backward()
    assert x.grad is not y.grad
    x.grad.mul_(10)
    assert y.grad.tolist() == [1, 1]
    seed = library.from_numpy(np.array([1.0, 1.0]))
    a = leaf(library, [1.0, 2])
    (a + 0).backward(seed)
    a.grad.mul_(5)
    assert seed.tolist() == [1, 1]


def test_hooks_see_and_may_replace_gradients(library: Any) -> None:  # E28
    x = leaf(library, [1.0, 2])
    y = x * 2
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    y.register_hook(lambda g: g * 10)
    handle = x.register_hook(lambda g: g + 1)
    (y * y).sum().backward()
    assert seen == [[4, 8]]
    assert x.grad.tolist() == [81, 161]
    handle.remove()
    (x * 1).sum().backward()
    assert x.grad.tolist() == [82, 162]


def test_a_hook_sees_the_sum_of_all_paths(library: Any) -> None:
    x = leaf(library, [1.0])
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    (x * 2 + x * 3 + (x * 1) * 5).backward()
    assert seen == [10]


def test_gradients_can_be_differentiated_again(library: Any) -> None:  # E29
    x, y = leaf(library, 1.0), leaf(library, 2.0)
    gx, gy = library.autograd.grad(x * x + x * y + y * y, (x, y), create_graph=True)
    (gx * 2 + gy).backward()
    assert (x.grad.item(), y.grad.item()) == (5, 4)


def test_gradients_of_third_order(library: Any) -> None:
    x = leaf(library, 2.0)
    y = x**4
    for expected in [32.0, 48.0, 48.0, 24.0]:
        (y,) = library.autograd.grad(y, x, create_graph=True)
        assert y.item() == expected


def test_create_graph_leaves_a_gradient_with_a_history(library: Any) -> None:
    x = leaf(library, 3.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (x**3).backward(create_graph=True)
    assert x.grad.requires_grad
    (slope,) = library.autograd.grad(x.grad, x)
    assert slope.item() == 18
    x.grad = None


def test_a_chain_of_a_hundred_thousand_is_walked_and_deleted_without_recursion(library: Any) -> None:  # E31
    x = leaf(library, 1.0)
    y = x
    for _ in range(100_000 if library is tinygrad_opt else 1000):
        y = y * 1.0
    y.backward()
    del y
    assert x.grad.item() == 1


def test_a_graph_dies_with_its_root_and_without_the_collector() -> None:
    x = tinygrad_opt.ones(3, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        y = x.exp()
        node = weakref.ref(y.grad_fn)
        z = (y * y).sum()
        z.backward()
        del y, z
        assert node() is None
    finally:
        gc.enable()


def test_the_order_of_accumulation_is_the_same_in_every_run() -> None:  # E32
    def run() -> Any:
        x = leaf(tinygrad_opt, np.random.default_rng(0).normal(size=50), np.float32)
        terms = [x * float(i) + x.exp() for i in range(20)]
        sum(t.sum() for t in terms).backward()
        return x.grad.tolist()

    assert run() == run()


# ---- autograd.grad and backward: options ----------------------------------------------------------------------------


def test_grad_changes_no_grad(library: Any) -> None:
    x, w = leaf(library, [1.0, 2]), leaf(library, [3.0, 4])
    (g,) = library.autograd.grad((x * w).sum(), x)
    assert g.tolist() == [3, 4]
    assert (x.grad, w.grad) == (None, None)


def test_grad_of_computed_tensors_and_of_several_outputs(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    h = x * x
    y, z = h.sum(), h.exp()
    gh, gx = library.autograd.grad([y, z], [h, x], grad_outputs=[None, library.ones_like(z)])
    np.testing.assert_allclose(values(gh), 1 + np.exp([1.0, 4.0]))
    np.testing.assert_allclose(values(gx), values(gh) * [2, 4])


def test_grad_of_an_output_by_itself_is_one(library: Any) -> None:
    x = leaf(library, [1.0])
    y = x * 2
    assert [g.tolist() for g in library.autograd.grad(y, [y, x])] == [[1], [2]]


def test_unused_inputs_are_none_or_zeros_where_that_is_asked_for(library: Any) -> None:
    x, z = leaf(library, [1.0]), leaf(library, [1.0, 2])
    assert library.autograd.grad((x * 2).sum(), [x, z], allow_unused=True)[1] is None
    assert library.autograd.grad((x * 2).sum(), [x, z], materialize_grads=True)[1].tolist() == [0, 0]


def test_backward_with_inputs_fills_only_those(library: Any) -> None:
    x, w = leaf(library, [2.0]), leaf(library, [3.0])
    h = x * w
    h.retain_grad()
    (h * h).backward(inputs=[w])
    assert x.grad is None
    assert w.grad.tolist() == [24]
    library.autograd.backward([(x * w).sum(), x.sum()], inputs=x)
    assert x.grad.tolist() == [4]


def test_backward_of_several_roots_with_gradients(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    library.autograd.backward([x * 2, (x * x).sum()], [library.ones_like(x), None])
    assert x.grad.tolist() == [4, 6]


def test_the_gradient_argument_weighs_the_elements(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    (x * x).backward(library.from_numpy(np.array([1.0, 10.0])))
    assert x.grad.tolist() == [2, 40]


# ---- writing in place -----------------------------------------------------------------------------------------------


def test_writing_what_nobody_reads_is_fine(library: Any) -> None:  # E11
    x = leaf(library, [1.0, 2])
    y = x + 1
    z = y * 2
    y += 1
    z.sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_writing_into_a_computed_tensor(library: Any) -> None:  # E9a
    x = leaf(library, [1.0, 2])
    y = x * 1
    y[0] = 5.0
    y.sum().backward()
    assert x.grad.tolist() == [0, 1]


MODIFIED = "^one of the variables needed for gradient computation has been modified by an inplace operation"


def saved_result(t: Any, x: Any) -> Any:
    y = x.exp()
    z = y * 2
    y += 1
    return z


def saved_operand(t: Any, x: Any) -> Any:
    y = x * 2
    z = y * y
    y.add_(1)
    return z


def saved_through_a_view(t: Any, x: Any) -> Any:
    y = x * 2
    z = y.sin()
    y[0] = 3.0
    return z


def saved_view_of_a_written_base(t: Any, x: Any) -> Any:
    y = x * 2
    z = y[:1].square()
    y.mul_(2)
    return z


def saved_leaf_written_without_recording(t: Any, x: Any) -> Any:
    z = x * x
    with t.no_grad():
        x.add_(1)
    return z


def saved_and_written_through_detach(t: Any, x: Any) -> Any:
    y = x.exp()
    z = y * y
    y.detach().zero_()
    return z


def sigmoid_written(t: Any, x: Any) -> Any:
    y = x.sigmoid()
    y[0] = 2.0
    return y


def saved_by_itself(t: Any, x: Any) -> Any:
    y = x * 2
    y[0] = (y * y)[1]
    return y


@pytest.mark.parametrize(
    "program",
    [saved_result, saved_operand, saved_through_a_view, saved_view_of_a_written_base, saved_by_itself,
     saved_leaf_written_without_recording, saved_and_written_through_detach, sigmoid_written],
)  # fmt: skip
def test_a_saved_tensor_that_was_written_is_an_error(library: Any, program: Any) -> None:  # E10
    with pytest.raises(RuntimeError, match=MODIFIED):
        program(library, leaf(library, [0.5, 0.25])).sum().backward()


@pytest.mark.parametrize(
    "read",
    [
        lambda t, x, i, m: x[i],
        lambda t, x, i, m: x[m],
        lambda t, x, i, m: x.gather(0, i),
        lambda t, x, i, m: t.where(m, x, x * 2),
        lambda t, x, i, m: x.masked_fill(m, 0.0),
    ],
    ids=["x[positions]", "x[mask]", "gather", "where", "masked_fill"],
)
def test_positions_and_masks_that_were_written_are_an_error_too(library: Any, read: Any) -> None:
    positions, mask = library.from_numpy(np.array([0, 1, 1])), library.from_numpy(np.array([True, False, True]))
    y = read(library, leaf(library, [1.0, 2, 3]), positions, mask)
    positions.zero_()
    mask.zero_()
    with pytest.raises(RuntimeError, match=MODIFIED):
        y.sum().backward()


@pytest.mark.parametrize("dtype", [np.int64, np.bool_])
def test_a_tensor_of_integers_never_becomes_tracked(library: Any, dtype: Any) -> None:
    y = library.from_numpy(np.zeros(2, dtype))
    y[0] = leaf(library, 1.0)
    y.copy_(leaf(library, [1.0, 2]))
    assert not y.requires_grad


def test_a_composition_that_does_not_save_the_written_tensor_is_fine(library: Any) -> None:  # E11a
    a = leaf(library, [1.0, 2, 3])
    b = 1 / ((-a).exp() + 1)
    b[1] = 2.0
    b.sum().backward()
    s = 1 / (1 + np.exp(-values(a)))
    np.testing.assert_allclose(values(a.grad), s * (1 - s) * [1, 0, 1])


def test_data_is_written_behind_the_graphs_back(library: Any) -> None:  # E12
    p = leaf(library, [1.0, 2])
    p.data += 1
    p.data = p.data * 2
    assert p.tolist() == [4, 6]
    assert p.requires_grad
    assert p.is_leaf
    p.data[0] = 9.0
    assert p.tolist() == [9, 6]


def test_a_leaf_may_be_written_inside_no_grad(library: Any) -> None:
    p = leaf(library, [1.0, 2])
    (p * p).sum().backward()
    with library.no_grad():
        p -= 0.5 * p.grad
        p[0] = 7.0
    assert p.tolist() == [7, 0]
    assert p.requires_grad
    assert p.is_leaf


def test_in_place_methods_return_the_tensor_and_keep_its_memory(library: Any) -> None:
    x = library.from_numpy(np.array([1.0, 4.0]))
    view = x.numpy()
    assert x.sqrt_() is x
    assert x.add_(1).mul_(2) is x
    x += 1
    assert view.tolist() == [5, 7]


def test_a_constant_written_with_a_tracked_value_becomes_tracked(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    y = library.from_numpy(np.zeros(3))
    y[1:] = x * 2
    assert y.requires_grad
    (y * y).sum().backward()
    assert x.grad.tolist() == [8, 16]


# ---- sharing memory -------------------------------------------------------------------------------------------------


def test_what_shares_memory_and_what_copies(library: Any) -> None:  # E14
    array = np.array([1.0, 2, 3])
    x = library.from_numpy(array)
    array[0] = 10
    assert x[0].item() == 10
    x[1] = 20
    assert array[1] == 20
    assert x.numpy()[1] == 20
    y = x.detach()
    y[2] = 30
    assert array[2] == 30
    for copied in [x.clone(), library.tensor(array), x + 0, x.double().clone()]:
        copied[0] = -1
        assert array[0] == 10
    assert library.as_tensor(array)[0].item() == 10
    library.as_tensor(array)[0] = 11
    assert array[0] == 11
    assert x.double() is x
    assert x.contiguous() is x


VIEWS: dict[str, Callable[[Any], Any]] = {
    "view": lambda x: x.view(6),
    "reshape": lambda x: x.reshape(3, 2),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "transpose": lambda x: x.transpose(0, 1),
    "permute": lambda x: x.permute(1, 0),
    "movedim": lambda x: x.movedim(0, 1),
    "squeeze": lambda x: x.squeeze(),
    "unsqueeze": lambda x: x.unsqueeze(0),
    "flatten": lambda x: x.flatten(),
    "ravel": lambda x: x.ravel(),
    "view_as": lambda x: x.view_as(x),
    "expand": lambda x: x.expand(2, 2, 3)[0],
    "diagonal": lambda x: x.diagonal(),
    "unbind": lambda x: x.unbind()[0],
    "chunk": lambda x: x.chunk(2)[0],
    "split": lambda x: x.split(1)[0],
    "narrow": lambda x: x.narrow(0, 0, 1),
    "detach": lambda x: x.detach(),
    "a number": lambda x: x[0],
    "a slice": lambda x: x[:1],
    "a slice with a step": lambda x: x[::2],
    "None": lambda x: x[None],
    "Ellipsis": lambda x: x[...],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
def test_views_share_memory(library: Any, view: Any) -> None:  # E15
    x = library.from_numpy(np.arange(6.0).reshape(2, 3))
    y = view(x)
    x[0, 0] = 99.0
    assert 99.0 in np.ravel(y.tolist())


def test_a_clone_is_differentiable(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    (x.clone() * 2).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_deepcopy_copies_leaves_with_their_gradients(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    (x * x).sum().backward()
    y = copy.deepcopy({"a": x, "b": x})
    assert y["a"] is y["b"]
    y["a"].data[0] = 5.0
    assert x.tolist() == [1, 2]
    assert y["a"].grad.tolist() == [2, 4]
    assert y["a"].grad is not x.grad
    assert y["a"].requires_grad
    assert copy.deepcopy(x.detach()).requires_grad is False


def test_dlpack_goes_both_ways_without_a_copy() -> None:
    x = tinygrad_opt.tensor([1.0, 2])
    y = torch.from_dlpack(x)
    y[0] = 7
    assert x.tolist() == [7, 2]
    z = tinygrad_opt.from_dlpack(torch.ones(3))
    assert (type(z), z.tolist()) == (tinygrad_opt.Tensor, [1, 1, 1])
    assert np.from_dlpack(x).tolist() == [7, 2]


# ---- grad mode ------------------------------------------------------------------------------------------------------


def test_modes_as_contexts_nest(library: Any) -> None:  # E13
    x = leaf(library, [1.0])
    with library.no_grad():
        assert not (x * 2).requires_grad
        with library.enable_grad():
            assert (x * 2).requires_grad
            with library.set_grad_enabled(False):
                assert not library.is_grad_enabled()
            assert library.is_grad_enabled()
        assert not library.is_grad_enabled()
        assert x.requires_grad
        assert leaf(library, [1.0]).requires_grad
    assert library.is_grad_enabled()


def test_modes_are_restored_after_an_exception(library: Any) -> None:
    with pytest.raises(KeyError), library.no_grad():
        raise KeyError
    assert library.is_grad_enabled()


def test_modes_as_decorators(library: Any) -> None:
    x = leaf(library, [1.0])

    @library.no_grad()
    def quiet(y: Any) -> Any:
        """Doubles."""
        return y * 2

    @library.no_grad
    def bare(y: Any) -> Any:
        return y * 2

    @library.enable_grad()
    def loud(y: Any) -> Any:
        return y * 2

    @library.set_grad_enabled(False)
    def switched(y: Any) -> Any:
        return y * 2

    @library.inference_mode()
    def inferred(y: Any) -> Any:
        return y * 2, library.is_inference_mode_enabled()

    assert not quiet(x).requires_grad
    assert not bare(x).requires_grad
    assert not switched(x).requires_grad
    assert inferred(x)[1]
    assert not inferred(x)[0].requires_grad
    with library.no_grad():
        assert loud(x).requires_grad
    assert library.is_grad_enabled()
    assert quiet.__doc__ == "Doubles."


def test_set_grad_enabled_switches_at_once(library: Any) -> None:
    library.set_grad_enabled(False)
    try:
        assert not (leaf(library, [1.0]) * 2).requires_grad
    finally:
        library.set_grad_enabled(True)
    assert library.is_grad_enabled()


def test_a_decorated_generator_switches_only_while_it_runs(library: Any) -> None:
    @library.no_grad()
    def steps() -> Iterator[bool]:
        yield library.is_grad_enabled()
        yield library.is_grad_enabled()

    assert [(inside, library.is_grad_enabled()) for inside in steps()] == [(False, True), (False, True)]


def test_each_thread_has_its_own_mode(library: Any) -> None:
    x = leaf(library, [1.0])
    inside, outside = threading.Event(), threading.Event()
    results = []

    def worker() -> None:
        with library.no_grad():
            inside.set()
            outside.wait(5)
            results.append((x * 2).requires_grad)

    thread = threading.Thread(target=worker)
    thread.start()
    inside.wait(5)
    results.append((x * 2).requires_grad)
    outside.set()
    thread.join()
    assert results == [True, False]


# ---- Function -------------------------------------------------------------------------------------------------------


def functions(library: Any) -> dict[str, Any]:
    class Product(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any, scale: float) -> Any:
            ctx.save_for_backward(a, b)
            ctx.scale = scale
            return a * b * scale

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            a, b = ctx.saved_tensors
            assert ctx.needs_input_grad[2] is False
            return g * b * ctx.scale, g * a * ctx.scale, None

    class SinCos(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            s, c = x.sin(), x.cos()
            ctx.save_for_backward(s, c)
            return s, c

        @staticmethod
        def backward(ctx: Any, gs: Any, gc: Any) -> Any:
            s, c = ctx.saved_tensors
            return gs * c - gc * s

    class Top(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            y, i = x * 2, x.argmax().double()
            ctx.mark_non_differentiable(i)
            return y, i

        @staticmethod
        def backward(ctx: Any, g: Any, gi: Any) -> Any:
            return g * 2

    class Blind(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any, b: Any) -> Any:
            return a + b

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g, None

    class Unmaterialized(library.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx: Any, g1: Any, g2: Any) -> Any:
            assert g2 is None
            return g1

    class Separate(library.autograd.Function):
        @staticmethod
        def forward(x: Any) -> Any:
            return x**2

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2 * x * g

    def wrong(result: Any) -> Any:
        class Wrong(library.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: Any) -> Any:
                return x * 1

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                return result(g)

        return Wrong

    return {f.__name__: f for f in [Product, SinCos, Top, Blind, Unmaterialized, Separate]} | {"wrong": wrong}


def test_a_function_differentiates_as_its_backward_says(library: Any) -> None:  # E30
    a, b = leaf(library, [1.0, 2]), leaf(library, [3.0, 4])
    y = functions(library)["Product"].apply(a, b, 10.0)
    assert y.grad_fn.name() in ("ProductBackward", "ProductBackward0")
    y.sum().backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([30, 40], [10, 20])


def test_a_function_can_be_differentiated_twice(library: Any) -> None:
    a, b = leaf(library, [1.0, 2]), leaf(library, [3.0, 4])
    y = functions(library)["Product"].apply(a, b, 10.0)
    ga, gb = library.autograd.grad((y * y).sum(), [a, b], create_graph=True)
    (ga.sum() + gb.sum()).backward()
    x, z = np.array([1.0, 2]), np.array([3.0, 4])
    np.testing.assert_allclose(values(a.grad), 200 * (z * z + 2 * x * z))
    np.testing.assert_allclose(values(b.grad), 200 * (x * x + 2 * x * z))


@pytest.mark.parametrize("used", ["both", "first", "second"])
def test_a_function_with_two_results(library: Any, used: str) -> None:
    x = leaf(library, [0.5, 2])
    s, c = functions(library)["SinCos"].apply(x)
    total = (s * 2 if used != "second" else 0) + (c * 3 if used != "first" else 0)
    total.sum().backward()
    expected = (2 * np.cos([0.5, 2]) if used != "second" else 0) - (3 * np.sin([0.5, 2]) if used != "first" else 0)
    np.testing.assert_allclose(values(x.grad), expected)


def test_the_second_derivative_of_two_results_that_were_saved(library: Any) -> None:
    x = leaf(library, [0.5, 2])
    s, c = functions(library)["SinCos"].apply(x)
    (g,) = library.autograd.grad((s * c).sum(), x, create_graph=True)
    (h,) = library.autograd.grad(g.sum(), x)
    np.testing.assert_allclose(values(g), np.cos([1.0, 4]), atol=1e-12)
    np.testing.assert_allclose(values(h), -2 * np.sin([1.0, 4]), atol=1e-12)


def test_a_result_may_be_marked_as_not_differentiable(library: Any) -> None:
    x = leaf(library, [1.0, 3, 2])
    y, i = functions(library)["Top"].apply(x)
    assert (y.requires_grad, i.requires_grad, i.item()) == (True, False, 1)
    y.sum().backward()
    assert x.grad.tolist() == [2, 2, 2]


def test_none_is_no_gradient(library: Any) -> None:
    a, b = leaf(library, [1.0]), leaf(library, [2.0])
    functions(library)["Blind"].apply(a, b).backward()
    assert a.grad.tolist() == [1]
    assert b.grad is None


def test_gradients_of_unused_results_may_stay_none(library: Any) -> None:
    x = leaf(library, [1.0])
    functions(library)["Unmaterialized"].apply(x)[0].backward()
    assert x.grad.tolist() == [1]


def test_forward_without_a_context(library: Any) -> None:
    x = leaf(library, [3.0])
    functions(library)["Separate"].apply(x).backward()
    assert x.grad.tolist() == [6]


def test_without_gradients_a_function_returns_plain_results(library: Any) -> None:
    x = leaf(library, [1.0, 2])
    with library.no_grad():
        assert not functions(library)["Separate"].apply(x).requires_grad
    assert not functions(library)["Separate"].apply(x.detach()).requires_grad


WRONG: list[tuple[Any, str]] = [
    (lambda g: (g, g), "returned an incorrect number of gradients"),
    (lambda g: g[:1].expand(3), "returned an invalid gradient at index 0"),
]


@pytest.mark.parametrize(("result", "text"), WRONG)
def test_a_wrong_backward_is_refused(library: Any, result: Any, text: str) -> None:
    with pytest.raises(RuntimeError, match=text):
        functions(library)["wrong"](result).apply(leaf(library, [1.0, 2])).sum().backward()


def test_anomaly_detection_names_the_operation_that_made_the_nan(library: Any) -> None:
    x = leaf(library, [0.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with library.autograd.detect_anomaly():
            y = x.sqrt() * 0
            with pytest.raises(RuntimeError, match=r"Function 'SqrtBackward0' returned nan values in its 0th output"):
                y.sum().backward()
        with library.autograd.detect_anomaly(check_nan=False):
            (x.sqrt() * 0).sum().backward()
    assert math.isnan(x.grad.item())


# ---- errors ---------------------------------------------------------------------------------------------------------

# What is called with either library, and how the error's text begins in both.
ERRORS: list[tuple[Callable[..., Any], str]] = [
    (lambda t: leaf(t, [1.0, 2]).mul(2).backward(), "grad can be implicitly created only for scalar outputs"),
    (lambda t: leaf(t, [1.0, 2]).mul(2).backward(t.ones(1)), r"Mismatch in shape: grad_output\[0\] has a shape of "),
    (lambda t: t.ones(1).backward(), "element 0 of tensors does not require grad and does not have a grad_fn"),
    (lambda t: t.tensor([1, 2], requires_grad=True), "Only Tensors of floating point and complex dtype"),
    (lambda t: t.tensor([1, 2]).requires_grad_(), "[Oo]nly Tensors of floating point"),
    (
        lambda t: leaf(t, [1.0]).mul(2).requires_grad_(False),
        "you can only change requires_grad flags of leaf variables.",
    ),
    (lambda t: leaf(t, [1.0]).add_(1), "a leaf Variable that requires grad is being used in an in-place operation."),
    (
        lambda t: leaf(t, [1.0]).__setitem__(0, 5),
        "a (view of a )?leaf Variable that requires grad is being used in an in-place",
    ),
    (
        lambda t: leaf(t, [1.0])[0:1].mul_(2),
        "a view of a leaf Variable that requires grad is being used in an in-place",
    ),
    (lambda t: leaf(t, [1.0]).zero_(), "a leaf Variable that requires grad is being used in an in-place operation."),
    (
        lambda t: leaf(t, [1.0]).numpy(),
        r"Can't call numpy\(\) on Tensor that requires grad. Use tensor.detach\(\).numpy\(\) instead.",
    ),
    (lambda t: bool(t.ones(2)), "Boolean value of Tensor with more than one value is ambiguous"),
    (lambda t: bool(t.ones(0)), "Boolean value of Tensor with no values is ambiguous"),
    (lambda t: t.ones(2).item(), "a Tensor with 2 elements cannot be converted to Scalar"),
    (lambda t: t.ones(0).item(), "a Tensor with 0 elements cannot be converted to Scalar"),
    (lambda t: float(t.ones(2)), "only one element tensors can be converted to Python scalars"),
    (lambda t: int(t.ones(2)), "only one element tensors can be converted to Python scalars"),
    (lambda t: len(t.tensor(1.0)), r"len\(\) of a 0-d tensor"),
    (lambda t: list(t.tensor(1.0)), "iteration over a 0-d tensor"),
    (lambda t: t.ones(2).retain_grad(), "can't retain_grad on Tensor that has requires_grad=False"),
    (lambda t: t.ones(2).register_hook(print), "cannot register a hook on a tensor that doesn't require gradient"),
    (lambda t: copy.deepcopy(leaf(t, [1.0]) * 2), "Only Tensors created explicitly by the user"),
    (lambda t: t.autograd.grad(leaf(t, 1.0) * 2, t.ones(1)), "One of the differentiated Tensors does not require grad"),
    (lambda t: t.autograd.grad(leaf(t, 1.0) * 2, leaf(t, 1.0)), ".*appears to not have been used in the graph"),
    (lambda t: (leaf(t, 1.0) * 2).backward(inputs=[]), r".*`inputs` argument to `backward\(\)` cannot be empty"),
    (lambda t: setattr(leaf(t, [1.0, 2]), "grad", t.ones(1).double()), "attempting to assign a gradient of size '.1.'"),
    (
        lambda t: setattr(leaf(t, [1.0, 2]), "grad", 3),
        "assigned grad expected to be a Tensor or None but got grad of type",
    ),
    (lambda t: t.ones(2, 3) @ t.ones(2, 3), r"mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)"),
    (lambda t: t.ones(3) @ t.ones(2, 3), r"mat1 and mat2 shapes cannot be multiplied \(1x3 and 2x3\)"),
    (
        lambda t: t.ones(2, 3) + t.ones(2, 4),
        r"The size of tensor a \(3\) must match the size of tensor b \(4\) at non-singleton dimension 1",
    ),
    (
        lambda t: t.ones(5, 2, 3) @ t.ones(4, 3, 2),
        r"The size of tensor a \(5\) must match the size of tensor b \(4\) at non-singleton dimension 0",
    ),
    (lambda t: t.ones(2, 3).view(4), r"shape '\[4\]' is invalid for input of size 6"),
    (lambda t: t.ones(2, 3).T.view(6), "view size is not compatible with input tensor's size and stride"),
    (
        lambda t: t.cat([t.ones(2, 3), t.ones(2, 4)]),
        "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4",
    ),
    (lambda t: t.ones(2)[5], "index 5 is out of bounds for dimension 0 with size 2"),
    (lambda t: t.ones(2, 2)[0, -3], "index -3 is out of bounds for dimension 1 with size 2"),
    (lambda t: t.ones(2)[0, 0], "too many indices for tensor of dimension 1"),
    (lambda t: t.tensor(1.0)[0], "invalid index of a 0-dim tensor"),
    (lambda t: t.ones(2)[[0, 2]], "index 2 is out of bounds for dimension 0 with size 2"),
    (lambda t: t.ones(2)[t.tensor([True])], r"The shape of the mask \[1\] at index 0 does not match"),
    (lambda t: t.ones(2, 3)[t.ones(2, 2) > 0], r"The shape of the mask \[2, 2\] at index"),
    (lambda t: t.ones(2)[t.tensor([0.5])], "tensors used as indices must be"),
    (lambda t: t.ones(2, 3).__setitem__(5, 1.0), "index 5 is out of bounds for dimension 0 with size 2"),
    (lambda t: t.ones(2, 3).__setitem__(0, "a"), "can't assign a str to a "),
    (lambda t: t.tensor([1, 2]).add_(1.5), "result type .* can't be cast to the desired output type"),
    (lambda t: t.ones(2).add_(t.ones(3, 2)), r"output with shape \[2\] doesn't match the broadcast shape \[3, 2\]"),
    (lambda t: t.ones(1).expand(3).add_(1), "unsupported operation: more than one element of the written-to tensor"),
]


@pytest.mark.parametrize(("call", "text"), ERRORS, ids=[text[:50] for _, text in ERRORS])
def test_errors_are_of_pytorchs_class_and_begin_with_its_words(call: Any, text: str) -> None:
    with pytest.raises(Exception, match=f"^{text}") as theirs:
        call(torch)
    with pytest.raises(theirs.type, match=f"^{text}"):
        call(tinygrad_opt)


# ---- reprs ----------------------------------------------------------------------------------------------------------

REPRS: list[Callable[[Any], Any]] = [
    lambda t: t.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True),
    lambda t: t.tensor([2.0], requires_grad=True) * 1,
    lambda t: t.tensor(3.5),
    lambda t: t.tensor(3),
    lambda t: t.tensor([True, False]),
    lambda t: t.tensor([]),
    lambda t: t.zeros(0, 3),
    lambda t: t.zeros(2, 0, requires_grad=True),
    lambda t: t.arange(12).reshape(3, 4),
    lambda t: t.arange(3).int(),
    lambda t: t.linspace(0, 1, 5).double(),
    lambda t: t.zeros(3).half(),
    lambda t: t.tensor([1e-8, 1.0, 1e8]),
    lambda t: t.tensor([math.nan, math.inf, -math.inf, -0.0]),
    lambda t: t.zeros(40, 40),
    lambda t: t.zeros(40, 40, requires_grad=True) + 1,
    lambda t: t.ones(3).shape,
    lambda t: t.ones(2, 3).size(),
    lambda t: t.tensor(1.0).shape,
]
REPRS += [
    lambda t, name=name: getattr(t, name)(t.ones(2, requires_grad=True), t.ones(2))
    for name in ["add", "sub", "mul", "div", "maximum", "minimum", "atan2"]
]
OF_ONE = [
    "neg",
    "abs",
    "exp",
    "log",
    "sqrt",
    "rsqrt",
    "sin",
    "cos",
    "tanh",
    "sigmoid",
    "relu",
    "erf",
    "square",
    "clone",
]
OF_ONE += ["reciprocal", "sum", "mean", "prod", "var", "std", "floor", "sign", "expm1", "flatten", "ravel"]
REPRS += [lambda t, name=name: getattr(t, name)(t.full((2, 2), 0.5, requires_grad=True)) for name in OF_ONE]
REPRS += [
    lambda t: t.ones(2, 3, requires_grad=True) @ t.ones(3, 1),
    lambda t: t.ones(2, 3, requires_grad=True).view(6),
    lambda t: t.ones(2, 3, requires_grad=True).reshape(3, 2),
    lambda t: t.ones(2, 3, requires_grad=True).permute(1, 0),
    lambda t: t.ones(2, 3, requires_grad=True).T,
    lambda t: t.ones(3, requires_grad=True).expand(2, 3),
    lambda t: t.ones(3, requires_grad=True) ** 2,
    lambda t: t.ones(3, requires_grad=True).softmax(0),
    lambda t: t.ones(3, requires_grad=True).log_softmax(0),
    lambda t: t.ones(3, requires_grad=True).logsumexp(0),
    lambda t: t.ones(3, requires_grad=True).cumsum(0),
    lambda t: t.cat([t.ones(3, requires_grad=True)] * 2),
    lambda t: t.where(t.tensor([True, False]), t.ones(2, requires_grad=True), t.zeros(2)),
    lambda t: t.ones(3, requires_grad=True).flip(0),
    lambda t: t.ones(3, requires_grad=True).repeat(2),
    lambda t: t.ones(3, 3, requires_grad=True).tril(),
    lambda t: t.ones(3, 3, requires_grad=True).diagonal(),
    lambda t: t.ones(3, requires_grad=True).norm(),
    lambda t: t.ones(3, 2, requires_grad=True).gather(0, t.zeros(1, 2).long()),
    lambda t: t.ones(3, requires_grad=True).double(),
]


@pytest.mark.parametrize("make", REPRS)
def test_reprs_are_pytorchs(make: Callable[[Any], Any]) -> None:
    ours, theirs = repr(make(tinygrad_opt)), repr(make(torch))
    assert ours == theirs


@pytest.mark.parametrize("spec", ["", ".2f", "8.3e", ">10"])
def test_numbers_are_formatted_as_in_pytorch(spec: str) -> None:
    for data in [0.1, 3, True]:
        assert format(tinygrad_opt.tensor(data), spec) == format(torch.tensor(data), spec)
    assert format(tinygrad_opt.ones(2)) == format(torch.ones(2))
    if spec:
        with pytest.raises(TypeError):
            format(tinygrad_opt.ones(2), spec)
