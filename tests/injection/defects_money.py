"""Defects of reminders, interest, payments and advice: A15 to A18, A24; two defects at once; corrected ones."""

from datetime import date, timedelta

from tests.injection.arithmetic import DAY, half_up
from tests.injection.defects import VARIANTS, Expected, Variant, defect
from tests.injection.records import Invoice, Row
from tests.injection.spoiling import Spoiler
from tests.injection.writing import write_note

PAID = {"last_open": False, "payment": "whole", "late_payer": False}


def _fee(spoiler: Spoiler, about: Invoice, sent: date, fee: int, **row: object) -> Invoice | None:
    """Send a letter about an invoice that was not paid by then, and charge it on the bill that follows."""
    account = spoiler.account
    bills = [one for one in account.invoices if one.issued >= sent and one is not about]
    if not bills or not about.payments:
        return None
    for payment in about.payments:
        paid = sent + timedelta(days=4)
        spoiler.run("UPDATE payment SET received_on = ? WHERE id = ?", paid, payment["id"])
        spoiler.run(
            "UPDATE allocation SET allocated_on = max(allocated_on, ?) WHERE payment_id = ?", paid, payment["id"]
        )
    spoiler.town.insert("dunning_step", invoice_id=about.id, position=1, kind=row.get("kind", "reminder"), sent_on=sent,
                        claimed_minor=about.total, fee_minor=fee, law="")  # fmt: skip
    invoice = bills[0]
    like = invoice.lines[0]
    cause = {"invoice_number": about.number} if spoiler.rng.randrange(2) else {}
    spoiler.add(invoice, like, kind="late_fee", reason_code="reminder", contract=None, price=None, quantity=1, unit="",
                period_start=sent, period_end=sent + DAY, amount_minor=fee, tax_rate=0, cause=cause)  # fmt: skip
    return invoice


def _about(spoiler: Spoiler) -> Invoice | None:
    usable = [one for one in spoiler.account.invoices[:-2] if len(one.payments) == 1 and "also" not in one.payments[0]]
    return spoiler.rng.choice(usable) if usable else None


@defect("A15", "reminder above five euros", country="FI", **PAID)
def above_five(spoiler: Spoiler) -> Expected | None:
    about, fee = _about(spoiler), spoiler.rng.choice((501, 700, 1000))
    if about is None or _fee(spoiler, about, about.due + timedelta(days=spoiler.rng.randint(14, 20)), fee) is None:
        return None
    return {"A15": fee - 500}


@defect("A15", "a flat fee for a reminder in Germany", country="DE", **PAID)
def flat_fee(spoiler: Spoiler) -> Expected | None:
    about, fee = _about(spoiler), spoiler.rng.choice((120, 250, 500))
    if about is None or _fee(spoiler, about, about.due + timedelta(days=spoiler.rng.randint(3, 20)), fee) is None:
        return None
    return {"A15": fee}


@defect("A16", "reminder before the fourteenth day", country="FI", **PAID)
def too_early(spoiler: Spoiler) -> Expected | None:
    about, fee = _about(spoiler), spoiler.rng.choice((300, 500))
    if about is None or _fee(spoiler, about, about.due + timedelta(days=spoiler.rng.randint(1, 13)), fee) is None:
        return None
    return {"A16": fee}


@defect("A16", "second reminder days after the first", country="FI", **PAID)
def second_too_early(spoiler: Spoiler) -> Expected | None:
    about = _about(spoiler)
    if about is None:
        return None
    first = about.due + timedelta(days=14)
    second = first + timedelta(days=spoiler.rng.randint(2, 13))
    if _fee(spoiler, about, first, 0) is None:
        return None
    later = [one for one in spoiler.account.invoices if one.issued >= second and one is not about]
    if not later:
        return None
    for payment in about.payments:
        paid = second + timedelta(days=4)
        spoiler.run("UPDATE payment SET received_on = ? WHERE id = ?", paid, payment["id"])
    spoiler.town.insert("dunning_step", invoice_id=about.id, position=2, kind="reminder", sent_on=second,
                        claimed_minor=about.total, fee_minor=400, law="")  # fmt: skip
    spoiler.add(later[0], later[0].lines[0], kind="late_fee", reason_code="reminder", contract=None, price=None,
                quantity=1, unit="", period_start=second, period_end=second + DAY, amount_minor=400, tax_rate=0,
                cause={"invoice_number": about.number})  # fmt: skip
    return {"A16": 400}


