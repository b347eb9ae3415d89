"""Reading the tables of the pages in docs/."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def rows_under(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    text = ("\n" + (DOCS / page).read_text()).split(f"\n{heading}\n", 1)[1]
    lines = re.search(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    assert lines is not None, f"no table under {heading}"
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[0].splitlines()]
    assert set("".join(rows[1])) <= set("-|: "), f"no head under {heading}"
    return rows[2:]


def coded(cell: str) -> list[str]:
    """What a cell has in backquotes."""
    return re.findall(r"`([^`]+)`", cell)
