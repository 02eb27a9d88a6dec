"""What a bill consists of: every line with its amount and days, what they come to, and whether it is paid."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from billing.ledger.credit_notes import CreditLine, credit_rest, issue_credit_note
from billing.models.credit_note import CreditReason
from billing.models.invoice import Invoice, InvoiceTax, LineItem
from billing.money import Money
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.databases import written_once
from tests.factories.billing import line_ids, make_discount, make_one_off, make_payment, make_plan, make_usage

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
AMOUNT = {
    "en": re.compile(r"(−?)€([\d,]+\.\d\d)$"),
    "de": re.compile(r"(−?)([\d.]+,\d\d)\xa0€$"),
    "fi": re.compile(r"(−?)([\d\xa0]+,\d\d)\xa0€$"),
}


@pytest.fixture
@written_once
def busy_bills(sessions: sessionmaker[Session]) -> None:
    """October: 29.99 a month, 10.00 off, 3 GB beyond the plan for 6.00, a visit of 49.90."""
    with sessions.begin() as session:
        contract = make_subscriber(session, unit="GB", included=10, unit_price_micro=2_000_000)
        make_discount(session, contract, amount_minor=1000)
        make_usage(session, contract, used_on=date(2026, 10, 9), quantity=13)
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


async def explain(conversation: Conversation, language: str = "en", **entities: str) -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_explain_bill", intent="explain_bill", entities=entities)


def minor_of(line: str, language: str) -> int:
    """Read the amount at the end of a line with another parser than the one that wrote it."""
    found = AMOUNT[language].search(line)
    assert found is not None, line
    digits = int(re.sub(r"\D", "", found[2]))
    return -digits if found[1] else digits


@pytest.mark.usefixtures("busy_bills")
@pytest.mark.parametrize("language", ["en", "de", "fi"])
@pytest.mark.parametrize("channel", ["webchat", "sms"])
async def test_the_lines_sum_to_the_total_of_the_bill(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, channel: str
) -> None:
    conversation.slots["channel"] = channel

    facts = (await explain(conversation, language)).facts("utter_invoices_bill")

    amounts = [minor_of(line, language) for line in facts["lines"].split("\n")]
    with sessions() as session:
        bill = bill_of(session, OCTOBER)
        stored = session.scalars(select(LineItem.amount_minor).filter_by(invoice_id=bill.id)).all()
        assert sorted(amounts) == sorted(stored)
        assert sum(amounts) == minor_of(facts["total"], language) == bill.total_minor == 2999 - 1000 + 600 + 4990
        assert facts["number"] == bill.number


@pytest.mark.usefixtures("busy_bills")
@pytest.mark.parametrize(
    ("language", "visit"),
    [
        ("en", "Technician visit (8 October; reference WO-1): €49.90"),
        ("de", "Technikereinsatz (8. Oktober; Referenz WO-1): 49,90\xa0€"),
        ("fi", "Asentajan käynti (8. lokakuuta; viite WO-1): 49,90\xa0€"),
    ],
)
async def test_a_line_says_its_day_and_its_amount(conversation: Conversation, language: str, visit: str) -> None:
    facts = (await explain(conversation, language)).facts("utter_invoices_bill")

    assert visit in facts["lines"].split("\n")


@pytest.mark.usefixtures("busy_bills")
async def test_the_bill_says_its_month_its_day_and_its_tax(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await explain(conversation)

    facts = outcome.facts("utter_invoices_bill")
    assert (facts["month"], facts["issued_on"]) == ("October", "1 November")
    with sessions() as session:
        (tax,) = session.scalars(select(InvoiceTax.tax_minor).filter_by(invoice_id=bill_of(session, OCTOBER).id)).all()
    assert minor_of(outcome.facts("utter_invoices_bill_tax")["amount"], "en") == tax > 0


async def test_part_of_a_month_says_its_days(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        larger = make_plan(session, name="Mobile L", base_minor=3100)
        make_subscriber(session, base_minor=1550, changed_on=date(2026, 10, 17), changed_to=larger)
    issue_bills(sessions, OCTOBER)

    lines = (await explain(conversation)).facts("utter_invoices_bill")["lines"]

    assert "1 October to 16 October" in lines
    assert "17 October to 31 October" in lines
    assert sum(minor_of(line, "en") for line in lines.split("\n")) == 800 + 1500


async def test_a_long_bill_is_told_by_sorts_of_charges(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        contract = make_subscriber(session)
        for day in range(1, 21):
            make_one_off(session, contract, charged_on=date(2026, 10, day), amount_minor=100, reference=f"WO-{day}")
    issue_bills(sessions, OCTOBER)

    lines = (await explain(conversation)).facts("utter_invoices_bill")["lines"].split("\n")

    assert lines == ["Monthly price: €29.99", "Single charge: €20.00"]


@pytest.mark.usefixtures("busy_bills")
@pytest.mark.parametrize(
    ("story", "said"),
    [("", "overdue"), ("paid", "paid"), ("credited", "credited_in_full"), ("before", "open")],
)
async def test_whether_it_is_paid_is_said_with_what_is_open(
    conversation: Conversation, sessions: sessionmaker[Session], story: str, said: str
) -> None:
    if story == "before":
        conversation.clock.advance(days=-10)
    with sessions.begin() as session:
        if story == "paid":
            make_payment(session, bill_of(session, OCTOBER), received_on=date(2026, 11, 14))
        if story == "credited":
            credit_rest(session, bill_of(session, OCTOBER).id, CreditReason.CORRECTION, now=NOW)

    outcome = await explain(conversation)

    facts = outcome.facts(f"utter_invoices_bill_{said}")
    assert facts["due_on"] == "15 November"
    assert facts["amount"] == ("€75.89" if said in {"overdue", "open"} else "€0.00")
    assert [button["payload"].split("{")[0] for button in facts["buttons"]] == ["/why_bill_higher", "/dispute_charge"]


@pytest.mark.usefixtures("busy_bills")
async def test_what_was_credited_of_it_is_said(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        bill = session.scalars(select(Invoice).filter_by(period_start=OCTOBER.start)).one()
        visit = line_ids(session, bill)[-1]
        credit = [CreditLine(visit, Money(500, "EUR"))]
        issue_credit_note(session, bill.id, credit, CreditReason.GOODWILL, now=NOW)

    outcome = await explain(conversation)

    assert outcome.facts("utter_invoices_bill_credited")["amount"] == "€5.00"
    assert outcome.facts("utter_invoices_bill_overdue")["amount"] == "€70.89"


@pytest.mark.usefixtures("busy_bills")
async def test_who_is_not_verified_learns_nothing(conversation: Conversation) -> None:
    outcome = await conversation.run("action_explain_bill", intent="explain_bill", entities={"period": "--10"})

    assert (outcome.said, outcome.cards, outcome.goes_on_with) == ([], [], "identity_form")


@pytest.mark.usefixtures("busy_bills")
@pytest.mark.parametrize(
    ("amount", "line"),
    [
        ("49.90", "Technician visit (8 October; reference WO-1): €49.90"),
        ("10", "Welcome discount: −€10.00"),
        ("6", "Mobile S, usage (13\xa0GB used, 10\xa0GB of it included): €6.00"),
    ],
)
async def test_an_amount_that_is_asked_about_is_named(conversation: Conversation, amount: str, line: str) -> None:
    outcome = await explain(conversation, amount=amount)

    assert outcome.said == ["utter_invoices_bill_line", "utter_invoices_bill_overdue"]
    assert outcome.facts("utter_invoices_bill_line")["lines"] == line


@pytest.mark.usefixtures("busy_bills")
@pytest.mark.parametrize(
    "entities", [{"amount": "123.45"}, {"amount": "49.90", "period": "--09"}, {"amount": "nothing"}]
)
async def test_an_amount_that_is_on_no_such_bill_gets_the_whole_bill(
    conversation: Conversation, entities: dict[str, str]
) -> None:
    assert "utter_invoices_bill" in (await explain(conversation, **entities)).said
