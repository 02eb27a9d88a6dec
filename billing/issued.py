"""Keeps issued rows as they are on the way through the ORM; against everyone else the database has triggers."""

from sqlalchemy import Connection, event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session

from billing.errors import SaldoError


class AppendOnly:
    """Base of a table whose rows are never changed; its migration calls `refuse_changes`."""


class IssuedRowChanged(SaldoError):
    """A row of an append-only table was to be changed or deleted: a bug at the caller."""

    def __init__(self, table: str) -> None:
        super().__init__(f"rows of {table} are never changed")
        self.table = table


@event.listens_for(Mapper, "before_update")
def _refuse_update(mapper: Mapper[object], _connection: Connection, row: object) -> None:
    session = object_session(row)
    # SQLAlchemy asks also for rows that were touched and are as before.
    if session is None or session.is_modified(row):
        _refuse(mapper)


@event.listens_for(Mapper, "before_delete")
def _refuse_delete(mapper: Mapper[object], _connection: Connection, _row: object) -> None:
    _refuse(mapper)


@event.listens_for(Session, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if (state.is_update or state.is_delete) and state.bind_mapper is not None:
        _refuse(state.bind_mapper)


def _refuse(mapper: Mapper[object]) -> None:
    if issubclass(mapper.class_, AppendOnly):
        raise IssuedRowChanged(str(mapper.local_table))
