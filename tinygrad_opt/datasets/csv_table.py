"""A user's own table, from a CSV file."""

from __future__ import annotations

import math
import os

import numpy as np

from ..autograd.graph import wrap
from ..tensor import Tensor


def from_csv(path: str | os.PathLike[str], target: str | int) -> tuple[Tensor, Tensor]:
    """Features and target of a table of numbers: (x, y), x float32 of all other columns.

    `target` is the name of a column in the first line, or its number, from the end if negative. A first line that has a
    cell that is no number is taken for names. Targets that are whole numbers become int64, other numbers float32; words
    become the numbers of the classes, int64, in the order of the alphabet.

    ValueError names the line and the column of a cell that is empty or no number, of a line that is too short or too
    long, and the columns there are if `target` is none of them.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "flowers.csv")
    ...     _ = path.write_text("length,kind\\n5.1,rose\\n4.9,lily\\n")
    ...     torch.datasets.from_csv(path, target="kind")
    (tensor([[5.1000],
            [4.9000]]), tensor([1, 0]))
    """
    import csv

    where = f"from_csv: {os.fspath(path)!r}"
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        try:
            lines = [(reader.line_num, cells) for cells in reader if cells]
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"{where}, line {reader.line_num + 1}: not a CSV file of text: {error}") from None
    if not lines:
        raise ValueError(f"{where}: it is empty")
    first = [cell.strip() for cell in lines[0][1]]
    named = any(_number(cell) is None for cell in first) and len(lines) > 1
    names = first if named else [str(i) for i in range(len(first))]
    chosen = _column(where, target, names, named)
    features, targets = [], []
    for number, cells in lines[named:]:
        if len(cells) != len(names):
            raise ValueError(f"{where}, line {number}: {len(cells)} cells, where there are {len(names)} columns")
        for name, cell in zip(names, cells, strict=True):
            if not cell.strip():
                raise ValueError(f"{where}, line {number}, column {name!r}: the cell is empty")
        targets.append((number, cells.pop(chosen).strip()))
        others = names[:chosen] + names[chosen + 1 :]
        features.append([_required(where, number, *pair) for pair in zip(others, cells, strict=True)])
    if not features[0]:
        raise ValueError(f"{where}: there is no column besides the target")
    return wrap(np.array(features, np.float32)), wrap(_targets(where, names[chosen], targets))


def _column(where: str, target: str | int, names: list[str], named: bool) -> int:
    if isinstance(target, str) and named and names.count(target) == 1:
        return names.index(target)
    if isinstance(target, int) and -len(names) <= target < len(names):
        return target % len(names)
    have = f"its columns are {names}" if named else f"it has {len(names)} columns without names"
    raise ValueError(f"{where}: there is no one column {target!r}; {have}")


def _targets(where: str, name: str, cells: list[tuple[int, str]]) -> np.ndarray[tuple[int], np.dtype[np.generic]]:
    if all(_number(cell) is None for _, cell in cells):
        return np.unique([cell for _, cell in cells], return_inverse=True)[1].astype(np.int64)
    values = np.array([_required(where, number, name, cell) for number, cell in cells])
    return values.astype(np.int64 if (values == np.round(values)).all() else np.float32)


def _required(where: str, line: int, column: str, cell: str) -> float:
    value = _number(cell)
    if value is None:
        raise ValueError(f"{where}, line {line}, column {column!r}: {cell!r} is no number")
    return value


def _number(cell: str) -> float | None:
    """The number that a cell holds, None if it holds none; nan and infinities are none."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
