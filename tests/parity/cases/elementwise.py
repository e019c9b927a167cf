"""Functions of one number."""

from __future__ import annotations

from .case import fn, given, normal, positive, row, unit

for name in [
    "exp",
    "expm1",
    "square",
    "abs",
    "sign",
    "sin",
    "cos",
    "tanh",
    "sinh",
    "cosh",
    "atan",
    "erf",
    "sigmoid",
    "relu",
    "floor",
    "ceil",
    "trunc",
    "round",
    "neg",
    "exp2",
]:
    row(name, fn(name), normal(2, 3))
for name in ["log", "log1p", "log2", "log10", "sqrt", "rsqrt", "reciprocal"]:
    row(name, fn(name), positive(2, 3))
for name in ["tan", "asin", "acos"]:
    row(name, fn(name), unit(2, 3))
for name in ["exp", "sqrt", "tanh", "relu", "erf", "abs", "round"]:
    row(f"{name} of a 0-d tensor", fn(name), positive())
    row(f"{name} of nothing", fn(name), normal(0, 3))
row(
    "erf far out",
    lambda torch, x: torch.erf(x),
    given([-30.0, -6.5, -5.9, -1.0, -0.99, 1e-8, 1.0, 1.01, 3.0, 5.9, 6.5]),
)
row("sigmoid far out", lambda torch, x: torch.sigmoid(x), given([-800.0, -40.0, 0.0, 40.0, 800.0]))
row("round to digits", lambda torch, x: torch.round(x, decimals=2), normal(5))
row("round to tens", lambda torch, x: torch.round(x * 100, decimals=-1), normal(5))
row("-x", lambda torch, x: -x, normal(3))
row("+x", lambda torch, x: +x, normal(3))
row("abs(x)", lambda torch, x: abs(x), normal(3))
row("clone", lambda torch, x: x.clone(), normal(2, 3))
row("clamp", lambda torch, x: torch.clamp(x, -0.5, 0.5), normal(8))
row("clamp from below", lambda torch, x: x.clamp(min=0.1), normal(8))
row("clamp from above", lambda torch, x: x.clamp(max=0.1), normal(8))
row("clamp with bounds crossed", lambda torch, x: x.clamp(0.5, -0.5), normal(8))
row("clamp between tensors", lambda torch, x, low, high: torch.clamp(x, low, high), normal(4, 3), unit(3), positive(3))
row("clamp below a tensor", lambda torch, x, high: torch.clamp(x, max=high), normal(4, 3), unit(3))
row("cast to float32", lambda torch, x: x.float() * 2, normal(3))
row("cast to integers", lambda torch, x: (x.long(), x.int() * 2, x.bool()), normal(3) * 3)
row("cast to half", lambda torch, x: x.half().double() * 2, given([0.5, 1.25]))
row("cast there and back", lambda torch, x: x.float().double() * x, normal(3))
