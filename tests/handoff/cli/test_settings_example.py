"""`.env.example` lists every setting, and none that nothing reads."""

import re

import pytest

from actions.settings import Settings as ActionsSettings
from handoff.commands.settings import ROOT, OperatorSettings
from handoff.processes.secrets import MAKERS
from handoff.settings import Settings

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LISTED = re.findall(r"^(\w+)=", EXAMPLE, flags=re.MULTILINE)
READ = {
    f"SALDO_{field.upper()}" for model in (Settings, ActionsSettings, OperatorSettings) for field in model.model_fields
}


def test_every_setting_is_listed_once_and_nothing_else() -> None:
    assert sorted(LISTED) == sorted(READ)


def test_the_defaults_that_it_shows_are_those_of_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = dict(re.findall(r"^(\w+)=(.+)$", EXAMPLE, flags=re.MULTILINE))
    required = {"SALDO_DATABASE_URL": "sqlite:///saldo.db", **dict.fromkeys(MAKERS, "a secret")}
    for name in READ:
        monkeypatch.delenv(name, raising=False)
    # How many bots are usual depends on the machine.
    del shown["SALDO_BOT_PROCESSES"]

    assert load(monkeypatch, required) == load(monkeypatch, required | shown)


def load(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> list[dict[str, object]]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return [model().model_dump() for model in (Settings, ActionsSettings, OperatorSettings)]
