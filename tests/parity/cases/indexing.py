"""Reading, gathering, sorting; keys of all kinds: test_indexing_parity.py."""

from __future__ import annotations

from .case import given, normal, row, whole

row("gather", lambda torch, x, i: torch.gather(x, 1, i), normal(3, 4), whole(4, 3, 2))
row("gather dim=0", lambda torch, x, i: x.gather(0, i), normal(3, 4), whole(3, 5, 2))
row("gather of a 0-d tensor", lambda torch, x, i: torch.gather(x, 0, i), normal(), given(0))
row("gather nothing", lambda torch, x, i: torch.gather(x, 0, i), normal(3, 4), whole(3, 0, 4))
row("scatter_add", lambda torch, x, i, s: torch.scatter_add(x, 0, i, s), normal(3, 4), whole(3, 2, 4), normal(2, 4))
row(
    "scatter_add of a larger src",
    lambda torch, x, i, s: x.scatter_add(1, i, s.detach()),
    normal(3, 4),
    whole(4, 2, 5),
    normal(3, 6),
)
row("index_select", lambda torch, x, i: torch.index_select(x, 0, i), normal(3, 4), given([2, 0, 2]))
row("index_select dim=-1", lambda torch, x, i: x.index_select(-1, i), normal(3, 4), given([2, 0, 2, 1]))
row("index_select a 0-d index", lambda torch, x, i: x.index_select(0, i), normal(3, 4), given(1))
row("take_along_dim", lambda torch, x, i: torch.take_along_dim(x, i, 1), normal(3, 4), whole(4, 3, 2))
row("take_along_dim broadcast", lambda torch, x, i: torch.take_along_dim(x, i, dim=1), normal(3, 4), whole(4, 1, 2))
row(
    "take_along_dim of a broadcast input",
    lambda torch, x, i: torch.take_along_dim(x, i, 1),
    normal(1, 4),
    whole(4, 3, 2),
)
row("take_along_dim flat", lambda torch, x, i: torch.take_along_dim(x, i), normal(3, 4), whole(12, 2, 2))
row("sort", lambda torch, x: torch.sort(x), normal(3, 4))
row("sort descending", lambda torch, x: x.sort(0, descending=True), normal(3, 4))
row("sort stable, with ties", lambda torch, x: torch.sort(x, stable=True), given([2.0, 1, 2, 1, 0, 2]))
row(
    "sort stable, descending",
    lambda torch, x: tuple(torch.sort(x, stable=True, descending=True)),
    given([2.0, 1, 2, 1, 0]),
)
row("sort of a 0-d tensor", lambda torch, x: x.sort(), normal())
row("sort of nothing", lambda torch, x: x.sort(), normal(2, 0))
row("argsort", lambda torch, x: (torch.argsort(x), x.argsort(0, True)), normal(3, 4))
row("topk", lambda torch, x: torch.topk(x, 2), normal(3, 4))
row("topk smallest", lambda torch, x: x.topk(2, dim=0, largest=False), normal(3, 4))
row("topk of a 0-d tensor", lambda torch, x: x.topk(1), normal())
row("topk none", lambda torch, x: x.topk(0), normal(3))
row("masked_fill", lambda torch, x: x.masked_fill(x > 0, -1.5), normal(3, 4))
row("masked_fill by a broadcast mask", lambda torch, x, m: torch.masked_fill(x, m > 0, 0), normal(3, 4), normal(4))
row("masked_fill of a broadcast input", lambda torch, x, m: torch.masked_fill(x, m > 0, 2), normal(4), normal(3, 1))
row("masked_fill with a tensor", lambda torch, x, v: x.masked_fill(x > 0, v), normal(3), normal())
