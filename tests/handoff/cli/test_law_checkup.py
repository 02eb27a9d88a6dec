"""`saldo doctor` warns when a rate that letters and bills need is missing, or soon will be."""

from datetime import date

import pytest

from billing.law import read_law
from handoff.commands.checkup import law_findings
from handoff.commands.findings import Verdict

RATES = "late_interest: [{valid_from: 2026-01-01, valid_to: 2026-07-01, basis_points: 627, source: a bank}]"
LAWS = [read_law("DE", RATES), read_law("FI", RATES)]


@pytest.mark.parametrize("today", [date(2026, 6, 17), date(2026, 7, 1), date(2026, 11, 21)])
def test_a_missing_rate_is_a_warning_that_names_half_year_and_file(today: date) -> None:
    findings = list(law_findings(LAWS, today))

    assert [finding.verdict for finding in findings] == [Verdict.note, Verdict.note]
    assert "2026-H2" in findings[0].sentence
    assert "laws/de.yml" in findings[0].sentence
    assert "laws/fi.yml" in findings[1].sentence


def test_rates_that_are_known_are_fine() -> None:
    assert {finding.verdict for finding in law_findings(LAWS, date(2026, 6, 16))} == {Verdict.fine}
