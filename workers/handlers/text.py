"""The text queue: a begun attempt becomes a message by Twilio."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from workers.config import Secrets
from workers.errors import ConfigurationError
from workers.ledger import BegunAttempt, DispatchResult
from workers.providers.twilio import TextRequest, TwilioClient


def text_request(attempt_id: UUID, request: Mapping[str, Any], public_url: str) -> TextRequest:
    """What is sent for an attempt; Twilio's callback brings the attempt's id back."""
    return TextRequest(
        to=request["to"],
        sender=request["from"],
        body=request["body"],
        status_callback=f"{public_url}/webhooks/twilio/status?attempt={attempt_id}",
    )


class TextHandler:
    """Sends the attempts of the text queue."""

    def __init__(self, client: TwilioClient, secrets: Secrets, public_url: str) -> None:
        self._client = client
        self._secrets = secrets
        self._public_url = public_url

    async def __call__(self, attempt: BegunAttempt) -> DispatchResult:
        """Send the text, once."""
        if not attempt.account_ref:
            return DispatchResult("refused", "account", "account_missing", "the integration names no Twilio account")
        try:
            token = self._secrets.get(attempt.secret_name, "the auth token of a Twilio account")
        except ConfigurationError as error:
            return DispatchResult("refused", "account", "secret_missing", str(error))
        request = text_request(attempt.attempt_id, attempt.request, self._public_url)
        return await self._client.send_text(attempt.account_ref, token, request, send_by=attempt.send_by)
