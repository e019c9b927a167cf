"""How far apart vectors are, and how alike: of `functional`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..autograd import promotion
from ..autograd.mode import no_grad
from ..functions.arithmetic import require_tensors
from ..functions.dims import Dims, numpy_names, one_dim
from ..functions.reduction import norm
from ..functions.shape import broadcast_tensors
from ..linalg import vector_norm

if TYPE_CHECKING:
    from ..tensor import Tensor


@numpy_names
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along `dim`, after broadcasting; lengths count as no less than `eps`.

    RuntimeError if both are integers. As torch.nn.functional.cosine_similarity.

    >>> F.cosine_similarity(torch.tensor([1.0, 0.0]), torch.tensor([[3.0, 0.0], [0.0, 2.0]]))
    tensor([1., 0.])
    """
    require_tensors("cosine_similarity", x1, x2)
    dtype = promotion.result_type(x1, x2)
    if dtype.kind != "f":
        raise RuntimeError(
            f"expected common dtype to be floating point, yet common dtype is {dtype}: cosine_similarity(); write "
            "x.float()"
        )
    x1, x2 = broadcast_tensors(x1.to(dtype), x2.to(dtype))
    axis = one_dim("cosine_similarity", dim, x1.array.ndim)
    return (_unit(x1, axis, eps) * _unit(x2, axis, eps)).sum(axis)


def _unit(x: Tensor, axis: int, eps: float) -> Tensor:
    length = vector_norm(x, 2, axis, True).clone()
    with no_grad():  # the gradient of a raised length is that of the length itself, as in PyTorch
        length.clamp_(min=eps)
    return x / length


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension. As torch.nn.functional.pairwise_distance.

    `eps` keeps the gradient of equal vectors finite.
    """
    require_tensors("pairwise_distance", x1, x2)
    return norm(x1 - x2 + eps, p, -1, keepdim)


@numpy_names
def normalize(input: Tensor, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12) -> Tensor:
    """`input` divided by its p-norm over `dim`, or by `eps` where that is larger. As torch.nn.functional.normalize.

    >>> F.normalize(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
    tensor([[0.6000, 0.8000],
            [0.0000, 0.0000]])
    """
    require_tensors("normalize", input)
    return input / norm(input, p, dim, True).clamp_min(eps)
