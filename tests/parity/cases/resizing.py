"""pad in every mode, pixel_shuffle, pixel_unshuffle, interpolate."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import normal, row, whole
from .convolution import functional

for shape, widths in [
    ((4,), (1, 2)),
    ((2, 3), (1, 2, 0, -1)),
    ((2, 3), (0, 0)),
    ((2, 3), ()),
    ((2, 3, 4), (-1, 1, 2, 0, 1, 1)),
    ((0, 3), (1, 1)),
    ((2, 3), (-1, -1)),
]:
    row(f"pad {shape} {widths}", functional("pad", widths), normal(*shape))
    row(f"pad {shape} {widths} with a number", functional("pad", widths, value=2.5), normal(*shape))
for mode in ["reflect", "replicate", "circular"]:
    for shape, widths in [
        ((1, 4), (1, 2)),
        ((2, 3, 4), (3, 3)),
        ((2, 4), (0, 1)),
        ((2, 5), (-1, 2)),
        ((2, 5), (2, -2)),
        ((2, 3, 4), (1, 2, 2, 1)),
        ((2, 2, 3, 4), (3, 0, 0, 2)),
        ((2, 2, 3, 4), (1, 1, -1, 1)),
        ((2, 3, 4, 2), (1, 1, 2, 0, 1, 1)),
        ((1, 2, 3, 4, 2), (0, 1, 1, 1, 1, 2)),
        ((0, 2, 4), (1, 1)),
    ]:
        row(f"pad {shape} {widths} {mode}", functional("pad", widths, mode), normal(*shape))
for widths in [(5, 7), (4, 9)]:
    row(f"pad far out {widths}", functional("pad", widths, "replicate"), normal(2, 3))

for shape, r in [
    ((4, 2, 3), 2),
    ((9, 2, 3), 3),
    ((2, 8, 2, 3), 2),
    ((2, 3, 2, 3), 1),
    ((2, 2, 4, 1, 1), 2),
]:
    row(f"pixel_shuffle {shape} {r}", functional("pixel_shuffle", r), normal(*shape))
    row(f"pixel_shuffle {shape} {r} of integers", functional("pixel_shuffle", r), whole(9, *shape))
for shape, r in [
    ((1, 2, 4), 2),
    ((2, 3, 6), 3),
    ((2, 2, 4, 6), 2),
    ((2, 3, 2, 3), 1),
    ((2, 1, 1, 2, 2), 2),
]:
    row(f"pixel_unshuffle {shape} {r}", functional("pixel_unshuffle", r), normal(*shape))
    row(f"pixel_unshuffle {shape} {r} of integers", functional("pixel_unshuffle", r), whole(9, *shape))

MODES = {3: ["nearest", "nearest-exact", "linear", "area"], 4: ["nearest", "nearest-exact", "bilinear", "area"]}
MODES[5] = ["nearest", "nearest-exact", "trilinear", "area"]
SIZES: dict[int, tuple[tuple[int, ...], list[Any]]] = {
    3: ((2, 3, 5), [8, 3, 1, 5, 10]),
    4: ((2, 3, 4, 5), [(8, 3), 6, (1, 1), (4, 5)]),
    5: ((1, 2, 3, 4, 2), [(2, 6, 3), 4]),
}
for ndim, (shape, sizes) in SIZES.items():
    for mode in MODES[ndim]:
        corners = [None, True, False] if "linear" in mode else [None]
        for corner in corners:
            for size in sizes:
                row(
                    f"interpolate {shape} to {size} {mode} {corner}",
                    functional("interpolate", size, mode=mode, align_corners=corner),
                    normal(*shape),
                )
            for factor in [2, 0.5, 1.7] if ndim < 5 else [1.5]:
                for recompute in [None, True]:
                    row(
                        f"interpolate {shape} by {factor} {mode} {corner} {recompute}",
                        functional(
                            "interpolate",
                            scale_factor=factor,
                            mode=mode,
                            align_corners=corner,
                            recompute_scale_factor=recompute,
                        ),
                        normal(*shape),
                    )
row(
    "interpolate by two factors",
    functional("interpolate", scale_factor=(2.5, 0.75), mode="bilinear"),
    normal(1, 2, 4, 5),
)
row("interpolate of inf", functional("interpolate", 6), np.array([[[1.0, np.inf, -np.inf]]]))
