"""Products of matrices and vectors, and distances between their rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.derivatives import arithmetic
from ..autograd.derivatives import products as rows
from ..autograd.graph import Variable
from ..autograd.record import binary, record
from .diagonals import diagonal
from .dims import all_dims, one_dim
from .reduction import sum
from .shape import expand, permute, reshape

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addr",
    "baddbmm",
    "bmm",
    "cdist",
    "chain_matmul",
    "cross",
    "dot",
    "ger",
    "inner",
    "kron",
    "matmul",
    "mm",
    "mv",
    "outer",
    "tensordot",
    "trace",
    "vdot",
]

Number = bool | int | float


def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product: of two vectors a number, of stacks of matrices a stack, broadcast. As torch.matmul.

    >>> torch.ones(2, 3) @ torch.ones(3)
    tensor([3., 3.])
    """
    a, b = require_tensor("matmul", input), require_tensor("matmul", other)
    if a.ndim == 0 or b.ndim == 0:
        raise RuntimeError(f"matmul(): both arguments need to be at least 1D, but they are {a.ndim}D and {b.ndim}D")
    if a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        m, n = (a.shape if a.ndim > 1 else (1, *a.shape)), (b.shape if b.ndim > 1 else (*b.shape, 1))
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({m[-2]}x{m[-1]} and {n[-2]}x{n[-1]}): "
            f"matmul() of shapes {a.shape} and {b.shape}"
        )
    require_same_dtype("matmul", input, other)
    if a.ndim == 2 and b.ndim == 2:
        return binary(rows.matmul, input, other)
    if b.ndim == 1:  # a vector is a matrix of one column, or of one row on the left
        return reshape(matmul(input, reshape(other, (*b.shape, 1))), a.shape[:-1])
    if a.ndim == 1:
        return reshape(matmul(reshape(input, (1, *a.shape)), other), (*b.shape[:-2], b.shape[-1]))
    if b.ndim == 2:  # one matrix for the whole stack: one large product
        return reshape(
            matmul(reshape(input, (math.prod(a.shape[:-1]), a.shape[-1])), other), (*a.shape[:-1], b.shape[-1])
        )
    require_stacks("matmul", input, other)
    return binary(rows.matmul, input, other)


def require_tensor(name: str, x: Any) -> Any:
    """The array of `x`; TypeError unless it is a Tensor."""
    if not isinstance(x, Variable):
        raise TypeError(f"{name}(): expected a Tensor, got {type(x).__name__}")
    return x.array


def require_same_dtype(name: str, a: Tensor, b: Tensor) -> None:
    """RuntimeError where one would have to be cast."""
    m, n = require_tensor(name, a).dtype, require_tensor(name, b).dtype
    if m != n:
        raise RuntimeError(f"{name}(): expected both tensors to have the same dtype, but got: {m} != {n}")


def require_stacks(name: str, a: Tensor, b: Tensor) -> None:
    """RuntimeError unless the dimensions before the last two broadcast."""
    shapes = a.array.shape, b.array.shape
    for i, (m, n) in enumerate(zip(shapes[0][-3::-1], shapes[1][-3::-1], strict=False), 3):
        if m != n and 1 not in (m, n):
            raise RuntimeError(
                f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension "
                f"{max(map(len, shapes)) - i}: {name}() of shapes {shapes[0]} and {shapes[1]}"
            )


def _with_dims(name: str, x: Tensor, ndim: int) -> Any:
    array = require_tensor(name, x)
    if array.ndim != ndim:
        raise RuntimeError(f"{name}(): expected a {ndim}D tensor, but got {array.ndim}D of shape {x.shape}")
    return array


def dot(input: Tensor, tensor: Tensor) -> Tensor:
    """The inner product of two vectors, as torch.dot."""
    return _dot("dot", input, tensor)


