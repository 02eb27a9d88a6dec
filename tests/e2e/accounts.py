"""Customers picked by what their rows say, and the facts about them, in plain SQL. No code of Saldo's is asked.

Every customer may get five codes an hour, so each test names a place in the list of those who fit.
"""

import sqlite3

from tests.e2e.running_system import RunningSystem

OPEN_OF_INVOICE = """
    (invoice.total_minor - (SELECT COALESCE(SUM(amount_minor), 0) FROM allocation WHERE invoice_id = invoice.id))
"""
# Nobody of the stories: other tests need their codes. The last numbers first: other tests take the first.
_ORDINARY = """
    SELECT customer.number FROM customer
    WHERE customer.id NOT IN (SELECT customer_id FROM demo_story) AND {condition} ORDER BY customer.number DESC
"""
_UNPAID = f"(SELECT COUNT(*) FROM invoice WHERE invoice.customer_id = customer.id AND {OPEN_OF_INVOICE} > 0)"
_CREDIT = """
    (COALESCE((SELECT SUM(amount_minor) FROM payment WHERE customer_id = customer.id), 0)
     - (SELECT COALESCE(SUM(total_minor), 0) FROM invoice WHERE customer_id = customer.id)
     + (SELECT COALESCE(SUM(total_minor), 0) FROM credit_note WHERE customer_id = customer.id))
"""
_ON_PLAN_ALONE = """
    (SELECT group_concat(plan.code) FROM contract
     JOIN contract_phase ON contract_phase.contract_id = contract.id AND contract_phase.valid_to IS NULL
     JOIN plan ON plan.id = contract_phase.plan_id
     WHERE contract.customer_id = customer.id AND contract.ended_on IS NULL) = '{plan}'
"""
_BILLS = "(SELECT COUNT(*) FROM invoice WHERE invoice.customer_id = customer.id)"
_CONTRACTS = "(SELECT COUNT(*) FROM contract WHERE contract.customer_id = customer.id)"
_DISCOUNTS = """
    (SELECT COUNT(*) FROM discount JOIN contract ON contract.id = discount.contract_id
     WHERE contract.customer_id = customer.id)
"""


def owing(system: RunningSystem, place: int) -> str:
    """A customer with one contract, several bills and exactly one of them open."""
    return _pick(system, f"{_UNPAID} = 1 AND {_CONTRACTS} = 1 AND {_BILLS} > 3 AND {_CREDIT} < 0", place)


def with_credit(system: RunningSystem, place: int) -> str:
    return _pick(system, f"{_CREDIT} > 0 AND {_UNPAID} = 0", place)


def settled(system: RunningSystem, place: int) -> str:
    """A customer with one plan and no discount who has paid everything."""
    condition = f"{_UNPAID} = 0 AND {_CREDIT} = 0 AND {_CONTRACTS} = 1 AND {_DISCOUNTS} = 0 AND {_BILLS} > 3"
    return _pick(system, f"{condition} AND {_ON_PLAN_ALONE.format(plan='home_250')}", place)


def on_mobile_s(system: RunningSystem, place: int) -> str:
    condition = f"{_UNPAID} = 0 AND {_CREDIT} = 0 AND {_CONTRACTS} = 1 AND {_DISCOUNTS} = 0 AND {_BILLS} > 3"
    return _pick(system, f"{condition} AND {_ON_PLAN_ALONE.format(plan='mobile_s')}", place)


def _pick(system: RunningSystem, condition: str, place: int) -> str:
    found = system.sql(_ORDINARY.format(condition=condition))
    return str(found[place % len(found)]["number"])


def customer(system: RunningSystem, number: str) -> sqlite3.Row:
    return system.sql("SELECT * FROM customer WHERE number = ?", number)[0]


def bills(system: RunningSystem, number: str) -> list[sqlite3.Row]:
    """Return the bills with what is open of each, the newest first."""
    query = f"""
        SELECT invoice.*, {OPEN_OF_INVOICE} AS open_minor FROM invoice
        JOIN customer ON customer.id = invoice.customer_id
        WHERE customer.number = ? ORDER BY invoice.period_start DESC
    """
    return system.sql(query, number)


def open_bill(system: RunningSystem, number: str) -> sqlite3.Row:
    (found,) = [bill for bill in bills(system, number) if bill["open_minor"] > 0]
    return found


def is_overdue(system: RunningSystem, bill: sqlite3.Row) -> bool:
    return bool(system.sql("SELECT ? < date('now') AS late", bill["due_on"])[0]["late"])


def lines(system: RunningSystem, bill: sqlite3.Row) -> list[sqlite3.Row]:
    return system.sql("SELECT * FROM line_item WHERE invoice_id = ? ORDER BY position", bill["id"])


def last_payment(system: RunningSystem, number: str) -> sqlite3.Row:
    query = """
        SELECT payment.*, invoice.number AS bill_number FROM payment
        JOIN customer ON customer.id = payment.customer_id LEFT JOIN invoice ON invoice.id = payment.invoice_id
        WHERE customer.number = ? ORDER BY payment.received_on DESC, payment.id DESC LIMIT 1
    """
    return system.sql(query, number)[0]


def credit_minor(system: RunningSystem, number: str) -> int:
    return int(system.sql(f"SELECT {_CREDIT} AS minor FROM customer WHERE number = ?", number)[0]["minor"])


def plan(system: RunningSystem, number: str) -> sqlite3.Row:
    """Return the plan of the only running contract with its price, and since when it runs."""
    query = """
        SELECT plan.code, plan.name, price_version.base_minor, contract.started_on, contract.id AS contract_id
        FROM customer JOIN contract ON contract.customer_id = customer.id AND contract.ended_on IS NULL
        JOIN contract_phase ON contract_phase.contract_id = contract.id AND contract_phase.valid_to IS NULL
        JOIN plan ON plan.id = contract_phase.plan_id
        JOIN price_version ON price_version.plan_id = plan.id AND price_version.country = customer.country
            AND price_version.valid_to IS NULL
        WHERE customer.number = ?
    """
    return system.sql(query, number)[0]


def count(system: RunningSystem, table: str, number: str) -> int:
    """Count that customer's rows of a table that names its customer."""
    query = f"SELECT COUNT(*) AS n FROM {table} JOIN customer ON customer.id = {table}.customer_id"
    return int(system.sql(f"{query} WHERE customer.number = ?", number)[0]["n"])


def phases(system: RunningSystem, number: str) -> list[tuple[str, str, str | None]]:
    """Return which plan the only contract had or will have, from when until when."""
    query = """
        SELECT plan.code, contract_phase.valid_from, contract_phase.valid_to FROM contract_phase
        JOIN plan ON plan.id = contract_phase.plan_id
        JOIN contract ON contract.id = contract_phase.contract_id
        JOIN customer ON customer.id = contract.customer_id
        WHERE customer.number = ? ORDER BY contract_phase.valid_from
    """
    return [(row["code"], row["valid_from"], row["valid_to"]) for row in system.sql(query, number)]
