"""Every scheduler against torch's, over 500 steps and a spread of options, with one group and with two."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_opt
from tests.optim.test_lr_scheduler import BAD

torch = pytest.importorskip("torch")

STEPS = 500
Make = Callable[[Any, Any], Any]  # (the library, an optimizer) -> a scheduler


def optimizer(lib: Any, kind: str = "SGD", groups: int = 1) -> Any:
    given: list[Any] = [{"params": [lib.ones(2, requires_grad=True)]}]
    if groups == 2:
        given.append({"params": [lib.ones(3, requires_grad=True)], "lr": 0.03})
    return getattr(lib.optim, kind)(given, lr=0.1, **({"momentum": 0.9} if kind == "SGD" else {}))


def cases(name: str, *options: dict[str, Any]) -> list[Any]:
    module = "swa_utils" if name == "SWALR" else "lr_scheduler"
    return [
        pytest.param(
            lambda lib, opt, given=given: getattr(getattr(lib.optim, module), name)(opt, **given),
            id=f"{name}({', '.join(f'{k}={v}' for k, v in given.items() if not callable(v))})-{i}",
        )
        for i, given in enumerate(options)
    ]


def chained(*makers: tuple[str, dict[str, Any]]) -> Make:
    def make(lib: Any, opt: Any) -> Any:
        return lib.optim.lr_scheduler.ChainedScheduler(parts(lib, opt, makers), opt)

    return make


def sequence(milestones: list[int], *makers: tuple[str, dict[str, Any]]) -> Make:
    def make(lib: Any, opt: Any) -> Any:
        return lib.optim.lr_scheduler.SequentialLR(opt, parts(lib, opt, makers), milestones)

    return make


def parts(lib: Any, opt: Any, makers: Any) -> list[Any]:
    return [getattr(lib.optim.lr_scheduler, name)(opt, **given) for name, given in makers]


TRIANGLES: list[dict[str, Any]] = [
    {"base_lr": 0.01, "max_lr": 0.1},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 7},
    {"base_lr": 0.0, "max_lr": 0.1, "step_size_up": 5, "step_size_down": 11},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 50, "mode": "triangular2"},
    {"base_lr": 0.02, "max_lr": 0.3, "step_size_up": 20, "step_size_down": 3, "mode": "triangular2"},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 30, "mode": "exp_range", "gamma": 0.99},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 30, "mode": "exp_range", "gamma": 1.001},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 4, "cycle_momentum": False},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 9, "base_momentum": 0.5, "max_momentum": 0.99},
    {"base_lr": 0.1, "max_lr": 0.01, "step_size_up": 9},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 9, "scale_fn": lambda x: 1 / x},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 9, "scale_fn": lambda x: 0.9**x, "scale_mode": "iterations"},
    {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 6, "step_size_down": 0},
]
ONE_CYCLES: list[dict[str, Any]] = [
    {"max_lr": 0.1, "total_steps": STEPS},
    {"max_lr": 0.1, "total_steps": STEPS, "anneal_strategy": "linear"},
    {"max_lr": 0.1, "total_steps": STEPS, "pct_start": 0.1},
    {"max_lr": 0.1, "total_steps": STEPS, "pct_start": 0.0},
    {"max_lr": 0.1, "total_steps": STEPS, "pct_start": 0.9},
    {"max_lr": 0.1, "epochs": 50, "steps_per_epoch": 10},
    {"max_lr": 0.1, "total_steps": 700, "three_phase": True},
    {"max_lr": 0.1, "total_steps": STEPS, "three_phase": True, "pct_start": 0.45, "anneal_strategy": "linear"},
    {"max_lr": 0.1, "total_steps": STEPS, "div_factor": 4.0, "final_div_factor": 10.0},
    {"max_lr": 0.1, "total_steps": STEPS, "cycle_momentum": False},
    {"max_lr": 0.1, "total_steps": STEPS, "base_momentum": 0.5, "max_momentum": 0.99},
]
CASES: list[Any] = [
    *cases(
        "LambdaLR",
        {"lr_lambda": lambda k: 1.0},
        {"lr_lambda": lambda k: 0.95**k},
        {"lr_lambda": lambda k: 1 / (1 + k)},
        {"lr_lambda": lambda k: min(1.0, (k + 1) / 100)},
        {"lr_lambda": lambda k: 0.5 * (1 + math.cos(k))},
        {"lr_lambda": lambda k: 0.0},
        {"lr_lambda": lambda k: k % 7},
        {"lr_lambda": lambda k: 2},
        {"lr_lambda": lambda k: (k < 100) + 0.1},
        {"lr_lambda": lambda k: math.sqrt(k)},
    ),
    *cases(
        "MultiplicativeLR",
        {"lr_lambda": lambda k: 1.0},
        {"lr_lambda": lambda k: 0.95},
        {"lr_lambda": lambda k: 0.999},
        {"lr_lambda": lambda k: 1.01},
        {"lr_lambda": lambda k: k / (k + 1)},
        {"lr_lambda": lambda k: 0.5 if k % 100 == 0 else 1.0},
        {"lr_lambda": lambda k: 0.0},
        {"lr_lambda": lambda k: 2 if k % 2 else 0.5},
        {"lr_lambda": lambda k: 0.0 if k == 300 else 1.0},
        {"lr_lambda": lambda k: 1},
    ),
    *cases(
        "StepLR",
        *({"step_size": n} for n in (1, 2, 3, 30, 499, 500, 1000)),
        *({"step_size": 50, "gamma": gamma} for gamma in (0.0, 0.5, 0.97, 1.0, 1.1)),
    ),
    *cases(
        "MultiStepLR",
        *({"milestones": m} for m in ([], [1], [30, 80], [0, 5], [80, 30], [5, 5, 9], [7, 7, 7], [600], [499, 500])),
        {"milestones": [10, 20, 30], "gamma": 0.5},
        {"milestones": (100, 200, 200), "gamma": 0.9},
        {"milestones": [3], "gamma": 2.0},
    ),
    *cases(
        "ConstantLR",
        {},
        *({"total_iters": n} for n in (1, 2, 100, 499, 1000)),
        *({"factor": f, "total_iters": 7} for f in (0.1, 0.5, 0.99, 1.0)),
    ),
    *cases(
        "LinearLR",
        {},
        *({"total_iters": n} for n in (1, 2, 100, 499, 1000)),
        *(
            {"start_factor": a, "end_factor": b, "total_iters": 60}
            for a, b in ((1e-3, 1), (1, 0), (0.5, 0.5), (1, 0.1))
        ),
    ),
    *cases("ExponentialLR", *({"gamma": g} for g in (0.0, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0, 1.001, 1.01))),
    *cases(
        "PolynomialLR",
        {},
        *({"total_iters": n} for n in (1, 2, 100, 1000)),
        *({"total_iters": 300, "power": p} for p in (0.5, 0.9, 2.0, 3.0, 0.0)),
    ),
    *cases(
        "CosineAnnealingLR",
        *({"T_max": t} for t in (1, 2, 3, 10, 50, 499, 500, 1000)),
        *({"T_max": 60, "eta_min": e} for e in (0.001, 0.03, 0.1, 0.5)),
    ),
    *cases(
        "CosineAnnealingWarmRestarts",
        *({"T_0": t} for t in (1, 2, 10, 100, 1000)),
        *({"T_0": t, "T_mult": m} for t, m in ((1, 2), (10, 2), (7, 3))),
        *({"T_0": 25, "T_mult": 2, "eta_min": e} for e in (0.001, 0.1, 1)),
    ),
    *cases("CyclicLR", *TRIANGLES),
    *cases("OneCycleLR", *ONE_CYCLES),
    *cases(
        "SWALR",
        {"swa_lr": 0.05},
        *({"swa_lr": 0.05, "anneal_epochs": n} for n in (1, 2, 9, 100, 1000)),
        *({"swa_lr": 0.5, "anneal_epochs": n, "anneal_strategy": "linear"} for n in (1, 7, 100, 499)),
    ),
    *(
        pytest.param(make, id=f"ChainedScheduler-{i}")
        for i, make in enumerate(
            [
                chained(("ExponentialLR", {"gamma": 0.9})),
                chained(("ConstantLR", {"factor": 0.1, "total_iters": 2}), ("ExponentialLR", {"gamma": 0.9})),
                chained(("ExponentialLR", {"gamma": 0.99}), ("MultiStepLR", {"milestones": [30, 80]})),
                chained(("StepLR", {"step_size": 30}), ("ConstantLR", {"total_iters": 20})),
                chained(("LinearLR", {"total_iters": 50}), ("StepLR", {"step_size": 100, "gamma": 0.5})),
                chained(("LinearLR", {}), ("PolynomialLR", {"total_iters": 200})),
                chained(("LinearLR", {}), ("ExponentialLR", {"gamma": 0.99}), ("StepLR", {"step_size": 60})),
                chained(("CosineAnnealingLR", {"T_max": 600}), ("ExponentialLR", {"gamma": 0.999})),
                chained(("LambdaLR", {"lr_lambda": lambda k: 0.99**k})),
                chained(("MultiplicativeLR", {"lr_lambda": lambda k: 0.99}), ("StepLR", {"step_size": 50})),
            ]
        )
    ),
    *(
        pytest.param(make, id=f"SequentialLR-{i}")
        for i, make in enumerate(
            [
                sequence([], ("StepLR", {"step_size": 30})),
                sequence([5], ("LinearLR", {"start_factor": 0.1}), ("CosineAnnealingLR", {"T_max": 495})),
                sequence([20], ("ConstantLR", {"factor": 0.1, "total_iters": 20}), ("ExponentialLR", {"gamma": 0.9})),
                sequence([50], ("LinearLR", {"total_iters": 50}), ("StepLR", {"step_size": 100})),
                sequence([50], ("LinearLR", {"total_iters": 20}), ("MultiStepLR", {"milestones": [30, 80]})),
                sequence([50], ("LinearLR", {"total_iters": 50}), ("PolynomialLR", {"total_iters": 400, "power": 2})),
                sequence([50], ("ExponentialLR", {"gamma": 0.9}), ("LambdaLR", {"lr_lambda": lambda k: 0.5})),
                sequence([50], ("LinearLR", {}), ("CosineAnnealingWarmRestarts", {"T_0": 30, "T_mult": 2})),
                sequence([9, 99], ("LinearLR", {}), ("StepLR", {"step_size": 9}), ("ConstantLR", {"total_iters": 3})),
                sequence(
                    [100, 400], ("LinearLR", {}), ("ConstantLR", {"factor": 1.0}), ("PolynomialLR", {"total_iters": 99})
                ),
            ]
        )
    ),
]


def curve(lib: Any, make: Make, kind: str = "SGD", groups: int = 1, steps: int = STEPS) -> list[list[float]]:
    opt = optimizer(lib, kind, groups)
    scheduler = make(lib, opt)
    rows = []
    for _ in range(steps):
        assert scheduler.get_last_lr() == [group["lr"] for group in opt.param_groups]
        momentum = [group["betas"][0] if "betas" in group else group["momentum"] for group in opt.param_groups]
        rows.append([*scheduler.get_last_lr(), *momentum])
        opt.step()
        scheduler.step()
    return rows


def assert_close(ours: list[list[float]], theirs: list[list[float]]) -> None:
    for k, (row, expected) in enumerate(zip(ours, theirs, strict=True)):
        assert row == pytest.approx(expected, rel=1e-12, abs=1e-12), f"at step {k}"


@pytest.mark.filterwarnings("ignore:The epoch parameter")  # which torch itself passes on
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("make", CASES)
def test_the_curve_is_torchs(make: Make, groups: int) -> None:
    assert_close(curve(tinygrad_opt, make, groups=groups), curve(torch, make, groups=groups))


@pytest.mark.parametrize("make", [*cases("CyclicLR", *TRIANGLES), *cases("OneCycleLR", *ONE_CYCLES)])
def test_the_first_beta_is_cycled_as_by_torch(make: Make) -> None:
    assert_close(curve(tinygrad_opt, make, "AdamW", 2), curve(torch, make, "AdamW", 2))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("LambdaLR", {"lr_lambda": [lambda k: 0.9**k, lambda k: 0.8**k]}),
        ("MultiplicativeLR", {"lr_lambda": [lambda k: 0.9, lambda k: 0.8]}),
        ("CyclicLR", {"base_lr": [0.1, 0.2], "max_lr": [0.3, 0.9], "step_size_up": 9, "base_momentum": [0.5, 0.6]}),
        ("OneCycleLR", {"max_lr": [0.1, 0.2], "total_steps": STEPS, "max_momentum": [0.9, 0.99]}),
    ],
)
def test_groups_have_values_of_their_own(name: str, given: dict[str, Any]) -> None:
    def make(lib: Any, opt: Any) -> Any:
        return getattr(lib.optim.lr_scheduler, name)(opt, **given)

    assert_close(curve(tinygrad_opt, make, groups=2), curve(torch, make, groups=2))


METRICS: dict[str, list[float]] = {
    "falls": [1 / (k + 1) for k in range(STEPS)],
    "flat": [1.0] * STEPS,
    "waves": [math.cos(k / 9) + 1 / (k + 1) for k in range(STEPS)],
    "slow": [1 - 1e-5 * k for k in range(STEPS)],
    "nan": [math.nan if k % 3 else 1 / (k + 1) for k in range(STEPS)],
    "negative": [-math.log(k + 2) for k in range(STEPS)],
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"factor": 0.5},
        {"factor": 0.0, "patience": 100},
        {"patience": 0},
        {"patience": 3, "threshold": 0.01},
        {"patience": 3, "threshold": 1e-3, "threshold_mode": "abs"},
        {"patience": 2, "cooldown": 5},
        {"patience": 2, "min_lr": 0.01},
        {"patience": 2, "min_lr": [0.01, 0.02], "factor": 0.7},
        {"patience": 1, "eps": 1e-3},
    ],
)
def test_plateaus_are_found_as_by_torch(given: dict[str, Any], mode: str, metric: str) -> None:
    curves = []
    for lib in (tinygrad_opt, torch):
        opt = optimizer(lib, groups=2)
        scheduler = lib.optim.lr_scheduler.ReduceLROnPlateau(opt, mode=mode, **given)
        rows = []
        for value in METRICS[metric]:
            opt.step()
            scheduler.step(value)
            rows.append([*scheduler.get_last_lr(), scheduler.num_bad_epochs, scheduler.cooldown_counter])
        curves.append(rows)
    assert_close(*curves)


@pytest.mark.parametrize("given", [{"T_0": 3}, {"T_0": 3, "T_mult": 2}, {"T_0": 10, "eta_min": 0.01}])
def test_warm_restarts_take_fractions_of_epochs_as_torch_does(given: dict[str, Any]) -> None:
    curves = []
    for lib in (tinygrad_opt, torch):
        opt = optimizer(lib)
        scheduler = lib.optim.lr_scheduler.CosineAnnealingWarmRestarts(opt, **given)
        rows = []
        for k in range(200):
            opt.step()
            scheduler.step(0.13 * k)
            rows.append([*scheduler.get_last_lr(), scheduler.last_epoch, scheduler.T_i])
        for _ in range(50):
            scheduler.step()
            rows.append(scheduler.get_last_lr())
        curves.append(rows)
    assert_close(*curves)


SIMPLE = ("StepLR", "MultiStepLR", "ConstantLR", "LinearLR", "ExponentialLR", "PolynomialLR", "CosineAnnealingLR")


@pytest.mark.filterwarnings("ignore:The epoch parameter")
@pytest.mark.parametrize("make", [case for case in CASES if str(case.id).startswith(SIMPLE)])
def test_an_epoch_may_be_named_as_in_torch(make: Make) -> None:
    found = []
    for lib in (tinygrad_opt, torch):
        opt = optimizer(lib)
        scheduler = make(lib, opt)
        opt.step()
        scheduler.step(17)
        found.append(scheduler.get_last_lr())
    assert found[0] == pytest.approx(found[1], rel=1e-12)


@pytest.mark.parametrize(
    "make", [case for case in CASES if str(case.id).startswith((*SIMPLE, "LambdaLR", "Multiplicative", "CosineAnn"))]
)
def test_a_state_dict_of_torch_is_taken(make: Make) -> None:
    opt = optimizer(torch)
    theirs = make(torch, opt)
    for _ in range(35):
        opt.step()
        theirs.step()
    opt = optimizer(tinygrad_opt)
    ours = make(tinygrad_opt, opt)
    ours.load_state_dict(theirs.state_dict())
    assert ours.get_last_lr() == theirs.get_last_lr()
    theirs.step()
    opt.step()
    ours.step()
    assert ours.get_last_lr() == pytest.approx(theirs.get_last_lr(), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("make", "error", "message"), BAD)
def test_bad_input_is_refused_in_the_same_words(make: Any, error: type[Exception], message: str) -> None:
    """tests/optim asks the same of ours."""
    with pytest.raises(error) as caught:
        make(torch.optim.lr_scheduler, optimizer(torch, groups=2))
    assert message in str(caught.value)
