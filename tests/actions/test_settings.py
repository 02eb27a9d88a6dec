"""A missing variable stops the process with one sentence that names it."""

import pytest

from actions.settings import SettingMissing, load_settings

REQUIRED = ("SALDO_DATABASE_URL", "SALDO_BOT_SECRET", "SALDO_TURN_SECRET", "SALDO_CODE_PEPPER")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.setenv(name, "a secret")


@pytest.mark.parametrize("name", REQUIRED)
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")

    with pytest.raises(SettingMissing, match=f"{name} is not set"):
        load_settings()


def test_secrets_do_not_show_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALDO_DATABASE_URL", "sqlite://")

    assert "a secret" not in repr(load_settings())
