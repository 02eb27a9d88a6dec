"""What the handoff process reads from its environment."""

import pytest
from pydantic import SecretStr

from handoff.settings import SettingMissing, load_settings

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
