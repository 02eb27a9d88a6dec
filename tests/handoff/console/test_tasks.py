"""The list of tasks: every agent sees what waits for a person and can take it off the list."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from billing.human_tasks import raise_task
from billing.models.human_task import TaskKind
from tests.factories.billing import make_customer
from tests.handoff.people import AgentAtWork, on_any_database

PATH = "/api/console/tasks"


@pytest.fixture
def put_before_a_person(app: FastAPI, clock) -> Callable:
    """Raise a task for a new customer; the later ones are raised an hour later each."""

    async def put(kind: TaskKind, key: str, *, number: str, facts: dict[str, object]) -> None:
        def write(session) -> None:
            customer = make_customer(session, number=number)
            raise_task(session, kind, key, customer_id=customer.id, facts=facts, now=clock.now())

        async with app.state.sessions.begin() as session:
            await session.run_sync(write)
        clock.advance(hours=1)

    return put


async def test_the_list_names_what_waits_the_oldest_first(agent: AgentAtWork, put_before_a_person, clock):
    raised_at = clock.now()
    doubt = {"kind": "total_unusual", "total_minor": 20_001, "median_minor": 4000, "earlier_bills": 3}
    parked = {"period": "2026-10", "error": "BillDoubtful", "total_minor": 20_001, "currency": "EUR", "doubts": [doubt]}
    await put_before_a_person(TaskKind.BILLING_PARKED, "parked", number="10000001", facts=parked)
    disputed = {
        "dispute_id": "1",
        "invoice_number": "DE-2026-000007",
        "disputed_minor": 1200,
        "currency": "EUR",
        "answer_by": "2026-12-31",
    }
    await put_before_a_person(TaskKind.DISPUTE_OPENED, "dispute", number="10000002", facts=disputed)

    first, second = (await agent.http.get(PATH)).json()

    nothing = {"invoice_number": None, "reference": None, "answer_by": None, "rule": None}
    assert first | {"id": None, "created_at": None} == {
        "id": None,
        "kind": "billing_parked",
        "reason": "total_unusual",
        "customer_number": "10000001",
        "period": "2026-10",
        "amount_minor": 20_001,
        "currency": "EUR",
        "created_at": None,
        **nothing,
    }
    assert first["created_at"].replace("Z", "+00:00") == raised_at.isoformat()
    assert (second["reason"], second["invoice_number"], second["amount_minor"], second["answer_by"]) == (
        "dispute_opened",
        "DE-2026-000007",
        1200,
        "2026-12-31",
    )


async def test_a_cancellation_is_listed_with_the_reference_that_the_customer_has(
    agent: AgentAtWork, put_before_a_person
):
    facts = {"reference": "K3F9A2C1", "conversation": "3f9a2c1b-0000-4000-8000-000000000000"}
    await put_before_a_person(TaskKind.CANCELLATION_STATED, "cancellation", number="10000001", facts=facts)

    (task,) = (await agent.http.get(PATH)).json()

    assert (task["kind"], task["reference"]) == ("cancellation_stated", "K3F9A2C1")


async def test_an_error_is_the_reason_and_an_amount_without_currency_is_not_shown(
    agent: AgentAtWork, put_before_a_person
):
    facts = {"period": "2026-10", "error": "TotalNegative", "minor": -1, "amount_minor": -1}
    await put_before_a_person(TaskKind.BILLING_PARKED, "parked", number="10000001", facts=facts)

    [task] = (await agent.http.get(PATH)).json()

    assert (task["reason"], task["amount_minor"]) == ("TotalNegative", None)


async def test_a_task_that_is_done_leaves_the_list_and_twice_is_once(agent: AgentAtWork, put_before_a_person):
    for number in ("10000001", "10000002"):
        await put_before_a_person(TaskKind.REFUND_REQUESTED, number, number=number, facts={})

    first = (await agent.http.get(PATH)).json()[0]

    answers = [await agent.http.post(f"{PATH}/{first['id']}/done", json={}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert [task["customer_number"] for task in (await agent.http.get(PATH)).json()] == ["10000002"]


@on_any_database
@pytest.mark.parametrize(("task_id", "status"), [("404", 404), ("0", 422), ("99999999999999999999", 422), ("x", 422)])
async def test_an_unknown_task_is_refused(agent: AgentAtWork, task_id: str, status: int):
    answer = await agent.http.post(f"{PATH}/{task_id}/done", json={})

    assert answer.status_code == status
    if status == 404:
        assert answer.json() == {"error": "TaskNotFound", "text": "There is no such task."}


@on_any_database
async def test_who_is_not_signed_in_sees_and_does_nothing(client: httpx.AsyncClient, app: FastAPI):
    answers = [await client.get(PATH), await client.post(f"{PATH}/1/done", json={})]

    assert [answer.status_code for answer in answers] == [401, 401]


@on_any_database
async def test_of_very_many_the_oldest_are_shown(agent: AgentAtWork, app: FastAPI, clock):
    def write(session) -> None:
        for number in range(205):
            now = clock.now() - timedelta(minutes=number)
            raise_task(session, TaskKind.LAW_MISSING, f"law:{number}", facts={"rule": f"r{number}"}, now=now)

    async with app.state.sessions.begin() as session:
        await session.run_sync(write)

    tasks = (await agent.http.get(PATH)).json()

    assert (len(tasks), tasks[0]["rule"], tasks[0]["customer_number"]) == (200, "r204", None)