# Per cent for consumers in basis points, from the first day of each half-year.
RATES = {
    "DE": [(date(2024, 7, 1), 837), (date(2025, 1, 1), 727), (date(2025, 7, 1), 627), (date(2026, 1, 1), 627)],
    "FI": [(date(2024, 7, 1), 1150), (date(2025, 1, 1), 1050), (date(2025, 7, 1), 950), (date(2026, 1, 1), 950)],
}


def _interest(country: str, principal: int, due: date, paid: date, more: int = 0) -> int:
    exact = 0
    day = due + DAY
    while day <= paid:
        exact += principal * (more + max((since, rate) for since, rate in RATES[country] if since <= day)[1])
        day += DAY
    return half_up(exact, 3_650_000)


def _charge_interest(spoiler: Spoiler, wrong: str) -> Expected | None:
    about = _about(spoiler)
    if about is None or about.due > date(2026, 3, 1) or about.total < 2000:
        return None
    country = spoiler.account.country
    paid = about.due + timedelta(days=spoiler.rng.randint(20, 90))
    later = [one for one in spoiler.account.invoices if one.issued > paid]
    if not later:
        return None
    default = about.due
    if wrong == "default":
        default = about.due + timedelta(days=10)
        spoiler.town.insert("dunning_step", invoice_id=about.id, position=1, kind="reminder", sent_on=default,
                            claimed_minor=about.total, fee_minor=0, law="")  # fmt: skip
    right = _interest(country, about.total, default, paid)
    charged = {
        "default": _interest(country, about.total, about.due, paid),
        "rate": _interest(country, about.total, about.due, paid, 500),
        "principal": _interest(country, about.total * 2, about.due, paid),
        "days": _interest(country, about.total, about.due - timedelta(days=30), paid),
    }[wrong]
    for payment in about.payments:
        spoiler.run("UPDATE payment SET received_on = ? WHERE id = ?", paid, payment["id"])
        spoiler.run("UPDATE allocation SET allocated_on = ? WHERE payment_id = ?", paid, payment["id"])
    spoiler.add(later[0], later[0].lines[0], kind="interest", reason_code="late_payment", contract=None, price=None,
                quantity=1, unit="", period_start=about.due + DAY, period_end=paid + DAY, amount_minor=charged,
                tax_rate=0, cause={"invoice_number": about.number} if spoiler.rng.randrange(2) else {})  # fmt: skip
    return {"A17": charged - right} if charged > right else None


@defect("A17", "five points too many", era="recent", skip=0, months=8, **PAID)
def wrong_rate(spoiler: Spoiler) -> Expected | None:
    return _charge_interest(spoiler, "rate")


@defect("A17", "interest on twice the sum", era="recent", skip=0, months=8, **PAID)
def wrong_principal(spoiler: Spoiler) -> Expected | None:
    return _charge_interest(spoiler, "principal")


@defect("A17", "interest from before the due date", era="recent", skip=0, months=8, **PAID)
def wrong_days(spoiler: Spoiler) -> Expected | None:
    return _charge_interest(spoiler, "days")


@defect("A17", "interest from before the reminder", country="DE", era="recent", skip=0, months=8, **PAID)
def before_default(spoiler: Spoiler) -> Expected | None:
    return _charge_interest(spoiler, "default")


@defect("A18", "a payment lies idle", last_open=False)
def idle(spoiler: Spoiler) -> Expected | None:
    invoice = spoiler.rng.choice(spoiler.account.invoices[:-1])
    if len(invoice.payments) != 1 or "also" in invoice.payments[0] or len(spoiler.account.invoices) < 3:
        return None
    payment = invoice.payments[0]
    spoiler.run("DELETE FROM allocation WHERE payment_id = ?", payment["id"])
    return {"A18": payment["amount_minor"]}


