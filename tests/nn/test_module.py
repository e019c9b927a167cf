"""Module: what it holds is found wherever it is assigned, and loading, casting and freezing reach all of it."""

from __future__ import annotations

import collections
import copy
import dataclasses
import gc
import pickle
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
import tinygrad_opt.nn as nn


def names(module: nn.Module) -> list[str]:
    return [name for name, _ in module.named_parameters()]


class Forgetful(nn.Module):
    """Never calls super().__init__(), and keeps its layers in plain containers."""

    def __init__(self) -> None:
        self.layers = [nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)]
        self.heads = {"a": nn.Linear(1, 1, bias=False), 7: (nn.Linear(1, 2, bias=False), "text", None)}
        self.scale = nn.Parameter(torch.ones(1))
        self.shifts = [[nn.Parameter(torch.zeros(1))], 3.0]

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return self.heads["a"](x) * self.scale + self.shifts[0][0]


# ---- finding --------------------------------------------------------------------------------------------------------


def test_parameters_are_found_in_lists_tuples_and_dicts_without_super_init() -> None:
    model = Forgetful()
    assert names(model) == [
        "scale",
        "shifts.0.0",
        "layers.0.weight",
        "layers.0.bias",
        "layers.2.weight",
        "layers.2.bias",
        "heads.a.weight",
        "heads.7.0.weight",
    ]
    assert [name for name, _ in model.named_children()] == ["layers.0", "layers.1", "layers.2", "heads.a", "heads.7.0"]
    model(torch.ones(4, 2)).sum().backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == ["heads.7.0.weight"]


def test_a_module_without_init_trains_evaluates_and_prints() -> None:
    class Bare(nn.Module):
        def __init__(self) -> None:
            pass

    assert Bare().training
    assert not Bare().eval().training
    assert list(Bare().parameters()) == []
    assert repr(Bare()) == "Bare()"


def test_every_layer_in_a_plain_list_follows_train_and_eval() -> None:
    model = Forgetful()
    model.eval()
    assert not any(module.training for module in model.modules())
    assert model.train() is model
    assert all(module.training for module in model.modules())
    assert model.layers[0].training


def test_a_parameter_that_is_held_twice_is_found_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.embed = nn.Linear(3, 3, bias=False)
            self.head = nn.Linear(3, 3, bias=False)
            self.head.weight = self.embed.weight
            self.again = self.embed

    model = Tied()
    assert names(model) == ["embed.weight"]
    assert len(list(model.modules())) == 3
    assert [name for name, _ in model.named_children()] == ["embed", "head"]
    assert list(model.state_dict()) == ["embed.weight", "head.weight", "again.weight"]
    assert [n for n, _ in model.named_parameters(remove_duplicate=False)] == list(model.state_dict())


def test_own_parameters_come_before_those_of_children_and_both_in_order_of_assignment() -> None:
    model = nn.Module()
    model.child = nn.Linear(1, 1)
    model.second = nn.Parameter(torch.ones(1))
    model.first = nn.Parameter(torch.ones(1))
    assert names(model) == ["second", "first", "child.weight", "child.bias"]
    assert [n for n, _ in model.named_parameters(recurse=False)] == ["second", "first"]
    assert next(model.named_parameters(prefix="net"))[0] == "net.second"


def test_a_module_that_holds_its_parent_is_walked_and_printed_without_end_to_the_loop() -> None:
    parent, child = nn.Module(), nn.Module()
    parent.weight = nn.Parameter(torch.ones(1))
    parent.child, child.parent = child, parent
    assert names(parent) == ["weight"]
    assert list(parent.state_dict()) == ["weight"]
    assert list(child.state_dict()) == ["parent.weight"]
    assert repr(parent) == "Module(\n  (child): Module(\n    (parent): ...\n  )\n)"


def test_a_dataclass_can_be_a_module() -> None:
    @dataclasses.dataclass
    class Block(nn.Module):
        width: int
        layer: nn.Linear

        def forward(self, x: Any) -> Any:
            return self.layer(x)

    block = Block(2, nn.Linear(2, 2))
    assert names(nn.Sequential(block, block)) == ["0.layer.weight", "0.layer.bias"]
    assert block(torch.ones(1, 2)).shape == (1, 2)


def test_attributes_may_be_added_while_the_names_are_gone_through() -> None:
    model = nn.Linear(2, 2)
    for name, p in model.named_parameters():
        model.register_buffer(f"{name}_average", p.detach().clone())
    assert list(model.state_dict()) == ["weight", "bias", "weight_average", "bias_average"]


