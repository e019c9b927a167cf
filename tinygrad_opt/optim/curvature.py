"""Estimates of the diagonal of a loss's Hessian, and the optimizers that are given them between steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ..autograd.backward import grad
from ..autograd.memory import Array
from ..autograd.mode import enable_grad, no_grad
from ..generator import Generator
from ..random import randint, randn
from ..tensor import Tensor
from .groups import ParamGroup
from .optimizer import Optimizer
from .state import Given, Initial

Noise = Literal["rademacher", "gaussian"]


def hutchinson(
    loss: Tensor,
    params: Sequence[Tensor],
    samples: int = 1,
    noise: Noise = "rademacher",
    generator: Generator | None = None,
) -> list[Array]:
    """Estimates of the Hessian's diagonal: the mean of z * Hz over random z, of +-1, or normal with "gaussian".

    Their expectation is the diagonal. The graph of the loss is kept, and nothing is written into `grad`. Where the loss
    is at most linear in a parameter, its estimate is 0.
    """
    totals = [np.zeros_like(p.array) for p in params]
    with enable_grad():
        gradients = grad(loss, params, create_graph=True, allow_unused=True)
        curved = [(i, g) for i, g in enumerate(gradients) if g is not None and g.requires_grad]
        theirs = [params[i] for i, _ in curved]
        for _ in range(samples if curved else 0):
            zs = [_random(p, noise, generator) for p in theirs]
            products = grad([g for _, g in curved], theirs, zs, retain_graph=True, allow_unused=True)
            for (i, _), z, product in zip(curved, zs, products, strict=True):
                if product is not None:
                    totals[i] += z.array * product.array / samples
    return totals


def _random(p: Tensor, noise: Noise, generator: Generator | None) -> Tensor:
    shape, dtype = tuple(p.shape), p.array.dtype
    if noise == "gaussian":
        return randn(shape, generator=generator, dtype=dtype)
    return randint(0, 2, shape, generator=generator, dtype=dtype) * 2 - 1


class Curved(Optimizer):
    """An optimizer whose rule keeps "hessian", a state that is written between steps."""

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {**super().keeps(group), "hessian": Given(0)}

    def hessian_params(self) -> list[Tensor]:
        """The parameters that estimates are made for."""
        return [p for p, *_ in self._entries() if p.requires_grad]

    def write_hessian(self, estimates: Mapping[Tensor, Any], beta: float | None = None) -> None:
        """Let estimates be the state; with `beta`, the part of the old state that is kept, their running mean."""
        with no_grad():
            for p, group, members, i in self._entries():
                if p in estimates:
                    state = members.kept(self.keeps(group))["hessian"]
                    kept = 0.0 if beta is None else beta
                    state[i] = kept * state[i] + (1 - kept) * estimates[p]
