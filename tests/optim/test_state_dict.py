"""State dicts of every scope, of other versions, and of PyTorch's optimizers; hooks around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt
from tinygrad_opt import optim

from .makers import assert_equal, fill_gradients, parameters, values


def test_another_version_is_refused() -> None:
    optimizer = optim.SGD(parameters())
    saved = {**optimizer.state_dict(), "version": 99}
    with pytest.raises(ValueError, match="version 99, not 1"):
        optimizer.load_state_dict(saved)


@pytest.mark.parametrize("name", ["Adam", "LAMB", "DoG"])
def test_states_of_a_wrong_shape_are_refused_in_every_scope(name: str) -> None:
    params = parameters()
    optimizer = getattr(optim, name)(params)
    fill_gradients(params, 0)
    optimizer.step()
    saved = optimizer.state_dict()
    for key in list(saved["state"][0]):
        spoilt = {**saved, "state": {**saved["state"], 0: {**saved["state"][0], key: np.zeros(77)}}}
        if key != "step":
            with pytest.raises(ValueError, match="has shape"):
                optimizer.load_state_dict(spoilt)


def test_transforms_that_are_missing_are_noticed() -> None:
    t = optim.transforms
    with_noise = optim.SGD(parameters(), transforms=[t.add_noise(), t.ema()])
    with pytest.raises(ValueError, match="states of 2 transforms, where this optimizer has 1"):
        optim.SGD(parameters(), transforms=[t.add_noise()]).load_state_dict(with_noise.state_dict())


TORCHS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("Adagrad", {"lr": 0.1}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {"foreach": False}),
]


@pytest.mark.parametrize(("name", "options"), TORCHS)
@pytest.mark.parametrize("as_arrays", [False, True])
def test_a_run_of_pytorch_goes_on_here(name: str, options: dict[str, Any], as_arrays: bool) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=s) for s in ((3, 2), (4,), (2,))]
    noise = [[rng.normal(size=a.shape) for a in arrays] for _ in range(6)]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    one = getattr(torch.optim, name)(theirs, **options)
    two: Any = None
    ours: list[Any] = []
    for step, gradients in enumerate(noise):
        if step == 3:
            ours = [tinygrad_opt.tensor(p.detach().numpy(), requires_grad=True) for p in theirs]
            two = getattr(optim, name)(ours, **{**options, "lr": 77})
            saved = one.state_dict()
            if as_arrays:
                states = saved["state"].items()
                saved["state"] = {n: {k: v.numpy() for k, v in s.items() if v is not None} for n, s in states}
            two.load_state_dict(saved)
        for i, (p, g) in enumerate(zip(theirs, gradients, strict=True)):
            p.grad = torch.tensor(g) if i < 2 or step > 3 else None
        one.step()
        if two is not None:
            for i, (p, g) in enumerate(zip(ours, gradients, strict=True)):
                p.grad = tinygrad_opt.tensor(g) if i < 2 or step > 3 else None
            two.step()
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), rtol=1e-12)


def test_keys_that_schedulers_and_pytorch_write_into_groups_are_taken() -> None:
    optimizer = optim.SGD([{"params": parameters(), "foreach": True, "initial_lr": 0.5}])
    (group,) = optimizer.param_groups
    group.setdefault("max_lr", 1.0)
    assert (group["initial_lr"], group["max_lr"]) == (0.5, 1.0)
    assert "foreach" not in group
    other = optim.SGD(parameters())
    other.load_state_dict(optimizer.state_dict())
    assert other.param_groups[0]["initial_lr"] == 0.5


# ---- hooks ----


def calls(lib: Any) -> list[str]:
    """What the hooks of a library see, in order."""
    seen: list[str] = []
    w = lib.ones(2, requires_grad=True)
    optimizer = lib.optim.SGD([w], lr=0.5)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(f"pre {len(args)} {kwargs}"))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(f"post {w.tolist()}"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("second"))
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, d: {**d, "more": 1})
    optimizer.register_load_state_dict_pre_hook(lambda o, d: seen.append(f"load {'more' in d}"))
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    removed = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append("removed"))
    removed.remove()
    w.grad = lib.ones(2)
    optimizer.step()
    saved = optimizer.state_dict()
    seen.append(str(saved["more"]))
    optimizer.load_state_dict(saved)
    return seen


def test_hooks_are_called_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")
    assert calls(tinygrad_opt) == calls(torch)
    assert calls(tinygrad_opt)[:2] == ["pre 1 {}", "post [0.5, 0.5]"]


def test_a_hook_before_the_step_may_give_other_arguments() -> None:
    w = tinygrad_opt.ones(2, requires_grad=True)
    optimizer = optim.SGD([w])
    handle = optimizer.register_step_pre_hook(lambda o, args, kwargs: ((o, lambda: 7), kwargs))
    assert optimizer.step() == 7
    handle.remove()
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match="must return None or a tuple"):
        optimizer.step()


# ---- decay masks ----


@pytest.mark.parametrize("no_decay", ["bias_and_norm", lambda name, p: name.endswith("bias")])
def test_decay_spares_what_it_is_told_and_the_state_dict_stays_the_same(no_decay: Any) -> None:
    weights, same = parameters(), parameters()
    named = list(zip(["w", "bias", "s.bias", "v"], weights, strict=True))
    masked = optim.AdamW(named, lr=0.1, weight_decay=0.5, no_decay=no_decay)
    groups = [{"params": [same[0], same[3]]}, {"params": same[1:3], "weight_decay": 0.0}]
    split = optim.AdamW(groups, lr=0.1, weight_decay=0.5)
    for step in range(4):
        for params, optimizer in ((weights, masked), (same, split)):
            fill_gradients(params, step)
            optimizer.step()
    assert_equal(values(weights), values(same))
    assert masked.state_dict()["param_groups"][0]["params"] == [0, 1, 2, 3]
    fresh = parameters()
    other = optim.AdamW(list(zip(["w", "bias", "s.bias", "v"], fresh, strict=True)))
    other.load_state_dict(masked.state_dict())
    for p, q in zip(weights, fresh, strict=True):
        np.testing.assert_array_equal(masked.state[p]["exp_avg"].numpy(), other.state[q]["exp_avg"].numpy())


def test_a_mask_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no_decay is 'bias_and_norm' or a function"):
        optim.SGD(parameters(), no_decay="biases")  # type: ignore[arg-type]  # that is the point
