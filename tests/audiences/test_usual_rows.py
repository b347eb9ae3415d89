"""Rows of which all is as usual are checked on a shorter way: it must say of each what the long one says."""

from __future__ import annotations

import random
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.support.factories import make_team

Connection = psycopg.Connection[Any]

_RUN = "00000000-0000-7000-8000-000000000001"
_PLAIN = {
    "phone": ("(212) 736-5000", "212-736-5001", "2127365002", "+12127365003", "1.303.736.5004", " 415 736 5005 "),
    "first_name": ("Ann", "", " Ann\u00a0", "Łukasz", "Mary Ann"),
    "last_name": ("Smith", "", "\tO'Neil "),
    "email": ("ann@example.com", "", "a.b+c@mail.example.co"),
    "postal_code": ("10001", "", "80202", "00000"),
    "servicetitan_customer_id": ("1001", "", "123456789012345678"),
}
_ODD = {
    "phone": (
        "", "n/a", "212-736-50066", "212-011-5007", "212-911-5008", "212-555-0134", "900-736-5009", "555-736-5010",
        "+442079460018", "2127365011.0", "212736501.0", "212-736-5012 x12", "+1+2127365013", "02127365014",
        "12127365015",
        '="2127365016"', "212-736-5017\n303-736-5018", "212\u2013736\u20135019", "+2127365020", "1127365021",
        "٢127365022", "11127365023", "(212)\t736-5024",
    ),
    "first_name": ('="Ann"', ' ="Ann"', '="Ann" ', "=Ann", "x" * 201, "é" * 150, " ", "Ann\nMarie", '"', "\\"),
    "last_name": ('="1"', "\u00a0", "x" * 200, "x" * 300),
    "email": (
        " ann@example.com", "ann@example.com\r", "\u00a0ann@example.com", "unknown", "a@b", "a@@b.de", "a@b.", "@b.de",
        "Ann <ann@example.com>", "mailto:ann@example.com", '="a@b.de"', "=a@b.de", "a@b.de, c@d.de", " ",
        f"{'x' * 200}@b.de", "ä@bücher.de", "a\u2009b@c.de", "a@.de",
    ),
    "postal_code": ("10001-1234", "1001", "501", " 10001", "K1A 0B1", "x" * 30, '="10001"', "123456", "\uff110001"),
    "servicetitan_customer_id": ("0" * 19, "12a", "-1", "1.0", " 7", '="7"', "٣", "9" * 18),
    "full_name": ("Ann Smith", "Smith, Ann"),
    "timezone": ("America/Denver", "Mars/Olympus"),
    "reader_problem": ("row_has_extra_cells",),
}  # fmt: skip
_STAGE = """
    insert into engine.import_rows
    select * from jsonb_populate_recordset(null::engine.import_rows, %s)
"""
_USUAL = "select engine.check_usual_rows(%s, %s, 1, 100000)"
_BY_LONG_WAY = """
    select c.row_number, to_jsonb(c) - '{team_id,run_id}'::text[]
    from public.teams as t
    cross join lateral engine.check_rows(
        (select array_agg(r order by r.row_number) from engine.import_rows as r where r.team_id = t.id),
        t.country, t.is_sandbox
    ) as c
    where t.id = %s
"""
_CHECKED = (
    "select k.row_number, to_jsonb(k) - '{team_id,run_id}'::text[] from engine.checked_rows as k where k.team_id = %s"
)


def rows() -> list[dict[str, str]]:
    """First every usual cell with every other, then each odd cell in a usual row, then a few odd ones together."""
    rng = random.Random(20261123)
    usual = [{field: rng.choice(cells) for field, cells in _PLAIN.items()} for _ in range(400)]
    one_odd = [{**rng.choice(usual), field: cell} for field, cells in _ODD.items() for cell in cells]
    odd = [
        {**rng.choice(usual), **{field: rng.choice(_ODD[field]) for field in rng.sample(sorted(_ODD), 2)}}
        for _ in range(400)
    ]
    return usual + one_odd + odd


@pytest.mark.parametrize(("country", "is_sandbox"), [("US", False), ("US", True), ("CA", False), ("DE", True)])
def test_both_ways_say_the_same(db: Connection, country: str, is_sandbox: bool) -> None:
    db.execute("set jit = off")  # as it is for workers
    team = make_team(db, "Both ways")
    db.execute("update public.teams set country = %s, is_sandbox = %s where id = %s", [country, is_sandbox, team.id])
    staged = [
        {
            "team_id": str(team.id),
            "run_id": _RUN,
            "row_number": number,
            **{name: cell or None for name, cell in row.items()},
        }
        for number, row in enumerate(rows(), 1)
    ]
    db.execute(_STAGE, [Jsonb(staged)])
    db.execute(_USUAL, [team.id, _RUN])
    short: dict[int, Any] = dict(db.execute(_CHECKED, [team.id]).fetchall())
    long: dict[int, Any] = dict(db.execute(_BY_LONG_WAY, [team.id]).fetchall())
    assert len(long) == len(staged)
    assert {number: long[number] for number in short} == short
    if country == "DE":
        assert not short, "no number is written without its country there"
    else:
        assert set(range(1, 401)) <= set(short), "a row of which all is usual takes the short way"
    # and what it leaves is checked after it, each row once
    db.execute("select engine.check_other_rows(%s, %s, 1, 100000)", [team.id, _RUN])
    assert dict(db.execute(_CHECKED, [team.id]).fetchall()) == long
