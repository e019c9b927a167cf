"""OptimizerGroup: which optimizer a parameter gets, and several of them as one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import nn, optim
from tinygrad_opt.optim import OptimizerGroup, is_matrix
from tinygrad_opt.optim.lr_scheduler import StepLR

from .makers import assert_equal, values


def network(seed: int = 0) -> nn.Sequential:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()


def routed(model: nn.Module) -> OptimizerGroup:
    lion, sgd = partial(optim.Lion, lr=0.01), partial(optim.SGD, lr=0.1, momentum=0.9)
    return OptimizerGroup(model.named_parameters(), {"2.bias": lion, is_matrix: sgd, "*": optim.AdamW})


def closure_of(model: nn.Module, optimizer: Any) -> Callable[[], Any]:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = (model(torch.ones(2, 3, dtype=torch.float64)) ** 2).sum()
        loss.backward()
        return loss

    return closure


def test_the_first_route_that_fits_is_taken_and_the_split_is_printed() -> None:
    optimizer = routed(network())
    assert repr(optimizer) == (
        "OptimizerGroup(\n"
        "  '2.bias' -> Lion, 2 numbers: 2.bias\n"
        "  is_matrix -> SGD, 20 numbers: 0.weight, 2.weight\n"
        "  '*' -> AdamW, 4 numbers: 0.bias\n"
        ")"
    )
    assert [type(o) for o in optimizer.optimizers] == [optim.Lion, optim.SGD, optim.AdamW]
    assert [group["lr"] for group in optimizer.param_groups] == [0.01, 0.1, 1e-3]


def test_the_steps_are_those_of_the_optimizers_apart() -> None:
    model, alike = network(), network()
    together = routed(model)
    named = dict(alike.named_parameters())
    apart = [
        optim.Lion([named["2.bias"]], lr=0.01),
        optim.SGD([named["0.weight"], named["2.weight"]], lr=0.1, momentum=0.9),
        optim.AdamW([named["0.bias"]]),
    ]
    for _ in range(5):
        with torch.no_grad():
            loss = together.step(closure_of(model, together))
        assert loss.item() == closure_of(alike, alike)().item()
        for optimizer in apart:
            optimizer.step()
    closure_of(model, together)()
    together.step()
    closure_of(alike, alike)()
    for optimizer in apart:
        optimizer.step()
    assert_equal(values(list(model.parameters())), values(list(alike.parameters())))
    assert set(together.state) == set(model.parameters())


def test_optimizers_that_step_by_the_loss_get_it() -> None:
    w = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    seen: list[Any] = []

    class Seeing(optim.SGD):
        def take_step(self, closure: Any = None) -> Any:
            seen.append(closure().item())

    optimizer = OptimizerGroup([w], {is_matrix: optim.SGD, "*": Seeing})
    optimizer.step(lambda: (w * w).sum())
    assert seen == [4.0]


def test_recorded_steps_stay_recorded() -> None:
    lr = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    x = torch.tensor([2.0], dtype=torch.float64, requires_grad=True)
    w = x.clone()
    optimizer = OptimizerGroup([w], {"*": partial(optim.SGD, lr=lr, differentiable=True)})
    w.grad = torch.tensor([3.0], dtype=torch.float64)
    optimizer.step()
    w.sum().backward()
    assert lr.grad.item() == -3
    with pytest.raises(ValueError, match="cannot be differentiable"):
        optim.Lookahead(optimizer)


def test_tensors_without_names_are_routed_by_functions() -> None:
    a, b = torch.ones(2, 2, requires_grad=True), torch.ones(3, requires_grad=True)
    optimizer = OptimizerGroup([a, b], {is_matrix: optim.SGD, lambda name, p: p.ndim == 1: optim.AdamW})
    text = repr(optimizer)
    assert "is_matrix -> SGD, 4 numbers: (2, 2)" in text
    assert "-> AdamW, 3 numbers: (3,)" in text
    assert not is_matrix("weight", torch.ones(1, 2, 3))


def test_a_route_may_be_left_over_but_a_pattern_that_fits_no_name_is_a_mistake() -> None:
    model = network()
    optimizer = OptimizerGroup(model.named_parameters(), {"*": optim.SGD, "0.*": optim.AdamW})
    assert len(optimizer.optimizers) == 1
    with pytest.raises(ValueError, match=r"no parameter has a name like '0.wieght'; there are 0.weight, 0.bias"):
        OptimizerGroup(model.named_parameters(), {"0.wieght": optim.SGD, "*": optim.AdamW})
    with pytest.raises(ValueError, match=r"they have none: give model.named_parameters\(\)"):
        OptimizerGroup(model.parameters(), {"0.*": optim.SGD, "*": optim.AdamW})


def mistake(what: str, model: Any) -> Any:
    named = list(model.named_parameters())
    w = named[0][1]
    return {
        "no route": lambda: OptimizerGroup(named, {"*.weight": optim.SGD}),
        "no route, no names": lambda: OptimizerGroup(model.parameters(), {is_matrix: optim.SGD}),
        "twice": lambda: OptimizerGroup([*named, ("again", w)], {"again": optim.SGD, "*": optim.AdamW}),
        "some names": lambda: OptimizerGroup([named[0], named[1][1]], {"*": optim.SGD}),
        "nothing": lambda: OptimizerGroup([], {"*": optim.SGD}),
        "a set": lambda: OptimizerGroup(set(model.parameters()), {"*": optim.SGD}),
        "groups": lambda: OptimizerGroup([{"params": [w]}], {"*": optim.SGD}),  # type: ignore[arg-type]
        "no optimizer": lambda: OptimizerGroup(named, {"*": list}),
        "others": lambda: OptimizerGroup(named, {"*": lambda ps: optim.SGD(ps[:1])}),
        "closures": lambda: OptimizerGroup(named, {"*": lambda ps: optim.SAM(optim.SGD(ps))}),
        "more": lambda: routed(model).add_param_group({"params": [torch.ones(1)]}),
        "around": lambda: optim.Lookahead(routed(model)).add_param_group({"params": [torch.ones(1)]}),
        "another tensor": lambda: routed(model).explain(torch.ones(1)),
    }[what]


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ("no route", ValueError, "no route for 0.bias, 2.bias; a last one of"),
        ("no route, no names", ValueError, r"no route for number 1, of shape \(4,\), number 3"),
        ("twice", ValueError, "duplicate parameters"),
        ("some names", ValueError, "Some param names are missing"),
        ("nothing", ValueError, "empty parameter list"),
        ("a set", TypeError, "sets"),
        ("groups", TypeError, "one of the params is dict"),
        ("no optimizer", TypeError, r"what '\*' leads to made list, not an optimizer"),
        ("others", ValueError, "has not just the parameters it was given"),
        ("closures", TypeError, "which SAM would have to do too"),
        ("more", TypeError, "takes no more parameters"),
        ("around", TypeError, "takes no more parameters"),
        ("another tensor", ValueError, "not one of the optimizer's parameters"),
    ],
)
def test_mistakes_are_told(what: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        mistake(what, network())()


def test_a_resumed_run_is_bit_equal() -> None:
    model, other = network(), network(1)
    optimizer, resumed = routed(model), routed(other)
    for _ in range(3):
        optimizer.step(closure_of(model, optimizer))
    optimizer.param_groups[1]["lr"] = 0.05
    saved = optimizer.state_dict()
    other.load_state_dict(model.state_dict())
    resumed.load_state_dict(saved)
    for _ in range(3):
        optimizer.step(closure_of(model, optimizer))
        resumed.step(closure_of(other, resumed))
    assert_equal(values(list(model.parameters())), values(list(other.parameters())))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda saved: {}, "holds 'inner'"),
        (lambda saved: {**saved, "optimizer": "SGD"}, "is of SGD, not of OptimizerGroup"),
        (lambda saved: {**saved, "inner": saved["inner"][:2]}, "is of 2 optimizers, here are 3"),
        (lambda saved: {**saved, "inner": [*saved["inner"][:2], saved["inner"][0]]}, "is of Lion, not of AdamW"),
    ],
)
def test_a_state_dict_that_does_not_fit_changes_nothing(spoil: Any, words: str) -> None:
    model = network()
    optimizer = routed(model)
    optimizer.step(closure_of(model, optimizer))
    saved = spoil(optimizer.state_dict())
    optimizer.step(closure_of(model, optimizer))
    optimizer.param_groups[0]["lr"] = 0.5
    before = repr(optimizer.state_dict())
    with pytest.raises(ValueError, match=words):
        optimizer.load_state_dict(saved)
    assert repr(optimizer.state_dict()) == before


def test_a_scheduler_drives_all_of_them() -> None:
    model = network()
    optimizer = routed(model)
    scheduler = StepLR(optimizer, 1, gamma=0.5)
    optimizer.step(closure_of(model, optimizer))
    scheduler.step()
    assert [o.param_groups[0]["lr"] for o in optimizer.optimizers] == [0.005, 0.05, 5e-4]


def test_looking_inside_goes_to_the_optimizer_of_the_parameter() -> None:
    model = network()
    named = dict(model.named_parameters())
    keep: Any = partial(optim.SGD, lr=0.1, keep_steps=True)
    optimizer = OptimizerGroup(model.named_parameters(), {"*.bias": partial(optim.AdamW, keep_steps=True), "*": keep})
    optimizer.step(closure_of(model, optimizer))
    assert optimizer.explain(named["0.weight"]).startswith("SGD, step 2")
    assert optimizer.explain().startswith("AdamW, step 2")
    insights = optimizer.introspect()
    assert set(insights) == set(named.values())
    np.testing.assert_allclose(insights[named["0.weight"]].effective_lr, 0.1)
