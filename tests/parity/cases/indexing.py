"""Reading, gathering, sorting; keys of all kinds: test_indexing_parity.py."""

from __future__ import annotations

import numpy as np

from .case import Array, given, normal, row, whole

row("gather", lambda torch, x, i: torch.gather(x, 1, i), normal(3, 4), whole(4, 3, 2))
row("gather dim=0", lambda torch, x, i: x.gather(0, i), normal(3, 4), whole(3, 5, 2))
row("gather of a 0-d tensor", lambda torch, x, i: torch.gather(x, 0, i), normal(), given(0))
row("scatter_add", lambda torch, x, i, s: torch.scatter_add(x, 0, i, s), normal(3, 4), whole(3, 2, 4), normal(2, 4))
row(
    "scatter_add of a larger src",
    lambda torch, x, i, s: x.scatter_add(1, i, s.detach()),
    normal(3, 4),
    whole(4, 2, 5),
    normal(3, 6),
)
row("index_select", lambda torch, x, i: torch.index_select(x, 0, i), normal(3, 4), given([2, 0, 2]))
row("index_select dim=-1", lambda torch, x, i: x.index_select(-1, i), normal(3, 4), given([2, 0, 2, 1]))
row("take_along_dim", lambda torch, x, i: torch.take_along_dim(x, i, 1), normal(3, 4), whole(4, 3, 2))
row("take_along_dim broadcast", lambda torch, x, i: torch.take_along_dim(x, i, dim=1), normal(3, 4), whole(4, 1, 2))
row(
    "take_along_dim of a broadcast input",
    lambda torch, x, i: torch.take_along_dim(x, i, 1),
    normal(1, 4),
    whole(4, 3, 2),
)
row("take_along_dim flat", lambda torch, x, i: torch.take_along_dim(x, i), normal(3, 4), whole(12, 2, 2))
row("sort", lambda torch, x: torch.sort(x), normal(3, 4))
row("sort descending", lambda torch, x: x.sort(0, descending=True), normal(3, 4))
row("sort stable, with ties", lambda torch, x: torch.sort(x, stable=True), given([2.0, 1, 2, 1, 0, 2]))
row(
    "sort stable, descending",
    lambda torch, x: tuple(torch.sort(x, stable=True, descending=True)),
    given([2.0, 1, 2, 1, 0]),
)
row("sort of a 0-d tensor", lambda torch, x: x.sort(), normal())
row("sort of nothing", lambda torch, x: x.sort(), normal(2, 0))
row("argsort", lambda torch, x: (torch.argsort(x), x.argsort(0, True)), normal(3, 4))
row("topk", lambda torch, x: torch.topk(x, 2), normal(3, 4))
row("topk smallest", lambda torch, x: x.topk(2, dim=0, largest=False), normal(3, 4))
row("topk of a 0-d tensor", lambda torch, x: x.topk(1), normal())
row("topk none", lambda torch, x: x.topk(0), normal(3))
row("masked_fill", lambda torch, x: x.masked_fill(x > 0, -1.5), normal(3, 4))
row("masked_fill by a broadcast mask", lambda torch, x, m: torch.masked_fill(x, m > 0, 0), normal(3, 4), normal(4))
row("masked_fill of a broadcast input", lambda torch, x, m: torch.masked_fill(x, m > 0, 2), normal(4), normal(3, 1))
row("masked_fill with a tensor", lambda torch, x, v: x.masked_fill(x > 0, v), normal(3), normal())

# ---- every name once more, over shapes, dims, forms and special values ----------------------------------------------

PLACES: list[tuple[str, Array, int, Array, Array]] = [  # an input, a dim, an index with repeats, a source of its shape
    ("vector", normal(4), 0, given([2, 0, 2]), normal(3)),
    ("0-d", normal(), 0, given(0), normal()),
    ("0-d at a vector", normal(), -1, given([0]), normal(1)),
    ("rows", normal(3, 4), 0, whole(3, 2, 4), normal(2, 4)),
    ("columns", normal(3, 4), 1, whole(4, 3, 5), normal(3, 5)),
    ("a negative dim", normal(3, 4), -2, whole(3, 5, 3), normal(5, 3)),
    ("3-d", normal(2, 3, 2), 1, whole(3, 2, 4, 1), normal(2, 4, 1)),
    ("nothing", normal(3, 4), 0, whole(3, 0, 4), normal(0, 4)),
    ("to an empty tensor", normal(3, 0), 0, whole(3, 2, 0), normal(2, 0)),
    ("a larger source", normal(3, 4), 1, whole(4, 2, 3), normal(3, 6)),
    ("ties", given([1.0, 2.0, 0.0]), 0, given([0, 0, 1, 1, 2]), given([1.0, 1.0, 3.0, 3.0, -1.0])),
    ("zeros", given([1.0, 2.0, 0.0, 0.0]), 0, given([0, 0, 1, 2, 3, 3]), given([0.0, 2.0, 0.0, 3.0, 5.0, 7.0])),
    ("inf", given([1.0, np.inf]), 0, given([0, 0, 1]), given([-np.inf, 2.0, 3.0])),
    ("integers", given([1, 2, 3]), 0, given([0, 0, 2]), given([7, -4, 5])),
    ("int32", normal(3), 0, np.array([0, 0, 2], np.int32), normal(3)),
]

