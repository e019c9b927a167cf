"""The table of derivatives, tested from its own rows: each is called on its examples in every way the engine can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import grad, gradcheck, gradgradcheck
from tinygrad_opt.autograd.table import TABLE

from .examples import EXAMPLES, Example

DIFFERENTIABLE = {op for op in TABLE.values() if op.rules}
CASES = [
    pytest.param(example, id=f"{op.fn.__name__}-{i}")
    for op, examples in EXAMPLES.items()
    for i, example in enumerate(examples)
]


def tensors(arrays: tuple[Any, ...], dtype: Any = np.float64) -> list[Any]:
    return [torch.tensor(array, dtype=dtype, requires_grad=True) for array in arrays]


def gradients(fn: Any, inputs: list[Any], create_graph: bool = False) -> list[Any]:
    y = fn(*inputs)
    weights = torch.tensor(np.cos(np.arange(y.numel())).reshape(tuple(y.shape)), dtype=y.dtype)
    return list(grad(y, inputs, weights, create_graph=create_graph))


def nodes(y: Any) -> Iterator[Any]:
    stack = [y.grad_fn]
    while stack:
        node = stack.pop()
        if hasattr(node, "plan"):
            yield node
            stack += [edge for edge in node.edges if edge is not None]


def test_every_row_has_an_example_that_uses_it() -> None:
    assert set(EXAMPLES) == DIFFERENTIABLE
    for op, examples in EXAMPLES.items():
        for fn, *arrays in examples:
            used = {node.plan.op for node in nodes(fn(*tensors(tuple(arrays))))}
            assert op in used or len(examples) > 1, f"{op} is not recorded by its example"
        assert any(op in {n.plan.op for n in nodes(fn(*tensors(tuple(xs))))} for fn, *xs in examples), op


@pytest.mark.parametrize("example", CASES)
def test_gradients_are_those_of_finite_differences(example: Example) -> None:
    fn, *arrays = example
    assert gradcheck(fn, tensors(tuple(arrays)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("example", CASES)
def test_second_gradients_are_those_of_finite_differences(example: Example) -> None:
    fn, *arrays = example
    assert gradgradcheck(fn, tensors(tuple(arrays)), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("example", CASES)
def test_a_row_gives_the_same_numbers_on_arrays_and_on_tensors(example: Example) -> None:
    fn, *arrays = example
    on_arrays = gradients(fn, tensors(tuple(arrays)))
    on_tensors = gradients(fn, tensors(tuple(arrays)), create_graph=True)
    for a, b in zip(on_arrays, on_tensors, strict=True):
        np.testing.assert_allclose(a.numpy(), b.detach().numpy(), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("example", CASES)
@pytest.mark.parametrize("create_graph", [False, True])
def test_float32_stays_float32(example: Example, create_graph: bool) -> None:
    fn, *arrays = example
    inputs = tensors(tuple(arrays), np.float32)
    assert fn(*inputs).dtype == np.float32
    assert [g.dtype for g in gradients(fn, inputs, create_graph)] == [np.float32] * len(inputs)


@pytest.mark.parametrize("example", CASES)
def test_inputs_that_are_not_contiguous_give_the_same_gradients(example: Example) -> None:
    fn, *arrays = example
    strided = [
        torch.from_numpy(np.repeat(a[..., None], 2, -1)[..., 0]).requires_grad_() for a in map(np.asarray, arrays)
    ]
    for a, b in zip(gradients(fn, tensors(tuple(arrays))), gradients(fn, strided), strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("example", CASES)
def test_gradients_share_no_memory_and_nothing_is_written_to(example: Example) -> None:
    fn, *arrays = example
    inputs = tensors(tuple(arrays))
    y = fn(*inputs)
    before = [x.detach().clone().numpy() for x in [*inputs, y]]
    weights = torch.ones(y.shape, dtype=y.dtype)
    y.backward(weights)
    for x, was in zip([*inputs, y], before, strict=True):
        np.testing.assert_array_equal(x.detach().numpy(), was)
    assert bool((weights == 1).all())
    memory = [x.detach().numpy() for x in [*inputs, *[x.grad for x in inputs], y, weights]]
    owned = memory[len(inputs) : 2 * len(inputs)]
    for i, a in enumerate(owned):
        others = memory[: len(inputs)] + owned[:i] + owned[i + 1 :] + memory[2 * len(inputs) :]
        assert not any(np.shares_memory(a, b) for b in others)


@pytest.mark.parametrize("op", sorted(DIFFERENTIABLE, key=lambda op: op.fn.__name__), ids=lambda op: op.fn.__name__)
def test_only_views_share_memory_with_their_input(op: Any) -> None:
    for fn, *arrays in EXAMPLES[op]:
        inputs = tensors(tuple(arrays))
        y = fn(*inputs)
        if y.grad_fn.plan.op is op and not op.view:
            assert not any(np.shares_memory(y.detach().numpy(), x.detach().numpy()) for x in inputs)
