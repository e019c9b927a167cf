"""Oracles: every rule written a second time, from its paper, as plain loops; a file per family."""

from . import basic, curvature, matrices, parameter_free
from .oracle import Oracle, agree, ours, theirs

ORACLES: list[Oracle] = [*basic.ORACLES, *matrices.ORACLES, *parameter_free.ORACLES, *curvature.ORACLES]

__all__ = ["ORACLES", "Oracle", "agree", "ours", "theirs"]
