"""What a frontend compiles against is what the database has, and what its page shows is what is compiled."""

from __future__ import annotations

import re

from cli.dev import api_types
from cli.dev.project import ROOT
from tests.support.databases import Database


def test_the_generated_types_are_what_the_database_says(module_database: Database) -> None:
    # as a developer of a frontend would make them: as the owner of the schema
    made = api_types.generate(module_database.url("postgres"))
    assert api_types.TYPES.read_text() == made, "write them anew: outbound dev docs"


def test_the_calls_of_the_page_are_those_that_are_compiled_and_run() -> None:
    copied = api_types.pages_module()
    assert api_types.PAGES.read_text() == copied, "copy them anew: outbound dev docs"
    assert api_types.formatted(copied) == copied, "write the page's blocks as Prettier does"


def loopholes(text: str) -> list[str]:
    """Where TypeScript takes somebody's word: any, casts, non-null marks, comments that silence the compiler."""
    code = re.sub(r'^import [^;]*;|//(?! @ts).*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|\* as \w+', "", text, flags=re.MULTILINE)
    return re.findall(r"[:<|&(,]\s*any\b(?!\??:)|\bas (?!const\b)\w+|\w!(?=[.;,)\]])|// @ts.*", code)


def test_no_type_is_a_promise_that_the_compiler_did_not_check() -> None:
    by_hand = [*(ROOT / "types").glob("*.ts"), *(ROOT / "tests" / "typescript").rglob("*.ts")]
    assert len(by_hand) > 10
    assert {path.name: loopholes(path.read_text()) for path in by_hand if loopholes(path.read_text())} == {}
    for planted in ("let a: any", "f<any>()", "b as Row", "c!.d", "// @ts-ignore"):
        assert loopholes(planted) != [], planted
