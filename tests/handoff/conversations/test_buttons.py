"""Buttons: the customer sends an id that we gave; what it means stays with us."""

from uuid import uuid4

from sqlalchemy import select

from handoff.conversations.models import Button
from tests.fakes.bot import FakeBot, reply
from tests.handoff.people import Customer, on_any_database


def offer_choice(bot: FakeBot) -> None:
    bot.rule = lambda turn: reply(
        "Which one?", buttons=[{"title": "The September bill", "payload": '/why_bill_higher{"month": "2026-09"}'}]
    )


async def test_a_pressed_button_is_the_customers_message_and_the_bots_intent(customer: Customer, bot: FakeBot):
    offer_choice(bot)
    await customer.ask("Explain a bill")

    seq = await customer.press(customer.button("The September bill"))
    await customer.until(lambda: customer.answers_after(seq))

    assert customer.texts("customer") == ["Explain a bill", "The September bill"]
    assert bot.turns[1].text is None
    assert bot.turns[1].intent == {"name": "why_bill_higher", "entities": {"month": "2026-09"}}


@on_any_database
async def test_pressing_twice_under_one_key_presses_once(customer: Customer, bot: FakeBot):
    offer_choice(bot)
    await customer.ask("Explain a bill")
    button = customer.button("The September bill")

    first = await customer.press(button, "pressed")
    await customer.until(lambda: customer.answers_after(first))

    assert await customer.press(button, "pressed") == first
    assert len(bot.turns) == 2


@on_any_database
async def test_the_payload_never_leaves_the_server(customer: Customer, bot: FakeBot):
    offer_choice(bot)
    await customer.ask("Explain a bill")

    assert "why_bill_higher" not in str(customer.frames)


@on_any_database
async def test_a_button_of_another_conversation_or_an_invented_one_is_refused(open_chat, bot: FakeBot):
    offer_choice(bot)
    mine, foreign = await open_chat(), await open_chat()
    await foreign.ask("Explain a bill")

    for button_id in (foreign.button("The September bill"), "invented", "/why_bill_higher"):
        frame = {"type": "button.press", "client_msg_id": uuid4().hex, "button_id": button_id}
        assert (await mine.refused(frame))["error"] == "UnknownButton"
    assert mine.texts("customer") == []


@on_any_database
async def test_the_greetings_buttons_ask_the_first_questions(customer: Customer, bot: FakeBot):
    seq = await customer.press(customer.button("Why is my bill different?"))
    await customer.until(lambda: customer.answers_after(seq))

    assert bot.turns[0].intent == {"name": "why_bill_higher", "entities": {}}


@on_any_database
async def test_button_ids_are_long_and_random(customer: Customer):
    async with customer.app.state.sessions() as session:
        ids = list((await session.scalars(select(Button.id))).all())

    assert len(set(ids)) == 4
    assert min(len(button_id) for button_id in ids) >= 20
