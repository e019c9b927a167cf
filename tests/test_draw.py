"""draw: what is in a graph's DOT text, and how it becomes a picture."""

from __future__ import annotations

import html
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import Any

import graphviz
import numpy as np
import pytest

import tinygrad_opt as torch
from tinygrad_opt.draw import STYLES, draw
from tinygrad_opt.value import Value

needs_a_renderer = pytest.mark.skipif(
    find_spec("pygraphviz") is None and which("dot") is None, reason="neither Graphviz nor pygraphviz is installed"
)
needs_pygraphviz = pytest.mark.skipif(find_spec("pygraphviz") is None, reason="pygraphviz is not installed")


@dataclass
class Box:
    """A node of the DOT text: what it says, and its attributes."""

    text: str
    attributes: dict[str, str]

    @property
    def kind(self) -> str:
        return next(kind for kind, style in STYLES.items() if style.items() <= self.attributes.items())


def parse(source: str) -> tuple[dict[str, Box], list[tuple[str, str]]]:
    """The nodes by their id, and the edges in order."""
    nodes, edges = {}, []
    for line in source.splitlines():
        if node := re.fullmatch(r'\t(n\d+(?:_op)?|more) \[label=(<.*>|".*?"|\w+) (.*)\]', line):
            key, label, rest = node.groups()
            text = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br/>|</td>", " ", label[1:-1])))
            attributes = {name: value.strip('"') for name, value in re.findall(r'(\w+)=("[^"]*"|\S+)', rest)}
            nodes[key] = Box(" ".join(text.split()), attributes)
        elif edge := re.fullmatch(r"\t(\w+) -> (\w+)(?: \[.*\])?", line):
            edges.append((edge[1], edge[2]))
    return nodes, edges


def texts(graph: graphviz.Digraph) -> dict[str, str]:
    return {key: box.text for key, box in parse(graph.source)[0].items()}


def labelled(data: float, label: str) -> Value:
    value = Value(data)
    value.label = label
    return value


class Parameter(torch.Tensor):
    """A tensor of the class name by which parameters are told."""


class Module:
    """What draw() asks of a module."""

    def __init__(self, **parameters: torch.Tensor) -> None:
        self.parameters = parameters

    def named_parameters(self) -> Iterator[tuple[str, torch.Tensor]]:
        yield from self.parameters.items()


# ---- graphs of Values ----


def test_a_value_shows_its_label_data_and_gradient() -> None:
    a, b = labelled(2.0, "a"), labelled(-3.0, "b")
    c = a * b
    c.label = "c"
    c.backward()
    assert texts(draw(c)) == {
        "n0": "c data -6.0000 grad 1.0000",
        "n0_op": "*",
        "n1": "a data 2.0000 grad -3.0000",
        "n2": "b data -3.0000 grad 2.0000",
    }


def test_an_operand_used_twice_has_two_edges() -> None:
    a = Value(3.0)
    _, edges = parse(draw(a * a).source)
    assert edges == [("n1", "n0_op"), ("n1", "n0_op"), ("n0_op", "n0")]


def test_edges_come_in_the_order_of_the_operands() -> None:
    a, b = labelled(1.0, "a"), labelled(2.0, "b")
    c = b - a
    graph = draw(c / b)
    nodes, edges = parse(graph.source)
    assert [nodes[tail].text.split()[0] for tail, head in edges if head == "n1_op"] == ["b", "a"]
    assert graph.node_attr["ordering"] == "in"


