"""Schedulers: what holds for all of them, and where they do better than torch on purpose.

That their curves are torch's is tested in tests/parity.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import lr_scheduler as lrs
from tinygrad_opt.optim import schedules
from tinygrad_opt.optim.swa_utils import SWALR


def sgd(groups: int = 2, **given: Any) -> Any:
    params = [{"params": [torch.ones(2, requires_grad=True)], "lr": 0.1 * (i + 1)} for i in range(groups)]
    return optim.SGD(params, **{"lr": 1.0, "momentum": 0.9, **given})


class Countdown(lrs.LRScheduler):
    def get_lr(self) -> list[float]:
        return [base / (1 + self.last_epoch) for base in self.base_lrs]


class Shrinking(lrs.LRScheduler):
    """As torch's own schedulers: from what is in the group."""

    def get_lr(self) -> list[float]:
        return [group["lr"] * (0.9 if self.last_epoch else 1.0) for group in self.optimizer.param_groups]


class Power:
    """A function with state, which is saved."""

    def __init__(self, base: float) -> None:
        self.base = base

    def __call__(self, k: int) -> float:
        return self.base**k


Make = Callable[[Any], lrs.LRScheduler]
ALL: dict[str, Make] = {
    "LambdaLR": lambda o: lrs.LambdaLR(o, lambda k: 1 / (1 + k)),
    "LambdaLR of a schedule": lambda o: lrs.LambdaLR(o, schedules.warmup_cosine(5, 30)),
    "LambdaLR of an object": lambda o: lrs.LambdaLR(o, Power(0.9)),
    "MultiplicativeLR": lambda o: lrs.MultiplicativeLR(o, lambda k: 0.9 + 0.01 * (k % 5)),
    "StepLR": lambda o: lrs.StepLR(o, 4, 0.3),
    "MultiStepLR": lambda o: lrs.MultiStepLR(o, [3, 3, 9], 0.7),
    "ConstantLR": lambda o: lrs.ConstantLR(o),
    "LinearLR": lambda o: lrs.LinearLR(o, start_factor=0.0, total_iters=7),
    "ExponentialLR": lambda o: lrs.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda o: lrs.PolynomialLR(o, 20, 2.0),
    "CosineAnnealingLR": lambda o: lrs.CosineAnnealingLR(o, 9, 0.01),
    "CosineAnnealingWarmRestarts": lambda o: lrs.CosineAnnealingWarmRestarts(o, 3, 2),
    "CyclicLR": lambda o: lrs.CyclicLR(o, 0.1, 1.0, 4, 3, mode="triangular2"),
    "CyclicLR with a function": lambda o: lrs.CyclicLR(o, 0.1, [1.0, 2.0], 4, scale_fn=Power(0.9)),
    "OneCycleLR": lambda o: lrs.OneCycleLR(o, [0.3, 0.5], 30),
    "SequentialLR": lambda o: lrs.SequentialLR(
        o, [lrs.LinearLR(o, total_iters=4), lrs.OneCycleLR(o, 0.4, 8), lrs.ExponentialLR(o, 0.8)], [4, 12]
    ),
    "ChainedScheduler": lambda o: lrs.ChainedScheduler(
        [lrs.CyclicLR(o, 0.1, 1.0, 4), lrs.CosineAnnealingWarmRestarts(o, 3), lrs.MultiplicativeLR(o, lambda k: 0.99)]
    ),
    "Scheduler": lambda o: lrs.Scheduler(o, 0.5 * schedules.warmup(5).then(schedules.cosine(20))),
    "SWALR": lambda o: SWALR(o, 0.05, 6),
    "a subclass": Countdown,
    "a subclass that multiplies": Shrinking,
}
every = pytest.mark.parametrize("make", ALL.values(), ids=ALL)


def state_of(optimizer: Any) -> list[Any]:
    return [(group["lr"], group.get("momentum"), group.get("betas")) for group in optimizer.param_groups]


def go(optimizer: Any, scheduler: Any, steps: int) -> list[Any]:
    found = []
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        found.append(state_of(optimizer))
    return found


# ---- resuming ----