for what, x, d, i, s in PLACES:
    row(f"gather {what}", lambda torch, x, i, d=d: torch.gather(input=x, dim=d, index=i), x, i)
    fixed = what == "a larger source"  # PyTorch has no gradient for a src larger than the index
    row(
        f"scatter_add {what}",
        lambda torch, x, i, s, d=d, fixed=fixed: torch.scatter_add(x, d, i, s.detach() if fixed else s),
        x,
        i,
        s,
    )
    row(
        f"scatter_add_ {what}",
        lambda torch, x, i, s, d=d, fixed=fixed: (x * 1).scatter_add_(d, index=i, src=s.detach() if fixed else s),
        x,
        i,
        s,
    )
    for how in ["sum", "prod", "mean", "amax", "amin"]:
        for itself in [True, False]:
            if (what == "ties" and how[0] == "a" and not itself) or (what == "inf" and how == "prod"):
                continue  # PyTorch's gradients are wrong there: test_scattering.py has ours
            if fixed and how not in ("sum", "mean"):
                continue
            row(
                f"scatter_reduce {how} {what} include_self={itself}",
                lambda torch, x, i, s, d=d, how=how, itself=itself, fixed=fixed: x.scatter_reduce(
                    d, i, s.detach() if fixed else s, how, include_self=itself
                ),
                x,
                i,
                s,
            )
    row(f"scatter a number {what}", lambda torch, x, i, d=d: torch.scatter(x, d, i, 3), x, i)
    row(f"scatter_ a number {what}", lambda torch, x, i, d=d: (x * 1).scatter_(d, i, value=2), x, i)
    row(
        f"scatter with reduce {what}",
        lambda torch, x, i, s, d=d: [x.detach().scatter(d, i, s.detach(), reduce=how) for how in ("add", "multiply")],
        x,
        i,
        s,
    )
    row(
        f"scatter a number with reduce {what}",
        lambda torch, x, i, d=d: [torch.scatter(x.detach(), d, i, 3, reduce=how) for how in ("add", "multiply")],
        x,
        i,
    )

for what, x, d, i, s in [  # without repeats: which write wins is not said in PyTorch
    ("vector", normal(4), 0, given([2, 0]), normal(2)),
    ("0-d", normal(), 0, given(0), normal()),
    ("rows", normal(3, 4), 0, given([[0, 1, 2, 0], [1, 2, 0, 2]]), normal(2, 4)),
    ("columns", normal(3, 4), 1, given([[3, 1], [0, 1], [2, 0]]), normal(3, 2)),
    ("a negative dim", normal(3, 4), -1, given([[3, 1], [0, 1]]), normal(2, 2)),
    ("3-d", normal(2, 3, 2), 1, given([[[2], [1]], [[0], [2]]]), normal(2, 2, 1)),
    ("nothing", normal(3, 4), 0, whole(3, 0, 4), normal(0, 4)),
    ("a larger source", normal(3, 4), 1, given([[3, 1], [0, 1]]), normal(3, 6).round(2)),
    ("nan", given([1.0, np.nan]), 0, given([0]), given([np.nan])),
    ("integers", given([1, 2, 3]), 0, given([2, 0]), given([7, 8])),
]:
    fixed = what == "a larger source"
    row(
        f"scatter {what}",
        lambda torch, x, i, s, d=d, fixed=fixed: torch.scatter(x, d, i, s.detach() if fixed else s),
        x,
        i,
        s,
    )
    row(
        f"scatter_ {what}",
        lambda torch, x, i, s, d=d, fixed=fixed: (x * 1).scatter_(d, i, src=s.detach() if fixed else s),
        x,
        i,
        s,
    )

