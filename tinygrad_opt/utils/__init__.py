"""PyTorch's namespace torch.utils, for what stands there in PyTorch and for nothing else: `utils.checkpoint`."""

from . import checkpoint

__all__ = ["checkpoint"]
