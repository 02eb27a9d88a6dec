"""Files that people send: judged by their content, stored once, fetched by the two who talk and by nobody else."""

import asyncio
import hashlib
from pathlib import Path
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from handoff.console.attachments import MOST_FILES
from handoff.console.file_store import LIMIT, clean_name
from handoff.console.uploads import AT_ONCE_OF_CONVERSATION
from handoff.settings import Settings
from tests.handoff.people import ORIGIN, AgentAtWork, Customer, on_any_database

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
JPEG = b"\xff\xd8\xff\xe0" + b"pixels"
PDF = b"%PDF-1.7\n" + b"pages"


KINDS = [(PNG, "png", ".png"), (JPEG, "jpeg", ".jpg"), (PDF, "pdf", ".pdf")]


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Files of a test lie beside its database."""
    return settings.model_copy(update={"var": tmp_path / "var"})


async def send(
    customer: Customer,
    client: httpx.AsyncClient,
    content: bytes,
    *,
    name: str = "bill.png",
    key: str = "f1",
    media_type: str = "image/png",
    token: str | None = None,
) -> httpx.Response:
    headers = {
        "authorization": f"Bearer {token or customer.token}",
        "content-type": media_type,
        "x-file-id": key,
        "x-file-name": quote(name, safe=""),
    }
    return await client.post(f"/api/conversations/{customer.conversation_id}/files", content=content, headers=headers)


async def send_as(agent: AgentAtWork, conversation_id: UUID, content: bytes, key: str = "f1") -> httpx.Response:
    headers = {"content-type": "application/pdf", "x-file-id": key, "x-file-name": "answer.pdf"}
    path = f"/api/console/conversations/{conversation_id}/files"
    return await agent.http.post(path, content=content, headers=headers)


async def fetch(customer: Customer, client: httpx.AsyncClient, file_id: str) -> httpx.Response:
    path = f"/api/conversations/{customer.conversation_id}/files/{file_id}"
    return await client.get(path, headers={"authorization": f"Bearer {customer.token}"})


async def test_a_customers_file_reaches_the_agent_as_a_card_and_byte_for_byte(
    client, agent: AgentAtWork, customer: Customer, held: UUID, settings
):
    await agent.connect()

    sent = await send(customer, client, PNG, name="Foto der Zähleruhr.png")
    await customer.caught_up()
    await agent.caught_up()

    assert sent.status_code == 201, sent.text
    card = sent.json()["card"]
    assert card | {"id": ""} == {
        "type": "file",
        "id": "",
        "name": "Foto der Zähleruhr.png",
        "size": len(PNG),
        "media_type": "image/png",
    }
    assert customer.messages[-1]["card"] == card
    assert card["id"] in str(agent.events)
    fetched = await agent.http.get(f"/api/console/files/{card['id']}")
    assert (fetched.status_code, fetched.content) == (200, PNG)
    sha256 = hashlib.sha256(PNG).hexdigest()
    assert (settings.var / "attachments" / sha256[:2] / sha256).read_bytes() == PNG
    await agent.socket.disconnect()


async def test_what_is_fetched_is_to_be_kept_and_never_shown(client, customer: Customer, held: UUID):
    card = (await send(customer, client, PNG, name="ä b.png")).json()["card"]

    fetched = await fetch(customer, client, card["id"])

    assert fetched.content == PNG
    assert fetched.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%A4%20b.png"
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert fetched.headers["content-type"] == "image/png"
    assert fetched.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert fetched.headers["cache-control"] == "private, no-store"


async def test_the_agents_file_reaches_the_customer_once(client, agent: AgentAtWork, customer: Customer, held: UUID):
    first, again = await send_as(agent, held, PDF), await send_as(agent, held, PDF)
    await customer.caught_up()

    assert first.json() == again.json()
    shown = [message for message in customer.messages if message["card"]]
    assert [(message["sender"], message["agent_name"]) for message in shown] == [("agent", "Mia")]
    assert (await fetch(customer, client, shown[0]["card"]["id"])).content == PDF


async def test_a_file_sent_again_under_its_id_is_one_message(client, customer: Customer, held: UUID):
    first, again = await send(customer, client, PNG), await send(customer, client, PNG)
    other = await send(customer, client, PNG, key="f2")

    assert first.json()["seq"] == again.json()["seq"] != other.json()["seq"]


@on_any_database
@pytest.mark.parametrize(("content", "kind", "ending"), KINDS)
async def test_the_content_says_what_a_file_is_and_not_its_name(client, customer, held, content, kind, ending):
    sent = await send(customer, client, content, name="setup.exe", media_type="application/pdf")

    card = sent.json()["card"]
    assert card["media_type"].endswith(kind)
    assert card["name"] == f"setup.exe{ending}"


@on_any_database
@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"<svg onload=alert(1)>", b"", b" %PDF-1.7", b"GIF89a"])
async def test_other_kinds_are_refused_whatever_they_call_themselves(client, customer, held, content: bytes):
    refused = await send(customer, client, content, name="photo.png")

    assert (refused.status_code, refused.json()["error"]) == (415, "FileKindRefused")


@on_any_database
async def test_too_big_is_refused_in_the_readers_language(client, customer: Customer, held: UUID, settings):
    client.headers["accept-language"] = "de"

    fits = await send(customer, client, PNG + b"x" * (LIMIT - len(PNG)))
    refused = await send(customer, client, PNG + b"x" * (LIMIT - len(PNG) + 1), key="f2")

    assert fits.status_code == 201
    assert (refused.status_code, refused.json()["error"]) == (413, "FileTooBig")
    assert refused.json()["text"] == "Die Datei ist zu groß. Möglich sind bis zu 10 MB."


@on_any_database
async def test_a_file_needs_a_person_who_was_asked_for(client, customer: Customer, settings):
    refused = await send(customer, client, PNG)
    await customer.ask_for_person()
    sent = await send(customer, client, PNG)

    assert (refused.status_code, refused.json()["error"]) == (409, "FilesNeedPerson")
    assert sent.status_code == 201


@on_any_database
async def test_what_is_refused_leaves_nothing_on_the_disk(client, customer: Customer, settings):
    await send(customer, client, PNG)

    assert not list(Path(settings.var).glob("attachments/**/*"))


@on_any_database
async def test_files_sent_at_once_beyond_the_limit_leave_nothing_on_the_disk(
    client, customer: Customer, held: UUID, settings, monkeypatch
):
    monkeypatch.setattr("handoff.console.attachments.MOST_FILES", 1)
    files = [PNG + bytes([number]) for number in range(AT_ONCE_OF_CONVERSATION)]

    answers = await asyncio.gather(
        *(send(customer, client, content, key=f"f{number}") for number, content in enumerate(files))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 429]
    assert len([path for path in Path(settings.var).glob("attachments/**/*") if path.is_file()]) == 1


@on_any_database
async def test_an_equal_file_stays_although_another_sending_of_it_is_refused(
    client, customer: Customer, held: UUID, settings, monkeypatch
):
    monkeypatch.setattr("handoff.console.attachments.MOST_FILES", 1)
    card = (await send(customer, client, PNG)).json()["card"]

    refused = await send(customer, client, PNG, key="f2")

    assert refused.status_code == 429
    assert (await fetch(customer, client, card["id"])).content == PNG


@on_any_database
async def test_files_of_a_conversation_are_not_without_end(client, customer: Customer, held: UUID):
    answers = [await send(customer, client, PNG, key=f"f{number}") for number in range(MOST_FILES + 1)]

    assert {answer.status_code for answer in answers[:-1]} == {201}
    assert (answers[-1].status_code, answers[-1].json()["error"]) == (429, "TooManyFiles")


@on_any_database
async def test_nobody_else_sends_or_fetches(client, hire, open_chat, customer: Customer, held: UUID):
    aino, stranger = await hire("Aino"), await open_chat()
    card = (await send(customer, client, PNG)).json()["card"]

    assert (await send(customer, client, PNG, key="x", token=stranger.token)).status_code == 404
    assert (await send(customer, client, PNG, key="x", token="invented")).status_code == 404
    assert (await fetch(stranger, client, card["id"])).status_code == 404
    assert (await client.get(f"/api/conversations/{customer.conversation_id}/files/{card['id']}")).status_code == 404
    assert (await client.get(f"/api/console/files/{card['id']}")).status_code == 401
    assert (await aino.http.get(f"/api/console/files/{card['id']}")).status_code == 404
    assert (await aino.http.get(f"/api/console/files/{uuid4()}")).status_code == 404
    assert (await send_as(aino, held, PDF)).json()["error"] == "HeldByAnother"


@on_any_database
async def test_a_supervisor_who_joins_can_fetch_but_not_send(client, supervisor: AgentAtWork, customer, held: UUID):
    card = (await send(customer, client, PNG)).json()["card"]

    assert (await supervisor.http.get(f"/api/console/files/{card['id']}")).content == PNG
    assert (await send_as(supervisor, held, PDF)).status_code == 409


@on_any_database
async def test_a_foreign_page_sends_no_file_with_an_agents_session(agent: AgentAtWork, held: UUID):
    agent.http.headers["origin"] = "https://elsewhere.example"
    assert (await send_as(agent, held, PDF)).json()["error"] == "OriginRefused"
    agent.http.headers["origin"] = ORIGIN
    path = f"/api/console/conversations/{held}/files"
    plain = await agent.http.post(path, content=PDF, headers={"content-type": "text/plain"})
    assert plain.json()["error"] == "NotJson"


@on_any_database
async def test_without_id_or_name_there_is_no_file(client, customer: Customer, held: UUID):
    headers = {"authorization": f"Bearer {customer.token}", "content-type": "image/png"}
    path = f"/api/conversations/{customer.conversation_id}/files"

    assert (await client.post(path, content=PNG, headers=headers)).json()["error"] == "InvalidRequest"
    spaced = await send(customer, client, PNG, key="with space")
    assert spaced.json()["error"] == "InvalidRequest"


@on_any_database
async def test_a_file_lost_from_the_disk_is_not_there(client, customer: Customer, held: UUID, settings):
    card = (await send(customer, client, PNG)).json()["card"]
    for path in settings.var.glob("attachments/*/*"):
        path.unlink()

    assert (await fetch(customer, client, card["id"])).status_code == 404


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\Lena\\bill.png", "bill.png"),
        ("bill.PNG", "bill.png"),
        ("%E2%80%AEgnp.exe", "gnp.exe.png"),
        ("", "image.png"),
        ("...", "image.png"),
        ("a\nb.png", "a b.png"),
        ("x" * 500 + ".png", "x" * 120 + ".png"),
    ],
)
def test_a_name_is_no_path_hides_nothing_and_ends_as_the_content_demands(given: str, shown: str):
    assert clean_name(given, "image/png") == shown


def test_a_card_number_does_not_stay_in_a_name():
    assert "4111" not in clean_name("4111 1111 1111 1111.png", "image/png")
