"""What is owed, what was paid and how to pay: random facts told by the actions, and what each has to say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from actions.base import Work
from actions.invoices import ActionListInvoices
from actions.payments import ActionTellBalanceDue, ActionTellHowToPay, ActionTellPaymentStatus
from actions.reply import Reply
from actions.sensitive import SensitiveAction
from billing.accounts import BalanceDue
from billing.invoices import InvoiceFacts
from billing.money import total
from billing.payments import PaymentFacts, PaymentStatus
from tests.actions.reply_roles.desk import CALLER, Desk
from tests.actions.reply_roles.expecting import TODAY, Expected, day_of, euros, month_of
from tests.actions.reply_roles.figures import Value
from tests.actions.reply_roles.made_bills import (
    NOTHING,
    a_day,
    a_payment,
    a_settled_bill,
    an_amount,
    an_open_bill,
    payment_details,
)
from tests.actions.reply_roles.speaking import spoken

PAGE = "https://pay.example/{invoice}/{amount}?ref={reference}"


@dataclass(frozen=True)
class Case:
    """How it is told, the facts found under the names of a module, and what the reply has to say."""

    tell: Callable[[Work, Reply], None]
    facts: Mapping[str, object]
    expected: list[Expected]
    payment_page: str | None = None

    def reply(self, desk: Desk, language: str) -> str:
        work = desk.work_in(language, self.payment_page)
        with desk.knows(self.facts) as reply:
            self.tell(work, reply)
        return spoken(reply, language)


def by(action: type[SensitiveAction]) -> Callable[[Work, Reply], None]:
    return lambda work, reply: action(work.runtime).tell(work, reply, CALLER)


def balance(rng: Random) -> Case:
    bills = sorted(
        (an_open_bill(rng, overdue=rng.random() < 0.5) for _ in range(rng.choice((0, 1, 1, 2, 3, 12)))),
        key=lambda bill: bill.due_on,
    )
    amount = total((bill.open_amount for bill in bills), "EUR")
    first = bills[0] if bills else None
    overdue = first is not None and first.due_on < TODAY
    due = BalanceDue(amount, first.due_on if first else None, overdue, tuple(bills))
    facts: dict[str, Value] = {"open": euros(amount)}
    if len(bills) > 1:
        facts["bills"] = Decimal(len(bills))
    expected = Expected("owed", facts | _due(first)) if first else Expected("nothing_owed")
    return Case(by(ActionTellBalanceDue), {"actions.payments.balance_due": due}, [expected])


def status(rng: Random) -> Case:
    last = rng.choice((None, a_payment(rng), a_payment(rng, for_bill=False)))
    amount = rng.choice((NOTHING, an_amount(rng)))
    overdue_since = a_day(rng, past=True) if amount and rng.random() < 0.5 else None
    duplicate = a_payment(rng) if rng.random() < 0.3 else None
    late_fee = an_amount(rng) if rng.random() < 0.3 else None
    found = PaymentStatus(last, amount, overdue_since, duplicate, late_fee, NOTHING)
    expected = [Expected("received", _payment(last, late=True)) if last else Expected("none_received")]
    since: dict[str, Value] = {"overdue_since": day_of(overdue_since)} if overdue_since else {}
    expected.append(Expected("still_owed", {"open": euros(amount), **since}) if amount else Expected("nothing_owed"))
    if late_fee:
        expected.append(Expected("reminder_fee", {"fee": euros(late_fee)}))
    if duplicate:
        expected.append(Expected("duplicate", _payment(duplicate, late=False)))
    return Case(by(ActionTellPaymentStatus), {"actions.payments.payment_status": found}, expected)


def how_to_pay(rng: Random) -> Case:
    country, page = rng.choice(("DE", "FI")), rng.choice((None, PAGE))
    bill = an_open_bill(rng, overdue=rng.random() < 0.5, country=country)
    details = payment_details(bill, country, by_transfer=page is None or rng.random() < 0.8)
    expected = []
    if details.iban:
        iban = " ".join(details.iban[start : start + 4] for start in range(0, len(details.iban), 4))
        account: dict[str, Value] = {"iban": iban, "reference": details.reference.printed}
        expected.append(Expected("transfer", {"open": euros(bill.open_amount), **_due(bill), **account}))
    if page:
        reference = details.reference.printed.replace(" ", "")
        link = f"https://pay.example/{bill.number}/{euros(bill.open_amount):.2f}?ref={reference}"
        expected.append(Expected("link", {"link": link}))
    return Case(by(ActionTellHowToPay), {"actions.payments.find_payment_details": details}, expected, page)


def bills(rng: Random) -> Case:
    """Three bills of every state, in any order."""
    makers: list[Callable[[], InvoiceFacts]] = [
        lambda: an_open_bill(rng, overdue=False),
        lambda: an_open_bill(rng, overdue=True),
        lambda: a_settled_bill(rng, credited=False),
        lambda: a_settled_bill(rng, credited=True),
    ]
    listed = [rng.choice(makers)() for _ in range(3)]
    return Case(by(ActionListInvoices), {"actions.invoices.list_invoices": listed}, [_listed(bill) for bill in listed])


def _listed(bill: InvoiceFacts) -> Expected:
    facts: dict[str, Value] = {"month": month_of(bill.period.start), "total": euros(bill.total)}
    if bill.open_amount:
        return Expected("bill_overdue" if bill.due_on < TODAY else "bill_open", facts | _due(bill))
    return Expected("bill_credited" if bill.credited == bill.total else "bill_paid", facts)


def _due(bill: InvoiceFacts) -> dict[str, Value]:
    return {"overdue_since" if bill.due_on < TODAY else "due_on": day_of(bill.due_on)}


def _payment(payment: PaymentFacts, *, late: bool) -> dict[str, Value]:
    facts: dict[str, Value] = {"paid": euros(payment.amount), "received_on": day_of(payment.received_on)}
    if payment.invoice_number:
        facts["paid_bill"] = payment.invoice_number
    if late and payment.days_late:
        facts["days_late"] = Decimal(payment.days_late)
    return facts