@every
def test_a_resumed_run_is_bit_equal_wherever_it_was_stopped(make: Make) -> None:
    optimizer = sgd()
    scheduler = make(optimizer)
    whole = [state_of(optimizer), *go(optimizer, scheduler, 25)]
    optimizer = sgd()
    scheduler = make(optimizer)
    for k in range(25):
        saved = json.loads(json.dumps([optimizer.state_dict(), scheduler.state_dict()]))
        for order in ("optimizer first", "scheduler first", "optimizer before the scheduler is made"):
            resumed = sgd()
            if order == "optimizer before the scheduler is made":
                resumed.load_state_dict(saved[0])
            again = make(resumed)
            if order == "optimizer first":
                resumed.load_state_dict(saved[0])
            again.load_state_dict(saved[1])
            if order == "scheduler first":
                resumed.load_state_dict(saved[0])
            assert state_of(resumed) == whole[k], (k, order)
            assert again.get_last_lr() == scheduler.get_last_lr()
            assert go(resumed, again, 25 - k) == whole[k + 1 :], (k, order)
        go(optimizer, scheduler, 1)


@every
def test_a_state_dict_is_a_copy(make: Make) -> None:
    optimizer = sgd()
    scheduler = make(optimizer)
    saved = scheduler.state_dict()
    before = json.dumps(saved)
    go(optimizer, scheduler, 5)
    assert json.dumps(saved) == before
    other = sgd()
    again = make(other)
    again.load_state_dict(saved)
    go(other, again, 5)
    assert json.dumps(saved) == before


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (lrs.LambdaLR, {"lr_lambda": Power(0.9)}),
        (lrs.MultiplicativeLR, {"lr_lambda": lambda k: 1 - 0.1 * (k % 3)}),
        (lrs.StepLR, {"step_size": 4}),
        (lrs.MultiStepLR, {"milestones": [3, 3, 9]}),
        (lrs.ConstantLR, {"total_iters": 10}),
        (lrs.LinearLR, {"total_iters": 10}),
        (lrs.ExponentialLR, {"gamma": 0.9}),
        (lrs.PolynomialLR, {"total_iters": 11}),
        (lrs.CosineAnnealingLR, {"T_max": 9}),
        (lrs.CosineAnnealingWarmRestarts, {"T_0": 3}),
        (lrs.CyclicLR, {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 4}),
        (lrs.OneCycleLR, {"max_lr": 1.0, "total_steps": 20}),
        (lrs.Scheduler, {"schedule": schedules.warmup_cosine(5, 10)}),
        (Countdown, {}),
    ],
)
def test_last_epoch_goes_to_that_epoch(make: Any, given: dict[str, Any]) -> None:
    optimizer = sgd()
    whole = [state_of(optimizer), *go(optimizer, make(optimizer, **given), 12)]
    for last_epoch in range(9):
        resumed = sgd()
        scheduler = make(resumed, **given, last_epoch=last_epoch)
        assert scheduler.last_epoch == last_epoch + 1
        assert state_of(resumed)[0][0] == whole[last_epoch + 1][0][0]
        assert go(resumed, scheduler, 3) == whole[last_epoch + 2 : last_epoch + 5]


@every
def test_a_state_dict_of_something_else_is_refused_and_nothing_changed(make: Make) -> None:
    optimizer = sgd()
    scheduler = make(optimizer)
    go(optimizer, scheduler, 3)
    before = json.dumps([scheduler.state_dict(), optimizer.state_dict()])
    good = scheduler.state_dict()
    bad: list[tuple[Any, str]] = [
        ({}, "holds 'last_epoch'"),
        (None, "holds 'last_epoch'"),
        ({**good, "scheduler": "Other"}, "is of Other, not of"),
        ({k: v for k, v in good.items() if k != "base_lrs"}, r"lacks \['base_lrs'\]"),
        ({**good, "last_epoch": 1, "base_lrs": [0.1]}, "for 1 groups, the optimizer has 2"),
    ]
    if "_schedulers" in good:
        bad.append(({**good, "last_epoch": 1, "_schedulers": good["_schedulers"][:1]}, "is of 1 schedulers"))
        bad.append(({**good, "last_epoch": 1, "_schedulers": [*good["_schedulers"][:-1], {}]}, "holds 'last_epoch'"))
    for state, message in bad:
        with pytest.raises(ValueError, match=message):
            scheduler.load_state_dict(state)
        assert json.dumps([scheduler.state_dict(), optimizer.state_dict()]) == before


def test_objects_that_are_called_keep_their_attributes_and_functions_nothing() -> None:
    scheduler = lrs.LambdaLR(sgd(), [Power(0.5), lambda k: 1.0])
    saved = scheduler.state_dict()
    assert saved["lr_lambdas"] == [{"base": 0.5}, None]
    again = lrs.LambdaLR(sgd(), [Power(0.1), lambda k: 1.0])
    again.load_state_dict(saved)
    assert again.lr_lambdas[0].base == 0.5  # type: ignore[attr-defined]  # of Power


# ---- groups ----


