"""Defects of promotions, tax, usage, single charges and outages: A7, A8, A9, A11 to A14, A19 to A21, A23."""

from datetime import timedelta

from tests.injection.arithmetic import DAY, half_up, usage_price, vat
from tests.injection.defects import STEADY, Expected, defect
from tests.injection.homes import NAMES
from tests.injection.records import Contract, Invoice, Row
from tests.injection.spoiling import Spoiler


def _discounts(spoiler: Spoiler) -> list[tuple[Invoice, Row]]:
    return [(i, line) for i in spoiler.account.invoices for line in i.lines if line["kind"] == "discount"]


@defect("A7", "promotion left out", discounted=True)
def left_out(spoiler: Spoiler) -> Expected | None:
    found = _discounts(spoiler)
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    spoiler.remove(invoice, line)
    return {"A7": -line["amount_minor"]}


@defect("A7", "promotion ended early", discounted=True, discount="amount", **STEADY)
def ended_early(spoiler: Spoiler) -> Expected | None:
    found = _discounts(spoiler)
    if len(found) < 3:
        return None
    over = 0
    for invoice, line in found[-2:]:
        spoiler.remove(invoice, line)
        over -= line["amount_minor"]
    return {"A7": over}


@defect("A7", "promotion smaller than agreed", discounted=True, discount="percent")
def too_small(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _discounts(spoiler) if line["amount_minor"] < -60]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    less = spoiler.rng.randint(10, 50)
    spoiler.change(invoice, line, amount_minor=line["amount_minor"] + less)
    return {"A7": less}


@defect("A7", "the worse of two that do not add up", discounted=True, discount="exclusive", plan="home_l", **STEADY)
def wrongly_stacked(spoiler: Spoiler) -> Expected | None:
    invoice = spoiler.rng.choice(spoiler.account.invoices)
    contract = spoiler.account.contracts[0]
    lines = [line for line in invoice.lines if line["kind"] == "discount"]
    base = next(line for line in invoice.lines if line["kind"] == "recurring")["amount_minor"]
    values = [row["amount_minor"] or half_up(base * row["basis_points"], 10_000) for row in contract.discounts]
    if len(lines) != 1 or min(values) == max(values):
        return None
    spoiler.change(invoice, lines[0], amount_minor=-min(values))
    return {"A7": max(values) - min(values)}


@defect("A8", "tax added to a price that has it", discounted=False)
def taxed_again(spoiler: Spoiler) -> Expected | None:
    """A rate above the right one was put on the net price: the customer paid the difference."""
    picked = spoiler.pick("recurring")
    if picked is None:
        return None
    invoice, line = picked
    right = line["tax_rate"]
    wrong = right + spoiler.rng.choice((100, 150, 700))
    amount = half_up(line["amount_minor"] * (10_000 + wrong), 10_000 + right)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=amount, tax_rate=wrong)
    return {"A8": over}


