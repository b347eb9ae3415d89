"""Adapters of other job queues: scripts that run in an interpreter of their own, see `cli.bench.rivals`."""
