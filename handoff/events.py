"""Numbered events: one gap-free count per stream. An event names a row; its content is loaded when read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from billing.db import Base, UtcDateTime
from handoff.db import touch

PAGE = 100


class EventStream(Base):
    """The counter of one stream; whoever appends holds this row until the commit, so numbers have no gaps."""

    __tablename__ = "event_stream"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class StreamEvent(Base):
    """One thing that happened; `ref` names the row that says what."""

    __tablename__ = "stream_event"

    stream: Mapped[str] = mapped_column(ForeignKey("event_stream.name"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(String(80))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)


def open_stream(session: AsyncSession, stream: str) -> None:
    session.add(EventStream(name=stream, last_number=0))


async def append_event(session: AsyncSession, stream: str, name: str, ref: str, *, now: datetime) -> int:
    """Give the event the next number of its stream; listeners hear of it after the commit."""
    await session.flush()
    counted = update(EventStream).where(EventStream.name == stream).values(last_number=EventStream.last_number + 1)
    number = (await session.execute(counted.returning(EventStream.last_number))).scalar_one()
    session.add(StreamEvent(stream=stream, number=number, name=name, ref=ref, happened_at=now))
    touch(session, stream)
    return number


@dataclass(frozen=True)
class NewEvent:
    """An event before it has its number."""

    stream: str
    name: str
    ref: str


async def append_events(session: AsyncSession, events: Sequence[NewEvent], *, now: datetime) -> None:
    """Append at most one event to each of many streams; who holds what they are about keeps others from them."""
    streams = [event.stream for event in events]
    counted = update(EventStream).where(EventStream.name.in_(streams)).values(last_number=EventStream.last_number + 1)
    returned = counted.returning(EventStream.name, EventStream.last_number)
    rows = await session.execute(returned.execution_options(synchronize_session=False))
    numbers: dict[str, int] = dict(rows.all())
    for event in events:
        session.add(StreamEvent(number=numbers[event.stream], happened_at=now, **asdict(event)))
        touch(session, event.stream)


async def list_events(session: AsyncSession, stream: str, after: int, limit: int = PAGE) -> Sequence[StreamEvent]:
    wanted = select(StreamEvent).where(StreamEvent.stream == stream, StreamEvent.number > after)
    return (await session.scalars(wanted.order_by(StreamEvent.number).limit(limit))).all()


async def last_event_number(session: AsyncSession, stream: str) -> int:
    return await session.scalar(select(EventStream.last_number).where(EventStream.name == stream)) or 0
