"""Parameters of a model taken together, as torch.nn.utils."""

from __future__ import annotations

from collections.abc import Iterable

from ...autograd.graph import Variable
from ...autograd.mode import no_grad
from ...functions.joining import cat
from ...functions.shape import reshape
from ...tensor import Tensor


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All parameters end to end in one vector, through which gradients flow. As torch.nn.utils.parameters_to_vector.

    >>> torch.nn.utils.parameters_to_vector([torch.ones(2), torch.zeros(1, 2)])
    tensor([1., 1., 0., 0.])
    """
    return cat([reshape(p, (-1,)) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Write the elements of a vector, in order, into the parameters. As torch.nn.utils.vector_to_parameters.

    The parameters keep their memory and dtype; in PyTorch they become views of the vector. TypeError if that is no
    tensor, RuntimeError if it is too short, before anything is written; elements left over are ignored.
    """
    if not isinstance(vec, Variable):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    parameters = list(parameters)
    sizes = [p.array.size for p in parameters]
    if vec.array.ndim != 1 or vec.array.size < sum(sizes):
        raise RuntimeError(
            f"vector_to_parameters(): the parameters have {sum(sizes)} elements, but the vector has shape "
            f"{vec.array.shape}"
        )
    start = 0
    with no_grad():
        for p, size in zip(parameters, sizes, strict=True):
            p[...] = vec.array[start : start + size].reshape(p.array.shape)
            start += size
