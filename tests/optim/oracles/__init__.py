"""Oracles: every rule written a second time, from its paper, as plain loops; a file per family."""

from . import adam_family, adaptive, basic, curvature, layers, matrices, parameter_free, signs, sums
from .oracle import Oracle, agree, ours, theirs

ORACLES: list[Oracle] = [
    *basic.ORACLES,
    *adaptive.ORACLES,
    *adam_family.ORACLES,
    *layers.ORACLES,
    *signs.ORACLES,
    *sums.ORACLES,
    *matrices.ORACLES,
    *parameter_free.ORACLES,
    *curvature.ORACLES,
]

__all__ = ["ORACLES", "Oracle", "agree", "ours", "theirs"]
