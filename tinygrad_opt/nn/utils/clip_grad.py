"""Clipping of gradients in place, with the names of torch.nn.utils."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...autograd.graph import wrap
from ...autograd.mode import no_grad
from ...tensor import Tensor

Tensors = Tensor | Iterable[Tensor]


def _gradients(parameters: Tensors) -> list[Tensor]:
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p._grad for p in listed if p._grad is not None]


def get_total_norm(
    tensors: Tensors, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of `tensors`, as if they were one vector; 0 where there are none.

    `norm_type` is a number, or inf. RuntimeError with `error_if_nonfinite` where it is inf or nan. `foreach` has no
    effect. As torch.nn.utils.get_total_norm.

    >>> torch.nn.utils.get_total_norm([torch.tensor([3.0]), torch.tensor([4.0])])
    tensor(5.)
    """
    order = float(norm_type)
    arrays = [t.array for t in ([tensors] if isinstance(tensors, Tensor) else tensors)]
    if not arrays:
        return wrap(np.asarray(0.0, np.float32))
    with np.errstate(all="ignore"):
        norms = np.stack([_norm(array.ravel(), order) for array in arrays])
        total = np.asarray(_norm(norms, order), np.result_type(*arrays))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {order} for gradients from `parameters` is non-finite, so it cannot be clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return wrap(total)


def _norm(vector: Any, order: float) -> Any:
    if math.isinf(order) and not vector.size:
        raise RuntimeError("the norm of order inf of a tensor without elements does not exist")
    wide = np.promote_types(vector.dtype, np.float32)  # in half precision the squares of 256 overflow
    return np.linalg.norm(vector.astype(wide, copy=False), order).astype(wide)


def clip_grads_with_norm_(
    parameters: Tensors, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Multiply the gradients by max_norm / (total_norm + 1e-6), where that is less than 1, in place.

    As torch.nn.utils.clip_grads_with_norm_.
    """
    with no_grad(), np.errstate(all="ignore"):
        factor = float(np.minimum(float(max_norm) / (total_norm.array + 1e-6), 1.0))
        for g in _gradients(parameters):
            g.mul_(factor)


def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients in place by one number, so that their norm is at most `max_norm`; returns the norm before.

    RuntimeError with `error_if_nonfinite` where the norm is inf or nan, before anything is changed. As
    torch.nn.utils.clip_grad_norm_.

    >>> w = torch.tensor([3.0, 4.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> torch.nn.utils.clip_grad_norm_([w], 1.0)
    tensor(10.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    listed = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return total


def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Bring every element of the gradients into [-clip_value, clip_value], in place.

    As torch.nn.utils.clip_grad_value_.
    """
    with no_grad():
        for g in _gradients(parameters):
            g.clamp_(-float(clip_value), float(clip_value))
