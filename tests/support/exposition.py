"""A strict reader of Prometheus' text format: what a scraper refuses is an assertion here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_HELP = re.compile(rf"# HELP ({_NAME}) ((?:[^\\\n]|\\\\|\\n)+)")
_TYPE = re.compile(rf"# TYPE ({_NAME}) (counter|gauge|histogram)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)')
_SAMPLE = re.compile(rf"({_NAME})(?:\{{(.*)\}})? ([-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf|NaN))")
_PARTS = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}

Labels = tuple[tuple[str, str], ...]


@dataclass
class Family:
    """One metric: its kind, its words, its samples by name and labels."""

    kind: str
    text: str
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Family]:
    """Families by name. Everything about the format is asserted, so that reading is a test."""
    assert text.endswith("\n")
    families: dict[str, Family] = {}
    name = ""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("#"):
            said, typed = _HELP.fullmatch(line), _TYPE.fullmatch(next(lines, ""))
            assert said, line
            assert typed, f"no type after {line}"
            assert said[1] == typed[1]
            name = said[1]
            assert name not in families, f"{name} twice"
            families[name] = Family(typed[2], said[2])
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        assert name, f"a sample before any type: {line}"
        family = families[name]
        assert sample[1] in {name + part for part in _PARTS[family.kind]}, f"{sample[1]} under {name}"
        key = (sample[1], _labels(sample[2] or ""))
        assert key not in family.samples, f"{key} twice"
        family.samples[key] = float(sample[3].replace("Inf", "inf"))
    for name, family in families.items():
        _check(name, family)
    return families


def _labels(text: str) -> Labels:
    found = _LABEL.findall(text)
    assert sum(len(f'{key}="{value}"') for key, value in found) + max(len(found) - 1, 0) == len(text), text
    assert len({key for key, _ in found}) == len(found), text
    return tuple(found)


def _check(name: str, family: Family) -> None:
    if family.kind == "counter":
        assert name.endswith("_total"), name
        assert family.samples, f"{name} has no sample"
        assert all(value >= 0 for value in family.samples.values())
    if family.kind == "histogram":
        for (part, labels), count in family.samples.items():
            if part != f"{name}_count":
                continue
            buckets = [
                (dict(key)["le"], value)
                for (one, key), value in family.samples.items()
                if one == f"{name}_bucket" and tuple(pair for pair in key if pair[0] != "le") == labels
            ]
            assert buckets[-1] == ("+Inf", count), name
            bounds = [float(bound.replace("+Inf", "inf")) for bound, _ in buckets]
            assert bounds == sorted(set(bounds)), name
            assert [value for _, value in buckets] == sorted(value for _, value in buckets), name
            assert (f"{name}_sum", labels) in family.samples
