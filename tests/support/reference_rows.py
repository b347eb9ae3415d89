"""Rows of the reference tables about phone numbers and places, as the `phonenumbers` library and IANA know them.

The rows are committed as SQL, so that a database needs no library; `tests/audiences/test_reference_rows.py` compares
them with the library at every run. When a newer library knows more, write them anew:

    python -m tests.support.reference_rows sql/60_reference

`postal_prefixes.sql` comes from the package `zipcodes` and is written only where that is installed; it is not part of
the tested requirements, because ZIP codes have no second source here.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberType, phonenumberutil
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.tzdata import TIMEZONE_DATA

Row = tuple[Any, ...]

_UNKNOWN = "Etc/Unknown"
# Territories that write their postal abbreviation where a state has its own.
_TERRITORIES = {"PR", "VI", "GU", "AS", "MP"}
_KINDS = {
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.PERSONAL_NUMBER: "non_geographic",
    PhoneNumberType.VOIP: "non_geographic",
}
# As the library's geocoder spells them.
_STATES = {
    name: code
    for code, name in (
        pair.split(" ", 1)
        for pair in """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana,
ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri, MT Montana,
NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico, NY New York, NC North Carolina,
ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon, PA Pennsylvania, RI Rhode Island, SC South Carolina,
SD South Dakota, TN Tennessee, TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington State,
DC Washington D.C., WV West Virginia, WI Wisconsin, WY Wyoming, AB Alberta, BC British Columbia,
BC British Colombia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador, NS Nova Scotia, ON Ontario,
PE Prince Edward Island, QC Quebec, SK Saskatchewan, YT Yukon, NT Northwest Territories, NU Nunavut
""".strip()
        .replace(",\n", ", ")
        .split(", ")
    )
}


def area_codes() -> list[Row]:
    """(area_code, country, kind, regions, timezones) of every assigned North American area code."""
    regions = _regions_by_area_code()
    rows = []
    for number in range(200, 1000):
        code = str(number)
        found = _who_has(code)
        if found is None:
            continue
        country, kind = found
        zones = _zones_below(f"1{code}") if kind == "geographic" else []
        states = {country} if country in _TERRITORIES else regions[code] if country in {"US", "CA"} else set()
        rows.append((code, country, kind, sorted(states), zones))
    return rows


def _who_has(code: str) -> tuple[str, str] | None:
    """Country and kind of an area code, by trying numbers in every exchange; None when it is not assigned."""
    looks_right = _national_numbers()
    for exchange in range(200, 1000):
        # the library would look through all countries that share +1, one after the other
        if not looks_right.fullmatch(f"{code}{exchange}5678"):
            continue
        number = north_american(f"{code}{exchange}5678")
        if phonenumbers.is_valid_number(number):
            country = phonenumbers.region_code_for_number(number) or "US"
            return country, _KINDS.get(phonenumbers.number_type(number), "geographic")
    return None


def north_american(national: str) -> phonenumbers.PhoneNumber:
    """The number, without the time that reading a text takes."""
    return phonenumbers.PhoneNumber(country_code=1, national_number=int(national))


@functools.cache
def _national_numbers() -> re.Pattern[str]:
    """What national numbers of every kind look like in some country with +1: a valid one is of one of these kinds."""
    kinds = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager")
    regions = [PhoneMetadata.metadata_for_region(region) for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]]
    described = [getattr(metadata, kind) for metadata in regions for kind in (*kinds, "uan", "voicemail")]
    patterns = {found.national_number_pattern for found in described if found and found.national_number_pattern}
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)))


def _zones_below(prefix: str) -> list[str]:
    """Every zone that any number below a prefix may be in."""
    zones: set[str] = set()
    if prefix in TIMEZONE_DATA:
        zones.update(TIMEZONE_DATA[prefix])
    zones.update(zone for key, below in TIMEZONE_DATA.items() if key.startswith(prefix) for zone in below)
    return sorted(zones - {_UNKNOWN})


def _regions_by_area_code() -> dict[str, set[str]]:
    """States and provinces that the geocoder names anywhere below an area code."""
    found: dict[str, set[str]] = defaultdict(set)
    for prefix, names in GEOCODE_DATA.items():
        if not prefix.startswith("1") or len(prefix) < 4:
            continue
        text = names.get("en", "")
        for name in text.split("/"):
            abbreviated = re.search(r", ([A-Z]{2})$", name)
            state = abbreviated.group(1) if abbreviated else _STATES.get(name)
            if state is not None:
                found[prefix[1:4]].add(state)
    return found


def calling_codes() -> list[Row]:
    """(calling_code, countries, lengths, trunk_prefix, timezones) of every country calling code."""
    rows = []
    for code, countries in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items(), key=lambda item: str(item[0])):
        main = phonenumberutil.region_code_for_country_code(code)
        metadata = (
            PhoneMetadata.metadata_for_nongeo_region(code) if main == "001" else PhoneMetadata.metadata_for_region(main)
        )
        assert metadata is not None
        assert metadata.general_desc is not None
        lengths = sorted(length for length in metadata.general_desc.possible_length if length > 0)
        trunk = "0" if metadata.national_prefix == "0" else None
        zones = [zone for zone in TIMEZONE_DATA.get(str(code), ()) if zone != _UNKNOWN]
        rows.append((str(code), sorted(set(countries) - {"001"}), lengths, trunk, sorted(zones)))
    return rows


# What people write for a zone besides its name. MST is not among them: half of those who write it mean Arizona,
# which has no summer time. Neither are UTC and the like: they say how a system keeps time, not where a person is.
_SPOKEN = {
    "America/New_York": "eastern|eastern time|eastern standard time|est|edt|et|est5edt",
    "America/Chicago": "central|central time|central standard time|cst|cdt|ct|cst6cdt",
    "America/Denver": "mountain|mountain time|mountain standard time|mdt|mst7mdt",
    "America/Phoenix": "arizona|us mountain standard time",
    "America/Los_Angeles": "pacific|pacific time|pacific standard time|pst|pdt|pt|pst8pdt",
    "America/Anchorage": "alaska|alaska time|alaskan standard time|akst|akdt",
    "Pacific/Honolulu": "hawaii|hawaii time|hawaiian standard time|hst",
    "America/Halifax": "atlantic time|atlantic standard time",
    "America/St_Johns": "newfoundland time|newfoundland standard time",
}


def timezones() -> list[Row]:
    """(spelling in lower case, timezone): every place name of IANA, old names led to the new, and everyday words."""
    data = resources.files("tzdata") / "zoneinfo"
    places = {line.split("\t")[2].strip() for line in (data / "zone.tab").read_text().splitlines() if line[0] != "#"}
    found = {place.lower(): place for place in places}
    # only some of the old names point at a place of their own country; those that don't are left out
    for line in (data / "tzdata.zi").read_text().splitlines():
        kind, *words = line.split(" ")
        if kind == "L" and words[0] in places and "/" in words[1] and not words[1].startswith("Etc/"):
            found.setdefault(words[1].lower(), words[0])
    for zone, words_for_it in _SPOKEN.items():
        found |= dict.fromkeys(words_for_it.split("|"), zone)
    return sorted(found.items())


def postal_prefixes() -> list[Row]:
    """(prefix, regions, timezones) of the first three digits of every US ZIP code."""
    zipcodes = importlib.import_module("zipcodes")
    known = {zone for _, zone in timezones()}
    regions: dict[str, set[str]] = defaultdict(set)
    zones: dict[str, set[str]] = defaultdict(set)
    for place in zipcodes.list_all():
        if place["state"] in {"AA", "AE", "AP"}:  # military: anywhere in the world
            continue
        prefix = place["zip_code"][:3]
        regions[prefix].add(place["state"])
        zone = place["timezone"]
        zones[prefix].add(zone if zone in known else "America/Anchorage" if place["state"] == "AK" else "")
    return [(prefix, sorted(regions[prefix]), sorted(zones[prefix] - {""})) for prefix in sorted(regions)]


_FILES: dict[str, tuple[str, Sequence[str], Any]] = {
    "area_codes": (
        "Assigned North American area codes, from the phonenumbers library (Apache-2.0).",
        ("area_code", "country", "kind", "regions", "timezones"),
        area_codes,
    ),
    "calling_codes": (
        "Country calling codes, from the phonenumbers library (Apache-2.0).",
        ("calling_code", "countries", "lengths", "trunk_prefix", "timezones"),
        calling_codes,
    ),
    "timezones": (
        "Spellings of time zones, from the IANA database (public domain).",
        ("spelling", "timezone"),
        timezones,
    ),
    "postal_prefixes": (
        "Where ZIP codes lie, by their first three digits.",
        ("prefix", "regions", "timezones"),
        postal_prefixes,
    ),
}


def statement(table: str, columns: Sequence[str], rows: Iterable[Row], why: str) -> str:
    """One insert that replaces what an older release of the rows said."""
    values = ",\n".join(f"({', '.join(map(_literal, row))})" for row in rows)
    rest = ",\n".join(f"  {column} = excluded.{column}" for column in columns[1:])
    return (
        f"-- {why} Written by tests/support/reference_rows.py.\n"
        f"insert into reference.{table} ({', '.join(columns)}) values\n{values}\n"
        f"on conflict ({columns[0]}) do update set\n{rest};\n"
    )


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "'{" + ",".join(map(str, value)) + "}'"
    return "'" + str(value).replace("'", "''") + "'"


def main(folder: Path) -> None:
    """Write the files."""
    for table, (why, columns, rows) in _FILES.items():
        if table == "postal_prefixes" and importlib.util.find_spec("zipcodes") is None:
            continue
        (folder / f"{table}.sql").write_text(statement(table, columns, rows(), why))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
