"""Rates whole accounts: loads what many customers' bills depend on at once, then rates one after the other."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.dunning.late_charges import load_late_charges
from billing.law import Law, law_of
from billing.models.customer import Customer
from billing.models.seller import Seller
from billing.periods import BillingPeriod
from billing.rating.errors import AmountTooLarge, CountryMissing, CountryUnknown
from billing.rating.late_usage import late_usage_lines
from billing.rating.line import Line
from billing.rating.one_offs import LeftOut, left_out
from billing.rating.rate import rate
from billing.rating.tax import document_lines
from billing.rating.terms import ContractTerms, Usage
from billing.terms.contract_terms import LoadedTerms, load_each_terms, load_usage
from billing.terms.plan_prices import must_be_currency
from billing.usage.late_usage import LateUsage, load_late_usage

# What a column of 32 bits can hold, on every database.
LARGEST = 2_147_483_647

Revise = Callable[[list[ContractTerms]], list[ContractTerms]]
Assume = Callable[[ContractTerms, list[Usage]], list[Usage]]


@dataclass(frozen=True, slots=True)
class Rater:
    """Gives one customer's document lines for the period, from what was loaded for many.

    Raises RatingError or RuleMissing for an account whose data or law allow no bill.
    """

    seller: Seller
    period: BillingPeriod
    law: Law
    customers: Mapping[UUID, tuple[str, str]]
    terms: LoadedTerms
    usage: Mapping[UUID, list[Usage]]
    late_usage: LateUsage
    late_charges: Mapping[UUID, list[Line]]
    revise: Revise | None = None
    assume: Assume | None = None

    def __call__(self, customer_id: UUID) -> tuple[Line, ...]:
        self._check_customer(customer_id)
        rated = [line for one in self._terms_of(customer_id) for line in self._rate(one)]
        late = [
            line
            for one in self.late_usage.of(customer_id)
            for line in late_usage_lines(one.terms, one.known, one.late, self.law, one.period)
        ]
        lines = document_lines(
            (*rated, *late, *self.late_charges.get(customer_id, ())),
            self.seller.currency,
            prices_include_tax=self.seller.prices_include_tax,
        )
        _must_fit(lines)
        return lines

    def left_out(self, customer_id: UUID) -> Sequence[LeftOut]:
        """Return the single charges that are booked in the period and not owed, so on no bill."""
        return [one for terms in self._terms_of(customer_id) for one in left_out(terms, self.period)]

    def _terms_of(self, customer_id: UUID) -> list[ContractTerms]:
        terms = self.terms.of(customer_id)
        return terms if self.revise is None else self.revise(terms)

    def _rate(self, terms: ContractTerms) -> tuple[Line, ...]:
        usage = self.usage.get(terms.contract_id, [])
        return rate(terms, usage if self.assume is None else self.assume(terms, usage), self.law, self.period)

    def _check_customer(self, customer_id: UUID) -> None:
        must_be_currency(self.seller.currency)
        number, country = self.customers[customer_id]
        if not country.strip():
            raise CountryMissing(number)
        if not law_of(country).rules:
            raise CountryUnknown(number, country)


def load_rater(  # noqa: PLR0913 (five say whose bill, the others stay at their defaults for most callers)
    session: Session,
    seller: Seller,
    customer_ids: Collection[UUID],
    period: BillingPeriod,
    issued_on: date,
    *,
    made_at: datetime | None = None,
    revise: Revise | None = None,
    assume: Assume | None = None,
) -> Rater:
    """Return what gives one customer's lines for the period, on an invoice that is issued on that day.

    Usage received after `made_at`, if it is named, is left for the next invoice. `revise` and `assume` change terms and
    usage before they are rated, for what-if questions.
    """
    terms = load_each_terms(session, seller, customer_ids, period)
    contract_ids = [one.contract_id for contracts in terms.terms.values() for one in contracts]
    rows = session.execute(select(Customer.id, Customer.number, Customer.country).where(Customer.id.in_(customer_ids)))
    return Rater(
        seller=seller,
        period=period,
        law=law_of(seller.country),
        customers={customer_id: (number, country) for customer_id, number, country in rows},
        terms=terms,
        usage=load_usage(session, contract_ids, period, received_until=made_at),
        late_usage=load_late_usage(session, seller, customer_ids, period, made_at=made_at),
        late_charges=load_late_charges(session, seller, customer_ids, issued_on),
        revise=revise,
        assume=assume,
    )


def _must_fit(lines: Sequence[Line]) -> None:
    """Refuse what the database could not hold, before it breaks the batch of everyone else."""
    numbers = [sum(abs(line.amount.minor) for line in lines), *(line.quantity for line in lines)]
    if max(numbers) > LARGEST:
        raise AmountTooLarge(max(numbers))
