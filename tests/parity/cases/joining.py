"""Tensors put together, and repeated."""

from __future__ import annotations

from .case import given, normal, row, spread, whole

row("cat", lambda torch, x, y: torch.cat([x, y]), normal(2, 3), normal(1, 3))
row("cat dim=1", lambda torch, x, y: torch.cat((x, y, x), dim=1), normal(2, 3), normal(2, 1))
row("cat with an empty vector", lambda torch, x, y: torch.cat([y.detach(), x, y.detach()]), normal(2, 3), normal(0))
row("cat of one", lambda torch, x: torch.cat([x]), normal(2, 3))
row("cat promotes", lambda torch, x, y: torch.cat([x, y]), normal(3), whole(9, 2))
row("stack", lambda torch, x, y: torch.stack([x, y]), normal(2, 3), normal(2, 3))
row("stack dim=-1", lambda torch, x, y: torch.stack((x, y), dim=-1), normal(2, 3), normal(2, 3))
row("stack of 0-d tensors", lambda torch, x, y: torch.stack([x, y, x]), normal(), normal())
row("stack promotes", lambda torch, x, y: torch.stack([x, y]), normal(3), whole(9, 3))
row("tile once", lambda torch, x: torch.tile(x, (1, 1)), normal(2, 3))
row("tile", lambda torch, x: torch.tile(x, (2,)), normal(2, 3))
row("tile with dims added", lambda torch, x: x.tile(2, 1, 3), normal(2, 3))
row("repeat", lambda torch, x: x.repeat(2, 3), normal(2, 3))
row("repeat with dims added", lambda torch, x: x.repeat((4, 1, 2)), normal(2, 3))
row("repeat no times", lambda torch, x: x.repeat(0, 2), normal(2, 3))

LISTS = [
    [(3,)],
    [(2, 3), (1, 3)],
    [(2, 3), (2, 3), (2, 3)],
    [(0, 3), (2, 3)],
    [(3,), (0,)],
    [(2, 3, 4), (1, 3, 4)],
    [(0,), (0,)],
]
for shapes in LISTS:
    for name in ["cat", "concat", "concatenate"]:
        row(
            f"{name} {shapes}",
            lambda torch, *xs, name=name: getattr(torch, name)(xs, dim=0),
            *[normal(*s) for s in shapes],
        )
for name in ["cat", "concat", "concatenate"]:
    row(
        f"{name} along the last", lambda torch, *xs, name=name: getattr(torch, name)(xs, -1), normal(2, 1), normal(2, 3)
    )
    row(f"{name} axis", lambda torch, *xs, name=name: getattr(torch, name)(xs, axis=1), normal(2, 1), normal(2, 3))
    row(f"{name} of two dtypes", lambda torch, *xs, name=name: getattr(torch, name)(xs), whole(9, 2), normal(3))
    row(f"{name} of integers", lambda torch, *xs, name=name: getattr(torch, name)(xs), whole(9, 2), whole(9, 1))
for shape in [(), (3,), (0,), (2, 3), (2, 0), (2, 3, 4)]:
    for dim in {0, len(shape), -1}:
        row(f"stack {shape} {dim}", lambda torch, *xs, d=dim: torch.stack(xs, d), normal(*shape), normal(*shape))

PILES = [
    [()], [(), ()], [(3,), (3,)], [(1,), (1,), (1,)], [(2, 3), (2, 3)], [(2, 3, 4), (2, 3, 4)], [(0,), (0,)],
    [(0, 3), (0, 3)],
    [(2, 1), (2, 1)], [(1, 2, 1), (1, 2, 1)],
]  # fmt: skip
for shapes in PILES:
    for name in ["hstack", "vstack", "row_stack", "dstack", "column_stack"]:
        row(f"{name} {shapes}", lambda torch, *xs, name=name: getattr(torch, name)(xs), *[normal(*s) for s in shapes])
