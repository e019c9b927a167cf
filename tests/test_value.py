"""Value: every operation against `math` and finite differences, its kinks, and the engine's promises."""

from __future__ import annotations

import copy
import gc
import math
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tinygrad_opt.value import Value

inf, nan = math.inf, math.nan

# name, the method, the same function of a float, points inside its domain and off its kinks
UNARY: list[tuple[str, Callable[[Value], Value], Callable[[float], float], list[float]]] = [
    ("exp", lambda v: v.exp(), math.exp, [-3.0, 0.0, 1.5]),
    ("expm1", lambda v: v.expm1(), math.expm1, [-3.0, 1e-9, 1.5]),
    ("log", lambda v: v.log(), math.log, [0.1, 1.0, 7.5]),
    ("log1p", lambda v: v.log1p(), math.log1p, [-0.9, 1e-9, 7.5]),
    ("sqrt", lambda v: v.sqrt(), math.sqrt, [0.2, 1.0, 9.0]),
    ("sin", lambda v: v.sin(), math.sin, [-2.0, 0.0, 1.0]),
    ("cos", lambda v: v.cos(), math.cos, [-2.0, 0.0, 1.0]),
    ("tan", lambda v: v.tan(), math.tan, [-1.2, 0.0, 1.0]),
    ("asin", lambda v: v.asin(), math.asin, [-0.9, 0.0, 0.5]),
    ("acos", lambda v: v.acos(), math.acos, [-0.9, 0.0, 0.5]),
    ("atan", lambda v: v.atan(), math.atan, [-5.0, 0.0, 0.5]),
    ("sinh", lambda v: v.sinh(), math.sinh, [-2.0, 0.0, 0.5]),
    ("cosh", lambda v: v.cosh(), math.cosh, [-2.0, 0.0, 0.5]),
    ("tanh", lambda v: v.tanh(), math.tanh, [-2.0, 0.0, 0.5]),
    ("sigmoid", lambda v: v.sigmoid(), lambda x: 1 / (1 + math.exp(-x)), [-4.0, 0.0, 0.5]),
    ("softplus", lambda v: v.softplus(), lambda x: math.log1p(math.exp(x)), [-4.0, 0.0, 5.0]),
    ("softplus", lambda v: v.softplus(beta=2), lambda x: math.log1p(math.exp(2 * x)) / 2, [-4.0, 0.0, 5.0]),
    ("ReLU", lambda v: v.relu(), lambda x: max(x, 0.0), [-4.0, 0.5]),
    ("leaky_relu", lambda v: v.leaky_relu(), lambda x: max(x, 0.01 * x), [-4.0, 0.5]),
    ("leaky_relu", lambda v: v.leaky_relu(0.2), lambda x: max(x, 0.2 * x), [-4.0, 0.5]),
    ("abs", lambda v: v.abs(), abs, [-4.0, 0.5]),
    ("abs", abs, abs, [-4.0, 0.5]),
    ("neg", lambda v: -v, lambda x: -x, [-4.0, 0.5]),
    ("**2", lambda v: v**2, lambda x: x**2, [-4.0, 0.0, 0.5]),
    ("**-1.5", lambda v: v**-1.5, lambda x: x**-1.5, [0.5, 3.0]),
]
UNARY_CASES = [(op, f, g, x) for op, f, g, points in UNARY for x in points]

BINARY: list[tuple[str, Callable[[Any, Any], Any], list[tuple[float, float]]]] = [
    ("+", lambda x, y: x + y, [(2.0, -3.0), (0.0, 1.5)]),
    ("-", lambda x, y: x - y, [(2.0, -3.0), (0.0, 1.5)]),
    ("*", lambda x, y: x * y, [(2.0, -3.0), (0.0, 1.5)]),
    ("/", lambda x, y: x / y, [(2.0, -3.0), (0.0, 1.5)]),
    ("**", lambda x, y: x**y, [(2.0, -3.0), (0.5, 1.5)]),
]
BINARY_CASES = [(op, f, x, y) for op, f, points in BINARY for x, y in points]


def difference(f: Callable[[float], float], x: float) -> float:
    """The derivative of f at x by central differences."""
    h = 1e-6
    return (f(x + h) - f(x - h)) / (2 * h)


def value_and_slope(f: Callable[[Value], Value], x: float) -> tuple[float, float]:
    v = Value(x)
    y = f(v)
    y.backward()
    return y.data, v.grad


def same(actual: tuple[float, ...], expected: tuple[float, ...]) -> bool:
    """Equal, where nan equals nan."""
    return all(a == e or (a != a and e != e) for a, e in zip(actual, expected, strict=True))


