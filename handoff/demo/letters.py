"""What the demo's mailbox took: the letters to the customers to try, and the documents that went with them."""

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from billing.demo_data import list_stories
from billing.documents import print_document
from billing.models.customer import Customer
from billing.outbox import EMAIL, Attachment, OutboxMessage, OutboxStatus
from handoff.db import reading
from handoff.demo.stories import shown_stories
from handoff.deps import PartsDep, ReadSessionDep
from handoff.document_printer import load_document
from handoff.errors import NotFound

router = APIRouter(prefix="/api/demo/letters")
MOST_LETTERS = 20


class LetterOut(BaseModel):
    """A letter to one of them; `pdf` is the address of its document, if it has one."""

    id: int
    to: str
    name: str
    subject: str
    sent_at: datetime
    pdf: str | None


@router.get("")
async def list_letters(session: ReadSessionDep) -> list[LetterOut]:
    """Return the newest letters, newest first."""
    return await session.run_sync(_list_letters)


@router.get("/{letter_id}.pdf")
async def print_letter(parts: PartsDep, letter_id: Annotated[int, Path(ge=1, le=2**53)]) -> Response:
    async with reading(parts.sessions) as session:
        message = await session.run_sync(_find_letter, letter_id)
        if message is None or message.attachment is None:
            raise NotFound
        facts = await session.run_sync(load_document, Attachment.from_json(message.attachment))
    # The layout keeps a core busy, and the event loop must answer customers meanwhile.
    return Response(await asyncio.to_thread(print_document, facts), media_type="application/pdf")


def _list_letters(session: Session) -> list[LetterOut]:
    names = _names(session)
    newest = _sent_to(names).order_by(OutboxMessage.id.desc()).limit(MOST_LETTERS)
    return [_letter(message, names[message.recipient]) for message in session.scalars(newest)]


def _find_letter(session: Session, letter_id: int) -> OutboxMessage | None:
    return session.scalars(_sent_to(_names(session)).where(OutboxMessage.id == letter_id)).one_or_none()


def _sent_to(names: dict[str, str]) -> Select[OutboxMessage]:
    arrived: tuple[ColumnElement[bool], ...] = (
        OutboxMessage.kind == EMAIL,
        OutboxMessage.status == OutboxStatus.SENT,
        OutboxMessage.recipient.in_(names),
    )
    return select(OutboxMessage).where(*arrived)


def _names(session: Session) -> dict[str, str]:
    """Return the names of the customers to try by their mailboxes."""
    numbers = [story.customer_number for story in shown_stories(list_stories(session))]
    mailboxes = select(Customer.email, Customer.name).where(Customer.number.in_(numbers), Customer.email.is_not(None))
    return {str(email): name for email, name in session.execute(mailboxes)}


def _letter(message: OutboxMessage, name: str) -> LetterOut:
    return LetterOut(
        id=message.id,
        to=message.recipient,
        name=name,
        subject=message.subject or "",
        sent_at=message.sent_at or message.created_at,
        pdf=f"{router.prefix}/{message.id}.pdf" if message.attachment else None,
    )
