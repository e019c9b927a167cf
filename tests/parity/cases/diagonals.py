"""Diagonals and triangles."""

from __future__ import annotations

from .case import normal, row, spread, whole

row("tril", lambda torch, x: torch.tril(x), normal(3, 4))
row("triu", lambda torch, x: torch.triu(x, diagonal=1), normal(4, 3))
row("tril of a stack", lambda torch, x: x.tril(-1), normal(2, 3, 3))
row("diagonal", lambda torch, x: torch.diagonal(x), normal(3, 4))
row("diagonal offset", lambda torch, x: x.diagonal(1), normal(3, 4))
row("diagonal below", lambda torch, x: x.diagonal(offset=-1, dim1=2, dim2=0), normal(3, 2, 4))

for name in ["tril", "triu"]:
    spread(name, ((2, 3),), ((3, 2), 1), ((3, 2), -1), ((3, 3), 5), ((3, 3), -5), ((0, 3),), ((3, 0),),
        ((2, 3, 3), 1), ((1, 1),),
           (whole(9, 3, 3),))  # fmt: skip
spread("diagonal", ((2, 3),), ((2, 3), 1), ((2, 3), -1), ((2, 3), 5), ((2, 3), -5), ((0, 3),), ((2, 3, 4), 0, 1, 2),
    ((2, 3, 4), 1, -1, 0),
       ((2, 3, 4), -1, 0, -2), (whole(9, 3, 3),), ((1, 1),))  # fmt: skip
row("diagonal names", lambda torch, x: torch.diagonal(x, offset=1, dim1=1, dim2=0), normal(3, 4))
spread("diag", ((3,),), ((3,), 1), ((3,), -2), ((0,),), ((0,), 2), ((2, 3),), ((2, 3), 1), ((2, 3), -1), ((2, 3), 9),
    ((0, 2),),
       (whole(9, 3),), (whole(9, 2, 2),))  # fmt: skip
row("diag names", lambda torch, x: torch.diag(x, diagonal=1), normal(3))
spread("diag_embed", ((3,),), ((3,), 1), ((3,), -2), ((0,),), ((0, 2),), ((2, 3),), ((2, 3), 0, 0, 1),
    ((2, 3), 1, 0, 2), ((2, 3), -1, 2, 0),
       ((2, 2, 3), 0, -1, -3), (whole(9, 3),), ((1,), 3))  # fmt: skip
row("diag_embed names", lambda torch, x: torch.diag_embed(x, offset=1, dim1=0, dim2=2), normal(2, 3))
spread(
    "diagflat",
    ((),),
    ((), 1),
    ((3,),),
    ((3,), -1),
    ((0,),),
    ((2, 2),),
    ((2, 2), 1),
    ((2, 0),),
    ((1, 2, 1), 2),
    (whole(9, 3),),
)
row("diagflat names", lambda torch, x: torch.diagflat(x, offset=-2), normal(2))
for shape, size, args in [
    ((2, 3), (2,), ()), ((3, 2), (2,), ()), ((2, 3), (2,), (1,)), ((2, 3), (1,), (-1,)), ((2, 3), (0,), (7,)),
    ((0, 3), (0,), ()),
    ((2, 3, 4), (4, 2), ()), ((2, 3, 4), (2, 3), (0, 1, 2)), ((2, 3, 4), (3, 2), (0, -1, 0)), ((1, 1), (1,), (0, 1, 0)),
]:  # fmt: skip
    row(
        f"diagonal_scatter {shape} {args}",
        lambda torch, x, y, a=args: torch.diagonal_scatter(x, y, *a),
        normal(*shape),
        normal(*size),
    )
    row(
        f"diagonal_scatter method {shape} {args}",
        lambda torch, x, y, a=args: x.diagonal_scatter(y * 2, *a),
        normal(*shape),
        normal(*size),
    )
row("diagonal_scatter of two dtypes",
    lambda torch, x, y: (torch.diagonal_scatter(x, y), torch.diagonal_scatter(y.diag(), x[0].detach())),
    normal(2, 2), whole(9, 2))  # fmt: skip
for shape in [(2, 3), (3, 2), (3, 3), (7, 2), (2, 7), (1, 1), (0, 2), (2, 0), (2, 2, 2), (3, 3, 3)]:
    for wrap in [False, True]:
        row(
            f"fill_diagonal_ {shape} {wrap}",
            lambda torch, x, w=wrap: (x * 1).fill_diagonal_(2.5, wrap=w),
            normal(*shape),
        )
row("fill_diagonal_ of integers", lambda torch, x: (x * 1).fill_diagonal_(2.5), whole(9, 2, 2))
row("tril_ triu_", lambda torch, x: ((x * 1).tril_(), (x * 1).triu_(1)), normal(3, 3))
