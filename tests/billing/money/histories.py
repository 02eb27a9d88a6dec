"""Random histories of accounts: bill, pay (too little, too much), credit, cancel, dispute, refund; what holds after.

Many accounts live at once, step by step, so that bills and receipts of a step go to the database together. Beside it
each account keeps its own sums in plain integers, which know nothing of journal or allocations.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from billing.disputes.disputes import NothingToDispute, close_dispute, open_dispute, review_dispute
from billing.invoices import OPEN_MINOR
from billing.ledger.credit_notes import (
    CreditLine,
    CreditTooHigh,
    LineNotOnInvoice,
    NothingToCredit,
    credit_rest,
    issue_credit_note,
)
from billing.ledger.refunds import RefundTooHigh, request_refund, settle_refund
from billing.models import (
    Allocation,
    CreditNote,
    CreditReason,
    Customer,
    DisputeStatus,
    Invoice,
    JournalEntry,
    JournalTransaction,
    LedgerAccount,
    Payment,
    Refund,
    RefundStatus,
)
from billing.payments import Receipt, record_payments
from tests.billing.money.bills import NOW, TODAY, Bill, issue_all, lines_of
from tests.factories.money import eur

RATES = (0, 700, 1900)
_receipts = itertools.count(1)


class Step(StrEnum):
    BILL = "bill"
    PAY = "pay"
    CREDIT = "credit"
    CANCEL = "cancel"
    DISPUTE = "dispute"
    REFUND = "refund"
    SETTLE = "settle"


@dataclass(slots=True)
class Account:
    """One history; the sums are what a customer with pen and paper would write down."""

    customer: Customer
    random: Random
    invoices: list[UUID] = field(default_factory=list)
    billed: int = 0
    paid: int = 0
    credited: int = 0
    refunded: int = 0
    upheld: int = 0
    sent: int = 0
    waiting: list[tuple[UUID, int]] = field(default_factory=list)

    @property
    def balance(self) -> int:
        return self.billed - self.credited - self.paid + self.refunded


def live(session: Session, accounts: Sequence[Account], steps: Sequence[Sequence[Step]]) -> None:
    """Let account n take the n-th list of steps."""
    for now in itertools.zip_longest(*steps):
        doing = list(zip(accounts, now, strict=True))
        _bill(session, [account for account, step in doing if step is Step.BILL])
        _pay(session, [account for account, step in doing if step is Step.PAY])
        for account, step in doing:
            if step in _SINGLE and (account.invoices or step in (Step.REFUND, Step.SETTLE)):
                _SINGLE[step](session, account)


def draw_steps(random: Random, length: int) -> list[Step]:
    """Every history begins with a bill; bills and payments are the most frequent, as in life."""
    weights = {
        Step.BILL: 4,
        Step.PAY: 6,
        Step.CREDIT: 3,
        Step.CANCEL: 1,
        Step.DISPUTE: 2,
        Step.REFUND: 2,
        Step.SETTLE: 2,
    }
    return [Step.BILL, *random.choices(list(weights), list(weights.values()), k=length - 1)]


def faults(session: Session, accounts: Sequence[Account]) -> list[str]:
    """Return what does not hold: of the journal as a whole, and of each account."""
    unbalanced = session.execute(
        select(JournalEntry.transaction_id, JournalEntry.currency, func.sum(JournalEntry.amount_minor))
        .group_by(JournalEntry.transaction_id, JournalEntry.currency)
        .having(func.sum(JournalEntry.amount_minor) != 0)
    ).all()
    booked = _balances(session)
    open_minor = _sums(session, select(Invoice.customer_id, func.sum(OPEN_MINOR)).group_by(Invoice.customer_id))
    credit = _credit(session)
    found = [f"transaction {row[0]} is off by {row[2]}" for row in unbalanced]
    for account in accounts:
        key = account.customer.id
        ours = {ledger: booked.get((key, ledger), 0) for ledger in LedgerAccount}
        wanted = {
            "receivable is what is open": ours[LedgerAccount.RECEIVABLE] == open_minor.get(key, 0),
            "credit is what is left of the money": -ours[LedgerAccount.CUSTOMER_CREDIT] == credit.get(key, 0),
            "nobody has credit below nothing": ours[LedgerAccount.CUSTOMER_CREDIT] <= 0,
            "credit goes to open invoices": not (
                ours[LedgerAccount.CUSTOMER_CREDIT] and ours[LedgerAccount.RECEIVABLE]
            ),
            "the balance is billed - credited - paid + refunded": (
                ours[LedgerAccount.RECEIVABLE] + ours[LedgerAccount.CUSTOMER_CREDIT] == account.balance
            ),
            "the bank has what came less what went": ours[LedgerAccount.BANK] == account.paid - account.sent,
            "what waits is promised": -ours[LedgerAccount.REFUNDS_PAYABLE]
            == sum(minor for _, minor in account.waiting),
            "revenue and tax are billed - credited": (
                -ours[LedgerAccount.REVENUE] - ours[LedgerAccount.TAX_PAYABLE] == account.billed - account.credited
            ),
        }
        found += [f"{key}: not {rule}: {account} {ours}" for rule, holds in wanted.items() if not holds]
    return found


def _balances(session: Session) -> dict[tuple[UUID, LedgerAccount], int]:
    rows = session.execute(
        select(JournalTransaction.customer_id, JournalEntry.account, func.sum(JournalEntry.amount_minor))
        .join(JournalTransaction, JournalTransaction.id == JournalEntry.transaction_id)
        .group_by(JournalTransaction.customer_id, JournalEntry.account)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def _credit(session: Session) -> Counter[UUID]:
    """Return payments and what credit notes gave back, less allocations and refunds."""
    credit: Counter[UUID] = Counter()
    credit.update(_sums(session, _by(Payment.customer_id, Payment.amount_minor)))
    credit.update(_sums(session, _by(CreditNote.customer_id, CreditNote.to_credit_minor)))
    used = _by(Invoice.customer_id, Allocation.amount_minor).join(Invoice, Invoice.id == Allocation.invoice_id)
    credit.subtract(_sums(session, used))
    credit.subtract(
        _sums(session, _by(Refund.customer_id, Refund.amount_minor).where(Refund.status != RefundStatus.REFUSED))
    )
    return credit


def _by(customer_id: InstrumentedAttribute[UUID], minor: InstrumentedAttribute[int]) -> Select[UUID, int]:
    return select(customer_id, func.sum(minor)).group_by(customer_id)


def _sums(session: Session, query: Select[UUID, int]) -> dict[UUID, int]:
    # int: PostgreSQL sums integers to a decimal.
    return {key: int(minor) for key, minor in session.execute(query)}


def _bill(session: Session, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    bills = [
        Bill(account.customer, _draw_lines(account.random), net=account.random.random() < 0.2) for account in accounts
    ]
    ids = issue_all(session, bills)
    totals = {
        row[0]: row[1] for row in session.execute(select(Invoice.id, Invoice.total_minor).where(Invoice.id.in_(ids)))
    }
    for account, invoice_id in zip(accounts, ids, strict=True):
        account.invoices.append(invoice_id)
        account.billed += totals[invoice_id]


def _draw_lines(random: Random) -> list[tuple[int, int]]:
    lines = [(random.randint(0, 9000), random.choice(RATES)) for _ in range(random.randint(1, 4))]
    minor, rate = lines[0]
    return [*lines, (-random.randint(0, minor), rate)] if random.random() < 0.3 else lines


def _pay(session: Session, accounts: Sequence[Account]) -> None:
    receipts = []
    for account in accounts:
        minor = account.random.choice((account.balance, account.random.randint(1, 20000)))
        if minor <= 0:
            minor = account.random.randint(1, 500)
        named = account.random.choice([None, *account.invoices])
        receipts.append(Receipt(account.customer.id, f"bank-{next(_receipts)}", eur(minor), TODAY, named))
        account.paid += minor
    record_payments(session, receipts, now=NOW)


def _credit_lines(session: Session, account: Account) -> None:
    invoice_id = account.random.choice(account.invoices)
    items = lines_of(session, invoice_id)
    wanted = account.random.sample(items, account.random.randint(1, len(items)))
    whole = account.random.random() < 0.4
    lines = [CreditLine(item, None if whole else eur(account.random.randint(0, 3000))) for item in wanted]
    try:
        note = issue_credit_note(session, invoice_id, lines, CreditReason.CORRECTION, now=NOW)
    except (CreditTooHigh, LineNotOnInvoice, NothingToCredit):
        return
    account.credited += note.total_minor


def _cancel(session: Session, account: Account) -> None:
    note = credit_rest(session, account.random.choice(account.invoices), CreditReason.CANCELLATION, now=NOW)
    account.credited += 0 if note is None else note.total_minor


def _dispute(session: Session, account: Account) -> None:
    """Contest a whole bill or some lines, and let a person decide."""
    invoice_id = account.random.choice(account.invoices)
    items = lines_of(session, invoice_id)
    some = account.random.sample(items, account.random.randint(1, len(items)))
    outcome = account.random.choice((DisputeStatus.UPHELD, DisputeStatus.UPHELD, DisputeStatus.REJECTED))
    try:
        with session.begin_nested():
            lines = account.random.choice((None, some))
            dispute = open_dispute(session, account.customer.id, invoice_id, lines, "too high", now=NOW)
            review_dispute(session, dispute.id)
            note = close_dispute(session, dispute.id, outcome, now=NOW)
    except (CreditTooHigh, LineNotOnInvoice, NothingToCredit, NothingToDispute):
        return
    account.credited += 0 if note is None else note.total_minor
    account.upheld += 0 if note is None else note.total_minor


def _refund(session: Session, account: Account) -> None:
    minor = account.random.choice((max(0, -account.balance), account.random.randint(1, 4000)))
    try:
        refund = request_refund(session, account.customer.id, eur(minor), "asked", now=NOW)
    except RefundTooHigh:
        return
    account.refunded += minor
    account.waiting.append((refund.id, minor))


def _settle(session: Session, account: Account) -> None:
    if not account.waiting:
        return
    refund_id, minor = account.waiting.pop()
    approved = account.random.random() < 0.6
    settle_refund(session, refund_id, approved=approved, now=NOW)
    if approved:
        account.sent += minor
    else:
        account.refunded -= minor


_SINGLE = {
    Step.CREDIT: _credit_lines,
    Step.CANCEL: _cancel,
    Step.DISPUTE: _dispute,
    Step.REFUND: _refund,
    Step.SETTLE: _settle,
}
