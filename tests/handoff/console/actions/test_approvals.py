"""Four eyes: what is above an agent's limit waits for another supervisor, who is the only one to decide it."""

import asyncio

import pytest
from fastapi import FastAPI

from billing.ledger.credit_notes import credit_rest
from billing.models.credit_note import CreditReason
from billing.models.invoice import Invoice
from handoff.agents.models import Agent, Role
from handoff.console.actions.models import AgentActionEnding
from tests.handoff.console.actions.account import (
    Answer,
    Approver,
    Desk,
    Lena,
    count,
    credited,
    sign_in_again,
)
from tests.handoff.people import Customer, on_any_database


@pytest.fixture
async def asked(desk: Desk, lena: Lena) -> Answer:
    """Mia asks for 40.00, and may give 25.00 alone."""
    response = await desk.do("goodwill", f"poor_service:{lena.paid}", amount_minor=4000, preview=4000)
    assert response.status_code == 200, response.text
    answer: Answer = response.json()
    return answer


async def test_above_the_own_limit_nothing_is_done_until_a_supervisor_approves(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer, asked: Answer, approver: Approver
):
    await customer.caught_up()
    before = (asked["state"], asked["document"], await credited(app, lena), "goodwill" in str(customer.texts()))
    [waiting] = await approver.waiting()

    decided = await approver.decide(asked["id"], note="Agreed")
    again = await approver.decide(asked["id"])

    assert before == ("waiting", None, [], False)
    assert (waiting["id"], waiting["customer"], waiting["by"]) == (asked["id"], "Lena Hoffmann", "Mia")
    assert (waiting["limit_minor"], waiting["reason"]) == (2500, "Mia can give €25.00 alone.")
    assert (waiting["conversation_id"], waiting["mine"]) == (str(desk.conversation_id), False)
    assert decided.status_code == 200, decided.text
    assert (decided.json()["state"], decided.json()["decided_by"]) == ("done", "Kerstin")
    assert (again.status_code, again.json()) == (200, decided.json())
    assert await credited(app, lena) == [4000]
    assert await approver.waiting() == []
    await customer.caught_up()
    assert customer.texts("system")[-1] == (
        f"We have credited you €40.00 for bill {lena.paid} as a gesture of goodwill."
    )
    [shown] = (await desk.actions())["history"]
    assert (shown["state"], shown["by"], shown["decided_by"]) == ("done", "Mia", "Kerstin")
    assert (shown["note"], shown["document"]) == ("Waited an hour", "DE-C-2026-000001")


@on_any_database
async def test_the_preview_says_that_it_needs_an_approval(desk: Desk, lena: Lena):
    shown = (await desk.preview("goodwill", f"poor_service:{lena.paid}", amount_minor=4000)).json()

    assert shown["needs_approval"] is True
    assert shown["notice"].startswith("This is above your limit of €25.00: a supervisor has to approve it.")


async def test_of_two_supervisors_at_once_one_decides_and_the_other_is_told_who(
    app: FastAPI, lena: Lena, asked: Answer, approver: Approver, other_approver: Approver
):
    answers = await asyncio.gather(*(one.decide(asked["id"]) for one in (approver, other_approver)))

    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json()["error"] == "ApprovalDecided"
    assert second.json()["text"] == f"{first.json()['decided_by']} has already decided this."
    assert await credited(app, lena) == [4000]
    assert await count(app, AgentActionEnding) == 1


@on_any_database
async def test_what_was_refused_cannot_be_approved(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer, asked: Answer, approver: Approver
):
    refused = await approver.decide(asked["id"], "refuse", "Too much")
    too_late = await approver.decide(asked["id"], "approve")

    assert (refused.json()["state"], refused.json()["decided_by"]) == ("refused", "Kerstin")
    assert (too_late.status_code, too_late.json()["error"]) == (409, "ApprovalDecided")
    assert await credited(app, lena) == []
    [shown] = (await desk.actions())["history"]
    assert (shown["state"], shown["document"], shown["reason"]) == ("refused", None, "Too much")
    await customer.caught_up()
    assert "goodwill" not in str(customer.texts())


@on_any_database
async def test_nobody_approves_their_own_request(
    app: FastAPI, desk: Desk, lena: Lena, approver: Approver, asked: Answer
):
    async with app.state.sessions.begin() as session:
        (await session.get_one(Agent, desk.agent.agent_id)).role = Role.SUPERVISOR
    mia = Approver(desk.agent)

    [own] = await mia.waiting()
    refused = await mia.decide(asked["id"])

    assert own["mine"] is True
    assert refused.status_code == 409
    assert refused.json()["text"] == "You asked for this yourself. Another supervisor has to decide it."
    assert await credited(app, lena) == []
    assert (await approver.decide(asked["id"])).json()["state"] == "done"


@on_any_database
async def test_a_supervisor_too_has_a_limit_and_needs_another_above_it(
    app: FastAPI, desk: Desk, lena: Lena, approver: Approver
):
    async with app.state.sessions.begin() as session:
        (await session.get_one(Agent, desk.agent.agent_id)).role = Role.SUPERVISOR

    alone = await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=10_000)
    above = await desk.do("goodwill", f"loyalty:{lena.open}", amount_minor=5_950)
    rest = await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1_900)

    # 100.00 at once and 200.00 in all: 59.50 and 19.00 are within both.
    assert [answer.json()["state"] for answer in (alone, above, rest)] == ["done", "done", "done"]
    limits = await desk.action("goodwill")
    assert limits["allowed"] is False
    assert limits["reason"] == "There is no bill of which anything could be credited."


