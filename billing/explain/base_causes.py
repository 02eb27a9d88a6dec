"""Why the base fees of one contract differ: another plan, another price, or another part of the month."""

from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair
from billing.rating.line import Facts, Line, LineKind


def base_causes(pair: Pair) -> list[Cause]:
    """Return at most one cause; of a contract that began or ended, it is the days charged, from none or to none."""
    if not pair.change:
        return []
    if not pair.before or not pair.now:
        return [Cause(CauseCode.PRORATION, pair.change, _is_whole(pair.now), _proration_facts(pair))]
    last_before, last_now = pair.before[-1], pair.now[-1]
    if last_before.facts["plan_code"] != last_now.facts["plan_code"]:
        return [Cause(CauseCode.PLAN_CHANGE, pair.change, True, _plan_change_facts(last_before, pair.now))]
    if last_before.price_version_id != last_now.price_version_id or _has_two_prices(pair.before):
        return [Cause(CauseCode.PRICE_CHANGE, pair.change, True, price_change_facts(pair.before[0], last_now))]
    return [Cause(CauseCode.PRORATION, pair.change, _is_whole(pair.now), _proration_facts(pair))]


def price_change_facts(before: Line, now: Line) -> Facts:
    return {
        **names_of(now.facts),
        "changed_on": now.facts["price_valid_from"],
        "price_before_minor": before.facts["base_minor"],
        "price_now_minor": now.facts["base_minor"],
    }


def _is_whole(lines: tuple[Line, ...]) -> bool:
    """Say whether the change stays: whole months go on as they are, and so does nothing at all."""
    return all(line.kind is LineKind.RECURRING for line in lines)


def _has_two_prices(lines: tuple[Line, ...]) -> bool:
    """Say whether the price changed within the earlier bill, so that this one is the first at the new price alone."""
    return len({line.price_version_id for line in lines}) > 1 and len({line.facts["plan_code"] for line in lines}) == 1


def _plan_change_facts(before: Line, now: tuple[Line, ...]) -> Facts:
    new_lines = [line for line in now if line.facts["plan_code"] == now[-1].facts["plan_code"]]
    return {
        **names_of(now[-1].facts),
        **names_of(before.facts, become="plan_from"),
        **names_of(now[-1].facts, become="plan_to"),
        "changed_on": new_lines[0].period.start.isoformat(),
        "price_before_minor": before.facts["base_minor"],
        "price_now_minor": now[-1].facts["base_minor"],
    }


def _proration_facts(pair: Pair) -> Facts:
    """Count only the days on the plan that the later bill ends with: after a plan change they are what grew."""
    newest = (pair.now or pair.before)[-1]
    plan = newest.facts["plan_code"]
    return {
        **names_of(newest.facts),
        "days_before": sum(line.period.days for line in pair.before if line.facts["plan_code"] == plan),
        "days_now": sum(line.period.days for line in pair.now if line.facts["plan_code"] == plan),
        "days_in_period": newest.facts["days_in_period"],
    }
