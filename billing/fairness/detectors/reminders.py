"""A15 fees above what the law allows, A16 reminders too early, A17 interest on what was paid late.

The fee of one reminder can be both too high and too early: what is above the law's limit is the first, the rest of it
the second.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from billing.dunning.late_interest import OwedSpan, interest_on
from billing.fairness.claims import Book, Case
from billing.fairness.facts import DunningFacts, InvoiceAudited, LineFacts, PaymentFacts
from billing.fairness.finding import Evidence
from billing.law import Rule, RuleMissing
from billing.money import Money
from billing.rating.kinds import LineKind

FEE_RULE = "reminder_fee"
DEMAND_RULE = "payment_demand_fee"
INTEREST_RULE = "late_interest"
DEFAULT_RULE = "default"
UNPAID_RULE = "contract.reminder_of_unpaid"
DEMAND = "payment_demand"


def audit_reminders(case: Case, book: Book) -> None:
    seen: Counter[tuple[object, ...]] = Counter()
    for line in sorted(book.lines, key=lambda line: (line.credited >= line.amount, line.invoice, line.position)):
        if line.kind is not LineKind.LATE_FEE or line.amount <= 0:
            continue
        key = (line.period, line.amount, str(line.cause.get("invoice_number", "")), str(line.cause.get("kind", "")))
        letters = [one for one in case.facts.dunning if one.sent_on == line.period.start and one.fee == line.amount]
        seen[key] += 1
        if seen[key] > max(1, len(letters)):
            case.claim("A1", line, line.amount, "contract.reminder_charged_once")
        else:
            _audit_fee(case, book, line)


def _audit_fee(case: Case, book: Book, line: LineFacts) -> None:
    step = _letter(case, book, line)
    sent_on = step.sent_on if step else line.period.start
    about = _reminded(case, book, line, step, sent_on)
    if about is None:
        case.claim("A14", line, line.amount, UNPAID_RULE, reason="nothing_was_due")
        return
    try:
        cap, rule, days_after = _limits(case, line, about, step)
    except RuleMissing as error:
        evidence: tuple[Evidence, ...] = ({"row": "line", "invoice": line.invoice, "position": line.position},)
        case.ask("A15", error.name, f"{line.invoice}/{line.position}", evidence, reason="law_missing")
        return
    more = (_invoice_row(about),)
    earliest = _earliest(case, about, sent_on, days_after, rule)
    # A line of many days does not say when the letter was sent.
    is_early = sent_on < earliest and (step is not None or line.period.days == 1)
    if not is_early and _open_on(case, about, sent_on) <= 0:
        case.claim("A14", line, line.amount, UNPAID_RULE, more=more, reason="nothing_was_due")
        return
    if line.amount > cap:
        case.claim("A15", line, line.amount - cap, rule.version, more=more, cap_minor=cap)
    if is_early and min(cap, line.amount) > 0:
        facts = {"sent_on": sent_on.isoformat(), "earliest": earliest.isoformat()}
        case.claim("A16", line, min(cap, line.amount), rule.version, more=more, **facts)


def _letter(case: Case, book: Book, line: LineFacts) -> DunningFacts | None:
    """Return the letter that the line charges: of its day, else of its fee and sent before the bill."""
    named = str(line.cause.get("invoice_number", ""))
    letters = [one for one in case.facts.dunning if named in {"", one.invoice}]
    of_day = [one for one in letters if one.sent_on == line.period.start]
    if of_day:
        return of_day[0]
    issued_on = book.invoice_of(line).issued_on
    return next((one for one in reversed(letters) if one.fee == line.amount and one.sent_on <= issued_on), None)


def _limits(case: Case, line: LineFacts, about: InvoiceAudited, step: DunningFacts | None) -> tuple[int, Rule, int]:
    """Return the most that the letter may cost, the rule, and the days after the due date or the reminder."""
    kind = step.kind if step else str(line.cause.get("kind", ""))
    if kind == DEMAND and case.law.find(DEMAND_RULE, line.period.start) is not None:
        rule = case.law.get(DEMAND_RULE, line.period.start)
        claimed = step.claimed if step else about.total
        tier = next(one for one in rule.values["tiers"] if one["up_to_minor"] is None or claimed <= one["up_to_minor"])
        return int(tier["max_fee_minor"]), rule, rule.number("days_after_reminder")
    rule = case.law.get(FEE_RULE, line.period.start)
    return rule.number("max_fee_minor"), rule, rule.number("days_after_due")


def _earliest(case: Case, about: InvoiceAudited, sent_on: date, days_after: int, rule: Rule) -> date:
    """Return the first day on which this letter may cost something: counted from the due date or the letter before."""
    before = [one.sent_on for one in case.facts.dunning if one.invoice == about.number and one.sent_on < sent_on]
    if rule.name == DEMAND_RULE:
        return (max(before) if before else about.due_on) + timedelta(days=days_after)
    earliest = about.due_on + timedelta(days=days_after)
    if before:
        earliest = max(earliest, max(before) + timedelta(days=rule.number("days_between")))
    return earliest


def _reminded(
    case: Case, book: Book, line: LineFacts, step: DunningFacts | None, sent_on: date
) -> InvoiceAudited | None:
    """Return the invoice that the letter was about: as letter or line says, else an open one, else the one due last."""
    named = step.invoice if step else str(line.cause.get("invoice_number", ""))
    if named in book.invoices:
        return book.invoices[named]
    issued = [one for one in case.facts.invoices if one.issued_on <= sent_on and one.number != line.invoice]
    still_open = [one for one in issued if _open_on(case, one, sent_on) > 0]
    if still_open:
        return min(still_open, key=lambda invoice: invoice.due_on)
    return max(issued, key=lambda invoice: invoice.due_on, default=None)


def _open_on(case: Case, invoice: InvoiceAudited, day: date) -> int:
    """Return what was not paid before the day; money without a destination counts for the invoice it names."""
    paid = sum(amount for received_on, amount in _payments_for(case, invoice) if received_on < day)
    for note in case.facts.credit_notes:
        if note.invoice == invoice.number and note.issued_on < day:
            paid += note.amount - note.to_credit
        paid += sum(one.amount for one in note.allocations if one.invoice == invoice.number and one.allocated_on < day)
    return invoice.total - paid


def _payments_for(case: Case, invoice: InvoiceAudited) -> list[tuple[date, int]]:
    """Return what was paid for an invoice, and when: first what names it, then what else was put to it.

    Money that names another invoice is not counted, wherever it was put.
    """
    left = invoice.total
    receipts: list[tuple[date, int]] = []
    for payment in sorted(case.facts.payments, key=lambda payment: payment.invoice != invoice.number):
        put_here = sum(one.amount for one in payment.allocations if one.invoice == invoice.number)
        amount = payment.amount if payment.invoice == invoice.number else put_here
        is_for_another = payment.invoice not in {None, invoice.number} and payment.own and not _is_rest(payment)
        amount = 0 if is_for_another else min(amount, left)
        if amount > 0:
            receipts.append((payment.received_on, amount))
            left -= amount
    return receipts


def _is_rest(payment: PaymentFacts) -> bool:
    """Say whether the invoice that the payer named got its part, so that what is left may go elsewhere."""
    return any(one.invoice == payment.invoice for one in payment.allocations)


def audit_interest(case: Case, book: Book) -> None:
    for line in book.lines:
        if line.kind is LineKind.INTEREST and line.amount > 0:
            _audit_interest(case, book, line)


def _audit_interest(case: Case, book: Book, line: LineFacts) -> None:
    about = _owed_invoice(book, line)
    row: Evidence = {"row": "line", "invoice": line.invoice, "position": line.position}
    subject = f"{line.invoice}/{line.position}"
    if about is None:
        case.ask("A17", INTEREST_RULE, subject, (row,), reason="invoice_unknown")
        return
    try:
        due, rest = _interest_due(case, about, line)
        rule = case.law.get(INTEREST_RULE, about.due_on + timedelta(days=1)).version
    except RuleMissing as error:
        case.ask("A17", INTEREST_RULE, subject, (row,), reason="law_missing", day=error.day.isoformat())
        return
    if line.amount > due:
        case.claim("A17", line, line.amount - due, rule, more=(_invoice_row(about),), expected_minor=due)
    elif line.amount > rest:
        more = (row, _invoice_row(about))
        case.ask("A17", rule, subject, more, amount=line.amount - rest, reason="default_not_recorded")


def _interest_due(case: Case, about: InvoiceAudited, line: LineFacts) -> tuple[int, int]:
    """Return the most that may be charged, and what may be if no letter was sent that nobody wrote down."""
    default = case.law.find(DEFAULT_RULE, about.due_on)
    days_after = default.number("days_after_due") if default else 0
    letters = [one.sent_on for one in case.facts.dunning if one.invoice == about.number]
    start = about.due_on + timedelta(days=days_after)
    if default and default.values["by_reminder"]:
        start = min(start, *letters) if letters else start
    from_default = interest_on(_owed_spans(case, about, line, start), case.law, case.facts.currency).minor
    if start == about.due_on or case.facts.dunning:
        return from_default, from_default
    from_due = interest_on(_owed_spans(case, about, line, about.due_on), case.law, case.facts.currency).minor
    return from_due, from_default


def _owed_invoice(book: Book, line: LineFacts) -> InvoiceAudited | None:
    named = book.invoices.get(str(line.cause.get("invoice_number", "")))
    if named is not None:
        return named
    due = [
        one for one in book.facts.invoices if one.due_on in {line.period.start, line.period.start - timedelta(days=1)}
    ]
    return due[0] if len(due) == 1 else None


def _owed_spans(case: Case, about: InvoiceAudited, line: LineFacts, after: date) -> Sequence[OwedSpan]:
    """Return what was owed from when to when: after a day until it was paid, at most until the line's end.

    Interest on the bill bears none; what was paid counts for it first.
    """
    # Some write the days after the due date, some from the due date to before the payment.
    until = line.period.end if line.period.start <= about.due_on else line.period.last_day
    principal = about.total - sum(one.amount for one in about.lines if one.kind is LineKind.INTEREST)
    start = max(after, line.period.start - timedelta(days=1))
    paid = sorted(_receipts(case, about))
    owed = about.total - sum(amount for day, amount in paid if day <= start)
    spans: list[OwedSpan] = []
    for day, amount in [*((day, amount) for day, amount in paid if day > start), (until, 0)]:
        end = min(day, until)
        if owed > 0 and end > start:
            spans.append(OwedSpan(Money(min(owed, principal), case.facts.currency), start, end))
        start = max(start, end)
        owed -= amount
    return spans


def _receipts(case: Case, about: InvoiceAudited) -> list[tuple[date, int]]:
    receipts = _payments_for(case, about)
    for note in case.facts.credit_notes:
        if note.invoice == about.number and note.amount > note.to_credit:
            receipts.append((note.issued_on, note.amount - note.to_credit))
        receipts += [(one.allocated_on, one.amount) for one in note.allocations if one.invoice == about.number]
    return receipts


def _invoice_row(invoice: InvoiceAudited) -> Evidence:
    return {"row": "invoice", "invoice": invoice.number, "due_on": invoice.due_on.isoformat()}
