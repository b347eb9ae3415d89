"""Benchmarks: ratios of what the product does to what the machine can do, measured side by side in one run."""
