"""Every example runs, and ends in the numbers that it promises."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def load(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def without_a_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_adamw_reads_at_least_97_percent_of_the_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = load("examples/train_digits.py").main(["--out", str(tmp_path)])
    assert runs["adamw"]["accuracy"] >= 0.97
    assert (tmp_path / "losses.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "step.svg").exists() or (tmp_path / "step.dot").exists()
    assert "adamw" in capsys.readouterr().out


def test_every_optimizer_of_the_digits_example_learns(tmp_path: Path) -> None:
    runs = load("examples/train_digits.py").main(["--optimizer", "all", "--epochs", "6", "--out", str(tmp_path)])
    assert list(runs) == ["sgd", "momentum", "adagrad", "rmsprop", "adam", "adamw"]
    for run in runs.values():
        assert run["loss"] < 0.5 < run["losses"][0]
        assert run["accuracy"] > 0.85


def test_a_run_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    main = load("examples/train_digits.py").main
    arguments = ["--epochs", "2", "--out", str(tmp_path), "--lr", "0.01", "--seed"]
    first, second, other = (main([*arguments, seed])["adamw"]["losses"] for seed in ("1", "1", "2"))
    assert first == second != other


@pytest.mark.parametrize("name", ["value_graph", "tensor_graph"])
def test_the_pictures_of_the_docs_show_what_their_script_draws_now(name: str) -> None:
    committed = (ROOT / f"docs/pictures/{name}.svg").read_text()
    drawn = getattr(load("docs/make_pictures.py"), name)().pipe("svg").decode()
    assert texts(committed) == texts(drawn) != []


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)
