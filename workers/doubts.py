"""Attempts in doubt: asking a provider about each, and writing down what was said."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from workers.errors import DatabaseFaultError, OutboundError
from workers.ledger import Asker, DoubtfulAttempt, Ledger, Resolution
from workers.logs import get_logger
from workers.metrics import Metrics

log = get_logger(__name__)


class Doubts:
    """What a worker does about the attempts in doubt that it has claimed."""

    def __init__(self, ledger: Ledger, worker: str, metrics: Metrics) -> None:
        self._ledger, self._worker, self._metrics = ledger, worker, metrics

    async def ask(self, asker: Asker, doubt: DoubtfulAttempt) -> Resolution:
        """What the provider says about one; an asker that breaks could not ask."""
        [answer] = await asyncio.gather(asker(doubt), return_exceptions=True)
        if isinstance(answer, BaseException):
            log.error("asking_failed", attempt_id=doubt.attempt_id, exc_info=answer)
            answer = Resolution(doubt.attempt_id, None, reason=type(answer).__name__)
        found = {True: "yes", False: "no", None: "could_not_ask"}[answer.found]
        self._metrics.count("doubts_total", kind=doubt.kind, found=found)
        log.info(
            "asked_provider",
            team_id=doubt.team_id,
            job_id=doubt.job_id,
            attempt_id=doubt.attempt_id,
            kind=doubt.kind,
            found=found,
            provider_id=answer.provider_id,
            reason=answer.reason or None,
        )
        return replace(answer, asked_at=doubt.asked_at)

    async def resolve(self, answers: Sequence[Resolution]) -> None:
        """Write answers. One that the database refuses must not hold up the others: then each goes alone.

        Such an attempt stays in doubt and is asked about again when its claim runs out. Where every answer is refused
        it is not for their sake, and that is raised.
        """
        try:
            await self._ledger.resolve_attempts(self._worker, answers)
        except (OutboundError, DatabaseFaultError) as error:
            if len(answers) == 1:
                self._note_refusal(answers[0], error)
                raise
        else:
            return
        refusals = list[Exception]()
        for answer in answers:
            try:
                await self._ledger.resolve_attempts(self._worker, [answer])
            except (OutboundError, DatabaseFaultError) as error:
                self._note_refusal(answer, error)
                refusals.append(error)
        if len(refusals) == len(answers):
            raise refusals[-1]

    def _note_refusal(self, answer: Resolution, error: Exception) -> None:
        self._metrics.count("results_rejected_total")
        log.error("answer_rejected", attempt_id=answer.attempt_id, found=answer.found, error=str(error))
