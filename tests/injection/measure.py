"""Runs the audit over the accounts and compares: the only module of the measurement that knows what it measures."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from billing.audits import audit_all
from billing.fairness.finding import AuditReport

TODAY = date(2026, 11, 20)


@dataclass
class Score:
    """What came of one detector's defects."""

    injected: int = 0
    found: int = 0
    wrong_amounts: int = 0
    false_certain: int = 0
    false_likely: int = 0


@dataclass
class Result:
    """Scores per detector; `notes` describes what went wrong, for people."""

    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    clean: int = 0
    clean_certain: int = 0
    clean_likely: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        scores = self.scores.values()
        return (
            all(score.found >= 0.99 * score.injected for score in scores)
            and not any(score.wrong_amounts or score.false_certain for score in scores)
            and self.clean_certain == 0
            and self.clean_likely <= 0.001 * self.clean
        )


def audits(path: str, today: date = TODAY) -> Iterator[AuditReport]:
    engine = create_engine(f"sqlite:///{path}")
    try:
        with Session(engine) as session:
            yield from audit_all(session, today=today)
    finally:
        engine.dispose()


def compare(path: str, expected: dict[str, tuple[str, dict[str, int]]], clean: set[str]) -> Result:
    """Hold each account's findings against what was injected: {account: (variant, {detector: cents})}."""
    result = Result()
    for report in audits(path):
        mistakes: dict[str, int] = defaultdict(int)
        likely: set[str] = set()
        for finding in report.findings:
            if finding.verdict == "our_mistake":
                mistakes[finding.detector] += finding.amount.minor
                if finding.confidence != "certain":
                    likely.add(finding.detector)
            elif finding.verdict == "cheaper_plan_exists":
                mistakes[finding.detector] += int(str(finding.facts["saving_per_month_minor"]))
            elif finding.verdict == "needs_person":
                result.asked[finding.detector] += 1
        if report.account in clean:
            _judge_clean(result, report.account, mistakes, likely)
        elif report.account in expected:
            _judge(result, report.account, expected[report.account], mistakes, likely)
    return result


def _judge_clean(result: Result, account: str, mistakes: dict[str, int], likely: set[str]) -> None:
    result.clean += 1
    certain = mistakes.keys() - likely
    result.clean_certain += bool(certain)
    result.clean_likely += bool(likely)
    if mistakes:
        result.notes.append(f"clean {account}: {dict(mistakes)}")


def _judge(
    result: Result, account: str, wanted: tuple[str, dict[str, int]], mistakes: dict[str, int], likely: set[str]
) -> None:
    variant, amounts = wanted
    for detector, amount in amounts.items():
        score = result.scores[detector]
        score.injected += 1
        if detector in mistakes:
            score.found += 1
            score.wrong_amounts += mistakes[detector] != amount
    for detector in mistakes.keys() - amounts.keys():
        score = result.scores[detector]
        score.false_likely += detector in likely
        score.false_certain += detector not in likely
    if mistakes != amounts:
        result.notes.append(f"{variant} {account}: wanted {amounts}, found {dict(mistakes)}")
