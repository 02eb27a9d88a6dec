"""The panel's tab of history: earlier conversations of the same customer, disputes, credits and agreements."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.dunning.arrangements import list_agreed
from billing.models.credit_note import CreditNote
from billing.models.dispute import Dispute, DisputedLine
from billing.models.identity import Verification
from billing.models.invoice import Invoice
from handoff.agents.models import Agent
from handoff.console.customer_schemas import ArrangementOut, CreditOut, DisputeOut, EarlierOut, InstalmentOut
from handoff.console.questions import COURTESIES, Questions, read_questions, wishes
from handoff.conversations.models import Conversation
from handoff.routing.models import QueueEntry
from handoff.wrap_up.models import WrapUp

_MOST: Final = 10


def list_earlier(session: Session, customer_id: UUID, without: UUID) -> list[EarlierOut]:
    """Return the customer's other conversations, the newest first: those in which they were verified."""
    proven = select(Verification.conversation_id).where(Verification.customer_id == customer_id)
    rows = session.execute(
        select(Conversation, Agent.name)
        .outerjoin(Agent, Agent.id == Conversation.agent_id)
        .where(Conversation.id.in_(proven), Conversation.id != without)
        .order_by(Conversation.opened_at.desc(), Conversation.id)
        .limit(_MOST)
    ).all()
    ids = [conversation.id for conversation, _ in rows]
    entries, wrap_ups = _last_entries(session, ids), _last_wrap_ups(session, ids)
    questions = read_questions(session, ids)
    return [
        EarlierOut(
            opened_at=conversation.opened_at,
            closed_at=conversation.closed_at,
            channel=conversation.channel,
            topic=entry.topic if entry else None,
            reason=entry.reason if entry else None,
            wish=_wish(questions.get(conversation.id, ()), entry),
            agent_name=agent_name,
            disposition=wrap_up.disposition if wrap_up else None,
            note=wrap_up.note if wrap_up else None,
        )
        for conversation, agent_name in rows
        for entry, wrap_up in [(entries.get(conversation.id), wrap_ups.get(conversation.id))]
    ]


def _wish(questions: Questions, entry: QueueEntry | None) -> str | None:
    """Return what they wanted last before they asked for a person; thanks and the like are no wish."""
    before = [one for one in questions if entry is None or one.message.seq <= entry.requested_seq]
    return next(reversed(wishes(before, COURTESIES)), None)


def _last_entries(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, QueueEntry]:
    found = select(QueueEntry).where(QueueEntry.conversation_id.in_(ids)).order_by(QueueEntry.entered_at)
    return {entry.conversation_id: entry for entry in session.scalars(found)}


def _last_wrap_ups(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, WrapUp]:
    found = select(WrapUp).where(WrapUp.conversation_id.in_(ids)).order_by(WrapUp.begun_at)
    return {wrap_up.conversation_id: wrap_up for wrap_up in session.scalars(found)}


def list_disputes(session: Session, customer_id: UUID) -> list[DisputeOut]:
    disputed = func.sum(DisputedLine.amount_minor)
    rows = session.execute(
        select(Dispute, Invoice.number, Invoice.currency, disputed)
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(DisputedLine, DisputedLine.dispute_id == Dispute.id)
        .where(Dispute.customer_id == customer_id)
        .group_by(Dispute.id, Invoice.number, Invoice.currency)
        .order_by(Dispute.opened_at.desc(), Invoice.number)
        .limit(_MOST)
    )
    return [
        DisputeOut(
            invoice_number=number,
            # int: PostgreSQL sums integers to a decimal.
            amount_minor=int(minor),
            currency=currency,
            status=dispute.status,
            opened_at=dispute.opened_at,
            closed_at=dispute.closed_at,
            answer_by=dispute.answer_by,
            reason=dispute.reason,
        )
        for dispute, number, currency, minor in rows
    ]


def list_credits(session: Session, customer_id: UUID) -> list[CreditOut]:
    rows = session.execute(
        select(CreditNote, Invoice.number)
        .join(Invoice, Invoice.id == CreditNote.invoice_id)
        .where(CreditNote.customer_id == customer_id)
        .order_by(CreditNote.issued_on.desc(), CreditNote.created_at.desc(), CreditNote.number.desc())
        .limit(_MOST)
    )
    return [
        CreditOut(
            number=note.number,
            invoice_number=invoice_number,
            reason=note.reason,
            amount_minor=note.total_minor,
            currency=note.currency,
            issued_on=note.issued_on,
        )
        for note, invoice_number in rows
    ]


def list_arrangements(session: Session, customer_id: UUID, today: date) -> list[ArrangementOut]:
    """Return what holds today."""
    return [
        ArrangementOut(
            invoice_number=agreed.invoice_number,
            kind=agreed.kind,
            currency=agreed.left.currency,
            open_minor=agreed.left.minor,
            parts=[InstalmentOut(due_on=part.due_on, amount_minor=part.amount.minor) for part in agreed.parts],
        )
        for agreed in list_agreed(session, customer_id, today)
    ]
