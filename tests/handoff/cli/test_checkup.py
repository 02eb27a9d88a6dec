"""What `saldo doctor` finds in the model's inputs, the files of rules, the built pages and the payment page."""

import os
from pathlib import Path

import pytest

from handoff.commands import checkup
from handoff.commands.checkup import model_finding, web_finding
from handoff.commands.findings import Verdict
from handoff.commands.settings import OperatorSettings
from handoff.commands.settings_checkup import authority_finding, payment_page_finding
from handoff.processes.preflight import PAGES, CannotStart, check_settings


@pytest.mark.parametrize(
    "name", ["config.yml", "data/bills/nlu.yml", "bot/nlu/entities/months.py", "bot/nlu/a/b/names.yml"]
)
def test_an_input_of_the_model_that_is_newer_at_any_depth_asks_for_training(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr(checkup, "ROOT", tmp_path)
    model, changed = tmp_path / "saldo.tar.gz", tmp_path / name
    changed.parent.mkdir(parents=True, exist_ok=True)
    model.touch()
    changed.touch()
    os.utime(model, (1, 1))

    finding = model_finding(OperatorSettings(model=model))

    assert finding.verdict is Verdict.broken
    assert finding.sentence.startswith(f"{name} is newer")


def test_a_file_of_authority_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    spoilt = tmp_path / "authority.yml"
    spoilt.write_text("period_days: 0")

    assert authority_finding(OperatorSettings()).verdict is Verdict.fine
    for file in (spoilt, tmp_path / "nowhere.yml"):
        finding = authority_finding(OperatorSettings(authority=file))
        assert finding.verdict is Verdict.broken
        assert str(file) in finding.sentence


@pytest.mark.parametrize("missing", PAGES)
def test_a_build_that_lacks_a_page_is_not_a_build(tmp_path: Path, missing: str) -> None:
    for page in PAGES:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).touch()
    whole = web_finding(OperatorSettings(web_dist=tmp_path))

    (tmp_path / missing).unlink()
    half = web_finding(OperatorSettings(web_dist=tmp_path))

    assert (whole.verdict, half.verdict) == (Verdict.fine, Verdict.broken)
    assert missing in half.sentence


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        (None, Verdict.note),
        ("https://pay.example/{reference}?sum={amount}", Verdict.fine),
        ("http://pay.example/{reference}", Verdict.broken),
        ("https://pay.example/{customer}", Verdict.broken),
    ],
)
def test_the_payment_page_must_be_one_that_the_actions_start_with(address: str | None, verdict: Verdict) -> None:
    finding = payment_page_finding(OperatorSettings(payment_page_url=address))

    assert finding.verdict is verdict
    if verdict is Verdict.broken:
        assert "SALDO_PAYMENT_PAGE_URL" in finding.sentence


def test_what_a_service_would_die_of_stops_the_start_with_its_sentence(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.yml"
    check_settings(OperatorSettings())

    for spoilt in (
        OperatorSettings(queues=nowhere),
        OperatorSettings(authority=nowhere),
        OperatorSettings(payment_page_url="http://pay.example/"),
    ):
        with pytest.raises(CannotStart, match=r"nowhere|SALDO_PAYMENT_PAGE_URL"):
            check_settings(spoilt)
