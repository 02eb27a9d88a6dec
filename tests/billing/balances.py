"""What an account comes to, from the books."""

from uuid import UUID

from sqlalchemy.orm import Session

from billing.ledger.journal import account_balances
from billing.models.journal import LedgerAccount
from billing.money import Money


def balance_of(session: Session, customer_id: UUID) -> Money:
    """Return what the customer owes after all credit; negative when the company owes them."""
    balances = account_balances(session, customer_id)
    return balances[LedgerAccount.RECEIVABLE] + balances[LedgerAccount.CUSTOMER_CREDIT]
