"""One line that an agent reads in five seconds, made of codes and figures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from billing.documents.formatting import Print
from billing.fairness.finding import Verdict
from billing.money import Money
from handoff.console.lines import line_texts
from handoff.console.schemas import AuditOut, FactOut, SentimentOut

SEPARATOR: Final = " · "
ABOUT_MONEY: Final = frozenset({"bills", "payments"})


@dataclass(frozen=True)
class Case:
    """What the line is made of. Figures and findings are None or empty unless the customer is verified."""

    topic: str | None
    reason: str | None
    intents: Sequence[str]
    facts: Sequence[FactOut]
    findings: AuditOut | None
    sentiment: SentimentOut
    verified_method: str | None
    transferred_by: str | None


def summary_line(case: Case, language: str) -> str:
    """The wish first, then what was shown and found, then how it came here and with whom."""
    return SEPARATOR.join(_Words(language).parts(case))


class _Words:
    def __init__(self, language: str) -> None:
        self._language = language
        self._print = Print(language)

    def parts(self, case: Case) -> Iterator[str]:
        yield self._wish(case)
        if case.facts:
            yield from self._fact(case.facts[-1])
        if case.findings is not None:
            yield from self._findings(case.findings, case.topic)
        yield from self._known(f"reason.{case.reason}")
        yield from self._known(f"sentiment.{case.sentiment.code}")
        if case.transferred_by is not None:
            yield self._say("transferred", name=case.transferred_by)
        yield from self._known(f"verified.{case.verified_method or 'no'}")

    def _wish(self, case: Case) -> str:
        """The newest of the wishes that have words of their own, else the topic."""
        for intent in reversed(case.intents):
            for said in self._known(f"want.{intent}"):
                return said
        for said in self._known(f"topic.{case.topic}"):
            return said
        return self._say("topic.other")

    def _fact(self, fact: FactOut) -> Iterator[str]:
        if fact.type == "difference" and fact.amount_minor == 0:
            return
        if fact.type == "difference":
            amount = self._amount(abs(fact.amount_minor), fact.currency)
            yield self._say("fact.more" if fact.amount_minor > 0 else "fact.less", amount=amount)
        elif fact.number is not None:
            yield self._say("fact.bill", number=fact.number, amount=self._amount(fact.amount_minor, fact.currency))

    def _findings(self, audit: AuditOut, topic: str | None) -> Iterator[str]:
        """That all is right is worth a word only where it is about money."""
        if audit.count == 0:
            if topic in ABOUT_MONEY and audit.verdict is Verdict.CORRECT:
                yield self._say("findings.none")
            return
        number = "one" if audit.count == 1 else "many"
        if audit.owed_minor > 0:
            amount = self._amount(audit.owed_minor, audit.currency)
            yield self._say(f"findings.owed.{number}", count=audit.count, amount=amount)
        else:
            yield self._say(f"findings.open.{number}", count=audit.count)

    def _amount(self, minor: int, currency: str) -> str:
        return self._print.amount(Money(minor, currency))

    def _known(self, key: str) -> Iterator[str]:
        if line_texts().has(key):
            yield self._say(key)

    def _say(self, key: str, **values: object) -> str:
        return line_texts().text(key, self._language, **values)
