"""The sandbox's settings, from the environment."""

import hashlib
import ipaddress
import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DEFAULT_PORT = 8930

AREAS = ("crm", "jpm", "memberships", "settings", "marketing", "reporting")
"""The areas of ServiceTitan's API that there are."""

ClockMode = Literal["auto", "real", "manual"]


def _generated_key() -> SecretStr:
    return SecretStr(f"sandbox-{secrets.token_hex(16)}")


def _generated_token() -> SecretStr:
    return SecretStr(secrets.token_hex(16))


class SandboxSettings(BaseSettings):
    """Everything that can be set before the sandbox starts; docs/sandbox.md explains each by its variable's name.

    Keys that are not given are made up at start: a sandbox started by hand works, and prints them.
    """

    model_config = SettingsConfigDict(
        env_prefix="OUTBOUND_SANDBOX_", populate_by_name=True, extra="ignore", hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", validation_alias="OUTBOUND_HOST")
    port: int = Field(DEFAULT_PORT, validation_alias="OUTBOUND_PORT", ge=0, le=65535)
    database_url: SecretStr | None = Field(None, validation_alias="OUTBOUND_DATABASE_URL")
    transaction_pooling: bool = Field(False, validation_alias="OUTBOUND_TRANSACTION_POOLING")

    vapi_api_key: SecretStr = Field(default_factory=_generated_key)
    vapi_webhook_secret: SecretStr | None = None
    vapi_webhook_auth: Literal["bearer", "x-vapi-secret", "hmac"] = "bearer"
    vapi_server_url: str | None = None
    vapi_concurrency_limit: int = Field(10, ge=0)
    vapi_over_limit: Literal["refuse", "too_many_requests", "block"] = "refuse"

    twilio_account_sid: str = "AC" + hashlib.md5(b"outbound sandbox", usedforsecurity=False).hexdigest()
    twilio_auth_token: SecretStr = Field(default_factory=_generated_token)
    twilio_messages_per_second: float = Field(1.0, gt=0)
    twilio_regions: Annotated[tuple[str, ...], NoDecode] = ("1",)
    twilio_advanced_opt_out: bool = False
    webhook_url: str | None = None

    servicetitan_tenant_id: str = Field("900000001", pattern=r"^[0-9]{1,18}$")
    servicetitan_client_id: SecretStr = Field(default_factory=_generated_key)
    servicetitan_client_secret: SecretStr = Field(default_factory=_generated_token)
    servicetitan_app_key: SecretStr = Field(default_factory=_generated_key)
    servicetitan_scopes: Annotated[tuple[str, ...], NoDecode] = AREAS
    servicetitan_customers: int = Field(30_000, ge=0, le=1_000_000)
    servicetitan_token_seconds: int = Field(900, ge=1)
    servicetitan_calls_per_second: int = Field(60, ge=1)
    servicetitan_report_seconds: int = Field(60, ge=0)
    servicetitan_export_page: int = Field(5000, ge=10, le=50_000)
    servicetitan_retry_after: Literal["seconds", "date", "words", "none"] = "seconds"

    seed: str = "outbound"
    rates: dict[str, Any] = Field(default_factory=dict)
    faults: list[dict[str, Any]] = Field(default_factory=list)
    account: dict[str, Any] = Field(default_factory=dict)
    chatter_rate: float = Field(0.1, ge=0, le=1)

    clock_mode: ClockMode | None = None
    clock_speed: float = Field(13_000.0, gt=0)
    clock_grain_seconds: float = Field(5.0, ge=0)
    clock_settle_seconds: float = Field(0.25, ge=0)
    clock_stall_seconds: float = Field(2.0, ge=0)

    log_path: Path | None = None

    @field_validator("host")
    @classmethod
    def _loopback_only(cls, value: str) -> str:
        """The sandbox has keys that anyone may guess and a control panel without any: it stays on this machine."""
        if value == "localhost" or ipaddress.ip_address(value).is_loopback:
            return value
        msg = f"the sandbox listens on loopback only, not on {value}"
        raise ValueError(msg)

    @field_validator("twilio_regions", mode="before")
    @classmethod
    def _split_regions(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("servicetitan_scopes", mode="before")
    @classmethod
    def _split_scopes(cls, value: object) -> object:
        scopes = tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        if isinstance(scopes, tuple) and not set(scopes) <= set(AREAS):
            msg = f"the scopes are {', '.join(AREAS)}"
            raise ValueError(msg)
        return scopes

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must never be written anywhere, the log above all."""
        known = [
            self.vapi_api_key,
            self.vapi_webhook_secret,
            self.twilio_auth_token,
            self.servicetitan_client_id,
            self.servicetitan_client_secret,
            self.servicetitan_app_key,
        ]
        return tuple(secret.get_secret_value() for secret in known if secret and secret.get_secret_value())
