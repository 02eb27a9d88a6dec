"""One demo customer with contracts, written row by row in the words of what happens to them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from billing.demo.offer import Offer, offer_content
from billing.demo.rows import DemoRows, demo_id, months_before
from billing.models.contract import Contract, ContractPhase, Discount, OneOffCharge
from billing.models.customer import Customer
from billing.models.usage import UsageRecord
from billing.periods import BillingPeriod

READING_OFFSETS = (4, 11, 18, 25)
NOTICE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Person:
    """Who a demo customer is."""

    number: str
    name: str
    phone: str
    country: str
    language: str

    @property
    def id(self) -> UUID:
        return demo_id("customer", self.number)


@dataclass(slots=True)
class Household:
    """Writes the rows of one person; `ordinal` tells their contracts apart."""

    rows: DemoRows
    offer: Offer
    person: Person
    _counter: int = field(default=0)

    def sign_up(self, on: date) -> None:
        self.rows.add(
            Customer,
            id=self.person.id,
            seller_id=self.offer.seller_ids[self.person.country],
            number=self.person.number,
            name=self.person.name,
            phone=self.person.phone,
            language=self.person.language,
            country=self.person.country,
            created_at=datetime.combine(on, time(10), UTC),
        )

    def take_plan(self, plan: str, start: date, end: date | None = None) -> UUID:
        """Sign a contract on one plan; return its id."""
        contract_id = self._sign(start, end)
        self._add_phase(contract_id, plan, start, end)
        return contract_id

    def take_plan_and_change(self, plans: tuple[str, str], start: date, changed_on: date) -> UUID:
        contract_id = self._sign(start, None)
        self._add_phase(contract_id, plans[0], start, changed_on)
        self._add_phase(contract_id, plans[1], changed_on, None)
        return contract_id

    def get_discount(self, contract_id: UUID, code: str, start: date, end: date | None = None) -> None:
        """Begin a discount; without an end it runs for the months of the offer, counted from the start's month."""
        discount = offer_content()["discounts"][code]
        self.rows.add(
            Discount,
            id=self._next_id("discount"),
            contract_id=contract_id,
            code=code,
            name=discount["name"],
            basis_points=discount.get("basis_points"),
            amount_minor=discount.get("amount_minor"),
            valid_from=start,
            valid_to=end or months_before(start, -discount["months"]),
        )

    def be_charged(self, contract_id: UUID, code: str, on: date, *, times: int = 1) -> None:
        """Book a single charge; more than once is the mistake that the demo's duplicate is about."""
        charge = offer_content()["one_offs"][code]
        reference = f"WO-{self.person.number[-5:]}-{on:%m%d}"
        for _ in range(times):
            self.rows.add(
                OneOffCharge,
                contract_id=contract_id,
                name=charge["name"],
                reference=reference,
                charged_on=on,
                amount_minor=charge[self.person.country],
            )

    def use(self, contract_id: UUID, span: BillingPeriod, quantity: int, unit: str) -> None:
        """Report the usage of a month, or of the part of it that the contract ran, in weekly readings."""
        month = BillingPeriod.month_of(span.start)
        days = [day for day in (month.start + timedelta(days=offset) for offset in READING_OFFSETS) if day in span]
        for index, day in enumerate(days):
            share = quantity * (index + 1) // len(days) - quantity * index // len(days)
            self.rows.add(
                UsageRecord,
                event_id=f"{contract_id.hex}:{day:%Y%m%d}",
                contract_id=contract_id,
                used_on=day,
                quantity=share,
                unit=unit,
            )

    def _sign(self, start: date, end: date | None) -> UUID:
        contract_id = self._next_id("contract")
        self.rows.add(
            Contract,
            id=contract_id,
            customer_id=self.person.id,
            number=f"{self.person.number}-{self._counter}",
            started_on=start,
            ended_on=end,
            cancelled_on=None if end is None else end - timedelta(days=NOTICE_DAYS),
        )
        return contract_id

    def _add_phase(self, contract_id: UUID, plan: str, start: date, end: date | None) -> None:
        self.rows.add(
            ContractPhase, contract_id=contract_id, plan_id=self.offer.plan_ids[plan], valid_from=start, valid_to=end
        )

    def _next_id(self, kind: str) -> UUID:
        self._counter += 1
        return demo_id(kind, self.person.number, self._counter)
