"""Losses of distributions, distances and margins; test_nn_parity.py has those of differences and classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .case import given, normal, positive, quiet, rng, row, whole

REDUCTIONS = ("none", "mean", "sum")


def loss(name: str, *arrays: Any, case: str = "", **options: Any) -> None:
    """A row of `functional.name(*arrays, **options)` for each reduction; options that are arrays become tensors."""
    for reduction in REDUCTIONS:
        row(f"{name} {case} {reduction}", quiet(_call(name, {**options, "reduction": reduction})), *arrays)


def _call(name: str, options: dict[str, Any]) -> Callable[..., Any]:
    def call(torch: Any, *inputs: Any) -> Any:
        made = {k: _tensor(torch, v, inputs[0]) if isinstance(v, np.ndarray) else v for k, v in options.items()}
        return getattr(torch.nn.functional, name)(*inputs, **made)

    return call


def _tensor(torch: Any, array: Any, like: Any) -> Any:
    t = torch.from_numpy(array)
    return t.to(like.dtype) if array.dtype.kind == "f" else t


def signs(*shape: int) -> Any:
    return rng.choice([-1.0, 1.0], shape)


def logs(*shape: int) -> Any:
    x = normal(*shape)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


# ---- distributions ---------------------------------------------------------------------------------------------------

for shape in [(2, 3), (4,), (2, 3, 2), (0, 3)]:
    loss("kl_div", logs(*shape), np.exp(logs(*shape)), case=f"{shape}")
    loss("kl_div", logs(*shape), logs(*shape), case=f"{shape} of logarithms", log_target=True)
    row(
        f"kl_div {shape} batchmean",
        _call("kl_div", {"reduction": "batchmean"}),
        logs(*shape),
        np.exp(logs(*shape)),
    )
loss("kl_div", logs(2, 3), np.exp(logs(3)), case="broadcast")
loss("kl_div", logs(2, 3), target=given([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]), case="of targets with zeros")
row("kl_div of numbers", _call("kl_div", {"reduction": "batchmean"}), normal(), positive())

for shape in [(5,), (2, 3), (), (0, 2)]:
    for options in [{}, {"log_input": False}, {"full": True}, {"log_input": False, "full": True, "eps": 0.1}]:
        loss("poisson_nll_loss", positive(*shape), 2 * positive(*shape), case=f"{shape} {options}", **options)
loss("poisson_nll_loss", normal(5), given([0, 1, 2, 3, 100]), case="of counts")
loss("poisson_nll_loss", normal(5), target=given([0.0, 0.5, 1.0, 1.5, 100.0]), case="of small counts", full=True)

for shape, var in [
    ((5,), (5,)),
    ((2, 3), (2, 3)),
    ((2, 3), (2, 1)),
    ((2, 3), (2,)),
    ((2, 3), (1, 3)),
    ((0, 3), (0, 3)),
]:
    for options in [{}, {"full": True}, {"eps": 1.0}]:
        name = f"{shape} {var} {options}"
        loss("gaussian_nll_loss", normal(*shape), normal(*shape), positive(*var), case=name, **options)
loss("gaussian_nll_loss", normal(5), normal(5), case="of one variance", var=0.5)
loss("gaussian_nll_loss", normal(2, 3), normal(3), positive(2, 3), case="of one target for all")
loss("gaussian_nll_loss", normal(3), normal(3), given([0.0, 1e-9, 1.0]), case="of no variance")

# ---- margins ---------------------------------------------------------------------------------------------------------

for shape in [(5,), (2, 3), (), (0, 2)]:
    loss("soft_margin_loss", normal(*shape), target=signs(*shape), case=f"{shape}")
    for margin in [1.0, 0.3]:
        loss("hinge_embedding_loss", normal(*shape), signs(*shape), case=f"{shape} {margin}", margin=margin)
    for margin in [0.0, 0.5]:
        arrays = normal(*shape), normal(*shape), signs(*shape)
        loss("margin_ranking_loss", *arrays, case=f"{shape} {margin}", margin=margin)
loss("soft_margin_loss", normal(2, 3), target=signs(3), case="broadcast")
loss("soft_margin_loss", normal(3), given([1, -1, 1]), case="of integers")
loss("soft_margin_loss", given([0.0, 30.0, -30.0, -0.0]), target=given([1.0, 1.0, 1.0, -1.0]), case="far out")
loss("hinge_embedding_loss", given([1.0, 0.5, 2.0, 1.0]), given([-1, -1, -1, 1]), case="at its kink")
loss("hinge_embedding_loss", normal(3), given([0.0, 1.0, 2.0]), case="of other targets")
loss("margin_ranking_loss", given([1.0, 2.0]), given([1.0, 1.0]), given([1.0, 1.0]), case="at its kink")
loss("margin_ranking_loss", normal(2, 1), normal(2, 3), signs(1, 3), case="broadcast")

for margin in [0.0, 0.5, -0.5]:
    loss("cosine_embedding_loss", normal(6, 3), normal(6, 3), signs(6), case=f"{margin}", margin=margin)
    loss("cosine_embedding_loss", normal(3), normal(3), signs(), case=f"of one pair {margin}", margin=margin)
loss("cosine_embedding_loss", normal(0, 3), normal(0, 3), signs(0), case="of nothing")
loss("cosine_embedding_loss", normal(1, 3), normal(4, 3), signs(4), case="broadcast")
loss("cosine_embedding_loss", normal(3, 2), normal(3, 2), given([0, 1, -1]), case="of integers")
loss("cosine_embedding_loss", np.zeros((2, 3)), normal(2, 3), given([1.0, -1.0]), case="of zeros")

for name in ["triplet_margin_loss", "triplet_margin_with_distance_loss"]:
    for shape in [(4, 3), (3,), (2, 3, 2), (0, 3)]:
        for options in [{}, {"margin": 3.0}, {"swap": True}]:
            arrays = normal(*shape), normal(*shape), normal(*shape)
            loss(name, *arrays, case=f"{shape} {options}", **options)
    loss(name, normal(1, 3), normal(4, 3), normal(4, 1), case="broadcast")
for options in [{"p": 1.0}, {"p": 3.0}, {"p": 2, "eps": 0.1, "swap": True}]:
    loss("triplet_margin_loss", normal(4, 3), normal(4, 3), normal(4, 3), case=f"{options}", **options)
row(
    "triplet_margin_with_distance_loss of another distance",
    lambda torch, a, p, n: torch.nn.functional.triplet_margin_with_distance_loss(
        a, p, n, distance_function=lambda x, y: 1 - torch.nn.functional.cosine_similarity(x, y), swap=True
    ),
    normal(4, 3),
    normal(4, 3),
    normal(4, 3),
)

for shape in [(4, 3), (3,), (2, 3, 2), (0, 3)]:
    loss("multilabel_soft_margin_loss", normal(*shape), whole(2, *shape).astype(float), case=f"{shape}")
    weight = positive(shape[-1])
    loss("multilabel_soft_margin_loss", normal(*shape), positive(*shape) / 2, case=f"{shape} weighed", weight=weight)
loss("multilabel_soft_margin_loss", given([[800.0, -800.0]]), given([[0, 1]]), case="far out")
