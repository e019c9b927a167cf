"""What goes with layers, as torch.nn.utils."""

from . import rnn

__all__ = ["rnn"]
