"""Averaged models and the statistics of batch norms, against plain means."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import nn
from tinygrad_opt.optim import swa_utils
from tinygrad_opt.optim.swa_utils import AveragedModel, update_bn


class Norm(nn.Module):
    """A batch norm, as far as running statistics go."""

    def __init__(self, momentum: float | None = 0.1) -> None:
        self.momentum, self.calls = momentum, 0
        self.weight = nn.Parameter(torch.ones(2))
        self.register_buffer("running_mean", torch.zeros(2))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def reset_running_stats(self) -> None:
        self.running_mean.zero_()
        self.num_batches_tracked.zero_()

    def forward(self, x: Any) -> Any:
        if self.training:
            assert not torch.is_grad_enabled()
            self.num_batches_tracked += 1
            factor = 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum
            self.running_mean.copy_((1 - factor) * self.running_mean + factor * x.mean(0))
        return (x - self.running_mean) * self.weight


def set_to(model: nn.Module, value: float) -> None:
    with torch.no_grad():
        for t in [*model.parameters(), *model.buffers()]:
            t.fill_(value)


def test_the_average_is_the_mean_and_buffers_are_copied() -> None:
    model = Norm()
    averaged = AveragedModel(model)
    for n, value in enumerate((1.0, 3.0, 8.0), 1):
        set_to(model, value)
        averaged.update_parameters(model)
        assert averaged.n_averaged.item() == n
        assert averaged.module.running_mean.tolist() == [value, value]
    assert averaged.module.weight.tolist() == [4.0, 4.0]
    assert model.weight.tolist() == [8.0, 8.0]
    assert averaged.module.weight.requires_grad


def test_buffers_are_averaged_where_that_is_asked_for() -> None:
    model = Norm()
    averaged = AveragedModel(model, use_buffers=True)
    for value in (1.0, 3.0, 8.0):
        set_to(model, value)
        averaged.update_parameters(model)
    assert averaged.module.running_mean.tolist() == [4.0, 4.0]
    assert averaged.module.num_batches_tracked.item() == 4


@pytest.mark.parametrize(
    "how",
    [{"avg_fn": swa_utils.get_ema_avg_fn(0.75)}, {"multi_avg_fn": swa_utils.get_ema_multi_avg_fn(0.75)}],
    ids=["one", "many"],
)
def test_an_exponential_average_begins_with_the_first_weights(how: Any) -> None:
    model = Norm()
    averaged = AveragedModel(model, **how)
    for value in (8.0, 4.0, 0.0):
        set_to(model, value)
        averaged.update_parameters(model)
    assert averaged.module.weight.tolist() == [(8 * 0.75 + 1) * 0.75] * 2


def test_an_averaged_model_computes_and_is_resumed() -> None:
    model = nn.Linear(2, 1)
    averaged = AveragedModel(model)
    averaged.update_parameters(model)
    x = torch.ones(3, 2)
    np.testing.assert_array_equal(averaged(x).detach().numpy(), model(x).detach().numpy())
    assert list(averaged.state_dict()) == ["n_averaged", "module.weight", "module.bias"]
    other = AveragedModel(nn.Linear(2, 1))
    other.load_state_dict(averaged.state_dict())
    for each in (averaged, other):
        set_to(model, 2.0)
        each.update_parameters(model)
    np.testing.assert_array_equal(averaged(x).detach().numpy(), other(x).detach().numpy())


def test_an_averaged_model_of_optimized_weights_has_memory_of_its_own() -> None:
    model = nn.Linear(2, 1, bias=False)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    averaged = AveragedModel(model)
    averaged.update_parameters(model)
    before = averaged.module.weight.tolist()
    model.weight.grad = torch.ones(1, 2)
    optimizer.step()
    assert averaged.module.weight.tolist() == before
    averaged.update_parameters(model)
    np.testing.assert_allclose(averaged.module.weight.tolist(), np.array(before) - 0.5, rtol=1e-6)


def test_a_graph_from_before_an_average_is_noticed() -> None:
    model = nn.Linear(1, 1)
    averaged = AveragedModel(model)
    loss = (averaged(torch.ones(1, 1)) * averaged.module.weight).sum()
    averaged.update_parameters(model)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_another_model_is_refused_before_anything_is_changed() -> None:
    averaged = AveragedModel(nn.Linear(2, 1))
    before = {name: t.tolist() for name, t in averaged.state_dict().items()}
    for other in (nn.Linear(2, 1, bias=False), nn.Linear(3, 1)):
        with pytest.raises(ValueError, match="the model has parameters of shapes"):
            averaged.update_parameters(other)
    with pytest.raises(ValueError, match="the model has buffers of shapes"):
        AveragedModel(Norm()).update_parameters(Bare())
    assert {name: t.tolist() for name, t in averaged.state_dict().items()} == before


class Bare(nn.Module):
    """The parameter of a Norm, without its buffers."""

    def __init__(self) -> None:
        self.weight = nn.Parameter(torch.ones(2))


def test_bad_arguments_are_refused() -> None:
    one, many = swa_utils.get_swa_avg_fn(), swa_utils.get_swa_multi_avg_fn()
    with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn"):
        AveragedModel(nn.Linear(1, 1), avg_fn=one, multi_avg_fn=many)
    for make in (swa_utils.get_ema_avg_fn, swa_utils.get_ema_multi_avg_fn):
        for decay in (-0.1, 1.1, float("nan")):
            with pytest.raises(ValueError, match="Invalid decay value"):
                make(decay)


@pytest.mark.parametrize("as_pairs", [False, True])
def test_update_bn_computes_means_over_batches(as_pairs: bool) -> None:
    model = nn.Sequential(Norm(0.3), nn.Tanh())
    set_to(model, 99.0)
    rng = np.random.default_rng(0)
    batches = [torch.tensor(rng.normal(size=(4, 2)).astype(np.float32)) for _ in range(3)]
    model.eval()
    update_bn([(x, None) for x in batches] if as_pairs else batches, model)
    expected = np.mean([x.numpy().mean(0) for x in batches], 0)
    np.testing.assert_allclose(model[0].running_mean.numpy(), expected, rtol=1e-5)
    assert model[0].momentum == 0.3
    assert not model.training
    assert not model[0].training


def test_update_bn_puts_modes_and_momenta_back_when_a_batch_fails() -> None:
    model = nn.Sequential(Norm(0.3), Norm(None))
    model[1].eval()

    def batches() -> Any:
        yield torch.ones(4, 2)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        update_bn(batches(), model)
    assert [norm.momentum for norm in model] == [0.3, None]
    assert [model.training, model[0].training, model[1].training] == [True, True, False]


def test_update_bn_does_nothing_without_batch_norms() -> None:
    def batches() -> Any:
        raise AssertionError("no batch is needed")
        yield

    update_bn(batches(), nn.Linear(1, 1))
