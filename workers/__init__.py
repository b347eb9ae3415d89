"""What Postgres cannot do itself: talking to providers, and hearing from them."""

__version__ = "0.2.0.dev0"
"""The release that this is, or the next one's until it is made: docs/development.md."""
