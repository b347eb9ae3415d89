"""Asking providers about attempts whose fate is not known, and about calls and texts that went silent."""

from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.handlers.text import text_request
from workers.ledger import DoubtfulAttempt, Resolution
from workers.providers.base import Lookup
from workers.providers.twilio import TwilioClient
from workers.providers.vapi import VapiClient
from workers.redaction import Redactor


class ProviderAsker:
    """Asks the provider of an attempt, by the id that it gave or else by what was sent."""

    def __init__(
        self, vapi: VapiClient, twilio: TwilioClient, secrets: Secrets, public_url: str, redactor: Redactor
    ) -> None:
        self._vapi = vapi
        self._twilio = twilio
        self._secrets = secrets
        self._public_url = public_url
        self._redactor = redactor

    async def __call__(self, attempt: DoubtfulAttempt) -> Resolution:
        """What the provider says. What it echoes of our secrets is taken out: answers are stored."""
        try:
            lookup = await (self._ask_vapi(attempt) if attempt.provider == "vapi" else self._ask_twilio(attempt))
        except ConfigurationError as error:
            lookup = Lookup(None, reason=str(error))
        payload = None if lookup.payload is None else self._redactor.scrub(lookup.payload)
        return Resolution(attempt.attempt_id, lookup.found, lookup.provider_id, payload, lookup.reason)

    async def _ask_vapi(self, attempt: DoubtfulAttempt) -> Lookup:
        api_key = self._secrets.get(attempt.secret_name, "the API key of a Vapi account")
        if attempt.provider_id:
            return await self._vapi.get_call(api_key, attempt.provider_id)
        return await self._vapi.find_call(
            api_key,
            attempt.attempt_id,
            attempt.begun_at,
            attempt.request["phone_number_id"],
            attempt.request["assistant_id"],
        )

    async def _ask_twilio(self, attempt: DoubtfulAttempt) -> Lookup:
        token = self._secrets.get(attempt.secret_name, "the auth token of a Twilio account")
        if not attempt.account_ref:
            return Lookup(None, reason="the integration names no Twilio account")
        if attempt.provider_id:
            return await self._twilio.get_message(attempt.account_ref, token, attempt.provider_id)
        request = text_request(attempt.attempt_id, attempt.request, self._public_url)
        return await self._twilio.find_message(attempt.account_ref, token, attempt.begun_at, request, attempt.taken_ids)
