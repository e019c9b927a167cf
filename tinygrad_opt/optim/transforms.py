"""What may happen to gradients before a rule sees them, and to a rule's steps before they are taken.

    optim.Adam(params, transforms=[optim.transforms.clip_by_global_norm(1.0)])

A transform is a pair of pure functions over the gradients of all parameters in a list, None where there is none. The
same transforms are the links of `optim.chain`. They call NumPy's functions only, so that they work on Tensors too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

State = dict[str, Any]  # lists in it have a place for every parameter
Arrays = list[Any]


class Transform(NamedTuple):
    """`init(params)` makes the first state; `update(updates, state, params, gradients)` gives new updates and state.

    `gradients` are those that came first, before any transform. Updates that are None mean that no step is to be taken.
    With `on_update` an optimizer applies the transform to the rule's steps in place of the gradients.
    """

    init: Callable[[Arrays], State]
    update: Callable[[Arrays, State, Arrays, Arrays], tuple[Any, State]]
    on_update: bool = False


def grown(transform: Transform, state: State, params: Arrays) -> State:
    """The state with places for parameters that were added since it was made."""
    if state and not any(isinstance(v, list) and len(v) < len(params) for v in state.values()):
        return state
    first = transform.init(params)
    for name, value in state.items():
        first[name] = [*value, *first[name][len(value) :]] if isinstance(value, list) else value
    return first


def each(change: Callable[[Any, Any], Any]) -> Transform:
    """A transform without state that changes each gradient by itself: `change(gradient, parameter)`."""

    def update(updates: Arrays, state: State, params: Arrays, _: Arrays) -> tuple[Arrays, State]:
        return [None if g is None else change(g, p) for g, p in zip(updates, params, strict=True)], state

    return Transform(lambda _: {}, update)


def _positive(name: str, value: float) -> float:
    if not value >= 0:
        raise ValueError(f"{name}: {value} must not be negative or nan")
    return value


def norm(x: Any) -> Any:
    """The Euclidean norm of all elements."""
    return np.linalg.norm(x)


def clip_by_value(clip_value: float) -> Transform:
    """Every element into [-clip_value, clip_value], as torch's clip_grad_value_."""
    _positive("clip_by_value", clip_value)
    return each(lambda g, _: np.clip(g, -clip_value, clip_value))


def clip_by_norm(max_norm: float, *, eps: float = 1e-6) -> Transform:
    """Each gradient scaled down to a norm of `max_norm`, where its own is larger; as keras' clipnorm with eps=0."""
    _positive("clip_by_norm", max_norm)
    return each(lambda g, _: g * _factor(norm(g), max_norm, eps))


def clip_by_global_norm(max_norm: float, *, eps: float = 1e-6) -> Transform:
    """All gradients scaled by one number, so that the norm of all of them is at most `max_norm`.

    The number is min(1, max_norm / (norm + eps)), as torch's clip_grad_norm_; with eps=0 as optax.
    """
    _positive("clip_by_global_norm", max_norm)

    def update(updates: Arrays, state: State, _: Arrays, __: Arrays) -> tuple[Arrays, State]:
        factor = _factor(global_norm(updates), max_norm, eps)
        return [None if g is None else g * factor for g in updates], state

    return Transform(lambda _: {}, update)


def global_norm(arrays: Sequence[Any]) -> Any:
    """The Euclidean norm of all elements of all arrays; 0 where there are none."""
    norms = [norm(g) for g in arrays if g is not None]
    return norm(np.stack(norms)) if norms else 0.0


def _factor(total: Any, max_norm: float, eps: float) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.minimum(max_norm / (total + eps), 1.0)


def adaptive_clip(clipping: float = 0.01, *, eps: float = 1e-3) -> Transform:
    """Each unit's gradient scaled to at most `clipping` times the norm of its weights, which counts as `eps` at least.

    A unit is a row of a weight, or whatever its first dimension numbers; a vector is one unit. Brock et al. 2021.
    """
    _positive("adaptive_clip", clipping)

    def clip(g: Any, p: Any) -> Any:
        axes = tuple(range(1, np.ndim(g))) or None
        size, weight = _norms(g, axes), _norms(p, axes)
        largest = clipping * np.maximum(weight, eps)
        return g * np.where(size > largest, largest / np.maximum(size, 1e-6), 1.0)

    return each(clip)


def _norms(x: Any, axes: tuple[int, ...] | None) -> Any:
    return np.sqrt(np.sum(x * x, axis=axes, keepdims=axes is not None))


