"""An agent looks at what an action comes to, and does it.

The action, its entry in the log and what the customer is told are one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import identity
from billing.adjustments.adjustment import Account, Adjusted, AdjustmentKind, AdjustmentRefused, rehearse
from billing.adjustments.kinds import adjust
from billing.db import insert_if_absent
from billing.money import Money
from handoff.agents.models import Agent
from handoff.authority import Authority
from handoff.console.actions import wording
from handoff.console.actions.announcing import announce_action, tell_customer
from handoff.console.actions.errors import (
    AboveEveryLimit,
    ActionNotPossible,
    AmountChanged,
    CustomerNotVerified,
    OwnLimitChanged,
    RequestReused,
)
from handoff.console.actions.limits import given_lately, left_for
from handoff.console.actions.log import done_out
from handoff.console.actions.models import AgentAction, AgentActionEnding, Ending
from handoff.console.actions.requests import Request, find_action
from handoff.console.actions.schemas import DoneOut, PreviewOut
from handoff.console.hand_overs import lock_held


@dataclass(frozen=True, slots=True)
class Found:
    """What an action comes to. `above`: the agent's own limit, if it is beyond it and needs an approval."""

    adjusted: Adjusted
    above: Money | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which limits, and when."""

    agent: Agent
    authority: Authority
    now: datetime


async def preview(session: AsyncSession, actor: Actor, request: Request) -> PreviewOut:
    """Say to the cent what it would come to; nothing is written."""
    request.check()
    await lock_held(session, actor.agent, request.conversation_id)

    def look(sync: Session) -> Found:
        account = _account(sync, request.conversation_id, actor.now)
        return rehearse(sync, lambda: _carry_out(sync, actor, account, request))

    found = await session.run_sync(look)
    language = actor.agent.language
    return PreviewOut(
        title=wording.titles(found.adjusted)[language],
        lines=wording.lines(found.adjusted.effects, language),
        amount_minor=found.adjusted.amount.minor,
        currency=found.adjusted.amount.currency,
        needs_approval=found.above is not None,
        notice=wording.notice(found.adjusted, language, found.above),
    )


async def act(session: AsyncSession, actor: Actor, request: Request) -> DoneOut:
    """Do it once per request, or ask for an approval; the same request again answers the same."""
    request.check()
    known = await find_action(session, actor.agent, request)
    if known is None:
        conversation = await lock_held(session, actor.agent, request.conversation_id)
        # Again under the lock: a rival with the same request may have been first.
        known = await find_action(session, actor.agent, request)
    if known is not None:
        return await done_out(session, known, actor.agent.language, actor.now)
    action, found = await session.run_sync(_do, actor, request)
    if found.above is None:
        await tell_customer(session, conversation, found.adjusted, actor.now)
    announce_action(session, conversation, action)
    return await done_out(session, action, actor.agent.language, actor.now)


def _do(session: Session, actor: Actor, request: Request) -> tuple[AgentAction, Found]:
    account = _account(session, request.conversation_id, actor.now)
    found = _carry_out(session, actor, account, request)
    values = _entry(actor, account, request, found)
    # The conversation is locked, so only a request from another one can hold this id.
    if not insert_if_absent(session, AgentAction, values):
        raise RequestReused
    if found.above is None:
        session.add(_done(values["id"], actor, found.adjusted))
        session.flush()
    return session.get_one(AgentAction, values["id"]), found


def _account(session: Session, conversation_id: UUID, now: datetime) -> Account:
    verification = identity.find_verification(session, conversation_id, now)
    if verification is None:
        raise CustomerNotVerified
    return Account.load(session, verification.customer_id, now)


def _carry_out(session: Session, actor: Actor, account: Account, request: Request) -> Found:
    """Do it if the agent may do it alone, else find out what it would come to; refuse what was not shown."""
    above = _own_limit_if_above(session, actor, account, request)
    wish, language = request.wish(account.currency), actor.agent.language

    def do() -> Adjusted:
        return adjust(session, account, request.kind, wish)

    try:
        adjusted = do() if above is None else rehearse(session, do)
    except AdjustmentRefused as refused:
        raise ActionNotPossible(refused.code, wording.why(refused.code, language)) from refused
    shown = request.shown_minor
    if shown is not None and shown != adjusted.amount.minor:
        seen = Money(shown, adjusted.amount.currency)
        raise AmountChanged(wording.write(seen, language), wording.write(adjusted.amount, language))
    if above is None and request.kind is AdjustmentKind.GOODWILL:
        _must_stay_within(session, actor, account, adjusted.amount)
    return Found(adjusted, above)


def _own_limit_if_above(session: Session, actor: Actor, account: Account, request: Request) -> Money | None:
    amount = request.wish(account.currency).amount
    if request.kind is not AdjustmentKind.GOODWILL or amount is None:
        return None
    left = left_for(session, account, actor.agent.role, actor.authority)
    if not left.alone < amount:
        return None
    if left.approved < amount:
        raise AboveEveryLimit(wording.write(max(left.alone, left.approved, key=_minor), actor.agent.language))
    return left.alone


def _must_stay_within(session: Session, actor: Actor, account: Account, amount: Money) -> None:
    """Count again now that the account is locked: somebody else may have given something meanwhile."""
    before = given_lately(session, account, actor.authority) - amount
    alone = actor.authority.alone(actor.agent.role, before)
    if alone < amount:
        raise OwnLimitChanged(wording.write(alone, actor.agent.language))


def _minor(money: Money) -> int:
    return money.minor


def _entry(actor: Actor, account: Account, request: Request, found: Found) -> dict[str, object]:
    waits_until = None if found.above is None else actor.now + timedelta(hours=actor.authority.approval_hours)
    return {
        "id": uuid4(),
        "request_id": request.id,
        "conversation_id": request.conversation_id,
        "customer_id": account.customer_id,
        "agent_id": actor.agent.id,
        "kind": request.kind,
        "asked": request.as_json(),
        "title": wording.titles(found.adjusted),
        "amount_minor": found.adjusted.amount.minor,
        "currency": found.adjusted.amount.currency,
        "limit_minor": None if found.above is None else found.above.minor,
        "note": request.note,
        "asked_at": actor.now,
        "expires_at": waits_until,
    }


def _done(action_id: object, actor: Actor, adjusted: Adjusted) -> AgentActionEnding:
    return AgentActionEnding(
        action_id=action_id,
        asked_by=actor.agent.id,
        ending=Ending.DONE,
        note="",
        document=adjusted.document,
        ended_at=actor.now,
    )
