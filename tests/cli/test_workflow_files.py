"""Places in JSON files: the line that a path speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.errors import CommandError
from cli.workflows.files import read_graph, read_sound_graph
from cli.workflows.places import Places, Step, path_of, steps_of

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
    steps: tuple[Step, ...] = ("nodes", 3, "data", 'a "b" [0]', "x")
    assert path_of(steps) == r'$.nodes[3].data."a \"b\" [0]".x'
    assert steps_of(path_of(steps)) == list(steps)


@pytest.mark.parametrize(
    ("path", "line", "column", "marked"),
    [
        ("$.nodes[0].id", 4, 12, '"a"'),
        ('$.nodes[1].data."a b"[1]', 7, 9, "true"),
        ("$.nodes[0].data", 4, 25, "{"),  # a list or an object: where it opens
        ("$.nodes[0].data.retry.delay", 4, 25, "{"),  # is missing: where it belongs
    ],
)
def test_a_path_has_a_place_that_is_marked(path: str, line: int, column: int, marked: str) -> None:
    place = Places(TEXT).place_of(path)
    assert (place.line, place.column) == (line, column)
    shown, mark = place.lines(80)
    assert "".join(char for char, under in zip(shown, mark, strict=False) if under == "^") == marked


@given(width=st.integers(24, 120), before=st.integers(0, 300), after=st.integers(0, 300))
def test_of_a_long_line_what_matters_is_shown(width: int, before: int, after: int) -> None:
    text = f'{{"b":"{"x" * before}","a":"HERE","c":"{"y" * after}"}}'
    place = Places(text).place_of("$.a")
    assert text[place.column - 1 :].startswith('"HERE"')
    shown, mark = place.lines(width)
    assert max(len(shown), len(mark)) <= width
    assert shown.endswith(("…", text[-8:]))
    assert shown.removeprefix("1 | ").startswith(("…", text[:8]))
    assert "".join(char for char, under in zip(shown, mark, strict=False) if under == "^") == '"HERE"'


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


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ('{"nodes": [\n  1,\n  ]}', "3:3", "value"),
        ('{"nodes" []}', "1:10", "colon"),
        ('{"nodes": [] "edges": []}', "1:14", "comma"),
        ('{\n"nodes": [],\n}', "3:1", "key"),
        ('{"nodes": "x', "1:11", "no end"),
        ('{"nodes": []}}', "1:14", "after the end"),
        ('{"nodes": [\n NaN]}', "2:2", "NaN"),
        ('{"nodes": ["\\\\u0000", "a\\u0000"]}', "1:23", "can't be stored"),
        ('{"nodes": ["\\ud83d\\ude00", "\\ud83d"]}', "1:28", "can't be stored"),
    ],
)
def test_what_is_no_json_is_told_with_its_place(text: str, place: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(text)
    with pytest.raises(CommandError) as refused:
        read_graph(file)
    assert refused.value.message.startswith(f"{file}:{place}: ")
    assert word in refused.value.message
    line, mark = refused.value.detail
    assert len(mark.rstrip("^")) < len(mark)
    assert text.split("\n")[int(place.split(":", 1)[0]) - 1] in line


def test_a_key_that_is_there_twice_is_pointed_at(tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text('{"nodes": [{"id": "a",\n  "id": "b"}], "edges": [],\n "x": {"é": 1, "y": 2, "é": 3, "é": 4}}')
    issues = read_graph(file).repeated_keys
    assert [(i["path"], i["place"].line, i["place"].column, i["place"].length) for i in issues] == [
        ("$.nodes[0].id", 1, 13, 4),
        ('$.x."é"', 3, 8, 3),
        ('$.x."é"', 3, 24, 3),
    ]
    with pytest.raises(CommandError, match=r"flow\.json:1:13: The key “id” stands here twice"):
        read_sound_graph(file)


@pytest.mark.parametrize("wrapping", [{}, {"workflow": None}, {"a b": [0, None]}])
def test_a_graph_inside_of_other_json_is_found(wrapping: dict[str, Any], tmp_path: Path) -> None:
    graph = {"nodes": [{"id": "a"}], "edges": []}
    file = tmp_path / "flow.json"
    value: Any = graph
    path = "$"
    for key, inner in wrapping.items():
        value, path = (
            ({key: [*inner[:1], {"graph": graph}]}, f'$."{key}"[1].graph') if inner else ({key: graph}, f"$.{key}")
        )
    file.write_text(json.dumps(value, indent=2))
    read = read_graph(file)
    assert (read.graph, read.at) == (graph, path)
    issue = read.locate({"path": "$.nodes[0].id", "code": "x"})
    assert issue["path"] == f"{path}.nodes[0].id"
    assert '"a"' in issue["place"].text


def test_of_two_graphs_none_is_guessed(tmp_path: Path) -> None:
    file = tmp_path / "flow.json"
    file.write_text(json.dumps([{"nodes": [], "edges": []}] * 2))
    with pytest.raises(CommandError) as refused:
        read_graph(file)
    assert refused.value.detail == ["$[0]", "$[1]"]


def test_anything_else_is_left_to_validation(tmp_path: Path) -> None:
    for text in ("[]", "3", '{"nodes": 3}', '{"workflow": {"nodes": 3}}'):
        (tmp_path / "flow.json").write_text(text)
        assert read_graph(tmp_path / "flow.json").graph == json.loads(text)
