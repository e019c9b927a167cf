"""The face of Tensor: what it tells about itself, its types and protocols, and that operations keep their promises."""

from __future__ import annotations

import copy
import inspect
import weakref
from typing import Any

import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt import Tensor, functions


def test_a_tensor_tells_its_shape_and_memory() -> None:
    x = torch.zeros(2, 3, dtype=torch.float64)
    assert (x.shape, x.size(), x.size(1), x.size(-2)) == ((2, 3), (2, 3), 3, 2)
    assert (x.ndim, x.dim(), x.numel(), x.nelement(), len(x)) == (2, 2, 6, 6, 2)
    assert (x.stride(), x.T.stride(), x.element_size()) == ((3, 1), (1, 3), 8)
    assert (x.is_contiguous(), x.T.is_contiguous(), x.T.contiguous().is_contiguous()) == (True, False, True)
    assert (x.device, x.is_cuda, x.is_floating_point()) == ("cpu", False, True)
    assert x.cpu() is x


def test_a_size_is_a_tuple_that_prints_as_pytorchs() -> None:
    size = torch.zeros(2, 3).shape
    assert repr(size) == "torch.Size([2, 3])"
    assert size == (2, 3)
    assert size.numel() == 6
    assert torch.zeros(()).shape.numel() == 1
    rows, columns = size
    assert (rows, columns, size[-1], len(size)) == (2, 3, 3, 2)


def test_values_leave_as_python_numbers() -> None:
    x = torch.tensor([[1, 2], [3, 4]])
    assert x.tolist() == [[1, 2], [3, 4]]
    assert (x[0, 1].item(), type(x[0, 1].item())) == (2, int)
    assert type(torch.tensor(1.5).item()) is float
    assert type(torch.tensor(True).item()) is bool
    assert torch.tensor([[7.0]]).item() == 7
    assert (float(torch.tensor([2.5])), int(torch.tensor(2.9)), bool(torch.tensor(0))) == (2.5, 2, False)
    assert "abc"[torch.tensor(1)] == "b"
    with pytest.raises(TypeError, match="index"):
        "abc"[torch.tensor(1.0)]


def test_tensors_hash_by_identity_and_compare_by_element() -> None:
    x, y = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0])
    assert (x == y).tolist() == [True, False]
    assert (x != y).tolist() == [False, True]
    assert len({x, y, x}) == 2
    assert {x: 1}[x] == 1
    assert hash(x) != hash(y)
    assert (x == None, x != None) == (False, True)  # noqa: E711
    assert x != "a"
    assert 2.0 in x
    assert 5.0 not in x


def test_iteration_gives_rows_through_which_gradients_flow() -> None:
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = x
    (first * second).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [[3, 4], [1, 2]]
    assert [r.tolist() for r in x] == [[1, 2], [3, 4]]


def test_dtypes_are_changed_and_gradients_cast_back() -> None:
    x = torch.tensor([1.5, -2.5], requires_grad=True)
    assert x.to(torch.float32) is x
    assert x.float() is x
    assert x.to(torch.float32, copy=True) is not x
    assert [t.dtype for t in (x.double(), x.half(), x.int(), x.long(), x.bool())] == [
        torch.float64,
        torch.float16,
        torch.int32,
        torch.int64,
        torch.bool,
    ]
    assert x.int().tolist() == [1, -2]
    assert x.type_as(torch.zeros(1, dtype=torch.float64)).dtype == torch.float64
    assert x.to(torch.zeros(1).double()).dtype == torch.float64
    assert x.to("cpu", torch.float64, non_blocking=True).dtype == torch.float64
    assert x.astype(np.float64).dtype == np.float64
    assert x.type(torch.float64).dtype == torch.float64
    x.double().sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == torch.float32
    assert not x.long().requires_grad


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "mps"])
def test_there_is_no_other_device(device: str) -> None:
    with pytest.raises(RuntimeError, match="there is no device"):
        torch.zeros(1).to(device)
    with pytest.raises(RuntimeError, match="there is no device"):
        torch.zeros(1).to(device=device)


