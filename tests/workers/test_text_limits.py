from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.providers.text_limits import cut

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Ann", 40, "Ann"),
        ("  Ann   Lee ", 40, "Ann Lee"),
        ("x" * 50, 40, "x" * 40),
        ("Ann Lee", 4, "Ann"),
        ("é" * 5, 3, "é" * 3),
        ("e\u0301" * 5, 4, "e\u0301" * 2),
        ("e\u0301" * 5, 5, "e\u0301" * 2),
        ("😀😀😀", 5, "😀😀"),
        (f"A{FAMILY}", 11, "A"),
        (f"A{FAMILY}", 12, f"A{FAMILY}"),
        ("👍🏽👍🏽", 6, "👍🏽"),
        ("🇺🇸🇨🇦", 6, "🇺🇸"),
        ("", 40, ""),
        ("   ", 40, ""),
    ],
)
def test_text_is_cut_between_characters_that_people_see(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 60))
def test_what_is_kept_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert len(kept.encode("utf-16-le")) // 2 <= limit
    assert " ".join(text.split()).startswith(kept)
    kept.encode()
