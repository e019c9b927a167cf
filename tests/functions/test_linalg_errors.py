"""Bad input to products and linear algebra: PyTorch's exception, and a text with the operation and the shapes."""

from __future__ import annotations

import math
from typing import Any

import pytest

import tinygrad_opt

theirs = pytest.importorskip("torch")

# The call, and pieces of the text. `o` makes ones of a shape.
CASES: list[tuple[Any, list[str]]] = [
    # products
    (lambda torch, o: torch.vdot(o(2), o(3)), ["vdot()", "[2]", "[3]"]),
    (lambda torch, o: torch.vdot(o(2, 2), o(3)), ["vdot()", "1D", "2D"]),
    (lambda torch, o: torch.dot(o(2), o(2).double()), ["same dtype", "float32 != float64"]),
    (lambda torch, o: torch.inner(o(2, 3), o(4, 2)), ["inner()", "(2, 3)", "(4, 2)"]),
    (lambda torch, o: torch.inner(o(3), o(3).double()), ["inner()", "dtype"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(4, 3), dims=([1], [0])), ["tensordot()", "size 3", "size 4"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(4, 3), dims=3), ["tensordot()", "dims=3"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(4, 3), dims=-1), ["tensordot()", "dims=-1"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(4, 3), dims=([1, 0], [0])), ["tensordot()", "same length"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(4, 3), dims=([3], [0])), ["tensordot()", "got 3"]),
    (lambda torch, o: torch.tensordot(o(2, 2), o(2, 2), dims=([0, 0], [0, 1])), ["tensordot()", "multiple times"]),
    (lambda torch, o: torch.tensordot(o(2, 3), o(3).long(), dims=1), ["tensordot()", "dtype"]),
    (lambda torch, o: torch.trace(o(2)), ["trace()", "2D", "1D"]),
    (lambda torch, o: torch.trace(o(2, 2, 2)), ["trace()", "3D"]),
    (lambda torch, o: torch.cross(o(2, 2), o(2, 2)), ["cross()", "size 3", "(2, 2)"]),
    (lambda torch, o: torch.cross(o(3, 2), o(3, 2), dim=1), ["cross()", "length 3"]),
    (lambda torch, o: torch.cross(o(3, 2), o(3, 2), dim=4), ["cross()", "got 4"]),
    (lambda torch, o: torch.linalg.cross(o(3, 3), o(3)), ["linalg.cross()", "same number of dimensions"]),
    (lambda torch, o: torch.linalg.cross(o(4), o(3)), ["linalg.cross()", "(4,)", "(3,)"]),
    (lambda torch, o: torch.linalg.cross(o(3), o(3).double()), ["linalg.cross()", "dtype"]),
    (lambda torch, o: torch.linalg.cross(o(2, 3), o(4, 3)), ["linalg_cross()", "(2, 3)", "(4, 3)"]),
    (lambda torch, o: torch.linalg.vecdot(o(3), o(2)), ["einsum()", "(3,)", "(2,)"]),
    (lambda torch, o: torch.linalg.vecdot(o(3).long(), o(3).long()), ["linalg.vecdot()", "int64"]),
    (lambda torch, o: torch.linalg.vecdot(o(3), o(3).double()), ["linalg.vecdot()", "dtype"]),
    (lambda torch, o: torch.linalg.vecdot(o(3, 1), o(3, 1), dim=2), ["linalg.vecdot()", "got 2"]),
    (lambda torch, o: torch.linalg.multi_dot([o(2, 2)]), ["multi_dot()", "at least 2"]),
    (lambda torch, o: torch.linalg.multi_dot([o(2, 2), o(2, 2, 2)]), ["multi_dot()", "(2, 2, 2)"]),
    (lambda torch, o: torch.linalg.multi_dot([o(2, 2), o(2), o(2, 2)]), ["multi_dot()", "tensor 1", "(2,)"]),
    (lambda torch, o: torch.linalg.multi_dot([o(2, 2), o(3, 2)]), ["multi_dot()", "0 and 1", "(2, 2)", "(3, 2)"]),
    (lambda torch, o: torch.chain_matmul(o(2, 2), o(3, 2)), ["chain_matmul()", "(2, 2)", "(3, 2)"]),
    (lambda torch, o: torch.chain_matmul(o(2, 2), o(2)), ["chain_matmul()", "2D", "1D"]),
    (lambda torch, o: torch.addmm(o(3), o(2, 2), o(2, 2)), ["addmm()", "(3,)", "(2, 2)"]),
    (lambda torch, o: torch.addmm(o(1, 2, 2), o(2, 2), o(2, 2)), ["addmm()", "(1, 2, 2)"]),
    (lambda torch, o: torch.addmm(o(2, 2), o(2, 3), o(2, 2)), ["(2x3 and 2x2)"]),
    (lambda torch, o: torch.addmm(o(2, 2), o(3), o(2, 2)), ["mm()", "2D", "1D"]),
    (lambda torch, o: torch.addmm(o(2, 2).double(), o(2, 2), o(2, 2)), ["addmm()", "float64", "float32"]),
    (lambda torch, o: torch.addmv(o(3), o(2, 2), o(2)), ["addmv()", "(3,)", "(2,)"]),
    (lambda torch, o: torch.addmv(o(2), o(2, 2), o(3)), ["(2x2 and 3x1)"]),
    (lambda torch, o: torch.addr(o(3), o(2), o(2)), ["addr()", "(3,)", "(2, 2)"]),
    (lambda torch, o: torch.addr(o(2, 2), o(2, 2), o(2)), ["outer()", "1D", "2D"]),
    (lambda torch, o: torch.baddbmm(o(2, 2), o(3, 2, 4), o(2, 4, 2)), ["bmm()", "batch"]),
    (lambda torch, o: torch.baddbmm(o(3), o(3, 2, 4), o(3, 4, 2)), ["baddbmm()", "(3,)", "(3, 2, 2)"]),
    (lambda torch, o: torch.addbmm(o(2, 2), o(3, 2, 4), o(2, 4, 2)), ["addbmm()", "batches"]),
    (lambda torch, o: torch.addbmm(o(2, 2), o(3, 2, 4), o(3, 3, 2)), ["addbmm()", "(3, 2, 4)", "(3, 3, 2)"]),
    (lambda torch, o: o(2).addmm_(o(2, 2), o(2, 2)), ["[2]", "[2, 2]"]),
    (lambda torch, o: torch.einsum(o(2, 2), [0, 60]), ["einsum()", "[0, 52)"]),
    (lambda torch, o: torch.einsum("i1", o(2, 2)), ["einsum()", "'1'"]),
    (lambda torch, o: torch.einsum("i"), ["einsum()", "at least one operand"]),
    (lambda torch, o: torch.einsum("ij,j", o(2, 2), o(2).double()), ["einsum()", "dtype"]),
    (lambda torch, o: torch.cdist(o(3), o(3)), ["cdist()", "X1", "1D"]),
    (lambda torch, o: torch.cdist(o(3, 2), o(3, 3)), ["cdist()", "X1: 2 X2: 3"]),
    (lambda torch, o: torch.cdist(o(3, 2), o(3, 2), p=-1), ["cdist()", "non-negative", "-1"]),
    (lambda torch, o: torch.cdist(o(3, 2).long(), o(3, 2).long()), ["cdist()", "int64"]),
    (lambda torch, o: torch.cdist(o(3, 2), o(3, 2).double()), ["cdist()", "dtype"]),
    (lambda torch, o: torch.cdist(o(3, 2), o(3, 2), compute_mode="mm"), ["cdist()", "'mm'"]),
    (lambda torch, o: torch.cdist(o(2, 3, 2), o(4, 3, 2)), ["cdist()", "(2)", "(4)"]),
    # matrices
    *[
        case
        for name in ("inv", "det", "slogdet", "eigh", "eigvalsh", "cholesky", "matrix_exp")
        for case in [
            (lambda torch, o, f=name: getattr(torch.linalg, f)(o(3)), [f"linalg.{name}()", "at least 2 dim", "(3,)"]),
            (lambda torch, o, f=name: getattr(torch.linalg, f)(o(2, 3)), [f"linalg.{name}()", "square", "2 by 3"]),
            (lambda torch, o, f=name: getattr(torch.linalg, f)(o(2, 2).long()), [f"linalg.{name}()", "int64"]),
        ]
    ],
    *[
        case
        for name in ("svd", "svdvals", "qr", "pinv", "matrix_rank", "matrix_norm")
        for case in [
            (lambda torch, o, f=name: getattr(torch.linalg, f)(o(3)), [f"linalg.{name}()", "at least 2 dim", "(3,)"]),
            (lambda torch, o, f=name: getattr(torch.linalg, f)(o(2, 2).long()), [f"linalg.{name}()", "int64"]),
        ]
    ],
    *[
        (lambda torch, o, f=name: getattr(torch.linalg, f)(o(2, 2).half()), [f"linalg.{name}()", "float16"])
        for name in ("inv", "det", "slogdet", "eigh", "svd", "qr", "pinv", "cholesky")
    ],
    (lambda torch, o: torch.inverse(o(2, 3)), ["linalg.inv()", "2 by 3"]),
    (lambda torch, o: torch.logdet(o(2, 3)), ["2 by 3"]),
    (lambda torch, o: torch.linalg.eigh(o(2, 2), "z"), ["linalg.eigh()", "UPLO", "'z'"]),
    (lambda torch, o: torch.linalg.qr(o(2, 2), "z"), ["linalg.qr()", "'z'", "reduced"]),
    (lambda torch, o: torch.linalg.matrix_power(o(2, 3), 2), ["matrix_power()", "(2, 3)"]),
    (lambda torch, o: torch.linalg.matrix_power(o(2), 2), ["matrix_power()", "(2,)"]),
    (lambda torch, o: torch.linalg.matrix_power(o(2, 2), 2.5), ["matrix_power()", "float"]),
    (lambda torch, o: torch.linalg.matrix_power(o(2, 2).long(), -1), ["linalg.inv()", "int64"]),
    (lambda torch, o: torch.linalg.solve(o(3, 3), o(2)), ["linalg.solve()", "AX = B", "3x3 and 2x1"]),
    (lambda torch, o: torch.linalg.solve(o(2, 2), o(2), left=False), ["linalg.solve()", "XA = B", "2x2 and 2x1"]),
    (lambda torch, o: torch.linalg.solve(o(2, 2), o(2).double()), ["linalg.solve()", "dtype"]),
    (lambda torch, o: torch.linalg.solve(o(2, 2).long(), o(2).long()), ["linalg.solve()", "int64"]),
    (lambda torch, o: torch.linalg.solve(o(2, 2), o()), ["linalg.solve()", "B", "at least 2 dim"]),
    (lambda torch, o: torch.linalg.solve(o(3, 2, 2), o(2, 2, 2)), ["linalg.solve()", "(3)", "(2)"]),
    (lambda torch, o: torch.linalg.solve_triangular(o(2, 2), o(2), upper=True), ["solve_triangular()", "B", "(2,)"]),
    (lambda torch, o: torch.linalg.solve_triangular(o(2, 2), o(3, 2), upper=True), ["solve_triangular()", "3x2"]),
    (lambda torch, o: torch.linalg.pinv(o(2, 3), hermitian=True), ["linalg.pinv()", "2 by 3"]),
    (lambda torch, o: torch.linalg.matrix_rank(o(2, 3), hermitian=True), ["linalg.matrix_rank()", "2 by 3"]),
    (lambda torch, o: torch.cholesky_inverse(o(3)), ["cholesky_inverse()", "at least 2 dim"]),
    (lambda torch, o: torch.cholesky_inverse(o(2, 3)), ["cholesky_inverse()", "2 by 3"]),
    (lambda torch, o: torch.cholesky_solve(o(2), o(2, 2)), ["cholesky_solve()", "B", "(2,)"]),
    (lambda torch, o: torch.cholesky_solve(o(3, 2), o(2, 2)), ["cholesky_solve()", "[3, 2]", "[2, 2]"]),
    (lambda torch, o: torch.cholesky_solve(o(2, 2).double(), o(2, 2)), ["cholesky_solve()", "dtype"]),
    # norms
    (lambda torch, o: torch.linalg.vector_norm(o(2).long()), ["linalg.vector_norm()", "int64"]),
    (lambda torch, o: torch.linalg.vector_norm(o(2), "fro"), ["linalg.vector_norm()", "'fro'"]),
    (lambda torch, o: torch.linalg.vector_norm(o(0, 3), math.inf), ["linalg.vector_norm()", "(0, 3)"]),
    (lambda torch, o: torch.linalg.vector_norm(o(0, 3), -1), ["linalg.vector_norm()", "-1", "(0, 3)"]),
    (lambda torch, o: torch.linalg.vector_norm(o(2), dim=1), ["linalg.vector_norm()", "got 1"]),
    (
        lambda torch, o: torch.linalg.vector_norm(o(2).double(), dtype=torch.float32),
        ["linalg.vector_norm()", "narrowing", "float64", "float32"],
    ),
    (lambda torch, o: torch.linalg.vector_norm(o(2), dtype=torch.int64), ["linalg.vector_norm()", "int64"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), 3), ["linalg.matrix_norm()", "3", "nuc"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), "z"), ["linalg.matrix_norm()", "'z'"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), dim=(0, 0)), ["linalg.matrix_norm()", "(0, 0)"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), dim=(0,)), ["linalg.matrix_norm()", "2-tuple"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), dim=1), ["linalg.matrix_norm()", "two dimensions"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(2, 2), dim=(0, 2)), ["linalg.matrix_norm()", "got 2"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(0, 3), -math.inf), ["amin()", "(0,)"]),
    (lambda torch, o: torch.linalg.matrix_norm(o(0, 3), -2), ["amin()", "(0,)"]),
    (lambda torch, o: torch.linalg.norm(o(2, 2, 2), 1), ["linalg.norm()", "3D"]),
    (lambda torch, o: torch.linalg.norm(o(), 2), ["linalg.norm()", "0D"]),
    (lambda torch, o: torch.linalg.norm(o(2, 2, 2), 2, (0, 1, 2)), ["linalg.norm()", "[0, 1, 2]"]),
    (lambda torch, o: torch.linalg.norm(o(2), "nuc"), ["linalg.matrix_norm()", "(2,)"]),
    (lambda torch, o: torch.linalg.norm(o(2, 2), "fro", dim=1), ["linalg.matrix_norm()", "2-tuple"]),
    (lambda torch, o: torch.linalg.diagonal(o(2)), ["diagonal()", "got -2"]),
]