@pytest.fixture
def without_garbage_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


# Operations


@pytest.mark.parametrize(("op", "f", "g", "x"), UNARY_CASES)
def test_an_operation_of_one_number_gives_the_result_and_the_slope(
    op: str, f: Callable[[Value], Value], g: Callable[[float], float], x: float
) -> None:
    data, grad = value_and_slope(f, x)
    assert data == pytest.approx(g(x), rel=1e-14, abs=1e-300)
    assert grad == pytest.approx(difference(g, x), rel=1e-6, abs=1e-8)
    assert f(Value(x))._op == op


@pytest.mark.parametrize(("op", "f", "x", "y"), BINARY_CASES)
def test_an_operation_of_two_values_gives_the_result_and_both_slopes(
    op: str, f: Callable[[Any, Any], Any], x: float, y: float
) -> None:
    a, b = Value(x), Value(y)
    out = f(a, b)
    out.backward()
    assert out.data == f(x, y)
    assert a.grad == pytest.approx(difference(lambda x: f(x, y), x), rel=1e-6)
    assert b.grad == pytest.approx(difference(lambda y: f(x, y), y), rel=1e-6)
    assert out._op == op
    assert out._prev == (a, b)


@pytest.mark.parametrize(("op", "f", "x", "y"), BINARY_CASES)
def test_a_plain_number_may_stand_on_either_side(op: str, f: Callable[[Any, Any], Any], x: float, y: float) -> None:
    assert value_and_slope(lambda a: f(a, y), x) == pytest.approx((f(x, y), difference(lambda x: f(x, y), x)), rel=1e-6)
    assert value_and_slope(lambda b: f(x, b), y) == pytest.approx((f(x, y), difference(lambda y: f(x, y), y)), rel=1e-6)


@pytest.mark.parametrize(
    ("x", "y", "larger", "x_slope"), [(2.0, -3.0, 2.0, 1), (-3.0, 2.0, 2.0, 0), (2.0, 2.0, 2.0, 0.5)]
)
def test_max_and_min_pass_the_gradient_to_the_one_they_pick(x: float, y: float, larger: float, x_slope: float) -> None:
    a, b = Value(x), Value(y)
    a.max(b).backward()
    assert (a.max(b).data, a.grad, b.grad) == (larger, x_slope, 1 - x_slope)
    c, d = Value(-x), Value(-y)
    c.min(d).backward()
    assert (c.min(d).data, c.grad, d.grad) == (-larger, x_slope, 1 - x_slope)


def test_max_and_min_take_plain_numbers() -> None:
    assert value_and_slope(lambda v: v.max(0), -2.0) == (0, 0)
    assert value_and_slope(lambda v: v.max(0), 3.0) == (3.0, 1)
    assert value_and_slope(lambda v: v.min(1.5), 3.0) == (1.5, 0)


def test_dot_sums_the_products_in_one_node() -> None:
    xs, ys = [Value(1.0), Value(2.0)], [Value(-3.0), Value(4.0)]
    out = Value.dot(xs, ys)
    out.backward()
    assert out.data == 5.0
    assert [x.grad for x in xs] == [-3.0, 4.0]
    assert [y.grad for y in ys] == [1.0, 2.0]
    assert (out._op, out._prev) == ("dot", (*xs, *ys))


def test_dot_takes_numbers_and_iterators() -> None:
    x = Value(2.0)
    out = Value.dot((v for v in (x, 3)), (np.float64(0.5), x))
    out.backward()
    assert (out.data, x.grad) == (7.0, 3.5)


def test_dot_of_different_lengths_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Value.dot([1, 2], [Value(1.0)])


def test_sum_adds_values() -> None:
    values = [Value(float(i)) for i in range(4)]
    total = sum(values)
    assert isinstance(total, Value)
    total.backward()
    assert total.data == 6.0
    assert [v.grad for v in values] == [1, 1, 1, 1]


def test_augmented_assignment_makes_a_new_value() -> None:
    x = Value(3.0)
    y = x
    y += 1
    y *= x
    y -= 2
    y /= 5
    y **= 2
    y.backward()
    assert (x.data, y.data) == (3.0, 4.0)
    assert x.grad == pytest.approx(2 * 2 * (2 * 3 + 1) / 5)


def test_the_readme_expression_of_micrograd_gives_its_numbers() -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


# Kinks and the edges of domains


