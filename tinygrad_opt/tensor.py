"""Tensor: an array that remembers how it was computed, with PyTorch's vocabulary and NumPy's protocols.

What the methods do stands in functions/, a file per family; what their gradients are, in autograd/derivatives/.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from . import numpy_api
from .autograd import inplace
from .autograd.backward import backward
from .autograd.derivatives import arithmetic as rows
from .autograd.derivatives import shape as shape_rows
from .autograd.graph import Node, RemovableHandle, Variable, edge_of, set_tensor_type, wrap
from .autograd.promotion import get_default_dtype
from .autograd.record import binary, record
from .formatting import format_tensor
from .functions import arithmetic, elementwise, indexing, linalg, reduction
from .functions import shape as shapes
from .functions.dims import one_dim
from .generator import Generator, default_generator


class Size(tuple[int, ...]):
    """A shape; prints as torch.Size does."""

    def numel(self) -> int:
        """The number of elements."""
        return int(np.prod(self, dtype=np.int64))

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"


def _in_place(fn: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The method that makes a tensor become `fn` of itself, and returns it: PyTorch's trailing underscore."""

    def method(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        inplace.require_writable(self)
        inplace.assign(self, fn(self, *args, **kwargs))
        return self

    method.__name__ = fn.__name__ + "_"
    method.__doc__ = f"`{fn.__name__}`, written to this tensor itself; as torch.Tensor.{fn.__name__}_."
    return method


class Tensor(Variable):
    """An n-dimensional array with a gradient. Made by `tensor(...)`; Tensor(data) takes the default float dtype.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    __slots__ = ()
    __array_priority__ = 1000

    def __init__(self, data: Any = ()) -> None:
        self.array = np.array(data.array if isinstance(data, Variable) else data, get_default_dtype())
        self.node, self.tracked, self._view, self._grad = None, False, None, None

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

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
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
            if not isinstance(value, Tensor):
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
        if not isinstance(value, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(value).__name__}")
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
        return "_retains_grad" in self.__dict__

    def retain_grad(self) -> None:
        """Let backward() fill `.grad` of this computed tensor too; nothing to do for a leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self.node is None or self.retains_grad:
            return
        self._retains_grad = True
        this = weakref.ref(self)

        def keep(g: Tensor) -> None:
            if (t := this()) is not None:
                t._grad = wrap(g.array.copy(), g.node) if t._grad is None else t._grad + g

        self.node.register_hook(keep)

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
        backward(self, gradient, retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same values, in the same memory, without history."""
        return wrap(self.array)

    def detach_(self) -> Tensor:
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

    def contiguous(self) -> Tensor:
        """This tensor if it is contiguous, else a copy that is."""
        return self if self.is_contiguous() else record(shape_rows.contiguous, (self,), {})

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

    # ---- types ----

    def to(self, *args: Any, dtype: Any = None, copy: bool = False, **kwargs: Any) -> Tensor:
        """This tensor with another dtype, or the dtype of another tensor; itself if nothing changes.

        Devices are accepted where they are the CPU; RuntimeError for any other.
        """
        device = kwargs.pop("device", None)
        if kwargs.keys() - {"non_blocking"}:
            raise TypeError(f"to() got unexpected arguments {sorted(kwargs)}")
        for arg in args:
            if isinstance(arg, Tensor):
                dtype = arg.dtype
            elif isinstance(arg, str) and arg.split(":")[0] in ("cpu", "cuda", "mps", "xpu"):
                device = arg
            elif not isinstance(arg, bool):
                dtype = arg
        if device is not None and str(device) != "cpu":
            raise RuntimeError(f"to(): there is no device {device!r} here; tensors live on the 'cpu'")
        if dtype is None or np.dtype(dtype) == self.array.dtype:
            return self.clone() if copy else self
        return record(shape_rows.cast, (self,), {"dtype": np.dtype(dtype)})

    def astype(self, dtype: Any) -> Tensor:
        """NumPy's name for `to(dtype)`."""
        return self.to(dtype)

    def type(self, dtype: Any = None) -> Any:
        """The dtype's name as PyTorch writes it, or this tensor with `dtype`."""
        return f"torch.{self.array.dtype.name}" if dtype is None else self.to(dtype)

    def type_as(self, other: Tensor) -> Tensor:
        """This tensor with the dtype of `other`."""
        return self.to(other.dtype)

    def half(self) -> Tensor:
        """This tensor as float16."""
        return self.to(np.float16)

    def float(self) -> Tensor:
        """This tensor as float32."""
        return self.to(np.float32)

    def double(self) -> Tensor:
        """This tensor as float64."""
        return self.to(np.float64)

    def int(self) -> Tensor:
        """This tensor as int32."""
        return self.to(np.int32)

    def long(self) -> Tensor:
        """This tensor as int64."""
        return self.to(np.int64)

    def bool(self) -> Tensor:
        """Where the elements are not zero."""
        return self.to(np.bool_)

    def cpu(self) -> Tensor:
        """This tensor: it is on the CPU already."""
        return self

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

    def __iter__(self) -> Iterator[Tensor]:
        if self.array.ndim == 0:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind())

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

    def __deepcopy__(self, memo: dict[Any, Any]) -> Tensor:
        if self.grad_fn is not None:
            raise RuntimeError(
                "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol; write "
                ".detach().clone()"
            )
        copy = memo[id(self)] = object.__new__(type(self))
        copy.array, copy.node, copy.tracked, copy._view = self.array.copy(), None, self.tracked, None
        copy._grad = None if self._grad is None else wrap(self._grad.array.copy())
        return copy

    def __getitem__(self, key: Any) -> Tensor:
        return indexing.getitem(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        indexing.setitem(self, key, value)

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

    # ---- operators ----

    def __add__(self, other: Any) -> Tensor:
        return binary(rows.add, self, other)

    def __radd__(self, other: Any) -> Tensor:
        return binary(rows.add, other, self)

    def __sub__(self, other: Any) -> Tensor:
        return binary(rows.sub, self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return binary(rows.sub, other, self)

    def __mul__(self, other: Any) -> Tensor:
        return binary(rows.mul, self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return binary(rows.mul, other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return binary(rows.div, self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return binary(rows.div, other, self)

    def __floordiv__(self, other: Any) -> Tensor:
        return binary(rows.floor_divide, self, other)

    def __rfloordiv__(self, other: Any) -> Tensor:
        return binary(rows.floor_divide, other, self)

    def __mod__(self, other: Any) -> Tensor:
        return binary(rows.remainder, self, other)

    def __rmod__(self, other: Any) -> Tensor:
        return binary(rows.remainder, other, self)

    def __pow__(self, other: Any) -> Tensor:
        return binary(rows.pow, self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return binary(rows.pow, other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return linalg.matmul(self, wrap(other) if isinstance(other, np.ndarray) else other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return linalg.matmul(wrap(other) if isinstance(other, np.ndarray) else other, self)

    def __eq__(self, other: Any) -> Any:
        try:
            return binary(rows.eq, self, other)
        except TypeError:
            return NotImplemented  # of what is no number, Python asks whether it is the same object

    def __ne__(self, other: Any) -> Any:
        try:
            return binary(rows.ne, self, other)
        except TypeError:
            return NotImplemented

    def __lt__(self, other: Any) -> Tensor:
        return binary(rows.lt, self, other)

    def __le__(self, other: Any) -> Tensor:
        return binary(rows.le, self, other)

    def __gt__(self, other: Any) -> Tensor:
        return binary(rows.gt, self, other)

    def __ge__(self, other: Any) -> Tensor:
        return binary(rows.ge, self, other)

    def __pos__(self) -> Tensor:
        return self

    __neg__ = elementwise.neg
    __abs__ = elementwise.abs
    __invert__ = arithmetic.bitwise_not
    __and__ = __rand__ = arithmetic.bitwise_and
    __or__ = __ror__ = arithmetic.bitwise_or
    __xor__ = __rxor__ = arithmetic.bitwise_xor
    __iadd__ = _in_place(arithmetic.add)
    __isub__ = _in_place(arithmetic.sub)
    __imul__ = _in_place(arithmetic.mul)
    __itruediv__ = _in_place(arithmetic.div)
    __ifloordiv__ = _in_place(arithmetic.floor_divide)
    __imod__ = _in_place(arithmetic.remainder)
    __ipow__ = _in_place(arithmetic.pow)
    __iand__ = _in_place(arithmetic.bitwise_and)
    __ior__ = _in_place(arithmetic.bitwise_or)
    __ixor__ = _in_place(arithmetic.bitwise_xor)

    # ---- the operations ----

    add = arithmetic.add
    sub = arithmetic.sub
    mul = arithmetic.mul
    div = arithmetic.div
    pow = arithmetic.pow
    floor_divide = arithmetic.floor_divide
    remainder = arithmetic.remainder
    maximum = arithmetic.maximum
    minimum = arithmetic.minimum
    atan2 = arithmetic.atan2
    clamp = arithmetic.clamp
    eq = arithmetic.eq
    ne = arithmetic.ne
    lt = arithmetic.lt
    le = arithmetic.le
    gt = arithmetic.gt
    ge = arithmetic.ge
    bitwise_and = arithmetic.bitwise_and
    bitwise_or = arithmetic.bitwise_or
    bitwise_xor = arithmetic.bitwise_xor
    bitwise_not = arithmetic.bitwise_not
    isnan = arithmetic.isnan
    isinf = arithmetic.isinf
    isfinite = arithmetic.isfinite
    isclose = arithmetic.isclose
    allclose = arithmetic.allclose
    equal = arithmetic.equal

    neg = elementwise.neg
    abs = elementwise.abs
    sign = elementwise.sign
    floor = elementwise.floor
    ceil = elementwise.ceil
    trunc = elementwise.trunc
    round = elementwise.round
    square = elementwise.square
    sqrt = elementwise.sqrt
    rsqrt = elementwise.rsqrt
    reciprocal = elementwise.reciprocal
    exp = elementwise.exp
    exp2 = elementwise.exp2
    expm1 = elementwise.expm1
    log = elementwise.log
    log1p = elementwise.log1p
    log2 = elementwise.log2
    log10 = elementwise.log10
    sin = elementwise.sin
    cos = elementwise.cos
    tan = elementwise.tan
    sinh = elementwise.sinh
    cosh = elementwise.cosh
    tanh = elementwise.tanh
    asin = elementwise.asin
    acos = elementwise.acos
    atan = elementwise.atan
    erf = elementwise.erf
    sigmoid = elementwise.sigmoid
    relu = elementwise.relu
    logical_not = elementwise.logical_not
    clone = elementwise.clone

    sum = reduction.sum
    mean = reduction.mean
    var = reduction.var
    std = reduction.std
    prod = reduction.prod
    amax = reduction.amax
    amin = reduction.amin
    max = reduction.max
    min = reduction.min
    argmax = reduction.argmax
    argmin = reduction.argmin
    any = reduction.any
    all = reduction.all
    logsumexp = reduction.logsumexp
    softmax = reduction.softmax
    log_softmax = reduction.log_softmax
    cumsum = reduction.cumsum
    norm = reduction.norm

    reshape = shapes.reshape
    view = shapes.view
    flatten = shapes.flatten
    ravel = shapes.ravel
    permute = shapes.permute
    transpose = shapes.transpose
    movedim = shapes.movedim
    squeeze = shapes.squeeze
    unsqueeze = shapes.unsqueeze
    expand = shapes.expand
    broadcast_to = shapes.broadcast_to
    split = shapes.split
    chunk = shapes.chunk
    narrow = shapes.narrow
    unbind = shapes.unbind
    flip = shapes.flip
    roll = shapes.roll
    repeat = shapes.repeat
    tile = shapes.tile
    tril = shapes.tril
    triu = shapes.triu
    diagonal = shapes.diagonal

    gather = indexing.gather
    scatter_add = indexing.scatter_add
    index_select = indexing.index_select
    take_along_dim = indexing.take_along_dim
    sort = indexing.sort
    argsort = indexing.argsort
    topk = indexing.topk
    masked_fill = indexing.masked_fill

    matmul = linalg.matmul
    dot = linalg.dot
    mm = linalg.mm
    mv = linalg.mv
    bmm = linalg.bmm
    outer = linalg.outer

    def where(self, condition: Tensor, other: Any) -> Tensor:
        """This tensor where `condition` holds, else `other`."""
        chosen: Tensor = arithmetic.where(condition, self, other)
        return chosen

    @property
    def T(self) -> Tensor:  # noqa: N802 (everybody's name)
        """The dimensions in reverse order."""
        return record(shape_rows.permute, (self,), {"axes": tuple(range(self.array.ndim - 1, -1, -1))})

    @property
    def mT(self) -> Tensor:  # noqa: N802
        """The last two dimensions exchanged."""
        return shapes.transpose(self, -2, -1)

    def t(self) -> Tensor:
        """The transpose of a matrix; a vector as it is."""
        if self.array.ndim > 2:
            raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {self.array.ndim}D")
        return self.T

    def expand_as(self, other: Tensor) -> Tensor:
        """Repeated without copying to the shape of `other`."""
        return shapes.expand(self, other.array.shape)

    def view_as(self, other: Tensor) -> Tensor:
        """Viewed in the shape of `other`."""
        return shapes.view(self, other.array.shape)

    def reshape_as(self, other: Tensor) -> Tensor:
        """Reshaped to the shape of `other`."""
        return shapes.reshape(self, other.array.shape)

    # ---- writing in place ----

    def zero_(self) -> Tensor:
        """Every element set to 0."""
        return self.fill_(0)

    def fill_(self, value: Any) -> Tensor:
        """Every element set to `value`, a number or a 0-d tensor."""
        inplace.setitem(self, ..., value)
        return self

    def copy_(self, src: Any) -> Tensor:
        """The elements of `src`, broadcast and cast to this tensor's shape and dtype."""
        inplace.setitem(self, ..., src)
        return self

    def masked_fill_(self, mask: Tensor, value: Any) -> Tensor:
        """`value` written where `mask` is true."""
        inplace.assign(self, indexing.masked_fill(self, mask, value))
        return self

    def uniform_(self, low: Any = 0.0, high: Any = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element drawn from [low, high), by default from [0, 1)."""
        draws = (generator or default_generator).uniform(self.array.shape, low, high, self.array.dtype)
        inplace.setitem(self, ..., draws)
        return self

    def normal_(self, mean: Any = 0.0, std: Any = 1.0, *, generator: Generator | None = None) -> Tensor:
        """Every element drawn from the normal distribution."""
        draws = (generator or default_generator).normal(self.array.shape, mean, std, self.array.dtype)
        inplace.setitem(self, ..., draws)
        return self

    def bernoulli_(self, p: Any = 0.5, *, generator: Generator | None = None) -> Tensor:
        """Every element 1 with probability `p`, else 0."""
        inplace.setitem(self, ..., (generator or default_generator).bernoulli(p, self.array.shape))
        return self

    add_ = _in_place(arithmetic.add)
    sub_ = _in_place(arithmetic.sub)
    mul_ = _in_place(arithmetic.mul)
    div_ = _in_place(arithmetic.div)
    pow_ = _in_place(arithmetic.pow)
    neg_ = _in_place(elementwise.neg)
    abs_ = _in_place(elementwise.abs)
    sqrt_ = _in_place(elementwise.sqrt)
    rsqrt_ = _in_place(elementwise.rsqrt)
    reciprocal_ = _in_place(elementwise.reciprocal)
    exp_ = _in_place(elementwise.exp)
    log_ = _in_place(elementwise.log)
    sin_ = _in_place(elementwise.sin)
    cos_ = _in_place(elementwise.cos)
    tanh_ = _in_place(elementwise.tanh)
    sigmoid_ = _in_place(elementwise.sigmoid)
    relu_ = _in_place(elementwise.relu)
    square_ = _in_place(elementwise.square)
    floor_ = _in_place(elementwise.floor)
    ceil_ = _in_place(elementwise.ceil)
    round_ = _in_place(elementwise.round)
    clamp_ = _in_place(arithmetic.clamp)
    remainder_ = _in_place(arithmetic.remainder)
    scatter_add_ = _in_place(indexing.scatter_add)


set_tensor_type(Tensor)
