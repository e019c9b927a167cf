"""What the list of parity cannot ask of linear algebra: where PyTorch has no second derivative, or another one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.autograd import grad, gradcheck, gradgradcheck

theirs = pytest.importorskip("torch")
rng = np.random.default_rng(3)


def both(call: Any, *arrays: Any, rtol: float = 1e-12) -> None:
    """Values and first gradients are PyTorch's."""
    results = []
    for library in (torch, theirs):
        xs = [library.from_numpy(a.copy()).requires_grad_() for a in arrays]
        with np.errstate(divide="ignore"):
            y = call(library, *xs)
        weights = library.from_numpy(np.cos(np.arange(y.numel(), dtype=arrays[0].dtype)).reshape(tuple(y.shape)))
        results.append([y, *library.autograd.grad(y, xs, weights)])
    for a, b in zip(*results, strict=True):
        assert str(a.dtype) == str(b.dtype).removeprefix("torch.")
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol, atol=rtol)


# ---- distances ----

SHAPES: list[tuple[tuple[int, ...], tuple[int, ...]]] = [
    ((3, 2), (4, 2)), ((1, 1), (1, 1)), ((3, 0), (2, 0)), ((0, 2), (3, 2)), ((3, 2), (0, 2)), ((2, 3, 2), (2, 4, 2)),
    ((2, 1, 3, 2), (4, 2, 2)), ((30, 3), (28, 3)), ((0, 3, 2), (0, 4, 2)), ((5, 7), (5, 7)),
]  # fmt: skip


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, math.inf])
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_cdist_and_its_gradients_are_pytorchs(shapes: Any, p: float) -> None:
    a, b = [rng.normal(size=s) for s in shapes]
    both(lambda torch, a, b: torch.cdist(a, b, p), a, b)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, math.inf])
def test_cdist_of_equal_points_and_of_ties_is_pytorchs(p: float) -> None:
    points = np.array([[0.0, 1.0], [2.0, 3.0], [1.0, 1.0], [0.0, 0.0]])
    both(lambda torch, a, b: torch.cdist(a, b, p), points, points[:3])
    both(lambda torch, a: torch.cdist(a, a, p), points)


