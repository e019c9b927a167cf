"""The functional face: pure, over nested structures, with the numbers of the classes."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import optim
from tinygrad_opt.optim import ChainOptimizer, apply_updates, chain, scale, scale_by, transforms

from .makers import CURVED, NOT_LINEAR, SETTINGS, assert_equal, fill_gradients, parameters, values

LINEAR = [(n, k) for n, k in SETTINGS if n not in NOT_LINEAR and k.get("momentum_form") != "velocity"]
CHAINED = [(n, k) for n, k in LINEAR if n not in CURVED]
everywhere = pytest.mark.parametrize(("name", "settings"), CHAINED)


@everywhere
def test_a_chain_takes_the_steps_of_the_class_in_both_faces(name: str, settings: dict[str, Any]) -> None:
    make = getattr(optim, name)
    lr = 0.05 if name in ("ASGD", "Adan", "MADGRAD", "FTRL") else 1.0  # steps of these are no multiples of lr
    plain, chained, loose = parameters(), parameters(), parameters()
    one = make(plain, **{"lr": 0.05, **settings})
    two = ChainOptimizer(chained, chain(scale_by(make, lr=lr, **settings), scale(-0.05 / lr)))
    pure = chain(scale_by(make, lr=lr, **settings), scale(-0.05 / lr))
    state = pure.init(loose)
    for step in range(5):
        for ps in (plain, chained, loose):
            fill_gradients(ps, step)
            ps[step % 3].grad = None
        updates, state = pure.update([p.grad for p in loose], state, loose)
        loose = apply_updates(loose, updates)
        one.step()
        two.step()
    for p, q, r in zip(plain, chained, loose, strict=True):
        np.testing.assert_allclose(q.detach().numpy(), p.detach().numpy(), rtol=1e-10)
        np.testing.assert_allclose(r.detach().numpy(), p.detach().numpy(), rtol=1e-10)


@pytest.mark.parametrize("name", sorted(CURVED))
def test_what_is_written_to_between_steps_is_no_link(name: str) -> None:
    with pytest.raises(TypeError, match="estimates between steps, which a chain cannot"):
        scale_by(getattr(optim, name))


class Layer(NamedTuple):
    weight: Any
    bias: Any


def test_structures_keep_their_form_and_everything_is_pure() -> None:
    params = {"layers": [Layer(torch.ones(2, 2, requires_grad=True), None), (torch.ones(3),)], "scale": torch.ones(1)}
    params["layers"][0] = Layer(params["layers"][0].weight, torch.zeros(2))
    grads = {"layers": [Layer(torch.ones(2, 2), torch.ones(2)), (None,)], "scale": torch.full((1,), -2.0)}
    opt = chain(scale_by(optim.SGD, momentum=0.5), scale(-0.1))
    first = opt.init(params)
    kept = copy.deepcopy(first)
    updates, second = opt.update(grads, first, params)
    again, _ = opt.update(grads, first, params)
    assert first == kept
    assert updates["layers"][1] == (None,)
    assert updates["scale"].tolist() == again["scale"].tolist() == [pytest.approx(0.2)]
    updates, _ = opt.update(grads, second, params)
    new = apply_updates(params, updates)
    assert isinstance(new["layers"][0], Layer)
    assert new["layers"][0].weight.requires_grad
    assert new["layers"][0].weight.is_leaf
    np.testing.assert_allclose(new["layers"][0].bias.numpy(), -0.15, rtol=1e-6)
    assert new["layers"][1][0] is params["layers"][1][0]
    assert params["scale"].tolist() == [1]


def test_a_skipped_step_gives_zeros_and_leaves_the_other_states() -> None:
    opt = chain(transforms.finite_guard("skip"), scale_by(optim.Adam), scale(-0.1))
    params = [torch.ones(2)]
    _, state = opt.update([torch.ones(2)], opt.init(params), params)
    updates, after = opt.update([torch.tensor([1.0, np.nan])], state, params)
    assert updates[0].tolist() == [0, 0]
    assert after[0] == {"count": 1, "streak": 1}
    assert after[1] is state[1]


def test_state_does_not_lie_in_the_gradients_memory() -> None:
    w = torch.ones(2, requires_grad=True)
    optimizer = ChainOptimizer([w], chain(scale_by(optim.SGD, momentum=0.5), scale(-1.0)))
    for factor, expected in ((2.0, -1.0), (3.0, -5.0)):
        optimizer.zero_grad()
        (factor * w).sum().backward()
        optimizer.step()
        assert w.tolist() == [expected] * 2


def test_masked_decay_and_decay_of_a_rule() -> None:
    params = [torch.full((2, 2), 2.0), torch.full((2,), 2.0)]
    grads = [torch.zeros(2, 2), torch.zeros(2)]
    opt = chain(optim.add_decayed_weights(0.5, lambda p: p.ndim > 1))
    updates, _ = opt.update(grads, opt.init(params), params)
    assert (updates[0].tolist(), updates[1].tolist()) == ([[1, 1], [1, 1]], [0, 0])
    opt = chain(scale_by(optim.AdamW, weight_decay=0.25))
    updates, _ = opt.update(grads, opt.init(params), params)
    assert updates[1].tolist() == [0.5, 0.5]


def test_the_class_face_has_groups_a_learning_rate_and_a_state_that_resumes() -> None:
    def make(params: Any) -> ChainOptimizer:
        links = (
            transforms.clip_by_global_norm(1.0),
            scale_by(optim.Adam),
            optim.scale_by_schedule(lambda k: -1 / (k + 1)),
        )
        return ChainOptimizer([{"params": params[:2]}, {"params": params[2:], "lr": 0.2}], chain(*links), lr=0.1)

    params, resumed = parameters(), parameters()
    whole, other = make(params), make(resumed)
    for step in range(3):
        fill_gradients(params, step)
        params[1].grad = None
        whole.step()
    for p, q in zip(params, resumed, strict=True):
        q.data.copy_(p.data)
    other.load_state_dict(whole.state_dict())
    for step in range(3, 6):
        for ps, optimizer in ((params, whole), (resumed, other)):
            fill_gradients(ps, step)
            optimizer.step()
    assert_equal(values(params), values(resumed))


def test_a_mask_on_steps_stands_where_it_is_put() -> None:
    w = torch.zeros(2, requires_grad=True)
    optimizer = ChainOptimizer([w], chain(scale_by(optim.SGD, momentum=0.5), transforms.cautious(), scale(-1.0)))
    for g in ([4.0, 4.0], [1.0, -1.0]):
        w.grad = torch.tensor(g)
        optimizer.step()
    assert w.tolist() == [-10, -4]


def test_gradients_flow_through_a_differentiable_chain() -> None:
    def after(lr: Any, w: Any) -> Any:
        opt = chain(scale_by(optim.Adam), optim.transforms.each(lambda u, _: -lr * u), differentiable=True)
        params: Any = {"w": w}
        state = opt.init(params)
        for _ in range(3):
            (g,) = torch.autograd.grad((params["w"] ** 3).sum(), params["w"], create_graph=True)
            updates, state = opt.update({"w": g}, state, params)
            params = apply_updates(params, updates)
        return (params["w"] ** 2).sum()

    lr = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    w = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(after, (lr, w))


def test_bad_chains_are_refused() -> None:
    with pytest.raises(TypeError, match="transforms are those"):
        chain(abs)  # type: ignore[arg-type]  # that is the point
    opt = chain(scale(1.0))
    with pytest.raises(ValueError, match=r"gradients as \[\*\] for parameters as \[\*, \*\]"):
        opt.update([torch.ones(1)], opt.init([torch.ones(1)] * 2), [torch.ones(1)] * 2)


def test_half_precision_is_computed_in_single() -> None:
    w, g = torch.ones(3, dtype=torch.float16), torch.tensor([0.0, 1e-4, 1.0], dtype=torch.float16)
    opt = optim.chain(optim.scale_by(optim.Adam), optim.scale(-0.5))
    (updates,), _ = opt.update([g], opt.init([w]), [w])
    assert updates.dtype == torch.float16
    np.testing.assert_allclose(updates.numpy(), [0.0, -0.5, -0.5], rtol=1e-3)