@defect("A8", "old or new rate on the wrong side of the change", country="FI", era="fi_vat")
def wrong_side(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring", "usage")
    if picked is None or picked[1]["tax_rate"] not in {2400, 2550}:
        return None
    spoiler.change(*picked, tax_rate=4950 - picked[1]["tax_rate"])
    return {"A8": 0}


@defect("A8", "the full rate in the months of the lower one", country="DE", era="de_vat")
def full_rate(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring", "usage")
    if picked is None or picked[1]["tax_rate"] not in {1600, 500}:
        return None
    spoiler.change(*picked, tax_rate=1900 if picked[1]["tax_rate"] == 1600 else 700)
    return {"A8": 0}


@defect("A9", "tax put on an exempt charge", third_party=True, category="exempt")
def taxed_exempt(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("third_party")
    if picked is None:
        return None
    invoice, line = picked
    rate = vat(spoiler.account.country, "standard", line["period_start"])
    amount = half_up(line["amount_minor"] * (10_000 + rate), 10_000)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=amount, tax_rate=rate)
    return {"A9": over}


@defect("A9", "an exempt charge shown with tax", third_party=True, category="exempt")
def shown_with_tax(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("third_party")
    if picked is None:
        return None
    spoiler.change(*picked, tax_rate=vat(spoiler.account.country, "standard", picked[1]["period_start"]))
    return {"A9": 0}


@defect("A9", "the sum of a tax is off")
def tax_sum_off(spoiler: Spoiler) -> Expected | None:
    invoice = spoiler.rng.choice(spoiler.account.invoices)
    rate = next((line["tax_rate"] for line in invoice.lines if line["tax_rate"]), None)
    cents = spoiler.rng.choice((1, 2, 30))
    spoiler.run("UPDATE invoice_tax SET tax_minor = tax_minor + ?, net_minor = net_minor - ? "
                "WHERE invoice_id = ? AND tax_rate = ?", cents, cents, invoice.id, rate)  # fmt: skip
    return None if rate is None else {"A9": 0}


def _plain_usage(spoiler: Spoiler, zone: str = "home") -> list[tuple[Invoice, Row]]:
    """Return usage lines of months of which nothing came late."""
    return [
        (invoice, line)
        for invoice, line in spoiler.lines("usage")
        if line["reason_code"] != "late_usage"
        and line["zone"] == zone
        and not any(
            record["received_at"] is not None and record["received_at"].date() > invoice.end + DAY
            for record in line["contract"].usage
            if invoice.start <= record["used_on"] < invoice.end
        )
    ]


def _price(spoiler: Spoiler, line: Row):  # type: ignore[no-untyped-def]  # a Price
    return next(p for plan in spoiler.town.plans.values() for p in plan.prices if p.id == line["price"])


@defect("A11", "allowance ignored", plan="mobile_s", zone="home", records=3, late=False)
def allowance_ignored(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if line["used"] > line["quantity"]]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    price = _price(spoiler, line)
    amount = usage_price(line["used"], price.micro, price.steps)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, quantity=line["used"], amount_minor=amount)
    return {"A11": over}


@defect("A11", "every unit at the first step's price", plan="power")
def steps_ignored(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if line["unit"] == "kWh" and line["quantity"] > 110]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    amount = usage_price(line["quantity"], _price(spoiler, line).micro, ())
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=amount)
    return {"A11": over} if over else None


@defect("A11", "roaming in the EU charged as the world", plan="mobile_s", zone="eu", records=1, late=False,
        changes_plan=False, starts_within=False, ends_within=False)  # fmt: skip
def eu_as_world(spoiler: Spoiler) -> Expected | None:
    contract = spoiler.account.contracts[0]
    for invoice in spoiler.account.invoices:
        records = [one for one in contract.usage if invoice.start <= one["used_on"] < invoice.end]
        own = [line for line in invoice.lines if line["contract"] is contract]
        base = next((line for line in own if line["kind"] == "recurring"), None)
        if len(records) != 1 or base is None or any(line["kind"] == "usage" for line in own):
            continue
        price = _price(spoiler, base)
        amount = usage_price(records[0]["quantity"], price.world_micro, ())
        spoiler.add(invoice, base, kind="usage", reason_code="extra_usage", quantity=records[0]["quantity"], unit="GB",
                    amount_minor=amount, zone="world")  # fmt: skip
        return {"A11": amount}
    return None


@defect("A11", "a fraction of a cent rounded for each unit", plan="power")
def rounded_per_unit(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if line["unit"] == "kWh"]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    cents = -(-_price(spoiler, line).micro // 10_000)
    amount = line["quantity"] * cents
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, amount_minor=amount)
    return {"A11": over} if over > 0 else None


@defect("A12", "a report counted twice", plan="power")
def counted_twice(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if line["unit"] == "kWh"]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    records = [r for r in line["contract"].usage if line["period_start"] <= r["used_on"] < line["period_end"]]
    more = spoiler.rng.choice(records)["quantity"]
    if more == line["quantity"]:
        return None
    price = _price(spoiler, line)
    amount = usage_price(line["quantity"] + more, price.micro, price.steps)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, quantity=line["quantity"] + more, amount_minor=amount)
    return {"A12": over}


