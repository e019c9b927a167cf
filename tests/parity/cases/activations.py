"""Activations, and vectors compared by angle and distance: the functions of torch.nn.functional."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .case import given, normal, positive, row


def functional(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    return lambda torch, *xs: getattr(torch.nn.functional, name)(*xs, *args, **kwargs)


KINKS = given([-7.0, -3.0, -2.5, -1.0, -0.5, -1e-3, -0.0, 0.0, 1e-300, 0.5, 1.0, 2.9, 3.0, 5.0, 6.0, 30.0, -30.0])
FAR = given([800.0, -800.0, math.inf])
BOUNDED = [
    "relu6",
    "hardtanh",
    "hardswish",
    "threshold",
    "softshrink",
    "hardshrink",
    "elu",
    "celu",
    "selu",
    "logsigmoid",
]
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "relu6": [{}],
    "hardtanh": [{}, {"min_val": -2.5, "max_val": 0.5}, {"min_val": 1, "max_val": 3}, {"max_val": -1.0}],
    "elu": [{}, {"alpha": 2.0}, {"alpha": 0.0}, {"alpha": -0.5}],
    "celu": [{}, {"alpha": 2.0}, {"alpha": 0.25}],
    "selu": [{}],
    "silu": [{}],
    "gelu": [{}, {"approximate": "tanh"}],
    "logsigmoid": [{}],
    "hardswish": [{}],
    "softsign": [{}],
    "tanhshrink": [{}],
    "softshrink": [{}, {"lambd": 0.0}, {"lambd": 3.0}],
    "hardshrink": [{}, {"lambd": 0.0}, {"lambd": 3}, {"lambd": -1.0}],
    "threshold": [
        {"threshold": 0.5, "value": 9.0},
        {"threshold": -0.0, "value": -1},
        {"threshold": -2.5, "value": math.inf},
    ],
}
for x in [KINKS, normal(3, 4) * 3, normal() * 3, normal(0, 2), normal(2, 3, 2), normal(1), normal(9) * 9, KINKS[3:5]]:
    row(f"mish of {x.shape}", functional("mish"), x)
row("mish in place", lambda torch, x: torch.nn.functional.mish(x * 2, inplace=True), normal(3, 2))
row("mish by name", lambda torch, x: torch.nn.functional.mish(input=x), normal(3, 2))
for name, options in OPTIONS.items():
    for option in options:
        row(f"{name} {option} at its kinks", functional(name, **option), KINKS)
        row(f"{name} {option} of a matrix", functional(name, **option), normal(3, 4) * 3)
        row(f"{name} {option} of a number", functional(name, **option), normal() * 3)
        row(f"{name} {option} of nothing", functional(name, **option), normal(0, 2))
    row(f"{name} of three dimensions", functional(name, **options[0]), normal(2, 3, 2))
    row(f"{name} far out", functional(name, **options[0]), FAR[: 3 if name in BOUNDED else 2])
    row(f"{name} of one", functional(name, **options[-1]), normal(1))
    if name in ("relu6", "hardtanh", "threshold", "softsign", "tanhshrink"):
        row(f"{name} of integers", functional(name, **options[0]), given([-7, -1, 0, 1, 3, 6, 7]))
    if name in ("relu6", "hardtanh", "elu", "celu", "selu", "silu", "hardswish", "threshold"):
        written = functional(name, **options[0], inplace=True)
        row(f"{name} in place", lambda torch, x, call=written: call(torch, x * 2), normal(3, 2))

for shape, dim in [((4,), -1), ((4,), 0), ((2, 6), 1), ((2, 6), 0), ((2, 6), -2), ((2, 3, 4), 0), ((2, 3, 4), 2)]:
    row(f"glu {shape} {dim}", functional("glu", dim), normal(*shape))
row("glu of nothing", functional("glu", 0), normal(0, 3))
row("glu by name", functional("glu", dim=-1), normal(3, 2))
row("glu as is", functional("glu"), given([1.0, -2.0, 800.0, -800.0]))

for shape, weights in [((3,), 1), ((2, 3), 3), ((2, 3), 1), ((2, 3, 4), 3), ((2, 3, 2, 2), 3), ((), 1), ((0, 3), 3)]:
    row(f"prelu {shape} {weights}", functional("prelu"), normal(*shape), normal(weights))
row("prelu of a number for all", functional("prelu"), normal(2, 3), normal())
row("prelu far out", functional("prelu"), given([1.0, -1.0, 800.0, -800.0]), given([0.25]))
row("prelu of a number by a number", functional("prelu"), normal(), normal())

for shape, dim in [
    ((4,), 0),
    ((4,), -1),
    ((2, 3), 0),
    ((2, 3), 1),
    ((2, 3, 2), 1),
    ((2, 3, 2), -3),
    ((), 0),
    ((0, 2), 1),
]:
    row(f"softmin {shape} {dim}", functional("softmin", dim), normal(*shape))
row("softmin far out", functional("softmin", dim=0), given([800.0, -800.0, 0.0]))
row("softmin as a dtype", lambda torch, x: torch.nn.functional.softmin(x, dim=0, dtype=torch.float64), given([1, 2, 3]))

# ---- angles and distances --------------------------------------------------------------------------------------------

for a, b, options in [
    ((2, 3), (2, 3), {}),
    ((2, 3), (2, 3), {"dim": 0}),
    ((2, 3), (2, 3), {"dim": -1}),
    ((3,), (2, 3), {"dim": 1}),
    ((2, 3, 4), (3, 1), {"dim": 2}),
    ((2, 1), (2, 3), {"dim": 1}),
    ((4,), (4,), {"dim": 0}),
    ((), (), {"dim": 0}),
    ((0, 3), (0, 3), {"dim": 1}),
    ((2, 3), (2, 3), {"eps": 10.0}),
]:
    row(f"cosine_similarity {a} {b} {options}", functional("cosine_similarity", **options), normal(*a), normal(*b))
row("cosine_similarity and integers", functional("cosine_similarity"), normal(2, 3), given([[1, 2, 3]]))

for a, b, options in [
    ((2, 3), (2, 3), {}),
    ((2, 3), (3,), {}),
    ((3,), (3,), {}),
    ((2, 2, 3), (2, 1, 3), {"p": 1}),
    ((2, 3), (2, 3), {"p": 1.0, "keepdim": True}),
    ((2, 3), (2, 3), {"p": 3.0}),
    ((2, 3), (2, 3), {"p": math.inf}),
    ((2, 3), (2, 3), {"p": 0.5}),
    ((2, 3), (2, 3), {"p": 2.0, "eps": 0.0}),
    ((0, 3), (0, 3), {}),
    ((), (), {}),
]:
    row(f"pairwise_distance {a} {b} {options}", functional("pairwise_distance", **options), normal(*a), normal(*b))
row("pairwise_distance of integers", functional("pairwise_distance"), given([[1, 2]]), given([[1, 4]]))

for shape, options in [
    ((2, 3), {}),
    ((2, 3), {"p": 1.0}),
    ((2, 3), {"p": 3}),
    ((2, 3), {"p": math.inf}),
    ((2, 3), {"dim": 0}),
    ((2, 3), {"dim": (0, 1)}),
    ((2, 3), {"eps": 5.0}),
    ((3,), {"dim": -1}),
    ((2, 3, 2), {"dim": 2}),
    ((0, 3), {}),
    ((), {"dim": 0}),
]:
    row(f"normalize {shape} {options}", functional("normalize", **options), normal(*shape))

for batch in [(4,), (), (2, 3), (0,), (2, 1, 2)]:
    inputs = normal(*batch, 3), normal(*batch, 2), normal(4, 3, 2)
    row(f"bilinear {batch}", functional("bilinear"), *inputs)
    row(f"bilinear {batch} and bias", functional("bilinear"), *inputs, positive(4))
row(
    "bilinear of the same twice",
    lambda torch, x, w: torch.nn.functional.bilinear(x, x, w),
    normal(2, 3),
    normal(2, 3, 3),
)
row("bilinear of one feature", functional("bilinear"), normal(2, 1), normal(2, 1), normal(1, 1, 1), np.zeros(1))
