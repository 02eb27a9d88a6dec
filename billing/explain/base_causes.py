"""Why the base fees of one contract differ: another plan, another price, or another part of the month.

One bill is turned into the other step by step, and each step is a cause: first the earlier bill is brought to the plan
and price on which it ended, then to the days of the later bill, then through what changed within those days. The steps
telescope, so they sum to the difference whatever was rounded on the way.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from billing.explain.base_pieces import Piece, covers_its_period, facts_of_days, plan_of
from billing.explain.cause import Cause, CauseCode, names_of
from billing.explain.contract_lines import Pair
from billing.money import Money, total
from billing.rating.line import Facts, Line


def base_causes(pair: Pair) -> list[Cause]:
    """Return the steps that changed something; of a contract that began or ended it is the days charged.

    A contract with several base fees for the same days is explained fee by fee.
    """
    if _overlap(pair.before) or _overlap(pair.now):
        plans = dict.fromkeys(plan_of(line) for line in (*pair.before, *pair.now))
        return [cause for plan in plans for cause in _steps(pair.only(_is_on(plan)))]
    return _steps(pair)


def _overlap(lines: Sequence[Line]) -> bool:
    return any(line.period.start < earlier.period.end for earlier, line in pairwise(lines))


def _is_on(plan: str) -> Callable[[Line], bool]:
    return lambda line: plan_of(line) == plan


def _steps(pair: Pair) -> list[Cause]:
    before = [Piece(line, pair.period_before) for line in pair.before]
    now = [Piece(line, pair.period_now) for line in pair.now]
    if not before or not now:
        return [_days(pair.change, (now or before)[-1], before, now)] if pair.change else []
    steps = [*_caught_up(before, now), _covered(before, now), *_changed(before[-1], now)]
    return [step for step in steps if step.amount]


def _caught_up(before: Sequence[Piece], now: Sequence[Piece]) -> list[Cause]:
    """Tell what a change within the earlier bill adds once it holds for the whole of it."""
    causes = []
    at_old = _worth(before, before[0])
    for number in range(1, len(before)):
        old, one = before[number - 1], before[number]
        at_new = _at(one.base, before[: number + 1]) + _worth(before[number + 1 :], one)
        if one.plan == old.plan:
            causes.append(_price_change(at_new - at_old, old, one))
        else:
            causes.append(_days(at_new - at_old, one, _on_plan(before, one), _on_plan(now, one)))
        at_old = at_new
    return causes


def _covered(before: Sequence[Piece], now: Sequence[Piece]) -> Cause:
    """Tell what other days cost at the price on which the earlier bill ended."""
    last = before[-1]
    return _days(_at(last.base, now) - _at(last.base, before), last, before, now)


def _changed(last: Piece, now: Sequence[Piece]) -> list[Cause]:
    """Tell each change between the bills or within the later one, for the days from it to the end."""
    causes = []
    for number, one in enumerate(now):
        change = _at(one.base, now[number:]) - _at(last.base, now[number:])
        is_same_plan = one.plan == last.plan
        causes.append(_price_change(change, last, one) if is_same_plan else _plan_change(change, last, one))
        last = one
    return causes


def _days(change: Money, piece: Piece, before: Sequence[Piece], now: Sequence[Piece]) -> Cause:
    facts: Facts = {**names_of(piece.line.facts), **facts_of_days(piece, before, now)}
    if "contract_last_day" in piece.line.facts:
        facts["contract_last_day"] = piece.line.facts["contract_last_day"]
    return Cause(CauseCode.PRORATION, change, covers_its_period(now), facts)


def _price_change(change: Money, before: Piece, now: Piece) -> Cause:
    facts: Facts = {
        **names_of(now.line.facts),
        "changed_on": now.price_since,
        "price_before_minor": before.base.minor,
        "price_now_minor": now.base.minor,
    }
    return Cause(CauseCode.PRICE_CHANGE, change, True, facts)


def _plan_change(change: Money, before: Piece, now: Piece) -> Cause:
    facts: Facts = {
        **names_of(now.line.facts),
        **names_of(before.line.facts, become="plan_from"),
        **names_of(now.line.facts, become="plan_to"),
        "changed_on": now.plan_since,
        "price_before_minor": before.base.minor,
        "price_now_minor": now.base.minor,
    }
    return Cause(CauseCode.PLAN_CHANGE, change, True, facts)


def _on_plan(pieces: Sequence[Piece], one: Piece) -> list[Piece]:
    return [piece for piece in pieces if piece.plan == one.plan]


def _at(base: Money, pieces: Sequence[Piece]) -> Money:
    return total((piece.at(base) for piece in pieces), base.currency)


def _worth(pieces: Sequence[Piece], like: Piece) -> Money:
    return total((piece.at(piece.base) for piece in pieces), like.line.amount.currency)
