"""New tensors: their values, shapes and dtypes."""

from __future__ import annotations

import math
from typing import Any

from .case import normal, row, whole


def new(name: str, *args: Any, **kwargs: Any) -> None:
    """The library's function of that name; a dtype is given by its name."""

    def call(torch: Any, *xs: Any) -> Any:
        dtype = {"dtype": getattr(torch, kwargs["dtype"])} if "dtype" in kwargs else {}
        return getattr(torch, name)(*args, **{**kwargs, **dtype})

    row(f"{name}{args} {kwargs}", call)


def new_from(name: str, *args: Any, **kwargs: Any) -> None:
    """The method of a tensor, one of floats and one of integers."""

    def call(torch: Any, x: Any, n: Any) -> Any:
        dtype = {"dtype": getattr(torch, kwargs["dtype"])} if "dtype" in kwargs else {}
        every = {**kwargs, **dtype}
        return [
            getattr(x, name)(*args, **every),
            getattr(n, name)(*args, **({} if "requires_grad" in every else every)),
        ]

    row(f"x.{name}{args} {kwargs}", call, normal(2, 3), whole(9, 2))


DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8"]
for name in ["zeros", "ones"]:
    for size in [(), (3,), (2, 3), (0,), (2, 0, 3), ((2, 3),), ([2, 3],), ((),)]:
        if size:
            new(name, *size)
    for dtype in [*DTYPES, "bool"]:
        new(name, 2, dtype=dtype)
    new(name, 2, requires_grad=True, device="cpu")
    new(name, size=(2, 3))
    for size in [(), (3,), (0, 2), (2, 3)]:
        row(f"{name}_like {size}", lambda torch, x, name=name: getattr(torch, name + "_like")(x), normal(*size))
        row(
            f"{name}_like {size} integers",
            lambda torch, x, name=name: getattr(torch, name + "_like")(x),
            whole(9, *size),
        )
    for options in [{"dtype": "int64"}, {"dtype": "bool"}, {"requires_grad": True}, {"device": "cpu"}]:
        row(f"{name}_like {options}",
            lambda torch, x, name=name, o=options: getattr(torch, name + "_like")(
                x, **{k: getattr(torch, v) if k == "dtype" else v for k, v in o.items()}),
            normal(2, 3))  # fmt: skip
    for size in [(3,), (2, 3), ((2, 3),), ([],), (0, 2)]:
        new_from(f"new_{name}", *size)
    for options in [{"dtype": "int32"}, {"dtype": "bool"}, {"requires_grad": True}, {"device": "cpu"}]:
        new_from(f"new_{name}", 2, **options)
for size in [(3,), (2, 3), ((2, 3),), ([],), (0, 2)]:
    row(
        f"empty {size}",
        lambda torch, x, size=size: [torch.empty(*size) * 0 == 9, torch.empty_like(x).zero_()],
        normal(2, 3),
    )
    row(f"new_empty {size}",
        lambda torch, x, size=size: [x.new_empty(*size).zero_(), x.new_empty(*size, dtype=torch.int8).zero_()],
        whole(9, 2))  # fmt: skip
    for options in [{"dtype": "int16"}, {"requires_grad": False}]:
        row(f"empty {size} {options}", lambda torch, size=size, o=options: torch.empty(
            *size, **{k: getattr(torch, v) if k == "dtype" else v for k, v in o.items()}).zero_())  # fmt: skip
for fill in [1, True, 1.5, -3, 0.0, math.inf, math.nan, -math.inf, 2**40]:
    new("full", (2, 3), fill)
    if abs(fill) < 1e9:
        new("full", (2,), fill, dtype="float16")
        row(f"full_like {fill}", lambda torch, x, f=fill: torch.full_like(x, f), normal(2, 3))
        new("full", [1], fill, dtype="float64", requires_grad=True)
    if math.isfinite(fill):
        new_from("new_full", (2, 1), fill)
        new("full", (2,), fill, dtype="int64")
        row(f"full_like {fill} integers", lambda torch, x, f=fill: torch.full_like(x, f), whole(9, 3))
for dtype in ["uint8", "int8", "bool", "float32"]:
    new("full", (2,), 7, dtype=dtype)
    new("full", (), -1, dtype=dtype)
    new_from("new_full", [2], 7.5, dtype=dtype)
