"""Decompositions: of factors only what does not depend on their signs, which LAPACKs choose differently."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import given, normal, quiet, row

STACKS: list[tuple[int, ...]] = [(), (2,), (1, 2), (0,)]


def symmetric(x: Any) -> Any:
    return x + x.mT


def definite(torch: Any, x: Any) -> Any:
    return x @ x.mT + torch.eye(x.shape[-1], dtype=x.dtype)


for stack in STACKS:
    for n in (0, 1, 2, 3):
        x = normal(*stack, n, n)
        row(
            f"cholesky {x.shape}",
            quiet(lambda torch, x: (torch.linalg.cholesky(definite(torch, x)), torch.cholesky(definite(torch, x)))),
            x,
        )
        row(
            f"cholesky {x.shape}, upper",
            quiet(
                lambda torch, x: (
                    torch.linalg.cholesky(definite(torch, x), upper=True),
                    definite(torch, x).cholesky(upper=True),
                )
            ),
            x,
        )
        for uplo in ("L", "U"):
            row(f"eigvalsh {x.shape} {uplo}", lambda torch, x, uplo=uplo: torch.linalg.eigvalsh(x, uplo), x)
            row(
                f"eigh {x.shape} {uplo}",
                lambda torch, x, uplo=uplo: (
                    torch.linalg.eigh(x, UPLO=uplo).eigenvalues,
                    torch.linalg.eigh(symmetric(x), uplo).eigenvectors.abs(),
                ),
                x,
            )
    for m, n in [(0, 0), (1, 1), (2, 2), (3, 3), (3, 2), (2, 3), (4, 1), (0, 2), (2, 0)]:
        x = normal(*stack, m, n)
        row(f"svdvals {x.shape}", lambda torch, x: (torch.linalg.svdvals(x), torch.svd(x, compute_uv=False).S), x)
        row(
            f"svd {x.shape}",
            lambda torch, x: (
                torch.linalg.svd(x).S,
                *[t.abs() for t in torch.linalg.svd(x, full_matrices=False)],
                *[t.abs() for t in torch.svd(x)],
                x.svd(some=False).S,
            ),
            x,
        )
        row(
            f"function of svd {x.shape}",
            lambda torch, x: (lambda u, s, vh: (u * torch.exp(-s)[..., None, :]) @ vh)(
                *torch.linalg.svd(x, full_matrices=False)
            ),
            x,
        )
        row(
            f"shapes of svd {x.shape}",
            lambda torch, x: (
                torch.zeros(torch.linalg.svd(x).U.shape),
                torch.zeros(torch.linalg.svd(x).Vh.shape),
                torch.zeros(torch.svd(x, compute_uv=False).U.shape),
                torch.zeros(torch.svd(x, compute_uv=False).V.shape),
            ),
            x,
        )
        row(f"qr {x.shape}", quiet(lambda torch, x: [t.abs() for t in (*torch.linalg.qr(x), *torch.qr(x), *x.qr())]), x)
        row(f"qr, R alone, of {x.shape}", lambda torch, x: torch.linalg.qr(x.detach(), mode="r").R.abs(), x)
        if m <= n:
            row(f"qr {x.shape}, complete", lambda torch, x: [t.abs() for t in torch.linalg.qr(x, mode="complete")], x)
        row(f"matrix_rank {x.shape}", lambda torch, x: torch.linalg.matrix_rank(x), x)
row("svdvals of equal ones", lambda torch, x: torch.linalg.svdvals(x), np.eye(3) * 2)
row("eigvalsh of equal ones", lambda torch, x: torch.linalg.eigvalsh(x), np.eye(3) * 2)
row("eigenvalues of eigh of equal ones", lambda torch, x: torch.linalg.eigh(x).eigenvalues, np.eye(3) * 2)
row("singular values of svd of equal ones", lambda torch, x: torch.linalg.svd(x).S, np.zeros((3, 2)))
SMALL = np.diag([2.0, 0.4, 1e-3])
for options in (
    {"atol": 0.5},
    {"rtol": 0.1},
    {"atol": 0.5, "rtol": 0.3},
    {"atol": 1e-2, "rtol": 0.3},
    {"hermitian": True},
):
    row(f"matrix_rank {options}", lambda torch, x, options=options: torch.linalg.matrix_rank(x, **options), SMALL)
row(
    "matrix_rank above tensors",
    lambda torch, x, t: torch.linalg.matrix_rank(x, atol=t.detach()),
    np.stack([SMALL, SMALL]),
    given([0.1, 1.0]),
)
row("matrix_rank of zeros", lambda torch, x: torch.linalg.matrix_rank(x), np.zeros((2, 3)))
