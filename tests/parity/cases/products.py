"""Products of matrices and vectors."""

from __future__ import annotations

import math

from .case import given, normal, quiet, row, whole

PRODUCTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)),
    ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)), ((2, 3), (3, 0)), ((0, 2, 3), (3, 4)), ((1, 3), (3, 1)),
    ((2, 5, 2, 3), (3,)), ((3,), (2, 5, 3, 4)), ((5, 0, 3), (3, 4)),
]  # fmt: skip
for a, b in PRODUCTS:
    row(f"{a} @ {b}", lambda torch, a, b: a @ b, normal(*a), normal(*b))
for a, b in PRODUCTS[:10]:
    row(f"matmul {a} {b}", lambda torch, a, b: (torch.matmul(a, b), torch.linalg.matmul(a, b)), normal(*a), normal(*b))
for n in (0, 1, 2, 3, 17):
    row(f"dot {n}", lambda torch, a, b: (torch.dot(a, b), a.dot(b)), normal(n), normal(n))
    row(f"vdot {n}", lambda torch, a, b: (torch.vdot(a, b), a.vdot(b)), normal(n), normal(n))
    row(f"dot with itself {n}", lambda torch, a: (torch.dot(a, tensor=a), torch.vdot(a, other=a)), normal(n))
for m, k, n in [
    (2, 3, 4),
    (1, 3, 1),
    (3, 1, 2),
    (0, 3, 2),
    (2, 0, 3),
    (2, 3, 0),
    (1, 1, 1),
    (5, 2, 2),
    (30, 4, 3),
    (3, 3, 3),
]:
    row(f"mm {m} {k} {n}", lambda torch, a, b: (torch.mm(a, b), a.mm(mat2=b)), normal(m, k), normal(k, n))
    row(f"mv {m} {k} {n}", lambda torch, a, b: (torch.mv(a, b), a.mv(vec=b)), normal(m, k), normal(k))
    row(f"bmm {m} {k} {n}", lambda torch, a, b: (torch.bmm(a, b), a.bmm(b)), normal(2, m, k), normal(2, k, n))
    row(
        f"outer {m} {k} {n}",
        lambda torch, a, b: (torch.outer(a, b), a.outer(vec2=b), torch.ger(a, b), a.ger(b)),
        normal(m * k),
        normal(n),
    )
row("bmm of an empty stack", lambda torch, a, b: torch.bmm(a, b), normal(0, 2, 3), normal(0, 3, 2))
row(
    "products of infinities",
    lambda torch, a, b: (a @ b, torch.outer(a, b)),
    given([math.inf, 0.0]),
    given([1.0, math.nan]),
)
row(
    "products of integers",
    lambda torch, a, b: (
        a @ b,
        torch.mm(a, b),
        torch.inner(a, b),
        torch.kron(a, b),
        torch.trace(a),
        torch.addmm(a, a, b, beta=2),
    ),
    whole(9, 3, 3),
    whole(9, 3, 3),
)
row("matrix by itself", lambda torch, a: a @ a + a.T @ a, normal(3, 3))
EQUATIONS: list[tuple[str, list[tuple[int, ...]]]] = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("ij->ji", [(2, 3)]),
    ("ij->", [(2, 3)]),
    ("ij->j", [(2, 3)]),
    ("ii->i", [(3, 3)]),
    ("ii", [(3, 3)]),
    ("ii->", [(3, 3)]),
    ("iij->j", [(3, 3, 2)]),
    ("i,j->ij", [(2,), (3,)]),
    ("i,i->", [(3,), (3,)]),
    ("i,i", [(3,), (3,)]),
    ("bij,bjk->bik", [(5, 2, 3), (5, 3, 4)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (3, 4)]),
    ("...ij,...jk", [(5, 2, 3), (5, 3, 4)]),
    ("i...->...i", [(2, 3, 4)]),
    ("...i->...", [(2, 3)]),
    ("ij,kj,kl->il", [(2, 3), (4, 3), (4, 5)]),
    ("ij,kl->ij", [(2, 3), (4, 5)]),
    ("ba", [(2, 3)]),
    ("bn,anm,bm->ba", [(2, 3), (5, 3, 4), (2, 4)]),
    (" i j , j -> i ", [(2, 3), (3,)]),
    ("ij,j->ij", [(2, 3), (3,)]),
    ("ij,ij->", [(2, 3), (2, 3)]),
    ("iji->j", [(3, 2, 3)]),
    ("ij,ij->ij", [(2, 1), (2, 3)]),
    ("bhqd,bhkd->bhqk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
    ("i,i,i->i", [(3,), (3,), (3,)]),
    ("ij->i", [(2, 0)]),
    ("iiii->i", [(2, 2, 2, 2)]),
]
for equation, operands in EQUATIONS:
    row(
        f"einsum {equation} {operands}",
        lambda torch, *xs, equation=equation: torch.einsum(equation, *xs),
        *[normal(*s) for s in operands],
    )
