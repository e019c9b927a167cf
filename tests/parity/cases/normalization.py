"""batch_norm, layer_norm, rms_norm, group_norm, instance_norm."""

from __future__ import annotations

from typing import Any

from .case import given, normal, positive, row
from .convolution import functional

for shape in [(4, 3), (4, 3, 5), (2, 3, 4, 5), (2, 3, 2, 3, 4)]:
    name = f"batch_norm {list(shape)}"
    for affine in [False, True]:
        weights = (normal(3), normal(3)) if affine else ()

        def by_itself(torch: Any, x: Any, *w: Any) -> Any:
            return torch.nn.functional.batch_norm(x, None, None, *w, training=True, eps=0.01)

        def by_given(torch: Any, x: Any, mean: Any, var: Any, *w: Any) -> Any:
            return torch.nn.functional.batch_norm(x, mean.detach(), var.detach(), *w)

        row(f"{name} affine={affine}, trained", by_itself, normal(*shape), *weights)
        row(f"{name} affine={affine}, evaluated", by_given, normal(*shape), normal(3), positive(3), *weights)
    row(
        f"{name} weight only",
        lambda torch, x, w: torch.nn.functional.batch_norm(x, None, None, w, training=True),
        normal(*shape),
        normal(3),
    )

for shape, last in [((4, 3), 1), ((2, 3, 4), 1), ((2, 3, 4), 2), ((5,), 1), ((2, 3, 4), 3), ((2, 1), 1), ((0, 3), 1)]:
    inner = shape[-last:]
    row(f"layer_norm {shape} {last}", functional("layer_norm", inner), normal(*shape))
    row(
        f"layer_norm {shape} {last} affine",
        lambda torch, x, w, b, inner=inner: torch.nn.functional.layer_norm(x, inner, w, b, 0.1),
        normal(*shape),
        normal(*inner),
        normal(*inner),
    )
    row(f"rms_norm {shape} {last}", functional("rms_norm", inner), normal(*shape))
    row(
        f"rms_norm {shape} {last} affine",
        lambda torch, x, w, inner=inner: torch.nn.functional.rms_norm(x, inner, w, 0.1),
        normal(*shape),
        normal(*inner),
    )
row("layer_norm of equal numbers", functional("layer_norm", (3,)), given([[2.0, 2.0, 2.0], [0.0, 0.0, 0.0]]))
row("rms_norm with an eps", functional("rms_norm", (3,), eps=0.5), normal(2, 3))

for shape, groups in [
    ((4, 6), 2),
    ((2, 6, 5), 3),
    ((2, 4, 3, 2), 1),
    ((2, 4, 3, 2), 4),
    ((2, 4, 2, 3, 2), 2),
    ((0, 4), 2),
]:
    row(f"group_norm {shape} {groups}", functional("group_norm", groups), normal(*shape))
    row(
        f"group_norm {shape} {groups} affine",
        lambda torch, x, w, b, groups=groups: torch.nn.functional.group_norm(x, groups, w, b, 0.1),
        normal(*shape),
        normal(shape[1]),
        normal(shape[1]),
    )

for shape in [(2, 3, 4), (2, 3, 4, 5), (2, 3, 2, 3, 2), (1, 1, 2)]:
    row(f"instance_norm {shape}", functional("instance_norm"), normal(*shape))
    row(
        f"instance_norm {shape} affine",
        lambda torch, x, w, b: torch.nn.functional.instance_norm(x, None, None, w, b, eps=0.1),
        normal(*shape),
        normal(shape[1]),
        normal(shape[1]),
    )
    row(
        f"instance_norm {shape} by given statistics",
        lambda torch, x, mean, var: torch.nn.functional.instance_norm(
            x, mean.detach(), var.detach(), use_input_stats=False
        ),
        normal(*shape),
        normal(shape[1]),
        positive(shape[1]),
    )
