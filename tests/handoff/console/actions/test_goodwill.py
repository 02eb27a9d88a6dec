"""Goodwill: up to a limit, once per request, with its tax, told to the customer and known to the bot at once."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from actions.base import Runtime
from actions.server import make_executor
from billing.models.credit_note import CreditNote, CreditNoteTax, CreditReason
from handoff.console.actions import acting
from handoff.console.actions.models import AgentAction, AgentActionEnding
from handoff.conversations.models import Conversation as ChatConversation
from tests.actions.conversation import PEPPER, TURN_SECRET, Conversation
from tests.handoff.console.actions.account import Desk, Lena, count, credited
from tests.handoff.people import Customer, on_any_database


async def test_what_is_credited_is_what_was_shown_and_the_customer_reads_it(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer
):
    option = f"long_wait:{lena.open}"

    shown = (await desk.preview("goodwill", option, amount_minor=1190)).json()
    before = await credited(app, lena)
    done = await desk.do("goodwill", option, amount_minor=1190, preview=shown["amount_minor"])

    assert before == []
    assert (shown["amount_minor"], shown["currency"], shown["needs_approval"]) == (1190, "EUR", False)
    assert shown["lines"] == [{"label": "Due in total", "before": "€59.50", "after": "€47.60"}]
    assert done.status_code == 200, done.text
    assert (done.json()["state"], done.json()["by"], done.json()["amount_minor"]) == ("done", "Mia", 1190)
    async with app.state.sessions() as session:
        [note] = (await session.scalars(select(CreditNote))).all()
        [tax] = (await session.scalars(select(CreditNoteTax))).all()
    assert (note.number, note.reason) == (done.json()["document"], CreditReason.GOODWILL)
    assert (tax.gross_minor, tax.net_minor, tax.tax_minor) == (1190, 1000, 190)
    await customer.caught_up()
    told = f"We have credited you €11.90 for bill {lena.open} as a gesture of goodwill."
    assert customer.texts("system")[-1] == told
    assert shown["notice"] == f"The customer reads: {told}"
    assert (await desk.actions())["history"] == [done.json()]


@on_any_database
async def test_the_bot_counts_it_in_its_next_answer(desk: Desk, lena: Lena, sync_sessions, clock):
    executor = make_executor(Runtime(sync_sessions, clock, TURN_SECRET, PEPPER))
    with_bot = Conversation(executor, sync_sessions, clock, conversation_id=desk.conversation_id)
    before = await with_bot.run("action_tell_balance_due", intent="check_balance_due")

    await desk.do("goodwill", f"loyalty:{lena.open}", amount_minor=1000)
    after = await with_bot.run("action_tell_balance_due", intent="check_balance_due")

    assert "59.50" in str(before.messages)
    assert "49.50" in str(after.messages)
    assert "59.50" not in str(after.messages)


@on_any_database
async def test_the_customer_reads_it_in_the_language_of_the_conversation(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer
):
    async with app.state.sessions.begin() as session:
        (await session.get_one(ChatConversation, desk.conversation_id)).language = "de"

    await desk.do("goodwill", f"loyalty:{lena.open}", amount_minor=1000)

    await customer.caught_up()
    told = f"Wir haben Ihnen aus Kulanz 10,00\xa0€ zu Rechnung {lena.open} gutgeschrieben."
    assert customer.texts("system")[-1] == told


async def test_the_same_request_at_once_and_again_is_done_once(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer
):
    request_id, option = uuid4(), f"long_wait:{lena.open}"

    rivals = [desk.do("goodwill", option, request_id, amount_minor=1000) for _ in range(8)]
    answers = [response.json() for response in await asyncio.gather(*rivals)]
    again = await desk.do("goodwill", option, request_id, amount_minor=1000)

    assert all(answer == again.json() for answer in answers)
    assert (again.status_code, again.json()["state"]) == (200, "done")
    assert await credited(app, lena) == [1000]
    assert (await count(app, AgentAction), await count(app, AgentActionEnding)) == (1, 1)
    await customer.caught_up()
    assert len([text for text in customer.texts("system") if "goodwill" in text]) == 1


@on_any_database
async def test_another_request_with_the_same_id_is_refused(app: FastAPI, desk: Desk, lena: Lena):
    request_id, option = uuid4(), f"long_wait:{lena.open}"
    await desk.do("goodwill", option, request_id, amount_minor=1000)
    others = ({"amount_minor": 900}, {"note": "Another reason"}, {"day": "2026-12-01"})

    refusals = [await desk.do("goodwill", option, request_id, **{"amount_minor": 1000, **one}) for one in others]
    of_another_kind = await desk.do("dispute", f"all:{lena.open}", request_id)

    assert {(one.status_code, one.json()["error"]) for one in [*refusals, of_another_kind]} == {(409, "RequestReused")}
    assert await credited(app, lena) == [1000]


@on_any_database
async def test_small_amounts_in_a_row_come_to_an_end(app: FastAPI, desk: Desk, lena: Lena):
    option = f"long_wait:{lena.paid}"

    states = [(await desk.do("goodwill", option, amount_minor=2500)).json()["state"] for _ in range(4)]
    limits = await desk.action("goodwill")

    assert states == ["done", "done", "waiting", "waiting"]
    assert await credited(app, lena) == [2500, 2500]
    assert (limits["own_limit_minor"], limits["approval_limit_minor"]) == (0, 50_000 - 10_000)


async def test_rivals_in_other_conversations_do_not_get_around_the_limit(app: FastAPI, desks: list[Desk], lena: Lena):
    answers = await asyncio.gather(*(one.do("goodwill", f"long_wait:{lena.paid}", amount_minor=2500) for one in desks))

    ends = Counter(answer.json().get("state") or answer.json()["error"] for answer in answers)
    assert ends.pop("done") == 2
    assert set(ends) <= {"waiting", "OwnLimitChanged"}
    assert await credited(app, lena) == [2500, 2500]


async def test_all_kinds_at_once_for_one_customer_neither_block_each_other_nor_break(
    app: FastAPI, desks: list[Desk], lena: Lena
):
    wishes = (
        ("goodwill", f"loyalty:{lena.open}", {"amount_minor": 500}),
        ("arrangement", f"{lena.open}:2", {}),
        ("dispute", f"all:{lena.paid}", {}),
        ("goodwill", f"loyalty:{lena.paid}", {"amount_minor": 700}),
    )

    async def all_from(desk: Desk, first: int) -> list[httpx.Response]:
        """Each desk begins with another one."""
        mine = (*wishes[first:], *wishes[:first])
        return [await desk.do(kind, option, **more) for kind, option, more in mine]

    rounds = await asyncio.gather(*(all_from(desk, first) for first, desk in enumerate(desks)))

    assert {answer.status_code for answers in rounds for answer in answers} <= {200, 409}
    async with app.state.sessions() as session:
        done = Counter(await session.scalars(select(AgentAction.kind)))
    assert (done["arrangement"], done["dispute"], done["goodwill"]) == (1, 1, 8)
    assert sorted(await credited(app, lena)) == [500] * 4 + [700] * 4


@on_any_database
async def test_more_than_anybody_may_give_is_refused_with_what_is_possible(app: FastAPI, desk: Desk, lena: Lena):
    shown = await desk.preview("goodwill", f"long_wait:{lena.paid}", amount_minor=50_001)
    refused = await desk.do("goodwill", f"long_wait:{lena.paid}", amount_minor=50_001)

    assert (shown.status_code, refused.status_code) == (409, 409)
    assert refused.json()["text"] == "At most €500.00 can be given to this customer now."
    assert await count(app, AgentAction) == 0


@on_any_database
async def test_more_than_is_left_of_the_bill_is_refused_with_a_sentence(app: FastAPI, desk: Desk, lena: Lena):
    refused = await desk.do("goodwill", f"long_wait:{lena.open}", amount_minor=6000)

    assert refused.status_code == 409
    assert refused.json()["text"] == "That is more than is left of this bill."
    assert (await count(app, AgentAction), await credited(app, lena)) == (0, [])


@on_any_database
async def test_an_amount_that_was_not_shown_is_not_done(app: FastAPI, desk: Desk, lena: Lena):
    refused = await desk.do("goodwill", f"long_wait:{lena.open}", amount_minor=1000, preview=999)

    assert refused.status_code == 409
    assert refused.json()["text"] == "It now comes to €10.00, no longer to €9.99. Please look at it again."
    assert (await count(app, AgentAction), await credited(app, lena)) == (0, [])


NONSENSE = (
    ({}, "AmountMissing"),
    ({"amount_minor": 1000, "note": " "}, "NoteMissing"),
    ({"amount_minor": 0}, "InvalidRequest"),
    ({"amount_minor": -5}, "InvalidRequest"),
    ({"amount_minor": 10.5}, "InvalidRequest"),
    ({"amount_minor": 1000, "note": "x" * 501}, "InvalidRequest"),
    ({"amount_minor": 1000, "option": "long_wait:DE-2026-999999"}, "ActionNotPossible"),
    ({"amount_minor": 1000, "option": "birthday:DE-2026-000001"}, "ActionNotPossible"),
    ({"amount_minor": 1000, "option": "a\0b"}, "InvalidRequest"),
)


@on_any_database
async def test_what_makes_no_sense_is_refused(app: FastAPI, desk: Desk, lena: Lena):
    bodies = [{"option": f"long_wait:{lena.open}", **body} for body, _ in NONSENSE]

    refusals = [(await desk.do("goodwill", **body)).json()["error"] for body in bodies]

    assert refusals == [error for _, error in NONSENSE]
    assert await credited(app, lena) == []


@on_any_database
async def test_a_card_number_in_the_note_is_not_kept(desk: Desk, lena: Lena):
    done = await desk.do("goodwill", f"long_wait:{lena.open}", amount_minor=100, note="Paid with 4111 1111 1111 1111\0")

    assert "4111 1111" not in done.json()["note"]
    assert done.json()["note"].startswith("Paid with")


@on_any_database
async def test_nothing_is_left_behind_when_it_breaks_midway(
    app: FastAPI, desk: Desk, lena: Lena, client, monkeypatch: pytest.MonkeyPatch
):
    async def breaks(*_: object) -> None:
        raise RuntimeError("the lights go out")

    request_id, option = uuid4(), f"long_wait:{lena.open}"
    with monkeypatch.context() as broken:
        broken.setattr(acting, "tell_customer", breaks)
        failed = await client.post(
            f"{desk.path}/goodwill",
            json={"request_id": str(request_id), "option": option, "amount_minor": 1000, "note": "Sorry"},
            headers={"cookie": desk.agent.cookie, "origin": "http://127.0.0.1:8000"},
        )
    nothing = (await count(app, AgentAction), await credited(app, lena))
    done = await desk.do("goodwill", option, request_id, amount_minor=1000)

    assert failed.status_code == 500
    assert nothing == (0, [])
    assert done.json()["document"] == "DE-C-2026-000001"
