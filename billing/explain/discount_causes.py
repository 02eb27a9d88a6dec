"""Why the discounts of one contract differ: one ended, one began, or it follows a changed base price."""

from datetime import date

from billing.explain.bill import Bill
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair
from billing.rating.line import Line


def discount_causes(previous: Bill, current: Bill, pair: Pair) -> list[Cause]:
    """Return a cause per discount that ended or began; none for one that only follows the base price."""
    ids = dict.fromkeys(line.facts["discount_id"] for line in (*pair.before, *pair.now))
    causes = []
    for discount_id in ids:
        one = Pair(_of(pair.before, discount_id), _of(pair.now, discount_id), pair.currency)
        if one.change:
            causes.extend(_causes_of_one(previous, current, one))
    return causes


def _causes_of_one(previous: Bill, current: Bill, pair: Pair) -> list[Cause]:
    newest = (pair.now or pair.before)[-1]
    if not pair.now or _ended_before(newest, current.period.last_day):
        ended_on = newest.facts.get("ended_on", previous.period.last_day.isoformat())
        facts = {**names_of(newest.facts), "ended_on": ended_on}
        return [Cause(CauseCode.DISCOUNT_ENDED, pair.change, True, facts)]
    if not pair.before or _started_after(newest, previous.period.start):
        facts = {**names_of(newest.facts), "started_on": newest.facts["started_on"]}
        return [Cause(CauseCode.DISCOUNT_STARTED, pair.change, True, facts)]
    return []


def _of(lines: tuple[Line, ...], discount_id: str | int) -> tuple[Line, ...]:
    return tuple(line for line in lines if line.facts["discount_id"] == discount_id)


def _ended_before(line: Line, day: date) -> bool:
    ended_on = line.facts.get("ended_on")
    return ended_on is not None and date.fromisoformat(str(ended_on)) < day


def _started_after(line: Line, day: date) -> bool:
    return date.fromisoformat(str(line.facts["started_on"])) > day
