"""Defects of base charges: A1 to A6, A10, A22."""

from datetime import date, timedelta

from tests.injection.arithmetic import DAY, first_of_month, half_up, share, usage_price, vat
from tests.injection.bills import bill_contract
from tests.injection.defects import Expected, defect
from tests.injection.plans import Plan
from tests.injection.spoiling import Spoiler

BASE = ("recurring", "proration_charge")


@defect("A1", "base line printed twice")
def twice_on_the_bill(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick(*BASE)
    if picked is None:
        return None
    invoice, line = picked
    spoiler.add(invoice, line)
    return {"A1": line["amount_minor"]}


@defect("A1", "base line printed again on the next bill")
def again_on_the_next(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick(*BASE)
    after = picked and spoiler.next_invoice(picked[0])
    if picked is None or after is None:
        return None
    spoiler.add(after, picked[1])
    return {"A1": picked[1]["amount_minor"]}


@defect("A1", "usage line printed twice", plan="power")
def usage_twice(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("usage")
    if picked is None or picked[1]["reason_code"] == "late_usage":
        return None
    spoiler.add(*picked)
    return {"A1": picked[1]["amount_minor"]}


@defect("A13", "single charge printed twice", service=True)
def service_twice(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("one_off")
    if picked is None:
        return None
    spoiler.add(*picked)
    return {"A13": picked[1]["amount_minor"]}


@defect("A14", "a monthly fee beside the plan's")
def monthly_fee(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring", whole=True)
    if picked is None:
        return None
    amount = spoiler.rng.choice((99, 499, 777))
    spoiler.add(*picked, amount_minor=amount, price=None)
    return {"A14": amount}


@defect("A10", "a credit for days that is too small", ends_within=True, early=False, discounted=False, outage=False)
def credit_too_small(spoiler: Spoiler) -> Expected | None:
    """The last month was billed whole; what came back for the days after the end was less than they cost."""
    contract, invoice = spoiler.account.contracts[0], spoiler.account.invoices[-1]
    for line in list(invoice.lines):
        ends = line["contract"] is contract and line["period_end"] == contract.end
        if ends and line["kind"] == "proration_charge" and line["period_start"] == invoice.start:
            price = plan_price(spoiler, line)
            back = price - line["amount_minor"]
            less = spoiler.rng.randint(1, max(1, back - 1))
            if back < 2:
                return None
            spoiler.change(invoice, line, period_end=invoice.end, amount_minor=price, kind="recurring")
            spoiler.add(invoice, line, kind="proration_credit", period_start=contract.end, amount_minor=less - back)
            return {"A10": less}
    return None


@defect("A2", "days of a month charged once more")
def days_once_more(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring", whole=True)
    if picked is None:
        return None
    invoice, line = picked
    start = invoice.start + timedelta(days=spoiler.rng.randint(3, 24))
    amount = share(line["amount_minor"], invoice.month, start, invoice.end)
    spoiler.add(invoice, line, kind="proration_charge", period_start=start, amount_minor=amount)
    return {"A2": amount}


@defect("A2", "a month from its middle on, on top of the calendar months")
def shifted_month(spoiler: Spoiler) -> Expected | None:
    found = spoiler.lines("recurring", whole=True)
    found = [(i, one) for i, one in found if (n := spoiler.next_invoice(i)) is not None and any(
        o["kind"] == "recurring" and o["contract"] is one["contract"] and o["amount_minor"] == one["amount_minor"]
        for o in n.lines)]  # fmt: skip
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    start = invoice.start + timedelta(days=14)
    spoiler.add(invoice, line, period_start=start, period_end=first_of_month(start, 1) + timedelta(days=14))
    return {"A2": line["amount_minor"]}


@defect("A2", "old plan charged to the end of the month after a change", plan="home_s", changes_plan=True,
        starts_within=False, discounted=False)  # fmt: skip
def old_plan_goes_on(spoiler: Spoiler) -> Expected | None:
    contract = spoiler.account.contracts[0]
    if len(contract.phases) < 2:
        return None
    changed = contract.phases[1][1]
    for invoice in spoiler.account.invoices:
        for line in invoice.lines:
            if line["contract"] is contract and line["kind"] == "proration_charge" and line["period_end"] == changed:
                price = next(p for p in spoiler.town.plans[contract.phases[0][0], spoiler.account.country].prices
                             if p.id == line["price"])  # fmt: skip
                if line["period_start"] != invoice.start:
                    return None
                over = price.base - line["amount_minor"]
                spoiler.change(invoice, line, period_end=invoice.end, amount_minor=price.base)
                return {"A2": over}
    return None


def _ends(spoiler: Spoiler) -> date | None:
    return spoiler.account.contracts[0].end


@defect("A3", "the whole last month", ends_within=True, early=False, discounted=False, outage=False)
def whole_last_month(spoiler: Spoiler) -> Expected | None:
    end = _ends(spoiler)
    invoice = spoiler.account.invoices[-1]
    for line in list(invoice.lines):
        if line["period_end"] == end and line["kind"] == "proration_charge" and line["period_start"] == invoice.start:
            price = plan_price(spoiler, line)
            over = price - line["amount_minor"]
            spoiler.change(invoice, line, period_end=invoice.end, amount_minor=price, kind="recurring")
            return {"A3": over}
    return None


@defect("A3", "a month after the end", ends_within=True, end_month=1, early=False, discounted=False, second=True,
        starts_within=False, changes_plan=False, outage=False)  # fmt: skip
def month_after_end(spoiler: Spoiler) -> Expected | None:
    end = _ends(spoiler)
    later = [one for one in spoiler.account.invoices if end is not None and one.start >= end]
    before = [
        line
        for invoice in spoiler.account.invoices
        for line in invoice.lines
        if line["contract"] is spoiler.account.contracts[0] and line["kind"] in BASE
    ]
    if not later or not before:
        return None
    invoice, line = spoiler.rng.choice(later), before[0]
    plan = spoiler.town.plans[spoiler.account.contracts[0].phases[0][0], spoiler.account.country]
    price = plan.price_on(invoice.start)
    tax = vat(spoiler.account.country, price.category, invoice.start)
    spoiler.add(invoice, line, kind="recurring", period_start=invoice.start, period_end=invoice.end,
                amount_minor=price.base, price=price.id, tax_rate=tax)  # fmt: skip
    return {"A3": price.base}


@defect("A3", "billed in advance, then cancelled", ends_within=True, early=False, discounted=False, outage=False,
        service=False, third_party=False)  # fmt: skip
def advance_then_cancelled(spoiler: Spoiler) -> Expected | None:
    """The last month was billed on its first day; the days after the end were never given back."""
    result = whole_last_month(spoiler)
    if result is None or any(one["kind"] == "usage" for one in spoiler.account.invoices[-1].lines):
        return None
    invoice = spoiler.account.invoices[-1]
    if any(line["kind"] == "late_fee" for line in invoice.lines):
        return None
    spoiler.run("UPDATE invoice SET issued_on = ?, due_on = ? WHERE id = ?", invoice.start,
                invoice.start + timedelta(days=14), invoice.id)  # fmt: skip
    return result


@defect("A4", "the whole first month", starts_within=True, discounted=False)
def whole_first_month(spoiler: Spoiler) -> Expected | None:
    contract = spoiler.account.contracts[0]
    for invoice in spoiler.account.invoices:
        for line in invoice.lines:
            if line["contract"] is contract and line["period_start"] == contract.start and line["kind"] in BASE:
                if line["period_end"] != invoice.end:
                    return None
                price = plan_price(spoiler, line)
                over = price - line["amount_minor"]
                if over == 0:
                    return None
                spoiler.change(invoice, line, period_start=invoice.start, amount_minor=price, kind="recurring")
                return {"A4": over}
    return None


@defect("A4", "a month before the start", starts_within=True, start_month=2, discounted=False, second=True)
def month_before_start(spoiler: Spoiler) -> Expected | None:
    contract = spoiler.account.contracts[0]
    earlier = [one for one in spoiler.account.invoices if one.end <= contract.start]
    if not earlier:
        return None
    invoice = spoiler.rng.choice(earlier)
    printed = [one for bill in spoiler.account.invoices for one in bill.lines if one["contract"] is contract]
    line = next(one for one in printed if one["kind"] in BASE)
    price = spoiler.town.plans[contract.phases[0][0], spoiler.account.country].price_on(invoice.start)
    tax = vat(spoiler.account.country, price.category, invoice.start)
    spoiler.add(invoice, line, kind="recurring", period_start=invoice.start, period_end=invoice.end,
                amount_minor=price.base, price=price.id, tax_rate=tax)  # fmt: skip
    return {"A4": price.base}


def plan_price(spoiler: Spoiler, line: dict[str, object]) -> int:
    return next(
        price.base for plan in spoiler.town.plans.values() for price in plan.prices if price.id == line["price"]
    )


def _other_version(spoiler: Spoiler, line: dict[str, object]) -> tuple[str, int] | None:
    """Return (id, base) of a dearer version of the line's plan that did not hold on its days."""
    for plan in spoiler.town.plans.values():
        if any(price.id == line["price"] for price in plan.prices):
            base = next(price.base for price in plan.prices if price.id == line["price"])
            dearer = [price for price in plan.prices if price.base > base]
            return (dearer[0].id, dearer[0].base) if dearer else None
    return None


@defect("A5", "the next price before its day", plan="home_l", era="recent", skip=0, changes_plan=False)
def price_too_early(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in spoiler.lines("recurring", whole=True) if _other_version(spoiler, line)]
    found = [(i, line) for i, line in found if line["contract"].discounts == []]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    other = _other_version(spoiler, line)
    assert other is not None
    over = other[1] - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=other[1], price=other[0])
    return {"A5": over}


@defect("A5", "another version's price without saying so", plan="home_s", era="recent", skip=0, discounted=False)
def price_unnamed(spoiler: Spoiler) -> Expected | None:
    result = price_too_early(spoiler)
    spoiler.run("UPDATE line_item SET price_version_id = NULL WHERE invoice_id IN "
                "(SELECT id FROM invoice WHERE customer_id = ?)", spoiler.account.id)  # fmt: skip
    return result


@defect("A5", "a share discount follows the wrong price", plan="home_s", era="recent", skip=0, discounted=True,
        discount="percent", changes_plan=False, second=False, starts_within=False, ends_within=False)  # fmt: skip
def price_with_discount(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in spoiler.lines("recurring", whole=True) if _other_version(spoiler, line)]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    off = next(one for one in invoice.lines if one["kind"] == "discount")
    other = _other_version(spoiler, line)
    assert other is not None
    points = line["contract"].discounts[0]["basis_points"]
    new_off = -half_up(other[1] * points, 10_000)
    over = (other[1] + new_off) - (line["amount_minor"] + off["amount_minor"])
    spoiler.change(invoice, line, amount_minor=other[1], price=other[0])
    spoiler.change(invoice, off, amount_minor=new_off)
    return {"A5": over}


@defect("A5", "usage at the next unit price", plan="power", era="recent", skip=0, changes_plan=False)
def unit_price_too_early(spoiler: Spoiler) -> Expected | None:
    plan = spoiler.town.plans["power", spoiler.account.country]
    old, new = plan.prices
    found = [
        (i, one) for i, one in spoiler.lines("usage") if one["price"] == old.id and one["reason_code"] != "late_usage"
    ]
    found = [(i, one) for i, one in found if not _has_late(one["contract"], i)]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    amount = usage_price(line["quantity"], new.micro, new.steps)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=amount, price=new.id)
    return {"A5": over} if over > 0 else None


def _has_late(contract: object, invoice: object) -> bool:
    return any(
        record["received_at"] is not None and record["received_at"].date() > invoice.end + DAY  # type: ignore[attr-defined]
        for record in contract.usage  # type: ignore[attr-defined]
        if invoice.start <= record["used_on"] < invoice.end  # type: ignore[attr-defined]
    )


def _announce_badly(spoiler: Spoiler, twin: str) -> Expected | None:
    """Move the contract to a plan with the same prices and a notice that does not count; compare with the old price."""
    account = spoiler.account
    contract = account.contracts[0]
    code, since, _ = contract.phases[0]
    good, bad = spoiler.town.plans[code, account.country], spoiler.town.plans[f"{code}_{twin}", account.country]
    spoiler.run("UPDATE contract_phase SET plan_id = ? WHERE contract_id = ?", bad.id, contract.id)
    spoiler.run("UPDATE contract SET minimum_term_until = NULL, termination_fee_minor = NULL WHERE id = ?", contract.id)
    for old, new in zip(good.prices, bad.prices, strict=True):
        spoiler.run("UPDATE line_item SET price_version_id = ? WHERE contract_id = ? AND price_version_id = ?", new.id,
                    contract.id, old.id)  # fmt: skip
    first = bad.price_on(max(since, bad.prices[0].start))
    frozen = Plan(bad.id, bad.code, bad.country, (first.__class__(**{**first.__dict__, "end": None}),))
    plans = {**spoiler.town.plans, (code, account.country): frozen}
    over = 0
    for invoice in account.invoices:
        billed = sum(one["amount_minor"] for one in invoice.lines if one["contract"] is contract and _priced(one))
        fair = bill_contract(plans, account.country, contract, invoice.month)
        over += billed - sum(line["amount_minor"] for line in fair if _priced(line))
    return {"A6": over} if over > 0 else None


def _priced(line: dict[str, object]) -> bool:
    return line["kind"] in {"recurring", "proration_charge", "usage", "discount"}


QUIET = {"era": "recent", "changes_plan": False, "starts_within": False, "ends_within": False, "late": False,
         "outage": False}  # fmt: skip


@defect("A6", "no notice at all", plan="home_s", skip=3, months=5, **QUIET)
def no_notice(spoiler: Spoiler) -> Expected | None:
    return _announce_badly(spoiler, "none")


@defect("A6", "notice ten days before", plan="mobile_s", skip=5, months=5, **QUIET)
def late_notice(spoiler: Spoiler) -> Expected | None:
    return _announce_badly(spoiler, "late")


@defect("A6", "notice five months before", plan="home_s", country="DE", skip=3, months=5, **QUIET)
def early_notice(spoiler: Spoiler) -> Expected | None:
    return _announce_badly(spoiler, "early")


@defect("A6", "no notice for base and unit price", plan="power", skip=1, months=4, **QUIET)
def no_notice_for_power(spoiler: Spoiler) -> Expected | None:
    return _announce_badly(spoiler, "none")
