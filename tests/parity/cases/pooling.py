"""max_pool, avg_pool and their adaptive kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Array, given, normal, row, whole
from .convolution import functional


def case(name: str, array: Array, **options: Any) -> None:
    words = [name, str(list(array.shape)), *[f"{k}={v}" for k, v in options.items()]]
    row(" ".join(words), functional(name, **options), array)


SIZES = {1: (9,), 2: (5, 8), 3: (4, 5, 6)}
WINDOWS: list[dict[str, Any]] = [
    {"kernel_size": 2},
    {"kernel_size": 3, "stride": 1},
    {"kernel_size": 2, "stride": 3},
    {"kernel_size": 3, "padding": 1},
    {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel_size": 2, "ceil_mode": True},
    {"kernel_size": 1},
]
for d, size in SIZES.items():
    name = f"max_pool{d}d"
    for options in [
        *WINDOWS,
        {"kernel_size": 2, "stride": 1, "dilation": 2},
        {"kernel_size": 3, "stride": 2, "dilation": 2, "padding": 1, "ceil_mode": True}
        if d == 1
        else {"kernel_size": 2, "stride": 1, "dilation": 3, "padding": 1},
    ]:
        case(name, normal(2, 3, *size), **options)
        case(name, normal(2, *size), return_indices=True, **options)
    case(name, normal(0, 3, *size), kernel_size=2)

    name = f"avg_pool{d}d"
    for options in WINDOWS:
        case(name, normal(2, 3, *size), **options)
        case(name, normal(2, *size), count_include_pad=False, **options)
        if d > 1:
            case(name, normal(2, 3, *size), divisor_override=3, **options)

    for out in [1, 2, 3, 4, size if d > 1 else size[0]]:
        case(f"adaptive_avg_pool{d}d", normal(2, 3, *size), output_size=out)
        case(f"adaptive_avg_pool{d}d", normal(3, *size), output_size=out)
        case(f"adaptive_max_pool{d}d", normal(2, 3, *size), output_size=out, return_indices=True)
        case(f"adaptive_max_pool{d}d", normal(3, *size), output_size=out)

for kind in ["avg", "max"]:
    case(f"adaptive_{kind}_pool2d", normal(2, 3, 5, 8), output_size=(None, 2))
    case(f"adaptive_{kind}_pool2d", normal(2, 3, 5, 8), output_size=(7, 3))
    case(f"adaptive_{kind}_pool3d", normal(2, 4, 5, 6), output_size=(2, None, 8))
case("max_pool2d", normal(2, 3, 5, 8), kernel_size=(2, 3), stride=(1, 2), padding=(0, 1))
case("avg_pool2d", normal(2, 3, 5, 8), kernel_size=(2, 3), stride=(1, 2), padding=(0, 1))
case("max_pool2d", normal(2, 3, 6, 6), kernel_size=5, stride=3, padding=2, return_indices=True)

SPECIAL = given([[[0.0, -0.0, np.inf, np.nan], [1.0, 1.0, -np.inf, 2.0], [np.nan, 3.0, 3.0, np.nan], [-np.inf] * 4]])
for name in ["max_pool2d", "avg_pool2d"]:
    row(f"{name} of nan and inf", functional(name, 2), SPECIAL)
row("max_pool2d of nan and inf, with indices", functional("max_pool2d", 2, return_indices=True), SPECIAL)
row("max_pool2d of nan that overlap", functional("max_pool2d", 3, 1, 1, return_indices=True), SPECIAL)
row("max_pool2d of -inf", functional("max_pool2d", 3, 1, 1, return_indices=True), np.full((1, 3, 4), -np.inf))
row("max_pool1d of -inf, dilated", functional("max_pool1d", 3, 1, 1, 2, return_indices=True), np.full((1, 8), -np.inf))
row("adaptive_max_pool2d of nan", functional("adaptive_max_pool2d", 3, return_indices=True), SPECIAL)
for d, size in SIZES.items():
    ties = whole(2, 2, 3, *size).astype(float)
    row(f"max_pool{d}d of ties", functional(f"max_pool{d}d", 3, 2, 1, return_indices=True), ties)
    row(f"adaptive_max_pool{d}d of ties", functional(f"adaptive_max_pool{d}d", 3, return_indices=True), ties)
