"""Sequences of numbers lie within a rounding error of PyTorch's, whose own depend on the processor."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")
rng = np.random.default_rng(0)
RANGES = [(*rng.normal(size=2) * 10.0 ** rng.integers(-3, 5), int(rng.integers(2, 300))) for _ in range(200)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sequences_are_within_a_rounding_error_of_pytorchs(dtype: str) -> None:
    ours, theirs = getattr(tinygrad_opt, dtype), getattr(torch, dtype)
    for start, end, steps in RANGES:
        ulp = np.spacing(np.array(max(abs(start), abs(end)), dtype))
        a, b = tinygrad_opt.linspace(start, end, steps, dtype=ours), torch.linspace(start, end, steps, dtype=theirs)
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0, atol=ulp)
        step = (end - start) / steps * 0.97
        a, b = tinygrad_opt.arange(start, end, step, dtype=ours), torch.arange(start, end, step, dtype=theirs)
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=0, atol=2 * ulp)
        start, end = np.clip([start, end], -30, 30).tolist()
        a, b = tinygrad_opt.logspace(start, end, steps, dtype=ours), torch.logspace(start, end, steps, dtype=theirs)
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=float(np.finfo(dtype).eps), atol=0)


def test_sequences_of_integers_are_pytorchs() -> None:
    for start, end in [(0, 10), (-7, 8), (10, -10), (-100, 100)]:
        for step in [1, 3, -2, 7]:
            if (end - start) * step > 0:
                for dtype in ["int8", "int16", "int32", "int64"]:
                    a = tinygrad_opt.arange(start, end, step, dtype=getattr(tinygrad_opt, dtype))
                    b = torch.arange(start, end, step, dtype=getattr(torch, dtype))
                    np.testing.assert_array_equal(a.numpy(), b.numpy())
                    assert a.numpy().dtype == b.numpy().dtype
