"""`members`: how long a page of a list's members takes, searched or not, in a large list and in a small one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import psycopg

from cli.bench.contract import Benchmark, Claim, Measurement, repeated, scaled
from cli.bench.place import Database, Place
from cli.bench.timing import interleaved
from cli.errors import CommandError

_LIMIT = 5.0
_PAGE = "select public.get_audience_members(%s, %s, 50, %s)"
# What is typed.
_TERMS = {
    "no search": None,
    "rare name": "quillfeather",
    "common fragment": "son",
    "one in a hundred": "thornbury",
    "one in a thousand": "wexcombe",
    "two letters": "zo",
    "phone fragment": "(512) 555-01",
    "e-mail fragment": "harbor.example",
    "what everybody has": "@mail.example",
    "a sign": "@ma",
    "two words": "mary davis",
    "two words of other people": "davis mary",
    "whole number": "+15125550100",
    "no match": "xyzzyq",
}
# However small the benchmark is made.
_IN_EVERY_LIST = ("no search", "rare name", "common fragment", "one in a hundred", "two letters")
_FIRST = "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth Zoe Karen Ana Otto Sarah Thomas"
_LAST = "Johnson Anderson Baker Clark Davis Evans Foster Garcia Hughes Irving Jackson Keller Lopez Miller Nelson Owens"


def measure(scale: float, place: Place) -> Measurement:
    """Ask for first and deep pages of two lists of one team."""
    large, small = scaled(1_000_000, scale, 3_000), scaled(1_000, scale, 100)
    with place.database() as database:
        team = database.make_team()
        place.say(f"Making a list of {large:,} …")
        lists = _fill(database, team.id, large, small)
        indexed = _index(database)
        database.settle()
        with database.connect("supabase_admin") as admin:
            deep = {size: _deep_cursor(admin, list_id) for size, list_id in lists.items()}
        with database.connect_as(team.admin_id) as connection:
            _demand_answers(connection, lists)
            times = interleaved(_work(connection, lists, deep), rounds=repeated(40, scale), warm_up=3)
    ratios = {
        page: times[f"{page}, large"].p95 / times[f"{page}, small"].p95
        for page in (name.removesuffix(", large") for name in times if name.endswith(", large"))
    }
    return Measurement(
        claims=[
            Claim(f"{page}: p95 of a page of {large:,} against one of {small:,}", ratio, _LIMIT)
            for page, ratio in sorted(ratios.items(), key=lambda item: -item[1])
        ],
        sizes={"large": large, "small": small, "page": 50},
        figures={
            "p95_ms": {name: taken.p95_ms for name, taken in times.items()},
            "contacts_indexed_per_second": round(large / indexed),
        },
    )


def _fill(database: Database, team_id: UUID, large: int, small: int) -> dict[str, UUID]:
    """A team with `large` contacts, all of them in one list and every so many of them in another."""
    with database.connect("supabase_admin", autocommit=False) as connection:
        lists = {
            name: connection.execute(
                "insert into public.audience_lists (team_id, name, source, member_count) values (%s, %s, 'csv', %s)"
                " returning id",
                [team_id, name, count],
            ).fetchone()
            for name, count in (("large", large), ("small", small))
        }
        found = {name: row[0] for name, row in lists.items() if row is not None}
        # rows by the million: without triggers, whose work is done here
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            _CONTACTS, {"team": team_id, "count": large, "step": large // small, "first": _FIRST, "last": _LAST}
        )
        connection.execute(
            "insert into public.audience_members (team_id, list_id, contact_id)"
            " select team_id, %s, id from public.contacts order by id",
            [found["large"]],
        )
        connection.execute(
            "insert into public.audience_members (team_id, list_id, contact_id)"
            " select team_id, %s, id from public.contacts where postal_code = 'small' order by id",
            [found["small"]],
        )
        connection.execute(
            "insert into engine.search_backlog (team_id, first_id, last_id)"
            " select team_id, min(id::text)::uuid, max(id::text)::uuid from public.contacts group by team_id"
        )
        connection.commit()
        connection.autocommit = True
        connection.execute("vacuum analyze public.contacts")
    return found


# Names of one in a hundred, one in a thousand and once in each list; the small list has its share of each.
_CONTACTS = """
    insert into public.contacts (team_id, id, phone, first_name, last_name, email, timezones, postal_code)
    select
        %(team)s, i.id, '+1' || (2000000000 + n.number * 7919 %% 7999999999)::text, n.first_name,
        n.last_name, lower(n.first_name || '.' || n.last_name) || n.number || case
            when n.kind = 700 then '@harbor.example' else '@mail.example' end,
        '{America/New_York}', case when n.number %% %(step)s = 0 then 'small' end
    from (
        select
            g.number, k.kind,
            (string_to_array(%(first)s, ' '))[1 + abs(hashint8(g.number)) %% 16] as first_name,
            case
                when g.number = %(step)s * 7 then 'Quillfeather'
                when k.kind = 500 then 'Wexcombe'
                when k.kind %% 100 = 1 then 'Thornbury'
                else (string_to_array(%(last)s, ' '))[1 + abs(hashint8(g.number + 1)) %% 16]
            end as last_name
        from generate_series(1, %(count)s::bigint) as g (number)
        -- a thousand kinds, in both lists alike
        cross join lateral (
            select (
                case
                    when g.number %% %(step)s = 0 then g.number / %(step)s
                    else hashint8(g.number)::bigint & 1048575
                end
            ) %% 1000
        ) as k (kind)
    ) as n
    inner join engine.new_ids(%(count)s) as i on n.number = i.ordinal