SLICES: list[tuple[str, Array, int, Array, Array]] = [
    ("vector", normal(4), 0, given([2, 0, 2]), normal(3)),
    ("0-d", normal(), 0, given(0), normal()),
    ("rows", normal(3, 4), 0, given([2, 0, 2, 2]), normal(4, 4)),
    ("long rows", normal(3, 600), 0, given([2, 0, 2]), normal(3, 600)),
    ("few of many rows", normal(20, 9), 0, given([2, 7, 2, 19]), normal(4, 9)),
    ("columns", normal(3, 4), 1, given([3, 3]), normal(3, 2)),
    ("a negative dim", normal(2, 3, 4), -2, given([0, 2, 0]), normal(2, 3, 4)),
    ("the middle of 3-d", normal(2, 3, 2), 1, given([1]), normal(2, 1, 2)),
    ("a 0-d index", normal(3, 4), 0, given(1), normal(1, 4)),
    ("nothing", normal(3, 4), 0, whole(3, 0), normal(0, 4)),
    ("empty slices", normal(3, 0), 0, given([1, 1]), normal(2, 0)),
    ("inf", given([1.0, np.inf]), 0, given([0, 1]), given([-np.inf, 2.0])),
    ("integers", given([1, 2, 3]), 0, given([2, 0, 0]), given([7, 8, 9])),
    ("int32", normal(4), 0, np.array([2, 0, 2], np.int32), normal(3)),
]
for what, x, d, i, s in SLICES:
    row(f"index_select {what}", lambda torch, x, i, d=d: torch.index_select(x, dim=d, index=i), x, i)
    row(f"index_add {what}", lambda torch, x, i, s, d=d: torch.index_add(x, d, i, s), x, i, s)
    row(f"index_add_ {what}", lambda torch, x, i, s, d=d: (x * 1).index_add_(d, i, s, alpha=2), x, i, s)
    for how in ["prod", "mean", "amax", "amin"]:
        for itself in [True, False]:
            if what != "0-d" and (what, how) != ("inf", "prod") and (itself or i.dtype == np.int64):
                row(
                    f"index_reduce {how} {what} include_self={itself}",
                    lambda torch, x, i, s, d=d, how=how, itself=itself: x.index_reduce(
                        d, i, s, how, include_self=itself
                    ),
                    x,
                    i,
                    s,
                )
    if i.dtype == np.int64:
        row(f"index_fill {what}", lambda torch, x, i, d=d: torch.index_fill(x, d, i, 5), x, i)
        row(f"index_fill_ {what}", lambda torch, x, i, d=d: (x * 1).index_fill_(d, i, -5), x, i)
        if what != "integers":
            row(f"index_fill with a tensor {what}", lambda torch, x, i, v, d=d: x.index_fill(d, i, v), x, i, normal())
row("index_fill from behind", lambda torch, x, i: x.index_fill(0, i, 1.0), normal(3, 2), given([-1, 0]))
for what, x, d, i, s in [
    ("vector", normal(4), 0, given([2, 0]), normal(2)),
    ("0-d", normal(), 0, given(0), normal()),
    ("rows", normal(3, 4), 0, given([2, 0]), normal(2, 4)),
    ("columns", normal(3, 4), -1, given([3, 1]), normal(3, 2)),
    ("all", normal(3, 4), 0, given([2, 0, 1]), normal(3, 4)),
    ("3-d", normal(2, 3, 2), 1, given([1]), normal(2, 1, 2)),
    ("nothing", normal(3, 4), 0, whole(3, 0), normal(0, 4)),
    ("empty slices", normal(3, 0), 0, given([1, 2]), normal(2, 0)),
    ("nan", given([1.0, np.nan]), 0, given([1]), given([np.inf])),
    ("integers", given([1, 2, 3]), 0, given([2, 0]), given([7, 8])),
]:
    row(f"index_copy {what}", lambda torch, x, i, s, d=d: torch.index_copy(x, d, i, s), x, i, s)
    row(f"index_copy_ {what}", lambda torch, x, i, s, d=d: (x * 1).index_copy_(d, i, s), x, i, s)