@defect("A12", "charged under two price versions", plan="power", era="recent", skip=0, changes_plan=False)
def two_versions(spoiler: Spoiler) -> Expected | None:
    old, new = spoiler.town.plans["power", spoiler.account.country].prices
    found = [(i, line) for i, line in _plain_usage(spoiler) if line["price"] == old.id]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    amount = usage_price(line["quantity"], new.micro, new.steps)
    spoiler.add(invoice, line, amount_minor=amount, price=new.id)
    return {"A12": amount} if amount != line["amount_minor"] else None


@defect("A12", "charged again on the next bill", plan="power")
def again_next_month(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if spoiler.next_invoice(i) is not None]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    after = spoiler.next_invoice(invoice)
    assert after is not None
    spoiler.add(after, line)
    return {"A12": line["amount_minor"]}


@defect("A12", "usage of the next month on this bill", plan="power", **STEADY)
def of_next_month(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i, line in _plain_usage(spoiler) if spoiler.next_invoice(i) is not None]
    if not found:
        return None
    invoice, line = spoiler.rng.choice(found)
    after = spoiler.next_invoice(invoice)
    assert after is not None
    records = [r for r in line["contract"].usage if after.start <= r["used_on"] < after.end]
    inside = {r["quantity"] for r in line["contract"].usage if invoice.start <= r["used_on"] < invoice.end}
    more = spoiler.rng.choice(records)["quantity"]
    if more in inside or more == line["quantity"]:
        return None
    price = _price(spoiler, line)
    amount = usage_price(line["quantity"] + more, price.micro, price.steps)
    over = amount - line["amount_minor"]
    spoiler.change(invoice, line, quantity=line["quantity"] + more, amount_minor=amount)
    return {"A12": over}


@defect("A13", "single charge again on a later bill", service=True)
def single_again(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("one_off")
    after = picked and spoiler.next_invoice(picked[0])
    if picked is None or after is None:
        return None
    day = after.start + timedelta(days=2)
    spoiler.add(after, picked[1], period_start=day, period_end=day + DAY)
    return {"A13": picked[1]["amount_minor"]}


@defect("A13", "the same work order booked and charged twice", service=True)
def booked_twice(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("one_off")
    if picked is None:
        return None
    invoice, line = picked
    charge = line["charge"]
    spoiler.town.insert("one_off_charge", contract_id=line["contract"].id, name=NAMES, **charge)
    spoiler.add(invoice, line)
    return {"A13": line["amount_minor"]}


@defect("A14", "a fee that nobody agreed to", service=False)
def not_agreed(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring")
    if picked is None:
        return None
    invoice, line = picked
    amount = spoiler.rng.choice((199, 350, 1499, 2500))
    day = invoice.start + timedelta(days=spoiler.rng.randint(0, 26))
    spoiler.add(invoice, line, kind="one_off", reason_code="one_off", period_start=day, period_end=day + DAY,
                amount_minor=amount, price=None)  # fmt: skip
    return {"A14": amount}


@defect("A14", "a single charge above the agreed price", service=True)
def above_agreed(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("one_off")
    if picked is None:
        return None
    invoice, line = picked
    over = spoiler.rng.choice((5, 500, 1001))
    spoiler.change(invoice, line, amount_minor=line["amount_minor"] + over)
    return {"A14": over}


@defect("A14", "a fee for somebody else's contract")
def of_a_stranger(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("recurring")
    if picked is None:
        return None
    invoice, line = picked
    amount = spoiler.rng.choice((299, 790))
    found = spoiler.town.connection.execute(
        "SELECT id, number FROM contract WHERE customer_id <> ? ORDER BY number LIMIT 1", [spoiler.account.id]
    ).fetchone()
    if found is None:
        return None
    stranger = Contract(found[0], found[1], invoice.start, None, [])
    spoiler.add(invoice, line, kind="one_off", reason_code="one_off", amount_minor=amount, price=None,
                contract=stranger)  # fmt: skip
    return {"A14": amount}