row("einsum of a list", lambda torch, a, b: torch.einsum("ij,jk->ik", [a, b]), normal(2, 3), normal(3, 4))
row("einsum of one tensor twice", lambda torch, a: torch.einsum("ij,kj->ik", a, a), normal(2, 3))
row(
    "einsum with subscripts as numbers",
    lambda torch, a, b: torch.einsum(a, [0, 1], b, [1, 2], [0, 2]),
    normal(2, 3),
    normal(3, 4),
)
row(
    "einsum with numbers and no result",
    lambda torch, a, b: torch.einsum(a, [3, 51], b, [51, 0]),
    normal(2, 3),
    normal(3, 4),
)
row(
    "einsum with numbers and dots",
    lambda torch, a, b: torch.einsum(a, [..., 1], b, [1, 2], [..., 2]),
    normal(2, 2, 3),
    normal(3, 4),
)
row("einsum of capitals", lambda torch, a: torch.einsum("aB", a), normal(2, 3))
MORE: list[tuple[str, list[tuple[int, ...]]]] = [
    (",ij->ij", [(), (2, 3)]), (",", [(), ()]), ("->", [()]), ("i,->i", [(3,), ()]), ("i,i->i", [(1,), (3,)]),
    ("...,...->...", [(2, 1), (3,)]), ("...i,...i->...", [(2, 1, 3), (4, 3)]), ("i...->i", [(2, 3, 4)]),
    ("...", [(2, 3)]), ("...ii->...i", [(2, 3, 3)]), ("bij,bjk,bkl->bil", [(2, 2, 3), (2, 3, 4), (2, 4, 2)]),
    ("i,j,k->kji", [(2,), (3,), (4,)]), ("ij,jk,kl,lm->im", [(2, 3), (3, 2), (2, 4), (4, 2)]),
    ("ij,ij,ij->j", [(2, 3), (2, 3), (2, 3)]), ("ij,jk->ik", [(0, 3), (3, 2)]), ("ij,jk->ik", [(2, 0), (0, 2)]),
    ("bhqd,bhkd,bhke->bhqe", [(2, 1, 3, 2), (2, 1, 4, 2), (2, 1, 4, 2)]), ("ii,jj->ij", [(2, 2), (3, 3)]),
    ("ij,ji->", [(2, 3), (3, 2)]), ("ijk,ilk->jl", [(2, 3, 4), (2, 2, 4)]), ("i...,i->i...", [(2, 3), (2,)]),
    ("abc,cb->a", [(2, 3, 4), (4, 3)]), ("ij,kj->ijk", [(2, 3), (4, 3)]), ("aij,bij->ab", [(2, 3, 2), (4, 3, 2)]),
    ("ab,bc,ca->", [(2, 3), (3, 4), (4, 2)]),
]  # fmt: skip
for equation, operands in MORE:
    row(
        f"einsum {equation} {operands}",
        lambda torch, *xs, equation=equation: torch.einsum(equation, *xs),
        *[normal(*s) for s in operands],
    )

