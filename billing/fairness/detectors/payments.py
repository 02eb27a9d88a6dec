"""A18: money that arrived or was credited, and that no invoice of this account got.

Nothing is to be credited for it: the money has to be put where it belongs.
"""

from datetime import date

from billing.fairness.claims import Book, Case, Claim
from billing.fairness.facts import PaymentFacts
from billing.fairness.finding import Evidence

RULE = "contract.payments_are_credited"


def audit_payments(case: Case, book: Book) -> None:
    open_ = _open_amounts(case)
    left_open = sum(open_.values())
    refunded = case.facts.refunded
    for payment in case.facts.payments:
        astray = sum(one.amount for one in payment.allocations if not one.own)
        idle = payment.amount - sum(one.amount for one in payment.allocations)
        if not payment.own:
            put_here = sum(one.amount for one in payment.allocations if one.own)
            missing, reason = (payment.amount - put_here, "other_account") if not put_here else (0, "")
        elif astray:
            missing, reason = astray, "other_invoice"
        elif payment.invoice in open_ and _put_elsewhere(payment):
            # The payer decides which bill is paid.
            missing, reason = min(_put_elsewhere(payment), open_[payment.invoice]), "other_invoice"
            open_[payment.invoice] -= missing
            left_open -= missing
        else:
            gone = min(refunded, idle)
            refunded -= gone
            missing, reason = min(idle - gone, left_open), "not_put_to_invoice"
            left_open -= max(0, missing)
        if missing > 0 and _uses_allocations(case, payment):
            _claim(case, payment.reference, missing, reason, _row(payment))
    for note in case.facts.credit_notes:
        idle = note.to_credit - sum(one.amount for one in note.allocations if one.own)
        missing = min(idle - min(refunded, idle), left_open)
        refunded -= min(refunded, idle)
        if missing > 0 and note.issued_on < case.today:
            left_open -= missing
            row: Evidence = {"row": "credit_note", "credit_note": note.number, "amount_minor": note.amount}
            _claim(case, note.number, missing, "credit_note_unused", row)


def _put_elsewhere(payment: PaymentFacts) -> int:
    """Return what other bills of the account got of a payment of which the one that the payer named got nothing."""
    if any(one.invoice == payment.invoice for one in payment.allocations):
        return 0
    return sum(one.amount for one in payment.allocations)


def _claim(case: Case, subject: str, amount: int, reason: str, row: Evidence) -> None:
    case.claims.append(Claim("A18", amount, RULE, evidence=(row,), facts={"reason": reason}, subject=subject))


def _uses_allocations(case: Case, payment: PaymentFacts) -> bool:
    """Let accounts pass of which nobody wrote down what money was put to, if the payer named an invoice."""
    return (
        bool(payment.allocations)
        or payment.invoice is None
        or not payment.own
        or any(one.allocations for one in case.facts.payments)
        or _was_reminded(case, payment.invoice, payment.received_on)
    )


def _was_reminded(case: Case, invoice: str, since: date) -> bool:
    return any(one.invoice == invoice and one.sent_on > since for one in case.facts.dunning)


def _open_amounts(case: Case) -> dict[str, int]:
    """Return what our books say is open of each invoice."""
    open_ = {invoice.number: invoice.total for invoice in case.facts.invoices}
    for payment in case.facts.payments:
        for one in payment.allocations:
            if one.invoice in open_:
                open_[one.invoice] -= one.amount
    for note in case.facts.credit_notes:
        if note.invoice in open_:
            open_[note.invoice] -= note.amount - note.to_credit
        for one in note.allocations:
            if one.invoice in open_:
                open_[one.invoice] -= one.amount
    return {number: amount for number, amount in open_.items() if amount > 0}


def _row(payment: PaymentFacts) -> Evidence:
    return {"row": "payment", "payment": payment.reference, "amount_minor": payment.amount}
