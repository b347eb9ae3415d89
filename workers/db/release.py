"""Whether the database is one that this release's workers can work with."""

import re
from collections.abc import Iterator
from types import ModuleType

from workers import __version__
from workers.db import engine, holds, imports, servicetitan, tasks
from workers.db.session import Session
from workers.errors import DatabaseFaultError

_NAME = re.compile(r"\bengine\.(\w+)\s*\(")
_LACKING = """
    select n.name
    from unnest(%(names)s::text[]) as n (name)
    where to_regclass('engine.' || n.name) is null and not exists (
        select
        from pg_catalog.pg_proc as p
        where p.pronamespace = to_regnamespace('engine') and p.proname = n.name
    )
    order by n.name
"""


def _named(*modules: ModuleType) -> Iterator[str]:
    """What the statements of modules name in the engine."""
    for module in modules:
        for text in vars(module).values():
            if isinstance(text, str):
                yield from _NAME.findall(text)


NAMED = sorted(set(_named(engine, holds, imports, servicetitan, tasks)))
"""Every function of the engine that workers call, and every table that they copy into."""


class ReleaseCalls(Session):
    """Asks what the database has; nothing of it is called."""

    async def demand_release(self) -> None:
        """Refuse a database that lacks what workers call: of an older release, restored from before its upgrade.

        Half of a worker would do harm in it. It could still call people, but nobody would call the tick, and whoever
        said stop while the receiver was away would not be found.

        Raises:
            DatabaseFaultError: It names what is lacking, and what to do.
        """
        lacking = [row["name"] for row in await self._rows(_LACKING, {"names": NAMED})]
        if lacking:
            more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
            msg = (
                f"This worker's release, {__version__}, calls what the database lacks: engine.{lacking[0]}{more}. "
                "Nothing is begun until the migrations of that release are pushed (docs/deploy.md, Upgrading)."
            )
            raise DatabaseFaultError(msg)
