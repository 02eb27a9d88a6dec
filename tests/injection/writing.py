"""Bills, payments and credit notes as rows."""

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from tests.injection.arithmetic import contained_tax
from tests.injection.records import SELLERS, Account, Invoice, Row

if TYPE_CHECKING:
    from tests.injection.homes import Town


def write_invoice(town: "Town", account: Account, invoice: Invoice) -> None:
    town.insert(
        "invoice", id=invoice.id, seller_id=SELLERS[account.country], customer_id=account.id, number=invoice.number,
        year=invoice.issued.year, sequence=int(invoice.number[-6:]), period_start=invoice.start,
        period_end=invoice.end, issued_on=invoice.issued, due_on=invoice.due, total_minor=invoice.total,
        currency="EUR", created_at=datetime.combine(invoice.issued, time(8)),
    )  # fmt: skip
    for position, line in enumerate(invoice.lines, 1):
        write_line(town, invoice, line, position)
    write_taxes(town, invoice)
    for payment in invoice.payments:
        town.insert(
            "payment", id=payment["id"], reference=payment["reference"], customer_id=account.id,
            invoice_id=payment["invoice_id"], amount_minor=payment["amount_minor"], currency="EUR",
            received_on=payment["received_on"],
        )  # fmt: skip
        put = [(invoice, payment["put"])] + ([payment["also"]] if "also" in payment else [])
        for target, amount in put:
            day = max(payment["received_on"], target.issued)
            town.insert("allocation", payment_id=payment["id"], invoice_id=target.id, amount_minor=amount,
                        allocated_on=day)  # fmt: skip
    for position, reminder in enumerate(invoice.reminders, 1):
        town.insert("dunning_step", invoice_id=invoice.id, position=position, law="", **reminder)


def write_line(town: "Town", invoice: Invoice, line: Row, position: int) -> None:
    line["id"], line["position"] = town.next_id("line_item"), position
    town.insert(
        "line_item", id=line["id"], invoice_id=invoice.id, position=position,
        contract_id=line["contract"].id if line["contract"] else None, kind=line["kind"],
        reason_code=line["reason_code"], cause=json.dumps(line["cause"]), price_version_id=line["price"],
        period_start=line["period_start"], period_end=line["period_end"], quantity=line["quantity"],
        unit=line["unit"], amount_minor=line["amount_minor"], currency="EUR", tax_rate=line["tax_rate"],
    )  # fmt: skip


def write_taxes(town: "Town", invoice: Invoice) -> None:
    gross: dict[int, int] = {}
    for line in invoice.lines:
        gross[line["tax_rate"]] = gross.get(line["tax_rate"], 0) + line["amount_minor"]
    for rate, amount in gross.items():
        tax = contained_tax(amount, rate)
        town.insert("invoice_tax", invoice_id=invoice.id, tax_rate=rate, gross_minor=amount, net_minor=amount - tax,
                    tax_minor=tax, currency="EUR")  # fmt: skip


def write_note(town: "Town", account: Account, invoice: Invoice, line: Row, amount: int, reason: str) -> str:
    """Credit part of a line that is paid; the money goes back to the customer's bank at once."""
    key, sequence = town.key(), town.next_id("note")
    when = datetime.combine(invoice.issued + timedelta(days=20), time(9))
    town.insert(
        "credit_note", id=key, seller_id=SELLERS[account.country], customer_id=account.id, invoice_id=invoice.id,
        number=f"CN-{sequence}", year=when.year, sequence=sequence, reason=reason, issued_on=when.date(),
        total_minor=amount, to_credit_minor=amount, currency="EUR", created_at=when,
    )  # fmt: skip
    town.insert("credit_note_line", credit_note_id=key, position=1, line_item_id=line["id"], amount_minor=amount,
                tax_rate=line["tax_rate"], finding=None)  # fmt: skip
    tax = contained_tax(amount, line["tax_rate"])
    town.insert("credit_note_tax", credit_note_id=key, tax_rate=line["tax_rate"], gross_minor=amount,
                net_minor=amount - tax, tax_minor=tax)  # fmt: skip
    town.insert("refund", id=town.key(), customer_id=account.id, amount_minor=amount, currency="EUR", reason="credit",
                status="sent", requested_at=when, settled_at=when)  # fmt: skip
    return key
