"""What an audit finds: verdict, amount, evidence by natural key, and the rule that it rests on. No personal data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from billing.money import Money

Value = str | int | bool | None
FORMAT = "saldo.audit/1"


class Verdict(StrEnum):
    """What is said to the customer."""

    OUR_MISTAKE = "our_mistake"
    CORRECT = "correct"
    CHEAPER_PLAN_EXISTS = "cheaper_plan_exists"
    NEEDS_PERSON = "needs_person"


class Confidence(StrEnum):
    """`certain` is credited without a person; `likely` and `ask` are not."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ASK = "ask"


Evidence = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer about one thing. `amount` is what the customer was charged too much and has not got back.

    `key` follows from the detector and natural keys alone: the same fault found again has the same key.
    """

    detector: str
    verdict: Verdict
    confidence: Confidence
    amount: Money
    evidence: tuple[Evidence, ...]
    rule: str
    key: str
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """All findings about one account in a fixed order; `owed` is the sum of what is certain.

    `creditable` is the part of it that credit notes give back. `for_person`: what is undecided or what no
    note settles.
    """

    account: str
    verdict: Verdict
    owed: Money
    creditable: Money
    findings: tuple[Finding, ...]
    for_person: tuple[Finding, ...]

    def as_json(self) -> str:
        """Return the report as one line; the same data give the same bytes."""
        content = {
            "format": FORMAT,
            "account": self.account,
            "verdict": self.verdict.value,
            "owed_minor": self.owed.minor,
            "creditable_minor": self.creditable.minor,
            "currency": self.owed.currency,
            "findings": [_plain(finding) for finding in self.findings],
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(finding: Finding) -> dict[str, object]:
    return {
        "detector": finding.detector,
        "verdict": finding.verdict.value,
        "confidence": finding.confidence.value,
        "amount_minor": finding.amount.minor,
        "evidence": [dict(row) for row in finding.evidence],
        "rule": finding.rule,
        "key": finding.key,
        "facts": dict(finding.facts),
    }
