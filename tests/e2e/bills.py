"""What the customer must be told, asked of the database in plain SQL and written as a person would write it.

Nothing here uses Saldo's code: amounts come from rows, and their spelling from the rules of each language.
"""

import re
from dataclasses import dataclass

from tests.e2e.running_system import RunningSystem

# The kind of line that tells each story, and how the demo calls it.
KIND_OF_STORY = {"discount_ended": "discount", "extra_usage": "usage", "late_payment": "late_fee"}

TWO_NEWEST = """
    SELECT invoice.id, invoice.total_minor FROM invoice
    JOIN customer ON customer.id = invoice.customer_id
    WHERE customer.number = ? ORDER BY invoice.period_start DESC LIMIT 2
"""
SUM_OF_KIND = "SELECT COALESCE(SUM(amount_minor), 0) AS minor FROM line_item WHERE invoice_id = ? AND kind = ?"


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


def written(minor: int, language: str) -> str:
    """An unsigned amount below a thousand, with plain spaces."""
    euros, cents = divmod(abs(minor), 100)
    assert euros < 1000
    return f"€{euros}.{cents:02}" if language == "en" else f"{euros},{cents:02} €"


def plain(text: str) -> str:
    """The text with every kind of space made the same."""
    return re.sub(r"\s+", " ", text)