def vdot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors, as torch.vdot; of real numbers the same as `dot`."""
    return _dot("vdot", input, other)


def _dot(name: str, a: Tensor, b: Tensor) -> Tensor:
    if _with_dims(name, a, 1).shape != _with_dims(name, b, 1).shape:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor {list(a.shape)} and src {list(b.shape)} to have the "
            f"same number of elements: {name}()"
        )
    return matmul(a, b)


def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices, as torch.mm."""
    _with_dims("mm", input, 2)
    _with_dims("mm", mat2, 2)
    return matmul(input, mat2)


def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector, as torch.mv."""
    _with_dims("mv", input, 2)
    _with_dims("mv", vec, 1)
    return matmul(input, vec)


def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two equal stacks of matrices, as torch.bmm."""
    if _with_dims("bmm", input, 3).shape[0] != _with_dims("bmm", mat2, 3).shape[0]:
        raise RuntimeError(f"bmm(): batch sizes must match: {input.shape} and {mat2.shape}")
    return matmul(input, mat2)


def outer(input: Tensor, vec2: Tensor) -> Tensor:
    """The product of every element of one vector with every one of another, as torch.outer."""
    _with_dims("outer", input, 1)
    _with_dims("outer", vec2, 1)
    return reshape(input, (-1, 1) if input.array.size else (0, 1)) * vec2


ger = outer


def inner(input: Tensor, other: Tensor) -> Tensor:
    """The inner products of all vectors in the last dimensions; with a 0-d tensor the product. As torch.inner.

    >>> torch.inner(torch.ones(2, 3), torch.ones(3))
    tensor([3., 3.])
    """
    a, b = require_tensor("inner", input), require_tensor("inner", other)
    require_same_dtype("inner", input, other)
    if a.ndim == 0 or b.ndim == 0:
        return input * other
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            f"inner(): the last dimension must match on both input tensors but got shapes {a.shape} and {b.shape}"
        )
    return tensordot(input, other, ([-1], [-1]))


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """The sum of products over the last `dims` dimensions of `a` and the first of `b`; or over two lists of them.

    As torch.tensordot.

    >>> torch.tensordot(torch.ones(2, 3, 5), torch.ones(5, 3), ([1, 2], [1, 0]))
    tensor([15., 15.])
    """
    m, n = require_tensor("tensordot", a).ndim, require_tensor("tensordot", b).ndim
    require_same_dtype("tensordot", a, b)
    if isinstance(dims, Variable):
        dims = dims.array.tolist()
    if isinstance(dims, int):
        if not 0 <= dims <= min(m, n):
            raise RuntimeError(f"tensordot(): expects 0 <= dims <= {min(m, n)} of {m}D and {n}D, but got dims={dims}")
        dims = range(m - dims, m), range(dims)
    left, right = [[d] if isinstance(d, int) else list(d) for d in dims]
    if len(left) != len(right):
        raise RuntimeError(f"tensordot(): both dimension lists should have same length, got {left} and {right}")
    i = all_dims("tensordot", left, m) if left else ()
    j = all_dims("tensordot", right, n) if right else ()
    for k, q in zip(i, j, strict=True):
        sizes = a.array.shape[k], b.array.shape[q]
        if sizes[0] != sizes[1]:
            if 1 not in sizes:
                raise RuntimeError(
                    f"tensordot(): contracted dimensions need to match, but first has size {sizes[0]} in dim {k} and "
                    f"second has size {sizes[1]} in dim {q}"
                )
            a, b = (a, sum(b, q, True)) if sizes[0] == 1 else (sum(a, k, True), b)
    rest, others = [k for k in range(m) if k not in i], [q for q in range(n) if q not in j]
    x, y = permute(a, [*rest, *i]), permute(b, [*j, *others])
    shape, last = x.array.shape[: len(rest)], y.array.shape[len(j) :]
    count = math.prod(x.array.shape[len(rest) :])
    z = matmul(reshape(x, (math.prod(shape), count)), reshape(y, (count, math.prod(last))))
    return reshape(z, (*shape, *last))


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: every element of `input` times the whole of `other`, laid out in blocks. As torch.kron.

    >>> torch.kron(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 1.0]))
    tensor([1., 1., 2., 2.])
    """
    a, b = require_tensor("kron", input), require_tensor("kron", other)
    n = max(a.ndim, b.ndim)
    outside, inside = (1,) * (n - a.ndim) + a.shape, (1,) * (n - b.ndim) + b.shape
    x = reshape(input, [size for k in outside for size in (k, 1)])
    y = reshape(other, [size for k in inside for size in (1, k)])
    return reshape(x * y, [k * q for k, q in zip(outside, inside, strict=True)])


def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix; of integers as int64. As torch.trace."""
    _with_dims("trace", input, 2)
    return sum(diagonal(input))


