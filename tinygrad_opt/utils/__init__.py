"""PyTorch's namespace torch.utils, for what stands there in PyTorch and for nothing else."""

from . import checkpoint, data

__all__ = ["checkpoint", "data"]
