"""Secrets that Supabase Vault keeps: where it has one, the environment's of the same name does not count."""

from typing import Protocol

from workers import logs
from workers.config import Secrets, Settings, redactor


class Vault(Protocol):
    """What is needed of the database."""

    async def read_secrets(self) -> dict[str, str]:
        """The values of `OUTBOUND_SECRET_<NAME>` by that name; none where there is no Vault."""
        ...


async def with_vault(vault: Vault, settings: Settings, secrets: Secrets, *, part: str) -> Secrets:
    """The secrets with the Vault's among them; from here on logs hide those too. They are read once, at the start."""
    complete = secrets.updated(Secrets.from_environment(await vault.read_secrets()))
    logs.configure(settings.log_level, redactor(settings, complete), part=part)
    return complete