row("full of tensors", lambda torch: [torch.full((2,), torch.tensor(v)) for v in (3, 2.5, True)])
for data in [3, 1.5, True, [1, 2], [[1.5], [2.5]], [], [True, False]]:
    new_from("new_tensor", data)
    new_from("new_tensor", data, dtype="float64", requires_grad=True)
for args in [(3,), (0,), (2, 3), (3, 2), (3, 0), (0, 3), (1, 1)]:
    new("eye", *args)
    new("eye", *args, dtype="int64")
new("eye", n=2, m=1, dtype="bool")
new("eye", 2, requires_grad=True)

for args in [
    (5,), (0,), (2, 5), (-3, 3), (5, 0, -2), (0, 10, 3), (3, 3), (2.5,), (0, 1, 0.25), (1, 0, -0.25), (-1, 1, 0.3),
    (0.5, 5),
    (1.9, 5.1, 1.2), (0, 1, 1 / 3), (2**62, 2**62 + 3), (1e-3, 5e-3, 1e-3), (-5, -1), (True,), (0, 7, 7), (10, -10, -7),
]:  # fmt: skip
    new("arange", *args)
    if abs(args[0]) < 2**31:
        new("arange", *args, dtype="float64", requires_grad=True)
    if min(args) >= -100 and (len(args) < 3 or abs(args[2]) >= 1):
        for dtype in DTYPES[2:7]:
            new("arange", *args, dtype=dtype) if abs(args[0]) < 2**31 else None
new("arange", end=3)
new("arange", start=1, end=3, step=1)
row(
    "arange of tensors", lambda torch: [torch.arange(torch.tensor(3)), torch.arange(torch.tensor(1.5), torch.tensor(4))]
)
for start, end in [(0, 1), (-3, 7), (1, 0), (2, 2), (0.1, 0.7), (-1e3, 1e3), (0, 10), (0.5, 10.7), (1e-8, 1e8)]:
    for steps in [0, 1, 2, 5, 8, 33]:
        for dtype in ["float64", "float32"]:
            new("linspace", start, end, steps, dtype=dtype)
            if abs(end) <= 10:
                new("logspace", start, end, steps, dtype=dtype)
for steps in [0, 1, 2, 4, 5, 6]:
    for dtype in ["int64", "int32", "int8", "float16"]:
        new("linspace", -7, 10, steps, dtype=dtype)
        new("logspace", 0, 4, steps, base=2, dtype=dtype)
for base in [2, 10.0, 0.5, -2, 0, 1]:
    new("logspace", 0, 4, 5, base)
    new("logspace", start=1, end=3, steps=3, base=base, dtype="float64", requires_grad=True)
new("linspace", start=0, end=1, steps=3, requires_grad=True)
row("linspace of tensors", lambda torch: torch.linspace(torch.tensor(0.0), torch.tensor(1.0), 3))
for name in ["tril_indices", "triu_indices"]:
    for args in [
        (3, 3),
        (2, 3),
        (3, 2),
        (0, 3),
        (3, 0),
        (3, 3, 1),
        (3, 3, -1),
        (2, 3, 5),
        (2, 3, -5),
        (4, 2, -2),
        (1, 1),
    ]:
        new(name, *args)
    new(name, row=2, col=3, offset=1, dtype="int32", device="cpu")

for name in ["float64", "float32", "float16", "int64", "bool"]:
    row(f"to {name}", lambda torch, x, n=name: [
        x.to(getattr(torch, n)), x.to(dtype=getattr(torch, n)), x.to("cpu", getattr(torch, n)),
        x.to(device="cpu", dtype=getattr(torch, n)), x.to(getattr(torch, n), copy=True),
        x.to(getattr(torch, n), False, True),
        x.to(getattr(torch, n), non_blocking=True)], normal(2, 3))  # fmt: skip
row("to nothing new", lambda torch, x: [x.to("cpu"), x.to(), x.to(x), x.to("cpu", None)], normal(2, 3))
row("to a copy", lambda torch, x: [x.to("cpu", copy=True), x.to(x, copy=True)], normal(2, 3))
row("to the dtype of another", lambda torch, x, n: [x.to(n), n.to(x)], normal(2, 3), whole(9, 3))
