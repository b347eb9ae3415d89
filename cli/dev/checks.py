"""Gates that look at a built database: the function checkers, and the Supabase CLI's lint and advisors."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import psycopg

from cli.dev.project import GateFailed, node_tool, run

# Every lint of the advisors counts but this one: it lists the indexes that no query has used yet,
# which in a database that was built a moment ago is all of them.
_NEEDS_TRAFFIC = frozenset({"unused_index"})

# What plpgsql_check says and is wrong about: how the finding begins, and why it may stand.
_STANDING = {
    "engine.refuse(text,text,jsonb,text): performance 00000: routine is marked as VOLATILE": (
        "it does nothing but raise; as IMMUTABLE the planner could raise in a branch that is never reached"
    ),
    "engine.ensure_partitions(text,timestamp with time zone[]): performance 00000: routine is marked as VOLATILE": (
        "it makes tables, by statements that the checker does not see"
    ),
    "engine.free_to_begin(uuid[]): performance 00000: routine is marked as VOLATILE": (
        "it locks rows, which Postgres lets nothing else do"
    ),
    "engine.cron_drives_tick():7: performance 00000: immutable expression without parameters found": (
        "static SQL could not name cron.job, which is not there on every server"
    ),
    "engine.wake_cron():12: performance 00000: immutable expression without parameters found": (
        "static SQL could not name cron.job, which is not there on every server"
    ),
}

# The checker has to know the table of a trigger function, and the names of the transition tables of
# all its triggers: it branches on TG_OP. A trigger function that no trigger calls is a finding too.
_PLPGSQL_CHECK = """
    with functions as (
        select p.oid, t.tgrelid, max(t.tgoldtable) as tgoldtable, max(t.tgnewtable) as tgnewtable
        from pg_proc p
        join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
        left join pg_trigger t on t.tgfoid = p.oid and t.tgparentid = 0
        where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace, 'reference'::regnamespace)
          and p.prorettype <> 'event_trigger'::regtype
          and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
        group by p.oid, t.tgrelid
    )
    select distinct format('%s%s: %s %s: %s%s%s', f.oid::regprocedure, coalesce(':' || c.lineno, ''), c.level,
        coalesce(c.sqlstate, ''), c.message, coalesce(E'\n    ' || c.detail, ''), coalesce(E'\n    ' || c.hint, ''))
    from functions f
    cross join lateral plpgsql_check_function_tb(
        funcoid => f.oid, relid => coalesce(f.tgrelid, 0), oldtable => f.tgoldtable, newtable => f.tgnewtable,
        fatal_errors => false, other_warnings => true, extra_warnings => true, performance_warnings => true,
        security_warnings => true) c
    where f.tgrelid is not null
       or (select prorettype from pg_proc where oid = f.oid) <> 'trigger'::regtype
    union all
    select format('%s: a trigger function that no trigger calls', f.oid::regprocedure)
    from functions f
    where f.tgrelid is null and (select prorettype from pg_proc where oid = f.oid) = 'trigger'::regtype
    order by 1
"""


def plpgsql_findings(admin_url: str) -> list[str]:
    """What plpgsql_check says of every PL/pgSQL function of ours. Leaves nothing behind in the database."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("create extension if not exists plpgsql_check")
        found = [str(text) for (text,) in connection.execute(_PLPGSQL_CHECK)]
        connection.rollback()
    needless = [start for start in _STANDING if not any(text.startswith(start) for text in found)]
    return [text for text in found if not text.startswith(tuple(_STANDING))] + [
        f"{start}: not said any more; take it off the list of what may stand" for start in needless
    ]


def sql_function_findings(admin_url: str) -> list[str]:
    """What Postgres says of our functions in plain SQL, whose bodies nobody checked while loading."""
    found = []
    with psycopg.connect(admin_url) as connection:
        functions = connection.execute(
            """
            select p.oid::regprocedure::text, pg_get_functiondef(p.oid)
            from pg_proc p join pg_language l on l.oid = p.prolang and l.lanname = 'sql'
            where p.pronamespace in ('public'::regnamespace, 'engine'::regnamespace, 'reference'::regnamespace)
              and p.prokind = 'f'
              and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
            order by 1
            """
        ).fetchall()
        for name, definition in functions:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute("set local check_function_bodies = on")
                    connection.execute(definition.encode())
            except psycopg.Error as error:
                found.append(f"{name}: {error.sqlstate} {error.diag.message_primary}")
    return found


def supabase_lint_findings(admin_url: str) -> list[str]:
    """What `supabase db lint` says; it needs plpgsql_check, which a hosted project lets its owner install."""
    with psycopg.connect(admin_url) as connection:
        connection.execute("create extension if not exists plpgsql_check")
    results = _supabase(["db", "lint", "--level", "warning"], admin_url)
    return [
        f"{result['function']}: {issue['level']}: {issue['message']}"
        for result in results
        for issue in result["issues"]
    ]


def advisors_findings(url: str) -> list[str]:
    """What `supabase db advisors` says about security and performance, at every level."""
    results = _supabase(["db", "advisors", "--type", "all", "--level", "info"], url)
    return [
        f"{lint['name']}: {lint['level']}: {lint['detail']}" for lint in results if lint["name"] not in _NEEDS_TRAFFIC
    ]


def _supabase(command: list[str], url: str) -> Iterable[dict[str, Any]]:
    done = run([node_tool("supabase"), *command, f"--remote={url}", "--output-format", "json"], env=SUPABASE_ENV)
    try:
        results: list[dict[str, Any]] = json.loads(done.stdout)["results"]
    except (ValueError, KeyError) as error:
        raise GateFailed(f"supabase {' '.join(command)} said what it never said before:\n{done.stdout}") from error
    return results


# The CLI asks nobody, colours nothing and reports nothing home.
SUPABASE_ENV = {"DO_NOT_TRACK": "1", "SUPABASE_TELEMETRY_DISABLED": "1", "NO_COLOR": "1", "PGSSLMODE": "disable"}


def demand(gate: str, findings: list[str]) -> None:
    """Refuse when a gate has findings."""
    if findings:
        listed = "\n".join(f"  {finding}" for finding in findings)
        raise GateFailed(f"{gate}: {len(findings)} finding{'s' if len(findings) > 1 else ''}\n{listed}")
