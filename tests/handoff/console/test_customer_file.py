"""The panel's tabs Contract and History: read by whoever serves the verified customer, and by nobody else."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from billing.disputes.disputes import open_dispute
from billing.dunning.arrangements import agree_instalments
from billing.ledger.credit_notes import CreditLine, issue_credit_note
from billing.models.contract import Contract
from billing.models.credit_note import CreditReason
from billing.models.customer import Customer as Person
from billing.money import Money
from billing.rating.errors import CurrencyUnknown
from handoff.console import customer_contracts
from tests.factories.billing import (
    line_ids,
    make_contract,
    make_customer,
    make_discount,
    make_invoice,
    make_plan,
)
from tests.handoff.console.verified import verify
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/conversations"


async def file_of(agent: AgentAtWork, conversation_id: UUID):
    response = await agent.http.get(f"{PATH}/{conversation_id}/customer")
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_contract_is_told_with_its_price_term_and_cheaper_plan(
    agent: AgentAtWork, lena: UUID, held: UUID, sync_sessions: sessionmaker[Session], clock
):
    """39.99 a month against 29.99 is 10.00 saved in each of the twelve months that were."""
    with sync_sessions.begin() as session:
        dear = make_plan(session, base_minor=3999, name="Home L")
        cheap = make_plan(session, base_minor=2999, name="Home M")
        dear.product = cheap.product = "home"
        contract = make_contract(session, session.get_one(Person, lena), dear, started_on=date(2024, 1, 1))
        session.get_one(Contract, contract.id).minimum_term_until = clock.now().date() + timedelta(days=90)
        make_discount(session, contract, amount_minor=500, valid_to=date(2025, 1, 1))

    [shown] = (await file_of(agent, held))["contracts"]

    assert (shown["plan"], shown["started_on"], shown["ended_on"]) == ("Home L", "2024-01-01", None)
    assert shown["bound_until"] == str(clock.now().date() + timedelta(days=90))
    assert (shown["price"]["base_minor"], shown["currency"]) == (3999, "EUR")
    assert [phase["plan"] for phase in shown["phases"]] == ["Home L"]
    assert [(one["amount_minor"], one["valid_to"]) for one in shown["discounts"]] == [(500, "2025-01-01")]
    [plan] = shown["cheaper"]
    assert (plan["plan"], plan["months"], plan["saving_per_month_minor"]) == ("Home M", 12, 1000)


@on_any_database
async def test_the_tabs_open_though_a_contract_cannot_be_read(agent, lena: UUID, held: UUID, monkeypatch):
    def refuse(*args: object, **named: object) -> None:
        raise CurrencyUnknown("XXX")

    monkeypatch.setattr(customer_contracts, "list_running_contracts", refuse)

    assert (await file_of(agent, held))["contracts"] is None


async def test_the_history_tells_what_was_disputed_credited_and_agreed(
    agent: AgentAtWork, lena: UUID, held: UUID, sync_sessions: sessionmaker[Session], clock
):
    with sync_sessions.begin() as session:
        person = session.get_one(Person, lena)
        disputed = make_invoice(session, person, amounts=[3000, 1500], due_on=date(2026, 9, 1))
        credited = make_invoice(session, person, amounts=[4000], due_on=date(2026, 10, 1))
        in_parts = make_invoice(session, person, amounts=[6000], due_on=date(2026, 12, 10))
        second = line_ids(session, disputed)[1]
        open_dispute(session, lena, disputed.id, [second], "I was not there", now=clock.now())
        line = CreditLine(line_ids(session, credited)[0], Money(700, "EUR"))
        note = issue_credit_note(session, credited.id, [line], CreditReason.GOODWILL, now=clock.now())
        agree_instalments(session, lena, in_parts.id, 3, now=clock.now())
        numbers = [row.number for row in (disputed, credited, in_parts)]
        note_number = note.number

    shown = await file_of(agent, held)

    [dispute], [credit], [agreed] = shown["disputes"], shown["credits"], shown["arrangements"]
    assert (dispute["invoice_number"], dispute["amount_minor"], dispute["status"]) == (numbers[0], 1500, "open")
    assert dispute["reason"] == "I was not there"
    assert (credit["number"], credit["invoice_number"], credit["amount_minor"]) == (note_number, numbers[1], 700)
    assert credit["reason"] == "goodwill"
    assert (agreed["invoice_number"], agreed["kind"]) == (numbers[2], "instalments")
    assert [part["amount_minor"] for part in agreed["parts"]] == [2000, 2000, 2000]


async def test_an_earlier_conversation_is_told_with_wish_reason_and_outcome(
    app, agent: AgentAtWork, open_chat, lena: UUID, held: UUID, clock
):
    earlier: Customer = await open_chat()
    await verify(app, earlier, lena, clock.now())
    await earlier.ask("Why is my bill higher?")
    await earlier.ask_for_person()
    there = await agent.take_next()
    await agent.http.post(f"{PATH}/{there}/close")
    done = {"disposition": "explained", "note": "Roaming in May"}
    assert (await agent.http.post(f"{PATH}/{there}/wrap-up", json=done)).status_code == 200

    [shown] = (await file_of(agent, held))["conversations"]

    assert (shown["wish"], shown["reason"]) == ("Why is my bill higher?", "asked_for_person")
    assert (shown["disposition"], shown["note"], shown["agent_name"]) == ("explained", "Roaming in May", "Mia")
    assert shown["closed_at"] is not None


@on_any_database
async def test_the_conversations_of_other_customers_are_not_told(
    app, agent: AgentAtWork, open_chat, lena: UUID, held: UUID, clock
):
    other: Customer = await open_chat()
    async with app.state.sessions.begin() as session:
        stranger = await session.run_sync(make_customer)
    await verify(app, other, stranger.id, clock.now())

    assert (await file_of(agent, held))["conversations"] == []


@on_any_database
async def test_without_a_verification_nothing_is_told(agent: AgentAtWork, held: UUID):
    assert await file_of(agent, held) is None


async def test_only_who_holds_it_and_a_supervisor_may_read_the_account(
    agent: AgentAtWork, hire, supervisor: AgentAtWork, lena: UUID, held: UUID
):
    other = await hire("Aino")

    answers = [await one.http.get(f"{PATH}/{held}/customer") for one in (agent, supervisor, other)]

    assert [answer.status_code for answer in answers] == [200, 200, 404]


@on_any_database
async def test_an_offer_alone_opens_no_account(agent: AgentAtWork, customer: Customer, lena: UUID):
    await customer.ask_for_person()
    offer = await agent.offer()
    assert offer is not None

    assert (await agent.http.get(f"{PATH}/{offer['conversation_id']}")).status_code == 404
    assert (await agent.http.get(f"{PATH}/{offer['conversation_id']}/customer")).status_code == 404


@on_any_database
async def test_signed_out_nobody_reads(client, held: UUID):
    assert (await client.get(f"{PATH}/{held}/customer")).status_code == 401
