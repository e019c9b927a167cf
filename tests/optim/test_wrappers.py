"""Wrappers against plain loops from their papers, and as optimizers among others: groups, states, schedulers, hooks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import GradientAccumulation, Lookahead, NesterovLookahead
from tinygrad_opt.optim.lr_scheduler import StepLR

from .makers import assert_equal, fill_gradients, parameters, values
from .quartic import closure_of, quartic, slope, two

# ---- Lookahead ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pullback", ["none", "reset", "pullback"])
def test_lookahead_is_the_loop_of_its_paper(pullback: Any) -> None:
    params = two()
    expected = values(params)
    optimizer = Lookahead(optim.SGD(params, lr=0.1, momentum=0.8), k=3, alpha=0.3, pullback=pullback)
    slow, v = [x.copy() for x in expected], [np.zeros_like(x) for x in expected]
    slow_v = [np.zeros_like(x) for x in expected]
    for step in range(1, 12):
        optimizer.step(closure_of(optimizer, params))
        for i, x in enumerate(expected):
            v[i] = 0.8 * v[i] + slope(x, i)
            expected[i] = x - 0.1 * v[i]
            if step % 3 == 0:
                slow[i] = 0.7 * slow[i] + 0.3 * expected[i]
                expected[i] = slow[i].copy()
                if pullback == "reset":
                    v[i] = 0 * v[i]
                elif pullback == "pullback":
                    v[i] = slow_v[i] = 0.7 * slow_v[i] + 0.3 * v[i]
        for p, x in zip(params, expected, strict=True):
            np.testing.assert_allclose(p.detach().numpy(), x, rtol=1e-12)


def test_lookahead_pulls_the_first_moment_of_adam_and_leaves_the_second() -> None:
    params = two()
    optimizer = Lookahead(optim.Adam(params), k=1, pullback="reset")
    optimizer.step(closure_of(optimizer, params))
    assert all((kept["exp_avg"] == 0).all() and (kept["exp_avg_sq"] > 0).all() for kept in optimizer.state.values())


def test_weights_that_are_set_between_cycles_are_where_the_next_one_begins() -> None:
    params = two()
    optimizer = Lookahead(optim.SGD(params, lr=0.0), k=1)
    with torch.no_grad():
        params[0].fill_(7.0)
    optimizer.step(closure_of(optimizer, params))
    assert params[0].tolist() == [7.0] * 3


def test_a_parameter_that_comes_in_a_cycle_joins_with_the_next_one() -> None:
    a, b = two()
    optimizer = Lookahead(optim.SGD([a], lr=0.5), k=2, alpha=0.0)
    start_a, start_b = values([a, b])
    a.grad = torch.ones_like(a)
    optimizer.step()
    optimizer.add_param_group({"params": [b]})
    a.grad, b.grad = torch.ones_like(a), torch.ones_like(b)
    optimizer.step()
    assert_equal(values([a, b]), [start_a, start_b - 0.5])
    optimizer.step()
    optimizer.step()
    assert_equal(values([a, b]), [start_a, start_b - 0.5])


# ---- GradientAccumulation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clearing", [False, True])
@pytest.mark.parametrize("mean", [False, True])
def test_accumulated_steps_are_those_of_the_gradient_of_all_batches(clearing: bool, mean: bool) -> None:
    rng = np.random.default_rng(0)
    batches = torch.tensor(rng.normal(size=(6, 3)))
    (ours, _), (theirs, _) = two(), two()
    optimizer = GradientAccumulation(optim.Adam([ours], lr=0.1), 3, mean=mean)
    plain = optim.Adam([theirs], lr=0.1)
    for i in range(6):
        before = values([ours])
        ((ours - batches[i]) ** 2).sum().backward()
        optimizer.step()
        assert optimizer.count == (i + 1) % 3
        if clearing or optimizer.count == 0:
            optimizer.zero_grad()
        if optimizer.count:
            assert_equal(values([ours]), before)
        else:
            plain.zero_grad()
            (((theirs - batches[i - 2 : i + 1]) ** 2).sum() / (3 if mean else 1)).backward()
            plain.step()
            np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-12)


def test_parameters_take_part_from_their_first_gradient_on_and_the_mean_is_over_all_calls() -> None:
    a, b, c = (torch.ones(1, requires_grad=True) for _ in range(3))
    optimizer = GradientAccumulation(optim.SGD([a, b, c], lr=1.0, weight_decay=0.5), 2)
    a.grad = torch.ones(1)
    optimizer.step()
    assert a.grad is None
    b.grad = torch.ones(1)
    optimizer.step()
    assert [p.item() for p in (a, b, c)] == [0, 0, 1]


def test_the_step_is_taken_in_flat_memory() -> None:
    params = parameters()
    inner = optim.SGD(params, lr=0.1)
    optimizer = GradientAccumulation(inner, 2)
    for _ in range(4):
        sum(p.sum() for p in params).backward()
        optimizer.step()
    ((_, _, (flat,)),) = inner._places
    assert all(np.shares_memory(p.grad.numpy(), flat.grad) for p in params)
    assert all(np.shares_memory(p.detach().numpy(), flat.data) for p in params)


def test_a_closure_is_run_with_recording_and_its_loss_returned() -> None:
    params = two()
    optimizer = GradientAccumulation(optim.SGD(params, lr=0.1), 2)
    with torch.no_grad():
        assert optimizer.step(closure_of(optimizer, params)).item() == quartic(params).item()
    assert optimizer.count == 1


def test_sam_accumulates_gradients_of_the_other_point() -> None:
    params, alike = two(), two()
    optimizer = optim.SAM(GradientAccumulation(optim.SGD(params, lr=0.1), 2))
    start = values(params)
    optimizer.step(closure_of(optimizer, params))
    assert_equal(values(params), start)
    optimizer.step(closure_of(optimizer, params))
    single = optim.SAM(optim.SGD(alike, lr=0.1))
    single.step(closure_of(single, alike))
    for p, q in zip(params, alike, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-15)


# ---- all of them ----------------------------------------------------------------------------------------------------

WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "Lookahead": lambda inner: Lookahead(inner, k=3, alpha=0.4, pullback="pullback"),
    "SAM": lambda inner: optim.SAM(inner, rho=0.1),
    "GradientAccumulation": lambda inner: GradientAccumulation(inner, 3),
    "NesterovLookahead": lambda inner: NesterovLookahead(inner, 0.6),
    "nested": lambda inner: optim.SAM(GradientAccumulation(Lookahead(inner, k=2), 2)),
    "around a group": lambda inner: Lookahead(inner, k=2),
}


def wrapped(name: str, params: list[Any], lr: float = 0.05) -> Any:
    if name == "around a group":
        routes: dict[Any, Any] = {"a": lambda ps: optim.SGD(ps, lr=lr, momentum=0.9), "*": optim.Adam}
        return WRAPPERS[name](optim.OptimizerGroup(params, routes))
    return WRAPPERS[name](optim.SGD(params, lr=lr, momentum=0.9))


everywhere = pytest.mark.parametrize("name", list(WRAPPERS))


@everywhere
@pytest.mark.parametrize("k", range(7))
def test_a_resumed_run_is_bit_equal_at_every_step(name: str, k: int) -> None:
    pairs = two(names=True)
    params = [p for _, p in pairs]
    optimizer = wrapped(name, pairs)
    for _ in range(k):
        optimizer.step(closure_of(optimizer, params))
    saved = optimizer.state_dict()
    others = [p.detach().clone().requires_grad_() for p in params]
    named = list(zip("ab", others, strict=True))
    resumed = wrapped(name, named if name == "around a group" else named[::-1], lr=0.77)  # matched by name
    resumed.load_state_dict(saved)
    for _ in range(6):
        optimizer.step(closure_of(optimizer, params))
        resumed.step(closure_of(resumed, others))
    assert_equal(values(params), values(others))


def test_a_run_is_resumed_between_the_two_steps_of_sam() -> None:
    params = two()
    optimizer = optim.SAM(optim.SGD(params, lr=0.1))
    quartic(params).backward()
    optimizer.first_step(zero_grad=True)
    others = [p.detach().clone().requires_grad_() for p in params]
    resumed = optim.SAM(optim.SGD(others, lr=0.1))
    resumed.load_state_dict(optimizer.state_dict())
    for each, tensors in ((optimizer, params), (resumed, others)):
        quartic(tensors).backward()
        each.second_step()
    assert_equal(values(params), values(others))


@everywhere
def test_state_dicts_are_copies_and_bring_settings(name: str) -> None:
    params = two(names=True)
    optimizer = wrapped(name, params)
    tensors = [p for _, p in params]
    optimizer.step(closure_of(optimizer, tensors))
    saved = optimizer.state_dict()
    before = copy.deepcopy(saved)
    optimizer.step(closure_of(optimizer, tensors))
    assert repr(saved) == repr(before)
    other = wrapped(name, two(names=True))
    other.settings.update({key: value / 2 for key, value in other.settings.items() if type(value) is float})
    other.settings.update({key: value * 2 for key, value in other.settings.items() if type(value) is int})
    assert other.settings != optimizer.settings
    other.load_state_dict(saved)
    assert other.settings == optimizer.settings
    assert repr(other.state_dict()) == repr(before)
    other.step(closure_of(other, tensors))
    assert repr(saved) == repr(before)


def test_a_state_dict_shares_no_memory() -> None:
    params = two()
    optimizer = Lookahead(optim.SGD(params, lr=0.1), k=3)
    optimizer.step(closure_of(optimizer, params))
    saved, before = optimizer.state_dict(), repr(optimizer.state_dict())
    other = Lookahead(optim.SGD(two(), lr=0.1))
    other.load_state_dict(saved)
    for kept in saved["state"].values():
        kept["slow"].fill_(9.0)
    assert repr(optimizer.state_dict()) == repr(other.state_dict()) == before


def spoilt(saved: dict[str, Any], what: str) -> Any:
    return {
        "nothing": {},
        "the inner one": saved["inner"],
        "another class": {**saved, "optimizer": "SAM"},
        "another version": {**saved, "version": 99},
        "other groups": {**saved, "param_groups": saved["param_groups"] * 2},
        "a shape": {**saved, "state": {**saved["state"], 0: {"slow": np.zeros(9)}}},
        "names": {**saved, "state": {0: {"fast": np.zeros(3)}}},
        "a name too few": {**saved, "settings": {"pullback": "pullback"}},
        "settings": {**saved, "settings": {"k": 0}},
        "within": {**saved, "inner": {**saved["inner"], "optimizer": "Adam"}},
    }[what]


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("nothing", "holds .*'inner'"),
        ("the inner one", "holds .*'inner'"),
        ("another class", "is of SAM, not of Lookahead"),
        ("another version", "version 99, not 1"),
        ("other groups", "different number of parameter groups"),
        ("a shape", "'slow' has shape"),
        ("names", "holds \\['fast'\\], expected \\['slow'\\]"),
        ("a name too few", "expected \\['slow', 'slow_momentum'\\]"),
        ("settings", "Invalid k: 0"),
        ("within", "is of Adam, not of SGD"),
    ],
)
def test_a_state_dict_that_does_not_fit_changes_nothing(what: str, words: str) -> None:
    params = two()
    optimizer = Lookahead(optim.SGD(params, lr=0.1, momentum=0.9), k=3)
    optimizer.step(closure_of(optimizer, params))
    saved = optimizer.state_dict()
    optimizer.settings["k"] = 4
    optimizer.param_groups[0]["lr"] = 0.2
    optimizer.step(closure_of(optimizer, params))
    before = repr(optimizer.state_dict())
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(spoilt(saved, what))
    assert repr(optimizer.state_dict()) == before


@everywhere
def test_schedulers_and_edits_reach_the_steps(name: str) -> None:
    pairs = two(names=True)
    params = [p for _, p in pairs]
    optimizer = wrapped(name, pairs)
    scheduler = StepLR(optimizer, 1, gamma=0.0)
    optimizer.step(closure_of(optimizer, params))
    scheduler.step()
    assert all(group["lr"] == 0 for group in optimizer.optimizer.param_groups)
    assert optimizer.param_groups[0]["initial_lr"] == 0.05


def test_a_scheduler_after_sam_by_hand_is_in_order() -> None:
    params = two()
    optimizer = optim.SAM(optim.SGD(params, lr=0.5))
    scheduler = StepLR(optimizer, 1)
    optimizer.first_step()
    optimizer.second_step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.05]


@everywhere
def test_hooks_of_both_are_called(name: str) -> None:
    pairs = two(names=True)
    optimizer = wrapped(name, pairs)
    seen: list[Any] = []
    for one in (optimizer, optimizer.optimizer):
        one.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", o)))
        one.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", o)))
        one.register_state_dict_pre_hook(lambda o: seen.append(("saving", o)))
        one.register_load_state_dict_post_hook(lambda o: seen.append(("loaded", o)))
    for _ in range(3):
        optimizer.step(closure_of(optimizer, [p for _, p in pairs]))
    outer, inner = optimizer, optimizer.optimizer
    assert seen[0] == ("before", outer)
    assert seen[-1] == ("after", outer)
    assert ("before", inner) in seen
    assert ("after", inner) in seen
    seen.clear()
    optimizer.load_state_dict(optimizer.state_dict())
    assert seen == [("saving", outer), ("saving", inner), ("loaded", inner), ("loaded", outer)]


@pytest.mark.parametrize("name", [name for name in WRAPPERS if name != "around a group"])
def test_groups_are_added_and_gradients_cleared_within(name: str) -> None:
    pairs = two()
    optimizer = wrapped(name, pairs[:1])
    optimizer.add_param_group({"params": pairs[1:], "lr": 0.2})
    assert [group["lr"] for group in optimizer.param_groups] == [0.05, 0.2]
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": pairs[1:]})
    for _ in range(4):
        optimizer.step(closure_of(optimizer, pairs))
    assert set(optimizer.state) == set(pairs)
    optimizer.zero_grad()
    assert all(p.grad is None for p in pairs)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", ["Lookahead", "SAM", "GradientAccumulation", "NesterovLookahead"])
def test_the_dtype_is_kept_and_number_like_parameters_too(name: str, dtype: Any) -> None:
    params = parameters(dtype=dtype)
    optimizer = wrapped(name, params)

    def closure() -> Any:
        optimizer.zero_grad()
        sum((p * p).sum() for p in params).backward()

    for _ in range(4):
        optimizer.step(closure)
        for kept in optimizer.kept.values():
            assert all(type(array) is np.ndarray for array in kept.values())
            assert all(kept[k].dtype == (np.float32 if k == "slow_momentum" else dtype) for k in kept)  # as a state
    assert all(p.dtype == dtype and np.isfinite(p.detach().numpy()).all() for p in params)


@pytest.mark.parametrize("name", ["Lookahead", "SAM", "GradientAccumulation", "NesterovLookahead"])
def test_an_overflow_shows_in_the_numbers_alone(name: str) -> None:
    w = torch.tensor([3e38, 1.0], requires_grad=True)
    optimizer = wrapped(name, [w], lr=1e38)

    def by_hand() -> None:
        w.grad = torch.tensor([3e38, 1.0])

    for _ in range(6):
        optimizer.step(by_hand)
    assert not np.isfinite(w.detach().numpy()[0])


def test_the_norm_of_half_precision_gradients_does_not_overflow() -> None:
    w = torch.zeros(4, dtype=torch.float16, requires_grad=True)
    optimizer = optim.SAM(optim.SGD([w]), rho=1.0)
    w.grad = torch.full((4,), 1000.0, dtype=torch.float16)
    optimizer.first_step()
    assert w.tolist() == [0.5] * 4


def test_a_setting_that_is_changed_in_a_cycle_is_heeded_from_the_next_one() -> None:
    params = two()
    optimizer = Lookahead(optim.SGD(params, lr=0.1, momentum=0.5), k=2)
    optimizer.step(closure_of(optimizer, params))
    optimizer.settings["pullback"] = "pullback"
    optimizer.step(closure_of(optimizer, params))
    optimizer.step(closure_of(optimizer, params))
    assert set(optimizer.kept[params[0]]) == {"slow", "slow_momentum"}


def test_looking_inside_shows_the_step_within() -> None:
    params = two()
    inner = optim.SGD(params, lr=0.1, keep_steps=True)
    optimizer = Lookahead(inner, k=2)
    optimizer.step(closure_of(optimizer, params))
    assert optimizer.explain(params[1]) == inner.explain(params[1])
    np.testing.assert_array_equal(optimizer.introspect()[params[0]].step, inner.introspect()[params[0]].step)
    assert repr(optimizer).startswith("Lookahead(k=2, alpha=0.5, pullback='none') around SGD (\nParameter Group 0")


BAD: list[tuple[Callable[[Any], Any], type[Exception], str]] = [
    (lambda sgd: Lookahead(two()), TypeError, "goes around an optimizer, not list"),  # type: ignore[arg-type]
    (lambda sgd: Lookahead(optim.SGD, k=2), TypeError, "not type"),  # type: ignore[arg-type]
    (lambda sgd: Lookahead(sgd, k=0), ValueError, "k must be a whole number"),
    (lambda sgd: Lookahead(sgd, k=2.5), ValueError, "k must be a whole number"),  # type: ignore[arg-type]
    (lambda sgd: Lookahead(sgd, alpha=1.1), ValueError, "Invalid alpha: 1.1"),
    (lambda sgd: Lookahead(sgd, alpha=float("nan")), ValueError, "Invalid alpha: nan"),
    (lambda sgd: Lookahead(sgd, pullback="rest"), ValueError, "one of 'none', 'reset'"),  # type: ignore[arg-type]
    (lambda sgd: optim.SAM(sgd, rho=-0.1), ValueError, "Invalid rho value: -0.1"),
    (lambda sgd: GradientAccumulation(sgd, 0), ValueError, "steps must be a whole number"),
    (lambda sgd: NesterovLookahead(sgd, -0.5), ValueError, "Invalid momentum value: -0.5"),
    (lambda sgd: optim.SAM(sgd).step(), RuntimeError, r"call step\(closure\), or first_step"),
    (lambda sgd: NesterovLookahead(sgd).step(), RuntimeError, r"call step\(closure\)"),
    (lambda sgd: GradientAccumulation(optim.SAM(sgd), 2), TypeError, r"SAM\(GradientAccumulation\(...\)\)"),
    (lambda sgd: GradientAccumulation(Lookahead(optim.SAM(sgd)), 2), TypeError, "put Lookahead outside"),
    (lambda sgd: optim.SAM(NesterovLookahead(sgd)), TypeError, r"NesterovLookahead\(SAM\(...\)\)"),
    (lambda sgd: Lookahead(optim.SGD([torch.ones(1)], differentiable=True)), ValueError, "cannot be differentiable"),
    (lambda sgd: Lookahead(sgd).settings.update(kk=3), TypeError, "did you mean 'k'"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD)
def test_bad_input_is_refused(make: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        make(optim.SGD(two()))


@everywhere
def test_gradients_by_hand_step_as_those_of_backward(name: str) -> None:
    ours, theirs = two(names=True), two(names=True)
    first, second = wrapped(name, ours), wrapped(name, theirs)
    a, b = [p for _, p in ours], [p for _, p in theirs]

    def by_hand() -> None:
        second.zero_grad()
        for i, p in enumerate(b):
            x = p.detach().numpy()
            p.grad = torch.tensor(slope(x, i))

    for _ in range(5):
        first.step(closure_of(first, a))
        second.step(by_hand)
    for p, q in zip(a, b, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-9)


def test_frozen_parameters_and_none_gradients_are_left_alone() -> None:
    params = parameters()
    params[2].requires_grad_(False)
    start = values(params)
    optimizer = Lookahead(GradientAccumulation(optim.Adam(params, weight_decay=0.1), 2), k=3)
    for step in range(7):
        fill_gradients(params, step)
        params[1].grad = params[2].grad = None
        optimizer.step()
    now = values(params)
    assert_equal(now[1:3], start[1:3])
    assert not np.array_equal(now[0], start[0])
