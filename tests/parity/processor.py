"""What PyTorch does otherwise on some processors."""

from __future__ import annotations

from typing import Any


def torch_hands_bernoulli_to_mkl(torch: Any) -> bool:
    """Whether PyTorch draws bernoulli_ with MKL's own stream, as on Intel's processors."""
    generator = torch.Generator().manual_seed(0)
    torch.empty(100).bernoulli_(0.5, generator=generator)
    after = torch.rand(1, generator=generator, dtype=torch.float64)
    generator.manual_seed(0)
    torch.rand(100, generator=generator, dtype=torch.float64)
    return not torch.equal(after, torch.rand(1, generator=generator, dtype=torch.float64))