def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """The vectors at right angles to both, along `dim`, or without it along the first one of size 3. As torch.cross.

    >>> torch.cross(torch.tensor([1.0, 0.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    shape = require_tensor("cross", input).shape
    if dim is None:
        if 3 not in shape:
            raise RuntimeError(f"cross(): no dimension of size 3 in input of shape {shape}")
        dim = shape.index(3)
    return cross_along("cross", input, other, dim)


def cross_along(name: str, a: Tensor, b: Tensor, dim: int) -> Tensor:
    x, y = require_tensor(name, a), require_tensor(name, b)
    require_same_dtype(name, a, b)
    if x.ndim != y.ndim:
        raise RuntimeError(f"{name}(): inputs must have the same number of dimensions, got shapes {x.shape}, {y.shape}")
    axis = one_dim(name, dim, x.ndim)
    if x.ndim == 0 or x.shape[axis] != 3 or y.shape[axis] != 3:
        raise RuntimeError(f"{name}(): inputs dimension {dim} must have length 3, got shapes {x.shape} and {y.shape}")
    return record(rows.cross, (a, b), {"axis": axis})


def chain_matmul(*matrices: Tensor) -> Tensor:
    """The product of matrices, multiplied in the order that takes the fewest multiplications. As torch.chain_matmul.

    >>> torch.chain_matmul(torch.ones(2, 3), torch.ones(3, 5), torch.ones(5, 1))
    tensor([[15.],
            [15.]])
    """
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    for i, x in enumerate(matrices):
        _with_dims("chain_matmul", x, 2)
        require_linked("chain_matmul", matrices, i)
    return multiply_chain(matrices)


def require_linked(name: str, matrices: Sequence[Tensor], i: int) -> None:
    """RuntimeError unless matrix `i` has as many rows as the one before it has columns, and its dtype."""
    if i == 0:
        return
    require_same_dtype(name, matrices[i - 1], matrices[i])
    shapes = matrices[i - 1].array.shape, matrices[i].array.shape
    if shapes[0][-1] != shapes[1][0]:
        raise RuntimeError(
            f"{name}(): tensors {i - 1} and {i} with shapes {shapes[0]} and {shapes[1]} cannot be multiplied"
        )


def multiply_chain(matrices: Sequence[Tensor]) -> Tensor:
    """The product in the best order, found by the best orders of its parts: Cormen et al., "Algorithms"."""
    sizes = [x.array.shape[0] for x in matrices] + [matrices[-1].array.shape[1]]
    best: dict[tuple[int, int], tuple[int, int]] = {(i, i + 1): (0, i) for i in range(len(matrices))}
    for length in range(2, len(matrices) + 1):
        for i in range(len(matrices) - length + 1):
            j = i + length
            best[i, j] = min(
                (best[i, k][0] + best[k, j][0] + sizes[i] * sizes[k] * sizes[j], k) for k in range(i + 1, j)
            )

    def product(i: int, j: int) -> Tensor:
        if j == i + 1:
            return matrices[i]
        k = best[i, j][1]
        return matmul(product(i, k), product(k, j))

    return product(0, len(matrices))


def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * mat1 @ mat2. With a factor of 0, nan and infinity do not count. As torch.addmm."""
    return _plus("addmm", input, mm(mat1, mat2), beta, alpha)


