"""`saldo doctor` says where letters go."""

import pytest

from handoff.commands.findings import Verdict
from handoff.commands.settings import OperatorSettings
from handoff.commands.settings_checkup import mail_finding


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SALDO_SMTP_HOST", "SALDO_MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_mail_server_letters_stay_in_the_outbox() -> None:
    finding = mail_finding(OperatorSettings(demo=False))

    assert finding.verdict is Verdict.note
    assert "stay in the outbox" in finding.sentence
    assert "SALDO_SMTP_HOST and SALDO_MAIL_FROM" in finding.sentence


def test_a_mail_server_without_a_sender_sends_nothing() -> None:
    finding = mail_finding(OperatorSettings(demo=False, smtp_host="mail.example"))

    assert finding.verdict is Verdict.note
    assert finding.sentence.endswith("set SALDO_MAIL_FROM.")


def test_a_demo_needs_no_mail_server() -> None:
    assert "outbox" not in mail_finding(OperatorSettings(demo=True)).sentence


def test_with_server_and_sender_all_is_well() -> None:
    settings = OperatorSettings(demo=False, smtp_host="mail.example", mail_from="bills@nordlicht.example")

    assert mail_finding(settings).verdict is Verdict.fine
