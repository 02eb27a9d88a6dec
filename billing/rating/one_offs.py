"""Single charges, as far as they are owed. What is booked but not owed stands on no bill, and waits for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from billing.law import Law
from billing.money import Money
from billing.periods import BillingPeriod
from billing.rating.errors import CurrencyMixed
from billing.rating.line import Facts, Line, LineKind, ReasonCode, name_facts
from billing.rating.terms import ContractTerms, OneOff

REASONS = {
    LineKind.ONE_OFF: ReasonCode.ONE_OFF,
    LineKind.THIRD_PARTY: ReasonCode.THIRD_PARTY,
    LineKind.TERMINATION_FEE: ReasonCode.EARLY_END,
}


class NotOwed(StrEnum):
    """Why a booked charge is left out of the bill."""

    ORDER_NOT_PROVEN = "order_not_proven"
    TERM_IS_OVER = "term_is_over"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A booked charge that the customer does not owe as it stands."""

    charge: OneOff
    reason: NotOwed


def one_off_lines(terms: ContractTerms, law: Law, period: BillingPeriod) -> list[Line]:
    inside = (charge for charge in terms.one_offs if charge.charged_on in period)
    return [_line(terms, charge, law) for charge in inside if why_not_owed(terms, charge) is None]


def left_out(terms: ContractTerms, period: BillingPeriod) -> Sequence[LeftOut]:
    """Return the charges of the period that are booked and not billed."""
    inside = (charge for charge in terms.one_offs if charge.charged_on in period)
    return [LeftOut(charge, reason) for charge in inside if (reason := why_not_owed(terms, charge)) is not None]


def why_not_owed(terms: ContractTerms, charge: OneOff) -> NotOwed | None:
    """Return None for what is owed.

    The rest of the bill is right without such a charge, so it does not park the account: a customer's bill does not
    wait because of what the customer does not owe.
    """
    if charge.kind is LineKind.THIRD_PARTY and not charge.proof_reference:
        return NotOwed.ORDER_NOT_PROVEN
    if charge.kind is LineKind.TERMINATION_FEE and not _ended_early(terms):
        return NotOwed.TERM_IS_OVER
    return None


def _ended_early(terms: ContractTerms) -> bool:
    ended_on, term_until = terms.ended_on, terms.minimum_term_until
    return ended_on is not None and term_until is not None and ended_on < term_until


def _line(terms: ContractTerms, charge: OneOff, law: Law) -> Line:
    if charge.amount.currency != terms.currency:
        raise CurrencyMixed(terms.contract_id, terms.currency, charge.amount.currency)
    return Line(
        kind=charge.kind,
        reason_code=REASONS.get(charge.kind, ReasonCode.ONE_OFF),
        facts=_facts(terms, charge),
        period=BillingPeriod(charge.charged_on, charge.charged_on + timedelta(days=1)),
        amount=_amount(terms, charge),
        tax_rate=law.tax_rate(charge.tax_category, charge.charged_on),
        contract_id=terms.contract_id,
    )


def _amount(terms: ContractTerms, charge: OneOff) -> Money:
    """Return the booked amount; a fee for ending early is never more than what was agreed."""
    if charge.kind is LineKind.TERMINATION_FEE and terms.termination_fee is not None:
        return min(charge.amount, terms.termination_fee)
    return charge.amount


def _facts(terms: ContractTerms, charge: OneOff) -> Facts:
    facts: Facts = {
        **name_facts(charge.name),
        "reference": charge.reference,
        "charged_on": charge.charged_on.isoformat(),
    }
    if charge.kind is LineKind.THIRD_PARTY and charge.proof_reference:
        facts["proof_reference"] = charge.proof_reference
    if charge.kind is LineKind.TERMINATION_FEE and terms.ended_on and terms.minimum_term_until:
        facts["contract_last_day"] = (terms.ended_on - timedelta(days=1)).isoformat()
        facts["minimum_term_until"] = terms.minimum_term_until.isoformat()
    return facts
