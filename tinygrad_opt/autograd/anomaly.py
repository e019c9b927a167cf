"""detect_anomaly: nodes remember the line that made them, and backward() stops at the first NaN it makes."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .graph import Node


class _Anomaly:
    enabled = False
    check_nan = True

    def __init__(self) -> None:
        self._made_at: weakref.WeakKeyDictionary[Node, str] = weakref.WeakKeyDictionary()

    def remember(self, node: Node) -> None:
        """Keep the lines of the program that led to this operation, the last one the user's own."""
        import traceback  # slow to import, and seldom used

        stack = traceback.extract_stack()
        package = __name__.partition(".")[0]
        lines = [frame for frame in stack if f"{package}/" not in frame.filename.replace("\\", "/")]
        self._made_at[node] = "".join(traceback.format_list(lines[-3:]))

    def check(self, node: Node, position: int, gradient: Any) -> None:
        """Raise where the gradient a node passes on has a NaN, naming the forward line that made the node."""
        if self.check_nan and np.isnan(getattr(gradient, "array", gradient)).any():
            made_at = self._made_at.get(node, "an operation made before anomaly detection was switched on")
            raise RuntimeError(
                f"Function '{node.name()}' returned nan values in its {position}th output. Made at:\n{made_at}"
            )


anomaly = _Anomaly()


class set_detect_anomaly:  # noqa: N801 (PyTorch's name)
    """Switch anomaly detection on or off for the whole program; as a context, until its end.

    With it, backward() raises RuntimeError at the first NaN that a derivative returns and shows the line of the
    forward pass that made the operation. As torch.autograd.set_detect_anomaly.
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = anomaly.enabled, anomaly.check_nan
        anomaly.enabled, anomaly.check_nan = mode, check_nan

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        anomaly.enabled, anomaly.check_nan = self._before


class detect_anomaly(set_detect_anomaly):  # noqa: N801
    """A context with anomaly detection on, as torch.autograd.detect_anomaly.

    >>> import tinygrad_opt as torch
    >>> x = torch.tensor([0.0], requires_grad=True)
    >>> with torch.autograd.detect_anomaly():
    ...     (x.sqrt() * 0).sum().backward()
    Traceback (most recent call last):
        ...
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output. Made at:
    ...
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)
