"""Adam's second moment, kept as rows and columns only: less memory than the weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Unpack

import numpy as np

from ..autograd.memory import Array
from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .state import Initial
from .transforms import norm


def rms(x: Any) -> Any:
    """The root of the mean square of all elements."""
    return norm(x) / math.prod(x.shape) ** 0.5


@rule(scope="tensor", R="row_var", C="col_var", V="variance")
def adafactor(
    g: Any,
    p: Any,
    R: Any,  # noqa: N803 (the paper's letters)
    C: Any,  # noqa: N803
    V: Any,  # noqa: N803
    *,
    t: int,
    lr: float,
    beta2_decay: float,
    eps: tuple[float | None, float],
    d: float,
    eps_place: str,
) -> StepAndState:
    """Shazeer & Stern 2018, algorithms 4 and 5, with means for sums; PyTorch's eps1 is a floor at the end."""
    eps1 = float(np.finfo(g.dtype).eps) if eps[0] is None else eps[0]
    added, floor = (eps1, 0.0) if eps_place == "square" else (0.0, eps1)
    alpha = np.maximum(eps[1], rms(p)) * min(lr, t**-0.5)
    new = t**beta2_decay  # 1 - beta2
    square = g * g + added
    if g.ndim >= 2:
        R = (1 - new) * R + new * np.sum(square, -1, keepdims=True) / g.shape[-1]  # noqa: N806
        C = (1 - new) * C + new * np.sum(square, -2, keepdims=True) / g.shape[-2]  # noqa: N806
        estimate = R @ C / np.maximum(np.sum(R, -2, keepdims=True) / g.shape[-2], floor)
    else:
        estimate = V = (1 - new) * V + new * square  # noqa: N806
    u = g / np.sqrt(np.maximum(estimate, floor * floor))
    return alpha * u / np.maximum(1.0, rms(u) / d), R, C, V


def _rows(p: Any) -> Array:
    return np.zeros((*p.shape[:-1], 1) if p.ndim > 1 else 0, p.dtype)


def _columns(p: Any) -> Array:
    return np.zeros((*p.shape[:-2], 1, p.shape[-1]) if p.ndim > 1 else 0, p.dtype)


def _whole(p: Any) -> Array:
    return np.zeros(0 if p.ndim > 1 else p.shape, p.dtype)


class Adafactor(Optimizer):
    """Steps in proportion to the weights, and second moments of matrices as rows times columns. Shazeer & Stern 2018.

    Args:
        params: tensors, (name, tensor) pairs, or dicts of a group.
        lr: the greatest step over the root mean square of the weights; at step t it is at most 1 / sqrt(t).
        beta2_decay: the running means keep 1 - t**beta2_decay at step t.
        eps: a floor under the root of the second moment, None for the dtype's eps; and one under the weights' size.
        d: greatest root mean square of the gradient over its running one; what is above is scaled down.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        eps_place: "floor" as in PyTorch, or "square", as in the paper: eps[0] is added to the square of the gradient.
        options: see `Options`.

    like="paper" has the paper's place of eps, and its 1e-30.

    >>> w = torch.tensor([[3.0, 4.0]], requires_grad=True)
    >>> opt = torch.optim.Adafactor([w], lr=0.1)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([[2.6464, 3.6464]], requires_grad=True)
    """

    rule = adafactor
    decoupled = True
    limits: ClassVar = {
        "beta2_decay": Limit("beta2_decay", low=-math.inf, high=0),
        "d": Limit("clipping threshold d", low=1),
    }
    choices: ClassVar = {"eps_place": ("floor", "square")}
    presets: ClassVar = {"paper": {"eps": (1e-30, 1e-3), "eps_place": "square"}}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        eps_place: str = "floor",
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, eps_place=eps_place)
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        if not isinstance(group["eps"], tuple) or len(group["eps"]) != 2:
            raise ValueError(f"Invalid epsilon value: {group['eps']!r} (Adafactor: a pair, as in (None, 1e-3))")

    def keeps(self, group: ParamGroup) -> Mapping[str, Initial]:
        return {"row_var": _rows, "col_var": _columns, "variance": _whole}
