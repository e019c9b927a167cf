"""Oracles: every rule written a second time, from its paper, as plain loops; a file per family."""

from . import basic
from .oracle import Oracle, agree, ours, theirs

ORACLES: list[Oracle] = [*basic.ORACLES]

__all__ = ["ORACLES", "Oracle", "agree", "ours", "theirs"]