def test_a_shared_value_is_drawn_once() -> None:
    a = Value(1.0)
    b = a + 1
    nodes, _ = parse(draw(b * b + a).source)
    assert sum(not key.endswith("_op") for key in nodes) == 5  # the sum, the product, a, b and the 1


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0.0000"),
        (7, "7.0000"),
        (-1.23456, "-1.2346"),
        (1e-4, "0.0001"),
        (1.5e-7, "1.500e-07"),
        (-123456.7, "-123456.7000"),
        (2.5e12, "2.500e+12"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_have_four_decimals_or_an_exponent(number: float, text: str) -> None:
    assert texts(draw(Value(number)))["n0"] == f"data {text} grad 0.0000"


def test_values_take_names_from_locals_where_they_have_no_label() -> None:
    a, b = Value(1.0), labelled(2.0, "bias")
    c = a + b
    assert {text.split()[0] for text in texts(draw(c, names=locals())).values()} == {"a", "bias", "c", "+"}


def test_kinds_of_values_are_told_apart_by_colour() -> None:
    nodes, _ = parse(draw((Value(1.0) + 2.0).exp()).source)
    assert {key: box.kind for key, box in nodes.items()} == {
        "n0": "root", "n0_op": "operation", "n1": "result", "n1_op": "operation", "n2": "leaf", "n3": "leaf",
    }  # fmt: skip
    assert len({(style["fillcolor"], style["color"]) for kind, style in STYLES.items() if kind != "more"}) == 5


# ---- graphs of tensors ----


def test_leaves_and_root_show_their_tensor_and_steps_between_only_a_shape() -> None:
    w = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    loss = (w * 2.0).sum()
    loss.backward()
    nodes, edges = parse(draw(loss, names={"w": w}).source)
    assert {key: box.text for key, box in nodes.items()} == {
        "n0": "() float32 data 42.0000",
        "n0_op": "sum",
        "n1": "mul (2, 3)",
        "n2": "w (2, 3) float32 data 1.0000 to 6.0000 grad 2.0000 to 2.0000",
    }
    assert edges == [("n1", "n0_op"), ("n0_op", "n0"), ("n2", "n1")]


def test_few_elements_are_shown_one_by_one() -> None:
    x = torch.tensor([[1.0, -2.0]], dtype=np.float64)
    assert texts(draw(x))["n0"] == "(1, 2) float64 data [[1.0000, -2.0000]]"
    assert texts(draw(torch.arange(3)))["n0"] == "(3,) int64 data [0, 1, 2]"
    assert texts(draw(torch.arange(30)))["n0"] == "(30,) int64 data 0 to 29"
    assert texts(draw(torch.zeros(0, 3)))["n0"] == "(0, 3) float32 data []"


def test_nan_shows_in_a_range() -> None:
    x = torch.tensor([1.0, float("nan"), 2.0, 3.0, 4.0])
    assert texts(draw(x))["n0"] == "(5,) float32 data nan to nan"


def test_a_leaf_that_backward_has_not_reached_says_so() -> None:
    x = torch.tensor(1.0, requires_grad=True)
    assert texts(draw(x))["n0"] == "() float32 data 1.0000 grad None"


def test_a_named_intermediate_has_a_box_and_its_retained_gradient() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    h = x * x
    h.retain_grad()
    y = 3.0 * h
    y.backward()
    nodes, edges = parse(draw(y, names=locals()).source)
    assert nodes["n0"].text.startswith("y ")
    assert nodes["n1"].text == "h () float32 data 4.0000 grad 3.0000"
    assert nodes["n1"].kind == "result"
    assert nodes["n1_op"].text == "mul"
    assert edges == [("n1", "n0_op"), ("n0_op", "n0"), ("n2", "n1_op"), ("n2", "n1_op"), ("n1_op", "n1")]


def test_looking_at_a_graph_changes_no_gradient_and_warns_of_nothing() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    y = x * x
    draw(y, names=locals())
    y.backward()
    assert x.grad is not None
    assert x.grad.item() == 4.0


def test_locals_may_hold_anything_and_the_first_proper_name_counts() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    names = {"_": x, "_1": x, "n": 3, "text": "x", "array": np.zeros(2), "weight": x, "alias": x}
    assert texts(draw(x, names=names))["n0"].startswith("weight ")


@pytest.mark.parametrize("attribute", ["name", "label"])
def test_the_own_name_of_a_tensor_comes_before_that_of_a_variable(attribute: str) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    setattr(x, attribute, "input")
    assert texts(draw(x * x, names=locals()))["n1"].startswith("input ")


def test_a_module_names_its_parameters() -> None:
    weight = Parameter([1.0, 2.0])
    weight.requires_grad_()
    model = Module(**{"0.weight": weight})
    nodes, _ = parse(draw(weight.sum(), names=model).source)
    assert nodes["n1"].text == "0.weight (2,) float32 data [1.0000, 2.0000] grad None"


def test_kinds_of_tensors_are_told_apart_by_colour() -> None:
    w, x = Parameter([1.0]), torch.ones(1, requires_grad=True)
    w.requires_grad_()
    nodes, _ = parse(draw((w * x).sum()).source)
    assert [nodes[key].kind for key in ("n0", "n0_op", "n1", "n2", "n3")] == [
        "root", "operation", "operation", "parameter", "leaf",
    ]  # fmt: skip


def test_constants_are_no_operands() -> None:
    x = torch.ones(2, requires_grad=True)
    _, edges = parse(draw(torch.ones(2) * x).source)
    assert edges == [("n1", "n0_op"), ("n0_op", "n0")]


def test_a_view_is_drawn_with_what_was_written_to_its_base() -> None:
    x = torch.ones(3, requires_grad=True)
    base = x * 1.0
    view = base[0]
    base.exp_()
    assert {"exp (3,)", "mul (3,)"} <= set(texts(draw(view)).values())


def test_a_graph_that_backward_has_freed_is_still_drawn() -> None:
    x = torch.ones(3, requires_grad=True)
    y = (x * x).sum()
    before = draw(y).source
    y.backward()
    assert [line for line in draw(y).source.splitlines() if "->" in line] == [
        line for line in before.splitlines() if "->" in line
    ]


def test_an_operation_of_several_results_is_drawn() -> None:
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x + 1, x + 2

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            return g + h

    a, b = Both.apply(torch.ones(2, requires_grad=True))
    nodes, edges = parse(draw(a * b).source)
    assert [nodes[key].text for key in ("n1", "n2", "n3")] == ["output (2,)", "output (2,)", "Both"]
    assert edges.count(("n3", "n1")) == edges.count(("n3", "n2")) == 1


def test_several_roots_share_one_graph() -> None:
    x = torch.ones(2, requires_grad=True)
    nodes, edges = parse(draw([x.exp(), x.sin()]).source)
    assert [nodes[key].kind for key in ("n0", "n1", "n2")] == ["root", "root", "leaf"]
    assert edges.count(("n2", "n0_op")) == edges.count(("n2", "n1_op")) == 1


# ---- any size ----


def test_a_chain_of_100_000_values_is_cut_where_max_nodes_says() -> None:
    x = Value(0.0)
    for _ in range(100_000):
        x = -x
    nodes, edges = parse(draw(x, max_nodes=10).source)
    assert sum(not key.endswith("_op") for key in nodes) == 10 + 1
    assert nodes["more"].text == "… 99991 more"
    assert ("more", "n9_op") in edges


def test_a_chain_of_100_000_tensors_is_cut_where_max_nodes_says() -> None:
    x = torch.zeros(1, requires_grad=True)
    for _ in range(100_000):
        x = -x
    nodes, _ = parse(draw(x).source)
    assert len(nodes) == 500 + 2  # the root has a box and an ellipse
    assert nodes["more"].text == "… 99501 more"


def test_what_is_left_out_is_what_is_farthest_from_the_root() -> None:
    a = labelled(1.0, "far")
    b, c = a.exp().log(), labelled(2.0, "near")
    assert {text.split()[0] for text in texts(draw(b * c, max_nodes=3)).values()} == {"data", "*", "log", "near", "…"}


def test_a_graph_of_just_max_nodes_is_whole() -> None:
    assert "more" not in texts(draw(Value(1.0) + 1, max_nodes=3))


def test_sharing_makes_no_copies() -> None:
    x = torch.ones(1, requires_grad=True)
    v = Value(1.0)
    for _ in range(40):  # 2**40 paths
        x, v = x + x, v + v
    start = time.perf_counter()
    assert len(parse(draw(x).source)[0]) == 41 + 1
    assert len(parse(draw(v).source)[0]) == 41 + 40
    assert time.perf_counter() - start < 5


def test_the_dot_text_is_the_same_every_time() -> None:
    def source() -> str:
        w = torch.ones(3, requires_grad=True)
        y = ((w * w).exp() + w).sum()
        return draw(y, names=locals()).source

    assert source() == source()


# ---- names that mean something to Graphviz ----

AWKWARD = ['say "x"', "<b>", "{a|b}", "a\\nb", "a & b;", "back\\", "ends <>", "ünï → ✓", "#1 // /* */"]


@pytest.mark.parametrize("name", AWKWARD)
def test_any_name_stands_as_it_is(name: str) -> None:
    assert texts(draw(labelled(1.0, name)))["n0"] == f"{name} data 1.0000 grad 0.0000"


@needs_a_renderer
@pytest.mark.parametrize("name", [*AWKWARD, "a\nb", "\n", "nul \0 bell \a", "\ud800"])
def test_any_name_can_be_rendered(name: str) -> None:
    operand = labelled(1.0, name)
    picture = draw(Value(1.0, (operand,), _op=name)).pipe("svg", encoding="utf-8")
    for line in name.splitlines():
        if line.isprintable():
            assert line in html.unescape(picture)


def test_a_line_break_in_a_name_is_one_in_the_picture() -> None:
    assert "<b>first<br/>second</b>" in draw(labelled(1.0, "first\nsecond")).source


# ---- pictures ----


@pytest.fixture
def no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A system without Graphviz's program."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


@pytest.fixture
def no_renderer(no_dot: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without Graphviz's program and without pygraphviz."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)


@needs_a_renderer
def test_a_graph_renders_as_svg_unless_told_otherwise() -> None:
    assert draw(Value(1.0) + 1).pipe().startswith((b"<?xml", b"<svg"))
    assert draw(Value(1.0) + 1, format="png").pipe().startswith(b"\x89PNG")


@needs_pygraphviz
@pytest.mark.parametrize(("format", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_pygraphviz_renders_where_there_is_no_dot(no_dot: None, format: str, start: bytes) -> None:
    graph = draw(torch.ones(2, requires_grad=True).sum())
    assert graph.pipe(format).startswith(start)


@needs_pygraphviz
def test_render_writes_the_same_files_without_dot_as_with_it(no_dot: None, tmp_path: Path) -> None:
    graph = draw(Value(1.0) + 1)
    assert graph.render(outfile=tmp_path / "a.svg", cleanup=True) == str(tmp_path / "a.svg")
    assert graph.render(tmp_path / "b", format="png") == str(tmp_path / "b.png")
    assert graph.render("c", directory=tmp_path / "new") == str(tmp_path / "new" / "c.svg")
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert written == {"a.svg", "b.png", str(Path("new", "c.svg"))}
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")
    assert (tmp_path / "b").read_text(encoding="utf-8") == graph.source


@needs_pygraphviz
def test_a_rendered_picture_can_be_opened(no_dot: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[str] = []
    monkeypatch.setattr(graphviz, "view", lambda path: opened.append(str(path)))
    draw(Value(1.0)).render(outfile=tmp_path / "a.svg", view=True)
    assert opened == [str(tmp_path / "a.svg")]


@needs_pygraphviz
def test_a_format_that_pygraphviz_cannot_write_is_an_error(no_dot: None, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="cannot write 'webp'"):
        draw(Value(1.0)).pipe("webp")


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a script")
def test_the_systems_dot_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text(f"#!{sys.executable}\nimport sys\nprint('drawn by dot:', sys.stdin.readline())")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(Value(1.0)).pipe("svg", encoding="utf-8").strip() == "drawn by dot: digraph {"


def test_where_nothing_can_render_the_error_says_what_to_install(no_renderer: None, tmp_path: Path) -> None:
    graph = draw(Value(1.0) + 1)
    for attempt in (graph.pipe, lambda: graph.render(outfile=tmp_path / "a.svg")):
        with pytest.raises(RuntimeError, match="apt install graphviz") as error:
            attempt()
        assert isinstance(error.value, graphviz.ExecutableNotFound)
        assert 'pip install "tinygrad-opt[viz]"' in str(error.value)
        assert ".source" in str(error.value)
    assert graph.source.startswith("digraph {")


@needs_a_renderer
def test_a_notebook_shows_the_picture() -> None:
    bundle = draw(Value(1.0) + 1)._repr_mimebundle_()
    assert list(bundle) == ["image/svg+xml"]
    assert bundle["image/svg+xml"].startswith(("<?xml", "<svg"))


def test_a_notebook_shows_the_dot_text_where_nothing_can_render(no_renderer: None) -> None:
    graph = draw(Value(1.0) + 1)
    assert graph._repr_mimebundle_(include=None, exclude=None) == {"text/plain": graph.source}


def test_importing_draw_does_not_import_graphviz() -> None:
    code = "import sys, tinygrad_opt.draw; assert not {'graphviz', 'pygraphviz'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- what cannot be drawn ----


@pytest.mark.parametrize("root", [3.0, None, "x", np.ones(2), [Value(1.0), 2.0]])
def test_other_types_are_refused_by_name(root: Any) -> None:
    culprit = root[1] if isinstance(root, list) else root
    with pytest.raises(TypeError, match=f"takes a Value or a Tensor, or a list of them, got {type(culprit).__name__}"):
        draw(root)


def test_bad_options_are_refused() -> None:
    with pytest.raises(ValueError, match="rankdir must be one of LR, RL, TB, BT, got 'left'"):
        draw(Value(1.0), rankdir="left")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="max_nodes must be at least 1, got 0"):
        draw(Value(1.0), max_nodes=0)
    with pytest.raises(TypeError, match="names must be a dict or a module, got list"):
        draw(Value(1.0), names=["x"])
    with pytest.raises(ValueError, match="unknown format"):
        draw(Value(1.0), format="sgv")
