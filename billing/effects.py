"""Effects of a turn: each happens once and its result is stored with it, so a turn may be repeated after any crash."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from billing.db import JsonObject, insert_if_absent
from billing.models.turn_effect import TurnEffect
from billing.turn_token import TurnRef

__all__ = ["TurnEffect", "TurnRef", "run_once"]


def run_once(
    session: Session,
    turn: TurnRef,
    action: str,
    effect: Callable[[], JsonObject],
    *,
    ordinal: int = 0,
    now: datetime,
) -> JsonObject:
    """Run the effect and store its result, or return the result stored when it ran before.

    Claim, effect and result are one savepoint: an effect that raises leaves nothing behind and may run again.
    """
    key = {"conversation_id": turn.conversation_id, "seq": turn.seq, "action": action, "ordinal": ordinal}
    with session.begin_nested():
        if not insert_if_absent(session, TurnEffect, {**key, "created_at": now}):
            return _stored_result(session, key)
        result = effect()
        session.execute(update(TurnEffect).filter_by(**key).values(result=result))
    return result


def _stored_result(session: Session, key: dict[str, object]) -> JsonObject:
    result = session.scalars(select(TurnEffect.result).filter_by(**key)).one()
    return result if result is not None else {}
