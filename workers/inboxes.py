"""Texts whose webhook never came: a stop that was sent while the receiver was away must not be lost.

Twilio posts a text that somebody sent once, and once more at most. So its list is looked through as well, a few minutes
behind; what the receiver had is known by its id and changes nothing.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from workers.config import Secrets
from workers.errors import ConfigurationError, DatabaseFaultError, DatabaseUnavailableError, OutboundError
from workers.ledger import DueInbox, Inboxes, ProviderEvent
from workers.logs import get_logger
from workers.metrics import Metrics
from workers.providers.base import ListBrokenOffError
from workers.providers.twilio import InboundText, TwilioClient

log = get_logger(__name__)

INBOXES_AT_ONCE: Final = 10
LEASE: Final = timedelta(minutes=2)
TEXTS_AT_ONCE: Final = 100


class InboxReader:
    """Asks Twilio for the texts to each of our numbers, every few minutes, until told to stop."""

    def __init__(
        self, inboxes: Inboxes, twilio: TwilioClient, secrets: Secrets, *, every: float, metrics: Metrics | None = None
    ) -> None:
        self._inboxes, self._twilio, self._secrets, self._every = inboxes, twilio, secrets, every
        self._metrics = metrics or Metrics()
        self._metrics.describe("texts_found_total", "Texts of people that no webhook had brought.")

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then until `stop` is set."""
        while not stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await stop.wait()
                    return
            try:
                await self.look()
            except (DatabaseUnavailableError, DatabaseFaultError, OutboundError) as error:
                log.warning("inboxes_not_read", error=str(error))
            except Exception as error:  # what sends must not end because this does
                log.exception("inboxes_failed", error=type(error).__name__)

    async def look(self) -> None:
        """Ask about each number that is due; one whose account cannot be asked keeps none of the others from it."""
        while inboxes := await self._inboxes.claim_inboxes(INBOXES_AT_ONCE, LEASE):
            for inbox in inboxes:
                await self._try(inbox)
            if len(inboxes) < INBOXES_AT_ONCE:
                return

    async def _try(self, inbox: DueInbox) -> None:
        try:
            await self._read(inbox)
        except (ConfigurationError, ListBrokenOffError, DatabaseUnavailableError) as problem:
            log.warning("inbox_not_read", team_id=inbox.team_id, number=inbox.phone, reason=str(problem))
        except Exception as error:  # a defect here must not keep the stops of the other numbers from us
            log.exception("inbox_failed", team_id=inbox.team_id, number=inbox.phone, error=type(error).__name__)

    async def _read(self, inbox: DueInbox) -> None:
        token = self._secrets.get(inbox.secret_name, "the auth token of a Twilio account")
        found: dict[str, InboundText] = {}
        problem: Exception | None = None
        try:
            async for page in self._twilio.list_inbound(
                inbox.account_ref, token, inbox.phone, inbox.since, inbox.until
            ):
                found |= {text.sid: text for text in page}
        except ListBrokenOffError as error:  # what was shown holds, and the rest is asked for again
            problem = error
        texts = sorted(found.values(), key=lambda text: text.created_at)
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            refusal = await self._store(inbox, texts[start : start + TEXTS_AT_ONCE])
            problem = problem or refusal
        if problem is not None:
            raise problem
        await self._inboxes.note_inbox(inbox)

    async def _store(self, inbox: DueInbox, texts: list[InboundText]) -> Exception | None:
        """Store texts; why one was not. One that the database refuses must not hold up the others: each goes alone."""
        try:
            results = await self._inboxes.ingest_events([_event(inbox, text) for text in texts])
        except (DatabaseFaultError, OutboundError) as error:
            if len(texts) > 1:
                refusals = [await self._store(inbox, [text]) for text in texts]
                return next((refusal for refusal in refusals if refusal), None)
            log.error("text_rejected", team_id=inbox.team_id, number=inbox.phone, sid=texts[0].sid, error=str(error))
            return error
        missed = sum(result != "duplicate" for result in results.values())
        self._metrics.count("texts_found_total", missed)
        if missed:
            log.warning("texts_found", team_id=inbox.team_id, number=inbox.phone, texts=missed)
        return None


def _event(inbox: DueInbox, text: InboundText) -> ProviderEvent:
    """The event that the webhook would have brought."""
    return ProviderEvent(
        provider="twilio",
        event_key=f"{text.sid}:inbound",
        type="inbound",
        payload={
            "MessageSid": text.sid,
            "AccountSid": inbox.account_ref,
            "From": text.sender,
            "To": text.to,
            "Body": text.body,
        },
        secret_name=inbox.secret_name,
        provider_id=text.sid,
        occurred_at=text.created_at,
    )
