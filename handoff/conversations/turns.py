"""Runs the bot's turns: one at a time per conversation, in the order of the messages, again after any crash."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from billing.clock import Clock
from billing.turn_token import TurnRef, sign_turn
from handoff.bot_gateway import BotAnswer, BotFailure, BotGateway, BotTurn
from handoff.conversations import turn_store
from handoff.conversations.turn_store import PendingTurn, TurnResult
from handoff.db import Sessions, reading, unbroken
from handoff.failure_log import log_failure
from handoff.language import detect_language
from handoff.live import LiveEvents, Signal, conversation_stream

log = logging.getLogger(__name__)

TOKEN_LIFETIME: Final = timedelta(seconds=60)
CALLS_AT_ONCE: Final = 8
_SWEEP_SECONDS: Final = 10.0
_FORGOTTEN_AFTER: Final = timedelta(seconds=30)
_PAUSES_AFTER_ERROR: Final = (0.2, 1.0, 5.0, 15.0)


class TurnRunner:
    """Wake it after each commit of a customer message; it sleeps when nothing is unanswered."""

    def __init__(
        self, sessions: Sessions, bot: BotGateway, live: LiveEvents, clock: Clock, *, turn_secret: str
    ) -> None:
        self._sessions = sessions
        self._bot = bot
        self._live = live
        self._clock = clock
        self._turn_secret = turn_secret
        self._calls = asyncio.Semaphore(CALLS_AT_ONCE)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._woken_again: set[UUID] = set()
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Pick up every message that an earlier process left unanswered."""
        await self._wake_waiting()
        self._sweeper = asyncio.create_task(self._sweep(), name="turn sweeper")

    async def stop(self) -> None:
        """Stop at once: an unfinished turn stays unanswered in the database and is run by the next process."""
        tasks = [*self._running.values(), *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, conversation_id: UUID) -> None:
        if conversation_id in self._running:
            self._woken_again.add(conversation_id)
            return
        task = asyncio.create_task(self._run(conversation_id), name=f"turns of {conversation_id}")
        self._running[conversation_id] = task

    async def settled(self, conversation_id: UUID) -> None:
        """Wait until no message of the conversation waits for the bot."""
        while task := self._running.get(conversation_id):
            await asyncio.wait([task])

    async def _run(self, conversation_id: UUID) -> None:
        try:
            while await self._take_next_patiently(conversation_id) or conversation_id in self._woken_again:
                self._woken_again.discard(conversation_id)
        finally:
            del self._running[conversation_id]

    async def _take_next_patiently(self, conversation_id: UUID) -> bool:
        """Take one turn; when the database itself fails, try again and then leave it to the sweeper."""
        for pause in _PAUSES_AFTER_ERROR:
            try:
                return await self._take_next(conversation_id)
            except Exception as error:
                log_failure(log, error, "turn of conversation %s not stored; trying again", conversation_id)
                await asyncio.sleep(pause)
        return False

    async def _take_next(self, conversation_id: UUID) -> bool:
        self._woken_again.discard(conversation_id)
        pending = await self._find_next(conversation_id)
        if pending is None:
            return False
        self._live.notify(conversation_stream(conversation_id), Signal("typing", sender="bot"))
        result = await self._ask_bot(pending)
        try:
            await self._store(pending, result)
        except Exception as error:
            if result.answer is None:
                raise
            log_failure(log, error, "answer of turn %s/%s cannot be stored", pending.conversation_id, pending.seq)
            await self._store(pending, TurnResult(None, result.language))
        return True

    @unbroken
    async def _find_next(self, conversation_id: UUID) -> PendingTurn | None:
        async with reading(self._sessions) as session:
            return await turn_store.find_next(session, conversation_id)

    @unbroken
    async def _wake_waiting(self, sent_before: datetime | None = None) -> None:
        async with reading(self._sessions) as session:
            waiting = await turn_store.list_waiting(session, sent_before)
        for conversation_id in waiting:
            self.wake(conversation_id)

    @unbroken
    async def _store(self, pending: PendingTurn, result: TurnResult) -> None:
        async with self._sessions.begin() as session:
            await turn_store.store_result(session, pending, result, self._clock.now())

    async def _ask_bot(self, pending: PendingTurn) -> TurnResult:
        """Call the bot outside any transaction; whatever goes wrong becomes a failed turn, not an exception."""
        language = _language_of(pending)
        answer: BotAnswer | None = None
        try:
            async with self._calls:
                answer = await self._bot.answer(self._to_bot_turn(pending, language))
        except BotFailure as failure:
            log.error("bot failed turn %s/%s: %s", pending.conversation_id, pending.seq, failure.reason)
        except Exception as error:
            log_failure(log, error, "turn %s/%s failed", pending.conversation_id, pending.seq)
        return TurnResult(answer, language)

    def _to_bot_turn(self, pending: PendingTurn, language: str) -> BotTurn:
        turn = TurnRef(pending.conversation_id, pending.seq)
        expires_at = self._clock.now() + TOKEN_LIFETIME
        return BotTurn(
            conversation_id=pending.conversation_id,
            text=pending.text,
            intent=pending.intent,
            language=language,
            channel=pending.channel.value,
            turn_token=sign_turn(turn, secret=self._turn_secret, expires_at=expires_at),
            state=pending.state,
        )

    async def _sweep(self) -> None:
        """Find what no wake-up reached, for instance after a database failure or another process's death."""
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self._wake_waiting(self._clock.now() - _FORGOTTEN_AFTER)
            except Exception as error:
                log_failure(log, error, "sweep for unanswered messages failed")


def _language_of(pending: PendingTurn) -> str:
    if pending.language_chosen or pending.text is None:
        return pending.language
    return detect_language(pending.text) or pending.language
