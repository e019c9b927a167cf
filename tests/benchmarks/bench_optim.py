"""Steps of optimizers beside torch's default loop and its fused ones, with and without numba; what they take in memory.

    python -m tests.benchmarks optim

Lion is pytorch_optimizer's there, as torch has none; torch fuses AdamW and SGD alone of these.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any, Literal

import tinygrad_opt as tg
from tinygrad_opt.optim import engine

from .timing import Result, seconds

Engine = Literal["numpy", "numba"]
Targets = dict[tuple[Engine, str], float]  # how many times as fast, by our engine and what is beside it

# The parameters: how many tensors, of how many elements, calls in a turn, and the targets.
LAYOUTS: list[tuple[int, int, int, Targets]] = [
    (200, 100, 10, {("numpy", "loop"): 20, ("numpy", "fused"): 5}),
    (200, 5_000, 5, {("numpy", "loop"): 3, ("numba", "fused"): 1}),
    (1, 10_000_000, 1, {("numpy", "loop"): 1.3, ("numba", "fused"): 0.9}),
]
OPTIMIZERS: list[tuple[str, dict[str, Any], bool]] = [  # and whether torch fuses it
    ("AdamW", {}, True),
    ("SGD", {"momentum": 0.9}, True),
    ("RMSprop", {}, False),
    ("Lion", {}, False),
]


def run() -> list[Result]:
    results = [line for name, options, fuses in OPTIMIZERS for line in steps(name, options, fuses)]
    return [*results, *small_steps(), *schedulers(), *memory(), *compile_times()]


def stepper(lib: Any, make: Callable[..., Any], n: int, size: int, **options: Any) -> Callable[[], Any]:
    """The step of an optimizer of `n` parameters, whose gradients backward() has written."""
    params = [lib.ones(size, requires_grad=True) for _ in range(n)]
    optimizer = make(params, lr=1e-3, **options)
    for p in params:
        (p * p).sum().backward()
    step: Callable[[], Any] = optimizer.step
    return step


def ours(name: str, options: dict[str, Any], run_by: Engine, n: int, size: int) -> Callable[[], Any]:
    """The same of ours, by one of its engines."""
    step = stepper(tg, getattr(tg.optim, name), n, size, **options)

    def call() -> None:
        engine.use(run_by)
        step()

    return call


def steps(name: str, options: dict[str, Any], fuses: bool) -> list[Result]:
    """A line for each layout, engine and rival."""
    import pytorch_optimizer
    import torch

    make = getattr(torch.optim, name, None) or getattr(pytorch_optimizer, name)
    results = []
    for n, size, number, targets in LAYOUTS:
        cases = {
            "loop": stepper(torch, make, n, size, **options),
            "numpy": ours(name, options, "numpy", n, size),
            "numba": ours(name, options, "numba", n, size),
        }
        if fuses:
            cases["fused"] = stepper(torch, make, n, size, fused=True, **options)
        times = dict(zip(cases, seconds(*cases.values(), number=number), strict=True))
        engine.use("auto")
        for by in ("numpy", "numba"):
            for rival in ("loop", "fused") if fuses else ("loop",):
                at_least = targets.get((by, rival))
                results.append(
                    Result(
                        f"{name}, {n} x {size:,}, by {by}: times as fast as torch's {rival}",
                        times[rival] / times[by],
                        f"at least {at_least}" if at_least else "reported",
                    )
                )
    return results


def small_steps() -> list[Result]:
    """What a step costs however little there is to do."""
    import torch

    results = []
    for name in ("SGD", "AdamW"):
        pair = stepper(tg, getattr(tg.optim, name), 1, 10), stepper(torch, getattr(torch.optim, name), 1, 10)
        mine, theirs = seconds(*pair, number=1_000)
        results.append(
            Result(f"{name}, one tensor of 10: microseconds (torch {theirs * 1e6:.0f})", mine * 1e6, "reported")
        )
    return results


SCHEDULERS: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 30}),
    ("CosineAnnealingLR", {"T_max": 10**9}),
    ("LambdaLR", {"lr_lambda": lambda k: 0.9}),
]


def schedulers() -> list[Result]:
    import torch

    def step_of(lib: Any, name: str, options: dict[str, Any]) -> Callable[[], Any]:
        optimizer = lib.optim.AdamW([lib.ones(1, requires_grad=True)])
        scheduler = getattr(lib.optim.lr_scheduler, name)(optimizer, **options)
        optimizer.step()
        step: Callable[[], Any] = scheduler.step
        return step

    results = []
    for name, options in SCHEDULERS:
        mine, theirs = seconds(step_of(tg, name, options), step_of(torch, name, options), number=1_000)
        results.append(Result(f"{name}.step(): microseconds (torch {theirs * 1e6:.1f})", mine * 1e6, "reported"))
    return results


def memory() -> list[Result]:
    """The most that a first step makes beside the two states, 80 MB: buffers that are kept for the next included."""
    results = []
    for by in ("numpy", "numba"):
        ours("AdamW", {}, by, 1, 100_000)()  # compiles
        step = ours("AdamW", {}, by, 1, 10_000_000)
        thread = threading.Thread(target=step)  # which has no buffers yet
        tracemalloc.start()
        thread.start()
        thread.join()
        peak = tracemalloc.get_traced_memory()[1] - 80e6
        tracemalloc.stop()
        results.append(
            Result(f"AdamW, 10 M elements, by {by}: MB that a step needs beside its states", peak / 1e6, "at most 2")
        )
    engine.use("auto")
    return results


FIRST_STEP = """
import time
import tinygrad_opt as torch
p = torch.ones(100_000, requires_grad=True)
optimizer = torch.optim.AdamW([p])
p.grad = torch.ones(100_000)
torch.optim.engine.use("numba")
start = time.perf_counter()
optimizer.step()
print(time.perf_counter() - start)
"""


def compile_times() -> list[Result]:
    """The first step of a process, with nothing compiled yet, and with loops found on disk."""
    results = []
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        for state in ("empty", "warm"):
            found = subprocess.check_output([sys.executable, "-c", FIRST_STEP], env=environment)
            case = f"AdamW, first step of a process by numba, {state} cache: seconds, import of numba included"
            results.append(Result(case, float(found), "reported"))
    return results
