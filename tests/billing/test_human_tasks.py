"""Tasks for people: each thing waits once, the oldest is shown first, and done is done."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from billing.human_tasks import (
    TaskNotFound,
    close_task,
    close_tasks,
    finish_task,
    list_open_tasks,
    raise_task,
    reopen_task,
)
from billing.models import HumanTask, TaskKind
from tests.factories.billing import make_customer

NOW = datetime(2026, 11, 1, 6, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def raise_one(session: Session, key: str, *, now: datetime = NOW) -> bool:
    return raise_task(session, TaskKind.DELIVERY_FAILED, key, facts={"error": "no_recipient"}, now=now)


def open_keys(session: Session) -> list[str]:
    ids = [task.id for task in list_open_tasks(session)]
    return [session.get_one(HumanTask, task_id).key for task_id in ids]


def test_the_same_thing_waits_once(session: Session) -> None:
    assert [raise_one(session, "letter:1"), raise_one(session, "letter:1", now=LATER)] == [True, False]

    [task] = list_open_tasks(session)
    assert (task.created_at, task.facts) == (NOW, {"error": "no_recipient"})


def test_the_oldest_comes_first_with_the_customer_it_is_about(session: Session) -> None:
    customer = make_customer(session)
    raise_one(session, "letter:2", now=LATER)
    raise_task(session, TaskKind.DISPUTE_OPENED, "dispute:1", customer_id=customer.id, facts={}, now=NOW)

    tasks = list_open_tasks(session)

    assert [(task.kind, task.customer_number) for task in tasks] == [
        (TaskKind.DISPUTE_OPENED, customer.number),
        (TaskKind.DELIVERY_FAILED, None),
    ]
    assert list_open_tasks(session, limit=1) == tasks[:1]


def test_what_is_done_waits_no_more_and_keeps_its_first_instant(session: Session) -> None:
    raise_one(session, "letter:1")
    [task] = list_open_tasks(session)

    finish_task(session, task.id, now=LATER)
    finish_task(session, task.id, now=LATER + timedelta(hours=1))

    assert list_open_tasks(session) == []
    assert session.get_one(HumanTask, task.id).done_at == LATER


def test_an_unknown_task_cannot_be_finished(session: Session) -> None:
    with pytest.raises(TaskNotFound):
        finish_task(session, 404, now=NOW)


def test_closing_touches_the_named_ones_and_only_open_ones(session: Session) -> None:
    for key in ("a", "b", "c"):
        raise_one(session, key)
    close_task(session, "a", now=NOW)

    close_tasks(session, ["a", "b"], now=LATER)

    assert open_keys(session) == ["c"]
    assert [session.get_one(HumanTask, number).done_at for number in (1, 2)] == [NOW, LATER]


def test_a_thing_that_comes_back_is_open_again_with_its_new_facts(session: Session) -> None:
    raise_one(session, "letter:1")
    close_task(session, "letter:1", now=LATER)

    reopen_task(session, "letter:1", facts={"error": "refused"})

    [task] = list_open_tasks(session)
    assert (task.facts, task.created_at) == ({"error": "refused"}, NOW)