@on_any_database
async def test_agents_who_are_no_supervisors_find_no_approvals(desk: Desk, asked: Answer):
    mia = Approver(desk.agent)

    assert (await desk.agent.http.get("/api/console/approvals")).status_code == 404
    assert (await mia.decide(asked["id"])).status_code == 404


@on_any_database
async def test_an_approval_expires(app: FastAPI, lena: Lena, asked: Answer, approver: Approver, desk: Desk, clock):
    clock.advance(hours=23, minutes=59)
    kerstin = Approver(await sign_in_again(app, approver.agent, clock.now()))
    mia = await sign_in_again(app, desk.agent, clock.now())
    in_time = await kerstin.waiting()
    clock.advance(minutes=1)

    listed = await kerstin.waiting()
    late = await kerstin.decide(asked["id"])

    assert ([one["id"] for one in in_time], listed) == ([asked["id"]], [])
    assert (late.status_code, late.json()["error"]) == (409, "ApprovalExpired")
    assert await credited(app, lena) == []
    [shown] = (await Desk(mia, desk.conversation_id).actions())["history"]
    assert (shown["state"], shown["reason"]) == ("failed", "Nobody decided in time.")


@on_any_database
async def test_a_bill_that_was_credited_meanwhile_fails_with_the_reason(
    app: FastAPI, desk: Desk, lena: Lena, customer: Customer, asked: Answer, approver: Approver, sync_sessions, clock
):
    with sync_sessions.begin() as session:
        invoice = session.query(Invoice).filter_by(number=lena.paid).one()
        credit_rest(session, invoice.id, CreditReason.CORRECTION, now=clock.now())

    decided = (await approver.decide(asked["id"])).json()

    assert (decided["state"], decided["reason"]) == ("failed", "That is more than is left of this bill.")
    assert await credited(app, lena) == [11_900]
    [shown] = (await desk.actions())["history"]
    assert (shown["state"], shown["decided_by"]) == ("failed", "Kerstin")
    await customer.caught_up()
    assert "goodwill" not in str(customer.texts())


@on_any_database
async def test_an_approval_that_is_above_the_limit_by_now_fails(
    app: FastAPI, lena: Lena, asked: Answer, approver: Approver
):
    limits = app.state.parts.authority
    narrower = limits.goodwill["EUR"].model_copy(update={"approved": limits.goodwill["EUR"].agent})
    narrowed = limits.model_copy(update={"goodwill": {"EUR": narrower}})
    object.__setattr__(app.state.parts, "authority", narrowed)

    decided = (await approver.decide(asked["id"])).json()

    assert (decided["state"], await credited(app, lena)) == ("failed", [])
    assert decided["reason"] == "It would be more than may be given to this customer with an approval."


@on_any_database
async def test_the_customer_is_told_also_after_the_conversation_has_ended(
    desk: Desk, lena: Lena, customer: Customer, asked: Answer, approver: Approver
):
    await desk.agent.http.post(f"/api/console/conversations/{desk.conversation_id}/close")

    await approver.decide(asked["id"])

    await customer.caught_up()
    assert "€40.00" in customer.texts("system")[-1]


@on_any_database
async def test_the_consoles_hear_that_something_waits_and_that_it_was_decided(
    desk: Desk, lena: Lena, approver: Approver
):
    await desk.agent.connect()
    await approver.agent.connect()

    asked = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=4000)).json()
    await approver.agent.until(lambda: approver.agent.frames_of("approvals.changed"))
    await desk.agent.until(lambda: desk.agent.frames_of("actions.changed"))
    await approver.decide(asked["id"])
    await approver.agent.until(lambda: len(approver.agent.frames_of("approvals.changed")) == 2)
    await desk.agent.until(lambda: len(desk.agent.frames_of("actions.changed")) == 2)

    frame = {"type": "actions.changed", "conversation_id": str(desk.conversation_id)}
    assert desk.agent.frames_of("actions.changed") == [frame, frame]
    assert desk.agent.frames_of("approvals.changed") == []
    for one in (desk.agent, approver.agent):
        await one.socket.disconnect()


@pytest.mark.parametrize("action_id", ["00000000-0000-4000-8000-000000000000", "nonsense"])
@on_any_database
async def test_an_approval_that_does_not_exist_is_not_found(approver: Approver, action_id):
    refused = await approver.decide(action_id)

    assert refused.json()["error"] == ("ApprovalNotFound" if action_id != "nonsense" else "InvalidRequest")


@on_any_database
async def test_what_was_done_alone_is_no_approval(desk: Desk, lena: Lena, approver: Approver):
    done = (await desk.do("goodwill", f"loyalty:{lena.paid}", amount_minor=1000)).json()

    assert (await approver.decide(done["id"], "refuse")).json()["error"] == "ApprovalNotFound"


async def test_the_board_shows_an_approval_for_as_long_as_it_waits(asked: Answer, approver: Approver):
    async def shown() -> list[tuple[str, str]]:
        board = (await approver.agent.http.get("/api/board")).json()
        return [(each["id"], each["agent_name"]) for each in board["approvals"]]

    before = await shown()
    await approver.decide(asked["id"])

    assert (before, await shown()) == ([(asked["id"], "Mia")], [])
