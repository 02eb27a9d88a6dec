"""Payment arrangements: an open bill later, or in parts, by the very rules that hold for the customer alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from billing.adjustments.adjustment import (
    Account,
    Adjusted,
    AdjustmentRefused,
    Choice,
    Effect,
    Facts,
    UnknownChoice,
    Wish,
)
from billing.adjustments.bills import bill_of
from billing.dunning.arrangements import (
    ArrangementRefused,
    ExtensionOffer,
    agree_extension,
    agree_instalments,
    offer_extension,
    offer_instalments,
)
from billing.dunning.instalments import Part
from billing.invoices import InvoiceFacts, list_open_invoices
from billing.money import Money, total

LATER = "later"
# Of the numbers of parts that are possible, these are shown.
SHOWN_PARTS = (2, 3, 6, 12)
# Each bill is worked out by itself; the next ones come when these are arranged.
SHOWN_BILLS = 3
Offered = tuple[ExtensionOffer | None, Mapping[int, Sequence[Part]]]


def list_arrangements(session: Session, account: Account) -> Sequence[Choice]:
    """Return what can be agreed about the bills that were due first; raise with the first reason if it is nothing."""
    refusals: list[AdjustmentRefused] = []
    offered: list[Sequence[Choice]] = []
    for bill in list_open_invoices(session, account.customer_id):
        try:
            offered.append(_choices(bill, _offer(session, account, bill.id)))
        except AdjustmentRefused as refused:
            refusals.append(refused)
        if len(offered) == SHOWN_BILLS:
            break
    if not offered:
        raise refusals[0] if refusals else AdjustmentRefused("not_open")
    return [choice for choices in offered for choice in choices]


def arrange(session: Session, account: Account, wish: Wish) -> Adjusted:
    """Agree to it. `wish.day` is until when, for a bill that is put off; without it, as late as possible."""
    number, _, how = wish.choice.rpartition(":")
    invoice = bill_of(session, account, number)
    extension, instalments = _offer(session, account, invoice.id)
    if how == LATER:
        return _put_off(session, account, invoice.id, extension, wish.day)
    parts = instalments.get(int(how)) if how.isascii() and how.isdecimal() else None
    if parts is None:
        raise UnknownChoice
    _agree_parts(session, account, invoice.id, len(parts))
    amount = total((part.amount for part in parts), account.currency)
    effects = tuple(
        Effect("part", None, part.due_on, {"number": position, "amount": part.amount})
        for position, part in enumerate(parts, 1)
    )
    facts: Facts = {"amount": amount, "invoice": number, "count": len(parts), "first": parts[0].due_on}
    return Adjusted(amount, "arrangement_parts", facts, effects)


def _offer(session: Session, account: Account, invoice_id: UUID) -> Offered:
    try:
        instalments = offer_instalments(session, account.customer_id, invoice_id, now=account.now)
    except ArrangementRefused as refused:
        raise AdjustmentRefused(refused.refusal.value) from refused
    try:
        return offer_extension(session, account.customer_id, invoice_id, now=account.now), instalments
    except ArrangementRefused as refused:
        if instalments:
            return None, instalments
        raise AdjustmentRefused(refused.refusal.value) from refused


def _choices(bill: InvoiceFacts, offered: Offered) -> Sequence[Choice]:
    extension, instalments = offered
    later = [] if extension is None else [_later(bill, extension)]
    return [*later, *(_in_parts(bill, instalments[count]) for count in SHOWN_PARTS if count in instalments)]


def _later(bill: InvoiceFacts, offer: ExtensionOffer) -> Choice:
    facts: Facts = {"invoice": bill.number, "month": bill.period, "day": offer.latest}
    words = "arrangement.later"
    return Choice(f"{bill.number}:{LATER}", words, facts, f"{words}.detail", offer.open_amount, latest=offer.latest)


def _in_parts(bill: InvoiceFacts, parts: Sequence[Part]) -> Choice:
    facts: Facts = {
        "invoice": bill.number,
        "month": bill.period,
        "count": len(parts),
        "part": parts[0].amount,
        "first": parts[0].due_on,
    }
    amount = total((part.amount for part in parts), parts[0].amount.currency)
    return Choice(f"{bill.number}:{len(parts)}", "arrangement.parts", facts, "arrangement.parts.detail", amount)


def _put_off(
    session: Session, account: Account, invoice_id: UUID, offer: ExtensionOffer | None, day: date | None
) -> Adjusted:
    if offer is None:
        raise UnknownChoice
    until = day or offer.latest
    try:
        agree_extension(session, account.customer_id, invoice_id, until, now=account.now)
    except ArrangementRefused as refused:
        raise AdjustmentRefused(refused.refusal.value) from refused
    amount: Money = offer.open_amount
    facts: Facts = {"amount": amount, "invoice": offer.invoice_number, "day": until}
    return Adjusted(amount, "arrangement_later", facts, (Effect("due_on", offer.due_on, until),))


def _agree_parts(session: Session, account: Account, invoice_id: UUID, count: int) -> None:
    try:
        agree_instalments(session, account.customer_id, invoice_id, count, now=account.now)
    except ArrangementRefused as refused:
        raise AdjustmentRefused(refused.refusal.value) from refused
