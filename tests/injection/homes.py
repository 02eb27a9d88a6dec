"""Clean accounts: months of bills that are right by this package's own arithmetic, written by plain SQL."""

import json
import sqlite3
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.injection.arithmetic import DAY, first_of_month
from tests.injection.bills import bill_contract, difference, is_in, is_late, plus_months, printed, usage_lines
from tests.injection.plans import PRODUCTS, Plan, Price, make_plans
from tests.injection.records import SELLERS, Account, Contract, Invoice, Row
from tests.injection.writing import write_invoice, write_note

NAMES = json.dumps({"en": "Item", "de": "Posten", "fi": "Erä"})
PLANS = ("home_s", "home_l", "mobile_s", "mobile_l", "power", "reader", "tv_b")
ERAS = {"recent": (date(2025, 2, 1), 20), "fi_vat": (date(2024, 5, 1), 9), "de_vat": (date(2020, 4, 1), 11)}


class Town:
    """Builds accounts into a migrated database; `wishes` of a variant override what is drawn."""

    def __init__(self, connection: sqlite3.Connection, seed: int) -> None:
        self.connection = connection
        self.rng = Random(seed)
        self.plans = make_plans()
        self._numbers = 30_000_000
        self._ids = dict.fromkeys(("line_item", "payment", "note", "contract"), 0)
        self._sequences: dict[tuple[str, int], int] = {}
        self._write_offer()

    def next_id(self, name: str) -> int:
        self._ids[name] = self._ids.get(name, 0) + 1
        return self._ids[name]

    def key(self) -> str:
        return UUID(int=self.rng.getrandbits(128), version=4).hex

    def insert(self, table: str, **row: Any) -> None:
        columns = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        values = [_plain(value) for value in row.values()]
        self.connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)

    def build(self, **wishes: Any) -> Account:
        account = _Builder(self, wishes).build()
        return account

    def number_of(self, country: str, year: int) -> tuple[str, int]:
        sequence = self._sequences.get((country, year), 0) + 1
        self._sequences[country, year] = sequence
        return f"{country}-{year}-{sequence:06}", sequence

    def next_customer(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _write_offer(self) -> None:
        for country, key in SELLERS.items():
            zone = {"DE": "Europe/Berlin", "FI": "Europe/Helsinki"}[country]
            self.insert(
                "seller", id=key, country=country, name="Messwerk", legal_name=f"Messwerk {country}", currency="EUR",
                time_zone=zone, payment_term_days=14, prices_include_tax=1, charges_late_interest=0, street="",
                postal_code="", city="", email="", vat_id="", iban="", bic="",
            )  # fmt: skip
        written: set[int] = set()
        for plan in self.plans.values():
            if plan.id not in written:
                self.insert("plan", id=plan.id, code=plan.code, name=NAMES, product=PRODUCTS.get(plan.code, ""),
                            switching_fee_minor=0)  # fmt: skip
                written.add(plan.id)
            for price in plan.prices:
                self.insert(
                    "price_version", id=price.id, plan_id=plan.id, country=plan.country, valid_from=price.start,
                    valid_to=price.end, base_minor=price.base, currency="EUR", unit=price.unit,
                    included_quantity=price.included, unit_price_micro=price.micro if price.unit else None,
                    tiers=_steps(price), world_unit_price_micro=price.world_micro, notice_sent_on=price.notice,
                    tax_category=price.category,
                )  # fmt: skip


def _steps(price: Price) -> str | None:
    if not price.steps:
        return None
    return json.dumps([{"from_quantity": first, "unit_price_micro": micro} for first, micro in price.steps])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, date):
        return value.isoformat()
    return value


