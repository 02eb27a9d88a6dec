"""One-time codes: handoff checks them itself; neither the bot nor any table of the transcript ever holds one."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing import identity
from billing.db import Base
from billing.outbox import OutboxMessage
from tests.factories.billing import make_customer
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import Customer, on_any_database

NUMBER = "20401860"


@pytest.fixture
async def awaited(app: FastAPI, customer: Customer, clock) -> str:
    """A code is on its way to the customer's phone; this is the code."""
    now = clock.now()

    def start(session) -> str:
        make_customer(session, number=NUMBER)
        identity.start_challenge(
            session,
            conversation_id=customer.conversation_id,
            customer_number=NUMBER,
            language="en",
            pepper="pepper",
            now=now,
        )
        body = session.scalars(select(OutboxMessage.body)).one()
        return re.search(r"\b\d{6}\b", body).group()

    async with app.state.sessions.begin() as session:
        code = await session.run_sync(start)
    return code


async def everything_stored(app: FastAPI) -> str:
    """Every row of every table but the outbox, from which the code is sent."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "outbox_message"]
    async with app.state.sessions() as session:
        return "\n".join([str((await session.execute(select(table))).all()) for table in tables])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_the_right_code_verifies_and_is_seen_by_nobody(app, customer: Customer, bot, awaited: str, caplog):
    bot.rule = lambda turn: reply("Your bill is explained.")

    answer = await customer.ask(awaited)

    assert answer["text"] == "Your bill is explained."
    [turn] = bot.turns
    assert turn.text is None
    assert turn.intent == {"name": "code_checked", "entities": {"outcome": "verified"}}
    assert customer.texts("customer") == ["••••••"]
    assert customer.conversation["verified"] is True
    assert awaited not in await everything_stored(app)
    assert awaited not in str(customer.frames)
    assert awaited not in caplog.text


@pytest.mark.parametrize(
    "write", ["{0}{1}{2}{3}{4}{5}", "{0}{1}{2} {3}{4}{5}", "{0}{1}{2}-{3}{4}{5}", "{0}.{1}.{2}.{3}.{4}.{5}"]
)
@on_any_database
async def test_a_code_may_be_grouped(customer: Customer, bot: FakeBot, awaited: str, write: str):
    await customer.ask(write.format(*awaited))

    assert bot.turns[0].intent == {"name": "code_checked", "entities": {"outcome": "verified"}}
    assert customer.texts("customer") == ["••••••"]


@on_any_database
async def test_a_code_inside_a_sentence_is_taken_and_hidden(app, customer: Customer, bot: FakeBot, awaited: str):
    await customer.ask(f"My code is {awaited}, thanks")

    assert bot.turns[0].intent == {"name": "code_checked", "entities": {"outcome": "verified"}}
    assert customer.texts("customer") == ["My code is ••••••, thanks"]


@on_any_database
async def test_a_wrong_code_is_told_to_the_bot_and_verifies_nobody(app, customer: Customer, bot: FakeBot, awaited: str):
    await customer.ask(wrong(awaited))

    assert bot.turns[0].intent == {"name": "code_checked", "entities": {"outcome": "wrong"}}
    assert customer.conversation["verified"] is False
    assert wrong(awaited) not in await everything_stored(app)


@on_any_database
async def test_the_fifth_wrong_code_locks_and_the_right_one_comes_too_late(customer: Customer, bot, awaited: str):
    for _ in range(5):
        await customer.ask(wrong(awaited))
    await customer.ask(awaited)

    outcomes = [turn.intent["entities"]["outcome"] for turn in bot.turns]
    assert outcomes == ["wrong"] * 4 + ["locked"] * 2
    assert customer.conversation["verified"] is False


async def test_a_repeated_code_message_counts_as_one_try(customer: Customer, bot: FakeBot, awaited: str):
    for _ in range(6):
        assert await customer.say(wrong(awaited), "one-key") == 2
    await customer.until(lambda: customer.answers_after(2))
    await customer.ask(awaited)

    assert [turn.intent["entities"]["outcome"] for turn in bot.turns] == ["wrong", "verified"]


@on_any_database
async def test_a_code_sent_while_a_person_is_awaited_still_verifies(customer: Customer, bot: FakeBot, awaited: str):
    await customer.ask_for_person()
    await customer.say(awaited)
    await customer.until(lambda: customer.conversation["verified"])

    assert bot.turns == []
    assert customer.texts("customer")[-1] == "••••••"


@on_any_database
async def test_other_texts_stay_as_they_were_written_while_a_code_is_awaited(customer: Customer, bot, awaited: str):
    await customer.ask("／restart ½")

    assert customer.texts("customer") == ["／restart ½"]


@on_any_database
async def test_six_digits_are_ordinary_text_while_no_code_is_awaited(customer: Customer, bot: FakeBot):
    await customer.ask("482913")

    assert bot.turns[0].text == "482913"


async def test_card_numbers_and_bank_accounts_are_hidden_from_everybody(app, customer: Customer, bot: FakeBot):
    await customer.ask("Card 4111 1111 1111 1111 and DE89 3704 0044 0532 0130 00 please")

    assert customer.texts("customer") == ["Card •••• 1111 and DE•• •••• 3000 please"]
    assert bot.turns[0].text == "Card •••• 1111 and DE•• •••• 3000 please"
    stored = await everything_stored(app)
    assert "4111 1111" not in stored
    assert "0044 0532" not in stored
