"""What every doctest finds: the package under the name that its users give it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_opt


@pytest.fixture(autouse=True)
def _names(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace.update(np=np, torch=tinygrad_opt, F=tinygrad_opt.nn.functional)
