"""Every operation gives PyTorch's values, dtypes, gradients, second gradients and sharing of memory: a row a case."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

from .cases import CASES, Array, Case, fn

torch = pytest.importorskip("torch")


def leaves(library: Any, arrays: Any, dtype: Any = None) -> list[Any]:
    """Tensors of `arrays` in their own memory layout; those of floats require grad."""
    tensors = []
    for array in arrays:
        floating = array.dtype.kind == "f"
        if dtype is not None and floating:
            array = array.astype(dtype)
        t = library.from_numpy(array.copy(order="K"))
        tensors.append(t.requires_grad_() if floating else t)
    return tensors


def outputs(result: Any) -> list[Any]:
    return [t for r in result for t in outputs(r)] if isinstance(result, tuple | list) else [result]


def values(t: Any) -> Array:
    return t.detach().numpy() if isinstance(t, tinygrad_opt.Tensor) else t.detach().numpy(force=True)


def weights(shape: Any) -> Array:
    return np.cos(1.0 + np.arange(math.prod(shape), dtype=np.float64)).reshape(tuple(shape))


def weighted(library: Any, ys: list[Any]) -> Any:
    """One number to differentiate, which tells every output apart; None if none of them requires grad."""
    with np.errstate(invalid="ignore"):  # infinities of both signs
        terms = [
            (y * library.from_numpy(weights(y.shape).astype(values(y).dtype))).sum() for y in ys if y.requires_grad
        ]
        return sum(terms[1:], terms[0]) if terms else None


def assert_same(ours: list[Any], theirs: list[Any], rtol: float, what: str) -> None:
    assert len(ours) == len(theirs)
    for x, y in zip(ours, theirs, strict=True):
        if x is None or y is None:
            assert x is y, what
            continue
        a, b = values(x), values(y)
        assert type(a) is np.ndarray
        assert (a.shape, a.dtype) == (b.shape, b.dtype), what
        assert x.requires_grad == y.requires_grad, what
        tolerance = max(rtol, 3e-5) if a.dtype == np.float32 else rtol
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance, err_msg=what)


def run(library: Any, case: Case, inputs: Any, dtype: Any = None) -> tuple[list[Any], list[Any]]:
    """The outputs, and the gradients of all inputs."""
    xs = leaves(library, inputs, dtype)
    with np.errstate(all="ignore"):
        ys = outputs(case.call(library, *xs))
    total = weighted(library, ys)
    if total is not None:
        total.backward()
    return ys, [x.grad for x in xs]


def params() -> Iterator[Any]:
    names: dict[str, int] = {}
    for case in CASES:
        n = names[case.name] = names.get(case.name, 0) + 1
        assert n == 1, f"two rows are called {case.name!r}"
        yield pytest.param(case, id=case.name)


ALL = list(params())
pytestmark = pytest.mark.filterwarnings(
    "ignore::UserWarning:torch",
    "ignore:index_reduce\\(\\) is in beta:UserWarning",
    "ignore:The reduce argument of torch.scatter with Tensor src:UserWarning",
)


@pytest.mark.parametrize("case", ALL)
def test_values_and_gradients_are_pytorchs(case: Case) -> None:
    ours, theirs = run(tinygrad_opt, case, case.inputs), run(torch, case, case.inputs)
    assert_same(ours[0], theirs[0], 1e-12, "value")
    assert_same(ours[1], theirs[1], 1e-6 if "float32" in case.name else 1e-11, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_float32_stays_float32(case: Case) -> None:
    ours, theirs = run(tinygrad_opt, case, case.inputs, np.float32), run(torch, case, case.inputs, np.float32)
    assert_same(ours[0], theirs[0], 3e-5, "value")
    assert_same(ours[1], theirs[1], 3e-4, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_the_layout_of_the_inputs_does_not_matter(case: Case) -> None:
    spread = []
    for x in case.inputs:
        wide = np.zeros((*x.shape[::-1], 2), x.dtype)
        wide[..., 0] = x.T
        spread.append(wide[..., 0].T)  # the same elements, in the other order and with gaps between them
    plain = run(tinygrad_opt, case, case.inputs)
    xs = []
    for x in spread:
        t = tinygrad_opt.from_numpy(x)
        xs.append(t.requires_grad_() if x.dtype.kind == "f" else t)
    try:
        with np.errstate(all="ignore"):
            ys = outputs(case.call(tinygrad_opt, *xs))
    except RuntimeError as error:
        assert "Use .reshape" in str(error)  # noqa: PT017  (a view of such a layout is refused, as in PyTorch)
        return
    total = weighted(tinygrad_opt, ys)
    if total is not None:
        total.backward()
    assert_same(ys, plain[0], 1e-12, "value")
    assert_same([x.grad for x in xs], plain[1], 1e-11, "gradient")


@pytest.mark.parametrize("case", ALL)
def test_inputs_are_left_alone_and_only_views_share_their_memory(case: Case) -> None:
    ours, theirs = leaves(tinygrad_opt, case.inputs), leaves(torch, case.inputs)
    with np.errstate(all="ignore"):
        results, expected = outputs(case.call(tinygrad_opt, *ours)), outputs(case.call(torch, *theirs))
    total = weighted(tinygrad_opt, results)
    if total is not None:
        total.backward()
    for x, array in zip(ours, case.inputs, strict=True):
        np.testing.assert_array_equal(values(x), array)
    for y, z in zip(results, expected, strict=True):
        for x, w in zip(ours, theirs, strict=True):
            if values(y).size and values(x).size:
                shared = z.untyped_storage().data_ptr() == w.untyped_storage().data_ptr()
                assert np.may_share_memory(values(y), values(x)) == shared
    grads = [values(x.grad) for x in ours if x.grad is not None]
    for i, g in enumerate(grads):
        assert g.flags.writeable
        assert not any(np.may_share_memory(g, other) for other in [*grads[:i], *map(values, [*ours, *results])])


def second(library: Any, case: Case) -> list[Any] | None:
    """The gradients of a weighted sum of the gradients, of the inputs and of the outputs' weights."""
    xs = leaves(library, case.inputs)
    with np.errstate(all="ignore"):
        ys = [y for y in outputs(case.call(library, *xs)) if y.requires_grad]
    wanted = [x for x in xs if x.requires_grad]
    if not ys or not wanted:
        return None
    seeds = [library.from_numpy(weights(y.shape).astype(values(y).dtype)).requires_grad_() for y in ys]
    grads = library.autograd.grad(ys, wanted, seeds, create_graph=True, allow_unused=True)
    total = weighted(library, [g for g in grads if g is not None])
    if total is None:
        return [*grads, *[library.zeros_like(x) for x in [*wanted, *seeds]]]
    return [*grads, *library.autograd.grad(total, [*wanted, *seeds], allow_unused=True, materialize_grads=True)]


