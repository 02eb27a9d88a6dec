"""How to pay the invoice that is due first: where to, how much, and with which reference."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.delivery import payment_link
from billing.documents.references import PaymentReference, payment_reference
from billing.invoices import InvoiceFacts, list_open_invoices
from billing.models.customer import Customer
from billing.models.seller import Seller

IBAN_GROUP = 4


@dataclass(frozen=True, slots=True)
class PaymentDetails:
    """`iban` is empty where the seller takes no transfers."""

    invoice: InvoiceFacts
    iban: str
    reference: PaymentReference

    def link(self, payment_page: str) -> str:
        """Return the address to pay at; `payment_page` is the company's, with placeholders."""
        reference = self.reference.finnish or self.reference.rf
        amount = self.invoice.open_amount
        return payment_link(payment_page, invoice_number=self.invoice.number, reference=reference, amount=amount)

    @property
    def printed_iban(self) -> str:
        return " ".join(self.iban[start : start + IBAN_GROUP] for start in range(0, len(self.iban), IBAN_GROUP))


def find_payment_details(session: Session, customer_id: UUID, number: str | None = None) -> PaymentDetails | None:
    """Return what a payer needs for the open invoice of that number, else for the one that is due first.

    None if it is not open, or nothing is.
    """
    unpaid = [one for one in list_open_invoices(session, customer_id) if number in (None, one.number)]
    if not unpaid:
        return None
    its_seller = select(Seller).join(Customer, Customer.seller_id == Seller.id).where(Customer.id == customer_id)
    seller = session.scalars(its_seller).one()
    return PaymentDetails(unpaid[0], seller.iban, payment_reference(seller.country, unpaid[0].number))
