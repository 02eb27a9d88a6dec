"""Four eyes: what is above an agent's limit is done by the decision of another supervisor, and checked anew then."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import accounts
from billing.adjustments.adjustment import Account, Adjusted, AdjustmentRefused, Wish
from billing.adjustments.kinds import adjust
from billing.db import insert_if_absent
from billing.money import Money
from handoff.agents.models import Agent
from handoff.authority import Authority
from handoff.console.actions import wording
from handoff.console.actions.acting import Actor
from handoff.console.actions.announcing import announce_action, tell_customer
from handoff.console.actions.errors import ApprovalDecided, ApprovalExpired, ApprovalNotFound, OwnApproval
from handoff.console.actions.limits import given_lately
from handoff.console.actions.log import Entry, entries, entry_of, load_entry
from handoff.console.actions.models import AgentAction, AgentActionEnding, Ending
from handoff.console.actions.schemas import ApprovalOut, DecisionIn
from handoff.conversations.models import Conversation
from handoff.conversations.posting import lock
from handoff.conversations.redaction import redact_numbers
from handoff.conversations.service import clean_text

MOST_LISTED = 100
_AMOUNT_CHANGED, _ABOVE_LIMIT = "amount_changed", "above_limit"


@dataclass(frozen=True, slots=True)
class Decided:
    """How it ended; `adjusted` if it was done, `reason` if it failed."""

    ending: Ending
    adjusted: Adjusted | None = None
    reason: str | None = None


async def list_approvals(session: AsyncSession, supervisor: Agent, now: datetime) -> list[ApprovalOut]:
    """Return what waits, the oldest first."""
    waiting = (
        entries()
        .where(AgentAction.expires_at > now, AgentActionEnding.action_id.is_(None))
        .order_by(AgentAction.asked_at, AgentAction.id)
        .limit(MOST_LISTED)
    )
    found = [entry_of(row) for row in await session.execute(waiting)]
    return [await _shown(session, entry, supervisor, now) for entry in found]


async def decide(session: AsyncSession, actor: Actor, action_id: UUID, decision: DecisionIn) -> ApprovalOut:
    """Approve or refuse, once: who comes second is told who was first. The same decision again answers the same."""
    action = await session.get(AgentAction, action_id)
    if action is None or action.expires_at is None:
        raise ApprovalNotFound
    conversation = await session.get_one(Conversation, action.conversation_id)
    await lock(session, conversation)
    if await _is_repeated(session, actor, action, decision):
        return await _reload(session, action_id, actor)
    _must_be_open(action, actor)
    decided = await session.run_sync(_carry_out, actor, action, decision)
    await session.run_sync(_write_down, actor, action, decided, _clean(decision.note))
    if decided.adjusted is not None:
        await tell_customer(session, conversation, decided.adjusted, actor.now)
    announce_action(session, conversation, action)
    return await _reload(session, action_id, actor)


async def _is_repeated(session: AsyncSession, actor: Actor, action: AgentAction, decision: DecisionIn) -> bool:
    """Say whether this very decision was taken before; raise ApprovalDecided with the name if it was another."""
    entry = await load_entry(session, action.id)
    if entry is None or entry.ending is None:
        return False
    was_refused = entry.ending.ending is Ending.REFUSED
    if entry.ending.decided_by == actor.agent.id and was_refused == (decision.decision == "refuse"):
        return True
    raise ApprovalDecided(entry.decided_by or entry.by)


def _must_be_open(action: AgentAction, actor: Actor) -> None:
    if action.agent_id == actor.agent.id:
        raise OwnApproval
    if action.expires_at is None or action.expires_at <= actor.now:
        raise ApprovalExpired


def _carry_out(session: Session, actor: Actor, action: AgentAction, decision: DecisionIn) -> Decided:
    """Do exactly what was asked for, if the account and the limits still allow it; else it has failed."""
    if decision.decision == "refuse":
        return Decided(Ending.REFUSED)
    account = Account.load(session, action.customer_id, actor.now)
    savepoint = session.begin_nested()
    try:
        adjusted = adjust(session, account, action.kind, _wish(action))
        reason = _why_not(session, account, action, adjusted, actor.authority)
    except AdjustmentRefused as refused:
        adjusted, reason = None, refused.code
    if adjusted is None or reason is not None:
        savepoint.rollback()
        return Decided(Ending.FAILED, reason=reason)
    savepoint.commit()
    return Decided(Ending.DONE, adjusted)


def _why_not(
    session: Session, account: Account, action: AgentAction, adjusted: Adjusted, authority: Authority
) -> str | None:
    """The account is locked by now, so that what was given is all that was given."""
    if adjusted.amount != Money(action.amount_minor or 0, action.currency or account.currency):
        return _AMOUNT_CHANGED
    before = given_lately(session, account, authority) - adjusted.amount
    return _ABOVE_LIMIT if authority.approved(before) < adjusted.amount else None


def _wish(action: AgentAction) -> Wish:
    asked, currency = action.asked, action.currency or ""
    return Wish(asked["option"], Money(asked["amount_minor"], currency), None, action.note)


def _write_down(session: Session, actor: Actor, action: AgentAction, decided: Decided, note: str) -> None:
    values = {
        "action_id": action.id,
        "asked_by": action.agent_id,
        "ending": decided.ending,
        "decided_by": actor.agent.id,
        "note": note,
        "reason": decided.reason,
        "document": decided.adjusted.document if decided.adjusted else None,
        "ended_at": actor.now,
    }
    if not insert_if_absent(session, AgentActionEnding, values):
        # The lock forbids it already; the key would, and then nothing of this transaction stays.
        first = select(Agent.name).join(AgentActionEnding, AgentActionEnding.decided_by == Agent.id)
        raise ApprovalDecided(session.scalars(first.where(AgentActionEnding.action_id == action.id)).one())


def _clean(note: str) -> str:
    return redact_numbers(clean_text(note)) if note.strip() else ""


async def _reload(session: AsyncSession, action_id: UUID, actor: Actor) -> ApprovalOut:
    entry = await load_entry(session, action_id)
    assert entry is not None
    return await _shown(session, entry, actor.agent, actor.now)


async def _shown(session: AsyncSession, entry: Entry, reader: Agent, now: datetime) -> ApprovalOut:
    action, language = entry.action, reader.language
    customer = await session.run_sync(lambda sync: accounts.get_customer(sync, action.customer_id).name)
    done = entry.shown(language, now)
    limit = Money(action.limit_minor or 0, action.currency or "")
    above = wording.words("approval.reason", language, {"name": entry.by, "limit": limit})
    return ApprovalOut(
        **done.model_dump(exclude={"reason"}),
        conversation_id=action.conversation_id,
        customer=customer,
        limit_minor=limit.minor,
        reason=done.reason or above,
        mine=action.agent_id == reader.id,
    )
