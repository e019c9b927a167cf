"""Determinants, inverses, solutions, powers and exponentials of matrices."""

from __future__ import annotations

import numpy as np

from .case import Array, given, normal, row, whole


def regular(*shape: int) -> Array:
    """Matrices that are far from singular."""
    return normal(*shape) + 4 * np.eye(shape[-1])


SQUARE = [(1, 1), (2, 2), (3, 3), (5, 5), (2, 3, 3), (2, 1, 2, 2), (0, 0), (0, 2, 2), (2, 0, 0), (3, 1, 1), (7, 7)]
for shape in SQUARE:
    row(f"inv {shape}", lambda torch, a: (torch.linalg.inv(a), torch.inverse(a), a.inverse()), regular(*shape))
    row(f"det {shape}", lambda torch, a: (torch.linalg.det(a), torch.det(a), a.det()), regular(*shape))
    row(f"det {shape}, of any sign", lambda torch, a: torch.linalg.det(a), normal(*shape))
    row(
        f"slogdet {shape}",
        lambda torch, a: (*torch.linalg.slogdet(a), *torch.slogdet(-a), a.slogdet().logabsdet),
        regular(*shape),
    )
    row(f"logdet {shape}", lambda torch, a: (torch.logdet(a), a.logdet()), regular(*shape))
    row(f"matrix_exp {shape}", lambda torch, a: (torch.linalg.matrix_exp(a), a.matrix_exp()), normal(*shape))
    row(f"cholesky_inverse {shape}", lambda torch, a: torch.cholesky_inverse(a.tril()), regular(*shape))
    row(f"cholesky_inverse {shape}, upper", lambda torch, a: a.triu().cholesky_inverse(upper=True), regular(*shape))
row("logdet below zero", lambda torch, a: torch.logdet(a), given([[0.0, 1.0], [1.0, 0.0]]))
row(
    "matrix_exp of large and small",
    lambda torch, a: torch.matrix_exp(a),
    np.stack([np.zeros((2, 2)), [[-30.0, 9], [1, -20]]]),
)
for n in range(-3, 8):
    row(
        f"matrix_power {n}",
        lambda torch, a, b, n=n: (torch.linalg.matrix_power(a, n), torch.matrix_power(b, n), b.matrix_power(n)),
        regular(2, 2),
        regular(2, 3, 3) / 4,
    )
row("matrix_power of integers", lambda torch, a: (torch.linalg.matrix_power(a, 5), a.matrix_power(0)), whole(4, 3, 3))
row("matrix_power of nothing", lambda torch, a: torch.linalg.matrix_power(a, 3), normal(0, 0))

SYSTEMS = [
    ((3, 3), (3,)), ((3, 3), (3, 2)), ((2, 3, 3), (2, 3)), ((2, 3, 3), (3, 2)), ((3, 3), (2, 3, 2)),
    ((2, 3, 3), (2, 3, 1)), ((2, 1, 3, 3), (4, 3, 2)), ((1, 1), (1,)), ((0, 0), (0, 2)), ((3, 3), (3, 0)),
    ((0, 2, 2), (0, 2, 2)), ((2, 3, 3), (3,)), ((2, 2, 2), (2, 2)), ((1, 1), (1, 1)), ((5, 5), (5, 1)),
    ((2, 2), (2, 4)), ((4, 2, 2), (4, 2, 3)), ((2, 1, 2, 2), (2, 3, 2, 2)),
]  # fmt: skip
for a, b in SYSTEMS:
    row(f"solve {a} {b}", lambda torch, a, b: torch.linalg.solve(a, b), regular(*a), normal(*b))
    if len(b) > 1 and a[:-1] not in (b, (*b[:-2], b[-1], b[-2])):
        row(
            f"solve {a} {b} from the right",
            lambda torch, a, b: torch.linalg.solve(a, b.mT, left=False),
            regular(*a),
            normal(*b),
        )
    if len(b) > 1 and (len(a) == len(b) or len(a) < 3):
        for options in (
            {"upper": True},
            {"upper": False},
            {"upper": True, "unitriangular": True},
            {"upper": False, "left": False},
        ):
            row(
                f"solve_triangular {a} {b} {options}",
                lambda torch, a, b, options=options: torch.linalg.solve_triangular(
                    a, b.mT if "left" in options else b, **options
                ),
                regular(*a),
                normal(*(b if b != a[:-1] else (*b, 1))),
            )
        row(
            f"cholesky_solve {a} {b}",
            lambda torch, a, b: (torch.cholesky_solve(b, a.tril()), b.cholesky_solve(a.triu(), upper=True)),
            regular(*a),
            normal(*b),
        )

for shape in [(3, 3), (3, 2), (2, 3), (1, 1), (4, 1), (2, 3, 2), (0, 3), (3, 0), (0, 0), (0, 2, 3), (1, 4)]:
    row(f"pinv {shape}", lambda torch, a: (torch.linalg.pinv(a), torch.pinverse(a), a.pinverse()), normal(*shape))
row("pinv of low rank", lambda torch, a, b: torch.linalg.pinv(a @ b, rtol=1e-4), normal(4, 2), normal(2, 3))
row("pinv of equal singular values", lambda torch, a: torch.linalg.pinv(a), np.eye(3))
row("pinv above a share", lambda torch, a: torch.linalg.pinv(a, rtol=0.5), np.diag([4.0, 3.0, 0.5]))
row("pinv above a number", lambda torch, a: torch.linalg.pinv(a, atol=1.0), np.diag([4.0, 3.0, 0.5]))
row("pinv above both", lambda torch, a: torch.linalg.pinv(a, atol=0.1, rtol=0.5), np.diag([4.0, 3.0, 0.5]))
row("pinverse above a share", lambda torch, a: torch.pinverse(a, 0.5), np.diag([4.0, 3.0, 0.5]))
row("pinv of symmetric ones", lambda torch, a: torch.linalg.pinv(a + a.mT, hermitian=True), regular(2, 3, 3))
