"""Every optimizer's steps against torch's, over a spread of options, in float64 and float32."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt.optim.optimizer import Options, OwnOptions

torch = pytest.importorskip("torch")

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.9}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.001, "momentum": 0.5, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"lr": 0.01, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("RMSprop", {"lr": 1e-3, "centered": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-4, "weight_decay": 0.1}),
    ("Adam", {"amsgrad": True, "lr": 0.05}),
    ("Adam", {"maximize": True}),
    ("Adam", {"decoupled_weight_decay": True, "weight_decay": 0.1}),
    ("Adam", {"foreach": True, "capturable": False}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-4, "weight_decay": 0.3}),
    ("AdamW", {"amsgrad": True, "lr": 0.05}),
    ("AdamW", {"maximize": True, "weight_decay": 0}),
]
SHAPES = [(3, 4), (5,), (), (40, 700), (1, 2, 3)]


def run(
    lib: Any, name: str, options: dict[str, Any], dtype: type, steps: int, absent: bool, groups: bool = False
) -> list[Any]:
    rng = np.random.default_rng(3)
    starts = [rng.normal(size=shape).astype(dtype) for shape in SHAPES]
    noise = [[rng.normal(size=shape).astype(dtype) for shape in SHAPES] for _ in range(steps)]
    params = [lib.tensor(np.array(start), requires_grad=True) for start in starts]
    given: Any = params
    if groups:
        given = [{"params": params[:2]}, {"params": params[2:], "lr": 0.003, "weight_decay": 0.2}]
    optimizer = getattr(lib.optim, name)(given, **options)
    for step in range(steps):
        for i, p in enumerate(params):
            p.grad = lib.tensor(np.asarray(p.detach().numpy() * 0.3 + noise[step][i]))
            if absent and (step + i) % 3 == 0:
                p.grad = None
        optimizer.step()
        if step == steps // 2:
            optimizer.param_groups[0]["lr"] *= 0.5
    return [p.detach().numpy() for p in params]


@pytest.mark.parametrize(("name", "options"), OPTIONS)
@pytest.mark.parametrize("absent", [False, True])
def test_fifty_steps_equal_torchs(name: str, options: dict[str, Any], absent: bool) -> None:
    for ours, theirs in zip(
        run(tinygrad_opt, name, options, np.float64, 50, absent),
        run(torch, name, options, np.float64, 50, absent),
        strict=True,
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_groups_have_hyper_parameters_of_their_own(name: str) -> None:
    arguments = (name, {"lr": 0.02}, np.float64, 20, False, True)
    for ours, theirs in zip(run(tinygrad_opt, *arguments), run(torch, *arguments), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_float32_steps_stay_close_to_torchs(name: str) -> None:
    for ours, theirs in zip(
        run(tinygrad_opt, name, {"lr": 0.01}, np.float32, 20, True),
        run(torch, name, {"lr": 0.01}, np.float32, 20, True),
        strict=True,
    ):
        assert ours.dtype == np.float32
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


BAD: list[tuple[str, Any]] = [
    ("empty", lambda lib, t: lib.optim.SGD([])),
    ("a tensor", lambda lib, t: lib.optim.SGD(t)),
    ("a set", lambda lib, t: lib.optim.SGD([{"params": {t}}])),
    ("not a tensor", lambda lib, t: lib.optim.SGD([1.0])),
    ("a computed tensor", lambda lib, t: lib.optim.SGD([t * 1])),
    ("twice", lambda lib, t: lib.optim.SGD([{"params": [t]}, {"params": [t]}])),
    ("lr", lambda lib, t: lib.optim.SGD([t], lr=-1.0)),
    ("momentum", lambda lib, t: lib.optim.SGD([t], momentum=-0.5)),
    ("weight_decay", lambda lib, t: lib.optim.SGD([t], weight_decay=-0.5)),
    ("nesterov", lambda lib, t: lib.optim.SGD([t], nesterov=True)),
    ("beta1", lambda lib, t: lib.optim.Adam([t], betas=(1.0, 0.9))),
    ("beta2", lambda lib, t: lib.optim.AdamW([t], betas=(0.9, -0.1))),
    ("eps", lambda lib, t: lib.optim.Adam([t], eps=-1e-8)),
    ("alpha", lambda lib, t: lib.optim.RMSprop([t], alpha=-1.0)),
    ("lr_decay", lambda lib, t: lib.optim.Adagrad([t], lr_decay=-1.0)),
    ("accumulator", lambda lib, t: lib.optim.Adagrad([t], initial_accumulator_value=-1.0)),
    ("names", lambda lib, t: lib.optim.SGD([("a", t), lib.ones(1)])),
    ("foreach and fused", lambda lib, t: lib.optim.Adam([t], foreach=True, fused=True)),
    ("fused and differentiable", lambda lib, t: lib.optim.SGD([t], fused=True, differentiable=True)),
    ("lr of two elements", lambda lib, t: lib.optim.Adam([t], lr=lib.tensor([0.1, 0.2]))),
    ("unknown", lambda lib, t: lib.optim.SGD([t], learning_rate=1.0)),
]


@pytest.mark.parametrize(("what", "make"), BAD, ids=[what for what, _ in BAD])
def test_bad_input_raises_torchs_exception(what: str, make: Any) -> None:
    errors = []
    for lib in (tinygrad_opt, torch):
        with pytest.raises((ValueError, TypeError, RuntimeError)) as caught:
            make(lib, lib.ones(2, requires_grad=True))
        errors.append(caught)
    assert errors[0].type is errors[1].type
    if what not in ("unknown", "names", "a tensor"):
        theirs = str(errors[1].value)
        assert str(errors[0].value).startswith(theirs[: min(len(theirs), 40)])


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_arguments_have_torchs_names_order_and_defaults(name: str) -> None:
    ours = inspect.signature(getattr(tinygrad_opt.optim, name)).parameters
    theirs = inspect.signature(getattr(torch.optim, name)).parameters
    positional = [p.name for p in theirs.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in ours.values() if p.kind is p.POSITIONAL_OR_KEYWORD] == positional
    options = {**Options.__annotations__, **OwnOptions.__annotations__}
    for parameter in theirs.values():
        assert parameter.name in ours or parameter.name in options
        if parameter.name in ours:
            assert ours[parameter.name].default == parameter.default