for what, x, keys, s in [
    ("rows", normal(4, 3), (given([2, 0]),), normal(2, 3)),
    ("elements", normal(4, 3), (given([2, 0]), given([1, 1])), normal(2)),
    ("a number", normal(4, 3), (given([2, 0]),), normal()),
    ("a row everywhere", normal(4, 3), (given([2, 0]),), normal(3)),
    ("a mask", normal(2, 2), (given([[True, False], [True, True]]),), normal(3)),
    ("a mask of rows", normal(2, 3), (given([False, True]),), normal(1, 3)),
    ("broadcast positions", normal(4, 3), (given([[2], [0]]), given([1, 2])), normal(2, 2)),
    ("positions from behind", normal(4, 3), (given([-1, 0]),), normal(2, 3)),
    ("nothing", normal(4, 3), (whole(4, 0),), normal(0, 3)),
    ("a 0-d position", normal(4, 3), (given(1),), normal(3)),
    ("a mask and positions", normal(2, 3), (given([True, True]), given([2, 0])), normal(2)),
    ("integers", given([1, 2, 3]), (given([2, 0]),), given([5, 6])),
]:
    for accumulate in [False, True]:
        row(
            f"index_put {what} accumulate={accumulate}",
            lambda torch, x, s, *keys, accumulate=accumulate: torch.index_put(x, keys, s, accumulate),
            x,
            s,
            *keys,
        )
        row(
            f"index_put_ {what} accumulate={accumulate}",
            lambda torch, x, s, *keys, accumulate=accumulate: (x * 1).index_put_(keys, s, accumulate=accumulate),
            x,
            s,
            *keys,
        )
row(
    "index_put with repeats that add up",
    lambda torch, x, s, i, j: x.index_put((i, j), s, accumulate=True),
    normal(4, 3),
    normal(4),
    given([1, 1, -3, 0]),
    given([2, 2, 2, 0]),
)

for what, x, m in [
    ("vector", normal(4), given([True, False, True, True])),
    ("matrix", normal(2, 3), given([[True, False, True], [False, False, True]])),
    ("0-d", normal(), given(True)),
    ("0-d, not", normal(), given(False)),
    ("none", normal(3), given([False, False, False])),
    ("a broadcast mask", normal(2, 3), given([True, False, True])),
    ("a mask of columns", normal(2, 3), given([[True], [False]])),
    ("a 0-d mask", normal(2, 3), given(True)),
    ("a broadcast input", normal(3), given([[True, False, True], [False, True, True]])),
    ("nothing", normal(0, 3), np.zeros((0, 3), bool)),
    ("nan", given([np.nan, np.inf, -0.0]), given([True, False, True])),
    ("integers", given([1, 2, 3]), given([True, False, True])),
]:
    row(f"masked_select {what}", lambda torch, x, m: torch.masked_select(x, m), x, m)
    row(f"masked_select {what}, the method", lambda torch, x, m: x.masked_select(mask=m), x, m)
    row(f"masked_fill {what}", lambda torch, x, m: torch.masked_fill(x, m, 3), x, m)
    source = np.arange(7, 15) if x.dtype.kind == "i" else normal(8)
    row(f"masked_scatter {what}", lambda torch, x, m, s: torch.masked_scatter(x, m, s), x, m, source)
    if np.broadcast_shapes(x.shape, m.shape) == x.shape:
        row(f"masked_scatter_ {what}", lambda torch, x, m, s: (x * 1).masked_scatter_(m, s), x, m, source)
        row(f"masked_fill_ {what}", lambda torch, x, m: (x * 1).masked_fill_(m, value=3), x, m)

for what, x in [
    ("matrix", given([[0.0, 1.5, 0.0], [2.0, 0.0, -1.0]])),
    ("vector", given([0.0, 1.0, -0.0, np.nan])),
    ("booleans", given([[True, False], [True, True]])),
    ("integers", given([0, 3, 0, 4])),
    ("none", np.zeros((2, 3))),
    ("all", np.ones((2, 2, 2))),
    ("0-d", given(2.0)),
    ("0-d zero", given(0.0)),
    ("nothing", np.zeros((0, 3))),
    ("3-d", normal(2, 2, 2).round()),
]:
    row(f"nonzero {what}", lambda torch, x: (torch.nonzero(x), x.nonzero()), x)
    row(f"nonzero as_tuple {what}", lambda torch, x: x.nonzero(as_tuple=True), x)
    row(f"argwhere {what}", lambda torch, x: (torch.argwhere(x), x.argwhere()), x)
    row(f"where of a condition {what}", lambda torch, x: torch.where(x), x)

