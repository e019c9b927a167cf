"""Adam with the Hessian's diagonal for the gradient's square."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from ..generator import Generator
from ..tensor import Tensor
from .curvature import Curved, hutchinson
from .groups import Limit, ParamsT
from .optimizer import Options
from .rule import StepAndState, rule


@rule(m="exp_avg", v="exp_hessian_diag_sq", D="hessian")
def adahessian(
    g: Any,
    m: Any,
    v: Any,
    D: Any,  # noqa: N803 (the paper's letter)
    *,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    hessian_power: float,
) -> StepAndState:
    """Yao et al. 2021, algorithm 1."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * D * D
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    root = np.sqrt(v_hat) if hessian_power == 1 else v_hat ** (hessian_power / 2)
    return lr * m_hat / (root + eps), m, v, D


class AdaHessian(Curved):
    """Adam by the Hessian's diagonal, which Hutchinson's method estimates with random signs. Yao et al. 2021.

    Before a step, `update_hessian(loss)` makes an estimate, for which the loss needs second derivatives; steps without
    a new one use the last again. RuntimeError for a step before the first.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the learning rate.
        betas: how much of the running means of the gradient, and of the squared curvature, is kept at a step.
        eps: added to the root.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        hessian_power: the power of the curvature that the step is divided by.
        average_conv_kernel: average estimates over the last dimensions of parameters that have three or more, which
            are the places of a convolution's kernel.
        options: see `Options`.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> opt = torch.optim.AdaHessian([w], lr=0.1)
    >>> loss = (torch.tensor([1.0, 20.0]) * w**2).sum() / 2
    >>> opt.update_hessian(loss)
    >>> loss.backward()
    >>> opt.step()
    >>> w
    tensor([0.9000, 0.9000], requires_grad=True)
    """

    rule = adahessian
    decoupled = True
    limits: ClassVar = {"hessian_power": Limit("Hessian power", high=1)}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 0.1,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        hessian_power: float = 1.0,
        average_conv_kernel: bool = False,
        **options: Unpack[Options],
    ) -> None:
        self._estimated = False
        defaults = dict(
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            hessian_power=hessian_power,
            average_conv_kernel=average_conv_kernel,
        )
        super().__init__(params, defaults, **options)

    def update_hessian(self, loss: Tensor, samples: int = 1, generator: Generator | None = None) -> None:
        """Estimate the diagonal of the loss's Hessian: the mean of z * Hz over random signs; see curvature.hutchinson.

        `loss` is the tensor that backward() is, or is not, called on afterwards.
        """
        params = self.hessian_params()
        found = dict(zip(params, hutchinson(loss, params, samples, "rademacher", generator), strict=True))
        for group in self.param_groups:
            for p in group["params"]:
                if group["average_conv_kernel"] and p.ndim > 2 and p in found:
                    found[p] = np.mean(np.abs(found[p]), axis=tuple(range(2, p.ndim)), keepdims=True)
        self.write_hessian(found)
        self._estimated = True

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        super().load_state_dict(state_dict)
        self._estimated = False  # by what was loaded over, unless it was stepped

    def _run_rule(self, loss: Any) -> None:
        if not self._estimated and not self.state:
            raise RuntimeError("AdaHessian has no estimate of the Hessian yet: call update_hessian(loss) before step()")
        super()._run_rule(loss)
