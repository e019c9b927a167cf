"""A matrix for each dimension of a parameter turns the gradient: Shampoo, and Adam in its eigenvectors.

These matrices lie end to end in one state, a vector, because parameters have different numbers of dimensions.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Unpack

import numpy as np

from ..autograd.memory import Array
from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial

Matrices = list[Array]


def packed(matrices: Iterable[Array], dtype: Any) -> Array:
    """Matrices end to end."""
    return np.concatenate([np.zeros(0, dtype), *[m.ravel() for m in matrices]])


def unpacked(state: Array, sides: Sequence[int]) -> Matrices:
    """The square matrices of these sides that lie end to end."""
    parts = np.split(state, np.cumsum([n * n for n in sides])[:-1]) if sides else []
    return [part.reshape(n, n) for part, n in zip(parts, sides, strict=True)]


def outer(g: Array, i: int) -> Array:
    """The products of the slices along dimension `i`: G G^T, where G has a row for each of them."""
    rows = np.moveaxis(g, i, 0).reshape(g.shape[i], g.size // max(1, g.shape[i]))
    return np.asarray(rows @ rows.T)


def turned(x: Array, matrices: Matrices, back: bool = False) -> Array:
    """Each dimension times its matrix, or the transpose of it to turn back; an empty matrix leaves it as it is."""
    for m in matrices:  # the first dimension becomes the last, each time
        x = np.tensordot(x, m, (0, 1 if back else 0)) if m.size else np.moveaxis(x, 0, -1)
    return x


def precise(m: Array) -> Array:
    """In a dtype that LAPACK has."""
    return m.astype(np.promote_types(m.dtype, np.float32))


def power(m: Array, exponent: float, least: float) -> Array:
    """A power of a symmetric matrix whose eigenvalues are at least so great, but for rounding."""
    values, vectors = np.linalg.eigh(precise(m))
    return np.asarray(vectors * np.maximum(values, least) ** exponent @ vectors.T)


def eigenvectors(m: Array) -> Array:
    """Those of a symmetric matrix, the greatest eigenvalue's first."""
    return np.asarray(np.linalg.eigh(precise(m)).eigenvectors[:, ::-1])


class Preconditioned(Optimizer):
    """An optimizer whose rule needs eigenvectors, which have no derivative where eigenvalues are equal."""

    def __init__(self, params: ParamsT, defaults: Mapping[str, Any], **options: Unpack[Options]) -> None:
        if options.get("differentiable"):
            raise RuntimeError(
                f"{type(self).__name__} does not support differentiable=True: eigenvectors of equal eigenvalues have "
                "no derivative"
            )
        super().__init__(params, defaults, **options)


# ---- Shampoo --------------------------------------------------------------------------------------------------------


@rule(scope="tensor", H="pre_cond", P="inv_pre_cond")
def shampoo(
    g: Any,
    H: Any,  # noqa: N803 (the paper's letter)
    P: Any,  # noqa: N803
    *,
    t: int,
    lr: float,
    preconditioning_compute_steps: int,
    matrix_eps: float,
) -> StepAndState:
    """Gupta, Koren & Singer 2018, algorithm 2: exponents -1 / (2 * order)."""
    x = np.atleast_1d(g)
    H = [h + outer(x, i) for i, h in enumerate(unpacked(H, x.shape))]  # noqa: N806
    if (t - 1) % preconditioning_compute_steps == 0:
        P = packed([power(h, -1 / (2 * x.ndim), matrix_eps) for h in H], g.dtype)  # noqa: N806
    step = lr * turned(x, unpacked(P, x.shape))
    return step.reshape(g.shape), packed(H, g.dtype), P


class Shampoo(Preconditioned):
    """Adagrad with a whole matrix for each dimension of a parameter. Gupta, Koren & Singer 2018.

    A parameter of sides m, n, ... keeps 2 * (m^2 + n^2 + ...) numbers: it is for small ones.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        preconditioning_compute_steps: roots of the matrices are computed at the first step, and then once in so many.
        matrix_eps: how much of the identity the matrices start from; it is what keeps them from being singular.
        weight_decay: adds weight_decay * p to the gradient.
        options: see `Options`; differentiable=True is refused.

    >>> w = torch.tensor([[3.0, 0.0], [0.0, 1.0]], requires_grad=True)
    >>> opt = torch.optim.Shampoo([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([[2.9000, 0.0000],
            [0.0000, 0.9000]], requires_grad=True)
    """

    rule = shampoo
    limits: ClassVar = {
        "preconditioning_compute_steps": Limit("preconditioning_compute_steps", low=1),
        "matrix_eps": Limit("matrix_eps value"),
    }
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        preconditioning_compute_steps: int = 1,
        matrix_eps: float = 1e-6,
        weight_decay: float = 0,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            preconditioning_compute_steps=preconditioning_compute_steps,
            matrix_eps=matrix_eps,
            weight_decay=weight_decay,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        first = functools.partial(_identities, eps=group["matrix_eps"])
        return {"pre_cond": first, "inv_pre_cond": first}


