"""The local database server: as durable and as closed as a real one, and shaped like a hosted project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from cli.errors import CommandError
from cli.stack import migrations
from cli.stack.binaries import Kind, choose
from cli.stack.cluster import Cluster
from cli.stack.ports import free_port
from cli.stack.shape import shape_database


@pytest.fixture(scope="module", params=["system", "embedded"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    kind: Kind = request.param
    made = Cluster(tmp_path_factory.mktemp("cluster") / "data", choose(kind), free_port())
    made.init()
    made.start()
    shape_database(made)
    yield made
    made.remove()


def values(cluster: Cluster, query: str, *, role: str = "supabase_admin") -> list[tuple[object, ...]]:
    with cluster.connect(role=role) as connection:
        return connection.execute(query.encode()).fetchall()


def test_commits_are_durable(cluster: Cluster) -> None:
    settings = values(cluster, "select current_setting('fsync'), current_setting('synchronous_commit')")
    assert settings == [("on", "on")]


def test_it_listens_on_loopback_alone(cluster: Cluster) -> None:
    listening = "select current_setting('listen_addresses'), current_setting('unix_socket_directories')"
    assert values(cluster, listening) == [("127.0.0.1", "")]


@pytest.mark.parametrize("role", ["supabase_admin", "postgres", "authenticator"])
def test_nobody_gets_in_without_the_password(cluster: Cluster, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://{role}:wrong@127.0.0.1:{cluster.port}/postgres")


def test_shaping_twice_changes_nothing(cluster: Cluster) -> None:
    acls = """
        select 'schema', nspname::text, nspacl::text from pg_namespace where nspname !~ '^pg_(temp|toast)'
        union all select 'default', defaclrole::text || defaclobjtype::text, defaclacl::text from pg_default_acl
        union all select 'class', oid::regclass::text, relacl::text from pg_class where relacl is not null
        order by 1, 2
    """
    before = values(cluster, acls)
    shape_database(cluster)
    assert values(cluster, acls) == before


def test_the_roles_have_supabases_attributes(cluster: Cluster) -> None:
    found = values(
        cluster,
        """
        select rolname::text, rolsuper, rolcanlogin, rolbypassrls, rolinherit, rolcreaterole
        from pg_roles
        where rolname in ('postgres', 'anon', 'authenticated', 'service_role', 'authenticator')
        order by rolname::text collate "C"
        """,
    )
    assert found == [
        ("anon", False, False, False, True, False),
        ("authenticated", False, False, False, True, False),
        ("authenticator", False, True, False, False, False),
        ("postgres", False, True, True, True, True),
        ("service_role", False, False, True, True, False),
    ]


def test_postgres_owns_the_database_and_what_it_makes_is_open_to_the_api(cluster: Cluster) -> None:
    with cluster.connect(role="postgres") as connection:
        connection.execute("create table public.made (id uuid references auth.users (id))")
        connection.execute("create function public.made_too() returns integer language sql return 1")
        try:
            for role in ("anon", "authenticated", "service_role"):
                row = connection.execute(
                    "select has_table_privilege(%(role)s, 'public.made', 'select,insert,update,delete'),"
                    " has_function_privilege(%(role)s, 'public.made_too()', 'execute')",
                    {"role": role},
                ).fetchone()
                assert row == (True, True)
        finally:
            connection.execute("drop table public.made; drop function public.made_too()")


@pytest.mark.parametrize(
    "statement",
    [
        "create role intruder superuser",
        "alter role supabase_admin password 'mine'",
        "copy auth.users to '/tmp/stolen'",
        "create function public.f() returns void language c as 'x', 'y'",
        "alter table auth.users add column mine text",
        "drop schema auth cascade",
    ],
)
def test_what_a_hosted_project_refuses_is_refused_here(cluster: Cluster, statement: str) -> None:
    with cluster.connect(role="postgres") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_postgres_may_make_and_manage_a_login_role(cluster: Cluster) -> None:
    with cluster.connect(role="postgres") as connection:
        connection.execute("create role clerk nologin")
        connection.execute("alter role clerk with login password 'of the test'")
        connection.execute("drop role clerk")


def test_the_auth_functions_read_the_claims(cluster: Cluster) -> None:
    someone = "11111111-1111-4111-8111-111111111111"
    claims = json.dumps({"sub": someone, "role": "authenticated", "email": "ann@example.com"})
    with cluster.connect(role="authenticator") as connection, connection.transaction():
        connection.execute("set local role authenticated")
        ask = "select auth.uid()::text, auth.role(), auth.email(), auth.jwt() ->> 'sub'"
        assert connection.execute(ask).fetchone() == (None, None, None, None)
        connection.execute("select set_config('request.jwt.claims', %s, true)", [claims])
        assert connection.execute(ask).fetchone() == (someone, "authenticated", "ann@example.com", someone)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("select * from auth.users")


def test_text_is_unicode(cluster: Cluster) -> None:
    assert values(cluster, "select upper('é'), 'a' < 'B'") == [("É", False)]


def test_pg_cron_is_there_for_postgres_where_the_server_has_it(cluster: Cluster) -> None:
    installed = values(cluster, "select count(*) from pg_extension where extname = 'pg_cron'")
    assert installed == [(int(cluster.binaries.pg_cron),)]
    if cluster.binaries.pg_cron:
        with cluster.connect(role="postgres") as connection:
            connection.execute("select cron.schedule('test', '* * * * *', 'select 1')")
            connection.execute("select cron.unschedule('test')")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("update cron.job set command = 'select 2'")


def test_a_failing_migration_names_its_line_and_leaves_nothing(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "20260101000000_good.sql").write_text("create table public.good ();\n")
    (tmp_path / "20260102000000_bad.sql").write_text("create table public.half ();\n\nselect no_such_thing;\n")
    url = cluster.url(role="postgres")
    with pytest.raises(CommandError, match=r"20260102000000_bad\.sql fails at line 3.*no_such_thing"):
        migrations.apply(url, tmp_path)
    with cluster.connect(role="postgres") as connection:
        assert connection.execute("select to_regclass('public.half') is null").fetchone() == (True,)
        assert [migration.name for migration in migrations.pending(connection, tmp_path)] == ["bad"]
        connection.execute("drop table public.good; drop schema supabase_migrations cascade")


def test_an_index_is_built_while_others_write(cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "20260101000000_table.sql").write_text("create table public.large (id integer);\n")
    alone = "-- Why.\ncreate index concurrently if not exists large_by_id on public.large (id);\n"
    (tmp_path / "20260102000000_index.sql").write_text(alone)
    assert migrations.stands_alone(alone)
    assert not migrations.stands_alone(f"set lock_timeout = '5s';\n{alone}")
    url = cluster.url("postgres", "postgres")
    assert [migration.name for migration in migrations.apply(url, tmp_path)] == ["table", "index"]
    assert migrations.apply(url, tmp_path) == []
    with cluster.connect() as connection:
        valid = connection.execute("select indisvalid from pg_index where indexrelid = 'public.large_by_id'::regclass")
        assert valid.fetchall() == [(True,)]
        connection.execute("drop table public.large; drop schema supabase_migrations cascade")


def test_data_of_one_version_is_not_opened_with_another(cluster: Cluster) -> None:
    other: Kind = "embedded" if cluster.binaries.kind == "system" else "system"
    with pytest.raises(CommandError, match="was written by PostgreSQL"):
        Cluster(cluster.data_dir, choose(other), free_port()).init()


def test_a_lock_that_was_left_behind_does_not_keep_it_from_starting(cluster: Cluster) -> None:
    cluster.stop()
    # the id of a living process that is no PostgreSQL: what is left after a crash and a reboot
    (cluster.data_dir / "postmaster.pid").write_text("1\n")
    assert cluster.pid is None
    cluster.start()
    assert cluster.is_running()


def test_a_taken_port_is_said_in_a_sentence(cluster: Cluster, tmp_path: Path) -> None:
    rival = Cluster(tmp_path / "data", cluster.binaries, cluster.port)
    rival.init()
    with pytest.raises(CommandError, match=f"Port {cluster.port} is taken"):
        rival.start()
    rival.remove()
