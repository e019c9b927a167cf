"""Natural gradients by their definition, and K-FAC: where it is exact, and against a second implementation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import nn
from tinygrad_opt.nn import functional as F
from tinygrad_opt.optim import KFAC, NaturalGradient
from tinygrad_opt.optim.predictive import PREDICTIVE, Predictive
from tinygrad_opt.optim.products import gauss_newton, gradient
from tinygrad_opt.optim.whole import Vector

Array = np.ndarray[Any, Any]
N = 12


def problem(fisher: str, seed: int = 0, bias: bool = True) -> tuple[Any, Any]:
    """A small network, and its closure, whose loss is the mean of -log p up to a constant."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model = nn.Sequential(nn.Linear(3, 4, bias=bias), nn.Tanh(), nn.Linear(4, 3)).double()
    x = torch.tensor(rng.normal(size=(N, 3)))
    y = torch.tensor(rng.integers(0, 3, N)) if fisher == "categorical" else torch.tensor(rng.normal(size=(N, 3)))

    def closure() -> Any:
        z = model(x)
        return z, negative_log_likelihood(fisher, z, y).mean()

    return model, closure


def negative_log_likelihood(fisher: str, z: Any, y: Any) -> Any:
    return F.cross_entropy(z, y, reduction="none") if fisher == "categorical" else ((z - y) ** 2).sum(1) / 2


def fisher_by_definition(fisher: str, closure: Any, x: Vector) -> Array:
    """The mean over examples of E[g g^T]; of the normal distribution by Gauss-Hermite points, which are exact here."""
    total = np.zeros((x.ends[-1], x.ends[-1]))
    z = closure()[0]
    for n in range(N):
        row = z[n : n + 1]
        centre = row.detach().numpy()
        if fisher == "categorical":
            p = np.exp(centre[0]) / np.exp(centre[0]).sum()
            cases = [(p[c], torch.tensor(np.array([c]))) for c in range(3)]
        else:
            points, weights = np.polynomial.hermite_e.hermegauss(3)
            weights = weights / weights.sum()
            cases = [
                (weights[i] * weights[j] * weights[k], torch.tensor(centre + points[[i, j, k]]))
                for i, j, k in np.ndindex(3, 3, 3)
            ]
        for weight, y in cases:
            g = gradient(negative_log_likelihood(fisher, row, y).sum(), x)
            total += weight * np.outer(g, g) / N
    return total


@pytest.mark.parametrize("fisher", ["categorical", "gaussian"])
def test_the_step_is_by_the_fisher_matrix_of_the_definition(fisher: str) -> None:
    model, closure = problem(fisher)
    x = Vector(model.parameters())
    before, F_, g = x.get(), fisher_by_definition(fisher, closure, x), gradient(closure()[1], x)  # noqa: N806
    opt = NaturalGradient(model.parameters(), fisher, lr=0.3, damping=0.1)
    expected = before - 0.3 * np.linalg.solve(F_ + 0.1 * np.eye(len(g)), g)
    assert opt.step(closure)[1].item() > closure()[1].item()
    np.testing.assert_allclose(x.get(), expected, rtol=1e-10)


@pytest.mark.parametrize("fisher", ["categorical", "gaussian"])
def test_fisher_and_gauss_newton_are_one_matrix_where_outputs_are_natural_parameters(fisher: str) -> None:
    model, closure = problem(fisher)
    x = Vector(model.parameters())
    product = gauss_newton(*closure(), x)
    whole = np.stack([product(e) for e in np.eye(x.ends[-1])])
    np.testing.assert_allclose(fisher_by_definition(fisher, closure, x), whole, atol=1e-12)


