"""Which tests stay together when several processes share them: those of a file, and those that share a whole stack."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # it ships none

TOGETHER = ("tests/api/",)
"""Folders whose tests share a stack: each process that had some of them would start one of its own."""


def unit_of(nodeid: str) -> str:
    """What is given to a process as a whole."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", 1)[0])


class ByStack(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """xdist's `loadfile`, with folders that are not torn apart."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def scheduler(config: pytest.Config, log: Any) -> ByStack | None:
    """The hook's body: `--dist loadfile` keeps those folders together; another way of sharing is left as it is."""
    return ByStack(config, log) if config.getoption("dist") == "loadfile" else None
