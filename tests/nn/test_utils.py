"""Clipping in place against torch.nn.utils."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

SHAPES: list[tuple[int, ...]] = [(3, 4), (5,), (), (2, 0)]
FUNCTIONS: list[tuple[str, Any]] = [
    *[
        (f"norm {order} to {size}", lambda lib, ps, o=order, s=size: lib.nn.utils.clip_grad_norm_(ps, s, o))
        for order in (2.0, 1.0, 3.0, 0.5)
        for size in (0.5, 2, 100.0)
    ],
    ("inf", lambda lib, ps: lib.nn.utils.clip_grad_norm_(ps[:3], 0.5, math.inf)),
    ("one tensor", lambda lib, ps: lib.nn.utils.clip_grad_norm_(ps[0], 0.5)),
    ("a generator", lambda lib, ps: lib.nn.utils.clip_grad_norm_((p for p in ps), 0.5, foreach=False)),
    ("total", lambda lib, ps: lib.nn.utils.get_total_norm([p.grad for p in ps[:3]])),
    ("total of one", lambda lib, ps: lib.nn.utils.get_total_norm(ps[0].grad, norm_type=1)),
    ("none", lambda lib, ps: lib.nn.utils.get_total_norm([])),
    ("given", lambda lib, ps: lib.nn.utils.clip_grads_with_norm_(ps, 0.5, lib.tensor(3.0))),
    ("value", lambda lib, ps: lib.nn.utils.clip_grad_value_(ps, 0.5)),
    ("value of one", lambda lib, ps: lib.nn.utils.clip_grad_value_(ps[1], 0)),
]


def parameters(lib: Any, dtype: Any, special: float | None = None) -> list[Any]:
    rng = np.random.default_rng(0)
    params = []
    for shape in SHAPES:
        p = lib.tensor(np.zeros(shape, dtype), requires_grad=True)
        p.grad = lib.tensor(np.asarray(rng.normal(size=shape), dtype))
        params.append(p)
    if special is not None:
        params[1].grad[2] = special
    return [*params, lib.tensor(np.zeros(2, dtype), requires_grad=True)]


@pytest.mark.parametrize(("what", "call"), FUNCTIONS, ids=[what for what, _ in FUNCTIONS])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("special", [None, math.nan, math.inf])
def test_clipping_equals_torchs(what: str, call: Any, dtype: Any, special: float | None) -> None:
    results = []
    for lib in (tinygrad_opt, torch):
        params = parameters(lib, dtype, special)
        result = call(lib, params)
        arrays = [] if result is None else [result.numpy()]
        results.append(arrays + [p.grad.numpy() for p in params if p.grad is not None])
    for ours, theirs in zip(*results, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=1e-5 if dtype is np.float32 else 1e-12)


def test_a_norm_that_is_not_finite_raises_where_asked_and_changes_nothing() -> None:
    messages = []
    for lib in (tinygrad_opt, torch):
        params = parameters(lib, np.float64, math.nan)
        before = params[0].grad.numpy().copy()
        with pytest.raises(RuntimeError) as caught:
            lib.nn.utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
        messages.append(str(caught.value))
        np.testing.assert_array_equal(params[0].grad.numpy(), before)
    assert messages[0] == messages[1]


def test_a_clipped_gradient_is_what_the_step_uses() -> None:
    w = tinygrad_opt.tensor([3.0, 4.0], requires_grad=True)
    optimizer = tinygrad_opt.optim.SGD([w], lr=1.0)
    (w * w).sum().backward()
    tinygrad_opt.nn.utils.clip_grad_norm_([w], 1.0)
    optimizer.step()
    np.testing.assert_allclose(w.detach().numpy(), [2.4, 3.2], rtol=1e-6)


def test_the_norm_of_half_precision_does_not_overflow() -> None:
    w = tinygrad_opt.zeros(4, dtype=tinygrad_opt.float16, requires_grad=True)
    w.grad = tinygrad_opt.full((4,), 1000.0, dtype=tinygrad_opt.float16)
    total = tinygrad_opt.nn.utils.clip_grad_norm_([w], 1.0)
    assert total.dtype == tinygrad_opt.float16
    assert total.item() == 2000.0
    assert w.grad.tolist() == [0.5] * 4
