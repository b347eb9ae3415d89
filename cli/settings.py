"""Settings of the command line: the environment first, then the local stack that runs in this folder."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from cli.errors import CommandError

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where the Data API is and who is asking. Every field is an environment variable with the prefix OUTBOUND_."""

    model_config = SettingsConfigDict(env_prefix="OUTBOUND_", extra="ignore")

    api_url: str | None = None
    """Address of the Supabase project, such as https://<ref>.supabase.co."""
    api_key: SecretStr | None = None
    """Its anon or service-role key, sent as `apikey`."""
    access_token: SecretStr | None = None
    """A signed-in person's token; without it the key itself is the caller."""


def stack_dir() -> Path:
    """Folder of the local stack: `.stack/` under the project, or OUTBOUND_STACK_DIR."""
    return Path(os.environ.get("OUTBOUND_STACK_DIR") or PROJECT / ".stack").resolve()


def stack_state() -> dict[str, Any] | None:
    """What the local stack wrote when it came up; None where there is none, or it isn't this person's to read."""
    try:
        state = json.loads((stack_dir() / "state.json").read_text())
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) else None


@lru_cache(maxsize=1)
def load() -> Settings:
    """The settings in force, completed from the running stack; a missing one is named with what it is for."""
    settings = Settings()
    if settings.api_url is None:
        connection = (stack_state() or {}).get("connection")
        if connection is None:
            raise CommandError(
                "There is no Data API to talk to: OUTBOUND_API_URL is not set and no local stack is up.",
                hint="Start one with: outbound stack up",
            )
        settings.api_url = connection["api_url"]
        settings.api_key = settings.api_key or SecretStr(connection["service_role_key"])
    if settings.api_key is None:
        raise CommandError(
            "OUTBOUND_API_KEY is not set: it is the anon or service-role key of the project at OUTBOUND_API_URL.",
            hint="Find it in the project's settings under API keys.",
        )
    return settings