def test_cdist_in_float32_keeps_the_distance_of_close_points_far_from_the_origin() -> None:
    a = np.full((30, 3), 1000.0, np.float32)
    b = a + np.float32(0.25)
    exact = math.sqrt(3) / 4
    for mode in ["use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist"]:
        y = torch.cdist(torch.from_numpy(a), torch.from_numpy(b), compute_mode=mode)
        np.testing.assert_allclose(y.numpy(), exact, rtol=1e-6)
    both(lambda torch, a, b: torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist"), a, b, rtol=1e-6)


def test_cdist_in_many_blocks_is_the_same_as_in_one() -> None:
    a, b = rng.normal(size=(300, 40)), rng.normal(size=(200, 40))
    both(lambda torch, a, b: torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist"), a, b, rtol=1e-11)


# ---- kinks ----


@pytest.mark.parametrize("order", [0.5, 1, 2, 3, -1, -2, math.inf, -math.inf])
def test_norms_of_zeros_have_pytorchs_gradients(order: float) -> None:
    x = np.array([[0.0, -2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0], [3.0, 1.0, -0.0, 1.0]])
    both(lambda torch, x: torch.linalg.vector_norm(x, order, dim=1), x)


@pytest.mark.parametrize("order", ["fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf])
@pytest.mark.parametrize(
    "x", [np.zeros((2, 3)), np.eye(3), np.array([[1.0, -2.0], [-1.0, 2.0]])], ids=["0", "1", "tie"]
)
def test_matrix_norms_where_singular_values_or_sums_are_equal_have_gradients(order: Any, x: Any) -> None:
    t = torch.tensor(x, requires_grad=True)
    y = torch.linalg.matrix_norm(t, order)
    y.backward()
    assert t.grad is not None
    # The norm is homogeneous: its derivative along x is the norm itself.
    np.testing.assert_allclose((t.grad.numpy() * x).sum(), y.item(), atol=1e-12)
    if order not in ("nuc", 2, -2):  # of equal singular values the vectors are LAPACK's choice
        both(lambda torch, x: torch.linalg.matrix_norm(x, order), x)


# ---- singular matrices ----

SINGULAR = [
    np.array([[1.0, 2.0], [2.0, 4.0]]),
    np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),
    np.array([[0.0, 0.0], [0.0, 3.0]]),
    np.ones((3, 3)),
    np.zeros((2, 2)),
    np.zeros((3, 3)),
    np.zeros((1, 1)),
]


def cofactors(x: Any) -> Any:
    n = len(x)
    minors = [[np.linalg.det(np.delete(np.delete(x, i, 0), j, 1)) for j in range(n)] for i in range(n)]
    return np.array(minors) * (-1.0) ** np.add.outer(np.arange(n), np.arange(n))


@pytest.mark.parametrize("x", SINGULAR, ids=range(len(SINGULAR)))
def test_the_determinant_of_a_singular_matrix_has_its_cofactors_as_gradient_at_every_order(x: Any) -> None:
    t = torch.tensor(x, requires_grad=True)
    for create_graph in (False, True):
        (g,) = grad(torch.linalg.det(t), t, create_graph=create_graph)
        np.testing.assert_allclose(g.detach().numpy(), cofactors(x), atol=1e-13)
    assert gradcheck(torch.linalg.det, t)
    assert gradgradcheck(torch.linalg.det, t)


def test_one_singular_matrix_in_a_stack_leaves_the_others_as_they_are() -> None:
    x = np.stack([np.array([[1.0, 2.0], [2.0, 4.0]]), rng.normal(size=(2, 2)), np.eye(2)])
    t = torch.tensor(x, requires_grad=True)
    torch.linalg.det(t).sum().backward()
    assert t.grad is not None
    np.testing.assert_allclose(t.grad.numpy(), [cofactors(m) for m in x], atol=1e-13)


@pytest.mark.parametrize("x", [np.eye(3), rng.normal(size=(3, 3)), np.diag([1.0, 1.0, 2.0])], ids=["1", "any", "equal"])
def test_the_third_derivative_of_a_determinant_is_right_where_singular_values_are_equal(x: Any) -> None:
    def second(t: Any) -> Any:
        (g,) = grad(torch.linalg.det(t), t, create_graph=True)
        return grad((g * g).sum(), t, create_graph=True)[0]

    assert gradcheck(second, torch.tensor(x, requires_grad=True))


SINGULAR_CALLS: dict[str, Any] = {
    "inv": lambda torch, x: torch.linalg.inv(x),
    "inverse": lambda torch, x: x.inverse(),
    "solve": lambda torch, x: torch.linalg.solve(x, x),
    "solve a vector": lambda torch, x: torch.linalg.solve(x, x[0]),
    "matrix_power": lambda torch, x: torch.linalg.matrix_power(x, -2),
    "cholesky": lambda torch, x: torch.linalg.cholesky(x),
    "cholesky of none": lambda torch, x: torch.linalg.cholesky(x * float("nan")),
    "svd of none": lambda torch, x: torch.linalg.svd(x * float("nan")),
    "svdvals of none": lambda torch, x: torch.linalg.svdvals(x * float("nan")),
    "pinv of none": lambda torch, x: torch.linalg.pinv(x * float("nan")),
    "cholesky_inverse": lambda torch, x: torch.cholesky_inverse(x * 0),
}


@pytest.mark.parametrize("name", SINGULAR_CALLS)
def test_matrices_for_which_there_is_no_result_are_a_linalgerror(name: str) -> None:
    x = np.array([[1.0, 2.0], [2.0, 4.0]]) * (1 if "cholesky" not in name else -1)
    with pytest.raises(torch.linalg.LinAlgError, match=r"linalg\.\w+\(\)") as info:
        SINGULAR_CALLS[name](torch, torch.tensor(x))
    assert isinstance(info.value, RuntimeError)
    with pytest.raises(theirs.linalg.LinAlgError):
        SINGULAR_CALLS[name](theirs, theirs.tensor(x))


def test_slogdet_of_a_singular_matrix_is_minus_infinity_and_its_gradient_an_error() -> None:
    x = torch.tensor([[1.0, 2.0], [2.0, 4.0]], requires_grad=True)
    sign, logabsdet = torch.linalg.slogdet(x)
    assert (sign.item(), logabsdet.item(), torch.logdet(x).item()) == (0, -math.inf, -math.inf)
    with pytest.raises(torch.linalg.LinAlgError):
        logabsdet.backward()


def test_a_zero_on_the_diagonal_of_a_triangular_matrix_is_a_linalgerror() -> None:
    with pytest.raises(torch.linalg.LinAlgError):
        torch.linalg.solve_triangular(torch.zeros(2, 2), torch.ones(2, 2), upper=True)


# ---- decompositions ----


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 3, 2), (0, 2), (2, 0), (0, 3, 2)], ids=str)
def test_factors_multiply_to_the_matrix_and_are_orthogonal(shape: tuple[int, ...]) -> None:
    x = torch.from_numpy(rng.normal(size=shape))
    m, n = shape[-2:]
    k = min(m, n)
    for full in (True, False):
        u, s, vh = torch.linalg.svd(x, full_matrices=full)
        assert (u.shape[-1], s.shape[-1], vh.shape[-2]) == ((m, k, n) if full else (k, k, k))
        assert torch.allclose((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], x)
        for q in (u, vh.mT):
            assert torch.allclose(q.mT @ q, torch.eye(q.shape[-1], dtype=x.dtype).expand(*shape[:-2], -1, -1))
    for mode in ("reduced", "complete"):
        q, r = torch.linalg.qr(x, mode)
        assert torch.allclose(q @ r, x)
        assert torch.allclose(q.mT @ q, torch.eye(q.shape[-1], dtype=x.dtype).expand(*shape[:-2], -1, -1))
        assert torch.equal(r, r.triu())
    assert tuple(torch.linalg.qr(x, "r").Q.shape) == (0,)
    assert torch.equal(torch.linalg.qr(x, "r").R, torch.linalg.qr(x).R)
    symmetric = x @ x.mT
    values, vectors = torch.linalg.eigh(symmetric)
    assert torch.allclose((vectors * values[..., None, :]) @ vectors.mT, symmetric)
    assert torch.allclose(values, torch.linalg.eigvalsh(symmetric))