@pytest.mark.filterwarnings("ignore")  # PyTorch's, of functions with older names
@pytest.mark.parametrize(("call", "pieces"), CASES, ids=[f"{i}-{pieces[0]}" for i, (_, pieces) in enumerate(CASES)])
def test_bad_input_raises_pytorchs_exception_with_a_text_that_says_what_was_wrong(call: Any, pieces: list[str]) -> None:
    with pytest.raises(Exception) as expected:  # noqa: PT011 (whatever it is, ours is the same)
        call(theirs, lambda *shape: theirs.ones(shape))
    with pytest.raises(Exception) as info:  # noqa: PT011
        call(tinygrad_opt, lambda *shape: tinygrad_opt.ones(shape))
    builtin = next(c for c in type(expected.value).__mro__ if c.__module__ == "builtins")
    assert isinstance(info.value, RuntimeError if builtin is NotImplementedError else builtin)
    for piece in pieces:
        assert piece in str(info.value)


def test_what_is_no_tensor_is_a_type_error() -> None:
    x = tinygrad_opt.ones(2, 2)
    linalg = tinygrad_opt.linalg
    for call in [linalg.inv, linalg.det, linalg.svd, linalg.norm, linalg.matrix_norm, tinygrad_opt.trace]:
        with pytest.raises(TypeError, match="expected a Tensor, got list"):
            call([[1.0]])
    for pair in [linalg.solve, linalg.vecdot, linalg.cross, tinygrad_opt.inner, tinygrad_opt.kron, tinygrad_opt.cdist]:
        with pytest.raises(TypeError, match="expected a Tensor, got float"):
            pair(x, 1.0)


def test_a_write_that_fails_writes_nothing() -> None:
    for write in [
        lambda x: x.addmm_(tinygrad_opt.ones(2, 2), tinygrad_opt.ones(2, 2)),
        lambda x: x.addmv_(tinygrad_opt.ones(2, 2), tinygrad_opt.ones(3)),
        lambda x: x.addr_(tinygrad_opt.ones(2), tinygrad_opt.ones(2)),
        lambda x: x.baddbmm_(tinygrad_opt.ones(2, 1, 2), tinygrad_opt.ones(2, 2, 2)),
        lambda x: x.addbmm_(tinygrad_opt.ones(2, 1, 2), tinygrad_opt.ones(2, 3, 2)),
    ]:
        x = tinygrad_opt.tensor([1.0, 2.0], requires_grad=True) * 1
        node = x.grad_fn
        with pytest.raises(RuntimeError):
            write(x)
        assert x.tolist() == [1, 2]
        assert x.grad_fn is node
