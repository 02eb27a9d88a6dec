"""Whether the charges are right: what is wrong is named and put right after a yes, and an objection is passed on."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import disputed_minor
from billing.models.credit_note import CreditNote
from billing.models.customer import Customer
from billing.models.dispute import Dispute
from billing.models.human_task import HumanTask
from billing.models.outbox import OutboxMessage
from billing.models.payment import Payment
from billing.rating.kinds import LineKind
from tests.actions.conversation import Conversation, Outcome
from tests.actions.customers import NUMBER, OCTOBER, SEPTEMBER, bill_of, issue_bills, make_subscriber
from tests.billing.fairness.accounts import SEPTEMBER as SEPTEMBER_DAYS
from tests.billing.fairness.accounts import bill, line, settle
from tests.databases import written_once
from tests.factories.billing import make_customer, make_one_off


@pytest.fixture
@written_once
def wrong_bill(sessions: sessionmaker[Session]) -> None:
    """October's bill of 29.99 holds one visit of 49.90 twice."""
    with sessions.begin() as session:
        contract = make_subscriber(session)
        session.execute(update(Customer).values(email="lena@post.example"))
        for _ in range(2):
            make_one_off(session, contract, charged_on=date(2026, 10, 8), amount_minor=4990)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


@pytest.fixture
@written_once
def right_bill(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)


async def play(conversation: Conversation, action: str, intent: str) -> Outcome:
    conversation.verify_as(NUMBER)
    return await conversation.run(action, intent=intent)


@pytest.mark.usefixtures("right_bill")
async def test_a_right_bill_is_said_to_be_right(conversation: Conversation) -> None:
    assert (await play(conversation, "action_check_charges", "dispute_charge")).said == ["utter_disputes_checked_fine"]


@pytest.mark.usefixtures("wrong_bill")
async def test_a_mistake_is_owned_up_to_with_its_amount(conversation: Conversation) -> None:
    outcome = await play(conversation, "action_check_charges", "dispute_charge")

    assert outcome.said == ["utter_disputes_mistake", "utter_disputes_found_a13", "utter_disputes_offer"]
    assert outcome.facts("utter_disputes_offer")["amount"] == "€49.90"


@pytest.mark.usefixtures("wrong_bill")
async def test_a_yes_puts_it_right_once(conversation: Conversation, sessions: sessionmaker[Session]) -> None:
    conversation.was_said("dispute_charge", "utter_disputes_offer")
    first = await play(conversation, "action_correct_charges", "accept_correction")
    conversation.seq += 1
    second = await play(conversation, "action_correct_charges", "accept_correction")

    assert first.said == ["utter_disputes_corrected"]
    assert first.facts("utter_disputes_corrected")["amount"] == "€49.90"
    assert second.said == ["utter_disputes_nothing_to_correct"]
    with sessions() as session:
        (note,) = session.scalars(select(CreditNote)).all()
        letters = session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.dedupe_key.like("credit_note%")))
        assert (note.total_minor, note.number) == (4990, first.facts("utter_disputes_corrected")["number"])
        assert list(letters) == ["lena@post.example"]