def test_the_empirical_fisher_is_the_mean_of_squared_gradients_and_another_matrix() -> None:
    model, closure = problem("categorical")
    z, x = closure()[0], Vector(model.parameters())
    y = torch.tensor(np.random.default_rng(3).integers(0, 3, N))
    rows = [gradient(F.cross_entropy(z[n : n + 1], y[n : n + 1]), x) for n in range(N)]
    F_, g, before = sum(np.outer(r, r) for r in rows) / N, np.mean(rows, axis=0), x.get()  # noqa: N806
    assert abs(F_ - fisher_by_definition("categorical", closure, x)).max() > 1e-3
    opt = NaturalGradient(model.parameters(), "empirical", lr=0.3, damping=0.1)
    losses = opt.step(lambda: F.cross_entropy(closure()[0], y, reduction="none"))
    assert losses.shape == (N,)
    np.testing.assert_allclose(x.get(), before - 0.3 * np.linalg.solve(F_ + 0.1 * np.eye(len(g)), g), rtol=1e-10)


def test_maximize_climbs() -> None:
    for make in (
        lambda m, **k: NaturalGradient(m.parameters(), "gaussian", **k),
        lambda m, **k: KFAC(m, "gaussian", **k),
    ):
        ends = []
        for maximize in (False, True):
            model, closure = problem("gaussian")

            def signed(closure: Any = closure, maximize: bool = maximize) -> Any:
                z, loss = closure()
                return z, -loss if maximize else loss

            make(model, maximize=maximize).step(signed)
            ends.append(Vector(model.parameters()).get())
        np.testing.assert_array_equal(*ends)


# ---- K-FAC ----


def balanced(z: Array) -> Array:
    """Draws whose mean outer product is exactly the identity, in place of random ones."""
    q, _ = np.linalg.qr(np.random.default_rng(9).normal(size=z.shape))
    return np.asarray(q * np.sqrt(len(z)))


@pytest.mark.parametrize("bias", [True, False])
def test_of_one_layer_and_a_gaussian_it_is_the_exact_natural_gradient(
    bias: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PREDICTIVE, "gaussian", Predictive(PREDICTIVE["gaussian"].fisher, balanced))  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    x, y = torch.tensor(rng.normal(size=(N, 3))), torch.tensor(rng.normal(size=(N, 2)))
    ends = []
    for make in (
        lambda m: KFAC(m, "gaussian", lr=0.3, damping=0.0, kl_clip=float("inf")),
        lambda m: NaturalGradient(m.parameters(), "gaussian", lr=0.3, damping=0.0),
    ):
        torch.manual_seed(0)
        model = nn.Linear(3, 2, bias=bias).double()
        opt = make(model)
        for _ in range(3):

            def closure(model: Any = model) -> Any:
                z = model(x)
                return z, ((z - y) ** 2).sum(1).mean() / 2

            opt.step(closure)
        ends.append(Vector(model.parameters()).get())
    np.testing.assert_allclose(*ends, rtol=1e-10)


def drawn_gradients(fisher: str, z: Array) -> Array:
    """-d log p(y | z) / dz at targets from the global generator."""
    if fisher == "gaussian":
        return np.asarray(torch.randn(z.shape, dtype=z.dtype).numpy())
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    classes = torch.multinomial(torch.tensor(p), 1).numpy()
    return np.asarray(p - (classes == np.arange(3)))


