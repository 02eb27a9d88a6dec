"""Clean accounts: months of bills that are right by this package's own arithmetic, written by plain SQL."""

import json
import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.injection.arithmetic import DAY, contained_tax, first_of_month, half_up, share, usage_price, vat
from tests.injection.plans import PRODUCTS, Plan, Price, make_plans

# Any: rows as the database has them.
Row = dict[str, Any]
SELLERS = {"DE": 1, "FI": 2}
NAMES = json.dumps({"en": "Item", "de": "Posten", "fi": "Erä"})
PLANS = ("home_s", "home_l", "mobile_s", "mobile_l", "power", "reader", "tv_b")
KINDS = {"service": "one_off", "third_party": "third_party", "termination": "termination_fee"}
ERAS = {"recent": (date(2025, 2, 1), 20), "fi_vat": (date(2024, 5, 1), 9), "de_vat": (date(2020, 4, 1), 11)}


@dataclass
class Contract:
    """One contract as it was agreed."""

    id: str
    number: str
    start: date
    end: date | None
    phases: list[tuple[str, date, date | None]]
    discounts: list[Row] = field(default_factory=list)
    charges: list[Row] = field(default_factory=list)
    usage: list[Row] = field(default_factory=list)
    outages: list[Row] = field(default_factory=list)
    term_until: date | None = None
    term_fee: int | None = None


@dataclass
class Invoice:
    """One bill; `lines` as they were written."""

    id: str
    number: str
    start: date
    end: date
    issued: date
    due: date
    lines: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    reminders: list[Row] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(line["amount_minor"] for line in self.lines)

    @property
    def month(self) -> tuple[date, date]:
        return self.start, self.end


@dataclass
class Account:
    """One customer with contracts and bills."""

    id: str
    number: str
    country: str
    contracts: list[Contract] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


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
                contract.term_until = _plus_months(contract.start, self.rng.choice((12, 24)))
                contract.term_fee = self.rng.choice((2900, 4900, 9900))
            return
        if self.happens("early", 50):
            contract.term_until = contract.end + timedelta(days=self.rng.randint(10, 60))
            earliest_end = _plus_months(contract.start, 24)
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
            if any(_is_late(record, before) for record in contract.usage if _in(record["used_on"], before.month)):
                all_ = usage_lines(self.town.plans, account.country, contract, before.month, contract.usage)
                timely = usage_lines(self.town.plans, account.country, contract, before.month,
                                     [one for one in contract.usage if not _is_late(one, before)])  # fmt: skip
                lines += _difference(all_, timely)
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
        return [_line("late_fee", None, sent, sent + DAY, fee, 0, cause=cause)] if fee else []

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


def bill_contract(
    plans: dict[tuple[str, str], Plan], country: str, contract: Contract, month: tuple[date, date]
) -> list[Row]:
    """Return one contract's lines of one month."""
    lines: list[Row] = []
    for plan, price, tax, start, end in runs(plans, country, contract, month):
        amount = share(price.base, month, start, end)
        whole = (start, end) == month
        kind = "recurring" if whole else "proration_charge"
        lines.append(_line(kind, contract, start, end, amount, tax, price=price.id, plan=plan.code))
    timely = [record for record in contract.usage if not _is_late(record, month)]
    lines += usage_lines(plans, country, contract, month, timely)
    for _, price, tax, start, end in runs(plans, country, contract, month):
        lines += _discount_lines(contract, price, tax, month, (start, end))
    for charge in contract.charges:
        if _in(charge["charged_on"], month):
            kind = {"service": "one_off", "third_party": "third_party", "termination": "termination_fee"}[
                charge["kind"]
            ]
            tax = vat(country, charge["tax_category"], charge["charged_on"])
            day = charge["charged_on"]
            lines.append(_line(kind, contract, day, day + DAY, charge["amount_minor"], tax, charge=charge))
    lines += _compensation(plans, country, contract, month)
    return lines


def runs(
    plans: dict[tuple[str, str], Plan], country: str, contract: Contract, month: tuple[date, date]
) -> list[tuple[Plan, Price, int, date, date]]:
    """Return unbroken days of one plan, price and tax rate."""
    found: list[tuple[Plan, Price, int, date, date]] = []
    day = month[0]
    while day < month[1]:
        for code, since, until in contract.phases:
            if since <= day and (until is None or day < until) and (contract.end is None or day < contract.end):
                plan = plans[code, country]
                price = plan.price_on(day)
                tax = vat(country, price.category, day)
                if found and found[-1][4] == day and found[-1][:3] == (plan, price, tax):
                    found[-1] = (plan, price, tax, found[-1][3], day + DAY)
                else:
                    found.append((plan, price, tax, day, day + DAY))
        day += DAY
    return found


def usage_lines(
    plans: dict[tuple[str, str], Plan], country: str, contract: Contract, month: tuple[date, date], records: list[Row]
) -> list[Row]:
    lines = []
    for _, price, tax, start, end in runs(plans, country, contract, month):
        if price.unit is None:
            continue
        inside = [record for record in records if start <= record["used_on"] < end]
        at_home = sum(record["quantity"] for record in inside if record["zone"] != "world")
        abroad = sum(record["quantity"] for record in inside if record["zone"] == "world")
        charged = max(0, at_home - share(price.included, month, start, end))
        if charged:
            amount = usage_price(charged, price.micro, price.steps)
            lines.append(_line("usage", contract, start, end, amount, tax, price=price.id, quantity=charged,
                               unit=price.unit, zone="home", used=at_home))  # fmt: skip
        if abroad:
            amount = usage_price(abroad, price.world_micro or 0, ())
            lines.append(_line("usage", contract, start, end, amount, tax, price=price.id, quantity=abroad,
                               unit=price.unit, zone="world", used=abroad))  # fmt: skip
    return lines


