"""Numbered events: one gap-free count per stream. An event names a row; its content is loaded when read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from typing import Final

from sqlalchemy import ForeignKey, String, case, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from billing.db import Base, UtcDateTime
from handoff.db import touch

PAGE = 100
_APPENDED: Final = "appended_events"


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


@dataclass(frozen=True)
class NewEvent:
    """An event before it has its number."""

    stream: str
    name: str
    ref: str
    happened_at: datetime


def append_event(session: AsyncSession, stream: str, name: str, ref: str, *, now: datetime) -> None:
    """The event gets the next number of its stream at the commit, and listeners hear of it."""
    inner = session.sync_session.get_nested_transaction()
    session.info.setdefault(_APPENDED, []).append((NewEvent(stream, name, ref, now), inner))
    touch(session, stream)


@event.listens_for(Session, "before_commit")
def _number(session: Session) -> None:
    """All events at once and last of all: whoever writes a stream holds it no longer than needed."""
    appended = [new for new, _ in session.info.pop(_APPENDED, ())]
    if not appended:
        return
    growth = Counter(new.stream for new in appended)
    counted = update(EventStream).where(EventStream.name.in_(growth))
    grown = counted.values(last_number=EventStream.last_number + case(dict(growth), value=EventStream.name))
    returned = grown.returning(EventStream.name, EventStream.last_number)
    rows = session.execute(returned.execution_options(synchronize_session=False))
    following = {name: count(last - growth[name] + 1) for name, last in rows}
    session.execute(insert(StreamEvent), [{**asdict(new), "number": next(following[new.stream])} for new in appended])


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, over: SessionTransaction) -> None:
    """What was appended within a savepoint goes with it."""
    appended = session.info.pop(_APPENDED, ())
    if over.nested:
        session.info[_APPENDED] = [(new, inner) for new, inner in appended if inner is not over]


async def list_events(session: AsyncSession, stream: str, after: int, limit: int = PAGE) -> Sequence[StreamEvent]:
    wanted = select(StreamEvent).where(StreamEvent.stream == stream, StreamEvent.number > after)
    return (await session.scalars(wanted.order_by(StreamEvent.number).limit(limit))).all()


async def last_event_number(session: AsyncSession, stream: str) -> int:
    return await session.scalar(select(EventStream.last_number).where(EventStream.name == stream)) or 0
