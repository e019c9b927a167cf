"""Another shape in place: the tensor stays what it was a view of, and views of it stay right or are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")


def transposed_part(torch: Any, y: Any) -> Any:
    y[0:1].transpose_(0, 1).mul_(3.0)
    return y


def written_row(torch: Any, y: Any) -> Any:
    z = y[0].unsqueeze_(0)
    z[0, 1] = 7.0
    return torch.cat([y, z])


def there_and_back(torch: Any, y: Any) -> Any:
    y.unsqueeze_(1)
    y[:, 0].add_(1.0)
    return y.squeeze_(1)


def row_of_the_transposed(torch: Any, y: Any) -> Any:
    y.t_()
    z = y[1]
    y.mul_(2.0)
    return torch.cat([y.reshape(-1), z])


def twice(torch: Any, y: Any) -> Any:
    return y.swapaxes_(0, 1).swapdims_(0, 1).mul_(2.0)


def flat_before(torch: Any, y: Any) -> Any:
    z = y.view(-1)
    y.t_()
    return torch.cat([z, y.reshape(-1)])


PROGRAMS = [transposed_part, written_row, there_and_back, row_of_the_transposed, twice, flat_before]


def run(library: Any, program: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    x = library.tensor(np.arange(6.0).reshape(2, 3)).requires_grad_()
    y = program(library, x * 2)
    (y**3).sum().backward()
    return y.detach().numpy(), x.grad.numpy()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_values_and_gradients_are_pytorchs(program: Any) -> None:
    for a, b in zip(run(tinygrad_opt, program), run(torch, program), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("library", [tinygrad_opt, torch], ids=lambda t: t.__name__)
def test_a_leaf_keeps_its_shape_unless_it_wants_no_gradient(library: Any) -> None:
    x = library.ones(2, 3, requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        x.t_()
    assert tuple(x.shape) == (2, 3)
    y = library.ones(2, 3)
    assert y.t_() is y
    assert tuple(y.shape) == (3, 2)
    assert y.is_leaf


def test_a_view_from_before_is_refused_once_something_is_written() -> None:
    x = tinygrad_opt.ones(2, 3, requires_grad=True)
    y = x * 2
    z = y.view(-1)
    y.t_()
    y.mul_(2.0)
    with pytest.raises(RuntimeError, match="given the shape"):
        z.sum()
    y = x * 2
    z = y.view(-1)
    y.t_()
    with pytest.raises(RuntimeError, match="given the shape"):
        z.mul_(2.0)
    assert (y.detach().numpy() == 2.0).all()
