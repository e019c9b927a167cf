"""Tensors taken apart."""

from __future__ import annotations

from .case import given, normal, row, spread, whole

row("split", lambda torch, x: torch.split(x, 2), normal(5, 2))
row("Tensor.split by name", lambda torch, x: x.split(split_size=3, dim=1), normal(2, 6))
row("split dim=1", lambda torch, x: x.split([1, 3, 0], dim=1), normal(2, 4))
row("split of nothing", lambda torch, x: torch.split(x, 2), normal(0, 2))
row("chunk", lambda torch, x: torch.chunk(x, 3), normal(7, 2))
row("chunk more than there are", lambda torch, x: x.chunk(5, -1), normal(2, 3))
row("unbind", lambda torch, x: torch.unbind(x), normal(3, 2))
row("unbind dim=-1", lambda torch, x: x.unbind(-1), normal(2, 3))
row("narrow", lambda torch, x: torch.narrow(x, 1, 1, 2), normal(3, 4))
row("iteration", lambda torch, x: [r * i for i, r in enumerate(x)], normal(3, 2))

spread("split", ((5,), 1), ((5,), 5), ((5,), 9), ((5,), [2, 3]), ((5,), (0, 5)), ((2, 5), 2, -1), ((0, 2), 0), ((0,),
    [0, 0]),
       ((2, 5), [4, 1], 1), (whole(9, 4), 2))  # fmt: skip
spread("split_with_sizes", ((5,), [5]), ((5,), (2, 3)), ((5,), (0, 5, 0)), ((2, 5), [2, 2, 1], 1), ((2, 5),
    [1, 1], -2), ((0,), []),
       ((0, 2), [0]), ((2, 3, 4), [1, 3], 2), (whole(9, 4), [1, 3]), ((3, 1), (1, 1, 1)))  # fmt: skip
row("split_with_sizes names", lambda torch, x: x.split_with_sizes(split_sizes=[1, 2], dim=0), normal(3, 2))
spread("chunk", ((5,), 1), ((5,), 2), ((5,), 5), ((5,), 4), ((0,), 3), ((0, 2), 2), ((2, 5), 3, 1), ((2, 5), 2, -2),
    (whole(9, 4), 2),
       ((2, 3, 4), 2, 2))  # fmt: skip
spread("tensor_split", ((5,), 1), ((5,), 2), ((5,), 5), ((5,), 7), ((5,), (2,)), ((5,), (1, 3)), ((5,), (3, 1)),
    ((5,), (-2, 9)),
       ((5,), []), ((0, 2), 3), ((2, 5), 2, 1), ((2, 5), (1, 2), -1), (whole(9, 4), 3))  # fmt: skip
row("tensor_split sections", lambda torch, x: torch.tensor_split(x, sections=2, dim=1), normal(2, 3))
row("tensor_split indices", lambda torch, x: torch.tensor_split(x, indices=(1,), dim=1), normal(2, 3))
row("tensor_split by a tensor", lambda torch, x, i: x.tensor_split(i), normal(4), given([1, 3]))
row("tensor_split by a number in a tensor", lambda torch, x, i: x.tensor_split(i), normal(4), given(3))
for name in ["hsplit", "vsplit", "dsplit"]:
    spread(name, ((2, 4, 6), 1), ((2, 4, 6), 2), ((2, 4, 6), (1,)), ((2, 4, 6), (1, 3)), ((2, 4, 6), [-1]),
        ((2, 4, 6), (9,)),
           ((2, 0, 4), 2), ((2, 4, 6, 2), 2), (whole(9, 2, 2, 2), 2), ((2, 2, 2), ()), ((4, 4, 4), (2, 1)))  # fmt: skip
row("hsplit of a vector", lambda torch, x: torch.hsplit(x, 2), normal(4))
row("hsplit of a matrix", lambda torch, x: x.hsplit(2), normal(3, 4))
row("vsplit of a matrix", lambda torch, x: x.vsplit((1, 2)), normal(3, 4))
spread(
    "unbind",
    ((3,),),
    ((1,),),
    ((0, 2),),
    ((2, 0),),
    ((2, 3), 1),
    ((2, 3), -2),
    ((2, 3, 4), 2),
    (whole(9, 3),),
    ((2, 1, 2), 1),
)
spread("narrow", ((5,), 0, 0, 5), ((5,), 0, 5, 0), ((5,), 0, -2, 2), ((5,), -1, 1, 3), ((2, 5), 1, 2, 2),
    ((2, 5), 0, 1, 1),
       ((0, 2), 1, 0, 1), ((0, 2), 0, 0, 0), (whole(9, 4), 0, 1, 2), ((2, 3, 4), -2, 1, 2))  # fmt: skip
row("narrow from a tensor", lambda torch, x, i: torch.narrow(x, 0, i, 1), normal(3), given(1))
