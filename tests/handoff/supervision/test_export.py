"""The export: one line a contact, in documented columns, safe to open in a spreadsheet."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest

from handoff.agents.models import Agent
from handoff.contact_log import ContactEventKind as Kind
from handoff.supervision import exporting
from handoff.supervision.contacts import fold
from handoff.supervision.exporting import COLUMNS, csv_row, safe_cell
from tests.handoff.people import on_any_database
from tests.handoff.supervision.histories import Story, agent_id, at


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


async def export(supervisor, first: str, last: str) -> list[dict[str, str]]:
    response = await supervisor.http.get(f"/api/board/export.csv?from={first}&until={last}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    return lines_of(response.text)


async def test_each_contact_is_one_line_without_what_was_said(supervisor, agent, customer, clock, app):
    await customer.say("My secret is 4711")
    await customer.ask_for_person()
    clock.advance(seconds=12)
    conversation_id = await agent.take_next()
    await agent.reply(conversation_id, "A very private answer")

    response = await supervisor.http.get("/api/board/export.csv?from=2026-11-21&until=2026-11-21")
    [line] = lines_of(response.text)

    assert tuple(line) == COLUMNS
    assert line["conversation_id"] == str(customer.conversation_id)
    assert (line["outcome"], line["wait_seconds"], line["within_promise"]) == ("answered", "12", "1")
    assert (line["queue"], line["language"], line["channel"], line["agents"]) == ("general", "en", "webchat", "Mia")
    assert datetime.fromisoformat(line["answered_at"]) == clock.now().astimezone(UTC)
    assert "4711" not in response.text
    assert "private" not in response.text


@on_any_database
async def test_only_the_days_asked_for_are_exported(supervisor, customer):
    await customer.ask_for_person()

    assert len(await export(supervisor, "2026-11-20", "2026-11-20")) == 0
    assert len(await export(supervisor, "2026-11-20", "2026-11-22")) == 1
    assert len(await export(supervisor, "2026-11-22", "2026-11-21")) == 0


@on_any_database
async def test_more_than_a_year_at_once_is_refused(supervisor):
    response = await supervisor.http.get("/api/board/export.csv?from=2025-01-01&until=2026-12-31")

    assert (response.status_code, response.json()["days"]) == (422, 366)


@on_any_database
async def test_a_name_that_looks_like_a_formula_stays_text(app, supervisor, agent, customer):
    async with app.state.sessions.begin() as session:
        (await session.get_one(Agent, agent.agent_id)).name = '=HYPERLINK("http://evil.example")'
    await customer.ask_for_person()
    await agent.take_next()

    [line] = await export(supervisor, "2026-11-21", "2026-11-21")

    assert line["agents"] == '\'=HYPERLINK("http://evil.example")'


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_whatever_a_spreadsheet_would_compute_begins_with_an_apostrophe(begin):
    assert safe_cell(begin + "1+1") == "'" + begin + "1+1"


@pytest.mark.parametrize("value", ["Mia", "", 5, -5, None, "a=b"])
def test_everything_else_stays_as_it_is(value):
    assert safe_cell(value) == value


def test_a_line_tells_the_whole_way_of_a_contact():
    story = Story()
    told = story.contact(1)(0, Kind.REQUESTED)(5, Kind.OFFERED, 1)(25, Kind.MISSED, 1)(25, Kind.REQUEUED)
    told(30, Kind.OFFERED, 2)(40, Kind.TAKEN, 2)(140, Kind.TRANSFERRED, 2)(150, Kind.TAKEN, 1)
    told(200, Kind.WRAP_UP_BEGUN, 1)(230, Kind.WRAP_UP_DONE, 1, disposition="solved")(230, Kind.CLOSED, 1)
    [contact] = fold(story.rows())

    names = {agent_id(1): "Mia", agent_id(2): "Aino"}
    line = dict(zip(COLUMNS, csv_row(contact, 60, names, at(1000)), strict=True))

    assert (line["offers"], line["missed"], line["transfers"]) == (2, 1, 1)
    assert (line["talk_seconds"], line["wrap_up_seconds"], line["agents"]) == (150, 30, "Aino; Mia")
    assert (line["wait_seconds"], line["promise_seconds"], line["within_promise"]) == (40, 60, 1)
    assert line["disposition"] == "solved"


def test_every_column_is_documented():
    documented = exporting.__doc__ or ""

    assert all(column in documented for column in COLUMNS)
