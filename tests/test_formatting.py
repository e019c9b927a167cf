"""format_tensor: the texts PyTorch prints, written out here; tests/parity compares thousands more."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tinygrad_opt.formatting import format_tensor, set_printoptions


@pytest.fixture(autouse=True)
def restored_options() -> Iterator[None]:
    yield
    set_printoptions(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)


def text(*rows: str) -> str:
    return "\n".join(rows)


def float32(values: Any) -> np.ndarray:
    return np.array(values, np.float32)


def test_fractions_show_four_digits_in_columns_of_one_width() -> None:
    assert format_tensor(float32([1.5, -2.25, 0.1])) == "tensor([ 1.5000, -2.2500,  0.1000])"


def test_a_scalar_has_no_brackets() -> None:
    assert format_tensor(float32(1.5)) == "tensor(1.5000)"
    assert format_tensor(float32(2.0)) == "tensor(2.)"
    assert format_tensor(np.array(7)) == "tensor(7)"
    assert format_tensor(np.array(True)) == "tensor(True)"


def test_whole_floats_show_a_bare_point() -> None:
    assert format_tensor(float32([1.0, -20.0, 0.0])) == "tensor([  1., -20.,   0.])"


def test_zeros_alone_count_as_whole() -> None:
    assert format_tensor(float32([0.0, 0.0])) == "tensor([0., 0.])"
    assert format_tensor(float32([-0.0, 0.0])) == "tensor([-0., 0.])"


def test_nan_and_inf_neither_choose_the_style_nor_widen_the_columns() -> None:
    assert format_tensor(float32([1.0, math.nan, math.inf])) == "tensor([1., nan, inf])"
    assert format_tensor(float32([100.0, math.nan, -math.inf])) == "tensor([100.,  nan, -inf])"
    assert format_tensor(float32([0.5, math.nan])) == "tensor([0.5000,    nan])"
    assert format_tensor(float32([math.nan, -math.inf])) == "tensor([nan, -inf])"


def test_a_ratio_above_a_thousand_takes_scientific_notation() -> None:
    assert format_tensor(float32([0.5, 500.0])) == "tensor([  0.5000, 500.0000])"
    assert format_tensor(float32([0.5, 500.5])) == "tensor([5.0000e-01, 5.0050e+02])"


def test_numbers_above_a_hundred_million_take_scientific_notation() -> None:
    assert format_tensor(float32([1e8])) == "tensor([100000000.])"
    assert format_tensor(float32([1.5e8])) == "tensor([1.5000e+08])"


def test_numbers_below_a_ten_thousandth_take_scientific_notation() -> None:
    assert format_tensor(np.array([1e-4])) == "tensor([0.0001], dtype=torch.float64)"
    assert format_tensor(float32([9e-5])) == "tensor([9.0000e-05])"


def test_zeros_do_not_force_scientific_notation() -> None:
    assert format_tensor(float32([0.0, 0.5])) == "tensor([0.0000, 0.5000])"


def test_float64_extremes_take_scientific_notation() -> None:
    values = np.array([5e-324, -1.7e308])
    assert format_tensor(values) == "tensor([ 4.9407e-324, -1.7000e+308], dtype=torch.float64)"


def test_integers_align_to_the_widest() -> None:
    assert format_tensor(np.array([1, -20, 300])) == "tensor([  1, -20, 300])"


def test_bools_align_to_false() -> None:
    assert format_tensor(np.array([True, False])) == "tensor([ True, False])"


def test_a_matrix_has_a_row_to_a_line() -> None:
    assert format_tensor(np.arange(6).reshape(2, 3)) == text("tensor([[0, 1, 2],", "        [3, 4, 5]])")


def test_each_further_dimension_adds_a_blank_line() -> None:
    expected = text(
        "tensor([[[[0, 1]],",
        "",
        "         [[2, 3]]],",
        "",
        "",
        "        [[[4, 5]],",
        "",
        "         [[6, 7]]]])",
    )
    assert format_tensor(np.arange(8).reshape(2, 2, 1, 2)) == expected


def test_a_long_row_wraps_before_80_characters() -> None:
    expected = text(
        "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,",
        "        18, 19])",
    )
    assert format_tensor(np.arange(20)) == expected


def test_a_thousand_elements_are_all_shown() -> None:
    shown = format_tensor(np.arange(1000))
    assert "..." not in shown
    assert shown.count(",") == 999


def test_more_than_a_thousand_elements_are_cut_to_three_at_each_end() -> None:
    assert format_tensor(np.arange(1001)) == "tensor([   0,    1,    2,  ...,  998,  999, 1000])"


def test_every_long_dimension_is_cut() -> None:
    expected = text(
        "tensor([[   0,    1,    2,  ...,   97,   98,   99],",
        "        [ 100,  101,  102,  ...,  197,  198,  199],",
        "        [ 200,  201,  202,  ...,  297,  298,  299],",
        "        ...,",
        "        [1700, 1701, 1702,  ..., 1797, 1798, 1799],",
        "        [1800, 1801, 1802,  ..., 1897, 1898, 1899],",
        "        [1900, 1901, 1902,  ..., 1997, 1998, 1999]])",
    )
    assert format_tensor(np.arange(2000).reshape(20, 100)) == expected


def test_short_dimensions_are_shown_whole_when_others_are_cut() -> None:
    expected = text(
        "tensor([[   0,    1,    2,  ...,  997,  998,  999],",
        "        [1000, 1001, 1002,  ..., 1997, 1998, 1999]])",
    )
    assert format_tensor(np.arange(2000).reshape(2, 1000)) == expected


def test_a_dimension_of_just_its_edges_is_shown_whole() -> None:
    shown = format_tensor(np.arange(1200).reshape(6, 200))
    assert len(shown.splitlines()) == 6
    assert shown.count("...") == 6


def test_values_that_are_cut_away_do_not_choose_the_style() -> None:
    values = np.ones(2000, np.float32)
    values[1000] = 1e20
    assert format_tensor(values) == "tensor([1., 1., 1.,  ..., 1., 1., 1.])"


def test_an_empty_tensor_tells_its_size_unless_it_has_one_dimension() -> None:
    assert format_tensor(float32([])) == "tensor([])"
    assert format_tensor(np.empty((0, 3), np.float32)) == "tensor([], size=(0, 3))"
    assert format_tensor(np.empty((2, 0, 4))) == "tensor([], size=(2, 0, 4), dtype=torch.float64)"


def test_an_empty_tensor_tells_integer_and_bool_dtypes_too() -> None:
    assert format_tensor(np.array([], np.int64)) == "tensor([], dtype=torch.int64)"
    assert format_tensor(np.array([], np.bool_)) == "tensor([], dtype=torch.bool)"


@pytest.mark.parametrize("name", ["float64", "float16", "int32", "int16", "int8", "uint8"])
def test_other_dtypes_are_told(name: str) -> None:
    number = "1." if name.startswith("float") else "1"
    assert format_tensor(np.ones(1, name)) == f"tensor([{number}], dtype=torch.{name})"


def test_the_default_dtype_is_the_one_not_told() -> None:
    assert format_tensor(np.ones(1), default_dtype=np.float64) == "tensor([1.])"
    assert format_tensor(float32([1.0]), default_dtype=np.float64) == "tensor([1.], dtype=torch.float32)"


def test_requires_grad_is_told() -> None:
    assert format_tensor(float32([1.0]), requires_grad=True) == "tensor([1.], requires_grad=True)"


def test_grad_fn_is_told_in_place_of_requires_grad() -> None:
    shown = format_tensor(float32([1.0]), requires_grad=True, grad_fn="MulBackward0")
    assert shown == "tensor([1.], grad_fn=<MulBackward0>)"


def test_suffixes_move_to_the_next_line_one_by_one_when_they_do_not_fit() -> None:
    shown = format_tensor(np.arange(8) + 0.5, grad_fn="MulBackward0")
    assert shown == text(
        "tensor([0.5000, 1.5000, 2.5000, 3.5000, 4.5000, 5.5000, 6.5000, 7.5000],",
        "       dtype=torch.float64, grad_fn=<MulBackward0>)",
    )
    shown = format_tensor(np.arange(6) + 0.5, grad_fn="MulBackward0")
    assert shown == text(
        "tensor([0.5000, 1.5000, 2.5000, 3.5000, 4.5000, 5.5000], dtype=torch.float64,",
        "       grad_fn=<MulBackward0>)",
    )


def test_a_transposed_view_prints_its_own_order() -> None:
    assert format_tensor(np.arange(4).reshape(2, 2).T) == text("tensor([[0, 2],", "        [1, 3]])")


def test_precision_sets_the_digits() -> None:
    set_printoptions(precision=2)
    assert format_tensor(float32([1.2345])) == "tensor([1.23])"
    assert format_tensor(float32([1e9])) == "tensor([1.00e+09])"


def test_threshold_and_edgeitems_set_what_is_cut() -> None:
    set_printoptions(threshold=5, edgeitems=1)
    assert format_tensor(np.arange(6)) == "tensor([0,  ..., 5])"
    assert format_tensor(np.arange(5)) == "tensor([0, 1, 2, 3, 4])"
    set_printoptions(threshold=math.inf)
    assert "..." not in format_tensor(np.arange(2000))


def test_no_edgeitems_leave_an_ellipsis_and_the_size() -> None:
    set_printoptions(edgeitems=0)
    assert format_tensor(np.arange(2000)) == "tensor([...], size=(2000,))"
    assert format_tensor(np.arange(2000).reshape(2, 1000)) == "tensor([...], size=(2, 1000))"
    assert format_tensor(np.arange(2)) == "tensor([0, 1], size=(2,))"


def test_linewidth_sets_where_rows_and_suffixes_wrap() -> None:
    set_printoptions(linewidth=20)
    shown = format_tensor(np.arange(6), requires_grad=True)
    assert shown == text("tensor([0, 1, 2, 3,", "        4, 5],", "       requires_grad=True)")


def test_lines_are_filled_to_the_last_character() -> None:
    set_printoptions(linewidth=19)
    assert format_tensor(np.arange(5)).splitlines()[0] == "tensor([0, 1, 2, 3,"
    set_printoptions(linewidth=18)
    assert format_tensor(np.arange(5)).splitlines()[0] == "tensor([0, 1, 2,"


def test_suffixes_wrap_where_torchs_count_of_characters_says() -> None:
    set_printoptions(linewidth=33)
    assert "\n" not in format_tensor(float32([1.0]), requires_grad=True)
    set_printoptions(linewidth=32)
    assert format_tensor(float32([1.0]), requires_grad=True) == text("tensor([1.],", "       requires_grad=True)")

    set_printoptions(linewidth=47)
    assert "\n" not in format_tensor(np.ones(1), grad_fn="A")
    set_printoptions(linewidth=46)
    assert format_tensor(np.ones(1), grad_fn="A") == text("tensor([1.], dtype=torch.float64,", "       grad_fn=<A>)")


def test_a_line_narrower_than_one_number_still_shows_one() -> None:
    set_printoptions(linewidth=1)
    assert format_tensor(np.arange(2)) == text("tensor([0,", "        1])")


def test_sci_mode_overrules_the_values_until_the_next_call() -> None:
    set_printoptions(sci_mode=True)
    assert format_tensor(float32([1.0, 2.5])) == "tensor([1.0000e+00, 2.5000e+00])"
    set_printoptions(sci_mode=False)
    assert format_tensor(float32([1e-6, 2.5])) == "tensor([0.0000, 2.5000])"
    set_printoptions()
    assert format_tensor(float32([1e-6, 2.5])) == "tensor([1.0000e-06, 2.5000e+00])"


def test_an_option_left_out_keeps_its_value() -> None:
    set_printoptions(precision=1)
    set_printoptions(linewidth=60)
    assert format_tensor(float32([0.25])) == "tensor([0.2])"


@pytest.mark.parametrize("name", ["precision", "threshold", "edgeitems", "linewidth"])
def test_a_negative_option_is_refused_and_changes_nothing(name: str) -> None:
    with pytest.raises(ValueError, match=f"set_printoptions: {name} must be >= 0, got -1"):
        set_printoptions(**{"precision": 7, name: -1})  # type: ignore[arg-type]
    assert format_tensor(float32([0.25])) == "tensor([0.2500])"
