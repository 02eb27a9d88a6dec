"""The handoff packet: why the customer waits, what they want, what the bot tried and showed, what the bills got wrong.

Figures of the account are in it while the customer is verified, and not a minute longer.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from billing import identity
from handoff.console.questions import COURTESIES, Questions, load_questions, newest_wish, tried, wishes
from handoff.console.schemas import AuditOut, SummaryOut
from handoff.console.sentiment import Said, sentiment_of
from handoff.console.shown_facts import load_facts
from handoff.console.summary_line import Case, summary_line
from handoff.console.transfers import find_transfer
from handoff.conversations.models import Conversation
from handoff.routing import queue


async def summarise(
    session: AsyncSession, conversation: Conversation, language: str, now: datetime, audit: AuditOut | None
) -> SummaryOut:
    """Return the packet with its line in the agent's language; `audit` is what the check of the account found."""
    entry = await queue.find_last_entry(session, conversation.id)
    questions = await load_questions(session, conversation.id, entry.requested_seq if entry else None)
    verification = await _find_verification(session, conversation.id, now)
    transfer = await find_transfer(session, conversation.id)
    packet = SummaryOut(
        line="",
        reason=entry.reason if entry else None,
        topic=entry.topic if entry else None,
        wish=newest_wish(questions),
        wishes=wishes(questions, COURTESIES),
        tried=tried(questions),
        facts=await load_facts(session, conversation.id) if verification else [],
        findings=audit if verification else None,
        sentiment=sentiment_of(_said(questions), conversation.language, entry.reason if entry else None),
        verified_level=verification.level.value if verification else None,
        verified_method=verification.method.value if verification else None,
        transfer=transfer,
    )
    return packet.model_copy(update={"line": summary_line(_case(packet, questions), language)})


async def verified_level(session: AsyncSession, conversation_id: UUID, now: datetime) -> str | None:
    found = await _find_verification(session, conversation_id, now)
    return found.level.value if found else None


async def _find_verification(
    session: AsyncSession, conversation_id: UUID, now: datetime
) -> identity.Verification | None:
    return await session.run_sync(lambda sync: identity.find_verification(sync, conversation_id, now))


def _said(questions: Questions) -> Sequence[Said]:
    return [Said(question.message.text, question.intent) for question in questions if question.is_worded]


def _case(packet: SummaryOut, questions: Questions) -> Case:
    return Case(
        topic=packet.topic,
        reason=packet.reason,
        intents=[question.intent for question in questions if question.intent is not None],
        facts=packet.facts,
        findings=packet.findings,
        sentiment=packet.sentiment,
        verified_method=packet.verified_method,
        transferred_by=packet.transfer.from_name if packet.transfer else None,
    )