def centralize() -> Transform:
    """The mean over each row, or all dimensions but the first, taken away; vectors stay. Yong et al. 2020."""
    return each(lambda g, _: g if np.ndim(g) < 2 else g - np.mean(g, axis=tuple(range(1, np.ndim(g))), keepdims=True))


def add_noise(eta: float = 0.01, gamma: float = 0.55, *, seed: int = 0) -> Transform:
    """Normal noise of variance eta / (1 + t)**gamma, where t counts from 0. Neelakantan et al. 2015.

    The noise of step t follows from `seed` and t alone, so that a resumed run draws the same.
    """
    _positive("add_noise: eta", eta)

    def update(updates: Arrays, state: State, _: Arrays, __: Arrays) -> tuple[Arrays, State]:
        t = state["t"]
        rng = np.random.default_rng([seed, t])
        scale = math.sqrt(eta / (1 + t) ** gamma)
        noisy = [None if g is None else g + rng.normal(0.0, scale, np.shape(g)).astype(g.dtype) for g in updates]
        return noisy, {"t": t + 1}

    return Transform(lambda _: {"t": 0}, update)


class NonFiniteGradientError(RuntimeError):
    """A gradient holds inf or nan: that of parameter `index`, counted over all groups."""

    def __init__(self, index: int, shape: tuple[int, ...], name: str = "", streak: int = 1) -> None:
        self.index, self.shape, self.streak = index, shape, streak
        named = f"{name!r} (number {index})" if name else f"number {index}"
        times = f", as had the {streak - 1} before" if streak > 1 else ""
        super().__init__(f"the gradient of parameter {named}, of shape {shape}, has inf or nan elements{times}")


def finite_guard(policy: Literal["raise", "skip", "zero"] = "raise", *, max_streak: int | None = None) -> Transform:
    """What happens where a gradient holds inf or nan.

    "raise": NonFiniteGradientError, which names the first such parameter. "skip": no step, nothing changes. "zero":
    these elements become 0. The state counts such steps in "count", and in "streak" those on end; where these are more
    than `max_streak`, it raises all the same.
    """
    if policy not in ("raise", "skip", "zero"):
        raise ValueError(f"finite_guard: policy is 'raise', 'skip' or 'zero', not {policy!r}")

    def update(updates: Arrays, state: State, _: Arrays, __: Arrays) -> tuple[Any, State]:
        bad = next((i for i, g in enumerate(updates) if g is not None and not _is_finite(g)), None)
        if bad is None:
            return updates, {**state, "streak": 0}
        streak = state["streak"] + 1
        if policy == "raise" or (max_streak is not None and streak > max_streak):
            raise NonFiniteGradientError(bad, tuple(np.shape(updates[bad])), streak=streak)
        state = {"count": state["count"] + 1, "streak": streak}
        if policy == "skip":
            return None, state
        return [None if g is None else np.where(np.isfinite(g), g, np.zeros_like(g)) for g in updates], state

    return Transform(lambda _: {"count": 0, "streak": 0}, update)


def _is_finite(g: Any) -> bool:
    return bool(np.isfinite(g).all())


def ema(decay: float = 0.9, *, debias: bool = True) -> Transform:
    """The exponential moving average of each gradient, from zero; with `debias` divided by 1 - decay**t."""
    if not 0 <= decay < 1:
        raise ValueError(f"ema: decay {decay} must be 0 <= decay < 1")

    def update(updates: Arrays, state: State, _: Arrays, __: Arrays) -> tuple[Arrays, State]:
        means, counts, out = list(state["mean"]), list(state["t"]), list(updates)
        for i, g in enumerate(updates):
            if g is not None:
                counts[i] += 1
                means[i] = decay * means[i] + (1 - decay) * g
                out[i] = means[i] / (1 - decay ** counts[i]) if debias else means[i]
        return out, {"mean": means, "t": counts}

    return Transform(lambda params: {"mean": [_zeros(p) for p in params], "t": [0] * len(params)}, update)


def _zeros(p: Any) -> Any:
    return np.zeros(np.shape(p), p.dtype)


def cautious() -> Transform:
    """Steps only where they agree in sign with the gradient, made larger by the share of those. Liang et al. 2024."""

    def update(updates: Arrays, state: State, _: Arrays, gradients: Arrays) -> tuple[Arrays, State]:
        pairs = zip(updates, gradients, strict=True)
        return [None if u is None else u * _agreement(u, g) for u, g in pairs], state

    return Transform(lambda _: {}, update, on_update=True)


def _agreement(u: Any, g: Any) -> Any:
    mask = np.where(u * g > 0, np.ones_like(u), np.zeros_like(u))
    return mask / np.maximum(np.mean(mask), 1e-3)
