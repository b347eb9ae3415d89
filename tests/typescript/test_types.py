"""The types that a frontend compiles against are those of the database."""

from __future__ import annotations

from cli.dev import api_types
from tests.support.databases import Database


def test_the_generated_types_are_what_the_database_says(module_database: Database) -> None:
    # as a developer of a frontend would make them: as the owner of the schema
    made = api_types.generate(module_database.url("postgres"))
    assert api_types.TYPES.read_text() == made, "write them anew: outbound dev docs"
