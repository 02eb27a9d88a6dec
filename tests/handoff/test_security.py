"""What a browser of somebody else's page can and cannot do, and the headers that every page gets."""

import httpx
import pytest

from handoff.texts import server_texts
from tests.handoff.people import ORIGIN, AgentAtWork, on_any_database

pytestmark = on_any_database


async def test_another_page_cannot_use_the_agents_cookie(agent: AgentAtWork):
    for headers in ({"origin": "https://evil.example"}, {"origin": "https://shop.example"}, {"origin": "null"}):
        response = await agent.http.put("/api/agents/me/presence", json={"status": "away"}, headers=headers)
        assert (response.status_code, response.json()["error"]) == (403, "OriginRefused")
    assert (await agent.http.get("/api/agents/me")).json()["presence"] == "available"


async def test_a_form_of_another_page_is_refused_even_without_an_origin(agent: AgentAtWork):
    del agent.http.headers["origin"]
    form = await agent.http.post("/api/agents/logout", content="a=b", headers={"content-type": "text/plain"})
    crossing = await agent.http.post("/api/agents/logout", headers={"sec-fetch-site": "cross-site"})

    assert (form.status_code, form.json()["error"]) == (415, "NotJson")
    assert (crossing.status_code, crossing.json()["error"]) == (403, "OriginRefused")
    assert (await agent.http.get("/api/agents/me")).status_code == 200


async def test_only_listed_pages_may_open_a_conversation_from_elsewhere(client: httpx.AsyncClient):
    async def open_from(origin: str) -> httpx.Response:
        return await client.post("/api/conversations", json={"language": "de"}, headers={"origin": origin})

    listed, foreign = await open_from("https://shop.example"), await open_from("https://evil.example")

    assert listed.status_code == 201
    assert listed.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in listed.headers
    assert foreign.status_code == 403
    assert "access-control-allow-origin" not in foreign.headers


async def test_a_listed_page_passes_the_browsers_preflight(client: httpx.AsyncClient):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}

    listed = await client.options("/api/conversations", headers={"origin": "https://shop.example", **asked})
    foreign = await client.options("/api/conversations", headers={"origin": "https://evil.example", **asked})

    assert listed.status_code == 200
    assert foreign.status_code == 400


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient):
    for path in ("/health", "/console", "/api/nothing"):
        headers = (await client.get(path)).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "ws://127.0.0.1:8000" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
    assert (await client.get("/api/nothing")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("header", "language"), [("de-DE", "de"), ("fi", "fi"), ("en-US", "en")])
async def test_errors_speak_the_readers_language(client: httpx.AsyncClient, header: str, language: str):
    response = await client.get("/api/agents/me", headers={"accept-language": header})

    assert response.json() == {"error": "NotSignedIn", "text": server_texts().text("error.NotSignedIn", language)}


async def test_unknown_addresses_and_methods_are_told_apart(client: httpx.AsyncClient):
    for path in ("/api/nothing", "/nothing", "/api/conversations/"):
        assert (await client.get(path)).json()["error"] == "NotFound"
    assert (await client.put("/api/conversations", json={})).json()["error"] == "MethodNotAllowed"


async def test_a_broken_request_is_refused_without_repeating_it(client: httpx.AsyncClient):
    secret = "4111111111111111"
    for content in (f'{{"language": "{secret}"}}', f"{secret}", f'{{"{secret}'):
        response = await client.post(
            "/api/conversations", content=content, headers={"content-type": "application/json", "origin": ORIGIN}
        )
        assert (response.status_code, response.json()["error"]) == (422, "InvalidRequest")
        assert secret not in response.text


async def test_an_accident_shows_nothing_of_itself_and_quotes_nothing_in_the_log(client, monkeypatch, caplog):
    quoted = "what a customer wrote"

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(quoted)

    monkeypatch.setattr("handoff.conversations.service.open_conversation", breaks)
    response = await client.post("/api/conversations", json={"language": "de"}, headers={"accept-language": "de"})

    assert response.status_code == 500
    assert response.json() == {"error": "InternalError", "text": server_texts().text("error.InternalError", "de")}
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "POST /api/conversations failed: RuntimeError" in caplog.text
    assert quoted not in caplog.text
