"""Bad positions, masks and sources: PyTorch's class of exception, pieces of its text, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

torch = pytest.importorskip("torch")

# A call of (library, x of shape (2, 3), positions [0, 1], source of shape (2, 3)), and pieces of our text.
CASES: list[tuple[Callable[..., Any], list[str]]] = [
    (lambda t, x, i, s: x.gather(0, i), ["gather()", "same number of dimensions"]),
    (lambda t, x, i, s: x.gather(0, i[None] + 1), ["gather()", "index 2 is out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.gather(0, i[None] - 1), ["gather()", "index -1 is out of bounds"]),
    (lambda t, x, i, s: x.gather(2, i[None]), ["gather()", "Dimension out of range"]),
    (lambda t, x, i, s: x.gather(0, s), ["gather()", "int64", "index"]),
    (lambda t, x, i, s: t.take_along_dim(x, s, 0), ["take_along_dim()", "dtype of indices should be Long"]),
    (lambda t, x, i, s: t.take_along_dim(x, i, 0), ["take_along_dim()", "same number of dimensions"]),
    *[
        case
        for name in ["scatter", "scatter_add", "scatter_", "scatter_add_"]
        for case in [
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i, s), ["same number of dimensions"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None] + 1, s), ["index 2 is out of bounds for dimension 0"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None] - 1, s), ["index -1 is out of bounds"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, s, s), ["Expected dtype int32/int64 for index"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None], s.double()), ["self.dtype to be equal to src.dtype"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None], s[:, :1]), ["[1, 2]", "no larger than src [2, 1]"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(1, i[:, None].repeat(2, 1), s), ["4, 1"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None], s[None]), ["dimensions as src"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(2, i[None], s), ["Dimension out of range"]),
        ]
    ],
    (lambda t, x, i, s: x.scatter_(0, i[None], s, reduce="mean"), ["either add or multiply", "'mean'"]),
    (lambda t, x, i, s: x.scatter_(0, i[None], "a"), ["scatter"]),
    (lambda t, x, i, s: x.scatter_(0, i[None]), ["scatter"]),
    (lambda t, x, i, s: x.scatter_reduce_(0, i[None], s, "add"), ["sum, prod, mean, amax or amin", "add"]),
    (lambda t, x, i, s: x.scatter_reduce_(0, i[None] + 1, s, "sum"), ["out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.scatter_reduce_(0, i[None], s.double(), "amax"), ["self.dtype to be equal to src.dtype"]),
    *[
        case
        for name in ["index_add", "index_copy", "index_add_", "index_copy_"]
        for case in [
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i + 1, s), ["index 2 is out of bounds for dimension 0"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i - 1, s), ["index -1 is out of bounds for dimension 0"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, s[0], s), ["Expected", "index"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i[None], s), ["Index"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i, s[:1]), ["Number of indices (2)", "(1)"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i, s[:, :2]), ["shape"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(0, i, s.double()), ["self", "source", "dtype"]),
            (lambda t, x, i, s, n=name: getattr(x, n)(2, i, s), ["Dimension out of range"]),
        ]
    ],
    (lambda t, x, i, s: x.index_fill_(0, i + 1, 1), ["out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.index_fill_(0, i - 3, 1), ["index -3 is out of bounds"]),
    (lambda t, x, i, s: x.index_fill_(0, s[0], 1), ["Expected dtype int64 for index"]),
    (lambda t, x, i, s: x.index_fill_(0, i[None], 1), ["vector/scalar"]),
    (lambda t, x, i, s: x.index_fill_(0, i, s), ["0-dimensional value tensor", "2 dimension(s)"]),
    (lambda t, x, i, s: x.index_reduce_(0, i, s, "sum"), ["prod, mean, amax or amin but got sum"]),
    (lambda t, x, i, s: x.index_reduce_(0, i + 1, s, "prod"), ["out of range"]),
    (lambda t, x, i, s: x.index_reduce_(0, i, s[:1], "amax"), ["Number of indices (2)", "(1)"]),
    (lambda t, x, i, s: x.index_select(0, i + 1), ["index_select()", "out of range"]),
    (lambda t, x, i, s: x.index_select(0, i - 1), ["out of range"]),
    (lambda t, x, i, s: x.index_select(0, s[0]), ["Expected dtype int32/int64 for index"]),
    (lambda t, x, i, s: x.index_select(0, i[None]), ["supposed to be a vector"]),
    (lambda t, x, i, s: x.index_select(2, i), ["Dimension out of range"]),
    *[
        case
        for add in [False, True]
        for case in [
            (lambda t, x, i, s, a=add: x.index_put_((i + 1,), s, a), ["index 2 is out of bounds for dimension 0"]),
            (lambda t, x, i, s, a=add: x.index_put_((i - 3,), s, a), ["index -3 is out of bounds for dimension 0"]),
            (lambda t, x, i, s, a=add: x.index_put_((s[0],), s, a), ["used as indices"]),
            (lambda t, x, i, s, a=add: x.index_put_((i, i, i), s, a), ["too many indices for tensor of dimension 2"]),
            (lambda t, x, i, s, a=add: x.index_put_((i,), s[:, :2], a), ["shape mismatch", "[2, 2]"]),
            (lambda t, x, i, s, a=add: x.index_put_((s > 2,), s, a), ["shape mismatch", "[2, 3]"]),
            (lambda t, x, i, s, a=add: x.index_put_((i > 0, i), s.double(), a), ["dtypes match"]),
            (lambda t, x, i, s, a=add: x.index_put_(i, s, a), ["'indices' must be tuple"]),
            (lambda t, x, i, s, a=add: x.index_put_((i,), 1.0, a), ["'values' must be Tensor"]),
            (lambda t, x, i, s, a=add: x.index_put_((None, i), s, a), ["NoneType"]),
            (
                lambda t, x, i, s, a=add: x.put_(i + 5, s[0, :2], a),
                ["tried to access index 6 on a tensor of 6 elements"],
            ),
            (lambda t, x, i, s, a=add: x.put_(i - 7, s[0, :2], a), ["tried to access index -7"]),
            (lambda t, x, i, s, a=add: x.put_(s[0], s[0], a), ["Expected a long tensor for index"]),
            (lambda t, x, i, s, a=add: x.put_(i, s, a), ["source.numel() = 6, index.numel() = 2"]),
            (lambda t, x, i, s, a=add: x.put_(i, s[0, :2].double(), a), ["same dtype"]),
        ]
    ],
    (lambda t, x, i, s: x.take(i + 5), ["tried to access index 6 on a tensor of 6 elements"]),
    (lambda t, x, i, s: x.take(i - 7), ["tried to access index -7"]),
    (lambda t, x, i, s: x.take(s), ["Expected a long tensor for index"]),
    (lambda t, x, i, s: x.masked_select(i), ["expected BoolTensor for mask"]),
    (lambda t, x, i, s: x.masked_select(i > 0), ["must match"]),
    (lambda t, x, i, s: x.masked_scatter_(s > 2, s[0]), ["Number of elements of source < number of ones in mask"]),
    (lambda t, x, i, s: x.masked_scatter_(s, s), ["expected BoolTensor for mask"]),
    (lambda t, x, i, s: x.masked_scatter_(s > 0, s.double()), ["same dtypes"]),
    (lambda t, x, i, s: x.masked_scatter_(i > 0, s), ["must match"]),
    (lambda t, x, i, s: x[0].masked_scatter_(s > 0, s), ["shape"]),
    (lambda t, x, i, s: x.masked_fill_(i, 1.0), ["boolean masks"]),
    (lambda t, x, i, s: x.masked_fill_(i > 0, 1.0), ["masked_fill"]),
    (lambda t, x, i, s: x.masked_fill_(s > 0, s), ["0-dimensional value tensor"]),
    (lambda t, x, i, s: x.select(0, 2), ["select()", "index 2 out of range for tensor of size [2, 3] at dimension 0"]),
    (lambda t, x, i, s: x.select(0, -3), ["index -3 out of range"]),
    (lambda t, x, i, s: x.select(2, 0), ["Dimension out of range"]),
    (lambda t, x, i, s: x.sum().select(0, 0), ["0-dim tensor"]),
    (lambda t, x, i, s: x.select_scatter(s, 0, 0), ["src size = [2, 3], slice size = [3]"]),
    (lambda t, x, i, s: x.select_scatter(s[0], 0, 2), ["index 2 out of range"]),
    (lambda t, x, i, s: x.slice_scatter(s[0], 0, 0, 1), ["src size = [3], slice size = [1, 3]"]),
    (lambda t, x, i, s: x.slice_scatter(s, 0, 0, 2, 0), ["slice step must be positive"]),
    (lambda t, x, i, s: x.slice_scatter(s, 2), ["Dimension out of range"]),
    (lambda t, x, i, s: x[i + 1], ["index 2 is out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.__setitem__(i + 1, s), ["index 2 is out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.__setitem__(2, 0.0), ["index 2 is out of bounds for dimension 0 with size 2"]),
    (lambda t, x, i, s: x.__setitem__(i, s[:, :2]), ["shape mismatch", "[2, 2]", "[2, 3]"]),
    (lambda t, x, i, s: x.__setitem__(s[0], 0.0), ["used as indices"]),
    (lambda t, x, i, s: x.__setitem__((0, 0, 0), 0.0), ["too many indices for tensor of dimension 2"]),
    (lambda t, x, i, s: x.__setitem__(i > 5, s), ["shape mismatch"]),
    (lambda t, x, i, s: x.__setitem__(s[:, :2] > 0, 1.0), ["mask [2, 2]", "[2, 3]"]),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("n", range(len(CASES)))
def test_bad_input_is_refused_as_in_pytorch_and_nothing_is_written(n: int) -> None:
    call, pieces = CASES[n]
    raised = []
    for library in (tinygrad_opt, torch):
        x = library.from_numpy(np.arange(6, dtype=np.float32).reshape(2, 3))
        i, s = library.from_numpy(np.array([0, 1])), library.from_numpy(np.full((2, 3), 9, np.float32))
        with pytest.raises((RuntimeError, IndexError, TypeError)) as error:
            call(library, x, i, s)
        raised.append(error)
        assert library is torch or x.tolist() == [[0, 1, 2], [3, 4, 5]]  # PyTorch has written by then, now and again
    ours, theirs = raised
    assert ours.type is theirs.type, (ours.value, theirs.value)
    for piece in pieces:
        assert piece in str(ours.value)


def test_positions_that_a_view_would_reach_are_refused_too() -> None:
    base = tinygrad_opt.zeros(4, 3)
    with pytest.raises(RuntimeError, match="out of bounds"):
        base[:2].scatter_add_(0, tinygrad_opt.tensor([[3, 0, 0]]), tinygrad_opt.ones(1, 3))
    with pytest.raises(IndexError, match="out of bounds"):
        base[:2].index_put_((tinygrad_opt.tensor([3]),), tinygrad_opt.tensor(1.0), accumulate=True)
    assert not base.any()
