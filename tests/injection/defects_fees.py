"""Defects of termination fees, totals and outages: A19 to A21, A23."""

from datetime import timedelta

from tests.injection.defects import STEADY, Expected, defect
from tests.injection.spoiling import Spoiler


@defect("A19", "fee for an end after the minimum term", ends_within=True, early=True, service=False)
def term_was_over(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("termination_fee")
    if picked is None:
        return None
    contract = picked[1]["contract"]
    spoiler.run(
        "UPDATE contract SET minimum_term_until = ? WHERE id = ?", contract.end - timedelta(days=9), contract.id
    )
    return {"A19": picked[1]["amount_minor"]}


@defect("A19", "fee above what was agreed", ends_within=True, early=True)
def fee_above_agreed(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("termination_fee")
    if picked is None:
        return None
    over = spoiler.rng.choice((1, 1000, 4900))
    spoiler.change(*picked, amount_minor=picked[1]["amount_minor"] + over)
    return {"A19": over}


@defect("A20", "order not proven", third_party=True)
def not_proven(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("third_party")
    if picked is None:
        return None
    reference = picked[1]["charge"]["reference"]
    spoiler.run("UPDATE one_off_charge SET proof_reference = NULL WHERE reference = ?", reference)
    return {"A20": picked[1]["amount_minor"]}


@defect("A20", "nothing was ordered", third_party=True)
def never_ordered(spoiler: Spoiler) -> Expected | None:
    picked = spoiler.pick("third_party")
    if picked is None:
        return None
    spoiler.run("DELETE FROM one_off_charge WHERE reference = ?", picked[1]["charge"]["reference"])
    return {"A20": picked[1]["amount_minor"]}


@defect("A21", "total above the sum of the lines")
def total_off(spoiler: Spoiler) -> Expected | None:
    invoice = spoiler.rng.choice(spoiler.account.invoices)
    over = spoiler.rng.choice((1, 99, 1000))
    if not invoice.payments:
        over = 1
    spoiler.run("UPDATE invoice SET total_minor = total_minor + ? WHERE id = ?", over, invoice.id)
    return {"A21": over}


@defect("A23", "compensation left out", plan="home_l", outage=True, era="recent", **STEADY)
def no_compensation(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i in spoiler.account.invoices for line in i.lines if line["kind"] == "compensation"]
    if not found:
        return None
    missing = 0
    for invoice, line in found:
        spoiler.remove(invoice, line)
        missing -= line["amount_minor"]
    return {"A23": missing}


@defect("A23", "compensation too small", plan="home_l", outage=True, era="recent", **STEADY)
def small_compensation(spoiler: Spoiler) -> Expected | None:
    found = [(i, line) for i in spoiler.account.invoices for line in i.lines if line["kind"] == "compensation"]
    if not found:
        return None
    invoice, line = found[0]
    less = spoiler.rng.randint(1, -line["amount_minor"] - 1)
    spoiler.change(invoice, line, amount_minor=line["amount_minor"] + less)
    return {"A23": less}