def test_the_type_is_named_as_pytorch_names_it() -> None:
    assert torch.zeros(1).type() == "torch.FloatTensor"
    assert torch.zeros(1).double().type() == "torch.DoubleTensor"
    assert torch.zeros(1).long().type() == "torch.LongTensor"
    assert torch.zeros(1).bool().type() == "torch.BoolTensor"


def test_the_constructor_makes_a_tensor_of_the_default_dtype() -> None:
    assert Tensor([1, 2]).dtype == np.float32
    assert Tensor([[1.5]]).tolist() == [[1.5]]
    assert Tensor().shape == (0,)
    assert not Tensor([1.0]).requires_grad


def test_any_attribute_may_be_set_and_weakly_referenced() -> None:
    x = torch.zeros(1)
    x.label = "bias"
    assert x.label == "bias"
    assert weakref.ref(x)() is x


def test_copies() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    shallow = copy.copy(x)
    assert np.may_share_memory(shallow.detach().numpy(), x.detach().numpy())
    deep = copy.deepcopy([x, x])
    assert deep[0] is deep[1]
    assert deep[0].requires_grad
    assert not np.may_share_memory(deep[0].detach().numpy(), x.detach().numpy())


def test_grad_can_be_set_and_deleted() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    x.grad = torch.tensor([5.0, 6.0])
    (x * 1).sum().backward()
    assert x.grad.tolist() == [6, 7]
    del x.grad
    assert x.grad is None
    x.grad = torch.zeros(2)
    x.grad = None
    for wrong in [torch.zeros(3), torch.zeros(2).double()]:
        with pytest.raises(RuntimeError, match="attempting to assign a gradient"):
            x.grad = wrong
    assert x.grad is None


def test_detach_in_place_forgets_the_history() -> None:
    x = torch.tensor([1.0], requires_grad=True)
    y = x * 2
    assert y.detach_() is y
    assert y.is_leaf
    assert not y.requires_grad
    y.add_(1)


def test_a_method_is_the_function_of_its_name() -> None:
    for name in functions.__all__:
        if name not in ("where", "split") and hasattr(Tensor, name):  # whose arguments differ
            assert getattr(Tensor, name) is getattr(functions, name), name


def test_every_operation_is_public_and_says_what_it_does() -> None:
    for name in functions.__all__:
        function = getattr(functions, name)
        assert getattr(torch, name) is function
        assert function.__doc__, name
    for name, method in inspect.getmembers(Tensor, inspect.isfunction):
        if not name.startswith("_"):
            assert method.__doc__, name


TWO = """
    add_ sub_ subtract_ mul_ multiply_ div_ divide_ true_divide_ pow_ float_power_ floor_divide_ remainder_ fmod_
    atan2_ arctan2_ hypot_ copysign_ heaviside_ ldexp_ clamp_ clip_ clamp_min_ clamp_max_ xlogy_
    eq_ ne_ not_equal_ lt_ less_ le_ less_equal_ gt_ greater_ ge_ greater_equal_ logical_and_ logical_or_ logical_xor_
    bitwise_and_ bitwise_or_ bitwise_xor_ bitwise_left_shift_ bitwise_right_shift_
""".split()  # noqa: SIM905  (a list would be a screenful)


