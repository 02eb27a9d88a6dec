"""What the customer must be told, asked of the database in plain SQL and written as a person would write it.

Nothing here uses Saldo's code: amounts come from rows, and their spelling from the rules of each language.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta

from tests.e2e.running_system import RunningSystem

# The kind of line that tells each story, and how the demo calls it.
KIND_OF_STORY = {"discount_ended": "discount", "extra_usage": "usage", "late_payment": "late_fee"}

TWO_NEWEST = """
    SELECT invoice.id, invoice.total_minor FROM invoice
    JOIN customer ON customer.id = invoice.customer_id
    WHERE customer.number = ? ORDER BY invoice.period_start DESC LIMIT 2
"""
SUM_OF_KIND = "SELECT COALESCE(SUM(amount_minor), 0) AS minor FROM line_item WHERE invoice_id = ? AND kind = ?"

ENDED_DISCOUNT = """
    SELECT discount.name, discount.valid_to FROM discount
    JOIN contract ON contract.id = discount.contract_id JOIN customer ON customer.id = contract.customer_id
    WHERE customer.number = ?
"""
USED_AND_INCLUDED = """
    SELECT SUM(usage_record.quantity) AS used, price_version.included_quantity AS included
    FROM customer JOIN contract ON contract.customer_id = customer.id
    JOIN contract_phase ON contract_phase.contract_id = contract.id AND contract_phase.valid_to IS NULL
    JOIN price_version ON price_version.plan_id = contract_phase.plan_id
        AND price_version.country = customer.country AND price_version.valid_to IS NULL
    JOIN usage_record ON usage_record.contract_id = contract.id
    JOIN invoice ON invoice.id = ?
        AND usage_record.used_on >= invoice.period_start AND usage_record.used_on < invoice.period_end
    WHERE customer.number = ?
"""
PAID_LATE = """
    SELECT invoice.due_on FROM invoice JOIN customer ON customer.id = invoice.customer_id
    JOIN payment ON payment.invoice_id = invoice.id AND payment.received_on > invoice.due_on
    WHERE customer.number = ? ORDER BY invoice.period_start DESC LIMIT 1
"""


@dataclass(frozen=True)
class Truth:
    customer_number: str
    total_minor: int
    difference_minor: int
    cause_minor: int


def number_of(system: RunningSystem, story: str) -> str:
    (customer,) = [each for each in system.get("/api/demo/customers") if each["story"] == story]
    return str(customer["customer_number"])


def truth_of(system: RunningSystem, story: str) -> Truth:
    number = number_of(system, story)
    now, before = system.sql(TWO_NEWEST, number)
    kind = KIND_OF_STORY[story]
    cause_now, cause_before = (system.sql(SUM_OF_KIND, invoice["id"], kind)[0]["minor"] for invoice in (now, before))
    return Truth(
        customer_number=number,
        total_minor=now["total_minor"],
        difference_minor=now["total_minor"] - before["total_minor"],
        cause_minor=cause_now - cause_before,
    )


def cause_facts(system: RunningSystem, story: str, language: str) -> list[str]:
    """What the sentence of the cause must name, from what was agreed, used and paid: not from the invoice."""
    number = number_of(system, story)
    if story == "discount_ended":
        (discount,) = system.sql(ENDED_DISCOUNT, number)
        last_day = date.fromisoformat(discount["valid_to"]) - timedelta(days=1)
        return [json.loads(discount["name"])[language], f" {last_day.day}"]
    if story == "extra_usage":
        newest = system.sql(TWO_NEWEST, number)[0]["id"]
        (usage,) = system.sql(USED_AND_INCLUDED, newest, number)
        return [f" {usage['used'] - usage['included']} G", f" {usage['included']} G"]
    (late,) = system.sql(PAID_LATE, number)
    return [f" {date.fromisoformat(late['due_on']).day}"]


def written(minor: int, language: str) -> str:
    """An unsigned amount below a thousand, with plain spaces."""
    euros, cents = divmod(abs(minor), 100)
    assert euros < 1000
    return f"€{euros}.{cents:02}" if language == "en" else f"{euros},{cents:02} €"


def plain(text: str) -> str:
    """The text with every kind of space made the same."""
    return re.sub(r"\s+", " ", text)
