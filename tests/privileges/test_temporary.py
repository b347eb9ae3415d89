"""A worker makes no temporary types: functions that run as their owner would take them for the server's own."""

from __future__ import annotations

import re

import psycopg
import pytest

from cli.dev.project import ROOT
from tests.support.databases import Database, Target, Targets

# What whoever has the worker's password would do: her own check, asked wherever a function of the owner casts to text.
_TRAP = """
    create function pg_temp.trap(pg_catalog.text) returns boolean language plpgsql as $$
    begin
      if current_user = 'postgres' then
        raise exception 'sprung' using errcode = 'TR001';
      end if;
      return true;
    end
    $$;
    grant execute on function pg_temp.trap(pg_catalog.text) to public;
    create domain pg_temp.text as pg_catalog.text check (pg_temp.trap(value));
    grant usage on domain pg_temp.text to public;
"""


@pytest.mark.parametrize("target", Target, ids=lambda target: target.value)
def test_a_worker_may_make_nothing_temporary(targets: Targets, target: Target) -> None:
    """In a database that was built; a copy of one has the rights that every new database has."""
    targets.template(target)
    with targets.server(target).cluster.connect() as connection:
        may = "select has_database_privilege(%s, %s, 'temporary')"
        found = {
            role: connection.execute(may, [role, target.value]).fetchone()
            for role in ("outbound_worker", "postgres", "authenticated", "service_role", "authenticator")
        }
    assert found.pop("outbound_worker") == (False,)
    assert set(found.values()) == {(True,)}


def test_that_is_what_keeps_a_worker_from_acting_as_the_owner(database: Database) -> None:
    with database.connect("outbound_worker", autocommit=True) as worker:
        worker.execute(_TRAP)
        with pytest.raises(psycopg.Error) as sprung:
            worker.execute("select engine.tick_work()")
        assert sprung.value.sqlstate == "TR001"
    source = (ROOT / "sql" / "10_schemas" / "30_worker_role.sql").read_text()
    [closing] = [
        block for block in re.findall(r"^do \$\$\n.*?^\$\$;", source, re.DOTALL | re.MULTILINE) if "revoke" in block
    ]
    with database.connect("postgres", autocommit=True) as owner:
        owner.execute(closing.encode())
    with database.connect("outbound_worker", autocommit=True) as worker:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(_TRAP)
        worker.execute("select engine.tick_work()")
