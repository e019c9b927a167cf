"""Losses: values by their definitions, gradients by finite differences, and every way a target may be wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn
import tinygrad_opt.nn.functional as F
from tinygrad_opt.autograd import gradcheck, gradgradcheck

rng = np.random.default_rng(5)
REDUCTIONS = ("none", "mean", "sum")


def double(values: Any, requires_grad: bool = True) -> torch.Tensor:
    return torch.tensor(np.array(values, float), requires_grad=requires_grad)


def long(values: Any) -> torch.Tensor:
    return torch.tensor(np.array(values, np.int64))


def log_softmax(x: Any) -> Any:
    return x - np.log(np.exp(x).sum(1, keepdims=True))


# ---- gradients ------------------------------------------------------------------------------------------------------

LOGITS, PROBABILITIES = rng.normal(size=(4, 3)), rng.uniform(0.1, 0.9, (4, 3))
TARGETS, DISTANT = rng.uniform(0.1, 0.9, (4, 3)), LOGITS + rng.choice([-1, 1], (4, 3)) * rng.uniform(1.2, 2, (4, 3))
CLASS_WEIGHTS = torch.tensor([0.5, 2.0, 1.25], dtype=np.float64)
CLASSES, SOME_IGNORED = long([0, 2, 1, 1]), long([0, -100, 1, -100])

LOSSES: dict[str, tuple[Callable[..., Any], list[Any]]] = {
    "mse_loss": (F.mse_loss, [LOGITS, TARGETS]),
    "l1_loss": (F.l1_loss, [LOGITS, DISTANT]),
    "huber_loss": (lambda x, t, reduction: F.huber_loss(x, t, reduction, 0.7), [LOGITS, DISTANT]),
    "huber_loss close": (lambda x, t, reduction: F.huber_loss(x, t, reduction, 5.0), [LOGITS, DISTANT]),
    "smooth_l1_loss": (lambda x, t, reduction: F.smooth_l1_loss(x, t, reduction=reduction, beta=5), [LOGITS, DISTANT]),
    "binary_cross_entropy": (F.binary_cross_entropy, [PROBABILITIES, TARGETS]),
    "binary_cross_entropy weighed": (
        lambda x, t, reduction: F.binary_cross_entropy(x, t, CLASS_WEIGHTS, reduction=reduction),
        [PROBABILITIES, TARGETS],
    ),
    "with logits": (F.binary_cross_entropy_with_logits, [LOGITS, TARGETS]),
    "with logits weighed": (
        lambda x, t, reduction: F.binary_cross_entropy_with_logits(
            x, t, CLASS_WEIGHTS, reduction=reduction, pos_weight=CLASS_WEIGHTS * 2
        ),
        [LOGITS, TARGETS],
    ),
    "cross_entropy": (lambda x, reduction: F.cross_entropy(x, CLASSES, reduction=reduction), [LOGITS]),
    "cross_entropy weighed": (
        lambda x, reduction: F.cross_entropy(x, SOME_IGNORED, CLASS_WEIGHTS, reduction=reduction),
        [LOGITS],
    ),
    "cross_entropy smoothed": (
        lambda x, reduction: F.cross_entropy(x, SOME_IGNORED, CLASS_WEIGHTS, reduction=reduction, label_smoothing=0.3),
        [LOGITS],
    ),
    "cross_entropy of probabilities": (
        lambda x, t, reduction: F.cross_entropy(x, t, CLASS_WEIGHTS, reduction=reduction, label_smoothing=0.1),
        [LOGITS, TARGETS],
    ),
    "cross_entropy of images": (
        lambda x, reduction: F.cross_entropy(x, long([[0, 1], [2, -100]]), reduction=reduction),
        [rng.normal(size=(2, 3, 2))],
    ),
    "nll_loss": (lambda x, reduction: F.nll_loss(x, SOME_IGNORED, CLASS_WEIGHTS, reduction=reduction), [LOGITS]),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_those_of_finite_differences_to_second_order(name: str, reduction: str) -> None:
    loss, arrays = LOSSES[name]
    inputs = [double(a) for a in arrays]

    def call(*xs: Any) -> Any:
        return loss(*xs, reduction=reduction)

    assert gradcheck(call, inputs)
    assert gradgradcheck(call, inputs)


@pytest.mark.parametrize("name", LOSSES)
def test_reductions_are_the_mean_and_the_sum_of_the_losses(name: str) -> None:
    loss, arrays = LOSSES[name]
    inputs = [double(a) for a in arrays]
    losses = loss(*inputs, reduction="none")
    assert loss(*inputs, reduction="sum").item() == pytest.approx(losses.sum().item(), rel=1e-13)
    if "weighed" not in name and "smoothed" not in name and "images" not in name and name != "nll_loss":
        assert loss(*inputs, reduction="mean").item() == pytest.approx(losses.mean().item(), rel=1e-13)


@pytest.mark.parametrize("name", LOSSES)
def test_a_reduction_by_another_name_is_refused(name: str) -> None:
    loss, arrays = LOSSES[name]
    with pytest.raises(ValueError, match="average is not a valid value for reduction"):
        loss(*[double(a) for a in arrays], reduction="average")


@pytest.mark.parametrize(
    "call",
    [
        lambda x, t: F.mse_loss(x, t),
        lambda x, t: F.l1_loss(x, t, reduction="none"),
        lambda x, t: F.huber_loss(x, t),
        lambda x, t: F.binary_cross_entropy(x, t),
        lambda x, t: F.binary_cross_entropy_with_logits(x, t),
        lambda x, t: F.cross_entropy(x, long([0, 1])),
        lambda x, t: F.cross_entropy(x, long([0, -100]), reduction="none"),
    ],
)
def test_a_loss_is_one_node(call: Callable[..., Any]) -> None:
    x, t = torch.tensor([[0.1, 0.2], [0.3, 0.4]], requires_grad=True), torch.tensor([[0.5, 0.5], [0.5, 0.5]])
    node = call(x, t).grad_fn
    assert all(edge is x or edge is None for edge, _ in node.next_functions)


# ---- of differences -------------------------------------------------------------------------------------------------


def test_differences_are_squared_taken_absolute_or_both() -> None:
    x, t = double([1.0, 2.0, 5.0]), double([1.5, 2.0, 2.0])
    assert F.mse_loss(x, t, reduction="none").tolist() == [0.25, 0, 9]
    assert F.l1_loss(x, t, reduction="none").tolist() == [0.5, 0, 3]
    assert F.huber_loss(x, t, "none").tolist() == [0.125, 0, 2.5]
    assert F.huber_loss(x, t, "none", 2.0).tolist() == [0.125, 0, 4]
    assert F.smooth_l1_loss(x, t, reduction="none", beta=2.0).tolist() == [0.0625, 0, 2]
    assert F.smooth_l1_loss(x, t, reduction="none", beta=0).tolist() == [0.5, 0, 3]


def test_the_gradient_of_l1_is_zero_where_nothing_differs() -> None:
    x = double([1.0, 2.0])
    F.l1_loss(x, double([1.0, 0.0], False)).backward()
    assert x.grad.tolist() == [0, 0.5]  # type: ignore[union-attr]


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.huber_loss, F.smooth_l1_loss])
def test_shapes_that_differ_are_broadcast_with_a_warning(loss: Callable[..., Any]) -> None:
    x, t = torch.zeros(2, 1, requires_grad=True), torch.tensor([0.0, 1.0])
    with pytest.warns(UserWarning, match=r"Using a target size \(torch.Size\(\[2\]\)\) that is different") as caught:
        loss(x, t, reduction="sum").backward()
    assert caught[0].filename == __file__
    assert x.grad.shape == (2, 1)  # type: ignore[union-attr]
    with (
        pytest.warns(UserWarning, match="different to the input size"),
        pytest.raises(RuntimeError, match=r"The size of tensor a \(3\) must match the size of tensor b \(2\)"),
    ):
        loss(torch.ones(2, 3), torch.ones(2))


def test_the_mean_of_no_elements_is_nan_and_their_sum_zero() -> None:
    x = torch.zeros(0, 3, requires_grad=True)
    assert math.isnan(F.mse_loss(x, torch.zeros(0, 3)).item())
    assert F.mse_loss(x, torch.zeros(0, 3), reduction="sum").item() == 0
    assert math.isnan(F.cross_entropy(x, long([])).item())
    assert math.isnan(F.nll_loss(x, long([])).item())
    assert F.cross_entropy(x, long([]), reduction="sum").item() == 0


def test_integers_have_no_loss_but_may_be_targets() -> None:
    with pytest.raises(NotImplementedError, match=r"write input.float\(\)"):
        F.mse_loss(torch.tensor([1]), torch.tensor([2]))
    loss = F.mse_loss(torch.ones(2), torch.tensor([1, 3]))
    assert (loss.item(), loss.dtype) == (2.0, np.float32)


def test_a_loss_of_two_dtypes_has_the_wider_one() -> None:
    x = torch.ones(2, requires_grad=True)
    for loss in (F.mse_loss, F.l1_loss, F.huber_loss, F.binary_cross_entropy_with_logits):
        y = loss(x, torch.ones(2).double())
        x.grad = None
        y.backward()
        assert (y.dtype, x.grad.dtype) == (np.float64, np.float32)  # type: ignore[union-attr]


def test_bounds_of_the_rounded_losses_are_checked() -> None:
    x = torch.ones(2)
    for delta in (0.0, -1.0, math.nan):
        with pytest.raises(RuntimeError, match="huber_loss does not support non-positive values for delta"):
            F.huber_loss(x, x, delta=delta)
    with pytest.raises(RuntimeError, match="smooth_l1_loss does not support negative values for beta"):
        F.smooth_l1_loss(x, x, beta=-1.0)


# ---- of two classes -------------------------------------------------------------------------------------------------


def test_binary_cross_entropy_is_finite_where_the_probability_is_zero_or_one() -> None:
    x = double([0.0, 1.0])
    loss = F.binary_cross_entropy(x, double([1.0, 0.0], False))
    loss.backward()
    assert loss.item() == 100
    assert x.grad.tolist() == pytest.approx([-500000001997.9014, 500000001997.9014], rel=1e-9)  # type: ignore[union-attr]


def test_binary_cross_entropy_with_logits_is_that_of_their_sigmoid() -> None:
    x, t = double(LOGITS), double(TARGETS, False)
    a = F.binary_cross_entropy_with_logits(x, t, CLASS_WEIGHTS)
    b = F.binary_cross_entropy(F.sigmoid(x), t, CLASS_WEIGHTS)
    assert a.item() == pytest.approx(b.item(), rel=1e-12)
    (ga,), (gb,) = torch.autograd.grad(a, x), torch.autograd.grad(b, x)
    np.testing.assert_allclose(ga.numpy(), gb.numpy(), rtol=1e-9)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("logit", "target", "loss", "slope"),
    [
        (0.0, 1.0, math.log(2), -0.5),
        (0.0, 0.0, math.log(2), 0.5),
        (1000.0, 1.0, 0.0, 0.0),
        (1000.0, 0.0, 1000.0, 1.0),
        (-1000.0, 1.0, 1000.0, -1.0),
        (-1000.0, 0.0, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_any_size_have_their_loss_and_slope(
    logit: float, target: float, loss: float, slope: float, dtype: type
) -> None:
    x = torch.tensor(logit, dtype=dtype, requires_grad=True)
    y = F.binary_cross_entropy_with_logits(x, torch.tensor(target, dtype=dtype))
    y.backward()
    assert y.item() == pytest.approx(loss, rel=1e-6)
    assert x.grad.item() == slope  # type: ignore[union-attr]
    assert y.dtype == dtype


def test_a_positive_weight_counts_the_positives_that_often() -> None:
    x, ones, zeros = double([0.3]), double([1.0], False), double([0.0], False)
    three = double([3.0], False)
    plain = F.binary_cross_entropy_with_logits
    assert plain(x, ones, pos_weight=three).item() == pytest.approx(3 * plain(x, ones).item())
    assert plain(x, zeros, pos_weight=three).item() == pytest.approx(plain(x, zeros).item())


@pytest.mark.parametrize(
    ("x", "t", "error", "text"),
    [
        (torch.ones(2, 1), torch.ones(2), ValueError, "that is different to the input size"),
        (torch.ones(2) * 1.5, torch.ones(2), RuntimeError, "all elements of input should be between 0 and 1"),
        (torch.ones(2) * math.nan, torch.ones(2), RuntimeError, "all elements of input should be between 0 and 1"),
        (torch.ones(2), torch.ones(2) * -0.1, RuntimeError, "all elements of target should be between 0 and 1"),
        (torch.ones(2), torch.tensor([1, 0]), RuntimeError, "Found dtype int64 but expected float32"),
        (torch.ones(2), torch.ones(2).double(), RuntimeError, "Found dtype float64 but expected float32"),
    ],
)
def test_binary_cross_entropy_says_what_is_wrong(x: Any, t: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        F.binary_cross_entropy(x, t)


def test_binary_cross_entropy_with_logits_says_what_is_wrong() -> None:
    loss = F.binary_cross_entropy_with_logits
    with pytest.raises(ValueError, match=r"Target size \(torch.Size\(\[2\]\)\) must be the same as input size"):
        loss(torch.ones(2, 1), torch.ones(2))
    with pytest.raises(RuntimeError, match=r"write target.float\(\)"):
        loss(torch.ones(2), torch.tensor([True, False]))
    with pytest.raises(RuntimeError, match=r"a pos_weight of shape \(3,\) does not broadcast to the input's \(2, 2\)"):
        loss(torch.ones(2, 2), torch.ones(2, 2), pos_weight=torch.ones(3))
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'weight'"):
        loss(torch.ones(2), torch.ones(2), torch.ones(2, requires_grad=True))


# ---- of many classes ------------------------------------------------------------------------------------------------


def test_cross_entropy_is_minus_the_log_probability_of_the_class() -> None:
    expected = -log_softmax(LOGITS)[range(4), [0, 2, 1, 1]]
    x = double(LOGITS)
    assert F.cross_entropy(x, CLASSES, reduction="none").tolist() == pytest.approx(expected, rel=1e-14)
    assert F.cross_entropy(x, CLASSES).item() == pytest.approx(expected.mean(), rel=1e-14)
    assert F.nll_loss(F.log_softmax(x, 1), CLASSES).item() == pytest.approx(expected.mean(), rel=1e-14)


def test_cross_entropy_with_class_numbers_is_that_with_their_one_hot_distribution() -> None:
    x = double(LOGITS)
    for smoothing in (0.0, 0.2):
        for reduction in REDUCTIONS:
            a = F.cross_entropy(x, CLASSES, reduction=reduction, label_smoothing=smoothing)
            b = F.cross_entropy(x, F.one_hot(CLASSES, 3).double(), reduction=reduction, label_smoothing=smoothing)
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-13)


def test_class_weights_weigh_the_mean() -> None:
    losses = -log_softmax(LOGITS)[range(4), [0, 2, 1, 1]]
    w = np.array([0.5, 1.25, 2.0, 2.0])
    x = double(LOGITS)
    assert F.cross_entropy(x, CLASSES, CLASS_WEIGHTS).item() == pytest.approx((losses * w).sum() / w.sum())
    assert F.cross_entropy(x, CLASSES, CLASS_WEIGHTS, reduction="none").tolist() == pytest.approx(losses * w)


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
def test_ignored_rows_count_nothing_whatever_they_hold(loss: Callable[..., Any]) -> None:
    x = double(LOGITS)
    with_ignored = loss(x, SOME_IGNORED)
    kept = loss(double(LOGITS[[0, 2]]), long([0, 1]))
    assert with_ignored.item() == pytest.approx(kept.item(), rel=1e-14)
    with_ignored.backward()
    assert not x.grad.numpy()[[1, 3]].any()  # type: ignore[union-attr]
    masked = LOGITS.copy()
    masked[1, :2] = -np.inf
    assert loss(double(masked), SOME_IGNORED).item() == pytest.approx(kept.item(), rel=1e-14)
    assert loss(double(masked), SOME_IGNORED, reduction="none").tolist()[1] == 0
    assert loss(x, long([0, 1, 1, 2]), ignore_index=1, reduction="none").tolist()[1:3] == [0, 0]


def test_smoothing_leaves_ignored_rows_out_whatever_they_hold() -> None:
    kept = F.cross_entropy(double(LOGITS[[0, 2]]), long([0, 1]), label_smoothing=0.3)
    masked = LOGITS.copy()
    masked[1, :2] = -np.inf
    x = double(masked)
    assert F.cross_entropy(x, SOME_IGNORED, label_smoothing=0.3).item() == pytest.approx(kept.item(), rel=1e-14)
    losses = F.cross_entropy(x, SOME_IGNORED, label_smoothing=0.3, reduction="none").tolist()
    assert losses[1] == losses[3] == 0
    assert losses[0] + losses[2] == pytest.approx(2 * kept.item(), rel=1e-14)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weight", [None, CLASS_WEIGHTS])
def test_where_all_rows_are_ignored_the_mean_is_nan_and_the_gradient_zero(smoothing: float, weight: Any) -> None:
    x = double(LOGITS)
    loss = F.cross_entropy(x, long([-100] * 4), weight, label_smoothing=smoothing)
    loss.backward()
    assert math.isnan(loss.item())
    assert not x.grad.numpy().any()  # type: ignore[union-attr]
    total = F.cross_entropy(x, long([-100] * 4), weight, label_smoothing=smoothing, reduction="sum")
    assert total.item() == 0


@pytest.mark.parametrize("offset", [1e4, -1e4, 1e6, 1e20])
def test_cross_entropy_does_not_overflow(offset: float) -> None:
    x = torch.full((2, 4), offset, requires_grad=True)
    loss = F.cross_entropy(x, long([0, 3]))
    loss.backward()
    assert loss.item() == pytest.approx(math.log(4), rel=1e-6)
    assert x.grad.tolist()[0] == [-0.375, 0.125, 0.125, 0.125]  # type: ignore[union-attr]


def test_one_row_and_stacks_of_rows_are_rows_too() -> None:
    x = rng.normal(size=(2, 3, 4, 5))
    t = rng.integers(0, 3, (2, 4, 5))
    rows = F.cross_entropy(double(np.moveaxis(x, 1, -1).reshape(-1, 3)), long(t.ravel()), reduction="none")
    losses = F.cross_entropy(double(x), long(t), reduction="none")
    assert losses.shape == (2, 4, 5)
    np.testing.assert_allclose(losses.detach().numpy().ravel(), rows.detach().numpy(), rtol=1e-14)
    for target in (long(2), long([2])):
        one = F.cross_entropy(double(LOGITS[0]), target, reduction="none")
        assert one.shape == ()
        assert one.item() == pytest.approx(-log_softmax(LOGITS[:1])[0, 2])


def test_integer_targets_of_any_width_will_do() -> None:
    x = double(LOGITS)
    for dtype in (np.uint8, np.int32, np.int64):
        assert F.cross_entropy(x, CLASSES.to(dtype)).item() == F.cross_entropy(x, CLASSES).item()


@pytest.mark.parametrize("loss", [F.cross_entropy, F.nll_loss])
@pytest.mark.parametrize(
    ("x", "t", "error", "text"),
    [
        (torch.ones(2, 3), long([0, 5]), IndexError, r"^Target 5 is out of bounds\.$"),
        (torch.ones(2, 3), long([0, -1]), IndexError, r"^Target -1 is out of bounds\.$"),
        (torch.ones(2, 3), long([-100, 3]), IndexError, r"^Target 3 is out of bounds\.$"),
        (
            torch.ones(2, 3),
            long([0, 1, 2]),
            ValueError,
            r"Expected input batch_size \(2\) to match target batch_size \(3\)\.",
        ),
        (torch.ones(2, 3, 4), long([[0] * 5] * 2), RuntimeError, r"Expected target size \[2, 4\], got \[2, 5\]"),
        (torch.ones(2, 3), long([[0], [1]]), RuntimeError, r"Expected target size \[2\], got \[2, 1\]"),
        (torch.ones(3), long([0, 1]), ValueError, "For 1D input, 1D target must have size 1, but got target size: 2"),
        (torch.tensor(1.0), long(0), ValueError, r"Expected 1 or more dimensions \(got 0\)"),
        (torch.ones(2, 3), torch.ones(2), RuntimeError, "expected target dtype to be Long or Byte, but got float32"),
        (torch.ones(2, 3).long(), long([0, 1]), NotImplementedError, r"write input.float\(\)"),
    ],
)
def test_losses_of_classes_say_what_is_wrong(
    loss: Callable[..., Any], x: Any, t: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        loss(x, t)


def test_losses_of_classes_check_their_options() -> None:
    x, t = torch.ones(2, 3), long([0, 1])
    with pytest.raises(RuntimeError, match=r"either for all 3 classes or no classes .* of shape: \[2\]"):
        F.cross_entropy(x, t, torch.ones(2))
    with pytest.raises(RuntimeError, match=r"either for all 3 classes or no classes .* of shape: \[2\]"):
        F.cross_entropy(x, torch.ones(2, 3), torch.ones(2))
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'weight'"):
        F.nll_loss(x, t, torch.ones(3, requires_grad=True))
    with pytest.raises(RuntimeError, match="ignore_index is not supported for floating point target"):
        F.cross_entropy(x, torch.ones(2, 3), ignore_index=0)
    for smoothing in (-0.1, 1.1, math.nan):
        with pytest.raises(RuntimeError, match=r"label_smoothing must be between 0\.0 and 1\.0"):
            F.cross_entropy(x, t, label_smoothing=smoothing)


@pytest.mark.parametrize(
    "loss", [F.mse_loss, F.binary_cross_entropy, F.binary_cross_entropy_with_logits, F.cross_entropy, F.nll_loss]
)
def test_arrays_and_lists_are_not_taken_for_tensors(loss: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=r"expected Tensors, got Tensor and ndarray; write tensor\(\.\.\.\)"):
        loss(torch.ones(2, 3), np.zeros(2))


def test_options_are_named_so_that_none_is_taken_for_another() -> None:
    with pytest.raises(TypeError, match="positional"):
        F.cross_entropy(torch.ones(2, 3), long([0, 1]), None, -100)  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        nn.MSELoss("sum")  # type: ignore[misc]


# ---- as modules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "loss", "arguments"),
    [
        (nn.MSELoss(reduction="sum"), F.mse_loss, {"reduction": "sum"}),
        (nn.L1Loss(reduction="none"), F.l1_loss, {"reduction": "none"}),
        (nn.SmoothL1Loss(beta=0.3), F.smooth_l1_loss, {"beta": 0.3}),
        (nn.HuberLoss("sum", 0.4), F.huber_loss, {"reduction": "sum", "delta": 0.4}),
        (nn.BCELoss(CLASS_WEIGHTS), F.binary_cross_entropy, {"weight": CLASS_WEIGHTS}),
        (
            nn.BCEWithLogitsLoss(pos_weight=CLASS_WEIGHTS, reduction="sum"),
            F.binary_cross_entropy_with_logits,
            {"pos_weight": CLASS_WEIGHTS, "reduction": "sum"},
        ),
        (
            nn.CrossEntropyLoss(CLASS_WEIGHTS, label_smoothing=0.3),
            F.cross_entropy,
            {"weight": CLASS_WEIGHTS, "label_smoothing": 0.3},
        ),
    ],
)
def test_a_loss_as_a_module_is_its_function_with_the_options_kept(
    module: Any, loss: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    x, t = double(PROBABILITIES), double(TARGETS, False)
    assert module(x, t).tolist() == loss(x, t, **arguments).tolist()


def test_losses_of_classes_as_modules_keep_their_options() -> None:
    x, t = double(LOGITS), long([0, 1, 2, 1])
    for module, loss in ((nn.CrossEntropyLoss, F.cross_entropy), (nn.NLLLoss, F.nll_loss)):
        kept = module(CLASS_WEIGHTS, ignore_index=1, reduction="sum")
        assert kept(x, t).item() == loss(x, t, CLASS_WEIGHTS, ignore_index=1, reduction="sum").item()


def test_the_weight_of_a_loss_is_part_of_its_state() -> None:
    loss = nn.CrossEntropyLoss(torch.ones(3))
    assert list(loss.state_dict()) == ["weight"]
    assert not list(loss.parameters())
    assert loss.double().weight.dtype == np.float64  # type: ignore[union-attr]
    assert list(nn.CrossEntropyLoss().state_dict()) == []
