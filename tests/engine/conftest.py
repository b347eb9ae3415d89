"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.databases import Database


@pytest.fixture
def admin(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The superuser's connection, each statement committed."""
    with database.connect(autocommit=True) as connection:
        yield connection
