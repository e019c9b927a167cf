"""LBFGS takes the steps of torch.optim.LBFGS, and continues from its state dict."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

rng = np.random.default_rng(0)
A = rng.normal(size=(12, 5))
X, Y = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))


def quadratic(lib: Any) -> tuple[list[Any], Any]:
    x = lib.tensor(np.linspace(-1.0, 2.0, 5), requires_grad=True)
    matrix, b = lib.tensor(A.T @ A), lib.tensor(A[0])
    return [x], lambda: 0.5 * (x @ (matrix @ x)) - b @ x


def rosenbrock(lib: Any) -> tuple[list[Any], Any]:
    x = lib.tensor(np.array([-1.2, 1.0]), requires_grad=True)
    return [x], lambda: 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def apart(lib: Any) -> tuple[list[Any], Any]:
    """Rosenbrock's function in four dimensions, its variables in two tensors, beside one without a gradient."""
    x = lib.tensor(np.array([[-1.2], [1.0]]), requires_grad=True)
    y = lib.tensor(np.array([-0.5, 0.8]), requires_grad=True)
    unused = lib.tensor(np.array([3.0, 4.0]), requires_grad=True)

    def loss() -> Any:
        v = [x[0, 0], x[1, 0], y[0], y[1]]
        return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in itertools.pairwise(v))

    return [x, unused, y], loss


def network(lib: Any) -> tuple[list[Any], Any]:
    start = np.random.default_rng(1)
    shapes = [(3, 6), (6,), (6, 2), (2,)]
    params = [lib.tensor(start.normal(size=s) * 0.5, requires_grad=True) for s in shapes]
    inputs, targets = lib.tensor(X), lib.tensor(Y)

    def loss() -> Any:
        w1, b1, w2, b2 = params
        return (((inputs @ w1 + b1).tanh() @ w2 + b2 - targets) ** 2).mean()

    return params, loss


PROBLEMS = [quadratic, rosenbrock, apart, network]
OPTIONS: list[dict[str, Any]] = [
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "history_size": 2, "max_iter": 7},
    {"line_search_fn": "strong_wolfe", "lr": 0.1, "max_eval": 9},
    {"line_search_fn": "strong_wolfe", "lr": 30.0, "max_iter": 6},
    {"line_search_fn": "strong_wolfe", "lr": 1e-3, "max_iter": 4},
    {"line_search_fn": "strong_wolfe", "max_iter": 5, "max_eval": 2},
    {"line_search_fn": "strong_wolfe", "tolerance_grad": 0.3},
    {"line_search_fn": "strong_wolfe", "tolerance_change": 0.05},
    {"lr": 0.02},
    {"lr": 0.05, "max_iter": 3, "history_size": 3},
    {"lr": 0.05, "max_eval": 4},
    {"lr": 0.05, "tolerance_grad": 1.0},
    {"lr": 0.02, "tolerance_change": 1e-2},
]
STEPS = 4


def closure_of(optimizer: Any, loss_of: Any, losses: list[float]) -> Any:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        losses.append(float(loss.detach()))
        return loss

    return closure


def run(lib: Any, problem: Any, options: dict[str, Any], steps: int = STEPS) -> tuple[Any, list[float], Any]:
    params, loss_of = problem(lib)
    optimizer = lib.optim.LBFGS(params, **options)
    losses: list[float] = []
    closure = closure_of(optimizer, loss_of, losses)
    returned = [float(optimizer.step(closure).detach()) for _ in range(steps)]
    return [p.detach().numpy().copy() for p in params], [*losses, *returned], optimizer


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda f: f.__name__)
def test_every_evaluation_and_the_parameters_are_torchs(problem: Any, options: dict[str, Any]) -> None:
    ours, our_losses, optimizer = run(tinygrad_opt, problem, options)
    theirs, their_losses, reference = run(torch, problem, options)
    assert len(our_losses) == len(their_losses)
    np.testing.assert_allclose(our_losses, their_losses, rtol=1e-7, atol=1e-12)
    for x, y in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-6, atol=1e-8)
    kept, expected = next(iter(optimizer.state.values())), next(iter(reference.state.values()))
    assert kept["n_iter"] == expected["n_iter"]
    assert kept["func_evals"] == expected["func_evals"]
    assert len(kept.get("old_dirs", [])) == len(expected.get("old_dirs", []))


@pytest.mark.parametrize("options", [{"line_search_fn": "strong_wolfe"}, {"lr": 0.02, "history_size": 3}])
def test_a_few_steps_agree_to_the_last_digits(options: dict[str, Any]) -> None:
    options = {**options, "max_iter": 5}
    for problem in PROBLEMS:
        ours, theirs = (run(lib, problem, options, 1)[0] for lib in (tinygrad_opt, torch))
        for x, y in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("options", [{"line_search_fn": "strong_wolfe", "max_iter": 4}, {"lr": 0.02, "max_iter": 4}])
def test_a_state_dict_of_torchs_is_continued_as_torch_does(options: dict[str, Any]) -> None:
    params, _, reference = run(torch, rosenbrock, options, 2)
    ours, loss_of = rosenbrock(tinygrad_opt)
    optimizer = tinygrad_opt.optim.LBFGS(ours)
    optimizer.load_state_dict(reference.state_dict())
    assert optimizer.param_groups[0]["max_iter"] == 4
    with tinygrad_opt.no_grad():
        ours[0].copy_(tinygrad_opt.tensor(params[0]))
    optimizer.step(closure_of(optimizer, loss_of, []))
    np.testing.assert_allclose(ours[0].detach().numpy(), run(torch, rosenbrock, options, 3)[0][0], rtol=1e-10)


def test_float32_stays_float32() -> None:
    for options in ({"line_search_fn": "strong_wolfe"}, {"lr": 0.05}):
        results = []
        for lib in (tinygrad_opt, torch):
            x = lib.tensor(np.array([2.0, -3.0], np.float32), requires_grad=True)
            optimizer = lib.optim.LBFGS([x], max_iter=4, **options)
            scale = lib.tensor(np.array([1.0, 5.0], np.float32))
            optimizer.step(closure_of(optimizer, lambda x=x, scale=scale: (scale * x * x).sum(), []))
            kept = next(iter(optimizer.state.values()))
            assert "float32" in str(kept["d"].dtype)
            results.append(x.detach().numpy())
        np.testing.assert_allclose(results[0], results[1], rtol=1e-4, atol=1e-5)


BAD: list[tuple[str, Any]] = [
    ("groups", lambda lib, t, u: lib.optim.LBFGS([{"params": [t]}, {"params": [u]}])),
    ("lr", lambda lib, t, u: lib.optim.LBFGS([t], lr=-1.0)),
    ("empty", lambda lib, t, u: lib.optim.LBFGS([])),
    ("search", lambda lib, t, u: lib.optim.LBFGS([t], line_search_fn="armijo").step(lambda: backward((t * t).sum()))),
    ("no closure", lambda lib, t, u: lib.optim.LBFGS([t]).step()),
]


def backward(loss: Any) -> Any:
    loss.backward()
    return loss


@pytest.mark.parametrize(("what", "make"), BAD, ids=[what for what, _ in BAD])
def test_bad_input_raises_torchs_exception(what: str, make: Any) -> None:
    errors = []
    for lib in (tinygrad_opt, torch):
        with pytest.raises((ValueError, TypeError, RuntimeError)) as caught:
            make(lib, lib.ones(2, requires_grad=True), lib.ones(2, requires_grad=True))
        errors.append(caught)
    assert errors[0].type is errors[1].type
    assert str(errors[0].value).startswith(str(errors[1].value)[:26])
