"""Operations that move elements."""

from __future__ import annotations

from typing import Any

from .case import normal, row, spread, whole

row("reshape", lambda torch, x: x.reshape(3, -1), normal(2, 6))
row("reshape a tuple", lambda torch, x: x.reshape((4, 3)), normal(2, 6))
row("torch.reshape", lambda torch, x: torch.reshape(x, (4, 3)), normal(2, 6))
row("reshape a transpose", lambda torch, x: x.T.reshape(-1) * 2, normal(2, 3))
row("reshape to 0-d", lambda torch, x: x.reshape(()), normal(1, 1))
row("reshape of nothing", lambda torch, x: x.reshape(3, -1), normal(0, 3))
row("view", lambda torch, x: x.view(3, 4) * 2, normal(2, 6))
row("view [-1]", lambda torch, x: x.view([-1]), normal(2, 6))
row("view a Size", lambda torch, x: x.view(x.T.size()), normal(2, 6))
row("view_as reshape_as", lambda torch, x, y: (x.view_as(y), x.T.reshape_as(y)), normal(2, 6), normal(3, 4))
row("flatten", lambda torch, x: x.flatten(), normal(2, 3, 4))
row("flatten from 1", lambda torch, x: torch.flatten(x, 1), normal(2, 3, 4))
row("flatten 0 to 1", lambda torch, x: torch.flatten(x, start_dim=0, end_dim=-2), normal(2, 3, 4))
row("flatten a 0-d tensor", lambda torch, x: x.flatten(), normal())
row("ravel", lambda torch, x: torch.ravel(x), normal(2, 3))
row("transpose", lambda torch, x: x.transpose(0, 1) * 2, normal(2, 3, 4))
row("transpose -1 -3", lambda torch, x: torch.transpose(x, -1, -3), normal(2, 3, 4))
row("transpose a 0-d tensor", lambda torch, x: x.transpose(0, -1), normal())
row("permute", lambda torch, x: x.permute(2, 0, 1), normal(2, 3, 4))
row("permute a tuple", lambda torch, x: torch.permute(x, (1, -1, 0)), normal(2, 3, 4))
row("T", lambda torch, x: x.T, normal(2, 3))
row("mT", lambda torch, x: x.mT, normal(2, 3, 4))
row("t()", lambda torch, x: (x.t(), x[0].t()), normal(2, 3))
row("movedim", lambda torch, x: torch.movedim(x, 0, -1), normal(2, 3, 4))
row("movedim several", lambda torch, x: x.movedim((0, 2), (1, 0)), normal(2, 3, 4))
row("squeeze", lambda torch, x: x.squeeze(), normal(1, 3, 1))
row("squeeze one", lambda torch, x: x.squeeze(0), normal(1, 3, 1))
row("squeeze a dim that is not 1", lambda torch, x: x.squeeze(1), normal(1, 3, 1))
row("squeeze two", lambda torch, x: x.squeeze((0, -1)), normal(1, 3, 1))
row("unsqueeze", lambda torch, x: x.unsqueeze(1), normal(2, 3))
row("unsqueeze at the end", lambda torch, x: torch.unsqueeze(x, -1), normal(2, 3))
row("unsqueeze a 0-d tensor", lambda torch, x: x.unsqueeze(0), normal())
row("expand", lambda torch, x: x.expand(4, -1, 3) * 2, normal(2, 1))
row("expand a tuple", lambda torch, x: x.expand((2, 3)), normal(3))
row("expand a 0-d tensor", lambda torch, x: x.expand(2, 3), normal())
row("expand to nothing", lambda torch, x: x.expand(0, 3), normal(1, 3))
row("expand_as", lambda torch, x, y: x.expand_as(y), normal(1, 3), normal(2, 3))
row("broadcast_to", lambda torch, x: torch.broadcast_to(x, (2, 3)), normal(3))
row("flip", lambda torch, x: torch.flip(x, [0]), normal(2, 3))
row("flip dims", lambda torch, x: torch.flip(x, dims=(0, -1)), normal(2, 3, 2))
row("flip method", lambda torch, x: x.flip(1), normal(2, 3))
row("flip method, two", lambda torch, x: x.flip(0, 1), normal(2, 3))
row("roll", lambda torch, x: torch.roll(x, 1), normal(2, 3))
row("roll dim", lambda torch, x: torch.roll(x, -2, 1), normal(2, 3))
row("roll two dims", lambda torch, x: x.roll((1, 5), (0, 1)), normal(2, 3))
row("roll shifts= dims=", lambda torch, x: x.roll(shifts=1, dims=0), normal(2, 3))
row("flip no dims", lambda torch, x: torch.flip(x, []), normal(2, 3))
row("roll by nothing", lambda torch, x: torch.roll(x, 0, 0), normal(2, 3))
row("contiguous", lambda torch, x: x.T.contiguous(), normal(2, 3))
for widths in [(1, 2), (0, 0), (-1, 1), (1, 0, 2, 1), (-1, -1, 1, 1), (0, 1, -1, 0)]:
    row(f"pad {widths}", lambda torch, x, widths=widths: functional(torch).pad(x, widths), normal(3, 4))
