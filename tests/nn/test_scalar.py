"""The scalar networks: the face, the printed form and the initial weights of micrograd's."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from tinygrad_opt.nn.scalar import MLP, Layer, Module, Neuron
from tinygrad_opt.value import Value


def test_a_neuron_computes_the_weighted_sum_and_its_relu() -> None:
    neuron = Neuron(2)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 0.25
    assert neuron([3.0, 0.5]).data == 0.75
    assert neuron([3.0, 1.0]).data == 0


def test_a_linear_neuron_has_no_relu() -> None:
    neuron = Neuron(2, nonlin=False)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 0.5, -2.0, 0.25
    assert neuron([3.0, 1.0]).data == -0.25


def test_a_neuron_gives_gradients_to_weights_bias_and_inputs() -> None:
    neuron = Neuron(2, nonlin=False)
    neuron.w[0].data, neuron.w[1].data = 0.5, -2.0
    x = [Value(3.0), Value(1.0)]
    neuron(x).backward()
    assert [p.grad for p in neuron.parameters()] == [3.0, 1.0, 1]
    assert [v.grad for v in x] == [0.5, -2.0]


def test_weights_are_uniform_draws_of_the_random_module_and_the_bias_is_zero() -> None:
    random.seed(1337)
    neuron = Neuron(3)
    random.seed(1337)
    assert [w.data for w in neuron.w] == [random.uniform(-1, 1) for _ in range(3)]
    assert repr(neuron.b) == "Value(data=0, grad=0)"


def test_parameters_come_neuron_by_neuron_weights_before_bias() -> None:
    random.seed(0)
    model = MLP(2, [2, 1])
    random.seed(0)
    draws = [random.uniform(-1, 1) for _ in range(6)]
    assert [p.data for p in model.parameters()] == [*draws[:2], 0, *draws[2:4], 0, *draws[4:], 0]


def test_an_mlp_has_relu_on_all_but_the_last_layer() -> None:
    relu, linear = "ReLUNeuron(2), ReLUNeuron(2)", "LinearNeuron(2)"
    assert repr(MLP(2, [2, 2, 1])) == f"MLP of [Layer of [{relu}], Layer of [{relu}], Layer of [{linear}]]"


def test_reprs_name_the_neurons_and_their_inputs() -> None:
    assert repr(Neuron(2)) == "ReLUNeuron(2)"
    assert repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(Layer(2, 2)) == "Layer of [ReLUNeuron(2), ReLUNeuron(2)]"
    assert repr(Layer(2, 1, nonlin=False)) == "Layer of [LinearNeuron(2)]"


def test_a_layer_of_one_neuron_gives_a_value_and_of_more_a_list() -> None:
    assert isinstance(Layer(2, 1)([1.0, 2.0]), Value)
    out = Layer(2, 3)([1.0, 2.0])
    assert isinstance(out, list)
    assert len(out) == 3


def test_a_hidden_layer_may_have_a_single_neuron() -> None:
    model = MLP(2, [1, 1])
    for p in model.parameters():
        p.data = 1.0
    out = model([2.0, 3.0])
    assert isinstance(out, Value)
    assert out.data == 7.0


def test_inputs_may_be_values_numbers_or_a_numpy_row() -> None:
    model = MLP(2, [4, 1])
    rows: list[Any] = [[Value(0.5), Value(-1.0)], [0.5, -1], np.array([0.5, -1.0])]
    outputs = [model(row) for row in rows]
    first, *others = (out.data for out in outputs if isinstance(out, Value))
    assert others == [first, first]


def test_too_many_or_too_few_inputs_are_an_error() -> None:
    with pytest.raises(ValueError, match="longer"):
        Neuron(2)([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="shorter"):
        Neuron(2)([1.0])


def test_zero_grad_clears_every_gradient() -> None:
    model = MLP(2, [3, 1])
    out = model([1.0, -2.0])
    assert isinstance(out, Value)
    out.backward()
    assert model.layers[1].neurons[0].b.grad == 1
    model.zero_grad()
    assert all(p.grad == 0 for p in model.parameters())


def test_a_bare_module_has_no_parameters() -> None:
    assert Module().parameters() == []


def test_gradients_of_an_mlp_match_finite_differences() -> None:
    random.seed(7)
    model = MLP(3, [4, 4, 1])
    x = [0.3, -1.2, 2.0]

    def loss() -> Value:
        out = model(x)
        assert isinstance(out, Value)
        return (out - 1) ** 2

    loss().backward()
    for p in model.parameters():
        h, start = 1e-6, p.data
        p.data = start + h
        above = loss().data
        p.data = start - h
        below = loss().data
        p.data = start
        assert p.grad == pytest.approx((above - below) / (2 * h), rel=1e-4, abs=1e-6)


def test_gradient_descent_learns_xor() -> None:
    random.seed(3)
    model = MLP(2, [8, 1])
    points = [([0.0, 0.0], -1), ([0.0, 1.0], 1), ([1.0, 0.0], 1), ([1.0, 1.0], -1)]
    for _ in range(200):
        loss = Value(0)
        for x, y in points:
            loss += (model(x) - y) ** 2  # type: ignore[operator]
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.05 * p.grad
    assert loss.data < 0.01
