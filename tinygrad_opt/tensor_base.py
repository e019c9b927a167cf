"""What a Tensor is, apart from the operations on it: its history, what it holds, and Python's and NumPy's protocols."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from . import numpy_api
from .autograd.backward import backward
from .autograd.graph import Node, RemovableHandle, Variable, edge_of, wrap
from .autograd.promotion import get_default_dtype
from .formatting import format_tensor
from .functions.dims import one_dim
from .size import Size

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorBase(Variable):
    """An array with a history, before it has operations: see Tensor."""

    __slots__ = ()
    __array_priority__ = 1000

    # ---- history ----

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to this tensor; may be set on leaves of a floating dtype."""
        return edge_of(self) is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if edge_of(self) is not None and self.node is not None:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad flags of leaf variables. If you want to use a computed variable "
                    "in a subgraph that doesn't require differentiation use var_no_grad = var.detach()."
                )
            return
        if value and self.array.dtype.kind != "f":
            raise RuntimeError(
                "Only Tensors of floating point and complex dtype can require gradients, this one is "
                f"{self.array.dtype}; write .float() or give it a floating dtype (complex has no gradients here)"
            )
        self.tracked = bool(value)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set `requires_grad`, and return this tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward() has added up here: of leaves, and of others after `retain_grad()`."""
        if self._grad is None and self.node is not None and not self.retains_grad:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute "
                "won't be populated during autograd.backward(). If you indeed want the .grad field to be populated "
                "for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor.",
                UserWarning,
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            if not isinstance(value, TensorBase):
                raise TypeError(
                    f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
                )
            if value.array.shape != self.array.shape or value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"attempting to assign a gradient of size '{list(value.array.shape)}' and {value.array.dtype} to a "
                    f"tensor of size '{list(self.array.shape)}' and {self.array.dtype}"
                )
        self._grad = value

    @grad.deleter
    def grad(self) -> None:
        self._grad = None

    @property
    def data(self) -> Tensor:
        """The same values without history; writing to it changes this tensor."""
        return wrap(self.array)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, TensorBase):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
        if value.array.shape != self.array.shape or value.array.dtype != self.array.dtype:
            self.home = None  # the place an optimizer made for gradients of the old kind
        self.array = value.array

    @property
    def grad_fn(self) -> Node | None:
        """The node that computed this tensor, None for leaves."""
        edge_of(self)  # brings a view up to date
        return self.node

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by the user, not computed from one that requires grad."""
        return self.grad_fn is None

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad()` was called on this computed tensor."""
        return self.retained is not None

    def retain_grad(self) -> None:
        """Let backward() fill `.grad` of this computed tensor too; nothing to do for a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self.node is None or self.retains_grad:
            return
        this = weakref.ref(self)

        def keep(g: Tensor) -> None:
            if (t := this()) is not None:
                t._grad = wrap(g.array.copy(), g.node) if t._grad is None else t._grad + g

        self.retained = self.node.register_hook(keep), keep

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call `hook(grad)` whenever this tensor's gradient is computed; what it returns, if not None, replaces it."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self.node is not None:
            return self.node.register_hook(hook)
        if self.hooks is None:
            self.hooks = {}
        return RemovableHandle(self.hooks, hook)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Tensor | Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor to the `.grad` of every leaf it was computed from.

        `gradient` weighs the elements, and may be left out for a single one. The graph is freed unless `retain_graph`;
        with `create_graph` the gradients can be differentiated again; with `inputs` only their `.grad` is filled.
        RuntimeError if this tensor does not require grad, if the graph was freed, or if an array it saved was
        written in place. As torch.Tensor.backward.
        """
        backward([self], gradient, retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same values, in the same memory, without history."""
        return wrap(self.array)

    def detach_(self) -> Self:
        """Forget how this tensor was computed; it becomes a leaf that does not require grad."""
        self.node, self.tracked, self._view = None, False, None
        return self

    # ---- what it holds ----

    @property
    def shape(self) -> Size:
        """The sizes of the dimensions."""
        return Size(self.array.shape)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    @property
    def device(self) -> str:
        """Where the array is: always "cpu"."""
        return "cpu"

    @property
    def is_cuda(self) -> bool:
        """Always False."""
        return False

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        return self.shape if dim is None else self.array.shape[one_dim("size", dim, self.array.ndim)]

    def dim(self) -> int:
        """The number of dimensions."""
        return self.array.ndim

    def numel(self) -> int:
        """The number of elements."""
        return self.array.size

    nelement = numel

    def element_size(self) -> int:
        """The bytes of one element."""
        return self.array.itemsize

    def stride(self) -> tuple[int, ...]:
        """How many elements of memory lie between neighbours, in each dimension."""
        return tuple(n // self.array.itemsize for n in self.array.strides)

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory one after the other, the last dimension fastest."""
        return self.array.flags.c_contiguous

    def is_floating_point(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return bool(self.array.dtype.kind == "f")

    def item(self) -> Any:
        """The single element as a Python number; RuntimeError if there are several."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """The elements as nested lists of Python numbers."""
        return self.array.tolist()

    def numpy(self) -> Any:
        """The values as a NumPy array of the same memory; RuntimeError if gradients flow here."""
        self._refuse_if_tracked("call numpy() on", "tensor.detach().numpy()")
        return self.array

    def _refuse_if_tracked(self, what: str, instead: str) -> None:
        if self.requires_grad:
            raise RuntimeError(f"Can't {what} Tensor that requires grad. Use {instead} instead.")

    # ---- Python's own protocols ----

    def __repr__(self) -> str:
        grad_fn = self.grad_fn
        return format_tensor(
            self.array,
            requires_grad=grad_fn is None and self.tracked,
            grad_fn=None if grad_fn is None else grad_fn.name(),
            default_dtype=get_default_dtype(),
        )

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 else object.__format__(self, spec)

    def __len__(self) -> Any:
        if self.array.ndim == 0:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __contains__(self, element: Any) -> Any:
        return bool((self == element).array.any())

    def __bool__(self) -> Any:
        if self.array.size != 1:
            how_many = "no values" if self.array.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {how_many} is ambiguous")
        return bool(self.array.item())

    def __float__(self) -> Any:
        self._refuse_if_tracked("make a float of a", "tensor.item(), or the tensor's own .exp(), .sqrt(), ...")
        return float(self._single())

    def __int__(self) -> Any:
        self._refuse_if_tracked("make an int of a", "tensor.item()")
        return int(self._single())

    def _single(self) -> Any:
        if self.array.size != 1:
            raise ValueError(
                f"only one element tensors can be converted to Python scalars, not shape {self.array.shape}"
            )
        return self.array.item()

    def __index__(self) -> Any:
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    __hash__ = object.__hash__  # by identity, though == compares elements

    def __deepcopy__(self, memo: dict[Any, Any]) -> Self:
        if self.grad_fn is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol; write "
                ".detach().clone()"
            )
        copy = memo[id(self)] = object.__new__(type(self))
        copy.array, copy.node, copy.tracked, copy._view = self.array.copy(), None, self.tracked, None
        copy._grad = None if self._grad is None else wrap(self._grad.array.copy())
        return copy

    # ---- NumPy's protocols ----

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        self._refuse_if_tracked(
            "make an array of a", "tensor.detach().numpy(), or a NumPy function called on the tensor,"
        )
        return np.array(self.array, dtype, copy=copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return numpy_api.call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return numpy_api.call_function(func, args, kwargs)

    def __dlpack__(self, **kwargs: Any) -> Any:
        self._refuse_if_tracked("export a", "tensor.detach()")
        return self.array.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()