row("pad with a value", lambda torch, x: functional(torch).pad(x, (1, 1), value=3.5), normal(3))
row("pad mode constant", lambda torch, x: functional(torch).pad(x, (2,) * 2, "constant", -1), normal(3, 2))


MATRICES = [(2, 3), (0, 3), (3, 1), (1, 1), (2, 3, 4), (0, 0), (2, 0, 3)]
SHAPES = [(), (3,), (0,), (1,), (1, 1, 2), *MATRICES]

spread("reshape", ((2, 6), (-1,)), ((), (1, 1)), ((0, 2), (2, 0)), ((6,), [2, -1]), (whole(9, 4), (2, 2)))
for size in [(12,), (-1, 4), (2, 1, 6), (1, 2, 6), (2, 6, 1), (2, 3, -1), [6, 2]]:
    row(f"view {size}", lambda torch, x, size=size: x.view(size) * 2, normal(2, 6))
for shape, size in [((), (1,)), ((0, 3), (3, 0)), ((3,), (3,)), ((1,), ()), ((4, 1), (2, 2)), ((5,), (-1, 1))]:
    row(
        f"view_as reshape_as {shape} {size}",
        lambda torch, x, y: (x.view_as(y), x.reshape_as(y)),
        normal(*shape),
        normal(*size) if -1 not in size else normal(5, 1),
    )
row("view_as of a transpose", lambda torch, x, y: x.T.view_as(y), normal(2, 3), normal(3, 2))
row("view of integers", lambda torch, x: x.view(2, 2), whole(9, 4))
row("view_as of integers", lambda torch, x, y: (x.view_as(y), x.reshape_as(y)), whole(9, 4), normal(2, 2))
spread("flatten", *[(shape,) for shape in SHAPES], ((2, 3, 4), 1, 2), ((2, 3, 4), 0, 1), ((2, 3, 4), -2), ((), 0, -1))
spread("ravel", *[(shape,) for shape in SHAPES], (whole(9, 2, 3),))
for shape, dim, sizes in [
    ((6,), 0, (2, 3)), ((6,), -1, (2, -1)), ((6,), 0, [6]), ((2, 6), 1, (3, 2)), ((2, 6), -2, (1, 2)), ((0,), 0,
    (0, 2)),
    ((0, 2), 1, (2, 1)), ((2, 6, 3), 1, (1, -1, 2)), ((1,), 0, (1, 1, 1)), ((4, 2), 0, (2, 2)), ((0,), 0, (-1, 2)),
]:  # fmt: skip
    row(f"unflatten {shape} {dim} {sizes}", lambda torch, x, d=dim, s=sizes: torch.unflatten(x, d, s), normal(*shape))
    row(
        f"unflatten method {shape} {dim} {sizes}",
        lambda torch, x, d=dim, s=sizes: x.unflatten(dim=d, sizes=s) * 2,
        normal(*shape),
    )
row("unflatten of a transpose", lambda torch, x: x.T.unflatten(1, (2, 2)), normal(4, 3))
for shape, dim, size, step in [
    ((5,), 0, 2, 1), ((5,), 0, 2, 2), ((5,), -1, 3, 2), ((5,), 0, 5, 1), ((5,), 0, 1, 1), ((5,), 0, 1, 3),
    ((5,), 0, 0, 1),
    ((5,), 0, 2, 7), ((3, 5), 1, 3, 1), ((3, 5), 0, 2, 1), ((5, 2, 3), 0, 4, 1), ((5, 2, 3), 0, 2, 3),
    ((2, 7, 2), 1, 3, 2),
    ((), 0, 1, 1), ((), 0, 0, 1), ((0, 3), 1, 2, 1), ((0,), 0, 0, 1), ((2, 9), -1, 6, 1),
]:  # fmt: skip
    row(f"unfold {shape} {dim} {size} {step}", lambda torch, x, a=(dim, size, step): x.unfold(*a), normal(*shape))
