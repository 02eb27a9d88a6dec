"""Single charges: what is owed stands on the bill of its day, what is not is left out and named."""

from dataclasses import replace
from datetime import date

import pytest

from billing.periods import BillingPeriod
from billing.rating.kinds import LineKind, ReasonCode
from billing.rating.one_offs import NotOwed, left_out
from billing.rating.rate import rate
from billing.rating.terms import ContractTerms, OneOff
from tests.billing.rating.terms import GERMANY, contract, one_off, phase, price
from tests.factories.money import eur

OCTOBER = BillingPeriod.month("2026-10")
VISIT = one_off(date(2026, 10, 9))


def terms_of(charge: OneOff, **changes: object) -> ContractTerms:
    return replace(contract(phase(price(1000)), one_offs=(charge,)), **changes)  # type: ignore[arg-type]


def billed(terms: ContractTerms) -> list[tuple[LineKind, ReasonCode, int]]:
    lines = rate(terms, [], GERMANY, OCTOBER)[1:]
    return [(line.kind, line.reason_code, line.amount.minor) for line in lines]


def test_a_service_of_a_third_party_needs_the_customer_s_order() -> None:
    charge = replace(VISIT, kind=LineKind.THIRD_PARTY)
    proven = replace(charge, proof_reference="ORDER-7")

    assert billed(terms_of(proven)) == [(LineKind.THIRD_PARTY, ReasonCode.THIRD_PARTY, 4990)]
    assert rate(terms_of(proven), [], GERMANY, OCTOBER)[1].facts["proof_reference"] == "ORDER-7"
    assert billed(terms_of(charge)) == []
    assert [one.reason for one in left_out(terms_of(charge), OCTOBER)] == [NotOwed.ORDER_NOT_PROVEN]


@pytest.mark.parametrize(
    ("ended_on", "term_until", "is_owed"),
    [
        (date(2026, 10, 9), date(2026, 10, 10), True),
        (date(2026, 10, 9), date(2026, 10, 9), False),
        (date(2026, 10, 9), None, False),
        (None, date(2027, 1, 1), False),
    ],
    ids=["a day early", "at the end of the term", "no term", "not ended"],
)
def test_a_fee_for_ending_early_is_owed_only_within_the_minimum_term(
    ended_on: date | None, term_until: date | None, is_owed: bool
) -> None:
    charge = replace(VISIT, kind=LineKind.TERMINATION_FEE)
    terms = terms_of(charge, ended_on=ended_on, minimum_term_until=term_until)

    assert billed(terms) == ([(LineKind.TERMINATION_FEE, ReasonCode.EARLY_END, 4990)] if is_owed else [])
    assert [one.reason for one in left_out(terms, OCTOBER)] == ([] if is_owed else [NotOwed.TERM_IS_OVER])


@pytest.mark.parametrize(("agreed", "cents"), [(4000, 4000), (6000, 4990), (0, 0)])
def test_a_fee_for_ending_early_is_never_more_than_agreed(agreed: int, cents: int) -> None:
    terms = terms_of(
        replace(VISIT, kind=LineKind.TERMINATION_FEE),
        ended_on=date(2026, 10, 9),
        minimum_term_until=date(2027, 1, 1),
        termination_fee=eur(agreed),
    )

    line = rate(terms, [], GERMANY, OCTOBER)[1]

    assert line.amount == eur(cents)
    assert (line.facts["contract_last_day"], line.facts["minimum_term_until"]) == ("2026-10-08", "2027-01-01")


def test_a_charge_of_another_month_is_neither_billed_nor_left_out() -> None:
    terms = terms_of(replace(one_off(date(2026, 9, 30)), kind=LineKind.THIRD_PARTY))

    assert billed(terms) == []
    assert left_out(terms, OCTOBER) == []


def test_a_charge_after_the_end_of_the_contract_is_billed_alone() -> None:
    terms = replace(contract(phase(price(1000), valid_to=date(2026, 9, 30))), one_offs=(VISIT,))

    assert [line.kind for line in rate(terms, [], GERMANY, OCTOBER)] == [LineKind.ONE_OFF]
