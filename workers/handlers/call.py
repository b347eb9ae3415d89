"""The call queue: a begun attempt becomes a call by Vapi."""

from workers.config import WEBHOOK_SUFFIX, Secrets
from workers.errors import ConfigurationError
from workers.ledger import BegunAttempt, DispatchResult
from workers.providers.vapi import Callback, CallRequest, VapiClient


class CallHandler:
    """Sends the attempts of the call queue."""

    def __init__(self, client: VapiClient, secrets: Secrets, public_url: str) -> None:
        self._client = client
        self._secrets = secrets
        self._callback_url = f"{public_url}/webhooks/vapi"

    async def __call__(self, attempt: BegunAttempt) -> DispatchResult:
        """Start the call, once."""
        try:
            api_key = self._secrets.get(attempt.secret_name, "the API key of a Vapi account")
            shown = self._secrets.get(
                attempt.secret_name + WEBHOOK_SUFFIX, "the secret that Vapi shows with its messages"
            )
        except ConfigurationError as error:
            return DispatchResult("refused", "account", "secret_missing", str(error))
        request = attempt.request
        return await self._client.start_call(
            api_key,
            CallRequest(
                attempt_id=attempt.attempt_id,
                to=request["to"],
                phone_number_id=request["phone_number_id"],
                assistant_id=request["assistant_id"],
                first_message=request.get("first_message"),
                customer_name=request.get("customer_name"),
                variables=request.get("variables") or {},
            ),
            Callback(self._callback_url, shown),
            send_by=attempt.send_by,
        )