row("unfold names", lambda torch, x: x.unfold(dimension=1, size=2, step=1) ** 2, normal(2, 4))
row("unfold twice", lambda torch, x: x.unfold(0, 2, 1).unfold(1, 3, 2) ** 2, normal(4, 5))
row("unfold of a transpose", lambda torch, x: x.T.unfold(0, 2, 1), normal(3, 4))
row("unfold of an expanded tensor", lambda torch, x: x.expand(4, 3).unfold(0, 2, 1), normal(3))
row("unfold of integers", lambda torch, x: x.unfold(0, 2, 1), whole(9, 4))
for name in ["transpose", "swapaxes", "swapdims"]:
    spread(name, ((2, 3), 0, 1), ((2, 3, 4), 0, -1), ((2, 3, 4), 1, 1), ((), 0, -1), ((3,), 0, 0), ((0, 2), 1, 0),
           ((1, 3), -1, -2), ((2, 3, 4), -3, 1), (whole(9, 2, 3), 0, 1), ((2, 1, 3), 2, 0))  # fmt: skip
row("swapaxes names", lambda torch, x: (x.swapaxes(axis0=0, axis1=1), x.swapdims(dim0=0, dim1=1)), normal(2, 3))
for shape in MATRICES:
    row(f"mT mH adjoint {shape}", lambda torch, x: (x.mT, x.mH, x.adjoint(), torch.adjoint(x) * 2), normal(*shape))
for shape in [(2, 3), (0, 3), (3, 1), (1, 1), (4, 2), (3, 3), (0, 0), (1, 5), (2, 2), (5, 3)]:
    row(f"T H t {shape}", lambda torch, x: (x.T, x.H, x.t(), torch.t(x) * 2), normal(*shape))
    row(f"mT mH {shape}", lambda torch, x: (x.mT * x.mH, x.adjoint() * 2), normal(*shape))
row("t of a vector", lambda torch, x: (torch.t(x), x.t()), normal(3))
row("t of a number", lambda torch, x: torch.t(x), normal())
spread("permute", ((2, 3), (1, 0)), ((2, 3), (-1, -2)), ((), ()), ((3,), (0,)), ((0, 2), [1, 0]), ((2, 3, 4),
    (0, 2, 1)),
       ((2, 1, 3, 2), (3, 0, -2, 1)), (whole(9, 2, 3), (1, 0)))  # fmt: skip
for name in ["movedim", "moveaxis"]:
    spread(name, ((2, 3), 0, 1), ((2, 3, 4), 0, -1), ((2, 3, 4), -1, 0), ((2, 3, 4), (0, 1), (2, 0)), ((2, 3, 4), (),
        ()),
           ((2, 3, 4), [-1], [1]), ((), 0, 0), ((0, 2), 1, 0), ((2, 3, 4, 2), (3, 0), (0, 3)), (whole(9, 2, 3), 0, 1),
           ((2, 3, 4), (0, 1, 2), (2, 1, 0)))  # fmt: skip
row("movedim names", lambda torch, x: torch.movedim(x, source=0, destination=2), normal(2, 3, 4))
spread(
    "squeeze",
    *[(shape,) for shape in SHAPES],
    ((1, 3, 1), -1),
    ((1, 3, 1), (0, 1)),
    ((1, 3, 1), ()),
    ((), 0),
    ((1,), 0),
)
spread(
    "unsqueeze", ((), -1), ((3,), 0), ((3,), 1), ((3,), -2), ((0, 2), 1), ((2, 3), 2), ((2, 3), -3), (whole(9, 2), 0)
)
for shape, size in [
    ((1,), (3,)), ((), ()), ((), (2,)), ((3,), (-1,)), ((3,), (2, -1)), ((2, 1, 3), (-1, 4, -1)), ((1, 1), (2, 3)),
    ((3,), (1, 1, 3)), ((0,), (2, 0)), ((1,), (0,)), ((2, 3), (2, 3)),
]:  # fmt: skip
    row(f"expand {shape} {size}", lambda torch, x, size=size: x.expand(size), normal(*shape))
    row(f"expand sizes {shape} {size}", lambda torch, x, size=size: x.expand(*size) * 2 if size else x, normal(*shape))
    row(f"broadcast_to {shape} {size}", lambda torch, x, size=size: torch.broadcast_to(x, size), normal(*shape))
    if -1 not in size:
        row(f"expand_as {shape} {size}", lambda torch, x, y: x.expand_as(y) * y, normal(*shape), normal(*size))
