"""Bad input to operations that move elements, join, split and create: PyTorch's class of exception, a clear text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import tinygrad_opt

Call = Callable[[Any], Any]

# The call, given the library, and pieces of the text.
CASES: list[tuple[Call, list[str]]] = [
    (lambda t: t.ones(3).mT, ["tensor.mT", "1-D"]),
    (lambda t: t.ones(2, 3, 4).H, ["tensor.H", "3-D", "mH"]),
    (lambda t: t.ones(3).adjoint(), ["adjoint()", "1-D"]),
    (lambda t: t.ones(2, 3).swapaxes(0, 2), ["got 2"]),
    (lambda t: t.movedim(t.ones(2, 3), (0, 1), (0,)), ["movedim", "(0, 1)", "(0,)"]),
    (lambda t: t.movedim(t.ones(2, 3), (0, 0), (0, 1)), ["movedim", "(0, 0)"]),
    (lambda t: t.unflatten(t.ones(3), 0, ()), ["unflatten", "non-empty"]),
    (lambda t: t.unflatten(t.ones(3), 0, (2, 2)), ["[2, 2]", "dim 0 (3)"]),
    (lambda t: t.unflatten(t.ones(3), 0, (2, -1)), ["unflatten", "-1]", "(3)"]),
    (lambda t: t.unflatten(t.ones(3), 0, (-1, -1)), ["unflatten", "[-1, -1]"]),
    (lambda t: t.unflatten(t.ones(0), 0, (-1, 0)), ["unflatten", "[-1, 0]"]),
    (lambda t: t.unflatten(t.ones(3), 1, (3,)), ["unflatten()", "got 1"]),
    (lambda t: t.unflatten(t.ones(()), 0, (1, 1)), ["unflatten", "no dimensions"]),
    (lambda t: t.ones(3).unfold(0, 4, 1), ["dimension 0 is 3", "size is 4"]),
    (lambda t: t.ones(3).unfold(0, -1, 1), ["size is -1"]),
    (lambda t: t.ones(3).unfold(0, 2, 0), ["step is 0"]),
    (lambda t: t.ones(3).unfold(1, 2, 1), ["got 1"]),
    (lambda t: t.ones(()).unfold(0, 2, 1), ["is 1", "size is 2"]),
    (lambda t: t.broadcast_tensors(t.ones(3), t.ones(4)), ["(3,)", "(4,)"]),
    (lambda t: t.broadcast_shapes((2,), (3,)), ["(2,)", "(3,)"]),
    (lambda t: t.broadcast_shapes((-1,)), ["negative"]),
    (lambda t: t.broadcast_to(t.ones(3), (2, 4)), ["[2, 4]", "[3]"]),
    (lambda t: t.fliplr(t.ones(3)), ["fliplr()", ">= 2-d"]),
    (lambda t: t.flipud(t.ones(())), ["flipud()", ">= 1-d"]),
    (lambda t: t.rot90(t.ones(3)), ["rot90()", "= 1"]),
    (lambda t: t.rot90(t.ones(2, 3), 1, (0,)), ["rot90()", "= 1"]),
    (lambda t: t.rot90(t.ones(2, 3), 1, (0, 0)), ["rot90()", "different"]),
    (lambda t: t.rot90(t.ones(2, 3), 1, (0, 2)), ["rot90()", "got 2"]),
    (lambda t: t.roll(t.ones(3), ()), ["roll()", "required"]),
    (lambda t: t.roll(t.ones(3), (1, 1)), ["roll()", "shifts: 2"]),
    (lambda t: t.diag(t.ones(2, 3, 4)), ["diag()", "3D"]),
    (lambda t: t.diag(t.ones(())), ["diag()", "0D"]),
    (lambda t: t.diag_embed(t.ones(())), ["diag_embed()", "-2"]),
    (lambda t: t.diag_embed(t.ones(3), 0, 1, 1), ["identical", "1, 1"]),
    (lambda t: t.diag_embed(t.ones(3), 0, 2, 0), ["got 2"]),
    (lambda t: t.diagonal_scatter(t.ones(2, 3), t.ones(3)), ["[3]", "[2]"]),
    (lambda t: t.ones(3).fill_diagonal_(1), ["fill_diagonal_()", "(3,)"]),
    (lambda t: t.ones(2, 2, 3).fill_diagonal_(1), ["fill_diagonal_()", "(2, 2, 3)"]),
    (lambda t: t.ones(2, 2).fill_diagonal_(t.ones(2)), ["fill_diagonal_()", "number"]),
    (lambda t: t.ones(2, 2, requires_grad=True).fill_diagonal_(1), ["leaf Variable"]),
    (lambda t: t.cat(t.ones(2, 3)), ["cat()", "not Tensor"]),
    (lambda t: t.stack(t.ones(2, 3)), ["stack()", "not Tensor"]),
    (lambda t: t.hstack([]), ["hstack", "non-empty"]),
    (lambda t: t.vstack([]), ["vstack", "non-empty"]),
    (lambda t: t.dstack([]), ["dstack", "non-empty"]),
    (lambda t: t.column_stack([]), ["column_stack", "non-empty"]),
    (lambda t: t.hstack([t.ones(3), t.ones(2, 3)]), ["number of dimensions"]),
    (lambda t: t.vstack([t.ones(3), t.ones(4)]), ["Expected size 3 but got size 4"]),
    (lambda t: t.hstack([t.ones(3), 3]), ["hstack()", "int"]),
    (lambda t: t.block_diag(t.ones(2, 2, 2)), ["block_diag", "Input 0 has 3 dimensions"]),
    (lambda t: t.block_diag(3), ["block_diag", "int"]),
    (lambda t: t.ones(2, 3).repeat(-1, 2), ["repeat()", "(-1, 2)"]),
    (lambda t: t.repeat_interleave(t.ones(3), -1), ["repeat_interleave()", "-1"]),
    (lambda t: t.repeat_interleave(t.ones(3), 2.5), ["float"]),
    (lambda t: t.repeat_interleave(t.ones(2), t.tensor([-1, 2])), ["negative"]),
    (lambda t: t.repeat_interleave(t.ones(2), t.tensor([1, 2, 3])), ["= 3", "= 2"]),
    (lambda t: t.repeat_interleave(t.ones(2), t.tensor([1.0, 2.0])), ["float32"]),
    (lambda t: t.repeat_interleave(t.ones(4), t.ones(2, 2).long()), ["(2, 2)"]),
    (lambda t: t.repeat_interleave(t.ones(2), t.tensor([1, 2]), output_size=4), ["output_size is 4, not 3"]),
    (lambda t: t.repeat_interleave(t.ones(2, 2).long()), ["1D"]),
    (lambda t: t.repeat_interleave(t.ones(2, 2), 2, 2), ["got 2"]),
    (lambda t: t.repeat_interleave(t.ones(()), 2, 0), ["repeat_interleave()"]),
    (lambda t: t.split(t.ones(()), 1), ["split()", "1-dimensional"]),
    (lambda t: t.split(t.ones(3), -1), ["split()", "-1"]),
    (lambda t: t.split(t.ones(3), 2.5), ["float"]),
    (lambda t: t.split_with_sizes(t.ones(3), (1, 3)), ["exactly to 3", "[1, 3]"]),
    (lambda t: t.chunk(t.ones(()), 1), ["chunk()", "1-dimensional"]),
    (lambda t: t.tensor_split(t.ones(()), 2), ["tensor_split()", "0 dims"]),
    (lambda t: t.tensor_split(t.ones(3), 0), ["larger than 0", "got 0"]),
    (lambda t: t.tensor_split(t.ones(3), 2, 1), ["tensor_split()", "got 1"]),
    (lambda t: t.tensor_split(t.ones(3)), ["tensor_split()", "one of"]),
    (lambda t: t.tensor_split(t.ones(3), t.tensor([1.0])), ["int64", "float32"]),
    (lambda t: t.tensor_split(t.ones(3), t.tensor([[1]])), ["(1, 1)"]),
    (lambda t: t.hsplit(t.ones(()), 1), ["hsplit", "at least 1", "0 dimensions"]),
    (lambda t: t.hsplit(t.ones(2, 3), 2), ["hsplit", "dimension 1", "3", "split_size 2"]),
    (lambda t: t.hsplit(t.ones(2, 3), 0), ["hsplit", "split_size 0"]),
    (lambda t: t.vsplit(t.ones(3), 1), ["vsplit", "at least 2", "1 dimensions"]),
    (lambda t: t.dsplit(t.ones(3, 3), 1), ["dsplit", "at least 3", "2 dimensions"]),
    (lambda t: t.narrow(t.ones(()), 0, 0, 1), ["narrow()", "0-dim"]),
    (lambda t: t.narrow(t.ones(3), 0, 0, -1), ["narrow()", "-1"]),
    (lambda t: t.meshgrid(), ["meshgrid", "non-empty"]),
    (lambda t: t.meshgrid(t.ones(3), indexing="ab"), ["meshgrid", "ab"]),
    (lambda t: t.meshgrid(t.ones(3), t.ones(2, 2), indexing="ij"), ["meshgrid", "2, 2"]),
    (lambda t: t.meshgrid(t.ones(3), t.ones(3).long(), indexing="ij"), ["meshgrid", "same dtype"]),
    (lambda t: t.cartesian_prod(), ["non-empty"]),
    (lambda t: t.cartesian_prod(t.ones(3), t.ones(2, 2)), ["1D", "[2, 2]"]),
    (lambda t: t.combinations(t.ones(2, 2)), ["1D", "[2, 2]"]),
    (lambda t: t.combinations(t.ones(3), -1), ["-1"]),
    (lambda t: t.vander(t.ones(2, 2)), ["vander()", "[2, 2]"]),
    (lambda t: t.vander(t.ones(2), -1), ["vander()", "-1"]),
    # creation
    (lambda t: t.arange(3, 0), ["arange()", "inconsistent", "from 3"]),
    (lambda t: t.arange(0, 3, -1), ["arange()", "inconsistent"]),
    (lambda t: t.arange(0, 3, 0), ["arange()", "nonzero"]),
    (lambda t: t.arange(math.nan), ["arange()", "nan"]),
    (lambda t: t.arange(0, math.inf), ["arange()", "inf"]),
    (lambda t: t.arange(0, 1, math.nan), ["arange()", "nan"]),
    (lambda t: t.arange("a"), ["arange()", "str"]),
    (lambda t: t.arange(3, dtype=t.bool), ["arange()", "bool"]),
    (lambda t: t.arange(3, requires_grad=True), ["floating"]),
    (lambda t: t.linspace(0, 1, -1), ["linspace()", "-1"]),
    (lambda t: t.linspace(0, 1, 3, dtype=t.bool), ["linspace()", "bool"]),
    (lambda t: t.linspace("a", 1, 3), ["linspace()", "str"]),
    (lambda t: t.logspace(0, 1, -1), ["logspace()", "-1"]),
    (lambda t: t.logspace(0, 1, 3, dtype=t.bool), ["logspace()", "bool"]),
    (lambda t: t.eye(-1), ["eye()", "-1"]),
    (lambda t: t.eye(1, -1), ["eye()", "-1"]),
    (lambda t: t.tril_indices(-1, 3), ["tril_indices()", "-1"]),
    (lambda t: t.triu_indices(1, -3), ["triu_indices()", "-3"]),
    (lambda t: t.tril_indices(2, 3, dtype=t.float32), ["tril_indices()", "float32"]),
    (lambda t: t.full(2, 1), ["full()", "int"]),
    (lambda t: t.full((-1,), 1), ["full()", "[-1]"]),
    (lambda t: t.full((2,), "a"), ["full()", "str"]),
    (lambda t: t.full((2,), None), ["full()", "NoneType"]),
    (lambda t: t.full((2,), t.ones(2)), ["full()", "Tensor"]),
    (lambda t: t.full((2,), 300, dtype=t.uint8), ["full()", "300", "uint8"]),
    (lambda t: t.full((2,), math.inf, dtype=t.int64), ["full()", "inf", "int64"]),
    (lambda t: t.full((2,), math.nan, dtype=t.int32), ["full()", "nan", "int32"]),
    (lambda t: t.full((2,), 1e300), ["full()", "1e+300", "float32"]),
    (lambda t: t.full((2,), 1e6, dtype=t.float16), ["full()", "float16"]),
    (lambda t: t.full_like(t.ones(2).to(t.uint8), 300), ["full_like()", "300"]),
    (lambda t: t.zeros_like(3), ["zeros_like()", "int"]),
    (lambda t: t.ones_like([1.0]), ["ones_like()", "list"]),
    (lambda t: t.empty_like(None), ["empty_like()", "NoneType"]),
    (lambda t: t.ones(2).new_zeros(-1), ["-1"]),
    (lambda t: t.ones(2).new_full(2, 3), ["int"]),
    (lambda t: t.ones(2).long().new_tensor([1.5], requires_grad=True), ["floating"]),
    (lambda t: t.zeros(2, device="xyz"), ["xyz"]),
    (lambda t: t.ones(2).to("mps:7:7"), ["mps"]),
    (lambda t: t.ones(2).to(t.int64, foo=1), ["foo"]),
]


def raised(call: Call, library: Any) -> Exception:
    with pytest.raises(Exception) as info:  # noqa: PT011  (which one is what the test is about)
        call(library)
    error: Exception = info.value
    return error


@pytest.mark.parametrize(("call", "pieces"), CASES, ids=[f"{i}-{case[1][0]}" for i, case in enumerate(CASES)])
@pytest.mark.filterwarnings("ignore::UserWarning:torch")
def test_bad_input_raises_as_in_pytorch_and_the_text_says_what_was_wrong(call: Call, pieces: list[str]) -> None:
    torch = pytest.importorskip("torch")
    error = raised(call, tinygrad_opt)
    assert type(error) is type(raised(call, torch))
    for piece in pieces:
        assert piece in str(error)


def test_the_bytes_of_a_tensor_are_not_taken_as_another_dtype() -> None:
    for dtype in [tinygrad_opt.int32, float]:
        with pytest.raises(TypeError, match=r"view\(\).*\.to\(dtype\)"):
            tinygrad_opt.ones(3).view(dtype)
