"""Why a bill differs: every cause with its amount, as billing has it, and nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session, sessionmaker

from billing.ledger.credit_notes import credit_rest
from billing.models.contract import Contract
from billing.models.credit_note import CreditReason
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.factories.billing import make_discount, make_one_off, make_payment, make_plan, make_usage

Story = Callable[[Session, Contract], None]
CREDITED_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def sessions_with(sessions: sessionmaker[Session]) -> Callable[..., None]:
    def issue(story: Story | None = None, **plan: object) -> None:
        with sessions.begin() as session:
            contract = make_subscriber(session, **plan)
            if story is not None:
                story(session, contract)
        issue_bills(sessions, SEPTEMBER, OCTOBER)

    return issue


async def explain(conversation: Conversation, language: str = "en") -> Outcome:
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    return await conversation.run("action_explain_bill_change", intent="why_bill_higher")


async def test_a_discount_that_ended_is_told_with_its_day_and_amount(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    sessions_with(
        lambda session, contract: make_discount(session, contract, amount_minor=1000, valid_to=date(2026, 10, 1))
    )

    outcome = await explain(conversation)

    assert outcome.said == [
        "utter_invoices_change_more",
        "utter_invoices_cause_discount_ended",
        "utter_invoices_next",
        "utter_disputes_checked_fine",
    ]
    head = outcome.facts("utter_invoices_change_more")
    assert (head["month"], head["previous_month"]) == ("October", "September")
    assert (head["total"], head["difference"]) == ("€29.99", "€10.00")
    cause = outcome.facts("utter_invoices_cause_discount_ended")
    assert (cause["name"], cause["ended_on"]) == ("welcome discount", "30 September")
    assert (cause["amount"], cause["recurrence"]) == ("+€10.00", "every month")
    assert outcome.facts("utter_invoices_next")["amount"] == "€29.99"


async def test_the_same_facts_in_german_and_finnish(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    sessions_with(
        lambda session, contract: make_discount(session, contract, amount_minor=1000, valid_to=date(2026, 10, 1))
    )

    german = (await explain(conversation, "de")).facts("utter_invoices_cause_discount_ended")
    finnish = (await explain(conversation, "fi")).facts("utter_invoices_cause_discount_ended")

    assert (german["name"], german["ended_on"]) == ("Willkommensrabatt", "30. September")
    assert (german["amount"], german["recurrence"]) == ("+10,00\xa0€", "jeden Monat")
    assert (finnish["name"], finnish["ended_on"]) == ("tervetuloalennus", "30. syyskuuta")
    assert (finnish["amount"], finnish["recurrence"]) == ("+10,00\xa0€", "joka kuukausi")


async def test_the_card_sums_to_the_cent(conversation: Conversation, sessions_with: Callable[..., None]) -> None:
    def story(session: Session, contract: Contract) -> None:
        make_discount(session, contract, amount_minor=1000, valid_to=date(2026, 10, 1))
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
        make_usage(session, contract, used_on=date(2026, 10, 9), quantity=13)

    sessions_with(story, unit="GB", included=10, unit_price_micro=2_000_000)

    outcome = await explain(conversation)

    (card,) = outcome.cards
    assert (card["type"], card["currency"]) == ("difference", "EUR")
    assert card["previous"]["period"] == "2026-09"
    assert card["current"]["total_minor"] == 2999 + 4990 + 600
    assert card["difference_minor"] == 1000 + 4990 + 600
    assert sum(cause["amount_minor"] for cause in card["causes"]) == card["difference_minor"]
    assert {cause["code"] for cause in card["causes"]} == {"discount_ended", "one_off", "extra_usage"}
    assert card["expected_next_minor"] == 2999


async def test_every_amount_that_is_told_stands_on_the_card(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    sessions_with(
        lambda session, contract: make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
    )

    outcome = await explain(conversation)

    (card,) = outcome.cards
    on_card = {card["current"]["total_minor"], card["difference_minor"], card["expected_next_minor"]}
    on_card |= {cause["amount_minor"] for cause in card["causes"]}
    told = {
        message[key].lstrip("+−")
        for message in outcome.messages
        for key in ("amount", "total", "difference")
        if key in message
    }
    assert told == {f"€{minor / 100:.2f}" for minor in on_card}


async def test_usage_beyond_the_plan_names_what_is_included(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    sessions_with(
        lambda session, contract: make_usage(session, contract, used_on=date(2026, 10, 9), quantity=13),
        unit="GB",
        included=10,
        unit_price_micro=2_000_000,
    )

    outcome = await explain(conversation)

    cause = outcome.facts("utter_invoices_cause_extra_usage_beyond_plan")
    assert (cause["name"], cause["quantity_now"], cause["included"]) == ("Mobile S", "3 GB", "10 GB")
    assert (cause["amount"], cause["recurrence"]) == ("+€6.00", "one-off")


async def test_metered_usage_is_compared_with_the_month_before(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    def story(session: Session, contract: Contract) -> None:
        make_usage(session, contract, used_on=date(2026, 9, 9), quantity=100, unit="kWh")
        make_usage(session, contract, used_on=date(2026, 10, 9), quantity=80, unit="kWh")

    sessions_with(story, unit="kWh", unit_price_micro=300_000)

    outcome = await explain(conversation)

    assert outcome.said[0] == "utter_invoices_change_less"
    cause = outcome.facts("utter_invoices_cause_less_usage")
    assert (cause["quantity"], cause["previous_month"], cause["amount"]) == ("20 kWh", "September", "−€6.00")


async def test_a_charge_booked_twice_is_named_and_its_correction_offered(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    def story(session: Session, contract: Contract) -> None:
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
        make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)

    sessions_with(story)

    outcome = await explain(conversation)

    assert outcome.facts("utter_invoices_cause_duplicate_charge")["name"] == "technician visit"
    assert outcome.said[-3:] == ["utter_disputes_mistake", "utter_disputes_found_a13", "utter_disputes_offer"]
    assert outcome.facts("utter_disputes_offer")["amount"] == "€49.90"


async def test_a_changed_plan_is_told_with_both_prices(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        larger = make_plan(session, name="Mobile L", base_minor=2499)
        make_subscriber(session, base_minor=1499, changed_on=date(2026, 10, 15), changed_to=larger)
    issue_bills(sessions, SEPTEMBER, OCTOBER)

    outcome = await explain(conversation)

    cause = outcome.facts("utter_invoices_cause_plan_change")
    assert (cause["plan_from"], cause["plan_to"], cause["changed_on"]) == ("Mobile S", "Mobile L", "15 October")
    assert (cause["price_before"], cause["price_now"]) == ("€14.99", "€24.99")
    assert outcome.facts("utter_invoices_next")["amount"] == "€24.99"


async def test_the_same_total_is_said_to_be_the_same(
    conversation: Conversation, sessions_with: Callable[..., None]
) -> None:
    sessions_with()

    assert (await explain(conversation)).said == [
        "utter_invoices_change_none",
        "utter_invoices_next",
        "utter_disputes_checked_fine",
    ]


async def test_a_first_bill_says_so(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_subscriber(session, started_on=date(2026, 10, 12), base_minor=3100)
    issue_bills(sessions, OCTOBER)

    outcome = await explain(conversation)

    assert outcome.said == [
        "utter_invoices_change_first",
        "utter_invoices_cause_first_bill",
        "utter_invoices_next",
        "utter_disputes_checked_fine",
    ]
    cause = outcome.facts("utter_invoices_cause_first_bill")
    assert (cause["name"], cause["started_on"]) == ("Mobile S", "12 October")
    assert (cause["days"], cause["days_in_period"], cause["amount"]) == ("20", "31", "€20.00")
    assert outcome.cards[0]["previous"] is None


async def test_without_any_bill_there_is_nothing_to_explain_or_list(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        make_subscriber(session)

    explained = await explain(conversation)
    listed = await conversation.run("action_list_invoices", intent="list_invoices")

    assert explained.said == listed.said == ["utter_invoices_none"]
    assert explained.cards == listed.cards == []


async def test_invoices_are_listed_newest_first_with_their_status(
    conversation: Conversation, sessions_with: Callable[..., None], sessions: sessionmaker[Session]
) -> None:
    sessions_with()
    conversation.verify_as(NUMBER)
    with sessions.begin() as session:
        make_payment(session, bill_of(session, SEPTEMBER), received_on=date(2026, 10, 14))

    outcome = await conversation.run("action_list_invoices", intent="list_invoices")

    lines = outcome.facts("utter_invoices_list")["lines"].split("\n")
    assert lines == ["October: €29.99, overdue since 15 November", "September: €29.99, paid"]
    (card,) = outcome.cards
    assert [(item["period"], item["status"]) for item in card["items"]] == [("2026-10", "overdue"), ("2026-09", "paid")]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "October: €29.99, credited"),
        ("de", "Oktober: 29,99\xa0€, gutgeschrieben"),
        ("fi", "Lokakuu: 29,99\xa0€, hyvitetty"),
    ],
)
async def test_a_bill_that_was_taken_back_is_not_called_paid(
    conversation: Conversation,
    sessions_with: Callable[..., None],
    sessions: sessionmaker[Session],
    language: str,
    line: str,
) -> None:
    sessions_with()
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    with sessions.begin() as session:
        credit_rest(session, bill_of(session, OCTOBER).id, CreditReason.CORRECTION, now=CREDITED_AT)

    outcome = await conversation.run("action_list_invoices", intent="list_invoices")

    assert outcome.facts("utter_invoices_list")["lines"].split("\n")[0] == line
    assert outcome.cards[0]["items"][0]["status"] == "credited"
