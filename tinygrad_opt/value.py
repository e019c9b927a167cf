"""The scalar engine: one number that remembers how it was computed.

Every operation makes a new `Value` that holds its result, the Values it was computed from, and its local slopes: the
derivative of the result with respect to each of those Values. The slopes are worked out at once, so `backward()` needs
only the chain rule. A Value links to what it came from and never the other way, so a dropped graph is freed at once.

Where Python's `math` would raise, results are those of IEEE floats; at kinks, gradients are those of PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable


def _ieee(function: Callable[[float], float], pole: float | None = None) -> Callable[[float], float]:
    """`function` made to return -inf at its `pole`, nan off its domain and infinity past the largest float."""

    def total(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return -math.inf if x == pole else math.nan
        except OverflowError:
            return math.copysign(math.inf, x)

    return total


_exp, _expm1, _log, _log1p = _ieee(math.exp), _ieee(math.expm1), _ieee(math.log, pole=0), _ieee(math.log1p, pole=-1)
_sin, _cos, _tan, _asin, _acos = map(_ieee, (math.sin, math.cos, math.tan, math.asin, math.acos))
_sqrt, _sinh, _cosh = map(_ieee, (math.sqrt, math.sinh, math.cosh))


def _sigmoid(x: float) -> float:
    return 1 / (1 + _exp(-x))


def _divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return x * math.copysign(math.inf, y)


def _power(x: float, y: float) -> float:
    try:
        power = math.pow(x, y)
    except (ValueError, OverflowError):
        if x < 0 and y % 1 != 0:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
    return x**y if isinstance(x, int) and isinstance(y, int) and y >= 0 else power  # whole numbers stay whole


def _unary(op: str, f: Callable[[float], float], slope: Callable[[float, float], float]) -> Callable[[Value], Value]:
    """The method that applies `f`, whose derivative where f(x) = y is `slope(x, y)`."""

    def method(self: Value) -> Value:
        y = f(self.data)
        return _node(y, op, (self,), (slope(self.data, y),))

    method.__name__ = op
    method.__doc__ = f"The {op} of this number; where that is not finite or has a kink, see the module."
    return method


class Value:
    """One number in a computation and, after `backward()`, the derivative of the final result with respect to it.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> c = (a * b + 10).relu()
    >>> c.backward()
    >>> c, a, b
    (Value(data=4.0, grad=1), Value(data=2.0, grad=-3.0), Value(data=-3.0, grad=2.0))
    """

    # __dict__ lets any further attribute be set; the named slots make a Value quick to create and to read.
    __slots__ = ("__dict__", "__weakref__", "_op", "_prev", "_slopes", "data", "grad")

    data: float
    grad: float
    _prev: tuple[Value, ...]  # what the number was computed from; empty for a leaf
    _slopes: tuple[float, ...]  # _slopes[i] is the derivative with respect to _prev[i]
    _op: str
    label = ""

    __array_ufunc__ = None  # a NumPy scalar on the left leaves the operation to Value

    def __init__(self, data: float, _children: Iterable[Value] = (), _op: str = "") -> None:
        number = _number(data)
        if number is None:
            raise TypeError(f"a Value holds one number, got {type(data).__name__}")
        self.data = number
        self.grad = 0
        self._prev = tuple(_children)
        self._slopes = ()
        self._op = _op

    def backward(self) -> None:
        """Add to the `grad` of every leaf the derivative of this Value with respect to it.

        Leaves accumulate from call to call until their `grad` is set to 0; all other Values start afresh.

        >>> x = Value(3.0)
        >>> y = x**2 + x
        >>> y.backward()
        >>> x.grad
        7.0
        """
        order: dict[Value, None] = {}  # a dict as an ordered set: each node after all it was computed from
        seen: set[Value] = set()
        earlier: dict[Value, float] = {}  # what leaves gathered in earlier calls
        stack = [self]
        while stack:  # depth first, without recursion so that no graph is too deep
            node = stack.pop()
            if node in seen:
                order[node] = None
            else:
                seen.add(node)
                if not node._prev:
                    earlier[node] = node.grad
                node.grad = 0
                stack.append(node)  # back on top once everything pushed next is in order
                stack += node._prev

        self.grad = 1
        for node in reversed(order):
            grad = node.grad
            for parent, slope in zip(node._prev, node._slopes):  # noqa: B905 (slopes may be fewer, see _node)
                parent.grad += slope * grad
            if not node._slopes and "_backward" in node.__dict__:  # a node made by hand, as in micrograd's lecture
                node.__dict__["_backward"]()
        for leaf, grad in earlier.items():
            leaf.grad += grad

    def __add__(self, other: Value | float) -> Value:
        right = other if type(other) is Value else _lift(other)
        if right is None:
            return NotImplemented
        return _node(self.data + right.data, "+", (self, right), (1, 1))

    def __sub__(self, other: Value | float) -> Value:
        right = other if type(other) is Value else _lift(other)
        if right is None:
            return NotImplemented
        return _node(self.data - right.data, "-", (self, right), (1, -1))

    def __mul__(self, other: Value | float) -> Value:
        right = other if type(other) is Value else _lift(other)
        if right is None:
            return NotImplemented
        return _node(self.data * right.data, "*", (self, right), (right.data, self.data))

    def __truediv__(self, other: Value | float) -> Value:
        right = other if type(other) is Value else _lift(other)
        if right is None:
            return NotImplemented
        y = _divide(self.data, right.data)
        return _node(y, "/", (self, right), (_divide(1, right.data), -_divide(y, right.data)))

    def __pow__(self, other: Value | float) -> Value:
        right = _lift(other)
        if right is None:
            return NotImplemented
        x, n = self.data, right.data
        y = _power(x, n)
        x_slope = n * _power(x, n - 1) if n != 0 else 0
        if right is not other:  # a plain number
            return _node(y, f"**{n}", (self,), (x_slope,))
        n_slope = 0 if x == 0 and n >= 0 else y * _log(x)
        return _node(y, "**", (self, right), (x_slope, n_slope))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Value:
        return NotImplemented if (left := _lift(other)) is None else left - self

    def __rtruediv__(self, other: float) -> Value:
        return NotImplemented if (left := _lift(other)) is None else left / self

    def __rpow__(self, other: float) -> Value:
        return NotImplemented if (left := _lift(other)) is None else left**self

    def __neg__(self) -> Value:
        return _node(-self.data, "neg", (self,), (-1,))

    @staticmethod
    def dot(xs: Iterable[Value | float], ys: Iterable[Value | float]) -> Value:
        """`x0*y0 + x1*y1 + ...` as one node, several times faster than a node for each product and sum."""
        left = [x if type(x) is Value else _value(x) for x in xs]
        right = [y if type(y) is Value else _value(y) for y in ys]
        left_data = [x.data for x in left]
        right_data = [y.data for y in right]
        products = [x * y for x, y in zip(left_data, right_data, strict=True)]
        return _node(sum(products), "dot", (*left, *right), (*right_data, *left_data))

    # Each operation of one number, with its slope where f(x) = y.
    exp = _unary("exp", _exp, lambda x, y: y)
    expm1 = _unary("expm1", _expm1, lambda x, y: _exp(x))
    log = _unary("log", _log, lambda x, y: _divide(1, x))
    log1p = _unary("log1p", _log1p, lambda x, y: _divide(1, 1 + x))
    sqrt = _unary("sqrt", _sqrt, lambda x, y: _divide(0.5, y))
    sin = _unary("sin", _sin, lambda x, y: _cos(x))
    cos = _unary("cos", _cos, lambda x, y: -_sin(x))
    tan = _unary("tan", _tan, lambda x, y: 1 + y * y)
    asin = _unary("asin", _asin, lambda x, y: _divide(1, _sqrt(1 - x * x)))
    acos = _unary("acos", _acos, lambda x, y: -_divide(1, _sqrt(1 - x * x)))
    atan = _unary("atan", math.atan, lambda x, y: 1 / (1 + x * x))
    sinh = _unary("sinh", _sinh, lambda x, y: _cosh(abs(x)))
    cosh = _unary("cosh", lambda x: _cosh(abs(x)), lambda x, y: _sinh(x))
    tanh = _unary("tanh", math.tanh, lambda x, y: 1 - y * y)
    sigmoid = _unary("sigmoid", _sigmoid, lambda x, y: y * (1 - y))
    abs = __abs__ = _unary("abs", abs, lambda x, y: (x > 0) - (x < 0))

    def relu(self) -> Value:
        """max(x, 0), with the slope 0 at 0."""
        x = self.data
        return _node(0 if x < 0 else x, "ReLU", (self,), () if x <= 0 else (1,))

    def leaky_relu(self, negative_slope: float = 0.01) -> Value:
        """x above 0, and `negative_slope * x` below and at 0."""
        slope = 1 if self.data > 0 else negative_slope
        return _node(slope * self.data, "leaky_relu", (self,), (slope,))

    def softplus(self, beta: float = 1, threshold: float = 20) -> Value:
        """`log(1 + exp(beta * x)) / beta`, and `x` itself where `beta * x` is above `threshold`."""
        x = self.data
        if beta * x > threshold:
            return _node(x, "softplus", (self,), (1,))
        return _node(math.log1p(_exp(beta * x)) / beta, "softplus", (self,), (_sigmoid(beta * x),))

    def max(self, other: Value | float) -> Value:
        """The larger of two; when they are equal, each receives half of the gradient."""
        right = _value(other)
        return _pick("max", self, right) if self.data > right.data else _pick("max", right, self)

    def min(self, other: Value | float) -> Value:
        """The smaller of two; when they are equal, each receives half of the gradient."""
        right = _value(other)
        return _pick("min", self, right) if self.data < right.data else _pick("min", right, self)

    # Values compare by number but hash by identity, as tensors do: equal ones stay apart in sets and dicts.
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return NotImplemented if (right := _lift(other)) is None else self.data == right.data

    def __lt__(self, other: Value | float) -> bool:
        return NotImplemented if (right := _lift(other)) is None else self.data < right.data

    def __le__(self, other: Value | float) -> bool:
        return NotImplemented if (right := _lift(other)) is None else self.data <= right.data

    def __gt__(self, other: Value | float) -> bool:
        return NotImplemented if (right := _lift(other)) is None else self.data > right.data

    def __ge__(self, other: Value | float) -> bool:
        return NotImplemented if (right := _lift(other)) is None else self.data >= right.data

    def __float__(self) -> float:
        raise TypeError("a Value does not become a plain number by itself, as its graph would be lost: write .data")

    __int__ = __float__

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"


_new = object.__new__


def _node(data: float, op: str, prev: tuple[Value, ...], slopes: tuple[float, ...]) -> Value:
    """The result of an operation. Runs once for each, hence without the checks of `Value.__init__`.

    Where `slopes` are fewer than `prev`, the rest of `prev` gets no gradient: not even the nan that a slope of 0
    would make of an infinite one.
    """
    out = _new(Value)
    out.data = data
    out.grad = 0
    out._prev = prev
    out._slopes = slopes
    out._op = op
    return out


def _pick(op: str, winner: Value, loser: Value) -> Value:
    """The result of max or min: nan if either is nan, as neither wins then."""
    if math.isnan(winner.data) or math.isnan(loser.data):
        return _node(math.nan, op, (winner, loser), (1, 1))
    return _node(winner.data, op, (winner, loser), (0.5, 0.5) if winner.data == loser.data else (1,))


def _number(x: object) -> float | None:
    """`x` as a Python number, which for a NumPy scalar is the one it holds; None if it is not a number."""
    if getattr(x, "shape", None) == () and not hasattr(x, "backward"):  # a tensor would lose its graph
        x = x.item()  # type: ignore[attr-defined]
    return x if isinstance(x, int | float) else None


def _lift(x: object) -> Value | None:
    """`x` itself if it is a Value, a new leaf if it is a number, else None."""
    if isinstance(x, Value):
        return x
    number = _number(x)
    return None if number is None else _node(number, "", (), ())


def _value(x: object) -> Value:
    """`x` as a Value, or TypeError."""
    value = _lift(x)
    if value is None:
        raise TypeError(f"expected a Value or a number, got {type(x).__name__}")
    return value
