"""Ready replies: found by the agent's words, worded for the customer, never sent with a gap."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from billing import accounts
from billing.documents.formatting import Print
from billing.invoices import list_invoices
from billing.models.customer import Customer as Account
from billing.periods import BillingPeriod
from billing.run.billing_run import run_billing
from handoff.console.canned import find_replies, load_replies, unfilled
from handoff.conversations.service import MAX_LENGTH
from tests.factories.billing import make_contract, make_plan
from tests.fakes.bot import FakeBot
from tests.fakes.bot import reply as says
from tests.handoff.console.test_packet import BILL
from tests.handoff.people import AgentAtWork, Customer, on_any_database

PATH = "/api/console/canned"


async def canned(agent: AgentAtWork, **asked: object) -> dict[str, dict]:
    response = await agent.http.get(PATH, params={key: str(value) for key, value in asked.items()})
    assert response.status_code == 200, response.text
    return {reply["key"]: reply for reply in response.json()}


async def test_what_is_known_of_a_verified_customer_is_filled_in(
    agent: AgentAtWork, customer: Customer, held: UUID, lena: UUID, sync_sessions, clock, settings
):
    with sync_sessions.begin() as session:
        person = session.get_one(Account, lena)
        make_contract(session, person, make_plan(session, base_minor=3999), started_on=date(2026, 1, 1))
    run_billing(sync_sessions, BillingPeriod.month("2026-10"), now=clock.now())
    with sync_sessions() as session:
        balance = accounts.balance_due(session, lena, clock.now().date())
    assert balance.due_on is not None

    replies = await canned(agent, conversation_id=held)

    assert replies["greeting"]["text"].startswith(f"Hello Lena Hoffmann, this is Mia from {settings.company}.")
    due = replies["amount_due"]
    assert due["text"] == f"You have €39.99 to pay by {Print('en').day(balance.due_on)}."
    assert {name for reply in replies.values() for name in reply["unfilled"]} == {"invoice_number"}


@pytest.mark.parametrize("whose", ["own", "another's"])
async def test_a_bill_is_named_only_when_the_bot_showed_it_to_this_customer(
    whose: str, agent: AgentAtWork, customer: Customer, lena: UUID, bot: FakeBot, sync_sessions, clock
):
    with sync_sessions.begin() as session:
        make_contract(session, session.get_one(Account, lena), make_plan(session), started_on=date(2026, 1, 1))
    for month in ("2026-09", "2026-10"):
        run_billing(sync_sessions, BillingPeriod.month(month), now=clock.now())
    with sync_sessions() as session:
        _newest, september = list_invoices(session, lena)
    shown = september.number if whose == "own" else "DE-2026-999999"
    bot.rule = lambda turn: says("This is it.", card=BILL | {"number": shown}, intent="explain_bill")
    await customer.ask("What about September?")
    await customer.ask_for_person()
    held = await agent.take_next()

    bill = (await canned(agent, conversation_id=held))["bill_correct"]

    assert (september.number in bill["text"], bill["unfilled"]) == (
        (True, []) if whose == "own" else (False, ["invoice_number"])
    )


async def test_a_day_that_is_over_is_not_promised(agent: AgentAtWork, lena: UUID, held: UUID, sync_sessions):
    with sync_sessions.begin() as session:
        make_contract(session, session.get_one(Account, lena), make_plan(session), started_on=date(2026, 1, 1))
    run_billing(sync_sessions, BillingPeriod.month("2026-09"), now=datetime(2026, 10, 1, 12, tzinfo=UTC))

    due = (await canned(agent, conversation_id=held))["amount_due"]

    assert due["unfilled"] == ["due_on"]


async def test_of_a_customer_who_is_not_verified_nothing_is_filled_in(agent: AgentAtWork, held: UUID):
    replies = await canned(agent, conversation_id=held)

    assert replies["greeting"]["unfilled"] == ["customer_name"]
    assert replies["greeting"]["text"].startswith("Hello {customer_name}, this is Mia")
    assert sorted(replies["amount_due"]["unfilled"]) == ["amount_due", "due_on"]


@on_any_database
async def test_the_text_is_in_the_customers_language_and_the_title_in_the_agents(agent, open_chat):
    anna = await open_chat("de")
    await anna.ask_for_person()
    held = await agent.take_next()

    found = await canned(agent, conversation_id=held, q="moment")

    assert list(found) == ["moment"]
    assert (found["moment"]["title"], found["moment"]["shortcut"]) == ("One moment", "moment")
    assert found["moment"]["text"] == "Einen Moment bitte, ich sehe nach."


@on_any_database
async def test_a_gap_is_never_sent(agent: AgentAtWork, customer: Customer, held: UUID):
    text = (await canned(agent, conversation_id=held))["greeting"]["text"]

    refused = await agent.reply(held, text)
    await agent.reply(held, text.replace("{customer_name}", "Lena"))
    await customer.caught_up()

    assert (refused.status_code, refused.json()["error"]) == (422, "UnfilledPlaceholder")
    assert refused.json()["names"] == "customer_name"
    assert len(customer.texts("agent")) == 1
    assert "{" not in customer.texts("agent")[0]


@on_any_database
async def test_curly_brackets_that_are_no_placeholder_may_be_sent(agent: AgentAtWork, held: UUID):
    assert (await agent.reply(held, "Use {} or { 12 } or {A}")).status_code == 201


@on_any_database
async def test_replies_of_a_conversation_that_is_not_yours_are_not_filled_in(agent, hire, held: UUID):
    aino = await hire("Aino")

    assert (await aino.http.get(PATH, params={"conversation_id": str(held)})).status_code == 404
    assert "greeting" in await canned(aino, language="fi")


@pytest.mark.parametrize(
    ("query", "first"),
    [("/hello", "greeting"), ("instal", "instalments"), ("repeat discussed", "pass_on"), ("RATEN", "instalments")],
)
def test_a_reply_is_found_by_shortcut_title_or_text_in_either_language(query: str, first: str):
    found = find_replies(query, agent_language="en", language="de", values={})

    assert first in [reply.key for reply in found]


def test_the_shortcut_comes_before_what_is_found_in_a_text():
    found = find_replies("moment", agent_language="en", language="en", values={})
    by_shortcut = find_replies("bye", agent_language="en", language="en", values={})

    assert found[0].key == "moment"
    assert by_shortcut[0].key == "goodbye"
    assert find_replies("no such words anywhere", agent_language="en", language="en", values={}) == []


def test_an_empty_query_finds_all():
    assert len(find_replies("", agent_language="fi", language="de", values={})) == len(load_replies()["en"])


@pytest.mark.parametrize("language", ["en", "de", "fi"])
def test_every_reply_reads_well(language: str):
    replies = load_replies()[language]

    assert len(replies) >= 15
    for reply in replies.values():
        assert "!" not in reply.text
        assert len(reply.text) < MAX_LENGTH // 4
        assert " " not in reply.shortcut
        assert unfilled(reply.title) == []


def test_german_says_sie():
    texts = " ".join(reply.text for reply in load_replies()["de"].values())

    assert not {" du ", " dir ", " dich ", " dein ", " deine "} & {f" {word} " for word in texts.lower().split()}
