"""The page on optimizers names every optimizer, and the states that each one keeps."""

from __future__ import annotations

from pathlib import Path

from tinygrad_opt import optim

PAGE = (Path(__file__).parents[2] / "docs" / "optimizers.md").read_text(encoding="utf-8")
ROWS = {row.split("`")[1]: row for row in PAGE.splitlines() if row.startswith("| `")}


def test_every_optimizer_has_its_row() -> None:
    for name in optim.__all__:
        found = getattr(optim, name)
        if isinstance(found, type) and issubclass(found, optim.Optimizer) and found is not optim.Optimizer:
            assert name in ROWS
            rule = getattr(found, "rule", None)
            if rule is not None and found is not optim.ChainOptimizer:
                assert [s for s in rule.state_names if f"`{s}`" not in ROWS[name]] == []
