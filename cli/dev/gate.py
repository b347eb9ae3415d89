"""The parity gate: builds both databases, compares them, and proves that it would notice."""

from __future__ import annotations

import psycopg

from cli.dev import parity, snapshot
from cli.dev.databases import MIGRATIONS, SOURCE, Server, run_sql
from cli.dev.project import GateFailed

_PLANTED = "outbound_planted"


def differences(of_source: Server, of_migrations: Server) -> list[parity.Difference]:
    """Compare the two databases; each lies on a server of its own, because roles belong to the server."""
    return parity.compare(
        snapshot.take(of_source.admin_url(SOURCE), of_source.pg_dump),
        snapshot.take(of_migrations.admin_url(MIGRATIONS), of_migrations.pg_dump),
    )


def demand_parity(of_source: Server, of_migrations: Server) -> None:
    """Refuse with every difference there is."""
    found = differences(of_source, of_migrations)
    if found:
        listed = "\n\n".join(str(difference) for difference in found)
        raise GateFailed(
            f"sql/ and the migrations build different databases ({len(found)} objects differ):\n\n{listed}",
            hint="Before a release: outbound dev migration initial --replace; afterwards: outbound dev migration NAME",
        )


def prove(server: Server, database: str = MIGRATIONS) -> list[str]:
    """Plant one change of each kind in a copy and demand that the gate names it; returns what was planted."""
    untouched = snapshot.take(server.admin_url(database), server.pg_dump)
    with psycopg.connect(server.admin_url(database)) as connection:
        plants = parity.plants(connection)
    for plant in plants:
        server.copy(database, _PLANTED)
        try:
            run_sql(server.admin_url(_PLANTED), plant.sql)
            found = parity.compare(untouched, snapshot.take(server.admin_url(_PLANTED), server.pg_dump))
        finally:
            server.drop(_PLANTED)
        if not any(plant.noticed(difference) for difference in found):
            raise GateFailed(f"The parity gate did not notice {plant.name}:\n  {plant.sql}")
    return [plant.name for plant in plants]