row("expand_as of integers", lambda torch, x, y: x.expand_as(y), whole(9, 3), normal(2, 3))
row("broadcast_to method", lambda torch, x: x.broadcast_to((2, 3)), normal(3))
for shapes in [
    [()], [(3,)], [(2, 1), (3,)], [(), (2, 3)], [(1,), (0,)], [(2, 1), (1, 3), ()], [(3,), (3,)], [(0, 1), (1, 2)],
    [(4, 1, 2), (3, 1)], [(1, 1), (1,)],
]:  # fmt: skip
    row(
        f"broadcast_tensors {shapes}",
        lambda torch, *xs: list(torch.broadcast_tensors(*xs)),
        *[normal(*s) for s in shapes],
    )
    row(f"broadcast_shapes {shapes}", lambda torch, *xs: torch.zeros(torch.broadcast_shapes(*[x.shape for x in xs])),
        *[normal(*s) for s in shapes])  # fmt: skip
row(
    "broadcast_tensors of two dtypes",
    lambda torch, x, y: list(torch.broadcast_tensors(x, y)),
    normal(3),
    whole(9, 2, 1),
)
row("broadcast_shapes of numbers", lambda torch: torch.zeros(torch.broadcast_shapes(3, (2, 1))))
for name in ["atleast_1d", "atleast_2d", "atleast_3d"]:
    for shape in [*SHAPES, (2, 1, 3, 1)]:
        row(f"{name} {shape}", lambda torch, x, name=name: getattr(torch, name)(x) * 2, normal(*shape))
    row(f"{name} of two", lambda torch, x, y, name=name: getattr(torch, name)(x, y), normal(), whole(9, 3))
    row(f"{name} of a list", lambda torch, x, y, name=name: getattr(torch, name)([x, y]), normal(2), normal(2, 2))
    row(f"{name} is a view", lambda torch, x, name=name: getattr(torch, name)(x), normal(3))
spread("flip", ((3,), (0,)), ((2, 3), (1,)), ((2, 3), (0, 1)), ((0, 3), (1,)), ((), (0,)), ((2, 3, 4), [-1, 0]),
    ((2, 3), ()),
       (whole(9, 4), (0,)))  # fmt: skip
for shape in [*MATRICES, (4, 5), (2, 2, 2, 2)]:
    row(f"fliplr flipud {shape}", lambda torch, x: (torch.fliplr(x), torch.flipud(x)), normal(*shape))
    row(f"fliplr flipud methods {shape}", lambda torch, x: (x.fliplr() * 2, x.flipud() * 2), normal(*shape))
row("flipud of a vector", lambda torch, x: torch.flipud(x), normal(3))
spread("rot90", ((2, 3),), ((2, 3), 2), ((2, 3), 3), ((2, 3), 0), ((2, 3), -1), ((2, 3), 5), ((2, 3, 4), 1, (1, 2)),
    ((0, 3), 1),
       ((2, 3, 4), 3, [-1, 0]), ((3, 2), 2, (1, 0)), (whole(9, 2, 2), 1))  # fmt: skip
row("rot90 names", lambda torch, x: torch.rot90(x, k=3, dims=(1, 0)), normal(2, 3))
spread("roll", ((3,), 1), ((3,), -4), ((2, 3), 2), ((2, 3), 1, 0), ((2, 3), (1, -1), (0, 1)), ((0, 3), 1, 0), ((), 1),
       ((2, 3, 4), (1, 2), (-1, 0)), ((2, 3), (1, 1), (1, 1)), (whole(9, 4), 1))  # fmt: skip
row("roll without dims", lambda torch, x: torch.roll(x, 1, ()), normal(2, 3))
for shape in SHAPES:
    row(f"contiguous {shape}", lambda torch, x: (x.contiguous() * 2, x.clone()), normal(*shape))
row("contiguous is itself", lambda torch, x: x.contiguous(), normal(2, 3))
row("contiguous of integers", lambda torch, x: (x.contiguous(), x.T.contiguous(), x.clone()), whole(9, 2, 3))
row("clone of views", lambda torch, x: (x.T.clone(), x[::2].clone(), x.expand(2, 2, 3).clone()), normal(2, 3))


def functional(library: Any) -> Any:
    return library.nn.functional
