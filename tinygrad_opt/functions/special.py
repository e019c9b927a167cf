"""The error function and its kin, and logarithms of sums, odds and products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import special as rows
from ..autograd.graph import wrap
from ..autograd.record import binary, record, unary
from .arithmetic import Number, require_floats, require_tensors

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = ["erf", "erfc", "erfinv", "logaddexp", "logaddexp2", "logit", "sinc", "xlogy"]


def erf(input: Tensor) -> Tensor:
    """The error function, to double precision. As torch.erf."""
    return unary(rows.erf, input)


def erfc(input: Tensor) -> Tensor:
    """1 - erf(x), precise also where that is tiny. As torch.erfc.

    >>> torch.erfc(torch.tensor([0.0, 5.0]))
    tensor([1.0000e+00, 1.5375e-12])
    """
    return unary(rows.erfc, input)


def erfinv(input: Tensor) -> Tensor:
    """The number whose erf is x: infinite at -1 and 1, nan beyond. As torch.erfinv."""
    return unary(rows.erfinv, input)


def sinc(input: Tensor) -> Tensor:
    """sin(pi x) / (pi x), and 1 at 0; as torch.sinc. Its derivatives of every order exist at 0, too."""
    return unary(rows.sinc, input)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(x / (1 - x)), with x first clamped to [eps, 1 - eps] if `eps` is given. As torch.logit.

    >>> torch.logit(torch.tensor([0.0, 0.5]), eps=0.1)
    tensor([-2.1972,  0.0000])
    """
    require_tensors("logit", input)
    if eps is not None and not promotion.is_number(eps):
        raise TypeError(f"logit(): eps must be a number, got {type(eps).__name__}")
    return record(rows.logit, (input,), {"eps": eps})


def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """log(exp(input) + exp(other)) without overflow, as torch.logaddexp."""
    require_tensors("logaddexp", input, other)
    require_floats("logaddexp", input, other)
    return binary(rows.logaddexp, input, other)


def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """log2(2**input + 2**other) without overflow, as torch.logaddexp2."""
    require_tensors("logaddexp2", input, other)
    require_floats("logaddexp2", input, other)
    return binary(rows.logaddexp2, input, other)


def xlogy(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input * log(other), and 0 where input is 0, whatever other is but nan. As torch.xlogy.

    >>> torch.xlogy(torch.tensor([0.0, 2.0]), torch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    if promotion.is_number(input) and promotion.is_number(other):
        raise TypeError("xlogy(): expected a Tensor among its operands, got two numbers")
    operands = [x if promotion.is_number(x) else promotion.as_operand(rows.xlogy, x) for x in (input, other)]
    dtype = promotion.result_type(*operands)
    return binary(rows.xlogy, *[wrap(np.asarray(x, dtype)) if promotion.is_number(x) else x for x in operands])
