"""The handoff packet: whoever takes over knows what was said, shown and found, and nothing is told of a stranger."""

from datetime import date
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import update

from billing.models.contract import OneOffCharge
from billing.models.customer import Customer as Account
from billing.models.identity import Verification
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from tests.factories.billing import make_contract, make_one_off, make_plan
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"
BILL = {
    "type": "bill",
    "currency": "EUR",
    "number": "DE-2026-000007",
    "period": "2026-10",
    "total_minor": 5244,
    "open_minor": 5244,
    "due_on": "2026-11-14",
    "status": "open",
}
DIFFERENCE = {
    "type": "difference",
    "currency": "EUR",
    "previous": {"number": "DE-2026-000003", "period": "2026-09", "total_minor": 3999},
    "current": {"number": "DE-2026-000007", "period": "2026-10", "total_minor": 5244},
    "difference_minor": 1245,
    "causes": [],
    "expected_next_minor": None,
}


async def packet(agent: AgentAtWork, conversation_id: UUID) -> dict:
    response = await agent.http.get(f"{PATH}/{conversation_id}")
    assert response.status_code == 200, response.text
    return response.json()["summary"]


async def talk_to_the_bot(customer: Customer, bot: FakeBot) -> None:
    bot.rule = lambda turn: reply("Hello.", intent="greet")
    await customer.ask("Good morning")
    bot.rule = lambda turn: reply("It is higher.", card=DIFFERENCE, intent="why_bill_higher")
    await customer.ask("Why is my bill higher than before?")
    bot.rule = lambda turn: reply("This is due.", card=BILL, intent="check_balance_due")
    await customer.ask("And what do I have to pay now?")
    handoff = {"type": "handoff", "reason": "asked_for_person", "topic": "bills"}
    bot.rule = lambda turn: reply("I get someone.", commands=[handoff], intent="speak_to_human")
    await customer.ask("Give me a person")


async def test_all_wishes_are_told_and_courtesies_are_not(agent: AgentAtWork, customer: Customer, bot: FakeBot):
    await talk_to_the_bot(customer, bot)
    await agent.take_next()

    told = await packet(agent, customer.conversation_id)

    assert told["wishes"] == ["Why is my bill higher than before?", "And what do I have to pay now?"]
    assert told["wish"] == "And what do I have to pay now?"


async def test_the_figures_that_the_bot_showed_are_told_while_the_customer_is_verified(
    agent: AgentAtWork, customer: Customer, bot: FakeBot, lena: UUID, sync_sessions, clock
):
    await talk_to_the_bot(customer, bot)
    await agent.take_next()

    shown = (await packet(agent, customer.conversation_id))["facts"]
    with sync_sessions.begin() as session:
        session.execute(update(Verification).values(expires_at=clock.now()))
    later = await packet(agent, customer.conversation_id)

    assert [(fact["type"], fact["amount_minor"], fact["number"]) for fact in shown] == [
        ("difference", 1245, "DE-2026-000007"),
        ("bill", 5244, "DE-2026-000007"),
    ]
    assert shown[1]["due_on"] == "2026-11-14"
    assert (later["facts"], later["findings"], later["verified_level"], later["verified_method"]) == (
        [],
        None,
        None,
        None,
    )
    assert "52.44" not in later["line"]


async def test_the_packet_and_the_offer_name_what_the_check_of_the_bills_found(
    app: FastAPI, agent: AgentAtWork, customer: Customer, lena: UUID, sync_sessions, clock
):
    """A visit of 49.90 is booked once, and stands on the bills of September and of October."""
    with sync_sessions.begin() as session:
        person = session.get_one(Account, lena)
        contract = make_contract(session, person, make_plan(session, base_minor=3999), started_on=date(2026, 1, 1))
        charge = make_one_off(session, contract, charged_on=date(2026, 9, 9))
    run_billing(sync_sessions, BillingPeriod.month("2026-09"), now=clock.now())
    with sync_sessions.begin() as session:
        session.get_one(OneOffCharge, charge.id).charged_on = date(2026, 10, 9)
    run_billing(sync_sessions, BillingPeriod.month("2026-10"), now=clock.now())
    await customer.ask_for_person()

    offer = await agent.offer()
    assert offer is not None
    await agent.accept(offer)
    told = await packet(agent, customer.conversation_id)

    assert told["findings"] | {"detectors": []} == {
        "verdict": "our_mistake",
        "owed_minor": 4990,
        "currency": "EUR",
        "count": 1,
        "detectors": [],
    }
    assert (offer["findings"], offer["customer_name"]) == (1, "Lena Hoffmann")
    assert offer["summary"] == told["line"]
    assert "1 finding, we owe €49.90" in told["line"]
    assert told["verified_method"] == "sms_code"


async def test_an_offer_tells_nothing_of_an_account_that_nobody_has_proved_to_hold(
    agent: AgentAtWork, customer: Customer, bot: FakeBot
):
    await talk_to_the_bot(customer, bot)

    offer = await agent.offer()

    assert offer is not None
    assert (offer["customer_name"], offer["findings"], offer["verified_level"]) == (None, 0, None)
    assert offer["summary"] == "Asks what is due · not verified"
    assert (offer["queue"], offer["kind"], offer["note"]) == ("bills", "live", None)


@on_any_database
async def test_the_line_is_in_the_agents_language_whatever_the_customer_speaks(hire, customer: Customer, bot: FakeBot):
    anna = await hire("Anna", language="de")
    await talk_to_the_bot(customer, bot)

    offer = await anna.offer()

    assert offer is not None
    assert offer["summary"] == "Fragt, was offen ist · nicht verifiziert"


@on_any_database
async def test_strain_is_told_with_its_signs(agent: AgentAtWork, customer: Customer, bot: FakeBot):
    bot.rule = lambda turn: reply("Sorry?", intent="nlu_fallback")
    await customer.ask("This is ridiculous!!")
    await customer.ask_for_person()
    await agent.take_next()

    told = await packet(agent, customer.conversation_id)

    assert told["sentiment"] == {"code": "upset", "signals": ["words", "exclamation"]}
    assert "is upset" in told["line"]


@on_any_database
async def test_the_whole_transcript_is_there_however_long(agent: AgentAtWork, customer: Customer, bot: FakeBot):
    bot.rule = lambda turn: reply("Yes.", intent="greet")
    said = [f"Message number {number}" for number in range(19)]
    for text in said:
        await customer.ask(text)
    await customer.ask_for_person()
    await agent.take_next()

    transcript = (await agent.http.get(f"{PATH}/{customer.conversation_id}")).json()

    seqs = [message["seq"] for message in transcript["messages"]]
    assert seqs == list(range(1, seqs[-1] + 1))
    assert [text for text in (message["text"] for message in transcript["messages"]) if text in said] == said
