"""Contact files that nobody here wrote, with the counts that a person counting by hand gets.

The folder lies beside the checkout; it is not part of the project, because its files are other people's.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cli.csv_reader import open_csv
from tests.audiences.conftest import Importer

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "csv"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of published files is not there")

# file: (rows, new members, duplicates, refused rows by code)
IMPORTED: dict[str, tuple[int, int, int, dict[str, int]]] = {
    # one German and one Oregon number, then the same Oregon number on 23 rows
    "chatwoot_import_contacts_sample.csv": (25, 3, 22, {}),
    # of the area codes 123, 223, 323, 423 and 523 only the first is not assigned
    "dittofeed_subscription-group-actions.csv": (5, 4, 0, {"phone_area_code_unassigned": 1}),
    "dittofeed_users.csv": (5, 4, 0, {"phone_area_code_unassigned": 1}),
    # three without an area code, an Indian number without its plus, one Mexican that is right
    "groweasy_01-facebook-leads-standard.csv": (
        5,
        1,
        0,
        {"phone_without_area_code": 3, "phone_area_code_unassigned": 1},
    ),
    "groweasy_03-google-ads-leads.csv": (3, 1, 0, {"phone_needs_plus": 1, "phone_without_area_code": 1}),
    # Indian numbers without a plus: 765 and 654 happen to be area codes, of which only the first two rows are not
    "groweasy_06-agency-crm-export.csv": (4, 2, 0, {"phone_area_code_unassigned": 2}),
    "groweasy_13-mixed-languages.csv": (3, 2, 0, {"phone_needs_plus": 1}),
    # 555 is no area code
    "groweasy_18-international-phones.csv": (6, 5, 0, {"phone_area_code_unassigned": 1}),
    "groweasy_real-world_european-semicolon.csv": (2, 1, 0, {"phone_needs_plus": 1}),
    "groweasy_real-world_facebook-leads-realistic.csv": (3, 1, 0, {"phone_without_area_code": 2}),
    "groweasy_real-world_google-ads-realistic.csv": (3, 1, 0, {"phone_needs_plus": 1, "phone_without_area_code": 1}),
    "groweasy_real-world_rtl-arabic-headers.csv": (2, 2, 0, {}),
    "groweasy_real-world_zoho-crm-export.csv": (3, 1, 0, {"phone_area_code_unassigned": 1, "phone_missing": 1}),
    # 889, 342, 673, 991, 255 and 148 are not assigned
    "laudspeaker_example.csv": (10, 4, 0, {"phone_area_code_unassigned": 6}),
    "sfdataloader_dateWithTimeZone.csv": (2, 1, 1, {}),
    # made-up numbers, four of which have an exchange that nobody can have (N11)
    "us500_mit_addr.csv": (500, 496, 0, {"phone_exchange_impossible": 4}),
}
# files of which no row can be used: (rows, refused rows by code)
REFUSED_ROWS: dict[str, tuple[int, dict[str, int]]] = {
    "dedupe_messy_chicago.csv": (
        3337,
        {"phone_without_area_code": 3189, "phone_missing": 146, "phone_too_long": 2},
    ),
    "groweasy_08-broken-headers-typos.csv": (3, {"phone_without_area_code": 3}),
    "groweasy_12-unicode-emoji.csv": (3, {"phone_without_area_code": 3}),
    "groweasy_14-blank-rows.csv": (2, {"phone_without_area_code": 2}),
    "groweasy_16-messy-formatting.csv": (3, {"phone_without_area_code": 3}),
    "groweasy_17-formula-injection.csv": (5, {"phone_without_area_code": 5}),
    "groweasy_19-empty-columns.csv": (3, {"phone_without_area_code": 3}),
    "groweasy_22-trailing-commas.csv": (2, {"phone_without_area_code": 2}),
    "groweasy_23-quoted-fields-multiline.csv": (2, {"phone_without_area_code": 2}),
    "groweasy_26-large-dataset-200-rows.csv": (200, {"phone_without_area_code": 200}),
    "groweasy_real-world_agency-chaos.csv": (
        4,
        {"phone_area_code_unassigned": 1, "phone_not_a_number": 2, "phone_missing": 1},
    ),
    "groweasy_real-world_horrible-headers-mixed.csv": (3, {"phone_without_area_code": 3}),
    "newfies_import_newfies_contact_200.txt": (200, {"phone_too_short": 200}),
}
NO_PHONE_COLUMN = [
    "csvspectrum_comma_in_quotes.csv",
    "csvspectrum_empty.csv",
    "csvspectrum_empty_crlf.csv",
    "csvspectrum_escaped_quotes.csv",
    "csvspectrum_json.csv",
    "csvspectrum_newlines.csv",
    "csvspectrum_newlines_crlf.csv",
    "csvspectrum_quotes_and_newlines.csv",
    "csvspectrum_utf8.csv",
    "dittofeed_missing-email-users.csv",
    "dittofeed_missing-headers-users.csv",
    "dittofeed_missing-identifiers.csv",
    "dittofeed_missing-some-identifiers.csv",
    "housecallpro_export.csv",
    "laudspeaker_empty_header_only.csv",
    "sfdataloader_csvEscapedQuotes.csv",
    "sfdataloader_csvtext_BOM_UTF16BE.csv",
    "sfdataloader_csvtext_BOM_UTF8.csv",
]
NOT_TEXT = ["sfdataloader_csvtext_BOM_UTF32LE.csv"]


def test_every_file_is_told_about() -> None:
    there = {path.name for path in FOLDER.iterdir() if path.suffix in (".csv", ".txt")}
    assert there == {*IMPORTED, *REFUSED_ROWS, *NO_PHONE_COLUMN, *NOT_TEXT}


@pytest.mark.parametrize("name", sorted(IMPORTED))
def test_rows_are_accepted_or_refused_with_a_reason(importer: Importer, name: str) -> None:
    rows, added, duplicates, refused = IMPORTED[name]
    run, problems = importer(FOLDER / name)
    counts = run["counts"]
    assert (counts["fetched"], counts["added"], counts["duplicate"]) == (rows, added, duplicates)
    assert Counter(problem["code"] for problem in problems if problem["severity"] == "error") == refused
    assert counts["rejected"] == sum(refused.values())
    assert run["status"] == ("PARTIAL" if refused else "SUCCEEDED")


@pytest.mark.parametrize("name", sorted(REFUSED_ROWS))
def test_a_file_without_a_usable_row_is_refused_row_by_row(importer: Importer, name: str) -> None:
    rows, refused = REFUSED_ROWS[name]
    run, problems = importer(FOLDER / name)
    assert (run["status"], run["list_id"], run["counts"]["fetched"]) == ("FAILED", None, rows)
    assert Counter(problem["code"] for problem in problems if problem["severity"] == "error") == refused
    assert f"{rows} of {rows} rows cannot be used" in run["failure_message"]


@pytest.mark.parametrize("name", NO_PHONE_COLUMN)
def test_a_file_without_phones_is_refused_in_a_sentence(importer: Importer, name: str) -> None:
    refusal = importer.refused(FOLDER / name)
    assert refusal.code == "OB001"
    assert [issue["code"] for issue in refusal.detail] == ["phone_column_missing"]


@pytest.mark.parametrize("name", NOT_TEXT)
def test_a_file_that_is_no_text_is_refused_in_a_sentence(importer: Importer, name: str) -> None:
    assert "is not a text file" in importer.refused(FOLDER / name).message


def test_without_partial_one_bad_row_refuses_the_file(importer: Importer) -> None:
    run, _ = importer(FOLDER / "us500_mit_addr.csv", partial=False)
    assert (run["status"], run["list_id"]) == ("FAILED", None)
    assert run["failure_message"].startswith("4 of 500 rows cannot be used")
    assert run["failure_message"].endswith("nothing was stored.")


def test_zip_codes_lie_in_the_states_of_their_addresses(db: psycopg.Connection[Any]) -> None:
    """An independent source for reference.postal_prefixes: 500 published addresses."""
    records = [cells for _, cells in open_csv(FOLDER / "us500_mit_addr.csv").records()]
    state, postal_code = records[0].index("state"), records[0].index("zip")
    states = [cells[state] for cells in records[1:]]
    codes = [cells[postal_code] for cells in records[1:]]
    wrong = db.execute(
        """
        select a.state, a.code, z.regions from unnest(%(states)s::text[], %(codes)s::text[]) as a (state, code)
        cross join lateral engine.zones_for('+18005551234', null, a.code) as z
        where not a.state = any(z.regions)
        """,
        {"states": states, "codes": codes},
    ).fetchall()
    assert wrong == []