@defect("A18", "a payment put to a stranger's bill", last_open=False)
def astray(spoiler: Spoiler) -> Expected | None:
    invoice = spoiler.rng.choice(spoiler.account.invoices[:-1])
    strangers = spoiler.town.connection.execute(
        "SELECT id FROM invoice WHERE customer_id <> ? ORDER BY number DESC LIMIT 1", [spoiler.account.id]
    ).fetchone()
    if strangers is None or len(invoice.payments) != 1 or "also" in invoice.payments[0]:
        return None
    payment = invoice.payments[0]
    spoiler.run("UPDATE allocation SET invoice_id = ? WHERE payment_id = ?", strangers[0], payment["id"])
    return {"A18": payment["amount_minor"]}


@defect("A18", "a credit note lies idle", last_open=True, payment="whole")
def note_unused(spoiler: Spoiler) -> Expected | None:
    paid = [one for one in spoiler.account.invoices if one.payments]
    if not paid or spoiler.account.invoices[-1].total < 500:
        return None
    invoice = spoiler.rng.choice(paid)
    line = max(invoice.lines, key=lambda one: one["amount_minor"])
    if line["amount_minor"] < 400:
        return None
    write_note(spoiler.town, spoiler.account, invoice, line, 400, "goodwill")
    spoiler.run("DELETE FROM refund WHERE customer_id = ?", spoiler.account.id)
    return {"A18": 400}


@defect("A24", "the dearer of two plans for the same need", plan="tv_a", changes_plan=False, ends_within=False,
        discounted=False)  # fmt: skip
def dearer_plan(spoiler: Spoiler) -> Expected | None:
    """Nothing is spoiled; expected is what the other plan saves in a month."""
    return {"A24": 2490 - 1990}


# More than one thing wrong, and things put right before.


def _combined(first: Variant, second: Variant) -> None:
    def spoil(spoiler: Spoiler) -> Expected | None:
        one = first.spoil(spoiler)
        two = one and second.spoil(spoiler)
        if not one or not two or one.keys() & two.keys():
            return None
        return {**one, **two}

    wishes = {**second.wishes, **first.wishes}
    VARIANTS.append(Variant("two", f"{first.name} and {second.name}", spoil, wishes))


def _corrected(variant: Variant) -> None:
    def spoil(spoiler: Spoiler) -> Expected | None:
        before = {one.id: {line["id"]: line["amount_minor"] for line in one.lines} for one in spoiler.account.invoices}
        found = variant.spoil(spoiler)
        if not found:
            return None
        (over,) = found.values()
        changed = [
            (invoice, line)
            for invoice in spoiler.account.invoices
            for line in invoice.lines
            if before[invoice.id].get(line["id"]) != line["amount_minor"] and line["amount_minor"] >= over
        ]
        if len(changed) != 1 or over <= 0 or not changed[0][0].payments:
            return None
        _credit(spoiler, *changed[0], over)
        return {}

    VARIANTS.append(Variant("corrected", f"put right: {variant.name}", spoil, variant.wishes))


def _credit(spoiler: Spoiler, invoice: Invoice, line: Row, amount: int) -> None:
    write_note(spoiler.town, spoiler.account, invoice, line, amount, "correction")


def _by_name(name: str) -> Variant:
    return next(variant for variant in VARIANTS if variant.name == name)


def complete() -> None:
    """Add the variants that are made of others; call it when all others are known."""
    pairs = (
        ("base line printed twice", "single charge again on a later bill"),
        ("a report counted twice", "base line printed twice"),
        ("promotion left out", "order not proven"),
        ("the next price before its day", "a fee that nobody agreed to"),
        ("compensation left out", "total above the sum of the lines"),
        ("reminder above five euros", "days of a month charged once more"),
        ("full price for a part of a month", "a fee for somebody else's contract"),
        ("fee above what was agreed", "base line printed again on the next bill"),
    )
    for first, second in pairs:
        _combined(_by_name(first), _by_name(second))
    for name in (
        "base line printed twice", "days of a month charged once more", "a fee that nobody agreed to",
        "single charge again on a later bill", "full price for a part of a month", "allowance ignored",
        "fee above what was agreed", "the next price before its day", "reminder above five euros",
    ):  # fmt: skip
        _corrected(_by_name(name))