for what, x, i, s in [
    ("vector", normal(4), given([2, 0]), normal(2)),
    ("matrix", normal(2, 3), given([5, 0, 3]), normal(3)),
    ("from behind", normal(2, 3), given([-1, -6, 3]), normal(3)),
    ("a matrix of positions", normal(2, 3), given([[5, 0], [1, 3]]), normal(2, 2)),
    ("another shape of source", normal(2, 3), given([[5, 0], [1, 3]]), normal(4)),
    ("0-d", normal(), given(0), normal()),
    ("0-d at a matrix", normal(), given([[0]]), normal(1)),
    ("a 0-d position", normal(2, 3), given(4), normal()),
    ("nothing", normal(2, 3), whole(3, 0), normal(0)),
    ("nan", given([np.nan, np.inf, -0.0]), given([0, 2]), given([np.inf, np.nan])),
    ("integers", given([1, 2, 3]), given([0, 2]), given([7, 8])),
]:
    row(f"take {what}", lambda torch, x, i: (torch.take(x, i), x.take(index=i)), x, i)
    for accumulate in [False, True]:
        row(
            f"put {what} accumulate={accumulate}",
            lambda torch, x, i, s, accumulate=accumulate: torch.put(x, i, s, accumulate),
            x,
            i,
            s,
        )
        row(
            f"put_ {what} accumulate={accumulate}",
            lambda torch, x, i, s, accumulate=accumulate: (x * 1).put_(i, s, accumulate=accumulate),
            x,
            i,
            s,
        )
row("take with repeats", lambda torch, x, i: torch.take(x, i), normal(3, 4), whole(12, 5, 6))
row("put with repeats", lambda torch, x, i, s: x.put(i, s, True), normal(3, 4), whole(12, 20), normal(20))

for what, x, d, i, s in [
    ("rows", normal(3, 4), 0, 1, normal(4)),
    ("columns", normal(3, 4), 1, 3, normal(3)),
    ("the last row", normal(3, 4), 0, -1, normal(4)),
    ("a negative dim", normal(3, 4), -1, -4, normal(3)),
    ("vector", normal(3), 0, 0, normal()),
    ("the first of 3-d", normal(2, 3, 4), 0, 1, normal(3, 4)),
    ("the middle of 3-d", normal(2, 3, 4), 1, 2, normal(2, 4)),
    ("the last of 3-d", normal(2, 3, 4), 2, 0, normal(2, 3)),
    ("empty", normal(3, 0), 0, 2, normal(0)),
    ("integers", given([[1, 2], [3, 4]]), 0, 1, given([5, 6])),
    ("another dtype", normal(3, 4), 0, 1, given([1, 2, 3, 4])),
]:
    row(f"select {what}", lambda torch, x, d=d, i=i: (torch.select(x, d, i), x.select(dim=d, index=i)), x)
    row(f"select_scatter {what}", lambda torch, x, s, d=d, i=i: torch.select_scatter(x, s, d, i), x, s)
    row(f"select_scatter {what}, method", lambda torch, x, s, d=d, i=i: x.select_scatter(s, dim=d, index=i), x, s)

for what, x, options, s in [
    ("all", normal(3, 4), {}, normal(3, 4)),
    ("rows", normal(5, 4), {"start": 1, "end": 3}, normal(2, 4)),
    ("to the end", normal(5, 4), {"start": 3}, normal(2, 4)),
    ("columns", normal(3, 4), {"dim": 1, "start": -2}, normal(3, 2)),
    ("a step", normal(7), {"start": 1, "end": None, "step": 2}, normal(3)),
    ("from behind", normal(7), {"dim": -1, "start": -3, "end": -1}, normal(2)),
    ("out of bounds", normal(5), {"start": 3, "end": 100}, normal(2)),
    ("nothing", normal(5), {"start": 3, "end": 3}, normal(0)),
    ("3-d", normal(2, 4, 2), {"dim": 1, "end": 4, "step": 3}, normal(2, 2, 2)),
    ("integers", given([1, 2, 3]), {"start": 1}, given([7, 8])),
]:
    row(f"slice_scatter {what}", lambda torch, x, s, o=options: torch.slice_scatter(x, s, **o), x, s)
    row(f"slice_scatter {what}, method", lambda torch, x, s, o=options: x.slice_scatter(s, **o), x, s)

for what, x, i, d in [
    ("vector", normal(4), given([2, 0, 2]), 0),
    ("from behind", normal(3, 4), given([[-1, 0], [1, -4], [2, 2]]), 1),
    ("a negative dim", normal(3, 4), whole(3, 2, 4), -2),
    ("3-d", normal(2, 3, 4), whole(3, 2, 5, 1), 1),
    ("nothing", normal(3, 4), whole(3, 0, 4), 0),
    ("integers", given([[1, 2], [3, 4]]), whole(2, 2, 2), 1),
]:
    row(f"take_along_dim {what}", lambda torch, x, i, d=d: torch.take_along_dim(x, i, d), x, i)
    row(f"take_along_dim {what}, method", lambda torch, x, i, d=d: x.take_along_dim(indices=i, dim=d), x, i)
