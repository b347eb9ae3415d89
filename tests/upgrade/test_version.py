"""The version that the program tells is that of the release, and between two releases it is neither's."""

from __future__ import annotations

from packaging.version import Version

from cli.dev.releases import is_release, last_release
from workers import __version__


def test_the_version_agrees_with_the_tag() -> None:
    released, here = Version(last_release() or ""), Version(__version__)
    if is_release():
        assert here == released
    else:
        assert here > released, "raise __version__ in workers/__init__.py: what comes after a release is another one"
