"""NumPy's functions on Tensors give NumPy's values, keep the graph, or are refused by name."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import gradcheck
from tinygrad_opt.autograd.table import TABLE
from tinygrad_opt.numpy_api import FUNCTIONS, UFUNCS

from .cases import CASES, VALUES, A, B

EVERY_UFUNC = [f for f in [*TABLE, *UFUNCS] if isinstance(f, np.ufunc)]
WHOLE = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert}


def tensors(*arrays: Any) -> list[Any]:
    return [torch.tensor(x, requires_grad=True) for x in arrays]


@pytest.mark.parametrize("name", CASES)
def test_numpy_functions_have_numpys_values_and_right_gradients(name: str) -> None:
    f = CASES[name]
    a, b = tensors(A, B)
    y = f(a, b)
    assert isinstance(y, torch.Tensor)
    np.testing.assert_allclose(y.detach().numpy(), f(A, B), rtol=1e-14, atol=1e-15)
    assert gradcheck(f, (a, b))


INPUTS = {
    np.matmul: ([[0.3, 0.7]], [[0.6], [0.2]]),
    np.arccosh: ([1.3, 2.7], []),
    np.ldexp: ([0.3, 0.7], [1, -2]),
}
INPUTS |= dict.fromkeys([np.left_shift, np.right_shift], ([3, 50, 9], [1, 2, 3]))
INPUTS |= dict.fromkeys(WHOLE, ([3, 5, 9], [6, 2, 4]))
if hasattr(np, "matvec"):
    INPUTS |= {np.matvec: ([[0.3, 0.7]], [0.6, 0.2]), np.vecmat: ([0.3, 0.7], [[0.6], [0.2]])}


@pytest.mark.parametrize("ufunc", EVERY_UFUNC, ids=lambda f: f.__name__)
def test_ufuncs_have_numpys_values_and_right_gradients(ufunc: np.ufunc) -> None:
    given = INPUTS.get(ufunc, ([0.3, 0.7, 0.45], [0.6, 0.2, 0.4]))
    inputs = [np.array(x) for x in given[: ufunc.nin]]
    results = ufunc(*[torch.tensor(x) for x in inputs])
    same(results, ufunc(*inputs))
    first = results[0] if isinstance(results, tuple) else results
    if first.is_floating_point() and all(x.dtype.kind == "f" for x in inputs):
        assert gradcheck(ufunc, tensors(*inputs))


def test_every_numpy_function_in_the_table_is_called_by_a_test() -> None:
    called = set()

    def remember(function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            called.add(function)
            return ours[function](*args, **kwargs)

        return call

    ours = dict(FUNCTIONS)
    try:
        FUNCTIONS.update({f: remember(f) for f in ours})
        for f in CASES.values():
            f(*tensors(A, B))
        for f in VALUES.values():
            f(torch.tensor(A), torch.tensor(B))
    finally:
        FUNCTIONS.update(ours)
    assert called == set(ours)


def same(ours: Any, theirs: Any) -> None:
    """The same numbers, in the same structure."""
    if isinstance(theirs, tuple | list):
        assert len(ours) == len(theirs)
        for x, y in zip(ours, theirs, strict=True):
            same(x, y)
    else:
        values = ours.detach().numpy() if isinstance(ours, torch.Tensor) else ours
        assert np.shape(values) == np.shape(theirs)
        np.testing.assert_allclose(values, theirs, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", VALUES)
def test_what_has_no_gradient_or_several_results_has_numpys_values(name: str) -> None:
    f = VALUES[name]
    same(f(torch.tensor(A), torch.tensor(B)), f(A, B))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda t: np.fft.fft(t), "np.fft.fft"),
        (lambda t: np.linalg.eig(t), "np.linalg.eig"),
        (lambda t: np.linalg.lstsq(t, t), "np.linalg.lstsq"),
        (lambda t: np.apply_along_axis(np.sum, 0, t), "np.apply_along_axis"),
        (lambda t: np.unwrap(t), "np.unwrap"),
        (lambda t: np.nextafter(t, t), "np.nextafter"),
        (lambda t: np.copyto(np.zeros((2, 3)), t), "np.copyto"),
        (lambda t: np.put_along_axis(t, np.zeros((2, 1), int), 1.0, 1), "np.put_along_axis"),
        (lambda t: np.median(t, out=np.zeros(())), "np.median on a Tensor does not take out"),
        (lambda t: np.prod(t, where=True), "np.prod on a Tensor"),
        (lambda t: np.interp(t, [0.0], [1.0], period=1.0), "np.interp on a Tensor does not take period"),
        (lambda t: np.histogram(t), "np.histogram"),
        (lambda t: np.add.reduce(t), "np.add.reduce"),
        (lambda t: np.multiply.outer(t, t), "np.multiply.outer"),
        (lambda t: np.exp(t, where=A > 0), "np.exp on a Tensor does not take where"),
        (lambda t: np.exp(t, out=np.zeros((2, 3))), "np.exp on a Tensor does not take out"),
        (lambda t: np.add(np.zeros((2, 3)), t, dtype=np.float32), "np.add on a Tensor does not take dtype"),
        (lambda t: np.sum(t, out=np.zeros(3), axis=0), "np.sum on a Tensor does not take out"),
        (lambda t: np.sum(t, where=A > 0), "np.sum on a Tensor"),
        (lambda t: np.max(t, initial=0.0), "np.max on a Tensor"),
        (lambda t: np.reshape(t, (3, 2), order="F"), "np.reshape on a Tensor has order 'C' only"),
        (lambda t: np.ravel(t, order="F"), "np.ravel on a Tensor has order 'C' only"),
    ],
)
def test_what_is_not_there_is_refused_by_name(call: Any, name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name}"):
        call(torch.tensor(A, requires_grad=True))


def test_an_array_is_not_written_with_a_tensor_behind_the_graphs_back() -> None:
    array, t = np.zeros((2, 3)), torch.tensor(A, requires_grad=True)
    with pytest.raises(TypeError, match="out"):
        array += t
    with pytest.raises(RuntimeError, match=r"requires grad"):
        array[0] = t[0]
    assert not array.any()


@pytest.mark.parametrize(
    "convert",
    [np.array, np.asarray, float, int, math.exp, math.sqrt, lambda t: t.numpy()],
)
def test_leaving_the_graph_is_an_error_that_says_what_to_write(convert: Any) -> None:
    t = torch.tensor(0.5, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Can't .* that requires grad. Use tensor\.") as info:
        convert(t)
    assert "instead" in str(info.value)
    with pytest.raises(RuntimeError, match="requires grad"):
        convert(t * 2)


def test_without_a_gradient_tensors_become_arrays_and_numbers() -> None:
    t = torch.tensor([0.5, 1.5])
    assert np.asarray(t).tolist() == [0.5, 1.5]
    assert np.may_share_memory(np.asarray(t), t.numpy())
    assert np.array(t, dtype=np.float64).dtype == np.float64
    assert not np.may_share_memory(np.array(t), t.numpy())
    assert math.exp(t[0]) == pytest.approx(math.exp(0.5))
    assert (float(t[1]), int(t[1])) == (1.5, 1)
    assert list(range(5))[torch.tensor(2)] == 2
    assert np.arange(5)[torch.tensor([1, 3])].tolist() == [1, 3]


def test_an_array_times_a_tensor_promotes_as_two_tensors_do() -> None:
    assert (np.ones(2) * torch.ones(2)).dtype == np.float64
    assert (np.ones(2, np.float32) * torch.ones(2)).dtype == np.float32
    assert (np.arange(2) * torch.ones(2)).dtype == np.float32
    assert (np.float64(2) * torch.ones(2)).dtype == np.float32
    assert np.concatenate([np.ones(2), torch.ones(2)]).dtype == np.float64


def test_users_numpy_code_differentiates_unchanged() -> None:
    def layer_norm(x: Any) -> Any:
        return (x - np.mean(x, axis=-1, keepdims=True)) / np.sqrt(np.var(x, axis=-1, keepdims=True) + 1e-5)

    x = torch.tensor(A, requires_grad=True)
    np.testing.assert_allclose(layer_norm(x).detach().numpy(), layer_norm(A))
    assert gradcheck(layer_norm, x)


@pytest.mark.parametrize("name", ["mean", "nanmean", "var", "std", "median", "nanvar"])
@pytest.mark.parametrize("dtype", ["int64", "bool"])
def test_integers_have_means_and_spreads_as_in_numpy(name: str, dtype: str) -> None:
    a = np.array([[1, 0, 3], [4, 0, 0]]).astype(dtype)
    y = getattr(np, name)(torch.tensor(a), axis=1)
    assert y.dtype == torch.float32
    np.testing.assert_allclose(y.numpy(), getattr(np, name)(a.astype(float), axis=1), rtol=1e-6)
