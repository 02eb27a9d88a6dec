"""Each service sees only what it needs: the bot neither the database nor the secret that signs turns."""

from pathlib import Path

import pytest

from actions import settings as actions_settings
from handoff.commands.settings import OperatorSettings
from handoff.processes.plan import plan_services
from handoff.processes.service import Service

SECRETS = {
    "SALDO_BOT_SECRET": "the-bot-secret",
    "SALDO_TURN_SECRET": "the-turn-secret",
    "SALDO_CODE_PEPPER": "the-pepper",
}
INHERITED = {
    "PATH": "/usr/bin",
    "SALDO_TURN_SECRET": "another-turn-secret",
    "SALDO_DATABASE_URL": "postgresql+psycopg://db/saldo",
    "SALDO_TWILIO_AUTH_TOKEN": "the-twilio-token",
    "SALDO_WIDGET_ORIGINS": "https://shop.example",
    "SALDO_PAYMENT_PAGE_URL": "https://pay.example/{reference}",
    "AWS_SECRET_ACCESS_KEY": "not-ours",
}


@pytest.fixture
def services(tmp_path: Path) -> dict[str, Service]:
    settings = OperatorSettings(
        var=tmp_path, database_url=INHERITED["SALDO_DATABASE_URL"], port=9000, bot_port=9005, bot_processes=1
    )
    return plan_services(settings, INHERITED, SECRETS)


def test_the_bot_gets_its_secret_and_the_address_of_the_actions_only(services: dict[str, Service]) -> None:
    saldo = {name: value for name, value in services["bot"].environment.items() if name.startswith("SALDO_")}

    assert saldo == {"SALDO_BOT_SECRET": "the-bot-secret", "SALDO_ACTIONS_URL": "http://127.0.0.1:8055"}


def test_the_actions_get_the_database_three_secrets_and_the_payment_page_but_no_carrier(
    services: dict[str, Service],
) -> None:
    saldo = {name: value for name, value in services["actions"].environment.items() if name.startswith("SALDO_")}

    assert saldo == {
        "SALDO_DATABASE_URL": INHERITED["SALDO_DATABASE_URL"],
        "SALDO_PAYMENT_PAGE_URL": "https://pay.example/{reference}",
        **SECRETS,
    }


def test_the_actions_understand_every_setting_that_they_are_given(services: dict[str, Service]) -> None:
    given = {name for name in services["actions"].environment if name.startswith("SALDO_")}

    assert given <= {f"SALDO_{name.upper()}" for name in actions_settings.Settings.model_fields}


def test_handoff_gets_the_settings_of_the_installation(services: dict[str, Service]) -> None:
    environment = services["handoff"].environment

    assert environment["SALDO_TWILIO_AUTH_TOKEN"] == "the-twilio-token"
    assert environment["SALDO_WIDGET_ORIGINS"] == "https://shop.example"
    assert environment["SALDO_BOT_URLS"] == "http://127.0.0.1:9005"
    assert environment["SALDO_PUBLIC_URL"] == "http://127.0.0.1:9000"


def test_nobody_gets_what_is_not_saldos(services: dict[str, Service]) -> None:
    assert all("AWS_SECRET_ACCESS_KEY" not in service.environment for service in services.values())


def test_no_secret_stands_in_a_command_line(services: dict[str, Service]) -> None:
    words = " ".join(word for service in services.values() for word in service.command)

    assert [value for value in SECRETS.values() if value in words] == []


@pytest.mark.parametrize(
    ("database_url", "demo", "is_demo"),
    [
        (None, None, True),
        (None, False, False),
        ("postgresql+psycopg://db/saldo", None, False),
        ("postgresql+psycopg://db/saldo", True, True),
    ],
)
def test_a_database_that_somebody_named_is_a_demo_only_when_asked(
    database_url: str | None, demo: bool | None, is_demo: bool
) -> None:
    assert OperatorSettings(database_url=database_url, demo=demo).is_demo is is_demo


def test_several_bots_are_equal_but_for_their_port(tmp_path: Path) -> None:
    settings = OperatorSettings(var=tmp_path, bot_port=9005, bot_processes=3)

    services = plan_services(settings, {"PATH": "/usr/bin"}, SECRETS)

    bots = [services[name] for name in ("bot", "bot-2", "bot-3")]
    assert [bot.command[-1] for bot in bots] == ["9005", "9006", "9007"]
    assert len({bot.command[:-1] for bot in bots}) == 1
    assert services["handoff"].environment["SALDO_BOT_URLS"] == (
        "http://127.0.0.1:9005,http://127.0.0.1:9006,http://127.0.0.1:9007"
    )
