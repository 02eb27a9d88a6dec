"""Defects of shares of a month and of amounts below nothing: A10, A22."""

from datetime import timedelta

from tests.injection.arithmetic import half_up, share
from tests.injection.defects import Expected, defect
from tests.injection.defects_charges import plan_price
from tests.injection.spoiling import Spoiler


@defect("A10", "full price for a part of a month", starts_within=True, discounted=False)
def full_for_part(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("proration_charge", whole=False)
    if picked is None:
        return None
    invoice, line = picked
    over = plan_price(spoiler, line) - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=line["amount_minor"] + over)
    return {"A10": over} if over else None


@defect("A10", "some days too many", starts_within=True)
def days_too_many(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("proration_charge", whole=False)
    if picked is None:
        return None
    invoice, line = picked
    base = plan_price(spoiler, line)
    length = (invoice.end - invoice.start).days
    days = (line["period_end"] - line["period_start"]).days + spoiler.rng.randint(1, 5)
    amount = half_up(base * days, length)
    over = amount - line["amount_minor"]
    if over <= 1 or _is_other_price(spoiler, line, amount, invoice):
        return None
    spoiler.change(invoice, line, amount_minor=amount)
    return {"A10": over}


def _is_other_price(spoiler: Spoiler, line: dict[str, object], amount: int, invoice: object) -> bool:
    return any(
        share(price.base, invoice.month, line["period_start"], line["period_end"]) == amount  # type: ignore[attr-defined, arg-type]
        for plan in spoiler.town.plans.values()
        for price in plan.prices
    )


@defect("A10", "the share charged twice over", ends_within=True, early=False)
def twice_the_share(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("proration_charge", whole=False)
    if picked is None or _is_other_price(spoiler, picked[1], 2 * picked[1]["amount_minor"], picked[0]):
        return None
    invoice, line = picked
    over = line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=2 * over)
    return {"A10": over}


@defect("A10", "a credit for days with the wrong sign")
def credit_with_wrong_sign(spoiler: Spoiler) -> Expected | None:
    """The month was charged twice in part, and what should have given it back charged it again."""
    picked = spoiler.pick("recurring", whole=True)
    after = picked and spoiler.next_invoice(picked[0])
    if picked is None or after is None:
        return None
    invoice, line = picked
    start = invoice.start + timedelta(days=spoiler.rng.randint(5, 20))
    part = share(line["amount_minor"], invoice.month, start, invoice.end)
    spoiler.add(invoice, line, kind="proration_charge", period_start=start, amount_minor=part)
    spoiler.add(after, line, kind="proration_credit", period_start=start, amount_minor=part)
    return {"A10": 2 * part}


@defect("A22", "a discount above the price", discounted=True, discount="amount", plan="reader", second=True,
        service=False)  # fmt: skip
def discount_above_price(spoiler: Spoiler) -> Expected | None:
    found = [(i, one) for i in spoiler.account.invoices for one in i.lines if one["kind"] == "discount"]
    found = [(i, one) for i, one in found if i.total + one["amount_minor"] > 2500]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    spoiler.change(invoice, line, amount_minor=-1500)
    return {"A22": 0}


@defect("A22", "a usage line below nothing", plan="power")
def negative_usage(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("usage")
    if picked is None or picked[0].total < 600:
        return None
    spoiler.add(*picked, amount_minor=-spoiler.rng.randint(50, 300))
    return {"A22": 0}
