"""Arithmetic of two tensors, or of a tensor and numbers, with broadcasting and PyTorch's promotion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd import promotion
from ..autograd.derivatives import arithmetic as rows
from ..autograd.derivatives import elementwise
from ..autograd.graph import Variable, wrap
from ..autograd.record import binary, record

if TYPE_CHECKING:
    from ..tensor import Tensor

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "arctan2",
    "atan2",
    "clamp",
    "clamp_max",
    "clamp_min",
    "clip",
    "copysign",
    "div",
    "divide",
    "fill",
    "float_power",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "heaviside",
    "hypot",
    "ldexp",
    "lerp",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "pow",
    "remainder",
    "rsub",
    "sub",
    "subtract",
    "true_divide",
    "where",
]

Number = bool | int | float


def add(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input + alpha * other, as torch.add.

    >>> torch.add(torch.tensor([1.0, 2.0]), 10, alpha=2)
    tensor([21., 22.])
    """
    return binary(rows.add, input, other if alpha == 1 else _times("add", input, other, alpha))


def sub(input: Tensor | Number, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """input - alpha * other, as torch.sub."""
    return binary(rows.sub, input, other if alpha == 1 else _times("sub", input, other, alpha))


def rsub(input: Tensor, other: Tensor | Number, *, alpha: Number = 1) -> Tensor:
    """other - alpha * input, as torch.rsub."""
    require_tensors("rsub", input)
    return binary(rows.sub, other, input if alpha == 1 else _times("rsub", other, input, alpha))


def _times(name: str, input: Any, other: Any, alpha: Any) -> Any:
    if not promotion.is_number(alpha):
        raise TypeError(f"{name}(): alpha must be a number, got {type(alpha).__name__}")
    if isinstance(alpha, float) and promotion.result_type(input, other).kind != "f":
        raise RuntimeError(f"{name}(): alpha = {alpha} is a float, but the tensors are integers; write .float()")
    return other * alpha


def mul(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input * other, element by element, as torch.mul."""
    return binary(rows.mul, input, other)


def div(input: Tensor | Number, other: Tensor | Number, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; with rounding_mode "trunc" rounded toward zero, with "floor" down. As torch.div.

    >>> torch.div(torch.tensor([7.0, -7.0]), 2, rounding_mode="floor")
    tensor([ 3., -4.])
    """
    if rounding_mode is None:
        return binary(rows.div, input, other)
    if rounding_mode == "floor":
        return floor_divide(input, other)
    if rounding_mode == "trunc":
        if promotion.result_type(input, other).kind == "f":
            return binary(rows.trunc_divide, input, other)
        down = floor_divide(input, other)
        return add(down, (down < 0) & (down * other != input))
    raise RuntimeError(f'div(): expected rounding_mode to be one of None, "trunc" or "floor", got {rounding_mode!r}')


def true_divide(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input / other, as torch.true_divide."""
    return binary(rows.div, input, other)


def floor_divide(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input / other rounded down; the gradient is 0 (PyTorch has none). As torch.floor_divide."""
    _require_divisible("floor_divide", input, other)
    return binary(rows.floor_divide, input, other)


def remainder(input: Tensor | Number, other: Tensor | Number) -> Tensor:
    """input - other * floor(input / other), with the sign of `other`; as torch.remainder and Python's %."""
    _require_divisible("remainder", input, other)
    return binary(rows.remainder, input, other)


def fmod(input: Tensor, other: Tensor | Number) -> Tensor:
    """input - other * trunc(input / other), with the sign of `input`; as torch.fmod.

    >>> torch.fmod(torch.tensor([5.0, -5.0]), 3)
    tensor([ 2., -2.])
    """
    require_tensors("fmod", input)
    _require_divisible("fmod", input, other)
    return binary(rows.fmod, input, other)


def _require_divisible(name: str, input: Any, other: Any) -> None:
    """PyTorch's refusals: booleans are not divided with a rest, nor integers by 0."""
    for x in (input, other):
        if isinstance(x, float) or (isinstance(x, Variable | np.ndarray) and x.dtype.kind == "f"):
            return
    dividend, divisor = np.asarray(rows.plain(input)), np.asarray(rows.plain(other))
    if dividend.dtype.kind == divisor.dtype.kind == "b":
        raise NotImplementedError(f"{name}(): not implemented for booleans; write .int()")
    if not divisor.all():
        raise RuntimeError(f"{name}(): ZeroDivisionError: integers divided by 0; write .float() for inf and nan")


def pow(input: Tensor | Number, exponent: Tensor | Number) -> Tensor:
    """input to the power of `exponent`, as torch.pow. The gradient of x**0 is 0 everywhere, also at x = 0.

    >>> torch.pow(torch.tensor([1.0, 2.0, 3.0]), 2)
    tensor([1., 4., 9.])
    """
    return binary(rows.pow, input, exponent)


def float_power(input: Tensor | Number, exponent: Tensor | Number) -> Tensor:
    """`pow` in float64, whatever the dtypes are; as torch.float_power.

    >>> torch.float_power(torch.tensor([2, 4]), -1)
    tensor([0.5000, 0.2500], dtype=torch.float64)
    """
    a, b = [float(x) if isinstance(x, Number) else promotion.as_operand(rows.pow, x) for x in (input, exponent)]
    if isinstance(a, float) and isinstance(b, float):
        raise TypeError("float_power(): expected a Tensor among its operands, got two numbers")
    return binary(rows.pow, *[x if isinstance(x, float) else x.to(np.float64) for x in (a, b)])


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input * 2**other, as torch.ldexp; the gradient is right for negative integers too, where PyTorch's is 0."""
    require_tensors("ldexp", input, other)
    dtype = promotion.result_type(input, other)
    power = binary(rows.pow, 2.0, _cast(other, dtype if dtype.kind == "f" else promotion.get_default_dtype()))
    return binary(rows.mul, input, power)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair of elements, nan if one is; a tie gives each half of the gradient. As torch.maximum."""
    require_tensors("maximum", input, other)
    return binary(rows.maximum, input, other)


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair of elements, nan if one is; a tie gives each half of the gradient. As torch.minimum."""
    require_tensors("minimum", input, other)
    return binary(rows.minimum, input, other)


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair, a number rather than nan; a tie gives its gradient to `input`. As torch.fmax.

    >>> torch.fmax(torch.tensor([1.0, float("nan")]), torch.tensor([0.0, 2.0]))
    tensor([1., 2.])
    """
    require_tensors("fmax", input, other)
    return binary(rows.fmax, input, other)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair, a number rather than nan; a tie gives its gradient to `input`. As torch.fmin."""
    require_tensors("fmin", input, other)
    return binary(rows.fmin, input, other)


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle in radians of the points (other, input), in [-pi, pi]; as torch.atan2."""
    require_tensors("atan2", input, other)
    return binary(rows.atan2, input, other)


def hypot(input: Tensor, other: Tensor) -> Tensor:
    """sqrt(input^2 + other^2) without overflow; its gradient at (0, 0) is nan. As torch.hypot."""
    require_tensors("hypot", input, other)
    require_floats("hypot", input, other)
    return binary(rows.hypot, input, other)


def copysign(input: Tensor, other: Tensor | Number) -> Tensor:
    """The size of `input` with the sign of `other`, of zeros and nan too; as torch.copysign."""
    require_tensors("copysign", input)
    return binary(rows.copysign, input, other)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 where input < 0, 1 where it is above, `values` where it is 0. As torch.heaviside.

    PyTorch has no gradient for it; here that of `input` is 0, and `values` gets what is where input is 0.

    >>> torch.heaviside(torch.tensor([-2.0, 0.0, 3.0]), torch.tensor(0.5))
    tensor([0.0000, 0.5000, 1.0000])
    """
    require_tensors("heaviside", input, values)
    if input.dtype != values.dtype:
        raise RuntimeError(f"heaviside(): both must have the same dtype, got {input.dtype} and {values.dtype}")
    return binary(rows.heaviside, input, values)


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value * tensor1 * tensor2, as torch.addcmul."""
    return _add_scaled(rows.add_product, input, tensor1, tensor2, value)


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1) -> Tensor:
    """input + value * tensor1 / tensor2, as torch.addcdiv; RuntimeError where both of these are integers."""
    if all(isinstance(x, Variable) and x.dtype.kind != "f" for x in (tensor1, tensor2)):
        raise RuntimeError(f"addcdiv(): integers ({tensor1.dtype} / {tensor2.dtype}) are not divided; write .float()")
    return _add_scaled(rows.add_quotient, input, tensor1, tensor2, value)


def _add_scaled(op: Any, input: Tensor, tensor1: Tensor, tensor2: Tensor, value: Any) -> Tensor:
    require_tensors(op.name, input, tensor1, tensor2)
    dtype = promotion.result_type(input, tensor1, tensor2)
    if dtype.kind == "b":
        raise NotImplementedError(f"{op.name}(): not implemented for booleans; write .int()")
    factor = float(value) if dtype.kind == "f" else int(value)
    return record(op, [_cast(x, dtype) for x in (input, tensor1, tensor2)], {"value": factor})


def lerp(input: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """input + weight * (end - input): `input` at weight 0, `end` at 1. As torch.lerp.

    >>> torch.lerp(torch.tensor([0.0, 10.0]), torch.tensor([1.0, 20.0]), 0.25)
    tensor([ 0.2500, 12.5000])
    """
    require_tensors("lerp", input, end)
    for x in (end, weight):
        if isinstance(x, Variable) and x.dtype != input.dtype and not (x is weight and x.ndim == 0):
            raise RuntimeError(f"lerp(): expected dtype {input.dtype}, as of the input, but got {x.dtype}")
    if input.dtype.kind != "f":
        raise NotImplementedError(f"lerp(): not implemented for {input.dtype}; write .float()")
    if not isinstance(weight, Variable) and not promotion.is_number(weight):
        raise TypeError(f"lerp(): weight must be a Tensor or a number, got {type(weight).__name__}")
    return record(
        rows.lerp, (input, end, _cast(weight, input.dtype) if isinstance(weight, Variable) else float(weight)), {}
    )


def clamp(input: Tensor, min: Tensor | Number | None = None, max: Tensor | Number | None = None) -> Tensor:
    """Every element brought within [min, max], two numbers or two tensors; on a bound the gradient is the input's.

    The gradient of an element beyond a bound goes to the bound, if that is a tensor. As torch.clamp.

    >>> torch.clamp(torch.tensor([-2.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    bounds = [bound for bound in (min, max) if bound is not None]
    if not bounds:
        raise RuntimeError("clamp(): at least one of 'min' or 'max' must not be None")
    require_tensors("clamp", input)
    if any(promotion.is_number(x) for x in bounds) and any(isinstance(x, Variable) and x.ndim for x in bounds):
        raise TypeError("clamp(): min and max must be two numbers or two Tensors, not one of each; write tensor(...)")
    given = [x if promotion.is_number(x) else promotion.as_operand(elementwise.clamp, x) for x in (input, *bounds)]
    dtype = promotion.result_type(*given)
    if dtype.kind == "b" and any(promotion.is_number(x) for x in bounds):
        raise NotImplementedError("clamp(): not implemented for booleans; write .int()")
    x, *ends = [_cast(x, dtype) if isinstance(x, Variable) else x for x in given]
    low, high = (None if min is None else ends[0]), (None if max is None else ends[-1])
    return record(elementwise.clamp, (x, low, high), {})


def clamp_min(input: Tensor, min: Tensor | Number) -> Tensor:
    """Every element at least `min`, as torch.clamp_min."""
    return clamp(input, min)


def clamp_max(input: Tensor, max: Tensor | Number) -> Tensor:
    """Every element at most `max`, as torch.clamp_max."""
    return clamp(input, None, max)


def fill(input: Tensor, value: Tensor | Number) -> Tensor:
    """A tensor like `input` of `value` alone, a number or a 0-d tensor, which gets the gradient. As torch.fill."""
    require_tensors("fill", input)
    if isinstance(value, Variable) and value.ndim:
        raise RuntimeError(f"fill(): only a 0-dimension value tensor is supported, got shape {tuple(value.shape)}")
    return record(rows.fill, (input, value), {})


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """`input` where `condition` holds, else `other`; with the condition alone, its true positions. As torch.where.

    The gradient of the branch that was not taken is 0, but it still runs through that branch: `where(x > 0,
    x.sqrt(), 0)` has the gradient nan at 0 and below, as in PyTorch. Inside `autograd.safe_where` it is 0.

    >>> torch.where(torch.tensor([True, False]), torch.tensor([1.0, 2.0]), 0.0)
    tensor([1., 0.])
    """
    if not isinstance(condition, Variable | np.ndarray):
        raise TypeError(f"where(): expected condition to be a Tensor, got {type(condition).__name__}")
    mask = rows.plain(condition)
    if input is None and other is None:
        return tuple(wrap(at) for at in np.nonzero(np.atleast_1d(mask)))
    if mask.dtype == np.uint8:
        mask = mask.astype(bool)
    if mask.dtype != bool:
        raise RuntimeError(f"where(): expected condition to be a boolean tensor, but got {mask.dtype}")
    operands = [wrap(x) if isinstance(x, np.ndarray) else x for x in (input, other)]
    dtype = promotion.result_type(*operands)
    a, b = [wrap(np.asarray(x, dtype)) if promotion.is_number(x) else x.to(dtype) for x in operands]
    return record(rows.select, (a, b), {"condition": mask})


def require_tensors(name: str, *operands: Any) -> None:
    """TypeError where one of `operands` is no Tensor; a NumPy array will do."""
    for x in operands:
        if not isinstance(x, Variable | np.ndarray):
            raise TypeError(f"{name}(): expected a Tensor, got {type(x).__name__}; write tensor(...) around it")


def require_floats(name: str, *operands: Any) -> None:
    """NotImplementedError where all of `operands` are integers or booleans."""
    if all(x.dtype.kind != "f" for x in operands):
        raise NotImplementedError(f"{name}(): not implemented for {operands[0].dtype}; write .float()")


def _cast(x: Tensor, dtype: Any) -> Tensor:
    return x if x.dtype == dtype else x.to(dtype)


# PyTorch's second names
subtract, multiply, divide, arctan2, clip = sub, mul, div, atan2, clamp