@pytest.mark.parametrize(
    ("f", "x", "data", "grad"),
    [
        (lambda v: v.relu(), 0.0, 0.0, 0),
        (lambda v: v.relu(), -0.0, 0.0, 0),
        (lambda v: v.leaky_relu(), 0.0, 0.0, 0.01),
        (lambda v: v.leaky_relu(0.3), 0.0, 0.0, 0.3),
        (lambda v: v.abs(), 0.0, 0.0, 0),
        (lambda v: v.max(0), 0.0, 0.0, 0.5),
        (lambda v: v.min(0), 0.0, 0.0, 0.5),
        (lambda v: v.max(1), nan, nan, 1),
        (lambda v: v.min(nan), 1.0, nan, 1),
        (lambda v: v**0, 0.0, 1.0, 0),
        (lambda v: v**0, 3.0, 1.0, 0),
        (lambda v: v**1, 0.0, 0.0, 1.0),
        (lambda v: v**0.5, 0.0, 0.0, inf),
        (lambda v: v**-1, 0.0, inf, -inf),
        (lambda v: v**-1, -0.0, -inf, -inf),
        (lambda v: v**0.5, -2.0, nan, nan),
        (lambda v: v**401, -10.0, -inf, inf),
        (lambda v: v**400, -10.0, inf, -inf),
        (lambda v: 0**v, 2.0, 0.0, 0),
        (lambda v: 0**v, 0.0, 1.0, 0),
        (lambda v: 0**v, -1.0, inf, -inf),
        (lambda v: (-2) ** v, 2.0, 4.0, nan),
        (lambda v: 1 / v, 0.0, inf, -inf),
        (lambda v: 1 / v, -0.0, -inf, -inf),
        (lambda v: v / 0, -1.0, -inf, inf),
        (lambda v: v / 0.0, 0.0, nan, inf),
        (lambda v: v.sqrt(), 0.0, 0.0, inf),
        (lambda v: v.sqrt(), -1.0, nan, nan),
        (lambda v: v.log(), 0.0, -inf, inf),
        (lambda v: v.log(), -2.0, nan, -0.5),
        (lambda v: v.log1p(), -1.0, -inf, inf),
        (lambda v: v.log1p(), -3.0, nan, -0.5),
        (lambda v: v.exp(), 1000.0, inf, inf),
        (lambda v: v.exp(), -1000.0, 0.0, 0.0),
        (lambda v: v.expm1(), 1000.0, inf, inf),
        (lambda v: v.sinh(), -1000.0, -inf, inf),
        (lambda v: v.cosh(), -1000.0, inf, -inf),
        (lambda v: v.tanh(), 1000.0, 1.0, 0.0),
        (lambda v: v.tanh(), -1000.0, -1.0, 0.0),
        (lambda v: v.sigmoid(), 1000.0, 1.0, 0.0),
        (lambda v: v.sigmoid(), -1000.0, 0.0, 0.0),
        (lambda v: v.softplus(), 1000.0, 1000.0, 1),
        (lambda v: v.softplus(), -1000.0, 0.0, 0.0),
        (lambda v: v.softplus(threshold=2), 2.5, 2.5, 1),
        (lambda v: v.asin(), 1.0, math.pi / 2, inf),
        (lambda v: v.acos(), 1.0, 0.0, -inf),
        (lambda v: v.asin(), 2.0, nan, nan),
        (lambda v: v.sin(), inf, nan, nan),
    ],
)
def test_kinks_and_edges_follow_pytorch(f: Callable[[Value], Value], x: float, data: float, grad: float) -> None:
    assert same(value_and_slope(f, x), (data, grad))


@pytest.mark.parametrize(
    ("x", "y", "data", "x_grad", "y_grad"),
    [(0.0, 2.0, 0.0, 0.0, 0), (0.0, 0.0, 1.0, 0, 0), (0.0, -1.0, inf, -inf, -inf), (-2.0, 2.0, 4.0, -4.0, nan)],
)
def test_the_power_of_two_values_follows_pytorch_at_the_edges(
    x: float, y: float, data: float, x_grad: float, y_grad: float
) -> None:
    a, b = Value(x), Value(y)
    out = a**b
    out.backward()
    assert same((out.data, a.grad, b.grad), (data, x_grad, y_grad))


def test_what_relu_and_max_cut_off_receives_nothing_of_an_infinite_gradient() -> None:
    assert value_and_slope(lambda v: v.relu().sqrt(), -1.0) == (0.0, 0)
    assert value_and_slope(lambda v: v.max(0).sqrt(), -1.0) == (0.0, 0)


# What a Value is


def test_a_new_value_has_no_history() -> None:
    v = Value(3.0)
    assert (v.data, v.grad, v._prev, v._op, v.label) == (3.0, 0, (), "", "")