@pytest.mark.parametrize("clip", [0.004, 100.0])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("fisher", ["categorical", "gaussian"])
def test_the_steps_are_those_of_a_plain_implementation(fisher: str, bias: bool, clip: float) -> None:
    """The network's own backward pass by hand, and sections 4.2 to 6.3 of the paper."""
    model, closure = problem(fisher, bias=bias)
    lr, damping, decay, every = 0.2, 0.04, 0.6, 3
    opt = KFAC(model, fisher, lr, damping, decay, clip, every)
    rng = np.random.default_rng(0)
    data = rng.normal(size=(N, 3))
    layers = [model[0], model[2]]
    W = [layer.weight.detach().numpy().copy() for layer in layers]  # noqa: N806
    b = [None if layer.bias is None else layer.bias.detach().numpy().copy() for layer in layers]
    clipped = set()
    for t in range(1, 8):
        state = torch.random.default_generator.get_state()
        opt.step(closure)
        torch.random.default_generator.set_state(state)

        h = np.tanh(data @ W[0].T + (0 if b[0] is None else b[0]))
        z = h @ W[1].T + b[1]
        inputs = [data if b[0] is None else np.c_[data, np.ones(N)], np.c_[h, np.ones(N)]]

        def backward(dz: Array, h: Array = h) -> list[Array]:
            return [dz @ W[1] * (1 - h**2), dz]

        new_A = [a.T @ a / N for a in inputs]  # noqa: N806
        new_G = [g.T @ g / N for g in backward(drawn_gradients(fisher, z))]  # noqa: N806
        keep = min(1 - 1 / t, decay)
        if t == 1:
            A, G = new_A, new_G  # noqa: N806
        else:
            A = [keep * o + (1 - keep) * n for o, n in zip(A, new_A, strict=True)]  # noqa: N806
            G = [keep * o + (1 - keep) * n for o, n in zip(G, new_G, strict=True)]  # noqa: N806
        if t % every == 1:
            pi = [np.sqrt(np.trace(a) / len(a) / (np.trace(g) / len(g))) for a, g in zip(A, G, strict=True)]
            Ai = [np.linalg.inv(a + p * np.sqrt(damping) * np.eye(len(a))) for a, p in zip(A, pi, strict=True)]  # noqa: N806
            Gi = [np.linalg.inv(g + np.sqrt(damping) / p * np.eye(len(g))) for g, p in zip(G, pi, strict=True)]  # noqa: N806
        targets = np.random.default_rng(0)
        targets.normal(size=(N, 3))
        if fisher == "categorical":
            y = targets.integers(0, 3, N)
            p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
            dz = (p - (y[:, None] == np.arange(3))) / N
        else:
            dz = (z - targets.normal(size=(N, 3))) / N
        V = [g.T @ a for g, a in zip(backward(dz), inputs, strict=True)]  # noqa: N806
        U = [gi @ v @ ai for gi, v, ai in zip(Gi, V, Ai, strict=True)]  # noqa: N806
        nu = min(1.0, np.sqrt(clip / (lr**2 * sum((u * v).sum() for u, v in zip(U, V, strict=True)))))
        clipped.add(nu < 1)
        for i, u in enumerate(U):
            W[i] = W[i] - lr * nu * u[:, : W[i].shape[1]]
            if b[i] is not None:
                b[i] = b[i] - lr * nu * u[:, -1]
        for layer, w in zip(layers, W, strict=True):
            np.testing.assert_allclose(layer.weight.detach().numpy(), w, rtol=1e-9)
        np.testing.assert_allclose(layers[1].bias.detach().numpy(), b[1], rtol=1e-9)
    assert clipped == {clip < 1}


@pytest.mark.parametrize("fisher", ["categorical", "gaussian"])
def test_the_draws_have_the_fisher_information_for_covariance(fisher: str) -> None:
    torch.manual_seed(0)
    z = np.tile(np.array([[0.3, -1.0, 0.8]]), (40_000, 1))
    g = PREDICTIVE[fisher].drawn(z)
    np.testing.assert_allclose(g.mean(0), 0, atol=0.02)
    np.testing.assert_allclose(g.T @ g / len(g), PREDICTIVE[fisher].fisher(z[:1])[0], atol=0.02)


def test_great_logits_do_not_overflow() -> None:
    z = np.array([[1000.0, 0.0, -1000.0]])
    np.testing.assert_array_equal(PREDICTIVE["categorical"].fisher(z), np.zeros((1, 3, 3)))


def test_kfac_resumes_to_the_bit() -> None:
    model, closure = problem("categorical")
    other, other_closure = problem("categorical")
    first = KFAC(model, "categorical", inv_update_steps=3)
    for _ in range(2):
        first.step(closure)
    saved = first.state_dict()
    Vector(other.parameters()).set(Vector(model.parameters()).get())
    second = KFAC(other, "categorical")
    second.load_state_dict(saved)
    for opt, run in ((first, closure), (second, other_closure)):
        torch.manual_seed(5)
        for _ in range(4):
            opt.step(run)
    np.testing.assert_array_equal(Vector(model.parameters()).get(), Vector(other.parameters()).get())


