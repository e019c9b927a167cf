"""Views share memory, and what is written into one flows to the base, with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import gradcheck, gradgradcheck

View = Callable[[Any], Any]

VIEWS: dict[str, tuple[tuple[int, ...], View]] = {
    "T": ((2, 3), lambda x: x.T),
    "mT": ((2, 2, 3), lambda x: x.mT),
    "H": ((2, 3), lambda x: x.H),
    "adjoint": ((2, 3), lambda x: x.adjoint()),
    "swapaxes": ((2, 3), lambda x: x.swapaxes(0, 1)),
    "movedim": ((2, 3, 2), lambda x: x.movedim(0, -1)),
    "unflatten": ((2, 6), lambda x: x.unflatten(1, (2, 3))),
    "unfold apart": ((2, 7), lambda x: x.unfold(1, 2, 3)),
    "unfold of a transpose": ((5, 2), lambda x: x.T.unfold(1, 2, 2)),
    "diagonal": ((3, 4), lambda x: x.diagonal(1)),
    "expand by nothing": ((2, 3), lambda x: x.expand(1, 2, 3)),
    "broadcast_tensors": ((2, 3), lambda x: torch.broadcast_tensors(x, torch.ones(3))[0]),
    "narrow": ((2, 5), lambda x: x.narrow(1, 1, 2)),
    "squeeze": ((2, 1), lambda x: x.squeeze()),
    "atleast_3d": ((2, 3), lambda x: torch.atleast_3d(x)),
    "tensor_split": ((5,), lambda x: x.tensor_split(2)[1]),
    "tensor_split at": ((5,), lambda x: x.tensor_split((1, 3))[1]),
    "hsplit": ((2, 4), lambda x: x.hsplit(2)[1]),
    "vsplit": ((4, 2), lambda x: x.vsplit(2)[0]),
    "dsplit": ((2, 2, 2), lambda x: x.dsplit(2)[1]),
    "split": ((5,), lambda x: x.split(2)[1]),
    "chunk": ((5,), lambda x: x.chunk(2)[0]),
    "unbind": ((2, 3), lambda x: x.unbind(1)[1]),
    "a view of a view": ((4, 6), lambda x: x.T.unflatten(0, (2, 3))[1].diagonal()),
}
CASES = pytest.mark.parametrize(("shape", "view"), VIEWS.values(), ids=VIEWS.keys())


def numbers(shape: tuple[int, ...]) -> Any:
    return torch.from_numpy(np.random.default_rng(0).normal(size=shape))


@CASES
def test_a_write_into_a_view_is_a_write_into_its_base(shape: tuple[int, ...], view: View) -> None:
    x = numbers(shape)
    view(x).fill_(7.0)
    array = np.array(numbers(shape).numpy())
    view(torch.from_numpy(array)).numpy()[...] = 7.0
    np.testing.assert_array_equal(x.numpy(), array)
    assert (array == 7).any()


@CASES
def test_gradients_of_a_write_into_a_view_are_those_of_finite_differences(shape: tuple[int, ...], view: View) -> None:
    def program(x: Any) -> Any:
        y = x * 1
        before = view(y)
        view(y).mul_(view(x).sin())
        return y * y + before.sum()

    x = numbers(shape).requires_grad_()
    assert gradcheck(program, [x])
    assert gradgradcheck(program, [x])


@CASES
def test_a_view_sees_what_was_written_into_its_base_later(shape: tuple[int, ...], view: View) -> None:
    x = numbers(shape).requires_grad_()
    y = x * 1
    part = view(y)
    y.mul_(3)
    part.sum().backward()
    expected = torch.zeros_like(x)
    view(expected).add_(3)
    np.testing.assert_array_equal(x.grad.numpy(), expected.numpy())


def test_windows_that_overlap_and_expanded_tensors_are_not_written_to() -> None:
    x = torch.arange(5.0)
    for view in [x.unfold(0, 3, 1), x.unfold(0, 3, 1)[1], x.expand(2, 5), torch.meshgrid(x, x, indexing="ij")[0]]:
        with pytest.raises(RuntimeError, match="single memory location"):
            view.add_(1)
    assert x.tolist() == [0, 1, 2, 3, 4]


def test_a_write_into_a_tensor_whose_windows_were_saved_is_found_out() -> None:
    x = torch.arange(5.0, requires_grad=True) * 1
    y = (x.unfold(0, 3, 1) ** 2).sum()
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_vander_has_a_gradient_which_pytorch_refuses() -> None:
    for n in [1, 2, 4]:
        assert gradcheck(lambda x, n=n: torch.vander(x, n) * 1, [numbers((3,)).requires_grad_()])


def test_block_diag_keeps_the_row_of_an_empty_vector_also_on_the_way_back() -> None:
    """PyTorch's gradient is one row off here."""
    x = torch.zeros(2, requires_grad=True)
    y = torch.block_diag(torch.zeros(0), x)
    assert y.shape == (2, 2)
    (y * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert x.grad.tolist() == [3, 4]
