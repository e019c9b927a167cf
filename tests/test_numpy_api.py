"""NumPy's functions on Tensors give NumPy's values, keep the graph, or are refused by name."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import gradcheck
from tinygrad_opt.autograd.table import TABLE
from tinygrad_opt.numpy_api import FUNCTIONS

A = np.array([[0.3, -1.2, 0.8], [1.1, 0.5, -0.4]])
B = np.array([[0.7, 0.2, -0.9], [-1.5, 0.6, 0.1]])
W = np.array([[0.5, -0.1], [0.2, 0.9], [-0.7, 0.4]])

# Functions of one or two arrays: called on arrays for the values, on Tensors for the values and gradients.
CASES: dict[str, Callable[..., Any]] = {
    "sum": lambda a, b: np.sum(a),
    "sum, an axis": lambda a, b: np.sum(a, axis=0),
    "sum, keepdims": lambda a, b: np.sum(a, axis=(0, 1), keepdims=True),
    "sum, positional": lambda a, b: np.sum(a, 1),
    "mean": lambda a, b: np.mean(a, axis=-1),
    "prod": lambda a, b: np.prod(a, axis=1),
    "var has ddof 0": lambda a, b: np.var(a),
    "var, ddof": lambda a, b: np.var(a, axis=0, ddof=1, keepdims=True),
    "var, correction": lambda a, b: np.var(a, axis=1, correction=1),
    "std has ddof 0": lambda a, b: np.std(a, axis=1),
    "std, ddof": lambda a, b: np.std(a, ddof=2),
    "max": lambda a, b: np.max(a),
    "max, an axis": lambda a, b: np.max(a, axis=0),
    "amin": lambda a, b: np.min(a, axis=(0, 1), keepdims=True),
    "cumsum flattens": lambda a, b: np.cumsum(a),
    "cumsum, an axis": lambda a, b: np.cumsum(a, axis=1),
    "norm": lambda a, b: np.linalg.norm(a),
    "norm, an axis": lambda a, b: np.linalg.norm(a, axis=1, keepdims=True),
    "norm, an order": lambda a, b: np.linalg.norm(a, 3, axis=0),
    "amax and amin": lambda a, b: np.amax(a, axis=0) - np.amin(b, axis=0),
    "reshape": lambda a, b: np.reshape(a, (3, 2)),
    "reshape to -1": lambda a, b: np.reshape(a, -1),
    "ravel": lambda a, b: np.ravel(a),
    "transpose": lambda a, b: np.transpose(a),
    "transpose, axes": lambda a, b: np.transpose(a[None], (2, 0, 1)),
    "swapaxes": lambda a, b: np.swapaxes(a, 0, 1),
    "swapaxes, by name": lambda a, b: np.swapaxes(a, axis1=0, axis2=-1),
    "moveaxis": lambda a, b: np.moveaxis(a[None], 0, -1),
    "squeeze": lambda a, b: np.squeeze(a[None]),
    "squeeze, an axis": lambda a, b: np.squeeze(a[None], axis=0),
    "expand_dims": lambda a, b: np.expand_dims(a, 1),
    "expand_dims, two": lambda a, b: np.expand_dims(a, (0, -1)),
    "broadcast_to": lambda a, b: np.broadcast_to(a, (2, 2, 3)),
    "flip": lambda a, b: np.flip(a),
    "flip, an axis": lambda a, b: np.flip(a, axis=1),
    "roll": lambda a, b: np.roll(a, 1),
    "roll, an axis": lambda a, b: np.roll(a, 2, axis=1),
    "tile": lambda a, b: np.tile(a, 2),
    "tile, two": lambda a, b: np.tile(a, (2, 1)),
    "tril": lambda a, b: np.tril(a),
    "triu": lambda a, b: np.triu(a, k=1),
    "diagonal": lambda a, b: np.diagonal(a, offset=1),
    "pad": lambda a, b: np.pad(a, 1),
    "pad, widths": lambda a, b: np.pad(a, ((0, 1), (2, 0)), constant_values=0.5),
    "concatenate": lambda a, b: np.concatenate([a, b]),
    "concatenate, an axis": lambda a, b: np.concatenate((a, b, a), axis=1),
    "concatenate, flattened": lambda a, b: np.concatenate([a, b], axis=None),
    "concatenate with an array": lambda a, b: np.concatenate([a, B]),
    "stack": lambda a, b: np.stack([a, b], axis=-1),
    "split": lambda a, b: np.split(a, 3, axis=1)[1],
    "split at": lambda a, b: np.split(a, [1], axis=1)[1],
    "where": lambda a, b: np.where(A > 0, a, b),
    "where, a number": lambda a, b: np.where(a > 0, a, 0.0),
    "clip": lambda a, b: np.clip(a, -0.5, 0.6),
    "clip from below": lambda a, b: np.clip(a, 0.0, None),
    "clip to arrays": lambda a, b: np.clip(a, B - 0.45, B + 0.55),
    "round": lambda a, b: np.round(a, 1) * 0 + a,
    "copy": lambda a, b: np.copy(a),
    "sort": lambda a, b: np.sort(a, axis=0),
    "sort, flattened": lambda a, b: np.sort(a, axis=None),
    "take_along_axis": lambda a, b: np.take_along_axis(a, np.argsort(A, axis=1), axis=1),
    "dot": lambda a, b: np.dot(a, W),
    "dot of vectors": lambda a, b: np.dot(a[0], b[0]),
    "dot with a number": lambda a, b: np.dot(a, 2.0),
    "matmul": lambda a, b: np.matmul(a, W),
    "matmul from the left": lambda a, b: W @ a,
    "outer": lambda a, b: np.outer(a, b),
    "einsum": lambda a, b: np.einsum("ij,kj->ik", a, b),
    "einsum with an array": lambda a, b: np.einsum("ij,jk->ik", a, W),
    "array * tensor": lambda a, b: B * a,
    "array - tensor": lambda a, b: B - a,
    "array / tensor": lambda a, b: B / a,
    "NumPy number ** tensor": lambda a, b: np.float64(2.0) ** a,
    "NumPy number * tensor": lambda a, b: np.float32(2.0) * a + np.int64(3) * a,
    "list in a ufunc": lambda a, b: np.multiply([1.0, 2.0, 3.0], a),
    "softmax by hand": lambda a, b: np.exp(a) / np.sum(np.exp(a), axis=1, keepdims=True),
}  # fmt: skip
if np.lib.NumpyVersion(np.__version__) >= "2.1.0":
    CASES["reshape, shape="] = lambda a, b: np.reshape(a, shape=(1, 6))  # before, the name was newshape

UFUNCS = {f: f for f in TABLE if isinstance(f, np.ufunc)}
LOGICAL = {
    np.isnan,
    np.isinf,
    np.isfinite,
    np.equal,
    np.not_equal,
    np.less,
    np.less_equal,
    np.greater,
    np.greater_equal,
    np.signbit,
    np.logical_and,
    np.logical_or,
    np.logical_xor,
    np.logical_not,
}
WHOLE = {np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift}


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


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda f: f.__name__)
def test_ufuncs_have_numpys_values_and_right_gradients(ufunc: np.ufunc) -> None:
    x, y = np.array([0.3, 0.7, 0.45]), np.array([0.6, 0.2, 0.4])
    if ufunc is np.matmul:
        x, y = x[None], y[:, None]
    if ufunc in WHOLE:
        x, y = np.array([3, 5, 9]), np.array([6, 2, 4])
    if ufunc is np.arccosh:
        x = x + 1
    inputs = [x, y][: ufunc.nin]
    result = ufunc(*[torch.tensor(v) for v in inputs])
    np.testing.assert_allclose(result.numpy(), ufunc(*inputs), rtol=1e-14)
    if ufunc not in LOGICAL | WHOLE:
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
        test_functions_without_gradients_work_too()
    finally:
        FUNCTIONS.update(ours)
    assert called == set(ours)


def test_functions_without_gradients_work_too() -> None:
    a = torch.tensor(A)
    assert np.argmax(a).item() == np.argmax(A)
    assert np.argmin(a, axis=1, keepdims=True).tolist() == np.argmin(A, axis=1, keepdims=True).tolist()
    assert np.argsort(a).tolist() == np.argsort(A).tolist()
    assert np.any(a > 0, axis=0).tolist() == [True, True, True]
    assert not np.all(a > 0)
    assert (np.shape(a), np.ndim(a), np.size(a), np.size(a, 1)) == ((2, 3), 2, 6, 3)
    assert np.allclose(a, A + 1e-9)
    assert np.isclose(a, A).numpy().all()
    assert np.array_equal(a, A)
    for like in [np.zeros_like, np.ones_like, np.empty_like]:
        assert like(a).shape == (2, 3)
        assert like(a, dtype=np.float32).dtype == np.float32
    assert np.full_like(a, 7.0).tolist() == np.full_like(A, 7.0).tolist()
    assert [x.tolist() for x in np.where(a > 0)] == [x.tolist() for x in np.where(A > 0)]


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda t: np.median(t), "np.median"),
        (lambda t: np.linalg.inv(t), "np.linalg.inv"),
        (lambda t: np.fft.fft(t), "np.fft.fft"),
        (lambda t: np.histogram(t), "np.histogram"),
        (lambda t: np.nextafter(t, t), "np.nextafter"),
        (lambda t: np.spacing(t), "np.spacing"),
        (lambda t: np.divmod(t, 2), "np.divmod"),
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
        (lambda t: np.linalg.norm(t, 2), "np.linalg.norm on a Tensor has no matrix norm"),
        (lambda t: np.dot(t, np.zeros((2, 3, 2))), "np.dot on a Tensor"),
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
