"""Parameter: a tensor that a module trains."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..autograd.graph import Variable
from ..tensor import Tensor


class Parameter(Tensor):
    """A leaf tensor that `Module.parameters()` finds wherever it is assigned. As torch.nn.Parameter.

    `data`, a tensor or an array, is not copied: both share memory. Other data is copied as by Tensor(data). Whatever
    is computed from a parameter is a plain Tensor. RuntimeError if the data is not floating and `requires_grad`.

    >>> torch.nn.Parameter(torch.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    __slots__ = ()

    def __init__(self, data: Any = (), requires_grad: bool = True) -> None:
        values = data.array if isinstance(data, Variable) else data
        if isinstance(values, np.ndarray):
            super().__init__()
            self.array = values
        else:
            super().__init__(values)
        self.requires_grad = requires_grad

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"
