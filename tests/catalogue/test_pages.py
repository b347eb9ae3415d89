"""Every page of docs/ can be found, and what it links, shows and names is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.dev import reference
from cli.dev.command_line import commands, problem_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
FENCE = re.compile(r"^```.*?^```", flags=re.DOTALL | re.MULTILINE)


def links_of(page: Path) -> list[str]:
    """Where the links of a page lead, those to the web left out."""
    links = re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", page.read_text()))
    return [link for link in links if not re.match(r"[a-z]+:", link)]


def anchors_of(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", page.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readme_links_every_page() -> None:
    assert {str(page.relative_to(ROOT)) for page in PAGES} - {"README.md"} <= set(links_of(ROOT / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def command_lines_of(page: Path) -> Iterator[str]:
    """The lines of a page's fences that call `outbound`, with those that go on in the next put together."""
    for fence in FENCE.findall(page.read_text()):
        for line in re.sub(r"\\\n\s*", " ", fence).splitlines():
            if found := re.match(r"(?:\$ )?(?:\.venv/bin/)?(outbound .*)", line):
                yield found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_that_is_shown_can_be_called(page: Path) -> None:
    assert [(line, problem) for line in command_lines_of(page) if (problem := problem_of(line))] == []


def test_every_command_says_an_example_of_itself() -> None:
    for words, command in commands():
        assert f"Example: outbound {' '.join(words)}" in " ".join((command.help or "").split()), words


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_function_in_a_table_has_these_arguments(page: Path, db: psycopg.Connection[Any]) -> None:
    for name, arguments in re.findall(r"^\| `(\w+)\(([^)]*)\)`", page.read_text(), flags=re.MULTILINE):
        found = db.execute(
            "select array_to_string(proargnames[:pronargs], ', ') from pg_proc"
            " where pronamespace = 'public'::regnamespace and proname = %s",
            [name],
        ).fetchall()
        assert found == [(arguments.replace("?", ""),)], name


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert reference.COMMANDS.read_text() == reference.command_page(), "write it anew: outbound dev docs"


def test_the_page_of_functions_is_what_the_database_says(db: psycopg.Connection[Any]) -> None:
    assert reference.FUNCTIONS.read_text() == reference.function_page(db), "write it anew: outbound dev docs"
