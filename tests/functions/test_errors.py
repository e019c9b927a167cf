"""Bad input: the right class of exception, a text that names the operation and its input, and nothing written."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.nn import functional as F

F23, F24, F32 = torch.ones(2, 3), torch.ones(2, 4), torch.ones(3, 2)
F3, F4, F0 = torch.ones(3), torch.ones(4), torch.ones(())
INTS, MASK = torch.tensor([1, 2, 3]), torch.tensor([True, False, True])
EMPTY = torch.ones(0, 2)

# The call, the class, and pieces of the text.
CASES: list[tuple[Callable[[], Any], type[Exception], list[str]]] = [
    # two operands
    (
        lambda: F23 + F24,
        RuntimeError,
        ["size of tensor a (3)", "tensor b (4)", "dimension 1", "add()", "(2, 3) and (2, 4)"],
    ),
    (lambda: F23 - F4, RuntimeError, ["sub()", "(2, 3) and (4,)"]),
    (lambda: F23 * F4, RuntimeError, ["mul()", "(2, 3) and (4,)"]),
    (lambda: F23 / F4, RuntimeError, ["div()", "(2, 3) and (4,)"]),
    (lambda: F23**F4, RuntimeError, ["pow()", "(2, 3) and (4,)"]),
    (lambda: F23 < F4, RuntimeError, ["lt()", "(2, 3) and (4,)"]),
    (lambda: torch.maximum(F23, F4), RuntimeError, ["maximum()", "(2, 3) and (4,)"]),
    (lambda: torch.atan2(F23, F4), RuntimeError, ["atan2()", "(2, 3) and (4,)"]),
    (lambda: F23 + "a", TypeError, ["add()", "str"]),
    (lambda: None - F23, TypeError, ["sub()", "NoneType"]),
    (lambda: F3 * [1.0, 2.0, 3.0], TypeError, ["mul()", "list"]),
    (lambda: torch.mul(F3, "a"), TypeError, ["mul()", "str"]),
    (lambda: torch.tensor([2]) ** -1, RuntimeError, ["pow()"]),
    (lambda: F3 & MASK, NotImplementedError, ["bitwise_and()", "floating"]),
    (lambda: MASK | 1.5, NotImplementedError, ["bitwise_or()", "floating"]),
    (lambda: F3 ^ F3, NotImplementedError, ["bitwise_xor()", "floating"]),
    (lambda: ~F3, NotImplementedError, ["bitwise_not()", "floating"]),
    (lambda: torch.clamp(F3), RuntimeError, ["clamp()", "min", "max"]),
    (lambda: torch.clamp(F3, F4), RuntimeError, ["(3,) and (4,)"]),
    (lambda: torch.div(F3, 2, rounding_mode="up"), RuntimeError, ["div()", "rounding_mode", "'up'"]),
    (lambda: torch.where(INTS, 1.0, 2.0), RuntimeError, ["where()", "boolean", "int64"]),
    (lambda: torch.where(MASK, F4, F4), RuntimeError, ["where()", "(4,)", "(3,)"]),
    # functions of one tensor
    (lambda: torch.exp(1.0), TypeError, ["exp()", "float", "tensor("]),
    (lambda: torch.relu([1.0]), TypeError, ["relu()", "list"]),
    (lambda: torch.tensor("a"), TypeError, ["tensor()", "str"]),
    # reductions
    (lambda: torch.sum(F23, 2), IndexError, ["sum()", "Dimension out of range", "[-2, 1]", "got 2"]),
    (lambda: torch.sum(F23, -3), IndexError, ["sum()", "got -3"]),
    (lambda: F23.sum((0, 2)), IndexError, ["sum()", "got 2"]),
    (lambda: F23.sum((0, 0)), RuntimeError, ["sum()", "multiple times", "(0, 0)"]),
    (lambda: F23.sum((0, -2)), RuntimeError, ["sum()", "multiple times"]),
    (lambda: F23.sum(dim=0, axis=0), TypeError, ["sum()", "dim", "axis"]),
    (lambda: F0.sum(1), IndexError, ["sum()", "[-1, 0]"]),
    (lambda: torch.mean(INTS), RuntimeError, ["mean()", "int64", "float()"]),
    (lambda: torch.var(INTS), RuntimeError, ["var()", "int64"]),
    (lambda: torch.std(F3, 1), IndexError, ["std()", "got 1"]),
    (lambda: torch.norm(INTS), RuntimeError, ["norm()", "int64"]),
    (lambda: torch.norm(F3, "nuc"), RuntimeError, ["norm()", "'nuc'"]),
    (lambda: torch.norm(EMPTY, math.inf), RuntimeError, ["norm()", "(0, 2)"]),
    (lambda: torch.max(EMPTY), RuntimeError, ["max()", "(0, 2)"]),
    (lambda: torch.max(EMPTY, 0), IndexError, ["max()", "(0, 2)"]),
    (lambda: torch.min(EMPTY, 0), IndexError, ["min()", "(0, 2)"]),
    (lambda: torch.amax(EMPTY), RuntimeError, ["amax()", "(0, 2)"]),
    (lambda: torch.amin(EMPTY, 0), IndexError, ["amin()", "(0, 2)"]),
    (lambda: torch.argmax(EMPTY), IndexError, ["argmax()", "(0, 2)"]),
    (lambda: torch.argmin(EMPTY, 0), IndexError, ["argmin()", "(0, 2)"]),
    (lambda: torch.max(F3, 1), IndexError, ["max()", "got 1"]),
    (lambda: torch.softmax(INTS, 0), NotImplementedError, ["softmax()", "int64"]),
    (lambda: torch.log_softmax(F3, 1), IndexError, ["log_softmax()", "got 1"]),
    (lambda: torch.logsumexp(F3, 1), IndexError, ["logsumexp()", "got 1"]),
    (lambda: torch.cumsum(F3, -2), IndexError, ["cumsum()", "got -2"]),
    (lambda: torch.prod(F3, 1), IndexError, ["prod()", "got 1"]),
    (lambda: torch.any(F3, 1), IndexError, ["any()", "got 1"]),
    # shapes
    (lambda: F23.view(4), RuntimeError, ["shape '[4]' is invalid for input of size 6", "(2, 3)"]),
    (lambda: F23.reshape(-1, -1), RuntimeError, ["reshape()", "only one dimension can be inferred", "[-1, -1]"]),
    (lambda: F23.reshape(4, -1), RuntimeError, ["[4, -1]", "size 6"]),
    (lambda: F23.reshape(-2, 3), RuntimeError, ["[-2, 3]"]),
    (lambda: EMPTY.reshape(-1, 0), RuntimeError, ["[-1, 0]"]),
    (lambda: F23.reshape("a"), TypeError, ["str"]),
    (lambda: F23.T.view(6), RuntimeError, ["view size is not compatible", "(3, 2)", "(6,)", ".reshape"]),
    (lambda: F23.permute(0), RuntimeError, ["permute()", "(0,)", "2"]),
    (lambda: F23.permute(0, 0), RuntimeError, ["permute()", "multiple times"]),
    (lambda: F23.transpose(0, 2), IndexError, ["transpose()", "got 2"]),
    (lambda: torch.ones(2, 3, 4).t(), RuntimeError, ["t()", "3D"]),
    (lambda: F3.mT, RuntimeError, ["tensor.mT", "matrices", "1-D"]),
    (lambda: F23.squeeze(2), IndexError, ["squeeze()", "got 2"]),
    (lambda: F23.unsqueeze(3), IndexError, ["unsqueeze()", "[-3, 2]", "got 3"]),
    (lambda: F23.expand(2, 4), RuntimeError, ["expand()", "[2, 4]", "[2, 3]"]),
    (lambda: F23.expand(3), RuntimeError, ["expand()", "[3]", "[2, 3]"]),
    (lambda: F23.expand(-1, 2, 3), RuntimeError, ["expand()", "(2, 3)"]),
    (lambda: F23.flatten(1, 0), RuntimeError, ["flatten()", "1", "0"]),
    (lambda: torch.cat([]), ValueError, ["cat()", "non-empty"]),
    (lambda: torch.cat([F23, F24]), RuntimeError, ["Expected size 3 but got size 4", "number 1", "cat()", "(2, 4)"]),
    (lambda: torch.cat([F23, F3]), RuntimeError, ["cat()", "(2, 3)", "(3,)"]),
    (lambda: torch.cat([F0, F0]), RuntimeError, ["cat()", "stack"]),
    (lambda: torch.cat([F3, 3]), TypeError, ["cat()", "element 1", "int"]),
    (lambda: torch.cat([F3], 1), IndexError, ["cat()", "got 1"]),
    (lambda: torch.stack([]), RuntimeError, ["stack", "non-empty"]),
    (lambda: torch.stack([F3, F4]), RuntimeError, ["stack", "[3]", "[4]", "entry 1"]),
    (lambda: torch.stack([F3, F3], 2), IndexError, ["stack()", "got 2"]),
    (lambda: torch.split(F4, 0), RuntimeError, ["split()", "split_size=0"]),
    (lambda: torch.split(F4, [1, 2]), RuntimeError, ["split", "[1, 2]", "4"]),
    (lambda: torch.split(F4, [5, -1]), RuntimeError, ["split", "[5, -1]"]),
    (lambda: torch.chunk(F4, 0), RuntimeError, ["chunk", "0"]),
    (lambda: torch.unbind(F0), IndexError, ["unbind()"]),
    (lambda: torch.narrow(F4, 0, 2, 3), RuntimeError, ["narrow()", "(2)", "(3)", "(4)"]),
    (lambda: torch.narrow(F4, 0, 5, 0), IndexError, ["narrow()", "got 5"]),
    (lambda: torch.flip(F4, [1]), IndexError, ["flip()", "got 1"]),
    (lambda: torch.flip(F4, [0, 0]), RuntimeError, ["flip()", "multiple times"]),
    (lambda: torch.roll(F4, (1, 2), 0), RuntimeError, ["roll()", "2", "1"]),
    (lambda: F23.repeat(2), RuntimeError, ["repeat()", "(2,)", "2, 3"]),
    (lambda: F.pad(F3, (1, 1, 1)), RuntimeError, ["pad()", "(1, 1, 1)"]),
    (lambda: F.pad(F3, (1, 1, 1, 1)), RuntimeError, ["pad()", "(1, 1, 1, 1)"]),
    (lambda: F.pad(F3, (-2, -2)), RuntimeError, ["pad()", "(-2, -2)"]),
    (lambda: F.pad(F3, (1, 1), "mirror"), NotImplementedError, ["padding mode", "mirror"]),
    (lambda: torch.tril(F3), RuntimeError, ["tril", "2 dimensions", "(3,)"]),
    (lambda: torch.triu(F3), RuntimeError, ["triu", "2 dimensions", "(3,)"]),
    (lambda: torch.diagonal(F23, 0, 1, 1), RuntimeError, ["diagonal()", "1, 1"]),
    (lambda: torch.diagonal(F3), IndexError, ["diagonal()", "got 1"]),
    (lambda: torch.movedim(F23, 0, 2), IndexError, ["movedim()", "got 2"]),
    (lambda: F3.size(1), IndexError, ["size()", "got 1"]),
    # reading
    (lambda: F3[3], IndexError, ["index 3 is out of bounds for dimension 0 with size 3"]),
    (lambda: F23[0, -4], IndexError, ["index -4 is out of bounds for dimension 1 with size 3"]),
    (lambda: F3[0, 0], IndexError, ["too many indices", "dimension 1"]),
    (lambda: F0[0], IndexError, ["0-dim tensor", "item()"]),
    (lambda: F23[[0, 2]], IndexError, ["index 2 is out of bounds for dimension 0 with size 2"]),
    (lambda: F23[:, torch.tensor([0, 3])], IndexError, ["index 3 is out of bounds for dimension 1 with size 3"]),
    (lambda: F23[torch.tensor([True])], IndexError, ["mask [1] at index 0", "[2, 3]"]),
    (lambda: F23[[0, 1], [0, 1, 2]], IndexError, ["getitem()", "(2,) (3,)"]),
    (lambda: F3[F3], IndexError, ["integers or booleans", "float32"]),
    (lambda: F3[1.0], IndexError, ["integers or booleans", "float"]),
    (lambda: F3["a"], TypeError, ["integers or booleans", "str"]),
    (lambda: F3[torch.tensor([1, 0, 1], dtype=torch.uint8)], IndexError, ["uint8", ".bool()", ".long()"]),
    (lambda: torch.gather(F23, 0, INTS), RuntimeError, ["gather()", "[3]", "[2, 3]"]),
    (lambda: torch.gather(F23, 0, F23), RuntimeError, ["gather()", "float32"]),
    (
        lambda: torch.gather(F23, 0, torch.tensor([[2]])),
        RuntimeError,
        ["index 2 is out of bounds for dimension 0 with size 2"],
    ),
    (lambda: torch.gather(F23, 0, torch.tensor([[-1]])), RuntimeError, ["index -1 is out of bounds"]),
    (lambda: torch.gather(F23, 1, torch.zeros(3, 1).long()), RuntimeError, ["gather()", "[3, 1]", "[2, 3]"]),
    (lambda: torch.gather(F23, 2, torch.tensor([[0]])), IndexError, ["gather()", "got 2"]),
    (lambda: torch.scatter_add(F3, 0, torch.tensor([3]), F3), RuntimeError, ["index 3 is out of bounds"]),
    (
        lambda: torch.scatter_add(F3, 0, torch.tensor([0, 0]), torch.ones(1)),
        RuntimeError,
        ["scatter_add()", "[2]", "[1]"],
    ),
    (
        lambda: torch.scatter_add(F3, 0, torch.tensor([0]), F3.double()),
        RuntimeError,
        ["scatter_add()", "float32", "float64"],
    ),
    (lambda: torch.index_select(F3, 0, torch.tensor([3])), IndexError, ["index out of range", "3"]),
    (lambda: torch.index_select(F3, 0, torch.tensor([[0]])), IndexError, ["index_select()", "vector", "(1, 1)"]),
    (lambda: torch.index_select(F3, 0, F3), RuntimeError, ["index_select()", "float32"]),
    (lambda: torch.take_along_dim(F23, INTS, 0), RuntimeError, ["take_along_dim()", "2 dimensions", "1 dimensions"]),
    (lambda: torch.topk(F3, 4), RuntimeError, ["topk()", "k = 4", "3"]),
    (lambda: torch.topk(F3, -1), RuntimeError, ["topk()", "k = -1"]),
    (lambda: torch.sort(F3, 1), IndexError, ["sort()", "got 1"]),
    (lambda: torch.masked_fill(F3, INTS, 1), RuntimeError, ["masked_fill", "int64"]),
    (lambda: torch.masked_fill(F3, MASK, F3), RuntimeError, ["masked_fill", "(3,)"]),
    (lambda: torch.masked_fill(F4, MASK, 0), RuntimeError, ["masked_fill()", "(3,)", "(4,)"]),
    (lambda: torch.masked_fill(INTS, MASK, math.inf), RuntimeError, ["masked_fill()", "inf", "int64"]),
    # products
    (lambda: F23 @ F23, RuntimeError, ["cannot be multiplied (2x3 and 2x3)", "matmul()", "(2, 3) and (2, 3)"]),
    (lambda: F3 @ F23, RuntimeError, ["(1x3 and 2x3)", "(3,) and (2, 3)"]),
    (lambda: F23 @ F4, RuntimeError, ["(2x3 and 4x1)"]),
    (lambda: F0 @ F3, RuntimeError, ["matmul()", "0D and 1D"]),
    (lambda: F23 @ F32.double(), RuntimeError, ["matmul()", "float32 != float64"]),
    (lambda: F23 @ 3, TypeError, ["matmul()", "int"]),
    (lambda: 3 @ F23, TypeError, ["matmul()", "int"]),
    (lambda: torch.ones(5, 2, 3) @ torch.ones(4, 3, 2), RuntimeError, ["(5)", "(4)", "dimension 0", "matmul()"]),
    (lambda: torch.dot(F3, F4), RuntimeError, ["dot()", "[3]", "[4]"]),
    (lambda: torch.dot(F23, F3), RuntimeError, ["dot()", "1D", "2D", "[2, 3]"]),
    (lambda: torch.mm(F3, F3), RuntimeError, ["mm()", "2D", "1D"]),
    (lambda: torch.mv(F3, F3), RuntimeError, ["mv()", "2D", "1D"]),
    (lambda: torch.bmm(F23, F23), RuntimeError, ["bmm()", "3D", "2D"]),
    (lambda: torch.bmm(torch.ones(2, 2, 2), torch.ones(3, 2, 2)), RuntimeError, ["bmm()", "[2, 2, 2]", "[3, 2, 2]"]),
    (lambda: torch.outer(F23, F3), RuntimeError, ["outer()", "1D", "2D"]),
    (lambda: torch.einsum("ij,jk", F23, F23), RuntimeError, ["einsum()", "'ij,jk'", "(2, 3)"]),
    (lambda: torch.einsum("i", F23), RuntimeError, ["einsum()", "'i'", "2 dims"]),
    (lambda: torch.einsum("ij->k", F23), RuntimeError, ["einsum()", "'ij->k'"]),
    (lambda: torch.einsum("ij->ii", F23), RuntimeError, ["einsum()", "'ij->ii'"]),
    (lambda: torch.einsum("ii", F23), RuntimeError, ["einsum()", "subscript i", "2, 3"]),
    (lambda: torch.einsum("i,j", F3), RuntimeError, ["einsum()", "2 operands", "1"]),
]


@pytest.mark.parametrize(("call", "error", "pieces"), CASES, ids=[f"{i}-{case[2][0]}" for i, case in enumerate(CASES)])
def test_bad_input_raises_and_the_text_says_what_was_wrong(
    call: Callable[[], Any], error: type[Exception], pieces: list[str]
) -> None:
    with pytest.raises(error) as info:
        call()
    assert type(info.value) is error
    for piece in pieces:
        assert piece in str(info.value)


WRITES: list[tuple[Callable[[Any], Any], type[Exception]]] = [
    (lambda x: x.add_(F4), RuntimeError),
    (lambda x: x.add_(torch.ones(2, 3)), RuntimeError),
    (lambda x: x.mul_("a"), TypeError),
    (lambda x: x.copy_(F4), RuntimeError),
    (lambda x: x.masked_fill_(INTS, 1), RuntimeError),
    (lambda x: x.masked_fill_(torch.ones(2, 3) > 0, 1), RuntimeError),
    (lambda x: x.scatter_add_(0, torch.tensor([5]), torch.ones(1)), RuntimeError),
    (lambda x: x.clamp_(), RuntimeError),
    (lambda x: x.__setitem__(5, 1.0), IndexError),
    (lambda x: x.__setitem__((0, 0), 1.0), IndexError),
    (lambda x: x.__setitem__([0, 7], 1.0), IndexError),
    (lambda x: x.__setitem__(slice(0, 2), F3), RuntimeError),
    (lambda x: x.__setitem__(MASK, F4), RuntimeError),
    (lambda x: x.__setitem__(torch.tensor([True]), 1.0), IndexError),
    (lambda x: x.__setitem__(0, "a"), TypeError),
    (lambda x: x.__setitem__(0, None), TypeError),
    (lambda x: x.__setitem__("a", 1.0), TypeError),
    (lambda x: x.expand(2, 3).add_(1), RuntimeError),
    (lambda x: x.long().add_(0.5), RuntimeError),
    (lambda x: x.uniform_(1, 0), RuntimeError),
    (lambda x: x.normal_(0, -1), RuntimeError),
]


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize(("write", "error"), WRITES)
def test_a_write_that_fails_writes_nothing(write: Callable[[Any], Any], error: type[Exception], tracked: bool) -> None:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=tracked) * 1
    node = x.grad_fn
    with pytest.raises(error):
        write(x)
    assert x.tolist() == [1, 2, 3]
    assert x.grad_fn is node


def test_a_leaf_that_refuses_a_write_keeps_its_values_and_its_history() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    for write in [lambda: x.add_(1), lambda: x.__setitem__(0, 5.0), lambda: x[0:1].mul_(2), lambda: x.zero_()]:
        with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
            write()
    assert x.tolist() == [1, 2]
    assert x.is_leaf
    assert x.requires_grad


def test_read_only_memory_is_not_written() -> None:
    array = np.zeros(3)
    array.flags.writeable = False
    with pytest.raises(RuntimeError, match="read-only"):
        torch.from_numpy(array).add_(1)