@pytest.mark.parametrize("case", ALL)
def test_second_derivatives_are_pytorchs(case: Case) -> None:
    ours, theirs = second(tinygrad_opt, case), second(torch, case)
    assert (ours is None) == (theirs is None)
    for x, y in zip(ours or [], theirs or [], strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            tolerance = 1e-9 if values(x).dtype == np.float64 and "float32" not in case.name else 1e-5
            np.testing.assert_allclose(values(x), values(y), rtol=tolerance, atol=tolerance)


# ---- which dtype a result has ---------------------------------------------------------------------------------------

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
UNARY = """
    exp log sqrt sin tanh sigmoid erf rsqrt reciprocal log1p exp2 atan erfc erfinv asin acos asinh acosh atanh expm1
    log2 log10 cos tan sinh cosh logit deg2rad rad2deg
    abs sign sgn neg positive square floor ceil trunc fix round frac relu clone nan_to_num
    isnan isfinite isinf isposinf isneginf isreal signbit logical_not bitwise_not
    sum mean prod amax amin max min argmax argmin any all cumsum var std norm softmax logsumexp
    nansum nanmean median nanmedian count_nonzero cumprod logcumsumexp log_softmax msort argsort diff
    unique unique_consecutive bincount histc cov corrcoef trapezoid cumulative_trapezoid
""".split()  # noqa: SIM905  (a list would be a screenful)
NEEDS_DIM = {"cumsum", "cumprod", "logcumsumexp", "softmax", "log_softmax", "logsumexp"}
BINARY = "add sub mul truediv floordiv mod pow eq lt and_ or_ xor lshift rshift".split()  # noqa: SIM905
PAIRS = """
    atan2 copysign float_power fmax fmin fmod floor_divide heaviside hypot ldexp logaddexp logaddexp2 maximum minimum
    remainder rsub true_divide xlogy isclose isin logical_and logical_or logical_xor bitwise_and bitwise_left_shift
    bitwise_right_shift clamp clamp_min clamp_max
""".split()  # noqa: SIM905
NUMBERS = [*PAIRS, "add", "mul", "div", "pow", "eq", "fill"]

# PyTorch refuses these for booleans; here NumPy computes them where it can.
ONLY_NUMBERS = {"sub", "rsub", "ldexp", "pow", "argmax", "argmin"}


def outcome(library: Any, call: Callable[..., Any], arrays: tuple[Array, ...]) -> Any:
    """The dtype, shape and values of a result; or that it is refused."""
    try:
        with np.errstate(all="ignore"):
            y = values(call(library, *[library.from_numpy(x) for x in arrays]))
    except (RuntimeError, TypeError):
        return "refused"
    return y.dtype.name, y.shape, y.tolist()


def assert_same_outcome(call: Callable[..., Any], *arrays: Array) -> None:
    ours, theirs = outcome(tinygrad_opt, call, arrays), outcome(torch, call, arrays)
    case = [x.dtype.name for x in arrays], ours, theirs
    if "refused" in (ours, theirs):
        assert ours == theirs, case
    else:
        assert ours[:2] == theirs[:2], case
        assert np.allclose(ours[2], theirs[2], rtol=2e-3, equal_nan=True), case


@pytest.mark.parametrize("name", UNARY)
def test_dtypes_of_functions_of_one_tensor_are_pytorchs(name: str) -> None:
    for dtype in DTYPES:
        if dtype == "bool" and name in ONLY_NUMBERS:
            continue
        assert_same_outcome(fn(name, 0) if name in NEEDS_DIM else fn(name), np.array([0, 1, 1], dtype))


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", [((2,), (2,)), ((), (2,)), ((2,), ()), ((), ())], ids=str)
def test_dtypes_of_two_tensors_are_promoted_as_in_pytorch(name: str, shapes: tuple[Any, Any]) -> None:
    op = getattr(operator, name)
    for a, b in itertools.product(DTYPES, DTYPES):
        if "bool" in (a, b) and (name == "sub" or (a == b and name in ONLY_NUMBERS)):
            continue
        assert_same_outcome(lambda torch, x, y: op(x, y), np.full(shapes[0], 1, a), np.full(shapes[1], 3, b))


@pytest.mark.parametrize("name", PAIRS)
def test_dtypes_of_functions_of_two_tensors_are_pytorchs(name: str) -> None:
    for a, b in itertools.product(DTYPES, DTYPES):
        if not ("bool" in (a, b) and name in ONLY_NUMBERS):
            assert_same_outcome(fn(name), np.full(2, 1, a), np.full(2, 3, b))


@pytest.mark.parametrize("name", ["addcmul", "addcdiv", "lerp"])
def test_dtypes_of_functions_of_three_tensors_are_pytorchs(name: str) -> None:
    for a, b, c in itertools.product(DTYPES, DTYPES, DTYPES):
        assert_same_outcome(fn(name), np.full(2, 1, a), np.full(2, 3, b), np.full(2, 1, c))


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("number", [True, 2, 1.5])
def test_functions_take_numbers_where_pytorch_does(name: str, number: Any) -> None:
    for dtype in DTYPES:
        if name in ONLY_NUMBERS and (dtype == "bool" or number is True):
            continue
        x = np.full(2, 3, dtype)
        assert_same_outcome(lambda torch, x: getattr(torch, name)(x, number), x)
        if name not in ("add", "mul", "div", "floor_divide", "true_divide"):  # which take two numbers, too
            assert_same_outcome(lambda torch, x: getattr(torch, name)(number, x), x)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shape", [(2,), ()], ids=str)
@pytest.mark.parametrize("number", [True, 2, 1.5])
def test_python_numbers_promote_as_in_pytorch(name: str, shape: Any, number: Any) -> None:
    op = getattr(operator, name)
    for dtype in DTYPES:
        if name in ONLY_NUMBERS and (dtype == "bool" or (number is True and name == "sub")):
            continue
        assert_same_outcome(lambda torch, x: op(x, number), np.full(shape, 3, dtype))
        assert_same_outcome(lambda torch, x: op(number, x), np.full(shape, 3, dtype))


@pytest.mark.parametrize("a", DTYPES)
def test_where_cat_and_result_type_promote_as_in_pytorch(a: str) -> None:
    mask = np.array([True, False])
    for b, shape in itertools.product(DTYPES, [(2,), ()]):
        x, y = np.ones(2, a), np.full(shape, 2, b)
        assert_same_outcome(lambda torch, m, s, t: torch.where(m, s, t), mask, x, y)
        assert_same_outcome(lambda torch, m, s, t: torch.where(m, t, s), mask, x, y)
        assert_same_outcome(lambda torch, m, t: torch.where(m, 1.5, t), mask, y)
        assert_same_outcome(lambda torch, m, t: torch.where(m, t, 1), mask, y)
        if shape:
            assert_same_outcome(lambda torch, s, t: torch.cat([s, t]), x, y)
            assert_same_outcome(lambda torch, s, t: torch.stack([s, t]), x, y)
        dtype = tinygrad_opt.result_type(tinygrad_opt.from_numpy(x), tinygrad_opt.from_numpy(y))
        assert f"torch.{dtype}" == str(torch.result_type(torch.from_numpy(x), torch.from_numpy(y)))
        assert f"torch.{tinygrad_opt.promote_types(a, b)}" == str(
            torch.promote_types(getattr(torch, a), getattr(torch, b))
        )