@pytest.mark.parametrize("name", [n for n in ALL if n not in ("OneCycleLR", "CyclicLR with a function")])
def test_a_group_that_is_added_later_is_scheduled(name: str) -> None:
    optimizer = sgd(1)
    scheduler = ALL[name](optimizer)
    go(optimizer, scheduler, 2)
    optimizer.add_param_group({"params": [torch.ones(3, requires_grad=True)], "lr": 0.1})
    go(optimizer, scheduler, 4)
    first, second = scheduler.get_last_lr()
    if name not in ("SWALR", "a subclass that multiplies"):
        assert second == first  # as it began with the same learning rate
    assert len(scheduler.base_lrs) == 2
    assert optimizer.param_groups[1]["lr"] == second
    scheduler.load_state_dict(scheduler.state_dict())


def test_a_group_that_is_added_later_needs_values_where_a_list_was_given() -> None:
    for make, attribute in (
        (lambda o: lrs.LambdaLR(o, [lambda k: 0.5]), "lr_lambdas"),
        (lambda o: lrs.OneCycleLR(o, [0.3], 30), "max_lrs"),
        (lambda o: lrs.CyclicLR(o, 0.1, [0.3], 30), "max_lrs"),
    ):
        optimizer = sgd(1)
        scheduler = make(optimizer)
        optimizer.add_param_group({"params": [torch.ones(3, requires_grad=True)]})
        optimizer.step()
        with pytest.raises(ValueError, match=f"has 1 {attribute} for 2 groups"):
            scheduler.step()
        assert scheduler.last_epoch == 0
        getattr(scheduler, attribute).append(getattr(scheduler, attribute)[0])
        scheduler.step()
        assert len(scheduler.get_last_lr()) == 2


def test_the_first_learning_rate_is_kept_in_the_group() -> None:
    optimizer = sgd()
    lrs.ExponentialLR(optimizer, 0.5)
    assert [group["initial_lr"] for group in optimizer.param_groups] == [0.1, 0.2]
    optimizer.param_groups[0]["lr"] = 0.01
    second = lrs.ExponentialLR(optimizer, 0.5)
    assert second.base_lrs == [0.1, 0.2]


def test_bounds_of_a_cycle_do_not_disturb_other_schedulers() -> None:
    optimizer = sgd(1)
    lrs.OneCycleLR(optimizer, 5.0, 10)
    lrs.CyclicLR(optimizer, 2.0, 3.0)
    assert lrs.StepLR(optimizer, 3).base_lrs == [0.1]
    assert lrs.CyclicLR(optimizer, 2.0, 3.0).get_last_lr() == [2.0]


# ---- the order of calls, and edits ----


@every
def test_the_optimizer_steps_first(make: Make) -> None:
    scheduler = make(sgd())
    with pytest.warns(UserWarning, match=r"`lr_scheduler.step\(\)` before `optimizer.step\(\)`") as caught:
        scheduler.step()
    assert [w.filename for w in caught] == [__file__]
    scheduler.step()  # it is said once


@every
def test_no_warning_without_cause(make: Make) -> None:
    optimizer = sgd()  # its parameters have no gradients
    scheduler = make(optimizer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizer.step()
        scheduler.step()
        scheduler.step()
        again = make(optimizer)
        again.load_state_dict(scheduler.state_dict())
        again.step()


def test_a_step_of_the_users_own_is_not_suspected() -> None:
    class Own(optim.SGD):
        def step(self, closure: Any = None) -> Any:
            return None

    optimizer = Own([torch.ones(2, requires_grad=True)])
    scheduler = lrs.ExponentialLR(optimizer, 0.9)
    optimizer.step()
    scheduler.step()


def test_the_schedulers_learning_rate_is_the_one_that_is_stepped_with() -> None:
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=1.0)
    scheduler = lrs.LambdaLR(optimizer, schedules.linear(4))
    seen = []
    for _ in range(5):
        w.grad = torch.tensor([1.0])
        before = w.item()
        optimizer.step()
        seen.append(before - w.item())
        scheduler.step()
    assert seen == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_an_edit_by_hand_is_overwritten_and_told() -> None:
    optimizer = sgd(1)
    scheduler = lrs.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    optimizer.param_groups[0]["lr"] = 3.0
    with pytest.warns(UserWarning, match=r"overwrites lr=3.0 of group 0, which it had set to 0.05.*base_lrs") as caught:
        scheduler.step()
    assert caught[0].filename == __file__
    assert scheduler.get_last_lr() == [0.025]
    scheduler.base_lrs[0] = 8.0
    scheduler.step()
    assert scheduler.get_last_lr() == [1.0]


