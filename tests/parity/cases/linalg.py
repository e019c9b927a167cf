"""Products of matrices and vectors."""

from __future__ import annotations

from .case import normal, row

PRODUCTS: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
    ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)), ((1, 2, 3), (5, 3, 4)),
    ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)), ((2, 3), (3, 0)), ((0, 2, 3), (3, 4)), ((1, 3), (3, 1)),
    ((2, 5, 2, 3), (3,)), ((3,), (2, 5, 3, 4)), ((5, 0, 3), (3, 4)),
]  # fmt: skip
for a, b in PRODUCTS:
    row(f"{a} @ {b}", lambda torch, a, b: a @ b, normal(*a), normal(*b))
row("matmul", lambda torch, a, b: (torch.matmul(a, b), a.matmul(b)), normal(2, 3), normal(3, 4))
row("dot", lambda torch, a, b: (torch.dot(a, b), a.dot(b)), normal(3), normal(3))
row("mv", lambda torch, a, b: (torch.mv(a, b), a.mv(b)), normal(2, 3), normal(3))
row("mm", lambda torch, a, b: (torch.mm(a, b), a.mm(b)), normal(2, 3), normal(3, 4))
row("bmm", lambda torch, a, b: (torch.bmm(a, b), a.bmm(b)), normal(5, 2, 3), normal(5, 3, 4))
row("outer", lambda torch, a, b: (torch.outer(a, b), a.outer(b)), normal(2), normal(3))
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
