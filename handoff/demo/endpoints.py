"""What the demo's website shows besides the chat: six customers to try, and the text messages on their phones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from billing.demo_data import DemoStory, list_stories
from billing.outbox import OutboxMessage, OutboxStatus
from handoff.demo.stories import shown_stories
from handoff.deps import ReadSessionDep

router = APIRouter(prefix="/api/demo")
MOST_MESSAGES = 100


class DemoCustomerOut(BaseModel):
    """A customer to try, with what happened to the bill."""

    customer_number: str
    name: str
    country: str
    language: str
    story: str
    phone: str


class PhoneMessageOut(BaseModel):
    """A text message on the phone of one of them."""

    id: int
    to: str
    name: str
    body: str
    sent_at: datetime


class PhoneOut(BaseModel):
    """The messages after the one that was asked for, oldest first."""

    messages: list[PhoneMessageOut]


@router.get("/customers")
async def list_demo_customers(session: ReadSessionDep) -> list[DemoCustomerOut]:
    return [
        DemoCustomerOut(
            customer_number=story.customer_number,
            name=story.name,
            country=story.country,
            language=story.language,
            story=story.story,
            phone=story.phone,
        )
        for story in await _stories(session)
    ]


@router.get("/phone")
async def read_demo_phone(session: ReadSessionDep, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> PhoneOut:
    names = {story.phone: story.name for story in await _stories(session)}
    arrived = (OutboxMessage.recipient.in_(names), OutboxMessage.status == OutboxStatus.SENT)
    # A body is emptied once its code has expired; what remains of it is no message.
    wanted = select(OutboxMessage).where(*arrived, OutboxMessage.id > after, OutboxMessage.body != "")
    messages = (await session.scalars(wanted.order_by(OutboxMessage.id).limit(MOST_MESSAGES))).all()
    return PhoneOut(messages=[_phone_message(message, names[message.recipient]) for message in messages])


async def _stories(session: AsyncSession) -> Sequence[DemoStory]:
    return shown_stories(await session.run_sync(list_stories))


def _phone_message(message: OutboxMessage, name: str) -> PhoneMessageOut:
    sent_at = message.sent_at or message.created_at
    return PhoneMessageOut(id=message.id, to=message.recipient, name=name, body=message.body, sent_at=sent_at)
