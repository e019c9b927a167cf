"""Losses of distributions, distances and margins give PyTorch's numbers, texts and errors.

What PyTorch differentiates twice stands in cases/losses.py.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_opt

from .cases.case import given, normal, positive, whole
from .test_nn_parity import Array, assert_same, check, error_of, run

torch = pytest.importorskip("torch")

Maker = Callable[[Any], Any]
REDUCTIONS = ("none", "mean", "sum")

LISTED = given([[0, 2, -1, 1], [3, -1, 0, 0], [-1, 0, 1, 2], [2, 2, 1, 0], [0, 1, 2, 3]])
OF_CLASSES: dict[str, tuple[str, dict[str, Any], tuple[Array, ...]]] = {
    "as is": ("multi_margin_loss", {}, (normal(5, 3), whole(3, 5))),
    "squared": ("multi_margin_loss", {"p": 2}, (normal(5, 3), whole(3, 5))),
    "with a margin": ("multi_margin_loss", {"margin": 0.3}, (normal(5, 3), whole(3, 5))),
    "weighed": ("multi_margin_loss", {"weight": positive(3)}, (normal(5, 3), whole(3, 5))),
    "weighed and squared": ("multi_margin_loss", {"p": 2, "weight": positive(3)}, (normal(5, 3), whole(3, 5))),
    "one row": ("multi_margin_loss", {}, (normal(3), given(2))),
    "one row and a vector of classes": ("multi_margin_loss", {"margin": 2.0}, (normal(3), given([1]))),
    "one class": ("multi_margin_loss", {}, (normal(2, 1), whole(1, 2))),
    "at its kink": ("multi_margin_loss", {}, (given([[1.0, 0.0, 0.5], [0.0, 0.0, 0.0]]), given([0, 1]))),
    "lists": ("multilabel_margin_loss", {}, (normal(5, 4), LISTED)),
    "one list": ("multilabel_margin_loss", {}, (normal(4), LISTED[0])),
    "an empty list": ("multilabel_margin_loss", {}, (normal(4), LISTED[2])),
    "empty lists": ("multilabel_margin_loss", {}, (normal(2, 3), np.full((2, 3), -1))),
    "a class twice": ("multilabel_margin_loss", {}, (normal(4), given([1, 1, -1, 0]))),
    "all classes": ("multilabel_margin_loss", {}, (normal(3), given([0, 1, 2]))),
    "a list of one": ("multilabel_margin_loss", {}, (normal(2, 1), given([[0], [-1]]))),
    "lists at their kink": ("multilabel_margin_loss", {}, (given([[1.0, 0.0, 0.5]]), given([[0, -1, 0]]))),
    "long lists": ("multilabel_margin_loss", {}, (normal(9, 4), np.tile(given([3, 1, 0, -1]), (9, 1)))),
    "far apart": ("multilabel_margin_loss", {}, (normal(5, 4) * 9, LISTED)),
}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", OF_CLASSES)
def test_margins_of_classes_are_pytorchs(name: str, reduction: str) -> None:
    loss, options, arrays = OF_CLASSES[name]

    def call(library: Any, x: Any, t: Any) -> Any:
        made = {k: library.from_numpy(v).to(x.dtype) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        return getattr(library.nn.functional, loss)(x, t, **made, reduction=reduction)

    check(call, *arrays)
    small = (arrays[0].astype(np.float32), arrays[1])
    assert_same(run(tinygrad_opt, call, small), run(torch, call, small), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize(("name", "targets"), [("multi_margin_loss", (0,)), ("multilabel_margin_loss", (0, 3))])
def test_margins_of_no_rows_have_no_mean_where_pytorch_reads_memory_that_nobody_wrote(name: str, targets: Any) -> None:
    check(
        lambda t, x: getattr(t.nn.functional, name)(x, t.ones(*targets).long(), reduction="none"),
        normal(0, 3),
    )
    loss, x, t = getattr(tinygrad_opt.nn.functional, name), tinygrad_opt.ones(0, 3), tinygrad_opt.ones(*targets).long()
    assert np.isnan(loss(x, t).item())
    assert loss(x, t, reduction="sum").item() == 0


# ---- as modules ------------------------------------------------------------------------------------------------------

PAIR = (normal(4, 3), normal(4, 3))
SIGNS = given([1.0, -1.0, -1.0, 1.0])
MODULES: dict[str, tuple[Maker, tuple[Array, ...]]] = {
    "KLDivLoss": (lambda nn: nn.KLDivLoss(), (normal(4, 3), positive(4, 3))),
    "KLDivLoss of logarithms": (lambda nn: nn.KLDivLoss(reduction="batchmean", log_target=True), PAIR),
    "PoissonNLLLoss": (lambda nn: nn.PoissonNLLLoss(), (normal(4), positive(4))),
    "PoissonNLLLoss of rates": (
        lambda nn: nn.PoissonNLLLoss(False, True, eps=0.1, reduction="sum"),
        (positive(4), positive(4) * 3),
    ),
    "GaussianNLLLoss": (lambda nn: nn.GaussianNLLLoss(), (*PAIR, positive(4, 3))),
    "GaussianNLLLoss in full": (
        lambda nn: nn.GaussianNLLLoss(full=True, eps=1.0, reduction="none"),
        (*PAIR, positive(4, 3)),
    ),
    "SoftMarginLoss": (
        lambda nn: lambda x: nn.SoftMarginLoss(reduction="sum")(x, (x.detach() > 0).to(x.dtype) * 2 - 1),
        (normal(4),),
    ),
    "HingeEmbeddingLoss": (lambda nn: nn.HingeEmbeddingLoss(), (normal(4), SIGNS)),
    "HingeEmbeddingLoss with a margin": (lambda nn: nn.HingeEmbeddingLoss(0.5, reduction="sum"), (normal(4), SIGNS)),
    "CosineEmbeddingLoss": (lambda nn: nn.CosineEmbeddingLoss(), (*PAIR, SIGNS)),
    "CosineEmbeddingLoss with a margin": (lambda nn: nn.CosineEmbeddingLoss(0.3, reduction="none"), (*PAIR, SIGNS)),
    "MarginRankingLoss": (lambda nn: nn.MarginRankingLoss(), (normal(4), normal(4), SIGNS)),
    "MarginRankingLoss with a margin": (
        lambda nn: nn.MarginRankingLoss(margin=0.4, reduction="sum"),
        (normal(4), normal(4), SIGNS),
    ),
    "TripletMarginLoss": (lambda nn: nn.TripletMarginLoss(), (*PAIR, normal(4, 3))),
    "TripletMarginLoss with options": (
        lambda nn: nn.TripletMarginLoss(2.0, 1.0, 0.1, True, reduction="none"),
        (*PAIR, normal(4, 3)),
    ),
    "TripletMarginWithDistanceLoss": (lambda nn: nn.TripletMarginWithDistanceLoss(), (*PAIR, normal(4, 3))),
    "TripletMarginWithDistanceLoss of another": (
        lambda nn: nn.TripletMarginWithDistanceLoss(
            distance_function=lambda x, y: (x - y).abs().sum(-1), margin=2.0, swap=True, reduction="sum"
        ),
        (*PAIR, normal(4, 3)),
    ),
    "MultiMarginLoss": (lambda nn: nn.MultiMarginLoss(), (normal(4, 3), whole(3, 4))),
    "MultiMarginLoss with options": (lambda nn: nn.MultiMarginLoss(2, 0.5, reduction="sum"), (PAIR[0], whole(3, 4))),
    "MultiLabelMarginLoss": (lambda nn: nn.MultiLabelMarginLoss(reduction="none"), (normal(5, 4), LISTED)),
    "MultiLabelSoftMarginLoss": (lambda nn: nn.MultiLabelSoftMarginLoss(reduction="sum"), (PAIR[0], positive(4, 3))),
}


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("name", MODULES)
def test_losses_as_modules_pass_their_options_on(name: str) -> None:
    make, arrays = MODULES[name]
    check(lambda library, *inputs: make(library.nn)(*inputs), *arrays)


@pytest.mark.parametrize("name", MODULES)
def test_reprs_and_state_dicts_of_losses_are_pytorchs(name: str) -> None:
    make, _ = MODULES[name]
    ours, theirs = make(tinygrad_opt.nn), make(torch.nn)
    if name != "SoftMarginLoss":
        assert repr(ours) == repr(theirs)
        assert list(ours.state_dict()) == list(theirs.state_dict())


def test_the_weights_of_losses_are_in_the_state_dict() -> None:
    for name in ["MultiMarginLoss", "MultiLabelSoftMarginLoss"]:
        for library in (tinygrad_opt, torch):
            assert list(getattr(library.nn, name)(weight=library.ones(3)).state_dict()) == ["weight"]
    check(
        lambda library, x, t: library.nn.MultiMarginLoss(weight=library.tensor([0.5, 1.0, 2.0])).double()(x, t),
        normal(4, 3),
        whole(3, 4),
    )
    check(
        lambda library, x, t: library.nn.MultiLabelSoftMarginLoss(library.tensor([0.5, 1.0, 2.0])).double()(x, t),
        normal(4, 3),
        positive(4, 3),
    )


# ---- where they differ -----------------------------------------------------------------------------------------------


def test_soft_margin_loss_is_finite_where_pytorchs_is_not() -> None:
    x, t = given([1000.0, -1000.0]), given([-1.0, 1.0])
    ours = tinygrad_opt.nn.functional.soft_margin_loss(
        tinygrad_opt.from_numpy(x), tinygrad_opt.from_numpy(t), reduction="none"
    )
    theirs = torch.nn.functional.soft_margin_loss(torch.from_numpy(x), torch.from_numpy(t), reduction="none")
    assert ours.tolist() == [1000.0, 1000.0]
    assert theirs.isinf().all()


def test_the_mean_of_kl_div_warns_in_pytorchs_words() -> None:
    texts = []
    for library in (tinygrad_opt, torch):
        with pytest.warns(UserWarning, match="batchmean") as caught:
            library.nn.functional.kl_div(library.ones(2), library.ones(2))
        texts.append(str(caught[0].message))
        assert caught[0].filename == __file__
    assert texts[0] == texts[1]


# ---- errors ----------------------------------------------------------------------------------------------------------

ERRORS: dict[str, Callable[[Any, Any], Any]] = {
    "kl_div of shapes that do not fit": lambda t, f: f.kl_div(t.ones(2, 3), t.ones(4), reduction="sum"),
    "kl_div of integers": lambda t, f: f.kl_div(t.ones(2).long(), t.ones(2).long(), reduction="sum"),
    "poisson of shapes that do not fit": lambda t, f: f.poisson_nll_loss(t.ones(2), t.ones(3)),
    "gaussian of a negative variance": lambda t, f: f.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), -1.0),
    "gaussian of negative variances": lambda t, f: f.gaussian_nll_loss(t.ones(2), t.ones(2), t.tensor([1.0, -1.0])),
    "gaussian of other variances": lambda t, f: f.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), t.ones(4)),
    "gaussian of one variance in a tensor": lambda t, f: f.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), t.tensor(1.0)),
    "gaussian of variances for all rows": lambda t, f: f.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "soft_margin of shapes that do not fit": lambda t, f: f.soft_margin_loss(t.ones(2), t.ones(3)),
    "soft_margin of more targets": lambda t, f: f.soft_margin_loss(t.ones(2), t.ones(2, 2)),
    "soft_margin of integers": lambda t, f: f.soft_margin_loss(t.ones(2).long(), t.ones(2).long()),
    "soft_margin of a target that wants a gradient": lambda t, f: f.soft_margin_loss(
        t.ones(2), t.ones(2).requires_grad_()
    ),
    "hinge of shapes that do not fit": lambda t, f: f.hinge_embedding_loss(t.ones(2), t.ones(3)),
    "cosine of too many targets": lambda t, f: f.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 3), t.ones(2, 1)),
    "cosine of two ranks": lambda t, f: f.cosine_embedding_loss(t.ones(2, 3), t.ones(3), t.ones(2)),
    "cosine of vectors and targets": lambda t, f: f.cosine_embedding_loss(t.ones(3), t.ones(3), t.ones(1)),
    "cosine of stacks": lambda t, f: f.cosine_embedding_loss(t.ones(2, 3, 4), t.ones(2, 3, 4), t.ones(2)),
    "cosine of other widths": lambda t, f: f.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 4), t.ones(2)),
    "cosine of other numbers of targets": lambda t, f: f.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "ranking of two ranks": lambda t, f: f.margin_ranking_loss(t.ones(2), t.ones(2, 1), t.ones(2)),
    "ranking of shapes that do not fit": lambda t, f: f.margin_ranking_loss(t.ones(2), t.ones(3), t.ones(2)),
    "triplets of two ranks": lambda t, f: f.triplet_margin_loss(t.ones(2, 3), t.ones(3), t.ones(2, 3)),
    "triplets of other widths": lambda t, f: f.triplet_margin_loss(t.ones(2, 3), t.ones(2, 4), t.ones(2, 3)),
    "triplets without a margin": lambda t, f: f.triplet_margin_loss(t.ones(2), t.ones(2), t.ones(2), margin=0),
    "triplets with a distance, without a margin": lambda t, f: f.triplet_margin_with_distance_loss(
        t.ones(2), t.ones(2), t.ones(2), margin=-1.0
    ),
    "a module of triplets without a margin": lambda t, f: t.nn.TripletMarginLoss(margin=0),
    "a module of a distance without a margin": lambda t, f: t.nn.TripletMarginWithDistanceLoss(margin=0),
    "a power of 3": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), p=3),
    "a module of a power of 3": lambda t, f: t.nn.MultiMarginLoss(p=3),
    "a matrix of weights": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(2, 2)),
    "a module of a matrix of weights": lambda t, f: t.nn.MultiMarginLoss(weight=t.ones(2, 2)),
    "weights of other classes": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(2)),
    "weights that want gradients": lambda t, f: f.multi_margin_loss(
        t.ones(2, 3).requires_grad_(), t.tensor([0, 1]), weight=t.ones(3).requires_grad_()
    ),
    "weights of another dtype": lambda t, f: f.multi_margin_loss(
        t.ones(2, 3), t.tensor([0, 1]), weight=t.ones(3).double()
    ),
    "a class too large": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 3])),
    "a negative class": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, -1])),
    "too few classes": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.tensor([0])),
    "scores in a stack": lambda t, f: f.multi_margin_loss(t.ones(2, 3, 1), t.tensor([0, 1])),
    "scores of no class": lambda t, f: f.multi_margin_loss(t.ones(2, 0), t.tensor([0, 1])),
    "classes of floats": lambda t, f: f.multi_margin_loss(t.ones(2, 3), t.ones(2)),
    "scores of integers": lambda t, f: f.multi_margin_loss(t.ones(2, 3).long(), t.tensor([0, 1])),
    "a listed class too large": lambda t, f: f.multilabel_margin_loss(t.ones(3), t.tensor([3, 1, -1])),
    "a listed class below -1": lambda t, f: f.multilabel_margin_loss(t.ones(3), t.tensor([0, -2, -1])),
    "lists of another width": lambda t, f: f.multilabel_margin_loss(t.ones(2, 3), t.tensor([[0, -1]])),
    "lists of floats": lambda t, f: f.multilabel_margin_loss(t.ones(2, 3), t.ones(2, 3)),
    "lists for a stack": lambda t, f: f.multilabel_margin_loss(t.ones(2, 3, 1), t.tensor([0])),
    "soft margins of a number": lambda t, f: f.multilabel_soft_margin_loss(t.tensor(1.0), t.tensor(1.0)),
    "soft margins of shapes that do not fit": lambda t, f: f.multilabel_soft_margin_loss(t.ones(2, 3), t.ones(4)),
}
for name, arguments in [
    ("kl_div", 2),
    ("poisson_nll_loss", 2),
    ("gaussian_nll_loss", 3),
    ("soft_margin_loss", 2),
    ("hinge_embedding_loss", 2),
    ("cosine_embedding_loss", 3),
    ("margin_ranking_loss", 3),
    ("triplet_margin_loss", 3),
    ("triplet_margin_with_distance_loss", 3),
    ("multi_margin_loss", 2),
    ("multilabel_margin_loss", 2),
    ("multilabel_soft_margin_loss", 2),
]:
    ERRORS[f"a reduction of {name}"] = lambda t, f, name=name, arguments=arguments: getattr(f, name)(
        *[t.ones(1)] * arguments, reduction="x"
    )
# Where PyTorch's text says something that is not so here, or less than ours: what is to be found in ours.
PARTS = {
    "kl_div of shapes that do not fit": "The size of tensor a (4) must match the size of tensor b (3)",
    "soft_margin of shapes that do not fit": "must match the size of tensor b",
    "soft_margin of integers": "soft_margin_loss(): the input is floating, got int64",
    "hinge of shapes that do not fit": "hinge_embedding_loss(): an input of shape (2,) and a target of shape (3,)",
    "cosine of other numbers of targets": "cosine_embedding_loss(): an input of shape (2,) and a target of shape (3,)",
    "classes of floats": "expected scalar type Long but found float32",
    "lists of floats": "expected scalar type Long but found float32",
    "weights of another dtype": "expected scalar type float32 but found float64",
    "scores of integers": "not implemented for int64",
    "soft margins of a number": "multilabel_soft_margin_loss(): the input needs a dimension",
    "ranking of two ranks": "margin_ranking_loss : All input tensors should have same dimension but got sizes: ",
    "a reduction of gaussian_nll_loss": "x is not a valid value for reduction",
    "a reduction of multilabel_soft_margin_loss": "x is not a valid value for reduction",
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_of_pytorchs_class_and_have_its_text(name: str) -> None:
    def call(library: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ERRORS[name](library, library.nn.functional)

    ours, theirs = error_of(tinygrad_opt, call), error_of(torch, call)
    assert type(ours) is type(theirs)
    assert PARTS.get(name, str(theirs).rstrip(".")) in str(ours)


def test_lists_and_arrays_are_not_taken_for_tensors() -> None:
    functional = tinygrad_opt.nn.functional
    for name in ["kl_div", "poisson_nll_loss", "soft_margin_loss", "hinge_embedding_loss", "multi_margin_loss"]:
        with pytest.raises(TypeError, match="expected Tensors, got Tensor and ndarray"):
            getattr(functional, name)(tinygrad_opt.ones(2), np.ones(2))
    with pytest.raises(TypeError, match="expected Tensors, got Tensor and Tensor and list"):
        functional.triplet_margin_loss(tinygrad_opt.ones(2), tinygrad_opt.ones(2), [1.0, 2.0])
