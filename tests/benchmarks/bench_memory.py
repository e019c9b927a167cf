"""The peak memory of one training step of a deep network against torch's, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from .timing import Result

STEP = """
import sys
import numpy as np
if sys.argv[1] == "torch":
    import torch
else:
    import tinygrad_opt as torch
torch.nn.functional, torch.optim
width, batch, depth = 1024, 1024, 8
def peak():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))  # Linux: of this process alone
    return int(status["VmHWM"].split()[0]) / 1024
layers = []
for _ in range(depth):
    layers += [torch.nn.Linear(width, width), torch.nn.ReLU()]
warm = torch.nn.Linear(width, width)
warm(torch.ones(4, width)).sum().backward()
before = peak()
model = torch.nn.Sequential(*layers[:-1])
optimizer = torch.optim.AdamW(model.parameters())
x = torch.ones(batch, width)
target = torch.zeros(batch, dtype=torch.int64)
for _ in range(2):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(model(x), target).backward()
    optimizer.step()
print(peak() - before)
"""


def run() -> list[Result]:
    ours, theirs = (
        min(float(subprocess.check_output([sys.executable, "-c", STEP, lib])) for _ in range(3))
        for lib in ("tinygrad_opt", "torch")
    )
    return [
        Result(
            f"peak of an 8-layer step, width and batch 1024: {ours:.0f} MB, of torch's {theirs:.0f}",
            ours / theirs,
            "at most 1.2",
        )
    ]
