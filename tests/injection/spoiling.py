"""How a defect gets into issued rows: plain SQL, then totals and taxes as a faulty system would have printed them."""

from typing import Any

from tests.injection.arithmetic import DAY, contained_tax
from tests.injection.homes import Town
from tests.injection.records import Account, Invoice, Row
from tests.injection.writing import write_line


class Spoiler:
    """Changes one account in the database."""

    def __init__(self, town: Town, account: Account) -> None:
        self.town = town
        self.rng = town.rng
        self.account = account

    def run(self, statement: str, *values: Any) -> None:
        plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
        self.town.connection.execute(statement, plain)

    def lines(self, *kinds: str, whole: bool | None = None) -> list[tuple[Invoice, Row]]:
        """Return charged lines of these kinds; `whole`: only those of a whole month, or only those of a part."""
        return [
            (invoice, line)
            for invoice in self.account.invoices
            for line in invoice.lines
            if line["kind"] in kinds
            and line["amount_minor"] > 0
            and (whole is None or ((line["period_start"], line["period_end"]) == invoice.month) == whole)
        ]

    def pick(self, *kinds: str, whole: bool | None = None) -> tuple[Invoice, Row] | None:
        found = self.lines(*kinds, whole=whole)
        return self.rng.choice(found) if found else None

    def change(self, invoice: Invoice, line: Row, **columns: Any) -> None:
        line.update(columns)
        sets = ", ".join(f"{_column(name)} = ?" for name in columns)
        self.run(f"UPDATE line_item SET {sets} WHERE id = ?", *columns.values(), line["id"])
        self.sum_up(invoice)

    def add(self, invoice: Invoice, line: Row, **columns: Any) -> Row:
        """Print a copy of a line, with some columns changed."""
        copy = {**line, **columns}
        copy.pop("id", None)
        position = 1 + max(one["position"] for one in invoice.lines)
        invoice.lines.append(copy)
        write_line(self.town, invoice, copy, position)
        self.sum_up(invoice)
        return copy

    def remove(self, invoice: Invoice, line: Row) -> None:
        invoice.lines.remove(line)
        self.run("DELETE FROM line_item WHERE id = ?", line["id"])
        self.sum_up(invoice)

    def sum_up(self, invoice: Invoice) -> None:
        """Print total and taxes as the lines now have them; what was paid in full was paid in full."""
        (before,) = self.town.connection.execute(
            "SELECT total_minor FROM invoice WHERE id = ?", [invoice.id]
        ).fetchone()
        self.run("UPDATE invoice SET total_minor = ? WHERE id = ?", max(0, invoice.total), invoice.id)
        self.run("DELETE FROM invoice_tax WHERE invoice_id = ?", invoice.id)
        gross: dict[int, int] = {}
        for line in invoice.lines:
            gross[line["tax_rate"]] = gross.get(line["tax_rate"], 0) + line["amount_minor"]
        for rate, amount in gross.items():
            tax = contained_tax(amount, rate)
            self.town.insert("invoice_tax", invoice_id=invoice.id, tax_rate=rate, gross_minor=amount,
                             net_minor=amount - tax, tax_minor=tax, currency="EUR")  # fmt: skip
        if invoice.payments:
            payment = invoice.payments[-1]
            more = max(max(0, invoice.total) - before, 1 - payment["put"])
            payment["put"] += more
            key = payment["id"]
            self.run("UPDATE payment SET amount_minor = amount_minor + ? WHERE id = ?", more, key)
            where = "payment_id = ? AND invoice_id = ?"
            self.run(f"UPDATE allocation SET amount_minor = amount_minor + ? WHERE {where}", more, key, invoice.id)

    def next_invoice(self, invoice: Invoice) -> Invoice | None:
        position = self.account.invoices.index(invoice)
        return self.account.invoices[position + 1] if position + 1 < len(self.account.invoices) else None


def _column(name: str) -> str:
    return {"price": "price_version_id"}.get(name, name)


__all__ = ["DAY", "Spoiler"]
