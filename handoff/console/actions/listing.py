"""What an agent can do for the customer of a conversation, and why not what they cannot."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from billing import accounts, identity
from billing.adjustments.adjustment import Account, AdjustmentKind, AdjustmentRefused, Choice, rehearse
from billing.adjustments.kinds import list_adjustments
from billing.money import Money
from handoff.agents.models import Agent
from handoff.console.access import get_readable
from handoff.console.actions import wording
from handoff.console.actions.acting import Actor
from handoff.console.actions.limits import Left, left_for
from handoff.console.actions.log import list_entries
from handoff.console.actions.schemas import ActionOut, ActionsOut
from handoff.conversations.models import Conversation, ConversationStatus


async def list_actions(session: AsyncSession, actor: Actor, conversation_id: UUID) -> ActionsOut:
    """Look at everything without a trace; the session may have to write, and whoever opened it rolls it back."""
    conversation = await get_readable(session, actor.agent, conversation_id, actor.now)
    customer_id = await session.run_sync(_customer_id, conversation_id, actor.now)
    name = None
    if customer_id is not None:
        name = await session.run_sync(lambda sync: accounts.get_customer(sync, customer_id).name)
    code = _why_none(actor.agent, conversation)
    if customer_id is None or code is not None:
        actions = [_refused(kind, code or "not_verified", actor.agent.language) for kind in AdjustmentKind]
    else:
        actions = await session.run_sync(_all, actor, customer_id)
    history = await list_entries(session, conversation_id, customer_id)
    return ActionsOut(
        customer=name,
        verified=customer_id is not None,
        actions=actions,
        history=[entry.shown(actor.agent.language, actor.now) for entry in history],
    )


def _customer_id(session: Session, conversation_id: UUID, now: datetime) -> UUID | None:
    verification = identity.find_verification(session, conversation_id, now)
    return None if verification is None else verification.customer_id


def _why_none(agent: Agent, conversation: Conversation) -> str | None:
    """Name what keeps this agent from doing anything here."""
    if conversation.agent_id != agent.id:
        return "not_held"
    if conversation.status is not ConversationStatus.ACTIVE:
        return "not_active"
    return None


def _all(session: Session, actor: Actor, customer_id: UUID) -> list[ActionOut]:
    account = Account.load(session, customer_id, actor.now)
    return [_one(session, actor, account, kind) for kind in AdjustmentKind]


def _one(session: Session, actor: Actor, account: Account, kind: AdjustmentKind) -> ActionOut:
    language = actor.agent.language
    try:
        choices = rehearse(session, lambda: list_adjustments(session, account, kind))
    except AdjustmentRefused as refused:
        return _refused(kind, refused.code, language)
    if kind is not AdjustmentKind.GOODWILL:
        return _allowed(kind, account, choices, language)
    left = left_for(session, account, actor.agent.role, actor.authority)
    most = max(left.alone.minor, left.approved.minor)
    if not most:
        code = "limit_used" if account.currency in actor.authority.goodwill else "no_limit"
        return _refused(kind, code, language)
    return _allowed(kind, account, [_within(choice, most) for choice in choices], language, left)


def _within(choice: Choice, most_minor: int) -> Choice:
    if choice.most is None:
        return choice
    most = Money(min(choice.most.minor, most_minor), choice.most.currency)
    return Choice(choice.key, choice.words, choice.facts, choice.detail, None, choice.least, most)


def _allowed(
    kind: AdjustmentKind, account: Account, choices: Sequence[Choice], language: str, left: Left | None = None
) -> ActionOut:
    return ActionOut(
        kind=kind,
        allowed=True,
        reason=None,
        currency=account.currency,
        own_limit_minor=left.alone.minor if left else None,
        approval_limit_minor=left.approved.minor if left else None,
        options=[wording.option(choice, language) for choice in choices],
    )


def _refused(kind: AdjustmentKind, code: str, language: str) -> ActionOut:
    return ActionOut(
        kind=kind,
        allowed=False,
        reason=wording.why(code, language),
        currency=None,
        own_limit_minor=None,
        approval_limit_minor=None,
        options=[],
    )
