"""Turns: the bot is asked once at a time, its answer is stored whole, and no customer is left in silence."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from billing.turn_token import TurnRef, verify_turn
from handoff.bot_gateway import BotAnswer
from handoff.conversations.models import ConversationStatus, DialogueState, Message, Turn, TurnOutcome, TurnState
from handoff.conversations.turn_store import TurnResult, find_next, store_result
from handoff.texts import server_texts
from tests.fakes.bot import FakeBot, reply
from tests.handoff.conftest import running
from tests.handoff.people import Customer, on_any_database


async def dialogue_of(customer: Customer) -> DialogueState:
    async with customer.app.state.sessions() as session:
        return await session.get_one(DialogueState, customer.conversation_id)


async def turns_of(customer: Customer) -> list[Turn]:
    async with customer.app.state.sessions() as session:
        return list((await session.scalars(select(Turn).order_by(Turn.seq))).all())


@on_any_database
async def test_the_bot_gets_a_fresh_token_for_each_turn_that_ends_after_a_minute(customer: Customer, bot, clock):
    await customer.ask("First question")
    await customer.ask("Second question")

    refs = [verify_turn(turn.turn_token, secret="turn secret", now=clock.now()) for turn in bot.turns]
    assert refs == [TurnRef(customer.conversation_id, 2), TurnRef(customer.conversation_id, 4)]
    with pytest.raises(Exception, match="expired"):
        verify_turn(bot.turns[0].turn_token, secret="turn secret", now=clock.now() + timedelta(seconds=60))


async def test_reply_state_and_record_of_a_turn_are_stored_together(customer: Customer, bot: FakeBot):
    card = {"type": "bill", "total_minor": 4320}
    bot.rule = lambda turn: reply("Your bill", card=card, intent="why_bill_higher")

    answer = await customer.ask("Why is my bill higher?")

    assert answer["card"] == card
    assert (await dialogue_of(customer)).state == {"last": "Your bill"}
    [turn] = await turns_of(customer)
    assert (turn.outcome, turn.intent, turn.card_type) == (TurnOutcome.ANSWERED, "why_bill_higher", "bill")


@on_any_database
async def test_several_replies_of_a_turn_are_one_message(customer: Customer, bot: FakeBot):
    bot.rule = lambda turn: {
        **reply("One"),
        "replies": [
            {"text": "One", "buttons": [{"title": "A", "payload": "/a"}]},
            {"text": "Two", "card": {"type": "code"}},
        ],
    }

    answer = await customer.ask("Tell me two things")

    assert answer["text"] == "One\nTwo"
    assert answer["card"] == {"type": "code"}
    assert [button["title"] for button in answer["buttons"]] == ["A"]


@pytest.mark.parametrize("language", ["en", "de", "fi"])
@on_any_database
async def test_when_the_bot_fails_the_customer_is_told_and_offered_a_person(open_chat, bot: FakeBot, language: str):
    customer = await open_chat(language)
    bot.failure = "timeout"

    answer = await customer.ask("?")

    assert answer["sender"] == "system"
    assert answer["text"] == server_texts().text("bot.unavailable", language)
    [button] = answer["buttons"]
    await customer.press(button["id"])
    await customer.until(lambda: customer.conversation["status"] == "queued")
    assert customer.texts("customer")[-1] == server_texts().text("button.person", language)
    assert len(bot.turns) == 1


@on_any_database
async def test_a_failed_turn_keeps_the_dialogue_state_for_the_next(customer: Customer, bot: FakeBot):
    await customer.ask("First question")
    bot.failure = "status 500"
    await customer.ask("Second question")
    bot.failure = None
    answer = await customer.ask("Third question")

    assert answer["text"] == "echo Third question"
    assert bot.turns[-1].state == {"turns": 1}
    assert [turn.outcome.value for turn in await turns_of(customer)] == ["answered", "failed", "answered"]


@on_any_database
async def test_an_exception_nobody_expected_is_a_failed_turn_too(customer: Customer, bot: FakeBot):
    def breaks(turn: object) -> dict[str, object]:
        raise ZeroDivisionError

    bot.rule = breaks

    assert (await customer.ask("Break, please"))["sender"] == "system"


async def test_an_answer_that_the_database_cannot_hold_is_a_failed_turn(customer: Customer, bot: FakeBot, monkeypatch):
    stored: list[TurnResult] = []

    async def stores_only_failures(session, pending, result, now):
        stored.append(result)
        if result.answer is not None:
            raise ValueError("cannot be stored")
        return await store_result(session, pending, result, now)

    monkeypatch.setattr("handoff.conversations.turn_store.store_result", stores_only_failures)

    assert (await customer.ask("Say something odd"))["sender"] == "system"
    assert len(stored) == 2


async def test_a_message_unanswered_at_a_crash_is_answered_once_after_the_restart(settings, clock, bot: FakeBot):
    silent = FakeBot()
    silent.hold()
    async with running(settings, clock, silent) as app:
        async with _client(app) as client:
            customer = await Customer.open(app, client)
        seq = await customer.say("Do not forget me")
        await silent.asked()
        await customer.disconnect()

    async with running(settings, clock, bot) as restarted:
        await restarted.state.runner.settled(customer.conversation_id)
        again = await Customer(restarted, customer.conversation_id, customer.token).connect()
        assert [message["text"] for message in again.answers_after(seq)] == ["echo Do not forget me"]
        await again.disconnect()

    first, second = silent.turns[0], bot.turns[0]
    secret, now = "turn secret", clock.now()
    assert verify_turn(first.turn_token, secret=secret, now=now) == verify_turn(
        second.turn_token, secret=secret, now=now
    )
    assert first.state == second.state
    assert len(bot.turns) == 1


async def test_only_one_of_two_processes_stores_the_answer_of_a_turn(app: FastAPI, customer: Customer, bot, clock):
    bot.hold()
    await customer.say("Who answers me?")
    await bot.asked()
    sessions = app.state.sessions
    async with sessions() as session:
        pending = await find_next(session, customer.conversation_id)
    rival = TurnResult(BotAnswer.model_validate(reply("I was first")), "en")

    async with sessions.begin() as session:
        assert await store_result(session, pending, rival, clock.now())
    bot.release()
    await app.state.runner.settled(customer.conversation_id)
    await customer.until(lambda: len(customer.texts("bot")) == 2)

    await customer.caught_up()
    assert customer.texts("bot")[1:] == ["I was first"]
    assert (await dialogue_of(customer)).version == 1


async def test_what_the_bot_says_after_the_customer_asked_for_a_person_is_dropped(app, customer: Customer, bot):
    bot.hold()
    await customer.say("Hello there")
    await bot.asked()
    await customer.ask_for_person()
    bot.release()
    await app.state.runner.settled(customer.conversation_id)
    await customer.caught_up()

    assert len(customer.texts("bot")) == 1
    assert (await customer.row()).status is ConversationStatus.QUEUED
    assert (await dialogue_of(customer)).version == 0


async def test_a_customer_message_racing_the_handoff_reaches_exactly_one_side(app, open_chat, bot: FakeBot):
    bot.rule = lambda turn: reply(
        "I get someone.", commands=[{"type": "handoff", "reason": "asked_for_person", "topic": "bills"}]
    )
    for _ in range(4):
        customer = await open_chat()
        bot.turns.clear()

        await asyncio.gather(customer.say("A person please"), _say_from_elsewhere(customer, "And one more thing"))
        await app.state.runner.settled(customer.conversation_id)

        async with app.state.sessions() as session:
            messages = (await session.scalars(_customer_messages(customer))).all()
        answered = [message for message in messages if message.turn is TurnState.ANSWERED]
        assert len(bot.turns) == len(answered) == 1
        assert not [message for message in messages if message.turn is TurnState.WAITING]


@on_any_database
async def test_the_bot_is_never_asked_while_a_person_is_awaited(customer: Customer, bot: FakeBot):
    await customer.ask_for_person()
    await customer.say("I am still here")
    await customer.caught_up()

    assert bot.turns == []
    assert customer.texts("customer")[-1] == "I am still here"


def _client(app: FastAPI):
    import httpx

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000")


def _customer_messages(customer: Customer):
    return select(Message).where(Message.conversation_id == customer.conversation_id, Message.sender == "customer")


async def _say_from_elsewhere(customer: Customer, text: str) -> None:
    other = await Customer(customer.app, customer.conversation_id, customer.token).connect()
    await other.say(text)
    await other.disconnect()
