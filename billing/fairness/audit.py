"""The audit of one account: every detector once, credits taken off, findings in a fixed order."""

from collections.abc import Callable
from datetime import date

from billing.fairness.claims import Book, Case, contract_evidence
from billing.fairness.detectors.base import audit_base
from billing.fairness.detectors.discounts import audit_discounts, audit_negative
from billing.fairness.detectors.fees import audit_fees, audit_strangers
from billing.fairness.detectors.outages import audit_outages
from billing.fairness.detectors.payments import audit_payments
from billing.fairness.detectors.reminders import audit_interest, audit_reminders
from billing.fairness.detectors.tariffs import audit_tariffs
from billing.fairness.detectors.taxes import audit_other_rates, audit_rates, audit_sums
from billing.fairness.detectors.usage import audit_usage
from billing.fairness.facts import AccountFacts, ContractFacts
from billing.fairness.finding import AuditReport
from billing.fairness.report import report_of
from billing.fairness.rerating import Rerating
from billing.law import Law, RuleMissing
from billing.rating.errors import RatingError

OfContract = Callable[[Case, Book, ContractFacts], None]
OfAccount = Callable[[Case, Book], None]
# In this order: what looks at discounts and rates knows which base charges are claimed already.
OF_CONTRACT: tuple[tuple[str, OfContract], ...] = (
    ("A5", audit_base),
    ("A11", audit_usage),
    ("A7", audit_discounts),
    ("A23", audit_outages),
    ("A14", audit_fees),
    ("A8", audit_rates),
    ("A24", audit_tariffs),
)
OF_ACCOUNT: tuple[tuple[str, OfAccount], ...] = (
    ("A14", audit_strangers),
    ("A22", audit_negative),
    ("A16", audit_reminders),
    ("A17", audit_interest),
    ("A9", audit_other_rates),
    ("A21", audit_sums),
    ("A18", audit_payments),
)


def audit(facts: AccountFacts, law: Law, today: date) -> AuditReport:
    """Return what was charged wrongly, what looks wrong and is right, and what a person has to decide."""
    case = Case(facts, law, today, Rerating(facts, law))
    book = Book(facts)
    for contract in facts.contracts:
        for detector, of_contract in OF_CONTRACT:
            try:
                of_contract(case, book, contract)
            except (RatingError, RuleMissing) as error:
                reason = type(error).__name__
                case.ask(detector, "contract.terms", contract.number, (contract_evidence(contract),), reason=reason)
    for detector, of_account in OF_ACCOUNT:
        try:
            of_account(case, book)
        except (RatingError, RuleMissing) as error:
            case.ask(detector, f"law.{facts.country}", facts.number, (), reason=type(error).__name__)
    return report_of(case)
