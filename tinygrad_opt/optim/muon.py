"""Steps whose singular values are all about one: every direction of a matrix moves alike."""

from __future__ import annotations

from typing import Any, ClassVar, Unpack

import numpy as np

from .groups import Limit, ParamGroup, ParamsT
from .optimizer import Optimizer, Options
from .rule import StepAndState, rule
from .transforms import norm


@rule(scope="tensor", m="momentum_buffer")
def muon(
    g: Any,
    m: Any,
    *,
    lr: float,
    momentum: float,
    nesterov: bool,
    ns_coefficients: tuple[float, float, float],
    eps: float,
    ns_steps: int,
    adjust_lr_fn: str | None,
) -> StepAndState:
    """Jordan et al. 2024, with PyTorch's running mean; a quintic Newton-Schulz iteration, in the parameter's dtype."""
    a, b, c = ns_coefficients
    rows, columns = g.shape
    m = momentum * m + (1 - momentum) * g
    u = momentum * m + (1 - momentum) * g if nesterov else m
    x = u.T if rows > columns else u  # the product below is of the shorter side
    x = x / np.maximum(norm(x), eps)
    for _ in range(ns_steps):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    x = x.T if rows > columns else x
    ratio = 0.2 * max(rows, columns) ** 0.5 if adjust_lr_fn == "match_rms_adamw" else max(1, rows / columns) ** 0.5
    return lr * ratio * x, m


class Muon(Optimizer):
    """Momentum, made orthogonal: for the matrices of hidden layers. Jordan et al. 2024, as torch.optim.Muon.

    Give the other parameters, and embeddings, to AdamW. PyTorch iterates in bfloat16, with some 2 correct digits; here
    it is in the parameter's own dtype, so that steps differ by about a hundredth of theirs.

    Args:
        params: matrices, (name, matrix) pairs, or dicts of a group.
        lr: the length of a step in every direction, before it is adjusted.
        weight_decay: every step first takes lr * weight_decay * p from the weights.
        momentum: how much of the running mean of gradients is kept at a step.
        nesterov: step by a mean of the gradient and the new running mean.
        ns_coefficients: of x, x^3 and x^5, in the polynomial that sends singular values towards one.
        eps: a floor under the norm that the momentum is divided by.
        ns_steps: how often the polynomial is applied; less than 100.
        adjust_lr_fn: "original" (also None) multiplies lr by sqrt(max(1, rows / columns)), "match_rms_adamw" by
            0.2 * sqrt(max(rows, columns)).
        options: see `Options`.

    ValueError for a parameter that is not a matrix.

    >>> w = torch.tensor([[3.0, 0.0], [0.0, 1.0]], requires_grad=True)
    >>> opt = torch.optim.Muon([w], lr=0.1, weight_decay=0)
    >>> (w * w).sum().backward()
    >>> opt.step()
    >>> w
    tensor([[2.9247, 0.0000],
            [0.0000, 0.8866]], requires_grad=True)
    """

    rule = muon
    decoupled = True
    limits: ClassVar = {"ns_steps": Limit("number of Newton-Schulz steps", below=100)}

    def __init__(
        self,
        params: ParamsT,
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
        **options: Unpack[Options],
    ) -> None:
        defaults = dict(
            lr=lr,
            weight_decay=weight_decay,
            momentum=momentum,
            nesterov=nesterov,
            ns_coefficients=ns_coefficients,
            eps=eps,
            ns_steps=ns_steps,
            adjust_lr_fn=adjust_lr_fn,
        )
        super().__init__(params, defaults, **options)

    def check_group(self, group: ParamGroup) -> None:
        if group["adjust_lr_fn"] not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {group['adjust_lr_fn']} is not supported (Muon: 'original', "
                "'match_rms_adamw', or None)"
            )
        if len(group["ns_coefficients"]) != 3:
            raise ValueError("Coefficients must be a tuple of exactly 3 values")
        for p in group["params"]:
            if p.ndim != 2:
                raise ValueError(
                    f"Muon only supports 2D parameters whereas we found a parameter with size: {p.shape}; give it to "
                    "AdamW"
                )