for name in ["hstack", "vstack", "row_stack", "dstack", "column_stack"]:
    row(f"{name} of two dtypes", lambda torch, *xs, name=name: getattr(torch, name)(list(xs)), whole(9, 2), normal(2))
row("hstack of different lengths", lambda torch, x, y: torch.hstack([x, y]), normal(2, 3), normal(2, 1))
row("hstack of vectors", lambda torch, x, y: torch.hstack([x, y]), normal(3), normal(1))
row("vstack of a vector and a matrix", lambda torch, x, y: torch.vstack([x, y]), normal(3), normal(2, 3))
row("dstack of a matrix and a stack", lambda torch, x, y: torch.dstack([x, y]), normal(2, 3), normal(2, 3, 2))
row("column_stack of a vector and a matrix", lambda torch, x, y: torch.column_stack([x, y]), normal(2), normal(2, 3))

for shapes in [
    [()], [(3,)], [(2, 3)], [(), (3,), (2, 2)], [(2, 1), (1, 2)], [(3,), (0,)], [(0, 2), (1, 1)], [(2, 0), (1, 1)],
    [(1, 1), (), (1,)], [(3, 3), (2, 2), (1, 1)],
]:  # fmt: skip
    row(f"block_diag {shapes}", lambda torch, *xs: torch.block_diag(*xs), *[normal(*s) for s in shapes])
row("block_diag of nothing", lambda torch: torch.block_diag())
row("block_diag of two dtypes", lambda torch, x, y: torch.block_diag(x, y), whole(9, 2), normal(2, 2))

for shape, repeats in [
    ((), (2,)), ((), ()), ((3,), (2,)), ((3,), (0,)), ((3,), (2, 1)), ((0,), (3,)), ((2, 3), (1, 1)), ((2, 3),
    (2, 1, 2)),
    ((2, 1, 3), (1, 2, 1)), ((1,), (4, 4)),
]:  # fmt: skip
    row(f"repeat {shape} {repeats}", lambda torch, x, r=repeats: x.repeat(r), normal(*shape))
    row(f"tile {shape} {repeats}", lambda torch, x, r=repeats: torch.tile(x, r), normal(*shape))
row("tile fewer", lambda torch, x: (x.tile(()), x.tile((2,)), x.tile(2)), normal(2, 3))
row("repeat of integers", lambda torch, x: (x.repeat(2), x.tile(2)), whole(9, 3))

for shape, repeats, dim in [
    ((), 3, None), ((3,), 2, None), ((3,), 0, None), ((3,), 1, 0), ((2, 3), 2, None), ((2, 3), 2, 0), ((2, 3), 3, 1),
    ((2, 3), 2, -2), ((0, 3), 2, 0), ((0, 3), 2, 1), ((2, 3, 4), 2, 1),
]:  # fmt: skip
    spread("repeat_interleave", (shape, repeats, dim), (shape, repeats, dim))
for shape, repeats, dim in [
    ((3,), [1, 0, 2], None), ((2, 3), [2, 1], 0), ((2, 3), [0, 0, 3], 1), ((2, 3), [1, 2, 0, 1, 1, 3], None),
    ((2, 3), [2], 0), ((2, 3), [2], None), ((2, 3), 2, -1), ((1, 3), [2], 0), ((2, 2, 2), [0, 2], -2), ((0,), [], 0),
]:  # fmt: skip
    row(f"repeat_interleave {shape} by a tensor {repeats} {dim}",
        lambda torch, x, r, d=dim: (torch.repeat_interleave(x, r, d), x.repeat_interleave(r, dim=d)),
        normal(*shape), given(repeats).astype("int64"))  # fmt: skip
row("repeat_interleave of repeats alone", lambda torch, r: torch.repeat_interleave(r), given([2, 0, 1]))
row("repeat_interleave output_size", lambda torch, x: torch.repeat_interleave(x, 2, 0, output_size=4), normal(2, 3))
row(
    "repeat_interleave int32",
    lambda torch, x, r: torch.repeat_interleave(x, r),
    whole(9, 2),
    given([1, 2]).astype("int32"),
)
