"""What is owed, credited, saved and contested, in plain SQL and by the sums a customer would do on paper."""

import json
from dataclasses import dataclass

from tests.e2e.running_system import RunningSystem

NEWEST_INVOICE = """
    SELECT invoice.* FROM invoice JOIN customer ON customer.id = invoice.customer_id
    WHERE customer.number = ? ORDER BY invoice.period_start DESC LIMIT 1
"""
ONE_OFFS = "SELECT amount_minor, cause FROM line_item WHERE invoice_id = ? AND kind = 'one_off'"
CREDIT_NOTES = "SELECT number, invoice_id, total_minor FROM credit_note WHERE customer_id = ?"
OPEN = """
    SELECT SUM(invoice.total_minor)
        - (SELECT COALESCE(SUM(total_minor), 0) FROM credit_note WHERE customer_id = customer.id)
        - (SELECT COALESCE(SUM(amount_minor), 0) FROM payment WHERE customer_id = customer.id) AS minor
    FROM customer JOIN invoice ON invoice.customer_id = customer.id WHERE customer.number = ?
"""
UNBALANCED = """
    SELECT transaction_id, SUM(amount_minor) FROM journal_entry GROUP BY transaction_id HAVING SUM(amount_minor) <> 0
"""
RECEIVABLE = """
    SELECT COALESCE(SUM(journal_entry.amount_minor), 0) AS minor FROM journal_entry
    JOIN journal_transaction ON journal_transaction.id = journal_entry.transaction_id
    JOIN customer ON customer.id = journal_transaction.customer_id
    WHERE customer.number = ? AND journal_entry.account IN ('receivable', 'customer_credit')
"""
GIGABYTES_OF_MONTHS = """
    SELECT substr(usage_record.used_on, 1, 7) AS month, SUM(usage_record.quantity) AS used FROM usage_record
    JOIN contract ON contract.id = usage_record.contract_id JOIN customer ON customer.id = contract.customer_id
    WHERE customer.number = ? GROUP BY month ORDER BY month DESC LIMIT 12
"""
# Prices of the Finnish offer in cents: each month's base price, the gigabytes it includes, and each further gigabyte.
MOBILE_S, MOBILE_L = (1690, 10, 190), (2790, 40, 140)


@dataclass(frozen=True)
class DoubleCharge:
    invoice_id: str
    name: str
    minor: int


def double_charge(system: RunningSystem, number: str) -> DoubleCharge:
    """Read the two lines that are one charge; what was taken too much is one of them."""
    (invoice,) = system.sql(NEWEST_INVOICE, number)
    first, second = system.sql(ONE_OFFS, invoice["id"])
    assert first["amount_minor"] == second["amount_minor"]
    return DoubleCharge(invoice["id"], json.loads(first["cause"])["name_de"], first["amount_minor"])


def open_minor(system: RunningSystem, number: str) -> int:
    return int(system.sql(OPEN, number)[0]["minor"])


def saving_per_month(system: RunningSystem, number: str) -> int:
    """Price twelve months' gigabytes on both plans and return the mean difference, half a cent up."""
    months = [row["used"] for row in system.sql(GIGABYTES_OF_MONTHS, number)]
    assert len(months) == 12
    total = sum(_cost(MOBILE_S, used) - _cost(MOBILE_L, used) for used in months)
    return (2 * total + 12) // 24


def _cost(plan: tuple[int, int, int], used: int) -> int:
    base, included, each = plan
    return base + max(used - included, 0) * each


def finnish_reference(digits: str) -> str:
    """Put the check digit behind: weights 7, 3, 1 from the right, then what is missing to the next ten."""
    weighed = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return digits + str(-weighed % 10)
