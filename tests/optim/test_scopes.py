"""Rules of every scope: what they are called on, what they may keep, and how that resumes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim.rule import Rule, rule
from tinygrad_opt.optim.state import Scalar

from .makers import assert_equal, fill_gradients, parameters, values

SEEN: list[Any] = []


def own(its_rule: Rule, its_keeps: Mapping[str, Any]) -> type[optim.Optimizer]:
    """An optimizer class of this rule and these states."""

    class Own(optim.Optimizer):
        rule: Any = its_rule

        def __init__(self, params: Any, lr: float = 0.1, weight_decay: float = 0, **options: Any) -> None:
            super().__init__(params, {"lr": lr, "weight_decay": weight_decay}, **options)

        def keeps(self, group: Any) -> Any:
            return its_keeps

    return Own


def test_a_tensor_rule_is_called_on_each_parameter_in_its_shape() -> None:
    @rule(scope="tensor", row="row")
    def rows(g: Any, row: Any, *, lr: float) -> tuple[Any, ...]:
        SEEN.append((g.shape, row.shape))
        return lr * g, row + np.sum(g, axis=-1, keepdims=True)

    SEEN.clear()
    own_rows = own(rows, {"row": lambda p: np.zeros((*p.shape[:-1], 1), p.dtype)})
    w, v = torch.ones(2, 3, requires_grad=True), torch.ones(4, requires_grad=True)
    optimizer = own_rows([w, v])
    for _ in range(2):
        (w.sum() + v.sum()).backward()
        optimizer.step()
        optimizer.zero_grad()
    assert SEEN == [((2, 3), (2, 1)), ((4,), (1,))] * 2
    assert optimizer.state[w]["row"].tolist() == [[6], [6]]
    assert optimizer.state[v]["row"].tolist() == [8]


def test_a_group_rule_is_called_once_on_all_elements_that_have_a_gradient() -> None:
    @rule(scope="group", m="m", n="calls")
    def whole(g: Any, p: Any, m: Any, n: Any, *, t: int, lr: float) -> tuple[Any, ...]:
        SEEN.append((g.tolist(), p.tolist(), m.tolist(), n, t))
        return lr * g, m + g, n + 1.0

    SEEN.clear()
    params = [torch.full((2,), 1.0, requires_grad=True), torch.full((1, 1), 2.0, requires_grad=True)]
    optimizer = own(whole, {"m": 0.0, "calls": Scalar(7)})(params, lr=1.0)
    params[1].grad = torch.ones(1, 1)
    optimizer.step()
    params[0].grad = torch.full((2,), 0.5)
    optimizer.step()
    assert SEEN == [([1], [2], [0], 7.0, 1), ([0.5, 0.5, 1], [1, 1, 1], [0, 0, 1], 8.0, 2)]
    assert optimizer.state[params[0]]["calls"].item() == 9
    assert params[1].tolist() == [[0]]


def test_numbers_of_an_element_rule_cut_runs_where_they_differ() -> None:
    @rule(n="n")
    def counting(g: Any, n: Any, *, lr: float) -> tuple[Any, ...]:
        return lr * n * g, n + 1.0

    made = own(counting, {"n": Scalar(1)})
    params = parameters()
    optimizer = made(params, lr=1.0)
    before = values(params)
    for absent in (1, None):
        for i, p in enumerate(params):
            p.grad = None if i == absent else torch.ones_like(p)
        optimizer.step()
    moved = [b - p.detach().numpy() for b, p in zip(before, params, strict=True)]
    for i, m in enumerate(moved):
        np.testing.assert_allclose(m, 1.0 if i == 1 else 3.0)
    other = made(parameters(1), lr=1.0)
    other.load_state_dict(optimizer.state_dict())
    assert [s["n"].item() for s in other.state.values()] == [3, 2, 3, 3]


def test_a_state_made_from_the_parameter_is_that_of_its_first_step() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.DoG([w])
    w.data.fill_(5.0)
    w.grad = torch.ones(2)
    optimizer.step()
    assert optimizer.state[w]["init_buffer"].tolist() == [5, 5]


def test_a_state_does_not_lie_in_the_gradients_memory() -> None:
    @rule(scope="tensor", m="m")
    def first(g: Any, m: Any, *, t: int, lr: float) -> tuple[Any, ...]:
        return lr * g, g if t == 1 else m

    w = torch.ones(2, requires_grad=True)
    optimizer = own(first, {"m": 0.0})([w])
    for factor in (2.0, 3.0):
        optimizer.zero_grad()
        (factor * w).sum().backward()
        optimizer.step()
    assert optimizer.state[w]["m"].tolist() == [2, 2]


@pytest.mark.parametrize("name", ["DoG", "LAMB"])
def test_no_decay_holds_in_every_scope(name: str) -> None:
    one, other = parameters(), parameters()
    make = getattr(optim, name)
    masked = make(one, weight_decay=0.5, no_decay=lambda _, p: True)
    free = make(other, weight_decay=0.0)
    for step in range(4):
        for params, optimizer in ((one, masked), (other, free)):
            fill_gradients(params, step)
            optimizer.step()
    assert_equal(values(one), values(other))


def test_a_scope_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="scope is 'element'"):
        rule(scope="all")(lambda g: (g,))  # type: ignore[arg-type]  # that is the point


# ---- the papers' lines as plain loops ----


def gradient(x: list[float], t: int) -> list[float]:
    return [3 * v + math.cos(t + i) for i, v in enumerate(x)]


def run_ours(make: Any, steps: int, x: list[float]) -> list[float]:
    w = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for t in range(steps):
        w.grad = torch.tensor(gradient(w.tolist(), t), dtype=torch.float64)
        optimizer.step()
    return w.tolist()


def test_lion_equals_its_paper_as_a_loop() -> None:
    x, m = [1.0, -2.0, 0.5], [0.0] * 3
    for t in range(40):
        g = gradient(x, t)
        c = [0.8 * mi + 0.2 * gi for mi, gi in zip(m, g, strict=True)]
        x = [xi - 0.01 * (math.copysign(1, ci) + 0.3 * xi) for xi, ci in zip(x, c, strict=True)]
        m = [0.95 * mi + 0.05 * gi for mi, gi in zip(m, g, strict=True)]
    ours = run_ours(lambda p: optim.Lion(p, lr=0.01, betas=(0.8, 0.95), weight_decay=0.3), 40, [1.0, -2.0, 0.5])
    np.testing.assert_allclose(ours, x, rtol=1e-12)


def test_lamb_equals_its_paper_as_a_loop() -> None:
    x, m, v = [1.0, -2.0, 0.5], [0.0] * 3, [0.0] * 3
    for t in range(40):
        g = gradient(x, t)
        m = [0.8 * mi + 0.2 * gi for mi, gi in zip(m, g, strict=True)]
        v = [0.95 * vi + 0.05 * gi * gi for vi, gi in zip(v, g, strict=True)]
        c1, c2 = 1 - 0.8 ** (t + 1), 1 - 0.95 ** (t + 1)
        u = [mi / c1 / (math.sqrt(vi / c2) + 1e-3) + 0.3 * xi for mi, vi, xi in zip(m, v, x, strict=True)]
        trust = math.hypot(*x) / math.hypot(*u)
        x = [xi - 0.01 * trust * ui for xi, ui in zip(x, u, strict=True)]
    ours = run_ours(
        lambda p: optim.LAMB(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.3), 40, [1.0, -2.0, 0.5]
    )
    np.testing.assert_allclose(ours, x, rtol=1e-12)


def test_lamb_takes_adams_step_where_weights_or_step_are_zero() -> None:
    w = torch.zeros(2, requires_grad=True)
    optimizer = optim.LAMB([w], lr=0.1)
    w.grad = torch.ones(2)
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), -0.1, rtol=1e-5)
    w.grad = torch.zeros(2)
    still = optim.LAMB([w], lr=0.1)
    still.step()
    np.testing.assert_allclose(w.detach().numpy(), -0.1, rtol=1e-5)


def test_dog_equals_its_paper_as_a_loop() -> None:
    x = x0 = [1.0, -2.0, 0.5]
    r, total = 1e-2 * (1 + math.hypot(*x)), 0.0
    for t in range(40):
        g = gradient(x, t)
        r = max(r, math.dist(x, x0))
        total += sum(gi * gi for gi in g)
        x = [xi - 0.5 * r / math.sqrt(total + 1e-8) * gi for xi, gi in zip(x, g, strict=True)]
    ours = run_ours(lambda p: optim.DoG(p, lr=0.5, reps_rel=1e-2), 40, x0)
    np.testing.assert_allclose(ours, x, rtol=1e-12)


def test_dog_sees_all_parameters_at_once() -> None:
    whole = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    parts = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in ([1.0, -2.0], [[0.5]])]
    one, many = optim.DoG([whole], reps_rel=0.1), optim.DoG(parts, reps_rel=0.1)
    for t in range(10):
        whole.grad = torch.tensor(gradient(whole.tolist(), t), dtype=torch.float64)
        parts[0].grad, parts[1].grad = whole.grad[:2].clone(), whole.grad[2:].clone().view(1, 1)
        one.step()
        many.step()
    np.testing.assert_allclose(whole.tolist(), [*parts[0].tolist(), parts[1].item()], rtol=1e-14)


def test_a_rule_may_step_by_the_loss_and_have_three_betas() -> None:
    @rule(scope="group")
    def polyak(g: Any, *, loss: float, beta3: float) -> tuple[Any, ...]:
        return (loss / np.sum(g * g) * g * (1 - beta3),)

    class Polyak(optim.Optimizer):
        rule: Any = polyak
        betas = 3

        def __init__(self, params: Any, betas: Any = (0.1, 0.2, 0.5)) -> None:
            super().__init__(params, {"betas": betas})

    w = torch.tensor([3.0, 4.0], requires_grad=True)
    optimizer = Polyak([w])

    def closure() -> Any:
        loss = (w * w).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert w.tolist() == [2.25, 3]
    with pytest.raises(RuntimeError, match=r"call step\(closure\)"):
        optimizer.step()
    with pytest.raises(ValueError, match="there are 3"):
        Polyak([w], betas=(0.1, 0.2))
    with pytest.raises(ValueError, match="Invalid beta parameter at index 2: nan"):
        Polyak([w], betas=(0.1, 0.2, float("nan")))
