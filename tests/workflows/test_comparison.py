"""What changed between two graphs, beside an oracle that looks at every value one by one."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import psycopg

from tests.support.work import rows_worked
from tests.workflows.graphs import Graph, edge, good, node

Fields = dict[str, tuple[Any, Any]]


def compared(db: psycopg.Connection[Any], old: Graph, new: Graph) -> Graph:
    row = db.execute("select engine.compare_graphs(%s, %s)", [json.dumps(old), json.dumps(new)]).fetchone()
    assert row is not None
    return dict(row[0])


def changed_fields(old: Any, new: Any, path: str = "") -> Fields:
    """Oracle: the settings that differ, by path; an object that came or went is one of them."""
    if isinstance(old, dict) and isinstance(new, dict):
        fields: Fields = {}
        for key in old.keys() | new.keys():
            if key not in old or key not in new or old[key] != new[key]:
                fields |= changed_fields(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
        return fields
    return {path: (old, new)}


def oracle(old: list[Any], new: list[Any]) -> dict[str, Any]:
    """Ids in the order of the graphs, and of each changed element its fields."""
    before, after = ({element["id"]: element for element in elements} for elements in (old, new))
    both = [name for name in after if name in before]

    def content(element: Any) -> Any:
        return {key: value for key, value in element.items() if key not in ("id", "position")}

    return {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": {
            name: changed_fields(content(before[name]), content(after[name]))
            for name in both
            if content(before[name]) != content(after[name])
        },
        "moved": [name for name in both if before[name].get("position") != after[name].get("position")],
    }


def told(answer: Any) -> dict[str, Any]:
    """An answer in the oracle's form."""
    return {
        "added": [element["id"] for element in answer["added"]],
        "removed": [element["id"] for element in answer["removed"]],
        "changed": {
            element["id"]: {field["field"]: (field["from"], field["to"]) for field in element["fields"]}
            for element in answer["changed"]
        },
        "moved": answer.get("moved", []),
    }


def random_value(rnd: random.Random, depth: int) -> Any:
    if depth and rnd.random() < 0.6:
        return {key: random_value(rnd, depth - 1) for key in "abc" if rnd.random() < 0.6}
    return rnd.choice([1, 2.5, "x", False, [1, {"a": 2}], [], {}, "null"])


def random_elements(rnd: random.Random) -> list[Any]:
    names = [f"n{number}" for number in range(8) if rnd.random() < 0.7]
    rnd.shuffle(names)
    return [
        node(name, rnd.choice(["call", "text"]), label=rnd.choice("AB"), setting=random_value(rnd, 3))
        | {"position": {"x": rnd.choice([0, 1]), "y": 0}}
        for name in names
    ]


def test_a_thousand_random_pairs_agree_with_the_oracle(db: psycopg.Connection[Any]) -> None:
    differing = 0
    for seed in range(1000):
        rnd = random.Random(seed)
        old, new = random_elements(rnd), random_elements(rnd)
        answer = compared(db, {"nodes": old, "edges": old}, {"nodes": new, "edges": new})
        expected = oracle(old, new)
        assert told(answer["nodes"]) == expected, f"seed {seed}"
        assert told(answer["edges"]) == expected | {"moved": []}, f"seed {seed}"
        assert list(told(answer["nodes"])["changed"]) == list(expected["changed"]), f"order, seed {seed}"
        differing += len(expected["changed"])
    assert differing > 1000


def test_the_way_back_tells_the_opposite(db: psycopg.Connection[Any]) -> None:
    old = good("a")
    new = copy.deepcopy(old)
    new["nodes"][1]["data"]["batching"]["size"] = 7
    new["nodes"].append(node("more", "text", template="More"))
    new["edges"].append(edge("e9", "bye", "more"))
    there, back = compared(db, old, new), compared(db, new, old)
    assert there["nodes"]["added"] == back["nodes"]["removed"] == [{"id": "more", "type": "text", "label": None}]
    assert there["edges"]["added"] == back["edges"]["removed"]
    assert there["nodes"]["changed"][0]["fields"] == [{"field": "data.batching.size", "from": 50, "to": 7}]
    assert back["nodes"]["changed"][0]["fields"] == [{"field": "data.batching.size", "from": 7, "to": 50}]


def big(size: int, delay: str) -> Graph:
    """A graph in which everything differs from the same with another delay."""
    return {
        "nodes": [
            node(f"n{number}", "text", template="Hi", retry={"outcomes": ["failed"], "delay": delay})
            for number in range(size)
        ],
        "edges": [edge(f"e{number}", f"n{number}", f"n{number + 1}", delay=delay) for number in range(size - 1)],
    }


def test_work_grows_with_the_size_and_not_faster(db: psycopg.Connection[Any]) -> None:
    """One pair of 8,000 nodes is about as much work as eight of 1,000; the square would be eight times that."""

    def work(size: int) -> int:
        graphs = [json.dumps(big(size, delay)) for delay in ("PT1H", "PT2H")]
        return rows_worked(db, "select engine.compare_graphs(%s, %s)", graphs)

    assert work(1000) > 1000
    assert work(8000) < 12 * work(1000)
