"""Newton's method and its parts against NumPy and finite differences, step by step against second implementations."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.optim import Newton, NewtonCG
from tinygrad_opt.optim.line_search import backtrack
from tinygrad_opt.optim.newton import _factor
from tinygrad_opt.optim.products import Hessian, Jacobian, conjugate_gradient, gauss_newton
from tinygrad_opt.optim.whole import Vector

Array = np.ndarray[Any, Any]


def spd(n: int, seed: int = 0) -> Array:
    root = np.random.default_rng(seed).normal(size=(n, n))
    return np.asarray(root @ root.T + np.eye(n))


def leaf(*values: float) -> Any:
    return torch.tensor(np.array(values), requires_grad=True)


def rosenbrock(x: Any) -> Any:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


def rosenbrock_derivatives(x: Array) -> tuple[float, Array, Array]:
    a, b = x
    g = np.array([-400 * a * (b - a * a) - 2 * (1 - a), 200 * (b - a * a)])
    H = np.array([[1200 * a * a - 400 * b + 2, -400 * a], [-400 * a, 200.0]])  # noqa: N806
    return float(100 * (b - a * a) ** 2 + (1 - a) ** 2), g, H


# ---- curvature ----


def test_hessian_and_jacobian_are_those_of_finite_differences() -> None:
    rng = np.random.default_rng(0)
    params = [torch.tensor(rng.normal(size=s), requires_grad=True) for s in ((2, 3), (), (2,))]
    params.insert(1, torch.tensor(rng.normal(size=2), requires_grad=True))  # unused
    params.append(torch.tensor(rng.normal(size=3)))  # frozen
    data = torch.tensor(rng.normal(size=3))

    def outputs() -> Any:
        w, _, s, b, f = params
        return (w @ (data * f)).tanh() * s.exp() + b * b * b

    x = Vector(params)

    def difference(f: Any) -> Array:
        origin, columns = x.get(), []
        for i in range(len(origin)):
            e = np.zeros_like(origin)
            e[i] = 1e-5
            with x.at(origin + e):
                high = f()
            with x.at(origin - e):
                low = f()
            columns.append((high - low) / 2e-5)
        columns[-3:] = [np.zeros_like(c) for c in columns[-3:]]  # of the frozen one
        return np.stack(columns, axis=-1)

    expected = difference(lambda: outputs().detach().numpy().copy())
    J = Jacobian(outputs(), x)  # noqa: N806
    np.testing.assert_allclose(J.matrix(), expected, atol=1e-8)
    v, w = rng.normal(size=len(x.get())), rng.normal(size=2)
    np.testing.assert_allclose(J.push(v), expected @ v, atol=1e-8)
    np.testing.assert_allclose(J.pull(w), w @ expected, atol=1e-8)
    wide = torch.cat([outputs()] * 10)  # more outputs than parameters: column by column
    np.testing.assert_allclose(Jacobian(wide, x).matrix(), np.concatenate([expected] * 10), atol=1e-8)

    slopes = difference(lambda: Hessian((outputs() ** 2).sum(), x).gradient)
    hessian = Hessian((outputs() ** 2).sum(), x)
    np.testing.assert_allclose(hessian.matrix(), slopes, atol=1e-7)
    np.testing.assert_allclose(hessian @ v, slopes @ v, atol=1e-7)


def test_the_gauss_newton_product_is_the_product_of_the_matrices() -> None:
    rng = np.random.default_rng(1)
    w = torch.tensor(rng.normal(size=(3, 4)), requires_grad=True)
    data, classes = torch.tensor(rng.normal(size=(5, 3))), torch.tensor(rng.integers(0, 4, 5))
    x = Vector([w])
    z = (data @ w).tanh() * 2
    product = gauss_newton(z, torch.nn.functional.cross_entropy(z, classes), x)
    p = np.exp(z.detach().numpy())
    p /= p.sum(1, keepdims=True)
    J = Jacobian(z, x).matrix().reshape(5, 4, -1)  # noqa: N806
    expected = sum(J[n].T @ (np.diag(p[n]) - np.outer(p[n], p[n])) @ J[n] for n in range(5)) / 5
    for v in np.eye(12):
        np.testing.assert_allclose(product(v), expected @ v, atol=1e-12)


def test_conjugate_gradient_solves_and_stops() -> None:
    A, b = spd(30), np.random.default_rng(1).normal(size=30)  # noqa: N806
    expected = np.linalg.solve(A, b)
    for start in (np.zeros(30), np.ones(30)):
        solutions = conjugate_gradient(lambda v: A @ v, b, start, 200, 0.0)
        np.testing.assert_allclose(solutions[-1][0], expected, rtol=1e-9)
    phi = [phi for _, phi in solutions]
    np.testing.assert_allclose(phi, [x @ A @ x / 2 - b @ x for x, _ in solutions], rtol=1e-9)
    assert all(later < earlier + 1e-12 for earlier, later in itertools.pairwise(phi))
    early = conjugate_gradient(lambda v: A @ v, b, np.zeros(30), 200, 5e-3)
    assert 1e-6 < abs(early[-1][0] - expected).max() < 0.5
    assert len(conjugate_gradient(lambda v: A @ v, b, np.zeros(30), 3, 0.0)) == 3
    assert conjugate_gradient(lambda v: -v, b, np.zeros(30), 5, 0.0) == []
    ((_, phi_there),) = conjugate_gradient(lambda v: v, b, b, 5, 0.0)  # from the solution
    assert phi_there == pytest.approx(-b @ b / 2)


def test_conjugate_gradient_stops_where_ten_steps_made_little_progress() -> None:
    A, b = np.diag(np.logspace(0, 2, 60)), np.ones(60)  # noqa: N806
    products = 0

    def product(v: Array) -> Array:
        nonlocal products
        products += 1
        return A @ v

    conjugate_gradient(product, b, np.zeros(60), 200, 1e-3)
    phis = [0.0]  # over ever larger Krylov spaces, whose best points CG goes through
    basis = np.zeros((60, 0))
    while len(phis) < 12 or (phis[-1] - phis[-11]) / phis[-1] >= 10 * 1e-3:
        basis, _ = np.linalg.qr(np.column_stack([basis, b if len(phis) == 1 else A @ basis[:, -1]]))
        y = np.linalg.solve(basis.T @ A @ basis, basis.T @ b)
        phis.append(float(-y @ (basis.T @ b) / 2))
    assert products == len(phis)  # one of them for the start


def test_backtracking_asks_for_a_part_of_what_the_slope_promises() -> None:
    losses = {2.0: 1.0, 1.0: 0.99995, 0.5: 0.9}
    assert backtrack(losses.__getitem__, 1.0, -1.0, 2.0, 0.0) == 0.5  # 0.9999 would have done at 1
    assert backtrack(losses.__getitem__, 1.0, -1.0, 2.0, 1e-3) == 2.0  # within the rounding
    assert backtrack(lambda t: np.inf, 1.0, -1.0, 2.0, 1e-3) == 0.0


# ---- Newton ----


@pytest.mark.parametrize(
    "make", [Newton, lambda p: NewtonCG(p, damping=0.0, tolerance=0.0)], ids=["Newton", "NewtonCG"]
)
def test_a_quadratic_is_solved_in_one_step(make: Any) -> None:
    A, b = spd(6), np.arange(6.0)  # noqa: N806
    matrix, right, scale = torch.tensor(A), torch.tensor(b), torch.tensor(np.array([1.0, 2, 3, 4, 5, 6]))
    first, second = leaf(1.0, -1.0), leaf(2.0, 0.0, 3.0, 1.0)
    unused = leaf(7.0)

    def loss() -> Any:
        x = torch.cat([first, second]) * scale
        return 0.5 * (x @ (matrix @ x)) - right @ x

    assert make([first, unused, second]).step(loss).item() != 0
    got = np.concatenate([first.detach().numpy(), second.detach().numpy()])
    np.testing.assert_allclose(got, np.linalg.solve(A, b) / np.arange(1, 7), rtol=1e-9)
    assert unused.tolist() == [7.0]


def test_newton_takes_the_steps_of_a_plain_implementation() -> None:
    x = leaf(-1.2, 1.0)
    opt, expected, damping = Newton([x], lr=0.9, damping=0.5), np.array([-1.2, 1.0]), 0.5
    for _ in range(15):
        f, g, H = rosenbrock_derivatives(expected)  # noqa: N806
        d = -np.linalg.inv(H + damping * np.eye(2)) @ g
        t = 0.9
        while rosenbrock_derivatives(expected + t * d)[0] > f + 1e-4 * t * (g @ d):
            t /= 2
        expected = expected + t * d
        assert opt.step(lambda: rosenbrock(x)).item() == pytest.approx(f, rel=1e-8)
        np.testing.assert_allclose(x.detach().numpy(), expected, rtol=1e-8)


def test_newton_converges_quadratically() -> None:
    x = leaf(1.1, 1.2)
    opt, errors = Newton([x]), []
    for _ in range(6):
        opt.step(lambda: rosenbrock(x))
        errors.append(float(abs(x.detach().numpy() - 1).max()))
    assert all(later < 100 * earlier**2 for earlier, later in itertools.pairwise(errors) if earlier > 1e-7)
    assert errors[-1] < 1e-12


def test_newton_goes_down_from_where_the_hessian_is_not_positive() -> None:
    x = leaf(0.1, 0.2)  # near the top of -cos
    opt = Newton([x])
    losses = [opt.step(lambda: (x + 3.0).cos().sum() * -1).item() for _ in range(30)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(losses))
    np.testing.assert_allclose(np.cos(x.detach().numpy() + 3.0), 1.0)


def test_newton_adds_a_multiple_of_the_identity_until_the_matrix_is_positive() -> None:
    x, tau = leaf(1.0, 1.0), 2e-3  # a thousandth of the greatest element
    while tau <= 2:
        tau *= 2
    Newton([x]).step(lambda: x[0] ** 2 - x[1] ** 2)
    np.testing.assert_allclose(x.detach().numpy(), [1 - 2 / (2 + tau), 1 + 2 / (tau - 2)])
    y = leaf(1.0, 2.0)
    Newton([y]).step(lambda: y.sum())  # no curvature at all: the gradient
    assert y.tolist() == [0.0, 1.0]


def test_newton_cg_takes_the_gradient_where_the_curvature_is_negative_at_once() -> None:
    x = leaf(0.5)
    opt = NewtonCG([x], damping=0.1)
    opt.step(lambda: -(x**2).sum())
    assert x.tolist() == [1.5]
    assert opt.kept["damping"] == pytest.approx(0.1 * 2 / 3)  # the quadratic model was right
    far = NewtonCG([x], damping=0.1, max_iter=1)
    far.load_state_dict({**opt.state_dict(), "state": {0: {"damping": 0.0, "d": np.array([1e6])}}})
    far.step(lambda: (x**2).sum() + (x**4).sum() * 1e-9)  # CG has no step to come back from there
    assert abs(x.item()) < 1.5


def test_maximize_climbs() -> None:
    for make in (Newton, NewtonCG):
        x, y = leaf(0.4, -0.3), leaf(0.4, -0.3)
        up, down = make([x], maximize=True), make([y])
        for _ in range(4):
            assert up.step(lambda x=x: -rosenbrock(x)).item() == -down.step(lambda y=y: rosenbrock(y)).item()
        np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


# ---- Newton-CG ----


def problem(seed: int = 0) -> tuple[list[Any], Any]:
    rng = np.random.default_rng(seed)
    params = [torch.tensor(rng.normal(size=s) * 0.5, requires_grad=True) for s in ((8, 10), (10,), (10, 4), (4,))]
    data = torch.tensor(rng.normal(size=(60, 8)) * np.logspace(0, -2, 8))
    targets = torch.tensor(rng.integers(0, 4, 60))

    def closure() -> Any:
        w1, b1, w2, b2 = params
        z = (data @ w1 + b1).tanh() @ w2 + b2
        return z, torch.nn.functional.cross_entropy(z, targets)

    return params, closure


def test_newton_cg_takes_the_steps_of_martens_algorithm() -> None:
    """Its loop written again, over the whole Gauss-Newton matrix."""
    params, closure = problem()
    others, other_closure = problem()
    x, damping, d = Vector(others), 0.05, np.zeros(134)
    opt = NewtonCG(params, damping=0.05)
    seen = set()

    def loss_at(v: Array) -> float:
        with x.at(v):
            return float(other_closure()[1].item())

    for _ in range(4):
        x.set(Vector(params).get())  # each step from the same place: CG makes much of roundings
        d = opt.kept.get("d", d)
        z, loss = other_closure()
        g = Hessian(loss, x).gradient
        product = gauss_newton(z, loss, x)
        B = np.stack([product(e) for e in np.eye(134)]) + damping * np.eye(134)  # noqa: N806
        # CG with the stopping rule of section 4.4, keeping solutions 1.3^j
        y, r = d, -g - B @ d
        p, phis, kept, i = r, [0.5 * d @ B @ d + g @ d], [], 0
        while i < 250:
            i += 1
            alpha = (r @ r) / (p @ B @ p)
            y, new = y + alpha * p, r - alpha * (B @ p)
            p, r = new + (new @ new) / (r @ r) * p, new
            phis.append(0.5 * y @ B @ y + g @ y)
            if i >= 1.3 ** len(kept):
                kept.append(y)
            k = max(10, i // 10)
            if i > k and phis[-1] < 0 and (phis[-1] - phis[-1 - k]) / phis[-1] < k * 5e-4:
                break
        origin, f = x.get(), loss.item()
        candidates = kept if kept[-1] is y else [*kept, y]
        d, best = candidates[-1], loss_at(origin + candidates[-1])
        for earlier in candidates[-2::-1]:
            if loss_at(origin + earlier) >= best:
                break
            d, best = earlier, loss_at(origin + earlier)
        ratio = (best - f) / (g @ d + 0.5 * d @ B @ d)
        change = 1.5 if ratio < 0.25 else 2 / 3 if ratio > 0.75 else 1.0
        seen.add(change)
        damping *= change
        t = 1.0
        while loss_at(origin + t * d) > f + 1e-4 * t * (g @ d):
            t /= 2
        x.set(origin + t * d)

        opt.step(closure)
        np.testing.assert_allclose(Vector(params).get(), x.get(), atol=1e-6)
        assert opt.kept["damping"] == pytest.approx(damping)
    assert seen == {2 / 3}


def test_the_damping_grows_where_the_model_promised_too_much() -> None:
    x = leaf(0.9)
    opt = NewtonCG([x], damping=1e-3)
    opt.step(lambda: (1 + x * x).log().sum())  # where the curvature is nearly zero, and the step much too long
    assert opt.kept["damping"] == 1.5e-3


@pytest.mark.parametrize(
    ("reached", "promised", "factor"),
    [
        (-0.8, -1, 2 / 3),
        (-0.7, -1, 1),
        (-0.3, -1, 1),
        (-0.2, -1, 1.5),
        (0.5, -1, 1.5),
        (np.inf, -1, 1.5),
        (-1, 0.5, 1.5),
    ],
)
def test_the_damping_follows_the_reduction_ratio(reached: float, promised: float, factor: float) -> None:
    assert _factor(reached, promised) == factor


def test_newton_cg_lowers_the_loss_where_the_curvature_is_negative() -> None:
    x = leaf(0.1, 0.2)
    opt = NewtonCG([x], damping=1e-3)
    losses = [opt.step(lambda: (x + 3.0).cos().sum() * -1).item() for _ in range(30)]
    assert losses[-1] < -1.99


def test_newton_cg_resumes_to_the_bit() -> None:
    params, closure = problem()
    first = NewtonCG(params)
    for _ in range(3):
        first.step(closure)
    saved, (others, other_closure) = first.state_dict(), problem()
    Vector(others).set(Vector(params).get())
    second = NewtonCG(others)
    second.load_state_dict(saved)
    for _ in range(3):
        first.step(closure)
        second.step(other_closure)
    np.testing.assert_array_equal(Vector(params).get(), Vector(others).get())


# ---- bad input ----


@pytest.mark.parametrize("make", [Newton, NewtonCG])
def test_bad_input(make: Any) -> None:
    x = leaf(1.0, 2.0)
    for bad in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="Invalid damping"):
            make([x], damping=bad)
    with pytest.raises(ValueError, match="parameter groups"):
        make([{"params": [x]}, {"params": [leaf(1.0)]}])
    with pytest.raises(TypeError, match="transforms"):
        make([x], transforms=[])
    opt = make([x])
    with pytest.raises(TypeError, match="closure"):
        opt.step()
    with pytest.raises(TypeError, match=r"one number, not a tensor of shape \(2,\)"):
        opt.step(lambda: x * x)
    with pytest.raises(TypeError, match="not float"):
        opt.step(lambda: 1.0)
    with pytest.raises(RuntimeError, match="does not depend"):
        opt.step(lambda: torch.ones(()))
    with pytest.raises(RuntimeError, match="the loss is nan"):
        opt.step(lambda: (x * np.nan).sum())
    assert x.tolist() == [1.0, 2.0]


def test_a_derivative_that_is_not_finite_is_refused() -> None:
    x = leaf(0.0, 2.0)
    with pytest.raises(RuntimeError, match="not finite"):
        Newton([x]).step(lambda: x.abs().sqrt().sum() * x.sum())
    assert x.tolist() == [0.0, 2.0]
    with pytest.raises(RuntimeError, match="was not computed from this output"):
        NewtonCG([x]).step(lambda: (x * 2, (x * x).sum()))


def test_a_search_without_success_stays() -> None:
    x = leaf(2.0)
    calls = iter(range(1000))
    opt = Newton([x])
    opt.step(lambda: (x * x).sum() + 10.0 * next(calls))
    assert x.tolist() == [2.0]
    assert opt.stopped == "the line search found no lower loss"