def test_methods_in_place_are_the_operations_written_back() -> None:
    in_place = [n for n in dir(Tensor) if n.endswith("_") and not n.startswith("_") and hasattr(Tensor, n[:-1])]
    assert len(in_place) > 100
    for name in in_place:
        x = torch.full({"baddbmm_": (2, 2, 2), "addmv_": (2,)}.get(name, (2, 2)), 0.5)
        args = {
            "masked_fill_": (x > 0, 2.0),
            "scatter_": (0, torch.zeros(1, 2).long(), 3.0),
            "scatter_add_": (0, torch.zeros(1, 2).long(), x.clone()),
            "scatter_reduce_": (0, torch.zeros(1, 2).long(), x.clone(), "mean"),
            "index_add_": (0, torch.tensor([1]), torch.ones(1, 2)),
            "index_copy_": (0, torch.tensor([1]), torch.ones(1, 2)),
            "index_fill_": (0, torch.tensor([1]), 3.0),
            "index_put_": ((torch.tensor([1]),), torch.ones(2)),
            "index_reduce_": (0, torch.tensor([1]), torch.ones(1, 2), "amax"),
            "masked_scatter_": (x > 0, torch.ones(2, 2)),
            "put_": (torch.tensor([3]), torch.ones(1)),
            "clamp_": (0.0, 0.25),
            "atan2_": (torch.ones(2, 2),),
            "cumprod_": (0,),
            "swapaxes_": (0, 1),
            "swapdims_": (0, 1),
            "transpose_": (0, 1),
            "unsqueeze_": (0,),
            "cumsum_": (0,),
            "addcmul_": (x, x),
            "addcdiv_": (x, x),
            "lerp_": (torch.ones(2, 2), 0.25),
            "addmm_": (x.clone(), x.clone()),
            "addmv_": (torch.ones(2, 2), torch.ones(2)),
            "addr_": (x[0].clone(), x[0].clone()),
            "addbmm_": (torch.ones(3, 2, 2), torch.ones(3, 2, 2)),
            "baddbmm_": (torch.ones(2, 2, 2), torch.ones(2, 2, 2)),
        }
        if name in ("requires_grad_", "detach_"):
            continue
        if name in ("acosh_", "arccosh_"):
            x = torch.full((2, 2), 2.0)
        if "shift" in name or "bitwise" in name:
            x = torch.full((2, 2), 5)
        if name in TWO:
            args[name] = (torch.full((2, 2), 3, dtype=x.dtype),)
        given = args.get(name, ())
        expected = getattr(x, name[:-1])(*given).tolist()
        assert getattr(x, name)(*given) is x
        assert x.tolist() == expected, name


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^"])
def test_augmented_operators_write_in_place(sign: str) -> None:
    x = torch.tensor([[3, 1], [2, 5]]) if sign in "&|^" else torch.tensor([[3.0, 1.0], [2.0, 5.0]])
    y = torch.tensor([[1, 2], [2, 1]]) if sign in "&|^" else torch.tensor([[1.0, 2.0], [2.0, 1.0]])
    before, names = x, {"x": x, "y": y}
    expected = eval(f"x {sign} y", names).tolist()
    exec(f"x {sign}= y", names)
    assert names["x"].tolist() == expected
    assert (names["x"] is before) == (sign != "@")


def test_operators_with_numbers_on_either_side() -> None:
    x = torch.tensor([1.0, 2.0, 4.0])
    assert (1 + x - 1).tolist() == [1, 2, 4]
    assert (2 - x).tolist() == [1, 0, -2]
    assert (8 / x).tolist() == [8, 4, 2]
    assert (9 // x).tolist() == [9, 4, 2]
    assert (9 % x).tolist() == [0, 1, 1]
    assert (2**x).tolist() == [2, 4, 16]
    assert (-x).tolist() == (x.neg()).tolist() == [-1, -2, -4]
    assert abs(-x).tolist() == [1, 2, 4]
    assert (+x) is x
    assert (~(x > 1)).tolist() == [True, False, False]
    assert (x > 1) is not True
    assert ((x > 1) & (x < 4)).tolist() == [False, True, False]
    assert (1 < x).tolist() == [False, True, True]  # noqa: SIM300


def test_an_operand_may_try_its_own_side_of_an_operator() -> None:
    class Money:
        def __eq__(self, other: Any) -> Any:
            return "asked"

        __hash__ = None  # type: ignore[assignment]

    assert (torch.ones(1) == Money()) == "asked"


def test_a_chain_of_views_keeps_its_root_alive_and_up_to_date() -> None:
    x = torch.arange(6.0)
    y = x.view(2, 3).T[1:]
    del x
    y.zero_()
    assert y.tolist() == [[0, 0], [0, 0]]


def test_a_result_without_gradient_keeps_nothing_alive() -> None:
    x = torch.ones(3)
    held = weakref.ref(x)
    y = x.exp() * 2
    del x
    assert held() is None
    assert y.grad_fn is None


def test_a_node_saves_only_what_its_derivative_reads() -> None:
    x = torch.ones(1000, requires_grad=True)
    y = x * 2
    held = weakref.ref(y.array)
    z = y + 1
    w = z.exp()
    also_held = weakref.ref(z.array)
    del y, z
    assert held() is None
    assert also_held() is None
    w.sum().backward()
    assert x.grad is not None
