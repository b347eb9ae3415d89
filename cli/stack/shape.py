"""Gives a local database the shape of a hosted Supabase project."""

from __future__ import annotations

from pathlib import Path

from cli.stack.cluster import DATABASE, Cluster

SHAPE = Path(__file__).with_name("supabase_shape.sql")

# who logs in by password: the migrations' owner, PostgREST, and the gateway's stand-in for Supabase Auth
LOGIN_ROLES = ("postgres", "authenticator", "supabase_auth_admin")


def shape_database(cluster: Cluster, name: str = DATABASE) -> None:
    """Shape a database of a running server, creating it where it is missing; safe to repeat.

    Afterwards `cluster.url(name, role="postgres")` connects as the owner, who is no superuser. pg_cron is installed
    where the server has it and `name` is its database.
    """
    with cluster.connect() as connection:
        known = connection.execute("select from pg_database where datname = %s", [name]).fetchone()
    if known is None:
        cluster.create_database(name)
    with cluster.connect(name) as connection:
        connection.execute(SHAPE.read_bytes())
    for role in LOGIN_ROLES:
        cluster.allow_login(role)
