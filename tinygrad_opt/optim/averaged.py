"""The mean of the weights along the way: ASGD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, OwnOptions
from .rule import StepAndState, rule
from .state import Initial, Scalar


@rule(eta="eta", ax="ax")
def asgd(
    g: Any, p: Any, eta: float, ax: Any, *, t: int, lr: float, lambd: float, alpha: float, t0: float
) -> StepAndState:
    """Polyak & Juditsky 1992, with the schedule of Bottou 2010, section 5; a step uses the eta of the last one."""
    eta = lr if t == 1 else eta
    step = eta * (g + lambd * p)
    mu = 1 / max(1, t - 1 - t0)
    ax = ax + mu * (p - step - ax)
    eta = lr / (1 + lambd * lr * t) ** alpha
    return step, eta, ax


class ASGD(Optimizer):
    """SGD with a falling learning rate, and in state[p]["ax"] the mean of the weights. As torch.optim.ASGD.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the first learning rate; step t uses lr / (1 + lambd * lr * (t - 1))**alpha.
        lambd: decay of the weights: every step takes that much of them, times its learning rate.
        alpha: see lr.
        t0: the step at which averaging starts; until then "ax" are the weights.
        weight_decay: adds weight_decay * p to the gradient.
        maximize: climb instead of descending.
        differentiable: record steps, see `Options`.
        foreach, capturable: without effect.
        options: see `OwnOptions`.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> opt = torch.optim.ASGD([w], lr=0.1, t0=0)
    >>> for _ in range(2):
    ...     opt.zero_grad()
    ...     (w * w).sum().backward()
    ...     opt.step()
    >>> w, opt.state[w]["ax"]
    (tensor([0.6400], requires_grad=True), tensor([0.6400]))
    """

    rule = asgd
    limits: ClassVar = {"lambd": Limit("lambd value"), "alpha": Limit("alpha value"), "t0": Limit("t0 value")}
    recomputed = frozenset({"mu"})

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
        **options: Unpack[OwnOptions],
    ) -> None:
        super().__init__(
            params,
            dict(lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay),
            foreach=foreach,
            maximize=maximize,
            differentiable=differentiable,
            capturable=capturable,
            **options,
        )

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"eta": Scalar(0), "ax": 0.0}