def _identities(p: Any, eps: float) -> Array:
    return packed([eps * np.eye(n, dtype=p.dtype) for n in p.shape or (1,)], p.dtype)


# ---- SOAP -----------------------------------------------------------------------------------------------------------


def sides(shape: tuple[int, ...], longest: int) -> list[int]:
    """The sides of the matrices of a parameter: 0 for a dimension that has none."""
    return [n if n <= longest else 0 for n in shape] if len(shape) > 1 else []


def refreshed(m: Array, q: Array) -> tuple[Array, Array]:
    """One power iteration from the eigenvectors `q` to those of `m`, and the order they were brought into."""
    order = np.argsort(-np.sum(q * (m @ q), 0), kind="stable")
    return np.asarray(np.linalg.qr(precise((m @ q)[:, order])).Q), order


@rule(scope="tensor", m="exp_avg", v="exp_avg_sq", GG="GG", Q="Q")
def soap(
    g: Any,
    p: Any,
    m: Any,
    v: Any,
    GG: Any,  # noqa: N803 (the paper's letters)
    Q: Any,  # noqa: N803
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
    shampoo_beta: float | None,
    precondition_frequency: int,
    max_precondition_dim: int,
) -> StepAndState:
    """Vyas et al. 2024, algorithm 3. The first step only finds eigenvectors, and takes nothing, as in its code."""
    ns = sides(g.shape, max_precondition_dim)
    beta3 = beta2 if shampoo_beta is None else shampoo_beta
    GG = [beta3 * a + (1 - beta3) * outer(g, i) if a.size else a for i, a in enumerate(unpacked(GG, ns))]  # noqa: N806
    if t == 1:
        return np.zeros_like(g), m, v, packed(GG, g.dtype), packed([eigenvectors(a) for a in GG], g.dtype)
    Q = unpacked(Q, ns)  # noqa: N806
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * turned(g, Q) ** 2
    u = turned(turned(m, Q) / (np.sqrt(v) + eps), Q, back=True)
    step = lr * ((1 - beta2 ** (t - 1)) ** 0.5 / (1 - beta1 ** (t - 1)) * u + weight_decay * p)
    if (t - 1) % precondition_frequency == 0:
        for i, a in enumerate(GG):
            if a.size:
                Q[i], order = refreshed(a, Q[i])
                v = np.take(v, order, axis=i)
    return step, m, v, packed(GG, g.dtype), packed(Q, g.dtype)


class SOAP(Preconditioned):
    """Adam in the eigenvectors of Shampoo's matrices, which are refreshed now and then. Vyas et al. 2024.

    The first step takes nothing, as in the authors' code: it finds the eigenvectors, so that no gradient is turned by
    eigenvectors of its own. Vectors and numbers are stepped as by Adam. All matrices are kept in the parameter's dtype.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient, and of its square in the eigenvectors, is kept at a step.
        shampoo_beta: how much of the running means of the matrices is kept; None for the second of betas.
        eps: added to the root, which is not yet corrected for its start.
        weight_decay: adds weight_decay * p to the step, before it is multiplied by lr.
        precondition_frequency: eigenvectors are refreshed once in so many steps, by a power iteration.
        max_precondition_dim: longer dimensions are left as they are.
        options: see `Options`; differentiable=True is refused.
    """

    rule = soap
    limits: ClassVar = {
        "shampoo_beta": Limit("shampoo_beta", below=1, none=True),
        "precondition_frequency": Limit("precondition_frequency", low=1),
        "max_precondition_dim": Limit("max_precondition_dim"),
    }
    presets: ClassVar = {"paper": {}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 3e-3,
        betas: tuple[float, float] = (0.95, 0.95),
        shampoo_beta: float | None = None,
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        precondition_frequency: int = 10,
        max_precondition_dim: int = 10_000,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            betas=betas,
            shampoo_beta=shampoo_beta,
            eps=eps,
            weight_decay=weight_decay,
            precondition_frequency=precondition_frequency,
            max_precondition_dim=max_precondition_dim,
        )
        super().__init__(params, defaults, **options)

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        matrices = functools.partial(_no_matrices, longest=group["max_precondition_dim"])
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0, "GG": matrices, "Q": matrices}


def _no_matrices(p: Any, longest: int) -> Array:
    return np.zeros(sum(n * n for n in sides(p.shape, longest)), p.dtype)