def test_names_lead_back_to_what_they_name() -> None:
    model = Forgetful()
    for name, p in model.named_parameters():
        assert model.get_parameter(name) is p
    for name, module in model.named_modules():
        assert model.get_submodule(name) is module
    with pytest.raises(AttributeError, match="Linear has no attribute `nothing`"):
        model.get_parameter("layers.0.nothing")
    with pytest.raises(AttributeError, match=r"`bias` is not an nn\.Module"):
        model.get_submodule("layers.0.bias")


# ---- assigning ------------------------------------------------------------------------------------------------------


def test_a_parameter_is_not_replaced_by_a_tensor() -> None:
    layer = nn.Linear(2, 1)
    weight = layer.weight
    with pytest.raises(TypeError, match="cannot assign 'Tensor' as parameter 'weight'"):
        layer.weight = layer.weight - 0.1  # type: ignore[assignment]
    assert layer.weight is weight
    layer.weight = nn.Parameter(torch.ones(1, 2))
    layer.bias = None
    assert names(layer) == ["weight"]


def test_a_child_is_replaced_by_modules_only() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    with pytest.raises(TypeError, match="cannot assign 'function' as child module '1'"):
        setattr(model, "1", lambda x: x)
    model[1] = nn.Tanh()
    assert repr(model[1]) == "Tanh()"


def test_a_buffer_stays_one_when_it_is_assigned_anew() -> None:
    module = nn.Module()
    module.register_buffer("mean", torch.zeros(2))
    module.mean = torch.ones(2)
    assert module.state_dict()["mean"].tolist() == [1, 1]
    with pytest.raises(TypeError, match="cannot assign 'float' as buffer 'mean'"):
        module.mean = 0.5
    module.mean = None
    assert list(module.state_dict()) == []


def test_only_registered_tensors_are_buffers_and_only_persistent_ones_are_state() -> None:
    module = nn.Module()
    module.seen = torch.zeros(1)  # as layers keep their last output: no state
    module.register_buffer("mean", torch.zeros(1))
    module.register_buffer("table", torch.zeros(1), persistent=False)
    module.register_buffer("none", None)
    assert [name for name, _ in module.named_buffers()] == ["mean", "table"]
    assert list(module.state_dict()) == ["mean"]
    assert list(nn.Sequential(module).state_dict()) == ["0.mean"]
    other = nn.Module()
    assert not list(other.buffers())


def test_names_are_checked_where_something_is_registered() -> None:
    module = nn.Linear(1, 1)
    for register in (module.register_buffer, module.register_parameter, module.add_module):
        for name, error in [("forward", KeyError), ("a.b", KeyError), ("", KeyError), (3, TypeError)]:
            with pytest.raises(error):
                register(name, None)  # type: ignore[operator]
    module.register_parameter("bias", None)
    module.register_parameter("extra", nn.Parameter(torch.ones(1)))
    module.add_module("act", nn.ReLU())
    assert names(module) == ["weight", "extra"]


# ---- calling --------------------------------------------------------------------------------------------------------


def test_calling_passes_every_argument_to_forward() -> None:
    class Net(nn.Module):
        def forward(self, a: Any, *rest: Any, scale: float = 1.0) -> Any:
            return (a, rest, scale)

    assert Net()(1, 2, 3, scale=4.0) == (1, (2, 3), 4.0)


def test_hooks_see_and_replace_arguments_and_outputs_until_they_are_removed() -> None:
    layer = nn.Identity()
    seen: list[Any] = []
    before = layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
    looking = layer.register_forward_hook(lambda module, args, output: seen.append((module, args, output)))
    after = layer.register_forward_hook(lambda module, args, output: output * 10)
    assert layer(1) == 20
    assert seen == [(layer, (2,), 2)]
    for handle in (before, looking, after):
        handle.remove()
    assert layer(1) == 1
    assert len(seen) == 1


def test_hooks_belong_to_one_module_and_are_no_part_of_it() -> None:
    watched, other = nn.Linear(1, 1), nn.Linear(1, 1)
    watched.register_forward_hook(nn.Identity())  # a hook that is a module itself
    assert names(watched) == names(other)
    assert repr(watched) == repr(other)
    assert other._hooks is None


# ---- state ----------------------------------------------------------------------------------------------------------


def test_a_state_dict_shares_memory_and_has_no_history() -> None:
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    assert not state["weight"].requires_grad
    with torch.no_grad():
        layer.weight.fill_(3.0)
    assert state["weight"].tolist() == [[3.0, 3.0]]