def test_kfac_leaves_no_hooks_and_no_gradients() -> None:
    model, closure = problem("gaussian")
    opt = KFAC(model, "gaussian")
    opt.step(closure)
    assert all(p.grad is None for p in model.parameters())
    assert not any(layer._own_hooks().after for layer in opt.layers.values())


# ---- bad input ----


def test_bad_input_of_natural_gradient() -> None:
    model, closure = problem("categorical")
    params = list(model.parameters())
    before = Vector(params).get()
    with pytest.raises(ValueError, match=r"Invalid fisher.*'empirical'"):
        NaturalGradient(params, "exact")
    with pytest.raises(ValueError, match="Invalid damping"):
        NaturalGradient(params, "gaussian", damping=-1)
    opt = NaturalGradient(params, "categorical", damping=0.0)
    with pytest.raises(TypeError, match="closure"):
        opt.step()
    with pytest.raises(TypeError, match=r"\(output, loss\)"):
        opt.step(lambda: closure()[1])
    with pytest.raises(TypeError, match=r"\(examples, values\)"):
        opt.step(lambda: (closure()[0].sum(0), closure()[1]))
    with pytest.raises(RuntimeError, match=r"singular|not finite"):
        opt.step(lambda: (closure()[0] * 0, closure()[1]))
    with pytest.raises(TypeError, match="vector of losses"):
        NaturalGradient(params, "empirical").step(closure)
    np.testing.assert_array_equal(Vector(params).get(), before)


class Scaled(nn.Module):
    def __init__(self) -> None:
        self.linear = nn.Linear(2, 2)
        self.scale = nn.Parameter(torch.ones(2))

    def forward(self, x: Any) -> Any:
        return self.linear(x) * self.scale


def test_bad_input_of_kfac() -> None:
    scaled = Scaled()
    with pytest.raises(ValueError, match="is for Linear layers; 'the model' is Scaled"):
        KFAC(scaled, "gaussian")
    scaled.scale.requires_grad_(False)
    assert len(KFAC(scaled, "gaussian").param_groups[0]["params"]) == 2
    scaled.linear.bias.requires_grad_(False)
    with pytest.raises(ValueError, match="both be frozen"):
        KFAC(scaled, "gaussian")
    with pytest.raises(ValueError, match="no Linear layer"):
        KFAC(nn.Tanh(), "gaussian")
    first, second = nn.Linear(2, 2), nn.Linear(2, 2)
    second.weight = first.weight
    with pytest.raises(ValueError, match="share a parameter"):
        KFAC(nn.Sequential(first, second), "gaussian")
    with pytest.raises(ValueError, match="Invalid fisher"):
        KFAC(nn.Linear(2, 2), "empirical")
    for name, bad in (("factor_decay", 1.0), ("inv_update_steps", 0), ("kl_clip", -1.0), ("damping", float("nan"))):
        with pytest.raises(ValueError, match=f"Invalid {name}"):
            KFAC(nn.Linear(2, 2), "gaussian", **{name: bad})


def test_calls_that_kfac_cannot_take() -> None:
    model = nn.Linear(2, 2)
    opt = KFAC(model, "gaussian")
    before = Vector(model.parameters()).get()
    x = torch.randn(5, 2)

    def with_loss(z: Any) -> Any:
        return lambda: (z(), (z() ** 2).sum())

    with pytest.raises(RuntimeError, match="2 times"):
        opt.step(with_loss(lambda: model(x)))

    def run(z: Any) -> Any:
        def closure() -> Any:
            out = z()
            return out, (out**2).sum()

        return closure

    with pytest.raises(RuntimeError, match=r"shape \(5, 1, 2\)"):
        opt.step(run(lambda: model(x[:, None]).squeeze(1)))
    zero = KFAC(nn.Sequential(model), "gaussian", damping=0.0)
    with pytest.raises(RuntimeError, match=r"singular|not finite"):
        zero.step(run(lambda: model(x * 0)))
    np.testing.assert_array_equal(Vector(model.parameters()).get(), before)
    other = KFAC(nn.Linear(3, 2), "gaussian")
    opt.step(run(lambda: model(x)))
    with pytest.raises(ValueError, match="shapes"):
        other.load_state_dict(opt.state_dict())
    assert other.state == {}