@pytest.mark.usefixtures("wrong_bill")
async def test_the_same_turn_again_gives_the_same_answer(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    conversation.was_said("dispute_charge", "utter_disputes_offer")
    outcomes = [await play(conversation, "action_correct_charges", "accept_correction") for _ in range(2)]

    assert outcomes[0].facts("utter_disputes_corrected") == outcomes[1].facts("utter_disputes_corrected")
    with sessions() as session:
        assert len(session.scalars(select(CreditNote)).all()) == 1


@pytest.mark.usefixtures("right_bill")
async def test_what_an_objection_does_is_said_before_anything_happens(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    outcome = await play(conversation, "action_confirm_dispute", "open_dispute")

    assert outcome.facts("utter_disputes_confirm")["amount"] == "€29.99"
    with sessions() as session:
        assert session.scalars(select(Dispute)).all() == []


@pytest.mark.usefixtures("right_bill")
async def test_an_objection_is_passed_on_to_a_person_once(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    await play(conversation, "action_confirm_dispute", "open_dispute")
    conversation.was_said("open_dispute", "utter_disputes_confirm")
    conversation.seq += 1
    first = await play(conversation, "action_open_dispute", "confirm_dispute")
    conversation.seq += 1
    second = await play(conversation, "action_open_dispute", "confirm_dispute")

    assert (first.said, second.said) == (["utter_disputes_opened"], ["utter_disputes_open_already"])
    with sessions() as session:
        assert len(session.scalars(select(Dispute)).all()) == 1
        assert [task.kind for task in session.scalars(select(HumanTask))] == ["dispute_opened"]


@pytest.mark.usefixtures("right_bill")
@pytest.mark.parametrize("entities", [{"period": "2026-09"}, {"period": "previous"}, {"date": "--09-08"}])
async def test_an_objection_is_about_the_bill_that_was_named(
    conversation: Conversation, sessions: sessionmaker[Session], entities: dict[str, str]
) -> None:
    conversation.verify_as(NUMBER)
    await conversation.run("action_check_charges", intent="dispute_charge", entities=entities)
    conversation.next_turn()
    confirm = await conversation.run("action_confirm_dispute", intent="open_dispute")
    conversation.was_said("open_dispute", "utter_disputes_confirm")
    conversation.next_turn()
    await conversation.run("action_open_dispute", intent="confirm_dispute")

    assert confirm.facts("utter_disputes_confirm")["what"] == "the September bill"
    with sessions() as session:
        (dispute,) = session.scalars(select(Dispute)).all()
        assert dispute.invoice_id == bill_of(session, SEPTEMBER).id


@pytest.mark.usefixtures("right_bill")
async def test_an_objection_names_another_bill_than_the_one_looked_at(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)
    await conversation.run("action_check_charges", intent="dispute_charge", entities={"period": "--10"})

    outcome = await conversation.run("action_confirm_dispute", intent="open_dispute", entities={"period": "--09"})
    conversation.was_said("open_dispute", "utter_disputes_confirm")
    conversation.next_turn()
    opened = await conversation.run("action_open_dispute", intent="confirm_dispute")

    assert opened.said == ["utter_disputes_opened"]
    assert outcome.facts("utter_disputes_confirm")["what"] == "the September bill"


@pytest.mark.parametrize(
    ("language", "what"),
    [
        ("en", "“Technician visit” on the October bill"),
        ("de", "dem Posten „Technikereinsatz“ der Rechnung für Oktober"),
        ("fi", "laskun (lokakuu) rivin ”Asentajan käynti”"),
    ],
)
async def test_an_objection_to_a_charge_holds_back_that_charge_alone(
    conversation: Conversation, sessions: sessionmaker[Session], language: str, what: str
) -> None:
    with sessions.begin() as session:
        make_one_off(session, make_subscriber(session), charged_on=date(2026, 10, 8), amount_minor=4990)
    issue_bills(sessions, SEPTEMBER, OCTOBER)
    conversation.slots["language"] = language
    conversation.verify_as(NUMBER)
    checked = await conversation.run("action_check_charges", intent="dispute_charge", entities={"amount": "49.90"})
    conversation.next_turn()
    confirm = await conversation.run("action_confirm_dispute", intent="open_dispute")
    conversation.was_said("open_dispute", "utter_disputes_confirm")
    conversation.next_turn()
    await conversation.run("action_open_dispute", intent="confirm_dispute")

    assert checked.said == ["utter_invoices_bill_line", "utter_disputes_checked_fine"]
    facts = confirm.facts("utter_disputes_confirm")
    assert (facts["what"], facts["amount"].strip("€\xa0").replace(",", ".")) == (what, "49.90")
    with sessions() as session:
        bill = bill_of(session, OCTOBER)
        assert disputed_minor(session, [bill.id]) == {bill.id: 4990}
        assert bill.total_minor == 7989


@pytest.mark.usefixtures("right_bill")
async def test_a_yes_to_an_objection_about_no_known_bill_asks_again(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    conversation.slots["disputes_invoice"] = "DE-2026-999999"
    conversation.was_said("open_dispute", "utter_disputes_confirm")

    outcome = await play(conversation, "action_open_dispute", "confirm_dispute")

    assert (outcome.said, outcome.goes_on_with) == ([], "action_confirm_dispute")
    with sessions() as session:
        assert session.scalars(select(Dispute)).all() == []


@pytest.mark.usefixtures("right_bill")
async def test_a_charge_of_a_day_without_a_bill_is_checked_all_the_same(conversation: Conversation) -> None:
    conversation.verify_as(NUMBER)

    outcome = await conversation.run("action_check_charges", intent="dispute_charge", entities={"date": "day-1"})

    assert outcome.said == ["utter_disputes_checked_fine"]


@pytest.mark.parametrize(
    ("said", "goes_on_with"),
    [("utter_disputes_offer", "action_correct_charges"), ("utter_disputes_confirm", "action_open_dispute")],
)
async def test_a_yes_in_words_is_as_good_as_the_button(
    conversation: Conversation, said: str, goes_on_with: str
) -> None:
    conversation.was_said("dispute_charge", said)

    outcome = await conversation.run("action_handle_affirm", intent="affirm")

    assert outcome.goes_on_with == goes_on_with


async def test_what_a_person_must_decide_is_put_before_one_at_once(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """A payment for October's bill stands on another account: no credit note can mend that."""
    with sessions.begin() as session:
        make_subscriber(session)
    issue_bills(sessions, SEPTEMBER, OCTOBER)
    with sessions.begin() as session:
        bill, other = bill_of(session, OCTOBER), make_customer(session, number="53464098")
        day = date(2026, 11, 10)
        session.add(
            Payment(
                reference="bank-1",
                customer_id=other.id,
                invoice_id=bill.id,
                amount_minor=1000,
                currency="EUR",
                received_on=day,
            )
        )

    outcome = await play(conversation, "action_check_charges", "dispute_charge")

    assert outcome.said[-1] == "utter_disputes_unclear"
    with sessions() as session:
        assert [task.kind for task in session.scalars(select(HumanTask))] == ["audit_undecided"]


async def test_a_charge_that_no_known_law_bears_out_is_put_before_a_person_without_a_figure(
    conversation: Conversation, sessions: sessionmaker[Session]
) -> None:
    """Interest of a half-year whose rate is not known yet: nobody can say what is right, so nothing is said."""
    with sessions.begin() as session:
        customer, contract, _ = settle(session, country="FI")
        bill(session, customer, [line(3999, SEPTEMBER_DAYS, contract=contract, tax_rate=2550)], SEPTEMBER_DAYS)
        interest = line(80, (date(2026, 10, 17), date(2026, 11, 2)), kind=LineKind.INTEREST, tax_rate=0)
        bill(session, customer, [line(3999, contract=contract, tax_rate=2550), interest])
        number = customer.number

    conversation.verify_as(number)
    outcome = await conversation.run("action_check_charges", intent="dispute_charge")

    assert outcome.said == ["utter_disputes_unclear"]
    assert [name for name in outcome.facts("utter_disputes_unclear") if "amount" in name] == []
    with sessions() as session:
        assert [task.kind for task in session.scalars(select(HumanTask))] == ["audit_undecided"]
