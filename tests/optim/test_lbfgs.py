"""LBFGS beyond PyTorch's: bad numbers, failing searches, resuming, climbing. Its steps are compared in tests/parity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.optim import LBFGS


def leaf(*values: float) -> Any:
    return torch.tensor(np.array(values), requires_grad=True)


def backward(params: list[Any], loss_of: Any) -> Any:
    def closure() -> Any:
        for p in params:
            p.grad = None
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def rosenbrock(x: Any) -> Any:
    return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2


@pytest.mark.parametrize("options", [{"line_search_fn": "strong_wolfe"}, {"lr": 0.02, "history_size": 2}])
def test_a_resumed_run_is_the_same_to_the_bit(options: dict[str, Any]) -> None:
    x = leaf(-1.2, 1.0)
    first = LBFGS([("x", x)], max_iter=4, **options)
    for _ in range(2):
        first.step(backward([x], lambda: rosenbrock(x)))
    saved, y = first.state_dict(), leaf(*x.tolist())
    for _ in range(3):
        first.step(backward([x], lambda: rosenbrock(x)))
    second = LBFGS([("x", y)])
    second.load_state_dict(saved)
    for _ in range(3):
        second.step(backward([y], lambda: rosenbrock(y)))
    np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())
    again = LBFGS([("x", leaf(0.0, 0.0))])
    again.load_state_dict(saved)  # which the steps since did not change
    assert again.state_dict()["state"][0]["n_iter"] == saved["state"][0]["n_iter"]


def test_maximize_takes_the_steps_of_the_negated_loss() -> None:
    x, y = leaf(-1.2, 1.0), leaf(-1.2, 1.0)
    up, down = LBFGS([x], line_search_fn="strong_wolfe", maximize=True), LBFGS([y], line_search_fn="strong_wolfe")
    up.step(backward([x], lambda: -rosenbrock(x)))
    down.step(backward([y], lambda: rosenbrock(y)))
    np.testing.assert_array_equal(x.detach().numpy(), y.detach().numpy())


def test_it_says_why_a_step_ended_early() -> None:
    x = leaf(3.0, 4.0)
    opt = LBFGS([x], line_search_fn="strong_wolfe")
    opt.step(backward([x], lambda: (x * x).sum()))
    assert "tolerance" in opt.stopped
    x = leaf(3.0, 4.0)
    opt = LBFGS([x], max_iter=2, max_eval=9, lr=0.01)
    opt.step(backward([x], lambda: (x * x).sum()))
    assert opt.stopped == ""
    x = leaf(3.0, 4.0)
    opt = LBFGS([x], max_eval=2)
    opt.step(backward([x], lambda: (x * x * x * x + x).sum()))
    assert "max_eval" in opt.stopped


# ---- numbers that are none ----


def test_a_step_to_nowhere_is_taken_back_and_reported() -> None:
    x = leaf(1.0, 4.0)
    opt = LBFGS([x], lr=100.0)
    with pytest.warns(RuntimeWarning, match="taken back.*strong_wolfe") as caught:
        opt.step(backward([x], lambda: (x - x.log()).sum()))
    assert caught[0].filename == __file__
    assert x.tolist() == [1.0, 4.0]
    assert "not finite" in opt.stopped


def test_a_line_search_passes_over_places_without_a_loss() -> None:
    x = leaf(0.5, 4.0)
    opt = LBFGS([x], lr=100.0, line_search_fn="strong_wolfe", max_iter=50)
    opt.step(backward([x], lambda: (x - x.log()).sum()))
    np.testing.assert_allclose(x.detach().numpy(), [1.0, 1.0], rtol=1e-6)


def test_a_line_search_that_finds_nothing_lower_stays_where_it_was() -> None:
    x = leaf(2.0)
    opt = LBFGS([x], line_search_fn="strong_wolfe")
    calls = iter(range(1000))

    def closure() -> Any:  # whatever is tried is higher than the start, though the slope says otherwise
        x.grad = torch.tensor(np.array([1.0]))
        return torch.tensor(float(next(calls)))

    opt.step(closure)
    assert x.tolist() == [2.0]
    assert opt.stopped == "the line search found no lower loss"


def test_a_closure_that_raises_in_a_search_leaves_the_parameters_as_they_were() -> None:
    x = leaf(-1.2, 1.0)
    calls = iter(range(1000))

    def loss() -> Any:
        if next(calls) == 1:
            raise KeyError("data")
        return rosenbrock(x)

    with pytest.raises(KeyError):
        LBFGS([x], line_search_fn="strong_wolfe").step(backward([x], loss))
    assert x.tolist() == [-1.2, 1.0]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_start_without_a_loss_is_refused(bad: float) -> None:
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="at the start of the step"):
        LBFGS([x]).step(backward([x], lambda: (x * bad).sum()))
    assert x.tolist() == [1.0, 2.0]


# ---- bad input ----


def test_bad_input() -> None:
    x = leaf(1.0, 2.0)
    for name in ("max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size", "lr"):
        for bad in (-1, float("nan")):
            with pytest.raises(ValueError, match="Invalid"):
                LBFGS([x], **{"max_eval": 1, name: bad})
    with pytest.raises(ValueError, match="history_size"):
        LBFGS([x], history_size=0)
    with pytest.raises(RuntimeError, match="only 'strong_wolfe'"):
        LBFGS([x], line_search_fn="armijo")
    opt = LBFGS([x])
    with pytest.raises(ValueError, match="parameter groups"):
        opt.add_param_group({"params": [leaf(1.0)]})
    assert len(opt.param_groups) == 1
    with pytest.raises(TypeError, match="closure"):
        opt.step()
    with pytest.raises(RuntimeError, match="backward"):
        opt.step(lambda: (x * x).sum())
    with pytest.raises(RuntimeError, match="no rule"):
        opt.explain()
    with pytest.raises(RuntimeError, match="only 'strong_wolfe'"):
        opt.param_groups[0]["line_search_fn"] = "armijo"
    assert x.tolist() == [1.0, 2.0]


def test_a_state_dict_that_does_not_fit_changes_nothing() -> None:
    x, y = leaf(-1.2, 1.0), leaf(1.0, 2.0, 3.0)
    first = LBFGS([x], line_search_fn="strong_wolfe")
    first.step(backward([x], lambda: rosenbrock(x)))
    saved = first.state_dict()
    for other, message in (
        (saved, r"shape \(2,\).*3 elements"),
        ({**saved, "optimizer": "Adam"}, "is of Adam"),
        ({**saved, "state": {0: {"exp_avg": 1.0}}}, "exp_avg"),
        ({**saved, "state": {0: {}, 1: {}}}, "2 entries"),
        ({"state": {}}, "param_groups"),
    ):
        second = LBFGS([y])
        with pytest.raises(ValueError, match=message):
            second.load_state_dict(other)
        assert second.state == {}
        assert second.param_groups[0]["line_search_fn"] is None
    a, b = leaf(1.0), leaf(2.0)
    named = LBFGS([("a", a), ("b", b)]).state_dict()
    with pytest.raises(ValueError, match="has the parameters"):
        LBFGS([("b", b), ("a", a)]).load_state_dict(named)
