"""Every function of the engine is tried by every persona: workers reach those that are theirs, and nothing else."""

from __future__ import annotations

from tests.privileges.cells import PERSONAS, Theatre
from tests.privileges.expected import FOR_WORKERS

_FUNCTIONS = """
    select p.proname::text, format('%I.%I', n.nspname, p.proname),
           (select coalesce(string_agg(format('null::%s', format_type(t.type, null)), ', ' order by t.n), '')
            from unnest(p.proargtypes) with ordinality as t (type, n)), p.prokind::text
    from pg_proc as p inner join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('engine', 'reference') and p.prokind in ('f', 'p', 'a')
      and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
      and not exists (select from pg_depend as d where d.objid = p.oid and d.deptype = 'e')
    order by 2
"""


def test_each_role_executes_the_functions_that_are_declared_for_it(theatre: Theatre) -> None:
    functions = theatre.connection.execute(_FUNCTIONS).fetchall()
    names = {name for name, *_ in functions}
    assert names >= FOR_WORKERS, "declared in tests/privileges/expected.py and gone"
    calls = {
        f"{'call' if kind == 'p' else 'select'} {function}({arguments})": name
        for name, function, arguments, kind in functions
    }
    for persona in PERSONAS:
        reached = {calls[call] for call in theatre.statements_done(persona, list(calls))}
        assert reached == (FOR_WORKERS if persona == "outbound_worker" else set()), persona