# ---- of any dimensions ----

INNER: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 3), (4, 3)), ((5, 2, 3), (4, 3)), ((2, 3), ()), ((), (2, 3)),
    ((), ()), ((0,), (0,)), ((2, 0), (3, 0)), ((2, 1), (1,)), ((0, 3), (2, 3)),
]  # fmt: skip
for a, b in INNER:
    row(f"inner {a} {b}", lambda torch, a, b: (torch.inner(a, b), a.inner(b)), normal(*a), normal(*b))
KRON: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)), ((2, 3), (3, 2)), ((3,), (2, 3)), ((2, 3), (4,)), ((2, 2, 3), (2, 2)), ((2, 3), ()), ((), (2, 3)),
    ((), ()), ((0,), (2,)), ((2, 0), (3, 1)), ((1, 1), (2, 2)),
]  # fmt: skip
for a, b in KRON:
    row(f"kron {a} {b}", lambda torch, a, b: (torch.kron(a, b), a.kron(b)), normal(*a), normal(*b))
TENSORDOT: list[tuple[tuple[int, ...], tuple[int, ...], object]] = [
    ((2, 3), (2, 3), 2), ((2, 3), (3, 4), 1), ((2,), (3,), 0), ((), (), 0), ((2, 3, 4), (4, 3, 2), ([1, 2], [1, 0])),
    ((2, 3, 4), (3, 4, 5), 2), ((2, 3), (4, 3), ([-1], [-1])), ((2, 3), (4, 3), ([1], [1])),
    ((2, 1), (4, 3), ([1], [0])), ((2, 3), (1, 4), ([1], [0])), ((0, 3), (3, 2), 1), ((2, 0), (0, 3), 1),
    ((2, 3), (3, 2), ([0, 1], [1, 0])), ((2, 2, 2), (2,), 1),
]  # fmt: skip
for a, b, dims in TENSORDOT:
    row(
        f"tensordot {a} {b} {dims}",
        lambda torch, a, b, dims=dims: torch.tensordot(a, b, dims=dims),
        normal(*a),
        normal(*b),
    )
row("tensordot as it is", lambda torch, a, b: torch.tensordot(a, b), normal(2, 3, 4), normal(3, 4, 2))
for shape in [(3, 3), (2, 3), (3, 2), (1, 1), (0, 0), (0, 3), (1, 4), (5, 5), (4, 1)]:
    row(f"trace {shape}", lambda torch, x: (torch.trace(x), x.trace()), normal(*shape))
row("trace of infinities", lambda torch, x: x.trace(), given([[math.inf, 1.0], [2.0, -math.inf]]))

CROSS: list[tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]] = [
    ((3,), (3,), {}), ((2, 3), (2, 3), {}), ((3, 2), (3, 2), {}), ((3, 3), (3, 3), {}), ((3, 2), (3, 1), {}),
    ((2, 3), (1, 3), {"dim": 1}), ((2, 3, 4), (2, 3, 4), {"dim": 1}), ((2, 3, 4), (2, 3, 4), {"dim": -2}),
    ((0, 3), (0, 3), {"dim": 1}), ((3, 3), (3, 3), {"dim": -1}),
]  # fmt: skip
for a, b, options in CROSS:
    row(
        f"cross {a} {b} {options}",
        quiet(lambda torch, a, b, options=options: (torch.cross(a, b, **options), a.cross(b, **options))),
        normal(*a),
        normal(*b),
    )
    dim = options.get("dim", a.index(3))
    row(
        f"linalg.cross {a} {b} {options}",
        lambda torch, a, b, dim=dim: torch.linalg.cross(a, b, dim=dim),
        normal(*a),
        normal(*b),
    )
