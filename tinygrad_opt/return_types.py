"""What operations with several results return: named tuples with PyTorch's field names, which print as PyTorch's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .tensor import Tensor


def show(result: Any) -> str:
    """The text of a named tuple, a field a line."""
    fields = ",\n".join(f"{name}={value!r}" for name, value in result._asdict().items())
    return f"torch.return_types.{type(result).__name__}(\n{fields})"


class max(NamedTuple):  # noqa: N801 (these are PyTorch's names)
    """The largest elements, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class min(NamedTuple):  # noqa: N801
    """The smallest elements, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class sort(NamedTuple):  # noqa: N801
    """The elements in order, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class topk(NamedTuple):  # noqa: N801
    """The first few elements in order, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class kthvalue(NamedTuple):  # noqa: N801
    """The elements at one place in order, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class median(NamedTuple):  # noqa: N801
    """The lower medians, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class nanmedian(NamedTuple):  # noqa: N801
    """The lower medians of what is not nan, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class mode(NamedTuple):  # noqa: N801
    """The most frequent elements, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class cummax(NamedTuple):  # noqa: N801
    """The largest elements so far, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class cummin(NamedTuple):  # noqa: N801
    """The smallest elements so far, and where they stood."""

    values: Tensor
    indices: Tensor

    def __repr__(self) -> str:
        return show(self)


class aminmax(NamedTuple):  # noqa: N801
    """The smallest and the largest elements."""

    min: Tensor
    max: Tensor

    def __repr__(self) -> str:
        return show(self)


class histogram(NamedTuple):  # noqa: N801
    """How many elements lie between each two edges, and the edges."""

    hist: Tensor
    bin_edges: Tensor

    def __repr__(self) -> str:
        return show(self)


class qr(NamedTuple):  # noqa: N801
    """A matrix of orthogonal columns, and an upper triangular one."""

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return show(self)


class slogdet(NamedTuple):  # noqa: N801
    """The sign of a determinant, and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return show(self)


class svd(NamedTuple):  # noqa: N801
    """Left singular vectors, singular values, right singular vectors, these as columns."""

    U: Tensor
    S: Tensor
    V: Tensor

    def __repr__(self) -> str:
        return show(self)


class linalg_eigh(NamedTuple):  # noqa: N801
    """The eigenvalues, and the eigenvectors as columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor

    def __repr__(self) -> str:
        return show(self)


class linalg_qr(NamedTuple):  # noqa: N801
    """A matrix of orthogonal columns, and an upper triangular one."""

    Q: Tensor
    R: Tensor

    def __repr__(self) -> str:
        return show(self)


class linalg_slogdet(NamedTuple):  # noqa: N801
    """The sign of a determinant, and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor

    def __repr__(self) -> str:
        return show(self)


class linalg_svd(NamedTuple):  # noqa: N801
    """Left singular vectors, singular values, right singular vectors, these as rows."""

    U: Tensor
    S: Tensor
    Vh: Tensor

    def __repr__(self) -> str:
        return show(self)