def test_a_value_can_be_built_with_children_and_an_operation() -> None:
    a, b = Value(1.0), Value(2.0)
    out = Value(3.0, (a, b), "+")
    assert (out._prev, out._op) == ((a, b), "+")


def test_any_attribute_may_be_set() -> None:
    v = Value(1.0)
    v.label = "v"
    v.note = {"unit": "m"}  # type: ignore[attr-defined]
    assert (v.label, v.note) == ("v", {"unit": "m"})  # type: ignore[attr-defined]
    assert Value(1.0).label == ""


def test_repr_shows_data_and_grad() -> None:
    assert repr(Value(2)) == "Value(data=2, grad=0)"
    assert repr(Value(-0.5)) == "Value(data=-0.5, grad=0)"
    assert repr(Value(np.float64(0.5))) == "Value(data=0.5, grad=0)"


def test_integers_stay_integers() -> None:
    a = Value(2)
    out = (a * 3 + a**2 - 1).relu()
    out.backward()
    assert repr(out) == "Value(data=9, grad=1)"
    assert repr(a) == "Value(data=2, grad=7)"
    assert repr(Value(-2).relu()) == "Value(data=0, grad=0)"


def test_a_repeated_operand_appears_twice_in_the_history() -> None:
    a = Value(3.0)
    square = a * a
    square.backward()
    assert square._prev == (a, a)
    assert a.grad == 6.0


def test_comparisons_are_by_data() -> None:
    one, two = Value(1.0), Value(2.0)
    also_one = Value(1)
    assert [one < two, one <= two, one > two, one >= two, one == two] == [True, True, False, False, False]
    assert [two < one, two <= one, two > one, two >= one, two != one] == [False, False, True, True, True]
    assert [one < also_one, one <= also_one, one > also_one, one >= also_one] == [False, True, False, True]
    assert [one == also_one, one == 1, one == np.float64(1), one == 2] == [True, True, True, False]
    assert [one < 2, one <= 1, one > 1, one >= 1] == [True, True, False, True]
    assert one != "1"
    assert max([one, two, Value(-1.0)]) is two


def test_comparing_with_something_else_is_an_error() -> None:
    with pytest.raises(TypeError, match="'Value' and 'str'"):
        _ = Value(1.0) < "2"  # type: ignore[operator]


def test_equal_values_stay_apart_in_sets_and_dicts() -> None:
    a, b = Value(1.0), Value(1.0)
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[a] == "a"


@pytest.mark.parametrize("convert", [float, int, math.exp, math.floor, np.float64])
def test_a_value_does_not_silently_become_a_number(convert: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match=r"write \.data"):
        convert(Value(1.0))


@pytest.mark.parametrize(
    "number", [np.float64(2), np.float32(2), np.int64(2), np.uint8(2), np.bool_(True), np.array(2.0)]
)
def test_numpy_scalars_work_on_either_side(number: Any) -> None:
    plain = number.item()
    for f in (
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        lambda x, y: x**y,
    ):
        for out, expected in ((f(Value(3.0), number), f(3.0, plain)), (f(number, Value(3.0)), f(plain, 3.0))):
            assert isinstance(out, Value)
            assert type(out.data) in (int, float)
            assert out.data == expected
    assert type(Value(number).data) is type(plain)
    assert (number == Value(plain)) is True
    assert (number < Value(3.0)) is True


def test_a_numpy_label_times_a_score_is_a_value() -> None:
    label: Any = np.int64(-1)
    score = Value(0.25)
    loss = (1 + -label * score).relu()
    loss.backward()
    assert (loss.data, score.grad) == (1.25, 1)


@pytest.mark.parametrize("wrong", ["2", None, [2.0], 2j, np.array([1.0, 2.0]), np.array(2j)])
def test_anything_but_a_number_is_refused(wrong: Any) -> None:
    v = Value(1.0)
    with pytest.raises(TypeError, match="a Value holds one number, got"):
        Value(wrong)
    for f in (lambda: v + wrong, lambda: v - wrong, lambda: v * wrong, lambda: v / wrong, lambda: v**wrong):
        with pytest.raises(TypeError, match="'Value'"):
            f()
    for f in (lambda: wrong + v, lambda: wrong - v, lambda: wrong * v, lambda: wrong / v, lambda: wrong**v):
        with pytest.raises(TypeError):
            f()
    for f in (lambda: v.max(wrong), lambda: v.min(wrong), lambda: Value.dot([v], [wrong])):
        with pytest.raises(TypeError, match="expected a Value or a number, got"):
            f()


