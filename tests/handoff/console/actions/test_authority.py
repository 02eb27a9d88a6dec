"""The limits: what the packaged file says, and what a file of one's own may not say."""

from pathlib import Path

import pytest

from billing.money import Money
from handoff.agents.models import Role
from handoff.authority import PACKAGED, AuthorityInvalid, load_authority
from tests.factories.money import eur

OWN = """
period_days: 7
approval_hours: 2
goodwill:
  EUR:
    agent: {once: 100, period: 150}
    supervisor: {once: 100, period: 300}
    approved: {once: 1000, period: 1000}
"""


@pytest.mark.parametrize(
    ("given", "agent", "supervisor", "approved"),
    [(0, 100, 100, 1000), (100, 50, 100, 900), (150, 0, 100, 850), (280, 0, 20, 720), (5000, 0, 0, 0)],
)
def test_what_is_left_falls_with_what_was_given(tmp_path: Path, given: int, agent: int, supervisor: int, approved: int):
    authority = load_authority(_write(tmp_path, OWN))

    assert authority.alone(Role.AGENT, eur(given)) == eur(agent)
    assert authority.alone(Role.SUPERVISOR, eur(given)) == eur(supervisor)
    assert authority.approved(eur(given)) == eur(approved)


def test_a_currency_without_limits_has_no_goodwill():
    authority = load_authority(PACKAGED)

    assert authority.alone(Role.SUPERVISOR, Money(0, "SEK")) == Money(0, "SEK")
    assert authority.approved(Money(0, "SEK")) == Money(0, "SEK")


@pytest.mark.parametrize(
    ("instead", "of", "named"),
    [
        ("period_days: 0", "period_days: 7", "period_days"),
        ("approval_hours: soon", "approval_hours: 2", "approval_hours"),
        ("once: -1", "once: 100", "once"),
        ("once: 10.5", "once: 100", "once"),
        ("once: 2000", "once: 100", "agent, supervisor and approved"),
        ("limit: 100", "once: 100", "agent"),
        ("goodwill: [", "goodwill:", "cannot be read"),
    ],
)
def test_limits_that_make_no_sense_stop_the_process_with_a_sentence(tmp_path: Path, instead: str, of: str, named: str):
    with pytest.raises(AuthorityInvalid, match=named):
        load_authority(_write(tmp_path, OWN.replace(of, instead, 1)))


def test_a_file_that_is_not_there_stops_the_process(tmp_path: Path):
    with pytest.raises(AuthorityInvalid, match="cannot be read"):
        load_authority(tmp_path / "nowhere.yml")


def _write(folder: Path, text: str) -> Path:
    file = folder / "authority.yml"
    file.write_text(text, encoding="utf-8")
    return file
