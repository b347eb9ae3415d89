"""What both providers play on: one clock, one agenda, one log, one population."""

from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from workers.sandbox.account import Account
from workers.sandbox.clock import Agenda, VirtualClock
from workers.sandbox.courier import Courier
from workers.sandbox.faults import Fault, FaultPlan
from workers.sandbox.journal import Journal
from workers.sandbox.people import Rates
from workers.sandbox.population import Population
from workers.sandbox.settings import SandboxSettings
from workers.sandbox.vapi_messages import credential

INBOUND_PATH = "/webhooks/twilio/inbound"


@dataclass
class Stage:
    """The shared parts. The account, the rates and the faults can be replaced while it runs."""

    settings: SandboxSettings
    clock: VirtualClock
    agenda: Agenda
    journal: Journal
    faults: FaultPlan
    courier: Courier
    population: Population
    account: Account

    @classmethod
    def build(cls, settings: SandboxSettings) -> Self:
        """All parts, as the settings say."""
        clock, agenda = VirtualClock(), Agenda()
        journal = Journal(settings.log_path, settings.secrets)
        faults = FaultPlan(settings.seed)
        stage = cls(
            settings=settings,
            clock=clock,
            agenda=agenda,
            journal=journal,
            faults=faults,
            courier=Courier(clock, agenda, journal, faults),
            population=Population(settings.seed, Rates()),
            account=Account(),
        )
        stage.restore()
        return stage

    def restore(self) -> None:
        """Account, rates, seed and faults as the settings have them."""
        self.account = configured_account(self.settings, self.settings.account)
        self.population.seed = self.settings.seed
        self.population.rates = Rates.model_validate(self.settings.rates)
        self.faults.replace([Fault.model_validate(fault) for fault in self.settings.faults])


def configured_account(settings: SandboxSettings, given: dict[str, Any]) -> Account:
    """The default account with what was given in its place, and the credential that the settings name."""
    default = Account.default(inbound_url(settings))
    account = Account.model_validate({**default.model_dump(), **given})
    own = credential(settings)
    if own is not None and account.credential(own.id) is None:
        account = account.model_copy(update={"credentials": (*account.credentials, own)})
    return account


def inbound_url(settings: SandboxSettings) -> str | None:
    """Where inbound texts go: the URL as given, or, when that is only a receiver's address, its path for them."""
    given = settings.webhook_url
    if given is None or urlsplit(given).path.strip("/"):
        return given
    return f"{given.rstrip('/')}{INBOUND_PATH}"
