"""Draw the pictures of README and docs: `python docs/make_pictures.py` writes them to docs/pictures."""

from __future__ import annotations

from pathlib import Path

from graphviz import Digraph

import tinygrad_opt as torch
from tinygrad_opt import Value
from tinygrad_opt.draw import draw


def value_graph() -> Digraph:
    """A neuron of two inputs, number by number."""
    x1, x2 = Value(2.0), Value(0.0)
    w1, w2 = Value(-3.0), Value(1.0)
    b = Value(6.8813735870195432)
    x1w1, x2w2 = x1 * w1, x2 * w2
    total = x1w1 + x2w2
    n = total + b
    o = n.tanh()
    x1w1.label, x2w2.label, total.label = "x1*w1", "x2*w2", "x1*w1 + x2*w2"
    o.backward()
    return draw(o, names=locals())


def tensor_graph() -> Digraph:
    """One layer of a network and its loss, tensor by tensor."""
    x = torch.tensor([[1.0, 2.0, -1.0], [0.5, -0.5, 2.0], [-1.5, 1.0, 0.0], [2.0, 0.0, 1.0]])
    y = torch.tensor([[1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    w = torch.tensor([[0.2, 0.5], [-0.4, 0.1], [0.1, -0.3]], requires_grad=True)
    b = torch.zeros(2, requires_grad=True)
    h = (x @ w + b).tanh()
    h.retain_grad()
    loss = (h - y).square().mean()
    loss.backward()
    return draw(loss, names=locals())


if __name__ == "__main__":
    folder = Path(__file__).parent / "pictures"
    for graph in (value_graph, tensor_graph):
        path = folder / f"{graph.__name__}.svg"
        path.write_bytes(graph().pipe("svg"))
        print(path)
