"""The built pages."""

from pathlib import Path

import httpx
import pytest

from handoff.settings import Settings
from tests.handoff.conftest import running
from tests.handoff.people import ORIGIN, on_any_database


@pytest.fixture
def pages(settings: Settings) -> Path:
    for name in ("widget.js", "console/index.html", "console/assets/app-1.js", "demo/index.html"):
        path = settings.web_dist / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"this is {name}")
    (settings.web_dist.parent / "secret").write_text("secret")
    return settings.web_dist


@on_any_database
async def test_without_the_built_pages_a_sentence_says_what_to_do(client: httpx.AsyncClient):
    response = await client.get("/console")

    assert response.status_code == 503
    assert response.json()["error"] == "WebNotBuilt"
    assert "make web" in response.json()["text"]


@on_any_database
async def test_pages_come_from_the_built_folder_and_nowhere_else(client: httpx.AsyncClient, pages: Path):
    assert (await client.get("/console")).text == "this is console/index.html"
    assert (await client.get("/")).text == "this is console/index.html"
    assert (await client.get("/console/assets/app-1.js")).headers["cache-control"].endswith("immutable")
    assert (await client.get("/widget.js")).headers["access-control-allow-origin"] == "*"
    for path in (
        "/demo",
        "/demo/index.html",
        "/console/../../secret",
        "/console/%2e%2e/%2e%2e/secret",
        "/console/none.js",
    ):
        assert (await client.get(path)).status_code == 404, path


@on_any_database
async def test_the_demo_is_the_first_page_where_it_is_wanted(settings, clock, bot, pages: Path):
    async with (
        running(settings.model_copy(update={"demo": True}), clock, bot) as app,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client,
    ):
        assert (await client.get("/")).text == "this is demo/index.html"
        assert (await client.get("/demo")).text == "this is demo/index.html"