def test_loading_copies_into_the_memory_that_is_there() -> None:
    layer = nn.Linear(2, 2)
    flat = np.zeros(6, np.float32)  # as an optimizer's buffer holds both parameters
    layer.weight.data, layer.bias.data = torch.from_numpy(flat[:4].reshape(2, 2)), torch.from_numpy(flat[4:])  # type: ignore[union-attr]
    source = {"weight": np.arange(4.0).reshape(2, 2), "bias": torch.tensor([7.0, 8.0])}
    result = layer.load_state_dict(source)
    assert flat.tolist() == [0, 1, 2, 3, 7, 8]
    assert layer.weight.dtype == np.float32
    assert layer.weight.requires_grad
    assert layer.weight.is_leaf
    assert result == ([], [])
    assert repr(result) == "<All keys matched successfully>"
    source["weight"][0] = 9.0  # type: ignore[index]
    assert flat[0] == 0


def test_loading_one_own_state_changes_nothing() -> None:
    layer = nn.Linear(3, 2)
    before = [p.tolist() for p in layer.parameters()]
    layer.load_state_dict(layer.state_dict())
    assert [p.tolist() for p in layer.parameters()] == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"1.weight": np.ones((5, 5))},
        {"1.weight": [[1.0]]},
        {"1.weight": np.array([["a", "b"]])},
        {"1.weight": None},
        {"more": np.ones(1)},
    ],
)
def test_nothing_is_changed_where_one_value_does_not_fit(wrong: dict[str, Any]) -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    before = [p.tolist() for p in model.parameters()]
    state = {name: torch.zeros(t.shape) for name, t in model.state_dict().items()} | wrong
    with pytest.raises(RuntimeError, match=r"Error\(s\) in loading state_dict for Sequential:\n\t"):
        model.load_state_dict(state)
    assert [p.tolist() for p in model.parameters()] == before


def test_nothing_is_changed_where_one_parameter_is_read_only() -> None:
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False))
    frozen = np.zeros((1, 2), np.float32)
    frozen.flags.writeable = False
    model[1].weight.data = torch.from_numpy(frozen)
    before = model[0].weight.tolist()
    with pytest.raises(RuntimeError, match="read-only"):
        model.load_state_dict({"0.weight": np.ones((2, 2)), "1.weight": np.ones((1, 2))})
    assert model[0].weight.tolist() == before


def test_every_misfit_is_listed_at_once() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))
    with pytest.raises(RuntimeError) as caught:
        model.load_state_dict({"0.weight": torch.ones(3, 3), "1.bias": torch.ones(5), "c": torch.ones(1)})
    assert str(caught.value).split("\n\t") == [
        "Error(s) in loading state_dict for Sequential:",
        'Missing key(s) in state_dict: "0.bias", "1.weight". ',
        'Unexpected key(s) in state_dict: "c". ',
        "size mismatch for 0.weight: copying a param with shape torch.Size([3, 3]) from checkpoint, the shape in "
        "current model is torch.Size([3, 2]).",
        "size mismatch for 1.bias: copying a param with shape torch.Size([5]) from checkpoint, the shape in current "
        "model is torch.Size([2]).",
    ]


def test_without_strict_only_the_names_in_common_are_loaded() -> None:
    layer = nn.Linear(2, 1)
    bias = layer.bias.tolist()  # type: ignore[union-attr]
    missing, unexpected = layer.load_state_dict({"weight": np.ones((1, 2)), "other": 3}, strict=False)
    assert (missing, unexpected) == (["bias"], ["other"])
    assert layer.weight.tolist() == [[1.0, 1.0]]
    assert layer.bias.tolist() == bias  # type: ignore[union-attr]


def test_a_write_by_loading_is_seen_by_a_graph_that_saved_the_old_values() -> None:
    layer = nn.Linear(2, 1)
    y = layer(torch.ones(1, 2).requires_grad_()).sum()
    layer.load_state_dict({"weight": np.ones((1, 2)), "bias": np.ones(1)})
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


# ---- changing all ---------------------------------------------------------------------------------------------------


def test_zero_grad_forgets_gradients_or_fills_them_with_zeros() -> None:
    model = Forgetful()
    model(torch.ones(4, 2)).sum().backward()
    held = model.scale.grad
    model.zero_grad(set_to_none=False)
    assert model.scale.grad is held
    assert held is not None
    assert held.tolist() == [0.0]
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_freezing_stops_gradients_at_every_parameter() -> None:
    model = Forgetful().requires_grad_(False)
    assert not model(torch.ones(4, 2)).requires_grad
    assert len(names(model)) == 8
    model.layers[0].requires_grad_()
    assert [name for name, p in model.named_parameters() if p.requires_grad] == ["layers.0.weight", "layers.0.bias"]


