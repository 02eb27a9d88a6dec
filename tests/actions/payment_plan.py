"""Two open bills, and how payment is put off in words and by buttons."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.models.dunning import Arrangement, Instalment
from billing.periods import BillingPeriod
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import make_one_off, make_payment

# September's bill of 29.99 was due on 15 October, October's of 109.99 on 15 November; today is 21 November.
LATER, PARTS = "utter_payments_plan_confirm_later", "utter_payments_plan_confirm_parts"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
@written_once
def bills(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        contract = make_subscriber(session)
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=8000)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


@pytest.fixture
def october_is_open(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_payment(session, bill_of(session, SEPTEMBER), received_on=date(2026, 10, 14))


async def ask(conversation: Conversation, text: str = "", language: str = "en", **entities: str) -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_offer_payment_plan", intent="payment_plan", text=text, entities=entities)


async def agree(conversation: Conversation, said: str, text: str = "") -> Outcome:
    """Answer what was said last by the button made for it, or in words."""
    conversation.was_said("payment_plan", said)
    conversation.next_turn()
    action, intent = {LATER: ("extension",) * 2, PARTS: ("instalments",) * 2}[said]
    intent, entities = ("affirm", {}) if text else (f"agree_{intent}", conversation.press_yes("payments_offer"))
    return await conversation.run(f"action_agree_{action}", intent=intent, text=text, entities=entities)


def agreed(sessions: sessionmaker[Session]) -> list[tuple[str, list[tuple[date, int]]]]:
    with sessions() as session:
        return [
            (
                row.kind.value,
                [
                    (part.due_on, part.amount_minor)
                    for part in session.scalars(
                        select(Instalment).filter_by(arrangement_id=row.id).order_by(Instalment.position)
                    )
                ],
            )
            for row in session.scalars(select(Arrangement).order_by(Arrangement.agreed_at))
        ]


def number_of(sessions: sessionmaker[Session], period: BillingPeriod) -> str:
    with sessions() as session:
        return bill_of(session, period).number
