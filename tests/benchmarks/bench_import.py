"""How long `import tinygrad_opt` takes, against `import numpy`, each in a fresh process."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from .timing import Result


def run() -> list[Result]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # compiled, as installed
    best = {"numpy": float("inf"), "tinygrad_opt": float("inf"), "sys": float("inf")}
    for _ in range(15):
        for name in best:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", f"import {name}"], check=True, env=environment)
            best[name] = min(best[name], time.perf_counter() - start)
    ratio = (best["tinygrad_opt"] - best["sys"]) / (best["numpy"] - best["sys"])
    return [Result("import tinygrad_opt, in times of import numpy", ratio, "at most 1.5")]
