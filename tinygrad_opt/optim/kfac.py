"""K-FAC: the natural gradient of a network, layer by layer, with the Fisher matrix of each in two small factors."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, NamedTuple

import numpy as np

from ..autograd.memory import Array
from ..nn import Linear, Module
from ..tensor import Tensor
from .groups import Limit, ParamGroup
from .predictive import PREDICTIVE, output_of
from .products import gradients
from .whole import Closure, Vector, Whole


class Call(NamedTuple):
    """What a layer got, and what it gave."""

    input: Tensor
    output: Tensor


class KFAC(Whole):
    """Natural gradient descent with Kronecker factors, for models of Linear layers. Martens & Grosse 2015.

    The Fisher matrix of a layer is taken to be the product of A = E[a a^T], a being its input and a 1 for the bias, and
    G = E[g g^T], g being the gradient at its output of -log p(y), for targets y drawn from what the model predicts. The
    step for its weights, of gradient V, then is G^-1 V A^-1. Both factors are running means, and sqrt(damping) is
    added to their diagonals in the proportion of their sizes (section 6.3).

    `step(closure)`: the closure calls the model once on (examples, features), and returns (output, loss) without
    backward(). The loss should be the mean of -log p of the data, as for NaturalGradient.

    Args:
        model: all its trained parameters must be those of Linear layers, each called once, and on a matrix.
        fisher: what the model predicts: "categorical", classes by logits; "gaussian", numbers with variance 1.
        lr: the length of the step.
        damping: what is added to the Fisher matrices of the layers, about.
        factor_decay: how much of the running means is kept at a step, at most; 1 - 1/t in the beginning.
        kl_clip: steps are shortened to where step^T F step is this; infinity leaves them.
        inv_update_steps: the factors are inverted at every so many steps.
        maximize: climb instead of descending.

    >>> _ = torch.manual_seed(0)
    >>> model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 2))
    >>> x, y = torch.randn(50, 2), torch.arange(50) % 2
    >>> x[:, 0] += 2 * y
    >>> def closure():
    ...     output = model(x)
    ...     return output, F.cross_entropy(output, y)
    >>> opt = torch.optim.KFAC(model, "categorical", kl_clip=0.01)
    >>> losses = [opt.step(closure)[1].item() for _ in range(50)]
    >>> losses[-1] < losses[0] / 2
    True
    """

    states = frozenset({"step", "A", "G", "A_inv", "G_inv"})
    limits: ClassVar = {
        "damping": Limit("damping value"),
        "factor_decay": Limit("factor_decay value", below=1),
        "kl_clip": Limit("kl_clip value"),
        "inv_update_steps": Limit("inv_update_steps value", low=1),
    }
    choices: ClassVar = {"fisher": tuple(PREDICTIVE)}

    def __init__(
        self,
        model: Module,
        fisher: str,
        lr: float = 0.1,
        damping: float = 1e-3,
        factor_decay: float = 0.95,
        kl_clip: float = 1e-3,
        inv_update_steps: int = 10,
        *,
        maximize: bool = False,
    ) -> None:
        self.layers = _linear_layers(model)
        params = [
            (f"{path}.{name}" if path else name, p)
            for path, layer in self.layers.items()
            for name, p in layer.named_parameters(recurse=False)
        ]
        defaults = dict(
            fisher=fisher,
            lr=lr,
            damping=damping,
            factor_decay=factor_decay,
            kl_clip=kl_clip,
            inv_update_steps=inv_update_steps,
        )
        super().__init__(params, defaults, maximize)

    def move(self, closure: Closure, group: ParamGroup) -> Any:
        with self._watched() as calls:
            result, loss = self.start(closure)
        z = output_of("KFAC", result)
        self._check_calls(calls, len(z))
        A, G = self._factors(z, calls, group["fisher"])  # noqa: N806 (the paper's letters, here and below)
        t = self.kept.get("step", 0) + 1
        if t > 1:
            keep = min(1 - 1 / t, group["factor_decay"])
            A = [keep * old + (1 - keep) * new for old, new in zip(self.kept["A"], A, strict=True)]  # noqa: N806
            G = [keep * old + (1 - keep) * new for old, new in zip(self.kept["G"], G, strict=True)]  # noqa: N806
        new = {**self.kept, "step": t, "A": A, "G": G}
        if (t - 1) % group["inv_update_steps"] == 0:
            inverses = [_inverses(a, g, group["damping"]) for a, g in zip(A, G, strict=True)]
            new["A_inv"], new["G_inv"] = ([pair[i] for pair in inverses] for i in (0, 1))

        x = Vector(group["params"])
        slopes = x.split(x.join(gradients([loss], x.params, [np.ones_like(loss.array)])))
        step = x.join(self._steps(slopes, new))
        if not np.isfinite(step).all():
            raise RuntimeError("KFAC: the step is not finite; no parameter was changed; use a greater damping")
        size = group["lr"] ** 2 * float(step @ x.join(slopes))
        shorter = min(1.0, float(np.sqrt(group["kl_clip"] / size))) if size > 0 else 1.0
        x.set(x.get() - group["lr"] * shorter * step)
        self.kept = new
        return result

    @contextlib.contextmanager
    def _watched(self) -> Iterator[dict[str, list[Call]]]:
        """Inside, the calls of every layer are noted, by its path."""
        calls: dict[str, list[Call]] = {path: [] for path in self.layers}

        def noting(path: str) -> Any:
            return lambda layer, args, output: calls[path].append(Call(args[0], output))

        handles = [layer.register_forward_hook(noting(path)) for path, layer in self.layers.items()]
        try:
            yield calls
        finally:
            for handle in handles:
                handle.remove()

    def _check_calls(self, calls: Mapping[str, list[Call]], examples: int) -> None:
        for path, made in calls.items():
            if len(made) != 1:
                raise RuntimeError(
                    f"KFAC: the closure called the layer {path!r} {len(made)} times; it must be called once in a step"
                )
            if made[0].input.ndim != 2 or len(made[0].input) != examples:
                raise RuntimeError(
                    f"KFAC: the input of {path!r} has shape {tuple(made[0].input.shape)}; it must be ({examples}, "
                    "features), a row for each row of the output"
                )

    def _factors(self, z: Tensor, calls: Mapping[str, list[Call]], fisher: str) -> tuple[list[Array], list[Array]]:
        """A and G of every layer, as means over these examples."""
        n = len(z)
        A, G = [], []  # noqa: N806
        outputs = [made[0].output for made in calls.values()]
        drawn = gradients([z], outputs, [PREDICTIVE[fisher].drawn(z.array)])
        for layer, (call,), g in zip(self.layers.values(), calls.values(), drawn, strict=True):
            if g is None:
                raise RuntimeError("KFAC: the output does not depend on every layer of the model")
            a = call.input.array
            if layer.bias is not None:
                a = np.concatenate([a, np.ones_like(a[:, :1])], axis=1)
            A.append(a.T @ a / n)
            G.append(g.array.T @ g.array / n)
        return A, G

    def _steps(self, slopes: list[Array], factors: Mapping[str, Any]) -> list[Array]:
        """G^-1 V A^-1 of every layer, as parts for its weight and its bias."""
        steps: list[Array] = []
        parts = iter(slopes)
        for layer, A_inv, G_inv in zip(self.layers.values(), factors["A_inv"], factors["G_inv"], strict=True):  # noqa: N806
            V = next(parts)  # noqa: N806
            if layer.bias is not None:
                V = np.concatenate([V, next(parts)[:, None]], axis=1)  # noqa: N806
            U = G_inv @ V @ A_inv  # noqa: N806
            steps += [U[:, :-1], U[:, -1]] if layer.bias is not None else [U]
        return steps

    def check_kept(self, kept: Mapping[str, Any]) -> None:
        sizes = {
            "A": [layer.in_features + (layer.bias is not None) for layer in self.layers.values()],
            "G": [layer.out_features for layer in self.layers.values()],
        }
        for name, matrices in kept.items():
            expected = [(n, n) for n in sizes.get(name[0], ())]
            if name != "step" and (found := [np.shape(m) for m in matrices]) != expected:
                raise ValueError(f"loaded state {name!r} has shapes {found}, expected {expected}")


def _linear_layers(model: Module) -> dict[str, Linear]:
    """The layers that are trained, by their paths; ValueError where a trained parameter is in no Linear layer."""
    layers: dict[str, Linear] = {}
    seen: dict[int, str] = {}
    for path, module in model.named_modules():
        trained = [p.requires_grad for p in module.parameters(recurse=False)]
        if not any(trained):
            continue
        if not isinstance(module, Linear):
            raise ValueError(
                f"KFAC is for Linear layers; {path or 'the model'!r} is {type(module).__name__}, with parameters "
                "of its own; freeze them by requires_grad_(False), or use another optimizer for the model"
            )
        if not all(trained):
            raise ValueError(f"KFAC: weight and bias of {path!r} must both be trained, or both be frozen")
        for p in module.parameters(recurse=False):
            if id(p) in seen:
                raise ValueError(f"KFAC: {path!r} and {seen[id(p)]!r} share a parameter; each layer needs its own")
            seen[id(p)] = path
        layers[path] = module
    if not layers:
        raise ValueError("KFAC: the model has no Linear layer to train")
    return layers


def _inverses(A: Array, G: Array, damping: float) -> tuple[Array, Array]:  # noqa: N803
    """The inverses of A + pi sqrt(damping) I and G + sqrt(damping) / pi I, pi^2 being the ratio of mean eigenvalues."""
    means = np.trace(A) / len(A), np.trace(G) / len(G)
    pi = np.sqrt(means[0] / means[1]) if min(means) > 0 else 1.0
    root = np.sqrt(damping)
    try:
        inverses = (np.linalg.inv(M + m * np.eye(len(M))) for M, m in ((A, pi * root), (G, root / pi)))
        A_inv, G_inv = (inverse.astype(A.dtype) for inverse in inverses)  # noqa: N806
    except np.linalg.LinAlgError:
        raise RuntimeError(f"KFAC: a factor is singular with a damping of {damping}; use a greater one") from None
    return A_inv, G_inv
