"""Summaries say what expressions mean: read back they give the very sets, and cron-descriptor claims the same."""

from __future__ import annotations

import random
from typing import Any

import psycopg
from cron_descriptor import Options, get_description

from tests.schedules.expressions import Expression, draw
from tests.schedules.reading import ALL_DAYS, Claim, day_pairs, read_descriptor, read_ours


def summaries(db: psycopg.Connection[Any], texts: list[str]) -> list[str]:
    query = """
        select engine.describe_cron_words(engine.parse_cron(e.text))
        from unnest(%s::text[]) with ordinality as e (text, n) order by e.n
    """
    return [row[0] for row in db.execute(query, [texts])]


def meant(expression: Expression) -> Claim:
    days = set(expression.days) | ({32} if expression.is_last_day else set())
    return Claim(
        frozenset((hour, minute) for hour in expression.hours for minute in expression.minutes),
        day_pairs(ALL_DAYS if len(days) == 31 else days, expression.weekdays, either=expression.is_either_day),
        expression.months,
    )


def test_a_summary_read_back_is_the_schedule(db: psycopg.Connection[Any]) -> None:
    rng = random.Random(7)
    drawn = [draw(rng) for _ in range(1000)]
    read = 0
    for expression, summary in zip(drawn, summaries(db, [item.text for item in drawn]), strict=True):
        if summary != "Never":
            assert read_ours(summary) == meant(expression), (expression.text, summary)
            read += 1
    assert read > 950


def pick(rng: random.Random, low: int, high: int, *, star: float) -> str:
    """A field in a spelling that cron-descriptor puts into words without a doubt: it lists no ranges."""
    first, last = sorted(rng.sample(range(low, high + 1), 2))
    if rng.random() < star:
        return "*"
    return rng.choice(
        [
            str(first),
            f"{first}-{last}",
            ",".join(map(str, sorted(rng.sample(range(low, high + 1), rng.randint(2, 4))))),
            f"*/{rng.randint(2, (high - low + 1) // 2)}",
        ]
    )


def draw_common(rng: random.Random) -> str:
    weekday = rng.choice(["*", "*", "1-5", "mon", "0,6", "tue,thu,sat", "2-4"])
    # with a star's step in one day field, and with a range of weekdays, it does not say whether either is enough
    day = "*" if "-" in weekday else rng.choice(["*", "*", "1", "1,15", "10-20"])
    day = pick(rng, 1, 28, star=0.5) if weekday == "*" else day
    return f"{pick(rng, 0, 59, star=0.2)} {pick(rng, 0, 23, star=0.3)} {day} {pick(rng, 1, 12, star=0.7)} {weekday}"


def test_cron_descriptor_claims_the_same(db: psycopg.Connection[Any]) -> None:
    rng = random.Random(8)
    options = Options()
    options.use_24hour_time_format = True
    options.verbose = False
    texts = [draw_common(rng) for _ in range(1000)]
    for text, summary in zip(texts, summaries(db, texts), strict=True):
        described = get_description(text, options)
        assert read_ours(summary) == read_descriptor(described), (text, summary, described)