def test_casting_keeps_the_parameters_and_takes_buffers_and_gradients_along() -> None:
    layer = nn.Linear(2, 1)
    layer.register_buffer("mean", torch.zeros(2))
    layer.register_buffer("count", torch.tensor(3))
    layer(torch.ones(1, 2)).sum().backward()
    weight = layer.weight
    assert layer.double() is layer
    assert layer.weight is weight
    assert weight.grad is not None
    assert [t.dtype for t in (weight, weight.grad, layer.mean, layer.count)] == [np.float64] * 3 + [np.int64]
    layer(torch.ones(1, 2, dtype=np.float64)).sum().backward()
    assert weight.grad.tolist() == [[2.0, 2.0]]
    assert layer.float().weight.dtype == np.float32
    assert layer.to("cpu").to(torch.zeros(1)).weight is weight


def test_casting_to_integers_or_elsewhere_is_refused_before_anything_changes() -> None:
    layer = nn.Linear(2, 1)
    with pytest.raises(TypeError, match="only accepts floating point"):
        layer.to(np.int64)
    with pytest.raises(RuntimeError, match="no device"):
        layer.to("cuda")
    assert layer.weight.dtype == np.float32


def test_apply_reaches_the_inner_modules_first() -> None:
    order: list[str] = []
    model = nn.Sequential(nn.Sequential(nn.ReLU()), nn.Tanh())
    assert model.apply(lambda module: order.append(type(module).__name__)) is model
    assert order == ["ReLU", "Sequential", "Tanh", "Sequential"]


def test_a_deep_copy_shares_nothing_and_keeps_what_was_shared_within() -> None:
    model = Forgetful()
    model.tied = model.layers[0].weight
    model.register_buffer("count", torch.zeros(1))
    model(torch.ones(1, 2)).sum().backward()
    twin = copy.deepcopy(model)
    assert names(twin) == names(model)
    assert twin.tied is twin.layers[0].weight
    assert type(twin.scale) is nn.Parameter
    assert list(twin.state_dict()) == list(model.state_dict())
    for (_, a), (_, b) in zip(model.named_parameters(), twin.named_parameters(), strict=True):
        assert a is not b
        assert not np.shares_memory(a.detach().numpy(), b.detach().numpy())
    with torch.no_grad():
        twin.scale.fill_(5.0)
    assert model.scale.item() == 1.0


def test_a_module_survives_pickling() -> None:
    model = nn.MLP(2, 3, 1, activation="tanh").eval()
    twin = pickle.loads(pickle.dumps(model))
    x = torch.ones(4, 2)
    assert twin(x).tolist() == model(x).tolist()
    assert not twin.training


def test_a_forgotten_model_is_freed_without_the_garbage_collector() -> None:
    class Watched(nn.Linear):
        freed = 0

        def __del__(self) -> None:
            Watched.freed += 1

    gc.collect()
    gc.disable()
    try:
        model = nn.Sequential(Watched(2, 2), nn.ReLU(), Watched(2, 1))
        model(torch.ones(1, 2)).sum().backward()
        del model
        assert Watched.freed == 2
    finally:
        gc.enable()


# ---- Parameter ------------------------------------------------------------------------------------------------------


def test_a_parameter_shares_its_data_and_its_results_are_plain_tensors() -> None:
    data = torch.zeros(2)
    p = nn.Parameter(data)
    data += 1
    assert p.tolist() == [1, 1]
    assert p.requires_grad
    assert not data.requires_grad
    assert type(p * 2) is torch.Tensor
    assert type(p.detach()) is torch.Tensor
    array = np.zeros(2)
    assert np.shares_memory(nn.Parameter(array).detach().numpy(), array)


def test_a_parameter_of_a_result_starts_a_history_of_its_own() -> None:
    x = torch.ones(2, requires_grad=True)
    p = nn.Parameter(x * 2)
    assert p.is_leaf
    assert not nn.Parameter(x, requires_grad=False).requires_grad
    (p * 3).sum().backward()
    assert x.grad is None
    assert p.grad is not None


def test_integers_are_no_parameters_unless_they_need_no_gradient() -> None:
    with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
        nn.Parameter(torch.tensor([1]))
    assert nn.Parameter(torch.tensor([1]), requires_grad=False).dtype == np.int64


