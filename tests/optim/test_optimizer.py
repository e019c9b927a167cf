"""What all optimizers share: groups, validation, closures, state dicts, and the flat memory they run on."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import engine
from tinygrad_opt.optim.rule import Rule, rule
from tinygrad_opt.optim.state import Scalar, first_value

from .makers import (
    ELSEWHERE,
    IDS,
    MAKERS,
    SETTINGS,
    assert_equal,
    fill_gradients,
    maker,
    parameters,
    values,
    without_unknown,
)

everywhere = pytest.mark.parametrize("make", MAKERS, ids=IDS)
elementwise = pytest.mark.parametrize(
    ("name", "settings"),
    [(n, k) for n, k in SETTINGS if getattr(optim, n).rule.scope == "element" and n != "AdaHessian"],
)


@elementwise
@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "maximize": True}], ids=str)
def test_the_engine_gives_the_bits_of_a_plain_loop_over_parameters(name: str, settings: Any, options: Any) -> None:
    params, plain = parameters(), values(parameters())
    optimizer = maker(name, settings)(params, lr=0.05, **without_unknown(name, options))
    (group,) = optimizer.param_groups
    rule = optimizer.rule
    initial = optimizer.keeps(group)
    states = [{k: first_value(initial[k], x) for k in rule.state_names if k in initial} for x in plain]
    betas = {f"beta{i}": beta for i, beta in enumerate(group.get("betas", ()), 1)}
    for t in range(1, 6):
        fill_gradients(params, t)
        optimizer.step()
        for i, (p, x) in enumerate(zip(params, plain, strict=True)):
            g = -p.grad.numpy() if group["maximize"] else p.grad.numpy()
            decay = 0 if "weight_decay" in rule.hyper else group.get("weight_decay", 0)
            decoupled = group.get("decoupled_weight_decay", optimizer.decoupled)
            if decay and not decoupled and "weight_decay" not in rule.hyper:
                g = g + decay * x
            hyper = {k: t if k == "t" else betas[k] if k in betas else group[k] for k in rule.hyper}
            given = [states[i].get(k) for k in rule.state_names]
            step, *new = rule(g, *[x] * rule.takes_p, *given, **hyper)
            states[i] = {k: v for k, v in zip(rule.state_names, new, strict=True) if v is not None}
            plain[i] = np.asarray((x * (1 - group["lr"] * decay) if decay and decoupled else x) - step)
    assert_equal(values(params), plain)


def test_every_optimizer_is_among_those_that_are_tested() -> None:
    public = {n for n in optim.__all__ if isinstance(c := getattr(optim, n), type) and issubclass(c, optim.Optimizer)}
    around_others = {"GradientAccumulation", "Lookahead", "NesterovLookahead", "OptimizerGroup", "SAM"}
    assert public - {"Optimizer", "ChainOptimizer"} - around_others == {name for name, _ in SETTINGS} | ELSEWHERE


# ---- steps ----


@everywhere
def test_gradients_written_by_backward_and_gradients_assigned_by_hand_give_the_same_steps(make: Any) -> None:
    ours, theirs = parameters(), parameters()
    first, second = make(ours, lr=0.05), make(theirs, lr=0.05)
    for _ in range(5):
        first.zero_grad()
        sum((p * p).sum() for p in ours).backward()
        first.step()
        for p in theirs:
            p.grad = 2 * p.detach()
        second.step()
    assert_equal(values(ours), values(theirs))


@pytest.mark.parametrize(("name", "settings"), [(n, k) for n, k in SETTINGS if getattr(optim, n).rule.scope != "group"])
def test_a_flat_group_and_groups_of_one_give_bit_equal_steps(name: str, settings: dict[str, Any]) -> None:
    make = maker(name, settings)
    ours, theirs = parameters(), parameters()
    together, apart = make(ours, lr=0.05), make([{"params": [p]} for p in theirs], lr=0.05)
    for step in range(5):
        fill_gradients(ours, step)
        fill_gradients(theirs, step)
        together.step()
        apart.step()
    assert_equal(values(ours), values(theirs))


@everywhere
def test_chunks_do_not_change_the_numbers(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for chunk in (7, 10_000):
        monkeypatch.setattr(engine, "CHUNK", chunk)
        params = parameters()
        optimizer = make(params, lr=0.05)
        for step in range(4):
            fill_gradients(params, step)
            optimizer.step()
        results.append(values(params))
    assert_equal(*results)


@everywhere
def test_a_parameter_without_a_gradient_is_left_alone_and_so_is_its_state(make: Any) -> None:
    params = parameters()
    optimizer = make(params, lr=0.05)
    fill_gradients(params, 0)
    optimizer.step()
    before, state = values(params), copy.deepcopy(optimizer.state_dict()["state"])
    fill_gradients(params, 1)
    params[1].grad = None
    optimizer.step()
    np.testing.assert_array_equal(params[1].detach().numpy(), before[1])
    after = optimizer.state_dict()["state"]
    for name, value in state[1].items():
        np.testing.assert_array_equal(np.asarray(after[1][name]), np.asarray(value))
    assert after[0]["step"] == 2
    assert after[1]["step"] == 1
    assert not np.array_equal(params[0].detach().numpy(), before[0])


def test_a_zero_gradient_still_steps_and_decays() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.AdamW([w], lr=0.1, weight_decay=0.5)
    w.grad = torch.zeros(2)
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), 1 - 0.1 * 0.5)


@everywhere
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_steps_keep_the_dtype(make: Any, dtype: Any) -> None:
    params = parameters(dtype=dtype)
    optimizer = make(params, lr=np.float64(0.01))
    fill_gradients(params, 0)
    optimizer.step()
    assert all(p.dtype == dtype for p in params)
    keeps = optimizer.keeps(optimizer.param_groups[0])
    arrays = [k for k, initial in keeps.items() if not isinstance(initial, Scalar)]  # numbers are double
    wide = np.promote_types(dtype, np.float32)
    assert all(kept[k].dtype == wide for kept in optimizer.state.values() for k in arrays)
    assert all(np.isfinite(v).all() for v in values(params))


@everywhere
@pytest.mark.parametrize("options", [{}, {"transforms": [optim.transforms.clip_by_global_norm(1e9)]}])
def test_steps_of_half_precision_are_computed_in_single(make: Any, options: dict[str, Any]) -> None:
    half, single = parameters(dtype=np.float16), parameters(dtype=np.float16)
    for p in single:
        p.data = p.data.to(torch.float32)
    for params in (half, single):
        optimizer = make(params, **options)
        for p in params:
            p.grad = torch.zeros_like(p)
        params[1].grad = torch.tensor([0.0, 1e-4, 3e-6, 1.0, 200.0], dtype=torch.float16).to(params[1].dtype)
        optimizer.step()
    for x, y in zip(values(half), values(single), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-6)


def test_parameters_of_several_dtypes_share_a_group() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(3, dtype=torch.float64, requires_grad=True)
    optimizer = optim.SGD([a, b], lr=0.5)
    (a.sum() + b.sum()).backward()
    optimizer.step()
    assert a.tolist() == [0.5] * 2
    assert b.tolist() == [0.5] * 3


def test_empty_parameters_are_stepped_over() -> None:
    a, b = torch.ones(0, 3, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = optim.Adam([a, b], lr=0.5)
    (a.sum() + b.sum()).backward()
    optimizer.step()
    assert a.shape == (0, 3)
    np.testing.assert_allclose(b.detach().numpy(), 0.5, rtol=1e-6)


def test_step_runs_the_closure_with_recording_on_and_returns_its_loss() -> None:
    w = torch.tensor([2.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = (w * w).sum()
        loss.backward()
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 4
    np.testing.assert_allclose(w.detach().numpy(), [1.6], rtol=1e-6)


def test_zero_grad_makes_gradients_none_or_zeros() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w])
    w.sum().backward()
    optimizer.zero_grad(set_to_none=False)
    assert w.grad.tolist() == [0, 0]
    optimizer.zero_grad()
    assert w.grad is None


def test_a_step_between_forward_and_backward_is_detected() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.1)
    loss = (w * w).sum()
    w.grad = torch.ones(2)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


# ---- memory ----


def test_backward_writes_gradients_into_the_flat_buffer() -> None:
    params = parameters()
    optimizer = optim.SGD(params)
    sum(p.sum() for p in params).backward()
    ((_, _, (flat,)),) = optimizer._places
    for p in params:
        assert np.shares_memory(p.grad.numpy(), flat.grad)
        assert np.shares_memory(p.detach().numpy(), flat.data)
        assert p.detach().numpy().ctypes.data % engine.ALIGN == 0


def test_a_gradient_that_somebody_holds_is_not_overwritten() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5)
    (w * 2).sum().backward()
    first = w.grad
    optimizer.zero_grad()
    (w * 3).sum().backward()
    assert first.tolist() == [2, 2]
    assert w.grad.tolist() == [3, 3]
    optimizer.step()
    assert w.tolist() == [-0.5, -0.5]


def test_a_parameter_rebound_by_data_is_stepped_where_it_now_is() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w], lr=0.5)
    for _ in range(3):
        w.data = w.data * 0 + 4.0
        w.grad = torch.ones(2)
        optimizer.step()
        assert w.tolist() == [3.5, 3.5]


def test_an_array_that_the_parameter_was_made_from_sees_the_steps() -> None:
    array = np.ones(2)
    w = torch.from_numpy(array).requires_grad_()
    optimizer = optim.SGD([w], lr=0.5)
    for _ in range(2):
        w.grad = torch.ones(2, dtype=torch.float64)
        optimizer.step()
    assert array.tolist() == [0, 0]
    assert w.tolist() == [0, 0]


def test_two_optimizers_over_the_same_parameters_take_turns() -> None:
    params, same = parameters(), parameters()
    one, other = optim.SGD(params, lr=0.1, momentum=0.9), optim.Adam(params, lr=0.01)
    one_alone, other_alone = optim.SGD(same, lr=0.1, momentum=0.9), optim.Adam(same, lr=0.01)
    for step in range(6):
        for ps, optimizers in ((params, (one, other)), (same, (one_alone, other_alone))):
            optimizers[step % 2].zero_grad()
            sum((p * p).sum() for p in ps).backward()
            optimizers[step % 2].step()
    assert_equal(values(params), values(same))


def test_changing_a_parameters_dtype_after_the_optimizer_was_made_is_refused() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([w])
    w.data = w.data.double()
    w.grad = torch.ones(2, dtype=torch.float64)
    with pytest.raises(RuntimeError, match="make the optimizer after"):
        optimizer.step()


# ---- state ----


@everywhere
def test_a_run_resumed_from_a_state_dict_equals_one_that_never_stopped(make: Any) -> None:
    params = parameters()
    optimizer = make(params, lr=0.05)
    for step in range(3):
        fill_gradients(params, step)
        if step:
            params[2].grad = None
        optimizer.step()
    saved, weights = optimizer.state_dict(), values(params)
    resumed = [torch.tensor(w, requires_grad=True) for w in weights]
    other = make(resumed, lr=0.7)
    other.load_state_dict(saved)
    for step in range(3, 6):
        for ps, o in ((params, optimizer), (resumed, other)):
            fill_gradients(ps, step)
            o.step()
    assert_equal(values(params), values(resumed))


@everywhere
def test_a_state_dict_is_a_copy_in_both_directions(make: Any) -> None:
    params = parameters()
    optimizer = make(params, lr=0.05)
    fill_gradients(params, 0)
    optimizer.step()
    saved = optimizer.state_dict()
    frozen = copy.deepcopy(saved["state"])
    other = make(parameters(), lr=0.05)
    other.load_state_dict(saved)
    for o in (optimizer, other):
        fill_gradients(params, 1)
        o.step()
    for n, kept in frozen.items():
        for name, value in kept.items():
            np.testing.assert_array_equal(np.asarray(saved["state"][n][name]), np.asarray(value))


def test_state_is_matched_by_name_where_both_sides_have_names() -> None:
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    first = optim.SGD([("a", a), ("b", b)], lr=0.1, momentum=0.9)
    a.grad, b.grad = torch.ones(2), torch.full((2,), 5.0)
    first.step()
    second = optim.SGD([("b", b), ("a", a)], lr=0.1, momentum=0.9)
    second.load_state_dict(first.state_dict())
    assert second.state[a]["momentum_buffer"].tolist() == [1, 1]
    assert second.state[b]["momentum_buffer"].tolist() == [5, 5]


BAD_STATES: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("is of Adam", lambda s: s.update(optimizer="Adam")),
    ("different number of parameter groups", lambda s: s["param_groups"].append(s["param_groups"][0])),
    ("doesn't match the size", lambda s: s["param_groups"][0]["params"].pop()),
    ("has shape", lambda s: s["state"][1].update(momentum_buffer=np.zeros(9))),
    ("expected", lambda s: s["state"][1].pop("momentum_buffer")),
    ("Invalid learning rate", lambda s: s["param_groups"][0].update(lr=-1)),
]


@pytest.mark.parametrize(("message", "spoil"), BAD_STATES, ids=[m for m, _ in BAD_STATES])
def test_a_wrong_state_dict_is_refused_before_anything_changes(message: str, spoil: Callable[[Any], Any]) -> None:
    params = parameters()
    optimizer = optim.SGD(params, lr=0.05, momentum=0.9)
    fill_gradients(params, 0)
    optimizer.step()
    saved = copy.deepcopy(optimizer.state_dict())
    fill_gradients(params, 1)
    optimizer.step()
    now = copy.deepcopy(optimizer.state_dict())
    spoil(saved)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(saved)
    after = optimizer.state_dict()
    assert after["param_groups"] == now["param_groups"]
    for n, kept in now["state"].items():
        for name, value in kept.items():
            np.testing.assert_array_equal(np.asarray(after["state"][n][name]), np.asarray(value))


# ---- groups and hyper-parameters ----


def test_a_misspelt_hyper_parameter_in_a_group_gets_a_hint() -> None:
    w = torch.ones(2, requires_grad=True)
    with pytest.raises(TypeError, match="did you mean 'momentum'"):
        optim.SGD([{"params": [w], "momentun": 0.9}])
    with pytest.raises(TypeError, match="did you mean 'lr'"):
        optim.SGD([{"params": [w], "learning_rate": 0.9}])


@pytest.mark.parametrize("bad", [{"lr": -1}, {"lr": float("nan")}, {"lr": "0.1"}, {"nesterov": True}])
def test_hyper_parameters_are_checked_in_groups_too(bad: dict[str, Any]) -> None:
    w = torch.ones(2, requires_grad=True)
    with pytest.raises((ValueError, TypeError)):
        optim.SGD([{"params": [w], **bad}])


def test_a_hyper_parameter_is_checked_when_it_is_edited() -> None:
    optimizer = optim.Adam([torch.ones(2, requires_grad=True)])
    optimizer.param_groups[0]["lr"] = 0.5
    with pytest.raises(ValueError, match="Invalid learning rate: -1"):
        optimizer.param_groups[0]["lr"] = -1
    with pytest.raises(ValueError, match="Invalid beta parameter at index 1"):
        optimizer.param_groups[0].update(betas=(0.9, 1.5))
    assert optimizer.param_groups[0]["lr"] == 0.5


def test_a_callers_group_dict_is_not_changed() -> None:
    group = {"params": [torch.ones(2, requires_grad=True)], "lr": 0.5}
    optimizer = optim.SGD([group])
    assert set(group) == {"params", "lr"}
    optimizer.param_groups[0]["lr"] = 0.1
    assert group["lr"] == 0.5


def test_duplicate_parameters_and_integer_parameters_are_refused() -> None:
    w = torch.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match="duplicate parameters"):
        optim.SGD([w, w])
    with pytest.raises(ValueError, match="int64"):
        optim.SGD([torch.arange(3)])
    optimizer = optim.SGD([w])
    with pytest.raises(ValueError, match="more than one parameter group"):
        optimizer.add_param_group({"params": [w]})
    assert len(optimizer.param_groups) == 1


def test_repr_lists_the_groups() -> None:
    optimizer = optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
    assert repr(optimizer) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    decoupled_weight_decay: False\n    lr: 0.1\n"
        "    maximize: False\n    momentum: 0\n    momentum_form: accumulate\n    nesterov: False\n"
        "    weight_decay: 0\n)"
    )


# ---- rules ----


def test_a_rule_runs_on_plain_numbers() -> None:
    step, m, v, _ = optim.AdamW.rule(2.0, 0.0, 0.0, None, t=1, lr=0.1, beta1=0.9, beta2=0.999, eps=0.0, amsgrad=False)
    assert step == pytest.approx(0.1)
    assert (m, v) == (pytest.approx(0.2), pytest.approx(0.004))


def test_a_rule_whose_arguments_are_not_its_state_is_refused() -> None:
    with pytest.raises(TypeError, match="arguments are g and its state"):
        rule(m="exp_avg")(lambda g, v: (g, v))


def test_a_rule_of_a_users_own_runs_on_the_engine() -> None:
    @rule()
    def sign(g: Any, *, lr: float) -> tuple[Any, ...]:
        return (lr * np.sign(g),)

    class SignSGD(optim.Optimizer):
        rule: Rule = sign

        def __init__(self, params: Any, lr: float = 0.1) -> None:
            super().__init__(params, {"lr": lr, "weight_decay": 0, "maximize": False})

    w = torch.tensor([1.0, -3.0], requires_grad=True)
    optimizer = SignSGD([w])
    (w * w).sum().backward()
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), [0.9, -2.9], rtol=1e-6)


# ---- memory that others look at ----


def test_values_taken_away_by_data_are_not_overwritten() -> None:
    p = torch.ones(3, requires_grad=True)
    optimizer = optim.SGD([p], lr=0.5)
    taken = p.data
    p.data = torch.full((3,), 5.0)
    for expected in (4.5, 4.0):
        p.grad = torch.ones(3)
        optimizer.step()
        assert p.tolist() == [expected] * 3
    assert taken.tolist() == [1] * 3


def test_two_parameters_may_trade_their_values() -> None:
    p, q = torch.ones(2, requires_grad=True), torch.full((2,), 2.0, requires_grad=True)
    optimizer = optim.SGD([p, q], lr=0.5)
    p.data, q.data = q.data, p.data
    p.grad, q.grad = torch.ones(2), torch.zeros(2)
    optimizer.step()
    assert (p.tolist(), q.tolist()) == ([1.5, 1.5], [1, 1])


def test_parameters_that_are_parts_of_one_tensor_stay_its_parts() -> None:
    whole = torch.zeros(4)
    p, q = whole[:2].detach().requires_grad_(), whole[2:].detach().requires_grad_()
    optimizer = optim.SGD([p, q], lr=1.0)
    p.grad, q.grad = torch.ones(2), torch.full((2,), 2.0)
    optimizer.step()
    assert whole.tolist() == [-1, -1, -2, -2]


def test_parameters_that_overlap_get_both_steps() -> None:
    w = torch.zeros(2, 2)
    p, q = w.detach().requires_grad_(), w.t().detach().requires_grad_()
    del w
    optimizer = optim.SGD([p, q], lr=1.0)
    p.grad, q.grad = torch.ones(2, 2), torch.tensor([[1.0, 0.0], [2.0, 0.0]])
    optimizer.step()
    assert p.tolist() == [[-2, -3], [-1, -1]]


def test_a_second_optimizer_leaves_memory_that_is_looked_at_where_it_is() -> None:
    p = torch.ones(3, requires_grad=True)
    first = optim.SGD([p], lr=0.5)
    part = p.detach().numpy()[:2]
    second = optim.SGD([p], lr=0.5)
    for optimizer in (first, second):
        p.grad = torch.ones(3)
        optimizer.step()
    assert part.tolist() == [0, 0]
    assert p.tolist() == [0, 0, 0]


def test_a_step_that_cannot_be_taken_changes_nothing() -> None:
    p, q = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = optim.Adam([{"params": [p]}, {"params": [q]}])
    p.grad = torch.ones(2)
    q.data = torch.ones(3)
    q.grad = torch.ones(3)
    with pytest.raises(RuntimeError, match="make the optimizer after"):
        optimizer.step()
    assert p.tolist() == [1, 1]
    assert not optimizer.state


# ---- several groups ----


def test_state_of_several_groups_comes_back() -> None:
    params, same = parameters(), parameters()
    optimizer = optim.Adam([{"params": params[:1]}, {"params": params[1:], "lr": 0.1}])
    fill_gradients(params, 0)
    optimizer.step()
    other = optim.Adam([{"params": same[:1]}, {"params": same[1:]}])
    other.load_state_dict(optimizer.state_dict())
    assert [g["lr"] for g in other.param_groups] == [1e-3, 0.1]
    for p, q in zip(params, same, strict=True):
        np.testing.assert_array_equal(optimizer.state[p]["exp_avg"].numpy(), other.state[q]["exp_avg"].numpy())


@pytest.mark.parametrize("make", [make for make, n in zip(MAKERS, IDS, strict=True) if n != "AdaHessian"])
def test_loading_the_state_of_an_optimizer_that_never_stepped_starts_afresh(make: Any) -> None:
    params, same = parameters(), parameters()
    optimizer, fresh = make(params, lr=0.05), make(same, lr=0.05)
    unstepped = fresh.state_dict()
    fill_gradients(params, 0)
    optimizer.step()
    optimizer.load_state_dict(unstepped)
    for p, q in zip(params, same, strict=True):
        p.data.copy_(q.data)
    for ps, o in ((params, optimizer), (same, fresh)):
        fill_gradients(ps, 1)
        o.step()
    assert_equal(values(params), values(same))


@pytest.mark.parametrize("bad", [{}, {"state": {}}, [1, 2]])
def test_what_is_no_state_dict_is_refused(bad: Any) -> None:
    optimizer = optim.SGD([torch.ones(2, requires_grad=True)])
    with pytest.raises(ValueError, match="a state dict holds"):
        optimizer.load_state_dict(bad)


def test_a_group_may_be_one_tensor() -> None:
    p, q = torch.ones(2, requires_grad=True), torch.ones(3, requires_grad=True)
    optimizer = optim.SGD([{"params": p}], lr=0.5)
    optimizer.add_param_group({"params": q})
    (p.sum() + q.sum()).backward()
    optimizer.step()
    assert p.tolist() + q.tolist() == [0.5] * 5


@pytest.mark.parametrize(
    "edit",
    [
        lambda o, q: o.param_groups[0]["params"].append(q),
        lambda o, q: o.param_groups[0].update(params=[q]),
        lambda o, q: o.param_groups.pop(),
    ],
)
def test_parameters_changed_by_hand_in_a_group_are_not_silently_ignored(edit: Any) -> None:
    p, q = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    optimizer = optim.SGD([p])
    edit(optimizer, q)
    with pytest.raises(RuntimeError, match="add_param_group"):
        optimizer.step()


def test_a_misspelt_hyper_parameter_is_refused_when_it_is_set() -> None:
    (group,) = optim.SGD([torch.ones(2, requires_grad=True)]).param_groups
    with pytest.raises(TypeError, match="did you mean 'lr'"):
        group["lrr"] = 1
    with pytest.raises(ValueError, match="Invalid learning rate"):
        group |= {"lr": -1}
