"""Reading and writing parts of a tensor, with every kind of key and through views of views, as PyTorch does it."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

Array = np.ndarray[Any, Any]


def numbers(name: str, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(zlib.crc32(name.encode())).normal(size=shape)


def longs(library: Any, values: Any) -> Any:
    return library.from_numpy(np.array(values, np.int64))


def mask(library: Any, shape: tuple[int, ...]) -> Any:
    return library.from_numpy(numbers("mask", shape) > 0)


# The shape read from, and the key, made with either library.
KEYS: dict[str, tuple[tuple[int, ...], Callable[[Any], Any]]] = {
    "a number": ((4, 3), lambda _: 1),
    "a negative number": ((4, 3), lambda _: -1),
    "a NumPy integer": ((4, 3), lambda _: np.int64(2)),
    "two numbers": ((4, 3), lambda _: (1, -2)),
    "a slice": ((4, 3), lambda _: slice(1, 3)),
    "all": ((4, 3), lambda _: slice(None)),
    "a slice with a step": ((7, 3), lambda _: slice(None, None, 2)),
    "a slice from behind": ((7, 3), lambda _: slice(-4, -1, 3)),
    "a slice out of bounds": ((4, 3), lambda _: slice(2, 100)),
    "an empty slice": ((4, 3), lambda _: slice(3, 1)),
    "two slices": ((4, 3), lambda _: (slice(1, None), slice(None, 2))),
    "a column": ((4, 3), lambda _: (slice(None), 1)),
    "None": ((4, 3), lambda _: None),
    "None in the middle": ((4, 3), lambda _: (slice(None), None, 1)),
    "Ellipsis": ((2, 3, 4), lambda _: ...),
    "Ellipsis and a number": ((2, 3, 4), lambda _: (..., 1)),
    "a number, Ellipsis, a slice": ((2, 3, 4), lambda _: (1, ..., slice(None, None, 3))),
    "Ellipsis of nothing": ((2, 3), lambda _: (0, ..., 1)),
    "None, Ellipsis, None": ((2, 3), lambda _: (None, ..., None)),
    "an empty tuple": ((2, 3), lambda _: ()),
    "of a 0-d tensor, an empty tuple": ((), lambda _: ()),
    "of a 0-d tensor, Ellipsis": ((), lambda _: ...),
    "of a 0-d tensor, None": ((), lambda _: None),
    "a mask": ((4, 3), lambda t: mask(t, (4, 3))),
    "a mask of rows": ((4, 3), lambda t: mask(t, (4,))),
    "a mask after a slice": ((2, 4), lambda t: (slice(None), mask(t, (4,)))),
    "a mask of two of three": ((4, 3, 2), lambda t: mask(t, (4, 3))),
    "a mask as a list": ((4, 3), lambda _: [True, False, True, False]),
    "a mask of nothing": ((4, 3), lambda t: t.from_numpy(np.zeros(4, bool))),
    "a mask and a number": ((4, 3), lambda t: (mask(t, (4,)), 1)),
    "a mask and positions": ((4, 3), lambda t: (t.from_numpy(np.array([True, False, False, True])), longs(t, [2, 0]))),
    "a 0-d mask": ((), lambda t: t.from_numpy(np.array(True))),
    "True": ((2, 3), lambda _: True),
    "False": ((2, 3), lambda _: False),
    "positions": ((4, 3), lambda t: longs(t, [2, 0, 3])),
    "positions with repeats": ((4, 3), lambda t: longs(t, [1, 1, 0, 1, -1])),
    "many positions with repeats": ((5, 40), lambda t: longs(t, [1, 1, 0, 1, -1, 4, 0])),
    "a matrix of positions": ((4, 3), lambda t: longs(t, [[1, 1], [0, -2]])),
    "a large matrix of positions": ((4, 8), lambda t: longs(t, [[1, 1, 0], [0, -2, 3], [2, 2, 2]])),
    "int32 positions": ((4, 3), lambda t: t.from_numpy(np.array([2, 0], np.int32))),
    "no positions": ((4, 3), lambda t: longs(t, [])),
    "a 0-d position": ((4, 3), lambda t: longs(t, 2)),
    "a list": ((4, 3), lambda _: [2, 0, 2]),
    "an empty list": ((4, 3), lambda _: []),
    "a list of two": ((4, 3), lambda _: ([0, 1], [1, 2])),
    "a range": ((4, 3), lambda _: range(3)),
    "a range and a list": ((4, 3), lambda _: (range(4), [1, 0, 2, 2])),
    "a range and positions": ((4, 3), lambda t: (range(4), longs(t, [1, 0, 2, 2]))),
    "a slice and a range": ((4, 3), lambda _: (slice(None), range(1, 3))),
    "positions in both": ((4, 3), lambda t: (longs(t, [0, 0, 3]), longs(t, [1, 1, -1]))),
    "positions that broadcast": ((4, 3), lambda t: (longs(t, [[0], [2]]), longs(t, [1, 2, 0]))),
    "positions and a number": ((4, 3), lambda t: (longs(t, [0, 0, 3]), 1)),
    "positions after a slice": ((2, 4, 3), lambda t: (slice(None), longs(t, [3, 3, 0]))),
    "positions around a slice": ((2, 4, 3), lambda t: (longs(t, [0, 1, 1]), slice(1, 3), longs(t, [2, 2, 0]))),
    "a number and positions around a slice": ((2, 4, 3), lambda t: (1, slice(1, 3), longs(t, [2, 2, 0]))),
    "positions around an empty Ellipsis": ((4, 3, 2), lambda t: (slice(1, 3), longs(t, [2, 1]), ..., longs(t, [1, 0]))),
    "a mask, a number and Ellipsis": ((4, 3, 2), lambda t: (mask(t, (4,)), ..., -1)),
    "positions, Ellipsis": ((2, 4, 3), lambda t: (longs(t, [0, 1, 1]), ...)),
    "Ellipsis, positions": ((2, 4, 3), lambda t: (..., longs(t, [0, 1, 1]))),
    "positions and None": ((4, 3), lambda t: (longs(t, [0, 2]), None)),
    "positions and a slice with a step": ((4, 5), lambda t: (longs(t, [0, 2, 2]), slice(None, None, 2))),
    "of nothing, a slice": ((0, 3), lambda _: slice(0, 2)),
    "of nothing, a mask": ((0, 3), lambda t: t.from_numpy(np.zeros((0, 3), bool))),
}  # fmt: skip
all_keys = pytest.mark.parametrize("name", KEYS)


def values(t: Any) -> Array:
    return t.detach().numpy()


def leaf(library: Any, array: Array) -> Any:
    return library.from_numpy(array.copy()).requires_grad_()


def weighted(library: Any, y: Any) -> Any:
    w = np.cos(1.0 + np.arange(math.prod(y.shape), dtype=np.float64)).reshape(tuple(y.shape))
    return (y * library.from_numpy(w)).sum()


def assert_same(ours: list[Any], theirs: list[Any]) -> None:
    assert len(ours) == len(theirs)
    for x, y in zip(ours, theirs, strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            assert tuple(x.shape) == tuple(y.shape)
            np.testing.assert_allclose(values(x), values(y), rtol=1e-13, atol=1e-13)


def both(program: Callable[[Any], list[Any]]) -> None:
    """Run the program in both libraries and compare what it returns."""
    assert_same(program(tinygrad_opt), program(torch))


@all_keys
def test_reading(name: str) -> None:
    shape, key = KEYS[name]

    def program(library: Any) -> list[Any]:
        x = leaf(library, numbers(name, shape))
        y = x[key(library)]
        weighted(library, y).backward()
        return [y, x.grad]

    both(program)


@all_keys
def test_a_read_shares_memory_exactly_where_pytorchs_does(name: str) -> None:
    shape, key = KEYS[name]
    x, w = tinygrad_opt.from_numpy(numbers(name, shape)), torch.from_numpy(numbers(name, shape))
    y, z = x[key(tinygrad_opt)], w[key(torch)]
    if z.numel():
        shared = z.untyped_storage().data_ptr() == w.untyped_storage().data_ptr()
        assert np.may_share_memory(y.numpy(), x.numpy()) == shared


@all_keys
def test_second_derivatives_of_a_read(name: str) -> None:
    shape, key = KEYS[name]

    def program(library: Any) -> list[Any]:
        x = leaf(library, numbers(name, shape))
        y = weighted(library, x[key(library)] ** 3)
        (g,) = library.autograd.grad(y, x, create_graph=True)
        (g**2).sum().backward()
        return [g, x.grad]

    both(program)


def sized(name: str, shape: tuple[int, ...], key: Callable[[Any], Any]) -> Array:
    """As many numbers as the key reads, so that the last write to each place is known where positions repeat."""
    read = torch.from_numpy(numbers(name, shape))[key(torch)]
    return numbers(name + " written", tuple(read.shape))


REPEATS = {
    "positions with repeats",
    "many positions with repeats",
    "a matrix of positions",
    "a list",
    "a large matrix of positions",
    "positions in both",
    "positions after a slice",
    "positions around a slice",
    "a number and positions around a slice",
    "positions and a number",
    "positions, Ellipsis",
    "Ellipsis, positions",
    "positions and a slice with a step",
}


@all_keys
@pytest.mark.parametrize("what", ["a tensor", "a number", "a 0-d tensor", "a constant tensor", "a row"])
def test_writing(name: str, what: str) -> None:
    shape, key = KEYS[name]
    array = sized(name, shape, key)

    def program(library: Any) -> list[Any]:
        x = leaf(library, numbers(name, shape))
        v = leaf(library, array)
        if what == "a 0-d tensor":
            v = leaf(library, np.array(2.5))
        if what == "a row" and array.ndim:
            v = leaf(library, numbers("row", array.shape[-1:]))
        if what == "a constant tensor":
            v = v.detach()
        y = x * 2
        y[key(library)] = 7 if what == "a number" else v
        weighted(library, y * y).backward()
        if name == "False":  # nothing is written: PyTorch has no gradient for v then, here it is zero
            return [y, x.grad]
        return [y, x.grad, v.grad]

    if name in REPEATS:  # which of several writes wins PyTorch does not say, and its gradient counts them all
        array[...], what = 2.5, "a constant tensor"
    both(program)


@all_keys
@pytest.mark.parametrize("sign", ["+=", "-=", "*=", "/="])
def test_augmented_writing(name: str, sign: str) -> None:
    shape, key = KEYS[name]
    array = sized(name, shape, key)
    if name in REPEATS:
        return  # the last write wins, and PyTorch does not say which that is

    def program(library: Any) -> list[Any]:
        x, v = leaf(library, numbers(name, shape)), leaf(library, array)
        y = x * 2
        k = key(library)
        if sign == "+=":
            y[k] += v
        elif sign == "-=":
            y[k] -= 1
        elif sign == "*=":
            y[k] *= v
        else:
            y[k] /= v
        weighted(library, y * y).backward()
        return [y, x.grad] if name == "False" else [y, x.grad, v.grad]

    both(program)


def test_with_repeats_the_last_write_wins_and_the_others_get_no_gradient() -> None:
    x = tinygrad_opt.zeros(3, requires_grad=True)
    v = tinygrad_opt.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = x * 1
    y[[0, 2, 0, 0]] = v
    (y * y).sum().backward()
    assert y.tolist() == [4, 0, 2]
    assert [v.grad.tolist(), x.grad.tolist()] == [[0, 4, 0, 8], [0, 0, 0]]


def test_augmented_writing_with_repeats_adds_once() -> None:
    def program(library: Any) -> list[Any]:
        x = leaf(library, np.zeros(3))
        y = x * 2
        y[longs(library, [0, 0, 2])] += 1
        weighted(library, y).backward()
        return [y]

    both(program)


# ---- views of views -------------------------------------------------------------------------------------------------


PROGRAMS: list[Callable[[Any, Any, Any], Any]] = []


def program(f: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    PROGRAMS.append(f)
    return f


@program
def write_a_row_through_a_row(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y[1][2] = v
    return y


@program
def write_a_slice_of_a_slice(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y[1:][:, 1:3][0] = v
    return y * y


@program
def write_into_a_transpose(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y.T[1, :2] = v
    return y * y


@program
def write_into_a_reshaped_slice(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y[1:3].reshape(-1)[3:6] *= v
    return y * y


@program
def write_into_a_diagonal(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y.diagonal()[:] = v
    return y * y


@program
def write_into_every_other(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    z = y[::2]
    z[:, 1] = v
    return y * y + z.sum()


@program
def a_view_made_before_the_base_is_written(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    z = y[0]
    y[0, 1] = v
    return z * z


@program
def a_view_made_before_another_view_is_written(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    a, b = y[:2], y[1:, 1]
    a.mul_(v)
    return (a * a).sum() + (b * b).sum() + y.sum()


@program
def views_written_one_after_the_other(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    a, b = y[0], y[:, 0]
    a += v
    b *= 3
    a -= b[1]
    return y * a


@program
def a_base_written_as_a_whole(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    z = y[1]
    y.mul_(v)
    z.add_(1)
    return y * y + z


@program
def a_write_to_itself(library: Any, x: Any, v: Any) -> Any:
    y = x * v
    y[0] = y[1]
    y[2:] = y[:2]
    return y * y


@program
def a_write_of_a_function_of_itself(library: Any, x: Any, v: Any) -> Any:
    y = x * v
    y[:, 0] = (x * x)[:, 1] + y.clone()[:, 2].exp()
    return y


@program
def two_writes_to_one_place(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y[0] = v
    y[0] = v * v
    y[0, 0] = 5.0
    return y * y


@program
def a_running_sum_by_hand(library: Any, x: Any, v: Any) -> Any:
    y = library.zeros_like(x)
    y[0] = x[0] * v
    for i in range(1, len(x)):
        y[i] = y[i - 1] * 0.5 + x[i]
    return y * y


@program
def a_constant_that_becomes_tracked(library: Any, x: Any, v: Any) -> Any:
    y = library.zeros_like(x)
    z = y[1]
    before = z.requires_grad
    z[2] = v
    return (y + z) * (1.0 if not before and y.requires_grad and z.requires_grad else math.nan)


@program
def unbound_rows_by_index(library: Any, x: Any, v: Any) -> Any:
    y = x * 1
    for i in range(len(y)):
        y[i] *= v + i
    return y


@program
def a_masked_write(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y[y > 0] = v
    y[y < 0] -= 1
    y[x.abs() > 1] *= y[x.abs() > 1]
    return y


@program
def a_write_into_a_view_of_a_view_of_unsqueezed(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y.unsqueeze(0)[0, 1:].squeeze()[1] = v
    return y * y


@program
def a_write_into_a_flattened_permutation(library: Any, x: Any, v: Any) -> Any:
    y = (x * 2).view(2, 2, 3)
    y.permute(2, 0, 1)[1].view(-1).mul_(3)
    y.permute(1, 0, 2)[1, 1].add_(v)
    return y * y


@program
def a_detached_base_is_written(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    y.detach()[0] = 0.0
    return y + v


@program
def in_place_on_a_chunk(library: Any, x: Any, v: Any) -> Any:
    y = x * 2
    z = y[:, 1:]
    z.mul_(v)
    z[0].sigmoid_()
    return y * v


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_writing_through_views(program: Callable[..., Any]) -> None:
    def run(library: Any) -> list[Any]:
        x, v = leaf(library, numbers(program.__name__, (4, 3))), leaf(library, np.array(1.5))
        try:
            y = program(library, x, v)
        except RuntimeError as error:
            if "view size is not compatible" in str(error):
                return []
            raise
        weighted(library, y).backward()
        return [y, x.grad, v.grad]

    both(run)
