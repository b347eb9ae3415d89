"""Every RPC is called by every persona, with arguments that are right: the least role and above are served."""

from __future__ import annotations

from cli.dev.fuzz.arguments import Rpc, valid
from tests.privileges.cells import PERSONAS, Theatre
from tests.privileges.expected import EMPTY_FOR_OTHERS, NOTHING_TO_DO, OF_NO_TEAM, RPCS

ROLES = ("viewer", "operator", "admin")


def expected(persona: str, rpc: Rpc) -> set[str]:
    """The codes that a persona may get; the empty one is success."""
    least = RPCS[rpc.name].least
    if persona == "service_role":
        return {""}
    if persona in ("anon", "outbound_worker") or least == "service":
        return {"42501"}
    if persona in ROLES:
        return {""} if ROLES.index(persona) >= ROLES.index(least) else {"OB008"}
    if rpc.name in OF_NO_TEAM:
        return {""} if persona == "other" or rpc.name == "layout_workflow" else {"OB004"}
    return {""} if rpc.name in EMPTY_FOR_OTHERS else {"OB004"}


def test_every_rpc_is_declared_and_every_declared_one_is_there(theatre: Theatre) -> None:
    assert set(RPCS) == set(theatre.rpcs), "declare in tests/privileges/expected.py who may call it"


def test_each_persona_is_served_or_refused_as_declared(theatre: Theatre) -> None:
    wrong = []
    for rpc in theatre.rpcs.values():
        for persona in PERSONAS:
            answer = theatre.call(persona, rpc, valid(rpc))
            if answer.code not in expected(persona, rpc):
                wrong.append(f"{rpc.name} as {persona}: {answer.code or 'served'} {answer.message} {answer.detail}")
            if answer.written and not RPCS[rpc.name].writes:
                wrong.append(f"{rpc.name} as {persona} wrote {answer.written} rows")
            if persona == "admin" and not answer.code and not answer.written and RPCS[rpc.name].writes:
                wrong += [] if rpc.name in NOTHING_TO_DO else [f"{rpc.name} wrote nothing"]
    assert not wrong, "\n".join(wrong)
