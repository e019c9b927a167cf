"""Generator: every draw against numbers PyTorch prints for the same seed, its state, and its errors.

The numbers below come from PyTorch 2.13; tests/parity compares many more where PyTorch is installed.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tinygrad_opt.generator import Generator, default_generator, manual_seed


def seeded(seed: int = 42) -> Generator:
    return Generator().manual_seed(seed)


def test_uniform_float32_gives_torchs_numbers() -> None:
    expected = [0.8822692632675171, 0.9150039553642273, 0.38286375999450684, 0.9593056440353394, 0.3904482126235962]
    values = seeded().uniform((5,))
    assert values.dtype == np.float32
    assert values.tolist() == expected


def test_uniform_float64_gives_torchs_numbers() -> None:
    values = seeded().uniform((3,), dtype=np.float64)
    assert values.dtype == np.float64
    assert values.tolist() == [0.05815448596142969, 0.06291016742457756, 0.12358607277440903]


def test_uniform_between_bounds_rounds_once_as_torch_does() -> None:
    expected = [0.22936156392097473, 0.2490023821592331, -0.0702817440032959, 0.2755833864212036]
    assert seeded().uniform((4,), -0.3, 0.3).tolist() == expected
    expected = [0.13489269157685782, 0.13774610045474653, 0.17415164366464542]
    assert seeded().uniform((3,), 0.1, 0.7, np.float64).tolist() == expected


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.7), (-1 / 3, 2.7), (1e-3, 7e5), (-7.3, -7.1)])
def test_float64_uniforms_between_bounds_are_the_nearest_to_the_exact_value(low: float, high: float) -> None:
    standard = seeded().uniform((500,), dtype=np.float64).tolist()
    exact = [Fraction(value) * Fraction(high - low) + Fraction(low) for value in standard]
    assert seeded().uniform((500,), low, high, np.float64).tolist() == [float(value) for value in exact]


def test_uniform_leaves_out_the_upper_bound_even_after_rounding() -> None:
    values = seeded(1).uniform((1_000_000,), 5.0, 5.1)
    assert values.min() >= np.float32(5.0)
    assert values.max() < np.float32(5.1)


@pytest.mark.filterwarnings("error")
def test_uniform_between_huge_bounds_stays_finite() -> None:
    values = seeded().uniform((100,), -8e307, 8e307, np.float64)
    assert np.isfinite(values).all()
    assert values.min() < 0 < values.max()


def test_uniform_with_equal_bounds_is_that_bound() -> None:
    assert seeded().uniform((3,), 2.0, 2.0).tolist() == [2.0, 2.0, 2.0]


def test_fewer_than_16_normals_give_torchs_numbers() -> None:
    expected = [0.33669036626815796, 0.12880940735340118, 0.23446236550807953, 0.23033303022384644]
    assert seeded().normal((4,)).tolist() == expected
    exact = [0.33669035438385886, 0.1288094051365897, 0.23446236336153173, 0.2303330279146119]
    assert seeded().normal((4,), dtype=np.float64).tolist() == pytest.approx(exact, rel=1e-14)


def test_16_or_more_normals_give_torchs_numbers_with_the_last_16_drawn_anew() -> None:
    # Elements 4 to 19 are the second draw of 16; the first four are all that is left of the first.
    expected = [1.9269152879714966, 1.4872840642929077, 0.9007171988487244, -2.1055209636688232, -0.7581311464309692]
    expected += [1.078317642211914, 0.8008005619049072, 1.680620551109314, 0.3558599054813385, -0.6866229772567749]
    expected += [-0.4933563470840454, 0.2414877861738205, -0.2316243201494217, 0.041759490966796875]
    expected += [-0.2515752911567688, 0.859858512878418, -0.3097267746925354, -0.3957104980945587]
    expected += [0.8034093379974365, -0.6215953826904297]
    values = seeded().normal((4, 5))
    assert values.dtype == np.float32
    assert values.reshape(-1).tolist() == pytest.approx(expected, rel=1e-6)


def test_16_normals_are_one_block() -> None:
    ends = seeded().normal((16,))[[0, 7, 8, 15]].tolist()
    assert ends == pytest.approx(
        [1.9269152879714966, -1.6046669483184814, -0.7521352767944336, 0.7624453902244568], rel=1e-6
    )


def test_16_or_more_float64_normals_give_torchs_numbers() -> None:
    values = seeded().normal((20,), dtype=np.float64)
    assert values.dtype == np.float64
    ends = [0.2995562877502637, 0.24237779080894106, 0.28320739441795323, -1.526543923410825, -0.33113931395169954]
    assert values[[0, 1, 2, 18, 19]].tolist() == pytest.approx(ends, rel=1e-14)


@pytest.mark.parametrize("count", [5, 16, 50])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_and_std_shift_and_scale_the_standard_normals(count: int, dtype: type[np.floating[Any]]) -> None:
    standard = seeded().normal((count,), dtype=dtype)
    values = seeded().normal((count,), 3.0, 0.5, dtype)
    assert values.dtype == dtype
    np.testing.assert_allclose(values, standard * 0.5 + 3.0, rtol=1e-6)


def test_normals_have_the_mean_and_spread_asked_for() -> None:
    values = seeded().normal((200_000,), 2.0, 3.0)
    assert values.mean() == pytest.approx(2.0, abs=0.03)
    assert values.std() == pytest.approx(3.0, abs=0.03)


def test_integers_give_torchs_numbers() -> None:
    values = seeded().integers(0, 10, (8,))
    assert values.dtype == np.int64
    assert values.tolist() == [2, 7, 6, 4, 6, 5, 0, 4]
    assert seeded().integers(-100, 100, (6,)).tolist() == [42, -33, -24, -86, -74, 35]


def test_integers_take_64_bits_from_a_range_of_2_to_the_28_on() -> None:
    assert seeded().integers(0, 2**28 - 1, (2,)).tolist() == [266460267, 199900607]
    assert seeded().integers(0, 2**28, (2,)).tolist() == [199900595, 250975502]
    expected = [-2314326399425823309, 8314211556539077902]
    assert seeded().integers(-(2**63), 2**63 - 1, (2,)).tolist() == expected


def test_permutation_gives_torchs_order() -> None:
    order = seeded().permutation(10)
    assert order.dtype == np.int64
    assert order.tolist() == [2, 6, 1, 8, 4, 5, 0, 9, 3, 7]


@pytest.mark.parametrize("n", [0, 1, 2, 1_000])
def test_permutation_holds_every_index_once(n: int) -> None:
    order = seeded().permutation(n)
    assert order.dtype == np.int64
    assert sorted(order.tolist()) == list(range(n))


def test_bernoulli_gives_torchs_numbers() -> None:
    values = seeded().bernoulli(0.3, (10,))
    assert values.dtype == np.bool_
    assert values.tolist() == [True, True, True, True, False, False, False, False, True, True]


def test_bernoulli_is_certain_at_zero_and_one() -> None:
    assert not seeded().bernoulli(0.0, (1_000,)).any()
    assert seeded().bernoulli(1.0, (1_000,)).all()


def test_draws_of_different_kinds_follow_each_other_as_in_torch() -> None:
    generator = seeded()
    assert generator.uniform((2,)).tolist() == [0.8822692632675171, 0.9150039553642273]
    assert generator.normal((3,)).tolist() == [0.47404009103775024, 0.19778664410114288, 1.1561247110366821]
    assert generator.integers(0, 100, (3,)).tolist() == [78, 14, 10]
    assert generator.permutation(6).tolist() == [0, 2, 1, 5, 3, 4]
    # The first of these two is the half of a pair that the three normals above left waiting.
    assert generator.normal((2,)).tolist() == [0.3964806795120239, 0.39302995800971985]


DRAWS: dict[str, Callable[[Generator, tuple[int, ...]], np.ndarray]] = {
    "uniform": lambda generator, shape: generator.uniform(shape),
    "normal": lambda generator, shape: generator.normal(shape),
    "integers": lambda generator, shape: generator.integers(0, 5, shape),
    "bernoulli": lambda generator, shape: generator.bernoulli(0.5, shape),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS.keys())
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 4), (5, 7)])
def test_a_draw_has_the_shape_asked_for(
    draw: Callable[[Generator, tuple[int, ...]], np.ndarray], shape: tuple[int, ...]
) -> None:
    assert draw(seeded(), shape).shape == shape


def test_a_new_generator_starts_from_torchs_default_seed() -> None:
    generator = Generator()
    assert generator.initial_seed() == 67280421310721
    assert generator.uniform((2,)).tolist() == [0.267295241355896, 0.8725283145904541]


def test_a_negative_seed_counts_down_from_two_to_the_64() -> None:
    generator = seeded(-1)
    assert generator.initial_seed() == 2**64 - 1
    assert generator.uniform((2,)).tolist() == [0.9937993884086609, 0.5713063478469849]


def test_only_the_low_32_bits_of_a_seed_choose_the_stream() -> None:
    assert seeded(2**32 + 5).initial_seed() == 2**32 + 5
    np.testing.assert_array_equal(seeded(2**32 + 5).uniform((9,)), seeded(5).uniform((9,)))


def test_a_numpy_integer_is_a_seed() -> None:
    assert seeded(np.int64(5)).initial_seed() == 5  # type: ignore[arg-type]


def test_seed_restarts_the_stream_at_the_seed_it_returns() -> None:
    generator = seeded()
    seed = generator.seed()
    assert generator.initial_seed() == seed
    np.testing.assert_array_equal(generator.uniform((9,)), seeded(seed).uniform((9,)))
    assert Generator().seed() != seed


def test_reseeding_drops_the_waiting_normal() -> None:
    generator = seeded()
    generator.normal((1,))
    np.testing.assert_array_equal(generator.manual_seed(42).normal((3,)), seeded().normal((3,)))


def test_two_generators_do_not_disturb_each_other() -> None:
    one, other = seeded(1), seeded(2)
    first = one.uniform((4,))
    other.normal((3,))
    other.manual_seed(9)
    np.testing.assert_array_equal(np.concatenate([first, one.uniform((4,))]), seeded(1).uniform((8,)))


def test_a_copy_continues_alone() -> None:
    generator = seeded()
    generator.normal((3,))
    twin = copy.deepcopy(generator)
    expected = generator.normal((9,))
    np.testing.assert_array_equal(twin.normal((9,)), expected)


def test_manual_seed_restarts_the_default_generator() -> None:
    state = default_generator.get_state()
    try:
        assert manual_seed(42) is default_generator
        assert default_generator.uniform((1,)).tolist() == [0.8822692632675171]
    finally:
        default_generator.set_state(state)


@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625, 1_248, 5_000])
def test_a_state_brings_back_the_numbers_that_followed_it(drawn: int) -> None:
    generator = seeded()
    generator.uniform((drawn,))
    state = generator.get_state()
    expected = generator.uniform((1_000,))
    other = Generator()
    assert other.set_state(state) is other
    assert other.initial_seed() == 42
    np.testing.assert_array_equal(other.uniform((1_000,)), expected)


def test_a_state_keeps_the_waiting_normal() -> None:
    generator = seeded()
    generator.normal((3,))
    state = generator.get_state()
    expected = generator.normal((3,))
    np.testing.assert_array_equal(Generator().set_state(state).normal((3,)), expected)


def test_a_state_without_a_waiting_normal_drops_the_one_there_was() -> None:
    generator, fresh = seeded(), seeded().get_state()
    generator.normal((1,))
    np.testing.assert_array_equal(generator.set_state(fresh).normal((3,)), seeded().normal((3,)))


def test_a_state_does_not_follow_the_generator() -> None:
    generator = seeded()
    state = generator.get_state()
    before = state.copy()
    generator.normal((999,))
    np.testing.assert_array_equal(state, before)


def test_a_state_that_is_a_strided_view_is_read() -> None:
    spread = np.zeros(2 * 5056, np.uint8)
    spread[::2] = seeded().get_state()
    np.testing.assert_array_equal(Generator().set_state(spread[::2]).uniform((5,)), seeded().uniform((5,)))


def changed_state(offset: int, dtype: type[np.integer[Any]], value: int) -> np.ndarray:
    state = seeded().get_state()
    state[offset : offset + np.dtype(dtype).itemsize].view(dtype)[0] = value
    return state


def zero_words() -> np.ndarray:
    state = seeded().get_state()
    state[24 : 24 + 8 * 624] = 0
    return state


BAD_STATES: dict[str, tuple[Any, type[Exception]]] = {
    "no array": (3, TypeError),
    "another dtype": (seeded().get_state().astype(np.int64), TypeError),
    "too short": (seeded().get_state()[:-1], RuntimeError),
    "two rows": (np.stack([seeded().get_state()] * 2), RuntimeError),
    "all zeros": (np.zeros(5056, np.uint8), RuntimeError),
    "all words zero": (zero_words(), RuntimeError),
    "words left of 0": (changed_state(8, np.int32, 0), RuntimeError),
    "words left of 625": (changed_state(8, np.int32, 625), RuntimeError),
    "not seeded": (changed_state(12, np.int32, 0), RuntimeError),
    "a next word that contradicts the words left": (changed_state(16, np.uint64, 7), RuntimeError),
    "a word of more than 32 bits": (changed_state(24, np.uint64, 2**32), RuntimeError),
}


@pytest.mark.parametrize(("state", "error"), BAD_STATES.values(), ids=BAD_STATES.keys())
def test_a_bad_state_is_refused_and_changes_nothing(state: Any, error: type[Exception]) -> None:
    generator = seeded()
    generator.normal((3,))
    before = generator.get_state()
    with pytest.raises(error, match=r"set_state: .*pass what get_state"):
        generator.set_state(state)
    np.testing.assert_array_equal(generator.get_state(), before)


BAD_DRAWS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "low above high": (lambda g: g.uniform((2,), 1.0, 0.0), RuntimeError, "uniform: .*low=1.0 and high=0.0"),
    "nan bound": (lambda g: g.uniform((2,), 0.0, float("nan")), RuntimeError, "uniform: .*high=nan"),
    "infinite bound": (lambda g: g.uniform((2,), 0.0, float("inf")), RuntimeError, "uniform: .*high=inf"),
    "range beyond float32": (lambda g: g.uniform((2,), -3e38, 3e38), RuntimeError, "uniform: .*finite float32"),
    "uniform of integers": (lambda g: g.uniform((2,), dtype=np.int64), NotImplementedError, "uniform: .*got int64"),
    "normal of integers": (lambda g: g.normal((2,), dtype=np.int64), NotImplementedError, "normal: .*got int64"),
    "negative std": (lambda g: g.normal((2,), 0.0, -1.0), RuntimeError, "normal: std .*got -1.0"),
    "nan std": (lambda g: g.normal((2,), 0.0, float("nan")), RuntimeError, "normal: std .*got nan"),
    "empty range": (lambda g: g.integers(3, 3, (2,)), RuntimeError, "integers: .*low=3 and high=3"),
    "range beyond int64": (lambda g: g.integers(0, 2**63, (2,)), ValueError, "integers: .*high=9223372036854775808"),
    "float bound": (lambda g: g.integers(0, 2.5, (2,)), TypeError, "integers: high .*float 2.5"),
    "negative count": (lambda g: g.permutation(-1), RuntimeError, "permutation: n .*got -1"),
    "float count": (lambda g: g.permutation(2.0), TypeError, "permutation: n .*float 2.0"),
    "count where torch changes algorithm": (lambda g: g.permutation(214748364), NotImplementedError, "214748364"),
    "p above one": (lambda g: g.bernoulli(1.5, (2,)), RuntimeError, "bernoulli: p .*got 1.5"),
    "nan p": (lambda g: g.bernoulli(float("nan"), (2,)), RuntimeError, "bernoulli: p .*got nan"),
    "negative size": (lambda g: g.normal((2, -1)), RuntimeError, r"normal: .*\(2, -1\)"),
    "float size": (lambda g: g.uniform((2.5,)), TypeError, r"uniform: shape .*\(2.5,\)"),
    "bare size": (lambda g: g.bernoulli(0.5, 3), TypeError, r"shape .*got 3; write \(3,\)"),
    "float seed": (lambda g: g.manual_seed(1.0), RuntimeError, "manual_seed: .*float 1.0"),
    "bool seed": (lambda g: g.manual_seed(True), RuntimeError, "manual_seed: .*bool True"),
    "seed above the range": (lambda g: g.manual_seed(2**64), ValueError, "manual_seed: .*18446744073709551616"),
    "seed below the range": (lambda g: g.manual_seed(-(2**63) - 1), ValueError, "manual_seed: .*-9223372036854775809"),
}


@pytest.mark.parametrize(("draw", "error", "message"), BAD_DRAWS.values(), ids=BAD_DRAWS.keys())
def test_a_bad_argument_is_refused_and_draws_nothing(
    draw: Callable[[Generator], Any], error: type[Exception], message: str
) -> None:
    generator = seeded()
    before = generator.get_state()
    with pytest.raises(error, match=message):
        draw(generator)
    np.testing.assert_array_equal(generator.get_state(), before)
