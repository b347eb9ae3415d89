"""Another team's id and one that never was: not a word, and not a step of the way, tells them apart."""

from __future__ import annotations

from typing import Any

from cli.dev.fuzz.arguments import Rpc, of_others, valid
from cli.dev.fuzz.scene import CANARY
from tests.privileges.cells import Theatre
from tests.privileges.expected import EMPTY_FOR_OTHERS, OF_NO_TEAM, OTHER_ANSWERS, PEOPLE


def places(value: Any) -> bool:
    """Whether a value names a row of ours."""
    return bool(of_others(value, "other") != value)


def variants(rpc: Rpc) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """For each argument that names rows, and for all at once: the arguments with their ids, and with nobody's."""
    given = valid(rpc)
    named = [name for name, value in given.items() if places(value)]
    pairs = {
        name: (given | {name: of_others(given[name], "other")}, given | {name: of_others(given[name], "missing")})
        for name in named
    }
    if len(named) > 1:
        pairs["all"] = (of_others(given, "other"), of_others(given, "missing"))
    return pairs


def test_an_id_of_another_team_is_answered_like_one_that_never_was(theatre: Theatre) -> None:
    wrong, tried = [], set()
    for rpc in theatre.rpcs.values():
        if "authenticated" not in rpc.callers:
            continue  # the service may name every team
        for argument, (theirs, nobodys) in variants(rpc).items():
            found, missing = theatre.call("admin", rpc, theirs), theatre.call("admin", rpc, nobodys)
            what = f"{rpc.name} {argument}"
            tried.add(what)
            if what == PEOPLE:
                continue
            if found.without_ids() != missing.without_ids() or found.written != missing.written:
                wrong.append(f"{what} tells: {found} / {missing}")
            if CANARY in str(found):
                wrong.append(f"{what} shows another team's words: {found}")
            expected = OTHER_ANSWERS.get(what, "OB004")
            if rpc.arguments.get(argument) == "uuid" and found.code != expected:
                wrong.append(f"{what}: {found.code or 'served'}, not {expected or 'served'}; {found.message}")
    assert not wrong, "\n".join(wrong)
    assert {*OTHER_ANSWERS, PEOPLE} <= tried, "declared in tests/privileges/expected.py and gone"
    assert set(theatre.rpcs) >= OF_NO_TEAM | EMPTY_FOR_OTHERS


def test_a_member_of_another_team_is_answered_like_somebody_who_asks_for_nothing_that_is_there(
    theatre: Theatre,
) -> None:
    wrong = []
    for rpc in theatre.rpcs.values():
        if not places(valid(rpc)) or "authenticated" not in rpc.callers:
            continue
        for persona in ("other", "stranger"):
            ours = theatre.call(persona, rpc, valid(rpc))
            missing = theatre.call(persona, rpc, of_others(valid(rpc), "missing"))
            if ours.without_ids() != missing.without_ids():
                wrong.append(f"{rpc.name} tells {persona}: {ours} / {missing}")
    assert not wrong, "\n".join(wrong)
