"""Saving and loading: any nesting of plain values, tensors and states, in files that hold no code. Never pickle."""

from .checkpoint import Checkpoint
from .files import UnreadableFileError, load, save

__all__ = ["Checkpoint", "UnreadableFileError", "load", "save"]
