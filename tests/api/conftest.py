from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.projects import Project
from tests.support.stacks import throwaway_stack
from tests.support.typescript import compile_client


@pytest.fixture(scope="package")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The whole stack, for all tests of this folder: one that nobody uses any more would slow all others down.

    Its tenant of ServiceTitan is small; what size does to a refresh is looked at in tests/audiences and measured by
    the benchmarks.
    """
    with throwaway_stack(tmp_path_factory.mktemp("project") / "stack") as stack:
        stack.up("--postgres", "embedded", OUTBOUND_SANDBOX_SERVICETITAN_CUSTOMERS="2000")
        yield Project.of(stack)


@pytest.fixture(scope="package")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the client in tests/typescript/client, compiled strictly."""
    return compile_client(tmp_path_factory.mktemp("typescript"))
