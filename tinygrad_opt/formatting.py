"""The text of a tensor: what PyTorch prints for the same values, character for character.

``format_tensor`` turns an array into text in three steps: it keeps the values that will be shown,
writes each of them in one style at one width, and lays them out in rows and brackets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt


class _PrintOptions:
    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_options = _PrintOptions()

_PREFIX = "tensor("


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors print; an option left as None keeps its value.

    precision: digits after the decimal point of floating-point values (at first 4).
    threshold: the number of elements above which only the edges are shown (1000; ``math.inf`` for never).
    edgeitems: how many items to show at each edge of a summarised dimension (3).
    linewidth: characters to a line (80).
    sci_mode: scientific notation always or never; None, which every call without it restores, decides by the values.

    Raises ValueError if a number is negative.

    >>> set_printoptions(precision=2)
    >>> print(format_tensor(np.array([1.2345], np.float32)))
    tensor([1.23])
    >>> set_printoptions(precision=4)
    """
    numbers = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    chosen = {name: number for name, number in numbers.items() if number is not None}
    for name, number in chosen.items():
        if number < 0:
            raise ValueError(f"set_printoptions: {name} must be >= 0, got {number}; write {name}=None to keep it")
    for name, number in chosen.items():
        setattr(_options, name, number)
    _options.sci_mode = sci_mode


def format_tensor(
    array: npt.NDArray[Any],
    *,
    requires_grad: bool = False,
    grad_fn: str | None = None,
    default_dtype: npt.DTypeLike = np.float32,
) -> str:
    """What ``repr`` prints in PyTorch for a tensor of these values.

    ``grad_fn`` is the name of the operation that made the tensor; with it, ``requires_grad`` goes without
    saying. ``default_dtype`` is the floating-point dtype that needs no mention.

    >>> print(format_tensor(np.array([[1.0, -2.5], [1000.0, 0.125]], np.float32)))
    tensor([[ 1.0000e+00, -2.5000e+00],
            [ 1.0000e+03,  1.2500e-01]])
    >>> print(format_tensor(np.arange(3.0), grad_fn="MulBackward0"))
    tensor([0., 1., 2.], dtype=torch.float64, grad_fn=<MulBackward0>)
    """
    # The values 0, 1, 2 or True alone tell that they are int64 or bool. In an empty tensor nothing tells.
    implied_dtypes = [np.dtype(default_dtype)]
    if array.size:
        implied_dtypes += [np.dtype(np.int64), np.dtype(np.bool_)]
    suffixes = []
    if (array.size == 0 and array.ndim != 1) or (array.size and _options.edgeitems == 0):
        suffixes.append(f"size={array.shape}")
    if array.dtype not in implied_dtypes:
        suffixes.append(f"dtype=torch.{array.dtype.name}")
    if grad_fn is not None:
        suffixes.append(f"grad_fn=<{grad_fn}>")
    elif requires_grad:
        suffixes.append("requires_grad=True")
    return _append_suffixes(_PREFIX + _format_values(array), suffixes)


def _append_suffixes(text: str, suffixes: list[str]) -> str:
    """``text`` closed by the suffixes, each on the same line if it fits and on the next one if not."""
    column = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if column + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * len(_PREFIX) + suffix
            column = len(_PREFIX) + len(suffix)
        else:
            text += ", " + suffix
            column += len(suffix) + 2
    return text + ")"


def _format_values(array: npt.NDArray[Any]) -> str:
    if array.size == 0:
        return "[]"
    # Dimensions cut to their edges get an ellipsis in the middle.
    edges = _options.edgeitems
    cut = [array.size > _options.threshold and size > 2 * edges for size in array.shape]
    shown = array
    for axis, is_cut in enumerate(cut):
        if is_cut:
            # Indices -edges to -1 count from the end.
            shown = shown.take(np.r_[0:edges, -edges:0], axis)
    cells, width = _format_cells(shown)
    return _layout(cells, width, cut, indent=len(_PREFIX))


def _format_cells(shown: npt.NDArray[Any]) -> tuple[npt.NDArray[np.object_], int]:
    """The text of each value, in an array of the same shape, and the width they are aligned to."""
    values = shown.reshape(-1)
    style: Callable[[Any], str] = str
    counted = np.ones(values.shape, np.bool_)
    if shown.dtype.kind == "f":
        # Zeros, infinities and nans neither choose the style nor widen the column.
        counted = np.isfinite(values) & (values != 0)
        style = _float_style(values[counted])
    texts = [style(value) for value in values.tolist()]
    width = max((len(text) for text, counts in zip(texts, counted.tolist(), strict=True) if counts), default=1)
    cells = np.empty(values.shape, np.object_)
    cells[:] = [text.rjust(width) for text in texts]
    return cells.reshape(shown.shape), width


def _float_style(values: npt.NDArray[Any]) -> Callable[[float], str]:
    """How to write floating-point numbers, given the finite non-zero ones among them.

    Integral ones are written as ``1.``; a wide or extreme range takes scientific notation.
    """
    precision = _options.precision
    if not values.size:
        return _integral_text
    magnitudes = np.abs(values)
    smallest, largest = float(magnitudes.min()), float(magnitudes.max())
    scientific = _options.sci_mode
    if scientific is None:
        scientific = largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4
    if scientific:
        return f"{{:.{precision}e}}".format
    if (values == np.ceil(values)).all():
        return _integral_text
    return f"{{:.{precision}f}}".format


def _integral_text(value: float) -> str:
    text = f"{value:.0f}"
    return text if text in ("inf", "-inf", "nan") else text + "."


def _layout(cells: npt.NDArray[np.object_], width: int, cut: list[bool], indent: int) -> str:
    """The cells in brackets; ``cut`` tells which dimensions lack their middle, ``indent`` the column to start in."""
    if cells.ndim == 0:
        return str(cells.item())
    middle = len(cells) // 2
    if cells.ndim == 1:
        items = cells.tolist()
        if cut[0]:
            # PyTorch sets a space before the ellipsis that stands between edges, and none before one alone.
            items.insert(middle, " ..." if items else "...")
        per_line = max(1, (_options.linewidth - indent) // (width + 2))
        lines = [", ".join(items[start : start + per_line]) for start in range(0, len(items), per_line)]
        separator = ",\n"
    else:
        lines = [_layout(row, width, cut[1:], indent + 1) for row in cells]
        if cut[0]:
            lines.insert(middle, "...")
        separator = "," + "\n" * (cells.ndim - 1)
    return "[" + (separator + " " * (indent + 1)).join(lines) + "]"