def test_a_value_of_a_value_is_refused() -> None:
    with pytest.raises(TypeError, match="got Value"):
        Value(Value(1.0))  # type: ignore[arg-type]


def test_a_tensor_is_refused_as_its_graph_would_be_lost() -> None:
    class ScalarTensor:
        shape = ()

        def item(self) -> float:
            return 2.0

        def backward(self) -> None: ...

    with pytest.raises(TypeError, match="got ScalarTensor"):
        Value(ScalarTensor())  # type: ignore[arg-type]


def test_a_copied_value_is_independent() -> None:
    a = Value(2.0)
    a.label = "a"
    b = copy.deepcopy(a)
    b.data = 5.0
    assert (a.data, b.data, b.label) == (2.0, 5.0, "a")


# backward


def test_two_backward_calls_give_exactly_twice_the_gradient_on_leaves() -> None:
    a, b = Value(0.3), Value(-1.7)
    hidden = (a * b).tanh()
    out = hidden * hidden + a.exp() / b
    out.backward()
    once = a.grad, b.grad
    hidden_once = hidden.grad
    out.backward()
    assert (a.grad, b.grad) == (2 * once[0], 2 * once[1])
    assert (hidden.grad, out.grad) == (hidden_once, 1)


def test_two_results_sharing_a_part_accumulate_on_leaves() -> None:
    a = Value(2.0)
    shared = a * 3
    (shared * 5).backward()
    (shared * 7).backward()
    assert (a.grad, shared.grad) == (3 * 5 + 3 * 7, 7)


def test_assigning_zero_starts_a_gradient_afresh() -> None:
    a = Value(2.0)
    (a * 3).backward()
    a.grad = 0
    (a * 4).backward()
    assert a.grad == 4


def test_backward_of_a_leaf_adds_one_to_its_own_gradient() -> None:
    a = Value(2.0)
    a.backward()
    a.backward()
    assert a.grad == 2


def test_a_leaf_outside_the_graph_keeps_gradient_zero() -> None:
    a, unused = Value(2.0), Value(3.0)
    _ = a * unused
    (a * 2).backward()
    assert unused.grad == 0


def test_backward_uses_the_numbers_of_the_forward_pass() -> None:
    a, b = Value(2.0), Value(3.0)
    out = a * b
    b.data = 100.0
    out.backward()
    assert a.grad == 3.0


def test_a_node_passes_its_gradient_on_once_all_of_it_has_arrived() -> None:
    x = Value(1.5)
    early = x * x
    late = early * early + early
    out = late * early + early + late
    out.backward()
    s = 1.5**2  # out = s^3 + 2 s^2 + s + ... by hand: (s^2 + s) s + s + s^2 + s
    assert x.grad == pytest.approx((3 * s**2 + 4 * s + 2) * 2 * 1.5)


def test_a_wide_diamond_is_walked_once_per_node() -> None:
    x = Value(1.0)
    for _ in range(64):  # 2**64 paths
        x = x + x
    leaf = x
    while leaf._prev:
        leaf = leaf._prev[0]
    x.backward()
    assert leaf.grad == 2**64


# Memory


def test_a_chain_of_a_million_operations_runs_backward_and_is_deleted() -> None:
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = -y
    y.backward()
    assert x.grad == 1
    last = weakref.ref(y)
    del y
    assert last() is None


@pytest.mark.usefixtures("without_garbage_collector")
def test_a_dropped_graph_is_freed_without_the_garbage_collector() -> None:
    x = Value(1.0)
    hidden = (x * 2).tanh()
    out = hidden.max(0.5) ** 2 + Value.dot([x], [hidden])
    out.backward()
    parts = [weakref.ref(hidden), weakref.ref(out)]
    del hidden, out
    assert [part() for part in parts] == [None, None]


@pytest.mark.usefixtures("without_garbage_collector")
def test_ten_thousand_small_graphs_leave_no_memory_behind() -> None:
    def step() -> None:
        a, b = Value(1.5), Value(-0.5)
        c = (a * b + b**2).tanh()
        (c / a + c.relu() - 3).backward()

    step()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(10_000):
            step()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 10_000  # less than one byte for each graph


def test_a_node_made_by_hand_with_its_own_backward_takes_part() -> None:
    a = Value(0.5)
    t = math.tanh(a.data)
    out = Value(t, (a,), "tanh")

    def backward() -> None:
        a.grad += (1 - t * t) * out.grad

    out._backward = backward
    (out * 3).backward()
    assert a.grad == pytest.approx(3 * (1 - t * t))
