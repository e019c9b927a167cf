"""Transforms of functions and checkpoints, each run here and in PyTorch."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")
torch_checkpoint = pytest.importorskip("torch.utils.checkpoint")

Array = np.ndarray[Any, Any]
Case = Callable[..., Any]
Pair = namedtuple("Pair", ["first", "second"])
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:torch", "ignore::DeprecationWarning:torch")

rng = np.random.default_rng(0)
X3, Y3, V3 = rng.normal(size=(3, 3))
M23, N23 = rng.normal(size=(2, 2, 3))
M34, W43 = rng.normal(size=(3, 4)), rng.normal(size=(4, 3))
A234 = rng.normal(size=(2, 3, 4))
ONE = np.array(0.7)
TARGETS = np.array([0, 2, 1])


def net(t: Any, p: Any, x: Any) -> Any:
    return (t.tanh(x @ p["w1"]) @ p["w2"]).sigmoid()


def loss(t: Any, p: Any, x: Any) -> Any:
    return ((net(t, p, x) - 0.3) ** 2).mean()


def params(t: Any, a: Any, b: Any) -> dict[str, Any]:
    return {"w1": a, "w2": b}


def f1(x: Any) -> Any:
    return (x.sin() * x**2).sum()


def fvec(x: Any) -> Any:
    return x.sin() * x.sum() + x.flip(0) ** 2


def two(x: Any, y: Any) -> Any:
    return (x * y.exp()).sum() + (x**3).sum() * y.sum()


def writes(t: Any, x: Any) -> Any:
    y = x.clone()
    y[1:] = x[1:] * x[0]
    y[0] += x[2] ** 2
    y.mul_(3.0).add_(x)
    return y.sin().sum()


def cross_entropy(t: Any, x: Any) -> Any:
    return t.nn.functional.cross_entropy(x.reshape(3, 4) ** 2, t.from_numpy(TARGETS))


def picks(t: Any, x: Any) -> Any:
    return (x[[0, 2, 0]] * x[1:].prod()).softmax(0)[1].log()


GRADS: dict[str, tuple[Case, list[Array]]] = {
    "grad": (lambda t, x: t.func.grad(f1)(x), [X3]),
    "grad of a number": (lambda t, x: t.func.grad(lambda x: x.exp())(x), [ONE]),
    "grad argnums 1": (lambda t, x, y: t.func.grad(two, 1)(x, y), [X3, Y3]),
    "grad argnums -1": (lambda t, x, y: t.func.grad(two, argnums=-1)(x, y), [X3, Y3]),
    "grad argnums tuple": (lambda t, x, y: t.func.grad(two, (1, 0))(x, y), [X3, Y3]),
    "grad argnums tuple of one": (lambda t, x, y: t.func.grad(two, argnums=(0,))(x, y), [X3, Y3]),
    "grad keywords": (lambda t, x, y: t.func.grad(lambda x, *, y: two(x, y))(x, y=y), [X3, Y3]),
    "grad of a dict": (
        lambda t, a, b, x: t.func.grad(lambda p: loss(t, p, x))(params(t, a, b)),
        [M34, W43, M23],
    ),
    "grad nested": (
        lambda t, x, y: t.func.grad(lambda s: (s[0]["a"] * s[1][0] * s[1][1]).sum())(({"a": x}, [y, x])),
        [X3, Y3],
    ),
    "grad of a named tuple": (lambda t, x, y: t.func.grad(lambda s: two(s.first, s.second))(Pair(x, y)), [X3, Y3]),
    "grad of an ordered dict": (
        lambda t, x, y: t.func.grad(lambda s: two(s["x"], s["y"]))(OrderedDict(y=y, x=x)),
        [X3, Y3],
    ),
    "grad unused": (lambda t, x, y: t.func.grad(lambda x, y: x.sum(), (0, 1))(x, y), [X3, Y3]),
    "grad of a constant": (lambda t, x: t.func.grad(lambda x: t.zeros(()))(x), [X3]),
    "grad aux": (lambda t, x: t.func.grad(lambda x: (f1(x), {"twice": x * 2}), has_aux=True)(x), [X3]),
    "grad and value": (lambda t, x, y: t.func.grad_and_value(two, (0, 1))(x, y), [X3, Y3]),
    "grad and value aux": (lambda t, x: t.func.grad_and_value(lambda x: (f1(x), [x * 2]), has_aux=True)(x), [X3]),
    "grad of a float32": (lambda t, x: t.func.grad(lambda x: (x.float() ** 2).sum().double())(x), [X3]),
    "grad of writes": (lambda t, x: t.func.grad(lambda x: writes(t, x))(x), [X3]),
    "grad with no_grad inside": (lambda t, x: t.func.grad(lambda x: cut(t, x))(x), [X3]),
    "grad inside no_grad": (lambda t, x: silent(t, x), [X3]),
    "grad of detach": (lambda t, x: t.func.grad(lambda x: (x * x.detach()).sum())(x), [X3]),
}


def cut(t: Any, x: Any) -> Any:
    with t.no_grad():
        c = x**2
    return (x**3 - c * x).sum()


def silent(t: Any, x: Any) -> Any:
    with t.no_grad():
        return t.func.grad(f1)(x)


PRODUCTS: dict[str, tuple[Case, list[Array]]] = {
    "vjp": (lambda t, x, v: pulled(t.func.vjp(fvec, x), v), [X3, V3]),
    "vjp two": (lambda t, x, y, v: pulled(t.func.vjp(lambda x, y: x * y.sin(), x, y), v), [X3, Y3, V3]),
    "vjp nested": (
        lambda t, x, y: pulled(
            t.func.vjp(lambda d: {"a": [d["x"] * d["y"]], "b": d["x"].sum()}, {"x": x, "y": y}),
            {"a": [y], "b": x[0]},
        ),
        [X3, Y3],
    ),
    "vjp aux": (lambda t, x, v: pulled(t.func.vjp(lambda x: (fvec(x), x * 3), x, has_aux=True), v), [X3, V3]),
    "vjp twice": (lambda t, x, v: [(p := t.func.vjp(fvec, x)[1])(v), p(v * 2), p(x)], [X3, V3]),
    "vjp unused": (lambda t, x, y, v: pulled(t.func.vjp(lambda x, y: x * 2, x, y), v), [X3, Y3, V3]),
    "vjp of the input": (lambda t, x, v: pulled(t.func.vjp(lambda x: x, x), v), [X3, V3]),
    "vjp of vjp_fn": (lambda t, x, v: pulled(t.func.vjp(t.func.vjp(fvec, x)[1], v), (x,)), [X3, V3]),
    "vjp of jvp": (
        lambda t, x, v: pulled(t.func.vjp(lambda x: t.func.jvp(fvec, (x,), (v,))[1], x), v),
        [X3, V3],
    ),
    "jvp": (lambda t, x, v: t.func.jvp(fvec, (x,), (v,)), [X3, V3]),
    "jvp two": (lambda t, x, y, v: t.func.jvp(lambda x, y: x * y.sin(), (x, y), (v, x)), [X3, Y3, V3]),
    "jvp nested": (
        lambda t, x, y: t.func.jvp(
            lambda d: [d["x"] * d["y"], (d["x"].sum(),)], ({"x": x, "y": y},), ({"x": y, "y": x},)
        ),
        [X3, Y3],
    ),
    "jvp aux": (lambda t, x, v: t.func.jvp(lambda x: (fvec(x), {"k": x * 3}), (x,), (v,), has_aux=True), [X3, V3]),
    "jvp of an index": (lambda t, x, v: t.func.jvp(lambda x: (x.argmax(), x.max()), (x,), (v,)), [X3, V3]),
    "jvp of a constant": (lambda t, x, v: t.func.jvp(lambda x: t.ones(2), (x,), (v,)), [X3, V3]),
    "jvp of jvp": (
        lambda t, x, v: t.func.jvp(lambda x: t.func.jvp(fvec, (x,), (v,))[1], (x,), (v,)),
        [X3, V3],
    ),
    "jvp of grad": (lambda t, x, v: t.func.jvp(t.func.grad(f1), (x,), (v,)), [X3, V3]),
    "jvp of writes": (lambda t, x, v: t.func.jvp(lambda x: writes(t, x), (x,), (v,)), [X3, V3]),
    "linearize": (lambda t, x, v: [(f := t.func.linearize(fvec, x))[0], f[1](v), f[1](x)], [X3, V3]),
    "grad of jvp": (
        lambda t, x, v: t.func.grad(lambda x: t.func.jvp(fvec, (x,), (v,))[1].sum())(x),
        [X3, V3],
    ),
    "grad of vjp by its cotangent": (
        lambda t, x, v: t.func.grad(lambda v: (t.func.vjp(fvec, x)[1](v)[0] ** 2).sum())(v),
        [X3, V3],
    ),
}


def pulled(result: tuple[Any, ...], cotangents: Any) -> Any:
    return [result[0], result[1](cotangents), *result[2:]]


JACOBIANS: dict[str, tuple[Case, list[Array]]] = {}
for kind in ("jacrev", "jacfwd"):
    JACOBIANS |= {
        f"{kind} {name}": (lambda t, *xs, case=case, kind=kind: case(t, getattr(t.func, kind), *xs), inputs)
        for name, (case, inputs) in {
            "vector": (lambda t, jac, x: jac(fvec)(x), [X3]),
            "number": (lambda t, jac, x: jac(f1)(x), [X3]),
            "number of a number": (lambda t, jac, x: jac(lambda x: x.sin())(x), [ONE]),
            "vector of a number": (lambda t, jac, x, v: jac(lambda x: x.sin() * v)(x), [ONE, V3]),
            "matrix": (lambda t, jac, x: jac(lambda x: (x @ x.T).sin())(x), [M23]),
            "argnums 1": (lambda t, jac, x, y: jac(lambda x, y: x * y.sum(), 1)(x, y), [X3, Y3]),
            "argnums": (lambda t, jac, x, y: jac(lambda x, y: (x * y.sum(), y), (1, 0))(x, y), [X3, M23]),
            "dict": (
                lambda t, jac, a, b, x: jac(lambda p: {"y": net(t, p, x), "s": [p["w2"].sum()]})(params(t, a, b)),
                [M34, W43, M23],
            ),
            "aux": (lambda t, jac, x: jac(lambda x: (fvec(x), x * 2), has_aux=True)(x), [X3]),
            "constant": (lambda t, jac, x: jac(lambda x: t.ones(2))(x), [X3]),
            "empty output": (lambda t, jac, x: jac(lambda x: x[:0])(x), [X3]),
            "empty input": (lambda t, jac, x: jac(lambda x: x.sum())(x[:0]), [X3]),
            "of itself": (lambda t, jac, x: jac(jac(fvec))(x), [X3]),
            "of the other": (
                lambda t, jac, x: jac((t.func.jacfwd if jac is t.func.jacrev else t.func.jacrev)(fvec))(x),
                [X3],
            ),
            "of grad": (lambda t, jac, x: jac(t.func.grad(f1))(x), [X3]),
            "of vmap": (lambda t, jac, x: jac(t.func.vmap(fvec))(x), [M23]),
            "of writes": (lambda t, jac, x: jac(lambda x: writes(t, x))(x), [X3]),
        }.items()
    }
JACOBIANS |= {
    "jacrev in chunks": (lambda t, x: t.func.jacrev(fvec, chunk_size=2)(x), [X3]),
    "hessian": (lambda t, x: t.func.hessian(f1)(x), [X3]),
    "hessian argnums": (lambda t, x, y: t.func.hessian(two, (0, 1))(x, y), [X3, Y3]),
    "hessian argnums 1": (lambda t, x, y: t.func.hessian(two, argnums=1)(x, y), [X3, Y3]),
    "hessian of a dict": (
        lambda t, a, b, x: t.func.hessian(lambda p: loss(t, p, x))(params(t, a, b)),
        [M34, W43, M23],
    ),
    "hessian of a vector": (lambda t, x: t.func.hessian(fvec)(x), [X3]),
    "hessian of writes": (lambda t, x: t.func.hessian(lambda x: writes(t, x))(x), [X3]),
    "hessian of cross entropy": (lambda t, x: t.func.hessian(lambda x: cross_entropy(t, x))(x), [M34.ravel()]),
    "hessian of picks": (lambda t, x: t.func.hessian(lambda x: picks(t, x))(x), [X3]),
    "hessian with a closure": (lambda t, x, y: t.func.hessian(lambda x: two(x, y))(x), [X3, Y3]),
}

MAPS: dict[str, tuple[Case, list[Array]]] = {
    "vmap": (lambda t, a: t.func.vmap(fvec)(a), [M23]),
    "vmap to numbers": (lambda t, a: t.vmap(f1)(a), [M23]),
    "vmap two": (lambda t, a, b: t.func.vmap(lambda x, y: x * y.sum())(a, b), [M23, N23]),
    "vmap in_dims": (lambda t, a, b: t.func.vmap(t.mv, in_dims=(0, None))(a, b), [A234, W43[:, 0]]),
    "vmap in_dims 1": (lambda t, a: t.func.vmap(lambda x: x.cumsum(0), in_dims=1)(a), [A234]),
    "vmap in_dims negative": (lambda t, a, b: t.func.vmap(two, in_dims=(-1, 0))(a, b), [M34, W43]),
    "vmap in_dims nested": (
        lambda t, a, b: t.func.vmap(lambda d, c: d["a"] * d["b"] * c, in_dims=({"a": 0, "b": None}, None))(
            {"a": a, "b": b}, 2.0
        ),
        [M23, X3],
    ),
    "vmap in_dims for all of a dict": (
        lambda t, a, b: t.func.vmap(lambda d, y: d["a"] * d["b"] + y, in_dims=(0, None))({"a": a, "b": b}, b),
        [M23, N23],
    ),
    "vmap in_dims of a list": (
        lambda t, a, b: t.func.vmap(lambda s: s[0] * s[1], in_dims=([0, None],))([a, b]),
        [M23, X3],
    ),
    "vmap out_dims 1": (lambda t, a: t.func.vmap(fvec, out_dims=1)(a), [M23]),
    "vmap out_dims -1": (lambda t, a: t.func.vmap(lambda x: x.outer(x), out_dims=-1)(a), [M23]),
    "vmap out_dims tuple": (lambda t, a: t.func.vmap(lambda x: (x, x * 2), out_dims=(0, 1))(a), [M23]),
    "vmap out_dims tuple of one": (lambda t, a: t.func.vmap(fvec, out_dims=(1,))(a), [M23]),
    "vmap out_dims None": (lambda t, a, b: t.func.vmap(lambda x: (x, b, 3), out_dims=(0, None, None))(a), [M23, X3]),
    "vmap out_dims nested": (
        lambda t, a: t.func.vmap(lambda x: {"a": x, "b": [x * 2]}, out_dims={"a": 1, "b": [0]})(a),
        [M23],
    ),
    "vmap constant": (lambda t, a, b: t.func.vmap(lambda x: b)(a), [M23, X3]),
    "vmap empty": (lambda t, a: t.func.vmap(lambda x: (x.sum(), x), out_dims=(0, 1))(a[:0]), [M23]),
    "vmap chunks": (lambda t, a: t.func.vmap(fvec, chunk_size=1)(a), [M34]),
    "vmap keywords": (lambda t, a, b: t.func.vmap(lambda x, y: x * y)(a, y=b), [M23, X3]),
    "vmap of vmap": (
        lambda t, a, b: t.func.vmap(t.func.vmap(t.dot, in_dims=(None, 0)), in_dims=(0, None))(a, b),
        [M23, M34.T],
    ),
    "vmap of vmap, other dims": (
        lambda t, a: t.func.vmap(t.func.vmap(lambda x: x.sin().sum(), in_dims=1), in_dims=2, out_dims=1)(a),
        [A234],
    ),
    "vmap of grad": (lambda t, a, w: t.func.vmap(t.func.grad(two), in_dims=(0, None))(a, w), [M23, X3]),
    "vmap of grad of a dict": (
        lambda t, a, b, x: t.func.vmap(t.func.grad(lambda p, x: loss(t, p, x)), in_dims=(None, 0))(params(t, a, b), x),
        [M34, W43, M23],
    ),
    "grad of vmap": (lambda t, a: t.func.grad(lambda a: t.func.vmap(fvec, out_dims=1)(a).sin().sum())(a), [M23]),
    "grad of vmap of grad": (
        lambda t, a: t.func.grad(lambda a: (t.func.vmap(t.func.grad(f1))(a) ** 2).sum())(a),
        [M23],
    ),
    "vmap of hessian": (lambda t, a: t.func.vmap(t.func.hessian(f1))(a), [M23]),
    "vmap of jvp": (lambda t, a, b: t.func.vmap(lambda x, v: t.func.jvp(fvec, (x,), (v,)))(a, b), [M23, N23]),
    "jvp of vmap": (lambda t, a, b: t.func.jvp(t.func.vmap(fvec), (a,), (b,)), [M23, N23]),
    "vmap of vjp_fn": (lambda t, x, a: t.func.vmap(t.func.vjp(fvec, x)[1])(a), [X3, M23]),
    "hessian of vmap": (lambda t, a: t.func.hessian(lambda a: t.func.vmap(f1)(a).prod())(a), [M23]),
}

NESTS: dict[str, tuple[Case, list[Array]]] = {
    "grad of grad": (lambda t, x: t.func.grad(t.func.grad(lambda x: x.sin() * x**3))(x), [ONE]),
    "four grads": (
        lambda t, x: t.func.grad(t.func.grad(t.func.grad(t.func.grad(lambda x: x.exp() * x**3))))(x),
        [ONE],
    ),
    "inner and outer variable": (
        lambda t, x: t.func.grad(lambda x: x * t.func.grad(lambda y: x * y**2)(x))(x),
        [ONE],
    ),
    "inner grad at a constant": (
        lambda t, x: t.func.grad(lambda x: x * t.func.grad(lambda y: (x * y).sin())(t.ones_like(x)))(x),
        [ONE],
    ),
    "confusion": (lambda t, x: t.func.grad(lambda x: t.func.grad(lambda y: x + y)(x) * x)(x), [ONE]),
    "inner value": (
        lambda t, x: t.func.grad(lambda x: t.func.grad_and_value(lambda y: y**2 * x)(x)[1])(x),
        [ONE],
    ),
    "inner aux": (
        lambda t, x: t.func.grad(lambda x: t.func.grad(lambda y: (y**2, y * x), has_aux=True)(x)[1])(x),
        [ONE],
    ),
    "inner no_grad": (lambda t, x: t.func.grad(lambda x: x * silent_one(t, x))(x), [ONE]),
    "through steps of descent": (
        lambda t, a, b, x: t.func.grad(lambda p: loss(t, descended(t, p, x, 3), x))(params(t, a, b)),
        [M34, W43, M23],
    ),
    "jacfwd of jacrev of vmap of grad": (
        lambda t, a: t.func.jacfwd(t.func.jacrev(lambda a: t.func.vmap(t.func.grad(f1))(a).sum(0)))(a),
        [M23],
    ),
}


def silent_one(t: Any, x: Any) -> Any:
    with t.no_grad():
        return t.func.grad(lambda y: y**3)(x)


def descended(t: Any, p: Any, x: Any, steps: int) -> Any:
    for _ in range(steps):
        g = t.func.grad(lambda p: loss(t, p, x))(p)
        p = {name: p[name] - 0.5 * g[name] for name in p}
    return p


def assert_same(ours: Any, theirs: Any) -> None:
    if isinstance(ours, dict | list | tuple):
        assert type(ours) is type(theirs)
        assert len(ours) == len(theirs)
        if isinstance(ours, dict):
            assert list(ours) == list(theirs)
            ours, theirs = list(ours.values()), list(theirs.values())
        for a, b in zip(ours, theirs, strict=True):
            assert_same(a, b)
    elif isinstance(ours, tinygrad_opt.Tensor):
        assert ours.requires_grad <= theirs.requires_grad  # PyTorch records zeros too
        assert str(theirs.dtype) == f"torch.{ours.dtype}"
        expected = theirs.detach().numpy()
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours.detach().numpy(), expected, rtol=1e-10, atol=1e-10)
    else:
        assert ours == theirs


CUT_OFF = ["grad inside no_grad", "linearize"]  # PyTorch's linearize takes its primals as constants
ALL = GRADS | PRODUCTS | JACOBIANS | MAPS | NESTS


@pytest.mark.parametrize("name", ALL)
def test_values(name: str) -> None:
    case, inputs = ALL[name]
    ours, theirs = (case(t, *[t.from_numpy(x.copy()) for x in inputs]) for t in (tinygrad_opt, torch))
    assert_same(ours, theirs)


@pytest.mark.parametrize("name", [name for name in ALL if name not in CUT_OFF])
def test_the_graph_outside_sees_through(name: str) -> None:
    """With inputs that require grad, results have the history PyTorch gives them, and backward reaches the inputs."""
    case, inputs = ALL[name]
    grads = []
    results = []
    for t in (tinygrad_opt, torch):
        xs = [t.from_numpy(x.copy()).requires_grad_() for x in inputs]
        results.append(case(t, *xs))
        tracked = [y for y in tensors_of(results[-1]) if hasattr(y, "requires_grad") and y.requires_grad]
        if tracked:
            sum([(y.sin() * y).sum() for y in tracked[1:]], (tracked[0].sin() * tracked[0]).sum()).backward()
        grads.append([x.grad for x in xs])
    assert_same(*results)
    for ours, theirs in zip(*grads, strict=True):
        if ours is None or theirs is None:
            assert all(g is None or not g.any() for g in (ours, theirs))
        else:
            assert_same(ours, theirs)


def test_what_pytorch_has_under_another_name() -> None:
    x, y, v, w = (tinygrad_opt.from_numpy(a) for a in (X3, Y3, V3, X3 * 2))
    tx, ty, tv, tw = (torch.from_numpy(a) for a in (X3, Y3, V3, X3 * 2))
    f = tinygrad_opt.func
    assert_same(f.value_and_grad(two, (0, 1))(x, y)[::-1], torch.func.grad_and_value(two, (0, 1))(tx, ty))
    with_aux = f.value_and_grad(lambda x: (f1(x), x * 2), has_aux=True)(x)
    assert_same(with_aux[::-1], torch.func.grad_and_value(lambda x: (f1(x), x * 2), has_aux=True)(tx))
    assert_same(f.hvp(two, (x, y), (v, w)), torch.autograd.functional.hvp(two, (tx, ty), (tv, tw)))
    assert_same(
        f.hvp(lambda d: two(d["x"], d["y"]), ({"x": x, "y": y},), ({"x": v, "y": w},))[1][0]["y"],
        torch.autograd.functional.hvp(two, (tx, ty), (tv, tw))[1][1],
    )


def test_the_linear_function_leads_to_its_primals() -> None:
    x, v = (tinygrad_opt.from_numpy(a).requires_grad_() for a in (X3.copy(), V3.copy()))
    tx, tv = (torch.from_numpy(a).requires_grad_() for a in (X3.copy(), V3.copy()))
    tinygrad_opt.func.linearize(fvec, x)[1](v).sin().sum().backward()
    torch.func.jvp(fvec, (tx,), (tv,))[1].sin().sum().backward()
    assert_same([x.grad, v.grad], [tx.grad, tv.grad])


# ---- functional_call ------------------------------------------------------------------------------------------------


def modules() -> tuple[Any, Any]:
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    ours = tinygrad_opt.nn.Sequential(
        tinygrad_opt.nn.Linear(3, 4), tinygrad_opt.nn.Tanh(), tinygrad_opt.nn.Linear(4, 2)
    ).double()
    ours.load_state_dict({name: p.detach().numpy() for name, p in theirs.named_parameters()})
    return ours, theirs


def test_a_step_of_meta_learning() -> None:
    """The gradient through a step of descent (MAML), per example, with respect to the parameters before the step."""

    def meta_loss(t: Any, model: Any, params: Any, x: Any) -> Any:
        def task(params: Any) -> Any:
            return (t.func.functional_call(model, params, (x,)) ** 2).mean()

        gradient = t.func.grad(task)(params)
        return task({name: params[name] - 0.1 * gradient[name] for name in params})

    results = []
    for t, model in zip((tinygrad_opt, torch), modules(), strict=True):
        params = dict(model.named_parameters())
        meta_loss(t, model, params, t.from_numpy(M23)).backward()
        per_example = t.vmap(t.func.grad(partial(meta_loss, t, model)), in_dims=(None, 0))
        detached = {name: p.detach() for name, p in params.items()}
        results.append([[p.grad for p in params.values()], per_example(detached, t.from_numpy(M23))])
    assert_same(*results)


def test_an_ensemble() -> None:
    pairs = [modules() for _ in range(3)]
    results = []
    for t, models in zip((tinygrad_opt, torch), zip(*pairs, strict=True), strict=True):
        params, buffers = t.func.stack_module_state(models)
        run = t.vmap(lambda p, b, x, m=models[0], t=t: t.func.functional_call(m, (p, b), (x,)), in_dims=(0, 0, None))
        results.append([run(params, buffers, t.from_numpy(M23)), params])
    assert_same(*results)


# ---- errors ---------------------------------------------------------------------------------------------------------

ERRORS: dict[str, tuple[Case, str]] = {
    "not a number": (lambda t, x: t.func.grad(lambda x: x * 2)(x), "scalar Tensor, got tensor with 1 dims"),
    "not a tensor": (lambda t, x: t.func.grad(lambda x: 2.0)(x), "float"),
    "several results": (lambda t, x: t.func.grad(lambda x: (x.sum(), x.sum()))(x), "return a Tensor"),
    "integers": (lambda t, x: t.func.grad(lambda x: x.sum())(x.long()), "floating point dtype can require gradients"),
    "a float for a tensor": (lambda t, x: t.func.grad(lambda x: x)(3.0), "must be Tensor, got"),
    "None among tensors": (lambda t, x: t.func.grad(lambda d: d[0].sum())([x, None]), "NoneType"),
    "argnum too large": (lambda t, x: t.func.grad(f1, 3)(x), "Got argnum=3, but only 1 positional inputs"),
    "argnums twice": (lambda t, x: t.func.grad(two, (0, -2))(x, x), r"must be unique, got \(0, 0\)"),
    "no argnums": (lambda t, x: t.func.grad(two, ())(x, x), "argnums must be non-empty"),
    "a list of argnums": (lambda t, x: t.func.jacrev(two, [0])(x, x), "argnums must be int or Tuple"),
    "a float in argnums": (lambda t, x: t.func.jacrev(two, (0.0,))(x, x), "argnum must be int"),
    "no aux": (lambda t, x: t.func.grad(f1, has_aux=True)(x), r"should be a tuple: \(output, aux\)"),
    "too much aux": (lambda t, x: t.func.vjp(lambda x: (x, x, x), x, has_aux=True), r"\(output, aux\)"),
    "cotangents nested otherwise": (lambda t, x: t.func.vjp(lambda x: (x, x), x)[1]([x, x]), "structure of cotangents"),
    "cotangent of another shape": (lambda t, x: t.func.vjp(fvec, x)[1](x[:2]), "Mismatch in shape"),
    "vjp of nothing": (lambda t, x: t.func.vjp(lambda x: (), x), "non-empty output"),
    "vjp of a float": (lambda t, x: t.func.vjp(lambda x: 3.0, x), "only tensors, got unsupported type"),
    "vjp of integers": (lambda t, x: t.func.vjp(lambda x: x.argmax(), x), "All outputs of f must be"),
    "primals not a tuple": (lambda t, x: t.func.jvp(fvec, x, x), "Expected primals to be a tuple"),
    "more tangents": (lambda t, x: t.func.jvp(fvec, (x,), (x, x)), "same python structure"),
    "tangent of another shape": (lambda t, x: t.func.jvp(fvec, (x,), (x[:2],)), "Mismatch in shape"),
    "no primals": (lambda t, x: t.func.jvp(fvec, (), ()), "at least one Tensor"),
    "jvp of a float": (lambda t, x: t.func.jvp(lambda x: 3.0, (x,), (x,)), "only tensors, got unsupported type"),
    "jacrev in chunks of 0": (lambda t, x: t.func.jacrev(fvec, chunk_size=0), "should be greater than 0"),
    "a write to a leaf": (lambda t, x: t.func.grad(lambda x: x.mul_(2).sum())(x), "leaf Variable that requires grad"),
    "vmap of nothing": (lambda t, x: t.vmap(lambda: x)(), "got no inputs"),
    "in_dims None": (lambda t, x: t.vmap(f1, in_dims=None)(x), "expected `in_dims` to be int or"),
    "nothing to map": (lambda t, x: t.vmap(f1, in_dims=(None,))(x), "at least one Tensor to vmap over"),
    "other sizes": (lambda t, x: t.vmap(two)(x, x[:2]), r"same size in the mapped dimension, got sizes \[3, 2\]"),
    "in_dim too large": (lambda t, x: t.vmap(f1, in_dims=1)(x), "Got in_dim=1 .* of dimensionality 1"),
    "in_dim of a float": (lambda t, x: t.vmap(two)(x, 2.0), "cannot vmap over non-Tensor arguments"),
    "too few in_dims": (lambda t, x: t.vmap(two, in_dims=(0,))(x, x), "in_dims is not compatible with the structure"),
    "in_dim of text": (lambda t, x: t.vmap(two, in_dims=(0, "a"))(x, x), "integer dimension or None"),
    "too many out_dims": (lambda t, x: t.vmap(lambda x: (x, x), 0, (0, 0, 0))(x), "out_dims is not compatible"),
    "out_dim too large": (lambda t, x: t.vmap(lambda x: x, 0, 3)(x), "out of range"),
    "out_dim None": (lambda t, x: t.vmap(lambda x: x, 0, None)(x), "can not return a BatchedTensor when out_dim is"),
    "out_dim of text": (lambda t, x: t.vmap(lambda x: x, 0, "a")(x), "`out_dims` must be an int, None or"),
    "a float from vmap": (lambda t, x: t.vmap(lambda x: 2.0)(x), "must only return Tensors"),
    "random numbers": (lambda t, x: t.vmap(lambda x: x + t.rand(2))(x), "random operation while in randomness error"),
    "randomness": (lambda t, x: t.vmap(f1, randomness="some")(x), "Only allowed values for randomness"),
    "vmap in chunks of 0": (lambda t, x: t.vmap(f1, chunk_size=0)(x), "None or greater than 0"),
    "a name twice": (
        lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), ({"bias": x}, {"bias": x}), x),
        r"\['bias'\] appeared in multiple dictionaries",
    ),
    "not a dict": (lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), 3, x), "to be a dict, or a list/tuple"),
    "not dicts": (lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), [3], x), "to be dictionaries"),
    "a float for a weight": (
        lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), {"bias": 3.0}, x),
        "not an instance",
    ),
    "an unknown path": (
        lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), {"a.b": x}, x),
        "Linear has no attribute",
    ),
    "strictly unknown": (
        lambda t, x: t.func.functional_call(t.nn.Linear(3, 1), {"a": x, "bias": x}, x, strict=True),
        r"Unexpected key\(s\): 'a'.\n\tMissing key\(s\): 'weight'.",
    ),
    "tied": (lambda t, x: t.func.functional_call(tied(t), {"a.weight": x, "b.weight": x + 1}, x), "which are tied"),
    "no models": (lambda t, x: t.func.stack_module_state([]), "at least one model"),
    "other models": (lambda t, x: t.func.stack_module_state([t.nn.Linear(1, 1), t.nn.ReLU()]), "same class"),
    "other modes": (lambda t, x: t.func.stack_module_state([t.nn.ReLU(), t.nn.ReLU().eval()]), "training/eval mode"),
}


def tied(t: Any) -> Any:
    model = t.nn.Module()
    model.a, model.b = t.nn.Linear(3, 3), t.nn.Linear(3, 3)
    model.b.weight = model.a.weight
    return model


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    case, words = ERRORS[name]
    try:
        case(torch, torch.from_numpy(X3.copy()))
    except Exception as error:
        expected = type(error)
    with pytest.raises(expected, match=words):
        case(tinygrad_opt, tinygrad_opt.from_numpy(X3.copy()))


def tensors_of(result: Any) -> list[Any]:
    if isinstance(result, dict | list | tuple):
        return [x for part in (result.values() if isinstance(result, dict) else result) for x in tensors_of(part)]
    return [result]