def _difference(all_: list[Row], timely: list[Row]) -> list[Row]:
    lines = []
    for line in all_:
        old = next((o for o in timely if (o["period_start"], o["zone"]) == (line["period_start"], line["zone"])), None)
        quantity = line["quantity"] - (old["quantity"] if old else 0)
        if quantity:
            amount = line["amount_minor"] - (old["amount_minor"] if old else 0)
            lines.append({**line, "quantity": quantity, "amount_minor": amount, "reason_code": "late_usage"})
    return lines


def discount_values(contract: Contract, price: Price, day: date) -> list[int]:
    """Return what each discount takes off a whole month on this day: the best exclusive one or all others."""
    values = []
    for row in contract.discounts:
        holds = row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        value = row["amount_minor"] or half_up(price.base * (row["basis_points"] or 0), 10_000)
        values.append(value if holds else 0)
    alone = [value if row["exclusive"] else 0 for row, value in zip(contract.discounts, values, strict=True)]
    others = [0 if row["exclusive"] else value for row, value in zip(contract.discounts, values, strict=True)]
    return alone if sum(alone) > sum(others) else others


def _discount_lines(
    contract: Contract, price: Price, tax: int, month: tuple[date, date], span: tuple[date, date]
) -> list[Row]:
    lines: list[Row] = []
    days = [span[0] + timedelta(days=number) for number in range((span[1] - span[0]).days)]
    for position, row in enumerate(contract.discounts):
        start: date | None = None
        value = 0
        for day in [*days, span[1]]:
            now = discount_values(contract, price, day)[position] if day < span[1] else 0
            if now != value:
                if value and start is not None:
                    amount = -share(value, month, start, day)
                    lines.append(_line("discount", contract, start, day, amount, tax, price=price.id, discount=row))
                start, value = day, now
    return lines


def _compensation(
    plans: dict[tuple[str, str], Plan], country: str, contract: Contract, month: tuple[date, date]
) -> list[Row]:
    lines = []
    for outage in contract.outages:
        amount = 0
        first: date | None = None
        last = outage["reported_on"]
        length = (outage["ended_on"] - outage["reported_on"]).days
        for number in range(length):
            day = outage["reported_on"] + timedelta(days=number)
            if not _in(day, month):
                continue
            price = plans[contract.phases[0][0], country].price_on(day)
            worth = _day_worth(country, number, price.base)
            if worth:
                first, last = first or day, day
                amount += worth
        if amount and first is not None:
            lines.append(_line("compensation", contract, first, last + DAY, -amount, 0, outage=outage))
    return lines


def _day_worth(country: str, number: int, base: int) -> int:
    """Return what the law gives for the day so many days after the report."""
    if country == "FI":
        return 2000 if number == 1 or (number > 0 and number % 7 == 0 and number // 7 < 8) else 0
    if number < 3:
        return 0
    return max(500, half_up(base, 10)) if number < 5 else max(1000, half_up(base, 5))


def _line(kind: str, contract: Contract | None, start: date, end: date, amount: int, tax: int, **more: Any) -> Row:
    reasons = {"recurring": "base_fee", "proration_charge": "contract_start", "usage": "consumption",
               "discount": "discount", "one_off": "one_off", "third_party": "third_party", "late_fee": "reminder",
               "termination_fee": "early_end", "compensation": "outage"}  # fmt: skip
    return {
        "kind": kind, "contract": contract, "period_start": start, "period_end": end, "amount_minor": amount,
        "tax_rate": tax, "price": None, "quantity": 1, "unit": "", "zone": None, "cause": {},
        "reason_code": reasons[kind], **more,
    }  # fmt: skip


def _is_late(record: Row, bill: Any) -> bool:
    """Say whether the report came after the bill of its month was made."""
    end = bill.end if isinstance(bill, Invoice) else bill[1]
    received = record["received_at"]
    return received is not None and received.date() > end + DAY


def _in(day: date, month: tuple[date, date]) -> bool:
    return month[0] <= day < month[1]


def _plus_months(day: date, months: int) -> date:
    return first_of_month(day, months) + timedelta(days=min(day.day, 28) - 1)


def write_invoice(town: Town, account: Account, invoice: Invoice) -> None:
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


def write_line(town: Town, invoice: Invoice, line: Row, position: int) -> None:
    line["id"], line["position"] = town.next_id("line_item"), position
    town.insert(
        "line_item", id=line["id"], invoice_id=invoice.id, position=position,
        contract_id=line["contract"].id if line["contract"] else None, kind=line["kind"],
        reason_code=line["reason_code"], cause=json.dumps(line["cause"]), price_version_id=line["price"],
        period_start=line["period_start"], period_end=line["period_end"], quantity=line["quantity"],
        unit=line["unit"], amount_minor=line["amount_minor"], currency="EUR", tax_rate=line["tax_rate"],
    )  # fmt: skip


def write_taxes(town: Town, invoice: Invoice) -> None:
    gross: dict[int, int] = {}
    for line in invoice.lines:
        gross[line["tax_rate"]] = gross.get(line["tax_rate"], 0) + line["amount_minor"]
    for rate, amount in gross.items():
        tax = contained_tax(amount, rate)
        town.insert("invoice_tax", invoice_id=invoice.id, tax_rate=rate, gross_minor=amount, net_minor=amount - tax,
                    tax_minor=tax, currency="EUR")  # fmt: skip


def write_note(town: Town, account: Account, invoice: Invoice, line: Row, amount: int, reason: str) -> str:
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
