"""conv1d to conv3d, their transposes, unfold and fold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .case import Array, normal, row


def functional(name: str, *args: Any, **options: Any) -> Callable[..., Any]:
    return lambda torch, *xs: getattr(torch.nn.functional, name)(*xs, *args, **options)


def case(name: str, *arrays: Array, **options: Any) -> None:
    shapes = " ".join(str(list(a.shape)) for a in arrays)
    row(" ".join([name, shapes, *[f"{k}={v}" for k, v in options.items()]]), functional(name, **options), *arrays)


OPTIONS: dict[int, list[dict[str, Any]]] = {
    1: [
        {},
        {"stride": 2},
        {"padding": 2},
        {"dilation": 2},
        {"stride": (3,), "padding": (1,), "dilation": (2,)},
        {"padding": "same"},
        {"padding": "same", "dilation": 3},
        {"padding": "valid", "stride": 2},
    ],
    2: [
        {},
        {"stride": 2},
        {"stride": (1, 3)},
        {"padding": (2, 0)},
        {"dilation": (1, 2)},
        {"stride": 2, "padding": 1, "dilation": 2},
        {"padding": "same", "dilation": 2},
        {"padding": "valid"},
    ],
    3: [
        {},
        {"stride": 2, "padding": 1},
        {"stride": (1, 2, 1), "dilation": (2, 1, 1)},
        {"padding": "same", "dilation": (2, 1, 1)},
        {"padding": (0, 1, 2)},
    ],
}
SIZES: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {
    1: ((8,), (3,)),
    2: ((6, 7), (2, 3)),
    3: ((4, 3, 5), (2, 1, 3)),
}
for d, (size, kernel) in SIZES.items():
    name = f"conv{d}d"
    for options in OPTIONS[d]:
        case(name, normal(2, 3, *size), normal(4, 3, *kernel), normal(4), **options)
    case(name, normal(2, 4, *size), normal(6, 2, *kernel), normal(6), groups=2, stride=2)
    case(name, normal(2, 4, *size), normal(4, 1, *kernel), groups=4, padding=1)
    case(name, normal(3, *size), normal(2, 3, *kernel), normal(2))
    case(name, normal(0, 3, *size), normal(2, 3, *kernel), normal(2))
    case(name, normal(1, 3, *kernel), normal(2, 3, *kernel))
    case(name, normal(2, 3, *size), normal(5, 3, *[1] * d))
    case(name, normal(2, 3, *size), normal(5, 3, *[1] * d), stride=2)

    name = f"conv_transpose{d}d"
    for options in [
        {},
        {"stride": 2},
        {"padding": 1, "stride": 2},
        {"stride": 2, "output_padding": 1},
        {"stride": 3, "output_padding": 2, "padding": 1},
        {"dilation": 2},
        {"dilation": 2, "output_padding": 1},
        {"dilation": 3, "output_padding": 2, "padding": 1, "stride": 2},
    ]:
        case(name, normal(2, 3, *size), normal(3, 2, *kernel), normal(2), **options)
    case(name, normal(2, 4, *size), normal(4, 3, *kernel), normal(6), groups=2, stride=2)
    case(name, normal(2, 4, *size), normal(4, 1, *kernel), groups=4)
    case(name, normal(3, *size), normal(3, 2, *kernel), normal(2), stride=2)
    case(name, normal(0, 3, *size), normal(3, 2, *kernel), normal(2))

row(
    "conv2d of one row of columns at a time",
    functional("conv2d", padding=1, stride=(1, 2)),
    normal(1, 64, 30, 40) / 8,
    normal(2, 64, 3, 3) / 8,
)
row(
    "conv_transpose2d of one row of columns at a time",
    functional("conv_transpose2d", padding=1),
    normal(2, 2, 30, 40) / 8,
    normal(2, 64, 3, 3) / 8,
)

for options in [
    {"kernel_size": 2},
    {"kernel_size": (2, 3)},
    {"kernel_size": 2, "stride": 2},
    {"kernel_size": 3, "padding": 1, "stride": (1, 2)},
    {"kernel_size": 2, "dilation": 2},
    {"kernel_size": (1, 2), "dilation": (1, 3), "padding": (0, 2), "stride": 2},
    {"kernel_size": 1},
    {"kernel_size": (4, 5)},
]:
    case("unfold", normal(2, 3, 4, 5), **options)
case("unfold", normal(3, 4, 5), kernel_size=2)
case("unfold", normal(0, 3, 4, 5), kernel_size=2)
for shape, options in [
    ((2, 12, 12), {"output_size": (4, 5), "kernel_size": 2}),
    ((2, 12, 6), {"output_size": (3, 5), "kernel_size": (2, 3)}),
    ((2, 8, 4), {"output_size": (4, 5), "kernel_size": 2, "stride": 2}),
    ((1, 9, 12), {"output_size": (4, 5), "kernel_size": 3, "padding": 1, "stride": (1, 2)}),
    ((2, 4, 6), {"output_size": (4, 5), "kernel_size": 2, "dilation": 2}),
    ((2, 3, 9), {"output_size": 3, "kernel_size": 1}),
    ((2, 4, 1), {"output_size": 2, "kernel_size": 2}),
    ((12, 12), {"output_size": (4, 5), "kernel_size": 2}),
    ((0, 12, 12), {"output_size": (4, 5), "kernel_size": 2}),
    ((2, 2, 12), {"output_size": (4, 5), "kernel_size": (1, 2), "stride": 1, "dilation": (1, 2), "padding": (0, 0)}),
]:
    case("fold", normal(*shape), **options)
