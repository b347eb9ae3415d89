"""Tests of an upgrade from the last release: collected where the clone has its tag."""

from cli.dev.releases import last_release

collect_ignore_glob = [] if last_release() else ["test_*.py"]
