"""Clipped Newton steps, element by element, by a running mean of the Hessian's diagonal."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from ..autograd.backward import grad
from ..generator import Generator
from ..tensor import Tensor
from .curvature import Curved, Noise, hutchinson
from .groups import Limit, ParamsT
from .optimizer import Options
from .rule import StepAndState, rule


@rule(m="exp_avg", h="hessian")
def sophia(g: Any, m: Any, h: Any, *, lr: float, beta1: float, rho: float, eps: float) -> StepAndState:
    """Liu et al. 2023, algorithm 3, with rho for its gamma; `h` is averaged when it is estimated."""
    m = beta1 * m + (1 - beta1) * g
    u = m / np.maximum(rho * h, eps)
    return lr * np.minimum(np.maximum(u, -1.0), 1.0), m, h


class _Sophia(Curved):
    rule = sophia
    decoupled = True
    limits: ClassVar = {"rho": Limit("rho parameter")}

    def _average(self, estimates: dict[Tensor, Any]) -> None:
        for group in self.param_groups:
            mine = {p: estimates[p] for p in group["params"] if p in estimates}
            self.write_hessian(mine, beta=group["betas"][1])


class SophiaH(_Sophia):
    """Momentum over the Hessian's diagonal, as Hutchinson estimates it, clipped to lr. Liu et al. 2023.

    `update_hessian(loss)` makes an estimate, as often as the user calls it: the paper does at the first of every 10
    steps. Before the first, and where the curvature is not positive, steps are those of the sign of the momentum.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the most that an element moves by in a step.
        betas: how much of the running mean of the gradient is kept at a step, and of the estimates at an estimate.
        rho: a factor of the curvature; the smaller, the more elements are clipped. The paper's gamma.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        eps: a floor under rho times the curvature.
        options: see `Options`.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> opt = torch.optim.SophiaH([w], lr=0.1, betas=(0.0, 0.0), rho=2.0, weight_decay=0)
    >>> loss = (torch.tensor([1.0, 20.0]) * w**2).sum() / 2
    >>> opt.update_hessian(loss, noise="rademacher")
    >>> loss.backward()
    >>> opt.step()
    >>> w
    tensor([0.9500, 0.9500], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.96, 0.99),
        rho: float = 0.01,
        weight_decay: float = 0.1,
        eps: float = 1e-12,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, betas=betas, rho=rho, weight_decay=weight_decay, eps=eps)
        super().__init__(params, defaults, **options)

    def update_hessian(
        self, loss: Tensor, samples: int = 1, noise: Noise = "gaussian", generator: Generator | None = None
    ) -> None:
        """Estimate the diagonal of the loss's Hessian as the mean of z * Hz over random z; see curvature.hutchinson.

        `loss` is the tensor that backward() is, or is not, called on afterwards.
        """
        params = self.hessian_params()
        found = hutchinson(loss, params, samples, noise, generator)
        self._average(dict(zip(params, found, strict=True)))


class SophiaG(_Sophia):
    """SophiaH for classification, with Gauss-Newton-Bartlett estimates, which are never negative. Liu et al. 2023.

    These need a loss whose labels are drawn from the model's own predictions, not those of the data:

        logits = model(x)
        labels = torch.multinomial(torch.softmax(logits.detach(), -1), 1).squeeze(1)
        opt.update_hessian(torch.nn.functional.cross_entropy(logits, labels), batch_size=len(x))

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the most that an element moves by in a step.
        betas: how much of the running mean of the gradient is kept at a step, and of the estimates at an estimate.
        rho: a factor of the curvature; the smaller, the more elements are clipped. The paper's gamma.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        eps: a floor under rho times the curvature.
        options: see `Options`.
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.965, 0.99),
        rho: float = 0.04,
        weight_decay: float = 0.1,
        eps: float = 1e-12,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, betas=betas, rho=rho, weight_decay=weight_decay, eps=eps)
        super().__init__(params, defaults, **options)

    def update_hessian(self, loss: Tensor, batch_size: int) -> None:
        """Estimate the diagonal as batch_size * g^2, where g is the gradient of a mean loss over drawn labels."""
        if not batch_size > 0:
            raise ValueError(f"SophiaG.update_hessian(): batch_size is the number of labels, not {batch_size}")
        params = self.hessian_params()
        gradients = grad(loss, params, retain_graph=True, allow_unused=True)
        found = [0.0 if g is None else batch_size * g.array**2 for g in gradients]
        self._average(dict(zip(params, found, strict=True)))
