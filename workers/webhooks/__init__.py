"""The webhook receiver: verifies what providers send, stores it, answers fast, and never calls a provider."""