def test_signs_of_factors_are_those_of_numpy() -> None:
    a = rng.normal(size=(4, 3))
    x = torch.from_numpy(a)
    for ours, numpys in [
        (torch.linalg.qr(x), np.linalg.qr(a)),
        (torch.linalg.svd(x, full_matrices=False), np.linalg.svd(a, full_matrices=False)),
        (torch.linalg.eigh(x.mT @ x), np.linalg.eigh(a.T @ a)),
    ]:
        for t, array in zip(ours, numpys, strict=True):
            np.testing.assert_allclose(t.numpy(), array, atol=1e-14)


@pytest.mark.parametrize("uplo", ["L", "U", "l", "u"])
def test_only_one_triangle_is_read(uplo: str) -> None:
    full = rng.normal(size=(3, 3))
    full = full @ full.T
    half = (np.tril if uplo in "lL" else np.triu)(full) + 99 * (np.triu if uplo in "lL" else np.tril)(
        np.ones((3, 3)), 0
    )
    np.fill_diagonal(half, full.diagonal())
    t = torch.from_numpy(half)
    np.testing.assert_allclose(torch.linalg.eigvalsh(t, uplo).numpy(), np.linalg.eigvalsh(full), rtol=1e-10)
    np.testing.assert_allclose(torch.linalg.eigh(t, uplo).eigenvalues.numpy(), np.linalg.eigvalsh(full), rtol=1e-10)
    lower = np.linalg.cholesky(full)
    expected = lower if uplo in "lL" else lower.T
    np.testing.assert_allclose(torch.linalg.cholesky(t, upper=uplo in "uU").numpy(), expected, rtol=1e-10)


def test_vectors_of_equal_eigenvalues_have_no_gradient_but_the_values_have() -> None:
    x = torch.tensor(np.eye(2), requires_grad=True)
    values, vectors = torch.linalg.eigh(x)
    (g,) = grad(values.sum(), x, retain_graph=True)
    np.testing.assert_array_equal(g.numpy(), np.eye(2))
    (g,) = grad(vectors[0, 1], x)
    assert not np.isfinite(g.numpy()).any()


def test_a_complete_q_of_a_tall_matrix_is_not_differentiable_as_in_pytorch() -> None:
    for library in (torch, theirs):
        x = library.ones(3, 2, requires_grad=True)
        with pytest.raises(RuntimeError, match="complete"):
            library.linalg.qr(x, mode="complete").R.sum().backward()


def test_r_alone_has_a_gradient_which_pytorch_refuses() -> None:
    t = torch.tensor(rng.normal(size=(3, 2)), requires_grad=True)
    assert gradcheck(lambda x: torch.linalg.qr(x, "r").R.abs(), t)


@pytest.mark.filterwarnings("ignore:torch.qr is deprecated")
def test_results_are_pytorchs_named_tuples() -> None:
    x = [[2.0, 0.0], [0.0, 4.0]]
    calls: list[Any] = [
        lambda torch, x: torch.linalg.eigh(x),
        lambda torch, x: torch.linalg.qr(x),
        lambda torch, x: torch.linalg.slogdet(x),
        lambda torch, x: torch.linalg.svd(x),
        lambda torch, x: torch.qr(x),
        lambda torch, x: torch.slogdet(x),
        lambda torch, x: torch.svd(x),
    ]
    for call in calls:
        a, b = call(torch, torch.tensor(x)), call(theirs, theirs.tensor(x))
        name = type(a).__name__
        assert type(b).__name__ == name
        assert repr(a).splitlines()[0] == f"torch.return_types.{name}("
        for field in a._fields:
            np.testing.assert_allclose(getattr(a, field).abs().numpy(), getattr(b, field).abs().numpy(), atol=1e-6)
        assert len(a) == len(b)


def test_an_eigenvector_written_in_place_is_refused_by_backward() -> None:
    x = torch.tensor(rng.normal(size=(3, 3)), requires_grad=True)
    values, vectors = torch.linalg.eigh(x)
    with torch.no_grad():
        vectors.mul_(2)
    with pytest.raises(RuntimeError, match="LinalgEigh"):
        values.sum().backward()


def test_the_exponential_of_a_matrix_is_the_limit_of_its_powers() -> None:
    x = rng.normal(size=(4, 4))
    y = torch.linalg.matrix_exp(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(np.linalg.matrix_power(np.eye(4) + x / 2**30, 2**30), y, rtol=1e-5)
    t = torch.tensor(x, requires_grad=True)
    (g,) = grad((torch.linalg.matrix_exp(t) * 1e12).sum(), t)  # large gradients do not cost accuracy
    (small,) = grad(torch.linalg.matrix_exp(t).sum(), t)
    np.testing.assert_allclose(g.numpy() / 1e12, small.numpy(), rtol=1e-12)