row("linalg.cross along the last", lambda torch, a, b: torch.linalg.cross(a, b), normal(3, 3), normal(3, 3))
row("cross of integers", quiet(lambda torch, a, b: torch.cross(a, b)), whole(9, 2, 3), whole(9, 2, 3))
VECDOT: list[tuple[tuple[int, ...], tuple[int, ...], int]] = [
    ((3,), (3,), -1), ((2, 3), (2, 3), -1), ((2, 3), (3,), -1), ((3,), (2, 3), -1), ((2, 3), (2, 3), 0),
    ((2, 1, 3), (4, 3), -1), ((2, 3), (2, 1), 0), ((0,), (0,), 0), ((2, 0), (2, 0), 1), ((0, 3), (0, 3), 1),
    ((2, 3, 4), (2, 3, 4), 1), ((1, 3), (2, 3), -1),
]  # fmt: skip
for a, b, dim in VECDOT:
    row(
        f"vecdot {a} {b} {dim}", lambda torch, a, b, dim=dim: torch.linalg.vecdot(a, b, dim=dim), normal(*a), normal(*b)
    )
CHAINS: list[list[tuple[int, ...]]] = [
    [(2, 3), (3, 4)], [(2, 3), (3, 4), (4, 2)], [(2, 3), (3,)], [(3,), (3, 2)], [(3,), (3, 2), (2,)],
    [(2, 9), (9, 1), (1, 9), (9, 2)], [(9, 1), (1, 9), (9, 1), (1, 9), (9, 2)], [(2, 0), (0, 3), (3, 2)],
    [(0, 2), (2, 3)], [(1, 1), (1, 1), (1, 1)], [(3,), (3,)],
]  # fmt: skip
for shapes in CHAINS:
    row(f"multi_dot {shapes}", lambda torch, *xs: torch.linalg.multi_dot(xs), *[normal(*s) for s in shapes])
    if all(len(s) == 2 for s in shapes):
        row(f"chain_matmul {shapes}", lambda torch, *xs: torch.chain_matmul(*xs), *[normal(*s) for s in shapes])
row("chain_matmul of one", lambda torch, x: torch.chain_matmul(x) * 2, normal(2, 3))
for n in range(3, 6):
    row(f"chain_matmul of {n}", lambda torch, *xs: torch.chain_matmul(*xs), *[normal(3, 3) for _ in range(n)])
SPREAD: list[tuple[tuple[int, ...], ...]] = [(), (3,), (1, 3), (2, 1), (2, 3)]
for given_shape in SPREAD:
    for options in ({}, {"beta": 0.5, "alpha": 2.0}, {"beta": 0}, {"alpha": 0}, {"beta": 2, "alpha": -1.5}):
        row(
            f"addmm addr addbmm {given_shape} {options}",
            lambda torch, x, a, b, v, w, c, d, options=options: (
                torch.addmm(x, a, b, **options), x.addmm(a, b, **options),
                torch.addr(x, v, w, **options), x.addr(v, w, **options),
                torch.addbmm(x, c, d, **options), x.addbmm(c, d, **options),
                torch.baddbmm(x, c, d, **options), x.baddbmm(c, d, **options),
            ),
            normal(*given_shape), normal(2, 4), normal(4, 3), normal(2), normal(3), normal(5, 2, 4), normal(5, 4, 3),
        )  # fmt: skip
        if given_shape in ((), (3,)):
            row(
                f"addmv {given_shape} {options}",
                lambda torch, x, a, v, options=options: (torch.addmv(x, a, v, **options), x.addmv(a, v, **options)),
                normal(*given_shape),
                normal(3, 4),
                normal(4),
            )
row("addmm of nothing", lambda torch, x, a, b: torch.addmm(x, a, b), normal(2, 3), normal(2, 0), normal(0, 3))
row("addbmm of nothing", lambda torch, x, a, b: torch.addbmm(x, a, b), normal(2, 3), normal(0, 2, 4), normal(0, 4, 3))
row(
    "addmm without what is nan",
    lambda torch, x, a: torch.addmm(x, a, a, beta=0),
    given([[math.nan, math.inf]]),
    normal(2, 2),
)
row("addr of integers and floats", lambda torch, x, a, b: torch.addr(x, a, b), whole(9, 2, 2), normal(2), normal(2))
