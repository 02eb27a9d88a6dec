"""What a month costs, line by line, by this package's own arithmetic."""

from datetime import date, timedelta
from typing import Any

from tests.injection.arithmetic import DAY, first_of_month, half_up, share, usage_price, vat
from tests.injection.plans import Plan, Price
from tests.injection.records import Contract, Invoice, Row

KINDS = {"service": "one_off", "third_party": "third_party", "termination": "termination_fee"}


def bill_contract(
    plans: dict[tuple[str, str], Plan], country: str, contract: Contract, month: tuple[date, date]
) -> list[Row]:
    """Return one contract's lines of one month."""
    lines: list[Row] = []
    for plan, price, tax, start, end in runs(plans, country, contract, month):
        amount = share(price.base, month, start, end)
        whole = (start, end) == month
        kind = "recurring" if whole else "proration_charge"
        lines.append(printed(kind, contract, start, end, amount, tax, price=price.id, plan=plan.code))
    timely = [record for record in contract.usage if not is_late(record, month)]
    lines += usage_lines(plans, country, contract, month, timely)
    for _, price, tax, start, end in runs(plans, country, contract, month):
        lines += _discount_lines(contract, price, tax, month, (start, end))
    for charge in contract.charges:
        if is_in(charge["charged_on"], month):
            kind = {"service": "one_off", "third_party": "third_party", "termination": "termination_fee"}[
                charge["kind"]
            ]
            tax = vat(country, charge["tax_category"], charge["charged_on"])
            day = charge["charged_on"]
            lines.append(printed(kind, contract, day, day + DAY, charge["amount_minor"], tax, charge=charge))
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
            lines.append(printed("usage", contract, start, end, amount, tax, price=price.id, quantity=charged,
                               unit=price.unit, zone="home", used=at_home))  # fmt: skip
        if abroad:
            amount = usage_price(abroad, price.world_micro or 0, ())
            lines.append(printed("usage", contract, start, end, amount, tax, price=price.id, quantity=abroad,
                               unit=price.unit, zone="world", used=abroad))  # fmt: skip
    return lines


def difference(all_: list[Row], timely: list[Row]) -> list[Row]:
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
                    lines.append(printed("discount", contract, start, day, amount, tax, price=price.id, discount=row))
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
            if not is_in(day, month):
                continue
            price = plans[contract.phases[0][0], country].price_on(day)
            worth = _day_worth(country, number, price.base)
            if worth:
                first, last = first or day, day
                amount += worth
        if amount and first is not None:
            lines.append(printed("compensation", contract, first, last + DAY, -amount, 0, outage=outage))
    return lines


def _day_worth(country: str, number: int, base: int) -> int:
    """Return what the law gives for the day so many days after the report."""
    if country == "FI":
        return 2000 if number == 1 or (number > 0 and number % 7 == 0 and number // 7 < 8) else 0
    if number < 3:
        return 0
    return max(500, half_up(base, 10)) if number < 5 else max(1000, half_up(base, 5))


def printed(kind: str, contract: Contract | None, start: date, end: date, amount: int, tax: int, **more: Any) -> Row:
    reasons = {"recurring": "base_fee", "proration_charge": "contract_start", "usage": "consumption",
               "discount": "discount", "one_off": "one_off", "third_party": "third_party", "late_fee": "reminder",
               "termination_fee": "early_end", "compensation": "outage"}  # fmt: skip
    return {
        "kind": kind, "contract": contract, "period_start": start, "period_end": end, "amount_minor": amount,
        "tax_rate": tax, "price": None, "quantity": 1, "unit": "", "zone": None, "cause": {},
        "reason_code": reasons[kind], **more,
    }  # fmt: skip


def is_late(record: Row, bill: Any) -> bool:
    """Say whether the report came after the bill of its month was made."""
    end = bill.end if isinstance(bill, Invoice) else bill[1]
    received = record["received_at"]
    return received is not None and received.date() > end + DAY


def is_in(day: date, month: tuple[date, date]) -> bool:
    return month[0] <= day < month[1]


def plus_months(day: date, months: int) -> date:
    return first_of_month(day, months) + timedelta(days=min(day.day, 28) - 1)
