"""Run the whole suite, or the files named, a line for every case: `python -m tests.benchmarks [steps ...]`."""

from __future__ import annotations

import importlib
import sys

NAMES = ["engine", "indexing", "operations", "sequence", "steps", "value", "memory", "import"]


def main(names: list[str]) -> None:
    for name in names:
        for case, figure, target in importlib.import_module(f"tests.benchmarks.bench_{name}").run():
            print(f"{case:<88} {figure:8.2f}   ({target})", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or NAMES)
