"""The speed suite: ratios against torch, micrograd and NumPy, measured side by side: `python -m tests.benchmarks`."""
