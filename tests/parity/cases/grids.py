"""Grids and tables made of vectors."""

from __future__ import annotations

from .case import given, normal, row, whole

LISTS = [
    [(2,)],
    [(2,), (3,)],
    [(2,), (3,), (1,)],
    [(), (2,)],
    [()],
    [(0,), (2,)],
    [(1,), (1,)],
    [(2,), (2,), (2,)],
    [(3,), (0,)],
]
for shapes in LISTS:
    for indexing in ["ij", "xy"]:
        row(
            f"meshgrid {shapes} {indexing}",
            lambda torch, *xs, i=indexing: torch.meshgrid(*xs, indexing=i),
            *[normal(*s) for s in shapes],
        )
    row(
        f"meshgrid of a list {shapes}",
        lambda torch, *xs: torch.meshgrid(list(xs), indexing="ij"),
        *[normal(*s) for s in shapes],
    )
    row(f"meshgrid without indexing {shapes}", lambda torch, *xs: torch.meshgrid(*xs), *[normal(*s) for s in shapes])
    if () not in shapes:
        row(f"cartesian_prod {shapes}", lambda torch, *xs: torch.cartesian_prod(*xs) * 2, *[normal(*s) for s in shapes])
row("meshgrid of integers", lambda torch, x, y: torch.meshgrid(x, y, indexing="ij"), whole(9, 2), whole(9, 3))
row("cartesian_prod of integers", lambda torch, x, y: torch.cartesian_prod(x, y), whole(9, 2), whole(9, 3))
row("cartesian_prod of one is itself", lambda torch, x: torch.cartesian_prod(x), normal(3))
row("cartesian_prod of four", lambda torch, x, y: torch.cartesian_prod(x, y, x, y), normal(2), normal(2))
for n in [0, 1, 4]:
    for r in [0, 1, 2, 3, 5]:
        for again in [False, True]:
            row(f"combinations {n} {r} {again}", lambda torch, x, r=r, a=again: torch.combinations(x, r, a), normal(n))
row("combinations names", lambda torch, x: torch.combinations(x, r=2, with_replacement=True), whole(9, 3))
for n, args in [
    (3, ()), (3, (2,)), (3, (5,)), (3, (1,)), (3, (0,)), (0, ()), (0, (2,)), (1, ()), (3, (4, True)), (3, (None, True)),
]:  # fmt: skip
    row(
        f"vander {n} {args}", lambda torch, x, a=args: torch.vander(x.detach(), *a), normal(n)
    )  # no gradient in PyTorch
row("vander of zeros and ones", lambda torch, x: torch.vander(x.detach(), 4), given([0.0, 1.0, -2.0, -0.0]))
row("vander of integers", lambda torch, x: torch.vander(x, N=3, increasing=True), whole(9, 3))
row("vander of booleans", lambda torch, x: torch.vander(x), given([True, False]))
