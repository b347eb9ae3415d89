"""Lists from ServiceTitan against the sandbox: complete, without doubles, whatever goes wrong on the way."""

from __future__ import annotations

from tests.audiences.office import ZONE, office
from tests.audiences.oracle import Drawer, Oracle
from tests.support.databases import Database as Copy

OVERDUE = {
    "match": {
        "all": [
            {"customer": {"types": ["Residential"]}},
            {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"min": 330}}}},
            {"not": {"job": {"statuses": ["Completed"], "completed": {"days_ago": {"max": 329}}}}},
        ]
    }
}


async def test_members_are_those_whom_the_population_itself_names(database: Copy) -> None:
    async with office(database, servicetitan_customers=600) as desk, desk.working():
        drawer = Drawer(11, Oracle(desk.titan.world, ZONE, desk.titan.box.stage.clock.now()).today)
        sizes = []
        for definition in [OVERDUE, *(drawer.definition() for _ in range(40))]:
            list_id = desk.new_list(definition)
            desk.rpc("refresh_audience_list", p_list_id=list_id)
            run = await desk.ended(list_id)
            oracle, numbers = desk.oracle(run), desk.numbers(list_id)
            expected = oracle.members(definition)
            assert len(numbers) == len(set(numbers))
            assert set(numbers) == expected, (definition, run)
            assert run["counts"]["fetched"] == len(oracle.customers(definition))
            sizes.append(len(expected))
        assert sizes[0] > 20
        assert sum(0 < size < 500 for size in sizes) > 20, sizes