def test_two_schedulers_that_overwrite_each_other_are_told() -> None:
    optimizer = sgd(1)
    first, second = lrs.StepLR(optimizer, 1, 0.5), lrs.ExponentialLR(optimizer, 0.9)
    optimizer.step()
    first.step()
    with pytest.warns(UserWarning, match="combine schedulers by ChainedScheduler"):
        second.step()


def test_a_plateau_keeps_edits() -> None:
    optimizer = sgd(1)
    scheduler = lrs.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    scheduler.step(1.0)
    optimizer.param_groups[0]["lr"] = 8.0
    scheduler.step(1.0)
    assert optimizer.param_groups[0]["lr"] == 4.0


def test_averaging_goes_on_from_where_another_scheduler_left() -> None:
    optimizer = sgd(1)
    main, swa = lrs.ExponentialLR(optimizer, 0.5), SWALR(optimizer, 1.0, 2, "linear")
    go(optimizer, main, 2)
    assert [state[0][0] for state in go(optimizer, swa, 3)] == [(0.025 + 1.0) / 2, 1.0, 1.0]


# ---- where torch goes wrong ----


def curve(scheduler: Any, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        found += scheduler.get_last_lr()
        scheduler.optimizer.step()
        scheduler.step()
    return found


def test_a_warmup_from_zero() -> None:
    assert curve(lrs.LinearLR(sgd(1, lr=1.0), 0.0, total_iters=2), 4) == [0.0, 0.05, 0.1, 0.1]


def test_ramps_of_no_length_are_over() -> None:
    assert curve(lrs.ConstantLR(sgd(1), 0.5, 0), 2) == [0.1, 0.1]
    assert curve(lrs.LinearLR(sgd(1), 0.5, 1.0, 0), 2) == [0.1, 0.1]
    assert curve(lrs.ConstantLR(sgd(1), 0.0, 2), 4) == [0.0, 0.0, 0.1, 0.1]


def test_one_cycle_stays_at_its_end_and_goes_no_further() -> None:
    optimizer = sgd(1)
    scheduler = lrs.OneCycleLR(optimizer, 1.0, 10)
    last = go(optimizer, scheduler, 9)[-1]
    assert last[0][:2] == (pytest.approx(4e-6), pytest.approx(0.95))
    assert go(optimizer, scheduler, 1)[-1] == last
    for _ in range(2):
        with pytest.raises(ValueError, match=r"Tried to step 11 times. The specified number of total steps is 10"):
            scheduler.step()
    assert state_of(optimizer) == last


def test_one_cycle_all_the_way_up() -> None:
    assert curve(lrs.OneCycleLR(sgd(1), 1.0, 5, pct_start=1.0, anneal_strategy="linear"), 5)[-1] == 1.0
    assert curve(lrs.OneCycleLR(sgd(1), 1.0, 10, pct_start=0.1), 2)[0] == 1.0  # where torch divides by zero


def test_averaging_without_annealing_begins_with_its_first_step() -> None:
    assert curve(SWALR(sgd(1), 0.5, 0), 3) == [0.1, 0.5, 0.5]


def nested(optimizer: Any) -> lrs.SequentialLR:
    inner = lrs.SequentialLR(
        optimizer, [lrs.LinearLR(optimizer, 0.5, total_iters=2), lrs.ExponentialLR(optimizer, 0.5)], [2]
    )
    return lrs.SequentialLR(optimizer, [inner, lrs.ConstantLR(optimizer, 0.1, 100)], [5])


def test_nested_sequences_are_composed() -> None:
    factors = [0.5, 0.75, 1.0, 0.5, 0.25, 0.1, 0.1]
    assert curve(nested(sgd(1)), 7) == pytest.approx([0.1 * f for f in factors], rel=1e-15)


def test_a_milestone_of_zero_and_equal_milestones() -> None:
    def made(milestones: list[int]) -> list[float]:
        optimizer = sgd(1)
        three = [lrs.ConstantLR(optimizer, f, 100) for f in (0.1, 0.2, 0.3)]
        return [round(lr / 0.1, 9) for lr in curve(lrs.SequentialLR(optimizer, three, milestones), 5)]

    assert made([0, 2]) == [0.2, 0.2, 0.3, 0.3, 0.3]
    assert made([2, 2]) == [0.1, 0.1, 0.3, 0.3, 0.3]
    assert made([0, 0]) == [0.3] * 5


@pytest.mark.parametrize("last_epoch", range(8))
def test_a_sequence_is_resumed_by_last_epoch(last_epoch: int) -> None:
    def made(optimizer: Any, last_epoch: int) -> Any:
        two = [lrs.LinearLR(optimizer, total_iters=4), lrs.CosineAnnealingLR(optimizer, 6)]
        return lrs.SequentialLR(optimizer, two, [4], last_epoch)

    assert curve(made(sgd(1), last_epoch), 3) == curve(made(sgd(1), -1), 12)[last_epoch + 1 : last_epoch + 4]


def test_a_chain_multiplies_also_what_torch_overwrites() -> None:
    optimizer = sgd(1)
    chain = lrs.ChainedScheduler(
        [
            lrs.ExponentialLR(optimizer, 0.9),
            lrs.CosineAnnealingWarmRestarts(optimizer, 4),
            lrs.LambdaLR(optimizer, Power(2)),
        ]
    )
    expected = [0.1 * 0.9**k * (1 + math.cos(math.pi * (k % 4) / 4)) / 2 * 2**k for k in range(10)]
    assert curve(chain, 10) == pytest.approx(expected, rel=1e-13)


def test_restarts_with_last_epoch_in_a_later_cycle() -> None:
    whole = curve(lrs.CosineAnnealingWarmRestarts(sgd(1), 3, 2), 40)
    for n in range(35):
        assert curve(lrs.CosineAnnealingWarmRestarts(sgd(1), 3, 2, last_epoch=n), 3) == whole[n + 1 : n + 4]


def test_restarts_between_epochs_are_resumed() -> None:
    optimizer = sgd(1)
    scheduler = lrs.CosineAnnealingWarmRestarts(optimizer, 3, 2)
    scheduler._order_check = None
    scheduler.step(7.1)
    again = lrs.CosineAnnealingWarmRestarts(sgd(1), 3, 2)
    again.load_state_dict(json.loads(json.dumps(scheduler.state_dict())))
    assert (again.T_cur, again.T_i, again.last_epoch) == (scheduler.T_cur, 6, 7)
    assert curve(again, 5) == curve(scheduler, 5)


# ---- any hyper-parameter ----


def test_any_hyper_parameter_is_driven() -> None:
    optimizer = optim.AdamW([torch.ones(2, requires_grad=True)], lr=0.1, weight_decay=0.2)
    driven = [
        lrs.Scheduler(optimizer, schedules.warmup(4), "lr"),
        lrs.Scheduler(optimizer, schedules.linear(4), "weight_decay"),
        lrs.Scheduler(optimizer, schedules.linear(4, 0.5, 0.9), "beta1", base=1),
        lrs.Scheduler(optimizer, schedules.constant(0.5), "beta2"),
        lrs.Scheduler(optimizer, lambda k: 10.0**-k, "eps", base=1),
    ]
    for k in range(6):
        group = optimizer.param_groups[0]
        done = min(k, 4) / 4
        assert group["lr"] == pytest.approx(0.1 * done)
        assert group["weight_decay"] == pytest.approx(0.2 * (1 - done))
        assert group["betas"] == pytest.approx((0.5 + 0.4 * done, 0.4995))
        assert group["eps"] == 10.0**-k
        optimizer.step()
        for scheduler in driven:
            scheduler.step()


def test_the_driven_value_is_the_one_that_acts() -> None:
    w = torch.tensor([1.0], requires_grad=True)
    optimizer = optim.SGD([w], lr=1.0, weight_decay=0.5)
    scheduler = lrs.Scheduler(optimizer, schedules.step(1, 0.0), "weight_decay")
    w.grad = torch.tensor([0.0])
    optimizer.step()
    scheduler.step()
    optimizer.step()
    np.testing.assert_array_equal(w.detach().numpy(), [0.5])


@pytest.mark.parametrize("key", ["weight_decay", "beta1", "eps", "lr"])
def test_a_driven_hyper_parameter_is_resumed(key: str) -> None:
    def made() -> tuple[Any, Any]:
        optimizer = optim.AdamW([torch.ones(2, requires_grad=True)], weight_decay=0.2)
        return optimizer, lrs.Scheduler(optimizer, schedules.cosine(9, 1.0, 0.3), key)

    optimizer, scheduler = made()
    go(optimizer, scheduler, 4)
    resumed, again = made()
    resumed.load_state_dict(optimizer.state_dict())
    again = lrs.Scheduler(resumed, schedules.cosine(9, 1.0, 0.3), key)
    again.load_state_dict(json.loads(json.dumps(scheduler.state_dict())))
    assert again.get_last_lr() == scheduler.get_last_lr()
    assert curve(again, 8) == curve(scheduler, 8)


def test_a_state_of_another_hyper_parameter_is_refused() -> None:
    saved = lrs.Scheduler(sgd(), schedules.linear(2), "momentum").state_dict()
    with pytest.raises(ValueError, match="of 'momentum', not of 'weight_decay'"):
        lrs.Scheduler(sgd(), schedules.linear(2), "weight_decay").load_state_dict(saved)


def test_groups_may_have_schedules_of_their_own() -> None:
    scheduler = lrs.Scheduler(sgd(), [schedules.linear(2), schedules.constant(3.0)], "momentum")
    scheduler.optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == pytest.approx([0.45, 2.7])


# ---- plateaus ----


def test_a_plateau_is_resumed() -> None:
    losses = [1 / (k + 1) if k < 10 else 0.5 for k in range(60)]
    optimizer = sgd()
    scheduler = lrs.ReduceLROnPlateau(optimizer, patience=2, cooldown=3, min_lr=[1e-4, 1e-3], factor=0.5)
    for k, loss in enumerate(losses):
        saved = json.loads(json.dumps([optimizer.state_dict(), scheduler.state_dict()]))
        resumed = sgd()
        again = lrs.ReduceLROnPlateau(resumed, min_lr=[0, 0])
        again.load_state_dict(saved[1])
        resumed.load_state_dict(saved[0])
        for rest in losses[k : k + 12]:
            again.step(rest)
        scheduler.step(loss)
        if k + 12 <= len(losses):
            expected = sgd()
            straight = lrs.ReduceLROnPlateau(expected, patience=2, cooldown=3, min_lr=[1e-4, 1e-3], factor=0.5)
            for each in losses[: k + 12]:
                straight.step(each)
            assert state_of(resumed) == state_of(expected)
            assert again.state_dict() == straight.state_dict()


def test_a_plateau_takes_tensors_and_groups_added_later() -> None:
    optimizer = sgd(1)
    scheduler = lrs.ReduceLROnPlateau(optimizer, patience=0, min_lr=0.04)
    optimizer.add_param_group({"params": [torch.ones(3, requires_grad=True)], "lr": 0.5})
    scheduler.step(torch.tensor(1.0))
    scheduler.step(torch.tensor(1.0))
    assert scheduler.get_last_lr() == [0.04, 0.05]
    listed = lrs.ReduceLROnPlateau(optimizer, patience=0, min_lr=[0.0, 0.0])
    optimizer.add_param_group({"params": [torch.ones(3, requires_grad=True)], "lr": 0.5})
    listed.step(1.0)
    with pytest.raises(RuntimeError, match="number of param groups in the `optimizer`"):
        listed.step(1.0)


def test_a_plateau_warns_of_epochs() -> None:
    scheduler = lrs.ReduceLROnPlateau(sgd())
    with pytest.warns(UserWarning, match="epoch parameter"):
        scheduler.step(1.0, epoch=5)
    assert scheduler.last_epoch == 5


# ---- bad input: torch's exception class and words ----

BAD: list[tuple[Callable[[Any, Any], Any], type[Exception], str]] = [
    (lambda m, o: m.StepLR(torch.ones(1), 3), TypeError, "Tensor is not an Optimizer"),
    (lambda m, o: m.LambdaLR(o, [lambda k: 1.0]), ValueError, "Expected 2 lr_lambdas, but got 1"),
    (lambda m, o: m.MultiplicativeLR(o, [lambda k: 1.0] * 3), ValueError, "Expected 2 lr_lambdas, but got 3"),
    (lambda m, o: m.MultiplicativeLR(o, 0.5), TypeError, "lr_lambda should be a function, but got float"),
    (lambda m, o: m.ConstantLR(o, 1.5), ValueError, "Constant multiplicative factor expected to be between 0 and 1"),
    (lambda m, o: m.ConstantLR(o, -0.5), ValueError, "Constant multiplicative factor expected to be between 0 and 1"),
    (lambda m, o: m.LinearLR(o, 1.5), ValueError, "Starting multiplicative factor expected to be"),
    (lambda m, o: m.LinearLR(o, -0.1), ValueError, "Starting multiplicative factor expected to be"),
    (lambda m, o: m.LinearLR(o, 0.1, 1.5), ValueError, "Ending multiplicative factor expected to be between 0 and 1"),
    (lambda m, o: m.CosineAnnealingWarmRestarts(o, 0), ValueError, "Expected positive integer T_0, but got 0"),
    (lambda m, o: m.CosineAnnealingWarmRestarts(o, 2.5), ValueError, "Expected positive integer T_0, but got 2.5"),
    (lambda m, o: m.CosineAnnealingWarmRestarts(o, 2, 0), ValueError, "Expected integer T_mult >= 1, but got 0"),
    (lambda m, o: m.CosineAnnealingWarmRestarts(o, 2, 1, "0"), ValueError, "Expected float or int eta_min, but got 0"),
    (lambda m, o: m.CosineAnnealingWarmRestarts(o, 2).step(-1), ValueError, "Expected non-negative epoch, but got -1"),
    (lambda m, o: m.CyclicLR(o, 0.1, 1.0, mode="up"), ValueError, "mode is invalid and scale_fn is None"),
    (lambda m, o: m.CyclicLR(o, [0.1], 1.0), ValueError, "base_lr must have the same length as optimizer.param_groups"),
    (lambda m, o: m.CyclicLR(o, 0.1, [1.0]), ValueError, "max_lr must have the same length as optimizer.param_groups"),
    (lambda m, o: m.OneCycleLR(o, 1.0), ValueError, "You must define either total_steps OR"),
    (lambda m, o: m.OneCycleLR(o, 1.0, epochs=3), ValueError, "You must define either total_steps OR"),
    (lambda m, o: m.OneCycleLR(o, 1.0, 0), ValueError, "Expected positive integer total_steps, but got 0"),
    (lambda m, o: m.OneCycleLR(o, 1.0, 2.5), ValueError, "Expected positive integer total_steps, but got 2.5"),
    (lambda m, o: m.OneCycleLR(o, 1.0, None, 0, 5), ValueError, "Expected positive integer epochs, but got 0"),
    (lambda m, o: m.OneCycleLR(o, 1.0, None, 5, -1), ValueError, "Expected positive integer steps_per_epoch, but got"),
    (lambda m, o: m.OneCycleLR(o, 1.0, 9, pct_start=1.5), ValueError, "Expected float between 0 and 1 pct_start"),
    (lambda m, o: m.OneCycleLR(o, 1.0, 9, pct_start=1), ValueError, "Expected float between 0 and 1 pct_start"),
    (lambda m, o: m.OneCycleLR(o, 1.0, 9, anneal_strategy="x"), ValueError, "anneal_strategy must be one of 'cos' or"),
    (lambda m, o: m.OneCycleLR(o, [1.0], 9), ValueError, "max_lr must have the same length"),
    (lambda m, o: m.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
    (lambda m, o: m.ReduceLROnPlateau(o, "up"), ValueError, "mode up is unknown!"),
    (lambda m, o: m.ReduceLROnPlateau(o, threshold_mode="x"), ValueError, "threshold mode x is unknown!"),
    (lambda m, o: m.ReduceLROnPlateau(o, min_lr=[0.1]), ValueError, "expected 2 min_lrs, got 1"),
    (lambda m, o: m.ReduceLROnPlateau(1), TypeError, "int is not an Optimizer"),
    (lambda m, o: m.SequentialLR(o, [], []), ValueError, "SequentialLR expects at least one scheduler"),
    (lambda m, o: m.SequentialLR(o, [m.StepLR(o, 3)], [5]), ValueError, "one more than the number of milestone points"),
    (lambda m, o: m.SequentialLR(o, [3], []), TypeError, "SequentialLR at index 0 should"),
    (lambda m, o: m.SequentialLR(o, [m.ReduceLROnPlateau(o)], []), ValueError, "does not support `ReduceLROnPlateau`"),
    (lambda m, o: m.ChainedScheduler([]), ValueError, "ChainedScheduler expects at least one scheduler to be chained"),
    (lambda m, o: m.ChainedScheduler([m.ReduceLROnPlateau(o)]), ValueError, "does not support `ReduceLROnPlateau`"),
]
OURS: list[tuple[Callable[[Any, Any], Any], type[Exception], str]] = [
    (lambda m, o: m.StepLR(o, 0), ValueError, "StepLR: step_size must be a whole number, 1 or more, got 0"),
    (lambda m, o: m.StepLR(o, 3, -0.1), ValueError, "gamma must be"),
    (lambda m, o: m.MultiStepLR(o, [-1]), ValueError, "MultiStepLR: milestones must be a whole number"),
    (lambda m, o: m.ConstantLR(o, 0.5, -1), ValueError, "ConstantLR: total_iters must be a whole number, 0 or more"),
    (lambda m, o: m.ConstantLR(o, math.nan), ValueError, "Constant multiplicative factor"),
    (lambda m, o: m.LinearLR(o, total_iters=2.5), ValueError, "LinearLR: total_iters must be a whole number"),
    (lambda m, o: m.PolynomialLR(o, -5), ValueError, "PolynomialLR: total_iters must be a whole number"),
    (lambda m, o: m.ExponentialLR(o, math.nan), ValueError, "gamma must be"),
    (lambda m, o: m.CosineAnnealingLR(o, 0), ValueError, "Expected a positive T_max, but got 0"),
    (lambda m, o: m.CyclicLR(o, 0.1, 1.0, 0), ValueError, "up must be a positive number"),
    (lambda m, o: m.CyclicLR(o, 0.1, 1.0, scale_fn=Power(1), scale_mode="x"), ValueError, "scale_mode must be 'cycle'"),
    (
        lambda m, o: m.OneCycleLR(o, 1.0, 9, div_factor=0),
        ValueError,
        "div_factor and final_div_factor must be positive",
    ),
    (lambda m, o: m.LambdaLR(o, 3), TypeError, "lr_lambda should be a function, but got int"),
    (lambda m, o: m.LambdaLR(o, lambda k: -1.0), ValueError, "Invalid learning rate: -0.1"),
    (lambda m, o: m.LambdaLR(o, lambda k: math.nan), ValueError, "Invalid learning rate: nan"),
    (lambda m, o: m.SequentialLR(o, [m.StepLR(o, 3)] * 3, [5, 2]), ValueError, "milestones that increase, got"),
    (lambda m, o: m.SequentialLR(o, [m.StepLR(sgd(), 3)], []), ValueError, "belong to the same optimizer"),
    (lambda m, o: m.ChainedScheduler([m.StepLR(sgd(), 3)], o), ValueError, "belong to the same optimizer"),
    (
        lambda m, o: m.ChainedScheduler([m.StepLR(o, 3), m.OneCycleLR(o, 1.0, 9)]),
        ValueError,
        "OneCycleLR at index 1 sets learning rates of its own and would undo those before it; put it first",
    ),
    (lambda m, o: m.ChainedScheduler([m.Scheduler(o, Power(1), "momentum")]), ValueError, "at index 0 momentum"),
    (lambda m, o: m.Scheduler(o, Power(1), "weight_dekay"), ValueError, "did you mean 'weight_decay'"),
    (lambda m, o: m.Scheduler(o, Power(1), "beta1"), ValueError, "no hyper-parameter 'beta1' that is a number"),
    (lambda m, o: m.Scheduler(o, Power(1), "nesterov"), ValueError, "no hyper-parameter 'nesterov' that is a number"),
    (lambda m, o: m.Scheduler(o, 0.5), TypeError, "schedule should be a function, but got float"),
    (lambda m, o: m.LRScheduler(o), NotImplementedError, "LRScheduler must define get_lr"),
    (lambda m, o: SWALR(o, 0.1, -1), ValueError, "anneal_epochs must be a whole number, 0 or more"),
    (lambda m, o: SWALR(o, [0.1]), ValueError, "swa_lr must have the same length"),
    (lambda m, o: SWALR(o, 0.1, anneal_strategy="x"), ValueError, "anneal_strategy must be one of 'cos' or 'linear'"),
]


@pytest.mark.parametrize(("make", "error", "message"), [*BAD, *OURS])
def test_bad_input_is_refused(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message.replace("(", r"\(").replace("[", r"\[")):
        make(lrs, sgd())


@pytest.mark.parametrize("make", [lambda o: lrs.CyclicLR(o, 0.1, 1.0), lambda o: lrs.OneCycleLR(o, 1.0, 9)])
def test_a_momentum_is_cycled_only_where_there_is_one(make: Any) -> None:
    optimizer = optim.Adagrad([torch.ones(2, requires_grad=True)])
    with pytest.raises(ValueError, match=r"optimizer must support momentum or beta1 .*pass cycle_momentum=False"):
        make(optimizer)
    assert "initial_lr" not in optimizer.param_groups[0]
    assert lrs.CyclicLR(optimizer, 0.1, 1.0, cycle_momentum=False).get_last_lr() == [0.1]


def test_a_step_that_fails_changes_nothing() -> None:
    optimizer = sgd()
    scheduler = lrs.LambdaLR(optimizer, lambda k: 1.0 if k < 2 else 1 / 0)
    go(optimizer, scheduler, 1)
    before = [scheduler.state_dict(), optimizer.state_dict()]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            scheduler.step()
        assert [scheduler.state_dict(), optimizer.state_dict()] == before


def test_the_old_name_and_the_repr() -> None:
    assert lrs._LRScheduler is lrs.LRScheduler
    assert repr(lrs.StepLR(sgd(1), 3)) == "<StepLR at epoch 0: lr [0.1]>"
