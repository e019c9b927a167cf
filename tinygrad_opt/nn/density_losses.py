"""The losses of `functional` that compare distributions, or give the negative log-likelihood of one."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from ..autograd.derivatives import arithmetic
from ..autograd.mode import no_grad
from ..autograd.record import record
from ..creation import full_like
from ..functions.elementwise import exp, log, square
from ..functions.special import xlogy
from .loss_functions import check_loss, reduced

if TYPE_CHECKING:
    from ..tensor import Tensor


def kl_div(input: Tensor, target: Tensor, *, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """target (log target - input): how far `input`, log-probabilities, is from the probabilities `target`.

    With `log_target` the target is a logarithm, too. `reduction` may also be "batchmean", the sum over the first
    dimension's size, which is the divergence; "mean" warns that it is not. As torch.nn.functional.kl_div.

    >>> F.kl_div(torch.tensor([[0.5, 0.5]]).log(), torch.tensor([[1.0, 0.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    check_loss("kl_div", input, target, reduction="sum" if reduction == "batchmean" else reduction)
    if input.array.dtype.kind != "f" or target.array.dtype.kind != "f":
        raise RuntimeError("kl_div: Integral inputs not supported. Write input.float() and target.float()")
    if reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size.'batchmean' divides "
            "only by the batch size, and aligns with the KL div math definition.'mean' will be changed to behave the "
            "same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    losses = exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "batchmean":
        return losses.sum() / (input.array.shape[0] if input.array.ndim else 1)
    return reduced(losses, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """rate - target log rate: of counts `target` with the rate exp(input), or `input` itself if not `log_input`.

    `full` adds Stirling's approximation of log target! where target > 1. As torch.nn.functional.poisson_nll_loss, but
    of that term the gradient at targets of 0 and below is 0, not nan.
    """
    check_loss("poisson_nll_loss", input, target, reduction=reduction)
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        small = target.array <= 1
        t = record(arithmetic.select, (1.0, target.to(losses.dtype)), {"condition": small})
        stirling = t * log(t) - t + 0.5 * log(2 * math.pi * t)
        losses = losses + record(arithmetic.select, (0.0, stirling), {"condition": small})
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log var + (input - target)^2 / var) / 2, of a normal distribution of mean `input` and variance `var`.

    `var` is a number, or in the shape of `input`, whose last dimension it may lack and of which one may be 1. It counts
    as no less than `eps`, with the gradient of itself. `full` adds log(2 pi) / 2. ValueError if it is negative or does
    not fit. As torch.nn.functional.gaussian_nll_loss.

    >>> F.gaussian_nll_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([2.0]))
    tensor(1.3466)
    """
    if isinstance(var, int | float):
        var = full_like(input, var)
    check_loss("gaussian_nll_loss", input, target, var, reduction=reduction)
    if (var.array < 0).any():
        raise ValueError(f"var has negative entry/entries: gaussian_nll_loss() of a var down to {var.array.min()}")
    shape, other = input.array.shape, var.array.shape
    if other != shape:
        if other == shape[:-1]:
            var = var.unsqueeze(-1)
        elif len(other) != len(shape) or [n for m, n in zip(shape, other, strict=True) if m != n] != [1]:
            raise ValueError(f"var is of incorrect size: gaussian_nll_loss() of an input of shape {shape} and {other}")
    var = var.clone()
    with no_grad():
        var.clamp_(min=eps)
    losses = 0.5 * (log(var) + square(input - target) / var)
    if full:
        losses = losses + 0.5 * math.log(2 * math.pi)
    return reduced(losses, reduction)
