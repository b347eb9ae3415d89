"""Calls every RPC with hostile arguments through PostgREST, and judges each answer: `outbound dev fuzz`."""
