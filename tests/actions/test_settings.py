"""A missing secret stops the process with one sentence that names it."""

import pytest

from actions.settings import SettingMissing, load_settings

SECRETS = ("SALDO_BOT_SECRET", "SALDO_TURN_SECRET", "SALDO_CODE_PEPPER")


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "a secret")


@pytest.mark.parametrize("name", SECRETS)
def test_an_empty_secret_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")

    with pytest.raises(SettingMissing, match=f"{name} is not set"):
        load_settings()


def test_without_a_database_url_the_database_stands_in_var(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SALDO_DATABASE_URL", raising=False)
    monkeypatch.setenv("SALDO_VAR", "elsewhere")

    assert load_settings().database_url == "sqlite:///elsewhere/saldo.db"


def test_secrets_do_not_show_in_the_settings() -> None:
    assert "a secret" not in repr(load_settings())
