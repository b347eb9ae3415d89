"""The workers' settings: one typed class, read from the environment.

Every setting is `OUTBOUND_` and its name in upper case. Secrets of integrations are not settings but are looked up by
name: an integration whose secret is called `ACME_VAPI` has it in `OUTBOUND_SECRET_ACME_VAPI`, in Supabase Vault
(workers.vault) or the environment. ServiceTitan's takes
three, with `_CLIENT_ID`, `_CLIENT_SECRET` and `_APP_KEY` after the name; one app key for all tenants is
`OUTBOUND_SECRET_SERVICETITAN_APP_KEY`.
"""

import os
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from workers.deadline import SEND_WITHIN
from workers.errors import ConfigurationError
from workers.redaction import Redactor

PREFIX: Final = "OUTBOUND_"
SECRET_PREFIX: Final = "OUTBOUND_SECRET_"
WEBHOOK_SUFFIX: Final = "_WEBHOOK"

Queue = Literal["call", "text", "servicetitan"]
RunTick = Literal["auto", "yes", "no"]


class Secrets:
    """The secrets that this process was given, by name. Printing one shows nothing of it."""

    def __init__(self, values: Mapping[str, SecretStr]) -> None:
        self._values = dict(values)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Collect every `OUTBOUND_SECRET_<NAME>` that is not empty."""
        source = os.environ if environment is None else environment
        return cls(
            {
                key.removeprefix(SECRET_PREFIX): SecretStr(value)
                for key, value in source.items()
                if key.startswith(SECRET_PREFIX) and key != SECRET_PREFIX and value
            }
        )

    def __repr__(self) -> str:
        return f"Secrets({sorted(self._values)})"

    def updated(self, others: Self) -> Self:
        """These and others, which win."""
        return type(self)(self._values | others._values)

    def get(self, name: str, purpose: str) -> SecretStr:
        """The secret of that name; `purpose` completes "it holds …" when it is not there."""
        try:
            return self._values[name]
        except KeyError:
            msg = f"{SECRET_PREFIX}{name} is set neither in Supabase Vault nor in the environment: it holds {purpose}"
            raise ConfigurationError(msg) from None

    def find(self, name: str) -> SecretStr | None:
        """The secret of that name, if this process was given it."""
        return self._values.get(name)

    def webhook_secrets(self) -> dict[str, SecretStr]:
        """The shared secrets of server messages, by the name of the integration's own secret."""
        return {
            name.removesuffix(WEBHOOK_SUFFIX): value
            for name, value in self._values.items()
            if name.endswith(WEBHOOK_SUFFIX) and name != WEBHOOK_SUFFIX
        }

    def values(self) -> list[str]:
        """The bare values, for the redactor only."""
        return [secret.get_secret_value() for secret in self._values.values()]


class PoolingSettings(BaseSettings):
    """How the database is reached, for programs that are told elsewhere where it is."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True, frozen=True, env_ignore_empty=True
    )

    transaction_pooling: bool = Field(
        default=False, description="whether the database is behind a transaction pooler: turns LISTEN off"
    )

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the environment; `overrides` win.

        Raises:
            ConfigurationError: a setting is missing or wrong; each is named, with what it is for.
        """
        try:
            return cls(**{name: value for name, value in overrides.items() if value is not None})
        except ValidationError as error:
            raise ConfigurationError(_explain(cls, error)) from None


class Settings(PoolingSettings):
    """What workers and the webhook receiver can be told. Seconds everywhere, real ones."""

    database_url: SecretStr = Field(description="the database, as the worker role: postgresql://outbound_worker@…")
    webhook_public_url: str = Field(
        description="where providers reach the webhook receiver: the public URL, without /webhooks/…"
    )
    vapi_base_url: str = Field("https://api.vapi.ai", description="where Vapi's API is")
    twilio_base_url: str = Field("https://api.twilio.com", description="where Twilio's API is")
    servicetitan_base_url: str = Field(
        "https://api.servicetitan.io",
        description="where ServiceTitan's API is; its integration environment: https://api-integration.servicetitan.io",
    )
    servicetitan_auth_url: str = Field(
        "https://auth.servicetitan.io",
        description="where ServiceTitan gives tokens; for integration https://auth-integration.servicetitan.io",
    )

    queues: Annotated[tuple[Queue, ...], NoDecode] = Field(
        ("call", "text", "servicetitan"),
        min_length=1,
        description="the queues that a worker serves, separated by commas",
    )
    concurrency: int = Field(10, ge=1, le=1000, description="requests in flight at once, for each queue")
    lease_seconds: float = Field(120, ge=5, le=3600, description="how long a claimed job is this worker's own")
    poll_seconds: float = Field(1.0, gt=0, le=60, description="how often to look for work when nothing wakes a worker")
    reconcile_seconds: float = Field(5.0, gt=0, le=300, description="how often to look for attempts in doubt")
    inbox_seconds: float = Field(
        60, gt=0, le=3600, description="how often to look whether texts that people sent are to be asked for"
    )
    run_tick: RunTick = Field("auto", description="whether this worker calls the tick: auto, yes or no")
    tick_seconds: float = Field(15.0, gt=0, le=60, description="how often it does")
    drain_seconds: float = Field(75, ge=0, description="how long a stopping worker may take to finish what began")

    listen: bool = Field(default=True, description="whether NOTIFY wakes workers; needs a session of its own")
    database_connections: int = Field(4, ge=1, le=100, description="connections to the database, besides LISTEN's")

    send_within_seconds: float = Field(
        SEND_WITHIN,
        gt=0,
        le=SEND_WITHIN,
        description="how old an attempt may be when its request leaves; never more than the default",
    )
    connect_timeout_seconds: float = Field(5, gt=0, le=30, description="how long a connection to a provider may take")
    provider_timeout_seconds: float = Field(30, gt=0, le=60, description="how long a provider may take to answer")

    host: str = Field("127.0.0.1", description="the address to listen on: health for a worker, hooks for the receiver")
    port: int = Field(0, ge=0, le=65535, description="the port to listen on; 0 takes a free one")
    webhook_max_bytes: int = Field(5 * 1024 * 1024, ge=1024, description="the longest webhook body to read")
    signature_tolerance_seconds: float = Field(300, gt=0, description="how old a signed webhook may be")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="the least level to log")

    @field_validator("queues", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        return value

    @field_validator(
        "webhook_public_url", "vapi_base_url", "twilio_base_url", "servicetitan_base_url", "servicetitan_auth_url"
    )
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value):
            msg = "must be an http or https URL without a query"
            raise ValueError(msg)
        return value.rstrip("/")

    @property
    def listens(self) -> bool:
        """LISTEN needs a session of its own, which a transaction pooler does not give."""
        return self.listen and not self.transaction_pooling


def _explain(settings: type[BaseSettings], error: ValidationError) -> str:
    sentences = []
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        field = settings.model_fields.get(name)
        variable, purpose = PREFIX + name.upper(), (field.description if field else None) or "a setting"
        if problem["type"] == "missing":
            sentences.append(f"{variable} is not set: {purpose}")
        else:
            sentences.append(f"{variable} cannot be used ({problem['msg']}): {purpose}")
    return "; ".join(dict.fromkeys(sentences))


def redactor(settings: Settings, secrets: Secrets) -> Redactor:
    """What removes every secret that this process knows."""
    url = settings.database_url.get_secret_value()
    password = re.search(r"://[^:/@]+:([^@]+)@", url)
    return Redactor([*secrets.values(), url, *([password.group(1)] if password else [])])
