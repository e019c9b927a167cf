"""The speed suite: ratios against torch, micrograd and bare NumPy, measured side by side. `python -m tests.benchmarks`."""
