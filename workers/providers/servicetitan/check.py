"""Whether an account works: credentials, app key, tenant, and which areas its application may read."""

from dataclasses import dataclass
from typing import Final, Literal

from workers.providers.servicetitan.auth import Account, at_once
from workers.providers.servicetitan.errors import (
    Forbidden,
    NotFound,
    RateLimited,
    ServiceTitanError,
    Unauthorized,
)
from workers.providers.servicetitan.feeds import Area
from workers.providers.servicetitan.wire import NONE, Ask, Patience, Wire, send

CheckStatus = Literal["ok", "refused", "unreachable", "skipped"]

CHEAPEST: Final[dict[Area, str]] = {
    "crm": "/customers",
    "jpm": "/job-hold-reasons",
    "memberships": "/membership-types",
    "settings": "/tag-types",
    "marketing": "/campaigns",
    "reporting": "/report-categories",
}
"""One small list of each area."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `credentials`, `app_key`, `tenant`, or `scope:<area>`."""

    name: str
    status: CheckStatus
    message: str

    @property
    def ok(self) -> bool:
        """Whether it is fine."""
        return self.status == "ok"


async def check(wire: Wire, account: Account, patience: Patience = NONE) -> list[Check]:
    """Look at everything, asking one small question for each area."""
    try:
        await wire.tokens.get(account, at_once)
    except ServiceTitanError as problem:
        return [_failed("credentials", problem), *_skipped("app_key", "tenant", *map(_scope, CHEAPEST))]
    found = [Check("credentials", "ok", "A token was given for the client id and secret.")]
    answers = {area: await _ask(wire, account, area, path, patience) for area, path in CHEAPEST.items()}
    problems = [problem for problem in answers.values() if problem]
    refused_key = next((problem for problem in problems if isinstance(problem, Unauthorized)), None)
    if refused_key:
        return [*found, _failed("app_key", refused_key), *_skipped("tenant", *map(_scope, CHEAPEST))]
    if all(answer and not isinstance(answer, Forbidden | NotFound) for answer in answers.values()):
        return [*found, _failed("tenant", problems[0]), *_skipped("app_key", *map(_scope, CHEAPEST))]
    found.append(Check("app_key", "ok", "The application's key is accepted."))
    if all(isinstance(answer, NotFound) for answer in answers.values()):
        return [*found, _failed("tenant", problems[0]), *_skipped(*map(_scope, CHEAPEST))]
    found.append(Check("tenant", "ok", f"Tenant {account.tenant_id} answers."))
    return [*found, *(_of_area(area, answer) for area, answer in answers.items())]


async def _ask(wire: Wire, account: Account, area: Area, path: str, patience: Patience) -> ServiceTitanError | None:
    try:
        await send(wire, account, Ask("GET", area, path, {"page": "1", "pageSize": "1"}, patience=patience))
    except ServiceTitanError as problem:
        return problem
    return None


def _of_area(area: Area, problem: ServiceTitanError | None) -> Check:
    if problem is None:
        return Check(_scope(area), "ok", f"{area} may be read.")
    return _failed(_scope(area), problem)


def _failed(name: str, problem: ServiceTitanError) -> Check:
    is_away = problem.can_retry and not isinstance(problem, RateLimited)
    return Check(name, "unreachable" if is_away else "refused", problem.sentence())


def _skipped(*names: str) -> list[Check]:
    return [Check(name, "skipped", "Not looked at, because of what failed before.") for name in names]


def _scope(area: Area) -> str:
    return f"scope:{area}"
