"""What the detectors of one audit share: the account, the law, re-rated expectations and the claims made so far."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from billing.fairness.facts import AccountFacts, ContractFacts, InvoiceAudited, LineFacts
from billing.fairness.finding import Confidence, Evidence, Value, Verdict
from billing.fairness.rerating import Rerating
from billing.law import Law


@dataclass(slots=True)
class Claim:
    """One fault of one line, before credits are taken off. `amount` shrinks when other lines give part of it back."""

    detector: str
    amount: int
    rule: str
    line: LineFacts | None = None
    evidence: tuple[Evidence, ...] = ()
    facts: dict[str, Value] = field(default_factory=dict)
    verdict: Verdict = Verdict.OUR_MISTAKE
    confidence: Confidence = Confidence.CERTAIN
    subject: str = ""

    @property
    def key(self) -> str:
        """Name the fault by its detector and natural keys alone."""
        subject = self.subject or (f"{self.line.invoice}/{self.line.position}" if self.line else "account")
        return f"{self.detector}:{subject}"


@dataclass(slots=True)
class Case:
    """One audit under way."""

    facts: AccountFacts
    law: Law
    today: date
    rerating: Rerating
    claims: list[Claim] = field(default_factory=list)

    def claim(
        self,
        detector: str,
        line: LineFacts,
        amount: int,
        rule: str,
        *,
        more: tuple[Evidence, ...] = (),
        **facts: Value,
    ) -> Claim:
        """Note that of a line so much was too much."""
        evidence = (line_evidence(line), *more)
        claim = Claim(detector, amount, rule, line, evidence, {"billed_minor": line.amount, **facts})
        self.claims.append(claim)
        return claim

    def ask(
        self, detector: str, rule: str, subject: str, evidence: tuple[Evidence, ...], *, amount: int = 0, **facts: Value
    ) -> None:
        """Leave the question to a person: the data do not decide it. `amount`: what hangs on the answer, if known."""
        key = f"{detector}:{subject}"
        if any(claim.key == key for claim in self.claims):
            return
        self.claims.append(
            Claim(
                detector,
                amount,
                rule,
                evidence=evidence,
                facts=dict(facts),
                verdict=Verdict.NEEDS_PERSON,
                confidence=Confidence.ASK,
                subject=subject,
            )
        )

    def claims_on(self, line: LineFacts) -> list[Claim]:
        return [claim for claim in self.claims if claim.line is line]


class Book:
    """Look-ups over the account's lines, made once per audit."""

    def __init__(self, facts: AccountFacts) -> None:
        self.facts = facts
        self.invoices: Mapping[str, InvoiceAudited] = {invoice.number: invoice for invoice in facts.invoices}
        self.contracts: Mapping[UUID, ContractFacts] = {contract.contract_id: contract for contract in facts.contracts}

    @cached_property
    def lines(self) -> tuple[LineFacts, ...]:
        """Return all lines; those that no longer count come last, so that of two equal ones the other is the right one.

        Then the ones within their own invoice's period, then by issue.
        """
        ordered = [line for invoice in self.facts.invoices for line in invoice.lines]
        return tuple(sorted(ordered, key=self._rank))

    def _rank(self, line: LineFacts) -> tuple[bool, bool, date, str, int]:
        invoice = self.invoices[line.invoice]
        outside = line.period.start < invoice.period.start or line.period.end > invoice.period.end
        gone = line.amount > 0 and line.credited >= line.amount
        return gone, outside, invoice.issued_on, invoice.number, line.position

    @cached_property
    def _by_contract(self) -> Mapping[UUID | None, list[LineFacts]]:
        groups: dict[UUID | None, list[LineFacts]] = defaultdict(list)
        for line in self.lines:
            groups[line.contract_id].append(line)
        return groups

    def of_contract(self, contract: ContractFacts) -> Sequence[LineFacts]:
        return self._by_contract.get(contract.contract_id, [])

    def invoice_of(self, line: LineFacts) -> InvoiceAudited:
        return self.invoices[line.invoice]


def line_evidence(line: LineFacts) -> Evidence:
    return {
        "row": "line",
        "invoice": line.invoice,
        "position": line.position,
        "kind": line.kind.value,
        "period_start": line.period.start.isoformat(),
        "period_end": line.period.end.isoformat(),
        "amount_minor": line.amount,
    }


def contract_evidence(contract: ContractFacts) -> Evidence:
    return {
        "row": "contract",
        "contract": contract.number,
        "started_on": contract.started_on.isoformat(),
        "ended_on": contract.ended_on.isoformat() if contract.ended_on else None,
    }
