"""Natural keys for rows: their own, or, for rows that were made without one, a name that stays once it was imported."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.models.contract import Contract, Discount
from billing.models.customer import Customer
from billing.models.dispute import Dispute
from billing.models.dunning import Arrangement
from billing.models.invoice import Invoice
from billing.models.payment import Refund


class Names:
    """The names of one moment of the database.

    A contract without a number is called after its customer and counted, oldest first; a promotion without a code is
    counted within its contract. Refunds, disputes and arrangements are counted within their customer or invoice.
    """

    def __init__(self, session: Session) -> None:
        self._contracts = _contract_numbers(session)
        self._promotions = _promotion_codes(session)
        self.refunds = _counted(
            session.execute(
                select(Refund.id, Customer.number)
                .join(Customer, Customer.id == Refund.customer_id)
                .order_by(Customer.number, Refund.requested_at, Refund.amount_minor, Refund.id)
            )
        )
        self.disputes = _counted(
            session.execute(
                select(Dispute.id, Invoice.number)
                .join(Invoice, Invoice.id == Dispute.invoice_id)
                .order_by(Invoice.number, Dispute.opened_at, Dispute.id)
            )
        )
        self.arrangements = _counted(
            session.execute(
                select(Arrangement.id, Invoice.number)
                .join(Invoice, Invoice.id == Arrangement.invoice_id)
                .order_by(Invoice.number, Arrangement.agreed_at, Arrangement.id)
            )
        )

    def contract(self, contract_id: UUID | None) -> str | None:
        return None if contract_id is None else self._contracts[contract_id]

    def promotion(self, discount_id: object) -> str | None:
        """Return the code of a promotion; None for one that is not in the database."""
        return self._promotions.get(str(discount_id))


def _contract_numbers(session: Session) -> dict[UUID, str]:
    rows = session.execute(
        select(Contract.id, Contract.number, Customer.number)
        .join(Customer, Customer.id == Contract.customer_id)
        .order_by(Customer.number, Contract.started_on, Contract.id)
    ).all()
    numbers = {contract_id: number for contract_id, number, _ in rows if number is not None}
    taken = set(numbers.values())
    for contract_id, _, customer in rows:
        if contract_id not in numbers:
            numbers[contract_id] = _free(customer, taken)
    return numbers


def _promotion_codes(session: Session) -> dict[str, str]:
    """Return the codes by the discount's id as a line item's facts have it."""
    rows = session.execute(
        select(Discount.id, Discount.contract_id, Discount.code).order_by(
            Discount.contract_id, Discount.valid_from, Discount.id
        )
    ).all()
    taken: dict[UUID, set[str]] = {}
    codes: dict[str, str] = {}
    for with_code in (True, False):
        for discount_id, contract_id, code in rows:
            if (code is not None) is with_code:
                of_contract = taken.setdefault(contract_id, set())
                name = code if code is not None and code not in of_contract else _free(code or "promotion", of_contract)
                of_contract.add(name)
                codes[str(discount_id)] = name
    return codes


def _free(stem: str, taken: set[str]) -> str:
    """Return the stem with the first number that gives a new name, and take that name."""
    count = 1
    while f"{stem}-{count}" in taken:
        count += 1
    taken.add(f"{stem}-{count}")
    return f"{stem}-{count}"


def _counted(rows: Iterable[tuple[UUID, str]]) -> dict[UUID, str]:
    names: dict[UUID, str] = {}
    counts: dict[str, int] = {}
    for key, owner in rows:
        counts[owner] = counts.get(owner, 0) + 1
        # With leading zeros, so that names sort as they were counted.
        names[key] = f"{owner}-{counts[owner]:03}"
    return names
