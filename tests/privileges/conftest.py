from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.dev.fuzz.arguments import rpcs
from cli.dev.fuzz.scene import furnish
from tests.privileges.cells import Theatre
from tests.support.databases import Targets


@pytest.fixture(scope="package")
def theatre(targets: Targets) -> Iterator[Theatre]:
    """Two furnished teams in one database, and a connection on which each cell is rolled back."""
    with targets.copy() as copy:
        with copy.connect(autocommit=True) as connection:
            scene = furnish(connection)
        with copy.connect() as connection:
            yield Theatre(connection, scene, rpcs(connection))
