"""Places in JSON files: the line that a path speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.errors import CommandError
from cli.workflows.files import read_graph
from cli.workflows.places import Places, Step, steps_of

TEXT = """{
  "edges": [],
  "nodes": [
    {"id": "a", "data": {}},
    {"id": "b, ]}\\"", "data": {
      "a b": [1,
        true, {"deep":
          null}]}}
  ]
}
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("$", 1),
        ("$.edges", 2),
        ("$.nodes", 3),
        ("$.nodes[0].id", 4),
        ("$.nodes[1]", 5),
        ("$.nodes[1].data", 5),
        ('$.nodes[1].data."a b"', 6),
        ('$.nodes[1].data."a b"[1]', 7),
        ('$.nodes[1].data."a b"[2].deep', 8),
        ("$.nodes[0].data.retry.delay", 4),  # is not there: the place where it belongs
        ("$.nodes[7].id", 3),
        ("$.edges[0].id", 2),
    ],
)
def test_a_path_has_a_line(path: str, line: int) -> None:
    assert Places(TEXT).line_of(path) == line


def test_keys_may_be_anything() -> None:
    assert steps_of(r'$.nodes[3].data."a \"b\" [0]".x') == ["nodes", 3, "data", 'a "b" [0]', "x"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=15,
)


def ways(value: Any, way: tuple[Step, ...] = ()) -> list[tuple[Step, ...]]:
    """Every way down into a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, inner in members for found in ways(inner, (*way, key)))]


@given(value=values)
def test_every_value_is_found_on_its_line(value: Any) -> None:
    """Indented JSON puts each value on a line of its own, in the order of the text."""
    text = json.dumps(value, indent=1, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ")
    places = Places(text)
    lines = [
        places.line_of("$" + "".join(f"[{step}]" if isinstance(step, int) else f".{json.dumps(step)}" for step in way))
        for way in ways(value)
    ]
    assert lines == sorted(lines)
    assert len(set(lines)) == len(lines)


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.json cannot be read"):
        read_graph(tmp_path / "missing.json")
    for name, content in (("a", b"{"), ("b", b"\xff\xfe{"), ("c", b"[" * 100_000), ("d", b"")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError):
            read_graph(tmp_path / name)
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbf{}")
    assert read_graph(tmp_path / "bom").graph == {}
