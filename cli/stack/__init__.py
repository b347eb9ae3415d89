"""The local stack: everything a hosted project would give, on loopback, in one folder."""