def test_a_parameter_prints_what_it_is() -> None:
    assert repr(nn.Parameter(torch.ones(2))) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"


# ---- containers -----------------------------------------------------------------------------------------------------


def test_a_sequential_counts_slices_and_iterates_like_a_list() -> None:
    layers = [nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 3)]
    model = nn.Sequential(*layers)
    assert len(model) == 3
    assert list(model) == layers
    assert model[-1] is layers[2]
    assert list(model[:2]) == layers[:2]
    assert names(model[1:]) == ["2.weight", "2.bias"]
    assert isinstance(nn.MLP(1, 2, 1)[:2], nn.Sequential)
    with pytest.raises(IndexError, match="index 3 is out of range"):
        model[3]


def test_a_sequential_takes_names_from_a_dict() -> None:
    model = nn.Sequential(collections.OrderedDict(first=nn.Linear(1, 2), act=nn.ReLU()))
    assert names(model) == ["first.weight", "first.bias"]
    assert model.act is model[1]
    with pytest.raises(KeyError, match="already exists"):
        nn.Sequential({"forward": nn.ReLU()})


def test_a_sequential_runs_what_is_appended_inserted_and_deleted() -> None:
    model = nn.Sequential(nn.Identity())
    assert model.append(nn.ReLU()) is model
    model.insert(0, nn.Tanh())
    assert [type(m).__name__ for m in model] == ["Tanh", "Identity", "ReLU"]
    del model[1]
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    del model[0]
    assert model(torch.tensor([-1.0, 3.0])).tolist() == [0, 3]
    part = nn.Sequential(nn.Identity(), nn.Identity(), nn.Identity())[1:].append(nn.ReLU())
    assert [name for name, _ in part.named_children()] == ["1", "2", "3"]


def test_what_is_no_module_is_refused_before_anything_is_added() -> None:
    model = nn.Sequential(nn.ReLU())
    for change in (
        lambda: model.extend([nn.ReLU(), 3]),  # type: ignore[list-item]
        lambda: model.append(torch.tanh),  # type: ignore[arg-type]
        lambda: model.insert(0, "ReLU"),  # type: ignore[arg-type]
        lambda: model.__setitem__(0, 3),  # type: ignore[arg-type]
        lambda: nn.ModuleList([3]),  # type: ignore[list-item]
    ):
        with pytest.raises(TypeError, match="is not a Module subclass"):
            change()
    assert [type(m).__name__ for m in model] == ["ReLU"]


def test_a_module_dict_is_a_dict() -> None:
    model = nn.ModuleDict({"a": nn.Linear(1, 1, bias=False)})
    model["b"] = nn.ReLU()
    model.update({"c": nn.Tanh()})
    assert "a" in model
    assert "training" not in model
    assert (len(model), list(model), model.keys()) == (3, ["a", "b", "c"], ["a", "b", "c"])
    assert [key for key, module in model.items() if module is model[key]] == ["a", "b", "c"]
    assert model.values()[0] is model.a
    del model["b"]
    assert repr(model.pop("c")) == "Tanh()"
    assert names(model) == ["a.weight"]
    with pytest.raises(KeyError, match="'z'"):
        model["z"]
    with pytest.raises(KeyError, match="attribute 'keys' already exists"):
        model["keys"] = nn.ReLU()


def test_children_print_indented_with_the_names_they_go_by() -> None:
    model = Forgetful()
    model.layers[1] = nn.Sequential(nn.ReLU())
    assert repr(model).split("\n")[:6] == [
        "Forgetful(",
        "  (layers.0): Linear(in_features=2, out_features=3, bias=True)",
        "  (layers.1): Sequential(",
        "    (0): ReLU()",
        "  )",
        "  (layers.2): Linear(in_features=3, out_features=1, bias=True)",
    ]


def test_equal_neighbours_in_a_module_list_print_as_one() -> None:
    model = nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.ReLU(), nn.Tanh(), nn.ReLU()])
    assert repr(model) == "ModuleList(\n  (0-2): 3 x ReLU()\n  (3): Tanh()\n  (4): ReLU()\n)"


def test_extra_lines_of_a_repr_come_before_the_children() -> None:
    class Net(nn.Module):
        def extra_repr(self) -> str:
            return "width=3\ndepth=2"

    net = Net()
    assert repr(net) == "Net(\n  width=3\n  depth=2\n)"
    net.act = nn.ReLU()
    assert repr(net) == "Net(\n  width=3\n  depth=2\n  (act): ReLU()\n)"