class _Builder:
    """Draws one account's life and bills it."""

    def __init__(self, town: Town, wishes: dict[str, Any]) -> None:
        self.town = town
        self.rng = town.rng
        self.wishes = wishes

    def wish(self, name: str, otherwise: Any) -> Any:
        return self.wishes.get(name, otherwise)

    def happens(self, name: str, percent: int) -> bool:
        return bool(self.wish(name, self.rng.randrange(100) < percent))

    def build(self) -> Account:
        country = self.wish("country", self.rng.choice(("DE", "FI")))
        era = self.wish("era", "recent" if self.rng.randrange(100) < 75 else f"{country.lower()}_vat")
        first, span = ERAS[era]
        months = self.wish("months", self.rng.randint(4, min(9, span)))
        latest = span - months
        first = first_of_month(first, self.wish("skip", self.rng.randint(0, latest)))
        account = Account(self.town.key(), self.town.next_customer(), country)
        starts = [first_of_month(first, offset) for offset in range(months)]
        self._sign(account, starts, "main")
        if self.happens("second", 25):
            self._sign(account, starts, "second")
        self._write_people(account)
        for position, start in enumerate(starts):
            self._bill(account, start, is_last=position == len(starts) - 1)
        self._pay(account)
        self._credit(account)
        for invoice in account.invoices:
            write_invoice(self.town, account, invoice)
        self._write_contracts(account)
        return account

    # What was agreed

    def _sign(self, account: Account, starts: list[date], role: str) -> None:
        number = self.town.next_id("contract")
        plan = self.wish("plan", None) if role == "main" else self.wish("second_plan", None)
        plan = plan or self.rng.choice(PLANS)
        begins = self.happens("starts_within", 20) and role == "main"
        start = starts[0] - timedelta(days=self.rng.randint(400, 1500))
        if begins:
            start = starts[self.wish("start_month", 0)] + timedelta(days=self.rng.randint(1, 27))
        contract = Contract(self.town.key(), f"K-{number}", start, None, [(plan, start, None)])
        if role == "main" and not begins and self.happens("changes_plan", 15):
            changed = starts[len(starts) // 2] + timedelta(days=self.rng.randint(1, 26))
            to = self.wish("changed_to", {"home_s": "home_l", "home_l": "home_s", "mobile_s": "mobile_l",
                                          "mobile_l": "mobile_s"}.get(plan, plan))  # fmt: skip
            if to != plan:
                contract.phases = [(plan, start, changed), (to, changed, None)]
        if role == "main" and self.happens("ends_within", 12):
            contract.end = starts[-1] + timedelta(days=self.rng.randint(2, 26))
            if self.wish("end_month", None) is not None:
                contract.end = starts[self.wishes["end_month"]] + timedelta(days=self.rng.randint(2, 26))
            code, since, _ = contract.phases[-1]
            contract.phases[-1] = (code, since, contract.end)
        account.contracts.append(contract)
        if role == "main":
            self._add_discounts(contract, starts)
            self._add_charges(contract, starts, account.country)
            self._add_outage(contract, starts, account.country)
            self._add_term(contract)
        self._add_usage(account, contract, starts)

    def _add_discounts(self, contract: Contract, starts: list[date]) -> None:
        if not self.happens("discounted", 35):
            return
        kind = self.wish("discount", self.rng.choice(("amount", "percent", "both", "exclusive", "ends")))
        since = contract.start
        until = None
        if kind == "ends":
            until = starts[len(starts) // 2] + timedelta(days=self.rng.randint(0, 20))
            until = until if until > since else None
        amount = self.rng.choice((200, 300, 500))
        if kind != "percent":
            contract.discounts.append(self._discount(since, until, amount=amount, exclusive=kind == "exclusive"))
        if kind in {"percent", "both", "exclusive"}:
            points = self.rng.choice((500, 1000, 1500))
            contract.discounts.append(self._discount(since, None, points=points))

    def _discount(
        self, since: date, until: date | None, *, amount: int | None = None, points: int | None = None,
        exclusive: bool = False,
    ) -> Row:  # fmt: skip
        return {
            "id": self.town.key(), "valid_from": since, "valid_to": until, "amount_minor": amount,
            "basis_points": points, "exclusive": int(exclusive),
        }  # fmt: skip

    def _add_charges(self, contract: Contract, starts: list[date], country: str) -> None:
        for kind, percent in (("service", 30), ("third_party", 20)):
            if not self.happens(kind, percent):
                continue
            day = self._day_within(contract, starts)
            category = (
                "standard" if kind == "service" else self.wish("category", self.rng.choice(("standard", "exempt")))
            )
            contract.charges.append(
                {
                    "reference": f"{'WO' if kind == 'service' else 'TP'}-{self.town.next_id('charge')}",
                    "charged_on": day,
                    "amount_minor": self.rng.choice((995, 1299, 2990, 4990, 5900)),
                    "kind": kind,
                    "tax_category": category,
                    "proof_reference": f"order-{self.town.next_id('order')}" if kind == "third_party" else None,
                }
            )

    def _day_within(self, contract: Contract, starts: list[date]) -> date:
        first = max(contract.start, starts[0])
        last = min(contract.end or first_of_month(starts[-1], 1), first_of_month(starts[-1], 1))
        return first + timedelta(days=self.rng.randrange(max(1, (last - first).days)))

    def _add_outage(self, contract: Contract, starts: list[date], country: str) -> None:
        if not self.happens("outage", 40) or starts[0] < date(2021, 12, 1) or contract.phases[0][0] != "home_l":
            return
        month = starts[len(starts) // 2]
        day = month + timedelta(days=self.rng.randint(0, 9))
        until = day + timedelta(days=self.rng.randint(8, 14) if country == "FI" else self.rng.randint(4, 6))
        runs = contract.start <= day and (contract.end is None or until <= contract.end)
        if runs and len(contract.phases) == 1:
            reference = f"OUT-{self.town.next_id('outage')}"
            contract.outages.append({"reference": reference, "reported_on": day, "ended_on": until})

    def _add_term(self, contract: Contract) -> None:
        if contract.end is None:
            if self.happens("has_term", 30):
                contract.term_until = plus_months(contract.start, self.rng.choice((12, 24)))
                contract.term_fee = self.rng.choice((2900, 4900, 9900))
            return
        if self.happens("early", 50):
            contract.term_until = contract.end + timedelta(days=self.rng.randint(10, 60))
            earliest_end = plus_months(contract.start, 24)
            if contract.end >= earliest_end:
                contract.term_until = None
                return
            contract.term_fee = self.rng.choice((2900, 4900, 9900))
            contract.charges.append(
                {
                    "reference": f"END-{self.town.next_id('charge')}", "charged_on": contract.end - DAY,
                    "amount_minor": contract.term_fee, "kind": "termination", "tax_category": "standard",
                    "proof_reference": None,
                }
            )  # fmt: skip

    def _add_usage(self, account: Account, contract: Contract, starts: list[date]) -> None:
        for start in starts:
            end = first_of_month(start, 1)
            for code, since, until in contract.phases:
                plan = self.town.plans[code, account.country]
                first = max(since, start)
                last = min(until or end, end)
                if first >= last or plan.prices[0].unit is None:
                    continue
                for _ in range(self.wish("records", self.rng.randint(2, 4))):
                    day = first + timedelta(days=self.rng.randrange((last - first).days))
                    contract.usage.append(self._record(plan, day, end))

    def _record(self, plan: Plan, day: date, end: date) -> Row:
        zone = "home"
        if plan.prices[0].unit == "GB":
            zone = self.wish("zone", self.rng.choice(("home", "home", "home", "eu", "world")))
        low, high = {"mobile_s": (3, 9), "mobile_l": (8, 29)}.get(plan.code, (40, 170))
        quantity = self.rng.randint(1, 3) if zone == "world" else self.rng.randint(low, high)
        received: datetime | None = datetime.combine(day + DAY, time(6))
        if self.happens("late", 6) and end < date(2026, 10, 1):
            received = datetime.combine(end + timedelta(days=10), time(6))
        elif self.rng.randrange(3) == 0 and received is not None:
            received = None
        event = f"ev-{self.town.next_id('event')}"
        return {
            "event_id": event, "used_on": day, "quantity": quantity, "unit": plan.prices[0].unit, "zone": zone,
            "received_at": received,
        }  # fmt: skip

    # The bills

    def _bill(self, account: Account, start: date, *, is_last: bool) -> None:
        end = first_of_month(start, 1)
        issued = end + timedelta(days=1)
        number, _ = self.town.number_of(account.country, issued.year)
        invoice = Invoice(self.town.key(), number, start, end, issued, issued + timedelta(days=14))
        before = account.invoices[-1] if account.invoices else None
        for contract in account.contracts:
            invoice.lines += bill_contract(self.town.plans, account.country, contract, (start, end))
        invoice.lines += self._late_usage(account, before, invoice)
        invoice.lines += self._reminder_lines(account, invoice)
        if not invoice.lines:
            return
        account.invoices.append(invoice)

    def _late_usage(self, account: Account, before: Invoice | None, invoice: Invoice) -> list[Row]:
        if before is None:
            return []
        lines = []
        for contract in account.contracts:
            if any(is_late(record, before) for record in contract.usage if is_in(record["used_on"], before.month)):
                all_ = usage_lines(self.town.plans, account.country, contract, before.month, contract.usage)
                timely = usage_lines(self.town.plans, account.country, contract, before.month,
                                     [one for one in contract.usage if not is_late(one, before)])  # fmt: skip
                lines += difference(all_, timely)
        return lines

    def _reminder_lines(self, account: Account, invoice: Invoice) -> list[Row]:
        """Remind of the bill before last, in Finland for a fee, when it is to be paid late."""
        if len(account.invoices) < 2 or not self.happens("late_payer", 8):
            return []
        about = account.invoices[-2]
        if about.reminders or about.total <= 0:
            return []
        sent = about.due + timedelta(days=15)
        if not (account.invoices[-1].issued < sent <= invoice.issued):
            return []
        fee = 500 if account.country == "FI" else 0
        about.reminders.append({"sent_on": sent, "fee_minor": fee, "claimed_minor": about.total, "kind": "reminder"})
        cause = {"invoice_number": about.number, "due_on": about.due.isoformat(), "reminded_on": sent.isoformat()}
        return [printed("late_fee", None, sent, sent + DAY, fee, 0, cause=cause)] if fee else []

    def _pay(self, account: Account) -> None:
        extra = 0
        leave_open = self.happens("last_open", 20)
        for position, invoice in enumerate(account.invoices):
            is_last = position == len(account.invoices) - 1
            rest = invoice.total - extra
            if extra:
                account.invoices[position - 1].payments[-1]["also"] = (invoice, extra)
                extra = 0
            if is_last and leave_open:
                return
            if rest <= 0:
                continue
            day = invoice.due - timedelta(days=self.rng.randint(0, 10))
            if invoice.reminders:
                day = invoice.reminders[-1]["sent_on"] + timedelta(days=self.rng.randint(2, 9))
            style = self.wish("payment", self.rng.choice(("whole", "whole", "parts", "over")))
            parts = [rest]
            if style == "parts" and rest > 100:
                parts = [rest // 3, rest - rest // 3]
            if style == "over" and not is_last and account.invoices[position + 1].total >= 777:
                extra = 777
                parts = [rest + extra]
            left = rest
            for part in parts:
                key = self.town.next_id("payment")
                put = min(part, left)
                left -= put
                named = invoice.id if self.rng.randrange(3) else None
                invoice.payments.append(
                    {"id": key, "reference": f"bank-{key}", "amount_minor": part, "received_on": day, "put": put,
                     "invoice_id": named}
                )  # fmt: skip

    def _credit(self, account: Account) -> None:
        """Give a kindness on some bill: the note's money goes into credit and is paid back to the bank."""
        if not self.happens("goodwill", 8):
            return
        paid = [one for one in account.invoices if one.payments]
        if paid:
            invoice = self.rng.choice(paid)
            line = max(invoice.lines, key=lambda line: line["amount_minor"])
            if line["amount_minor"] > 300:
                account.notes.append({"invoice": invoice, "line": line, "amount": 150, "reason": "goodwill"})

    # Rows

    def _write_people(self, account: Account) -> None:
        self.town.insert(
            "customer", id=account.id, seller_id=SELLERS[account.country], number=account.number, name="Person",
            phone="+4915100000000", language="en", country=account.country,
            created_at=datetime.combine(date(2019, 1, 1), time()), street="", postal_code="", city="",
        )  # fmt: skip
        for contract in account.contracts:
            self.town.insert(
                "contract", id=contract.id, customer_id=account.id, started_on=contract.start, ended_on=contract.end,
                number=contract.number, cancelled_on=contract.end and contract.end - timedelta(days=30),
                minimum_term_until=contract.term_until, termination_fee_minor=contract.term_fee,
            )  # fmt: skip

    def _write_contracts(self, account: Account) -> None:
        for contract in account.contracts:
            for code, since, until in contract.phases:
                self.town.insert(
                    "contract_phase", contract_id=contract.id, plan_id=self.town.plans[code, account.country].id,
                    valid_from=since, valid_to=until,
                )  # fmt: skip
            for row in contract.discounts:
                self.town.insert("discount", contract_id=contract.id, name=NAMES, code=None, **row)
            for row in contract.charges:
                self.town.insert("one_off_charge", contract_id=contract.id, name=NAMES, **row)
            for row in contract.usage:
                self.town.insert("usage_record", contract_id=contract.id, **row)
            for row in contract.outages:
                self.town.insert("outage", contract_id=contract.id, **row)
        for row in account.notes:
            write_note(self.town, account, row["invoice"], row["line"], row["amount"], row["reason"])