"""


def _index(database: Database) -> float:
    """Seconds that the index of the search takes to follow."""
    began = time.perf_counter()
    with database.connect("outbound_worker") as connection:
        while connection.execute("select engine.index_contacts(50000)").fetchone() != (0,):
            pass
    return time.perf_counter() - began


def _deep_cursor(connection: psycopg.Connection[Any], list_id: UUID) -> str:
    """The cursor of a page in the middle of a list, whether searched or not."""
    row = connection.execute(
        "select engine.page_cursor(contact_id::text) from public.audience_members where list_id = %s"
        " order by abs(engine.search_slice(contact_id) - 128), contact_id"
        " offset (select count(*) / 512 from public.audience_members where list_id = %s) limit 1",
        [list_id, list_id],
    ).fetchone()
    assert row is not None  # no list is empty
    return str(row[0])


def _work(
    connection: psycopg.Connection[Any], lists: Mapping[str, UUID], deep: Mapping[str, str]
) -> dict[str, Callable[[], object]]:
    work: dict[str, Callable[[], object]] = {}
    for name, term in _TERMS.items():
        for depth in ("first page", "deep page"):
            for size, list_id in lists.items():
                cursor = deep[size] if depth == "deep page" else None
                work[f"{name}, {depth}, {size}"] = _asking(connection, list_id, term, cursor)
    return work


def _asking(
    connection: psycopg.Connection[Any], list_id: UUID, term: str | None, cursor: str | None
) -> Callable[[], object]:
    return lambda: connection.execute(_PAGE, [list_id, term, cursor], prepare=True).fetchone()


def _demand_answers(connection: psycopg.Connection[Any], lists: Mapping[str, UUID]) -> None:
    """A search that found nobody would be fast for a bad reason."""
    for name, term in _TERMS.items():
        for list_id in lists.values():
            row = connection.execute(_PAGE, [list_id, term, None]).fetchone()
            found = 0 if row is None else len(row[0]["items"])
            if name in _IN_EVERY_LIST and found == 0:
                raise CommandError(f"The search for {term!r} finds nobody, so it measures something else.")


BENCHMARK = Benchmark(
    name="members",
    measures="One page of 50 of a list of 1,000,000, searched or not, the first and a deep one, against the same of a "
    "list of 1,000 of the same team.",
    limit="p95 of each within 5 x that of the list of 1,000",
    run=measure,
)
