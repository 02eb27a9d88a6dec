"""Settings, live signals, rate limit, health and the built pages."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr

import handoff.app  # noqa: F401 (every feature with its tables)
from billing.db import Base, make_engine
from handoff.live import LiveEvents, Signal
from handoff.rate_limit import TokenBucket
from handoff.settings import SettingMissing, Settings, load_settings
from tests.fakes.bot import FakeBot
from tests.handoff.conftest import running
from tests.handoff.people import ORIGIN, on_any_database

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SECRETS = {"SALDO_BOT_SECRET": "a", "SALDO_TURN_SECRET": "b", "SALDO_CODE_PEPPER": "c"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SALDO_DATABASE_URL", raising=False)
    return monkeypatch


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_stops_the_process_with_a_sentence_that_names_it(environment, name: str):
    environment.delenv(name)

    with pytest.raises(SettingMissing, match=name):
        load_settings()


def test_settings_come_from_the_environment(environment):
    environment.setenv("SALDO_VAR", "elsewhere")
    environment.setenv("SALDO_PUBLIC_URL", "https://saldo.example")
    environment.setenv("SALDO_WIDGET_ORIGINS", "https://a.example/, https://b.example")

    settings = load_settings()

    assert settings.database_url == "sqlite:///elsewhere/saldo.db"
    assert settings.bot_secret == SecretStr("a")
    assert settings.own_origins == {"https://saldo.example"}
    assert settings.chat_origins == {"https://saldo.example", "https://a.example", "https://b.example"}
    assert settings.is_https


def test_a_loopback_address_is_known_under_both_of_its_names(environment):
    assert load_settings().own_origins == {"http://127.0.0.1:8000", "http://localhost:8000"}


def test_settings_show_no_secret(environment):
    environment.setenv("SALDO_BOT_SECRET", "very secret")

    assert "very secret" not in repr(load_settings())


async def test_signals_reach_the_streams_subscribers_and_nobody_else():
    live = LiveEvents()
    async with live.subscribe("one", "both") as first, live.subscribe("two", "both") as second:
        live.notify("one")
        live.notify("both", Signal("queue"))

        assert [(await anext(first)).kind, (await anext(first)).kind] == ["events", "queue"]
        assert (await anext(second)).kind == "queue"


async def test_a_slow_subscriber_is_told_once_of_many_changes():
    live = LiveEvents()
    async with live.subscribe("one") as signals:
        for _ in range(1000):
            live.notify("one")
        await anext(signals)

        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(signals), 0.01)
        live.notify("one")
        assert (await anext(signals)).kind == "events"


def test_a_bucket_allows_a_burst_and_then_a_rate():
    bucket = TokenBucket(3, 0.5, NOW)

    assert [bucket.take(NOW) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(NOW + timedelta(seconds=2)) for _ in range(2)] == [True, False]
    assert [bucket.take(NOW + timedelta(days=1)) for _ in range(4)] == [True, True, True, False]


def test_a_clock_set_back_gives_no_tokens():
    bucket = TokenBucket(1, 1, NOW)

    assert bucket.take(NOW)
    assert not bucket.take(NOW - timedelta(hours=1))


@on_any_database
async def test_health_tells_the_parts_apart(app, client: httpx.AsyncClient, bot: FakeBot):
    bot.is_up = False

    response = await client.get("/health")

    assert response.status_code == 200
    assert response.json() == {
        "status": "degraded",
        "parts": {"database": "ok", "bot": "down", "actions": "down"},
    }


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


def test_the_migrations_make_exactly_the_tables_of_the_models(database_url: str):
    engine = make_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata
        )
    engine.dispose()

    assert differences == []