def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * mat @ vec, as torch.addmv."""
    return _plus("addmv", input, mv(mat, vec), beta, alpha)


def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2), as torch.addr."""
    return _plus("addr", input, outer(vec1, vec2), beta, alpha, cast=True)


def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * bmm(batch1, batch2), as torch.baddbmm."""
    return _plus("baddbmm", input, bmm(batch1, batch2), beta, alpha)


def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1) -> Tensor:
    """beta * input + alpha * the sum of bmm(batch1, batch2) over the stack, as torch.addbmm."""
    a, b = _with_dims("addbmm", batch1, 3), _with_dims("addbmm", batch2, 3)
    if a.shape[0] != b.shape[0]:
        raise RuntimeError(f"addbmm(): batch1 and batch2 must have same number of batches: {a.shape} and {b.shape}")
    if a.shape[2] != b.shape[1]:
        raise RuntimeError(f"addbmm(): batch1 and batch2 cannot be multiplied: {a.shape} and {b.shape}")
    return _plus("addbmm", input, tensordot(batch1, batch2, ([0, 2], [0, 1])), beta, alpha)


def _plus(name: str, x: Tensor, product: Tensor, beta: Number, alpha: Number, cast: bool = False) -> Tensor:
    """beta * x + alpha * product, of the shape of `product`; only with `cast` may the dtypes differ."""
    shape = product.array.shape
    if not cast:
        require_same_dtype(name, x, product)
    given = require_tensor(name, x).shape
    if len(given) > len(shape) or any(n not in (1, m) for m, n in zip(shape[::-1], given[::-1], strict=False)):
        raise RuntimeError(f"{name}(): input of shape {given} cannot be expanded to the product's shape {shape}")
    return _times(expand(x, shape), beta) + _times(product, alpha)


def _times(x: Tensor, factor: Number) -> Tensor:
    if factor == 1:
        return x
    if factor == 0:
        return record(arithmetic.select, (x, 0.0), {"condition": np.zeros((), bool)})
    return x * (factor if x.array.dtype.kind == "f" else int(factor))


def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm of the difference between every row of `x1` and every row of `x2`. As torch.cdist.

    Differences are taken one by one, whatever the `compute_mode`: close points keep their exact distance. Where that is
    0 the gradient is 0.

    >>> torch.cdist(torch.tensor([[0.0, 0.0]]), torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
    tensor([[5., 1.]])
    """
    a, b = require_tensor("cdist", x1), require_tensor("cdist", x2)
    for which, x in (("X1", a), ("X2", b)):
        if x.ndim < 2:
            raise RuntimeError(f"cdist(): only supports at least 2D tensors, {which} got: {x.ndim}D")
        if x.dtype.kind != "f":
            raise RuntimeError(f"cdist(): only supports floating-point dtypes, {which} got: {x.dtype}")
    require_same_dtype("cdist", x1, x2)
    if a.shape[-1] != b.shape[-1]:
        raise RuntimeError(
            f"cdist(): X1 and X2 must have the same number of columns. X1: {a.shape[-1]} X2: {b.shape[-1]}"
        )
    if not p >= 0:
        raise RuntimeError(f"cdist(): only supports non-negative p values, got {p}")
    if compute_mode not in _COMPUTE_MODES:
        raise ValueError(
            f"cdist(): {compute_mode!r} is not a valid value for compute_mode: {', '.join(_COMPUTE_MODES)}"
        )
    require_stacks("cdist", x1, x2)
    return record(rows.cdist, (x1, x2), {"p": float(p)})


_COMPUTE_MODES = (
    "use_mm_for_euclid_dist_if_necessary",
    "use_mm_for_euclid_dist",
    "donot_use_mm_for_euclid_dist",
)
